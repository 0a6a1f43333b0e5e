"""Checks at the door of public functions.

Each check either returns quietly or raises one sentence that names the function, the rule, the
value found and the remedy: ``{function}: {argument} must {rule}; got {value}. {what to do}``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Sized
from contextlib import contextmanager
from typing import NoReturn

import numpy as np


class InputError(ValueError):
    """Says in one sentence what is wrong with an input and how to mend it."""


class InputWarning(UserWarning):
    """Says in one sentence what is weak about an input and how to mend it."""


def fail(function: str, argument: str, rule: str, got: object, remedy: str) -> NoReturn:
    """Raise :class:`InputError` with the sentence that every check of the package uses."""
    raise InputError(f"{function}: {argument} must {rule}; got {got}. {remedy}")


def fail_type(function: str, argument: str, rule: str, got: object, remedy: str) -> NoReturn:
    """Raise :class:`TypeError` with that sentence: the argument is not of the kind at all."""
    raise TypeError(f"{function}: {argument} must {rule}; got {got}. {remedy}")


@contextmanager
def as_told_by(function: str) -> Iterator[None]:
    """Let sentences from inside name the function that was called, not the one that noticed."""
    try:
        yield
    except InputError as problem:
        told = str(problem).partition(": ")[2]
        raise InputError(f"{function}: {told}") from None


def check_matrix(function: str, **arrays: np.ndarray) -> None:
    """Raise unless each array is a finite matrix with at least one row and one column."""
    for name, array in arrays.items():
        if array.ndim != 2 or 0 in array.shape:
            fail(
                function, name, "have shape (row, column) with at least one of each",
                array.shape, "Pass one row per sample, one column per feature.",
            )  # fmt: skip
        bad = ~np.isfinite(array)
        if bad.any():
            row, column = (int(i[0]) for i in np.nonzero(bad))
            fail(
                function, name, "contain finite numbers only",
                f"{int(bad.sum())} NaN or infinite, the first at row {row}, column {column}",
                "Drop or mend those rows first.",
            )  # fmt: skip


def check_same_rows(function: str, **arrays: Sized) -> None:
    """Raise unless all arrays have the same number of rows."""
    rows = {name: len(array) for name, array in arrays.items()}
    if len(set(rows.values())) > 1:
        fail(
            function, "paired arguments", "have the same number of rows", rows,
            "Build them from the same Pairs.",
        )  # fmt: skip


def check_at_least(function: str, minimum: float, **numbers: float) -> None:
    """Raise unless each number is finite and at least ``minimum``."""
    for name, number in numbers.items():
        if not minimum <= number < np.inf:
            fail(
                function, name, f"be {'finite and ' if np.isinf(number) else ''}at least"
                f" {minimum:g}", number, f"Choose {minimum:g} or more.",
            )  # fmt: skip


def check_above(function: str, bound: float, **numbers: float) -> None:
    """Raise unless each number is finite and above ``bound``."""
    for name, number in numbers.items():
        if not np.isfinite(number) or number <= bound:
            fail(
                function, name, f"be above {bound:g}", number,
                f"Choose a number above {bound:g}.",
            )  # fmt: skip


def check_one_of(function: str, options: Collection[str], **choices: str) -> None:
    """Raise unless each choice is one of the options."""
    for name, choice in choices.items():
        if choice not in options:
            fail(
                function, name, f"be one of {', '.join(sorted(options))}", repr(choice),
                "Pick one of these.",
            )  # fmt: skip


def check_finite_signal(
    function: str, signal: np.ndarray, *, channels: Sequence[str], sample_rate_hz: float
) -> None:
    """Raise unless each sample of a signal (channel x time) is finite; name channel and time."""
    bad = ~np.isfinite(signal)
    if bad.any():
        channel, sample = (int(i[0]) for i in np.nonzero(bad))
        fail(
            function, "signal", "be finite on every channel",
            f"{int(bad.sum())} NaN or infinite, the first in {channels[channel]} at"
            f" {sample / sample_rate_hz:.3f} s",
            "Cut that part out, or drop the channel.",
        )  # fmt: skip
