"""The weight slider: each step is a training of its own, and roads without one say so."""

from __future__ import annotations

import explored
import numpy as np
from sentences import refused

from jmml_edu.deep_encoders import CorrelatedSpace
from jmml_edu.explorer import Explorer
from jmml_edu.explorer.scene import scene_of, view_pairs

ROAD, PAIRS = explored.bent()
SCENE = scene_of(ROAD, PAIRS, classes=explored.CLASSES, weights=(0, 10))


def by_hand(terms: str | dict[str, float]) -> list[float]:
    """Correlations of new people in a space that was trained as long as the road."""
    viewed = view_pairs(ROAD, PAIRS)
    learned = ~viewed.held_out
    space = CorrelatedSpace((2,), terms=terms, epochs=ROAD.epochs_).fit(
        viewed.eeg[learned], viewed.speech[learned], viewed.subjects[learned]
    )
    eeg, speech = (codes[~learned] for codes in viewed.encoded_by(space))
    return [float(np.corrcoef(*pair)[0, 1]) for pair in zip(eeg.T, speech.T, strict=True)]


def test_each_weight_is_a_training_of_its_own_and_0_is_correlation_alone() -> None:
    track = SCENE.tracks[2]
    assert track.steps == ("weight 0", "weight 10", "the road")
    told = {"correlation": 1.0, "eeg from eeg": 10.0, "speech from speech": 10.0}
    for step, terms in enumerate(("DCCA", told)):
        found = track.held_out_correlations[step]
        np.testing.assert_allclose(found, by_hand(terms), atol=1e-5)
    assert np.abs(track.held_out_correlations[0] - track.held_out_correlations[1]).max() > 0.01
    np.testing.assert_allclose(track.eeg[-1], SCENE.tracks[0].eeg[-1])


def test_the_note_says_what_was_trained_for_how_long() -> None:
    assert SCENE.tracks[2].note == (
        f"Trained again for {ROAD.epochs_} epochs, from the same start, with correlation at 1 and"
        " each of eeg from eeg, speech from speech at the weight that the slider shows."
    )


def test_without_weights_there_is_no_such_slider_and_with_them_the_widget_has_one() -> None:
    names = [track.name for track in scene_of(ROAD, PAIRS, classes=explored.CLASSES).tracks]
    assert names == ["training", "ridge"]
    explorer = Explorer(ROAD, PAIRS, classes=explored.CLASSES, clips=0, weights=(0.5,))
    assert [track["name"] for track in explorer._told["tracks"]] == [*names, "weights"]
    explorer.track = "weights"


def test_what_cannot_be_weighed_is_refused_in_a_sentence() -> None:
    road, pairs = explored.closed()
    with refused("Explorer: weights must be left out where step 2 trains no reconstruction of"):
        scene_of(road, pairs, classes=explored.CLASSES, weights=(1,))
    with refused("Explorer: weights must be at least 0; got -1."):
        scene_of(ROAD, PAIRS, classes=explored.CLASSES, weights=(1, -1))
