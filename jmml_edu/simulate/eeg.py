"""One trial of EEG: rhythms that emotion scales, on a background, among artefacts.

Comes in: a person, the emotion and the speaking of a trial, sizes of effects and of noise. Goes
out: 32 electrodes in microvolt, in which dipoles, muscles, eyes and mains are mixed as on a head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least, fail
from jmml_edu.simulate.brain import MUSCLES, RHYTHM_OF_SOURCE, RHYTHMS, SOURCES, Brain
from jmml_edu.simulate.brain_effects import BrainEffects
from jmml_edu.simulate.head import CHANNELS, SAMPLE_RATE_HZ
from jmml_edu.simulate.waves import (
    blinks,
    bursts,
    frequencies_hz,
    muscle_noise,
    one_over_f,
    shaped_noise,
)

_SHORTEST_S = 2.0
"""A rhythm needs this long to wax and wane."""

_FARTHEST = 6.0
"""Standardised numbers beyond this are ratings that somebody forgot to standardise."""

_WIDTH_HZ = np.array([0.8, 0.7, 0.7, 3.0, 4.0])
_DROWSY = np.array([0.7, -0.7, 0.0, -0.3, 0.0])
"""What tiredness does to each rhythm: theta up, alpha and beta down."""

_SIDE_OF_PLACE = {"F3": -0.5, "F7": -0.5, "F4": 0.5, "F8": 0.5}
_SIDE = np.array([_SIDE_OF_PLACE.get(s.electrode, 0.0) * (s.rhythm == "alpha") for s in SOURCES])
"""Half of the asymmetry is gained on the right, half is lost on the left."""

_TENSION = np.array([muscle.tension for muscle in MUSCLES.values()])
_ARTICULATION = np.array([muscle.articulation for muscle in MUSCLES.values()])

_SIZE_DB = -1.5
"""A larger head has a thicker skull, and more distance between cortex and electrode."""

_SIZE_MUSCLE_DB = 1.5
"""A larger head carries larger muscles."""

_LINE_HZ = 50.0
_BAD_CHANNEL_UV = 80.0


@dataclass(frozen=True)
class BrainNoise:
    """Everything in an EEG that is not emotion, each with its size.

    Attributes
    ----------
    eeg_noise
        Multiplies the background, the electrodes' noise and the swings of state, at least 0.
    background_uv
        Root mean square of the 1/f background, averaged over electrodes.
    state_db
        How far each rhythm swings from trial to trial for reasons other than emotion.
    electrode_uv, line_uv
        Root mean square of the electrodes' own noise and of the 50 Hz mains.
    blink_rate_hz
        Blinks per second; people blink about 26 times a minute while talking [1]_.
    muscle_uv
        Root mean square of a muscle at the electrode nearest to it.
    articulation_db
        How much the muscles of speech gain per unit of articulation.
    shared_nuisance
        From 0 to 1: how far articulation follows the speaker's ``effort`` and the person's
        ``size`` shapes the EEG. At 0 both are drawn afresh, with equal variance, so that speech
        and EEG share nothing but emotion.
    bad_channel_rate
        Probability that one electrode of a trial has lost its contact.

    References
    ----------
    .. [1] A. R. Bentivoglio et al., "Analysis of blink rate patterns in normal subjects",
       Movement Disorders 12, 1997. https://doi.org/10.1002/mds.870120629
    """

    eeg_noise: float = 1.0
    background_uv: float = 7.0
    state_db: float = 1.2
    electrode_uv: float = 0.5
    line_uv: float = 1.0
    blink_rate_hz: float = 0.4
    muscle_uv: float = 3.0
    articulation_db: float = 3.0
    shared_nuisance: float = 0.0
    bad_channel_rate: float = 0.0

    def __post_init__(self) -> None:
        check_at_least("BrainNoise", 0.0, **vars(self))
        for name in ("shared_nuisance", "bad_channel_rate"):
            if getattr(self, name) > 1:
                fail(
                    "BrainNoise", name, "lie between 0 and 1", getattr(self, name),
                    "It is a fraction.",
                )  # fmt: skip


def record_brain(
    brain: Brain,
    *,
    valence: float,
    arousal: float,
    effort: float,
    duration_s: float,
    rng: np.random.Generator,
    effects: BrainEffects | None = None,
    noise: BrainNoise | None = None,
) -> Float[np.ndarray, "channel time"]:
    r"""Return one simulated trial of EEG at 128 Hz, in microvolt.

    Rhythms :math:`r_k` with maps :math:`m_k` stand on a 1/f background :math:`b`, and artefacts
    :math:`a` come from outside the skull; emotion scales amplitudes only:

    .. math::

        x(t) = 10^{g/20} \Big[\sum_k 10^{(p_k + s_k + e_k)/20} \, m_k r_k(t) + b(t)\Big] + a(t)

    where :math:`p` is the person, :math:`s` the state of the trial and :math:`e` the emotion.

    Parameters
    ----------
    brain
        Who.
    valence, arousal
        Emotion, standardised: 0 is neutral, most lie between -2.5 and 2.5.
    effort
        How hard the person articulates, standardised; heard in the EEG only as far as
        ``noise.shared_nuisance`` goes.
    duration_s
        Length in seconds, at least 2.
    rng
        Source of randomness. It is used equally whatever the effects, so that switching one off
        changes nothing else in the trial.
    effects, noise
        Sizes; the defaults of their classes if None.

    Returns
    -------
    signal
        One row per electrode of :data:`CHANNELS`, against a reference far away.

    Raises
    ------
    InputError
        If the trial is shorter than 2 s, or a standardised number farther than 6 from 0.

    Notes
    -----
    Real emotion does more to an EEG than scale rhythms (evoked potentials, connectivity), and
    studies do not even agree on all signs: see ``EFFECTS_TABLE`` in
    :mod:`jmml_edu.simulate.brain_effects`.

    Examples
    --------
    >>> from jmml_edu.simulate.brain import draw_brain
    >>> rng = np.random.default_rng(0)
    >>> anna = draw_brain("anna", rng)
    >>> calm = record_brain(
    ...     anna, valence=1.0, arousal=-1.0, effort=0.0, duration_s=4.0, rng=rng
    ... )
    >>> calm.shape
    (32, 512)
    """
    check_at_least("record_brain", _SHORTEST_S, duration_s=duration_s)
    _check_standardised(valence=valence, arousal=arousal, effort=effort)
    effects, noise = effects or BrainEffects(), noise or BrainNoise()
    n_samples = round(duration_s * SAMPLE_RATE_HZ)
    shared, own = noise.shared_nuisance, np.sqrt(1 - noise.shared_nuisance**2)
    size = shared * brain.size + own * brain.own_size
    articulation = shared * effort + own * rng.standard_normal()
    emotion_db = _emotion_db(effects, valence, arousal)
    muscle_db = (
        effects.arousal_to_muscle_db * arousal * _TENSION
        + noise.articulation_db * articulation * _ARTICULATION
        + _SIZE_MUSCLE_DB * size
    )
    cortex = _rhythms(brain, noise, emotion_db, n_samples, rng)
    cortex += _background(brain, noise, n_samples, rng)
    skull = _amplitude(brain.gain_db + _SIZE_DB * size)
    outside = _muscles(brain, noise, muscle_db, n_samples, rng)
    outside += _artefacts(brain, noise, n_samples, rng)
    signal: Float[np.ndarray, "channel time"] = skull * cortex + outside
    return signal


def _check_standardised(**numbers: float) -> None:
    """Raise unless each number could be a standardised one."""
    for name, number in numbers.items():
        if not abs(number) <= _FARTHEST:
            fail(
                "record_brain", name, f"lie between {-_FARTHEST:g} and {_FARTHEST:g}", number,
                "Standardise it: subtract the mean, divide by the standard deviation.",
            )  # fmt: skip


def _emotion_db(
    effects: BrainEffects, valence: float, arousal: float
) -> Float[np.ndarray, " source"]:
    """Return what emotion adds to each source."""
    rhythm_db = {
        "theta": effects.valence_to_theta_db * valence,
        "alpha": effects.arousal_to_alpha_db * arousal,
        "mu": 0.0,
        "beta": effects.arousal_to_beta_db * arousal,
        "gamma": effects.arousal_to_gamma_db * arousal,
    }
    asymmetry_db = effects.valence_to_alpha_asymmetry_db * valence
    return np.array([rhythm_db[source.rhythm] for source in SOURCES]) + asymmetry_db * _SIDE


def _rhythms(
    brain: Brain,
    noise: BrainNoise,
    emotion_db: Float[np.ndarray, " source"],
    n_samples: int,
    rng: np.random.Generator,
) -> Float[np.ndarray, "channel time"]:
    """Return what oscillates: each source with the level of the person, state and emotion."""
    swing = rng.standard_normal(len(RHYTHMS)) + _DROWSY * rng.standard_normal()
    state = swing[RHYTHM_OF_SOURCE] + 0.5 * rng.standard_normal(len(SOURCES))
    level_db = brain.source_db + emotion_db + noise.eeg_noise * noise.state_db * state
    middle_hz = np.array([6.0, brain.alpha_hz, brain.alpha_hz + 1.0, 20.0, 38.0])
    waves = bursts(
        rng,
        middle_hz[RHYTHM_OF_SOURCE],
        _WIDTH_HZ[RHYTHM_OF_SOURCE],
        n_samples,
        sample_rate_hz=SAMPLE_RATE_HZ,
    )
    rhythms: Float[np.ndarray, "channel time"] = (_amplitude(level_db) * brain.source_maps) @ waves
    return rhythms


def _background(
    brain: Brain, noise: BrainNoise, n_samples: int, rng: np.random.Generator
) -> Float[np.ndarray, "channel time"]:
    """Return 1/f noise of many dipoles, so that neighbouring electrodes hear much the same."""
    frequency_hz = frequencies_hz(n_samples, sample_rate_hz=SAMPLE_RATE_HZ)
    slope = one_over_f(frequency_hz, exponent=brain.exponent)
    n_dipoles = brain.background_maps.shape[1]
    waves = shaped_noise(rng, np.repeat(slope, n_dipoles, axis=0), n_samples)
    rms_uv = noise.eeg_noise * noise.background_uv
    background: Float[np.ndarray, "channel time"] = rms_uv * brain.background_maps @ waves
    return background


def _muscles(
    brain: Brain,
    noise: BrainNoise,
    muscle_db: Float[np.ndarray, " muscle"],
    n_samples: int,
    rng: np.random.Generator,
) -> Float[np.ndarray, "channel time"]:
    """Return what face and jaw add from outside the skull."""
    state_db = noise.eeg_noise * noise.state_db * rng.standard_normal()
    level_db = brain.muscle_db + muscle_db + state_db
    waves = muscle_noise(rng, len(MUSCLES), n_samples, sample_rate_hz=SAMPLE_RATE_HZ)
    rms_uv = noise.muscle_uv * _amplitude(level_db)
    muscles: Float[np.ndarray, "channel time"] = (rms_uv * brain.muscle_maps) @ waves
    return muscles


def _artefacts(
    brain: Brain, noise: BrainNoise, n_samples: int, rng: np.random.Generator
) -> Float[np.ndarray, "channel time"]:
    """Return mains, the electrodes' own noise, lost contact and blinks."""
    cycles = _LINE_HZ * np.arange(n_samples) / SAMPLE_RATE_HZ + rng.uniform()
    mains = np.outer(noise.line_uv * brain.line_uv, np.sin(2 * np.pi * cycles))
    lost = np.arange(len(CHANNELS)) == rng.integers(len(CHANNELS))
    bad_uv = _BAD_CHANNEL_UV * lost * (rng.uniform() < noise.bad_channel_rate)
    white_uv = noise.eeg_noise * noise.electrode_uv * brain.electrode_uv + bad_uv
    white = white_uv[:, np.newaxis] * rng.standard_normal((len(CHANNELS), n_samples))
    rate_hz = noise.blink_rate_hz * brain.blinking
    eyes = blinks(rng, n_samples, sample_rate_hz=SAMPLE_RATE_HZ, rate_hz=rate_hz)
    artefacts: Float[np.ndarray, "channel time"] = mains + white + np.outer(brain.blink_uv, eyes)
    return artefacts


def _amplitude(level_db: float | Float[np.ndarray, " row"]) -> Any:
    """Return the factor by which an amplitude grows, of the same shape."""
    return 10 ** (level_db / 20)
