"""Time courses of an EEG: noise of any spectrum, rhythms that come in bursts, blinks.

Comes in: spectra, rates and a random generator. Goes out: rows of samples of expected power 1.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

BURST_HZ = 0.7
"""Highest frequency at which a rhythm waxes and wanes by itself."""

_BLINK_RISE_S = 0.05
_BLINK_FALL_S = 0.10


def shaped_noise(
    rng: np.random.Generator, shape: Float[np.ndarray, "row frequency"], n_samples: int
) -> Float[np.ndarray, "row time"]:
    r"""Return Gaussian noise whose amplitude spectrum has the given shape.

    White noise is drawn in the frequency domain, multiplied by the shape and brought back:

    .. math:: x = c \, \mathcal{F}^{-1}[A(f) \, (u + i v)], \qquad u, v \sim N(0, 1)

    with :math:`c` such that the expected power of each row is 1.

    Parameters
    ----------
    rng
        Source of randomness.
    shape
        Amplitude at each frequency of :func:`frequencies_hz`, at least 0 and not 0 throughout.
        The first (a constant) and, for an even length, the last are left out.
    n_samples
        Length of the result.

    Returns
    -------
    noise
        Rows of mean 0 and expected power 1. They are periodic: the end joins the beginning.

    Examples
    --------
    >>> flat = shaped_noise(np.random.default_rng(0), np.ones((1, 2049)), 4096)
    >>> round(float(flat.var()), 1)
    1.0
    """
    inner = slice(1, (n_samples + 1) // 2)
    amplitude = shape[:, inner]
    scale = n_samples / np.sqrt(4 * (amplitude**2).sum(axis=1, keepdims=True))
    parts = rng.standard_normal((2, *amplitude.shape))
    spectrum = np.zeros(shape.shape, dtype=complex)
    spectrum[:, inner] = scale * amplitude * (parts[0] + 1j * parts[1])
    return np.fft.irfft(spectrum, n_samples, axis=1)


def frequencies_hz(n_samples: int, *, sample_rate_hz: float) -> Float[np.ndarray, " frequency"]:
    """Return the frequencies at which :func:`shaped_noise` wants an amplitude.

    Examples
    --------
    >>> frequencies_hz(4, sample_rate_hz=128.0).tolist()
    [0.0, 32.0, 64.0]
    """
    return np.fft.rfftfreq(n_samples, 1 / sample_rate_hz)


def one_over_f(
    frequency_hz: Float[np.ndarray, " frequency"], *, exponent: float
) -> Float[np.ndarray, "1 frequency"]:
    """Return the amplitudes of noise whose *power* falls as ``1 / f ** exponent`` above 1 Hz.

    Below 1 Hz it is flat, as behind the high-pass filter of an amplifier.

    Examples
    --------
    >>> one_over_f(np.array([0.5, 1.0, 4.0]), exponent=1.0).tolist()
    [[1.0, 1.0, 0.5]]
    """
    falling: Float[np.ndarray, "1 frequency"] = np.maximum(frequency_hz, 1.0)[np.newaxis] ** (
        -exponent / 2
    )
    return falling


def bursts(
    rng: np.random.Generator,
    centre_hz: Float[np.ndarray, " row"],
    width_hz: Float[np.ndarray, " row"],
    n_samples: int,
    *,
    sample_rate_hz: float,
    burstiness: float = 0.5,
) -> Float[np.ndarray, "row time"]:
    r"""Return rhythms that come and go, of expected power 1.

    Narrow-band noise around the centre times an envelope that drifts slowly:

    .. math:: x(t) = n(t) \, e^{b s(t) - b^2}

    with :math:`s` slow noise of variance 1, so that :math:`E[x^2] = 1`.

    Parameters
    ----------
    rng
        Source of randomness.
    centre_hz, width_hz
        Middle and standard deviation of the spectral peak, above 0.
    n_samples, sample_rate_hz
        Length and rate of the result.
    burstiness
        Standard deviation :math:`b` of the logarithm of the envelope, at least 0.

    Returns
    -------
    rhythm
        One row per centre.

    Examples
    --------
    >>> ten = np.array([10.0])
    >>> rhythm = bursts(np.random.default_rng(0), ten, ten / 20, 512, sample_rate_hz=128.0)
    >>> int(np.abs(np.fft.rfft(rhythm[0])).argmax() * 128 / 512)
    10
    """
    frequency_hz = frequencies_hz(n_samples, sample_rate_hz=sample_rate_hz)
    away = (frequency_hz - centre_hz[:, np.newaxis]) / width_hz[:, np.newaxis]
    carrier = shaped_noise(rng, np.exp(-(away**2) / 4), n_samples)
    slow = np.broadcast_to(frequency_hz <= BURST_HZ, away.shape).astype(float)
    envelope = shaped_noise(rng, slow, n_samples)
    return carrier * np.exp(burstiness * envelope - burstiness**2)


def muscle_noise(
    rng: np.random.Generator, n_muscles: int, n_samples: int, *, sample_rate_hz: float
) -> Float[np.ndarray, "muscle time"]:
    """Return independent muscle signals of expected power 1: broad, mostly from 20 Hz upward.

    Examples
    --------
    Most of the power lies above 20 Hz:

    >>> jaw = muscle_noise(np.random.default_rng(0), 1, 512, sample_rate_hz=128.0)[0]
    >>> power = np.abs(np.fft.rfft(jaw)) ** 2
    >>> bool(power[4 * 20 :].sum() > 0.8 * power.sum())
    True
    """
    frequency_hz = frequencies_hz(n_samples, sample_rate_hz=sample_rate_hz)
    rise = 1 / (1 + np.exp((22.0 - frequency_hz) / 3.0))
    return shaped_noise(rng, np.tile(rise, (n_muscles, 1)), n_samples)


def blinks(
    rng: np.random.Generator, n_samples: int, *, sample_rate_hz: float, rate_hz: float
) -> Float[np.ndarray, " time"]:
    """Return a row of blinks of height about 1: a quick rise, a slower fall, 0 in between.

    Times follow a Poisson process, heights vary by a fifth.

    Examples
    --------
    >>> float(blinks(np.random.default_rng(0), 512, sample_rate_hz=128.0, rate_hz=0.0).max())
    0.0
    """
    duration_s = n_samples / sample_rate_hz
    n_blinks = rng.poisson(rate_hz * duration_s)
    peak_s = rng.uniform(0, duration_s, (n_blinks, 1))
    height = 1 + 0.2 * rng.standard_normal((n_blinks, 1))
    since_s = np.arange(n_samples) / sample_rate_hz - peak_s
    width_s = np.where(since_s < 0, _BLINK_RISE_S, _BLINK_FALL_S)
    course: Float[np.ndarray, " time"] = (height * np.exp(-((since_s / width_s) ** 2) / 2)).sum(
        axis=0
    )
    return course
