"""The fair opponent: ways to listen vote, none of them has seen EEG, and rows are judged alone."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from sentences import explained
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from studies import numbered, persuade, strong_pairs, with_gaps

from jmml_edu import eeg_free
from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.discriminant_encoder import Discriminants
from jmml_edu.eeg_free import LEAST_WEIGHT, EEGFree
from jmml_edu.encoders import SharedSpace, SpeechItself, centre_within
from jmml_edu.missing import Scaler
from jmml_edu.selection import TrainingRows, Way, pool, weigh

PAIRS = strong_pairs()
SPEECH, WHO = PAIRS.speech.values, PAIRS.subjects
LABELS = numbered(PAIRS, per_class=25)
SCALED = (SPEECH - SPEECH.mean(axis=0)) / SPEECH.std(axis=0)


def learned(labels: Labels = LABELS, speech: np.ndarray = SPEECH) -> EEGFree:
    """The opponent with three folds, from so much of the speech."""
    return EEGFree(inner_folds=3).fit(speech, labels, WHO)


@pytest.fixture(scope="module")
def model() -> EEGFree:
    return learned()


class Certain(Classifier):
    """Says the same of every row."""

    def __init__(self, *said: float, classes: tuple[int, ...] = (0, 1)) -> None:
        self.classes_ = np.array(classes)
        self.said = np.array(said)

    def predict_proba(self, codes: np.ndarray) -> np.ndarray:
        return np.tile(self.said, (len(codes), 1))


def assembly(*ways: tuple[Classifier, float], classes: tuple[int, ...] = (0, 1)) -> EEGFree:
    """Classifiers that vote with these weights on speech of one column."""
    model = EEGFree()
    model.classes_ = np.array(classes)
    model.scaler_ = Scaler(np.zeros(1), np.ones(1))
    nothing = np.empty((0, 0))
    model.ways_ = [Way(SpeechItself(), "speech", False, one, 0.0, nothing) for one, _ in ways]
    model.weights_ = np.array([weight for _, weight in ways])
    return model


def voted(model: EEGFree) -> list[float]:
    """What an assembly says of a row of someone."""
    return model._vote(np.zeros((1, 1)), np.array(["x"]))[0].tolist()


def test_votes_are_multiplied_each_to_the_power_of_its_weight() -> None:
    found = voted(assembly((Certain(0.8, 0.2), 0.25), (Certain(0.4, 0.6), 0.75)))
    # 4^0.25 (2/3)^0.75 = 1.0434 to one
    odds = (0.8 / 0.2) ** 0.25 * (0.4 / 0.6) ** 0.75
    np.testing.assert_allclose(found, [odds / (1 + odds), 1 / (1 + odds)])
    assert found[0] == pytest.approx(0.5106, abs=1e-4)


def test_no_single_vote_is_a_veto() -> None:
    found = voted(assembly((Certain(1.0, 0.0), 0.5), (Certain(0.5, 0.5), 0.5)))
    np.testing.assert_allclose(found, [10 / 11, 1 / 11])  # 0 counts as 0.01, by half: a tenth
    one, many = Certain(1.0, classes=(5,)), Certain(0.3, 0.3, 0.4, classes=(0, 2, 5))
    found = voted(assembly((one, 0.5), (many, 0.5), classes=(0, 2, 5)))
    expected = np.sqrt([0.01 * 0.3, 0.01 * 0.3, 1.0 * 0.4])
    np.testing.assert_allclose(found, expected / expected.sum())


def test_ways_with_next_to_no_say_are_not_asked() -> None:
    loud = Certain(0.0, 1.0)
    found = voted(assembly((Certain(0.7, 0.3), 1 - LEAST_WEIGHT), (loud, LEAST_WEIGHT)))
    odds = (0.7 / 0.3) ** (1 - LEAST_WEIGHT)
    np.testing.assert_allclose(found[0], odds / (1 + odds), rtol=1e-12)


def test_a_classifier_that_never_met_a_class_gives_it_no_probability() -> None:
    model = EEGFree()
    model.classes_ = np.array([0, 2, 5])
    rows = np.random.default_rng(0).standard_normal((12, 2))
    classifier = Classifier(rows, np.array([0, 5] * 6))
    said = model._probabilities(classifier, rows)
    assert (said[:, 1] == 0).all()
    np.testing.assert_array_equal(said[:, [0, 2]], classifier.predict_proba(rows))


@pytest.mark.parametrize("known", [True, False])
def test_each_row_hears_the_vote_of_all_ways_that_can_judge_it(known: bool, model: EEGFree) -> None:
    ways = [way for way in model.ways_ if known or not way.centred]
    heard = {False: SCALED, True: centre_within(SCALED, WHO)}
    weights = [w if w > LEAST_WEIGHT else 0.0 for w in weigh(ways, int((LABELS >= 0).sum()))]
    said = [
        way.classifier.predict_proba(way.encoder.encode(heard[way.centred], way.option))
        for way in ways
    ]
    found = model.predict_proba(SPEECH, groups=WHO if known else None)
    for row in (0, 77, 199):
        votes = [
            prod(max(p[row, k], 0.01) ** w for p, w in zip(said, weights, strict=True))
            for k in range(4)
        ]
        np.testing.assert_allclose(found[row], np.array(votes) / sum(votes), atol=1e-9)
    assert (model.predict(SPEECH, groups=WHO if known else None) == found.argmax(axis=1)).all()


def test_the_choice_is_the_way_with_the_largest_say(model: EEGFree) -> None:
    names = [way.name for way in model.ways_]
    assert model.choice_ == names[int(np.argmax(model.weights_))]
    assert model.weights_.sum() == pytest.approx(1)
    np.testing.assert_array_equal(model.weights_, weigh(model.ways_, 100))
    assert model.evidence_ == {way.name: way.evidence for way in model.ways_}
    alone = [way for way in model.ways_ if not way.centred]
    best = alone[int(np.argmax(weigh(alone, 100)))]
    assert model.choice_alone_ == best.name


def test_its_ways_are_speech_without_speakers_in_principal_axes_and_discriminants(
    model: EEGFree,
) -> None:
    kinds = ["speech", "without speaker axes", "whitened", "dropped", "discriminants"]
    assert list(dict.fromkeys(way.kind for way in model.ways_)) == kinds
    plain = [way.option for way in model.ways_ if not way.centred]
    assert sorted(plain) == sorted(way.option for way in model.ways_ if way.centred)
    assert len(set(plain)) == len(plain) == 12


def test_one_kind_of_encoder_can_be_asked_as_if_there_were_no_other(model: EEGFree) -> None:
    before = model.predict_proba(SPEECH, groups=WHO).tobytes()
    alone = model.only(Discriminants)
    assert alone.ways_ == model.ways_[-2:]
    np.testing.assert_array_equal(alone.weights_, weigh(alone.ways_, 100))
    assert alone.choice_ == alone.ways_[int(alone.weights_.argmax())].name
    plain = [way for way in alone.ways_ if not way.centred]
    said = [way.classifier.predict_proba(way.encoder.encode(SCALED, way.option)) for way in plain]
    expected = pool(said, weigh(plain, 100))
    np.testing.assert_allclose(alone.predict_proba(SPEECH), expected, atol=1e-3)
    assert model.predict_proba(SPEECH, groups=WHO).tobytes() == before
    with explained(
        "EEGFree.only: encoder must be one of Discriminants, PrincipalComponents, SpeechItself,"
        " WithoutSpeakers; got SharedSpace. Pick a kind that votes."
    ):
        model.only(SharedSpace)


def test_eeg_is_no_use_to_it(model: EEGFree) -> None:
    with pytest.raises(TypeError):
        model.predict(SPEECH, PAIRS.eeg.values)
    assert not any("latent" in name or "both" in name for name in model.evidence_)


def test_without_knowing_who_speaks_a_row_is_judged_alone_and_never_centred() -> None:
    model = learned(numbered(PAIRS))
    persuade(model, {"speech, each speaker centred": -0.1, "speech": -0.9})
    found = model.predict_proba(SPEECH)
    expected = Classifier(SCALED, numbered(PAIRS)).predict_proba(SCALED).clip(min=0.01)
    np.testing.assert_allclose(found, expected / expected.sum(axis=1, keepdims=True), atol=1e-9)
    for row in (0, 7):
        np.testing.assert_allclose(model.predict_proba(SPEECH[[row]])[0], found[row], atol=1e-12)


def test_where_it_is_known_who_speaks_each_person_is_centred_alone() -> None:
    model = learned(numbered(PAIRS))
    persuade(model, {"speech, each speaker centred": -0.1})
    centred = centre_within(SCALED, WHO)
    found = model.predict_proba(SPEECH, groups=WHO)
    expected = Classifier(centred, numbered(PAIRS)).predict_proba(centred).clip(min=0.01)
    np.testing.assert_allclose(found, expected / expected.sum(axis=1, keepdims=True), atol=1e-9)
    first = WHO == "g000"
    alone = model.predict_proba(SPEECH[first] + 5.0, groups=WHO[first])
    np.testing.assert_allclose(alone, found[first], atol=1e-9)


def test_ways_are_judged_between_people(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[np.ndarray, np.ndarray]] = []
    real = eeg_free.fit_all

    def watched(encoders: object, rows: TrainingRows, folds: list[object]) -> object:
        kept.extend((rows.groups[f.train], rows.groups[f.test]) for f in folds)
        return real(encoders, rows, folds)

    monkeypatch.setattr(eeg_free, "fit_all", watched)
    EEGFree(inner_folds=9).fit(SPEECH, LABELS, WHO)
    assert len(kept) == 5  # no more folds than people
    for train, test in kept:
        assert not set(train) & set(test)


def test_speech_without_a_label_teaches_too() -> None:
    other = np.where((LABELS == HIDDEN)[:, None], SPEECH[::-1] ** 2, SPEECH)
    before, after = learned(), learned(speech=other)
    assert not np.allclose(before.predict_proba(SPEECH[:9]), after.predict_proba(SPEECH[:9]))


def test_classes_keep_their_numbers() -> None:
    names = np.array([3, 10, 11, 40])
    model = learned(names[numbered(PAIRS)])
    assert model.classes_.tolist() == names.tolist()
    expected = names[learned(numbered(PAIRS)).predict(SPEECH)]
    assert (model.predict(SPEECH) == expected).all()
    assert set(expected) == set(names)


@pytest.mark.parametrize("people", [["g000"], ["g000", "g001"]])
def test_labels_of_one_or_two_people_are_enough_to_learn_from(people: list[str]) -> None:
    model = learned(np.where(np.isin(WHO, people), numbered(PAIRS), HIDDEN))
    assert balanced_accuracy_score(numbered(PAIRS), model.predict(SPEECH)) > 0.3
    if len(people) == 1:  # whom nobody can judge
        assert set(model.evidence_.values()) == {0.0}


def test_one_seed_gives_one_model_and_it_is_an_estimator_of_scikit_learn() -> None:
    model = EEGFree(inner_folds=3, seed=4)
    assert EEGFree().get_params() == {"inner_folds": 5, "seed": 0}
    assert clone(model).get_params() == {"inner_folds": 3, "seed": 4}
    first, again = (
        clone(model).fit(SPEECH, LABELS, WHO).predict_proba(SPEECH).tobytes() for _ in range(2)
    )
    assert first == again
    other = EEGFree(inner_folds=3, seed=5).fit(SPEECH, LABELS, WHO).predict_proba(SPEECH)
    assert other.tobytes() != first


def test_single_gaps_are_filled_when_learning_and_when_listening(model: EEGFree) -> None:
    torn = with_gaps(SPEECH, share=0.03)
    whole = model.predict_proba(SPEECH, groups=WHO)
    heard = model.predict_proba(torn, groups=WHO)
    assert np.abs(heard - whole).mean() < 0.04
    assert np.abs(learned(speech=torn).predict_proba(SPEECH, groups=WHO) - whole).mean() < 0.07
    np.testing.assert_array_equal(model.filler_.fill(SPEECH), SPEECH)
    alone = model.predict_proba(torn)
    untouched = np.isfinite(torn).all(axis=1)
    np.testing.assert_allclose(alone[untouched], model.predict_proba(SPEECH)[untouched], atol=1e-12)


def test_rows_without_speech_teach_nothing() -> None:
    silent = np.arange(200) % 4 == 0
    holes = np.where(silent[:, None], np.nan, SPEECH)
    model = EEGFree(inner_folds=3).fit(holes, LABELS, WHO)
    fewer = EEGFree(inner_folds=3).fit(SPEECH[~silent], LABELS[~silent], WHO[~silent])
    assert model.predict_proba(SPEECH).tobytes() == fewer.predict_proba(SPEECH).tobytes()


def test_learning_and_listening_leave_their_input_alone() -> None:
    speech, labels = with_gaps(SPEECH, share=0.03), LABELS.copy()
    given = speech.copy()
    learned(labels, speech).predict(speech, groups=WHO)
    np.testing.assert_array_equal(speech, given)
    np.testing.assert_array_equal(labels, LABELS)


def test_arguments_that_do_not_belong_together_are_explained(model: EEGFree) -> None:
    with explained(
        "EEGFree.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 200, 'labels': 200, 'groups': 3}."
        " Build them from the same Pairs."
    ):
        EEGFree().fit(SPEECH, LABELS, WHO[:3])
    with explained(
        "EEGFree.predict_proba: paired arguments must have the same number of rows; got"
        " {'speech': 200, 'groups': 3}. Build them from the same Pairs."
    ):
        model.predict(SPEECH, groups=WHO[:3])


def test_rows_that_nothing_can_be_learned_from_are_explained() -> None:
    with explained(
        "EEGFree.fit: labels must show at least two classes; got [2]."
        " Label more rows; -1 hides a label."
    ):
        EEGFree().fit(SPEECH, np.where(LABELS == 2, 2, HIDDEN), WHO)
    with explained("EEGFree.fit: speakers must be at least 2; got 1. Choose 2 or more."):
        EEGFree().fit(SPEECH, LABELS, np.full(200, "x"))


@pytest.mark.parametrize("columns", [15, 17])
def test_other_columns_than_those_learned_from_are_explained(columns: int, model: EEGFree) -> None:
    with explained(
        "EEGFree.predict_proba: speech must have the 16 columns that were learned from; got"
        f" {columns}. Extract the same features."
    ):
        model.predict(np.zeros((3, columns)))


def test_speech_that_is_infinite_silent_or_no_matrix_is_explained(model: EEGFree) -> None:
    speech = SPEECH.copy()
    speech[3, 2] = -np.inf
    sentence = (
        " speech must be finite, or NaN where it is missing; got 1 infinite values."
        " Look where they come from."
    )
    with explained("EEGFree.fit:" + sentence):
        EEGFree().fit(speech, LABELS, WHO)
    with explained("EEGFree.predict_proba:" + sentence):
        model.predict(speech)
    speech[3:5] = np.nan
    with explained(
        "EEGFree.predict_proba: speech must hold at least one number in each row; got 2 rows"
        " without any, the first row 3. Leave these rows out."
    ):
        model.predict(speech, groups=WHO)
    with explained(
        "EEGFree.predict_proba: speech must have shape (row, column) with at least one of each;"
        " got (16,). Pass one row per sample, one column per feature."
    ):
        model.predict(SPEECH[0])
    with explained(
        "EEGFree.predict_proba: speech must have shape (row, column) with at least one of each;"
        " got (0, 16). Pass one row per sample, one column per feature."
    ):
        model.predict(SPEECH[:0])
