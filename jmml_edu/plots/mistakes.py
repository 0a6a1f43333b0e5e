"""Mistakes made on purpose: for each the honest score, the inflated one, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from jmml_edu._checks import fail
from jmml_edu.data import Provenance
from jmml_edu.plots.forest import ends_in_words, label_row, signed
from jmml_edu.plots.style import CLASS_COLOURS, FAINT, INK, MUTED, RULE, dress, style
from jmml_edu.results import Mistake

HONEST, INFLATED = CLASS_COLOURS[0], CLASS_COLOURS[1]
_MARKERS = {"honest": ("o", HONEST), "inflated": ("D", INFLATED)}


def plot_mistakes(mistakes: Sequence[Mistake], *, ax: Axes) -> Axes:
    """Draw one row per mistake: a dot where the score should be, and where it was told to be.

    Parameters
    ----------
    mistakes
        What :func:`jmml_edu.leakage.laboratory` returns, or some of it.
    ax
        Where to draw; about 0.45 inches of height per mistake.

    Returns
    -------
    ax
        The same axes, first mistake on top. Bars through the dots are 95 % intervals, a tick marks
        chance, and the difference stands beside the row. Recall and correlation share the axis.

    Raises
    ------
    InputError
        If there is no mistake to draw.
    """
    if not mistakes:
        fail("plot_mistakes", "mistakes", "hold at least one", 0, "Pass what laboratory() returns.")
    with style():
        for row, mistake in enumerate(mistakes):
            _draw_row(ax, row, mistake)
        _finish(ax, mistakes)
        provenance = reduce(Provenance.joined_with, (mistake.provenance for mistake in mistakes))
        dress(ax, title="What each mistake adds to the score", provenance=provenance)
    return ax


def _draw_row(ax: Axes, row: int, mistake: Mistake) -> None:
    """Draw both scores with their intervals, what lies between them, and chance."""
    honest, inflated = mistake.honest, mistake.inflated
    ax.plot([honest.value, inflated.value], [row, row], color=RULE, lw=5, zorder=1, gid="gap")
    ax.plot([mistake.chance] * 2, [row - 0.3, row + 0.3], color=MUTED, lw=1.2, gid="chance")
    for name, score in (("honest", honest), ("inflated", inflated)):
        marker, colour = _MARKERS[name]
        if score.low is not None and score.high is not None:
            ax.plot(
                [score.low, score.high], [row, row], color=colour, lw=1.6, marker="|",
                markersize=7, markeredgewidth=1.6, zorder=3, gid="interval",
            )  # fmt: skip
        ax.scatter([score.value], [row], marker=marker, s=34, color=colour, zorder=4, gid=name)
    between = ends_in_words(mistake.inflation, form="{:+.0f} to {:+.0f}")
    label_row(ax, row, signed(mistake.inflation.value), between)


def _finish(ax: Axes, mistakes: Sequence[Mistake]) -> None:
    """Name rows and axis, set correlations apart, and leave room around."""
    names = [
        f"{one.name}\n(correlation)" if one.measure == "correlation" else one.name
        for one in mistakes
    ]
    ax.set_yticks(range(len(names)), names, color=INK)
    ax.set_ylim(len(names) - 0.4, -0.6)
    for row in range(1, len(mistakes)):
        if mistakes[row].measure != mistakes[row - 1].measure:
            ax.axhline(row - 0.5, color=FAINT, lw=0.8, ls=(0, (2, 3)), gid="other measure")
    ax.set_xlim(-0.04, 1.04)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
    ax.grid(axis="x", color=RULE, lw=0.8)
    both = any(one.measure == "correlation" for one in mistakes)
    times = "; correlation times 100" if both else ""
    ax.set_xlabel(f"unweighted average recall in %{times}")
    ax.annotate(
        "points added", xy=(1, 1), xycoords="axes fraction", xytext=(10, 6), ha="left",
        textcoords="offset points", va="bottom", fontsize=8, color=MUTED,
    )  # fmt: skip
    _explain_marks(ax)


def _explain_marks(ax: Axes) -> None:
    """Say above the axes what dots and ticks are."""
    marks = [
        Line2D([], [], marker=marker, color=colour, lw=1.6, markersize=6, label=name)
        for name, (marker, colour) in _MARKERS.items()
    ]
    marks.append(Line2D([], [], marker="|", color=MUTED, lw=0, markersize=11, label="chance"))
    ax.legend(
        handles=marks, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.2,
        handlelength=1.6, handletextpad=0.6, columnspacing=1.2,
    )  # fmt: skip
