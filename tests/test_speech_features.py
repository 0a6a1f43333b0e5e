"""Speech features: ideal signals, invariances, bad input, and a glance at real voices."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from jmml_edu._checks import InputError
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Provenance, Recording
from jmml_edu.features import spectrum
from jmml_edu.features.pitch import track_pitch
from jmml_edu.features.speech import (
    SPEECH_FEATURES,
    speech_feature_names,
    speech_features,
    speech_functionals,
    warm_up,
)
from jmml_edu.preprocess.speech import clean_speech

RATE_HZ = 16_000
SOURCE = Provenance("a test", simulated=True)
quick = settings(max_examples=8, deadline=None)


def speech(signal: np.ndarray, *, trial: str = "") -> Recording:
    return Recording(signal[None], float(RATE_HZ), ("mono",), "speech", "A", SOURCE, trial=trial)


def features(signal: np.ndarray) -> dict[str, float]:
    """Every feature of a signal by its name."""
    values = speech_functionals(speech(signal)).tolist()
    return dict(zip(speech_feature_names(), values, strict=True))


def time_s(seconds: float = 1.5) -> np.ndarray:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def tone(frequency_hz: float, seconds: float = 1.5) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * time_s(seconds))


def noise(seconds: float = 1.5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))


def pulses(periods_s: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """A train of smooth pulses (0.15 ms) at exact, not rounded, moments."""
    moments = 0.02 + np.cumsum(periods_s)
    time = time_s(moments[-1] + 0.02)
    train = np.zeros(len(time))
    for moment, height in zip(moments, heights, strict=True):
        near = slice(int((moment - 0.002) * RATE_HZ), int((moment + 0.002) * RATE_HZ))
        train[near] += height * np.exp(-((time[near] - moment) ** 2) / (2 * 0.00015**2))
    return train


def vowel(train: np.ndarray, formants_hz: tuple[int, ...] = (500, 1500, 2500)) -> np.ndarray:
    """Pulses through resonances of 100 Hz width."""
    for frequency_hz in formants_hz:
        radius = np.exp(-np.pi * 100 / RATE_HZ)
        train = lfilter(
            [1], [1, -2 * radius * np.cos(2 * np.pi * frequency_hz / RATE_HZ), radius**2], train
        )
    return train


def steady(f0_hz: float, cycles: int = 300) -> np.ndarray:
    return pulses(np.full(cycles, 1 / f0_hz), np.ones(cycles))


def with_noise(signal: np.ndarray, ratio_db: float, seed: int = 0) -> np.ndarray:
    hiss = np.random.default_rng(seed).standard_normal(len(signal))
    return signal + hiss * signal.std() * 10 ** (-ratio_db / 20)


# The table


def test_the_table_lists_101_features_with_distinct_names_units_and_meanings() -> None:
    assert len(SPEECH_FEATURES) == len(set(speech_feature_names())) == 101
    assert all(feature.meaning for feature in SPEECH_FEATURES)
    assert len({feature.meaning for feature in SPEECH_FEATURES}) == 101
    table = {feature.name: feature.unit for feature in SPEECH_FEATURES}
    assert table["f0_rise_st_per_s"] == "st per s"
    assert table["slope_0_500_unvoiced_mean_db_per_100_hz"] == "dB per 100 Hz"
    assert table["jitter_local_pct"] == "%"
    assert table["mfcc1_mean"] == ""


# Pitch


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


def glide(f0_hz: np.ndarray) -> np.ndarray:
    """Twelve harmonics that follow a pitch."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / RATE_HZ
    return np.sum([np.sin(k * phase) / k for k in range(1, 13)], axis=0)


def test_one_octave_error_in_a_frame_does_not_pass() -> None:
    power = spectrum.power_spectrum(vowel(steady(200)))
    harmonics = np.abs(spectrum.frequencies_hz()[:, None] % 400 - 200) < 60
    power[:, 60:62] *= np.where(harmonics, 1e-3, 1.0)
    f0_hz = track_pitch(power).f0_hz[20:-20]
    np.testing.assert_allclose(f0_hz, 200, rtol=0.02)


# Voice quality


