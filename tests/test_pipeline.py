"""The road: EEG while learning, speech alone afterwards, or EEG, or both; whatever is missing."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from studies import closed_form, fitted_road, numbered, persuade, strong_pairs, with_gaps

from jmml_edu import pipeline
from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.crossmodal import METHODS
from jmml_edu.eeg_free import EEGFree
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.missing import Scaler
from jmml_edu.pipeline import JMML
from jmml_edu.results import CLOSED_FORM, STEPS_1, STEPS_2
from jmml_edu.selection import weigh

PAIRS = strong_pairs()
EEG, SPEECH, WHO = PAIRS.eeg.values, PAIRS.speech.values, PAIRS.subjects
LABELS = numbered(PAIRS, per_class=25)
EVERY = numbered(PAIRS)
NOISE = np.random.default_rng(5).standard_normal(EEG.shape)


@pytest.fixture(scope="module")
def road() -> JMML:
    return fitted_road(PAIRS, LABELS)


def learned(eeg: np.ndarray = EEG, speech: np.ndarray = SPEECH) -> JMML:
    """The road in closed form, from these views."""
    return closed_form().fit(eeg, speech, LABELS, WHO)


def by_eeg(eeg: np.ndarray = EEG) -> np.ndarray:
    """What a classifier of EEG features says, straight from scikit-learn's scaling."""
    shown = LABELS >= 0
    scaled = (EEG - EEG.mean(axis=0)) / EEG.std(axis=0)
    new = (eeg - EEG.mean(axis=0)) / EEG.std(axis=0)
    return Classifier(scaled[shown], LABELS[shown]).predict_proba(new)


def test_without_eeg_the_answer_is_that_of_speech_alone_bit_for_bit(road: JMML) -> None:
    eeg = EEG.copy()
    for who in (None, WHO):
        alone = road.predict_proba(SPEECH, groups=who)
        none = road.predict_proba(SPEECH, np.full_like(eeg, np.nan), groups=who)
        assert none.tobytes() == alone.tobytes()
    there = np.arange(len(eeg)) % 3 == 0
    eeg[~there] = np.nan
    some = road.predict_proba(SPEECH, eeg, groups=WHO)
    assert some[~there].tobytes() == alone[~there].tobytes()
    assert (np.abs(some[there] - alone[there]).max(axis=1) > 0).all()
    np.testing.assert_allclose(some.sum(axis=1), 1)


def together(road: JMML, of_speech: np.ndarray, of_eeg: np.ndarray) -> np.ndarray:
    """Both classifiers' word, each as far as it may say."""
    share = road.eeg_voice_.share
    product = of_speech.clip(0.01) ** (1 - share) * of_eeg.clip(0.01) ** share
    return product / product.sum(axis=1, keepdims=True)


def test_with_eeg_both_classifiers_decide_by_their_shares(road: JMML) -> None:
    assert 0 < road.eeg_voice_.share < 1
    for who in (None, WHO):
        alone = road.predict_proba(SPEECH, groups=who)
        fused = road.predict_proba(SPEECH, EEG, groups=who)
        np.testing.assert_allclose(fused, together(road, alone, by_eeg()), atol=1e-12)
        assert (road.predict(SPEECH, EEG, groups=who) == fused.argmax(axis=1)).all()


def test_eeg_that_knows_nothing_may_not_spoil_what_speech_knows() -> None:
    noise = np.random.default_rng(1).standard_normal((len(EEG), 60))
    shared = np.hstack([EEG, 50 * noise])  # scaled away, but what a few labels would learn from
    road = learned(shared)
    alone, fused = road.predict(SPEECH, groups=WHO), road.predict(SPEECH, shared, groups=WHO)
    assert road.eeg_voice_.share < 0.5
    lost = balanced_accuracy_score(EVERY, alone) - balanced_accuracy_score(EVERY, fused)
    assert lost < 0.02
    assert learned(10 * EEG, NOISE @ np.ones((NOISE.shape[1], 3))).eeg_voice_.share > 0.6


