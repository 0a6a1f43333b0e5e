"""What the course remembers and says: diary, questions, predictions, ratings, progress, sliders."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from sentences import explained, refused

from jmml_edu.course import (
    check,
    compare,
    hint,
    predict,
    progress,
    quiz,
    rate,
    sliders,
    start,
)
from jmml_edu.course.diary import diary
from jmml_edu.course.finding import find_lesson, lesson_numbers
from jmml_edu.course.nouns import Question
from jmml_edu.course.pages import Page, card
from jmml_edu.course.showing import Live

QUESTIONS = [q for n in lesson_numbers() for q in find_lesson("test", n).questions.values()]


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's learner is remembered."""
    path = tmp_path / "somewhere" / "diary.jsonl"
    monkeypatch.setenv("JMML_EDU_DIARY", str(path))
    return path


def test_nothing_is_written_before_something_is_done(file: Path) -> None:
    progress()
    assert not file.exists()


def test_what_is_done_stands_in_the_file_in_order_and_can_be_erased(file: Path) -> None:
    start(4, student="Ada")
    check("04.hand", 2.0)
    check("04.hand", 0.5)
    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert [e["what"] for e in events] == ["start", "check", "check"]
    assert [e.get("rule") for e in events] == [None, "not divided", "passed"]
    assert progress(erase=True).text.startswith("▸ Forgotten: 3 entries")
    assert not file.exists()
    assert progress().text.startswith("▸ Nothing yet")


def test_a_spoilt_line_costs_only_itself(file: Path) -> None:
    start(4)
    file.write_text(file.read_text() + '{"cut o\n[1]\n"text"\n3\n')
    check("04.hand", 0.5)
    assert [event["what"] for event in diary().events()] == ["start", "check"]


def test_a_diary_that_cannot_be_written_is_kept_in_the_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    for name in (str(tmp_path / "a file" / "diary.jsonl"), os.devnull):
        monkeypatch.setenv("JMML_EDU_DIARY", name)
        check("04.hand", 0.5)
        assert "Kept in this kernel only" in progress().text
        assert progress(erase=True).text.startswith("▸ Forgotten: 1")
        assert diary().events() == []


def test_progress_tells_how_far_each_exercise_is() -> None:
    start(4)
    check("04.hand", 2.0)
    check("04.hand", 0.5)
    check("04.A", lambda x: x)
    for _ in range(3):
        hint("04.A")
    quiz("04.1", "b")
    quiz("04.1", "a")
    quiz("04.2", "b")
    predict("04.turn", 0.9).against(0.894)
    predict("04.noise", 0.2).against(1.0)
    rate(4, 3, 2, 4)
    told = progress().text
    assert "1 of 4 exercises solved" in told
    assert "✔ 04.hand a correlation by hand: solved; 2 tries" in told
    assert "○ 04.A whiten: tried; 1 try, the solution" in told
    assert "· 04.B all canonical correlations: open" in told
    assert "questions: 2 of 6; 1 right at once" in told
    assert "predictions: 2; 1 close" in told
    assert "how sure: 3, 2, 4" in told


def test_the_seed_is_that_of_whoever_began_last() -> None:
    ada, bob = start(4, student="Ada"), start(4, student="Bob")
    assert ada.seed != bob.seed
    assert start(4, student=" ada").seed == ada.seed
    assert not np.array_equal(ada.data().eeg.values, bob.data().eeg.values)
    assert np.array_equal(ada.data().eeg.values, start(4, student="ADA").data().eeg.values)
    counts = {}
    for student in ("Ada", "Bob", "Chi", "Dai", "Eve"):
        start(4, student=student)
        counts[student] = [n for n in (2, 3, 4) if check("04.D", n).passed]
    assert all(len(right) == 1 for right in counts.values())
    assert len({right[0] for right in counts.values()}) > 1


def test_a_lesson_says_who_learns() -> None:
    assert repr(start(4, student="Ada")).startswith("▸ 04 Linear CCA for Ada: about 45 minutes")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_one_answer_of_a_question_is_right_and_each_has_its_word(question: Question) -> None:
    said = [quiz(question.name, letter) for letter in "abcdef"[: len(question.answers)]]
    assert len(said) >= 3
    assert [repr(page).startswith("✔") for page in said].count(True) == 1
    for page, (answer, word) in zip(said, question.answers, strict=True):
        assert answer in page.text
        assert word in page.text
    assert len({word for _, word in question.answers}) == len(question.answers)


def test_choosing_an_answer_is_written_down_and_answered() -> None:
    asked = quiz("04.1")
    assert isinstance(asked, Live)
    _, *buttons, reply = asked.widget.children
    assert "Run this cell first" in reply.value
    buttons[1].click()
    assert "Not quite." in reply.value
    assert [button.description[0] for button in buttons] == ["○", "●", "○"]
    buttons[0].click()
    assert "Only then can EEG say anything" in reply.value
    assert [event["right"] for event in diary().events("quiz", "04.1")] == [False, True]


