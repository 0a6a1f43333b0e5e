"""The simulated voice as an instrument: source, filter and level, on ideal signals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plain_voices import (
    PERIOD,
    PITCH_HZ,
    PLAIN,
    harmonics_db,
    held_sound,
    held_vowel,
    level_db,
    neutral,
)

from jmml_edu.simulate.articulation import babble
from jmml_edu.simulate.vocal_tract import HOP, N_FFT, filter_frames, pulse_train, render
from jmml_edu.simulate.voice import (
    SAMPLE_RATE_HZ,
    speak,
)


def test_a_filter_of_response_one_returns_the_source() -> None:
    source = np.random.default_rng(0).standard_normal(10 * HOP)
    through = filter_frames(source, np.ones((11, N_FFT // 2 + 1), dtype=complex))
    np.testing.assert_allclose(through, source, atol=1e-12)


def test_a_filter_that_stays_is_the_recursive_filter() -> None:
    source = np.random.default_rng(0).standard_normal(10 * HOP)
    response = 1 / (1 - 0.9 * np.exp(-1j * np.linspace(0, np.pi, N_FFT // 2 + 1)))
    through = filter_frames(source, np.tile(response, (11, 1)))
    recursive = [0.0]
    for sample in source:
        recursive.append(sample + 0.9 * recursive[-1])
    np.testing.assert_allclose(through, recursive[1:], atol=1e-9)


def test_pulses_keep_their_time_between_samples() -> None:
    phase = np.arange(4000) / 123.4
    pulses = pulse_train(phase, jitter=0.0, shimmer=0.0, rng=np.random.default_rng(0))
    assert np.interp(5, phase, np.arange(4000)) == pytest.approx(617)
    assert pulses[617] == pytest.approx(1)
    # Pulse 2 lies 0.8 of a sample after sample 246: a shifted band-limited pulse is symmetric.
    assert pulses[247] > pulses[246] > 0
    assert pulses[180:310].sum() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("jitter", [0.01, 0.03])
def test_jitter_is_the_mean_relative_difference_of_periods(jitter: float) -> None:
    phase = np.arange(1, 1_600_001) / 800
    pulses = pulse_train(phase, jitter=jitter, shimmer=0.0, rng=np.random.default_rng(1))
    periods = np.diff(np.flatnonzero((pulses[1:-1] > 0.5) & (np.diff(pulses)[:-1] >= 0)
                                     & (np.diff(pulses)[1:] < 0)))  # fmt: skip
    measured = np.abs(np.diff(periods)).mean() / periods.mean()
    assert measured == pytest.approx(jitter, rel=0.06)


def test_shimmer_is_the_mean_relative_difference_of_heights() -> None:
    phase = np.arange(1, 320_001) / 160
    pulses = pulse_train(phase, jitter=0.0, shimmer=0.05, rng=np.random.default_rng(1))
    heights = pulses[159::160]
    measured = np.abs(np.diff(heights)).mean() / heights.mean()
    assert measured == pytest.approx(0.05, rel=0.06)


def test_a_held_vowel_has_the_harmonics_of_its_pitch_and_nothing_between() -> None:
    sound = held_sound()
    spectrum = np.abs(np.fft.rfft(sound))
    step = len(sound) // PERIOD
    assert spectrum[5 * step] > 1e3 * spectrum[5 * step + step // 2]
    np.testing.assert_allclose(sound[PERIOD:], sound[:-PERIOD], atol=1e-4)


@pytest.mark.parametrize("tract_length_ratio", [1.0, 0.8])
def test_formants_lie_where_the_score_puts_them_and_higher_in_a_short_tract(
    tract_length_ratio: float,
) -> None:
    voice = replace(PLAIN, tract_length_ratio=tract_length_ratio, tilt_db_per_octave=-6.02)
    formants_hz = (600.0, 1600.0, 2600.0)
    level = harmonics_db(held_sound(voice, held_vowel(formants_hz)))
    for formant_hz in formants_hz:
        expected = formant_hz / tract_length_ratio / PITCH_HZ
        near = np.arange(int(expected) - 3, int(expected) + 5)
        assert near[np.argmax(level[near])] == pytest.approx(expected, abs=1)


def test_a_tilt_of_six_decibel_more_falls_by_six_decibel_more_per_octave() -> None:
    soft, pressed = (
        harmonics_db(held_sound(replace(PLAIN, tilt_db_per_octave=tilt))) for tilt in (-12.0, -6.0)
    )
    change = soft - pressed
    assert change[70] - change[35] == pytest.approx(-6, abs=0.15)
    assert change[2] - change[1] == pytest.approx(0, abs=1)


def test_breathiness_is_the_level_of_what_does_not_repeat() -> None:
    sound = held_sound(replace(PLAIN, breathiness_db=-20.0))
    cycles = sound.reshape(-1, PERIOD)
    periodic = cycles.mean(axis=0)
    assert level_db(cycles - periodic) - level_db(periodic) == pytest.approx(-20, abs=0.6)


def test_resonances_are_as_sharp_as_an_analogue_circuit_of_their_bandwidths() -> None:
    formants_hz = np.array([500.0, 1500.0, 2500.0, 3500.0, 4500.0, 5500.0])
    bandwidths_hz = 50 + 0.03 * formants_hz + 1e-5 * formants_hz**2
    hz = np.array([[500.0], [1000.0]])
    gain = formants_hz**2 / np.abs(formants_hz**2 - hz**2 + 1j * hz * bandwidths_hz)
    peak, valley = 20 * np.log10(gain.prod(axis=1))
    level = harmonics_db(held_sound(replace(PLAIN, tilt_db_per_octave=-6.02)))
    source = 6.02  # the glottal flow derivative falls so much from 500 to 1000 Hz
    assert level[5] - level[10] == pytest.approx(peak - valley + source, abs=1)


def test_the_level_is_that_of_the_speech_without_the_pauses() -> None:
    assert level_db(held_sound(replace(PLAIN, level_db=-30.0))) == pytest.approx(-30, abs=0.2)
    rng = np.random.default_rng(0)
    score = babble(neutral(), rng)
    share_db = 10 * np.log10(score.is_speech.mean())
    sentence_db = level_db(render(score, neutral(), PLAIN, rng))
    assert sentence_db - share_db == pytest.approx(PLAIN.level_db, abs=0.2)


def test_too_loud_an_utterance_is_turned_down_without_clipping() -> None:
    loud, quiet = held_sound(replace(PLAIN, level_db=10.0)), held_sound()
    assert 0.9 < np.abs(loud).max() < 1
    np.testing.assert_allclose(loud / np.abs(loud).max(), quiet / np.abs(quiet).max(), atol=1e-6)


def test_the_microphone_adds_its_gains() -> None:
    coloured = replace(PLAIN, equaliser_db=(0.0, 0.0, 0.0, 6.0, 6.0))
    change = harmonics_db(held_sound(coloured)) - harmonics_db(held_sound())
    assert change[42] - change[3] == pytest.approx(6, abs=0.5)


def test_pauses_hold_the_background_noise_only() -> None:
    voice = replace(PLAIN, noise_db=-50.0)
    sound = speak(voice, valence=0.0, arousal=0.0, effort=0.0, rng=np.random.default_rng(0))
    assert level_db(sound[: int(0.05 * SAMPLE_RATE_HZ)]) == pytest.approx(-50, abs=1)
