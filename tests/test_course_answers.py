"""Every exercise lets right answers pass and tells each wrong one what it got wrong."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jaxtyping
import numpy as np
import pytest
from answers00 import ANSWERS as ANSWERS_00
from answers04 import ANSWERS as ANSWERS_04
from answers06 import ANSWERS as ANSWERS_06
from answers10 import ANSWERS as ANSWERS_10
from answers11 import ANSWERS as ANSWERS_11
from answers12 import ANSWERS as ANSWERS_12

from jmml_edu.course import check, hint, start
from jmml_edu.course.finding import find_exercise, find_lesson, lesson_numbers
from jmml_edu.course.hinting import solution_source
from jmml_edu.course.lessons.data00 import opened_road
from jmml_edu.course.lessons.data04 import own_pairs, own_planted
from jmml_edu.course.session import student_seed
from jmml_edu.linear import CCA
from jmml_edu.losses import cca_loss

ANSWERS: dict[str, list[tuple[Any, str]]] = {
    **ANSWERS_00, **ANSWERS_04, **ANSWERS_06, **ANSWERS_10, **ANSWERS_11, **ANSWERS_12
}  # fmt: skip
EXERCISES = [
    exercise
    for number in lesson_numbers()
    for exercise in find_lesson("test", number).exercises.values()
]


@pytest.fixture(autouse=True)
def _own_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMML_EDU_DIARY", str(tmp_path / "diary.jsonl"))


def test_every_exercise_has_two_right_and_three_wrong_answers_on_trial() -> None:
    for exercise in EXERCISES:
        told = [rule for _, rule in ANSWERS[exercise.name]]
        assert told.count("passed") >= 2, exercise.name
        assert len(told) - told.count("passed") >= 3, exercise.name


def test_every_rule_of_a_lesson_is_met_by_an_answer() -> None:
    for exercise in EXERCISES:
        told = {rule for _, rule in ANSWERS[exercise.name]}
        silent = {rule.name for rule in exercise.rules} - told
        assert not silent, f"{exercise.name}: nothing on trial breaks {silent}"


@pytest.mark.parametrize(
    ("name", "answer", "rule"),
    [(name, answer, rule) for name, tried in ANSWERS.items() for answer, rule in tried],
)
def test_an_answer_gets_the_word_meant_for_it(name: str, answer: Any, rule: str) -> None:
    jaxtyping.config.update("jaxtyping_disable", True)  # a learner's machine checks no types
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # some divide by 0 on purpose
            verdicts = [check(name, answer) for _ in range(2)]
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    assert [verdict.rule for verdict in verdicts] == [rule, rule], verdicts[0]
    assert verdicts[0].passed == (rule == "passed")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_the_solution_that_hints_show_passes_as_it_stands(exercise: Any) -> None:
    session = start(int(exercise.name[:2]))
    space: dict[str, Any] = {"np": np, "CCA": CCA, "check": check, "session": session}
    space |= {"opened_road": opened_road, "explorer": SimpleNamespace(), "cca_loss": cca_loss}
    if exercise.name == "04.D":
        space["own"] = session.data()
    number = exercise.name[:3]
    same = [one for one in EXERCISES if one.name.startswith(number) and one.takes == "function"]
    before = [one for one in same if one.name < exercise.name]
    for earlier in before:
        exec(solution_source(earlier), space)
    *lines, last = solution_source(exercise).splitlines()
    if exercise.takes == "function":
        exec(solution_source(exercise), space)
        verdict = check(exercise.name, space[exercise.solution.__name__])
    else:
        exec("\n".join(lines), space)
        verdict = eval(last, space)
    assert verdict.rule == "passed", verdict


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_two_hints_come_before_the_solution(exercise: Any) -> None:
    first, second, third, fourth = (hint(exercise.name).text for _ in range(4))
    assert exercise.hints[0] in first
    assert exercise.hints[1] in second
    assert solution_source(exercise) not in first + second
    assert solution_source(exercise) in third
    assert fourth == third


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_an_untouched_exercise_is_not_yet_and_not_a_try(exercise: Any) -> None:
    from jmml_edu.course.diary import diary

    verdict = check(exercise.name, ...)
    assert verdict.rule == "blank"
    assert repr(verdict).startswith(f"○ {exercise.name}: not yet")
    assert diary().events("check") == []


def test_no_message_gives_a_number_away() -> None:
    hand = find_exercise("test", "04.hand")
    said = " ".join([*(rule.message for rule in hand.rules), *hand.hints, hand.well_done])
    assert "0.5" not in said
    assert "half" not in said


def test_students_have_data_of_their_own_and_answers_that_both_roads_find() -> None:
    counts = []
    for student in ("", "Ada", "Bob", "Chi", "Dai", "Eve", "Fay", "Gus"):
        seed = student_seed(4, student)
        pairs = own_pairs(seed)
        half = len(pairs) // 2
        found = CCA(8).fit(pairs.eeg.values[:half], pairs.speech.values[:half])
        held_out = found.correlations(pairs.eeg.values[half:], pairs.speech.values[half:])
        assert int((held_out > 0.25).sum()) == own_planted(seed), (student, held_out)
        counts.append(own_planted(seed))
    assert len(set(counts)) == 3
