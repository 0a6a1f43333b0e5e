"""How many components are more than chance: a permutation test that is valid for each of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from scipy.linalg import qr

from jmml_edu._checks import InputWarning, as_told_by, check_at_least, fail
from jmml_edu.columns import column_correlations, column_means
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.solver import check_components, ridge_of_each
from jmml_edu.linear.whitening import whiten_views
from jmml_edu.views import View, check_pairs, group_numbers, n_rows_of, rounding_of, take

Codes = Float[np.ndarray, "row _"]
Members = list[Int[np.ndarray, " _"]]  # the rows of each group

_BLOCK_VALUES = 2**17  # 1 MiB of shuffled codes: several draws at once, still in the cache
_ROUNDING = 1e-9  # statistics closer than this are equal; they are of order 1
_SINGULAR = 1e-12  # added to 1 where all of a variate may be lost


@dataclass(frozen=True, eq=False)
class PermutationTest:
    """What the pairs show, and what they would show if nothing belonged together.

    ``correlations``, in [-1, 1], are those of the codes centred within groups; ``statistics`` what
    is tested, singular values, without a ridge the same; ``null_statistics`` those of each draw,
    with the components before taken out. ``p_values``, in (0, 1], are corrected: they never fall.
    """

    correlations: Float[np.ndarray, " component"]
    statistics: Float[np.ndarray, " component"]
    null_statistics: Float[np.ndarray, "draw component"]
    p_values: Float[np.ndarray, " component"]

    def n_significant(self, alpha: float = 0.05) -> int:
        """Return how many components have p of at most ``alpha``; always the leading ones."""
        return int(np.count_nonzero(self.p_values <= alpha))


def permutation_test(
    eeg: View,
    speech: View,
    *,
    n_components: int | None = None,
    ridge: float | tuple[float, float] = 0.0,
    groups: ArrayLike | None = None,
    draws: int = 999,
    seed: int = 0,
) -> PermutationTest:
    r"""Test each canonical correlation against pairs that are shuffled [1]_.

    Both views are whitened once and turned into all canonical variates :math:`U, V`. To test
    component :math:`k`, those from :math:`k` on are shuffled (:math:`P`), freed from the earlier
    ones :math:`R_k` of both views, and whitened again; the largest correlation left is compared:

    .. math:: t_k = \sigma_1\!\left(U_k^\top P V_k \,(I - C^\top C)^{-1/2}\right),
        \quad C = R_k^\top P V_k, \qquad
        p_k = \max_{j \le k} \frac{1 + \#\{t_j \ge \rho_j\}}{1 + \text{draws}}

    Parameters
    ----------
    eeg, speech, ridge
        As for :class:`~jmml_edu.linear.CCA`; no ``"cv"``.
    n_components
        How many components to test, the strongest; None for all.
    groups
        Who or what each row comes from. Rows are then centred and shuffled within groups: what is
        tested is whether *trials* of a person belong together.
    draws, seed
        Number of permutations, at least 1 (p is at least ``1 / (1 + draws)``); what decides them.

    Raises
    ------
    InputError
        If the views are not paired, hold NaN, have too few directions, or no group has two rows.

    Notes
    -----
    Rows that are shuffled must be exchangeable. Windows of one recording are not, whatever the
    groups: of slow signals (correlation 0.9 from one of 40 windows to the next, 6 people) 9 in 10
    look significant; average each recording first. Nor are trials of several people without
    ``groups``; to ask whether *people* belong together, pass one averaged row of each.

    The first p is exact, later ones approximate; few pairs for the columns make every p 1, with a
    warning. With a ridge :math:`C^\top C` is as expected, ``2 (k - 1) / (pairs - 1)``, and p is too
    large where pairs are few; one chosen on the same pairs flatters them. Freeing again, as [2]_ in
    regression, keeps p from being too small; [1]_ frees once, in raw units, and tests Wilks' sum of
    logarithms. The largest root finds one strong component among many columns more often.

    References
    ----------
    .. [1] A. M. Winkler et al., NeuroImage 220, 2020. https://arxiv.org/abs/2002.10046
    .. [2] D. Freedman, D. Lane, Journal of Business and Economic Statistics 1, 1983.

    Examples
    --------
    The views share one column; no shuffled pairs come near its correlation:

    >>> eeg, speech = np.random.default_rng(0).normal(size=(2, 100, 2))
    >>> speech[:, 0] = eeg[:, 0]
    >>> permutation_test(eeg, speech, draws=99).n_significant()
    1
    """
    with as_told_by("permutation_test"):
        eeg, speech = check_pairs("", eeg, speech, groups)
        ridges = ridge_of_each(ridge)
        check_at_least("", 1, draws=draws)
        members = _members(n_rows_of(eeg), groups)
        left, right = _canonical_variates(eeg, speech, members, ridges)
        most = left.shape[1], right.shape[1], len(left) - len(members)
        tested = min(most) if n_components is None else n_components
        check_components("", tested, *most)
    white = ridges == (0, 0)
    if white and most[0] + most[1] > most[2]:
        warnings.warn(
            f"permutation_test: {most[0]} and {most[1]} independent columns are too many for"
            f" {most[2]} degrees of freedom: the first correlation is 1 for any data, and every p"
            " is 1. Use a ridge such as 0.1, or bring more pairs or fewer columns.",
            InputWarning, stacklevel=2,
        )  # fmt: skip
    null = _null_statistics(left, right, members, shape=(draws, tested), white=white, seed=seed)
    left, right = left[:, :tested], right[:, :tested]
    statistics = (left * right).sum(axis=0)
    p_values = (1 + (null >= statistics - _ROUNDING).sum(axis=0)) / (1 + draws)
    correlations = column_correlations(left, right)
    return PermutationTest(correlations, statistics, null, np.maximum.accumulate(p_values))


def _members(n_rows: int, groups: ArrayLike | None) -> Members:
    """Return the rows of each group; all rows are one group where none are named."""
    number = np.zeros(n_rows, dtype=int) if groups is None else group_numbers("", groups)
    n_groups = int(number.max()) + 1
    if n_groups == n_rows:
        fail(
            "", "groups", "hold two pairs or more of someone",
            f"{n_rows} groups of one", "Name people rather than trials, or leave groups out.",
        )  # fmt: skip
    return [np.flatnonzero(number == which) for which in range(n_groups)]


def _canonical_variates(
    eeg: View, speech: View, members: Members, ridges: tuple[float, float]
) -> tuple[Codes, Codes]:
    """Return all variates of both views, divided by sqrt(rows - 1), those without partner last."""
    moments = Moments.within([Moments.of(eeg, speech, rows) for rows in members])
    whitenings, codes = whiten_views(moments, ridge=ridges), []
    for view, whitening, ridge in zip((eeg, speech), whitenings, ridges, strict=True):
        values, root = take(view, slice(None)), np.sqrt(n_rows_of(view) - 1)
        centred = values.copy()
        for rows in members:
            centred[rows] -= column_means(centred[rows])
        if ridge:
            codes.append(centred @ whitening.directions(np.eye(whitening.rank)) / root)
        else:  # columns that nearly depend on each other need more than their covariance
            varying = np.flatnonzero(whitening.scale)
            scale = whitening.scale[varying]
            basis, triangle, order = qr(centred[:, varying] / scale, mode="economic", pivoting=True)
            own = np.abs(triangle.diagonal()) / root
            size = (np.abs(values[:, varying]).max(axis=0) / scale)[order[: len(own)]]
            codes.append(basis[:, own > np.maximum(16 * rounding_of(view) * size, 1e-10)])
    turn_left, _, turn_right = np.linalg.svd(codes[0].T @ codes[1])
    return codes[0] @ turn_left, codes[1] @ turn_right.T


def _null_statistics(
    left: Codes, right: Codes, members: Members, *, shape: tuple[int, int], white: bool, seed: int
) -> Float[np.ndarray, "draw component"]:
    """Return the statistic of each component for each random draw."""
    wide, narrow = (left, right) if left.shape[1] >= right.shape[1] else (right, left)
    first, second = wide[:, : shape[1]], narrow[:, : shape[1]]
    rho = (first * second).sum(axis=0)
    # With the first an orthonormal basis of both; almost 0 where both are the same.
    second = (second - rho * first) / np.sqrt(np.maximum(1 - rho**2, _ROUNDING))
    dof, one, rng = len(left) - len(members), np.eye(narrow.shape[1]), np.random.default_rng(seed)
    null, at_once = np.empty(shape), max(1, _BLOCK_VALUES // narrow.size)
    for start in range(0, shape[0], at_once):
        block = null[start : start + at_once]
        order = np.empty((len(block), len(narrow)), dtype=int)
        for rows in members:  # each group on its own places
            order[:, rows] = rng.permuted(np.tile(rows, (len(block), 1)), axis=1)
        shuffled = narrow[order]
        products, partners = wide.T @ shuffled, second.T @ shuffled
        for k in range(shape[1]):
            spilled = np.concatenate([products[:, :k, k:], partners[:, :k, k:]], axis=1)
            lost = spilled.mT @ spilled if white else min(2 * k / dof, 1.0) * one[None, k:, k:]
            kept = (1 + _SINGULAR) * one[k:, k:] - lost
            rest = np.linalg.solve(np.linalg.cholesky(kept), products[:, k:, k:].mT)
            block[:, k] = np.sqrt(np.linalg.eigvalsh(rest @ rest.mT)[:, -1].clip(min=0.0))
    return null
