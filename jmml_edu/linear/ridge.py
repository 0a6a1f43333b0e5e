"""Choosing a ridge by cross-validation, from the moments of the folds alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.solver import code_correlations, solve

RIDGES = (1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, np.inf)
"""From almost plain CCA to PLS."""


def choose_ridge(
    folds: Sequence[Moments],
    ridges: Sequence[float] = RIDGES,
    *,
    n_components: int,
    by_view: bool = False,
) -> tuple[float, Float[np.ndarray, "ridge fold"]]:
    """Return the ridge with the best mean held-out score, the first of equals, and all scores."""
    scores = score_ridges(folds, ridges, n_components=n_components, by_view=by_view)
    return float(ridges[int(scores.mean(axis=1).argmax())]), scores


def score_ridges(
    folds: Sequence[Moments],
    ridges: Sequence[float] = RIDGES,
    *,
    n_components: int,
    by_view: bool = False,
) -> Float[np.ndarray, "ridge fold"]:
    """Return the held-out sum of correlations of each ridge on each fold.

    The moments of a training set are those of the other folds together, and the correlations of
    codes follow from the moments of the fold: no pair is read again. (Taking the fold away from
    all pairs would lose digits where it holds the largest values.)

    Parameters
    ----------
    folds
        Moments of disjoint sets of at least three pairs; people should not be in two of them. To
        be averaged, each counts as one, whatever its size.
    ridges
        The candidates, each at least 0 and the same for both views.
    n_components
        How many correlations are added up.
    by_view
        As for :func:`~jmml_edu.linear.solve`.

    Examples
    --------
    One column each: the ridge only scales the codes, so every ridge scores the same.

    >>> x = np.array([[0.0], [1.0], [2.0], [0.0], [1.0], [2.0]])
    >>> folds = [Moments.of(x[:3], x[:3]), Moments.of(x[3:], -x[3:])]
    >>> score_ridges(folds, (0.1, 10.0), n_components=1).round(6)
    array([[-1., -1.],
           [-1., -1.]])
    """
    if not len(ridges):
        fail("score_ridges", "ridges", "hold at least one ridge", "none", "Try (0.01, 0.1, 1.0).")
    if min(fold.count for fold in folds) < 3:
        fail(
            "score_ridges", "folds", "hold at least 3 pairs each", [fold.count for fold in folds],
            "Fewer always agree perfectly; make fewer folds.",
        )  # fmt: skip
    scores = np.empty((len(ridges), len(folds)))
    for column, fold in enumerate(folds):
        training = Moments.total([*folds[:column], *folds[column + 1 :]])
        for row, ridge in enumerate(ridges):
            found = solve(training, n_components=n_components, ridge=ridge, by_view=by_view)
            held_out = code_correlations(fold, found.eeg_directions, found.speech_directions)
            scores[row, column] = held_out.sum()
    return scores
