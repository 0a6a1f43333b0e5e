"""A folder of recordings with a table that says what each is: ``recordings.csv``.

Columns ``file, modality, subject, trial, label`` and, if known, ``stimulus``. The samples of the
package are laid out so, and a lab's own recordings can be.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.corpora.eeg_file import read_eeg
from jmml_edu.corpora.table_text import parse_provenance, read_text
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import MODALITIES, Modality, Provenance, Recording

INDEX_NAME = "recordings.csv"
COLUMNS = ("file", "modality", "subject", "trial", "label")
PROVENANCE_NAME = "provenance.json"
"""Optional beside the index: ``{"source": ..., "simulated": true}``."""


def is_indexed(folder: Path) -> bool:
    """Return whether a folder has the table."""
    return (folder / INDEX_NAME).is_file()


def read_indexed(folder: Path, modality: Modality) -> Iterator[Recording]:
    """Yield the listed recordings of one modality, one at a time.

    Raises
    ------
    InputError
        If the table lacks a column, names an unknown modality, or a file cannot be read.
    """
    rows = _read_index(folder)
    provenance = _read_provenance(folder)
    read = read_eeg if modality == "eeg" else read_wav
    for row in rows:
        if row["modality"] == modality:
            yield read(
                folder / row["file"],
                subject=row["subject"],
                label=row["label"],
                trial=row["trial"],
                stimulus=row.get("stimulus", ""),
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
    return rows


def _read_provenance(folder: Path) -> Provenance:
    """Return what the folder says of itself, else that it was recorded."""
    said = folder / PROVENANCE_NAME
    if not said.is_file():
        return Provenance(folder.name, simulated=False)
    return parse_provenance(said, read_text(said))
