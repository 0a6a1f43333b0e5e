"""How emotion and effort move a voice: the one table of effects, and the targets it gives.

Everything that valence and arousal do to simulated speech stands in :class:`VoiceEffects`.
"""

# ruff: noqa: RUF009  (an Effect is an immutable tuple, safe as a default)

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.simulate.speaker import Voice


class Effect(NamedTuple):
    """What one standard deviation of each cause adds to one acoustic target.

    ``drift`` is the standard deviation from utterance to utterance that has no cause we model.
    """

    arousal: float
    valence: float
    effort: float
    drift: float


@dataclass(frozen=True)
class VoiceEffects:
    """The effects of arousal, valence and vocal effort on the voice, each with unit and source.

    Directions are from the literature, sizes are ours: plausible for everyday rather than acted
    emotion, and meant to be changed. *Sure*: reported again and again. *Fair*: reported, with
    exceptions. *Weak*: few or mixed reports. Percentages act on the logarithm: ``x`` means a
    factor of ``exp(x / 100)``.

    Attributes
    ----------
    pitch_st
        Mean fundamental. Arousal up: sure [1]_ [2]_ [3]_. Valence: smiling raises it, fair [4]_.
        Effort up, 0.2 to 0.6 semitones per decibel: sure [5]_.
    pitch_range_percent
        Spread of the fundamental. Arousal up: sure [2]_ [3]_, less so fear. Valence up: fair, a
        happy voice has a variable pitch [6]_. Effort: none in semitones, fair [7]_.
    final_st
        Movement at the end of the sentence. Arousal and valence up: weak; rising contours are
        listed for joy, anger and fear, falling ones for sadness [3]_.
    level_db
        Level. Arousal up: sure [1]_ [2]_ [3]_. Effort: by definition. Drift: microphone distance.
    rate_percent
        Syllables per second. Arousal up: sure [3]_. Valence up: weak. Effort down, because
        vowels lengthen: fair [7]_.
    pause_percent
        Length of pauses. Arousal down: fair [3]_. Valence down: weak.
    tilt_db_per_octave
        Spectral balance. Arousal flattens: sure [2]_ [3]_. Valence steepens at equal arousal:
        fair, the family of cues is the one reported, the size varies [8]_. Effort flattens:
        levels grow by 0.5 dB per dB at low and 1.5 dB per dB at 1.5 to 3 kHz: sure [9]_.
    f1_percent
        First formant. Arousal up: fair [10]_. Effort up: sure [7]_.
    f2_percent
        Second and higher formants. Valence up: fair [10]_, smiling [4]_, though one study found
        none on F1 and F2 of [u].
    jitter_percent, shimmer_percent
        Irregularity. Arousal down: weak, reviews are mixed [11]_. Valence down: weak, regular for
        joy and irregular for anger, fear and sadness [3]_. Effort down: sure [12]_.
    breathiness_db
        Aspiration. Arousal and effort down: fair, as for shimmer [12]_.

    Notes
    -----
    Listeners' ratings of activation and potency can be predicted from vocal cues, those of
    valence hardly [13]_, and arousal dominates most parameters [8]_: so valence is made the
    weaker here. Real effects differ between people (``Voice.expressiveness``), emotions of equal
    arousal, languages and acted and felt speech; two straight lines are a caricature.

    References
    ----------
    .. [1] K. Scherer, "Vocal communication of emotion: A review of research paradigms", Speech
       Communication 40, 2003. https://doi.org/10.1016/S0167-6393(02)00084-5
    .. [2] R. Banse, K. Scherer, "Acoustic profiles in vocal emotion expression", J. Pers. Soc.
       Psychol. 70, 1996. https://doi.org/10.1037/0022-3514.70.3.614
    .. [3] P. Juslin, P. Laukka, "Communication of emotions in vocal expression and music
       performance", Psychol. Bull. 129, 2003. https://doi.org/10.1037/0033-2909.129.5.770
    .. [4] V. Tartter, "Happy talk", Perception & Psychophysics 27, 1980.
       https://doi.org/10.3758/BF03199901
    .. [5] P. Gramming et al., "Relationship between changes in voice pitch and loudness",
       STL-QPSR 28, 1987. https://www.speech.kth.se/qpsr
    .. [6] R. Kamiloglu, A. Fischer, D. Sauter, "Good vibrations: A review of vocal expressions
       of positive emotions", Psychon. Bull. Rev. 27, 2020.
       https://doi.org/10.3758/s13423-019-01701-x
    .. [7] H. Traunmueller, A. Eriksson, "Acoustic effects of variation in vocal effort by men,
       women, and children", J. Acoust. Soc. Am. 107, 2000.
       http://www2.ling.su.se/staff/hartmut/voc_eff_abs.htm
    .. [8] M. Goudbeek, K. Scherer, "Beyond arousal", J. Acoust. Soc. Am. 128, 2010.
       https://doi.org/10.1121/1.3466853
    .. [9] M. Nordenberg, J. Sundberg, "Effect on LTAS of vocal loudness variation", Logoped.
       Phoniatr. Vocol. 29, 2004. https://doi.org/10.1080/14015430410004689
    .. [10] M. Goudbeek, J. Goldman, K. Scherer, "Emotion dimensions and formant position",
       Interspeech 2009.
       https://research.tilburguniversity.edu/en/publications/emotion-dimensions-and-formant-position
    .. [11] C. Giddens et al., "Vocal indices of stress: A review", J. Voice 27, 2013.
       https://doi.org/10.1016/j.jvoice.2012.12.010
    .. [12] M. Brockmann et al., "Voice loudness and gender effects on jitter and shimmer in
       healthy adults", J. Speech Lang. Hear. Res. 51, 2008.
       https://researchbank.acu.edu.au/fhs_pub/4661
    .. [13] P. Laukka, P. Juslin, R. Bresin, "A dimensional approach to vocal expression of
       emotion", Cognition and Emotion 19, 2005. https://philarchive.org/rec/LAUADA-3

    Examples
    --------
    >>> VoiceEffects().scaled(valence=0.0).level_db
    Effect(arousal=3.0, valence=0.0, effort=2.5, drift=2.0)
    """

    pitch_st: Effect = Effect(1.5, 0.4, 0.8, 1.0)
    pitch_range_percent: Effect = Effect(14.0, 5.0, 0.0, 25.0)
    final_st: Effect = Effect(0.5, 0.5, 0.0, 1.0)
    level_db: Effect = Effect(3.0, 0.0, 2.5, 2.0)
    rate_percent: Effect = Effect(6.0, 2.0, -3.0, 8.0)
    pause_percent: Effect = Effect(-15.0, -5.0, 0.0, 20.0)
    tilt_db_per_octave: Effect = Effect(0.9, -0.4, 0.9, 0.5)
    f1_percent: Effect = Effect(2.5, 0.5, 2.5, 2.0)
    f2_percent: Effect = Effect(0.0, 2.5, 0.0, 2.0)
    jitter_percent: Effect = Effect(-8.0, -12.0, -8.0, 15.0)
    shimmer_percent: Effect = Effect(-8.0, -12.0, -8.0, 15.0)
    breathiness_db: Effect = Effect(-1.5, 0.0, -1.5, 1.5)

    def scaled(
        self, *, arousal: float = 1.0, valence: float = 1.0, effort: float = 1.0, drift: float = 1.0
    ) -> VoiceEffects:
        """Return a copy in which every effect of each cause is multiplied by its factor."""
        factors = np.array([arousal, valence, effort, drift])
        return replace(
            self,
            **{
                part.name: Effect(*(factors * getattr(self, part.name)).tolist())
                for part in fields(self)
            },
        )


