"""Values that are not there: which rows are whole, how to scale them, how to fill single gaps.

A row of NaN is a missing recording and stays missing. A row with some NaN has lost single columns
(an electrode that fell off), which the others can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu._checks import fail
from jmml_edu.columns import column_means

Matrix = Float[np.ndarray, "row _"]
_RIDGE = 0.01  # of unit variances: columns that nearly depend on others must not be blown up


def has_all(values: Matrix) -> Bool[np.ndarray, " row"]:
    """Return which rows hold no NaN."""
    there: np.ndarray = np.isfinite(values).all(axis=1)
    return there


def has_some(values: Matrix) -> Bool[np.ndarray, " row"]:
    """Return which rows hold at least one number."""
    there: np.ndarray = np.isfinite(values).any(axis=1)
    return there


@dataclass(frozen=True)
class Scaler:
    """Means and standard deviations of training columns."""

    mean: Float[np.ndarray, " column"]
    scale: Float[np.ndarray, " column"]

    @classmethod
    def of(cls, values: Matrix) -> Scaler:
        """Return the scaler of the rows without NaN; constant columns are left alone."""
        rows = values[has_all(values)]
        mean = column_means(rows)
        scale = np.sqrt(((rows - mean) ** 2).mean(axis=0))
        return cls(mean, np.where(scale > 0, scale, 1.0))

    def apply(self, values: Matrix) -> Matrix:
        """Return the standardised columns."""
        return (values - self.mean) / self.scale


@dataclass(frozen=True)
class GapFiller:
    r"""Fills single missing columns with their best linear guess from those that are there.

    For a row with the columns :math:`o` there and :math:`m` missing, in standardised units,

    .. math:: \hat x_m = \Sigma_{mo} (\Sigma_{oo} + r I)^{-1} x_o

    which is the conditional mean where columns are jointly Gaussian.

    Examples
    --------
    The second column is always twice the first; a ridge of 0.01 keeps it a little short:

    >>> known = np.array([[-1.0, -2.0], [0.0, 0.0], [1.0, 2.0]])
    >>> GapFiller.of(known).fill(np.array([[0.5, np.nan]])).round(2).tolist()
    [[0.5, 0.99]]
    """

    scaler: Scaler
    correlation: Float[np.ndarray, "column column"]

    @classmethod
    def of(cls, values: Matrix) -> GapFiller:
        """Return the filler that whole rows teach.

        Raises
        ------
        InputError
            If fewer than two rows are whole.
        """
        whole = values[has_all(values)]
        if len(whole) < 2:
            fail(
                "GapFiller.of", "values", "hold at least two rows without NaN", len(whole),
                "Leave out the column that is never there.",
            )  # fmt: skip
        scaler = Scaler.of(whole)
        standard = scaler.apply(whole)
        return cls(scaler, standard.T @ standard / len(standard))

    def fill(self, values: Matrix) -> Matrix:
        """Return the rows without single gaps; rows of NaN stay so, whole rows stay as they are."""
        filled = values.copy()
        torn = has_some(values) & ~has_all(values)
        torn_rows = np.flatnonzero(torn)
        patterns, members = np.unique(np.isnan(values[torn]), axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            rows = torn_rows[members == number]
            there = ~pattern
            within = self.correlation[np.ix_(there, there)] + _RIDGE * np.eye(there.sum())
            told = np.linalg.solve(within, self.correlation[np.ix_(there, pattern)])
            standard = self.scaler.apply(values[rows])
            guess = standard[:, there] @ told
            filled[np.ix_(rows, pattern)] = (
                guess * self.scaler.scale[pattern] + self.scaler.mean[pattern]
            )
        return filled
