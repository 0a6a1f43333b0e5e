"""Pitch, jitter, shimmer and harmonicity of sounds that have known ones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from voices import features, glide, noise, pulses, steady, time_s, tone, vowel, with_noise

from jmml_edu.features import spectrum
from jmml_edu.features.pitch import cycles, track_pitch


@pytest.mark.parametrize("f0_hz", [70.0, 133.3, 200.0, 311.0, 470.0])
def test_a_pulse_train_has_its_own_pitch(f0_hz: float) -> None:
    found = features(vowel(steady(f0_hz)))
    assert found["f0_mean_st"] == pytest.approx(12 * np.log2(f0_hz / 27.5), abs=0.17)  # 1 %
    assert found["f0_sd_st"] < 0.2
    assert found["voiced_share"] > 0.95


def test_a_missing_fundamental_is_still_heard() -> None:
    assert features(tone(600) + tone(800) + tone(1000))["f0_p50_st"] == pytest.approx(
        12 * np.log2(200 / 27.5), abs=0.05
    )


def test_a_glide_of_an_octave_has_its_range_its_trend_and_no_fall() -> None:
    f0_hz = 150 * 2 ** (time_s(2.0) / 2)
    found = features(glide(f0_hz))
    assert found["f0_trend_st_per_s"] == pytest.approx(6, rel=0.03)
    assert found["f0_range_st"] == pytest.approx(0.9 * 12, rel=0.05)
    assert found["f0_rise_st_per_s"] == pytest.approx(6, rel=0.05)
    assert found["f0_fall_st_per_s"] < 0.5


def test_one_octave_error_in_a_frame_does_not_pass() -> None:
    power = spectrum.power_spectrum(vowel(steady(200)))
    harmonics = np.abs(spectrum.frequencies_hz()[:, None] % 400 - 200) < 60
    power[:, 60:62] *= np.where(harmonics, 1e-3, 1.0)
    f0_hz = track_pitch(power).f0_hz[20:-20]
    np.testing.assert_allclose(f0_hz, 200, rtol=0.02)


def test_a_stretch_of_doubled_periods_does_not_pull_the_pitch_down_an_octave() -> None:
    heights = np.ones(300)
    heights[101:141:2] = 0.5
    f0_hz = track_pitch(spectrum.power_spectrum(vowel(pulses(np.full(300, 0.005), heights)))).f0_hz
    assert np.median(f0_hz) == pytest.approx(200, rel=0.01)
    assert f0_hz[f0_hz > 0].min() > 130


def test_every_cycle_is_found_once_with_its_period_and_its_height() -> None:
    periods = 0.008 * (1 + 0.02 * np.sin(np.arange(200) / 3))
    heights = 1 + 0.2 * np.cos(np.arange(200) / 5)
    signal = vowel(pulses(periods, heights))
    (found,) = cycles(signal, track_pitch(spectrum.power_spectrum(signal)))
    assert found.shape[1] == pytest.approx(198, abs=3)
    np.testing.assert_allclose(found[0, :190], periods[2:192], rtol=2e-3)
    assert np.corrcoef(found[1, :190], heights[1:191])[0, 1] > 0.98


def test_a_regular_voice_has_neither_jitter_nor_shimmer() -> None:
    found = features(vowel(steady(133.3)))
    assert found["jitter_local_pct"] < 0.05
    assert found["shimmer_local_db"] < 0.05


@pytest.mark.parametrize(("f0_hz", "within"), [(90.0, 0.1), (133.3, 0.1), (210.0, 0.35)])
def test_planted_jitter_is_recovered(f0_hz: float, within: float) -> None:
    periods = (1 + 0.01 * np.random.default_rng(1).standard_normal(400)) / f0_hz
    planted = 100 * np.abs(np.diff(periods[1:])).mean() / periods.mean()
    found = features(vowel(pulses(periods, np.ones(400))))
    assert found["jitter_local_pct"] == pytest.approx(planted, rel=within)


def test_planted_shimmer_is_recovered() -> None:
    heights = 10 ** (0.5 * np.random.default_rng(1).standard_normal(300) / 20)
    planted = np.mean([abs(20 * np.log10(b / a)) for a, b in pairwise(heights)])
    found = features(vowel(pulses(np.full(300, 0.01), heights)))
    assert found["shimmer_local_db"] == pytest.approx(planted, rel=0.2)
    assert found["jitter_local_pct"] < 0.2


@pytest.mark.parametrize("ratio_db", [5.0, 10.0, 20.0])
def test_the_harmonics_to_noise_ratio_is_the_planted_one(ratio_db: float) -> None:
    found = features(with_noise(vowel(steady(120)), ratio_db))
    assert found["hnr_mean_db"] == pytest.approx(ratio_db, abs=1.0)


@pytest.mark.parametrize("f0_hz", [133.3, 237.0, 411.0])
def test_a_clean_voice_has_a_ratio_above_30_db_whatever_its_period(f0_hz: float) -> None:
    assert features(vowel(steady(f0_hz)))["hnr_mean_db"] > 30


def test_noise_has_no_voice_and_every_voice_feature_falls_back_to_zero() -> None:
    found = features(noise())
    assert found["voiced_share"] < 0.02
    assert found["f0_mean_st"] == found["jitter_local_pct"] == found["formant1_mean_hz"] == 0
