"""nEMO, Polish acted emotional speech: a folder with ``data.tsv`` and ``samples/*.wav``.

Christop, "nEMO: Dataset of Emotional Speech in Polish", LREC-COLING 2024; CC BY-NC-SA 4.0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.corpora.table_text import read_text
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Provenance, Recording

INDEX_NAME = "data.tsv"
COLUMNS = ("file_id", "emotion", "raw_text", "speaker_id")


def is_nemo(folder: Path) -> bool:
    """Return whether a folder looks like nEMO."""
    index = folder / INDEX_NAME
    if not index.is_file():
        return False
    return set(COLUMNS) <= set(read_text(index).partition("\n")[0].strip().split("\t"))


def read_nemo(folder: Path) -> Iterator[Recording]:
    """Yield the utterances that ``data.tsv`` lists, one at a time.

    Raises
    ------
    InputError
        If a listed file is missing or cannot be read.
    """
    provenance = Provenance(f"nEMO ({folder.name})", simulated=False)
    text = io.StringIO(read_text(folder / INDEX_NAME))
    rows = list(csv.DictReader(text, delimiter="\t", restval=""))
    torn = [number for number, row in enumerate(rows, 1) if not all(row[c] for c in COLUMNS)]
    if torn or not rows:
        fail(
            "read_nemo", INDEX_NAME, f"list recordings with {', '.join(COLUMNS)}",
            f"nothing there in row {torn[0]}" if torn else "none", "Unpack the corpus again.",
        )  # fmt: skip
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
