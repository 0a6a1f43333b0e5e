"""The exported explorer: from disk, without a network, with sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import explored
import pytest
from explored import CLASSES
from stage import LISTEN, status, wait_for_paint

from jmml_edu.explorer.widget import Explorer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a page with four clips lies."""
    road, pairs = explored.closed()
    explorer = Explorer(road, pairs, classes=CLASSES, recordings=explored.tone, clips=0)
    explorer.selected = [0]
    path = tmp_path_factory.mktemp("a page") / "inside" / "page.html"
    written: Path = explorer.to_html(path, clips=4)
    return written.as_uri()


def test_the_page_works_from_disk_with_the_network_blocked(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    page.add_init_script(LISTEN)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    wait_for_paint(page)
    page.wait_for_function("document.querySelector('.jx-card').dataset.sound > 0.3")
    page.locator(".jx-hear").click()
    page.wait_for_function("window.started === 1")

    page.locator("input[value=ridge]").check(force=True)
    page.locator(".jx-slide input").focus()
    page.keyboard.press("ArrowLeft")
    assert status(page).startswith("Ridge: ridge 1000; correlations of new people ")
    page.locator("input[value=on]").check(force=True)
    assert page.inner_text(".jx-bars caption").endswith("with EEG.")

    page.locator(".jx-stage").nth(1).focus()
    silent = "This page holds 4 of 240 utterances, and this is none of them"
    for key in ("ArrowRight", "ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "(words) => document.querySelector('.jx-sound').textContent.includes(words)", arg=silent
    )
    context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []


def test_without_scripts_words_say_what_there_is(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    words = page.inner_text("#widget")
    context.close()
    assert words.startswith("Explorer of 240 simulated pairs of EEG and speech in 6 shared")
