"""A comparison that was stopped goes on where it was, and mixes nothing up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sentences import explained
from studies import QUICK, study, two_classes, two_inner_folds

from jmml_edu import comparison
from jmml_edu.comparison import compare
from jmml_edu.contenders import Predicted, Task, judge
from jmml_edu.experiment import plan_comparison
from jmml_edu.kept import Kept
from jmml_edu.results import Comparison

SMALL = two_classes(study(120, n_subjects=6))
PLAN = plan_comparison(SMALL.eeg, SMALL.speech, replace(QUICK, labels_per_class=10))


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


def run(kept: Path | None, *, after: int | None = None, plan: object = PLAN) -> Comparison:
    """Compare; perhaps stop after so many predictions."""
    told: list[str] = []

    def stop(method: str) -> None:
        told.append(method)
        if len(told) == after:
            raise StoppedError

    with two_inner_folds():
        return compare(SMALL.eeg, SMALL.speech, plan, kept=kept, on_step=stop)


def same(one: Comparison, other: Comparison) -> bool:
    """Whether two comparisons found the same."""
    return all(
        (one.confusions[name] == other.confusions[name]).all() for name in one.confusions
    ) and (one.methods, one.gains, one.choices) == (other.methods, other.gains, other.choices)


@pytest.mark.parametrize("after", [1, 4, 7])
def test_a_stopped_run_goes_on_and_ends_in_the_same_numbers(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, file = run(None), tmp_path / "kept.jsonl"
    with pytest.raises(StoppedError):
        run(file, after=after)
    asked: list[str] = []

    def judge_and_tell(task: Task, method: str) -> Predicted:
        asked.append(method)
        return judge(task, method)

    monkeypatch.setattr(comparison, "judge", judge_and_tell)
    assert same(run(file), whole)
    assert len(asked) == 2 * len(PLAN.methods) - after
    assert same(run(file), whole)  # now all of it is there
    assert len(asked) == 2 * len(PLAN.methods) - after


def test_a_line_that_was_cut_short_is_computed_again(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    whole = run(file)
    text = file.read_text()
    file.write_text(text[:-40])
    assert same(run(file), whole)
    assert file.read_text() == text


def test_another_plan_other_data_and_another_file_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    run(file)
    sentence = (
        "compare: kept must hold what the same data, plan and version gave before; got another run"
        " in kept.jsonl. Delete it to start anew, or write elsewhere."
    )
    for plan in (replace(PLAN, seeds=(1,)), replace(PLAN, n_labelled_per_class=12)):
        with explained(sentence):
            run(file, plan=plan)
    for text in ("", "no JSON\n", '{"about": "another"}\n'):
        file.write_text(text)
        with explained(sentence):
            run(file)
    assert same(run(None, plan=replace(PLAN, minutes=9.0)), run(None))


def test_how_long_it_was_expected_to_take_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    first = run(file)
    assert same(run(file, plan=replace(PLAN, minutes=99.0)), first)


def test_nothing_is_kept_without_a_file(tmp_path: Path) -> None:
    kept = Kept(None, "about")
    kept.add(0, 0, judge(_task(), "speech_only"))
    assert (0, 0, "speech_only") in kept.found
    assert not list(tmp_path.iterdir())


def _task() -> Task:
    """The first fold."""
    from jmml_edu.experiment import folds_of

    fold = next(folds_of(SMALL.eeg, SMALL.speech, PLAN))
    return Task(fold, SMALL.speech.classes, PLAN)
