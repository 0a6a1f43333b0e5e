"""The site in a real browser: from disk, with the network blocked, on a laptop and a phone.

It is built once, or taken from the folder that the variable JMML_EDU_SITE names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
STRANGERS = ("[PST]", "strict mode: use allowUnionTypes")
"""What the theme and the widgets' manager say on the console of every page."""
AXE = {"preload": False, "resultTypes": ["violations"]}  # it would fetch style sheets anew


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    built = os.environ.get("JMML_EDU_SITE")
    if built:
        return Path(built)
    out: Path = tmp_path_factory.mktemp("site of a clone") / "site"
    command = [sys.executable, str(ROOT / "docs" / "build.py"), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> list[str]:
    """Every page but the ones that only redirect."""
    found = (path.relative_to(site) for path in sorted(site.rglob("*.html")))
    return [path.as_posix() for path in found if path.parts[0] != "_static"]


@pytest.fixture(params=["light", "dark"])
def laptop(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window of 1280 points, without a network."""
    size: Any = {"width": 1280, "height": 900}
    context = chromium.new_context(viewport=size, offline=True, color_scheme=request.param)
    yield context
    context.close()


def opened(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """A page once all of it is there, and everything it complains of."""
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"missing: {request.url}"))
    page.on(
        "console",
        lambda said: None if said.text.startswith(STRANGERS) else complaints.append(said.text),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:"))
            else complaints.append(f"asks the network: {request.url}")
        ),
    )
    page.goto(address)
    page.wait_for_load_state("load")
    return page, complaints


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or critical, with the first place of each."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def test_pages_open_quietly_and_can_be_read_by_everybody(
    chromium: Browser, site: Path, pages: list[str]
) -> None:
    size: Any = {"width": 390, "height": 844}
    context = chromium.new_context(viewport=size, offline=True)
    problems: dict[str, list[str]] = {}
    chosen = [name for name in pages if not name.startswith("api/")]
    for name in chosen + pages[: len(pages) - len(chosen) : 10]:  # the reference is alike
        page, complaints = opened(context, (site / name).as_uri())
        page.wait_for_timeout(100)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = [*complaints, *([f"{wide} points wide"] if wide > size["width"] else [])]
        if name.count("/") == 0:  # the reference and the notebooks have tests of their own
            found += serious(page)
        page.close()
        if found:
            problems[name] = found
    context.close()
    assert len(pages) > 60
    assert problems == {}


def test_pages_of_every_kind_have_contrast_and_names_in_both_themes(
    laptop: BrowserContext, site: Path
) -> None:
    problems: dict[str, list[str]] = {}
    for name in ("index", "words", "instructor", "api/linear"):
        page, _ = opened(laptop, (site / f"{name}.html").as_uri())
        found = serious(page)
        page.close()
        if found:
            problems[name] = found
    assert problems == {}


def test_links_inside_the_site_lead_to_pages_and_places(site: Path, pages: list[str]) -> None:
    from html.parser import HTMLParser

    class Anchors(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.places, self.links = set[str](), set[str]()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = dict(attrs)
            self.places.add(told.get("id") or "")
            for one in ("href", "src"):
                self.links.add(told.get(one) or "")

    read: dict[str, Anchors] = {}
    for name in pages:
        read[name] = Anchors()
        read[name].feed((site / name).read_text(encoding="utf-8"))
    lost = []
    for name, anchors in read.items():
        for link in anchors.links - {""}:
            path, _, place = link.partition("#")
            if path.startswith(("http:", "https:", "mailto:", "data:", "javascript:")):
                continue
            target = (site / name).parent / path.partition("?")[0] if path else site / name
            known = read.get(os.path.relpath(target, site))
            if not target.exists() or (place and known and place not in known.places):
                lost.append(f"{name} -> {link}")
    assert lost == []


def test_the_first_page_can_be_walked_with_the_keyboard(laptop: BrowserContext, site: Path) -> None:
    page, complaints = opened(laptop, (site / "index.html").as_uri())
    page.wait_for_function("Number(document.querySelector('#explorer .jx')?.dataset.paints) > 0")
    met = []
    for _ in range(60):
        page.keyboard.press("Tab")
        met.append(
            page.evaluate("document.activeElement.className + ' ' + document.activeElement.href")
        )
        ring = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()"
        )
        if "jx-stage" in met[-1]:
            break
    assert "main-content" in met[0]  # the way past the menu comes first
    assert "jx-stage" in met[-1]
    assert ring
    before = page.inner_text("#explorer [role=status]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "(before) => document.querySelector('#explorer [role=status]').innerText !== before",
        arg=before,
    )
    assert page.locator("#explorer .jx-card").count() >= 1
    assert complaints == []


def test_the_explorer_follows_the_theme_that_is_chosen(chromium: Browser, site: Path) -> None:
    context = chromium.new_context(offline=True, color_scheme="light")
    page, _ = opened(context, (site / "index.html").as_uri())
    page.wait_for_function("Number(document.querySelector('#explorer .jx')?.dataset.paints) > 0")
    assert page.get_attribute("#explorer .jx", "data-theme") == "light"
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_selector("#explorer .jx[data-theme=dark]")
    context.close()


def _with_widgets() -> list[str]:
    """Names of the notebooks that hold widgets."""
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    told = {path.stem: json.loads(path.read_text("utf-8"))["metadata"] for path in notebooks}
    return [name for name, metadata in told.items() if metadata.get("widgets")]


@pytest.mark.parametrize("name", _with_widgets())
def test_the_widgets_of_a_notebook_are_alive_without_a_kernel(
    chromium: Browser, site: Path, name: str
) -> None:
    # Dark, because outputs stay light there.
    context = chromium.new_context(offline=True, color_scheme="dark")
    page, complaints = opened(context, (site / "notebooks" / f"{name}.html").as_uri())
    page.wait_for_selector(".jupyter-widgets", timeout=20_000)
    asked = page.locator("script[type='application/vnd.jupyter.widget-view+json']").count()
    page.wait_for_function(
        "(asked) => document.querySelectorAll('.widget-subarea, .jupyter-widgets-output-area,"
        " .cell_output .jupyter-widgets').length >= asked", arg=asked, timeout=20_000,
    )  # fmt: skip
    knobs = page.locator(".widget-slider .noUi-handle")
    if knobs.count():
        before = knobs.first.get_attribute("aria-valuenow")
        knobs.first.focus()
        page.keyboard.press("ArrowRight")
        assert knobs.first.get_attribute("aria-valuenow") != before
    found = serious(page)
    context.close()
    assert found == []
    assert complaints == []


def test_words_are_found_without_a_network(chromium: Browser, site: Path) -> None:
    context = chromium.new_context(offline=True)
    page, complaints = opened(context, (site / "search.html").as_uri() + "?q=permutation")
    page.wait_for_selector("#search-results li")
    n_found = page.locator("#search-results a[href*=linear]").count()
    context.close()
    assert n_found > 0
    assert complaints == []


def test_a_handout_has_the_text_and_nothing_of_the_screen(
    laptop: BrowserContext, site: Path
) -> None:
    page, _ = opened(laptop, (site / "instructor.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("table").first.is_visible()
    assert not page.locator(".bd-header").first.is_visible()
    assert not page.locator(".bd-sidebar-secondary").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
