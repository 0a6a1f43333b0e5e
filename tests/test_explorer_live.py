"""What the kernel solves while one looks: the same as what has come along, and as by hand."""

from __future__ import annotations

import explored
import numpy as np
import pytest
from sentences import refused

from jmml_edu.encoders import SharedSpace
from jmml_edu.explorer import Explorer
from jmml_edu.explorer.live import LiveRidge
from jmml_edu.explorer.scene import scene_of, view_pairs
from jmml_edu.explorer.tracks import RIDGES

ROAD, PAIRS = explored.closed()
SCENE = scene_of(ROAD, PAIRS, classes=explored.CLASSES)
LIVE = LiveRidge(ROAD, PAIRS, SCENE)


def codes_of(block: bytes) -> np.ndarray:
    """EEG and speech codes of every pair that is drawn."""
    return np.frombuffer(block, "<f4").reshape(2, len(SCENE.rows), SCENE.n_components)


@pytest.mark.parametrize("step", [0, 3, 6])
def test_a_ridge_that_has_come_along_is_solved_to_the_same_numbers(step: int) -> None:
    told, block = LIVE.solve(RIDGES[step])
    track = SCENE.tracks[1]
    np.testing.assert_allclose(codes_of(block)[0], track.eeg[step], atol=1e-5)
    np.testing.assert_allclose(codes_of(block)[1], track.speech[step], atol=1e-5)
    np.testing.assert_allclose(told["train"], track.train_correlations[step], rtol=1e-4)
    np.testing.assert_allclose(told["heldOut"], track.held_out_correlations[step], rtol=1e-4)


def test_a_ridge_in_between_correlates_as_a_space_that_is_fitted_by_hand() -> None:
    told, _ = LIVE.solve(0.37)
    viewed = view_pairs(ROAD, PAIRS)
    learned = ~viewed.held_out
    space = SharedSpace((ROAD.spaces_[0].n_components_,), ridge=0.37).fit(
        viewed.eeg[learned], viewed.speech[learned], viewed.subjects[learned]
    )
    for rows, name in ((learned, "train"), (~learned, "heldOut")):
        eeg, speech = (codes[rows] for codes in viewed.encoded_by(space))
        by_hand = [np.corrcoef(*pair)[0, 1] for pair in zip(eeg.T, speech.T, strict=True)]
        np.testing.assert_allclose(told[name], by_hand, rtol=1e-4)


def test_a_ridge_has_to_be_above_0() -> None:
    with refused("Explorer: ridge must be above 0; got 0."):
        LIVE.solve(0.0)


def test_the_widget_answers_the_browser() -> None:
    explorer = Explorer(ROAD, PAIRS, classes=explored.CLASSES, clips=0)
    said: list[tuple[dict[str, object], list[bytes]]] = []
    explorer.send = lambda content, buffers=None: said.append((content, buffers or []))
    explorer._handle_custom_msg({"kind": "ridge", "ridge": 0.37, "at": 2.57}, [])
    ((told, buffers),) = said
    solved, block = LIVE.solve(0.37)
    assert told == {"kind": "ridge", "at": 2.57, **solved}
    assert buffers == [block]
