"""FACED: 123 people watch 28 video clips in nine emotions, four of them pleasant.

J. Chen et al., "A large finer-grained affective computing EEG dataset", Scientific Data 10, 2023,
https://doi.org/10.1038/s41597-023-02650-w. The reader takes ``Processed_data``: the last 30 s of
each clip at 250 Hz, in the order of the clips.

Two things public code disagrees on, so that they are not built in here:

- **Electrodes.** The corpus' own ``Dataset_description.md`` leaves their order to
  ``Electrode_Location.xlsx``, which numbers 32 for each of two cohorts; those who read it say that
  its note gives the order of the second cohort to all processed files (Fp1, Fp2, Fz, F3, ... O2,
  HEOR, HEOL). TorchEEG (``datasets/constants/emotion_recognition/faced.py``) has the same 30 but
  takes the last two rows for the mastoids A2 and A1; other code puts A1 and A2 in rows 17 and 18,
  where the raw files of the first cohort have them; some takes the first 32 electrodes of SEED.
- **Unit.** ``Recording_info.csv`` states the unit of each raw recording, V or uV. Some scale the
  processed data by it, others find them on one scale for everybody, most do not ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.eeg_file import PLAUSIBLE_SD_UV
from jmml_edu.corpora.faced_facts import (
    N_ROWS,
    ORDER_NAME,
    OWN_NAME,
    SCALP,
    UNITS_NAME,
    Facts,
    how_unit,
    read_facts,
)
from jmml_edu.corpora.listing import corpus_of, files_below, find_entries
from jmml_edu.corpora.pickled import read_pickled
from jmml_edu.corpora.trial_array import eeg_recording
from jmml_edu.data import Provenance, Recording

ABOUT = About(
    name="FACED",
    holds="EEG, 123 people, 28 video clips each in 9 emotions",
    page="https://doi.org/10.7303/syn50614194",
    access="On registration at Synapse: Processed_data.zip, Electrode_Location.xlsx and"
    " Recording_info.csv.",
    licence="stated on that page",
    layout=f"Processed_data/sub000.pkl\n{ORDER_NAME}\n{UNITS_NAME}\n{OWN_NAME}, if you know better:"
    ' {"electrodes": [32 names], "unit": "uV"}',
    modalities=("eeg",),
    n_people=123,
    per_person=28,
)
RATE_HZ, USUAL_S = 250.0, 30.0
EMOTIONS = tuple(
    ["anger"] * 3 + ["disgust"] * 3 + ["fear"] * 3 + ["sadness"] * 3 + ["neutral"] * 4
    + ["amusement"] * 3 + ["inspiration"] * 3 + ["joy"] * 3 + ["tenderness"] * 3
)  # fmt: skip
"""The emotion that each clip is to evoke."""

_NAME = re.compile(r"sub(\d{3})\.pkl", re.IGNORECASE)
_FEATURES = {"eeg_features", "de", "psd"}
_ITS_OWN = re.compile(
    r"(recording_info|faced|electrode_location|stimuli_info|task_event|dataset_description|readme"
    r"|datastructureofbehaviouraldata)\.(csv|json|xlsx|md)",
    re.IGNORECASE,
)


def is_faced(files: list[Path]) -> bool:
    """Return whether files are named as the processed EEG of FACED."""
    return any(_NAME.fullmatch(path.name) for path in files)


def read_faced(folder: Path) -> Corpus:
    """Return the trials of FACED; ``stimulus`` is the clip, the same for everybody.

    Only 28 clips stand for nine emotions: a model can know the clip instead of the emotion, so
    split by ``stimulus`` too where that matters. Where electrodes or unit are not known, or an
    amplitude contradicts the unit, the corpus is listed and must be mended before it is read.

    Raises
    ------
    InputError
        If no file is named so.
    """
    facts, problems = read_facts(files_below(folder))
    listing = find_entries("read_faced", ABOUT, folder, partial(_list_file, facts))
    listing = listing._replace(problems=(*problems, *listing.problems))
    notes = _notes(facts, listing.entries)
    return corpus_of(ABOUT, folder, listing, partial(_read_file, facts), notes=notes)


def _notes(facts: Facts | None, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return in sentences what is left out, and where the facts come from."""
    notes = []
    if facts is not None:
        others = [name for name in facts.names if name not in SCALP]
        notes.append(
            f"{len(others)} of {N_ROWS} rows left out, no EEG of the scalp: {', '.join(others)}."
        )
    lengths = sorted({entry.duration_s for entry in entries} - {USUAL_S})
    if lengths:
        notes.append(f"Trials of {lengths[0]:g} s instead of {USUAL_S:g} are among them.")
    return tuple(notes)


def _list_file(facts: Facts | None, path: Path) -> Sequence[Entry] | str:
    """Return the trials of one person."""
    found = _NAME.fullmatch(path.name)
    if _FEATURES & {part.lower() for part in path.parts[:-1]}:
        return "features, no signal"
    if not found:
        return [] if _ITS_OWN.fullmatch(path.name) else "no processed EEG of FACED"
    data = _array(path)
    if facts is not None:
        _check_unit(path, data[0, facts.rows], facts, found.group(1))
    return [
        Entry(
            path,
            "eeg",
            f"FACED {found.group(1)}",
            f"{clip + 1:02d}",
            emotion,
            stimulus=f"clip {clip + 1:02d}",
            place=clip,
            sample_rate_hz=RATE_HZ,
            duration_s=data.shape[2] / RATE_HZ,
        )
        for clip, emotion in enumerate(EMOTIONS)
    ]


def _array(path: Path) -> np.ndarray:
    """Return the signals of one person, clip x row x time, still on disk."""
    data = read_pickled(path)
    shape: tuple[int, ...] = data.shape if isinstance(data, np.ndarray) else ()
    if len(shape) != 3 or shape[:2] != (len(EMOTIONS), N_ROWS) or not shape[2]:
        fail(
            "read_faced", "file", f"hold an array ({len(EMOTIONS)} clips, {N_ROWS} rows, time)",
            f"{shape or type(data).__name__} in {path.name}", "Fetch it again: Processed_data.zip.",
        )  # fmt: skip
    return data


def _check_unit(path: Path, first: np.ndarray, facts: Facts, person: str) -> None:
    """Raise if the amplitude of the first clip makes no sense in the unit that is stated."""
    factor, (low_uv, high_uv) = facts.to_uv(person), PLAUSIBLE_SD_UV
    sd_uv = factor * float(np.median(first.std(axis=1)))
    if not factor or not low_uv <= sd_uv <= high_uv:
        source = facts.unit_source
        stated = f"as {source} states it" if factor else f"of whom {source} says nothing"
        fail(
            "read_faced", "unit", f"give {low_uv:g} to {high_uv:g} uV in standard deviation",
            f"{sd_uv:.3g} uV in {path.name}, {stated}", how_unit(),
        )  # fmt: skip


def _read_file(
    facts: Facts | None, path: Path, entries: Sequence[Entry], provenance: Provenance
) -> Iterator[Recording]:
    """Yield trials of one person, each read from disk when it is asked for."""
    if facts is None:
        return  # never asked for: what is missing is a problem, and a corpus with one is not read
    data = _array(path)
    names = [facts.names[row] for row in facts.rows]
    origin = provenance.then(f"electrodes by {facts.order_source}, unit by {facts.unit_source}")
    for entry in entries:
        signal = np.asarray(data[entry.place, facts.rows], dtype=float)
        person = entry.subject.removeprefix("FACED ")
        yield eeg_recording("read_faced", entry, facts.to_uv(person) * signal, names, origin)
