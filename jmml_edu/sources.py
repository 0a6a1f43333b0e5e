"""From the name of a source to features: the samples, a feature table, or a corpus folder.

A folder is read, cleaned and turned into features one recording at a time; each recording by
itself, so nothing is fitted before the split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.indexed import INDEX_NAME, is_indexed, read_indexed
from jmml_edu.corpora.nemo import is_nemo, read_nemo
from jmml_edu.corpora.samples import TABLE_NAME, samples_folder
from jmml_edu.corpora.table import read_feature_table
from jmml_edu.data import UNLABELLED, Features, Modality, Recording

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet")
OnStep = Callable[[str], None]
"""Told what has just been read; drives a progress bar."""


def read_features(source: str, modality: Modality, *, on_step: OnStep | None = None) -> Features:
    """Return the features of one modality from a source.

    Parameters
    ----------
    source
        ``"samples"``, a feature table (CSV, TSV, Parquet), or a corpus folder (nEMO, or any
        recordings listed in ``recordings.csv``).
    modality
        Which side to read.
    on_step
        Called with the name of each recording after it was read.

    Raises
    ------
    InputError
        If there is no such source, it is empty or unknown, or a recording cannot be used.
    """
    path = samples_folder() / TABLE_NAME if source == "samples" else Path(source)
    if not path.exists():
        fail(
            "read_features", f"{modality} source", "be 'samples' or an existing file or folder",
            repr(source), "Check the spelling and the folder you are in.",
        )  # fmt: skip
    if path.is_dir():
        return _features_of(_recordings(path, modality), modality, on_step)
    if path.suffix.lower() not in TABLE_SUFFIXES:
        fail(
            "read_features", f"{modality} source", f"be a table ({', '.join(TABLE_SUFFIXES)})",
            path.name, "Export the features as CSV, or name the folder of recordings.",
        )  # fmt: skip
    return read_feature_table(path, modality)


def parse_classes(text: str) -> dict[str, str]:
    """Return the class of each label from ``"1-4=negative,5-8=neutral"`` or names likewise.

    Raises
    ------
    InputError
        If a part has no class.

    Examples
    --------
    >>> parse_classes("anger,fear=negative,1-2=neutral")
    {'anger': 'negative', 'fear': 'negative', '1': 'neutral', '2': 'neutral'}
    """
    named: list[tuple[str, str]] = []
    waiting: list[str] = []
    broken = False
    for part in text.split(","):
        label, equals, name = (piece.strip() for piece in part.partition("="))
        found = _labels_in(label)
        waiting += found
        broken |= not label or not found
        if equals and name:
            named += [(label, name) for label in waiting]
            waiting = []
    if waiting or broken or not named:
        fail(
            "parse_classes", "classes", "read like '1-4=negative,5-8=neutral'", repr(text),
            "End each group of labels with =class.",
        )  # fmt: skip
    classes = dict(named)
    if len(classes) < len(named):
        fail(
            "parse_classes", "classes", "name each label once", repr(text),
            "Give every label one class.",
        )  # fmt: skip
    return classes


def map_classes(
    features: Features, classes: Mapping[str, str] | None
) -> tuple[Features, tuple[str, ...]]:
    """Return the rows whose label has a class, renamed, and sentences on what was dropped.

    The unlabelled stay. Without a mapping nothing changes.

    Raises
    ------
    InputError
        If the mapping names a label that does not occur, which is most likely a misspelling.
    """
    if classes is None:
        return features, ()
    strangers = sorted(set(classes) - set(features.labels))
    if strangers:
        fail(
            "map_classes", f"{features.modality} classes", "name labels that occur",
            f"{strangers}, but the labels are {sorted(set(features.labels))}",
            "Correct the spelling.",
        )  # fmt: skip
    known = np.array([label in classes or label == UNLABELLED for label in features.labels])
    kept = features.take(known)
    renamed = np.array([classes.get(label, UNLABELLED) for label in kept.labels], dtype=object)
    dropped = sorted(set(features.labels[~known]))
    notes = (
        (f"{int((~known).sum())} {features.modality} trials dropped, their labels have no class:"
         f" {', '.join(dropped)}.",)
        if dropped
        else ()
    )  # fmt: skip
    return replace(kept, labels=renamed), notes


def _labels_in(text: str) -> list[str]:
    """Return the labels that ``3`` or ``1-4`` or a name stands for."""
    first, dash, last = text.partition("-")
    if dash and first.strip().isdigit() and last.strip().isdigit():
        return [str(number) for number in range(int(first), int(last) + 1)]
    return [text]


def _recordings(folder: Path, modality: Modality) -> Iterator[Recording]:
    """Return the recordings of a corpus folder, recognised by what lies in it."""
    if is_indexed(folder):
        return read_indexed(folder, modality)
    if is_nemo(folder):
        if modality == "eeg":
            fail(
                "read_features", "eeg source", "hold EEG", f"{folder.name}, which is nEMO: speech",
                "Name it with --speech.",
            )  # fmt: skip
        return read_nemo(folder)
    inside = sorted(item.name for item in folder.iterdir())[:5]
    fail(
        "read_features", f"{modality} source", f"be nEMO or list its recordings in {INDEX_NAME}",
        f"{folder.name} with {inside or 'nothing in it'}",
        f"Add {INDEX_NAME} with columns file, modality, subject, trial, label.",
    )  # fmt: skip


def _features_of(
    recordings: Iterator[Recording], modality: Modality, on_step: OnStep | None
) -> Features:
    """Return the features of recordings, cleaned one by one."""
    from jmml_edu.features.eeg import eeg_features
    from jmml_edu.features.speech import speech_features
    from jmml_edu.preprocess.eeg import clean_eeg
    from jmml_edu.preprocess.speech import clean_speech

    def cleaned() -> Iterator[Recording]:
        for recording in recordings:
            yield clean_eeg(recording) if modality == "eeg" else clean_speech(recording)
            if on_step is not None:
                on_step(f"{recording.subject} {recording.trial}")

    return eeg_features(cleaned()) if modality == "eeg" else speech_features(cleaned())
