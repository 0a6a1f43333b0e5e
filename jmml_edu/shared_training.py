"""Cross-validated intervals, wider because folds share who teaches.

An interval that resampled who is tested goes in; one that allows for who taught comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.data import Split
from jmml_edu.results import Interval


def widen_for_shared_training(
    interval: Interval,
    folds: Sequence[Split],
    *,
    shown: float = 1.0,
    least: float = 0.0,
    most: float = 1.0,
) -> Interval:
    r"""Return the interval of a cross-validated number, allowing for folds that share who teaches.

    Resampling draws others to be tested, but not others to learn from, and in cross-validation
    whoever is tested teaches too: two people who are alike by luck are recognised from each other,
    so the luck counts twice. Where labels mean nothing the variance is up to twice what resampling
    says. Both ends move away from the value as in the correction of Nadeau and Bengio [1]_, by

    .. math:: \sqrt{1 + q \sum_j n_j^{\text{test}} / n_j^{\text{train}}}

    with the share :math:`q` of training labels that are shown. For five folds it is 1.5 where all
    are, 1.06 where one in ten is: two people then seldom teach each other.

    Parameters
    ----------
    interval
        Of a score, or of a difference of two.
    folds
        Whose test rows have given the number, each row once.
    shown
        The share of training labels that are shown, drawn anew in each fold; in [0, 1].
    least, most
        What the number cannot leave: 0 and 1 for a score, -1 and 1 for a difference.

    Raises
    ------
    InputError
        If there is no fold, or one has no row to learn from.

    Notes
    -----
    The exact variance cannot be known from one round of cross-validation [2]_. In simulated studies
    of 12 to 48 people, two folds to one for each, 600 a kind, labels that mean nothing left chance
    outside of 12 to 17 of 100 intervals over who is tested, and of 1 to 6 of these; where there was
    something to find, the mean over studies outside of 10 to 17, and of 1 to 4. Without widening it
    was 4 to 7 where each fold learned from other people, and 6 where ten labels a class taught
    (``benchmarks/interval_coverage.py``).

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52,
       2003. https://doi.org/10.1023/A:1024068626366
    .. [2] Y. Bengio, Y. Grandvalet, "No unbiased estimator of the variance of k-fold
       cross-validation", Journal of Machine Learning Research 5, 2004.
       https://jmlr.org/papers/v5/grandvalet04a.html

    Examples
    --------
    Each of five folds learns from four rows and tests one:

    >>> rows = np.arange(5)
    >>> folds = [Split(rows[rows != row], rows[rows == row], "row") for row in rows]
    >>> wider = widen_for_shared_training(Interval(0.5, 0.4, 0.6, {}, ()), folds)
    >>> round(wider.low, 3), round(wider.high, 3)
    (0.35, 0.65)
    """
    untaught = sum(not len(fold.train) for fold in folds)
    if untaught or not folds:
        fail(
            "widen_for_shared_training", "folds", "each have rows to learn from",
            f"{untaught} of {len(folds)} without", "Pass the folds that gave the number.",
        )  # fmt: skip
    if not 0 <= shown <= 1:
        fail(
            "widen_for_shared_training", "shown", "lie in [0, 1]", shown,
            "Pass labels shown over labels there are.",
        )  # fmt: skip
    if interval.low is None or interval.high is None:
        return interval
    wider = np.sqrt(1 + shown * sum(len(fold.test) / len(fold.train) for fold in folds))
    low, high = (
        float(np.clip(interval.value + wider * (end - interval.value), least, most))
        for end in (interval.low, interval.high)
    )
    return replace(interval, low=low, high=high)
