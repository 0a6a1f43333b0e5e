"""Speech features: the table, loudness and rhythm, invariances, rows, bad input, real voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voices import RATE_HZ, SOURCE, features, noise, speech, steady, time_s, tone, vowel, with_noise

from jmml_edu._checks import InputError
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Recording
from jmml_edu.features.speech import (
    SPEECH_FEATURES,
    speech_feature_names,
    speech_features,
    speech_functionals,
    warm_up,
)
from jmml_edu.preprocess.speech import clean_speech

quick = settings(max_examples=8, deadline=None)


def test_the_table_lists_101_features_with_distinct_names_units_and_meanings() -> None:
    assert len(SPEECH_FEATURES) == len(set(speech_feature_names())) == 101
    assert all(feature.meaning for feature in SPEECH_FEATURES)
    assert len({feature.meaning for feature in SPEECH_FEATURES}) == 101
    table = {feature.name: feature.unit for feature in SPEECH_FEATURES}
    assert table["f0_rise_st_per_s"] == "st per s"
    assert table["slope_0_500_unvoiced_mean_db_per_100_hz"] == "dB per 100 Hz"
    assert table["jitter_local_pct"] == "%"
    assert table["mfcc1_mean"] == ""


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
    voice = vowel(steady(200, 390))
    gate = (np.arange(len(voice)) / RATE_HZ * 4) % 1 < 0.45
    found = features(voice * gate)
    assert found["syllable_rate_per_s"] == pytest.approx(4, rel=0.1)
    assert found["voiced_rate_per_s"] == pytest.approx(4, rel=0.1)
    assert found["pause_rate_per_s"] == pytest.approx(3.7, rel=0.1)
    assert 0.3 < found["pause_share"] < 0.55
    assert found["voiced_length_mean_s"] == pytest.approx(0.12, abs=0.03)


def test_gaps_below_a_tenth_of_a_second_are_no_pauses() -> None:
    hiss = noise(2.0) * (time_s(2.0) * 5 % 1 < 0.65)
    assert features(hiss)["pause_share"] == 0


def test_speech_without_a_gap_has_no_pause() -> None:
    assert features(vowel(steady(200)))["pause_share"] == 0


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