def test_a_question_reads_without_a_kernel() -> None:
    asked = quiz("04.3")
    assert isinstance(asked, Live)
    forms = asked._repr_mimebundle_()
    assert forms["application/vnd.jupyter.widget-view+json"]["model_id"] == asked.widget.model_id
    assert forms["text/html"].count("<details>") == 3
    assert "<code>X.T @ X</code>" in forms["text/html"]
    assert "  b) (3, 3)" in forms["text/plain"]


def test_ratings_are_written_down_when_all_are_there() -> None:
    asked = rate(4)
    assert isinstance(asked, Live)
    buttons = [child for child in asked.widget.children if hasattr(child, "options")]
    for one in buttons[:-1]:
        one.value = 2
    assert diary().events("rate") == []
    buttons[-1].value = 4
    assert diary().events("rate")[0]["ratings"] == [2, 2, 4]
    assert "once more tomorrow" in asked.widget.children[-1].value


def test_a_prediction_is_compared_with_what_was_found() -> None:
    assert predict("04.turn", 0.9).against(0.85).text == "✔ You said 0.9, and it is 0.85"
    assert "You said 0.3; it is 0.894" in predict("04.turn", 0.3).against(0.894).text
    blank = predict("04.turn", ...)
    assert "put a number in place" in repr(blank)
    assert "It is 0.894" in blank.against(0.894).text
    assert [event["good"] for event in diary().events("found")] == [True, False]


@pytest.mark.parametrize("said", ["much", True, None])
def test_a_prediction_is_a_number(said: object) -> None:
    import jaxtyping

    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with pytest.raises(TypeError) as error:
            predict("04.turn", said)  # type: ignore[arg-type]
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    assert (
        str(error.value) == f"predict: said must be a number; got {said!r}. Write one, such as 0.5."
    )


def test_names_that_do_not_exist_are_explained() -> None:
    with explained(
        "check: name must be one of 04.hand, 04.A, 04.B, 04.C, 04.D; got '04.Z'."
        " Write it as in the notebook."
    ):
        check("04.Z", 1)
    with explained(
        "hint: name must be a lesson's number, a point and a name; got 'B'."
        ' Write it as in the notebook, like "04.B".'
    ):
        hint("B")
    with refused("start: number must be one of 0"):
        start(99)
    with explained(
        "rate: ratings must be 3 whole numbers from 1 to 4; got (1, 2)."
        " Write one for each objective."
    ):
        rate(4, 1, 2)
    with refused("rate: ratings must be 3 whole numbers"):
        rate(4, 1, 2, 5)


def test_words_of_a_card_cannot_break_out_of_it() -> None:
    page = card("`<b>`", "<script>alert(1)</script>")
    assert "<script" not in page.html
    assert "<code>&lt;b&gt;</code>" in page.html


def test_two_functions_are_compared_on_copies_of_the_data() -> None:
    data = np.arange(6.0).reshape(3, 2)

    def spoils(x: np.ndarray) -> np.ndarray:
        x *= 2
        return x / 2

    shown = compare(spoils, lambda x: x, data)
    assert repr(shown) == "Figure: Yours and theirs agree in all 6 numbers."
    assert np.array_equal(data, np.arange(6.0).reshape(3, 2))


def test_a_difference_is_found_where_it_is() -> None:
    def one_off(x: np.ndarray) -> np.ndarray:
        found = x.copy()
        found[1, 0] += 0.5
        return found

    told = repr(compare(one_off, np.copy, np.ones((3, 2))))
    assert (
        told
        == "Figure: Yours and theirs differ in 1 of 6 numbers, by at most 0.5, first at (1, 0)."
    )
    missing = repr(compare(lambda x: x * np.nan, np.copy, np.ones(2)))
    assert missing.startswith("Figure: Yours and theirs differ in 2 of 2 numbers")


def test_what_cannot_be_compared_is_explained() -> None:
    assert isinstance(compare(lambda x: ..., np.copy, np.ones(2)), Page)
    with explained(
        "compare: mine must return shape (2,), as theirs does; got (1, 2)."
        " Is a transpose or an axis in the way?"
    ):
        compare(lambda x: x[None], np.copy, np.ones(2))


def test_a_slider_draws_anew_with_words_for_those_who_cannot_see() -> None:
    drawn: list[float] = []

    def draw(eeg_turn: float) -> tuple[Figure, str]:
        drawn.append(eeg_turn)
        return Figure(), f"An empty figure, turned by {eeg_turn:g} degrees."

    live = sliders(draw, eeg_turn=(0, 90, 5, 45))
    control, page = live.widget.children
    assert control.description == "EEG turn"
    assert 'alt="An empty figure, turned by 45 degrees."' in page.value
    control.value = 50
    assert drawn == [45, 50]
    assert 'alt="An empty figure, turned by 50 degrees."' in page.value
    assert 'role="status"' in page.value
    assert {"image/png", "text/html"} <= set(live._repr_mimebundle_())


def test_a_slider_begins_within_its_range() -> None:
    with explained(
        "sliders: turn must begin between 0 and 90; got 99."
        " Give lowest, highest, step and beginning."
    ):
        sliders(lambda turn: (Figure(), "An empty figure, turned."), turn=(0, 90, 5, 99))
