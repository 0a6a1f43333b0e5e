"""How many dimensions EEG and speech codes share, counted on rows that no encoder has learned from.

Paired codes and who they come from go in; out come their correlations, and what chance reaches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from jmml_edu._checks import as_told_by, check_at_least, fail
from jmml_edu.linear import Moments, moments_by_group
from jmml_edu.linear.whitening import whiten_views
from jmml_edu.views import View, check_pairs, group_numbers, n_rows_of, take

ALPHA = 0.01
"""How often a component too many may be counted."""

Variates = Float[np.ndarray, "row _"]


@dataclass(frozen=True, eq=False)
class SharedComponents:
    """How many dimensions EEG and speech codes share.

    Attributes
    ----------
    correlations
        Canonical correlations of the codes, strongest first, in [0, 1].
    levels
        What chance reaches: the correlation that codes which share nothing more, once the
        components before are taken out, exceed with probability ``alpha``.
    alpha
        The probability that ``n_shared`` is too large.
    """

    correlations: Float[np.ndarray, " component"]
    levels: Float[np.ndarray, " component"]
    alpha: float

    @property
    def n_shared(self) -> int:
        """How many correlations lie above their level, counted up to the first that does not."""
        return int(np.logical_and.accumulate(self.correlations > self.levels).sum())


def shared_components(
    eeg_codes: View,
    speech_codes: View,
    groups: ArrayLike | None,
    *,
    seed: int,
    draws: int = 499,
    alpha: float = ALPHA,
) -> SharedComponents:
    r"""Return how many dimensions of held-out codes are correlated beyond chance.

    Several codes may hear one and the same thing: each then agrees with its twin, although one
    dimension is shared. So what counts is the rank of :math:`\operatorname{Cov}(f(x_E), g(x_S))`,
    the number of canonical correlations above 0. Codes are centred within people, and turned into
    canonical variates :math:`U, V` of unit length. Under the null hypothesis of component
    :math:`k`, that those from :math:`k` on are uncorrelated, each row speaks for a correlation as
    often as against it. So random signs draw what chance reaches [1]_:

    .. math:: t_k = \sigma_1\Big(\sum_i \pm\, u_{i,\ge k}\, v_{i,\ge k}^\top\Big)

    Component :math:`k` counts only if all before it do, so that the rate of a component too many is
    ``alpha`` for all of them together. No label is used.

    Parameters
    ----------
    eeg_codes, speech_codes
        Row x component, paired, of rows that no encoder has learned from.
    groups
        Who speaks in each row: what sets people apart is no agreement. None if nobody is there
        twice.
    seed, draws
        What decides the signs, and how often they are drawn: at least ``1 / alpha - 1``.
    alpha
        False positive rate: how often ``n_shared`` may exceed the rank, between 0 and 1.

    Raises
    ------
    InputError
        If the codes are not paired, hold NaN, are constant, or draws are too few for ``alpha``.

    Notes
    -----
    :func:`~jmml_edu.linear.permutation_test` asks for more than uncorrelated codes: shuffling is
    right where they are independent. Codes of pairs joined by class are not: the spread of both may
    depend on the class. Where it was six times as large in one of three classes as in another,
    shuffling found a component too many in about a quarter of all studies at an ``alpha`` of 0.05.

    Signs are right for many rows; with fewer rows than codes they find nothing. Rows of one person
    have to be exchangeable, as trials are and windows of one recording are not.

    References
    ----------
    .. [1] C. F. J. Wu, "Jackknife, bootstrap and other resampling methods in regression analysis",
       Annals of Statistics 14, 1986. https://doi.org/10.1214/aos/1176350142

    Examples
    --------
    Two codes of each view hear the same number; one dimension is shared:

    >>> number, *noise = np.random.default_rng(0).normal(size=(5, 100))
    >>> eeg = np.column_stack([number + noise[0], number + noise[1]])
    >>> speech = np.column_stack([number + noise[2], number + noise[3]])
    >>> shared_components(eeg, speech, None, seed=0).n_shared
    1
    """
    with as_told_by("shared_components"):
        reached = _reached_by_chance(draws, alpha)
        eeg_codes, speech_codes = check_pairs("", eeg_codes, speech_codes, groups)
        n_rows = n_rows_of(eeg_codes)
        person = np.zeros(n_rows, int) if groups is None else group_numbers("", groups)
        left, right = _canonical_variates(eeg_codes, speech_codes, person)
    correlations = (left.T @ right).diagonal()
    # Centring has made rows of one person smaller, and alike in a way that no sign undoes.
    wider = np.sqrt(n_rows / (n_rows - person.max() - 1))
    rng, null = np.random.default_rng(seed), np.empty((draws, len(correlations)))
    for draw in null:
        products = (rng.choice([-wider, wider], size=(n_rows, 1)) * left).T @ right
        draw[:] = [np.linalg.norm(products[k:, k:], ord=2) for k in range(len(draw))]
    levels = np.sort(null, axis=0)[-reached]
    return SharedComponents(correlations.clip(0.0, 1.0), levels, alpha)


def _reached_by_chance(draws: int, alpha: float) -> int:
    """Return how many draws may reach what counts, the data themselves among them: at least 1."""
    if not 0 < alpha < 1:
        fail("", "alpha", "lie between 0 and 1", alpha, "0.01 is usual.")
    check_at_least("", 1 / alpha - 1, draws=draws)
    p_values = np.arange(1, draws + 1) / (1 + draws)
    return max(1, int(np.count_nonzero(p_values <= alpha)))


def _canonical_variates(
    eeg: View, speech: View, person: Int[np.ndarray, " row"]
) -> tuple[Variates, Variates]:
    """Return all variates within people, of unit length, those that have no partner last."""
    parts = moments_by_group(eeg, speech, person)
    within, means = Moments.within(parts), np.stack([part.mean for part in parts])[person]
    variates = []
    whitenings = whiten_views(within, ridge=(0.0, 0.0))
    views = (eeg, within.eeg), (speech, within.speech)
    for (view, columns), whitening in zip(views, whitenings, strict=True):
        if not whitening.rank:
            fail(
                "", "codes", "vary within people, in both views", "one that does not",
                "Name people rather than trials, or look where the constant codes come from.",
            )  # fmt: skip
        centred = take(view, slice(None)) - means[:, columns]
        white = centred @ whitening.directions(np.eye(whitening.rank))
        variates.append(white / np.sqrt(len(person) - 1))
    turn_left, _, turn_right = np.linalg.svd(variates[0].T @ variates[1])
    return variates[0] @ turn_left, variates[1] @ turn_right.T
