"""The pictures of notebook 06. Each returns a figure and the words for it."""

from __future__ import annotations

from functools import cache

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.classifier import Classifier
from jmml_edu.course.lessons.data06 import Both, joined_by_class, moments
from jmml_edu.data import Pairs
from jmml_edu.discriminants import angles_between_deg, lda_directions
from jmml_edu.evaluation import (
    confusion_counts,
    counts_by_subject,
    score,
    unweighted_average_recall,
)
from jmml_edu.linear import CCA
from jmml_edu.pairing import class_prototype_pairs, one_hot_pairs
from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, class_mark, dress, style
from jmml_edu.results import Interval
from jmml_edu.scenarios import Scenario, draw_pairs
from jmml_edu.splits import draw_labels

Said = tuple[Figure, str]
Row = Float[np.ndarray, " component"]

N_COMPONENTS = 10
CLEARLY = 0.1
"""A held-out correlation above this is no chance: of 3,000 new pairs, chance reaches about 0.05."""

BY_CLASS = "#D55E00"


def held_out(pairs: Both, n_components: int = N_COMPONENTS) -> Row:
    """Return the correlations of CCA's components on new people.

    Examples
    --------
    >>> int((held_out(joined_by_class(moments(4))) > CLEARLY).sum())
    3
    """
    learn, new = pairs
    model = CCA(n_components).fit(learn.eeg.values, learn.speech.values)
    return model.correlations(new.eeg.values, new.speech.values)


def draw_carried(classes: int) -> Said:
    """Draw what new people share, paired as recorded and paired by class.

    Examples
    --------
    >>> draw_carried(4)[1]
    '4 classes: pairs recorded together share 8 components, pairs joined by class 3.'
    """
    recorded = moments(classes)
    both = {
        "recorded together": held_out(recorded),
        "joined by class": held_out(joined_by_class(recorded)),
    }
    count = {name: int((found > CLEARLY).sum()) for name, found in both.items()}
    with style():
        figure = Figure(figsize=(8.6, 3.3), layout="constrained")
        ax = figure.subplots()
        _draw_components(ax, both, classes)
        left = count["joined by class"]
        is_left = "1 component is" if left == 1 else f"{left} components are"
        title = f"{classes} classes: joined by class, {is_left} left"
        dress(ax, title=title, provenance=recorded[0].provenance)
    return figure, (
        f"{classes} classes: pairs recorded together share {count['recorded together']} components,"
        f" pairs joined by class {count['joined by class']}."
    )


def _draw_components(ax: Axes, both: dict[str, Row], classes: int) -> None:
    """Draw the correlation of each component, and where the bound lies."""
    component = np.arange(1, N_COMPONENTS + 1)
    looks = {"recorded together": ("o", ACCENT, -0.13), "joined by class": ("s", BY_CLASS, 0.13)}
    ax.axvspan(classes - 0.5, N_COMPONENTS + 0.6, color="#f1f3f5", lw=0, zorder=0)
    ax.annotate(f"beyond C - 1 = {classes - 1}", (classes - 0.4, 1.12), color=MUTED, va="top")
    for name, found in both.items():
        marker, colour, shift = looks[name]
        ax.vlines(component + shift, 0, found, color=RULE, lw=2, zorder=1)
        ax.scatter(
            component + shift, found, s=46, marker=marker, color=colour, label=name, zorder=2
        )
    ax.axhline(0, color=INK, lw=1)
    ax.set(ylim=(-0.12, 1.15), yticks=(0, 0.5, 1), xlim=(0.4, N_COMPONENTS + 0.6),
           xticks=component, xlabel="component", ylabel="correlation, new people")  # fmt: skip
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)


