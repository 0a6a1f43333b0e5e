"""A folder of recordings with a table that says what each is: ``recordings.csv``.

Columns ``file, modality, subject, trial, label`` and, if known, ``session`` and ``stimulus``. The
samples of the package are laid out so, and a lab's own recordings can be: speech in any format that
libsndfile reads, EEG in any that MNE reads.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.eeg_file import read_eeg
from jmml_edu.corpora.listing import Listing, corpus_of, inside, read_sounds
from jmml_edu.corpora.table_text import parse_provenance, read_text
from jmml_edu.data import MODALITIES, Provenance, Recording

INDEX_NAME = "recordings.csv"
COLUMNS = ("file", "modality", "subject", "trial", "label")
PROVENANCE_NAME = "provenance.json"
"""Optional beside the index: ``{"source": ..., "simulated": true}``."""

ABOUT = About(
    name="your own recordings",
    holds="EEG (EDF, BDF, BrainVision, EEGLAB, FIF, EGI) and sound files, listed in a table",
    page="this package",
    access="Write recordings.csv beside your files.",
    licence="yours",
    layout="recordings.csv with columns file, modality, subject, trial, label",
)


def is_indexed(folder: Path) -> bool:
    """Return whether a folder has the table."""
    return (folder / INDEX_NAME).is_file()


def read_indexed(folder: Path) -> Corpus:
    """Return the recordings that the table lists.

    Raises
    ------
    InputError
        If the table lacks a column, names an unknown modality, a trial twice or a file outside
        the folder. A file that is missing or cannot be read raises when its turn comes.
    """
    entries = tuple(
        Entry(
            path=inside(folder, row["file"]),
            modality="eeg" if row["modality"] == "eeg" else "speech",
            subject=row["subject"],
            trial=row["trial"],
            label=row["label"],
            session=row.get("session", ""),
            stimulus=row.get("stimulus", ""),
        )
        for row in _read_index(folder)
    )
    corpus = corpus_of(ABOUT, folder, Listing(entries, (), ()), _read_file)
    return replace(corpus, provenance=_read_provenance(folder))


def _read_file(path: Path, entries: Sequence[Entry], provenance: Provenance) -> Iterator[Recording]:
    """Yield the recording of a file."""
    if entries[0].modality == "speech":
        yield from read_sounds(path, entries, provenance)
        return
    for entry in entries:
        yield read_eeg(
            path,
            subject=entry.subject,
            label=entry.label,
            trial=entry.trial,
            stimulus=entry.stimulus,
            provenance=provenance,
        )


def _read_index(folder: Path) -> list[Mapping[str, str]]:
    """Return the rows of the table, checked."""
    reader = csv.DictReader(io.StringIO(read_text(folder / INDEX_NAME)))
    rows: list[Mapping[str, str]] = list(reader)
    lacking = set(COLUMNS) - set(reader.fieldnames or ())
    if lacking or not rows:
        fail(
            "read_indexed", INDEX_NAME, f"list recordings with columns {', '.join(COLUMNS)}",
            f"{len(rows)} rows without {sorted(lacking)}", "Add what is missing.",
        )  # fmt: skip
    torn = [n for n, row in enumerate(rows, 1) if None in row or None in row.values()]
    nameless = [n for n, row in enumerate(rows, 1) if not row["file"] or not row["subject"]]
    if torn or nameless:
        fail(
            "read_indexed", INDEX_NAME, "have one cell per column, and a file and subject per row",
            f"something else in row {(torn + nameless)[0]}", "Mend that row.",
        )  # fmt: skip
    unknown = {row["modality"] for row in rows} - set(MODALITIES)
    if unknown:
        fail(
            "read_indexed", f"modality in {INDEX_NAME}", f"be one of {MODALITIES}",
            sorted(unknown), "Correct the table.",
        )  # fmt: skip
    _check_once(rows)
    return rows


def _check_once(rows: Sequence[Mapping[str, str]]) -> None:
    """Raise if a trial of a subject is listed twice; trials without a name take their file's."""
    keys = Counter((r["modality"], r["subject"], r["trial"] or Path(r["file"]).stem) for r in rows)
    twice = [key for key, count in keys.items() if count > 1]
    if twice:
        fail(
            "read_indexed", INDEX_NAME, "list each trial of a subject once",
            f"{' '.join(twice[0])} again", "Give every trial its own name.",
        )  # fmt: skip


def _read_provenance(folder: Path) -> Provenance:
    """Return what the folder says of itself, else that it was recorded."""
    said = folder / PROVENANCE_NAME
    if not said.is_file():
        return Provenance(folder.name, simulated=False)
    return parse_provenance(said, read_text(said))
