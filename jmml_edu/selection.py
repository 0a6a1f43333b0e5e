"""Ways to listen to speech, and how much each may say: more, the better it knows held-out people.

Paired features, a few labels and a set of encoders go in; fitted encoders, a classifier for each,
and their weights come out. Whatever is weighed is weighed on training people only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import orthogonal_procrustes

from jmml_edu.classifier import HIDDEN, Classifier, Labels, LogOdds
from jmml_edu.data import Split
from jmml_edu.encoders import Encoder, SharedSpace, centre_within, classifier_of
from jmml_edu.missing import Matrix, has_all

LEAST_PROBABILITY = 0.01
"""A way that gives the truth less than this is not punished further: one label may be wrong."""

CAUTIONS = {"centred": 2.0, "kind": 6.0, "option": 10.0}
"""Labels that count as one in each decision: those of one person are alike, and what many ways
agree on is less a matter of luck than what one of them says."""

Said = Float[np.ndarray, "row class"]
"""Probabilities."""

PERMUTATIONS = 499
"""Draws behind the p value of what EEG and speech share."""


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Standardised rows to learn from: NaN rows of EEG are missing, -1 is unlabelled."""

    eeg: Matrix
    speech: Matrix
    labels: Labels
    groups: np.ndarray

    def take(self, rows: np.ndarray) -> TrainingRows:
        """Return the chosen rows."""
        return TrainingRows(self.eeg[rows], self.speech[rows], self.labels[rows], self.groups[rows])

    def centred(self) -> TrainingRows:
        """Return the rows with each speaker's mean taken out of the speech."""
        speech = centre_within(self.speech, self.groups)
        return TrainingRows(self.eeg, speech, self.labels, self.groups)

    @property
    def labelled(self) -> np.ndarray:
        """Which rows have a label."""
        return self.labels != HIDDEN

    @property
    def classes(self) -> np.ndarray:
        """The class numbers that labels show, sorted."""
        return np.unique(self.labels[self.labelled])


@dataclass(frozen=True, eq=False)
class Way:
    """One way to listen, learned: an encoder, one of its options, whether speakers are centred.

    Attributes
    ----------
    classifier
        Learned from codes whose encoders did not see their speaker.
    evidence
        Mean log probability that it gave to the labels of held-out people.
    held_out
        What it said of labelled training rows before it had met their speaker: probabilities of
        the classes of the labels, in order; NaN in other rows, 0 for a class it had not met.
    """

    encoder: Encoder
    option: str
    centred: bool
    classifier: Classifier | LogOdds
    evidence: float
    held_out: Said

    @property
    def kind(self) -> str:
        """The option without its size."""
        return " ".join(word for word in self.option.split() if not word.isdigit())

    @property
    def name(self) -> str:
        """What it is, in words."""
        return self.option + (", each speaker centred" if self.centred else "")


@dataclass(frozen=True, eq=False)
class FittedEncoder:
    """An encoder fitted to all training rows, and to those of each inner fold.

    Attributes
    ----------
    rows
        All training rows, as the encoder sees them.
    """

    everybody: Encoder
    by_fold: tuple[Encoder, ...]
    folds: tuple[Split, ...]
    rows: TrainingRows
    centred: bool

    @classmethod
    def fit(
        cls, encoder: Encoder, rows: TrainingRows, folds: Sequence[Split], *, centred: bool
    ) -> FittedEncoder:
        """Fit copies of an encoder."""
        rows = rows.centred() if centred else rows
        parts = [rows, *(rows.take(fold.train) for fold in folds)]
        everybody, *by_fold = (
            deepcopy(encoder).fit(part.eeg, part.speech, part.groups, part.labels) for part in parts
        )
        return cls(everybody, tuple(by_fold), tuple(folds), rows, centred)

    def ways(self) -> Iterator[Way]:
        """Yield each option with a classifier and the evidence for it."""
        for option in self.everybody.options:
            by_fold = [one.encode(self.rows.speech, option) for one in self.by_fold]
            codes = cross_fitted_codes(self, option, by_fold)
            known = self.rows.labelled & has_all(codes)
            classifier = classifier_of(self.everybody, codes[known], self.rows.labels[known])
            said = self._held_out(by_fold)
            evidence = evidence_of(said, self.rows.labels, self.rows.classes)
            yield Way(self.everybody, option, self.centred, classifier, evidence, said)

    def _held_out(self, by_fold: Sequence[Matrix]) -> Said:
        """Return what classifiers say of labelled rows whose speakers they have not met."""
        told, labels, classes = self.rows.labelled, self.rows.labels, self.rows.classes
        said = np.full((len(labels), len(classes)), np.nan)
        for encoder, codes, fold in zip(self.by_fold, by_fold, self.folds, strict=True):
            known, new = fold.train[told[fold.train]], fold.test[told[fold.test]]
            if not len(known) or not len(new):
                continue
            learned = classifier_of(encoder, codes[known], labels[known])
            guess = learned.predict_proba(codes[new])
            said[new] = with_columns_for(classes, guess, learned.classes_)
        return said