def draw_inside(recorded: Both) -> Said:
    """Draw one EEG value against one speech value, class by class, for both ways of pairing."""
    sides = {"Recorded together": recorded, "Joined by class": joined_by_class(recorded)}
    inside = {}
    with style():
        figure = Figure(figsize=(9, 3.9), layout="constrained")
        for ax, (name, pairs) in zip(figure.subplots(1, 2), sides.items(), strict=True):
            eeg, speech = _first_codes(pairs)
            inside[name] = _within(eeg, speech, pairs[1].labels)
            _draw_classes(ax, eeg, speech, pairs[1].labels)
            title = f"{name}: correlation {inside[name]:.2f} inside a class"
            dress(ax, title=title, provenance=recorded[0].provenance)
    told = ", ".join(f"{name.lower()} {value:.2f}" for name, value in inside.items())
    return figure, f"Correlation inside a class, mean over classes: {told}."


def _first_codes(pairs: Both) -> tuple[np.ndarray, np.ndarray]:
    """Return the first component of EEG and of speech, of new people."""
    learn, new = pairs
    found = (
        CCA(1)
        .fit(learn.eeg.values, learn.speech.values)
        .transform(new.eeg.values, new.speech.values)
    )
    return found[0][:, 0], found[1][:, 0]


def _within(eeg: np.ndarray, speech: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean correlation inside a class."""
    each = [
        np.corrcoef(eeg[labels == one], speech[labels == one])[0, 1] for one in np.unique(labels)
    ]
    return float(np.mean(each)) + 0.0


def _draw_classes(ax: Axes, eeg: np.ndarray, speech: np.ndarray, labels: np.ndarray) -> None:
    """Draw some points of each class, and the middle of each."""
    for number, one in enumerate(np.unique(labels)):
        colour, marker = class_mark(number)
        rows = np.flatnonzero(labels == one)
        some = rows[:120]
        ax.scatter(eeg[some], speech[some], s=11, marker=marker, color=colour, alpha=0.45, lw=0)
        ax.scatter(eeg[rows].mean(), speech[rows].mean(), s=130, marker=marker, color=colour,
                   edgecolors="white", lw=1.5, zorder=3)  # fmt: skip
    ax.set(xlabel="EEG, component 1", ylabel="speech, component 1", xticks=[], yticks=[])


@cache
def label_contest() -> dict[str, tuple[Interval, float]]:
    """Return recall of new people, and the angle to LDA in degrees, for five second views."""
    learn, new = moments(4)
    weak, _ = moments(4, eeg_knows=1)
    seconds = {
        "EEG, joined by class": joined_by_class((learn, new))[0],
        "the label itself (one-hot)": one_hot_pairs(learn),
        "a random vector per class": class_prototype_pairs(learn, dim=12, seed=0),
        "EEG that hears one direction": joined_by_class((weak, new))[0],
    }
    lda = lda_directions(learn.speech.values, learn.labels)
    found = {"no second view: LDA": (_recall(lda, learn, new), 0.0)}
    for name, pairs in seconds.items():
        # Vectors of a class have few independent columns, and these say it all.
        values = pairs.eeg.values
        rank = int(np.linalg.matrix_rank(values - values.mean(axis=0)))
        directions = CCA(3).fit(values[:, :rank], learn.speech.values).speech_directions_
        angle = angles_between_deg(learn.speech.values, directions, lda).max()
        found[name] = (_recall(directions, learn, new), float(angle))
    return found


def _recall(directions: np.ndarray, learn: Pairs, new: Pairs) -> Interval:
    """Return how many new utterances are recognised along some directions of speech."""
    classes = learn.speech.classes
    numbers = np.searchsorted(classes, learn.labels.astype(str))
    learned = Classifier(learn.speech.values @ directions, numbers)
    said = learned.predict_proba(new.speech.values @ directions).argmax(axis=1)
    people = sorted(set(new.subjects))
    names = np.array(classes, dtype=object)
    counts = counts_by_subject(
        new.labels, names[said], new.subjects, people=people, classes=classes
    )
    return score(counts[None], people)


def draw_contest() -> Said:
    """Draw what speech alone recognises, by what it was taught with."""
    found = label_contest()
    with style():
        figure = Figure(figsize=(8.6, 3.2), layout="constrained")
        ax = figure.subplots()
        for row, (one, _) in enumerate(found.values()):
            ends = [one.value if end is None else end for end in (one.low, one.high)]
            ax.plot(ends, [row, row], color=MUTED, lw=2)
            ax.plot(one.value, row, "o", ms=8, color=BY_CLASS if row else ACCENT)
            ax.annotate(f"  {one.value:.1%}", (ends[1], row), va="center", color=INK)
        ax.set(yticks=range(len(found)), yticklabels=[*found], xlim=(0.2, 1),
               ylim=(len(found) - 0.5, -0.6),
               xlabel="average recall of new people, speech alone, 95 % intervals")  # fmt: skip
        ax.axvline(0.25, color=INK, lw=1.2, ls="--")
        ax.annotate(" guessing", (0.25, 3.9), color=MUTED)
        title = "The label alone teaches as much as the best EEG"
        dress(ax, title=title, provenance=moments(4)[0].provenance)
    told = "; ".join(f"{name} {one.value:.1%}" for name, (one, _) in found.items())
    return figure, f"Average recall of new people from speech alone, taught with {told}."


@cache
def fooled(shared: int) -> tuple[float, float]:
    """Return the first held-out correlation and the recall, where EEG hears some nuisance too.

    Examples
    --------
    >>> fooled(12)[0] > fooled(0)[0] + 0.1, fooled(12)[1] < fooled(0)[1] - 0.3
    (True, True)
    """
    learn, new = draw_pairs(
        Scenario("", eeg_noise=1.3, eeg_nuisance=2.0, shared_nuisance=shared),
        name="shared nuisance", seed=2,
    )  # fmt: skip
    model = CCA(6).fit(learn.eeg.values, learn.speech.values)
    rho = float(model.correlations(new.eeg.values, new.speech.values)[0])
    codes = [side.speech.values @ model.speech_directions_ for side in (learn, new)]
    classes = learn.speech.classes
    recalls = []
    for seed in range(5):
        shown = draw_labels(learn.labels, per_class=10, seed=seed).astype(str)
        known = shown != ""
        learned = Classifier(codes[0][known], np.searchsorted(classes, shown[known]))
        said = np.array(classes, dtype=object)[learned.predict_proba(codes[1]).argmax(axis=1)]
        counts = confusion_counts(new.labels, said, classes=classes)
        recalls.append(float(unweighted_average_recall(counts)))
    return rho, float(np.mean(recalls))


def draw_fooled(shared: int) -> Said:
    """Draw correlation and recall over how much nuisance both views hear; a mark says where we are.

    Examples
    --------
    >>> draw_fooled(0)[1].startswith("EEG hears 0 of 12 nuisance directions of speech: correlation")
    True
    """
    amounts = np.arange(0, 13, 2)
    each = np.array([fooled(int(one)) for one in amounts])
    here = fooled(shared)
    with style():
        figure = Figure(figsize=(8.6, 3.3), layout="constrained")
        ax = figure.subplots()
        for column, (name, colour, marker) in enumerate(
            (
                ("first correlation, new people", BY_CLASS, "s"),
                ("recall from speech alone", ACCENT, "o"),
            )
        ):
            ax.plot(amounts, each[:, column], color=colour, marker=marker, ms=5, lw=1.5, label=name)
            ax.plot(shared, here[column], marker, color=colour, ms=12, mec=INK, mew=1.5)
        ax.axhline(0.25, color=MUTED, lw=1, ls="--")
        ax.annotate("guessing", (12.3, 0.23), color=MUTED, va="top", ha="right")
        ax.set(ylim=(0, 1), xlim=(-0.5, 12.5), xticks=range(0, 13, 2),
               xlabel="nuisance directions of speech that EEG hears too")  # fmt: skip
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
        title = f"{shared} shared: correlation {here[0]:.2f}, recall {here[1]:.0%}"
        dress(ax, title=title, provenance=moments(4)[0].provenance)
    return figure, (
        f"EEG hears {shared} of 12 nuisance directions of speech: correlation {here[0]:.2f} for new"
        f" people, recall {here[1]:.0%} from speech alone with 10 labels per class."
    )
