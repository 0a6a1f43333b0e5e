"""A scene in a file: what comes back is what was seen, without road, training or torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import explored
import numpy as np
import pytest
from explored import CLASSES
from sentences import refused

from jmml_edu.corpora.samples import RHYTHM_NAME, samples_folder
from jmml_edu.explorer import Explorer
from jmml_edu.explorer.packing import pack
from jmml_edu.explorer.scene import Scene, scene_of
from jmml_edu.explorer.storage import load_scene, save_scene


@pytest.fixture(scope="module", params=["closed", "bent"])
def scenes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Scene, Scene]:
    """A scene, and what came back of it."""
    road, pairs = getattr(explored, request.param)()
    scene = scene_of(road, pairs, classes=CLASSES)
    return scene, load_scene(save_scene(scene, tmp_path_factory.mktemp("kept") / "scene.npz"))


def test_the_browser_gets_the_same_from_a_file(scenes: tuple[Scene, Scene]) -> None:
    (told, block), (told_again, block_again) = (pack(one, None, speaks=False) for one in scenes)
    for name, where in told["layout"].items():
        again = told_again["layout"][name]
        assert where["shape"] == again["shape"]
        numbers, kept = (
            np.frombuffer(b, where["kind"], int(np.prod(where["shape"])), at["at"]).astype(float)
            for b, at in ((block, where), (block_again, again))
        )
        assert np.abs(numbers - kept).max() <= 1, name  # one step of rounding
    for key in ("n", "people", "trials", "classes", "words", "source", "useful", "centred"):
        assert told[key] == told_again[key], key
    assert (told["regions"] is None) == (told_again["regions"] is None)
    steps, kept_steps = ([track["steps"] for track in t["tracks"]] for t in (told, told_again))
    assert steps == kept_steps
    assert told["simulated"] == told_again["simulated"] == "SIMULATED"


def test_who_and_what_come_back_exactly(scenes: tuple[Scene, Scene]) -> None:
    scene, kept = scenes
    assert scene.pairs.provenance == kept.pairs.provenance
    assert scene.pairs.kind == kept.pairs.kind
    for name in ("subjects", "labels"):
        assert getattr(scene.pairs, name).tolist() == getattr(kept.pairs, name).tolist()
    np.testing.assert_array_equal(scene.held_out, kept.held_out)
    assert (scene.words, scene.classes, scene.n_useful) == (kept.words, kept.classes, kept.n_useful)


def test_a_scene_opens_like_a_road_does(scenes: tuple[Scene, Scene]) -> None:
    explorer = Explorer(scenes[1], recordings=explored.tone, clips=1)
    explorer.selected = [0]
    assert explorer.selection["trial"].tolist() == [str(scenes[0].pairs.speech.trials[0])]
    assert explorer._told["road"] is False  # so that the browser asks for nothing it cannot have
    said: list[object] = []
    explorer.send = lambda content, buffers=None: said.append(content)
    for message in ({"kind": "ridge", "ridge": 1.0, "at": 3}, {"kind": "own", "name": "a.wav"}):
        explorer._handle_custom_msg(message, [b""])
    assert said == []
    with refused(
        "Explorer: pairs must be there for a road; got None. Pass what is to be looked at."
    ):
        Explorer(explored.closed()[0])
    with refused(
        "Explorer: model must be a road, for pairs, classes or weights to be chosen;"
        " got a scene, which has its own. Pass the scene alone."
    ):
        Explorer(scenes[1], weights=(0, 1))


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    np.savez(other, told=np.array("{}"))
    text = tmp_path / "text.npz"
    text.write_text("no archive")
    code = tmp_path / "code.npz"
    np.savez(code, told=np.array([print], dtype=object))
    for path in (other, text, code, tmp_path / "none.npz"):
        with refused(
            f"load_scene: path must name a file with a scene; got {str(path)!r}. Write one with"
            " save_scene."
        ):
            load_scene(path)


def test_the_road_that_ships_is_of_new_people_and_listens_to_eeg() -> None:
    scene = load_scene(samples_folder() / RHYTHM_NAME)
    assert f"share of {scene.eeg_share:.2f} in the decision" in scene.words[0]
    assert float(scene.words[0].split()[-1].rstrip(".")) < 0.3 < scene.eeg_share < 0.7
    right = [
        (said.argmax(axis=1) == scene.labels)[scene.held_out].mean()
        for said in (scene.speech_says, scene.both_say)
    ]
    assert right[1] > right[0] + 0.05
    assert len(set(scene.pairs.subjects[scene.held_out])) == 8
    assert len(scene.tracks[0].steps) > 10  # its training is there
    changed = scene.speech_says.argmax(axis=1) != scene.both_say.argmax(axis=1)
    assert changed.mean() > 0.3
    assert scene.pairs.provenance.stamp == "SIMULATED"


FIRST_CELL = """
import time
from jmml_edu.course import start
from jmml_edu.course.lessons.data00 import opened_road
from jmml_edu.explorer import Explorer
explorer = Explorer(opened_road(), clips=6)
explorer._repr_mimebundle_()
import sys
print(time.process_time(), [name for name in ("torch", "librosa") if name in sys.modules])
"""


def test_the_first_picture_of_the_course_needs_no_training_and_few_seconds() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_CELL], capture_output=True, check=True, text=True
    )
    seconds, heavy = done.stdout.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert float(seconds) < 20  # of one core, twice what two cores are promised