def with_columns_for(
    classes: np.ndarray, said: Float[np.ndarray, "row met"], met: np.ndarray
) -> Float[np.ndarray, "row class"]:
    """Return what was said of the classes that were met as columns of all, 0 for the others."""
    wide = np.zeros((len(said), len(classes)))
    wide[:, np.searchsorted(classes, met)] = said
    return wide


def evidence_of(said: Said, labels: Labels, classes: np.ndarray) -> float:
    """Return the mean log probability of the labels of rows of which something is said, or 0."""
    there = has_all(said)
    if not there.any():
        return 0.0
    truth = classes == labels[there, None]
    return float(np.log(said[there][truth].clip(min=LEAST_PROBABILITY)).mean())


def weigh(ways: Sequence[Way], n_labels: int) -> Float[np.ndarray, " way"]:
    r"""Return how much each way may say: shares of shares, in three decisions.

    First whether to centre speakers, then the kind of code, then its size. In each, the parts
    :math:`p` that a trait makes share what their whole may say:

    .. math::
        w_p \propto \exp\Bigl(\frac{n}{c}\, \bar e_p\Bigr)

    with :math:`n` labels, the caution :math:`c` of that decision (:data:`CAUTIONS`), and the
    evidence :math:`\bar e_p` of a part: the mean over its kinds of the mean over their ways. With
    few labels the best of many ways is mostly the luckiest; a vote is not.
    """
    weights = np.ones(len(ways))
    wholes = [list(range(len(ways)))]
    for trait, caution in CAUTIONS.items():
        parted = []
        for whole in wholes:
            parts = _parts(ways, whole, trait)
            logs = np.array([_mean_evidence(ways, part) for part in parts]) * n_labels / caution
            shares = np.exp(logs - logs.max())
            for part, share in zip(parts, shares / shares.sum(), strict=True):
                weights[part] *= share
            parted += parts
        wholes = parted
    return weights


def pool(
    said: Sequence[Float[np.ndarray, "row class"]], weights: Sequence[float] | np.ndarray
) -> Float[np.ndarray, "row class"]:
    r"""Return what several say together: :math:`p_c \propto \prod_k p_{kc}^{w_k}`.

    A logarithmic opinion pool; who gives a class next to nothing is heard as giving it 0.01.

    Examples
    --------
    >>> pool([np.array([[0.5, 0.5]]), np.array([[0.8, 0.2]])], [0.0, 1.0])
    array([[0.8, 0.2]])
    """
    logs = np.zeros(said[0].shape)
    for one, weight in zip(said, weights, strict=True):
        logs += weight * np.log(one.clip(min=LEAST_PROBABILITY))
    votes = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: np.ndarray = votes / votes.sum(axis=1, keepdims=True)
    return shares


def _parts(ways: Sequence[Way], whole: Sequence[int], trait: str) -> list[list[int]]:
    """Return the numbers of the ways that have each value of a trait in common."""
    parts: dict[object, list[int]] = {}
    for number in whole:
        parts.setdefault(getattr(ways[number], trait), []).append(number)
    return list(parts.values())


