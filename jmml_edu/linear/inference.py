"""How many components are more than chance: a permutation test that is valid for each of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from jmml_edu._checks import InputWarning, as_told_by, check_at_least, fail
from jmml_edu.linear.columns import column_correlations, column_means
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.rows import View, check_pairs, n_rows_of, take
from jmml_edu.linear.solver import check_components, ridge_of_each
from jmml_edu.linear.whitening import Whitening, whiten_views

Codes = Float[np.ndarray, "row _"]
Members = list[Int[np.ndarray, " _"]]

_BLOCK_VALUES = 2**17  # 1 MiB of shuffled codes: several draws at once, still in the cache
_ROUNDING = 1e-9  # statistics closer than this are equal; they are of order 1
_SINGULAR = 1e-12  # added to 1 where all of a variate may be lost


@dataclass(frozen=True, eq=False)
class PermutationTest:
    """What the pairs show, and what they would show if nothing belonged together.

    Attributes
    ----------
    correlations
        Of each pair of codes on the data, in [-1, 1]; centred within groups where there are any.
    statistics
        What is tested: singular values, which are the correlations unless there is a ridge.
    null_statistics
        The same of each random draw, with the components before taken out.
    p_values
        Corrected for testing one component after the other: they never fall, in (0, 1].
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
    r"""Test each canonical correlation against pairs that are shuffled.

    Shuffling the rows of one view changes no covariance within the views. So they are whitened
    once and turned into all canonical variates :math:`U, V` (some of the larger view have no
    partner). To test component :math:`k`, those from :math:`k` on are shuffled (:math:`P`), freed
    from the earlier ones :math:`R_k` of both views, as they were before, and whitened again; the
    largest correlation that is left is compared [1]_:

    .. math::

        t_k = \sigma_1\!\left(U_k^\top P V_k \,(I - C^\top C)^{-1/2}\right),
        \quad C = R_k^\top P V_k, \qquad
        p_k = \max_{j \le k} \frac{1 + \#\{t_j \ge \rho_j\}}{1 + \text{draws}}

    Parameters
    ----------
    eeg, speech
        Row x feature; row ``i`` of one belongs to row ``i`` of the other.
    n_components
        How many components to test, the strongest; None for all.
    ridge
        Of both views, or of EEG and of speech: a fraction of each column's variance, 0 to infinity.
    groups
        Who or what each row comes from. Rows are then centred and shuffled within groups: what is
        tested is whether *trials* of a person belong together.
    draws
        Number of random permutations, at least 1; p is at least ``1 / (1 + draws)``.
    seed
        Decides the draws.

    Raises
    ------
    InputError
        If the views are not paired, hold NaN, or have fewer directions than components, or no
        group has two rows.

    Warns
    -----
    InputWarning
        If there are too few pairs: without a ridge the first correlation is then 1 for any data,
        and every p is 1.

    Notes
    -----
    Without ``groups`` pairs must be independent. Trials of one person are not: two views that
    tell people apart seem related however the people were dealt. Give ``groups`` then; to ask
    whether *people* belong together, pass one averaged row of each.

    The first p is exact. Later ones are approximate, since the variates taken out are estimates.
    With a ridge variates correlate; there the expected :math:`C^\top C`, a share of
    ``2 (k - 1) / (pairs - 1)``, stands for itself, and p is too large where pairs are few. A ridge
    chosen on the same pairs flatters them. Centring commutes with shuffling; taking out other
    nuisances (age, noise) would not [1]_.

    Freeing once more, which [2]_ does in regression and [1]_ does not, keeps p from being too small
    where pairs are few. The original also completes the larger view in raw units, so that units
    matter. It prefers Wilks' sum of logarithms to Roy's largest root, which reads as a correlation,
    means the same for PLS, and finds one strong component among many columns more often.

    References
    ----------
    .. [1] A. M. Winkler, O. Renaud, S. M. Smith, T. E. Nichols, "Permutation inference for
       canonical correlation analysis", NeuroImage 220, 2020. https://arxiv.org/abs/2002.10046
    .. [2] D. Freedman, D. Lane, "A nonstochastic interpretation of reported significance levels",
       Journal of Business and Economic Statistics 1, 1983.

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
        one, other = ridge_of_each(ridge)
        check_at_least("", 1, draws=draws)
        members = _members(n_rows_of(eeg), groups)
        left, right = _canonical_variates(eeg, speech, members, (one, other))
        most = left.shape[1], right.shape[1], len(left) - len(members)
        tested = min(most) if n_components is None else n_components
        check_components("", tested, *most)
    if one == other == 0 and most[0] + most[1] > most[2]:
        warnings.warn(_SATURATED.format(*most), InputWarning, stacklevel=2)
    white, shape = one == other == 0, (draws, tested)
    null = _null_statistics(left, right, members, shape=shape, white=white, seed=seed)
    left, right = left[:, :tested], right[:, :tested]
    statistics = (left * right).sum(axis=0)
    p_values = (1 + (null >= statistics - _ROUNDING).sum(axis=0)) / (1 + draws)
    correlations = column_correlations(left, right)
    return PermutationTest(correlations, statistics, null, np.maximum.accumulate(p_values))


_SATURATED = (
    "permutation_test: {} and {} independent columns are too many for {} degrees of freedom: the"
    " first correlation is 1 for any data, and every p is 1. Use a ridge such as 0.1, or bring"
    " more pairs or fewer columns."
)


def _members(n_rows: int, groups: ArrayLike | None) -> Members:
    """Return the rows of each group; all rows are one group where none are named."""
    group = np.zeros(n_rows) if groups is None else np.asarray(groups)
    names, number = np.unique(group, return_inverse=True)
    if len(names) == n_rows:
        fail(
            "", "groups", "hold two pairs or more of someone",
            f"{n_rows} groups of one", "Name people rather than trials, or leave groups out.",
        )  # fmt: skip
    return [np.flatnonzero(number == which) for which in range(len(names))]


def _canonical_variates(
    eeg: View, speech: View, members: Members, ridge: tuple[float, float]
) -> tuple[Codes, Codes]:
    """Return all variates of both views, those without a partner last."""
    moments = Moments.within([Moments.of(eeg, speech, rows) for rows in members])
    whitenings = whiten_views(moments, ridge=ridge)
    left = _white_codes(eeg, members, whitenings[0], exact=ridge[0] == 0)
    right = _white_codes(speech, members, whitenings[1], exact=ridge[1] == 0)
    turn_left, _, turn_right = np.linalg.svd(left.T @ right)
    return left @ turn_left, right @ turn_right.T


def _white_codes(view: View, members: Members, whitening: Whitening, *, exact: bool) -> Codes:
    """Return codes centred within groups and whitened, divided by sqrt(rows - 1)."""
    centred = take(view, slice(None)).copy()
    for rows in members:
        centred[rows] -= column_means(centred[rows])
    if exact:  # columns that nearly depend on each other need more than their covariance
        kept = whitening.columns
        codes: np.ndarray = np.linalg.qr(centred[:, kept] / whitening.scale[kept])[0]
    else:
        codes = centred @ whitening.directions(np.eye(whitening.rank)) / np.sqrt(len(centred) - 1)
    return codes


def _null_statistics(
    left: Codes, right: Codes, members: Members, *, shape: tuple[int, int], white: bool, seed: int
) -> Float[np.ndarray, "draw component"]:
    """Return the statistic of each component for each random draw."""
    wide, narrow = (left, right) if left.shape[1] >= right.shape[1] else (right, left)
    first, second = wide[:, : shape[1]], narrow[:, : shape[1]]
    rho = (first * second).sum(axis=0)
    # Together an orthonormal basis of both; the second is almost 0 where both are the same.
    second = (second - rho * first) / np.sqrt(np.maximum(1 - rho**2, _ROUNDING))
    dof, one, rng = len(left) - len(members), np.eye(narrow.shape[1]), np.random.default_rng(seed)
    null, at_once = np.empty(shape), max(1, _BLOCK_VALUES // narrow.size)
    for start in range(0, shape[0], at_once):
        block = null[start : start + at_once]
        shuffled = narrow[_shuffled_rows(members, len(block), rng)]
        products, partners = wide.T @ shuffled, second.T @ shuffled
        for k in range(shape[1]):
            spilled = np.concatenate([products[:, :k, k:], partners[:, :k, k:]], axis=1)
            lost = spilled.mT @ spilled if white else min(2 * k / dof, 1.0) * one[None, k:, k:]
            block[:, k] = _largest_left(products[:, k:, k:], lost)
    return null


def _shuffled_rows(
    members: Members, draws: int, rng: np.random.Generator
) -> Int[np.ndarray, "draw row"]:
    """Return the rows in random order, each group on its own places."""
    order = np.empty((draws, sum(len(rows) for rows in members)), dtype=int)
    for rows in members:
        order[:, rows] = rng.permuted(np.tile(rows, (draws, 1)), axis=1)
    return order


def _largest_left(
    products: Float[np.ndarray, "draw wide narrow"], lost: Float[np.ndarray, "_ narrow narrow"]
) -> Float[np.ndarray, " draw"]:
    """Return the largest singular value after whitening what is not lost of the shuffled view."""
    kept = (1 + _SINGULAR) * np.eye(products.shape[2]) - lost
    rest = np.linalg.solve(np.linalg.cholesky(kept), products.mT)
    largest: np.ndarray = np.sqrt(np.linalg.eigvalsh(rest @ rest.mT)[:, -1].clip(min=0.0))
    return largest
