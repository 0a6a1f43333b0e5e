"""Features of rows whose inner products are their similarity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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


def gaussian(
    rows: Float[np.ndarray, "row column"],
    others: Float[np.ndarray, "other column"],
    *,
    bandwidth: float,
) -> Float[np.ndarray, "row other"]:
    """Return :math:`e^{-|x - x'|^2 / 2 b^2}`, in [0, 1], of each row with each other."""
    rows, others = rows / bandwidth, others / bandwidth
    exponent = rows @ others.T
    exponent -= (rows**2).sum(axis=1)[:, None] / 2
    exponent -= (others**2).sum(axis=1) / 2
    return np.exp(exponent.clip(max=0.0, out=exponent), out=exponent)


def median_distance(rows: Float[np.ndarray, "row column"]) -> float:
    """Return the median distance between rows that differ; 1 if none do.

    Examples
    --------
    >>> median_distance(np.array([[0.0], [1.0], [3.0], [3.0]]))
    2.0
    """
    distances = pdist(rows)
    return float(np.median(distances[distances > 0])) if distances.any() else 1.0


@dataclass(frozen=True, eq=False)
class Similarities:
    """A view as the similarity of its rows, in standard units, to landmarks, where asked for."""

    view: View
    columns: Int[np.ndarray, " kept"]
    mean: Float[np.ndarray, " kept"]
    scale: Float[np.ndarray, " kept"]
    landmarks: Float[np.ndarray, "landmark kept"]
    kernel: Kernel

    @classmethod
    def of(
        cls, name: str, view: View, rows: Rows, kernel_of: Callable[..., Kernel]
    ) -> Similarities:
        """Return a view, finite and varying, as seen from landmarks; they may shape the kernel."""
        values = take(view, slice(None))
        check_matrix("", **{name: values})
        mean, scale = column_means(values), values.std(axis=0, ddof=min(1, len(values) - 1))
        # As in moments: what is no more than rounding of the mean is no variation.
        columns = np.flatnonzero(scale > 8 * np.finfo(float).eps * np.abs(mean))
        if not len(columns):
            fail("", name, "vary", f"{len(values)} equal rows", "Look where it comes from.")
        mean, scale = mean[columns], scale[columns]
        landmarks = (values[rows][:, columns] - mean) / scale
        return cls(view, columns, mean, scale, landmarks, kernel_of(name, landmarks))

    def __len__(self) -> int:
        return n_rows_of(self.view)

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row landmark"]:
        standard = (take(self.view, rows)[:, self.columns] - self.mean) / self.scale
        return self.kernel(standard, self.landmarks)


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
        largest = among.diagonal().max()
        if largest <= 0:
            fail("", "kernel", "be above 0 for some row with itself", largest, "Change its sign.")
        if (among - among.T).max() > 1e-6 * largest:
            fail("", "kernel", "be symmetric", "one that is not", "Swap its rows and compare.")
        return cls(similarities, whiten(among, np.full(len(among), largest**0.5), ridge=0.0))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features."""
        return len(self.similarities), self.whitening.rank

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row feature"]:
        similar = self.similarities[rows]
        if len(similar) < self.whitening.rank:  # an inverse would cost more than it saves
            return self.whitening.whiten(similar.T).T
        kept = similar[:, self.whitening.columns]
        return blas.dtrmm(1.0, self._inverse, kept.T, lower=1, overwrite_b=1).T

    @cached_property
    def _inverse(self) -> Float[np.ndarray, "feature kept"]:
        """The inverse of L: a triangular product is faster than solving for each row."""
        return lapack.dtrtri(self._factor, lower=1)[0]

    @cached_property
    def _factor(self) -> Float[np.ndarray, "kept feature"]:
        """L, in the units of the kernel."""
        return self.whitening.factor * self.whitening.scale[self.whitening.columns, None]

    def at_hand(self, landmarks: Int[np.ndarray, " landmark"]) -> View:
        """Return the features of all rows, computed once unless they take too much memory.

        Landmarks (their row numbers) that span the features have the rows of L as features.
        """
        if len(landmarks) < len(self) and np.prod(self.shape) > _AT_HAND:
            return self
        features, known = np.empty(self.shape), landmarks[self.whitening.columns]
        features[known] = self._factor
        others = np.setdiff1d(np.arange(len(self)), known)
        if len(others):
            features[others] = self[others]
        return features

    def codes(
        self,
        mean: Float[np.ndarray, " feature"],
        directions: Float[np.ndarray, "feature component"],
    ) -> Codes:
        """Return codes of features, less their mean, as sums of similarities to be read."""
        mean_similarity = np.zeros(len(self.similarities.landmarks))
        mean_similarity[self.whitening.columns] = self._factor @ mean
        weights = self.whitening.directions(directions)
        return Codes(replace(self.similarities, view=None), mean_similarity, weights)