def test_without_speech_eeg_decides_alone(road: JMML) -> None:
    alone = road.predict_proba(eeg=EEG)
    np.testing.assert_allclose(alone, by_eeg(), atol=1e-12)
    assert (road.predict(eeg=EEG, groups=WHO) == alone.argmax(axis=1)).all()
    same = road.predict_proba(np.full_like(SPEECH, np.nan), EEG)
    assert same.tobytes() == alone.tobytes()
    assert balanced_accuracy_score(EVERY, road.predict(eeg=EEG)) > 0.5


def test_each_row_is_judged_by_what_it_has(road: JMML) -> None:
    speech, eeg = SPEECH.copy(), EEG.copy()
    silent, unheard = np.arange(200) % 4 == 1, np.arange(200) % 4 == 2
    speech[silent], eeg[unheard] = np.nan, np.nan
    both = ~silent & ~unheard
    found = road.predict_proba(speech, eeg, groups=WHO)
    by_speech = road.predict_proba(SPEECH[~silent], groups=WHO[~silent])
    np.testing.assert_allclose(found[silent], by_eeg()[silent], atol=1e-12)
    assert found[unheard].tobytes() == by_speech[unheard[~silent]].tobytes()
    expected = together(road, by_speech[both[~silent]], by_eeg()[both])
    np.testing.assert_allclose(found[both], expected, atol=1e-12)


def test_learning_and_prediction_leave_their_input_alone(road: JMML) -> None:
    eeg, speech = with_gaps(EEG, share=0.02), with_gaps(SPEECH, share=0.02)
    given = eeg.copy(), speech.copy(), LABELS.copy()
    closed_form().fit(eeg, speech, LABELS, WHO).predict(speech, eeg, groups=WHO)
    for now, before in zip((eeg, speech, LABELS), given, strict=True):
        np.testing.assert_array_equal(now, before)


def test_one_seed_gives_one_model() -> None:
    model = closed_form(seed=4)
    first = fitted_road(PAIRS, LABELS, model).predict_proba(SPEECH).tobytes()
    again, other = (
        fitted_road(PAIRS, LABELS, one).predict_proba(SPEECH).tobytes()
        for one in (clone(model), model.set_params(seed=5))
    )
    assert first == again
    assert first != other


def test_it_is_an_estimator_of_scikit_learn() -> None:
    space = SharedSpace((2,))
    model = JMML(step1="none", step2=space, inner_folds=3, seed=7)
    assert model.get_params() == {"step1": "none", "step2": space, "inner_folds": 3, "seed": 7}
    twin = clone(model)
    assert (twin.inner_folds, twin.seed, twin.step2.sizes) == (3, 7, (2,))
    usual = {"step1": "either", "step2": "E-DCC-CAE", "inner_folds": 5, "seed": 0}
    assert JMML().get_params() == usual


def test_steps_are_the_methods_of_the_package() -> None:
    assert STEPS_1 == ("none", "JEC-SSL", "either")
    assert set(STEPS_2) == {CLOSED_FORM, *METHODS}
    assert CLOSED_FORM not in METHODS


def test_a_shared_space_of_ones_own_is_step_2() -> None:
    space = SharedSpace((3,), ridge=0.2)
    model = JMML(step1="none", step2=space, inner_folds=3).fit(EEG, SPEECH, LABELS, WHO)
    assert {"latent 3", "both 3"} <= set(model.evidence_)
    assert "latent 2" not in model.evidence_
    assert (model.step1_, model.epochs_) == ("none", 0)
    assert not hasattr(space, "space_")
    (way,) = (way for way in model.ways_ if way.name == "latent 3")
    assert isinstance(way.encoder, SharedSpace)
    scaled = [(view - view.mean(axis=0)) / view.std(axis=0) for view in (EEG, SPEECH)]
    expected = SharedSpace((3,), ridge=0.2).fit(*scaled, WHO).encode_all(scaled[1])
    np.testing.assert_allclose(way.encoder.encode_all(scaled[1]), expected, atol=1e-9)


