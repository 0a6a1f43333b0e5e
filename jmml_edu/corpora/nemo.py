"""nEMO, Polish acted emotional speech: a folder with ``data.tsv`` and ``samples/*.wav``.

I. Christop, "nEMO: Dataset of Emotional Speech in Polish", LREC-COLING 2024,
https://aclanthology.org/2024.lrec-main.1059.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Dropped, Entry, relative
from jmml_edu.corpora.listing import (
    SOUNDS,
    Listing,
    corpus_of,
    files_below,
    inside,
    read_sounds,
)
from jmml_edu.corpora.table_text import read_text

INDEX_NAME = "data.tsv"
COLUMNS = ("file_id", "emotion", "raw_text", "speaker_id")
ABOUT = About(
    name="nEMO",
    holds="Polish speech, 9 speakers, 6 acted emotions, 4,481 recordings",
    page="https://github.com/amu-cai/nEMO",
    access="Open: download and unpack.",
    licence="CC BY-NC-SA 4.0: not for commerce",
    layout="data.tsv\nsamples/WR0_surprised_64.wav",
    scheme="valence",
    modalities=("speech",),
    n_people=9,
)


def is_nemo(folder: Path) -> bool:
    """Return whether a folder looks like nEMO."""
    index = folder / INDEX_NAME
    if not index.is_file():
        return False
    return set(COLUMNS) <= set(read_text(index).partition("\n")[0].strip().split("\t"))


def read_nemo(folder: Path) -> Corpus:
    """Return the utterances that ``data.tsv`` lists; ``stimulus`` is what is said.

    Raises
    ------
    InputError
        If the table is torn or empty, lists a file twice, or leads out of the folder. A listed
        file that is missing or cannot be read raises when its turn comes.
    """
    text = io.StringIO(read_text(folder / INDEX_NAME))
    rows = list(csv.DictReader(text, delimiter="\t", restval=""))
    torn = [number for number, row in enumerate(rows, 1) if not all(row[c] for c in COLUMNS)]
    if torn or not rows:
        fail(
            "read_nemo", INDEX_NAME, f"list recordings with {', '.join(COLUMNS)}",
            f"nothing there in row {torn[0]}" if torn else "none", "Unpack the corpus again.",
        )  # fmt: skip
    entries = tuple(_entry(folder, row) for row in rows)
    listed = {entry.path for entry in entries}
    if len(listed) < len(entries):
        fail(
            "read_nemo", INDEX_NAME, "list each file once",
            f"{len(entries) - len(listed)} listed again", "Unpack the corpus again.",
        )  # fmt: skip
    foreign = [
        Dropped(relative(path, folder), "not in data.tsv")
        for path in files_below(folder)
        if path.suffix.lower() in SOUNDS and path not in listed
    ]
    return corpus_of(ABOUT, folder, Listing(entries, tuple(foreign), ()), read_sounds)


def _entry(folder: Path, row: Mapping[str, str]) -> Entry:
    """Return what one line of the table says."""
    name = row["file_id"].strip()
    return Entry(
        path=inside(folder, f"samples/{name}"),
        modality="speech",
        # The published index pads speakers with blanks.
        subject=row["speaker_id"].strip(),
        trial=Path(name).stem,
        label=row["emotion"].strip(),
        stimulus=row["raw_text"].strip(),
    )
