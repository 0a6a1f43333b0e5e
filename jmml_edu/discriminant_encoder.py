"""Speech in its linear discriminants: the best that a few labels teach without EEG.

Standardised speech and its labels go in; directions come out in which classes lie apart.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import eigh

from jmml_edu.classifier import HIDDEN, Labels
from jmml_edu.encoders import centre_within
from jmml_edu.missing import Matrix, has_all


class Discriminants:
    """Linear discriminants of labelled speech (Fisher 1936): at most one less than classes.

    The covariance within classes is shrunk towards its diagonal, so that a few labels suffice
    (target D of J. Schäfer and K. Strimmer, 2005, https://doi.org/10.2202/1544-6115.1175).

    Parameters
    ----------
    n_classes
        Classes that labels may show.
    shrinkage
        How much of the way to the diagonal, above 0, at most 1.
    """

    options: tuple[str, ...] = ("discriminants",)

    def __init__(self, n_classes: int, *, shrinkage: float = 0.9) -> None:
        self.n_classes = n_classes
        self.shrinkage = shrinkage

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> Discriminants:
        """Learn from labelled rows; EEG is not looked at."""
        known, shown = labelled_rows(speech, labels)
        centred = centre_within(known, shown)
        self.axes_ = np.zeros((speech.shape[1], self.n_classes - 1))
        if centred.any():  # else no class has two rows that differ
            means = known - centred - known.mean(axis=0)
            within = shrunk_covariance(centred, self.shrinkage)
            axes = eigh(means.T @ means, within)[1][:, ::-1]
            found = min(len(np.unique(shown)) - 1, axes.shape[1])
            self.axes_[:, :found] = axes[:, :found]
        return self

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return discriminant scores, 0 where there were too few labels or classes."""
        return speech @ self.axes_

    def own_axes(self, option: str) -> int:
        """Return the number of discriminants."""
        return self.n_classes - 1


def shrunk_covariance(
    centred: Float[np.ndarray, "row column"], share: float
) -> Float[np.ndarray, "column column"]:
    """Return the covariance of centred rows, its correlations smaller by a share.

    A column without variance gets that of a standardised one, which keeps it from being inverted.

    Examples
    --------
    >>> shrunk_covariance(np.array([[1.0, 1.0], [-1.0, -1.0]]), 0.3)
    array([[1. , 0.7],
           [0.7, 1. ]])
    """
    covariance = centred.T @ centred / len(centred)
    variances = covariance.diagonal()
    shrunk: Float[np.ndarray, "column column"] = (1 - share) * covariance
    np.fill_diagonal(shrunk, np.where(variances > 0, variances, 1.0))
    return shrunk


def labelled_rows(
    rows: Matrix, labels: Labels | None
) -> tuple[Float[np.ndarray, "known column"], Int[np.ndarray, " known"]]:
    """Return the rows with a label, and their labels."""
    told = np.full(len(rows), HIDDEN) if labels is None else labels
    known = (told != HIDDEN) & has_all(rows)
    return rows[known], told[known]