def test_eeg_adds_voters_to_those_of_the_eeg_free_and_nothing_else_differs(road: JMML) -> None:
    free = EEGFree(inner_folds=2).fit(SPEECH, LABELS, WHO)
    assert road.sharing_p_ == pytest.approx(1 / 500)
    new = [name for name in road.evidence_ if name not in free.evidence_]
    expected = [f"{kind} {size}" for kind in ("latent", "both") for size in (2, 4, 6)]
    assert new == expected + [f"{name}, each speaker centred" for name in expected]
    assert {name: road.evidence_[name] for name in free.evidence_} == free.evidence_
    np.testing.assert_array_equal(road.weights_, weigh(road.ways_, 100))
    scaled = (SPEECH - SPEECH.mean(axis=0)) / SPEECH.std(axis=0)
    for one, two in zip(free.ways_, road.ways_, strict=False):
        codes = [way.encoder.encode(scaled, way.option) for way in (one, two)]
        said = [way.classifier.predict_proba(codes[0]) for way in (one, two)]
        assert codes[0].tobytes() == codes[1].tobytes()
        assert said[0].tobytes() == said[1].tobytes()


@pytest.mark.parametrize("gone", [0.0, 0.5])
def test_useless_eeg_leaves_the_eeg_free_to_the_last_digit(gone: float) -> None:
    rows = np.random.default_rng(0).random(200) < gone
    road = learned(np.where(rows[:, None], np.nan, NOISE))
    free = EEGFree(inner_folds=2).fit(SPEECH, LABELS, WHO)
    assert road.sharing_p_ > pipeline.MOST_P
    assert road.evidence_ == free.evidence_
    assert (road.choice_, road.choice_alone_) == (free.choice_, free.choice_alone_)
    for who in (None, WHO):
        found, expected = (model.predict_proba(SPEECH, groups=who) for model in (road, free))
        assert found.tobytes() == expected.tobytes()


def test_useless_eeg_of_few_leaves_the_eeg_free_to_the_last_digit() -> None:
    # Without the first person next to no pair is left: that fold can tell nothing of sharing.
    there = (WHO == "g000") | (np.arange(200) == 1)
    eeg = np.where(there[:, None], NOISE, np.nan)
    road = closed_form(inner_folds=5).fit(eeg, SPEECH, LABELS, WHO)
    free = EEGFree(inner_folds=5).fit(SPEECH, LABELS, WHO)
    assert road.sharing_p_ > pipeline.MOST_P
    assert road.predict_proba(SPEECH).tobytes() == free.predict_proba(SPEECH).tobytes()


def test_the_gate_opens_by_the_pairs_and_not_by_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    for p, voters in ((0.011, False), (0.01, True)):
        monkeypatch.setattr(pipeline, "p_of_sharing", lambda fitted, *, seed, p=p: p)
        road = learned(NOISE)
        assert road.sharing_p_ == p
        assert ("latent 2" in road.evidence_) == voters


def test_people_are_centred_for_the_latent_where_they_are_known() -> None:
    road = fitted_road(PAIRS, LABELS)
    scaled = (SPEECH - SPEECH.mean(axis=0)) / SPEECH.std(axis=0)
    for name, heard, who in (
        ("latent 4, each speaker centred", centre_within(scaled, WHO), WHO),
        ("both 2", scaled, None),
    ):
        persuade(road, {name: -0.1})
        (way,) = (way for way in road.ways_ if way.name == name)
        said = way.classifier.predict_proba(way.encoder.encode(heard, way.option)).clip(min=0.01)
        found = road.predict_proba(SPEECH, groups=who)
        np.testing.assert_allclose(found, said / said.sum(axis=1, keepdims=True), atol=1e-9)


