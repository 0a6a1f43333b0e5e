"""The simulated voice: what is said, what emotion moves, and who speaks."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_voices import (
    PITCH_HZ,
    PLAIN,
    level_db,
    neutral,
    sounds,
)

from jmml_edu.simulate.articulation import TRACK_RATE_HZ, babble
from jmml_edu.simulate.voice import (
    SAMPLE_RATE_HZ,
    VOICE_EFFECTS,
    draw_voice,
    prosody,
    speak,
)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_sentence_has_the_target_pitch_and_rate(seed: int) -> None:
    targets = replace(neutral(), pitch_hz=150.0, rate_syllables_per_s=4.0)
    score = babble(targets, np.random.default_rng(seed))
    mean_hz = np.exp(np.log(score.pitch_hz[score.is_vowel]).mean())
    assert mean_hz == pytest.approx(150)
    n_syllables = 4 * score.is_speech.sum() / TRACK_RATE_HZ
    assert n_syllables == pytest.approx(round(n_syllables), abs=0.05)
    assert 8 <= round(n_syllables) <= 13


def test_without_a_final_movement_the_pitch_has_the_target_spread() -> None:
    targets = replace(neutral(), pitch_sd_st=3.3, final_st=0.0)
    score = babble(targets, np.random.default_rng(4))
    assert (12 * np.log2(score.pitch_hz[score.is_vowel])).std() == pytest.approx(3.3)


def test_a_final_movement_ends_that_many_semitones_lower() -> None:
    level, fall = (
        babble(replace(neutral(), final_st=st), np.random.default_rng(4)).pitch_hz
        for st in (0.0, -5.0)
    )
    change_st = 12 * np.log2(fall / level)
    assert change_st[-1] - change_st[0] == pytest.approx(-5)


def test_the_first_formant_follows_its_ratio_and_the_higher_ones_theirs() -> None:
    usual, moved = (
        babble(targets, np.random.default_rng(4)).formants_hz
        for targets in (neutral(), replace(neutral(), f1_ratio=1.1, f2_ratio=1.2))
    )
    np.testing.assert_allclose(moved / usual, np.tile([1.1, 1.2, 1.2], (len(usual), 1)))


def test_the_same_generator_says_the_same_syllables_whatever_the_emotion() -> None:
    calm, aroused = (
        babble(prosody(PLAIN, valence=0.0, arousal=arousal, effort=0.0), np.random.default_rng(7))
        for arousal in (-2.0, 2.0)
    )
    places = [sounds(score.hiss_hz) + sounds(score.hiss_width_hz) for score in (calm, aroused)]
    assert len(aroused.voice) < len(calm.voice)
    assert places[0] == places[1]
    other = babble(neutral(), np.random.default_rng(8))
    assert sounds(other.hiss_hz) + sounds(other.hiss_width_hz) != places[0]


@pytest.mark.parametrize("name", [part.name for part in fields(VOICE_EFFECTS)])
@pytest.mark.parametrize("cause", ["arousal", "valence", "effort"])
def test_each_cause_moves_each_target_by_the_size_in_the_table(name: str, cause: str) -> None:
    causes = {"arousal": 0.0, "valence": 0.0, "effort": 0.0} | {cause: 2.0}
    targets = {
        "pitch_st": ("pitch_hz", lambda new, old: 12 * np.log2(new / old)),
        "pitch_range_percent": ("pitch_sd_st", None),
        "rate_percent": ("rate_syllables_per_s", None),
        "pause_percent": ("pause_s", None),
        "f1_percent": ("f1_ratio", None),
        "f2_percent": ("f2_ratio", None),
        "jitter_percent": ("jitter", None),
        "shimmer_percent": ("shimmer", None),
    }
    target, moved = targets.get(name, (name, lambda new, old: new - old))
    moved = moved or (lambda new, old: 100 * np.log(new / old))
    voice = replace(PLAIN, jitter=0.01, shimmer=0.04, breathiness_db=-20.0)
    old, new = (
        getattr(prosody(voice, **kind), target) for kind in (dict.fromkeys(causes, 0.0), causes)
    )
    size = 2 * getattr(getattr(VOICE_EFFECTS, name), cause)
    assert moved(new, old) == pytest.approx(size, abs=1e-9)


def test_an_expressive_person_shows_emotion_twice_but_not_effort() -> None:
    usual, vivid = (replace(PLAIN, expressiveness=factor) for factor in (1.0, 2.0))
    assert prosody(vivid, valence=1.0, arousal=1.0, effort=0.0) == prosody(
        usual, valence=2.0, arousal=2.0, effort=0.0
    )
    assert prosody(vivid, valence=0.0, arousal=0.0, effort=1.0) == prosody(
        usual, valence=0.0, arousal=0.0, effort=1.0
    )


def test_drift_has_the_spread_in_the_table() -> None:
    rng = np.random.default_rng(0)
    drifted = [prosody(PLAIN, valence=0.0, arousal=0.0, effort=0.0, rng=rng) for _ in range(150)]
    semitones = [12 * np.log2(targets.pitch_hz / PITCH_HZ) for targets in drifted]
    assert np.std(semitones) == pytest.approx(VOICE_EFFECTS.pitch_st.drift, rel=0.15)
    assert len({targets.tilt_db_per_octave for targets in drifted}) == 150


def test_effects_scaled_to_nothing_leave_the_habit() -> None:
    none = VOICE_EFFECTS.scaled(arousal=0.0, valence=0.0, effort=0.0, drift=0.0)
    moved = prosody(
        PLAIN, valence=2.0, arousal=-2.0, effort=1.0, effects=none, rng=np.random.default_rng(0)
    )
    assert moved == neutral()
    assert (
        VOICE_EFFECTS.scaled(valence=2.0).f2_percent.valence == 2 * VOICE_EFFECTS.f2_percent.valence
    )


def test_aroused_speech_is_higher_and_has_a_flatter_spectrum_in_the_sound_itself() -> None:
    def balance_db(sound: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(sound)) ** 2
        hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
        return 10 * np.log10(power[(hz > 1000) & (hz < 5000)].sum() / power[hz < 1000].sum())

    calm, aroused = (
        [speak(PLAIN, valence=0.0, arousal=arousal, effort=0.0, rng=np.random.default_rng(seed))
         for seed in range(8)]
        for arousal in (-1.5, 1.5)
    )  # fmt: skip
    assert np.mean([*map(balance_db, aroused)]) - np.mean([*map(balance_db, calm)]) > 3
    assert np.mean([*map(level_db, aroused)]) - np.mean([*map(level_db, calm)]) > 5
    assert np.mean([*map(len, aroused)]) < 0.9 * np.mean([*map(len, calm)])


def test_women_and_men_lie_in_the_ranges_that_are_reported() -> None:
    rng = np.random.default_rng(0)
    people = [draw_voice(f"p{i}", rng) for i in range(400)]
    long = np.array([person.tract_length_ratio > 0.93 for person in people])
    pitch_hz = np.array([person.base_pitch_hz for person in people])
    assert 0.4 < long.mean() < 0.6
    assert np.median(pitch_hz[long]) == pytest.approx(120, rel=0.08)
    assert np.median(pitch_hz[~long]) == pytest.approx(207, rel=0.08)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones() -> None:
    def sound(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        return speak(draw_voice("a", rng), valence=1.0, arousal=1.0, effort=0.0, rng=rng).tobytes()

    assert sound(3) == sound(3)
    assert sound(3) != sound(4)


@given(
    seed=st.integers(0, 10_000),
    valence=st.floats(-2.5, 2.5),
    arousal=st.floats(-2.5, 2.5),
    effort=st.floats(-3, 3),
)
@settings(max_examples=20, deadline=None)
def test_whatever_the_state_a_sentence_is_finite_within_full_scale_and_a_few_seconds_long(
    seed: int, valence: float, arousal: float, effort: float
) -> None:
    rng = np.random.default_rng(seed)
    sound = speak(draw_voice("a", rng), valence=valence, arousal=arousal, effort=effort, rng=rng)
    assert np.isfinite(sound).all()
    assert 0.001 < np.abs(sound).max() < 1
    assert 0.8 < len(sound) / SAMPLE_RATE_HZ < 6


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_latent_that_is_not_finite_is_explained(bad: float) -> None:
    sentence = rf"^prosody: valence, arousal and effort must be finite; got \(0.0, {bad}, 0.0\)\. "
    with pytest.raises(ValueError, match=sentence + "Give standardised numbers, 0 for neutral.$"):
        speak(PLAIN, valence=0.0, arousal=bad, effort=0.0, rng=np.random.default_rng(0))