def test_a_regular_voice_has_neither_jitter_nor_shimmer() -> None:
    found = features(vowel(steady(133.3)))
    assert found["jitter_local_pct"] < 0.05
    assert found["shimmer_local_db"] < 0.05


@pytest.mark.parametrize("f0_hz", [100.0, 210.0])
def test_planted_jitter_is_recovered(f0_hz: float) -> None:
    periods = (1 + 0.01 * np.random.default_rng(1).standard_normal(400)) / f0_hz
    planted = 100 * np.abs(np.diff(periods[1:])).mean() / periods.mean()
    found = features(vowel(pulses(periods, np.ones(400))))
    assert found["jitter_local_pct"] == pytest.approx(planted, rel=0.2)


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


def test_noise_has_no_voice_and_every_voice_feature_falls_back_to_zero() -> None:
    found = features(noise())
    assert found["voiced_share"] < 0.02
    assert found["f0_mean_st"] == found["jitter_local_pct"] == found["formant1_mean_hz"] == 0


def test_the_first_harmonic_over_the_second_is_the_planted_6_db() -> None:
    assert features(2 * tone(200) + tone(400))["h1_h2_mean_db"] == pytest.approx(6.02, abs=0.1)


def test_formants_of_a_vowel_are_found() -> None:
    found = features(with_noise(vowel(steady(110), (600, 1400, 2600)), 35))
    for number, formant_hz in enumerate((600, 1400, 2600), start=1):
        assert found[f"formant{number}_mean_hz"] == pytest.approx(formant_hz, rel=0.1)


# Spectrum


@pytest.mark.parametrize("high_hz", [2000.0, 4500.0])
def test_alpha_ratio_and_hammarberg_index_of_two_tones_are_their_level_difference(
    high_hz: float,
) -> None:
    found = features(tone(200) + 0.1 * tone(high_hz + 100))
    assert found["alpha_ratio_mean_db"] == pytest.approx(20, abs=0.1)
    assert found["hammarberg_mean_db"] == pytest.approx(20, abs=0.3)


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


# Loudness and time


def test_a_full_scale_tone_of_1_khz_has_loudness_zero() -> None:
    found = features(tone(1000))
    assert found["loudness_p50_db"] == pytest.approx(0, abs=0.1)
    assert found["loudness_range_db"] < 3


def test_the_ear_hears_100_hz_19_db_weaker_than_1_khz() -> None:
    assert features(tone(100))["loudness_p50_db"] == pytest.approx(-19.1, abs=0.3)


def test_loudness_that_grows_by_6_db_per_second_has_that_trend() -> None:
    found = features(tone(1000, 2.0) * 10 ** (6 * time_s(2.0) / 20) / 4)
    assert found["loudness_trend_db_per_s"] == pytest.approx(6, rel=0.15)


def test_four_bursts_per_second_are_four_syllables_and_their_gaps_are_pauses() -> None:
    voice = vowel(steady(200, 400))
    gate = (np.arange(len(voice)) / RATE_HZ * 4) % 1 < 0.45
    found = features(voice * gate)
    assert found["syllable_rate_per_s"] == pytest.approx(4, rel=0.1)
    assert found["voiced_rate_per_s"] == pytest.approx(4, rel=0.1)
    assert found["pause_rate_per_s"] == pytest.approx(3.7, rel=0.1)
    assert 0.3 < found["pause_share"] < 0.55
    assert found["voiced_length_mean_s"] == pytest.approx(0.12, abs=0.03)


def test_speech_without_a_gap_has_no_pause() -> None:
    assert features(vowel(steady(200)))["pause_share"] == 0


# Properties


@quick
@given(gain_db=st.floats(-40, 40), seed=st.integers(0, 99))
def test_the_gain_moves_only_the_four_levels_of_loudness(gain_db: float, seed: int) -> None:
    signal = with_noise(vowel(steady(170, 100)), 15, seed)
    one, other = features(signal), features(signal * 10 ** (gain_db / 20))
    for name in ("mean", "p20", "p50", "p80"):
        key = f"loudness_{name}_db"
        assert other.pop(key) - one.pop(key) == pytest.approx(gain_db, abs=1e-6)
    assert other == pytest.approx(one, rel=1e-6, abs=1e-6)