def test_classes_keep_their_numbers() -> None:
    names = np.array([3, 10, 11, 40])
    model = fitted_road(PAIRS, names[EVERY])
    plain = fitted_road(PAIRS, EVERY)
    assert model.classes_.tolist() == names.tolist()
    for views in ((SPEECH, None), (None, EEG), (SPEECH, EEG)):
        assert (model.predict(*views) == names[plain.predict(*views)]).all()


def test_hidden_labels_hide_their_class_but_not_their_pair() -> None:
    pairs = strong_pairs(400, nuisance=3.0)
    labels = numbered(pairs, per_class=15)
    shown = labels >= 0
    fewer = fitted_road(pairs.take(shown), labels[shown])
    all_pairs = fitted_road(pairs, labels)
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
    model = closed_form().fit(eeg, pairs.speech.values, labels, pairs.subjects)
    kept = np.arange(300) % 2 == 1
    np.testing.assert_allclose(model.eeg_scaler_.mean, pairs.eeg.values[kept].mean(axis=0))
    assert model.sharing_p_ < pipeline.MOST_P
    assert balanced_accuracy_score(labels, model.predict(pairs.speech.values)) > 0.7


def test_rows_without_speech_teach_what_their_eeg_can_teach() -> None:
    silent = np.arange(200) % 4 == 0
    speech = np.where(silent[:, None], np.nan, SPEECH)
    model = learned(speech=speech)
    kept = ~silent
    fewer = closed_form().fit(EEG[kept], SPEECH[kept], LABELS[kept], WHO[kept])
    # The road of speech knows nothing of them but how EEG is scaled, which does not matter.
    np.testing.assert_allclose(
        model.predict_proba(SPEECH, groups=WHO), fewer.predict_proba(SPEECH, groups=WHO), atol=1e-6
    )
    np.testing.assert_allclose(model.predict_proba(eeg=EEG), by_eeg(), atol=1e-12)


def test_a_class_without_eeg_is_judged_by_speech_and_by_the_rest() -> None:
    pairs = strong_pairs(300)
    eeg, labels = pairs.eeg.values.copy(), numbered(pairs)
    eeg[labels == 1] = np.nan
    model = closed_form().fit(eeg, pairs.speech.values, labels, pairs.subjects)
    fused = model.predict_proba(pairs.speech.values, pairs.eeg.values)
    alone = model.predict_proba(pairs.speech.values)
    np.testing.assert_allclose(fused[:, 1], alone[:, 1])
    assert np.abs(fused[:, 0] - alone[:, 0]).max() > 0.1
    np.testing.assert_allclose(fused.sum(axis=1), 1)
    assert (model.predict_proba(eeg=pairs.eeg.values)[:, 1] == 0).all()


