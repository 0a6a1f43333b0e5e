"""Counts, means and scatter of paired views: all that linear methods need to know of the data.

Rows go in once; out comes a :class:`Moments` that can be added, taken away and drawn again, so that
folds, people, files and workers cost no second reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from scipy.linalg import blas

from jmml_edu._checks import as_told_by, fail
from jmml_edu.views import (
    Rows,
    View,
    check_finite,
    check_pairs,
    group_numbers,
    n_columns,
    n_rows_of,
    take,
)

_FIRST = 256  # rows whose mean all are taken from, before the mean of all is known
_BLOCK_VALUES = 2**18  # 2 MiB: what one core keeps in its second-level cache


@dataclass(frozen=True, eq=False)
class Moments:
    r"""How many pairs there are, where their mean is, and how they scatter about it.

    .. math:: n, \qquad \mu = \tfrac1n \sum_i x_i, \qquad S = \sum_i (x_i - \mu)(x_i - \mu)^\top

    ``count``, ``mean`` and ``scatter`` are :math:`n, \mu, S`, in the units of the columns; of the
    columns :math:`x_i = [\text{eeg}_i ; \text{speech}_i]` the first ``n_eeg`` are EEG. Halves add
    up to the whole, and the whole less one half is the other:

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
    @as_told_by("Moments.of")
    @np.errstate(invalid="ignore", over="ignore")  # what is not finite is told in words
    def of(cls, eeg: View, speech: View, rows: Int[np.ndarray, " row"] | None = None) -> Moments:
        """Return the moments of paired rows, read once in blocks of about 2 MiB.

        ``eeg`` and ``speech`` are row x feature, paired by position: arrays, memory maps, pandas
        frames or torch tensors, summed in float64. ``rows`` numbers those to use; None takes all.
        Raises InputError if they are not matrices of as many rows, or hold NaN, infinity or text.
        """
        eeg, speech = check_pairs("", eeg, speech)
        n_eeg, width = n_columns(eeg), n_columns(eeg) + n_columns(speech)
        at_once, parts = _parts(n_rows_of(eeg), width, rows)
        # Rows about the mean of the first ones, and a column of ones that adds the others up.
        buffer = np.ones((at_once, width + 1))
        products = np.zeros((width + 1, width + 1), order="F")  # lower half: BLAS adds up in place
        reference = np.empty(0)
        for part in parts:
            pieces = take(eeg, part, "eeg"), take(speech, part, "speech")
            reference = reference if len(reference) else _mean_of_first(pieces)
            block = buffer[: len(pieces[0])]
            np.subtract(pieces[0], reference[:n_eeg], out=block[:, :n_eeg])
            np.subtract(pieces[1], reference[n_eeg:], out=block[:, n_eeg:-1])
            products = blas.dsyrk(1.0, block.T, beta=1.0, c=products, lower=1, overwrite_c=1)
        if not np.isfinite(products).all():
            for part in parts:
                check_finite("", part, eeg=take(eeg, part), speech=take(speech, part))
            fail("", "views", "have finite squares", "values beyond 1e150", "Choose a larger unit.")
        sums, count = products[-1].copy(), int(products[-1, -1])
        # About the mean of all. Should the first n of N rows have another mean than the rest, they
        # scatter so much themselves that rounding grows by N / n at most.
        products = blas.dsyr(-1.0 / count, sums, a=products, lower=1, overwrite_a=1)
        return cls(count, reference + sums[:-1] / count, _mirrored(products[:-1, :-1]), n_eeg)

    @classmethod
    @as_told_by("Moments.total")
    def total(cls, parts: Sequence[Moments], weights: Sequence[int] | None = None) -> Moments:
        r"""Return the moments of all parts together, each counted ``weights`` times.

        .. math:: N = \sum_j w_j n_j, \qquad \mu = \tfrac1N \sum_j w_j n_j \mu_j, \qquad
            S = \sum_j w_j \left( S_j + n_j (\mu_j - \mu)(\mu_j - \mu)^\top \right)

        (Chan, Golub, LeVeque, The American Statistician 37, 1983.) A weight of -1 takes a part
        away; resampled weights are a bootstrap of parts. Raises InputError if there is no part,
        parts have different columns, or no pair is left.
        """
        columns = [(part.n_eeg, len(part.mean) - part.n_eeg) for part in parts]
        if len(set(columns)) != 1:
            rule = "be at least one, all of the same columns"
            remedy = "Take moments of the same EEG and speech columns."
            fail("", "parts", rule, columns, remedy)
        repeats = np.ones(len(parts)) if weights is None else np.asarray(weights, dtype=float)
        if len(repeats) != len(parts):
            rule = f"be one for each of the {len(parts)} parts"
            fail("", "weights", rule, len(repeats), "Count each part 1 time to begin with.")
        counts = repeats * [part.count for part in parts]
        count = int(counts.sum())
        if count < 1:
            fail("", "parts", "leave at least one pair", count, "Take away no more than there is.")
        # From the first mean, so that a constant column stays exactly constant.
        first = parts[0].mean
        offsets = np.stack([part.mean - first for part in parts])
        mean = counts @ offsets / count
        apart = offsets - mean
        scatter = (apart * counts[:, None]).T @ apart
        for repeat, part in zip(repeats, parts, strict=True):
            scatter += repeat * part.scatter
        return cls(count, first + mean, scatter, parts[0].n_eeg)

    @classmethod
    def within(cls, parts: Sequence[Moments]) -> Moments:
        """Return the moments of all parts, each centred on its own mean: what varies within people.

        The count stays, so covariances come out slightly small; correlations do not.
        """
        return replace(cls.total(parts), scatter=np.sum([part.scatter for part in parts], axis=0))

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


