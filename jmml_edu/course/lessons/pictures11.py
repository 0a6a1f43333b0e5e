"""The pictures of notebook 11. Each returns a figure and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.course.lessons.models11 import Roads, Telling, honest_table, own_is_nearer
from jmml_edu.data import Provenance
from jmml_edu.missing import Matrix
from jmml_edu.plots.forest import draw_row, ends_in_words, label_row, signed
from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, class_mark, dress, style

Said = tuple[Figure, str]

BOTH, SPEECH = "#D55E00", ACCENT
STRIDE = 37
"""New moments lie in the order of people; so far apart, neighbours are different ones."""


def draw_moment(roads: Roads, moment: int, eeg: str) -> Said:
    """Draw where the speech of a moment lies, and what is decided with EEG or without.

    Parameters
    ----------
    roads
        What learned.
    moment
        Which of the moments to show, from 0 to 39.
    eeg
        ``"there"`` or ``"missing"``.
    """
    row = moment * STRIDE
    points, alone, both = _everything(roads)
    classes, new = roads.world.new.speech.classes, roads.world.new
    said = both[row] if eeg == "there" else alone[row]
    with style():
        figure = Figure(figsize=(10, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _draw_points(left, points[::5], roads.world.true[::5])
        left.scatter(*points[row, :2], s=190, marker="*", color=INK, zorder=4)
        left.annotate("this speech", points[row, :2], xytext=(9, 7), textcoords="offset points",
                      fontweight="bold", zorder=5)  # fmt: skip
        left.set(xlabel="speech component 1", ylabel="speech component 2")
        dress(left, title="Where this speech lies", provenance=new.provenance)
        _draw_decision(right, said, int(roads.world.true[row]), classes)
        heard = "speech and EEG" if eeg == "there" else "speech alone"
        dress(right, title=f"Decided by {heard}", provenance=new.provenance)
    x, y = points[row, :2]
    return figure, (
        f"Moment {moment}, EEG {eeg}: its speech lies at {x:+.2f}, {y:+.2f}; decision"
        f" {classes[said.argmax()]} with {said.max():.0%}, felt {new.labels[row]}."
    )


@lru_cache(maxsize=4)
def _everything(roads: Roads) -> tuple[Matrix, Matrix, Matrix]:
    """Return speech points, and probabilities without EEG and with it, of all new moments."""
    speech, eeg = roads.world.new.speech.values, roads.world.new.eeg.values
    points = roads.speech_points(speech)
    return points, roads.road.predict_proba(speech), roads.road.predict_proba(speech, eeg)


def draw_told(roads: Roads, telling: Telling, moment: int) -> Said:
    """Draw the EEG of one moment as it was told and as it was recorded, and the mean of its class.

    Parameters
    ----------
    roads
        For where it all comes from.
    telling
        Told and recorded EEG.
    moment
        From 0 to 39.
    """
    row = moment * STRIDE
    mean = telling.real[telling.labels == telling.labels[row]].mean(axis=0)
    column = np.arange(telling.real.shape[1])
    with style():
        figure = Figure(figsize=(9.5, 3.2), layout="constrained")
        ax = figure.subplots()
        ax.plot(column, telling.real[row], color=INK, lw=1, marker="o", ms=4, label="recorded")
        ax.plot(column, telling.told[row], color=BOTH, lw=2, marker="s", ms=4,
                label="told from speech")  # fmt: skip
        ax.plot(column, mean, color=MUTED, lw=2, ls="--", label="mean of its class")
        ax.axhline(0, color=RULE, lw=1, zorder=0)
        ax.set(xlabel="EEG feature", ylabel="standard deviations", xlim=(-0.5, column[-1] + 0.5))
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
        dress(ax, title="Told EEG is tame; recorded EEG is not",
              provenance=roads.world.new.provenance)  # fmt: skip
    spread = [float(one[row].std()) for one in (telling.real, telling.told)]
    apart = float(np.corrcoef(telling.told[row], mean)[0, 1])
    return figure, (
        f"EEG of moment {moment}: recorded values spread by {spread[0]:.2f}, told ones by"
        f" {spread[1]:.2f}; what is told correlates with the mean of the class at {apart:+.2f}."
    )


def draw_owners(tellings: Mapping[str, Telling], provenance: Provenance) -> Said:
    """Draw how often told EEG finds its own moment, and its own person, out of two."""
    asked = {"its moment": "moment", "its person": "person"}
    with style():
        figure = Figure(figsize=(8.5, 2.9), layout="constrained")
        ax = figure.subplots()
        shares = {
            (kind, words): own_is_nearer(telling, rivals=rivals)
            for words, rivals in asked.items()
            for kind, telling in tellings.items()
        }
        names = [f"{words}, {kind} pairs" for kind, words in shares]
        for row, share in enumerate(shares.values()):
            ax.plot([0.5, share], [row, row], color=RULE, lw=5, zorder=1)
            ax.scatter(share, row, s=60, color=BOTH if row < 1 else SPEECH, zorder=2)
            beside = (max(share, 0.5), row)
            ax.annotate(f"{share:.0%}", beside, xytext=(10, -4), textcoords="offset points")
        ax.axvline(0.5, color=INK, lw=1.2, ls="--")
        ax.set_yticks(range(len(names)), names)
        ax.set(ylim=(len(names) - 0.5, -0.5), xlim=(0.4, 0.85))
        ax.set_xlabel("how often the own recording is the nearer of two of its class; dashed: coin")
        dress(ax, title="Told EEG knows the moment a little, the person not at all",
              provenance=provenance)  # fmt: skip
    said = ", ".join(
        f"{name} {share:.0%}" for name, share in zip(names, shares.values(), strict=True)
    )
    return figure, f"How often told EEG is nearer to its own recording, out of two: {said}."


def draw_honest(roads: Roads, title: str) -> Said:
    """Draw the recall of each method with its interval, and how far EEG at training is ahead."""
    table = honest_table(roads)
    with style():
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        ax = figure.subplots()
        for row, (name, (recall, ahead)) in enumerate(table.items()):
            mine = name == "EEG at training"
            draw_row(ax, row, recall, BOTH if mine else SPEECH)
            words = "" if mine else f"EEG at training {signed(ahead.value, digits=1)}"
            words += "" if mine else f" ({ends_in_words(ahead, form='{:+.1f} to {:+.1f}')})"
            label_row(ax, row, f"{recall.value:.1%}", words)
        ax.axvline(0.25, color=INK, lw=1.2, ls="--")
        ax.set_yticks(range(len(table)), list(table))
        ax.set(ylim=(len(table) - 0.5, -0.6), xlim=(0.2, 0.9))
        ax.set_xlabel("recall on 16 new people; dashed: guessing")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        dress(ax, title=title, provenance=roads.world.new.provenance)
    said = "; ".join(f"{name} {recall.value:.1%}" for name, (recall, _) in table.items())
    return figure, f"{title}. Recall on new people: {said}."


def _draw_points(ax: Axes, points: Matrix, true: np.ndarray) -> None:
    """Draw speech of new people in the first two components, a mark for each class."""
    for number in np.unique(true):
        colour, marker = class_mark(int(number))
        chosen = points[true == number]
        ax.scatter(chosen[:, 0], chosen[:, 1], s=16, color=colour, marker=marker, alpha=0.35, lw=0,
                   label=f"class {number}")  # fmt: skip
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), markerscale=1.6)


def _draw_decision(ax: Axes, said: np.ndarray, true: int, classes: tuple[str, ...]) -> None:
    """Draw the probability of each class; the true one is named."""
    rows = np.arange(len(classes))
    best = int(said.argmax())
    ax.barh(rows, said, color=[BOTH if row == best else RULE for row in rows], height=0.6)
    names = [f"{name} (felt)" if row == true else name for row, name in enumerate(classes)]
    ax.set_yticks(rows, names)
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xlabel="probability")
