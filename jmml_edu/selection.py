"""How to listen to speech, chosen by inner cross-validation over people.

Paired features, a few labels and a set of encoders go in; a fitted encoder and a classifier come
out. Whatever is chosen is chosen on training people only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from scipy.linalg import orthogonal_procrustes

from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.data import Split
from jmml_edu.encoders import Encoder, centre_within
from jmml_edu.evaluation import confusion_counts, unweighted_average_recall
from jmml_edu.missing import Matrix, has_all


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
    def kind(self) -> str:
        """The option without its size."""
        return " ".join(word for word in self.option.split() if not word.isdigit())

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


@dataclass(frozen=True, eq=False)
class Hearing:
    """A way to listen, learned, and the classifier that has learned from it."""

    listening: Listening
    classifier: Classifier

    @classmethod
    def learn(cls, way: Listening, rows: TrainingRows, folds: Sequence[Split]) -> Hearing:
        """Learn a way to listen from all rows, and a classifier from cross-fitted codes."""
        rows = rows.centred() if way.centred else rows
        listening = way.fit(rows)
        codes = cross_fitted_codes(listening, rows, folds)
        known = rows.labelled & has_all(codes)
        return cls(listening, Classifier(codes[known], rows.labels[known]))


def score_ways_to_listen(
    encoders: Sequence[Encoder], rows: TrainingRows, folds: Sequence[Split]
) -> list[tuple[Listening, float]]:
    """Return every way to listen with its unweighted average recall on held-out people.

    Encoder and classifier are both learned on the training side of each fold; the held-out side of
    all folds is pooled. Folds without a label on either side say nothing; without any other fold
    all recalls are 0.
    """
    told = rows.labelled
    folds = [fold for fold in folds if told[fold.train].any() and told[fold.test].any()]
    true = np.concatenate([rows.labels[:0], *(_labelled(rows, fold.test).labels for fold in folds)])
    scored = []
    for encoder in encoders:
        for centred in (False, True):
            seen = rows.centred() if centred else rows
            hits = {option: np.zeros(0, dtype=int) for option in encoder.options}
            for fold in folds:
                for option, predicted in _predict_fold(encoder, seen, fold):
                    hits[option] = np.append(hits[option], predicted)
            scored += [
                (Listening(encoder, option, centred), _recall(true, predicted))
                for option, predicted in hits.items()
            ]
    return scored


def choose(scored: Sequence[tuple[Listening, float]]) -> Listening:
    """Return the way to listen that held-out people speak for, in three decisions.

    First whether to centre speakers, then the kind of code, then its size; each by the mean score
    of the ways that are left. With few labels the best of many ways is mostly the luckiest one, and
    whoever offers more of them would be punished; means are much less a matter of luck. The first
    of equals wins.
    """
    left = list(scored)
    for trait in (attrgetter("centred"), attrgetter("kind"), attrgetter("option")):
        means = {
            value: np.mean([score for way, score in left if trait(way) == value])
            for value in dict.fromkeys(trait(way) for way, _ in left)
        }
        best = max(means, key=lambda value: means[value])
        left = [(way, score) for way, score in left if trait(way) == best]
    return left[0][0]


def cross_fitted_codes(final: Listening, rows: TrainingRows, folds: Sequence[Split]) -> Matrix:
    """Return a code for every row of a fold, from an encoder that did not see the row's speaker.

    Rows that no fold holds out have codes of NaN.

    Encoders of different folds choose axes of their own; those are turned onto the final ones by
    the rotation that best maps the training codes (orthogonal Procrustes).
    """
    codes = np.full_like(final.encode(rows.speech), np.nan)
    for fold in folds:
        train = rows.take(fold.train)
        encoder = final.fit(train)
        codes[fold.test] = encoder.encode(rows.speech[fold.test])
        own = slice(codes.shape[1] - final.encoder.own_axes(final.option), None)
        here, there = encoder.encode(train.speech)[:, own], final.encode(train.speech)[:, own]
        rotation, _ = orthogonal_procrustes(here - here.mean(axis=0), there - there.mean(axis=0))
        turned = (codes[fold.test, own] - here.mean(axis=0)) @ rotation
        codes[fold.test, own] = turned + there.mean(axis=0)
    return codes


def _predict_fold(
    encoder: Encoder, rows: TrainingRows, fold: Split
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what each option of an encoder predicts for the labelled held-out rows."""
    train, test = rows.take(fold.train), _labelled(rows, fold.test)
    fitted = deepcopy(encoder).fit(train.eeg, train.speech, train.groups)
    known = train.take(train.labelled)
    for option in encoder.options:
        classifier = Classifier(fitted.encode(known.speech, option), known.labels)
        yield option, classifier.predict(fitted.encode(test.speech, option))


def _labelled(rows: TrainingRows, chosen: np.ndarray) -> TrainingRows:
    """Return those of the chosen rows that have a label."""
    return rows.take(chosen[rows.labelled[chosen]])


def _recall(true: Labels, predicted: Labels) -> float:
    """Return the unweighted average recall of class numbers."""
    classes = [str(label) for label in np.unique(true)]
    counts = confusion_counts(true.astype(str), predicted.astype(str), classes=classes)
    return float(unweighted_average_recall(counts))
