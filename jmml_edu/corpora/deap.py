"""DEAP: 32 people watch 40 music videos, and rate what they felt on scales from 1 to 9.

S. Koelstra et al., "DEAP: A database for emotion analysis using physiological signals", IEEE
Transactions on Affective Computing 3, 2012, https://doi.org/10.1109/T-AFFC.2011.15. The reader
takes the preprocessed version for Python: 128 Hz, filtered by the authors from 4 to 45 Hz.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of, find_entries
from jmml_edu.corpora.pickled import read_pickled
from jmml_edu.corpora.rated import in_rated_classes, rated_entries
from jmml_edu.corpora.trial_array import eeg_recording
from jmml_edu.data import Provenance, Recording

ABOUT = About(
    name="DEAP",
    holds="EEG, 32 people, 40 music videos each, ratings of valence and arousal",
    page="https://www.eecs.qmul.ac.uk/mmv/datasets/deap/",
    access="On application, with a signed licence agreement: data_preprocessed_python.zip.",
    licence="for academic research, not to be passed on",
    layout="data_preprocessed_python/s01.dat",
    modalities=("eeg",),
    n_people=32,
    per_person=40,
)
CHANNELS = (
    "Fp1", "AF3", "F3", "F7", "FC5", "FC1", "C3", "T7", "CP5", "CP1", "P3", "P7", "PO3", "O1",
    "Oz", "Pz", "Fp2", "AF4", "Fz", "F4", "F8", "FC6", "FC2", "Cz", "C4", "T8", "CP6", "CP2",
    "P4", "P8", "PO4", "O2",
)  # fmt: skip
RATE_HZ, BASELINE_S, LOWEST_HZ = 128.0, 3.0, 4.0
MIDDLE = 5.0
"""A rating above it is high; exactly 5 is low."""

_ROWS, _RATINGS = 40, 4
_NAME = re.compile(r"s(\d\d)", re.IGNORECASE)


def is_deap(files: list[Path]) -> bool:
    """Return whether files are named as those of DEAP for Python."""
    return any(_NAME.fullmatch(path.stem) and path.suffix.lower() == ".dat" for path in files)


def read_deap(folder: Path) -> Corpus:
    """Return the trials of DEAP, without the three seconds before each video.

    Labels are the ratings, as ``valence 7.71 arousal 7.6``; the scheme ``quadrants`` cuts both
    scales at 5, where exactly 5 counts as low. Trials are in the order of the videos, so that
    ``stimulus`` is the same video for everybody: split by it too where that matters.

    Raises
    ------
    InputError
        If no file is named so.
    """
    listing = find_entries("read_deap", ABOUT, folder, _list_file)
    notes = (
        "8 of 40 channels left out: they are eye, muscle and body, not EEG.",
        f"The first {BASELINE_S:g} s of every trial left out: they come before the video.",
        "The authors filtered from 4 to 45 Hz: there is no delta band.",
    )
    corpus = corpus_of(ABOUT, folder, listing, _read_file, notes=notes)
    return in_rated_classes(replace(corpus, lowest_hz=LOWEST_HZ), middle=MIDDLE)


def _list_file(path: Path) -> Sequence[Entry] | str:
    """Return the trials of one person."""
    found = _NAME.fullmatch(path.stem)
    if not found or path.suffix.lower() != ".dat":
        return "no file of DEAP for Python"
    data, ratings = _arrays(path)
    duration_s = data.shape[2] / RATE_HZ - BASELINE_S
    return rated_entries(
        path, f"DEAP {found.group(1)}", np.asarray(ratings[:, :2], dtype=float),
        [duration_s] * len(data), stimulus="video", sample_rate_hz=RATE_HZ,
    )  # fmt: skip


def _arrays(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the signals (trial x row x time) and the ratings (trial x scale) of one person."""
    content = read_pickled(path)
    if not isinstance(content, dict) or not {"data", "labels"} <= set(content):
        got = f"{sorted(map(str, content))[:5] if isinstance(content, dict) else 'something else'}"
        _refuse("hold data and labels", f"{got} in {path.name}")
    data, labels = (np.asanyarray(content[name]) for name in ("data", "labels"))
    if (
        data.ndim != 3
        or data.shape[1] != _ROWS
        or data.shape[2] <= BASELINE_S * RATE_HZ
        or labels.shape != (len(data), _RATINGS)
    ):
        _refuse(
            f"hold data of shape (trial, {_ROWS}, time) and labels (trial, {_RATINGS})",
            f"{data.shape} and {labels.shape} in {path.name}",
        )
    scores = np.asarray(labels, dtype=float)
    if not ((scores >= 1) & (scores <= 9)).all():
        _refuse("hold ratings from 1 to 9", f"{scores.min():g} to {scores.max():g} in {path.name}")
    return data, labels


def _read_file(path: Path, entries: Sequence[Entry], provenance: Provenance) -> Iterator[Recording]:
    """Yield trials of one person, each read from disk when it is asked for."""
    data, _ = _arrays(path)
    start = round(BASELINE_S * RATE_HZ)
    for entry in entries:
        signal = np.array(data[entry.place, : len(CHANNELS), start:], dtype=float)
        yield eeg_recording("read_deap", entry, signal, CHANNELS, provenance)


def _refuse(rule: str, got: str) -> NoReturn:
    """Raise the sentence about a file of DEAP."""
    fail("read_deap", "file", rule, got, "Fetch it again: data_preprocessed_python.zip.")
