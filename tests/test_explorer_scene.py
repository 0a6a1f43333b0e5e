"""What the explorer shows is what the road says: codes, correlations, predictions, words."""

from __future__ import annotations

from dataclasses import replace

import explored
import numpy as np
import pytest
from explored import CLASSES
from scipy.linalg import orthogonal_procrustes
from sentences import refused, without_checks_of_types

from jmml_edu.data import Pairs
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.explorer.scene import MOST_TRAINING, scene_of
from jmml_edu.explorer.table import selection_frame
from jmml_edu.explorer.tracks import RIDGES
from jmml_edu.pairing import class_pairs
from jmml_edu.pipeline import JMML

ROAD, PAIRS = explored.closed()
SCENE = scene_of(ROAD, PAIRS, classes=CLASSES)
NEW = ~explored.known(PAIRS)


def drawn(values: np.ndarray) -> np.ndarray:
    """The rows that are drawn."""
    return values[SCENE.rows]


def test_people_the_road_never_met_are_held_out_and_nobody_else() -> None:
    assert (SCENE.held_out == drawn(NEW)).all()
    assert SCENE.held_out.sum() == NEW.sum()
    assert (np.diff(SCENE.rows) > 0).all()


def test_codes_are_those_of_the_space_the_road_listens_to_each_person_centred() -> None:
    standard = ROAD.scaler_.apply(PAIRS.speech.values)
    speech = centre_within(standard, PAIRS.subjects) @ ROAD.spaces_[1].space_.speech_directions
    np.testing.assert_allclose(SCENE.tracks[0].speech[-1], drawn(speech), atol=1e-9)
    eeg = centre_within(ROAD.eeg_scaler_.apply(PAIRS.eeg.values), PAIRS.subjects)
    codes = eeg @ ROAD.spaces_[1].space_.eeg_directions
    np.testing.assert_allclose(SCENE.tracks[0].eeg[-1], drawn(codes), atol=1e-9)
    assert SCENE.centred


def test_correlations_are_pearsons_over_all_pairs_of_each_kind_of_people() -> None:
    scene = scene_of(ROAD, PAIRS, classes=CLASSES)
    every = scene.tracks[0]
    eeg, speech = every.eeg[-1], every.speech[-1]
    assert len(eeg) == len(PAIRS)
    for rows, told in (
        (NEW, every.held_out_correlations[-1]), (~NEW, every.train_correlations[-1]),
    ):  # fmt: skip
        by_numpy = [np.corrcoef(eeg[rows, k], speech[rows, k])[0, 1] for k in range(eeg.shape[1])]
        np.testing.assert_allclose(told, by_numpy, atol=1e-9)
    assert every.held_out_correlations[-1][:2].min() > 0.7


def test_predictions_are_the_roads_with_eeg_and_without() -> None:
    alone = ROAD.predict_proba(PAIRS.speech.values, groups=PAIRS.subjects)
    both = ROAD.predict_proba(PAIRS.speech.values, PAIRS.eeg.values, groups=PAIRS.subjects)
    np.testing.assert_array_equal(SCENE.speech_says, drawn(alone))
    np.testing.assert_array_equal(SCENE.both_say, drawn(both))
    assert np.abs(SCENE.noisy_say - SCENE.both_say).max() > 1e-3
    np.testing.assert_allclose(SCENE.noisy_say.sum(axis=1), 1)


def test_regions_are_what_their_voter_says_of_the_codes() -> None:
    regions = SCENE.regions
    assert regions is not None
    way = next(way for way in ROAD.ways_ if way.name == regions.name)
    codes = SCENE.tracks[0].speech[-1]
    odds = codes @ regions.weights.T + regions.offsets
    shares = np.exp(odds - odds.max(axis=1, keepdims=True))
    size = int(way.option.split()[-1])
    said = way.classifier.predict_proba(codes[:, :size])
    np.testing.assert_allclose(shares / shares.sum(axis=1, keepdims=True), said, atol=1e-9)
    others = [way for way in ROAD.ways_ if "latent" in way.option and way.centred]
    says = [ROAD.weights_[ROAD.ways_.index(way)] for way in others]
    assert regions.say == max(says)


