"""Who speaks: the traits of one simulated person and the microphone in front of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EQUALISER_HZ = (125.0, 400.0, 1250.0, 4000.0, 8000.0)
"""Where the gains of ``Voice.equaliser_db`` apply; between them they run straight in log f."""


@dataclass(frozen=True)
class Voice:
    """One person's habitual voice and recording channel: everything that is not the utterance.

    Attributes
    ----------
    subject
        Who it is.
    base_pitch_hz
        Mean fundamental frequency of neutral speech.
    pitch_sd_st
        Standard deviation of the fundamental within a sentence, in semitones.
    tract_length_ratio
        Length of the vocal tract relative to 17.5 cm; formants are divided by it.
    rate_syllables_per_s
        Syllables per second of speech without pauses.
    tilt_db_per_octave
        Slope of the source spectrum (glottal flow derivative) above the first harmonics;
        -6 is pressed, -12 soft.
    jitter, shimmer
        Mean difference of consecutive periods, and of consecutive pulse heights, relative to
        their mean; about 0.01 and 0.04 in healthy voices, more in running speech.
    breathiness_db
        Level of aspiration noise in vowels relative to the voice, after the vocal tract.
    level_db
        Level of the speech without pauses, in dB relative to full scale.
    noise_db
        Level of the background noise, in dB relative to full scale.
    equaliser_db
        What microphone and room add at ``EQUALISER_HZ``.
    expressiveness
        Multiplies every effect of valence and arousal; 1 is average.
    """

    subject: str
    base_pitch_hz: float
    pitch_sd_st: float
    tract_length_ratio: float
    rate_syllables_per_s: float
    tilt_db_per_octave: float
    jitter: float
    shimmer: float
    breathiness_db: float
    level_db: float
    noise_db: float
    equaliser_db: tuple[float, ...]
    expressiveness: float


def draw_voice(subject: str, rng: np.random.Generator) -> Voice:
    """Return the voice of a woman or a man, equally likely, with traits in realistic ranges.

    Women speak at about 210 Hz and men at about 120 Hz [1]_; the tract of women is shorter by
    about 14 %, so their formants lie higher [2]_. Spreads between people are ours: about
    2.5 semitones of pitch, 4 % of tract length, 10 % of rate, 1.2 dB per octave of tilt.

    Parameters
    ----------
    subject
        The name to give.
    rng
        Where the draws come from.

    Returns
    -------
    voice
        The same for the same state of ``rng``.

    References
    ----------
    .. [1] H. Traunmueller, A. Eriksson, "The frequency range of the voice fundamental in the
       speech of male and female adults", Stockholm University, 1995.
       https://www2.ling.su.se/staff/hartmut/f0_m&f.pdf
    .. [2] J. Hillenbrand, L. Getty, M. Clark, K. Wheeler, "Acoustic characteristics of American
       English vowels", J. Acoust. Soc. Am. 97, 1995. https://doi.org/10.1121/1.411872

    Examples
    --------
    >>> voice = draw_voice("p01", np.random.default_rng(0))
    >>> voice.subject, 60 < voice.base_pitch_hz < 350
    ('p01', True)
    """
    woman = rng.random() < 0.5
    about = rng.standard_normal
    return Voice(
        subject=subject,
        base_pitch_hz=float((205 if woman else 118) * 2 ** (2.5 * about() / 12)),
        pitch_sd_st=float(2.5 * np.exp(0.15 * about())),
        tract_length_ratio=float((0.86 if woman else 1.0) * np.exp(0.04 * about())),
        rate_syllables_per_s=float(5.0 * np.exp(0.10 * about())),
        tilt_db_per_octave=float(-8.0 + 1.2 * about()),
        jitter=float(0.012 * np.exp(0.25 * about())),
        shimmer=float(0.04 * np.exp(0.25 * about())),
        breathiness_db=float((-21 if woman else -23) + 2 * about()),
        level_db=float(-26 + 2.5 * about()),
        noise_db=float(-68 + 4 * about()),
        equaliser_db=tuple(float(gain) for gain in 2.5 * about(len(EQUALISER_HZ))),
        expressiveness=float(np.exp(0.25 * about())),
    )
