"""The concept inventory: no word before the course, every word after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sentences import explained

from jmml_edu.course import inventory, progress
from jmml_edu.course.diary import diary
from jmml_edu.course.inventory import chosen
from jmml_edu.course.lessons.concepts import CONCEPTS
from jmml_edu.course.showing import Live

RIGHT = "".join("abc"[question.right] for question in CONCEPTS)


@pytest.fixture(autouse=True)
def _own_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JMML_EDU_DIARY", str(tmp_path / "diary.jsonl"))


def test_there_are_twenty_questions_with_three_different_answers_each() -> None:
    assert len(CONCEPTS) == len({question.text for question in CONCEPTS}) == 20
    for number, question in enumerate(CONCEPTS, start=1):
        assert question.name == f"inventory.{number:02d}"
        assert len({text for text, _ in question.answers}) == 3
        assert all(word for _, word in question.answers)
        assert "`" not in "".join(text for text, _ in question.answers)  # buttons show it as it is
        assert question.answers[question.right][1].startswith(("Yes", "That is")), question.name
    counts = [RIGHT.count(letter) for letter in "abc"]
    assert max(counts) <= 12  # no letter is a good guess


def test_before_the_course_no_answer_is_given_away() -> None:
    said = inventory("before", "a" * 20).text
    assert said.startswith("▸ Written down: 20 of 20 questions")
    for question in CONCEPTS:
        assert question.answers[question.right][1] not in said


def test_after_it_both_times_are_compared_and_all_is_explained() -> None:
    inventory("before", "a" * 20)
    said = inventory("after", RIGHT).text
    assert f"20 of 20 right after the course, {RIGHT.count('a')} before." in said
    for question in CONCEPTS:
        assert question.answers[question.right][1] in said
    assert "01 (before ○, after ✔)" in said
    assert "02 (before ✔, after ✔)" in said


def test_buttons_count_and_the_last_answer_holds() -> None:
    asked = inventory("after")
    assert isinstance(asked, Live)
    *rows, reply = asked.widget.children
    buttons = [row for row in rows if hasattr(row, "on_click")]
    assert len(buttons) == 60
    buttons[0].click()
    assert "1 of 20" in reply.value
    buttons[1].click()
    assert "1 of 20" in reply.value
    assert [button.description[0] for button in buttons[:3]] == ["○", "●", "○"]
    assert chosen("after") == {"inventory.01": True}
    assert chosen("before") == {}
    assert [event["chosen"] for event in diary().events("inventory")] == ["a", "b"]


def test_the_inventory_is_no_lesson_of_its_own() -> None:
    inventory("before", RIGHT)
    assert progress().text.startswith("▸ Nothing yet")


def test_times_and_letters_are_checked() -> None:
    with explained("inventory: when must be one of after, before; got 'now'. Pick one of these."):
        inventory("now")
    with explained(
        "inventory: answers must be 20 letters, each a, b or c; got 'abd'. Write one for each"
        " question, in their order."
    ):
        inventory("after", "abd")
