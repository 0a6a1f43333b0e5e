"""The road on people nobody has seen: EEG helps where it was planted, and nothing from nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score
from studies import fitted_road, numbered, relabelled

from jmml_edu.classifier import Classifier
from jmml_edu.data import Pairs
from jmml_edu.eeg_free import EEGFree
from jmml_edu.pairing import shuffled_within_subject
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs


def uar_on_new_people(train: Pairs, test: Pairs, *, per_class: int) -> dict[str, float]:
    """Recall of the road, its control and raw speech on people nobody has seen."""
    labels, speech = numbered(train, per_class=per_class), train.speech.values
    shuffled = shuffled_within_subject(train, seed=0)
    shown = labels >= 0
    models = {
        "paired": fitted_road(train, labels),
        "shuffled": fitted_road(shuffled, labels),
        "eeg_free": EEGFree(inner_folds=2).fit(speech, labels, train.subjects),
    }
    found = {
        name: model.predict(test.speech.values, groups=test.subjects)
        for name, model in models.items()
    }
    raw = Classifier(speech[shown], labels[shown])
    found["raw"] = raw.predict(test.speech.values)
    return {
        name: float(balanced_accuracy_score(numbered(test), predicted))
        for name, predicted in found.items()
    }


def average(studies: list[dict[str, float]]) -> dict[str, float]:
    """Mean of each method over studies."""
    return {name: float(np.mean([study[name] for study in studies])) for name in studies[0]}


def test_true_pairs_help_and_shuffled_ones_do_not() -> None:
    studies = []
    for seed in range(3):
        everyone = gaussian_pairs(
            800, correlations=(0.9, 0.9), n_subjects=16, nuisance=4.0, seed=seed
        )
        new = np.isin(everyone.subjects, [f"g{number:03d}" for number in range(8)])
        studies.append(uar_on_new_people(everyone.take(~new), everyone.take(new), per_class=12))
    found = average(studies)
    assert found["paired"] > found["raw"] + 0.2
    assert found["paired"] > found["shuffled"] + 0.04
    assert found["shuffled"] == found["eeg_free"]  # EEG that shares nothing has no say


def test_labels_that_belong_to_nothing_give_chance() -> None:
    studies = []
    for seed in range(3):
        everyone = gaussian_pairs(400, n_subjects=10, nuisance=1.0, seed=seed)
        rng = np.random.default_rng(seed)
        labels = np.array(QUADRANTS, dtype=object)[rng.integers(4, size=400)]
        everyone = relabelled(everyone, labels)
        new = np.isin(everyone.subjects, ["g000", "g001", "g002", "g003", "g004"])
        studies.append(uar_on_new_people(everyone.take(~new), everyone.take(new), per_class=40))
    # 600 test rows: the standard error of a recall of 0.25 is 0.018.
    for score in average(studies).values():
        assert score == pytest.approx(0.25, abs=0.05)
