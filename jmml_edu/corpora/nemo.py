"""nEMO, Polish acted emotional speech: a folder with ``data.tsv`` and ``samples/*.wav``.

Christop, "nEMO: Dataset of Emotional Speech in Polish", LREC-COLING 2024; CC BY-NC-SA 4.0.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Provenance, Recording

INDEX_NAME = "data.tsv"
COLUMNS = ("file_id", "emotion", "raw_text", "speaker_id")


def is_nemo(folder: Path) -> bool:
    """Return whether a folder looks like nEMO."""
    index = folder / INDEX_NAME
    if not index.is_file():
        return False
    with index.open(encoding="utf-8") as file:
        return set(COLUMNS) <= set(file.readline().rstrip("\n").split("\t"))


def read_nemo(folder: Path) -> Iterator[Recording]:
    """Yield the utterances that ``data.tsv`` lists, one at a time.

    Raises
    ------
    InputError
        If a listed file is missing or cannot be read.
    """
    provenance = Provenance(f"nEMO ({folder.name})", simulated=False)
    with (folder / INDEX_NAME).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if not rows:
        fail("read_nemo", INDEX_NAME, "list recordings", "none", "Unpack the corpus again.")
    for row in rows:
        yield read_wav(
            folder / "samples" / row["file_id"].strip(),
            # The published index pads speakers with blanks.
            subject=row["speaker_id"].strip(),
            label=row["emotion"].strip(),
            trial=Path(row["file_id"].strip()).stem,
            stimulus=row["raw_text"].strip(),
            provenance=provenance,
        )
