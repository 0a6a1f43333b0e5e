"""The explorer in JupyterLab itself: what changes on the screen, and what changes in the kernel."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import explored
import nbformat
import numpy as np
import pytest
import soundfile
from laboratory import jupyterlab, write_notebook
from stage import LISTEN, status
from test_explorer_module import LATENCY, SLACK, many
from test_explorer_own import PAIRS, ROAD, recorded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 240_000
NAME = "explore.ipynb"

FIRST = """import pickle
from pathlib import Path

import numpy as np

from jmml_edu.data import Provenance, Recording
from jmml_edu.explorer import Explorer
from jmml_edu.simulate.gaussian import QUADRANTS

road, pairs, told, numbers = pickle.loads(Path("road.pkl").read_bytes())

def tone(subject, trial):
    signal = 0.3 * np.sin(2 * np.pi * 500 * np.arange(6400) / 16_000)[None]
    return Recording(signal, 16_000.0, ("mono",), "speech", subject, Provenance("a sine", True))

explorer = Explorer(road, pairs, classes=QUADRANTS, recordings=tone, clips=0)
explorer.track, explorer.step = "ridge", 7
explorer"""

SECOND = """Path("seen.txt").write_text(
    f"{explorer.step} {explorer.eeg} {explorer.selection['row'].tolist()}"
)"""

OWN = """road, pairs, classes = pickle.loads(Path("sampled.pkl").read_bytes())
mine = Explorer(road, pairs, classes=classes, clips=0)
mine"""

BUSY = """busy = Explorer(road, pairs, classes=QUADRANTS, clips=0)
busy._told, busy._numbers, busy.step = told, numbers, 1
busy"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a notebook, and the road it shows."""
    folder = tmp_path_factory.mktemp("laboratory") / "work"
    folder.mkdir()
    busy = many(600, 31)
    kept = pickle.dumps((*explored.closed(), busy._told, busy._numbers))
    (folder / "road.pkl").write_bytes(kept)
    sampled = pickle.dumps((ROAD, PAIRS, explored.CLASSES))
    (folder / "sampled.pkl").write_bytes(sampled)
    write_notebook(folder / NAME, FIRST, SECOND, *["# far away\n" * 25] * 2, BUSY, OWN)
    return folder


@pytest.fixture(scope="module")
def page(chromium: Browser, folder: Path) -> Iterator[Page]:
    """The notebook in JupyterLab, its kernel ready."""
    with jupyterlab(folder) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(LISTEN)
        page.goto(f"{address}/lab/tree/{NAME}")
        wait_for_kernel(page)
        yield page
        context.close()


def wait_for_kernel(page: Page) -> None:
    """Return when the kernel is there and waits."""
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_function(
        "/\\| Idle/.test(document.querySelector('#jp-main-statusbar')?.textContent)"
    )


def run_all(page: Page) -> None:
    """Run all cells from the menu, and wait for the three explorers."""
    page.get_by_role("menubar").get_by_text("Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        "[...document.querySelectorAll('.jx')].filter(e => e.dataset.paints > 0).length === 3"
    )


def seen_by_the_kernel(page: Page, folder: Path) -> str:
    """What the second cell finds in the kernel now."""
    file = folder / "seen.txt"
    cell = page.locator(".jp-CodeCell").nth(1)
    before = cell.locator(".jp-InputPrompt").inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        """(before) => {
          const cell = document.querySelectorAll('.jp-CodeCell')[1];
          const now = cell.querySelector('.jp-InputPrompt').textContent;
          return /\\d/.test(now) && now !== before;
        }""",
        arg=before,
    )
    return file.read_text()


