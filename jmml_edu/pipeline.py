"""The road as one estimator: learn with EEG and speech, recognise from speech alone.

Paired features and a few labels go in; a classifier comes out that needs no EEG. ``EEGFree`` is its
fair opponent: the same choices, the same unlabelled speech, and never any EEG.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator, ClassifierMixin

from jmml_edu._checks import check_at_least, check_matrix, check_same_rows, fail
from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.encoders import (
    Encoder,
    PrincipalComponents,
    SharedSpace,
    SpeechItself,
    WithoutSpeakers,
    centre_within,
)
from jmml_edu.missing import Matrix, Scaler, has_all
from jmml_edu.pairing import FEWEST_PAIRS
from jmml_edu.selection import Hearing, TrainingRows, choose, score_ways_to_listen
from jmml_edu.splits import grouped_folds


class EEGFree(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The best of several ways to hear emotion in speech without ever seeing EEG.

    Parameters
    ----------
    inner_folds
        Folds over training people in which the way to listen is chosen.
    seed
        Decides those folds.

    Attributes
    ----------
    choice_, choice_alone_
        What was chosen, in words: for people of whom several utterances are known to be theirs,
        and for single utterances.
    inner_scores_
        Unweighted average recall of each way to listen, on held-out training people.
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

    def _encoders(self) -> tuple[Encoder, ...]:
        """Return what may be listened to, simplest first."""
        return SpeechItself(), WithoutSpeakers(), PrincipalComponents()

    def _fit(self, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray) -> None:
        """Choose how to listen, then learn to."""
        _check_training_rows(type(self).__name__, eeg, speech, labels, groups)
        self.classes_ = np.unique(labels[labels != HIDDEN])
        self.scaler_ = Scaler.of(speech)
        rows = TrainingRows(eeg, self.scaler_.apply(speech), labels, groups)
        folds = grouped_folds(
            groups,
            labels,
            n_folds=min(self.inner_folds, len(np.unique(groups))),
            seed=self.seed,
        )
        # A fold that leaves next to no pairs cannot say anything about the shared space.
        paired = has_all(eeg)
        folds = [f for f in folds if paired[f.train].sum() >= min(FEWEST_PAIRS // 2, paired.sum())]
        scored = score_ways_to_listen(self._encoders(), rows, folds)
        self.inner_scores_ = {way.name: score for way, score in scored}
        chosen = choose(scored)
        alone = choose([(way, score) for way, score in scored if not way.centred])
        self.choice_, self.choice_alone_ = chosen.name, alone.name
        self.hearing_alone_ = Hearing.learn(alone, rows, folds)
        self.hearing_ = (
            Hearing.learn(chosen, rows, folds) if chosen.centred else self.hearing_alone_
        )

    def predict_proba(
        self, speech: Matrix, *, groups: np.ndarray | None = None
    ) -> Float[np.ndarray, "row class"]:
        """Return the probability of each class of ``classes_``.

        With ``groups``, who speaks each row, the way of ``choice_`` is taken: it may centre the
        utterances of a new person on their own mean, which takes several of them but no label.
        Without, each row is judged alone, in the way of ``choice_alone_``.
        """
        name = f"{type(self).__name__}.predict_proba"
        check_matrix(name, speech=speech)
        if speech.shape[1] != len(self.scaler_.mean):
            fail(
                name, "speech", f"have the {len(self.scaler_.mean)} columns that were learned from",
                speech.shape[1], "Extract the same features.",
            )  # fmt: skip
        speech = self.scaler_.apply(speech)
        hearing = self.hearing_alone_ if groups is None else self.hearing_
        if groups is not None and hearing.listening.centred:
            check_same_rows(name, speech=speech, groups=groups)
            speech = centre_within(speech, groups)
        return self._probabilities(hearing.classifier, hearing.listening.encode(speech))

    def predict(self, speech: Matrix, *, groups: np.ndarray | None = None) -> Labels:
        """Return the most probable class of each row."""
        best = self.predict_proba(speech, groups=groups).argmax(axis=1)
        labels: np.ndarray = self.classes_[best]
        return labels

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

    Pairs, labelled or not, give a space in which EEG and speech are correlated; the labelled ones
    teach a classifier in it. Whether the classifier hears the latent :math:`z_S`, the speech
    :math:`x_S` or both is chosen by inner cross-validation over people. Codes that the classifier
    learns from come from encoders that did not see their speaker.

    Here the shared space is closed-form CCA, one linear stage in place of the paper's two steps
    (arXiv 2503.18964).

    Parameters
    ----------
    space
        The shared space; None takes ``SharedSpace()``.
    inner_folds, seed
        As in :class:`EEGFree`.

    Attributes
    ----------
    choice_, choice_alone_, inner_scores_, classes_
        As in :class:`EEGFree`.

    Notes
    -----
    When EEG is there at inference, the decision is the mean of the probabilities of the speech
    road and of a classifier of EEG features: late fusion (our reading).

    Examples
    --------
    >>> from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
    >>> pairs = gaussian_pairs(300, correlations=(0.9, 0.9), nuisance=3, seed=0)
    >>> labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    >>> labels[60:] = -1  # the other pairs teach without a label
    >>> road = JMML().fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)
    >>> road.predict(pairs.speech.values[:3]).shape
    (3,)
    """

    def __init__(
        self, *, space: Encoder | None = None, inner_folds: int = 5, seed: int = 0
    ) -> None:
        super().__init__(inner_folds=inner_folds, seed=seed)
        self.space = space

    def fit(  # type: ignore[override]
        self, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray
    ) -> JMML:
        """Learn from pairs and return self.

        Parameters
        ----------
        eeg
            EEG features; a row of NaN has no EEG.
        speech
            Speech features.
        labels
            Class numbers, -1 where hidden.
        groups
            Who speaks.

        Raises
        ------
        InputError
            If the arguments do not belong together, no row has EEG, fewer than two classes
            are labelled, or there is only one speaker.
        """
        _check_some_eeg(eeg, labels, groups)
        self.eeg_scaler_ = Scaler.of(eeg)
        standard = self.eeg_scaler_.apply(eeg)
        heard = has_all(eeg) & (labels != HIDDEN)
        self.eeg_classifier_ = Classifier(standard[heard], labels[heard])
        self._fit(standard, speech, labels, groups)
        return self

    def _encoders(self) -> tuple[Encoder, ...]:
        """Return what may be listened to, simplest first."""
        return SpeechItself(), self.space or SharedSpace()

    def predict_proba(
        self, speech: Matrix, eeg: Matrix | None = None, *, groups: np.ndarray | None = None
    ) -> Float[np.ndarray, "row class"]:
        """Return the probability of each class; rows without EEG are judged by speech alone.

        For them the result is the same to the last bit as with no EEG at all.
        """
        probabilities = super().predict_proba(speech, groups=groups)
        if eeg is None:
            return probabilities
        check_same_rows("JMML.predict_proba", eeg=eeg, speech=speech)
        _check_whole_rows("JMML.predict_proba", eeg, len(self.eeg_scaler_.mean))
        there = has_all(eeg)
        if there.any():
            standard = self.eeg_scaler_.apply(eeg[there])
            of_eeg = self._probabilities(self.eeg_classifier_, standard)
            probabilities[there] = (probabilities[there] + of_eeg) / 2
        return probabilities

    def predict(
        self, speech: Matrix, eeg: Matrix | None = None, *, groups: np.ndarray | None = None
    ) -> Labels:
        """Return the most probable class of each row, with EEG where it is there."""
        best = self.predict_proba(speech, eeg, groups=groups).argmax(axis=1)
        labels: np.ndarray = self.classes_[best]
        return labels


