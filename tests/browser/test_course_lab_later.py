"""Learners in later notebooks: switches, slips and their words, and what axe says of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_course_lab import DONE, EDIT, SHOW, Lab, events, lab, open_alone, page

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
    open_alone(page, address)
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


def test_a_learner_deals_people_and_meets_every_leak(page: Page, lab: Lab) -> None:
    before = len(events(lab, "check")) if lab.diary.exists() else 0
    blank = ("def deal", "np.unique(...", "np.unique(groups")
    run_to(page, f"{lab.address}12_evaluation_and_leakage.ipynb", "laboratory(", blank)
    page.evaluate(SHOW, "draw_deal(study, deal)")
    page.get_by_alt_text("Five folds, dealt by window: 9").first.wait_for()
    page.get_by_role("button", name="person", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_alt_text("Five folds, dealt by person: 5").first.wait_for()

    page.evaluate(EDIT, ["def deal", "return ...", "return np.arange(len(groups))"])
    rerun(page, "def deal")
    page.get_by_text("Rows were dealt, not people").wait_for()
    page.evaluate(EDIT, ["def deal", "np.arange(len(groups))", "number"])
    rerun(page, "def deal")
    page.get_by_text("12.A: right").wait_for()
    assert [e["passed"] for e in events(lab, "check")][before:] == [False, True]


def test_a_learner_switches_eeg_off_and_the_speech_stays(page: Page, lab: Lab) -> None:
    bet = ("11.moves", '"11.moves", ...', '"11.moves", 1.0')
    run_to(page, f"{lab.address}11_eeg_missing.ipynb", "def speech_only", bet)
    page.evaluate(SHOW, "moves.against")
    page.get_by_text("You said 1; it is 0").wait_for()
    page.evaluate(SHOW, "draw_moment(noisy")
    page.get_by_alt_text("Moment 12, EEG there").first.wait_for()
    there = page.get_by_alt_text("Moment 12, EEG there").first.get_attribute("alt") or ""
    page.get_by_role("button", name="missing", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_alt_text("Moment 12, EEG missing").first.wait_for()
    gone = page.get_by_alt_text("Moment 12, EEG missing").first.get_attribute("alt") or ""
    assert there.partition(";")[0].partition(":")[2] == gone.partition(";")[0].partition(":")[2]
    assert there.partition(";")[2] != gone.partition(";")[2]


def test_axe_finds_nothing_serious_in_notebook_12(page: Page, lab: Lab) -> None:
    from axe_playwright_python.sync_playwright import Axe

    open_alone(page, f"{lab.address}12_evaluation_and_leakage.ipynb")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE, timeout=400_000)
    grave: dict[str, list[str]] = {}
    for marker in ("quiz(", "sliders(", "check(", "show(", "rate(", "progress()"):
        page.evaluate(SHOW, marker)
        page.wait_for_timeout(500)
        found = Axe().run(page, context={"include": [[".jp-OutputArea-output"]]})
        for one in found.response["violations"]:
            if one["impact"] in {"serious", "critical"}:
                grave.setdefault(one["id"], [node["html"][:300] for node in one["nodes"]])
    assert grave == {}
