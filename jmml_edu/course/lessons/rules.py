"""Rules that many exercises share: shapes, finite numbers, and the numbers of a known mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jmml_edu.course.nouns import Rule, Trial
from jmml_edu.course.sealing import opens


def numbers_of(result: Any) -> np.ndarray | None:
    """Return a result as an array of numbers, or nothing where it is none.

    Examples
    --------
    >>> numbers_of([1, 2]), numbers_of([[1], [1, 2]]) is None
    (array([1., 2.]), True)
    """
    try:
        return np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        return None


def shape_rule(shape: Callable[..., tuple[int, ...]], says: str, section: str) -> Rule:
    """Return the rule that a result is an array of the shape that its arguments give it.

    Examples
    --------
    >>> rule = shape_rule(lambda x: (2,), "It holds two numbers.", "")
    >>> rule.broken(Trial((0,), [1.0, 2.0])) is None, rule.broken(Trial((0,), 1.0))
    (True, 'For arguments of shape () you return shape (); shape (2,) is expected.')
    """

    def broken(trial: Trial) -> str | None:
        wanted, found = shape(*trial.given), numbers_of(trial.result)
        if found is None:
            return f"You return {_kind(trial.result)}, not one array of numbers."
        shapes = " and ".join(str(np.shape(one)) for one in trial.given)
        sentence = (
            f"For arguments of shape {shapes} you return shape {found.shape};"
            f" shape {wanted} is expected."
        )
        return None if found.shape == wanted else sentence

    message = "Print the shape after each line, and compare it with what you expect."
    return Rule("shape", says, broken, message, section)


def finite_rule(section: str) -> Rule:
    """Return the rule that no number is missing or infinite.

    Examples
    --------
    >>> finite_rule("").broken(Trial((), np.array([1.0, np.nan])))
    '1 of 2 numbers are not finite.'
    """

    def broken(trial: Trial) -> str | None:
        found = np.asarray(trial.result, dtype=float)
        bad = int((~np.isfinite(found)).sum())
        return f"{bad} of {found.size} numbers are not finite." if bad else None

    message = "Somewhere a number is divided by 0, or a root is taken of one below 0."
    return Rule("not finite", "Every number is finite.", broken, message, section)


def mistake_rule(
    name: str, mistake: Callable[..., Any], message: str, section: str, *, says: str = ""
) -> Rule:
    """Return the rule that a result does not hold the numbers of a known mistake.

    Signs and the order of columns do not count. A mistake that cannot be computed on the data,
    or has another shape, is not the learner's.

    Examples
    --------
    >>> rule = mistake_rule("a sum", np.sum, "That is the sum.", "")
    >>> rule.broken(Trial((np.ones(3),), 3.0)) is None, rule.broken(Trial((np.ones(3),), 1.0))
    (False, None)
    """

    def broken(trial: Trial) -> str | None:
        wrong, found = (
            np.abs(np.atleast_1d(np.asarray(v, dtype=float)))
            for v in (mistake(*trial.given), trial.result)
        )
        if wrong.shape != found.shape:
            return None
        same = np.allclose(np.sort(wrong, axis=-1), np.sort(found, axis=-1), rtol=1e-6, atol=1e-9)
        return "Your numbers are exactly those of a well-known slip." if same else None

    return Rule(name, says, broken, message, section)


def number_rules(
    exercise: str, right: str, mistakes: dict[str, tuple[str, str]], section: str
) -> tuple[Rule, ...]:
    """Return the rules of a number that is known sealed only, and of sealed mistakes.

    Parameters
    ----------
    exercise
        Its name, which salts the seals.
    right
        The sealed right number, of two decimals.
    mistakes
        Name and message of each sealed wrong number.
    section
        The heading that helps.
    """

    def is_number(trial: Trial) -> str | None:
        good = isinstance(trial.result, int | float) and not isinstance(trial.result, bool)
        return None if good else f"This is {_kind(trial.result)}."

    def unlike(sealed: str) -> Callable[[Trial], str | None]:
        def broken(trial: Trial) -> str | None:
            met = opens(sealed, exercise, trial.result)
            return f"You wrote {trial.result:g}." if met else None

        return broken

    def is_right(trial: Trial) -> str | None:
        return None if opens(right, exercise, trial.result) else f"You wrote {trial.result:g}."

    return (
        Rule("not a number", "", is_number, "Pass one number, such as 0.25.", section),
        *(
            Rule(name, "", unlike(sealed), message, section)
            for sealed, (name, message) in mistakes.items()
        ),
        Rule(
            "another number", "The number is right to two decimals.", is_right,
            "Go through the steps once more, with a pencil.", section,
        ),
    )  # fmt: skip


def _kind(result: Any) -> str:
    """Return what a result is, in words."""
    return f"a {type(result).__name__}"