def test_the_sliders_last_step_is_the_road_and_its_frames_are_turned_onto_it() -> None:
    ridge = SCENE.tracks[1]
    assert ridge.steps == (*(f"ridge {r:g}" for r in RIDGES), "the road")
    np.testing.assert_allclose(ridge.speech[-1], SCENE.tracks[0].speech[-1])
    stacked = [np.vstack([ridge.eeg[s], ridge.speech[s]]) for s in range(len(ridge.steps))]
    for step in stacked[:-1]:
        here, there = step - step.mean(axis=0), stacked[-1] - stacked[-1].mean(axis=0)
        rotation, _ = orthogonal_procrustes(here, there)
        np.testing.assert_allclose(rotation, np.eye(len(rotation)), atol=1e-6)
        np.testing.assert_allclose(step.mean(axis=0), stacked[-1].mean(axis=0), atol=1e-9)


def test_a_ridge_is_the_closed_form_of_the_same_people_at_that_ridge() -> None:
    known = ~NEW
    eeg, speech = ROAD.eeg_scaler_.apply(PAIRS.eeg.values), ROAD.scaler_.apply(PAIRS.speech.values)
    space = SharedSpace((6,), ridge=10.0).fit(eeg[known], speech[known], PAIRS.subjects[known])
    codes = [
        one(centre_within(view, PAIRS.subjects))[NEW]
        for one, view in ((space.encode_eeg, eeg), (space.encode_all, speech))
    ]
    by_numpy = [np.corrcoef(codes[0][:, k], codes[1][:, k])[0, 1] for k in range(6)]
    told = SCENE.tracks[1].held_out_correlations[RIDGES.index(10.0)]
    np.testing.assert_allclose(told, by_numpy, atol=1e-6)


def test_a_training_is_replayed_for_people_it_never_met() -> None:
    road, pairs = explored.bent()
    scene = scene_of(road, pairs, classes=CLASSES)
    training = scene.tracks[0]
    assert len(training.steps) == 42
    assert training.steps[0] == "epoch 0"
    second = training.held_out_correlations[:, 1]
    assert second[0] < 0.2  # a straight line cannot hear the bent component
    assert second[40] > 0.7
    assert {len(losses) for losses in training.losses.values()} == {40}
    assert "learned from everybody for 40 epochs" in training.note
    moved = np.linalg.norm(np.diff(training.speech[:41], axis=0), axis=2).mean(axis=1)
    assert moved.max() < 0.3  # no step turns or mirrors the picture


def test_of_people_it_learned_from_few_are_drawn_but_all_are_counted() -> None:
    road, pairs = explored.bent()
    scene = scene_of(road, pairs, classes=CLASSES)
    assert (~scene.held_out).sum() == MOST_TRAINING
    assert scene.words[-1].startswith(f"{len(scene.rows)} of 600 pairs are drawn")
    whole = scene_of(road, pairs.take(~explored.known(pairs)), classes=CLASSES)
    np.testing.assert_allclose(
        scene.tracks[0].held_out_correlations[-1], whole.tracks[0].held_out_correlations[-1],
    )  # fmt: skip


def joined_by_class() -> Pairs:
    return class_pairs(PAIRS.eeg, PAIRS.speech, seed=1)


def test_pairs_joined_by_class_say_so_and_only_classes_less_one_components_count() -> None:
    scene = scene_of(ROAD, joined_by_class(), classes=CLASSES)
    assert scene.n_useful == 3
    assert "chosen by the label" in scene.words[0]
    assert "At most 3 components" in scene.words[0]
    assert SCENE.n_useful == SCENE.n_components == 6


def test_a_pair_without_eeg_has_no_eeg_code_and_the_same_word_from_speech() -> None:
    pairs = replace(PAIRS, has_eeg=np.arange(len(PAIRS)) % 4 > 0)
    scene = scene_of(ROAD, pairs, classes=CLASSES)
    none = ~scene.pairs.has_eeg
    assert np.isnan(scene.tracks[0].eeg[-1][none]).all()
    assert np.isfinite(scene.tracks[0].eeg[-1][~none]).all()
    np.testing.assert_array_equal(scene.both_say[none], scene.speech_says[none])
    assert f"{int((~pairs.has_eeg).sum())} of {len(pairs)} pairs have no EEG." in scene.words