def test_single_gaps_hardly_matter_to_who_listens(road: JMML) -> None:
    eeg, speech = with_gaps(EEG, share=0.03), with_gaps(SPEECH, share=0.03, seed=1)
    for torn, whole in (
        ((speech, None), (SPEECH, None)),
        ((None, eeg), (None, EEG)),
        ((speech, eeg), (SPEECH, EEG)),
    ):
        found, expected = road.predict_proba(*torn), road.predict_proba(*whole)
        assert np.abs(found - expected).mean() < 0.05
        assert (found.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.9
        untouched = np.ones(200, dtype=bool)
        for view in torn:
            untouched &= True if view is None else np.isfinite(view).all(axis=1)
        np.testing.assert_allclose(found[untouched], expected[untouched], atol=1e-12)


def test_rows_with_gaps_are_judged_by_all_that_is_left(road: JMML) -> None:
    eeg, speech = with_gaps(EEG, share=0.1), with_gaps(SPEECH, share=0.1, seed=1)
    both = together(road, road.predict_proba(speech), road.predict_proba(eeg=eeg))
    np.testing.assert_allclose(road.predict_proba(speech, eeg), both, atol=1e-12)


def test_a_channel_that_fell_off_is_told_by_the_others(road: JMML) -> None:
    eeg = EEG.copy()
    eeg[:, 3] = np.nan
    found = road.predict(eeg=eeg)
    assert (found == road.predict(eeg=EEG)).mean() > 0.8
    # No mere zero: the guess follows the channel.
    guess = road.eeg_filler_.fill(eeg)[:, 3]
    assert np.corrcoef(guess, EEG[:, 3])[0, 1] > 0.5


def test_single_gaps_hardly_matter_to_who_learns(road: JMML) -> None:
    eeg, speech = with_gaps(EEG, share=0.03), with_gaps(SPEECH, share=0.03, seed=1)
    torn = learned(eeg, speech)
    assert torn.sharing_p_ == road.sharing_p_
    for views in ((SPEECH, None), (None, EEG), (SPEECH, EEG)):
        found, expected = torn.predict_proba(*views), road.predict_proba(*views)
        assert np.abs(found - expected).mean() < 0.06
    assert all((way.encoder.encode(SPEECH[:3], way.option)).shape[0] == 3 for way in torn.ways_)
    assert torn._n_labels == road._n_labels  # no row is lost


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """Evidence that stands in for what inner folds say of the closed form after each step 1."""
    planted: dict[str, list[float]] = {}

    class Verdict:
        @classmethod
        def fit(cls, space: SharedSpace, *_: object, centred: bool) -> SimpleNamespace:
            assert not centred

            def ways() -> Iterator[SimpleNamespace]:
                return (SimpleNamespace(evidence=e) for e in planted[type(space).__name__])

            return SimpleNamespace(ways=ways)

    monkeypatch.setattr(pipeline, "FittedEncoder", Verdict)
    return planted


@pytest.mark.parametrize(
    ("plain", "embedded", "chosen"),
    [
        ([-1.0, -0.5], [-0.7, -0.6], "none"),
        ([-0.9, -0.8], [-1.5, -0.6], "JEC-SSL"),
        ([-0.7], [-0.7], "none"),
    ],
)
def test_either_takes_the_step_1_whose_best_way_has_more_evidence(
    judged: dict[str, list[float]], plain: list[float], embedded: list[float], chosen: str
) -> None:
    judged |= {"SharedSpace": plain, "AfterStep1": embedded}
    rows = pipeline.TrainingRows(EEG, SPEECH, LABELS, WHO)
    assert JMML()._choose_step1(rows, []) == chosen
    for named in ("none", "JEC-SSL"):
        assert JMML(step1=named)._choose_step1(rows, []) == named


@pytest.mark.parametrize("people", [["g000"], ["g000", "g001"]])
def test_labels_of_one_or_two_people_are_enough_to_learn_from(people: list[str]) -> None:
    road = fitted_road(PAIRS, np.where(np.isin(WHO, people), EVERY, HIDDEN))
    assert balanced_accuracy_score(EVERY, road.predict(SPEECH)) > 0.3


def test_units_of_the_features_do_not_matter(road: JMML) -> None:
    other = learned(1e-6 * EEG + 3e-5, 1e4 * SPEECH - 8)
    found = other.predict_proba(1e4 * SPEECH - 8, 1e-6 * EEG + 3e-5, groups=WHO)
    np.testing.assert_allclose(found, road.predict_proba(SPEECH, EEG, groups=WHO), atol=1e-5)


def test_the_scale_of_eeg_is_that_of_training_rows(road: JMML) -> None:
    assert road.eeg_scaler_.mean.tolist() == Scaler.of(EEG).mean.tolist()
    np.testing.assert_allclose(road.predict_proba(eeg=EEG[:5] + 1), by_eeg(EEG[:5] + 1), atol=1e-12)
