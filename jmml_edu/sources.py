"""From the name of a source to features: the samples, a feature table, or a corpus folder.

A folder is read, cleaned and turned into features one recording at a time; each recording by
itself, so nothing is fitted before the split. What was computed once is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import Corpus
from jmml_edu.corpora.emotions import SCHEMES, emotion_schemes
from jmml_edu.corpora.known import open_corpus
from jmml_edu.corpora.samples import TABLE_NAME, samples_folder
from jmml_edu.corpora.table import read_feature_table
from jmml_edu.data import UNLABELLED, Features, Modality, Provenance, Recording
from jmml_edu.feature_cache import FeatureCache, KeptRow, open_cache

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet")
OnStep = Callable[[str], None]
"""Told what has just been read; drives a progress bar."""


class Source(NamedTuple):
    """The features of one modality, and sentences on what was left out and why."""

    features: Features
    notes: tuple[str, ...]


def read_features(source: str, modality: Modality, *, on_step: OnStep | None = None) -> Features:
    """Return the features of one modality from a source, labelled as :func:`read_source` does.

    Parameters
    ----------
    source
        ``"samples"``, a feature table (CSV, TSV, Parquet), or the folder of a corpus that
        ``jmml-edu corpora`` lists.
    modality
        Which side to read.
    on_step
        Called with the name of each recording after it was read.

    Raises
    ------
    InputError
        If there is no such source, it is empty or unknown, or a recording cannot be used.
    """
    return read_source(source, modality, on_step=on_step).features


def read_source(
    source: str, modality: Modality, *, classes: str = "", on_step: OnStep | None = None
) -> Source:
    """Return the features of one modality from a source, in classes, and what was left out.

    Parameters
    ----------
    source, modality, on_step
        As for :func:`read_features`.
    classes
        The name of a scheme (``"quadrants"``, ``"negative-neutral"``, ``"valence"``), a mapping as
        :func:`parse_classes` reads it, or nothing: the labels stay as they are, but for corpora
        with ratings on scales (DEAP), which come in quadrants.

    Raises
    ------
    InputError
        As :func:`read_features`, or if the mapping is none or does not fit the labels.
    """
    path = samples_folder() / TABLE_NAME if source == "samples" else Path(source)
    if not path.exists():
        fail(
            "read_features", f"{modality} source", "be 'samples' or an existing file or folder",
            repr(source), "Check the spelling and the folder you are in.",
        )  # fmt: skip
    if path.is_dir():
        return _read_corpus(open_corpus(path).of(modality), classes, modality, on_step)
    if path.suffix.lower() not in TABLE_SUFFIXES:
        fail(
            "read_features", f"{modality} source", f"be a table ({', '.join(TABLE_SUFFIXES)})",
            path.name, "Export the features as CSV, or name the folder of recordings.",
        )  # fmt: skip
    read = read_feature_table(path, modality)
    offered = emotion_schemes(set(read.labels))
    return Source(*map_classes(read, _mapping(classes, offered) if classes else None))


def _mapping(text: str, offered: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Return the mapping that a text names or writes out."""
    if text in SCHEMES and len(set(offered.get(text, {}).values())) < 2:
        fail(
            "read_source", "classes", "name a scheme that fits the labels",
            f"{text!r}, which leaves no two classes", "Write out: label,label=class,label=class",
        )  # fmt: skip
    return offered[text] if text in offered else parse_classes(text)


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


def _read_corpus(
    corpus: Corpus, classes: str, modality: Modality, on_step: OnStep | None
) -> Source:
    """Return the features of a corpus, cleaned and summed up recording by recording."""
    asked = classes or ("quadrants" if corpus.rated else "")
    chosen = corpus.in_classes(_mapping(asked, corpus.schemes)) if asked else corpus
    cache = open_cache()
    rows = list(_rows(chosen, modality, cache, on_step))
    cache.trim()
    if not rows:
        fail(
            "read_source", f"{modality} source", "hold recordings that have a class",
            f"none of {len(corpus)} in {corpus.folder.name}", "Map its labels to other classes.",
        )  # fmt: skip
    return Source(_joined(rows), chosen.told())


def _rows(
    corpus: Corpus, modality: Modality, cache: FeatureCache, on_step: OnStep | None
) -> Iterator[Features]:
    """Yield the features of one recording after the other: kept ones, or computed now."""
    compute = _eeg_row(corpus.lowest_hz) if modality == "eeg" else _speech_row()
    settings = f"{modality}, above {corpus.lowest_hz:g} Hz"
    for recording in corpus:
        key = cache.key(recording, settings)
        row = cache.get(key)
        if row is None:
            row = _kept(recording, compute(recording))
            cache.put(key, row)
        yield _features(recording, row)
        if on_step is not None:
            on_step(f"{recording.subject} {recording.trial}")


def _eeg_row(lowest_hz: float) -> Callable[[Recording], Features]:
    """Return what turns EEG into a row, in the bands above ``lowest_hz``."""
    from jmml_edu.features.eeg import BANDS, eeg_features
    from jmml_edu.preprocess.eeg import clean_eeg

    bands = {name: edges for name, edges in BANDS.items() if edges[0] >= lowest_hz}
    return lambda recording: eeg_features([clean_eeg(recording)], bands=bands)


def _speech_row() -> Callable[[Recording], Features]:
    """Return what turns speech into a row."""
    from jmml_edu.features.speech import speech_features
    from jmml_edu.preprocess.speech import clean_speech

    return lambda recording: speech_features([clean_speech(recording)])


def _kept(recording: Recording, features: Features) -> KeptRow:
    """Return what is worth keeping of features: not who and what, which the corpus knows."""
    steps = features.provenance.steps[len(recording.provenance.steps) :]
    return KeptRow(features.names, tuple(map(float, features.values[0])), steps)


def _features(recording: Recording, row: KeptRow) -> Features:
    """Return a row as features of its recording."""
    origin = recording.provenance
    return Features(
        values=np.array([row.values], dtype=float),
        names=row.names,
        modality=recording.modality,
        subjects=np.array([recording.subject]),
        labels=np.array([recording.label]),
        trials=np.array([recording.trial]),
        stimuli=np.array([recording.stimulus]),
        provenance=replace(origin, steps=(*origin.steps, *row.steps)),
    )


def _joined(rows: Sequence[Features]) -> Features:
    """Return rows as one table, with the steps that every one of them went through."""
    for row in rows:
        if row.names != rows[0].names:
            fail(
                "read_source", "recordings", "have the same channels in the same order",
                f"{len(row.names)} features of {row.subjects[0]} {row.trials[0]}, but"
                f" {len(rows[0].names)} of the first, or others", "Keep what all of them have.",
            )  # fmt: skip
    origins = list(dict.fromkeys(row.provenance for row in rows))
    shared = tuple(s for s in origins[0].steps if all(s in origin.steps for origin in origins))
    sources = " + ".join(dict.fromkeys(origin.source for origin in origins))
    return Features(
        values=np.concatenate([row.values for row in rows]),
        names=rows[0].names,
        modality=rows[0].modality,
        subjects=np.concatenate([row.subjects for row in rows]),
        labels=np.concatenate([row.labels for row in rows]),
        trials=np.concatenate([row.trials for row in rows]),
        stimuli=np.concatenate([row.stimuli for row in rows]),
        provenance=Provenance(sources, any(o.simulated for o in origins), shared),
    )
