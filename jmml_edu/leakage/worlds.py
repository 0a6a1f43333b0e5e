"""From one simulated world to a mistake: the same in many worlds, and what the mean of them says.

A world is a function that draws data from a random generator and returns two scores of them, the
inflated one and the honest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypedDict

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least
from jmml_edu.classifier import Classifier, Labels
from jmml_edu.data import Provenance, Split
from jmml_edu.evaluation import confusion_counts, unweighted_average_recall
from jmml_edu.missing import Matrix
from jmml_edu.results import Interval

World = Callable[[np.random.Generator], tuple[float, float]]

N_WORLDS = 20
"""Worlds behind each score of the laboratory."""


class Measured(TypedDict):
    """What was measured of a mistake: the fields of that name."""

    inflated: Interval
    honest: Interval
    inflation: Interval
    provenance: Provenance


def over_worlds(world: World, *, n_worlds: int, seed: int) -> Measured:
    """Return what a mistake shows in independent worlds, and what is true there.

    Raises
    ------
    InputError
        If there are fewer than two worlds: one has no interval.
    """
    check_at_least("laboratory", 2, n_worlds=n_worlds)
    streams = np.random.default_rng(seed).spawn(n_worlds)
    inflated, honest = np.array([world(stream) for stream in streams]).T
    return Measured(
        inflated=mean_over_worlds(inflated),
        honest=mean_over_worlds(honest),
        inflation=mean_over_worlds(inflated - honest),
        provenance=Provenance(f"leakage laboratory, seed {seed}", simulated=True),
    )


def mean_over_worlds(values: Float[np.ndarray, " world"]) -> Interval:
    r"""Return the mean of independent worlds with Student's 95 % interval of it.

    .. math:: \bar x \pm t_{0.975,\, n-1}\; s / \sqrt n

    Worlds are independent draws, so nothing has to be resampled. Means of 20 scores are nearly
    normal, and Student's t pays for not knowing their spread; a percentile bootstrap of so few
    values is too narrow.

    Examples
    --------
    >>> found = mean_over_worlds(np.array([0.4, 0.6]))
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (0.5, -0.77, 1.77)
    """
    from scipy.special import stdtrit

    half = stdtrit(len(values) - 1, 0.975) * values.std(ddof=1) / np.sqrt(len(values))
    mean = float(values.mean())
    return Interval(
        mean, mean - float(half), mean + float(half), {}, tuple(float(value) for value in values)
    )


def held_out_recall(values: Matrix, labels: Labels, splits: Iterable[Split]) -> float:
    """Return the unweighted average recall of the package's classifier, a mean over folds.

    Each fold is judged by itself: where there is nothing to find, its expected recall is chance
    exactly, however the classes fell into folds.
    """
    recalls = []
    for split in splits:
        classifier = Classifier(values[split.train], labels[split.train])
        recalls.append(recall(labels[split.test], classifier.predict(values[split.test])))
    return float(np.mean(recalls))


def recall(true: Labels, predicted: Labels) -> float:
    """Return the unweighted average recall of one set of predictions."""
    names = true.astype(str), predicted.astype(str)
    counts = confusion_counts(*names, classes=np.unique(np.concatenate(names)).tolist())
    return float(unweighted_average_recall(counts))


def one_seed(rng: np.random.Generator) -> int:
    """Return a seed for a function that wants a number."""
    return int(rng.integers(2**31))
