"""What notebook 10 trains again and again, and what the codes of a model are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import recall_score

from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.columns import column_correlations
from jmml_edu.course.lessons.data10 import Study
from jmml_edu.crossmodal import CorrelatedAutoencoder
from jmml_edu.missing import Matrix
from jmml_edu.networks import Layers
from jmml_edu.splits import draw_labels
from jmml_edu.training import Schedule

LAYERS = Layers(width=64, depth=1, dropout=0.0)
"""Small and without dropout: two right programs then end in the same digits."""

EPOCHS, PER_CLASS = 20, 25


@dataclass(frozen=True)
class Worth:
    """What the codes of new people are good for.

    Attributes
    ----------
    recall
        Of a linear classifier of speech codes that learned from 25 labels per class.
    agreement
        Sum of the correlations of EEG and speech codes.
    told
        Share of a view's variance that a decoder tells, by the name of the term.
    """

    recall: float
    agreement: float
    told: dict[str, float]


def learn(
    study: Study, terms: str | Mapping[str, float], *, weight: float = 0.1, epochs: int = EPOCHS
) -> CorrelatedAutoencoder:
    """Return a model of the study that was trained for all epochs, whoever might have objected."""
    model = CorrelatedAutoencoder(
        6, terms=terms, reconstruction_weight=weight, held_out=0.0, layers=LAYERS,
        schedule=Schedule(epochs=epochs),
    )  # fmt: skip
    return model.fit(study.learn.eeg.values, study.learn.speech.values)


def worth(study: Study, model: CorrelatedAutoencoder) -> Worth:
    """Return what a model is worth on the people of the study that it never met."""
    classes = study.learn.speech.classes
    shown = draw_labels(study.learn.labels, per_class=PER_CLASS, seed=0)
    labels = np.array([classes.index(one) if one in classes else HIDDEN for one in shown])
    known = labels != HIDDEN
    shown_pairs = study.learn.take(known)
    _, codes = model.transform(shown_pairs.eeg.values, shown_pairs.speech.values)
    reader = Classifier(codes, labels[known])
    eeg, speech = model.transform(study.new.eeg.values, study.new.speech.values)
    true = [classes.index(one) for one in study.new.labels]
    return Worth(
        float(recall_score(true, reader.predict(speech), average="macro")),
        float(column_correlations(eeg, speech).sum()),
        _told(study, model),
    )


def _told(study: Study, model: CorrelatedAutoencoder) -> dict[str, float]:
    """Return the share of each view's variance that each decoder tells."""
    views = {"eeg": study.new.eeg.values, "speech": study.new.speech.values}
    return {
        f"{target} from {source}": share_told(told, views[target])
        for source in views
        for target, told in model.reconstruct(**{source: views[source]}).items()
    }


def share_told(told: Matrix, real: Matrix) -> float:
    """Return the share of variance that is told: 1 is all, 0 no more than a mean would.

    Examples
    --------
    >>> real = np.array([[0.0], [2.0]])
    >>> share_told(real, real), share_told(np.ones((2, 1)), real)
    (1.0, 0.0)
    """
    missed = ((real - told) ** 2).sum()
    return float(1 - missed / ((real - real.mean(axis=0)) ** 2).sum())
