"""How it sounds: pulses and noise through a vocal tract that changes every 10 ms."""

from __future__ import annotations

import numpy as np
from jaxtyping import Complex, Float

from jmml_edu.simulate.articulation import TRACK_RATE_HZ, Score
from jmml_edu.simulate.prosody import Prosody
from jmml_edu.simulate.speaker import EQUALISER_HZ, Voice

SAMPLE_RATE_HZ = 16_000
HOP = 160
STEPS_PER_HOP = int(HOP * TRACK_RATE_HZ / SAMPLE_RATE_HZ)
N_FFT = 4 * HOP
"""A frame of two hops, and room for two hops of ringing."""
FREQUENCY_HZ = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE_HZ)
HIGHER_FORMANTS_HZ = (3500.0, 4500.0, 5500.0)
TILT_CORNER_HZ = 600.0


def render(
    score: Score, targets: Prosody, voice: Voice, rng: np.random.Generator
) -> Float[np.ndarray, " time"]:
    r"""Return the sound of a score: voice, breath and hiss, mixed at the target levels.

    The source-filter model [1]_ in short-time spectra,

    .. math::

        S(f, t) = \big(P(f, t)\, G(f, t) + B(f, t)\big)\, V(f, t) + H(f, t)\, R(f, t),

    with glottal pulses :math:`P` of spectrum :math:`G`, breath :math:`B`, resonances :math:`V`
    and friction noise :math:`H` of spectrum :math:`R`. :math:`G` is the causal linear model of the
    Liljencrants-Fant pulse, which listeners judge similar to the original [2]_: a resonance near
    the fundamental, then a slope of ``tilt_db_per_octave``.

    Parameters
    ----------
    score
        What the vocal apparatus does.
    targets
        Tilt, jitter, shimmer, breathiness and level.
    voice
        Tract length, background noise and microphone.
    rng
        Where noise and irregularity come from.

    Returns
    -------
    signal
        At ``SAMPLE_RATE_HZ``, in [-1, 1]. An utterance that would exceed full scale is turned
        down as a whole.

    References
    ----------
    .. [1] D. Klatt, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am.
       67, 1980. https://doi.org/10.1121/1.383940
    .. [2] O. Perrotin, L. Feugere, C. d'Alessandro, "Perceptual equivalence of the
       Liljencrants-Fant and linear-filter glottal flow models", J. Acoust. Soc. Am. 150, 2021.
       https://pubs.aip.org/asa/jasa/article/150/2/1273/615393
    """
    phase = np.cumsum(_at_samples(score.pitch_hz)) / SAMPLE_RATE_HZ
    loudness = _at_samples(score.voice)
    pulses = loudness * pulse_train(phase, jitter=targets.jitter, shimmer=targets.shimmer, rng=rng)
    noise = rng.standard_normal((3, len(phase)))
    # The glottis opens once per period and lets more breath through.
    breath = noise[0] * _at_samples(score.breath) * (0.4 + 0.6 * np.sin(np.pi * phase) ** 2)

    tract = _tract(score, voice)
    voiced = filter_frames(pulses, tract * _glottis(score, targets))
    breathed = filter_frames(breath, tract)
    hissed = filter_frames(noise[1] * _at_samples(score.hiss), _hiss(score))
    in_vowel = _at_samples(score.is_vowel.astype(float)) > 0.5
    speech = voiced / _rms(voiced[in_vowel]) + hissed
    speech += 10 ** (targets.breathiness_db / 20) / _rms(breathed[in_vowel]) * breathed

    speech = _microphone(speech, voice)
    in_speech = _at_samples(score.is_speech.astype(float)) > 0.5
    speech *= 10 ** (targets.level_db / 20) / _rms(speech[in_speech])
    speech += 10 ** (voice.noise_db / 20) * noise[2]
    return np.asarray(speech / max(1.0, np.abs(speech).max() / 0.98))


def pulse_train(
    phase: Float[np.ndarray, " time"], *, jitter: float, shimmer: float, rng: np.random.Generator
) -> Float[np.ndarray, " time"]:
    """Return one band-limited pulse of unit area per period of ``phase``, slightly irregular.

    Parameters
    ----------
    phase
        Accumulated periods, rising.
    jitter, shimmer
        Mean absolute difference of consecutive periods, and of consecutive pulse heights,
        relative to their mean, at least 0.
    rng
        Where the irregularity comes from.

    Examples
    --------
    >>> phase = np.arange(1600) / 160
    >>> pulses = pulse_train(phase, jitter=0.0, shimmer=0.0, rng=np.random.default_rng(0))
    >>> np.flatnonzero(pulses > 0.5).tolist()[:3]
    [160, 320, 480]
    """
    n_pulses = int(phase[-1])
    # Independent normal periods of spread s differ by 2 s / sqrt(pi) on average.
    jitters, shimmers = rng.standard_normal((2, n_pulses)) * np.sqrt(np.pi) / 2
    at_phase = np.arange(1, n_pulses + 1) + np.cumsum(jitter * jitters)
    position = np.interp(at_phase, phase, np.arange(len(phase)))
    height = 1 + shimmer * shimmers
    taps = np.floor(position)[:, None] + np.arange(-7, 9)
    offset = taps - position[:, None]
    shape = height[:, None] * np.sinc(offset) * np.cos(np.pi * offset / 17) ** 2
    inside = (taps >= 0) & (taps < len(phase))
    return np.bincount(taps[inside].astype(int), shape[inside], minlength=len(phase))


