"""Mean and correlation of single columns, exact where a column is constant."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def column_means(values: Float[np.ndarray, "row column"]) -> Float[np.ndarray, " column"]:
    """Return the mean of each column, exact where the column is constant.

    A rounded mean would leave a constant column a spread of 1e-17 that scaling then makes 1.

    Examples
    --------
    >>> float(column_means(np.full((50, 1), 0.1))[0])
    0.1
    """
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite stays so, quietly
        means: np.ndarray = values[0] + (values - values[0]).mean(axis=0)
    return means


def column_correlations(
    left: Float[np.ndarray, "row column"], right: Float[np.ndarray, "row column"]
) -> Float[np.ndarray, " column"]:
    """Return Pearson's correlation of each column of one matrix with its twin, in [-1, 1].

    A constant column has correlation 0.

    Examples
    --------
    >>> x = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    >>> column_correlations(x, -x)
    array([-1.,  0.])
    """
    left, right = _deviations(left), _deviations(right)
    norms = np.sqrt((left**2).sum(axis=0) * (right**2).sum(axis=0))
    return (left * right).sum(axis=0) / np.where(norms > 0, norms, 1.0)


def _deviations(values: Float[np.ndarray, "row column"]) -> Float[np.ndarray, "row column"]:
    """Return centred columns over their largest deviation; 0 where that is rounding of the values.

    Squares of the deviations then neither overflow nor vanish.
    """
    centred = values - column_means(values)
    largest = np.abs(centred).max(axis=0)
    rounding = 1024 * np.finfo(values.dtype).eps * np.abs(values).max(axis=0)
    return centred / np.where(largest > rounding, largest, np.inf)
