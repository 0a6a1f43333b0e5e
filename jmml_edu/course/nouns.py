"""What a lesson is made of: exercises with rules, questions, and what a learner wants to learn.

Nothing here computes; a file of :mod:`jmml_edu.course.lessons` fills these in for one notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Trial:
    """One try of an answer on fresh data: what went in, and what came out.

    Attributes
    ----------
    given
        The arguments the function got, or what the lesson knows about a value.
    result
        What the function returned, or the value itself.
    """

    given: tuple[Any, ...]
    result: Any


@dataclass(frozen=True)
class Rule:
    """One thing that a right answer does, and what to say where an answer does not.

    Attributes
    ----------
    name
        The mistake in a word or two, as an instructor's table lists it.
    says
        What holds of a right answer, for the list of what was tested.
    broken
        Returns nothing where the rule holds, otherwise what was measured, in words.
    message
        What probably happened and what to think about, never the answer.
    section
        The heading of the notebook that helps.
    """

    name: str
    says: str
    broken: Callable[[Trial], str | None]
    message: str
    section: str


@dataclass(frozen=True)
class Exercise:
    """Something to write or to find, and how an answer is judged.

    Attributes
    ----------
    name, title
        As in ``check("04.B", ...)``; what is to be done.
    takes
        Whether the answer is a function, tried on fresh data, or a value.
    make
        Returns the arguments of a try from a seed; of a value, what its rules need to know.
    rules
        In order: the first that is broken speaks. Rules of particular mistakes stand before the
        general ones.
    hints
        Two, the second saying more.
    solution
        A function whose source is the solution, or the line that gives the value.
    well_done
        What to notice, once it is right.
    optional
        Left out of what counts as finished.
    """

    name: str
    title: str
    takes: Literal["function", "value"]
    make: Callable[[int], tuple[Any, ...]]
    rules: tuple[Rule, ...]
    hints: tuple[str, str]
    solution: Callable[..., Any] | str
    well_done: str
    optional: bool = False


@dataclass(frozen=True)
class Question:
    """A question with a few answers, one of them right, and a word on each.

    Attributes
    ----------
    name, text
        As in ``quiz("04.1")``; the question.
    answers
        Each answer with what to say about it.
    right
        Which of them is right, from 0.
    """

    name: str
    text: str
    answers: tuple[tuple[str, str], ...]
    right: int


@dataclass(frozen=True)
class Lesson:
    """All that one notebook asks.

    Attributes
    ----------
    number, title
        As in the notebook's name.
    minutes
        Of a learner's time, without what is optional.
    objectives
        What the learner can do afterwards, each beginning with a verb.
    exercises, questions
        By name.
    data
        Returns the data of one student from a seed; None where nobody has data of their own.
    """

    number: int
    title: str
    minutes: int
    objectives: tuple[str, ...]
    exercises: dict[str, Exercise] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    data: Callable[[int], Any] | None = None


def by_name(*items: Any) -> dict[str, Any]:
    """Return exercises or questions under their names.

    Examples
    --------
    >>> list(by_name(Question("04.1", "Wet?", (("yes", "It is."), ("no", "Touch it.")), 0)))
    ['04.1']
    """
    return {item.name: item for item in items}
