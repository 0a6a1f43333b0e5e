"""Rows of a forest plot: an estimate, its interval, small dots, and the numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from jmml_edu.plots.style import FAINT, INK, MUTED, RULE
from jmml_edu.results import Interval

_BELOW, _LOWEST = 0.24, 0.52  # where small dots lie below their row, in rows
_TOUCH = 0.012  # shares closer than this would cover each other


def draw_row(ax: Axes, row: float, interval: Interval, colour: str) -> None:
    """Draw the estimate and its interval."""
    if interval.low is not None and interval.high is not None:
        ax.plot([interval.low, interval.high], [row, row], color=colour, lw=2.2, gid="interval")
    ax.scatter([interval.value], [row], s=58, color=colour, zorder=3, gid="value")


def draw_small_dots(ax: Axes, row: float, values: Float[np.ndarray, " dot"]) -> None:
    """Draw small dots, such as seeds, below a row."""
    ax.scatter(values, np.full(len(values), row + _BELOW), s=14, color=FAINT, lw=0, gid="small")


def draw_people(ax: Axes, row: float, values: Float[np.ndarray, " person"]) -> None:
    """Draw a small dot for each person below a row, those that would touch below each other."""
    values = np.sort(values)
    above = np.array(
        [(values[:place] > value - _TOUCH).sum() for place, value in enumerate(values)]
    )
    step = min(0.09, (_LOWEST - _BELOW) / max(above.max(), 1))
    ax.scatter(values, row + _BELOW + step * above, s=14, color=FAINT, lw=0, gid="small")


def label_row(ax: Axes, row: float, number: str, words: str) -> None:
    """Write the number and what it means to the right of its row."""
    for text, size, shift, colour in ((number, 10.5, 1, INK), (words, 8, -2, MUTED)):
        ax.annotate(
            text, xy=(1, row), xycoords=ax.get_yaxis_transform(), xytext=(10, shift),
            textcoords="offset points", ha="left", va="bottom" if shift > 0 else "top",
            fontsize=size, fontweight="bold" if shift > 0 else "normal", color=colour,
        )  # fmt: skip


def ends_in_words(
    interval: Interval, *, factor: float = 100, form: str = "{:.1f} to {:.1f}"
) -> str:
    """Return the ends of an interval, in hundredths unless said, or that there is none."""
    if interval.low is None or interval.high is None:
        return "no interval"
    words = form.format(factor * interval.low, factor * interval.high)
    return words.replace("-", "\N{MINUS SIGN}")


def signed(fraction: float, *, digits: int = 0) -> str:
    """Return points with a true minus sign."""
    return f"{100 * fraction:+.{digits}f}".replace("-", "\N{MINUS SIGN}") if fraction else "0"


def finish(ax: Axes, names: list[str], *, at: Sequence[float] = ()) -> None:
    """Name the rows, first on top, and leave room around them; they lie ``at`` some heights."""
    heights = list(at or range(len(names)))
    ax.set_yticks(heights, names, color=INK)
    ax.set_ylim(heights[-1] + 0.6, -1.1 if at else -0.75)
    ax.margins(x=0.08)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.grid(axis="x", color=RULE, lw=0.8)


def finish_scores(ax: Axes, names: list[str], *, chance: float) -> None:
    """Name the rows, show where guessing lies, and write shares as per cent."""
    ax.axvline(chance, color=MUTED, lw=1, ls=(0, (4, 3)), zorder=1)
    ax.annotate(
        f"chance {100 * chance:.0f} %", xy=(chance, 1), xycoords=ax.get_xaxis_transform(),
        xytext=(4, 0), textcoords="offset points", ha="left", va="top", fontsize=8, color=MUTED,
    )  # fmt: skip
    finish(ax, names)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
