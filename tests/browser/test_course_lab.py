"""A learner in JupyterLab: choose, turn, go wrong, follow the link, get it right."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180
"""Of one step: a busy machine is slow, and waiting costs nothing where it is not."""

OPEN = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    const cells = [...(panel?.content?.model?.cells ?? [])];
    return cells.length > 5 && panel.sessionContext.session?.kernel?.status === 'idle';
}"""
HERE = """name => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.context?.path === name && panel.context.isReady;
}"""
DONE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = [...panel.content.model.cells].filter(cell => cell.type === 'code');
    return cells.every(cell => cell.executionCount !== null)
        && panel.sessionContext.session.kernel.status === 'idle';
}"""
EDIT = """([marker, old, now]) => {
    const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells];
    const cell = cells.find(c => c.sharedModel.getSource().includes(marker));
    cell.sharedModel.setSource(cell.sharedModel.getSource().replace(old, now));
}"""
SHOW = """marker => {
    const content = window.jupyterapp.shell.currentWidget.content;
    const cells = [...content.model.cells];
    content.activeCellIndex = cells.findIndex(c => c.sharedModel.getSource().includes(marker));
    return content.scrollToItem(content.activeCellIndex, 'start');
}"""


@dataclass
class Lab:
    """A JupyterLab that serves copies of the notebooks, and its learner's diary."""

    address: str
    diary: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server of its own, without a token, settings or news."""
    place: Path = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", place / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER{name}_DIR": str(place / name) for name in ("_CONFIG", "_DATA", "_RUNTIME")}
    lab_own = {f"JUPYTERLAB_{name}_DIR": str(place / name) for name in ("SETTINGS", "WORKSPACES")}
    diary = place / "diary.jsonl"
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}",
        "--IdentityProvider.token=", f"--ServerApp.root_dir={place / 'notebooks'}",
        "--LabApp.news_url=None", "--expose-app-in-browser",
    ]  # fmt: skip
    environment = os.environ | own | lab_own | {"JMML_EDU_DIARY": str(diary)}
    with (place / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api")
            yield Lab(f"http://127.0.0.1:{port}/lab/tree/", diary)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:  # its kernels end by themselves when it is gone
                server.kill()
                server.wait()


def _wait_for(address: str) -> None:
    """Return when a server answers."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            urlopen(address, timeout=5).close()
        except (URLError, OSError):
            assert time.monotonic() < until, "JupyterLab did not start."
            time.sleep(0.5)
        else:
            return


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window as a laptop has it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(1000 * PATIENCE_S)
    yield context.new_page()
    context.close()


def open_alone(page: Page, address: str) -> None:
    """Open a notebook and none of those that were open before: JupyterLab remembers them."""
    page.goto(f"{address}?reset")
    page.wait_for_function(HERE, arg=address.rpartition("/")[2])
    page.wait_for_function(OPEN)


def run_all(page: Page, address: str, **edits: tuple[str, str]) -> None:
    """Open a notebook, change cells that hold a marker, and run every cell."""
    open_alone(page, address)
    for marker, (old, now) in edits.items():
        page.evaluate(EDIT, [marker.replace("__", " "), old, now])
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE)


def events(lab: Lab, what: str) -> list[dict[str, Any]]:
    """Return what stands in the diary."""
    lines = lab.diary.read_text(encoding="utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["what"] == what]


def test_a_learner_walks_through_linear_cca(page: Page, lab: Lab) -> None:
    slip = ("centred = ...", "centred = x - x.mean()")
    run_all(page, f"{lab.address}04_linear_cca.ipynb", def__whiten=slip)
    page.evaluate(EDIT, ["def whiten", "axes / ...", "axes / np.sqrt(variances)"])
    page.evaluate(SHOW, "def whiten")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
    page.get_by_text("One mean was taken of the whole array").wait_for()

    page.get_by_role("link", name="A round cloud").first.click()
    page.get_by_role("heading", name="A round cloud").wait_for()

    page.evaluate(EDIT, ["def whiten", "x.mean()", "x.mean(axis=0)"])
    page.evaluate(SHOW, "def whiten")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
    page.get_by_text("04.A: right").wait_for()
    assert [e["passed"] for e in events(lab, "check")] == [False, True]

    page.evaluate(SHOW, 'quiz("04.1")')
    page.get_by_text("b) They belong to the same").click()
    page.get_by_text("nothing but the class connects the two").wait_for()
    assert [e["right"] for e in events(lab, "quiz")] == [False]
    page.get_by_role("button", name="a) They were recorded").focus()
    page.keyboard.press("Space")
    page.get_by_text("Only then can EEG say anything").wait_for()
    assert [e["right"] for e in events(lab, "quiz")] == [False, True]

    page.evaluate(SHOW, "two_clouds()")
    page.locator(".jx-turn").first.focus()
    for key in ("PageUp", "PageUp", "PageUp", "ArrowUp"):
        page.keyboard.press(key)
    page.get_by_text("EEG read along 31°, speech along 0°: correlation").wait_for()
    page.get_by_role("button", name="Solve").click()
    page.get_by_text("The best pair of directions has correlation 0.89").wait_for()
    page.get_by_text("By hand you reached 0.1").wait_for()


def test_a_learner_starts_with_the_explorer_and_finds_what_only_eeg_tells(
    page: Page, lab: Lab
) -> None:
    run_all(page, f"{lab.address}00_start_here.ipynb")
    page.evaluate(SHOW, "session = start(0")
    explorer = page.locator(".jx")
    explorer.get_by_text("The road hears 8 of 101 columns").first.wait_for()
    page.evaluate(SHOW, 'check("00.C"')
    page.get_by_text("No point is selected").wait_for()

    page.evaluate(SHOW, "session = start(0")
    panel = explorer.locator(".jx-stage").nth(1)
    panel.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    explorer.locator("input[value=on]").check(force=True)
    caption = explorer.locator(".jx-bars caption")
    caption.wait_for()
    assert "with EEG" in caption.inner_text()
    rerun(page, 'check("00.C"')
    page.wait_for_function(
        "() => /00.C: (right|not yet)/.test(document.body.innerText)"
        " && !document.body.innerText.includes('No point is selected')"
    )

    choice = "explorer.selected = [int(scene.rows[w][0])]\ncheck("
    which = "w = scene.held_out & (with_eeg == scene.labels) & (alone != scene.labels)\n"
    page.evaluate(EDIT, ['check("00.C"', "check(", which + choice])
    rerun(page, 'check("00.C"')
    page.get_by_text("00.C: right").wait_for()

    for answer in ("b) One", "b) Which", "b) It", "c) I do not believe"):
        page.evaluate(SHOW, 'quiz("00.1")')
        page.get_by_role("button", name=answer).first.click()
    page.get_by_text("Notebook 12 makes this mistake on purpose").wait_for()
    rerun(page, "where_to_begin()")
    page.get_by_text("Begin with 04 Linear CCA").wait_for()


def rerun(page: Page, marker: str) -> None:
    """Run the cell that holds a marker."""
    page.evaluate(SHOW, marker)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
