"""A simulated voice without habits, and its sounds, for the tests of simulated speech."""

from __future__ import annotations

import numpy as np

from jmml_edu.simulate.articulation import TRACK_RATE_HZ, Score
from jmml_edu.simulate.vocal_tract import render
from jmml_edu.simulate.voice import SAMPLE_RATE_HZ, Prosody, Voice, prosody

PITCH_HZ = 100.0
PERIOD = int(SAMPLE_RATE_HZ / PITCH_HZ)
SILENT_DB = -200.0
PLAIN = Voice(
    subject="plain",
    base_pitch_hz=PITCH_HZ,
    pitch_sd_st=2.0,
    tract_length_ratio=1.0,
    rate_syllables_per_s=5.0,
    tilt_db_per_octave=-8.0,
    jitter=0.0,
    shimmer=0.0,
    breathiness_db=SILENT_DB,
    level_db=-26.0,
    noise_db=SILENT_DB,
    equaliser_db=(0.0, 0.0, 0.0, 0.0, 0.0),
    expressiveness=1.0,
)


def neutral(voice: Voice = PLAIN) -> Prosody:
    """What a voice does without emotion, effort and drift."""
    return prosody(voice, valence=0.0, arousal=0.0, effort=0.0)


def held_vowel(formants_hz: tuple[float, float, float] = (500.0, 1500.0, 2500.0)) -> Score:
    """One second of one vowel at one pitch."""
    n_steps = int(TRACK_RATE_HZ)
    one, zero = np.ones(n_steps), np.zeros(n_steps)
    return Score(
        pitch_hz=PITCH_HZ * one,
        formants_hz=np.tile(np.array(formants_hz, dtype=float), (n_steps, 1)),
        voice=one,
        breath=one,
        hiss=zero,
        hiss_hz=4000 * one,
        hiss_width_hz=1000 * one,
        damping=one,
        is_vowel=one > 0,
        is_speech=one > 0,
    )


def held_sound(voice: Voice = PLAIN, score: Score | None = None) -> np.ndarray:
    """The sound of a held vowel, without its ends."""
    rng = np.random.default_rng(0)
    sound = render(score or held_vowel(), neutral(voice), voice, rng)
    return sound[20 * PERIOD : 80 * PERIOD]


def harmonics_db(sound: np.ndarray) -> np.ndarray:
    """Level of each harmonic: entry ``k`` belongs to ``k`` times the pitch."""
    spectrum = np.abs(np.fft.rfft(sound)) / len(sound)
    return 20 * np.log10(spectrum[:: len(sound) // PERIOD] + 1e-12)


def sounds(track: np.ndarray) -> list[float]:
    """The values of a track that is constant in each sound, without their durations."""
    return track[np.flatnonzero(np.diff(track, prepend=np.nan))].tolist()


def level_db(sound: np.ndarray) -> float:
    return 10 * np.log10(np.mean(sound**2))
