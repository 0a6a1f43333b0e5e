"""Is a difference between two methods more than chance, among all that were compared?

Confusion counts of two methods on the same people go in; p values come out.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jmml_edu._checks import check_at_least, fail
from jmml_edu.evaluation import FEWEST_SUBJECTS, Counts, unweighted_average_recall

DRAWS = 9_999


def exchange_test(
    first: Counts, second: Counts, *, draws: int = DRAWS, seed: int = 0
) -> float | None:
    r"""Return the two-sided p value of "which method is which matters to nobody".

    If it did not matter, the two results of any person could change places. In each draw they do
    so for a random half of the people, all seeds of a person together, because a person's
    utterances and repetitions are not independent. The statistic is the difference of unweighted
    average recalls, pooled over people and averaged over seeds, as it is reported.

    .. math:: p = \frac{1 + \#\{|d_k| \ge |d|\}}{1 + K}

    (M. D. Ernst, "Permutation methods", Statistical Science 19, 2004.) None with fewer than six
    people, of whom no outcome could be rare. Methods are judged as they were trained: where all
    labels are shown, folds share who teaches, and p falls below its level more often than it says
    (:func:`jmml_edu.shared_training.widen_for_shared_training` says why, and mends intervals only).

    Raises
    ------
    InputError
        If the two were not tested on the same seeds, people and classes, or draws are below 1.

    Examples
    --------
    The same results: whoever is exchanged, nothing changes.

    >>> counts = np.tile([[3, 1], [1, 3]], (1, 8, 1, 1))
    >>> exchange_test(counts, counts)
    1.0
    """
    check_at_least("exchange_test", 1, draws=draws)
    if first.shape != second.shape:
        fail(
            "exchange_test", "both tables", "cover the same seeds, people and classes",
            (first.shape, second.shape), "Test both methods on the same folds.",
        )  # fmt: skip
    n_people = first.shape[1]
    if n_people < FEWEST_SUBJECTS:
        return None
    stay = np.random.default_rng(seed).integers(2, size=(draws, n_people))
    stay = np.vstack([np.ones(n_people, dtype=int), stay])  # the first is what was observed
    exchanged = [
        np.einsum("ds,kstp->dktp", stay, one) + np.einsum("ds,kstp->dktp", 1 - stay, other)
        for one, other in ((first, second), (second, first))
    ]
    recalls = [unweighted_average_recall(counts).mean(axis=1) for counts in exchanged]
    apart = np.abs(recalls[0] - recalls[1])
    as_far = apart[1:] >= apart[0] - 1e-12  # exchanging everybody gives the same, but for rounding
    return float((1 + as_far.sum()) / (1 + draws))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    r"""Return p values that allow for how many there are: each holds for all at once.

    The smallest of :math:`m` is multiplied by :math:`m`, the next by :math:`m - 1`, and so on,
    none below the one before (S. Holm, Scandinavian Journal of Statistics 6, 1979).

    Examples
    --------
    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'b': 0.06, 'c': 0.06}
    """
    adjusted, largest = {}, 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda one: p_values[one])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}
