"""How to listen to speech, chosen by inner cross-validation over people.

Paired features, a few labels and a set of encoders go in; a fitted encoder and a classifier come
out. Whatever is chosen is chosen on training people only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import orthogonal_procrustes
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.data import Split
from jmml_edu.encoders import Encoder, centre_within, has_all
from jmml_edu.evaluation import confusion_counts, unweighted_average_recall

Matrix = Float[np.ndarray, "row _"]
Labels = Int[np.ndarray, " row"]
HIDDEN = -1
"""The label of an unlabelled row, as in scikit-learn's semi-supervised estimators."""


@dataclass(frozen=True)
class Scaler:
    """Means and standard deviations of training columns."""

    mean: Float[np.ndarray, " column"]
    scale: Float[np.ndarray, " column"]

    @classmethod
    def of(cls, values: Matrix) -> Scaler:
        """Return the scaler of the rows without NaN; constant columns are left alone."""
        rows = values[has_all(values)]
        scale = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(scale > 0, scale, 1.0))

    def apply(self, values: Matrix) -> Matrix:
        """Return the standardised columns."""
        return (values - self.mean) / self.scale


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


@dataclass(frozen=True, eq=False)
class Listening:
    """One way to listen: an encoder, one of its options, and whether speakers are centred."""

    encoder: Encoder
    option: str
    centred: bool

    @property
    def name(self) -> str:
        """What it is, in words."""
        return self.option + (", each speaker centred" if self.centred else "")

    def fit(self, rows: TrainingRows) -> Listening:
        """Return this way of listening, learned from rows that are centred as it asks."""
        encoder = deepcopy(self.encoder).fit(rows.eeg, rows.speech, rows.groups)
        return Listening(encoder, self.option, self.centred)

    def encode(self, speech: Matrix) -> Matrix:
        """Return one code per row."""
        return self.encoder.encode(speech, self.option)


def linear_classifier() -> LinearDiscriminantAnalysis:
    """Return the classifier of the whole road: linear discriminants, covariance shrunk.

    Shrinkage after Ledoit and Wolf (2004) needs no tuning and holds up when there are fewer labels
    than columns.
    """
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def score_ways_to_listen(
    encoders: Sequence[Encoder], rows: TrainingRows, folds: Sequence[Split]
) -> list[tuple[Listening, float]]:
    """Return every way to listen with its unweighted average recall on held-out people.

    Encoder and classifier are both learned on the training side of each fold; the held-out side of
    all folds is pooled.
    """
    scored = []
    for centred in (False, True):
        seen = rows.centred() if centred else rows
        for encoder in encoders:
            hits = {option: np.zeros(0, dtype=int) for option in encoder.options}
            for fold in folds:
                for option, predicted in _predict_fold(encoder, seen, fold):
                    hits[option] = np.append(hits[option], predicted)
            true = np.concatenate([_labelled_labels(rows, fold) for fold in folds])
            scored += [
                (Listening(encoder, option, centred), _recall(true, predicted))
                for option, predicted in hits.items()
            ]
    return scored


def cross_fitted_codes(final: Listening, rows: TrainingRows, folds: Sequence[Split]) -> Matrix:
    """Return a code for every row, from an encoder that did not see the row's speaker.

    Encoders of different folds live in different frames; each is turned onto the final one by the
    rotation that best maps its training codes (orthogonal Procrustes).
    """
    codes = final.encode(rows.speech).copy()
    for fold in folds:
        train = rows.take(fold.train)
        encoder = final.fit(train)
        here, there = encoder.encode(train.speech), final.encode(train.speech)
        rotation, _ = orthogonal_procrustes(here - here.mean(axis=0), there - there.mean(axis=0))
        held_out = encoder.encode(rows.speech[fold.test]) - here.mean(axis=0)
        codes[fold.test] = held_out @ rotation + there.mean(axis=0)
    return codes


def _predict_fold(
    encoder: Encoder, rows: TrainingRows, fold: Split
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what each option of an encoder predicts for the labelled held-out rows."""
    train, test = rows.take(fold.train), rows.take(fold.test)
    test = test.take(test.labelled)
    fitted = deepcopy(encoder).fit(train.eeg, train.speech, train.groups)
    known = train.take(train.labelled)
    if not len(test.labels):  # people without a label only teach
        return
    for option in encoder.options:
        codes = fitted.encode(known.speech, option)
        yield option, classify(codes, known.labels, fitted.encode(test.speech, option))


def classify(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the class numbers that the road's classifier gives to test rows.

    Where all training rows are of one class, that is what it says.
    """
    if not len(test) or len(np.unique(labels)) < 2:
        return np.full(len(test), labels[0] if len(labels) else HIDDEN)
    said: np.ndarray = linear_classifier().fit(train, labels).predict(test)
    return said


def _labelled_labels(rows: TrainingRows, fold: Split) -> Labels:
    """Return the labels of the labelled held-out rows."""
    held_out = rows.take(fold.test)
    return held_out.labels[held_out.labelled]


def _recall(true: Labels, predicted: Labels) -> float:
    """Return the unweighted average recall of class numbers."""
    classes = [str(label) for label in np.unique(true)]
    counts = confusion_counts(true.astype(str), predicted.astype(str), classes=classes)
    return float(unweighted_average_recall(counts))
