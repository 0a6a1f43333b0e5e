"""Speech signal -> short-time power spectrum -> one number per frame for each spectral measure.

The spectrum is computed once; loudness, tilt, shape, cepstrum and formants are all read off it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu.preprocess.speech import SPEECH_RATE_HZ

RATE_HZ = int(SPEECH_RATE_HZ)
HOP = 160
"""Samples from frame to frame: 10 ms."""
WINDOW = 720
"""Samples per frame: 45 ms, 2.7 periods of a 60 Hz voice."""
N_FFT = 1024
N_MFCC = 13

_TINY = 1e-10
"""Added to powers before a logarithm; speech has unit power here, so this is -100 dB."""


def power_spectrum(signal: Float[np.ndarray, " time"]) -> Float[np.ndarray, "frequency frame"]:
    """Return the squared magnitude of the short-time Fourier transform (Hann window)."""
    import librosa

    spectrum = librosa.stft(signal, n_fft=N_FFT, hop_length=HOP, win_length=WINDOW)
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


@cache
def window() -> Float[np.ndarray, " sample"]:
    """Return the Hann window of a frame."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


@cache
def frequencies_hz() -> Float[np.ndarray, " frequency"]:
    """Return the frequency of each row of :func:`power_spectrum`."""
    return np.fft.rfftfreq(N_FFT, 1 / RATE_HZ)


def loudness_db(power: Float[np.ndarray, "frequency frame"]) -> Float[np.ndarray, " frame"]:
    """Return the A-weighted level of each frame, in dB.

    A-weighting follows the sensitivity of the ear at moderate levels. A full-scale sine of 1 kHz
    has 0 dB.
    """
    full_scale_sine = N_FFT / 4 * (window() @ window())
    return _db(_a_weights() @ power / full_scale_sine)


@cache
def _a_weights() -> Float[np.ndarray, " frequency"]:
    """Return the power gain of A-weighting at each frequency."""
    import librosa

    with np.errstate(divide="ignore"):
        return np.asarray(10 ** (librosa.A_weighting(frequencies_hz(), min_db=None) / 10))


def _db(power: np.ndarray) -> np.ndarray:
    """Return a power in decibels."""
    return np.asarray(10 * np.log10(power + _TINY))


def _band(low_hz: float, high_hz: float) -> slice:
    """Return the rows from one frequency up to, but not including, another."""
    return slice(*np.searchsorted(frequencies_hz(), (low_hz, high_hz)).tolist())


def tilt(power: Float[np.ndarray, "frequency frame"]) -> dict[str, Float[np.ndarray, " frame"]]:
    """Return four measures of how fast a spectrum falls: effort flattens it.

    ``alpha_ratio_db``: power of 50-1000 Hz over power of 1-5 kHz. ``hammarberg_db``: strongest
    peak of 0-2 kHz over strongest peak of 2-5 kHz. ``slope_0_500`` and ``slope_500_1500``: the
    least-squares lines through the spectrum in dB, in dB per 100 Hz.
    """
    low, high = (power[_band(*band)].sum(axis=0) for band in ((50.0, 1000.0), (1000.0, 5000.0)))
    peak_low, peak_high = (
        power[_band(*band)].max(axis=0) for band in ((0.0, 2000.0), (2000.0, 5000.0))
    )
    return {
        "alpha_ratio": _db(low) - _db(high),
        "hammarberg": _db(peak_low) - _db(peak_high),
        "slope_0_500": _slope(power, _band(0.0, 500.0)),
        "slope_500_1500": _slope(power, _band(500.0, 1500.0)),
    }


def _slope(power: Float[np.ndarray, "frequency frame"], band: slice) -> Float[np.ndarray, " frame"]:
    """Return the slope of the line through a band of the spectrum, in dB per 100 Hz."""
    frequency = frequencies_hz()[band] / 100
    centred = frequency - frequency.mean()
    return np.asarray(centred @ _db(power[band]) / (centred @ centred))


def shape(power: Float[np.ndarray, "frequency frame"]) -> dict[str, Float[np.ndarray, " frame"]]:
    """Return centre, width, roll-off (85 %), flatness and flux of the spectrum.

    Centre, width and roll-off are in Hz and computed from the power spectrum; flatness is the
    geometric over the arithmetic mean, in dB (0: white); flux is the Euclidean distance between
    neighbouring magnitude spectra of unit length (0: steady, 1.4: nothing in common).
    """
    frequency = frequencies_hz()
    total = power.sum(axis=0) + _TINY
    centre = frequency @ power / total
    width = np.sqrt(np.maximum(frequency**2 @ power / total - centre**2, 0))
    below = np.cumsum(power, axis=0) < 0.85 * total
    magnitude = np.sqrt(power / total)
    steps = np.linalg.norm(np.diff(magnitude, axis=1), axis=0)
    return {
        "centroid": centre,
        "bandwidth": width,
        "rolloff": frequency[np.minimum(below.sum(axis=0), len(frequency) - 1)],
        "flatness": _db(power).mean(axis=0) - _db(power.mean(axis=0)),
        "flux": np.append(0.0, steps),
    }


