"""The pictures of notebook 10. Each returns a figure and the words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.course.lessons.models10 import Worth
from jmml_edu.crossmodal import METHODS, TERMS
from jmml_edu.crossmodal.terms import RECONSTRUCTIONS
from jmml_edu.data import Provenance
from jmml_edu.plots.style import ACCENT, CLASS_MARKERS, FAINT, INK, MUTED, RULE, dress, style

Said = tuple[Figure, str]

AGREE, REBUILD = "#D55E00", ACCENT
PLACES = {"eeg": 0.78, "speech": 0.22}
NAMES = {"eeg": "EEG", "speech": "speech"}


def draw_switches(method: str) -> Said:
    """Draw which of the five terms a method asks for: two encoders, two codes, four decoders.

    Examples
    --------
    >>> draw_switches("DCCA")[1]
    'DCCA: 1 of 5 switches is on: correlation.'
    """
    terms = METHODS[method]
    with style():
        figure = Figure(figsize=(8, 3.3), layout="constrained")
        ax = figure.subplots()
        for name, height in PLACES.items():
            read = "correlation" in terms or any(s == name for _, s in map(_ends, terms))
            _box(ax, 0.04, height, NAMES[name], on=read)
            _box(ax, 0.36, height, f"code of {NAMES[name]}", on=read)
            _arrow(ax, (0.1, height), (0.275, height), on=read, colour=INK)
            _box(ax, 0.9, height, f"{NAMES[name]} told", on=_is_told(name, terms))
        for term, (target, source) in RECONSTRUCTIONS.items():
            ends = (0.445, PLACES[source]), (0.82, PLACES[target])
            _arrow(ax, *ends, on=term in terms, colour=REBUILD)
        ends = (0.36, 0.65), (0.36, 0.35)
        _arrow(ax, *ends, on="correlation" in terms, colour=AGREE, both=True)
        ax.set(xlim=(-0.06, 1.02), ylim=(0.02, 1), xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_title(f"{method}: {len(terms)} of {len(TERMS)} switches on", loc="left",
                     fontweight="bold", color=INK)  # fmt: skip
    verb = "is" if len(terms) == 1 else "are"
    return figure, f"{method}: {len(terms)} of 5 switches {verb} on: {', '.join(terms)}."


def draw_methods(found: Mapping[str, Worth], provenance: Provenance) -> Said:
    """Draw what each method recognises, and how much of EEG it tells from speech."""
    with style():
        figure = Figure(figsize=(10, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        recalls = {name: 100 * one.recall for name, one in found.items()}
        told = {name: 100 * one.told.get("eeg from speech", np.nan) for name, one in found.items()}
        for ax, values, colour in ((left, recalls, ACCENT), (right, told, REBUILD)):
            _draw_bars(ax, values, colour)
        left.axvline(25, color=INK, lw=1.2, ls="--")
        left.set_xlabel("recall of speech codes, %; dashed: guessing")
        right.set_xlabel("variance of EEG told from speech, %")
        dress(left, title="What is recognised", provenance=provenance)
        dress(right, title="What of EEG is told", provenance=provenance)
    said = ", ".join(f"{name} {value:.0f} %" for name, value in recalls.items())
    return figure, f"Recall on new people: {said}."


def draw_left_out(changes: Sequence[Mapping[str, float]], provenance: Provenance) -> Said:
    """Draw what each term brings in each study: recall with it less recall without.

    Parameters
    ----------
    changes
        Of each study, a fraction for each term.
    provenance
        Of the studies.
    """
    with style():
        figure = Figure(figsize=(8, 3), layout="constrained")
        ax = figure.subplots()
        for row, term in enumerate(TERMS):
            values = [100 * one[term] for one in changes]
            for number, value in enumerate(values):
                ax.scatter(value, row, s=46, color=ACCENT, marker=CLASS_MARKERS[number], zorder=2)
            ax.plot([min(values), max(values)], [row, row], color=RULE, lw=4, zorder=1)
        ax.axvline(0, color=INK, lw=1)
        ax.set_yticks(range(len(TERMS)), TERMS)
        ax.set_ylim(len(TERMS) - 0.5, -0.5)
        ax.set_xlabel("points of recall that the term brings; one mark per study")
        title = "One term does the work; the others bring nothing to recognition"
        dress(ax, title=title, provenance=provenance)
    means = {term: 100 * np.mean([one[term] for one in changes]) for term in TERMS}
    said = ", ".join(f"{term} {value:+.1f}" for term, value in means.items())
    return (
        figure,
        f"Points of recall that each term brings, mean of {len(changes)} studies: {said}.",
    )


def draw_weights(found: Sequence[Mapping[float, Worth]], provenance: Provenance) -> Said:
    """Draw recall, and how much each code tells of its own view, as reconstruction weighs more.

    Parameters
    ----------
    found
        Of each study, what a model of each weight is worth.
    provenance
        Of the studies.
    """
    weights = list(found[0])
    with style():
        figure = Figure(figsize=(9, 3.3), layout="constrained")
        left, right = figure.subplots(1, 2)
        for number, study in enumerate(found):
            mark = {"marker": CLASS_MARKERS[number], "ms": 6, "lw": 1.6}
            recalls = [100 * study[weight].recall for weight in weights]
            told = [100 * study[weight].told["speech from speech"] for weight in weights]
            left.plot(range(len(weights)), recalls, color=AGREE, **mark)
            right.plot(range(len(weights)), told, color=REBUILD, **mark)
        for ax in (left, right):
            ax.set_xticks(range(len(weights)), [f"{weight:g}" for weight in weights])
            ax.set_xlabel("weight of the four reconstructions")
            ax.grid(axis="y", color=RULE, lw=0.8)
        left.set_ylabel("recall of speech codes, %")
        right.set_ylabel("variance of speech told, %")
        dress(left, title="Recognises less", provenance=provenance)
        dress(right, title="Tells more", provenance=provenance)
    first, last = (100 * np.mean([one[weight].recall for one in found])
                   for weight in (weights[0], weights[-1]))  # fmt: skip
    return figure, (
        f"As the weight of reconstruction rises from {weights[0]:g} to {weights[-1]:g}, recall on"
        f" new people goes from {first:.0f} to {last:.0f} % in the mean of {len(found)} studies,"
        " while speech is told better and better."
    )


def _ends(term: str) -> tuple[str, str]:
    """Return what a term tells and which code it reads; the correlation tells nothing."""
    return RECONSTRUCTIONS.get(term, ("", ""))


def _is_told(name: str, terms: Sequence[str]) -> bool:
    return any(target == name for target, _ in map(_ends, terms))


def _box(ax: Axes, x: float, y: float, words: str, *, on: bool) -> None:
    """Draw a word in a box, pale if nothing asks for it."""
    box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": INK if on else RULE}
    ax.text(x, y, words, ha="center", va="center", color=INK if on else MUTED, bbox=box)


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    on: bool,
    colour: str,
    both: bool = False,
) -> None:
    """Draw a way from one box to another: solid if it is used, dotted if not."""
    look = {"color": colour, "lw": 2.4, "ls": "-"} if on else {"color": FAINT, "lw": 1, "ls": ":"}
    ends = "<|-|>" if both else "-|>"
    ax.annotate("", end, start, arrowprops={"arrowstyle": ends, **look})


def _draw_bars(ax: Axes, values: Mapping[str, float], colour: str) -> None:
    """Draw one bar per method with its number; none where a method cannot."""
    rows = range(len(values))
    ax.barh(rows, np.nan_to_num(list(values.values())), color=colour, height=0.6)
    for row, value in zip(rows, values.values(), strict=True):
        words = "  cannot" if np.isnan(value) else f"  {value:.0f}"
        ax.text(0 if np.isnan(value) else value, row, words, va="center", color=MUTED)
    ax.set_yticks(rows, list(values))
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.margins(x=0.15)