def test_what_one_does_shows_and_reaches_the_kernel(page: Page, folder: Path) -> None:
    run_all(page)
    explorer = page.locator(".jx").first
    explorer.scroll_into_view_if_needed()  # JupyterLab lays out what is far away only then
    page.wait_for_function("document.querySelector('.jx-step').innerText === 'the road'")

    slider = explorer.locator(".jx-slide input")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert explorer.locator(".jx-step").inner_text() == "ridge 100"
    assert status(page).startswith("Ridge: ridge 100; correlations of new people ")

    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    assert explorer.locator(".jx-step").inner_text() == "ridge 0.001"

    slider.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(  # the kernel has solved the closed form
        "document.querySelector('.jx [role=status]').textContent.startsWith('Ridge: ridge 0.0011;')"
    )
    page.keyboard.press("Home")

    soundfile.write(folder / "me.wav", np.sin(np.arange(16_000.0)), 16_000)
    explorer.locator(".jx-own summary").click()
    explorer.locator(".jx-own input").set_input_files(folder / "me.wav")
    page.wait_for_function(  # the kernel has the sound, and a road of other features
        "document.querySelector('.jx [role=status]').textContent"
        ".includes('must have the speech features of jmml_edu; got 16 others')"
    )

    panel = explorer.locator(".jx-stage").nth(1)
    panel.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("window.started === 1")  # the kernel has brought the clip
    explorer.locator("input[value=noisy]").check(force=True)
    assert "with noisy EEG" in explorer.locator(".jx-bars caption").inner_text()

    told = seen_by_the_kernel(page, folder)
    place = int(explorer.locator(".jx-card").get_attribute("data-place") or -1)
    assert told == f"0 noisy [{place}]"  # all 240 pairs are drawn: places are rows


def test_it_is_still_there_after_scrolling_away_and_back(page: Page) -> None:
    if page.locator(".jx").count() == 0:
        run_all(page)
    explorer = page.locator(".jx").first
    page.locator(".jp-CodeCell").last.scroll_into_view_if_needed()
    explorer.scroll_into_view_if_needed()
    slider = explorer.locator(".jx-slide input")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert explorer.locator(".jx-step").inner_text() == "ridge 0.01"


def test_the_slider_repaints_before_one_notices(page: Page) -> None:
    if page.locator(".jx").count() == 0:
        run_all(page)
    page.locator(".jx").nth(1).scroll_into_view_if_needed()
    took = page.evaluate(LATENCY.replace("document", "document.querySelectorAll('.jx')[1]"))
    assert len(took) > 20
    assert median(took) <= 50 * SLACK


def test_ones_own_voice_goes_through_the_kernel_and_lands(page: Page, folder: Path) -> None:
    if page.locator(".jx").count() == 0:
        run_all(page)
    explorer = page.locator(".jx").nth(2)
    explorer.locator(".jx-own summary").click()
    explorer.locator(".jx-own input").set_input_files(recorded(folder, 1))
    explorer.locator(".jx-mine tbody").wait_for()
    alone = ROAD.predict_proba(PAIRS.speech.values[1:2])[0]
    shares = explorer.locator(".jx-mine tbody tr td:last-child").all_inner_texts()
    assert shares == [f"{100 * p:.0f} %" for p in alone]
    said = explorer.locator("[role=status]").inner_text()
    assert said.endswith("%. How little that proves stands below.")


def test_saved_and_opened_again_it_shows_at_once_and_the_file_is_light(
    page: Page, folder: Path
) -> None:
    if page.locator(".jx").count() == 0:
        run_all(page)
    page.locator(".jp-CodeCell").first.locator(".jp-InputArea-prompt").click()
    page.keyboard.press("Control+s")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    notebook = nbformat.read(folder / NAME, as_version=4)
    pictures = [output.data["text/html"] for cell in notebook.cells if "outputs" in cell
                for output in cell.outputs if "text/html" in output.get("data", {})]  # fmt: skip
    for n_pairs, picture in zip((240, 240, 4), pictures, strict=True):
        assert f'alt="Explorer of {n_pairs} simulated pairs' in picture
    assert os.path.getsize(folder / NAME) < 1_000_000

    page.reload()
    wait_for_kernel(page)
    page.wait_for_function("document.querySelector('.jx')?.dataset.paints > 0")
    assert page.locator(".jx .jx-stage").count() >= 3
