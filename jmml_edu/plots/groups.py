"""Is everyone recognised alike? Scores by group of people, each person a small dot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from jmml_edu.data import Provenance
from jmml_edu.fairness import Gap
from jmml_edu.plots.forest import draw_people, draw_row, ends_in_words, finish_scores, label_row
from jmml_edu.plots.style import INK, dress, style
from jmml_edu.results import Interval


def plot_groups(
    groups: Mapping[str, Interval], *, gap: Gap, chance: float, ax: Axes, provenance: Provenance
) -> Axes:
    """Draw one row per group of people: its score, its interval, and each person as a small dot.

    Parameters
    ----------
    groups
        From :func:`jmml_edu.fairness.score_by_group`.
    gap
        From :func:`jmml_edu.fairness.largest_gap`; it is written below.
    chance
        Score of guessing, a fraction.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes. The horizontal axis holds fractions, written as per cent.
    """
    with style():
        for row, score in enumerate(groups.values()):
            draw_row(ax, row, score, INK)
            draw_people(ax, row, np.array(list(score.by_subject.values())))
            label_row(ax, row, f"{100 * score.value:.1f} %", ends_in_words(score))
        names = [f"{name}\n{_people(len(one.by_subject))}" for name, one in groups.items()]
        finish_scores(ax, names, chance=chance)
        ax.set_xlabel(f"unweighted average recall, new people\n{_in_words(gap)}")
        dress(ax, title="Is everyone recognised alike?", provenance=provenance)
    return ax


def _people(number: int) -> str:
    """Return how many people there are, in words."""
    return "1 person" if number == 1 else f"{number} people"


def _in_words(gap: Gap) -> str:
    """Return between whom the largest gap lies, how large it is, and whether chance makes such."""
    return (
        f"largest gap: {gap.better} over {gap.worse} by {100 * gap.difference.value:.1f} points"
        f" ({ends_in_words(gap.difference)}), p = {gap.p_value:.2g}"
    )