@quick
@given(seed=st.integers(0, 999), f0_hz=st.floats(80, 400), ratio_db=st.floats(-10, 40))
def test_the_same_clip_gives_the_same_finite_bytes(
    seed: int, f0_hz: float, ratio_db: float
) -> None:
    clip = speech(with_noise(vowel(steady(f0_hz, 120)), ratio_db, seed))
    first = speech_functionals(clip)
    assert np.isfinite(first).all()
    assert first.tobytes() == speech_functionals(clip).tobytes()


@pytest.mark.parametrize(
    "signal",
    [
        np.eye(1, RATE_HZ, 8_000)[0],
        np.sign(tone(100, 0.3)),
        np.pad(tone(200, 0.02), 4_000),
        tone(7_900, 0.5),
        noise(0.3),
        np.pad(vowel(steady(150, 60)), 8_000),
    ],
    ids=["click", "square", "blip", "almost Nyquist", "shortest", "digital silence around"],
)
def test_strange_sounds_give_finite_numbers(signal: np.ndarray) -> None:
    assert np.isfinite(speech_functionals(speech(signal))).all()


def test_the_recording_is_not_changed() -> None:
    signal = tone(200)
    before = signal.copy()
    features(signal)
    np.testing.assert_array_equal(signal, before)


# Rows


def test_rows_keep_order_and_identity_and_come_from_an_iterator() -> None:
    clips = [speech(tone(f0_hz, 0.5), trial=f"{f0_hz}") for f0_hz in (150, 300)]
    table = speech_features(iter(clips))
    assert table.modality == "speech"
    assert table.names == speech_feature_names()
    assert table.trials.tolist() == ["150", "300"]
    assert table.subjects.tolist() == ["A", "A"]
    assert np.diff(table.values[:, 0]) == pytest.approx(12, abs=0.05)
    assert table.provenance.stamp == "SIMULATED"
    assert table.provenance.steps == ("101 speech functionals",)


def test_warming_up_returns_nothing() -> None:
    assert warm_up() is None


# Bad input


def test_no_recording_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        speech_features([])
    assert str(refused.value) == (
        "speech_features: recordings must hold at least one; got 0. Check the folder's path."
    )


@pytest.mark.parametrize(
    ("clip", "sentence"),
    [
        (
            speech(tone(200, 0.2), trial="t7"),
            "last at least 0.3 s; got 0.20 s in 't7'. Leave this recording out.",
        ),
        (speech(np.zeros(8_000)), "contain sound; got silence. Leave this recording out."),
        (
            speech(np.full(8_000, np.nan)),
            "hold finite samples only; got NaN or infinity. Read it again.",
        ),
        (
            Recording(tone(200)[None], 8e3, ("mono",), "speech", "A", SOURCE),
            "be speech of 1 channel at 16000 Hz; got speech of 1 at 8000 Hz. "
            "Call clean_speech first.",
        ),
        (
            Recording(tone(200)[None], 16e3, ("Cz",), "eeg", "A", SOURCE),
            "be speech of 1 channel at 16000 Hz; got eeg of 1 at 16000 Hz. "
            "Call clean_speech first.",
        ),
    ],
    ids=["short", "silent", "NaN", "rate", "modality"],
)
def test_a_recording_that_cannot_be_summed_up_is_refused(clip: Recording, sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        speech_functionals(clip)
    assert str(refused.value) == f"speech_functionals: recording must {sentence}"


# Real voices


@pytest.mark.real
def test_a_woman_speaks_higher_than_two_men_and_nothing_is_nan(real_data: Path) -> None:
    folder = real_data / "nemo_3spk" / "samples"
    clips = (
        clean_speech(read_wav(path, subject=path.name[:3], provenance=SOURCE))
        for path in sorted(folder.glob("*neutral*.wav"))[::4]
    )
    table = speech_features(clips)
    assert np.isfinite(table.values).all()
    median_hz = 27.5 * 2 ** (table.values[:, table.names.index("f0_p50_st")] / 12)
    for speaker, low_hz, high_hz in (("EB0", 165, 250), ("MP0", 80, 150), ("WR0", 80, 150)):
        assert low_hz < np.median(median_hz[table.subjects == speaker]) < high_hz
