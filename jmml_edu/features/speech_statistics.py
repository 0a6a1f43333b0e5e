"""One number per frame, or per cycle -> a few numbers per utterance: the statistics."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu.features.spectrum import HOP, RATE_HZ
from jmml_edu.features.speech_table import CONTOUR_STATISTICS, Measures

_FRAME_S = HOP / RATE_HZ
_PAUSE_S = 0.1
_PROMINENCE_DB = 3.0
_SMOOTH = 5


def moments(
    tracks: dict[str, Float[np.ndarray, " frame"]],
    measures: Measures,
    frames: Bool[np.ndarray, " frame"],
) -> list[float]:
    """Return mean and standard deviation of each measure over frames that have it; else 0."""
    chosen = np.stack([tracks[stem] for stem, *_ in measures])[:, frames]
    known = np.ma.masked_invalid(chosen)
    pairs = np.ma.column_stack([known.mean(axis=1), known.std(axis=1)])
    return np.ma.filled(pairs, 0.0).ravel().tolist()


def contour(track: Float[np.ndarray, " frame"], frames: Bool[np.ndarray, " frame"]) -> list[float]:
    """Return the nine statistics of a contour over the chosen frames; 0 if there are none."""
    if frames.sum() < _SMOOTH:
        return [0.0] * len(CONTOUR_STATISTICS)
    chosen = track[frames]
    low, p20, p50, p80, high = np.percentile(chosen, (5, 20, 50, 80, 95)).tolist()
    speed = np.diff(track)[frames[1:] & frames[:-1]] / _FRAME_S
    time_s = np.flatnonzero(frames) * _FRAME_S
    centred = time_s - time_s.mean()
    return [
        *(float(chosen.mean()), float(chosen.std()), p20, p50, p80, high - low),
        *(_mean(speed[speed > 0]), _mean(-speed[speed < 0])),
        float(centred @ chosen / (centred @ centred)),
    ]


def timing(
    loudness: Float[np.ndarray, " frame"],
    sound: Bool[np.ndarray, " frame"],
    voiced: Bool[np.ndarray, " frame"],
) -> list[float]:
    """Return the features of rhythm, in the order of the table."""
    from scipy.signal import find_peaks

    first, last = np.flatnonzero(sound)[[0, -1]]
    inside = slice(first, last + 1)
    length_s = (last + 1 - first) * _FRAME_S
    voice_s, gap_s = _runs_s(voiced[inside]), _runs_s(~voiced[inside])
    pause_s = _runs_s(~sound[inside])
    pause_s = pause_s[pause_s >= _PAUSE_S]
    peaks, _ = find_peaks(np.pad(loudness, 1, constant_values=-200.0), prominence=_PROMINENCE_DB)
    return [
        float(voiced.sum() / sound.sum()),
        len(voice_s) / length_s,
        _mean(voice_s),
        float(voice_s.std()) if len(voice_s) else 0.0,
        _mean(gap_s),
        float(pause_s.sum() / length_s),
        len(pause_s) / length_s,
        float(voiced[peaks - 1].sum() / length_s),
    ]


def _runs_s(frames: Bool[np.ndarray, " frame"]) -> Float[np.ndarray, " run"]:
    """Return the length of each run of chosen frames, in seconds."""
    edges = np.flatnonzero(np.diff(np.pad(frames.astype(np.int8), 1)))
    return np.asarray(np.diff(edges)[::2] * _FRAME_S)


def roughness(stretches: list[Float[np.ndarray, "2 _"]]) -> list[float]:
    """Return jitter in percent of the period and shimmer in dB; 0 without two cycles."""
    if not stretches:
        return [0.0, 0.0]
    periods = _known(np.concatenate([period for period, _ in stretches]))
    changes = _known(np.concatenate([np.diff(period) for period, _ in stretches]))
    ratios = _known(np.concatenate([height[1:] / height[:-1] for _, height in stretches]))
    jitter_pct = 100 * _mean(np.abs(changes)) / (_mean(periods) or 1.0)
    return [jitter_pct, _mean(np.abs(20 * np.log10(ratios)))]


def _known(numbers: Float[np.ndarray, " number"]) -> Float[np.ndarray, " known"]:
    """Return the numbers that are not NaN."""
    return np.asarray(numbers[~np.isnan(numbers)])


def smooth(track: Float[np.ndarray, " frame"]) -> Float[np.ndarray, " frame"]:
    """Return the running mean over 50 ms."""
    padded = np.pad(track, _SMOOTH // 2, mode="edge")
    return np.asarray(np.convolve(padded, np.full(_SMOOTH, 1 / _SMOOTH), mode="valid"))


def _mean(numbers: Float[np.ndarray, " number"]) -> float:
    """Return the mean; 0 of nothing."""
    return float(numbers.mean()) if len(numbers) else 0.0
