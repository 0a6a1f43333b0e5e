"""One trial of a simulated brain, noise off unless asked for, and its power in dB."""

from __future__ import annotations

import numpy as np

from jmml_edu.simulate.brain import Brain
from jmml_edu.simulate.brain_effects import BrainEffects
from jmml_edu.simulate.eeg import BrainNoise, record_brain
from jmml_edu.simulate.head import CHANNELS, SAMPLE_RATE_HZ

OFF = BrainEffects().scaled(0.0)
SILENT = BrainNoise(
    background_uv=0.0, electrode_uv=0.0, line_uv=0.0, blink_rate_hz=0.0, muscle_uv=0.0
)


def trial(
    brain: Brain,
    *,
    valence: float = 0.0,
    arousal: float = 0.0,
    effort: float = 0.0,
    seed: int = 0,
    duration_s: float = 4.0,
    effects: BrainEffects = OFF,
    noise: BrainNoise = SILENT,
) -> np.ndarray:
    """One trial whose chance depends on the seed only."""
    return record_brain(
        brain,
        valence=valence,
        arousal=arousal,
        effort=effort,
        duration_s=duration_s,
        rng=np.random.default_rng(seed),
        effects=effects,
        noise=noise,
    )


def band_db(signal: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Power per channel between two frequencies, in dB."""
    power = np.abs(np.fft.rfft(signal, axis=1)) ** 2
    frequency_hz = np.fft.rfftfreq(signal.shape[1], 1 / SAMPLE_RATE_HZ)
    inside = (frequency_hz >= low_hz) & (frequency_hz < high_hz)
    return 10 * np.log10(power[:, inside].sum(axis=1))


def at(values: np.ndarray, channel: str) -> float:
    """The value of a named channel."""
    return float(values[CHANNELS.index(channel)])
