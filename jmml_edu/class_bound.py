"""How much of EEG and speech belongs together in people nobody learned from, and the class bound.

Paired training and test features and an encoder of both go in; out comes how many dimensions the
codes share beyond chance, beside the most that pairs joined by class can share.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from jmml_edu._checks import as_told_by, check_at_least, fail
from jmml_edu.data import PairKind, Pairs
from jmml_edu.linear import permutation_test
from jmml_edu.missing import Matrix, Scaler
from jmml_edu.views import View

ALPHA = 0.01
"""How often one component too many may be counted by chance."""


@dataclass(frozen=True, eq=False)
class SharedComponents:
    """How many dimensions EEG and speech codes share.

    Attributes
    ----------
    correlations
        Canonical correlations of the codes, strongest first, in [0, 1].
    levels
        What the same codes reach by chance: the correlation that shuffled pairs exceed with
        probability ``alpha``, once the components before are taken out.
    n_shared
        How many leading correlations lie above their level.
    alpha
        The probability that ``n_shared`` is too large.
    """

    correlations: Float[np.ndarray, " component"]
    levels: Float[np.ndarray, " component"]
    n_shared: int
    alpha: float


@dataclass(frozen=True, eq=False)
class ClassBound:
    """What held-out pairs share, and the most that pairs joined by class can share.

    Attributes
    ----------
    shared
        Of the codes of people the encoder never saw.
    n_classes
        Classes among the held-out pairs.
    kind
        How EEG and speech were joined; only ``"class"`` is bounded.
    """

    shared: SharedComponents
    n_classes: int
    kind: PairKind

    @property
    def bound(self) -> int:
        """One less than the number of classes."""
        return self.n_classes - 1


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

    Several codes may all hear one and the same thing: each then agrees with its twin, although one
    dimension is shared. So the count is not of codes but of the rank of what they share, of their
    non-zero canonical correlations:

    .. math:: \operatorname{rank} \operatorname{Cov}(f(x_E), g(x_S))

    The null hypothesis of component :math:`k` is that, after the :math:`k - 1` before it are taken
    out, codes of EEG and of speech are independent. :func:`~jmml_edu.linear.permutation_test` draws
    from it: it shuffles codes within people and solves again, and looks at component :math:`k` only
    if all before it were found. No label is used.

    Parameters
    ----------
    eeg_codes, speech_codes
        Row x component, paired, of rows that no encoder has learned from.
    groups
        Who speaks in each row: what sets people apart is no agreement. None if nobody is there
        twice.
    seed, draws
        What decides the shuffled pairs, and how many: at least ``1 / alpha - 1``.
    alpha
        False positive rate: how often ``n_shared`` may be larger than the rank, in (0, 1).

    Raises
    ------
    InputError
        If the codes are not paired, hold NaN, or draws are too few for ``alpha``.

    Notes
    -----
    Training codes will not do: an encoder makes any pairs agree that it learns from. Pairs joined
    by class are independent given the class, but their spread may still depend on it. Shuffling
    does not keep that, so that chance reaches higher than it says; with ``alpha`` of 0.01 the tests
    found one component too many in at most 3 of 100 studies.

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
        exceeding = _may_exceed(draws, alpha)
        test = permutation_test(eeg_codes, speech_codes, groups=groups, draws=draws, seed=seed)
    levels = np.sort(test.null_statistics, axis=0)[-exceeding]
    return SharedComponents(test.correlations, levels, test.n_significant(alpha), alpha)


def class_bound(
    train: Pairs,
    test: Pairs,
    encoder: Any,
    *,
    seed: int = 0,
    draws: int = 499,
    alpha: float = ALPHA,
) -> ClassBound:
    r"""Return how many dimensions an encoder finds shared in new people, beside the class bound.

    Pairs joined by class are independent given the class :math:`y`. Whatever the encoders, linear
    or deep,

    .. math:: \operatorname{Cov}(f(x_E), g(x_S)) =
        \operatorname{Cov}\big(E[f(x_E) \mid y],\, E[g(x_S) \mid y]\big), \qquad
        \operatorname{rank} \le C - 1

    Parameters
    ----------
    train, test
        Pairs of disjoint people; rows without EEG are left out.
    encoder
        CCA, KernelCCA, CorrelatedAutoencoder, or what else has ``fit(eeg, speech, groups=...)`` and
        ``transform(eeg, speech)``; or SharedSpace and its kin, with ``encode_eeg`` and
        ``encode_all``. A copy of it learns from standardised features. It has to offer more
        components than the bound allows.
    seed, draws, alpha
        As in :func:`shared_components`.

    Returns
    -------
    class_bound
        With ``kind`` ``"class"``, ``shared.n_shared`` is at most ``bound``, but for a share of
        about ``alpha`` of all studies. It may be less: class means need not differ in all
        directions. Trial pairs have no such bound.

    Raises
    ------
    InputError
        If people are in both, there are fewer than two classes, or the encoder has too few
        components to go beyond the bound.

    Examples
    --------
    >>> from jmml_edu.linear import CCA
    >>> from jmml_edu.pairing import class_pairs
    >>> from jmml_edu.simulate.gaussian import gaussian_pairs
    >>> pairs = gaussian_pairs(2_000, correlations=(0.9,) * 6, seed=0)
    >>> new = np.isin(pairs.subjects, ["g000", "g001", "g002", "g003", "g004"])
    >>> train, test = pairs.take(~new), pairs.take(new)
    >>> class_bound(train, test, CCA(8)).shared.n_shared
    6

    Paired by class, the quadrants of valence and arousal leave these two:

    >>> train, test = (class_pairs(side.eeg, side.speech, seed=0) for side in (train, test))
    >>> found = class_bound(train, test, CCA(8))
    >>> found.shared.n_shared, found.bound
    (2, 3)
    """
    train, test = train.take(train.has_eeg), test.take(test.has_eeg)
    n_classes = _check_sides(train, test)
    scalers = Scaler.of(train.eeg.values), Scaler.of(train.speech.values)
    learned, unseen = (
        (scalers[0].apply(side.eeg.values), scalers[1].apply(side.speech.values))
        for side in (train, test)
    )
    fitted = deepcopy(encoder).fit(*learned, groups=train.subjects)
    with as_told_by("class_bound"):
        shared = shared_components(
            *_codes(fitted, *unseen), test.subjects, seed=seed, draws=draws, alpha=alpha
        )
    if len(shared.correlations) < n_classes:
        fail(
            "class_bound", "encoder", f"have more than the {n_classes - 1} components of the bound",
            len(shared.correlations), "Ask it for more, so that it could go beyond.",
        )  # fmt: skip
    return ClassBound(shared, n_classes, test.kind)


def _may_exceed(draws: int, alpha: float) -> int:
    """Return how many draws reach the correlation that is just not significant, at least 1."""
    if not 0 < alpha < 1:
        fail("", "alpha", "lie between 0 and 1", alpha, "0.01 is usual.")
    check_at_least("", 1 / alpha - 1, draws=draws)
    p_values = np.arange(1, draws + 1) / (1 + draws)
    return int(np.count_nonzero(p_values <= alpha))


def _check_sides(train: Pairs, test: Pairs) -> int:
    """Return the number of classes at test if the sides share nobody and may be compared."""
    for name in ("eeg", "speech"):
        both = set(getattr(train, name).subjects) & set(getattr(test, name).subjects)
        if both:
            fail(
                "class_bound", "train and test", f"share nobody's {name}",
                f"{len(both)} people in both, among them {min(both)!r}", "Split by subject first.",
            )  # fmt: skip
    if train.kind != test.kind:
        fail(
            "class_bound", "train and test", "be joined in the same way",
            (train.kind, test.kind), "Pair both by class, or neither.",
        )  # fmt: skip
    n_classes = len(test.speech.classes)
    if n_classes < 2:
        fail(
            "class_bound", "test", "hold at least two classes", n_classes, "Label its rows.",
        )  # fmt: skip
    return n_classes


def _codes(fitted: Any, eeg: Matrix, speech: Matrix) -> tuple[Matrix, Matrix]:
    """Return the codes of both views, EEG first."""
    if hasattr(fitted, "encode_eeg"):
        return fitted.encode_eeg(eeg), fitted.encode_all(speech)
    eeg_codes, speech_codes = fitted.transform(eeg, speech)
    return eeg_codes, speech_codes
