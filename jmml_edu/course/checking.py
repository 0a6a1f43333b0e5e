"""Judge an answer by what it does on fresh data, and say which rule it broke."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jmml_edu.course.diary import diary
from jmml_edu.course.finding import find_exercise
from jmml_edu.course.nouns import Exercise, Rule, Trial
from jmml_edu.course.pages import Page, card, link, listed
from jmml_edu.course.session import current_seed

N_TRIES = 3
"""A function is tried on this many fresh data sets."""

_OTHERS = ("site-packages", str(Path(__file__).resolve().parents[1]))
"""Code in these places is not the learner's."""


@dataclass(frozen=True)
class Verdict:
    """What became of an answer.

    Attributes
    ----------
    exercise
        Its name.
    passed
        Whether every rule held.
    rule
        The name of the first broken rule; ``"passed"`` where none was.
    page
        What the learner reads.
    """

    exercise: str
    passed: bool
    rule: str
    page: Page

    def _repr_html_(self) -> str:
        return self.page.html

    def __repr__(self) -> str:
        return self.page.text


class _BrokenError(Exception):
    """A rule that an answer broke, and what was measured."""

    def __init__(self, rule: Rule, measured: str) -> None:
        super().__init__(rule.name)
        self.rule, self.measured = rule, measured


def check(name: str, answer: Any) -> Verdict:
    """Judge an answer to an exercise and say what to look at next.

    A function is called on copies of data that nobody has seen before; a value is compared with
    what holds of your own data. Nothing is raised: a notebook runs on.

    Parameters
    ----------
    name
        As in the notebook, like ``"04.B"``.
    answer
        Your function itself, not called, or your value.

    Returns
    -------
    verdict
        As the last value of a cell it is displayed.

    Raises
    ------
    InputError
        If there is no such exercise.

    Examples
    --------
    >>> check("04.A", ...)
    ○ 04.A: not yet
      There is still a blank, `...`, to fill. Stuck? `hint("04.A")`
    """
    exercise = find_exercise("check", name)
    attempts = len(diary().events("check", name))
    try:
        _judge(exercise, answer, attempts)
    except _BrokenError as broken:
        verdict = _not_yet(exercise, broken)
    else:
        verdict = _well_done(exercise)
    if verdict.rule != _BLANK.name:  # an exercise that nobody touched was not tried
        diary().add("check", name, passed=verdict.passed, rule=verdict.rule)
    return verdict


def _judge(exercise: Exercise, answer: Any, attempts: int) -> None:
    """Raise what is broken first, on any of the fresh data sets."""
    if answer is Ellipsis:
        raise _BrokenError(_BLANK, "")
    seed = current_seed(int(exercise.name.partition(".")[0]))
    if exercise.takes == "value":
        _apply(exercise, Trial(exercise.make(seed), answer))
        return
    if not callable(answer):
        raise _BrokenError(_NOT_A_FUNCTION, f"This is {_kind(answer)}.")
    for number in range(N_TRIES):
        fresh = np.random.SeedSequence([seed, attempts, number]).generate_state(1)[0]
        given = exercise.make(int(fresh))
        _apply(exercise, Trial(given, _run(answer, given)))


def _apply(exercise: Exercise, trial: Trial) -> None:
    """Raise the first rule that a try breaks."""
    for rule in exercise.rules:
        measured = rule.broken(trial)
        if measured is not None:
            raise _BrokenError(rule, measured)


def _run(answer: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    """Return what the learner's function returns; raise where it stops, or changes its input."""
    own = copy.deepcopy(given)
    try:
        result = answer(*own)
    except Exception as error:  # whatever a learner's code raises
        blank = is_blank(error)
        rule = _BLANK if blank else _RAISED
        raise _BrokenError(rule, "" if blank else _where(error)) from None
    if result is Ellipsis:
        raise _BrokenError(_BLANK, "")
    if result is None:
        raise _BrokenError(_NOTHING, "")
    if any(not np.array_equal(before, after) for before, after in zip(given, own, strict=True)):
        raise _BrokenError(_CHANGED, "")
    return result


def is_blank(error: Exception) -> bool:
    """Tell whether code stopped because something in it is not written yet."""
    return isinstance(error, NotImplementedError) or "ellipsis" in str(error).lower()


def _where(error: Exception) -> str:
    """Return the last line of the learner's own code that was reached, and the complaint."""
    own = [
        frame.line
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.line and not any(place in frame.filename for place in _OTHERS)
    ]
    line = f" in `{own[-1]}`" if own else ""
    return f"It stopped{line} with `{type(error).__name__}: {error}`."


def _kind(answer: Any) -> str:
    """Return what an answer is, with the shape where it has one."""
    shape = getattr(answer, "shape", None)
    return f"an array of shape {shape}" if shape is not None else f"of type {type(answer).__name__}"


def _not_yet(exercise: Exercise, broken: _BrokenError) -> Verdict:
    """Return what is said where a rule was broken."""
    rule = broken.rule
    called = f'Stuck? `hint("{exercise.name}")`'
    said = f"{rule.message} {called}" if rule is _BLANK else rule.message
    page = card(
        f"{exercise.name}: not yet", broken.measured, said,
        "" if rule is _BLANK else called,
        tone="not yet", extra=link(rule.section) if rule.section else "",
    )  # fmt: skip
    return Verdict(exercise.name, False, rule.name, page)


def _well_done(exercise: Exercise) -> Verdict:
    """Return what is said where every rule held, and which these were."""
    says = list(dict.fromkeys(rule.says for rule in exercise.rules if rule.says))
    tried = f", on {N_TRIES} fresh data sets" if exercise.takes == "function" else ""
    page = card(
        f"{exercise.name}: right", exercise.well_done,
        tone="good",
        extra=f"<details><summary>What was tested{tried}</summary>{listed(says)}</details>",
    )  # fmt: skip
    return Verdict(exercise.name, True, "passed", page)


def _holds(_: Trial) -> None:
    """Stand in for the test of a rule that is noticed elsewhere."""


_BLANK = Rule("blank", "", _holds, "There is still a blank, `...`, to fill.", "")
_NOT_A_FUNCTION = Rule(
    "not a function", "", _holds,
    "Pass the function itself, by its name and without calling it: `check(..., my_function)`.", "",
)  # fmt: skip
_RAISED = Rule(
    "stopped", "", _holds, "Try your function on a small array of your own and print each step.", ""
)
_NOTHING = Rule(
    "returns nothing", "", _holds, "The function returns nothing. Is a `return` missing?", ""
)
_CHANGED = Rule(
    "changes its input", "", _holds,
    "The function changes the array that it is given; whoever called it does not expect that."
    " Compute a new array instead of using `-=` or `x[...] =`.", "",
)  # fmt: skip
