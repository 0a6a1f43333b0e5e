"""Speech preprocessing: rate without aliases, silence cut, level set, all of it on record."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu._checks import InputError
from jmml_edu.data import Provenance, Recording
from jmml_edu.preprocess.speech import (
    SPEECH_LEVEL_DB,
    SPEECH_RATE_HZ,
    clean_speech,
    to_level,
    to_rate,
    trim_silence,
)

quick = settings(max_examples=15, deadline=None)


def speech(signal: np.ndarray, sample_rate_hz: float = 16_000.0) -> Recording:
    """Wrap samples as speech of one channel."""
    source = Provenance("a test", simulated=True)
    return Recording(signal[None], sample_rate_hz, ("mono",), "speech", "A", source)


def sine(frequency_hz: float, sample_rate_hz: float = 16_000.0, seconds: float = 1.0) -> np.ndarray:
    time_s = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    return np.sin(2 * np.pi * frequency_hz * time_s)


def middle(recording: Recording) -> np.ndarray:
    """The signal without the edges, where a filter has not settled."""
    return recording.signal[0, 800:-800]


def rms_db(signal: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(signal**2)))


@pytest.mark.parametrize("sample_rate_hz", [8_000.0, 22_050.0, 24_000.0, 44_100.0, 48_000.0])
def test_a_tone_survives_resampling(sample_rate_hz: float) -> None:
    resampled = to_rate(speech(sine(440, sample_rate_hz), sample_rate_hz), sample_rate_hz=16_000.0)
    assert resampled.signal.shape == (1, 16_000)
    np.testing.assert_allclose(middle(resampled), sine(440)[800:-800], atol=2e-3)


@pytest.mark.parametrize("frequency_hz", [9_000.0, 10_000.0, 15_000.0])
def test_a_tone_above_the_new_limit_vanishes_instead_of_folding_back(frequency_hz: float) -> None:
    resampled = to_rate(speech(sine(frequency_hz, 48_000.0), 48_000.0), sample_rate_hz=16_000.0)
    assert rms_db(middle(resampled)) < -45


def test_the_right_rate_is_left_alone() -> None:
    recording = speech(sine(440))
    assert to_rate(recording, sample_rate_hz=16_000.0) is recording


def test_a_rate_below_1000_is_refused() -> None:
    with pytest.raises(InputError, match="to_rate: sample_rate_hz must be at least 1000; got 16"):
        to_rate(speech(sine(440)), sample_rate_hz=16.0)


def test_trimming_finds_the_utterance_and_keeps_margin_and_pause() -> None:
    word = np.concatenate([sine(300, seconds=0.4), np.zeros(3_200), sine(300, seconds=0.4)])
    padded = np.concatenate([np.zeros(8_000), word, np.zeros(4_800)])
    trimmed = trim_silence(speech(padded), margin_s=0.1)
    np.testing.assert_array_equal(trimmed.signal[0], padded[8_000 - 1_600 : -4_800 + 1_600])


def test_noise_of_the_room_is_silence_and_a_soft_ending_is_not() -> None:
    hiss = 1e-3 * np.random.default_rng(0).standard_normal(32_000)
    hiss[8_000:16_000] += sine(300, seconds=0.5)
    hiss[16_000:20_000] += 0.05 * sine(300, seconds=0.25)
    assert trim_silence(speech(hiss)).duration_s == pytest.approx(0.85, abs=0.03)


def test_nothing_to_trim_leaves_every_sample() -> None:
    assert trim_silence(speech(sine(300))).signal.shape == (1, 16_000)


def test_the_level_ignores_pauses() -> None:
    paused = np.concatenate([sine(300), np.zeros(48_000)])
    levelled = to_level(speech(paused), level_db=-20.0)
    assert rms_db(levelled.signal[0, :16_000]) == pytest.approx(-20, abs=0.01)


@quick
@given(gain_db=st.floats(-50, 20), level_db=st.floats(-60, -6))
def test_the_gain_of_the_recording_does_not_matter(gain_db: float, level_db: float) -> None:
    signal = np.random.default_rng(0).standard_normal(8_000) * np.linspace(0.01, 1, 8_000)
    one, other = (
        to_level(speech(signal * gain), level_db=level_db) for gain in (1.0, 10 ** (gain_db / 20))
    )
    np.testing.assert_allclose(other.signal, one.signal, rtol=1e-9)


def test_a_level_out_of_range_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        to_level(speech(sine(300)), level_db=3.0)
    assert str(refused.value) == (
        "to_level: level_db must lie between -60 and -6; got 3.0. "
        "Take -26, the usual level of speech."
    )


def test_clean_speech_has_one_rate_one_level_no_offset_and_no_silence_around() -> None:
    raw = 0.2 + 0.1 * np.pad(sine(300, 48_000.0), 24_000)
    clean = clean_speech(speech(raw, 48_000.0))
    assert clean.sample_rate_hz == SPEECH_RATE_HZ
    assert clean.duration_s == pytest.approx(1.1, abs=0.03)
    assert rms_db(clean.signal[0, 1_600:-1_600]) == pytest.approx(SPEECH_LEVEL_DB, abs=0.2)
    assert abs(clean.signal.mean()) < 1e-3


def test_every_step_is_on_record_in_order() -> None:
    clean = clean_speech(speech(sine(300, 24_000.0), 24_000.0))
    assert [step.split(" ")[0] for step in clean.provenance.steps] == [
        "constant",
        "resampled",
        "silence",
        "speech",
    ]
    assert clean.provenance.stamp == "SIMULATED"


def test_the_recording_that_goes_in_is_not_changed() -> None:
    signal = sine(300)
    before = signal.copy()
    clean_speech(speech(signal))
    np.testing.assert_array_equal(signal, before)


@pytest.mark.parametrize("signal", [np.zeros(8_000), np.full(8_000, 0.1)])
def test_silence_is_refused(signal: np.ndarray) -> None:
    with pytest.raises(InputError) as refused:
        clean_speech(speech(signal))
    assert str(refused.value) == (
        "trim_silence: recording must contain sound; got silence in 'a clip'. "
        "Leave this recording out."
    )


def test_two_channels_are_refused() -> None:
    both = Recording(np.ones((2, 100)), 16e3, ("l", "r"), "speech", "A", Provenance("t", True))
    with pytest.raises(InputError) as refused:
        clean_speech(both)
    assert str(refused.value) == (
        "clean_speech: recording must be speech of one channel; got speech of 2. "
        "Read it with read_wav, which averages channels."
    )