VOICE_EFFECTS = VoiceEffects()
"""The default sizes."""


@dataclass(frozen=True)
class Prosody:
    """What one utterance should sound like: acoustic targets in physical units.

    Attributes
    ----------
    pitch_hz, pitch_sd_st
        Mean fundamental, and its standard deviation in semitones.
    final_st
        Movement over the last syllable in semitones; negative falls.
    level_db
        Level without pauses, in dB relative to full scale.
    rate_syllables_per_s
        Syllables per second without pauses.
    pause_s
        Mean length of a pause.
    tilt_db_per_octave
        Slope of the source spectrum.
    f1_ratio, f2_ratio
        Factors on the first, and on the higher, formants of the speaker.
    jitter, shimmer
        Relative mean difference of consecutive periods and pulse heights.
    breathiness_db
        Aspiration noise relative to the voice.
    """

    pitch_hz: float
    pitch_sd_st: float
    final_st: float
    level_db: float
    rate_syllables_per_s: float
    pause_s: float
    tilt_db_per_octave: float
    f1_ratio: float
    f2_ratio: float
    jitter: float
    shimmer: float
    breathiness_db: float


NEUTRAL_FINAL_ST = -3.0
NEUTRAL_PAUSE_S = 0.22


def prosody(
    voice: Voice,
    *,
    valence: float,
    arousal: float,
    effort: float,
    effects: VoiceEffects = VOICE_EFFECTS,
    rng: np.random.Generator | None = None,
) -> Prosody:
    r"""Return the acoustic targets of an utterance: the speaker's habit, moved by its causes.

    Each target moves along :math:`e (a\,\text{arousal} + v\,\text{valence}) + w\,\text{effort}
    + d\,\varepsilon`, additively in semitones and decibels, by a factor for percentages, with the
    speaker's expressiveness :math:`e` and a standard normal :math:`\varepsilon`.

    Parameters
    ----------
    voice
        Who speaks.
    valence, arousal
        The emotion, standardised: 0 is neutral, 2.5 extreme.
    effort
        Vocal effort for reasons other than emotion, standardised.
    effects
        Sizes.
    rng
        Where the drift comes from; none: no drift.

    Returns
    -------
    targets
        One number per acoustic property.

    Raises
    ------
    ValueError
        If valence, arousal or effort is not finite.

    Examples
    --------
    Excitement speeds speech up by 6 % per standard deviation:

    >>> from jmml_edu.simulate.speaker import draw_voice
    >>> voice = replace(draw_voice("p01", np.random.default_rng(0)), expressiveness=1.0)
    >>> calm = prosody(voice, valence=0.0, arousal=0.0, effort=0.0)
    >>> aroused = prosody(voice, valence=0.0, arousal=1.0, effort=0.0)
    >>> round(aroused.rate_syllables_per_s / calm.rate_syllables_per_s, 2)
    1.06
    """
    causes = np.array([arousal, valence, effort], dtype=float)
    if not np.isfinite(causes).all():
        fail(
            "prosody", "valence, arousal and effort", "be finite", (valence, arousal, effort),
            "Give standardised numbers, 0 for neutral.",
        )  # fmt: skip
    causes *= [voice.expressiveness, voice.expressiveness, 1.0]

    def shift(effect: Effect) -> float:
        drift = 0.0 if rng is None else effect.drift * rng.standard_normal()
        return float(causes @ effect[:3]) + drift

    def factor(effect: Effect) -> float:
        return float(np.exp(shift(effect) / 100))

    return Prosody(
        pitch_hz=voice.base_pitch_hz * 2 ** (shift(effects.pitch_st) / 12),
        pitch_sd_st=voice.pitch_sd_st * factor(effects.pitch_range_percent),
        final_st=NEUTRAL_FINAL_ST + shift(effects.final_st),
        level_db=voice.level_db + shift(effects.level_db),
        rate_syllables_per_s=voice.rate_syllables_per_s * factor(effects.rate_percent),
        pause_s=NEUTRAL_PAUSE_S * factor(effects.pause_percent),
        tilt_db_per_octave=voice.tilt_db_per_octave + shift(effects.tilt_db_per_octave),
        f1_ratio=factor(effects.f1_percent),
        f2_ratio=factor(effects.f2_percent),
        jitter=voice.jitter * factor(effects.jitter_percent),
        shimmer=voice.shimmer * factor(effects.shimmer_percent),
        breathiness_db=voice.breathiness_db + shift(effects.breathiness_db),
    )
