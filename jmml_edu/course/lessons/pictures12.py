"""The pictures of notebook 12. Each returns a figure and the words for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from jmml_edu.course.lessons.data12 import Study
from jmml_edu.data import Provenance
from jmml_edu.leakage.worlds import held_out_recall
from jmml_edu.plots import plot_mistakes
from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, dress, style
from jmml_edu.results import Mistake
from jmml_edu.splits import grouped_folds

Said = tuple[Figure, str]

TESTED = "#D55E00"


def score_of_deal(study: Study, deal: str) -> float:
    """Return the recall of five folds when windows, trials or people are dealt.

    Examples
    --------
    >>> from jmml_edu.course.lessons.data12 import coin_study
    >>> score_of_deal(coin_study(), "window") > 0.9
    True
    """
    folds = grouped_folds(study.groups(deal), study.labels, n_folds=5, seed=0, by=deal)
    return held_out_recall(study.values, study.labels, folds)


def draw_deal(study: Study, deal: str) -> Said:
    """Draw who is tested in the first fold, and how well five folds guess a coin."""
    folds = grouped_folds(study.groups(deal), study.labels, n_folds=5, seed=0, by=deal)
    recall = held_out_recall(study.values, study.labels, folds)
    with style():
        figure = Figure(figsize=(10, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 1))
        _draw_sides(left, study, folds[0].test)
        dress(left, title=f"Dealt by {deal}: orange is tested", provenance=study.provenance)
        _draw_recall(right, recall)
        dress(right, title=f"{recall:.0%} right", provenance=study.provenance)
    return figure, (
        f"Five folds, dealt by {deal}: {recall:.0%} right about labels that a coin decided."
    )


def draw_mistakes(mistakes: Sequence[Mistake]) -> Said:
    """Draw what each mistake shows, and what is true."""
    figure = Figure(figsize=(10, 1.6 + 0.42 * len(mistakes)), layout="constrained")
    plot_mistakes(mistakes, ax=figure.subplots())
    worst = max(mistakes, key=lambda one: one.inflation.value)
    told = f"{worst.name}: {worst.inflated.value:.2f} instead of {worst.honest.value + 0.0:.2f}."
    if len(mistakes) == 1:
        return figure, told
    return figure, (
        f"{len(mistakes)} mistakes, each with the score it shows and the honest one. The largest"
        f" is {told}"
    )


def draw_draws(first: np.ndarray, second: np.ndarray, people: np.ndarray) -> Said:
    """Draw what each person gains, and the mean of them.

    Examples
    --------
    >>> from jmml_edu.course.lessons.data12 import two_methods
    >>> draw_draws(*two_methods(1))[1][:27]
    'What each of 21 people gain'
    """
    apart = second.astype(float) - first
    each = np.sort([apart[people == one].mean() for one in np.unique(people)])
    with style():
        figure = Figure(figsize=(8, 2.8), layout="constrained")
        ax = figure.subplots()
        ax.vlines(np.arange(len(each)), 0, each, color=RULE, lw=3)
        ax.scatter(np.arange(len(each)), each, s=36, color=ACCENT, zorder=2)
        ax.axhline(0, color=INK, lw=1)
        ax.axhline(each.mean(), color=TESTED, lw=1.5, ls="--")
        ax.set(xlabel="people, sorted", ylabel="gain", xticks=[])
        title = f"{(each > 0).sum()} of {len(each)} people gain; the mean gains {each.mean():+.3f}"
        dress(ax, title=title, provenance=Provenance("two methods", simulated=True))
    return figure, (
        f"What each of {len(each)} people gains from the second method: from {each[0]:+.2f} to"
        f" {each[-1]:+.2f}, {each.mean():+.3f} in the mean."
    )


def _draw_sides(ax: Axes, study: Study, test: Int[np.ndarray, " row"]) -> None:
    """Draw one row per person, one cell per window; tested ones are orange."""
    side = np.zeros(len(study.labels), dtype=int)
    side[test] = 1
    n_people = len(set(study.people.tolist()))
    colours = ListedColormap(["#c9d7e4", TESTED])
    ax.imshow(side.reshape(n_people, -1), cmap=colours, aspect="auto", vmin=0, vmax=1)
    per_trial = len(set(study.windows.tolist()))
    n_trials = len(study.labels) // n_people // per_trial
    for edge in range(1, n_trials):
        ax.axvline(edge * per_trial - 0.5, color="white", lw=2)
    ax.set(xlabel="trials, six windows each", ylabel="person", xticks=[])
    ax.set_yticks(np.arange(-0.5, n_people), minor=True)
    ax.grid(which="minor", axis="y", color="white", lw=2)
    ax.tick_params(which="minor", length=0)
    ax.set_yticks([])


def _draw_recall(ax: Axes, recall: float) -> None:
    """Draw a score beside that of guessing."""
    ax.bar(0, recall, width=0.5, color=TESTED if recall > 0.6 else ACCENT)
    ax.axhline(0.5, color=INK, lw=1.2, ls="--")
    ax.annotate("guessing", (0.5, 0.5), va="bottom", ha="right", color=MUTED)
    ax.set(ylim=(0, 1), xlim=(-0.5, 0.5), xticks=[], ylabel="recall")
