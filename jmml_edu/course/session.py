"""The first line of a lesson: who learns, and with which data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from jmml_edu._checks import fail
from jmml_edu.course.diary import diary
from jmml_edu.course.finding import find_lesson
from jmml_edu.course.nouns import Lesson
from jmml_edu.course.pages import card


@dataclass(frozen=True)
class Session:
    """A lesson as one student has it.

    Attributes
    ----------
    lesson
        What is asked.
    student
        A name or number; nobody by default.
    seed
        What decides this student's data.
    """

    lesson: Lesson
    student: str
    seed: int

    def data(self) -> Any:
        """Return this student's own data: the same each time, another student's are others."""
        if self.lesson.data is None:
            fail(
                "data", "lesson", "have data of your own", f"lesson {self.lesson.number:02d}",
                "All learners share the data of this one.",
            )  # fmt: skip
        return self.lesson.data(self.seed)

    def _repr_html_(self) -> str:
        return self._page().html

    def __repr__(self) -> str:
        return self._page().text

    def _page(self) -> Any:
        lesson = self.lesson
        who = f" for {self.student}" if self.student else ""
        return card(
            f"{lesson.number:02d} {lesson.title}{who}: about {lesson.minutes} minutes",
            "What you do here stays on this machine: `progress()` shows it,"
            " `progress(erase=True)` erases it.",
        )


def start(number: int, *, student: str = "") -> Session:
    """Begin a lesson and return the session that holds your own data.

    Matrix products are kept on one thread: on small ones a second costs more than it brings.

    Parameters
    ----------
    number
        As in the notebook's name.
    student
        Any text; it decides your own data and their right answers, so that neighbours have others.

    Returns
    -------
    session
        ``session.data()`` are your own data.

    Raises
    ------
    InputError
        If there is no such lesson.

    Examples
    --------
    >>> start(4, student="Ada").seed == start(4, student="Bob").seed
    False
    """
    from threadpoolctl import threadpool_limits

    lesson = find_lesson("start", number)
    threadpool_limits(1)
    diary().add("start", f"{lesson.number:02d}", student=student)
    return Session(lesson, student, student_seed(lesson.number, student))


def student_seed(number: int, student: str) -> int:
    """Return the seed of one student in one lesson.

    Examples
    --------
    >>> student_seed(4, "Ada") == student_seed(4, " ada ")
    True
    """
    text = f"{number:02d}:{student.strip().casefold()}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def current_seed(number: int) -> int:
    """Return the seed of whoever began this lesson last."""
    begun = diary().events("start", f"{number:02d}")
    return student_seed(number, str(begun[-1].get("student", "")) if begun else "")