def _mean_evidence(ways: Sequence[Way], part: Sequence[int]) -> float:
    """Return the mean over kinds of the mean evidence of their ways."""
    kinds = _parts(ways, part, "kind")
    return float(np.mean([np.mean([ways[number].evidence for number in kind]) for kind in kinds]))


def cross_fitted_codes(fitted: FittedEncoder, option: str, by_fold: Sequence[Matrix]) -> Matrix:
    """Return a code for every row of a fold, from an encoder that did not see the row's speaker.

    ``by_fold`` are the codes of all rows from the encoder of each fold. Rows that no fold holds out
    have codes of NaN. Encoders of different folds choose axes of their own; those are turned onto
    the final ones by the rotation that best maps the training codes (orthogonal Procrustes). Where
    a fold had too little EEG for as many axes, the missing ones are 0.
    """
    final = fitted.everybody.encode(fitted.rows.speech, option)
    codes = np.full_like(final, np.nan)
    first_own = final.shape[1] - fitted.everybody.own_axes(option)
    for raw, fold in zip(by_fold, fitted.folds, strict=True):
        own, wanted = _equally_wide(raw[:, first_own:], final[:, first_own:])
        here, there = own[fold.train], wanted[fold.train]
        rotation, _ = orthogonal_procrustes(here - here.mean(axis=0), there - there.mean(axis=0))
        turned = (own[fold.test] - here.mean(axis=0)) @ rotation + there.mean(axis=0)
        kept = turned[:, : final.shape[1] - first_own]
        codes[fold.test] = np.hstack([raw[fold.test, :first_own], kept])
    return codes


def _equally_wide(first: Matrix, second: Matrix) -> tuple[Matrix, Matrix]:
    """Return both, the narrower one with columns of 0 at its end."""
    width = max(first.shape[1], second.shape[1])
    padded = [np.pad(one, ((0, 0), (0, width - one.shape[1]))) for one in (first, second)]
    return padded[0], padded[1]


def p_of_sharing(fitted: FittedEncoder, *, seed: int) -> float:
    """Return the p value of "EEG and speech of new people share nothing", by permutation.

    The sum of correlations between EEG and speech codes of held-out people, each centred, beside
    that of pairs shuffled within people; no label is looked at.
    """
    rng = np.random.default_rng(seed)
    observed, shuffled = 0.0, np.zeros(PERMUTATIONS)
    for encoder, fold in zip(fitted.by_fold, fitted.folds, strict=True):
        if not isinstance(encoder, SharedSpace):
            raise TypeError("p_of_sharing: the encoder must be a shared space")
        rows = fitted.rows.take(fold.test[has_all(fitted.rows.eeg[fold.test])])
        if len(rows.groups) < 3:
            continue
        # Columns of unit length: products are correlations, and stay so when rows change places.
        eeg = _unit(centre_within(encoder.encode_eeg(rows.eeg), rows.groups))
        speech = _unit(centre_within(encoder.encode_all(rows.speech), rows.groups))
        mixed = _shuffled_within(rows.groups, rng)
        observed += len(eeg) * (eeg * speech).sum()
        for of_eeg, of_speech in zip(eeg.T, speech.T, strict=True):
            shuffled += len(eeg) * (of_eeg[mixed] @ of_speech)
    return float((1 + (shuffled >= observed).sum()) / (1 + PERMUTATIONS))


def _unit(codes: Matrix) -> Matrix:
    """Return columns of length 1; a column of zeros stays so."""
    length = np.linalg.norm(codes, axis=0)
    return codes / np.where(length > 0, length, 1.0)


def _shuffled_within(groups: np.ndarray, rng: np.random.Generator) -> Int[np.ndarray, "draw row"]:
    """Return row numbers in which each group's rows have changed places among themselves."""
    _, members = np.unique(groups.astype(str), return_inverse=True)
    mixed = np.empty((PERMUTATIONS, len(members)), dtype=int)
    drawn = rng.random((PERMUTATIONS, len(members)))
    mixed[:, np.argsort(members, kind="stable")] = np.argsort(members + drawn, axis=1)
    return mixed
