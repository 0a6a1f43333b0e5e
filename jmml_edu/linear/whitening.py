"""Whitening one view: new coordinates in which its covariance, shrunken or not, is the identity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import lapack, solve_triangular

from jmml_edu.linear.moments import Moments


@dataclass(frozen=True, eq=False)
class Whitening:
    r"""A change of coordinates :math:`W` in which one view has the identity as its covariance.

    .. math::

        W^\top C\, W = I, \qquad
        C = (1 - \tau)\, D^{-1} \Sigma D^{-1} + \tau I = L L^\top, \qquad W = D^{-1} L^{-\top}

    Attributes
    ----------
    columns
        The columns that span the view, in the order of pivoting; constant columns and
        combinations of other columns are not among them.
    factor
        Lower Cholesky factor :math:`L` over these columns.
    scale
        Diagonal of :math:`D` for every column of the view.
    """

    columns: Int[np.ndarray, " kept"]
    factor: Float[np.ndarray, "kept kept"]
    scale: Float[np.ndarray, " column"]

    @property
    def rank(self) -> int:
        """How many directions the view has."""
        return len(self.columns)

    @property
    def smallest(self) -> float:
        """The least part of a varying column's variance that columns before it do not explain."""
        if self.rank < np.count_nonzero(self.scale):
            return 0.0
        return float(self.factor.diagonal().min(initial=1.0) ** 2)

    def whiten(self, cross: Float[np.ndarray, "column other"]) -> Float[np.ndarray, "kept other"]:
        """Return :math:`W^T` times a matrix that has the view's columns as rows."""
        scaled = cross[self.columns] / self.scale[self.columns, None]
        return solve_triangular(self.factor, scaled, lower=True, check_finite=False)

    def directions(
        self, rotation: Float[np.ndarray, "kept component"]
    ) -> Float[np.ndarray, "column component"]:
        """Return :math:`W` times a rotation; columns that are not kept have weight 0."""
        found = np.zeros((len(self.scale), rotation.shape[1]))
        weights = solve_triangular(self.factor, rotation, lower=True, trans=1, check_finite=False)
        found[self.columns] = weights / self.scale[self.columns, None]
        return found


def whiten(
    covariance: Float[np.ndarray, "column column"],
    scale: Float[np.ndarray, " column"],
    *,
    ridge: float,
) -> Whitening:
    """Return the whitening of one view by Cholesky with pivoting, which reveals the rank.

    Parameters
    ----------
    covariance
        Of the view's columns.
    scale
        What to divide each column by, at least 0: its standard deviation makes the result free
        of units. Columns of scale 0 are left out.
    ridge
        Fraction of the scaled variance added to it; 0 to infinity.
    """
    varying = np.flatnonzero(scale > 0)
    shrinkage = 1.0 if np.isinf(ridge) else ridge / (1.0 + ridge)
    within = covariance[np.ix_(varying, varying)] / np.outer(scale[varying], scale[varying])
    within *= 1.0 - shrinkage
    within[np.diag_indices_from(within)] += shrinkage
    if not len(varying):
        return Whitening(varying, within, scale)
    # What remains of a dependent column is rounding noise of about this size.
    noise = 10 * len(varying) * np.finfo(float).eps
    factor, pivots, rank, _ = lapack.dpstrf(within, tol=noise, lower=1)
    return Whitening(varying[pivots[:rank] - 1], np.tril(factor[:rank, :rank]), scale)


def whiten_views(
    moments: Moments, *, ridge: tuple[float, float], by_view: bool = False
) -> tuple[Whitening, Whitening]:
    """Return the whitening of EEG and of speech, scaled column by column or each as a whole.

    Columns are scaled to unit variance; with ``by_view`` all columns of a view, features of a
    kernel, are divided by the root of their total variance.
    """
    eeg, speech = (
        whiten(covariance, np.full_like(scale, covariance.trace() ** 0.5) if by_view else scale,
               ridge=one_ridge)
        for covariance, scale, one_ridge in (
            (moments.covariance[view, view], moments.scale[view], one_ridge)
            for view, one_ridge in zip((moments.eeg, moments.speech), ridge, strict=True)
        )
    )  # fmt: skip
    return eeg, speech
