"""One's own voice: where it lands, by which road, what is said of it, and what is refused."""

from __future__ import annotations

import io
from dataclasses import replace

import explored
import numpy as np
import pytest
import soundfile

from jmml_edu.data import Recording
from jmml_edu.explorer import Explorer
from jmml_edu.explorer.clips import recall_of
from jmml_edu.explorer.placing import OwnVoice
from jmml_edu.explorer.scene import scene_of

ROAD, PAIRS = explored.sampled()
SCENE = scene_of(ROAD, PAIRS, classes=explored.CLASSES)


def wav(signal: np.ndarray, rate: int = 16_000, **how: str) -> bytes:
    """A sound file's bytes."""
    file = io.BytesIO()
    soundfile.write(file, signal, rate, format="WAV", **how)
    return file.getvalue()


def spoken(row: int) -> Recording:
    """An utterance of the person that is drawn."""
    recall = recall_of(PAIRS)
    assert recall is not None
    recording = recall(str(PAIRS.subjects[row]), str(PAIRS.speech.trials[row]))
    assert recording is not None
    return recording


def voiced(row: int) -> bytes:
    return wav(spoken(row).signal[0], subtype="FLOAT")


NOISE = wav(0.1 * np.random.default_rng(0).standard_normal(16_000))


def test_recordings_of_somebody_who_is_drawn_land_where_their_pairs_are_drawn() -> None:
    own = OwnVoice(ROAD, SCENE)
    for row in range(4):
        told = own.place("me.wav", voiced(row))
    codes = [one["code"] for one in told["own"]]
    np.testing.assert_allclose(codes, SCENE.tracks[0].speech[-1], atol=2e-3)
    np.testing.assert_allclose([one["says"] for one in told["own"]], SCENE.speech_says, atol=2e-3)


def test_a_single_utterance_is_judged_as_the_road_judges_one_without_a_speaker() -> None:
    (one,) = OwnVoice(ROAD, SCENE).place("me.wav", voiced(2))["own"]
    alone = ROAD.predict_proba(PAIRS.speech.values[2:3])[0]
    np.testing.assert_allclose(one["says"], alone, atol=2e-3)
    assert np.abs(one["code"] - SCENE.tracks[0].speech[-1, 2]).max() > 0.1  # not centred


def test_words_say_how_little_it_proves_and_that_one_is_not_centred() -> None:
    own = OwnVoice(ROAD, SCENE)
    first, second = own.place("a.wav", voiced(0)), own.place("b.wav", voiced(1))
    for told in (first, second):
        best = explored.CLASSES[int(np.argmax(told["own"][-1]["says"]))]
        assert told["words"].startswith(f"The road says {best}, ")
        assert "for any sound at all. It knows simulated voices only." in told["words"]
        assert told["words"].endswith("how anybody feels, nor about the road.")
    assert "place another one, and yours are centred on your own mean." in first["words"]
    assert "yours are centred on your own mean, that of 2." in second["words"]
    strange = own.place("noise.wav", NOISE)["words"]
    share = int(strange.partition(" % of your speech features")[0].rpartition(" ")[2])
    assert share > 10


def test_a_sound_that_is_too_loud_is_placed_and_called_clipped() -> None:
    loud = np.clip(20 * spoken(0).signal[0], -1, 1)
    words = OwnVoice(ROAD, SCENE).place("loud.wav", wav(loud))["words"]
    assert words.endswith("It is too loud: some of it is clipped.")


def test_who_forgets_begins_again() -> None:
    own = OwnVoice(ROAD, SCENE)
    own.place("a.wav", voiced(0))
    own.forget()
    assert len(own.place("b.wav", voiced(1))["own"]) == 1


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("note.txt", b"no sound at all", "the file must name a complete sound file; got note.txt"),
        ("cut.wav", NOISE[:9000], "the file must name a complete file; got cut.wav, cut short by"),
        ("none.wav", b"", "the file must name a complete file; got none.wav, empty"),
        ("dumb.wav", wav(np.zeros(9000)), "the file must hold sound above -70 dB"),
        ("short.wav", NOISE[:44] + NOISE[44:3000], "the file must name a complete file"),
        ("brief.wav", wav(0.1 * np.sin(np.arange(1600.0))), "recording must last at least 0.3 s"),
        ("long.wav", wav(0.1 * np.sin(np.arange(31 * 16e3))), "sound must last at most 30 s"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_one_sentence_and_leaves_the_others(
    name: str, data: bytes, problem: str
) -> None:
    own = OwnVoice(ROAD, SCENE)
    own.place("a.wav", voiced(0))
    told = own.place(name, data)
    assert told["problem"].startswith(f"Explorer: {problem}"), told
    assert "/" not in told["problem"]
    assert len(own.features) == 1


def test_a_road_of_other_features_says_so() -> None:
    road, pairs = explored.closed()
    told = OwnVoice(road, scene_of(road, pairs, classes=explored.CLASSES)).place("a.wav", NOISE)
    assert told["problem"].startswith(
        "Explorer: pairs.speech must have the speech features of jmml_edu; got 16 others."
    )


def test_roads_of_recordings_do_not_speak_of_simulated_voices() -> None:
    told = replace(PAIRS.speech, provenance=replace(PAIRS.speech.provenance, simulated=False))
    eeg = replace(PAIRS.eeg, provenance=told.provenance)
    scene = scene_of(ROAD, replace(PAIRS, eeg=eeg, speech=told), classes=explored.CLASSES)
    assert "simulated" not in OwnVoice(ROAD, scene).place("a.wav", voiced(0))["words"]


def test_the_widget_answers_the_browser() -> None:
    explorer = Explorer(ROAD, PAIRS, classes=explored.CLASSES, clips=0)
    said: list[dict[str, object]] = []
    explorer.send = lambda content, buffers=None: said.append(content)
    explorer._handle_custom_msg({"kind": "own", "name": "a.wav"}, [memoryview(voiced(0))])
    explorer._handle_custom_msg({"kind": "own", "name": "b.wav"}, [memoryview(b"")])
    explorer._handle_custom_msg({"kind": "forget"}, [])
    explorer._handle_custom_msg({"kind": "own", "name": "c.wav"}, [memoryview(voiced(1))])
    assert [one["kind"] for one in said] == ["own"] * 3
    assert [len(one.get("own", [])) for one in said] == [1, 0, 1]  # type: ignore[arg-type]
    assert "got b.wav, empty" in str(said[1]["problem"])