def _check_training_rows(
    name: str, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray
) -> None:
    """Raise unless the training rows belong together and can be learned from."""
    check_matrix(f"{name}.fit", speech=speech)
    check_same_rows(f"{name}.fit", eeg=eeg, speech=speech, labels=labels, groups=groups)
    shown = np.unique(labels[labels != HIDDEN])
    if len(shown) < 2:
        fail(
            f"{name}.fit", "labels", "show at least two classes", shown.tolist(),
            "Label more rows; -1 hides a label.",
        )  # fmt: skip
    check_at_least(f"{name}.fit", 2, speakers=len(np.unique(groups)))


def _check_some_eeg(eeg: Matrix, labels: Labels, groups: np.ndarray) -> None:
    """Raise unless two people or more have EEG, and labelled rows of two classes or more."""
    check_same_rows("JMML.fit", eeg=eeg, labels=labels, groups=groups)
    _check_whole_rows("JMML.fit", eeg, eeg.shape[1])
    people = len(np.unique(groups[has_all(eeg)].astype(str)))
    rows = int(has_all(eeg).sum())
    if people < 2 or rows < FEWEST_PAIRS:
        fail(
            "JMML.fit", "eeg", f"be there for at least {FEWEST_PAIRS} rows of two people",
            f"{rows} rows of {people}", "Pair more, or use EEGFree, which needs no EEG.",
        )  # fmt: skip
    heard = has_all(eeg) & (labels != HIDDEN)
    if len(np.unique(labels[heard])) < 2:
        fail(
            "JMML.fit", "eeg", "be there for labelled rows of at least two classes",
            f"{int(heard.sum())} labelled rows with EEG",
            "Pair more labelled rows, or use EEGFree, which needs no EEG.",
        )  # fmt: skip


def _check_whole_rows(name: str, eeg: Matrix, n_columns: int) -> None:
    """Raise unless EEG has the columns that were learned from, each row whole or all NaN."""
    if eeg.shape[1] != n_columns:
        fail(
            name, "eeg", f"have the {n_columns} columns that were learned from", eeg.shape[1],
            "Extract the same features.",
        )  # fmt: skip
    torn = np.flatnonzero(~has_all(eeg) & ~np.isnan(eeg).all(axis=1))
    if len(torn):
        fail(
            name, "eeg", "be whole or all NaN in each row",
            f"{len(torn)} rows with some NaN or infinite, the first row {torn[0]}",
            "Mend those rows, or make them NaN: then they count as missing.",
        )  # fmt: skip
