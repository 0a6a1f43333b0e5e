"""Features of rows whose inner products are their similarity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import blas, lapack
from scipy.spatial.distance import pdist

from jmml_edu._checks import check_matrix, fail
from jmml_edu.columns import column_means
from jmml_edu.linear.codes import Codes
from jmml_edu.linear.whitening import Whitening, whiten
from jmml_edu.views import Rows, View, n_rows_of, take

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From matrices of m and n rows, the m x n similarities of each row with each."""

_AT_HAND = 2**24  # values, 128 MiB: features of more rows are computed each time they are read


def median_distance(rows: Float[np.ndarray, "row column"]) -> float:
    """Return the median distance between rows that differ; 1 if none do.

    Examples
    --------
    >>> median_distance(np.array([[0.0], [1.0], [3.0], [3.0]]))
    2.0
    """
    distances = pdist(rows)
    apart = distances[distances > 0]
    return float(np.median(apart)) if len(apart) else 1.0


@dataclass(frozen=True, eq=False)
class Standard:
    """The columns of a view that vary, their mean and standard deviation."""

    columns: Int[np.ndarray, " kept"]
    mean: Float[np.ndarray, " kept"]
    scale: Float[np.ndarray, " kept"]

    @classmethod
    def of(cls, name: str, view: View) -> Standard:
        """Return what standardises a view that is finite and varies."""
        values = take(view, slice(None))
        check_matrix("", **{name: values})
        mean, scale = column_means(values), values.std(axis=0, ddof=min(1, len(values) - 1))
        # As in moments: what is no more than rounding of the mean is no variation.
        columns = np.flatnonzero(scale > 8 * np.finfo(float).eps * np.abs(mean))
        if not len(columns):
            fail("", name, "vary", f"{len(values)} equal rows", "Look where it comes from.")
        return cls(columns, mean[columns], scale[columns])

    def rows(self, view: View, which: Rows) -> Float[np.ndarray, "row kept"]:
        """Return some rows of a view, standardised."""
        return (take(view, which)[:, self.columns] - self.mean) / self.scale


@dataclass(frozen=True, eq=False)
class Similarities:
    """A view as the similarity of its rows to standardised landmarks, for the rows asked for."""

    view: View
    standard: Standard
    landmarks: Float[np.ndarray, "landmark kept"]
    kernel: Kernel

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and landmarks."""
        return n_rows_of(self.view), len(self.landmarks)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row landmark"]:
        return self.kernel(self.standard.rows(self.view, rows), self.landmarks)


@dataclass(frozen=True, eq=False)
class LandmarkFeatures:
    r"""A view as features of its rows, computed for the rows that are asked for.

    With :math:`K = L L^\top` the similarities among landmarks, a row that is :math:`k` similar to
    them has the features :math:`L^{-1} k`. Their inner products are the kernel itself between
    landmarks, and its best approximation elsewhere (Nystroem; Williams and Seeger, NIPS 2000).
    """

    similarities: Similarities
    whitening: Whitening

    @classmethod
    def of(cls, similarities: Similarities) -> LandmarkFeatures:
        """Return the features that landmarks give the rows of a view."""
        among = similarities.kernel(similarities.landmarks, similarities.landmarks)
        check_matrix("", kernel=among)
        if np.abs(among - among.T).max() > 1e-6 * np.abs(among).max():
            fail("", "kernel", "be symmetric", "one that is not", "Swap its rows and compare.")
        scale = np.full(len(among), np.sqrt(among.diagonal().max().clip(min=0.0)))
        return cls(similarities, whiten(among, scale, ridge=0.0))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features."""
        return len(self.similarities), self.whitening.rank

    def __len__(self) -> int:
        return self.shape[0]

    @cached_property
    def _inverse(self) -> Float[np.ndarray, "feature kept"]:
        """The inverse of L: a triangular product is faster than solving for each row."""
        inverse, _ = lapack.dtrtri(self.whitening.factor, lower=1)
        return inverse / self.whitening.scale[self.whitening.columns]

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row feature"]:
        kept = self.similarities[rows][:, self.whitening.columns]
        return blas.dtrmm(1.0, self._inverse, kept.T, lower=1, overwrite_b=1).T

    def of_landmarks(self) -> Float[np.ndarray, "landmark feature"]:
        """Return the features of the landmarks: the rows of L."""
        columns = self.whitening.columns
        features = np.empty((self.similarities.shape[1], self.whitening.rank))
        features[columns] = self.whitening.factor * self.whitening.scale[columns, None]
        others = np.setdiff1d(np.arange(len(features)), columns)  # combinations of landmarks
        if len(others):
            landmarks, kernel = self.similarities.landmarks, self.similarities.kernel
            features[others] = self.whitening.whiten(kernel(landmarks, landmarks[others])).T
        return features

    def at_hand(self, landmarks: Int[np.ndarray, " landmark"]) -> View:
        """Return the features of all rows, computed once unless they take too much memory.

        ``landmarks`` are the numbers of the rows whose features are known already.
        """
        others = np.setdiff1d(np.arange(len(self)), landmarks)
        if len(others) and np.prod(self.shape) > _AT_HAND:
            return self
        features = np.empty(self.shape)
        features[landmarks] = self.of_landmarks()
        if len(others):
            features[others] = self[others]
        return features

    def codes(
        self,
        mean: Float[np.ndarray, " feature"],
        directions: Float[np.ndarray, "feature component"],
    ) -> Codes:
        """Return codes of features, less their mean, as weighted sums of similarities."""
        kept = self.whitening.columns
        mean_similarity = np.zeros(self.similarities.shape[1])
        mean_similarity[kept] = self.whitening.scale[kept] * (self.whitening.factor @ mean)
        return Codes(self.similarities, mean_similarity, self.whitening.directions(directions))
