"""The learner's function beside the package's, on the same data."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu._checks import fail
from jmml_edu.course.pages import Page, card
from jmml_edu.course.showing import Shown, show
from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, style

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
    if (first := mine(*copy.deepcopy(data))) is Ellipsis:
        return card("Nothing to compare yet", "Your function still has a blank, `...`, to fill.")
    own, other = (np.asarray(found, dtype=float) for found in (first, theirs(*copy.deepcopy(data))))
    if own.shape != other.shape:
        fail(
            "compare", "mine", f"return shape {other.shape}, as theirs does", own.shape,
            "Is a transpose or an axis in the way?",
        )  # fmt: skip
    apart = own - other
    differs = ~(np.abs(apart) <= AGREES * max(np.abs(other).max(initial=0), 1e-300))
    with style():
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_pairs(left, own, other, differs)
        _draw_differences(right, apart, differs)
    return show(figure, alt=_in_words(apart, differs))


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


def _draw_pairs(ax: Axes, own: np.ndarray, other: np.ndarray, differs: np.ndarray) -> None:
    """Draw each number of one function against that of the other."""
    ends = [float(np.nanmin([own, other])), float(np.nanmax([own, other]))]
    ax.plot(ends, ends, color=RULE, lw=1.5, zorder=0)
    for chosen, colour, marker in ((~differs, ACCENT, "o"), (differs, "#D55E00", "X")):
        ax.scatter(other[chosen], own[chosen], s=22, color=colour, marker=marker, alpha=0.7, lw=0)
    ax.set_xlabel("theirs")
    ax.set_ylabel("yours")
    agree = "Yours is theirs" if not differs.any() else f"{int(differs.sum())} numbers differ"
    ax.set_title(agree, loc="left", fontweight="bold", color=INK)
    ax.spines[["top", "right"]].set_visible(False)


def _draw_differences(ax: Axes, apart: np.ndarray, differs: np.ndarray) -> None:
    """Draw the differences in the order of the numbers."""
    number = np.arange(apart.size)
    ax.axhline(0, color=MUTED, lw=1)
    ax.vlines(number, 0, apart.ravel(), color=np.where(differs.ravel(), "#D55E00", ACCENT), lw=1)
    ax.set_xlabel("number, row by row")
    ax.set_ylabel("yours minus theirs")
    ax.set_title(f"Largest difference {np.abs(apart).max():.1g}", loc="left", fontweight="bold")
    ax.spines[["top", "right"]].set_visible(False)
