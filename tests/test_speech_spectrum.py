"""Spectral measures of tones, noise and vowels; MFCC against librosa."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
from voices import RATE_HZ, features, noise, pulses, steady, tone, vowel, with_noise

from jmml_edu.features import spectrum


def test_the_first_harmonic_over_the_second_is_the_planted_6_db() -> None:
    assert features(2 * tone(250) + tone(500))["h1_h2_mean_db"] == pytest.approx(6.02, abs=0.1)


def test_formants_of_a_vowel_are_found() -> None:
    train = pulses(np.full(150, 1 / 110), np.ones(150), width_s=5e-5)
    found = features(with_noise(vowel(train, (600, 1400, 2600)), 35))
    for number, formant_hz in enumerate((600, 1400, 2600), start=1):
        assert found[f"formant{number}_mean_hz"] == pytest.approx(formant_hz, rel=0.1)


@pytest.mark.parametrize("high_hz", [2500.0, 4500.0])
def test_alpha_ratio_and_hammarberg_index_of_two_tones_are_their_level_difference(
    high_hz: float,
) -> None:
    found = features(tone(250) + 0.1 * tone(high_hz))
    assert found["alpha_ratio_mean_db"] == pytest.approx(20, abs=0.1)
    assert found["hammarberg_mean_db"] == pytest.approx(20, abs=0.1)


def test_a_spectrum_that_falls_by_3_db_per_100_hz_has_that_slope() -> None:
    level_db = -3 * spectrum.frequencies_hz() / 100
    slopes = spectrum.tilt(np.tile(10 ** (np.maximum(level_db, -80) / 10), (4, 1)).T)
    np.testing.assert_allclose(slopes["slope_0_500"], -3, rtol=1e-6)
    np.testing.assert_allclose(slopes["slope_500_1500"], -3, rtol=1e-6)


def test_a_tone_is_narrow_tonal_and_steady() -> None:
    found = features(tone(1000))
    assert found["centroid_mean_hz"] == pytest.approx(1000, abs=15)
    assert found["rolloff_mean_hz"] == pytest.approx(1000, abs=40)
    assert found["bandwidth_mean_hz"] < 100
    assert found["flatness_mean_db"] < -30
    assert found["flux_mean"] < 0.1


def test_white_noise_is_wide_flat_and_restless() -> None:
    found = features(noise())
    assert found["centroid_mean_hz"] == pytest.approx(4000, rel=0.03)
    assert found["bandwidth_mean_hz"] == pytest.approx(8000 / np.sqrt(12), rel=0.03)
    assert found["rolloff_mean_hz"] == pytest.approx(0.85 * 8000, rel=0.03)
    assert found["flatness_mean_db"] == pytest.approx(-2.51, abs=0.15)  # Euler's constant in dB
    assert found["flux_mean"] > 0.4


def test_mfcc_equal_those_of_librosa() -> None:
    signal = vowel(steady(150)) / vowel(steady(150)).std()
    expected = librosa.feature.mfcc(
        y=signal, sr=RATE_HZ, n_mfcc=14, n_mels=40, n_fft=1024, hop_length=160, win_length=720
    )
    found = spectrum.mfcc(spectrum.power_spectrum(signal))
    np.testing.assert_allclose(found, expected[1:], rtol=1e-4, atol=1e-3)


def test_mfcc_columns_are_mean_deviation_and_deviation_of_the_slope() -> None:
    signal = noise() / noise().std()
    track = spectrum.mfcc(spectrum.power_spectrum(signal - signal.mean()))[4]
    found = features(signal)
    assert found["mfcc5_mean"] == pytest.approx(track.mean(), abs=0.01)
    assert found["mfcc5_sd"] == pytest.approx(track.std(), rel=0.01)
    assert found["mfcc5_delta_sd"] == pytest.approx(librosa.feature.delta(track).std(), rel=0.01)