def test_without_any_eeg_or_without_any_speech_there_is_the_other_to_see() -> None:
    deaf = replace(PAIRS, has_eeg=np.zeros(len(PAIRS), dtype=bool))
    scene = scene_of(ROAD, deaf, classes=CLASSES)
    assert "No pair has EEG: there is speech alone to look at." in scene.words
    assert np.isnan(scene.tracks[0].held_out_correlations).all()
    mute = replace(PAIRS, speech=replace(PAIRS.speech, values=np.full((240, 16), np.nan)))
    scene = scene_of(ROAD, mute, classes=CLASSES)
    assert np.isnan(scene.speech_says).all()
    assert np.isfinite(scene.both_say).all()
    assert np.isfinite(scene.tracks[0].eeg[-1]).all()


def test_one_utterance_of_a_person_cannot_be_centred_and_is_told_so() -> None:
    scene = scene_of(ROAD, PAIRS.take(np.array([0])), classes=CLASSES)
    assert not scene.centred
    assert any("not centred" in words for words in scene.words)
    speech = ROAD.scaler_.apply(PAIRS.speech.values[:1]) @ ROAD.spaces_[0].space_.speech_directions
    np.testing.assert_allclose(scene.tracks[0].speech[-1], speech)
    alone = ROAD.predict_proba(PAIRS.speech.values[:1])
    np.testing.assert_array_equal(scene.speech_says, alone)


def test_one_class_is_one_class() -> None:
    pairs = PAIRS.take(PAIRS.labels == CLASSES[2])
    scene = scene_of(ROAD, pairs, classes=CLASSES)
    assert set(scene.labels) == {2}


def test_a_space_the_road_does_not_listen_to_is_shown_without_regions() -> None:
    rng = np.random.default_rng(0)
    noise = replace(PAIRS.eeg, values=rng.standard_normal(PAIRS.eeg.values.shape))
    pairs = replace(PAIRS, eeg=noise)
    road = explored.fitted(pairs, JMML(step1="none", step2="CCA", inner_folds=2))
    scene = scene_of(road, pairs, classes=CLASSES)
    assert scene.regions is None
    assert any(words.startswith("The road does not listen") for words in scene.words)


def test_what_cannot_be_shown_is_refused_with_a_remedy() -> None:
    with without_checks_of_types(), pytest.raises(TypeError) as error:
        scene_of("road", PAIRS)  # type: ignore[arg-type]
    assert str(error.value).startswith("Explorer: model must be a fitted JMML; got str. Pass ")
    with refused("Explorer: model must be fitted; got"):
        scene_of(JMML(), PAIRS)
    with refused("Explorer: pairs must be at least 1; got 0."):
        scene_of(ROAD, PAIRS.take(np.zeros(0, dtype=int)), classes=CLASSES)
    narrow = replace(PAIRS.speech, values=PAIRS.speech.values[:, :3], names=("a", "b", "c"))
    with refused("Explorer: pairs.speech must have the 16 columns the road learned from; got 3."):
        scene_of(ROAD, replace(PAIRS, speech=narrow), classes=CLASSES)
    with refused("Explorer: classes must name each class of the road, numbers 0 to 3, and each"):
        scene_of(ROAD, PAIRS, classes=CLASSES[:3])
    with refused("Explorer: classes must name each class of the road, numbers 0 to 3, and each"):
        scene_of(ROAD, PAIRS, classes=("a", "b", "c", "d"))


def test_the_frame_of_a_selection_says_how_near_its_own_eeg_is_and_what_the_road_says() -> None:
    frame = selection_frame(SCENE, [4, 2])
    assert frame["row"].tolist() == SCENE.rows[[4, 2]].tolist()
    assert frame["trial"].tolist() == SCENE.pairs.speech.trials[[4, 2]].tolist()
    eeg, speech = SCENE.tracks[0].eeg[-1], SCENE.tracks[0].speech[-1]
    distances = np.sqrt(((eeg - speech[4]) ** 2).sum(axis=1))
    assert frame["distance"][0] == pytest.approx(distances[4])
    assert frame["rank"][0] == np.argsort(distances, kind="stable").tolist().index(4) + 1
    assert frame["from_speech"][0] == CLASSES[SCENE.speech_says[4].argmax()]
    assert frame["with_noisy_eeg"][1] == CLASSES[SCENE.noisy_say[2].argmax()]
    shares = frame[[f"p_{name}" for name in CLASSES]].to_numpy()
    np.testing.assert_array_equal(shares, SCENE.speech_says[[4, 2]])
    assert len(selection_frame(SCENE, [])) == 0
