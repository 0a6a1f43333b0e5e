"""Feature tables: one row per trial, with columns for who, which class, and the features.

So that features made elsewhere (eGeMAPS, wav2vec, published EEG features) can walk the road.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.data import MODALITIES, Features, Modality, Provenance

if TYPE_CHECKING:
    import pandas as pd

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "subjects": ("subject", "participant", "speaker", "subject_id", "participant_id", "speaker_id"),
    "labels": ("label", "emotion", "class", "condition"),
    "trials": ("trial", "trial_id", "file_id"),
    "stimuli": ("stimulus", "text", "sentence"),
}
"""What each describing column may be called, the preferred name first."""

PROVENANCE_MARK = "# provenance: "
"""A first line that begins so says in JSON where the table comes from."""


def read_feature_table(path: Path, modality: Modality) -> Features:
    """Return the features of one modality from a CSV, TSV or Parquet table.

    Describing columns are found by name (see ``COLUMN_NAMES``). If any column begins with
    ``eeg_`` or ``speech_``, the table holds pairs and only this modality's columns are taken,
    without the prefix; else every other column is a feature. In a table of pairs a row whose EEG
    cells are all empty has no EEG and is left out here.

    Raises
    ------
    InputError
        If there is no such file, no subject column, a feature that is not a number, or a missing
        cell.
    """
    frame, provenance = _read_frame(path)
    columns = {key: _find_column(frame, names) for key, names in COLUMN_NAMES.items()}
    for key in ("subjects", "labels"):
        if columns[key] is None:
            fail(
                "read_feature_table", path.name, f"have a column {COLUMN_NAMES[key][0]!r}",
                f"columns {list(frame.columns[:8])}",
                f"Name it {' or '.join(COLUMN_NAMES[key])}.",
            )  # fmt: skip
    features = _feature_columns(frame, [c for c in columns.values() if c], modality, path)
    if modality == "eeg":
        frame = frame[frame[list(features)].notna().any(axis=1)]
    described = {
        key: frame[column].fillna("").str.strip().to_numpy(dtype=object) if column else None
        for key, column in columns.items()
    }
    if described["trials"] is None:
        described["trials"] = np.array([str(row) for row in range(len(frame))], dtype=object)
    return Features(
        values=_numbers(frame, list(features), path),
        names=tuple(features.values()),
        modality=modality,
        provenance=provenance,
        **{key: column for key, column in described.items() if column is not None},
    )


def write_pairs_table(path: Path, eeg: Features, speech: Features, *, digits: int = 5) -> None:
    """Write paired features as one CSV with ``eeg_`` and ``speech_`` columns.

    Rows are those of ``speech``; values keep ``digits`` significant digits.
    """
    import pandas as pd

    described = pd.DataFrame(
        {"subject": speech.subjects, "trial": speech.trials, "label": speech.labels}
    )
    if (speech.stimuli != "").any():
        described["stimulus"] = speech.stimuli
    frames = [described] + [
        pd.DataFrame(f.values, columns=[f"{f.modality}_{name}" for name in f.names])
        for f in (eeg, speech)
    ]
    provenance = eeg.provenance.joined_with(speech.provenance)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(PROVENANCE_MARK + json.dumps(asdict(provenance)) + "\n")
        pd.concat(frames, axis=1).to_csv(
            file, index=False, float_format=f"%.{digits}g", lineterminator="\n"
        )


def has_pairs(path: Path) -> bool:
    """Return whether a table holds columns of both modalities."""
    frame, _ = _read_frame(path, rows=0)
    return all(any(c.startswith(f"{m}_") for c in frame.columns) for m in MODALITIES)


def _read_frame(path: Path, rows: int | None = None) -> tuple[pd.DataFrame, Provenance]:
    """Return the table, describing columns as text, and where it comes from."""
    import pandas as pd

    provenance = Provenance(path.name, simulated=False)
    texts = {name: str for names in COLUMN_NAMES.values() for name in names}
    if path.suffix == ".parquet":
        return _read_parquet(path), provenance
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline()
    if not first.strip():
        fail("read_feature_table", path.name, "hold a table", "an empty file", "Export it again.")
    marked = first.startswith(PROVENANCE_MARK)
    if marked:
        stored = json.loads(first.removeprefix(PROVENANCE_MARK))
        provenance = replace(Provenance(**stored), steps=tuple(stored["steps"]))
    frame = pd.read_csv(
        path,
        sep="\t" if path.suffix == ".tsv" else ",",
        skiprows=int(marked),
        nrows=rows,
        dtype=texts,
        encoding="utf-8-sig",
    )
    return frame, provenance


def _read_parquet(path: Path) -> pd.DataFrame:
    """Return a Parquet table, or say what reads it."""
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ImportError:
        fail(
            "read_feature_table", path.name, "be readable here", "no Parquet reader",
            "Install it with: pip install 'jmml_edu[parquet]', or export the table as CSV.",
        )  # fmt: skip
    texts = [name for names in COLUMN_NAMES.values() for name in names if name in frame]
    return frame.astype(dict.fromkeys(texts, str))


def _find_column(frame: pd.DataFrame, names: Sequence[str]) -> str | None:
    """Return the first of these names that the table has."""
    return next((name for name in names if name in frame.columns), None)


def _feature_columns(
    frame: pd.DataFrame, describing: Sequence[str], modality: Modality, path: Path
) -> dict[str, str]:
    """Return the columns of this modality and the names of the features in them."""
    others = [column for column in frame.columns if column not in describing]
    prefixes = tuple(f"{m}_" for m in MODALITIES)
    if any(column.startswith(prefixes) for column in others):
        prefix = f"{modality}_"
        chosen = {c: c.removeprefix(prefix) for c in others if c.startswith(prefix)}
    else:
        chosen = {column: column for column in others}
    if not chosen:
        fail(
            "read_feature_table", path.name, f"have {modality} features",
            f"columns {list(frame.columns[:8])}", f"Begin their names with {modality}_.",
        )  # fmt: skip
    return chosen


def _numbers(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> np.ndarray:
    """Return the features as numbers, or say which cell is none."""
    for column in columns:
        if frame[column].dtype.kind not in "fiub":
            text = next(v for v in frame[column] if not _is_number(v))
            fail(
                "read_feature_table", path.name, "hold numbers in feature columns",
                f"{text!r} in column {column!r}",
                f"Remove the column, or name it as one of {sorted(COLUMN_NAMES)}.",
            )  # fmt: skip
    values = frame[list(columns)].to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        row, place = (int(i[0]) for i in np.nonzero(bad))
        fail(
            "read_feature_table", path.name, "have no missing cell in a row that it uses",
            f"{int(bad.sum())} missing, the first in data row {row + 1}, column"
            f" {columns[place]!r}",
            "Fill them or delete those rows.",
        )  # fmt: skip
    return values


def _is_number(value: object) -> bool:
    """Return whether a cell reads as a number."""
    try:
        float(str(value))
    except ValueError:
        return False
    return True
