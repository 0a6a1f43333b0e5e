"""From predictions to numbers a sceptic accepts: recalls, and intervals over people.

Everything starts from one table of counts, seed x subject x true class x predicted class, because
people are what is resampled: utterances of one person are not independent observations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import check_same_rows, fail
from jmml_edu.results import Interval

Counts = Int[np.ndarray, "seed subject true predicted"]

FEWEST_SUBJECTS = 6
"""With fewer people an interval over people says nothing; the values per person are shown."""

N_DRAWS = 2_000
"""Bootstrap draws behind every interval."""


def confusion_counts(
    true: np.ndarray, predicted: np.ndarray, *, classes: Sequence[str]
) -> Int[np.ndarray, "true predicted"]:
    """Return how often each true class (rows) was called each class (columns).

    Raises
    ------
    InputError
        If a label is none of the classes.

    Examples
    --------
    >>> a, b = np.array(["x", "x", "y"]), np.array(["x", "y", "y"])
    >>> confusion_counts(a, b, classes=("x", "y"))
    array([[1, 1],
           [0, 1]])
    """
    check_same_rows("confusion_counts", true=true, predicted=predicted)
    number = {label: position for position, label in enumerate(classes)}
    strangers = (set(true) | set(predicted)) - set(number)
    if strangers:
        fail(
            "confusion_counts", "labels", f"be among {tuple(classes)}",
            sorted(map(str, strangers)),
            "Name every class.",
        )  # fmt: skip
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, ([number[c] for c in true], [number[c] for c in predicted]), 1)
    return counts


def unweighted_average_recall(
    counts: Float[np.ndarray, "*any true predicted"] | Int[np.ndarray, "*any true predicted"],
) -> Float[np.ndarray, "*any"]:
    """Return the mean recall of the classes that occur, in [0, 1]; guessing gives 1 / classes.

    Also called balanced accuracy. It cannot be raised by favouring frequent classes.

    Examples
    --------
    >>> float(unweighted_average_recall(np.array([[1, 1], [0, 1]])))
    0.75
    """
    total = counts.sum(axis=-1)
    occurs = total > 0
    recall = np.diagonal(counts, axis1=-2, axis2=-1) / np.where(occurs, total, 1)
    mean = (recall * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1)
    return np.asarray(mean)


def macro_f1(counts: Int[np.ndarray, "true predicted"]) -> float:
    """Return the mean F1 score of the classes that occur or are predicted, in [0, 1].

    Examples
    --------
    >>> round(macro_f1(np.array([[1, 1], [0, 1]])), 3)
    0.667
    """
    hits = np.diagonal(counts)
    size = counts.sum(axis=0) + counts.sum(axis=1)
    return float((2 * hits / np.maximum(size, 1))[size > 0].mean())


def score(counts: Counts, subjects: Sequence[str], *, seed: int = 0) -> Interval:
    """Return the unweighted average recall with its 95 % interval over people.

    Recalls are pooled over all people of a seed, then averaged over seeds. The interval resamples
    people with replacement, each with all utterances, and seeds with replacement too, because
    another draw of labels and folds would also have given another number. With one seed that part
    of the uncertainty is not in the interval.
    """
    return _interval(counts, None, subjects, seed)


def gain(better: Counts, worse: Counts, subjects: Sequence[str], *, seed: int = 0) -> Interval:
    """Return the difference of two methods on the same people, with its 95 % interval.

    Paired: every bootstrap draw takes the same people for both. Percentile intervals over few
    people are a little too narrow, over fewer than six useless.

    Raises
    ------
    InputError
        If the two were not tested on the same seeds, people and classes.
    """
    if better.shape != worse.shape:
        fail(
            "gain", "both tables", "cover the same seeds, people and classes",
            (better.shape, worse.shape), "Test both methods on the same folds.",
        )  # fmt: skip
    return _interval(better, worse, subjects, seed)


def _interval(counts: Counts, minus: Counts | None, subjects: Sequence[str], seed: int) -> Interval:
    """Return the score of ``counts``, less that of ``minus`` if there is one."""
    check_same_rows("score", subjects=list(subjects), counts=counts[0])

    def difference(weights: np.ndarray) -> np.ndarray:
        """UAR per draw and seed for people weighted by how often a draw took them."""
        parts = [
            unweighted_average_recall(np.einsum("ds,kstp->dktp", weights, table))
            for table in (counts, minus)
            if table is not None
        ]
        return parts[0] - parts[1] if len(parts) == 2 else parts[0]

    everyone = np.ones((1, len(subjects)))
    by_seed = difference(everyone)[0]
    alone = difference(np.eye(len(subjects))).mean(axis=1)
    low = high = None
    if len(subjects) >= FEWEST_SUBJECTS:
        rng = np.random.default_rng(seed)
        people = rng.multinomial(
            len(subjects), np.full(len(subjects), 1 / len(subjects)), size=N_DRAWS
        )
        seeds = rng.integers(len(counts), size=(N_DRAWS, len(counts)))
        by_draw_and_seed = difference(people.astype(float))
        draws = np.take_along_axis(by_draw_and_seed, seeds, axis=1).mean(axis=1)
        low, high = (float(end) for end in np.quantile(draws, [0.025, 0.975]))
    return Interval(
        value=float(by_seed.mean()),
        low=low,
        high=high,
        by_subject={name: float(v) for name, v in zip(subjects, alone, strict=True)},
        by_seed=tuple(float(v) for v in by_seed),
    )
