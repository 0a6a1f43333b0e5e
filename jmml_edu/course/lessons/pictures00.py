"""The pictures of notebook 00. Each returns a figure and the words for it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.data import Provenance
from jmml_edu.evaluation import counts_by_subject, gain, score
from jmml_edu.explorer.scene import Scene
from jmml_edu.plots.style import ACCENT, INK, MUTED, dress, style
from jmml_edu.results import Interval

Said = tuple[Figure, str]

OTHER = "#D55E00"
MADE_UP = Provenance("two models, made up", simulated=True)


def recalls(scene: Scene) -> dict[str, Interval]:
    """Return the average recall of new people without EEG, with it, and with noisy EEG.

    Examples
    --------
    >>> from jmml_edu.course.lessons.data00 import opened_road
    >>> {name: round(found.value, 2) for name, found in recalls(opened_road()).items()}
    {'rhythm alone': 0.42, 'EEG on': 0.55, 'noisy EEG': 0.44}
    """
    people = _people(scene)
    return {name: score(counts, people) for name, counts in _counts(scene).items()}


def _people(scene: Scene) -> list[str]:
    """Return the new people."""
    return sorted(set(scene.pairs.subjects[scene.held_out]))


def _counts(scene: Scene) -> dict[str, Int[np.ndarray, "1 person true said"]]:
    """Return what was said of new people's utterances at each place of the switch."""
    says = {
        "rhythm alone": scene.speech_says, "EEG on": scene.both_say, "noisy EEG": scene.noisy_say
    }  # fmt: skip
    new, names = scene.held_out, np.array(scene.classes, dtype=object)
    who, true = scene.pairs.subjects[new], scene.pairs.labels[new]
    return {
        name: counts_by_subject(
            true, names[shares[new].argmax(axis=1)], who, people=_people(scene),
            classes=scene.classes,
        )[None]
        for name, shares in says.items()
    }  # fmt: skip


def draw_switch(scene: Scene) -> Said:
    """Draw how many new utterances are recognised at each place of the EEG switch."""
    found, chance, counts = recalls(scene), 1 / len(scene.classes), _counts(scene)
    more = gain(counts["EEG on"], counts["rhythm alone"], _people(scene))
    gained = f"{more.value:+.0%} ({more.low:+.0%} to {more.high:+.0%})".replace("%", "")
    with style():
        figure = Figure(figsize=(8, 2.6), layout="constrained")
        ax = figure.subplots()
        _draw_recalls(ax, found, chance)
        title = f"EEG at inference adds {gained} points to rhythm alone"
        dress(ax, title=title, provenance=scene.pairs.provenance)
    told = ", ".join(
        f"{name} {one.value:.0%} ({one.low:.0%} to {one.high:.0%})" for name, one in found.items()
    )
    return figure, (
        f"Average recall of {len(_people(scene))} new people: {told}; guessing gives {chance:.0%}."
        f" EEG on adds {gained} points, 95 % interval over people."
    )


def _draw_recalls(ax: Axes, found: dict[str, Interval], chance: float) -> None:
    """Draw one score per row, with its interval, beside that of guessing."""
    for row, one in enumerate(found.values()):
        ends = [one.value if end is None else end for end in (one.low, one.high)]
        ax.plot(ends, [row, row], color=MUTED, lw=2)
        ax.plot(one.value, row, "o", ms=9, color=ACCENT)
        ax.annotate(f"{one.value:.0%}", (one.value, row), (0, 8), textcoords="offset points",
                    ha="center", color=INK)  # fmt: skip
    ax.axvline(chance, color=INK, lw=1.2, ls="--")
    ax.annotate(" guessing", (chance, 2.45), color=MUTED, va="center")
    ax.set(xlim=(0.15, 0.75), ylim=(2.7, -0.7), yticks=range(3), yticklabels=[*found],
           xlabel="average recall of new people, with 95 % intervals")  # fmt: skip


def draw_lazy(calm: int) -> Said:
    """Draw two models on utterances of which so many per cent are calm.

    Examples
    --------
    >>> draw_lazy(90)[1]
    'Of 100 utterances 90 are calm. Always calm: accuracy 90 %, average recall 50 %. Three of four\
 right in each class: accuracy 75 %, average recall 75 %.'
    """
    models = {"always says calm": (1.0, 0.0), "right for 3 of 4 in each class": (0.75, 0.75)}
    each = {name: _both_scores(calm, recall) for name, recall in models.items()}
    lazy, fair = each.values()
    with style():
        figure = Figure(figsize=(8, 2.9), layout="constrained")
        ax = figure.subplots()
        _draw_bars(ax, each)
        leads = "never looking wins" if lazy[0] > fair[0] else "never looking loses"
        dress(ax, title=f"{calm} of 100 are calm: by accuracy, {leads}", provenance=MADE_UP)
    return figure, (
        f"Of 100 utterances {calm} are calm. Always calm: accuracy {lazy[0]:.0%}, average recall"
        f" {lazy[1]:.0%}. Three of four right in each class: accuracy {fair[0]:.0%}, average recall"
        f" {fair[1]:.0%}.".replace("%", " %")
    )


def _both_scores(calm: int, recall: tuple[float, float]) -> tuple[float, float]:
    """Return accuracy and average recall of a model that finds such shares of calm and others."""
    share = calm / 100
    return share * recall[0] + (1 - share) * recall[1], float(np.mean(recall))


def _draw_bars(ax: Axes, each: dict[str, tuple[float, float]]) -> None:
    """Draw both scores of both models."""
    place: Int[np.ndarray, " score"] = np.arange(2)
    for shift, (name, scores), colour, hatch in zip(
        (-0.2, 0.2), each.items(), (OTHER, ACCENT), ("//", ""), strict=True
    ):
        bars = ax.barh(place + shift, scores, 0.36, color=colour, hatch=hatch, edgecolor="white",
                       label=name)  # fmt: skip
        ax.bar_label(bars, [f" {one:.0%}" for one in scores], color=INK)
    ax.set(xlim=(0, 1.1), ylim=(1.6, -0.6), yticks=place, xticks=[],
           yticklabels=("accuracy", "average recall"))  # fmt: skip
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.03), ncols=2)
