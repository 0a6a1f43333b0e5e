"""The picture of two results that should be one."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, style

DIFFERENT = "#D55E00"


def draw_both(own: np.ndarray, other: np.ndarray, differs: np.ndarray) -> Figure:
    """Return a figure of one result against the other, and of what lies between them.

    Parameters
    ----------
    own, other
        Numbers of one shape.
    differs
        Which of them count as different.

    Examples
    --------
    >>> figure = draw_both(np.ones(2), np.ones(2), np.zeros(2, dtype=bool))
    >>> [ax.get_title(loc="left") for ax in figure.axes]
    ['Yours is theirs', 'Largest difference 0']
    """
    with style():
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_pairs(left, own, other, differs)
        _draw_differences(right, own - other, differs)
    return figure


def _draw_pairs(ax: Axes, own: np.ndarray, other: np.ndarray, differs: np.ndarray) -> None:
    """Draw each number of one function against that of the other."""
    ends = [float(np.nanmin([own, other])), float(np.nanmax([own, other]))]
    ax.plot(ends, ends, color=RULE, lw=1.5, zorder=0)
    for chosen, colour, marker in ((~differs, ACCENT, "o"), (differs, DIFFERENT, "X")):
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
    ax.vlines(number, 0, apart.ravel(), color=np.where(differs.ravel(), DIFFERENT, ACCENT), lw=1)
    ax.set_xlabel("number, row by row")
    ax.set_ylabel("yours minus theirs")
    ax.set_title(f"Largest difference {np.abs(apart).max():.1g}", loc="left", fontweight="bold")
    ax.spines[["top", "right"]].set_visible(False)
