"""A learner in notebook 10: switches, a slip and its word, and the model against the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_course_lab import EDIT, OPEN, SHOW, Lab, events, lab, page

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["lab", "page"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RAN = """marker => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = [...panel.content.model.cells].filter(cell => cell.type === 'code');
    const last = cells.findIndex(cell => cell.sharedModel.getSource().includes(marker));
    return cells.slice(0, last).every(cell => cell.executionCount !== null)
        && panel.sessionContext.session.kernel.status === 'idle';
}"""


def run_to(page: Page, address: str, marker: str, edit: tuple[str, str, str]) -> None:
    """Open a notebook, change a cell, and run all cells before the one that holds a marker."""
    page.goto(address)
    page.wait_for_function(OPEN)
    page.evaluate(EDIT, list(edit))
    page.evaluate(SHOW, marker)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-above')")
    page.wait_for_function(RAN, arg=marker)


def rerun(page: Page, marker: str) -> None:
    """Go to the cell that holds a marker, and run it."""
    page.evaluate(SHOW, marker)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")


def test_a_learner_sets_switches_and_adds_up_what_is_lost(page: Page, lab: Lab) -> None:
    slip = ("def loss_terms", "codes[...]", "codes[target]")
    run_to(page, f"{lab.address}10_e_dcc_cae.ipynb", "compare(by_me", slip)
    page.evaluate(SHOW, "draw_switches, method")
    page.get_by_alt_text("DCCA: 1 of 5 switches is on").first.wait_for()
    page.get_by_role("button", name="DCC-CAE", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_alt_text("DCC-CAE: 3 of 5 switches are on").first.wait_for()

    page.evaluate(EDIT, ["def loss_terms", "views[...]", "views[target]"])
    rerun(page, "def loss_terms")
    page.get_by_text("A decoder of eeg from speech got the code of EEG").wait_for()
    page.evaluate(EDIT, ["def loss_terms", "codes[target]", "codes[source]"])
    rerun(page, "def loss_terms")
    page.get_by_text("10.A: right").wait_for()
    names = [(e["rule"], e["passed"]) for e in events(lab, "check")]
    assert names == [("reads the code of what it tells", False), ("passed", True)]

    rerun(page, "compare(by_me")
    page.get_by_alt_text("Yours and theirs agree in all 21600 numbers.").first.wait_for()
