"""Two hints, then the solution."""

from __future__ import annotations

import ast
import inspect

from jmml_edu.course.diary import diary
from jmml_edu.course.finding import find_exercise
from jmml_edu.course.nouns import Exercise
from jmml_edu.course.pages import Page, card, code_block


def hint(name: str) -> Page:
    """Say a little more about an exercise each time: two hints, then the solution.

    Parameters
    ----------
    name
        As in the notebook, like ``"04.B"``.

    Raises
    ------
    InputError
        If there is no such exercise.

    Examples
    --------
    >>> hint("04.A").text.splitlines()[0]
    '▸ 04.A, hint 1 of 2'
    """
    exercise = find_exercise("hint", name)
    given = len(diary().events("hint", name))
    diary().add("hint", name)
    if given < len(exercise.hints):
        last = given + 1 == len(exercise.hints)
        after = (
            "Call it again for the solution." if last else "Call it again for one that says more."
        )
        head = f"{name}, hint {given + 1} of {len(exercise.hints)}"
        return card(head, exercise.hints[given], after)
    source = solution_source(exercise)
    shown = card(
        f"{name}, a solution",
        "Read it, close it, and write it again in your own words: then it is yours.",
        extra=code_block(source),
    )
    return Page(f"{shown.text}\n\n{source}", shown.html)


def solution_source(exercise: Exercise) -> str:
    """Return the source of an exercise's solution, without annotations, as one would write it.

    Examples
    --------
    >>> from jmml_edu.course.lessons.lesson04 import LESSON
    >>> solution_source(LESSON.exercises["04.A"]).splitlines()[0]
    'def whiten(x):'
    """
    solution = exercise.solution
    if isinstance(solution, str):
        return solution
    source = inspect.getsource(solution)
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)  # what inspect found is one
    arguments = ", ".join(argument.arg for argument in function.args.args)
    body = source.splitlines()[function.body[0].lineno - 1 :]
    return "\n".join([f"def {function.name}({arguments}):", *body]).rstrip()
