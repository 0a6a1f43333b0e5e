"""Speech recordings -> one row of 101 functionals per utterance, named with their units.

The list follows the idea of eGeMAPS: few measures of pitch, loudness, timing, voice and spectrum
whose link to emotion is known, each summed up over the utterance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.data import Features, Provenance, Recording
from jmml_edu.features import pitch, spectrum
from jmml_edu.features.speech_statistics import contour, moments, roughness, smooth, timing
from jmml_edu.features.speech_table import (
    DELTA,
    MFCC,
    SHAPE,
    SPEECH_FEATURES,
    TILT,
    VOICE,
    speech_feature_names,
)

__all__ = [
    "SHORTEST_S",
    "SPEECH_FEATURES",
    "speech_feature_names",
    "speech_features",
    "speech_functionals",
    "warm_up",
]

SHORTEST_S = 0.3
"""The shortest utterance that can be summed up."""

_SOUND_DB = 30.0
_SILENT = 1e-12


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
    """Return the functionals of one utterance, as listed in :data:`SPEECH_FEATURES`.

    One short-time spectrum (45 ms every 10 ms) gives loudness, pitch, spectral shape, cepstrum
    and formants frame by frame; the waveform gives jitter and shimmer cycle by cycle. Frames
    with sound are those at most 30 dB below the loudest; some of them have voice. Each measure
    is then summed up over the frames where it means something.

    Parameters
    ----------
    recording
        Speech of one channel at 16 kHz that lasts at least 0.3 s.

    Returns
    -------
    values
        101 finite numbers. A statistic whose frames are missing is 0: without voice, all of
        pitch, jitter and the like, and ``voiced_share`` says why.

    Raises
    ------
    InputError
        If the recording is not such speech, is silent, or holds NaN.

    Notes
    -----
    Scaling the recording changes ``loudness_mean_db`` and the three loudness percentiles, and
    nothing else. Differences from eGeMAPS [1]_ as openSMILE computes it: pitch by autocorrelation
    and a best path instead of subharmonic summation; loudness is the A-weighted level in dB
    instead of a sum of compressed auditory bands; one window of 45 ms instead of 20 and 60 ms;
    standard deviations in the unit of the measure instead of divided by the mean; formants
    without their bandwidths and amplitudes; the harmonic differences from spectral peaks; 13
    cepstral coefficients and the deviation of their slopes instead of 4.

    References
    ----------
    .. [1] F. Eyben et al., "The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for Voice
       Research and Affective Computing", IEEE Transactions on Affective Computing 7, 2016.
       https://doi.org/10.1109/TAFFC.2015.2457417
    .. [2] N. H. de Jong, T. Wempe, "Praat script to detect syllable nuclei and measure speech
       rate automatically", Behavior Research Methods 41, 2009: the idea of the syllable rate.
       https://doi.org/10.3758/BRM.41.2.385

    Examples
    --------
    An A of 220 Hz lies three octaves, 36 semitones, above 27.5 Hz:

    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16_000) / 16_000)[None]
    >>> hum = Recording(tone, 16_000.0, ("mono",), "speech", "A", Provenance("a sine", True))
    >>> values = dict(zip(speech_feature_names(), speech_functionals(hum).tolist()))
    >>> round(values["f0_p50_st"], 1), round(values["voiced_share"], 1)
    (36.0, 1.0)
    """
    signal = _checked(recording)
    level_db = 10 * np.log10(np.mean(signal**2))
    signal = signal / 10 ** (level_db / 20)
    power = spectrum.power_spectrum(signal)
    loudness = smooth(spectrum.loudness_db(power) + level_db)
    sound = loudness >= loudness.max() - _SOUND_DB
    melody = pitch.track_pitch(power).within(sound)
    voiced = melody.voiced
    tracks = _tracks(power, melody)
    values = [
        *contour(_semitones(melody.f0_hz), voiced),
        *contour(loudness, sound),
        *timing(loudness, sound, voiced),
        *roughness(pitch.cycles(signal, melody)),
        *moments(tracks, VOICE + TILT, voiced),
        *moments(tracks, TILT, sound & ~voiced)[::2],
        *moments(tracks, SHAPE + MFCC, sound),
        *moments(tracks, DELTA, sound)[1::2],
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
    form = (recording.modality, len(recording.channels), recording.sample_rate_hz)
    remedy = "Call clean_speech first."
    if form != ("speech", 1, spectrum.RATE_HZ):
        rule = f"be speech of 1 channel at {spectrum.RATE_HZ} Hz"
        got = "{} of {} at {:g} Hz".format(*form)
    elif not np.isfinite(recording.signal).all():
        rule, got, remedy = "hold finite samples only", "NaN or infinity", "Read it again."
    elif recording.duration_s < SHORTEST_S:
        rule, got = f"last at least {SHORTEST_S} s", f"{recording.duration_s:.2f} s"
        remedy = "Leave this recording out."
    elif recording.signal.var() < _SILENT:
        rule, got, remedy = "contain sound", "silence", "Leave this recording out."
    else:
        return np.asarray(recording.signal[0] - recording.signal[0].mean())
    clip = f" in {recording.trial!r}" if recording.trial else ""
    fail("speech_functionals", "recording", rule, got + clip, remedy)


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


def _semitones(f0_hz: Float[np.ndarray, " frame"]) -> Float[np.ndarray, " frame"]:
    """Return pitch in semitones above 27.5 Hz, the lowest A of a piano."""
    return np.asarray(12 * np.log2(np.maximum(f0_hz, 27.5) / 27.5))
