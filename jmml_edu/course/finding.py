"""From a name such as ``"04.B"`` to its lesson, exercise or question."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from jmml_edu._checks import fail
from jmml_edu.course.nouns import Exercise, Lesson, Question

Item = TypeVar("Item", Exercise, Question)


def lesson_numbers() -> list[int]:
    """Return the numbers of the lessons that there are.

    Examples
    --------
    >>> 4 in lesson_numbers()
    True
    """
    files = (Path(__file__).parent / "lessons").glob("lesson[0-9][0-9].py")
    return sorted(int(file.stem[-2:]) for file in files)


def find_lesson(function: str, number: int | str) -> Lesson:
    """Return a lesson by its number, as 4 or ``"04"``.

    Raises
    ------
    InputError
        If there is no such lesson.

    Examples
    --------
    >>> find_lesson("start", 4).title
    'Linear CCA'
    """
    numbers = lesson_numbers()
    if (str(number).lstrip("0") or "0") not in map(str, numbers):
        fail(
            function, "number", f"be one of {', '.join(map(str, numbers))}", repr(number),
            "The notebook's name begins with it.",
        )  # fmt: skip
    found: Lesson = import_module(f"jmml_edu.course.lessons.lesson{int(number):02d}").LESSON
    return found


def find_exercise(function: str, name: str) -> Exercise:
    """Return an exercise by its name, such as ``"04.B"``."""
    return _find(function, name, find_lesson(function, _number(function, name)).exercises)


def find_question(function: str, name: str) -> Question:
    """Return a question by its name, such as ``"04.1"``."""
    return _find(function, name, find_lesson(function, _number(function, name)).questions)


def _number(function: str, name: str) -> str:
    """Return the number of the lesson in a name."""
    number, dot, rest = str(name).partition(".")
    if not (dot and rest and number.isdigit()):
        fail(
            function, "name", "be a lesson's number, a point and a name", repr(name),
            'Write it as in the notebook, like "04.B".',
        )  # fmt: skip
    return number


def _find(function: str, name: str, items: Mapping[str, Item]) -> Item:
    """Return one of the items, or say which there are."""
    if name not in items:
        fail(
            function, "name", f"be one of {', '.join(items)}", repr(name),
            "Write it as in the notebook.",
        )  # fmt: skip
    return items[name]