def filter_frames(
    source: Float[np.ndarray, " time"], response: Complex[np.ndarray, "frame frequency"]
) -> Float[np.ndarray, " time"]:
    """Return the source through a filter that changes from frame to frame, faded into each other.

    Frame ``i`` is a Hann window of two hops around sample ``i * HOP``; the windows add to one, so
    a filter of response one returns the source.
    """
    n_frames = len(response)
    padded = np.zeros(HOP * (n_frames + 1))
    padded[HOP : HOP + len(source)] = source
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * HOP)[::HOP]
    window = 0.5 - 0.5 * np.cos(np.pi * np.arange(2 * HOP) / HOP)
    rung = np.fft.irfft(np.fft.rfft(frames * window, N_FFT) * response, N_FFT)
    pieces = rung.reshape(n_frames, 4, HOP)
    added = np.zeros((n_frames + 3, HOP))
    for piece in range(4):
        added[piece : piece + n_frames] += pieces[:, piece]
    return np.asarray(added.ravel()[HOP : HOP + len(source)])


def _tract(score: Score, voice: Voice) -> Complex[np.ndarray, "frame frequency"]:
    """Return the response of six resonances in cascade, one at 0 Hz."""
    low = score.formants_hz[::STEPS_PER_HOP]
    high = np.broadcast_to(HIGHER_FORMANTS_HZ, (len(low), len(HIGHER_FORMANTS_HZ)))
    formants_hz = np.hstack([low, high]) / voice.tract_length_ratio
    damping = score.damping[::STEPS_PER_HOP, None]
    bandwidths_hz = (50 + 0.03 * formants_hz + 1e-5 * formants_hz**2) * damping
    radius = np.exp(-np.pi * bandwidths_hz / SAMPLE_RATE_HZ)
    angle = 2 * np.pi * formants_hz / SAMPLE_RATE_HZ
    polynomial = np.ones((len(low), 1))
    for first, second in zip((-2 * radius * np.cos(angle)).T, (radius**2).T, strict=True):
        padded = np.pad(polynomial, ((0, 0), (0, 2)))
        padded[:, 1:-1] += first[:, None] * polynomial
        padded[:, 2:] += second[:, None] * polynomial
        polynomial = padded
    return np.asarray(polynomial.sum(axis=1, keepdims=True) / np.fft.rfft(polynomial, N_FFT))


def _glottis(score: Score, targets: Prosody) -> Complex[np.ndarray, "frame frequency"]:
    """Return the spectrum of the glottal flow derivative: a resonance, then the tilt."""
    ratio = FREQUENCY_HZ / (0.9 * score.pitch_hz[::STEPS_PER_HOP, None])
    resonance = 1j * ratio / (1 - ratio**2 + 1j * ratio / 0.8)
    # The resonance falls by 6 dB per octave; a one-pole low-pass to a power does the rest.
    steeper = (-targets.tilt_db_per_octave - 6.02) / 6.02
    return np.asarray(resonance * (1 + 1j * FREQUENCY_HZ / TILT_CORNER_HZ) ** -steeper)


def _hiss(score: Score) -> Complex[np.ndarray, "frame frequency"]:
    """Return the bell of each friction noise, of unit power."""
    centre = score.hiss_hz[::STEPS_PER_HOP, None]
    width = score.hiss_width_hz[::STEPS_PER_HOP, None]
    bell = np.exp(-0.5 * ((FREQUENCY_HZ - centre) / width) ** 2) + 0.03
    return np.asarray(bell / np.sqrt(np.mean(bell**2, axis=1, keepdims=True)) + 0j)


def _microphone(speech: Float[np.ndarray, " time"], voice: Voice) -> Float[np.ndarray, " time"]:
    """Return the speech as this person's microphone and room colour it."""
    octaves = np.log2(np.maximum(FREQUENCY_HZ, 60))
    gain_db = np.interp(octaves, np.log2(EQUALISER_HZ), voice.equaliser_db)
    zero_phase = np.fft.fftshift(np.fft.irfft(10 ** (gain_db / 20)))
    kernel = zero_phase[N_FFT // 2 - 64 : N_FFT // 2 + 65]
    return np.convolve(speech, kernel, mode="same")


def _at_samples(track: Float[np.ndarray, " step"]) -> Float[np.ndarray, " time"]:
    """Return a track at the sample rate, as many whole hops as it fills."""
    n_frames = len(track[::STEPS_PER_HOP])
    at_step = np.arange(HOP * (n_frames - 1)) * (TRACK_RATE_HZ / SAMPLE_RATE_HZ)
    return np.interp(at_step, np.arange(len(track)), track)


def _rms(signal: Float[np.ndarray, " time"]) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(signal**2)))
