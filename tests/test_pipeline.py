"""The road: EEG while learning, speech alone afterwards; its opponent; data that hold nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from studies import numbered, strong_pairs

from jmml_edu import pipeline
from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.data import Pairs
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.pipeline import JMML, EEGFree


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return strong_pairs()


@pytest.fixture(scope="module")
def road(pairs: Pairs) -> JMML:
    return JMML(inner_folds=3).fit(
        pairs.eeg.values, pairs.speech.values, numbered(pairs, per_class=25), pairs.subjects
    )


def test_without_eeg_the_answer_is_that_of_speech_alone_bit_for_bit(
    pairs: Pairs, road: JMML
) -> None:
    speech, eeg = pairs.speech.values, pairs.eeg.values.copy()
    alone = road.predict_proba(speech)
    assert road.predict_proba(speech, np.full_like(eeg, np.nan)).tobytes() == alone.tobytes()
    there = np.arange(len(eeg)) % 3 == 0
    eeg[~there] = np.nan
    some = road.predict_proba(speech, eeg)
    assert some[~there].tobytes() == alone[~there].tobytes()
    assert (np.abs(some[there] - alone[there]).max(axis=1) > 0).all()
    np.testing.assert_allclose(some.sum(axis=1), 1)


def test_with_eeg_the_answer_is_the_mean_of_both_classifiers(pairs: Pairs, road: JMML) -> None:
    labels = numbered(pairs, per_class=25)
    shown, eeg = labels >= 0, pairs.eeg.values
    scaled = (eeg - eeg.mean(axis=0)) / eeg.std(axis=0)
    by_eeg = Classifier(scaled[shown], labels[shown]).predict_proba(scaled)
    alone = road.predict_proba(pairs.speech.values)
    fused = road.predict_proba(pairs.speech.values, eeg)
    np.testing.assert_allclose(fused, (alone + by_eeg) / 2, atol=1e-12)
    assert (road.predict(pairs.speech.values, eeg) == fused.argmax(axis=1)).all()


def test_prediction_leaves_its_input_alone(pairs: Pairs, road: JMML) -> None:
    eeg, speech = pairs.eeg.values.copy(), pairs.speech.values.copy()
    road.predict(speech, eeg, groups=pairs.subjects)
    assert (eeg == pairs.eeg.values).all()
    assert (speech == pairs.speech.values).all()


def test_one_seed_gives_one_model(pairs: Pairs) -> None:
    data = pairs.eeg.values, pairs.speech.values, numbered(pairs), pairs.subjects
    model = JMML(inner_folds=3, seed=4)
    first = model.fit(*data).predict_proba(pairs.speech.values).tobytes()
    assert model.fit(*data).predict_proba(pairs.speech.values).tobytes() == first
    assert clone(model).fit(*data).predict_proba(pairs.speech.values).tobytes() == first


def test_it_is_an_estimator_of_scikit_learn() -> None:
    space = SharedSpace((2,))
    model = JMML(space=space, inner_folds=3, seed=7)
    assert model.get_params() == {"space": space, "inner_folds": 3, "seed": 7}
    twin = clone(model)
    assert (twin.inner_folds, twin.seed, twin.space.sizes) == (3, 7, (2,))
    assert EEGFree().get_params() == {"inner_folds": 5, "seed": 0}
    assert EEGFree().set_params(seed=2).seed == 2


def test_classes_keep_their_numbers() -> None:
    pairs = strong_pairs()
    names = np.array([3, 10, 11, 40])
    data = pairs.eeg.values, pairs.speech.values
    model = JMML(inner_folds=3).fit(*data, names[numbered(pairs)], pairs.subjects)
    plain = JMML(inner_folds=3).fit(*data, numbered(pairs), pairs.subjects)
    assert model.classes_.tolist() == names.tolist()
    expected = names[plain.predict(pairs.speech.values)]
    assert (model.predict(pairs.speech.values) == expected).all()
    free = EEGFree(inner_folds=2).fit(data[1], names[numbered(pairs)], pairs.subjects)
    assert set(free.predict(data[1])) == set(names)


def test_hidden_labels_hide_their_class_but_not_their_pair() -> None:
    pairs = strong_pairs(400, nuisance=3.0)
    labels = numbered(pairs, per_class=15)
    shown = labels >= 0
    all_pairs = JMML(space=SharedSpace((2,)), inner_folds=3).fit(
        pairs.eeg.values, pairs.speech.values, labels, pairs.subjects
    )
    fewer = JMML(space=SharedSpace((2,)), inner_folds=3).fit(
        pairs.eeg.values[shown], pairs.speech.values[shown], labels[shown], pairs.subjects[shown]
    )
    assert all_pairs.classes_.tolist() == [0, 1, 2, 3]
    true = numbered(pairs)[~shown]
    scores = [
        balanced_accuracy_score(true, model.predict(pairs.speech.values[~shown]))
        for model in (all_pairs, fewer)
    ]
    assert scores[0] > scores[1]


def test_pairs_without_eeg_still_teach_the_classifier() -> None:
    pairs = strong_pairs(300)
    eeg, labels = pairs.eeg.values.copy(), numbered(pairs)
    eeg[::2] = np.nan
    model = JMML(space=SharedSpace((2,)), inner_folds=3)
    model.fit(eeg, pairs.speech.values, labels, pairs.subjects)
    kept = np.arange(300) % 2 == 1
    np.testing.assert_allclose(model.eeg_scaler_.mean, pairs.eeg.values[kept].mean(axis=0))
    assert balanced_accuracy_score(labels, model.predict(pairs.speech.values)) > 0.7


def test_a_class_without_eeg_is_judged_by_speech_and_by_the_rest() -> None:
    pairs = strong_pairs(300)
    eeg, labels = pairs.eeg.values.copy(), numbered(pairs)
    eeg[labels == 1] = np.nan
    model = JMML(inner_folds=3).fit(eeg, pairs.speech.values, labels, pairs.subjects)
    fused = model.predict_proba(pairs.speech.values, pairs.eeg.values)
    alone = model.predict_proba(pairs.speech.values)
    np.testing.assert_allclose(fused[:, 1], alone[:, 1] / 2)
    np.testing.assert_allclose(fused.sum(axis=1), 1)


def test_the_way_is_chosen_between_people(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []

    def watched(encoders: object, rows: pipeline.TrainingRows, folds: list[object]) -> object:
        kept.extend((rows.groups, fold) for fold in folds)
        return real(encoders, rows, folds)

    real = pipeline.score_ways_to_listen
    monkeypatch.setattr(pipeline, "score_ways_to_listen", watched)
    JMML(inner_folds=9).fit(pairs.eeg.values, pairs.speech.values, numbered(pairs), pairs.subjects)
    assert len(kept) == 5  # no more folds than people
    for groups, fold in kept:
        assert not set(groups[fold.train]) & set(groups[fold.test])


def test_eeg_is_no_use_to_the_eeg_free(pairs: Pairs) -> None:
    labels = numbered(pairs, per_class=25)
    model = EEGFree(inner_folds=3).fit(pairs.speech.values, labels, pairs.subjects)
    assert not any("latent" in name or "both" in name for name in model.inner_scores_)
    assert {"speech", "speech, each speaker centred", "whitened 6"} <= set(model.inner_scores_)
    with pytest.raises(TypeError):
        model.predict(pairs.speech.values, pairs.eeg.values)


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Scores that stand in for those of the inner folds, 0.3 for every way that is not named."""
    planted: dict[str, float] = {}
    real = pipeline.score_ways_to_listen
    monkeypatch.setattr(
        pipeline,
        "score_ways_to_listen",
        lambda *rows: [(way, planted.get(way.name, 0.3)) for way, _ in real(*rows)],
    )
    return planted


