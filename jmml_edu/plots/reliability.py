"""How far probabilities can be taken at their word: a reliability diagram."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator, PercentFormatter

from jmml_edu.calibration import Calibration
from jmml_edu.data import Provenance
from jmml_edu.plots.forest import ends_in_words
from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, dress, style

_GAP = "#f3c892"  # what lies between said and found
_AREA = 46.0  # of the mark of the fullest bin, square points


def plot_calibration(
    calibration: Calibration,
    *,
    ax: Axes,
    provenance: Provenance,
    title: str = "Is 70 % sure right 7 times in 10?",
) -> Axes:
    """Draw how often decisions are right over how sure they are, one mark for each bin.

    Parameters
    ----------
    calibration
        From :func:`jmml_edu.calibration.calibration`.
    ax
        Where to draw, half as wide again as high: the numbers stand beside it.
    provenance
        Decides about the stamp.
    title
        What was calibrated.

    Returns
    -------
    ax
        The same axes. A mark on the diagonal is as right as it is sure; below, it is too sure. Thin
        bars are intervals over people, broad ones the gaps whose mean is the calibration error;
        the area of a mark is the number of its rows.
    """
    sure, right, count = calibration.confidence, calibration.accuracy, calibration.count
    lowest = _lowest(calibration)
    with style():
        ax.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=(0, (4, 3)), zorder=1, gid="diagonal")
        ax.vlines(sure, right, sure, color=_GAP, lw=5, zorder=1.5, gid="gap")
        if np.isfinite(calibration.low).all():
            ax.vlines(sure, calibration.low, calibration.high, color=INK, lw=1.2, gid="interval")
        area = _AREA * count / count.max()
        ax.scatter(sure, right, s=area, color=ACCENT, zorder=3, clip_on=False, gid="bin")
        _name_the_sides(ax)
        _write_numbers(ax, calibration)
        ax.set(xlim=(lowest, 1.02), ylim=(lowest, 1.02), box_aspect=1)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MultipleLocator(0.2 if lowest < 0.45 else 0.1))
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        ax.grid(color=RULE, lw=0.8)
        ax.set_xlabel("how sure it says it is")
        ax.set_ylabel("how often it is right, new people")
        dress(ax, title=title, provenance=provenance)
    return ax


def _name_the_sides(ax: Axes) -> None:
    """Say what it means to lie above the diagonal, and what below."""
    for words, x, y, across, along in (
        ("right more often\nthan it says", 0.03, 0.97, "left", "top"),
        ("too sure of itself", 0.97, 0.04, "right", "bottom"),
    ):
        ax.text(
            x, y, words, transform=ax.transAxes, ha=across, va=along, fontsize=8, color=MUTED,
            fontstyle="italic", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _lowest(calibration: Calibration) -> float:
    """Return where both axes begin: below all that is drawn, and between two ticks."""
    drawn = [calibration.confidence, calibration.accuracy, calibration.low]
    return float(np.floor(10 * np.nanmin(np.concatenate(drawn))) / 10 - 0.05)


def _write_numbers(ax: Axes, calibration: Calibration) -> None:
    """Write the summary beside the axes, each number with what it may be compared with."""
    points, plain = ("{:.1f} points", "{:.1f} to {:.1f}", 100), ("{:.3f}", "{:.3f} to {:.3f}", 1)
    down = 0.0
    for name, found, (form, ends, factor), *more in (
        ("sure minus right", calibration.overconfidence, points),
        (
            "calibration error", calibration.error, points,
            f"if calibrated, about {100 * calibration.error_if_calibrated:.1f}",
        ),
        ("Brier score", calibration.brier, plain),
        ("log loss", calibration.log_loss, plain),
    ):  # fmt: skip
        number = form.format(factor * found.value)
        down = _write_block(
            ax, down, name, number, ends_in_words(found, factor=factor, form=ends), *more
        )
    count = calibration.count
    even = "" if count.min() == count.max() else f"{count.min()} to "
    rows = f"{even}{count.max()} in each of {len(count)} bins"
    _write_block(ax, down, "rows", f"{count.sum()}", rows)


def _write_block(ax: Axes, down: float, name: str, number: str, *words: str) -> float:
    """Write a name, its number and words below; return how many points down the next begins."""
    lines = [(name, 8.0, MUTED, 11), (number, 10.5, INK, 14)]
    lines += [(word, 8.0, MUTED, 10) for word in words]
    for text, size, colour, height in lines:
        ax.annotate(
            text.replace("-", "\N{MINUS SIGN}"), xy=(1, 1), xycoords="axes fraction",
            xytext=(14, -down), textcoords="offset points", ha="left", va="top", fontsize=size,
            fontweight="bold" if size > 8 else "normal", color=colour,
        )  # fmt: skip
        down += height
    return down + 8
