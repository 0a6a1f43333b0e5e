"""Choosing a ridge by cross-validation, from the moments of the folds alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.solver import code_correlations, solve

RIDGES = (1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, np.inf)  # from almost CCA to PLS


def choose_ridge(
    folds: Sequence[Moments], ridges: Sequence[float], *, n_components: int, by_view: bool = False
) -> tuple[float, Float[np.ndarray, "ridge fold"]]:
    """Return the ridge with the best mean held-out score, the first of equals, and all scores.

    A score is the sum of correlations on one fold after learning from the others together (taking
    it away from all pairs would lose digits where it holds the largest values): ridge x fold. Folds
    are moments of three pairs or more each, best of disjoint people, and count alike; ridges are at
    least 0. ``n_components`` and ``by_view`` are those of :func:`~jmml_edu.linear.solve`.

    Of one column each the ridge only scales the codes: all ridges are equal, and the first taken.

    >>> x = np.array([[0.0], [1.0], [2.0], [0.0], [1.0], [2.0]])
    >>> folds = [Moments.of(x[:3], x[:3]), Moments.of(x[3:], -x[3:])]
    >>> choose_ridge(folds, (0.1, 10.0), n_components=1)[0]
    0.1
    """
    if not len(ridges):
        fail("choose_ridge", "ridges", "hold at least one ridge", "none", "Try (0.01, 0.1, 1.0).")
    if min(counts := [fold.count for fold in folds]) < 3:
        remedy = "Fewer always agree perfectly; make fewer folds."
        fail("choose_ridge", "folds", "hold at least 3 pairs each", counts, remedy)
    scores = np.empty((len(ridges), len(folds)))
    for column, fold in enumerate(folds):
        training = Moments.total([*folds[:column], *folds[column + 1 :]])
        for row, ridge in enumerate(ridges):
            found = solve(training, n_components=n_components, ridge=ridge, by_view=by_view)
            held_out = code_correlations(fold, found.eeg_directions, found.speech_directions)
            scores[row, column] = held_out.sum()
    return float(ridges[int(scores.mean(axis=1).argmax())]), scores
