"""The road: EEG while learning, speech alone afterwards; its opponent; data that hold nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import jaxtyping
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score

from jmml_edu import pipeline
from jmml_edu._checks import InputError
from jmml_edu.data import Pairs
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.pairing import shuffled_within_subject
from jmml_edu.pipeline import JMML, EEGFree
from jmml_edu.selection import HIDDEN, linear_classifier
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs


@contextmanager
def explained(sentence: str) -> Iterator[None]:
    """Expect this sentence; the check of types, which might speak first, stands aside."""
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with pytest.raises(InputError) as error:
            yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    assert str(error.value) == sentence


def numbered(pairs: Pairs, *, per_class: int | None = None, seed: int = 0) -> np.ndarray:
    """Class numbers, all but ``per_class`` of each class hidden."""
    labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    if per_class is not None:
        order = np.random.default_rng(seed).permutation(len(labels))
        for number in range(4):
            labels[order[labels[order] == number][per_class:]] = HIDDEN
    return labels


def small_pairs(n_pairs: int = 200, *, nuisance: float = 1.0, seed: int = 0) -> Pairs:
    """Pairs of five people with two strong shared components."""
    return gaussian_pairs(
        n_pairs, correlations=(0.95, 0.95), n_subjects=5, nuisance=nuisance, seed=seed
    )


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return small_pairs()


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
    eeg[1, 1:] = 7.0  # one missing cell and the row does not count
    some = road.predict_proba(speech, eeg)
    assert some[~there].tobytes() == alone[~there].tobytes()
    assert (np.abs(some[there] - alone[there]).max(axis=1) > 0).all()
    np.testing.assert_allclose(some.sum(axis=1), 1)


def test_with_eeg_the_answer_is_the_mean_of_both_classifiers(pairs: Pairs, road: JMML) -> None:
    labels = numbered(pairs, per_class=25)
    shown, eeg = labels >= 0, pairs.eeg.values
    scaled = (eeg - eeg.mean(axis=0)) / eeg.std(axis=0)
    by_eeg = linear_classifier().fit(scaled[shown], labels[shown]).predict_proba(scaled)
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
    pairs = small_pairs()
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
    pairs = small_pairs(400, nuisance=3.0)
    labels = numbered(pairs, per_class=15)
    shown = labels >= 0
    all_pairs = JMML(space=SharedSpace((2,)), inner_folds=3).fit(
        pairs.eeg.values, pairs.speech.values, labels, pairs.subjects
    )
    fewer = JMML(space=SharedSpace((2,)), inner_folds=3).fit(
        pairs.eeg.values[shown], pairs.speech.values[shown], labels[shown], pairs.subjects[shown]
    )
    assert all_pairs.classes_.tolist() == [0, 1, 2, 3]
    assert all_pairs.classifier_.priors_ == pytest.approx([0.25] * 4)
    true = numbered(pairs)[~shown]
    scores = [
        balanced_accuracy_score(true, model.predict(pairs.speech.values[~shown]))
        for model in (all_pairs, fewer)
    ]
    assert scores[0] > scores[1]


def test_pairs_without_eeg_still_teach_the_classifier() -> None:
    pairs = small_pairs(300)
    eeg, labels = pairs.eeg.values.copy(), numbered(pairs)
    eeg[::2] = np.nan
    model = JMML(space=SharedSpace((2,)), inner_folds=3)
    model.fit(eeg, pairs.speech.values, labels, pairs.subjects)
    kept = np.arange(300) % 2 == 1
    np.testing.assert_allclose(model.eeg_scaler_.mean, pairs.eeg.values[kept].mean(axis=0))
    assert balanced_accuracy_score(labels, model.predict(pairs.speech.values)) > 0.7


def test_a_class_without_eeg_is_judged_by_speech_and_by_the_rest() -> None:
    pairs = small_pairs(300)
    eeg, labels = pairs.eeg.values.copy(), numbered(pairs)
    eeg[labels == 1] = np.nan
    model = JMML(inner_folds=3).fit(eeg, pairs.speech.values, labels, pairs.subjects)
    fused = model.predict_proba(pairs.speech.values, pairs.eeg.values)
    alone = model.predict_proba(pairs.speech.values)
    np.testing.assert_allclose(fused[:, 1], alone[:, 1] / 2)
    np.testing.assert_allclose(fused.sum(axis=1), 1)


def test_the_best_way_on_held_out_people_is_chosen(road: JMML) -> None:
    assert road.inner_scores_[road.choice_] == max(road.inner_scores_.values())
    assert all(0 <= score <= 1 for score in road.inner_scores_.values())


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


class AlwaysCentred(EEGFree):
    """Picks speech with each speaker centred, whatever the scores."""

    def _fit(self, *data: np.ndarray) -> AlwaysCentred:
        with pytest.MonkeyPatch.context() as patch:
            real = pipeline.score_ways_to_listen
            patch.setattr(
                pipeline,
                "score_ways_to_listen",
                lambda *rows: [(way, float(way.centred)) for way, _ in real(*rows)],
            )
            return super()._fit(*data)


def test_who_speaks_is_used_only_if_the_choice_was_to_centre(pairs: Pairs) -> None:
    speech, labels = pairs.speech.values, numbered(pairs)
    model = AlwaysCentred(inner_folds=3).fit(speech, labels, pairs.subjects)
    scaled = (speech - speech.mean(axis=0)) / speech.std(axis=0)
    np.testing.assert_allclose(model.encode(speech), scaled, atol=1e-12)
    np.testing.assert_allclose(
        model.encode(speech, groups=pairs.subjects),
        centre_within(scaled, pairs.subjects),
        atol=1e-12,
    )
    model.listening_ = type(model.listening_)(model.listening_.encoder, "speech", centred=False)
    np.testing.assert_array_equal(model.encode(speech, groups=pairs.subjects), model.encode(speech))


def test_the_classifier_learns_from_codes_of_encoders_that_did_not_see_the_speaker(
    pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = []

    def watched(*arguments: object) -> np.ndarray:
        marked.append(real(*arguments) + 1_000)
        return marked[-1]

    real = pipeline.cross_fitted_codes
    monkeypatch.setattr(pipeline, "cross_fitted_codes", watched)
    model = JMML(inner_folds=3).fit(
        pairs.eeg.values, pairs.speech.values, numbered(pairs), pairs.subjects
    )
    assert len(marked) == 1
    assert model.classifier_.means_.mean() == pytest.approx(1_000, abs=10)


def uar_on_new_people(train: Pairs, test: Pairs, *, per_class: int) -> dict[str, float]:
    """Recall of the road, its control and raw speech on people nobody has seen."""
    labels, speech = numbered(train, per_class=per_class), train.speech.values
    shuffled = shuffled_within_subject(train, seed=0).eeg.values
    shown = labels >= 0
    models = {
        "paired": JMML(inner_folds=3).fit(train.eeg.values, speech, labels, train.subjects),
        "shuffled": JMML(inner_folds=3).fit(shuffled, speech, labels, train.subjects),
        "eeg_free": EEGFree(inner_folds=3).fit(speech, labels, train.subjects),
    }
    found = {
        name: model.predict(test.speech.values, groups=test.subjects)
        for name, model in models.items()
    }
    raw = linear_classifier().fit(speech[shown], labels[shown])
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
            1_200, correlations=(0.9, 0.9), n_subjects=24, nuisance=4.0, seed=seed
        )
        new = np.isin(everyone.subjects, [f"g{number:03d}" for number in range(12)])
        studies.append(uar_on_new_people(everyone.take(~new), everyone.take(new), per_class=12))
    found = average(studies)
    assert found["paired"] > found["raw"] + 0.2
    assert found["paired"] > found["shuffled"] + 0.1
    assert found["shuffled"] < found["eeg_free"]


def test_labels_that_belong_to_nothing_give_chance() -> None:
    studies = []
    for seed in range(5):
        everyone = gaussian_pairs(500, n_subjects=10, nuisance=1.0, seed=seed)
        rng = np.random.default_rng(seed)
        labels = np.array(QUADRANTS, dtype=object)[rng.integers(4, size=500)]
        speech = type(everyone.speech)(
            everyone.speech.values, everyone.speech.names, "speech", everyone.subjects, labels,
            everyone.speech.trials, everyone.provenance,
        )  # fmt: skip
        everyone = Pairs(everyone.eeg, speech, "trial", everyone.has_eeg)
        new = np.isin(everyone.subjects, ["g000", "g001", "g002", "g003", "g004"])
        studies.append(uar_on_new_people(everyone.take(~new), everyone.take(new), per_class=40))
    # 1 250 test rows: the standard error of a recall of 0.25 is 0.0125.
    for score in average(studies).values():
        assert score == pytest.approx(0.25, abs=0.04)


def test_arguments_that_do_not_belong_together_are_explained(pairs: Pairs) -> None:
    eeg, speech, labels = pairs.eeg.values, pairs.speech.values, numbered(pairs)
    with explained(
        "JMML.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 199, 'labels': 200, 'groups': 200}."
        " Build them from the same Pairs."
    ):
        JMML().fit(eeg, speech[1:], labels, pairs.subjects)
    with explained(
        "EEGFree.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 200, 'labels': 200, 'groups': 3}."
        " Build them from the same Pairs."
    ):
        EEGFree().fit(speech, labels, pairs.subjects[:3])


def test_rows_that_nothing_can_be_learned_from_are_explained(pairs: Pairs) -> None:
    eeg, speech, labels = pairs.eeg.values, pairs.speech.values, numbered(pairs)
    with explained(
        "EEGFree.fit: labels must show at least two classes; got [2]."
        " Label more rows; -1 hides a label."
    ):
        EEGFree().fit(speech, np.where(labels == 2, 2, HIDDEN), pairs.subjects)
    with explained("JMML.fit: speakers must be at least 2; got 1. Choose 2 or more."):
        JMML().fit(eeg, speech, labels, np.full(200, "x"))
    with explained(
        "JMML.fit: eeg must be there for labelled rows of at least two classes; got 0 labelled rows"
        " with EEG. Pair more labelled rows, or use EEGFree, which needs no EEG."
    ):
        JMML().fit(np.full_like(eeg, np.nan), speech, labels, pairs.subjects)


def test_speech_with_missing_cells_is_explained(pairs: Pairs, road: JMML) -> None:
    speech = pairs.speech.values.copy()
    speech[3, 2] = np.nan
    sentence = (
        " speech must contain finite numbers only; got 1 NaN or infinite, the first at row 3,"
        " column 2. Drop or mend those rows first."
    )
    with explained("JMML.fit:" + sentence):
        JMML().fit(pairs.eeg.values, speech, numbered(pairs), pairs.subjects)
    with explained("JMML.encode:" + sentence):
        road.predict(speech)
    with explained(
        "JMML.predict_proba: paired arguments must have the same number of rows; got"
        " {'eeg': 3, 'speech': 200}. Build them from the same Pairs."
    ):
        road.predict(pairs.speech.values, pairs.eeg.values[:3])
