"""What a method says of new people depends on nothing that it may not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from studies import QUICK, relabelled, study, two_classes, two_inner_folds

from jmml_edu import deep_encoders
from jmml_edu.contenders import Task, judge
from jmml_edu.data import UNLABELLED, Features, Pairs
from jmml_edu.experiment import Fold, folds_of, plan_comparison
from jmml_edu.jecl import JointClassLearner
from jmml_edu.pipeline import JMML
from jmml_edu.results import TIERS, Plan
from jmml_edu.training import Schedule

ROAD = tuple(TIERS["road"])

SPEECH_METHODS = tuple(name for name in ROAD if name != "eeg_only")
SMALL = two_classes(study(120, n_subjects=4))
PLAN = plan_comparison(SMALL.eeg, SMALL.speech, replace(QUICK, labels_per_class=10))


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with two_inner_folds():
        yield


@pytest.fixture(scope="module")
def fold() -> Fold:
    """The first fold of the small study, few labels shown."""
    return next(folds_of(SMALL.eeg, SMALL.speech, PLAN))


def said(fold: Fold, plan: Plan = PLAN) -> dict[str, list[str]]:
    """What each method says of the held-out rows."""
    task = Task(fold, SMALL.speech.classes, plan)
    return {method: judge(task, method).said.tolist() for method in plan.methods}


def test_the_shuffled_control_learns_from_the_same_eeg_given_to_others(
    fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Pairs] = []
    fit = Task.fit

    def fit_and_tell(task: Task, model: JMML, pairs: Pairs | None = None) -> JMML:
        seen.append(task.fold.train if pairs is None else pairs)
        return fit(task, model, pairs)

    monkeypatch.setattr(Task, "fit", fit_and_tell)
    said(fold)
    trained, shuffled = seen
    np.testing.assert_array_equal(trained.speech.values, shuffled.speech.values)
    np.testing.assert_array_equal(trained.eeg.values, fold.train.eeg.values)
    assert not np.array_equal(trained.eeg.values, shuffled.eeg.values)
    for person in set(trained.subjects):
        rows = trained.subjects == person
        own, other = (np.sort(pairs.eeg.values[rows, 0]) for pairs in (trained, shuffled))
        np.testing.assert_array_equal(own, other)


def test_eeg_of_held_out_people_changes_nothing_that_is_said_from_speech(fold: Fold) -> None:
    def poisoned(side: Features) -> Features:
        return replace(side, values=1e6 * (1 + side.values**2))

    test = replace(fold.test, eeg=poisoned(fold.test.eeg))
    before, after = said(fold), said(replace(fold, test=test, test_eeg=poisoned(fold.test_eeg)))
    assert [before[name] == after[name] for name in SPEECH_METHODS] == [True] * 4
    assert before["eeg_only"] != after["eeg_only"]


def test_labels_of_held_out_people_change_no_prediction(fold: Fold) -> None:
    wrong = np.random.default_rng(0).permutation(fold.test.labels)
    test, test_eeg = relabelled(fold.test, wrong), replace(fold.test_eeg, labels=wrong)
    assert said(fold) == said(replace(fold, test=test, test_eeg=test_eeg))


def test_two_deep_steps_know_no_more_of_held_out_people(
    fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deep_encoders, "JointClassLearner", partial(JointClassLearner, epochs=2))
    monkeypatch.setattr(deep_encoders, "_schedule_for", lambda n_rows: Schedule(epochs=1))
    plan = replace(PLAN, step1="JEC-SSL", step2="DCCA")
    test = relabelled(fold.test, np.random.default_rng(0).permutation(fold.test.labels))
    test = replace(test, eeg=replace(test.eeg, values=1e6 * (1 + test.eeg.values**2)))
    labels = np.where(fold.train.labels == UNLABELLED, "negative", fold.train.eeg.labels)
    train = replace(fold.train, eeg=replace(fold.train.eeg, labels=labels))
    assert said(fold, plan) == said(replace(fold, train=train, test=test), plan)


def test_hidden_labels_of_training_people_change_no_prediction(fold: Fold) -> None:
    other = np.where(fold.train.eeg.labels == "negative", "positive", "negative")
    labels = np.where(fold.train.labels == UNLABELLED, other, fold.train.eeg.labels)
    train = replace(fold.train, eeg=replace(fold.train.eeg, labels=labels))
    assert said(fold) == said(replace(fold, train=train))


def test_a_new_person_is_judged_without_the_others(fold: Fold) -> None:
    first = fold.test.subjects == fold.test.subjects[0]
    others = np.where(first[:, None], fold.test.speech.values, 50.0)
    louder = replace(fold.test, speech=replace(fold.test.speech, values=others))
    before, after = said(fold), said(replace(fold, test=louder))
    for name in SPEECH_METHODS:
        assert np.array(before[name])[first].tolist() == np.array(after[name])[first].tolist()


def test_units_of_the_features_do_not_matter(fold: Fold) -> None:
    train, test = (
        replace(pairs, speech=replace(pairs.speech, values=1e4 * pairs.speech.values + 7))
        for pairs in (fold.train, fold.test)
    )
    assert said(fold) == said(replace(fold, train=train, test=test))


def test_speech_only_learns_from_labelled_utterances_alone(fold: Fold) -> None:
    hidden = fold.train.labels == UNLABELLED
    values = np.where(hidden[:, None], -fold.train.speech.values, fold.train.speech.values)
    train = replace(fold.train, speech=replace(fold.train.speech, values=values))
    before, after = said(fold), said(replace(fold, train=train))
    assert before["speech_only"] == after["speech_only"]
    assert before["eeg_only"] == after["eeg_only"]
    assert before["eeg_trained"] != after["eeg_trained"]


def test_eeg_only_never_hears_speech(fold: Fold) -> None:
    def silent(pairs: Pairs) -> Pairs:
        noise = np.random.default_rng(1).standard_normal(pairs.speech.values.shape)
        return replace(pairs, speech=replace(pairs.speech, values=noise))

    before = said(fold)
    after = said(replace(fold, train=silent(fold.train), test=silent(fold.test)))
    assert before["eeg_only"] == after["eeg_only"]
    assert before["speech_only"] != after["speech_only"]
