"""Similarity of rows, and features of rows whose inner products are that similarity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import check_matrix, fail
from jmml_edu.linear.columns import column_means
from jmml_edu.linear.rows import Rows, View, n_rows_of, take
from jmml_edu.linear.whitening import Whitening, whiten

Left = Float[np.ndarray, "left column"]
Right = Float[np.ndarray, "right column"]
Gram = Float[np.ndarray, "left right"]
Kernel = Callable[[Left, Right], Gram]


def linear_kernel(left: Left, right: Right) -> Gram:
    """Return the inner product of each row of one matrix with each row of another."""
    return left @ right.T


def polynomial_kernel(left: Left, right: Right, *, degree: float) -> Gram:
    r"""Return :math:`(1 + \langle x, x' \rangle / p)^d`, for products of up to d of p columns.

    Examples
    --------
    >>> polynomial_kernel(np.array([[1.0, 2.0]]), np.array([[2.0, 1.0]]), degree=2)
    array([[9.]])
    """
    similarity: np.ndarray = (1.0 + left @ right.T / left.shape[1]) ** degree
    return similarity


def rbf_kernel(left: Left, right: Right, *, bandwidth: float) -> Gram:
    r"""Return :math:`\exp(-|x - x'|^2 / 2 h^2)`: 1 for equal rows, 0.61 one bandwidth away.

    Examples
    --------
    >>> rbf_kernel(np.array([[0.0]]), np.array([[0.0], [2.0]]), bandwidth=2.0).round(2)
    array([[1.  , 0.61]])
    """
    similarity = _squared_distances(left, right)
    similarity *= -0.5 / bandwidth**2
    return np.exp(similarity, out=similarity)


def median_distance(rows: Left) -> float:
    """Return the median distance between rows that differ; 1 if none do.

    Examples
    --------
    >>> median_distance(np.array([[0.0], [1.0], [3.0], [3.0]]))
    2.0
    """
    squared = _squared_distances(rows, rows)[np.tri(len(rows), k=-1, dtype=bool)]
    # Rounding leaves equal rows a little apart.
    apart = squared[squared > 1e-12 * squared.max(initial=0.0)]
    return float(np.median(np.sqrt(apart))) if len(apart) else 1.0


def _squared_distances(left: Left, right: Right) -> Gram:
    """Return the squared distance between each row of one matrix and each row of another."""
    squared = left @ right.T
    squared *= -2.0
    squared += (left**2).sum(axis=1)[:, None]
    squared += (right**2).sum(axis=1)
    return np.maximum(squared, 0.0, out=squared)


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
        values = take(view, which)
        return (values[:, self.columns] - self.mean) / self.scale


@dataclass(frozen=True, eq=False)
class LandmarkFeatures:
    r"""A view as features of its rows, computed for the rows that are asked for.

    With :math:`K = L L^\top` the similarities among landmarks, a row that is :math:`k` similar to
    them has the features :math:`L^{-1} k`. Their inner products are the kernel itself between
    landmarks, and its best approximation elsewhere [1]_.

    References
    ----------
    .. [1] C. K. I. Williams, M. Seeger, "Using the Nystroem method to speed up kernel machines",
       NIPS 2000.
    """

    view: View
    standard: Standard
    landmarks: Float[np.ndarray, "landmark kept"]
    kernel: Kernel
    whitening: Whitening

    @classmethod
    def of(
        cls, view: View, standard: Standard, landmarks: Float[np.ndarray, "landmark kept"],
        kernel: Kernel,
    ) -> LandmarkFeatures:  # fmt: skip
        """Return the features that standardised landmarks give the rows of a view."""
        among = kernel(landmarks, landmarks)
        check_matrix("", kernel=among)
        scale = np.full(len(among), np.sqrt(among.diagonal().max().clip(min=0.0)))
        return cls(view, standard, landmarks, kernel, whiten(among, scale, ridge=0.0))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features."""
        return n_rows_of(self.view), self.whitening.rank

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row feature"]:
        similarity = self.kernel(self.landmarks, self.standard.rows(self.view, rows))
        return self.whitening.whiten(similarity).T

    def of_landmarks(
        self, directions: Float[np.ndarray, "feature component"]
    ) -> Float[np.ndarray, "landmark component"]:
        """Return the codes of the landmarks, not centred."""
        weights = self.whitening.directions(directions)
        return self.kernel(self.landmarks, self.landmarks) @ weights
