"""How much of EEG and speech belongs together in people nobody learned from, and the class bound.

Paired training and test features and an encoder of both go in; out comes how many dimensions the
codes share beyond chance, beside the most that pairs joined by class can share.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from jmml_edu._checks import as_told_by, fail
from jmml_edu.data import PairKind, Pairs
from jmml_edu.missing import Matrix, Scaler
from jmml_edu.shared_components import ALPHA, SharedComponents, shared_components


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
        As in :func:`~jmml_edu.shared_components.shared_components`.

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
    >>> import numpy as np
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
