"""Counts, means and scatter of paired views: all that linear methods need to know of the data.

Rows go in once, block by block; out comes a :class:`Moments` that can be added to others, taken
from others and drawn again, so that folds, people, files and workers cost no second reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from jmml_edu._checks import as_told_by, fail
from jmml_edu.columns import column_means
from jmml_edu.views import (
    View,
    check_finite,
    check_pairs,
    group_numbers,
    n_columns,
    n_rows_of,
    take,
)

_BLOCK_VALUES = 2**18  # 2 MiB: what one core keeps in its second-level cache


@dataclass(frozen=True, eq=False)
class Moments:
    r"""How many pairs there are, where their mean is, and how they scatter about it.

    .. math::

        n, \qquad \mu = \tfrac1n \sum_i x_i, \qquad S = \sum_i (x_i - \mu)(x_i - \mu)^\top,
        \qquad x_i = [\text{eeg}_i ; \text{speech}_i]

    Attributes
    ----------
    count
        Number of pairs :math:`n`.
    mean
        Column means, the EEG columns before the speech columns.
    scatter
        Centred cross-products :math:`S`; divided by ``count - 1`` they are covariances.
    n_eeg
        How many of the columns are EEG.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance:
       analysis and recommendations", The American Statistician 37, 1983.

    Examples
    --------
    Two halves add up to the whole, and the whole less one half is the other:

    >>> eeg, speech = np.array([[0.0], [2.0], [4.0], [6.0]]), np.array([[1.0], [1.0], [3.0], [3.0]])
    >>> first, second = Moments.of(eeg[:2], speech[:2]), Moments.of(eeg[2:], speech[2:])
    >>> (first + second).scatter
    array([[20.,  8.],
           [ 8.,  4.]])
    >>> (first + second - second).mean
    array([1., 1.])
    """

    count: int
    mean: Float[np.ndarray, " column"]
    scatter: Float[np.ndarray, "column column"]
    n_eeg: int

    @classmethod
    def of(cls, eeg: View, speech: View, rows: Int[np.ndarray, " row"] | None = None) -> Moments:
        """Return the moments of paired rows, read once in blocks of about 2 MiB.

        Parameters
        ----------
        eeg, speech
            Row x feature; numpy arrays, memory maps, pandas frames or torch tensors. Row ``i`` of
            one belongs to row ``i`` of the other. Summed in float64 whatever they are.
        rows
            Numbers of the rows to use; None for all.

        Raises
        ------
        InputError
            If the views are not matrices of as many rows, or hold NaN, infinity or text.
        """
        # What is not finite is told in words.
        with as_told_by("Moments.of"), np.errstate(invalid="ignore", over="ignore"):
            return cls._read(*check_pairs("", eeg, speech), rows)

    @classmethod
    def _read(cls, eeg: View, speech: View, rows: Int[np.ndarray, " row"] | None) -> Moments:
        """Return the moments of checked views."""
        n_eeg, width = n_columns(eeg), n_columns(eeg) + n_columns(speech)
        n_rows = n_rows_of(eeg) if rows is None else _count_rows(rows, n_rows_of(eeg))
        # Blocks at least as long as wide: products of columns then cost more than adding them up.
        at_once = min(n_rows, max(1024, width, _BLOCK_VALUES // width))
        buffer, mean, scatter = np.empty((at_once, width)), np.zeros(width), np.zeros((0, 0))
        for start in range(0, n_rows, at_once):
            stop = min(start + at_once, n_rows)
            here = slice(start, stop) if rows is None else rows[start:stop]
            pieces = take(eeg, here, "eeg"), take(speech, here, "speech")
            if start == 0:
                mean = np.concatenate([column_means(piece) for piece in pieces])
            block = buffer[: stop - start]
            np.subtract(pieces[0], mean[:n_eeg], out=block[:, :n_eeg])
            np.subtract(pieces[1], mean[n_eeg:], out=block[:, n_eeg:])
            total = np.ones(len(block)) @ block
            if not np.isfinite(total).all():
                check_finite("", here, eeg=pieces[0], speech=pieces[1])
            if start == 0:
                scatter = block.T @ block
                continue
            # About the mean so far; the rank-one term moves the scatter to the mean of all.
            scatter += block.T @ block
            scatter -= np.outer(total, total / stop)
            mean = mean + total / stop
        if not np.isfinite(scatter).all():
            fail(
                "", "views", "have finite squares", "values beyond 1e150",
                "Choose a larger unit.",
            )  # fmt: skip
        return cls(n_rows, mean, scatter, n_eeg)

    @classmethod
    def total(cls, parts: Sequence[Moments], weights: Sequence[int] | None = None) -> Moments:
        r"""Return the moments of all parts together, each counted ``weights`` times.

        A weight of -1 takes a part away from the others; resampled weights are a bootstrap of
        parts. With :math:`N = \sum_j w_j n_j`:

        .. math::

            \mu = \tfrac1N \sum_j w_j n_j \mu_j, \qquad
            S = \sum_j w_j \left( S_j + n_j (\mu_j - \mu)(\mu_j - \mu)^\top \right)

        Raises
        ------
        InputError
            If there is no part, parts have different columns, or no pair is left.
        """
        if not parts or len({(part.n_eeg, len(part.mean)) for part in parts}) > 1:
            fail(
                "Moments.total", "parts", "be at least one, all of the same columns",
                [(part.n_eeg, len(part.mean) - part.n_eeg) for part in parts],
                "Take moments of the same EEG and speech columns.",
            )  # fmt: skip
        repeats = np.ones(len(parts)) if weights is None else np.asarray(weights, dtype=float)
        if len(repeats) != len(parts):
            fail(
                "Moments.total", "weights", f"be one for each of the {len(parts)} parts",
                len(repeats), "Count each part 1 time to begin with.",
            )  # fmt: skip
        counts = repeats * [part.count for part in parts]
        if counts.sum() < 1:
            fail(
                "Moments.total", "parts", "leave at least one pair", int(counts.sum()),
                "Take away no more than there is.",
            )  # fmt: skip
        # From the first mean, so that a constant column stays exactly constant.
        first = parts[0].mean
        offsets = np.stack([part.mean - first for part in parts])
        mean = counts @ offsets / counts.sum()
        apart = offsets - mean
        scatter = (apart * counts[:, None]).T @ apart
        for repeat, part in zip(repeats, parts, strict=True):
            if repeat:
                scatter += repeat * part.scatter
        return cls(int(counts.sum()), first + mean, scatter, parts[0].n_eeg)

    @classmethod
    def within(cls, parts: Sequence[Moments]) -> Moments:
        """Return the moments of all parts with each part centred on its own mean.

        What differs *between* parts (people, say) is left out of the scatter. The count stays, so
        covariances come out slightly small; correlations do not.
        """
        pooled = cls.total(parts)
        return replace(pooled, scatter=np.sum([part.scatter for part in parts], axis=0))

    def __add__(self, other: Moments) -> Moments:
        return Moments.total([self, other])

    def __sub__(self, other: Moments) -> Moments:
        return Moments.total([self, other], [1, -1])

    @property
    def eeg(self) -> slice:
        """The EEG columns."""
        return slice(self.n_eeg)

    @property
    def speech(self) -> slice:
        """The speech columns."""
        return slice(self.n_eeg, None)

    @cached_property
    def covariance(self) -> Float[np.ndarray, "column column"]:
        """Covariance of all columns, divided by the count less one (0 for a single pair)."""
        return self.scatter / max(self.count - 1, 1)

    @cached_property
    def scale(self) -> Float[np.ndarray, " column"]:
        """Standard deviation of each column; 0 where it is no more than rounding of the mean."""
        deviations = np.sqrt(self.covariance.diagonal().clip(min=0.0))
        rounding = 8 * np.finfo(float).eps * np.abs(self.mean)
        return np.where(deviations > rounding, deviations, 0.0)


def _count_rows(rows: Int[np.ndarray, " row"], n_rows: int) -> int:
    """Return how many row numbers there are; raise unless each names a row."""
    if rows.dtype.kind not in "iu" or not len(rows) or rows.min() < 0 or rows.max() >= n_rows:
        fail(
            "", "rows", f"be numbers from 0 to {n_rows - 1}, at least one", rows,
            "np.flatnonzero turns a mask into numbers.",
        )  # fmt: skip
    return len(rows)


def moments_by_group(eeg: View, speech: View, groups: ArrayLike) -> list[Moments]:
    """Return the moments of each group (person, session, ...), in the order of their sorted names.

    Examples
    --------
    >>> eeg = speech = np.arange(6.0).reshape(3, 2)
    >>> [part.count for part in moments_by_group(eeg, speech, ["b", "a", "b"])]
    [1, 2]
    """
    eeg, speech = check_pairs("moments_by_group", eeg, speech, groups)
    number = group_numbers("moments_by_group", groups)
    rows_of = (np.flatnonzero(number == which) for which in range(number.max() + 1))
    return [Moments.of(eeg, speech, rows) for rows in rows_of]


def moments_by_fold(
    eeg: View, speech: View, n_folds: int, groups: ArrayLike | None = None
) -> list[Moments]:
    """Return the moments of each fold: runs of neighbouring rows, or whole groups.

    Groups are dealt largest first to the fold that has the fewest pairs, so that no person is
    in two folds.

    Raises
    ------
    InputError
        If there are fewer rows, or groups, than folds.
    """
    eeg, speech = check_pairs("moments_by_fold", eeg, speech, groups)
    units = n_rows_of(eeg) if groups is None else group_numbers("", groups).max() + 1
    if not 2 <= n_folds <= units:
        fail(
            "moments_by_fold", "n_folds", f"lie between 2 and {units}, the number of "
            + ("pairs" if groups is None else "groups"), n_folds, "Choose another number of folds.",
        )  # fmt: skip
    if groups is None:
        runs = np.array_split(np.arange(units), n_folds)
        return [Moments.of(eeg, speech, run) for run in runs]
    folds: list[list[Moments]] = [[] for _ in range(n_folds)]
    parts = moments_by_group(eeg, speech, groups)
    for part in sorted(parts, key=lambda part: -part.count):
        min(folds, key=lambda fold: sum(one.count for one in fold)).append(part)
    return [Moments.total(fold) for fold in folds]
