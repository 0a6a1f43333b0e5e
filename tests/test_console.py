"""What the command line says: every number in its row, warnings as sentences, exit codes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import made_up
import pytest
import typer

from jmml_edu import console
from jmml_edu._checks import InputError, InputWarning
from jmml_edu.doctor import Finding
from jmml_edu.results import GAINS, Comparison, Interval


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are not broken, however narrow the terminal."""
    for each in (console.console, console.complaints):
        monkeypatch.setattr(each, "width", 200)


def said(show: Callable[[], None]) -> str:
    """What goes to standard output."""
    with console.console.capture() as capture:
        show()
    return capture.get()


def row_of(name: str, table: str) -> list[str]:
    """The cells of the row that begins with a name."""
    rows = [[cell.strip() for cell in line.strip("│┃").split("│")] for line in table.splitlines()]
    (found,) = [row for row in rows if row[0] == name]
    return found


def with_methods_and_gains(comparison: Comparison) -> Comparison:
    """The same with numbers that are easily read."""
    first = next(iter(comparison.methods))
    methods = {**comparison.methods, first: Interval(0.4, 0.375, 0.45, {}, ())}
    gains = {**comparison.gains, "gain": Interval(0.051, 0.0123, 0.0901, {}, ())}
    return replace(comparison, methods=methods, gains=gains, macro_f1=dict.fromkeys(methods, 0.333))


def test_results_stand_as_per_cent_and_gains_with_their_sign() -> None:
    comparison = with_methods_and_gains(made_up.clear_gain())
    shown = said(lambda: console.show_results(comparison))
    first = next(iter(comparison.methods))
    assert row_of(first, shown) == [first, "40.0", "37.5 to 45.0", "33.3"]
    assert row_of("gain", shown) == ["gain", "+5.1", "+1.2 to +9.0", ""]
    for name in (*comparison.methods, *GAINS):
        assert row_of(name, shown)
    assert "New people SIMULATED" in shown
    assert "Among" not in shown


def test_too_few_people_are_told_instead_of_an_interval() -> None:
    shown = said(lambda: console.show_results(made_up.three_speakers()))
    assert row_of("gain", shown)[2] == "too few people"
    assert "SIMULATED" not in shown


def test_every_difference_stands_with_what_follows_from_it() -> None:
    comparison = made_up.everybody()
    differences = dict(comparison.differences)
    ahead = Interval(-0.021, -0.05, 0.008, {}, ())
    differences["dcca"] = replace(
        differences["dcca"], ahead=ahead, p_adjusted=None, reading="no evidence"
    )
    shown = said(lambda: console.show_results(replace(comparison, differences=differences)))
    table = shown[shown.index("Among") :]
    assert f"Among {len(differences)} methods; noise floor 1.0" in table
    assert row_of("dcca", table) == ["dcca", "-2.1", "-5.0 to +0.8", "-", "no evidence"]
    assert row_of("eeg_free", table)[3] == "0.008"
    assert set(differences) <= set(table.split())
    no_floor = replace(comparison, noise_floor=None)
    assert "methods; noise floor" not in said(lambda: console.show_results(no_floor))


def test_the_plan_says_what_there_is_and_shows_names_as_they_are() -> None:
    plan = made_up.make_plan(
        "trial", made_up.RECORDED, ("calm", "[bold]sad"), notes=("2 rows of [/x] dropped.",)
    )
    shown = said(lambda: console.show_plan(plan))
    for name, value in (
        ("data", "nemo_3spk + sizecontemo"),
        ("people", "24"),
        ("classes", "calm 1008, [bold]sad 1008"),
        ("pairs", "2016, joined by trial"),
        ("labels per class", "10"),
        ("folds x seeds", "5 x 5"),
        ("minutes, about", "1.5"),
        ("note", "2 rows of [/x] dropped."),
    ):
        assert row_of(name, shown) == [name, value]
    every = replace(plan, n_labelled_per_class=None)
    assert row_of("labels per class", said(lambda: console.show_plan(every)))[1] == "all"


def test_a_remedy_stands_where_something_is_to_be_mended() -> None:
    findings = [
        Finding("Python", "3.12", ok=True, remedy="none needed"),
        Finding("disk", "full", ok=False, remedy="Delete something."),
    ]
    shown = said(lambda: console.show_findings(findings))
    assert "none needed" not in shown
    assert row_of("ok", shown) == ["ok", "Python", "3.12", ""]
    assert row_of("mend", shown) == ["mend", "disk", "full", "Delete something."]


def test_a_warning_is_its_sentence_and_afterwards_warnings_are_as_before() -> None:
    with console.complaints.capture() as capture, warnings.catch_warnings():
        warnings.simplefilter("always")
        before = warnings.showwarning
        with console.one_line_warnings():
            warnings.warn("pairs [few] must be more.", InputWarning, stacklevel=1)
        assert warnings.showwarning is before
    assert capture.get() == "pairs [few] must be more.\n"


@pytest.mark.parametrize(
    ("problem", "code", "sentence"),
    [
        (InputError("run: [x] must be y."), 2, "run: [x] must be y.\n"),
        (KeyboardInterrupt(), 130, "Stopped. The same command goes on from where it was.\n"),
    ],
)
def test_what_stops_a_command_is_one_sentence_and_an_exit_code(
    problem: BaseException, code: int, sentence: str
) -> None:
    with (
        console.complaints.capture() as capture,
        pytest.raises(typer.Exit) as stopped,
        console.one_sentence_on_error(),
    ):
        raise problem
    assert stopped.value.exit_code == code
    assert capture.get() == sentence


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), console.one_sentence_on_error():
        raise ZeroDivisionError


def test_progress_says_what_it_is_busy_with() -> None:
    with console.progress_bar() as progress:
        task = progress.add_task("Comparing", total=4, detail="")
        console.say(progress, task, "fold 1", advance=1)
        console.say(progress, task, "fold 2")
        assert progress.tasks[0].fields["detail"] == "fold 2"
        assert progress.tasks[0].completed == 1
