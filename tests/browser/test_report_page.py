"""The report in a real browser: opened from disk, without a network, on a laptop and a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import made_up
import pytest

from jmml_edu.report import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the made-up reports lie."""
    place: Path = tmp_path_factory.mktemp("reports")
    made = {f.__name__: f() for f in (made_up.clear_gain, made_up.three_speakers, made_up.harm)}
    return {name: write_report(c, place / name).as_uri() for name, c in made.items()}


@pytest.mark.parametrize("name", ["clear_gain", "three_speakers", "harm"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_opens_quietly_shows_its_figures_and_never_scrolls_sideways(
    chromium: Browser, addresses: dict[str, str], name: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(addresses[name])
    drawn = page.eval_on_selector_all("img", "all => all.map(i => i.complete && i.naturalWidth)")
    page.eval_on_selector_all("details", "all => all.forEach(d => d.open = true)")
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len(drawn) == 7
    assert all(drawn)
    assert wide <= width
