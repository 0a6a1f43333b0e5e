"""What is said: babbled sentences as tracks of pitch, formants and loudness over time.

Speech sounds are rows of targets; holding each for its time and smoothing gives coarticulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu.simulate.prosody import Prosody

TRACK_RATE_HZ = 400.0
"""Steps per second of every track: a plosive burst takes a few."""

FINAL_S = 0.3
"""How long the final movement of the pitch takes."""


class Sound(NamedTuple):
    """One speech sound of a speaker with a tract of 17.5 cm.

    Loudnesses are relative to a vowel: ``voice`` of the pulses, ``breath`` of the aspiration that
    passes the tract, ``hiss`` of the friction that does not. ``damping`` widens the formants.
    """

    duration_s: float
    f1_hz: float = 500.0
    f2_hz: float = 1500.0
    f3_hz: float = 2500.0
    voice: float = 0.0
    breath: float = 0.0
    hiss: float = 0.0
    hiss_hz: float = 4000.0
    hiss_width_hz: float = 1500.0
    damping: float = 1.0


def _vowel(f1_hz: float, f2_hz: float, f3_hz: float) -> Sound:
    """Return a vowel of average length."""
    return Sound(0.10, f1_hz, f2_hz, f3_hz, voice=1.0, breath=1.0)


# Rounded means of men in Hillenbrand et al. 1995, https://doi.org/10.1121/1.411872
VOWELS = (
    _vowel(340.0, 2320.0, 3000.0),  # beat
    _vowel(430.0, 2030.0, 2680.0),  # bit
    _vowel(480.0, 2090.0, 2690.0),  # bait
    _vowel(580.0, 1800.0, 2600.0),  # bet
    _vowel(770.0, 1330.0, 2520.0),  # father
    _vowel(620.0, 1200.0, 2550.0),  # but
    _vowel(500.0, 910.0, 2460.0),  # boat
    _vowel(380.0, 1000.0, 2340.0),  # boot
)

PUFF = Sound(0.025, breath=6.0)
LABIAL, ALVEOLAR, VELAR = (280.0, 900.0, 2200.0), (300.0, 1750.0, 2600.0), (280.0, 2000.0, 2300.0)

# A consonant is one sound or, for plosives, a closure, a burst and a puff of breath.
CONSONANTS = (
    (Sound(0.06, *LABIAL, voice=0.4, damping=2.0),),  # m
    (Sound(0.06, *ALVEOLAR, voice=0.4, damping=2.0),),  # n
    (Sound(0.05, 360.0, 1300.0, 2700.0, voice=0.6),),  # l
    (Sound(0.05, 290.0, 2200.0, 3000.0, voice=0.6),),  # y
    (Sound(0.05, 310.0, 720.0, 2250.0, voice=0.6),),  # w
    (Sound(0.09, *ALVEOLAR, hiss=0.2, hiss_hz=6300.0, hiss_width_hz=1300.0),),  # s
    (Sound(0.09, *ALVEOLAR, hiss=0.28, hiss_hz=3600.0, hiss_width_hz=1100.0),),  # sh
    (Sound(0.08, *LABIAL, hiss=0.08, hiss_hz=5500.0, hiss_width_hz=3000.0),),  # f
    (Sound(0.07, *ALVEOLAR, voice=0.3, hiss=0.08, hiss_hz=6000.0, hiss_width_hz=1300.0),),  # z
    (Sound(0.06, breath=6.0),),  # h
    (Sound(0.05, *LABIAL, voice=0.12, damping=3.0), Sound(0.008, *LABIAL, hiss=0.2, hiss_hz=900.0)),
    (Sound(0.05, *ALVEOLAR, voice=0.12, damping=3.0), Sound(0.008, *ALVEOLAR, hiss=0.3)),
    (Sound(0.06, *LABIAL), Sound(0.010, *LABIAL, hiss=0.3, hiss_hz=1000.0), PUFF),  # p
    (Sound(0.06, *ALVEOLAR), Sound(0.012, *ALVEOLAR, hiss=0.35, hiss_hz=4500.0), PUFF),  # t
    (
        Sound(0.06, *VELAR),
        Sound(0.015, *VELAR, hiss=0.4, hiss_hz=2200.0, hiss_width_hz=700.0),
        PUFF,
    ),
)
CODAS = tuple(CONSONANTS[i] for i in (0, 1, 2, 5, 13))


class Segment(NamedTuple):
    """A sound in its place: how long, how strongly accented (vowels only), and if it is a pause."""

    sound: Sound
    duration_s: float
    accent: float = 0.0
    is_pause: bool = False


@dataclass(frozen=True, eq=False)
class Score:
    """Everything the vocal apparatus does, ``TRACK_RATE_HZ`` steps per second.

    Attributes
    ----------
    pitch_hz
        Fundamental, also where it is not heard.
    formants_hz
        The three lowest resonances, of a tract of 17.5 cm.
    voice, breath, hiss
        Amplitudes relative to a vowel.
    hiss_hz, hiss_width_hz
        Centre and width of the friction noise.
    damping
        Factor on the bandwidths.
    is_vowel
        True in vowels.
    is_speech
        False in pauses and silence.
    """

    pitch_hz: Float[np.ndarray, " step"]
    formants_hz: Float[np.ndarray, "step formant"]
    voice: Float[np.ndarray, " step"]
    breath: Float[np.ndarray, " step"]
    hiss: Float[np.ndarray, " step"]
    hiss_hz: Float[np.ndarray, " step"]
    hiss_width_hz: Float[np.ndarray, " step"]
    damping: Float[np.ndarray, " step"]
    is_vowel: Bool[np.ndarray, " step"]
    is_speech: Bool[np.ndarray, " step"]


def babble(targets: Prosody, rng: np.random.Generator) -> Score:
    """Return one sentence of 8 to 13 nonsense syllables, spoken as the targets demand.

    Consonants and vowels are drawn at random, four syllables in ten bear an accent, and up to
    two pauses fall between syllables. The rate, the mean pause and the geometric mean of the
    fundamental over vowels are those of ``targets``; so is its spread, before the final movement.
    From the same state of ``rng`` the same syllables come, whatever the targets.

    Examples
    --------
    >>> from jmml_edu.simulate.prosody import prosody
    >>> from jmml_edu.simulate.speaker import draw_voice
    >>> rng = np.random.default_rng(0)
    >>> score = babble(prosody(draw_voice("p01", rng), valence=0.0, arousal=0.0, effort=0.0), rng)
    >>> 1.5 < len(score.voice) / TRACK_RATE_HZ < 4
    True
    """
    segments = _sentence(targets, rng)
    ends_s = np.cumsum([segment.duration_s for segment in segments])
    steps = np.diff(np.round(ends_s * TRACK_RATE_HZ).astype(int), prepend=0)
    rows = np.array([segment.sound[1:] for segment in segments], dtype=float).repeat(steps, axis=0)
    accents = np.array([segment.accent for segment in segments], dtype=float).repeat(steps)
    is_pause = np.array([segment.is_pause for segment in segments]).repeat(steps)
    # 18 ms blur the tongue's targets into transitions of about 50 ms; loudness changes faster.
    slow, fast = _blurred(rows, 0.018), _blurred(rows, 0.004)
    # Accents are louder, and breath runs out.
    loudness_db = 3 * _blurred(np.sign(accents), 0.06) - 1.5 * np.arange(len(rows)) / TRACK_RATE_HZ
    loudness = 10 ** (loudness_db / 20)
    is_vowel = rows[:, 3] == 1
    return Score(
        pitch_hz=_pitch_hz(targets, accents, is_vowel, float(ends_s[-2]), rng),
        formants_hz=slow[:, :3] * [targets.f1_ratio, targets.f2_ratio, targets.f2_ratio],
        voice=fast[:, 3] * loudness,
        breath=fast[:, 4] * loudness,
        hiss=fast[:, 5],
        hiss_hz=rows[:, 6],
        hiss_width_hz=rows[:, 7],
        damping=slow[:, 8],
        is_vowel=is_vowel,
        is_speech=~is_pause,
    )


def _sentence(targets: Prosody, rng: np.random.Generator) -> list[Segment]:
    """Return the segments of a sentence between two silences, at the target rate."""
    n_syllables = int(rng.integers(8, 14))
    places = np.arange(3, n_syllables - 2, 3)
    n_pauses = min(rng.choice(3, p=[0.5, 0.4, 0.1]), len(places))
    breaks = set(rng.choice(places, size=n_pauses, replace=False).tolist())
    speech: list[Segment] = []
    for i in range(n_syllables):
        speech += _syllable(is_last=i + 1 in breaks or i + 1 == n_syllables, rng=rng)
        if i + 1 in breaks:
            speech.append(_silence(targets.pause_s * np.exp(0.3 * rng.standard_normal())))
    spoken_s = sum(segment.duration_s for segment in speech if not segment.is_pause)
    stretch = n_syllables / targets.rate_syllables_per_s / spoken_s
    speech = [
        segment if segment.is_pause else segment._replace(duration_s=stretch * segment.duration_s)
        for segment in speech
    ]
    return [_silence(rng.uniform(0.08, 0.2)), *speech, _silence(rng.uniform(0.1, 0.25))]


def _syllable(*, is_last: bool, rng: np.random.Generator) -> list[Segment]:
    """Return a consonant, a vowel and sometimes a second consonant; lengthened before a pause."""
    accent = float(rng.uniform(0.6, 1.4)) if rng.random() < 0.4 else 0.0
    vowel = VOWELS[rng.integers(len(VOWELS))]
    if not accent:  # unstressed vowels move a third of the way to the neutral tube
        vowel = vowel._replace(
            f1_hz=vowel.f1_hz * 2 / 3 + 500 / 3, f2_hz=vowel.f2_hz * 2 / 3 + 1500 / 3
        )
    length = (1.35 if accent else 1.0) * (1.4 if is_last else 1.0) * rng.uniform(0.85, 1.15)
    onset = CONSONANTS[rng.integers(len(CONSONANTS))] if rng.random() < 0.9 else ()
    coda = CODAS[rng.integers(len(CODAS))] if rng.random() < 0.25 else ()
    return [
        *(Segment(sound, sound.duration_s) for sound in onset),
        Segment(vowel, vowel.duration_s * length, accent),
        *(Segment(sound, sound.duration_s) for sound in coda),
    ]


def _silence(duration_s: float) -> Segment:
    """Return a pause of this length."""
    return Segment(Sound(duration_s), float(duration_s), is_pause=True)


def _blurred(track: Float[np.ndarray, "step ..."], width_s: float) -> Float[np.ndarray, "step ..."]:
    """Return tracks smoothed along time by a Gaussian of this standard deviation."""
    width = width_s * TRACK_RATE_HZ
    reach = int(np.ceil(4 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    held = np.concatenate([track[:1].repeat(reach, 0), track, track[-1:].repeat(reach, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(held, len(kernel), axis=0)
    return np.asarray(windows @ (kernel / kernel.sum()))


def _pitch_hz(
    targets: Prosody,
    accents: Float[np.ndarray, " step"],
    is_vowel: Bool[np.ndarray, " step"],
    end_s: float,
    rng: np.random.Generator,
) -> Float[np.ndarray, " step"]:
    """Return declination, accents and flutter of the target spread, then the final movement."""
    time_s = np.arange(len(accents)) / TRACK_RATE_HZ
    flutter = _blurred(rng.standard_normal(len(accents)), 0.05)
    flutter *= 0.1 / flutter.std()
    contour = 1.4 * _blurred(accents, 0.05) - rng.normal(0.5, 0.3) * time_s + flutter
    semitones = targets.pitch_sd_st * contour / contour[is_vowel].std()
    semitones += targets.final_st * np.clip((time_s - end_s) / FINAL_S + 1, 0, 1)
    semitones -= semitones[is_vowel].mean()
    return np.asarray(targets.pitch_hz * 2 ** (semitones / 12))
