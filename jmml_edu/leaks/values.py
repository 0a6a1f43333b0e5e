"""Rows of values that are the same, or the same up to rounding, on both sides of a split."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from jmml_edu.missing import Matrix, has_all

TOLERANCE = 1e-3
"""Rows that differ by less in every column, in units of its usual spread, are the same."""

MOST_BY_CHANCE = 0.01
"""With so few columns that more pairs of rows would agree by chance, none are called the same."""

_PROJECTIONS = 4


def contents(values: Matrix) -> np.ndarray:
    """Return a name for what each row holds: equal rows have equal names.

    Rows with a gap have no name, nor has any row where no column varies.

    Examples
    --------
    >>> contents(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]])).tolist()
    ['values of row 0', 'values of row 1', 'values of row 0']
    """
    names = np.full(len(values), "", dtype=object)
    whole = np.flatnonzero(has_all(values))
    # Adding 0 turns -0 into 0: both are the same number, but not the same bytes.
    _, first, content = np.unique(
        values[whole] + 0.0, axis=0, return_index=True, return_inverse=True
    )
    if len(first) > 1:
        names[whole] = [f"values of row {row}" for row in whole[first[content.ravel()]]]
    return names


def near_twins(
    values: Matrix, train: Int[np.ndarray, " train_row"], test: Int[np.ndarray, " test_row"]
) -> tuple[Int[np.ndarray, " twin"], Int[np.ndarray, " twin"]]:
    """Return training and test rows, paired, that are the same up to rounding but not equal.

    Units and offsets of the columns do not matter. Rows with a gap are not compared.
    """
    there = has_all(values)
    train, test = train[there[train]], test[there[test]]
    if not len(train) or not len(test):
        return train[:0], test[:0]
    standard = _in_usual_spreads(values, np.concatenate([train, test]))
    by_chance = len(train) * len(test) * TOLERANCE ** standard.shape[1]
    if by_chance > MOST_BY_CHANCE:
        return train[:0], test[:0]
    old, new = _candidates(standard[train], standard[test])
    old, new = train[old], test[new]
    gaps = np.abs(standard[old] - standard[new]).max(axis=1, initial=0.0)
    same = (gaps <= TOLERANCE) & (values[old] != values[new]).any(axis=1)
    return old[same], new[same]


def _in_usual_spreads(
    values: Matrix, rows: Int[np.ndarray, " compared"]
) -> Float[np.ndarray, "row varying"]:
    """Return the varying columns in units of their median deviation, which no outlier moves."""
    deviations = np.abs(values - np.median(values[rows], axis=0))
    usual = np.median(deviations[rows], axis=0)
    # More than half of the rows have the same value: the spread of the others has to do.
    spread = np.where(usual > 0, usual, deviations[rows].mean(axis=0))
    varying = spread > 0
    return (values[:, varying] - np.median(values[rows], axis=0)[varying]) / spread[varying]


def _candidates(
    train: Float[np.ndarray, "train_row column"], test: Float[np.ndarray, "test_row column"]
) -> tuple[Int[np.ndarray, " candidate"], Int[np.ndarray, " candidate"]]:
    """Return positions of rows whose random projections agree: all twins are among them.

    The weights of a projection add up to 1 in size, so no projection of a difference is larger
    than its largest column.
    """
    from scipy.spatial import cKDTree

    weights = np.random.default_rng(0).standard_normal((train.shape[1], _PROJECTIONS))
    weights /= np.abs(weights).sum(axis=0)
    tree = cKDTree(train @ weights)
    near = tree.query_ball_point(test @ weights, r=TOLERANCE, p=np.inf)
    old = np.array([row for rows in near for row in rows], dtype=int)
    return old, np.repeat(np.arange(len(test)), [len(rows) for rows in near])
