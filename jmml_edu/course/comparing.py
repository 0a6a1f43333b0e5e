"""The learner's function beside the package's, on the same data."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.course.checking import is_blank
from jmml_edu.course.pages import Page, card
from jmml_edu.course.showing import Shown, show

AGREES = 1e-6
"""Relative to the largest number: less is rounding."""


def compare(mine: Callable[..., Any], theirs: Callable[..., Any], *data: Any) -> Shown | Page:
    """Draw where two functions differ on the same data.

    Parameters
    ----------
    mine, theirs
        Functions that return numbers or arrays of the same shape.
    data
        Their arguments; each function gets a copy.

    Returns
    -------
    shown
        Every number of one against the other, and the differences in their order; while yours
        returns a blank, a word on that.

    Raises
    ------
    InputError
        If the shapes differ.

    Examples
    --------
    >>> compare(np.cumsum, lambda x: 2 * np.cumsum(x), np.ones(3))
    Figure: Yours and theirs differ in 3 of 3 numbers, by at most 3, first at (0,).
    """
    if (first := _unless_blank(mine, data)) is Ellipsis:
        return card("Nothing to compare yet", "Your function still has a blank, `...`, to fill.")
    own, other = (np.asarray(found, dtype=float) for found in (first, theirs(*copy.deepcopy(data))))
    if own.shape != other.shape:
        fail(
            "compare", "mine", f"return shape {other.shape}, as theirs does", own.shape,
            "Is a transpose or an axis in the way?",
        )  # fmt: skip
    apart = own - other
    differs = ~(np.abs(apart) <= AGREES * max(np.abs(other).max(initial=0), 1e-300))
    from jmml_edu.course.differences import draw_both  # all plots come with it: seconds

    return show(draw_both(own, other, differs), alt=_in_words(apart, differs))


def _in_words(apart: np.ndarray, differs: np.ndarray) -> str:
    """Return how much two results differ, and where first."""
    if not differs.any():
        return f"Yours and theirs agree in all {differs.size} numbers."
    first = tuple(int(i) for i in np.argwhere(differs)[0])
    most = np.abs(apart).max()
    return (
        f"Yours and theirs differ in {int(differs.sum())} of {differs.size} numbers,"
        f" by at most {most:.3g}, first at {first}."
    )


def _unless_blank(mine: Callable[..., Any], data: tuple[Any, ...]) -> Any:
    """Return what a function returns; a blank also where it stops at one."""
    try:
        return mine(*copy.deepcopy(data))
    except Exception as error:  # whatever a learner's code raises
        if is_blank(error):
            return ...
        raise
