"""Whitening one view: new coordinates in which its covariance, shrunken or not, is the identity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import lapack, solve_triangular

from jmml_edu.linear.moments import Moments

_SAFE = 0.01  # where as much of each column is its own, there is no doubt about the rank


@dataclass(frozen=True, eq=False)
class Whitening:
    r"""A change of coordinates :math:`W` in which one view has the identity as its covariance.

    .. math:: W^\top C\, W = I, \quad W = D^{-1} L^{-\top}, \qquad
        C = (1 - \tau)\, \Sigma + \tau D^2 = D L L^\top D, \quad \tau = \frac{r}{1 + r}

    ``columns`` span the view, in the order of the factor: neither constant ones nor combinations of
    others are among them. ``factor`` is the lower Cholesky factor :math:`L` over these columns,
    ``scale`` the diagonal of :math:`D` for every column of the view.
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
        all_kept = self.rank == np.count_nonzero(self.scale)
        return float(self.factor.diagonal().min(initial=1.0) ** 2) if all_kept else 0.0

    def whiten(self, cross: Float[np.ndarray, "column other"]) -> Float[np.ndarray, "kept other"]:
        """Return :math:`W^T` times a matrix that has the view's columns as rows."""
        scaled = cross[self.columns] / self.scale[self.columns, None]
        return solve_triangular(self.factor, scaled, lower=True, check_finite=False)

    def directions(self, rotation: Float[np.ndarray, "kept k"]) -> Float[np.ndarray, "column k"]:
        """Return :math:`W` times a rotation; columns that are not kept have weight 0."""
        found = np.zeros((len(self.scale), rotation.shape[1]))
        weights = solve_triangular(self.factor, rotation, lower=True, trans=1, check_finite=False)
        found[self.columns] = weights / self.scale[self.columns, None]
        return found


def whiten(
    covariance: Float[np.ndarray, "p p"], scale: Float[np.ndarray, " p"], *, ridge: float
) -> Whitening:
    """Return the whitening of one view by Cholesky, where needed with pivoting, which reveals rank.

    Standard deviations as the scale make it free of units; columns of scale 0 are left out. The
    ridge, 0 to infinity, is the fraction of the scaled variance that is added to it.
    """
    varying = np.flatnonzero(scale > 0)
    shrinkage = 1.0 if np.isinf(ridge) else ridge / (1.0 + ridge)
    within = covariance if len(varying) == len(scale) else covariance[np.ix_(varying, varying)]
    within = within / scale[varying]
    within *= (1.0 - shrinkage) / scale[varying, None]
    within[np.diag_indices_from(within)] += shrinkage
    within = within if within.flags.f_contiguous else within.T  # symmetric, and LAPACK's order
    plain, failed = lapack.dpotrf(within, lower=1)  # three times as fast as pivoting
    if not failed and (plain.diagonal() ** 2 > _SAFE * within.diagonal()).all():
        return Whitening(varying, plain, scale)
    noise = 10 * len(varying) * np.finfo(float).eps  # about what remains of a dependent column
    factor, pivots, rank, _ = lapack.dpstrf(within, tol=noise, lower=1)
    lower = np.triu(factor[:rank, :rank].T).T  # in the order of memory
    return Whitening(varying[pivots[:rank] - 1], lower, scale)


def whiten_views(
    moments: Moments, *, ridge: tuple[float, float], by_view: bool = False
) -> tuple[Whitening, Whitening]:
    """Return the whitening of EEG and of speech; ``by_view`` scales not columns but whole views."""
    whitenings = []
    for view, one_ridge in zip((moments.eeg, moments.speech), ridge, strict=True):
        covariance, scale = moments.covariance[view, view], moments.scale[view]
        if by_view:
            scale = np.full_like(scale, covariance.trace() ** 0.5)
        whitenings.append(whiten(covariance, scale, ridge=one_ridge))
    return whitenings[0], whitenings[1]
