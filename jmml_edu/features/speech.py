"""Speech recordings -> one row of 101 functionals per utterance, named with their units.

The list follows the idea of eGeMAPS: few measures of pitch, loudness, timing, voice and spectrum
whose link to emotion is known, each summed up over the utterance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu._checks import fail
from jmml_edu.data import Features, Provenance, Recording
from jmml_edu.features import pitch, spectrum
from jmml_edu.features.speech_table import (
    CONTOUR_STATISTICS,
    DELTA,
    MFCC,
    SHAPE,
    SPEECH_FEATURES,
    TILT,
    VOICE,
    Measures,
    speech_feature_names,
)

SHORTEST_S = 0.3
"""The shortest clip that can be summed up."""

_FRAME_S = spectrum.HOP / spectrum.RATE_HZ
_SOUND_DB = 30.0
_PAUSE_S = 0.1
_PROMINENCE_DB = 3.0
_SMOOTH = 5


def speech_features(recordings: Iterable[Recording]) -> Features:
    """Return one row of functionals per utterance, with who spoke and what.

    Parameters
    ----------
    recordings
        Clean speech (see :func:`jmml_edu.preprocess.speech.clean_speech`), one utterance each.
        An iterator is read one recording at a time, so that a corpus need not fit into memory.

    Returns
    -------
    features
        As many rows as recordings; columns as in :data:`SPEECH_FEATURES`; no NaN.

    Raises
    ------
    InputError
        If there is no recording, or one cannot be summed up (see :func:`speech_functionals`).

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16_000) / 16_000)[None]
    >>> hum = Recording(tone, 16_000.0, ("mono",), "speech", "A", Provenance("a sine", True))
    >>> features = speech_features([hum, hum])
    >>> features.values.shape, features.provenance.stamp
    ((2, 101), 'SIMULATED')
    """
    values, about = [], []
    for recording in recordings:
        values.append(speech_functionals(recording))
        about.append(replace(recording, signal=np.zeros((1, 0))))
    if not about:
        fail("speech_features", "recordings", "hold at least one", 0, "Check the folder's path.")
    origins = dict.fromkeys(recording.provenance for recording in about)
    return Features(
        np.stack(values),
        speech_feature_names(),
        "speech",
        subjects=np.array([recording.subject for recording in about]),
        labels=np.array([recording.label for recording in about]),
        trials=np.array([recording.trial for recording in about]),
        stimuli=np.array([recording.stimulus for recording in about]),
        provenance=reduce(Provenance.joined_with, origins).then("101 speech functionals"),
    )


def speech_functionals(recording: Recording) -> Float[np.ndarray, " feature"]:
    """Return the functionals of one utterance."""
    signal = _checked(recording)
    level_db = 10 * np.log10(np.mean(signal**2))
    signal = signal / 10 ** (level_db / 20)
    power = spectrum.power_spectrum(signal)
    loudness = _smooth(spectrum.loudness_db(power) + level_db)
    sound = loudness > loudness.max() - _SOUND_DB
    melody = pitch.track_pitch(power)
    voiced = melody.voiced & sound
    unvoiced = sound & ~voiced
    tracks = _tracks(power, melody)
    values = [
        *_contour(_semitones(melody.f0_hz), voiced),
        *_contour(loudness, sound),
        *_timing(loudness, sound, voiced),
        *_roughness(signal, melody),
        *_moments(tracks, VOICE + TILT, voiced),
        *_moments(tracks, TILT, unvoiced)[::2],
        *_moments(tracks, SHAPE + MFCC, sound),
        *_moments(tracks, DELTA, sound)[1::2],
    ]
    return np.array(values)


def warm_up() -> None:
    """Compute the features of one second of tone, so that librosa compiles now and not later.

    librosa compiles part of itself at its first use after installation, which takes some 15 s;
    the result is kept on disk.
    """
    tone = np.sin(2 * np.pi * 200 * np.arange(spectrum.RATE_HZ) / spectrum.RATE_HZ)
    source = Provenance("a sine", simulated=True)
    speech_functionals(
        Recording(tone[None], float(spectrum.RATE_HZ), ("mono",), "speech", "tone", source)
    )


def _checked(recording: Recording) -> Float[np.ndarray, " time"]:
    """Return the signal of a recording that can be summed up, without its mean."""
    clip = repr(recording.trial) if recording.trial else "a clip"
    found = (recording.modality, recording.signal.shape[0], recording.sample_rate_hz)
    if found != ("speech", 1, spectrum.RATE_HZ):
        fail(
            "speech_functionals", "recording", f"be speech of 1 channel at {spectrum.RATE_HZ} Hz",
            f"{found[0]} of {found[1]} at {found[2]:g} Hz in {clip}", "Call clean_speech first.",
        )  # fmt: skip
    if recording.duration_s < SHORTEST_S:
        fail(
            "speech_functionals", "recording", f"last at least {SHORTEST_S} s",
            f"{recording.duration_s:.2f} s in {clip}", "Leave this recording out.",
        )  # fmt: skip
    signal = recording.signal[0] - recording.signal[0].mean()
    if not np.any(signal):
        fail(
            "speech_functionals", "recording", "contain sound", f"silence in {clip}",
            "Leave this recording out.",
        )  # fmt: skip
    return np.asarray(signal)


def _tracks(
    power: Float[np.ndarray, "frequency frame"], melody: pitch.Pitch
) -> dict[str, Float[np.ndarray, " frame"]]:
    """Return every measure of the table as one number per frame."""
    coefficients = spectrum.mfcc(power)
    resonances = np.zeros((3, power.shape[1]))
    resonances[:, melody.voiced] = spectrum.formants(power[:, melody.voiced])
    return {
        "hnr": melody.hnr_db,
        **spectrum.tilt(power),
        **spectrum.shape(power),
        **spectrum.harmonic_balance(power, melody.f0_hz, resonances[2]),
        **{f"formant{k}": track for k, track in enumerate(resonances, start=1)},
        **{f"mfcc{k}": track for k, track in enumerate(coefficients, start=1)},
        **{f"mfcc{k}_delta": track for k, track in enumerate(_delta(coefficients), start=1)},
    }


def _delta(tracks: Float[np.ndarray, "track frame"]) -> Float[np.ndarray, "track frame"]:
    """Return the change per frame: the slope of the line through nine frames."""
    import librosa

    return np.asarray(librosa.feature.delta(tracks, width=9))


def _moments(
    tracks: dict[str, Float[np.ndarray, " frame"]],
    measures: Measures,
    frames: Bool[np.ndarray, " frame"],
) -> list[float]:
    """Return mean and standard deviation of each measure over frames that have it; else 0."""
    chosen = np.stack([tracks[stem] for stem, *_ in measures])[:, frames]
    known = np.ma.masked_invalid(chosen)
    moments = np.ma.column_stack([known.mean(axis=1), known.std(axis=1)])
    return np.ma.filled(moments, 0.0).ravel().tolist()


def _contour(
    track: Float[np.ndarray, " frame"], frames: Bool[np.ndarray, " frame"]
) -> list[float]:
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


def _timing(
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
    return np.diff(edges)[::2] * _FRAME_S


def _roughness(signal: Float[np.ndarray, " time"], melody: pitch.Pitch) -> list[float]:
    """Return jitter in percent of the period and shimmer in dB; 0 without two cycles."""
    stretches = pitch.cycles(signal, melody)
    if not stretches:
        return [0.0, 0.0]
    periods = _known(np.concatenate([period for period, _ in stretches]))
    changes = _known(np.concatenate([np.diff(period) for period, _ in stretches]))
    ratios = _known(np.concatenate([height[1:] / height[:-1] for _, height in stretches]))
    jitter_pct = 100 * _mean(np.abs(changes)) / (_mean(periods) or 1.0)
    return [jitter_pct, _mean(np.abs(20 * np.log10(ratios)))]


def _known(numbers: Float[np.ndarray, " number"]) -> Float[np.ndarray, " known"]:
    """Return the numbers that are not NaN."""
    return numbers[~np.isnan(numbers)]


def _semitones(f0_hz: Float[np.ndarray, " frame"]) -> Float[np.ndarray, " frame"]:
    """Return pitch in semitones above 27.5 Hz, the lowest A of a piano."""
    return 12 * np.log2(np.maximum(f0_hz, 27.5) / 27.5)


def _smooth(track: Float[np.ndarray, " frame"]) -> Float[np.ndarray, " frame"]:
    """Return the running mean over 50 ms."""
    padded = np.pad(track, _SMOOTH // 2, mode="edge")
    return np.convolve(padded, np.full(_SMOOTH, 1 / _SMOOTH), mode="valid")


def _mean(numbers: Float[np.ndarray, " number"]) -> float:
    """Return the mean; 0 of nothing."""
    return float(numbers.mean()) if len(numbers) else 0.0
