"""The table of all speech features: name, unit and meaning, in the order of the columns.

Every column is a measure (pitch, loudness, ...) summed up by a statistic (mean, range, ...) over
some of the frames (with voice, with sound, ...).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jmml_edu.features.spectrum import N_MFCC

Measures = tuple[tuple[str, str, str], ...]
"""Stem of the name, unit, and what it is."""

CONTOURS: Measures = (
    ("f0", "st", "pitch in semitones above 27.5 Hz, frames with voice"),
    ("loudness", "db", "A-weighted level of full scale, frames with sound"),
)
CONTOUR_STATISTICS = (
    ("mean", "", "mean"),
    ("sd", "", "standard deviation"),
    ("p20", "", "20th percentile"),
    ("p50", "", "median"),
    ("p80", "", "80th percentile"),
    ("range", "", "95th minus 5th percentile"),
    ("rise", "_per_s", "mean speed where it rises"),
    ("fall", "_per_s", "mean speed where it falls, positive"),
    ("trend", "_per_s", "slope of the line through the utterance"),
)
TIMING: Measures = (
    ("voiced_share", "", "frames with voice among frames with sound"),
    ("voiced_rate", "per_s", "stretches of voice per second"),
    ("voiced_length_mean", "s", "mean length of a stretch of voice"),
    ("voiced_length_sd", "s", "standard deviation of that length"),
    ("unvoiced_length_mean", "s", "mean length of what lies between stretches of voice"),
    ("pause_share", "", "frames in pauses of at least 0.1 s among frames of the utterance"),
    ("pause_rate", "per_s", "such pauses per second"),
    ("syllable_rate", "per_s", "peaks of loudness with voice, 3 dB prominent, per second"),
    ("jitter_local", "pct", "mean change of period between cycles, of the mean period"),
    ("shimmer_local", "db", "mean change of peak-to-peak amplitude between cycles"),
)
TILT: Measures = (
    ("alpha_ratio", "db", "power of 50-1000 Hz over power of 1-5 kHz"),
    ("hammarberg", "db", "strongest peak of 0-2 kHz over strongest peak of 2-5 kHz"),
    ("slope_0_500", "db_per_100_hz", "spectral slope from 0 to 500 Hz"),
    ("slope_500_1500", "db_per_100_hz", "spectral slope from 500 to 1500 Hz"),
)
VOICE: Measures = (
    ("hnr", "db", "harmonics-to-noise ratio"),
    ("h1_h2", "db", "first harmonic over second harmonic"),
    ("h1_a3", "db", "first harmonic over third formant"),
    ("formant1", "hz", "first resonance of the vocal tract"),
    ("formant2", "hz", "second resonance of the vocal tract"),
    ("formant3", "hz", "third resonance of the vocal tract"),
)
SHAPE: Measures = (
    ("centroid", "hz", "centre of the power spectrum"),
    ("bandwidth", "hz", "width of the power spectrum"),
    ("rolloff", "hz", "frequency below which 85 % of the power lie"),
    ("flatness", "db", "geometric over arithmetic mean of the power spectrum"),
    ("flux", "", "change of the spectrum from frame to frame, 0 to 1.4"),
)
_COEFFICIENTS = range(1, N_MFCC + 1)
MFCC: Measures = tuple((f"mfcc{k}", "", f"cepstral coefficient {k}") for k in _COEFFICIENTS)
DELTA: Measures = tuple(
    (f"mfcc{k}_delta", "", f"change per frame of coefficient {k}") for k in _COEFFICIENTS
)
_MEAN, _SD = ("mean", "", "mean"), ("sd", "", "standard deviation")


class SpeechFeature(NamedTuple):
    """One column: its name, its unit (empty: a plain number) and what it says."""

    name: str
    unit: str
    meaning: str


def _table() -> Iterator[SpeechFeature]:
    """Yield all columns, in the order in which ``speech_functionals`` computes them."""
    groups = (
        (CONTOURS, CONTOUR_STATISTICS, ""),
        (TIMING, (("", "", ""),), ""),
        (VOICE + TILT, (_MEAN, _SD), "frames with voice"),
        (tuple((f"{stem}_unvoiced", *rest) for stem, *rest in TILT), (_MEAN,), "sound, no voice"),
        (SHAPE + MFCC, (_MEAN, _SD), "frames with sound"),
        (DELTA, (_SD,), "frames with sound"),
    )
    for measures, statistics, frames in groups:
        for stem, unit, what in measures:
            for statistic, per, how in statistics:
                name = "_".join(part for part in (stem, statistic, unit) if part) + per
                meaning = ", ".join(part for part in (what, how, frames) if part)
                written = (unit + per).replace("_", " ").replace("db", "dB").replace("hz", "Hz")
                yield SpeechFeature(name, written.replace("pct", "%"), meaning)


SPEECH_FEATURES: tuple[SpeechFeature, ...] = tuple(_table())
"""Every speech feature with unit and meaning, in the order of the columns."""


def speech_feature_names() -> tuple[str, ...]:
    """Return the names of the columns, units included.

    Examples
    --------
    >>> speech_feature_names()[:2], len(speech_feature_names())
    (('f0_mean_st', 'f0_sd_st'), 101)
    """
    return tuple(feature.name for feature in SPEECH_FEATURES)
