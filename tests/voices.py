"""Sounds whose pitch, noise and resonances are known, for the tests of speech features."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from jmml_edu.data import Provenance, Recording
from jmml_edu.features.speech import speech_feature_names, speech_functionals

RATE_HZ = 16_000
SOURCE = Provenance("a test", simulated=True)


def speech(signal: np.ndarray, *, trial: str = "") -> Recording:
    return Recording(signal[None], float(RATE_HZ), ("mono",), "speech", "A", SOURCE, trial=trial)


def features(signal: np.ndarray) -> dict[str, float]:
    """Every feature of a signal by its name."""
    values = speech_functionals(speech(signal)).tolist()
    return dict(zip(speech_feature_names(), values, strict=True))


def time_s(seconds: float = 1.5) -> np.ndarray:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def tone(frequency_hz: float, seconds: float = 1.5) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * time_s(seconds))


def noise(seconds: float = 1.5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))


def pulses(periods_s: np.ndarray, heights: np.ndarray, *, width_s: float = 1.5e-4) -> np.ndarray:
    """A train of smooth pulses at exact, not rounded, moments."""
    moments = 0.02 + np.cumsum(periods_s)
    time = time_s(moments[-1] + 0.02)
    train = np.zeros(len(time))
    for moment, height in zip(moments, heights, strict=True):
        near = slice(int((moment - 0.002) * RATE_HZ), int((moment + 0.002) * RATE_HZ))
        train[near] += height * np.exp(-((time[near] - moment) ** 2) / (2 * width_s**2))
    return train


def vowel(train: np.ndarray, formants_hz: tuple[int, ...] = (500, 1500, 2500)) -> np.ndarray:
    """Pulses through resonances of 100 Hz width."""
    for frequency_hz in formants_hz:
        radius = np.exp(-np.pi * 100 / RATE_HZ)
        train = lfilter(
            [1], [1, -2 * radius * np.cos(2 * np.pi * frequency_hz / RATE_HZ), radius**2], train
        )
    return train


def steady(f0_hz: float, cycles: int = 300) -> np.ndarray:
    return pulses(np.full(cycles, 1 / f0_hz), np.ones(cycles))


def with_noise(signal: np.ndarray, ratio_db: float, seed: int = 0) -> np.ndarray:
    hiss = np.random.default_rng(seed).standard_normal(len(signal))
    return signal + hiss * signal.std() * 10 ** (-ratio_db / 20)


def glide(f0_hz: np.ndarray) -> np.ndarray:
    """Twelve harmonics that follow a pitch."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / RATE_HZ
    return np.sum([np.sin(k * phase) / k for k in range(1, 13)], axis=0)