def moments_by_group(eeg: View, speech: View, groups: ArrayLike) -> list[Moments]:
    """Return the moments of each group (person, session, ...), in the order of their sorted names.

    >>> eeg = speech = np.arange(6.0).reshape(3, 2)
    >>> [part.count for part in moments_by_group(eeg, speech, ["b", "a", "b"])]
    [1, 2]
    """
    eeg, speech = check_pairs("moments_by_group", eeg, speech, groups)
    number = group_numbers("", groups)
    return [Moments.of(eeg, speech, np.flatnonzero(number == one)) for one in np.unique(number)]


def moments_by_fold(
    eeg: View, speech: View, n_folds: int, groups: ArrayLike | None = None
) -> list[Moments]:
    """Return the moments of each fold: runs of neighbouring rows, or whole groups.

    Groups are dealt largest first to the fold with the fewest pairs: nobody is in two folds.
    Raises InputError if there are fewer rows, or groups, than folds.

    >>> [fold.count for fold in moments_by_fold(np.eye(5), np.eye(5), 2)]
    [3, 2]
    """
    eeg, speech = check_pairs("moments_by_fold", eeg, speech, groups)
    number = np.arange(n_rows_of(eeg)) if groups is None else group_numbers("", groups)
    sizes, what = np.bincount(number), "pairs" if groups is None else "groups"
    if not 2 <= n_folds <= len(sizes):
        rule = f"lie between 2 and {len(sizes)}, the number of {what}"
        fail("moments_by_fold", "n_folds", rule, n_folds, "Choose another number of folds.")
    fold = np.sort(number % n_folds)  # runs of neighbours
    if groups is not None:
        fold_of, pairs_of = np.empty_like(sizes), np.zeros(n_folds)
        for group in np.argsort(-sizes, kind="stable"):
            fold_of[group] = pairs_of.argmin()
            pairs_of[fold_of[group]] += sizes[group]
        fold = fold_of[number]
    return [Moments.of(eeg, speech, np.flatnonzero(fold == one)) for one in range(n_folds)]


def _parts(n: int, width: int, rows: Int[np.ndarray, " row"] | None) -> tuple[int, Sequence[Rows]]:
    """Return how many rows are read at once, and which ones each time."""
    if rows is not None:
        if rows.dtype.kind not in "iu" or not len(rows) or rows.min() < 0 or rows.max() >= n:
            rule = f"be numbers from 0 to {n - 1}, at least one"
            fail("", "rows", rule, rows, "np.flatnonzero turns a mask into numbers.")
        n = len(rows)
    # At least as many rows as columns: products of columns then cost more than adding them up.
    at_once = min(n, max(1024, width, _BLOCK_VALUES // width))
    parts = [slice(start, start + at_once) for start in range(0, n, at_once)]
    return at_once, parts if rows is None else [rows[part] for part in parts]


def _mean_of_first(pieces: Sequence[Float[np.ndarray, "row _"]]) -> Float[np.ndarray, " column"]:
    """Return about the mean of each column of all pieces side by side, exact if it is constant."""
    first = [piece[:_FIRST] for piece in pieces]
    return np.concatenate([piece[0] + (piece - piece[0]).mean(axis=0) for piece in first])


def _mirrored(lower: Float[np.ndarray, "column column"]) -> Float[np.ndarray, "column column"]:
    """Return a matrix, its upper half filled from its lower one in blocks that fit a cache."""
    for start in range(0, len(lower), 256):
        here = slice(start, start + 256)
        lower[here, here] += np.tril(lower[here, here], -1).T
        lower[:start, here] = lower[here, :start].T
    return lower
