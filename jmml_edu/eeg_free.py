"""The fair opponent of the road: several ways to hear emotion in speech, which vote.

Speech and a few labels go in; a classifier comes out that has never seen EEG. The road itself is
the same vote with more to vote for.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from hashlib import sha256

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator, ClassifierMixin

from jmml_edu._checks import check_at_least, check_same_rows, fail
from jmml_edu.classifier import HIDDEN, Classifier, Labels, LogOdds
from jmml_edu.data import Split
from jmml_edu.discriminant_encoder import Discriminants
from jmml_edu.encoders import (
    Encoder,
    PrincipalComponents,
    SpeechItself,
    WithoutSpeakers,
    centre_within,
)
from jmml_edu.missing import GapFiller, Matrix, Scaler, has_all
from jmml_edu.selection import FittedEncoder, Said, TrainingRows, Way, pool, weigh, with_columns_for
from jmml_edu.splits import grouped_folds

LEAST_WEIGHT = 0.001
"""Ways that may say less than this are not asked."""


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

    ways_: list[Way]

    def fit(self, speech: Matrix, labels: Labels, groups: np.ndarray) -> EEGFree:
        """Learn from speech, labelled or not (-1), and return self; ``groups`` says who speaks."""
        nothing = np.full((len(speech), 1), np.nan)
        self._fit(nothing, speech, labels, groups)
        return self

    def _fit(
        self,
        eeg: Matrix,
        speech: Matrix,
        labels: Labels,
        groups: np.ndarray,
        free: EEGFree | None = None,
    ) -> None:
        """Learn ways to listen, then how much each may say.

        ``free`` has learned from the same speech, labels and folds: its ways are taken over.
        """
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
        self._n_labels = int(rows.labelled.sum())
        self._learned_from = self._digest(speech, labels, groups)
        if free is not None and free._learned_from != self._learned_from:
            fail(
                name, "free", "have learned from the same speech, labels, people and folds",
                "another", "Fit it anew, or leave it out.",
            )  # fmt: skip
        known = fit_all(free_encoders(len(self.classes_)), rows, folds) if free is None else []
        fitted = [*known, *self._fitted(rows, folds)]
        self.ways_ = [] if free is None else list(free.ways_)
        self.ways_ += [way for one in fitted for way in one.ways()]
        self._count_votes()

    def _count_votes(self) -> None:
        """Say how much each way may say, and which most."""
        self.weights_ = weigh(self.ways_, self._n_labels)
        self.evidence_ = {way.name: way.evidence for way in self.ways_}
        self.choice_ = self.ways_[int(self.weights_.argmax())].name
        alone = self._ways_alone()
        self.choice_alone_ = alone[int(weigh(alone, self._n_labels).argmax())].name

    def only(self, encoder: type) -> EEGFree:
        """Return the vote of one kind of encoder, as if there had never been another.

        Raises
        ------
        InputError
            If none of that kind votes.
        """
        by_itself = copy(self)
        by_itself.ways_ = [way for way in self.ways_ if isinstance(way.encoder, encoder)]
        if not by_itself.ways_:
            kinds = sorted({type(way.encoder).__name__ for way in self.ways_})
            fail(
                f"{type(self).__name__}.only", "encoder", f"be one of {', '.join(kinds)}",
                encoder.__name__, "Pick a kind that votes.",
            )  # fmt: skip
        by_itself._count_votes()
        return by_itself

    def _fitted(self, rows: TrainingRows, folds: Sequence[Split]) -> list[FittedEncoder]:
        """Return what may be listened to besides speech as it is and speech that was cleaned."""
        return []

    def _digest(self, speech: Matrix, labels: Labels, groups: np.ndarray) -> str:
        """Return a fingerprint of all that decides what the ways without EEG have learned."""
        parts = (speech, labels, groups.astype(str))
        told = [sha256(np.ascontiguousarray(part).tobytes()).hexdigest() for part in parts]
        return f"{told} {self.inner_folds} {self.seed}"

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
        check_columns(name, speech=speech, n_columns=len(self.scaler_.mean))
        check_rows_hold_something(name, ~np.isnan(speech).all(axis=1))
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
        asked = weights > LEAST_WEIGHT
        said = [
            self._probabilities(way.classifier, way.encoder.encode(heard[way.centred], way.option))
            for way, ask in zip(ways, asked, strict=True)
            if ask
        ]
        return pool(said, weights[asked])

    def _held_out_vote(self, labels: Labels) -> Said:
        """Return what the ways together said of training rows before they met the speaker."""
        asked = self.weights_ > LEAST_WEIGHT
        said = [way.held_out for way, ask in zip(self.ways_, asked, strict=True) if ask]
        shown = np.unique(labels[labels != HIDDEN])
        return with_columns_for(self.classes_, pool(said, self.weights_[asked]), shown)

    def _probabilities(
        self, classifier: Classifier | LogOdds, codes: Matrix
    ) -> Float[np.ndarray, "row class"]:
        """Return what a classifier says, 0 for a class of ``classes_`` that it never met."""
        said = classifier.predict_proba(codes)
        return with_columns_for(self.classes_, said, classifier.classes_)


def free_encoders(n_classes: int) -> tuple[Encoder, ...]:
    """Return what may be listened to without EEG, simplest first."""
    return SpeechItself(), WithoutSpeakers(), PrincipalComponents(), Discriminants(n_classes)


def fit_all(
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
    check_columns(name, speech=speech, n_columns=speech.shape[-1])
    check_same_rows(name, eeg=eeg, speech=speech, labels=labels, groups=groups)
    shown = np.unique(labels[labels != HIDDEN])
    if len(shown) < 2:
        fail(
            name, "labels", "show at least two classes", shown.tolist(),
            "Label more rows; -1 hides a label.",
        )  # fmt: skip
    check_at_least(name, 2, speakers=len(np.unique(groups)))


def check_rows_hold_something(name: str, there: np.ndarray) -> None:
    """Raise if a row holds nothing to judge by."""
    silent = np.flatnonzero(~there)
    if len(silent):
        fail(
            name, "speech", "hold at least one number in each row",
            f"{len(silent)} rows without any, the first row {silent[0]}",
            "Leave these rows out.",
        )  # fmt: skip


def check_columns(name: str, *, n_columns: int, **views: Matrix) -> None:
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
