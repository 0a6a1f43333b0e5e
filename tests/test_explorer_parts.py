"""Maps of the scalp, clips, and the block of bytes that the browser gets."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import explored
import numpy as np
import pytest
import soundfile
from explored import CLASSES, ELECTRODES, NAMES

from jmml_edu.corpora.indexed import read_indexed
from jmml_edu.corpora.samples import RAW_NAME, samples_folder
from jmml_edu.data import Recording
from jmml_edu.explorer import clips as clips_module
from jmml_edu.explorer.clips import clips_of, mp3_of, recall_of
from jmml_edu.explorer.packer import MISSING, unpack
from jmml_edu.explorer.packing import MOST_FRAME_BYTES, pack
from jmml_edu.explorer.scalp import GRID, scalp_of
from jmml_edu.explorer.scene import scene_of
from jmml_edu.simulate.head import CHANNELS
from jmml_edu.simulate.samples import SAMPLES_WORLD, recording_of

ROAD, PAIRS = explored.closed()
SCENE = scene_of(ROAD, PAIRS, classes=CLASSES)
SCALP = scalp_of(NAMES)
TOLD, BLOCK = pack(SCENE, SCALP, speaks=True)


def at(name: str, channels: tuple[str, ...] = ELECTRODES) -> int:
    return channels.index(name)


def test_electrodes_lie_where_the_ten_twenty_system_has_them() -> None:
    scalp = scalp_of([f"alpha_{name}_lnuv2" for name in CHANNELS])
    assert scalp is not None
    right, front = scalp.places.T
    assert np.hypot(right[at("Cz", CHANNELS)], front[at("Cz", CHANNELS)]) < 1e-6
    assert front[at("Fp1", CHANNELS)] > 0.8
    assert front[at("Oz", CHANNELS)] == pytest.approx(-0.9)
    assert right[at("T8", CHANNELS)] == pytest.approx(0.9)
    assert right[at("T7", CHANNELS)] == pytest.approx(-0.9)
    np.testing.assert_allclose(right[at("F3", CHANNELS)], -right[at("F4", CHANNELS)], atol=0.03)
    assert front[at("F3", CHANNELS)] > 0.3 > -0.3 > front[at("P3", CHANNELS)]
    assert np.hypot(right, front).max() <= 1


def test_a_map_goes_through_its_electrodes_and_a_constant_stays_one() -> None:
    assert SCALP is not None
    np.testing.assert_allclose(SCALP.filling.sum(axis=1), 1, atol=1e-9)
    row, column = SCALP.pixels.T
    middle = (np.column_stack([column, GRID - 1 - row]) + 0.5) / GRID * 2 - 1
    for name in ("F3", "O2"):
        nearest = np.hypot(*(middle - SCALP.places[at(name)]).T).argmin()
        assert SCALP.filling[nearest].argmax() == at(name)
        assert SCALP.filling[nearest, at(name)] == pytest.approx(1, abs=0.12)
    assert row[middle[:, 1].argmax()] == 0  # the nose is on top


def test_columns_are_found_by_their_names_and_others_make_no_map() -> None:
    assert SCALP is not None
    assert SCALP.bands == ("theta", "alpha")
    assert SCALP.electrodes == ELECTRODES
    for b, band in enumerate(SCALP.bands):
        for e, name in enumerate(SCALP.electrodes):
            assert NAMES[SCALP.columns[b, e]] == f"{band}_{name}_lnuv2"
    assert scalp_of(("eeg_0", "eeg_1")) is None
    assert scalp_of(("alpha_Fz_lnuv2", "alpha_Cz_lnuv2")) is None
    assert scalp_of([f"alpha_E{n}_lnuv2" for n in range(9)]) is None


def test_a_clip_sounds_like_its_utterance() -> None:
    clip = mp3_of(explored.tone("g000", "00012"))
    signal, rate_hz = soundfile.read(io.BytesIO(clip))
    assert rate_hz == 16_000
    assert len(signal) / rate_hz == pytest.approx(0.4, abs=0.15)
    spectrum = np.abs(np.fft.rfft(signal))
    assert np.fft.rfftfreq(len(signal), 1 / rate_hz)[spectrum.argmax()] == pytest.approx(520, abs=5)
    middle = signal[2000:6000]
    assert 10 * np.log10((middle**2).mean()) == pytest.approx(-26, abs=1)


def test_clips_stop_before_they_are_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = len(mp3_of(explored.tone("a", "1")))
    monkeypatch.setattr(clips_module, "MOST_BYTES", 2 * clip + 100)
    assert list(clips_of(PAIRS, explored.tone, [5, 1, 7])) == [5, 1]
    assert clips_of(PAIRS, None, [5]) == {}

    def some(subject: str, trial: str) -> Recording | None:
        return None if trial == "00005" else explored.tone(subject, trial)

    assert list(clips_of(PAIRS, some, [5, 1])) == [1]


def test_the_samples_can_be_heard_again_from_their_seed() -> None:
    first = next(iter(read_indexed(samples_folder() / RAW_NAME).of("speech")))
    again = recording_of(SAMPLES_WORLD, "speech", first.trial)
    assert again is not None
    np.testing.assert_allclose(again.signal, first.signal, atol=1 / 32_000)
    assert (again.label, again.subject) == (first.label, first.subject)
    brain = next(iter(read_indexed(samples_folder() / RAW_NAME).of("eeg")))
    seen = recording_of(SAMPLES_WORLD, "eeg", brain.trial)
    assert seen is not None
    assert np.abs(seen.signal - brain.signal).max() < 0.1
    for stranger in ("p99-01", "p01-51", "p01", "x", "p00-01", "p01-00"):
        assert recording_of(SAMPLES_WORLD, "speech", stranger) is None


def test_only_pairs_of_the_samples_are_made_again() -> None:
    assert recall_of(PAIRS) is None
    origin = replace(PAIRS.provenance, source="simulated study, seed 20")
    recall = recall_of(replace(PAIRS, speech=replace(PAIRS.speech, provenance=origin)))
    assert recall is not None
    heard = recall("p01", "p01-01")
    assert heard is not None
    assert heard.modality == "speech"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("frames_training", np.stack([SCENE.tracks[0].eeg, SCENE.tracks[0].speech], axis=1)),
        ("frames_ridge", np.stack([SCENE.tracks[1].eeg, SCENE.tracks[1].speech], axis=1)),
        ("says_speech", np.log(np.maximum(SCENE.speech_says, np.exp(-16)))),
        ("says_both", np.log(np.maximum(SCENE.both_say, np.exp(-16)))),
        ("says_noisy", np.log(np.maximum(SCENE.noisy_say, np.exp(-16)))),
        ("row", SCENE.rows),
        ("label", SCENE.labels),
        ("held_out", SCENE.held_out),
        ("has_eeg", SCENE.pairs.has_eeg),
    ],
)
def test_what_was_packed_can_be_read_to_a_step_of_its_scale(name: str, values: np.ndarray) -> None:
    scale = TOLD["layout"][name]["scale"]
    read = unpack(TOLD, BLOCK, name)
    assert read.shape == values.shape
    np.testing.assert_allclose(read, values, atol=0.51 * scale)
    assert scale <= np.abs(values).max() / 32_000


def test_nan_stays_nan_and_every_array_begins_at_a_multiple_of_four() -> None:
    pairs = replace(PAIRS, has_eeg=np.arange(len(PAIRS)) % 2 > 0)
    told, block = pack(scene_of(ROAD, pairs, classes=CLASSES), SCALP, speaks=False)
    frames = unpack(told, block, "frames_training")
    assert np.isnan(frames[:, 0, ::2]).all()
    assert np.isfinite(frames[:, 0, 1::2]).all()
    power = unpack(told, block, "scalp_power")
    assert np.isnan(power[::2]).all()
    assert all(where["at"] % 4 == 0 for where in told["layout"].values())
    assert set(MISSING) == {"int16", "int8"}


def test_the_scalp_shows_power_less_the_persons_mean() -> None:
    assert SCALP is not None
    power = unpack(TOLD, BLOCK, "scalp_power")
    columns = SCENE.pairs.eeg.values[:, SCALP.columns]
    person = SCENE.pairs.subjects == "g001"
    wanted = columns[person] - columns[person].mean(axis=0)
    scale = TOLD["layout"]["scalp_power"]["scale"]
    inside = np.abs(wanted) < 2 * TOLD["scalp"]["range"]
    np.testing.assert_allclose(power[person][inside], wanted[inside], atol=0.51 * scale)


def test_what_is_told_is_json_and_says_simulated() -> None:
    text = json.dumps(TOLD, allow_nan=False)
    assert json.loads(text)["simulated"] == "SIMULATED"
    assert TOLD["kind"] == "trial"
    assert TOLD["tracks"][0]["heldOut"][-1][0] == pytest.approx(
        SCENE.tracks[0].held_out_correlations[-1, 0], rel=1e-4
    )


def test_long_trainings_leave_out_steps_evenly_and_keep_both_ends() -> None:
    track = SCENE.tracks[0]
    steps = 100
    long = replace(
        track,
        steps=tuple(f"epoch {n}" for n in range(steps)),
        eeg=np.repeat(track.eeg, steps, axis=0),
        speech=np.repeat(track.speech, steps, axis=0),
        train_correlations=np.repeat(track.train_correlations, steps, axis=0),
        held_out_correlations=np.repeat(track.held_out_correlations, steps, axis=0),
    )
    told, block = pack(replace(SCENE, tracks=(long,)), None, speaks=False)
    kept = told["tracks"][0]
    assert kept["steps"][0] == "epoch 0"
    assert kept["steps"][-1] == "epoch 99"
    assert len(kept["steps"]) == len(kept["numbers"]) == len(kept["heldOut"]) < steps
    assert set(np.diff(kept["numbers"])) <= {1, 2}
    assert unpack(told, block, "frames_training").nbytes // 4 <= MOST_FRAME_BYTES