def mfcc(power: Float[np.ndarray, "frequency frame"]) -> Float[np.ndarray, "coefficient frame"]:
    """Return mel-frequency cepstral coefficients 1 to 13 (0, the level, is left out)."""
    import librosa

    mel_db = librosa.power_to_db(_mel_filters() @ power, amin=_TINY, top_db=80.0)
    return np.asarray(librosa.feature.mfcc(S=mel_db, n_mfcc=N_MFCC + 1)[1:])


@cache
def _mel_filters() -> Float[np.ndarray, "mel frequency"]:
    """Return 40 triangular filters, equally spaced on the mel scale up to 8 kHz."""
    import librosa

    return np.asarray(librosa.filters.mel(sr=RATE_HZ, n_fft=N_FFT, n_mels=40, dtype=np.float64))


def formants(
    power: Float[np.ndarray, "frequency frame"],
) -> Float[np.ndarray, "3 frame"]:
    """Return the first three vocal-tract resonances, in Hz.

    Selective linear prediction (Makhoul, 1975): the inverse transform of the spectrum up to 5.5
    kHz, raised by 6 dB per octave, is an autocorrelation; the poles of its all-pole model with
    twelve coefficients are the resonances. Poles broader than 800 Hz do not count; a frame whose
    lowest pole lies above 1.1 kHz lost its first formant and is NaN, as is a missing resonance.
    """
    rows = _band(0.0, 5500.0)
    lift = 1 - 2 * 0.97 * np.cos(np.pi * np.linspace(0, 1, rows.stop)) + 0.97**2
    lags = np.fft.irfft(power[rows].T * lift, axis=1)[:, :13]
    roots = _roots(_predictor(lags))
    rate_hz = 2 * frequencies_hz()[rows.stop]
    frequency = np.angle(roots) * rate_hz / (2 * np.pi)
    bandwidth = -np.log(np.maximum(np.abs(roots), _TINY)) * rate_hz / np.pi
    resonance = (frequency > 150) & (bandwidth < 800)
    lowest = np.sort(np.where(resonance, frequency, np.nan), axis=1)[:, :3]
    return np.where(lowest[:, :1] < 1100, lowest, np.nan).T


def _predictor(lags: Float[np.ndarray, "frame lag"]) -> Float[np.ndarray, "frame order"]:
    """Return the linear prediction coefficients that an autocorrelation implies."""
    order = lags.shape[1] - 1
    steps = np.arange(order)
    toeplitz = lags[:, np.abs(steps[:, None] - steps)]
    toeplitz = toeplitz + np.eye(order) * (1e-4 * lags[:, :1, None] + _TINY)
    return np.asarray(np.linalg.solve(toeplitz, lags[:, 1:, None])[..., 0])


def _roots(predictor: Float[np.ndarray, "frame order"]) -> np.ndarray:
    """Return the roots of 1 - sum a_k z^-k of each frame."""
    frames, order = predictor.shape
    companion = np.zeros((frames, order, order))
    companion[:, 0] = predictor
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1
    return np.asarray(np.linalg.eigvals(companion))


def harmonic_balance(
    power: Float[np.ndarray, "frequency frame"],
    f0_hz: Float[np.ndarray, " frame"],
    formant3_hz: Float[np.ndarray, " frame"],
) -> dict[str, Float[np.ndarray, " frame"]]:
    """Return how far the first harmonic stands above the second and above the third formant.

    In dB, frame by frame. Breathy voices have a strong first harmonic, pressed ones a weak one.
    """
    first, second, third = (_peak_db(power, at, f0_hz) for at in (f0_hz, 2 * f0_hz, formant3_hz))
    return {"h1_h2": first - second, "h1_a3": first - third}


def _peak_db(
    power: Float[np.ndarray, "frequency frame"],
    centre_hz: Float[np.ndarray, " frame"],
    f0_hz: Float[np.ndarray, " frame"],
) -> Float[np.ndarray, " frame"]:
    """Return the strongest power within half a harmonic spacing of a frequency, in dB."""
    distance = np.abs(frequencies_hz()[:, None] - centre_hz)
    near: Bool[np.ndarray, "frequency frame"] = distance <= np.maximum(f0_hz / 2, 20.0)
    return np.where(np.isnan(centre_hz), np.nan, _db(np.where(near, power, 0.0).max(axis=0)))