def test_one_way_is_chosen_for_people_and_one_for_single_utterances(
    pairs: Pairs, scores: dict[str, float]
) -> None:
    scores |= {"latent 4, each speaker centred": 0.9, "both 2": 0.6, "both 4": 0.4, "speech": 0.35}
    model = JMML(inner_folds=3).fit(
        pairs.eeg.values, pairs.speech.values, numbered(pairs), pairs.subjects
    )
    assert (model.choice_, model.choice_alone_) == ("latent 4, each speaker centred", "both 2")
    assert model.inner_scores_["latent 4, each speaker centred"] == 0.9
    assert model.hearing_.listening.name == model.choice_
    assert model.hearing_alone_.listening.name == model.choice_alone_


def test_where_centring_does_not_help_both_ways_are_one(
    pairs: Pairs, scores: dict[str, float]
) -> None:
    scores |= {"whitened 6": 0.9}
    speech = pairs.speech.values
    model = EEGFree(inner_folds=3).fit(speech, numbered(pairs), pairs.subjects)
    assert model.choice_ == model.choice_alone_ == "whitened 6"
    known, unknown = (model.predict_proba(speech, groups=g) for g in (pairs.subjects, None))
    assert known.tobytes() == unknown.tobytes()


def test_without_knowing_who_speaks_a_row_is_judged_alone_and_never_centred(
    pairs: Pairs, scores: dict[str, float]
) -> None:
    scores |= {"speech, each speaker centred": 1.0}
    speech, labels = pairs.speech.values, numbered(pairs)
    model = EEGFree(inner_folds=3).fit(speech, labels, pairs.subjects)
    assert (model.choice_, model.choice_alone_) == ("speech, each speaker centred", "speech")
    scaled = (speech - speech.mean(axis=0)) / speech.std(axis=0)
    found = model.predict_proba(speech)
    np.testing.assert_allclose(found, Classifier(scaled, labels).predict_proba(scaled), atol=1e-9)
    for row in (0, 7):
        np.testing.assert_allclose(model.predict_proba(speech[[row]])[0], found[row], atol=1e-12)


def test_where_it_is_known_who_speaks_each_person_is_centred_alone(
    pairs: Pairs, scores: dict[str, float]
) -> None:
    scores |= {"speech, each speaker centred": 1.0}
    speech, labels, who = pairs.speech.values, numbered(pairs), pairs.subjects
    model = EEGFree(inner_folds=3).fit(speech, labels, who)
    scaled = centre_within((speech - speech.mean(axis=0)) / speech.std(axis=0), who)
    found = model.predict_proba(speech, groups=who)
    np.testing.assert_allclose(found, Classifier(scaled, labels).predict_proba(scaled), atol=1e-9)
    first = who == who[0]
    alone = model.predict_proba(speech[first] + 5.0, groups=who[first])
    np.testing.assert_allclose(alone, found[first], atol=1e-9)


@pytest.mark.parametrize("people", [["g000"], ["g000", "g001"]])
def test_labels_of_one_or_two_people_are_enough_to_learn_from(people: list[str]) -> None:
    pairs = strong_pairs()
    labels = np.where(np.isin(pairs.subjects, people), numbered(pairs), HIDDEN)
    eeg, speech = pairs.eeg.values, pairs.speech.values
    free = EEGFree(inner_folds=3).fit(speech, labels, pairs.subjects)
    road = JMML(inner_folds=3).fit(eeg, speech, labels, pairs.subjects)
    for model in (free, road):
        assert balanced_accuracy_score(numbered(pairs), model.predict(speech)) > 0.3
