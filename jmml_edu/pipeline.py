"""The road as one estimator: learn with EEG and speech, recognise from speech alone.

Paired features and a few labels go in; a classifier comes out that needs no EEG. ``EEGFree`` is its
fair opponent: the same vote, the same unlabelled speech, and never any EEG.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator, ClassifierMixin

from jmml_edu._checks import check_at_least, check_one_of, check_same_rows, fail
from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.data import Split
from jmml_edu.encoders import (
    Encoder,
    PrincipalComponents,
    SharedSpace,
    SpeechItself,
    WithoutSpeakers,
    centre_within,
)
from jmml_edu.missing import GapFiller, Matrix, Scaler, has_all
from jmml_edu.pairing import FEWEST_PAIRS
from jmml_edu.selection import (
    LEAST_PROBABILITY,
    FittedEncoder,
    TrainingRows,
    Way,
    p_of_sharing,
    weigh,
)
from jmml_edu.splits import grouped_folds

LEAST_WEIGHT = 0.001
"""Ways that may say less than this are not asked."""

MOST_P = 0.05
"""Where chance makes shuffled pairs share as much more often than this, EEG is not listened to."""

STEPS_1 = ("none", "JEC-SSL", "either")
"""What step 1 may be."""

CLOSED_FORM = "CCA"
"""The step 2 that is linear and needs no training."""


class EEGFree(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The vote of several ways to hear emotion in speech without ever seeing EEG.

    Parameters
    ----------
    inner_folds
        Folds over training people in which the ways are weighed.
    seed
        Decides those folds.

    Attributes
    ----------
    choice_, choice_alone_
        The way with the largest say, in words: for people of whom several utterances are known to
        be theirs, and for single utterances.
    evidence_
        Mean log probability that each way gave to the labels of held-out training people.
    ways_, weights_
        The ways, and how much each may say when people are known.
    classes_
        The class numbers, sorted.
    """

    def __init__(self, *, inner_folds: int = 5, seed: int = 0) -> None:
        self.inner_folds = inner_folds
        self.seed = seed

    def fit(self, speech: Matrix, labels: Labels, groups: np.ndarray) -> EEGFree:
        """Learn from speech, labelled or not (-1), and return self; ``groups`` says who speaks."""
        nothing = np.full((len(speech), 1), np.nan)
        self._fit(nothing, speech, labels, groups)
        return self

    def _fit(self, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray) -> None:
        """Learn ways to listen, then how much each may say."""
        name = f"{type(self).__name__}.fit"
        _check_training_rows(name, eeg, speech, labels, groups)
        self.classes_ = np.unique(labels[labels != HIDDEN])
        self.filler_ = GapFiller.of(speech)
        filled = self.filler_.fill(speech)
        self.scaler_ = Scaler.of(filled)
        rows = TrainingRows(eeg, self.scaler_.apply(filled), labels, groups)
        rows = rows.take(has_all(filled))
        n_folds = min(self.inner_folds, len(np.unique(rows.groups)))
        folds = grouped_folds(rows.groups, rows.labels, n_folds=n_folds, seed=self.seed)
        # A fold that leaves next to no pairs cannot say anything about the shared space.
        paired = has_all(rows.eeg)
        folds = [f for f in folds if paired[f.train].sum() >= min(FEWEST_PAIRS // 2, paired.sum())]
        self._n_labels = int(rows.labelled.sum())
        self.ways_ = [way for fitted in self._fitted(rows, folds) for way in fitted.ways()]
        self.weights_ = weigh(self.ways_, self._n_labels)
        self.evidence_ = {way.name: way.evidence for way in self.ways_}
        self.choice_ = self.ways_[int(self.weights_.argmax())].name
        alone = self._ways_alone()
        self.choice_alone_ = alone[int(weigh(alone, self._n_labels).argmax())].name

    def _fitted(self, rows: TrainingRows, folds: Sequence[Split]) -> list[FittedEncoder]:
        """Return what may be listened to, simplest first."""
        return _fit_all((SpeechItself(), WithoutSpeakers(), PrincipalComponents()), rows, folds)

    def _ways_alone(self) -> list[Way]:
        """Return the ways that need one utterance only."""
        return [way for way in self.ways_ if not way.centred]

    def predict_proba(
        self, speech: Matrix, *, groups: np.ndarray | None = None
    ) -> Float[np.ndarray, "row class"]:
        """Return the probability of each class of ``classes_``.

        With ``groups``, who speaks each row, all ways vote: some centre the utterances of a new
        person on their own mean, which takes several of them but no label. Without, each row is
        judged alone, by the ways that can. Votes are multiplied (a logarithmic opinion pool).

        Raises
        ------
        InputError
            If a row holds nothing, or the columns are not those that were learned from.
        """
        name = f"{type(self).__name__}.predict_proba"
        _check_columns(name, speech=speech, n_columns=len(self.scaler_.mean))
        silent = np.flatnonzero(np.isnan(speech).all(axis=1))
        if len(silent):
            fail(
                name, "speech", "hold at least one number in each row",
                f"{len(silent)} rows without any, the first row {silent[0]}",
                "Leave these rows out.",
            )  # fmt: skip
        if groups is not None:
            check_same_rows(name, speech=speech, groups=groups)
        return self._vote(self.scaler_.apply(self.filler_.fill(speech)), groups)

    def predict(self, speech: Matrix, *, groups: np.ndarray | None = None) -> Labels:
        """Return the most probable class of each row."""
        best = self.predict_proba(speech, groups=groups).argmax(axis=1)
        labels: np.ndarray = self.classes_[best]
        return labels

    def _vote(self, speech: Matrix, groups: np.ndarray | None) -> Float[np.ndarray, "row class"]:
        """Return what the ways say of standardised speech, each as far as it may."""
        ways, weights = self.ways_, self.weights_
        if groups is None:
            ways = self._ways_alone()
            weights = weigh(ways, self._n_labels)
        heard = {False: speech, True: speech if groups is None else centre_within(speech, groups)}
        logs = np.zeros((len(speech), len(self.classes_)))
        for way, weight in zip(ways, weights, strict=True):
            if weight > LEAST_WEIGHT:
                codes = way.encoder.encode(heard[way.centred], way.option)
                said = self._probabilities(way.classifier, codes)
                logs += weight * np.log(said.clip(min=LEAST_PROBABILITY))
        votes = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares: np.ndarray = votes / votes.sum(axis=1, keepdims=True)
        return shares

    def _probabilities(
        self, classifier: Classifier, codes: Matrix
    ) -> Float[np.ndarray, "row class"]:
        """Return what a classifier says, 0 for a class of ``classes_`` that it never met."""
        probabilities = np.zeros((len(codes), len(self.classes_)))
        met = np.searchsorted(self.classes_, classifier.classes_)
        probabilities[:, met] = classifier.predict_proba(codes)
        return probabilities


class JMML(EEGFree):
    r"""Joint multimodal learning: EEG and speech while learning, speech alone afterwards.

    Step 1 embeds each modality on its own (JEC-SSL), step 2 joins them in a space in which they
    are correlated (E-DCC-CAE); pairs teach both, labelled or not. Then classifiers of the latent
    :math:`z_S`, of the speech :math:`x_S` and of both vote, each weighted by how well it knows
    held-out people. Codes that a classifier learns from come from encoders that did not see their
    speaker. The two steps are KNOWN (arXiv 2503.18964); how they choose and vote is OUR READING.

    Parameters
    ----------
    step1
        ``"none"``, ``"JEC-SSL"``, or ``"either"``: the one whose closed-form latent gives held-out
        labels the higher probability. With few labels step 1 may well hurt.
    step2
        A method of :mod:`jmml_edu.crossmodal`, such as ``"E-DCC-CAE"`` or ``"DCCA"``; ``"CCA"`` for
        the closed form; or a shared space of one's own.
    inner_folds, seed
        As in :class:`EEGFree`.

    Attributes
    ----------
    choice_, choice_alone_, evidence_, ways_, weights_, classes_
        As in :class:`EEGFree`.
    step1_
        What step 1 has become: ``"none"`` or ``"JEC-SSL"``.
    sharing_p_
        p value of "EEG and speech of new people share nothing", without labels. Above 0.05 EEG is
        not listened to, and the road is that of :class:`EEGFree`.

    Notes
    -----
    When EEG is there at inference, the decision is the mean of the probabilities of the speech
    road and of a classifier of EEG features: late fusion (our reading). Where speech is missing,
    EEG decides alone.

    Examples
    --------
    >>> from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
    >>> pairs = gaussian_pairs(300, correlations=(0.9, 0.9), nuisance=3, seed=0)
    >>> labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    >>> labels[60:] = -1  # the other pairs teach without a label
    >>> road = JMML(step2="CCA").fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)
    >>> road.predict(pairs.speech.values[:3]).shape
    (3,)
    """

    def __init__(
        self,
        *,
        step1: str = "either",
        step2: str | SharedSpace = "E-DCC-CAE",
        inner_folds: int = 5,
        seed: int = 0,
    ) -> None:
        super().__init__(inner_folds=inner_folds, seed=seed)
        self.step1 = step1
        self.step2 = step2

    def fit(  # type: ignore[override]
        self, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray
    ) -> JMML:
        """Learn from pairs and return self.

        Parameters
        ----------
        eeg, speech
            Features; a row of NaN is missing, single NaN are told by the other columns.
        labels
            Class numbers, -1 where hidden.
        groups
            Who speaks.

        Raises
        ------
        InputError
            If the arguments do not belong together, next to no row has EEG, fewer than two classes
            are labelled, or there is only one speaker.
        """
        check_one_of("JMML.fit", STEPS_1, step1=self.step1)
        _check_some_eeg(eeg, labels, groups)
        self.eeg_filler_ = GapFiller.of(eeg)
        filled = self.eeg_filler_.fill(eeg)
        self.eeg_scaler_ = Scaler.of(filled)
        standard = self.eeg_scaler_.apply(filled)
        heard = has_all(standard) & (labels != HIDDEN)
        self.eeg_classifier_ = Classifier(standard[heard], labels[heard])
        self._fit(standard, speech, labels, groups)
        return self

    def _fitted(self, rows: TrainingRows, folds: Sequence[Split]) -> list[FittedEncoder]:
        """Return what may be listened to: the shared space if there is one, else speech alone."""
        self.step1_ = self._choose_step1(rows, folds)
        space = self._space(self.step1_, self.step2)
        space = deepcopy(space).fit(rows.eeg, rows.speech, rows.groups, rows.labels).settled()
        self.step2_ = "closed form" if type(space) is SharedSpace else "trained"
        shared = _fit_all((space,), rows, folds)
        self.sharing_p_ = p_of_sharing(shared[0], seed=self.seed)
        if self.sharing_p_ > MOST_P:
            return super()._fitted(rows, folds)
        return _fit_all((SpeechItself(),), rows, folds) + shared

    def _choose_step1(self, rows: TrainingRows, folds: Sequence[Split]) -> str:
        """Return the step 1 whose closed-form latent knows held-out labels better."""
        if self.step1 != "either":
            return self.step1
        best: dict[str, float] = {}
        for step1 in ("none", "JEC-SSL"):
            space = self._space(step1, CLOSED_FORM)
            fitted = FittedEncoder.fit(space, rows, folds, centred=False)
            best[step1] = max(way.evidence for way in fitted.ways())
        return max(best, key=lambda step1: best[step1])

    def _space(self, step1: str, step2: str | SharedSpace) -> SharedSpace:
        """Return the shared space that the two steps make."""
        space = step2 if isinstance(step2, SharedSpace) else SharedSpace()
        if step2 not in (CLOSED_FORM, space):
            from jmml_edu.deep_encoders import CorrelatedSpace  # torch takes seconds to import

            space = CorrelatedSpace(terms=str(step2), seed=self.seed)
        if step1 == "JEC-SSL":
            from jmml_edu.deep_encoders import AfterStep1

            return AfterStep1(space, seed=self.seed)
        return space

    def predict_proba(
        self,
        speech: Matrix | None = None,
        eeg: Matrix | None = None,
        *,
        groups: np.ndarray | None = None,
    ) -> Float[np.ndarray, "row class"]:
        """Return the probability of each class; rows without EEG are judged by speech alone.

        For them the result is the same to the last bit as with no EEG at all. Rows without speech
        are judged by EEG alone.
        """
        name = "JMML.predict_proba"
        if eeg is None:
            if speech is None:
                fail(name, "speech and eeg", "not both be missing", "neither", "Pass one of them.")
            return super().predict_proba(speech, groups=groups)
        _check_columns(name, eeg=eeg, n_columns=len(self.eeg_scaler_.mean))
        if speech is None:
            speech = np.full((len(eeg), len(self.scaler_.mean)), np.nan)
        check_same_rows(name, eeg=eeg, speech=speech)
        seen, heard = ~np.isnan(eeg).all(axis=1), ~np.isnan(speech).all(axis=1)
        alone = seen & ~heard
        probabilities = np.zeros((len(speech), len(self.classes_)))
        by_speech = ~alone
        who = None if groups is None else groups[by_speech]
        if by_speech.any():
            probabilities[by_speech] = super().predict_proba(speech[by_speech], groups=who)
        if seen.any():
            standard = self.eeg_scaler_.apply(self.eeg_filler_.fill(eeg[seen]))
            of_eeg = self._probabilities(self.eeg_classifier_, standard)
            both = heard[seen][:, None]
            probabilities[seen] = np.where(both, (probabilities[seen] + of_eeg) / 2, of_eeg)
        return probabilities

    def predict(
        self,
        speech: Matrix | None = None,
        eeg: Matrix | None = None,
        *,
        groups: np.ndarray | None = None,
    ) -> Labels:
        """Return the most probable class of each row, with EEG where it is there."""
        best = self.predict_proba(speech, eeg, groups=groups).argmax(axis=1)
        labels: np.ndarray = self.classes_[best]
        return labels


def _fit_all(
    encoders: Sequence[Encoder], rows: TrainingRows, folds: Sequence[Split]
) -> list[FittedEncoder]:
    """Return each encoder fitted, first without and then with centring speakers."""
    return [
        FittedEncoder.fit(encoder, rows, folds, centred=centred)
        for encoder in encoders
        for centred in (False, True)
    ]


def _check_training_rows(
    name: str, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray
) -> None:
    """Raise unless the training rows belong together and can be learned from."""
    _check_columns(name, speech=speech, n_columns=speech.shape[-1])
    check_same_rows(name, eeg=eeg, speech=speech, labels=labels, groups=groups)
    shown = np.unique(labels[labels != HIDDEN])
    if len(shown) < 2:
        fail(
            name, "labels", "show at least two classes", shown.tolist(),
            "Label more rows; -1 hides a label.",
        )  # fmt: skip
    check_at_least(name, 2, speakers=len(np.unique(groups)))


def _check_some_eeg(eeg: Matrix, labels: Labels, groups: np.ndarray) -> None:
    """Raise unless two people or more have EEG, and labelled rows of two classes or more."""
    check_same_rows("JMML.fit", eeg=eeg, labels=labels, groups=groups)
    _check_columns("JMML.fit", eeg=eeg, n_columns=eeg.shape[-1])
    there = ~np.isnan(eeg).all(axis=1)
    people = len(np.unique(groups[there].astype(str)))
    rows = int(there.sum())
    if people < 2 or rows < FEWEST_PAIRS:
        fail(
            "JMML.fit", "eeg", f"be there for at least {FEWEST_PAIRS} rows of two people",
            f"{rows} rows of {people}", "Pair more, or use EEGFree, which needs no EEG.",
        )  # fmt: skip
    heard = there & (labels != HIDDEN)
    if len(np.unique(labels[heard])) < 2:
        fail(
            "JMML.fit", "eeg", "be there for labelled rows of at least two classes",
            f"{int(heard.sum())} labelled rows with EEG",
            "Pair more labelled rows, or use EEGFree, which needs no EEG.",
        )  # fmt: skip


def _check_columns(name: str, *, n_columns: int, **views: Matrix) -> None:
    """Raise unless a view is a matrix of so many columns, with NaN for nothing but missing."""
    for view, values in views.items():
        if values.ndim != 2 or 0 in values.shape:
            fail(
                name, view, "have shape (row, column) with at least one of each", values.shape,
                "Pass one row per sample, one column per feature.",
            )  # fmt: skip
        if values.shape[1] != n_columns:
            fail(
                name, view, f"have the {n_columns} columns that were learned from",
                values.shape[1], "Extract the same features.",
            )  # fmt: skip
        if np.isinf(values).any():
            fail(
                name, view, "be finite, or NaN where it is missing",
                f"{int(np.isinf(values).sum())} infinite values", "Look where they come from.",
            )  # fmt: skip
