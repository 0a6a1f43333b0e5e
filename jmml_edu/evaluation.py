"""From predictions to numbers a sceptic accepts: recalls, and intervals over people.

Everything starts from one table of counts, seed x subject x true class x predicted class, because
people are what is resampled: utterances of one person are not independent observations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import check_same_rows, fail
from jmml_edu.results import Interval

Counts = Int[np.ndarray, "seed subject true predicted"]
Weights = Float[np.ndarray, "draw subject"]
"""How often each person counts in each draw."""
Statistic = Callable[[Weights], Float[np.ndarray, "draw seed"]]

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


def counts_by_subject(
    true: np.ndarray,
    predicted: np.ndarray,
    subjects: np.ndarray,
    *,
    people: Sequence[str],
    classes: Sequence[str],
) -> Int[np.ndarray, "subject true predicted"]:
    """Return the confusion counts of each of ``people``; ``subjects`` says whose each row is.

    Raises
    ------
    InputError
        If a label is none of the classes.

    Examples
    --------
    >>> true, said, who = np.array(["x", "y"]), np.array(["x", "x"]), np.array(["ann", "bob"])
    >>> counts_by_subject(true, said, who, people=("ann", "bob"), classes=("x", "y")).tolist()
    [[[1, 0], [0, 0]], [[0, 0], [1, 0]]]
    """
    check_same_rows("counts_by_subject", true=true, predicted=predicted, subjects=subjects)
    rows_of_each = [subjects == who for who in people]
    return np.stack(
        [confusion_counts(true[rows], predicted[rows], classes=classes) for rows in rows_of_each]
    )


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

    def difference(weights: Weights) -> Float[np.ndarray, "draw seed"]:
        found = pooled_recall(weights, counts)
        return found if minus is None else found - pooled_recall(weights, minus)

    return interval_over_people(difference, subjects, seed=seed)


def pooled_recall(weights: Weights, counts: Counts) -> Float[np.ndarray, "draw seed"]:
    """Return the unweighted average recall of all people together, each as often as weighted."""
    return unweighted_average_recall(np.einsum("ds,kstp->dktp", weights, counts))


def interval_over_people(
    statistic: Statistic,
    subjects: Sequence[str],
    *,
    strata: Sequence[str] | None = None,
    seed: int = 0,
) -> Interval:
    """Return any statistic of all people with its 95 % percentile interval over people and seeds.

    Parameters
    ----------
    statistic
        Its value for each draw of people and each seed, from how often each person counts.
    subjects
        Names, in the order of the weights.
    strata
        A kind for each person. People are then drawn kind by kind, each as often as it has people;
        there is an interval only where every kind has six of them.
    seed
        Decides the draws.

    Examples
    --------
    The mean age of six people:

    >>> ages = np.array([20.0, 30.0, 40.0, 50.0, 60.0, 70.0])
    >>> def mean_age(weights):
    ...     return (weights @ ages / weights.sum(axis=1))[:, None]
    >>> mean = interval_over_people(mean_age, list("abcdef"))
    >>> mean.value, mean.by_subject["a"]
    (45.0, 20.0)
    """
    kinds = np.array(strata if strata is not None else [""] * len(subjects))
    by_seed = statistic(np.ones((1, len(subjects))))[0]
    alone = statistic(np.eye(len(subjects))).mean(axis=1)
    low = high = None
    if np.unique(kinds, return_counts=True)[1].min() >= FEWEST_SUBJECTS:
        rng = np.random.default_rng(seed)
        by_draw_and_seed = statistic(draw_people(kinds, rng))
        seeds = rng.integers(len(by_seed), size=by_draw_and_seed.shape)
        draws = np.take_along_axis(by_draw_and_seed, seeds, axis=1).mean(axis=1)
        low, high = (float(end) for end in np.quantile(draws, [0.025, 0.975]))
    return Interval(
        value=float(by_seed.mean()),
        low=low,
        high=high,
        by_subject={name: float(v) for name, v in zip(subjects, alone, strict=True)},
        by_seed=tuple(float(v) for v in by_seed),
    )


def draw_people(kinds: np.ndarray, rng: np.random.Generator) -> Weights:
    """Return how often each person comes up when people are drawn with replacement, kind by kind.

    ``kinds`` names the kind of each person; of every kind as many are drawn as it has.
    """
    weights = np.zeros((N_DRAWS, len(kinds)))
    for kind in np.unique(kinds):
        people = np.flatnonzero(kinds == kind)
        even = np.full(len(people), 1 / len(people))
        weights[:, people] = rng.multinomial(len(people), even, size=N_DRAWS)
    return weights
