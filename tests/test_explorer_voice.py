"""Voice and brain: what the sliders do is what the simulator does, and what travels says so."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sentences import refused

from jmml_edu.explorer import VoiceAndBrain
from jmml_edu.explorer.feeling import GRID, Speaker, power_db
from jmml_edu.explorer.packer import unpack
from jmml_edu.features.eeg import BANDS, eeg_features
from jmml_edu.simulate.head import CHANNELS
from jmml_edu.simulate.pairs import World
from jmml_edu.simulate.samples import SAMPLES_WORLD, recording_of

WIDGET = VoiceAndBrain(person=2, trial=4)


def grid_of(widget: VoiceAndBrain) -> np.ndarray:
    """The power of every feeling that travels, by valence, arousal, band and electrode."""
    power = unpack(widget._told, widget._numbers, "power")
    return power.reshape(len(GRID), len(GRID), len(BANDS), len(CHANNELS))


def at(band: str, electrode: str) -> tuple[int, int]:
    return list(BANDS).index(band), CHANNELS.index(electrode)


def test_recordings_are_those_of_the_simulator_whatever_else_is_felt() -> None:
    eeg, speech = WIDGET.recordings_of(1.0, -0.5)
    assert eeg.trial == speech.trial == "p03-05"
    assert eeg.label == "positive-calm"
    assert WIDGET.recordings_of(0.0, 0.0)[0].label == ""
    known = recording_of(SAMPLES_WORLD, "eeg", "p03-05")
    assert known is not None
    assert eeg.signal.shape == known.signal.shape
    assert not np.array_equal(eeg.signal, known.signal)


def test_power_is_that_of_the_features_of_the_package() -> None:
    eeg, _ = WIDGET.recordings_of(0.0, 2.0)
    told = eeg_features([eeg], max_peak_to_peak_uv=1e9)
    columns = [told.names.index(f"alpha_{name}_lnuv2") for name in CHANNELS]
    expected = 10 / np.log(10) * told.values[0, columns]
    np.testing.assert_allclose(power_db(eeg)[list(BANDS).index("alpha")], expected, atol=1e-9)


def test_the_scalp_moves_as_the_table_of_effects_says_and_nowhere_else() -> None:
    power = grid_of(WIDGET)
    neutral = power[2, 2]
    aroused, pleasant = power[2, 4] - neutral, power[4, 2] - neutral
    assert aroused[at("alpha", "Oz")] < -1
    assert aroused[at("beta", "Cz")] > 0.3
    band, right = at("alpha", "F4")
    assert pleasant[band, right] - pleasant[at("alpha", "F3")] > 1
    assert pleasant[at("theta", "Fz")] > 0.3
    for still in ("delta", "gamma"):
        assert np.abs(pleasant[list(BANDS).index(still)]).max() < 0.1


def test_the_voice_moves_as_the_table_of_effects_says() -> None:
    measures = np.array(WIDGET._told["measures"]).reshape(5, 5, 3)
    pitch, level, rate = measures[2].T  # from calm to aroused, at neutral valence
    assert (np.diff(pitch) > 0).all()
    assert np.diff(level).min() > 1
    assert rate[-1] > rate[0]


def test_clips_are_as_loud_as_they_were_spoken() -> None:
    first, last = WIDGET._told["clips"][14]  # neutral, very aroused
    signal, rate = soundfile.read(io.BytesIO(WIDGET._clips[first:last]))
    _, speech = WIDGET.recordings_of(0.0, 2.0)
    assert rate == 16_000
    assert len(signal) / rate == pytest.approx(speech.duration_s, abs=0.15)
    level = 10 * np.log10((speech.signal**2).mean())
    assert WIDGET._told["measures"][14][1] == pytest.approx(level, abs=0.06)
    energy = 10 * np.log10((signal**2).sum() / (speech.signal**2).sum())
    assert energy == pytest.approx(0, abs=1)


def test_another_trial_is_another_one_of_the_same_person_who_feels_nothing() -> None:
    there = unpack(WIDGET._told, WIDGET._numbers, "elsewhere")
    other = Speaker(SAMPLES_WORLD, 2, 5).record(0.0, 0.0)[0]
    np.testing.assert_allclose(there, power_db(other), atol=2e-3)
    assert np.abs(there - grid_of(WIDGET)[2, 2]).max() > 1
    last = Speaker(World(n_subjects=1, n_trials=2), 0, 1)
    first = Speaker(World(n_subjects=1, n_trials=2), 0, 0).record(0.0, 0.0)[0]
    np.testing.assert_allclose(last.elsewhere(), power_db(first))


def test_the_kernel_makes_what_lies_between() -> None:
    said: list[tuple[dict[str, object], list[bytes]]] = []
    WIDGET.send = lambda content, buffers=None: said.append((content, buffers or []))
    WIDGET._handle_custom_msg({"kind": "felt", "valence": 0.5, "arousal": -1.5}, [])
    WIDGET._handle_custom_msg({"kind": "something else"}, [])
    ((told, buffers),) = said
    felt = WIDGET.speaker.express(0.5, -1.5)
    assert buffers == [felt.clip]
    assert told["measures"] == felt.measures()
    np.testing.assert_allclose(told["power"], felt.power_db.ravel(), atol=1e-3)
    WIDGET._handle_custom_msg({"kind": "felt", "valence": 99.0, "arousal": 0.0}, [])
    assert "must lie between" in str(said[-1][0]["problem"])


def test_what_is_out_of_range_is_refused_in_a_sentence() -> None:
    with refused("VoiceAndBrain: person must be a whole number from 0 to 39; got 40."):
        VoiceAndBrain(person=40)
    with refused("VoiceAndBrain: trial must be a whole number from 0 to 49; got -1."):
        VoiceAndBrain(trial=-1)
    for value in (2.5, np.nan):
        with refused(f"VoiceAndBrain: valence must lie between -2 and 2; got {value}."):
            WIDGET.valence = value


def test_it_is_stamped_light_and_has_a_picture_with_words(tmp_path: Path) -> None:
    WIDGET.arousal = 2.0
    assert WIDGET._told["simulated"] == "SIMULATED"
    assert len(WIDGET._clips) + len(WIDGET._numbers) < 400_000
    data, _ = WIDGET._repr_mimebundle_()
    assert 'alt="A simulated voice and the scalp' in data["text/html"]
    assert "at valence +0.0, arousal +2.0: a spectrogram" in data["text/plain"]
    figure = WIDGET.static()
    assert [ax.get_title(loc="left") for ax in figure.axes[1:4]] == [
        "theta, dB", "alpha, dB", "beta, dB",
    ]  # fmt: skip
    page = WIDGET.to_html(tmp_path / "page.html").read_text()
    state = json.loads(page.partition('id="told">')[2].partition("</script>")[0])["state"]
    assert state["arousal"] == 2.0
    WIDGET.arousal = 0.0
