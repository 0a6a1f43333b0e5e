"""Feature tables: one row per trial, with columns for who, which class, and the features.

So that features made elsewhere (eGeMAPS, wav2vec, published EEG features) can walk the road.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.table_text import PROVENANCE_MARK, read_text_table
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


def read_feature_table(path: Path, modality: Modality) -> Features:
    """Return the features of one modality from a CSV, TSV or Parquet table.

    Describing columns are found by name (see ``COLUMN_NAMES``). If any column begins with
    ``eeg_`` or ``speech_``, the table holds pairs and only this modality's columns are taken,
    without the prefix; else every other column is a feature. In a table of pairs a row whose EEG
    cells are all empty has no EEG and is left out here; without a column of trials, each row is
    one. In any other table trials are then unknown.

    Raises
    ------
    InputError
        If there is no such file, no subject column, a feature that is not a number, or a missing
        cell.
    """
    frame, provenance = _read_frame(path)
    if frame.empty:
        fail("read_feature_table", path.name, "have rows", "a header only", "Export it again.")
    columns = {key: _find_column(frame, names, path) for key, names in COLUMN_NAMES.items()}
    for key in ("subjects", "labels"):
        if columns[key] is None:
            fail(
                "read_feature_table", path.name, f"have a column {COLUMN_NAMES[key][0]!r}",
                f"columns {list(frame.columns[:8])}",
                f"Name it {' or '.join(COLUMN_NAMES[key])}.",
            )  # fmt: skip
    features = _feature_columns(frame, [c for c in columns.values() if c], modality, path)
    holds_pairs = list(features) != list(features.values())
    if modality == "eeg" and holds_pairs:
        frame = frame[frame[list(features)].notna().any(axis=1)]
    # In a table of pairs the row in the file is the trial; elsewhere a row number joins nothing.
    rows = frame.index.astype(str) if holds_pairs else np.full(len(frame), "")
    described = {"trials": np.array(rows, dtype=object)} | {
        key: frame[column].fillna("").str.strip().to_numpy(dtype=object)
        for key, column in columns.items()
        if column
    }
    _check_named(described["subjects"], path)
    return Features(
        values=_numbers(frame, list(features), path),
        names=tuple(features.values()),
        modality=modality,
        provenance=provenance,
        **described,
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


def _read_frame(path: Path) -> tuple[pd.DataFrame, Provenance]:
    """Return the table, describing columns as text, and where it comes from."""
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path), Provenance(path.name, simulated=False)
    texts = [name for names in COLUMN_NAMES.values() for name in names]
    return read_text_table(path, texts)


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


def _find_column(frame: pd.DataFrame, names: Sequence[str], path: Path) -> str | None:
    """Return the one of these names that the table has."""
    found = [name for name in names if name in frame.columns]
    if len(found) > 1:
        fail(
            "read_feature_table", path.name, f"have one column for the {names[0]}", found,
            "Remove all but one: the others are no features.",
        )  # fmt: skip
    return found[0] if found else None


def _check_named(subjects: np.ndarray, path: Path) -> None:
    """Raise if a row does not say whose it is."""
    nameless = np.flatnonzero(subjects == "")
    if len(nameless):
        fail(
            "read_feature_table", path.name, "name the subject of every row",
            f"{len(nameless)} without, the first in data row {nameless[0] + 1}", "Fill them in.",
        )  # fmt: skip


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
    import pandas as pd

    numbers = frame[list(columns)].apply(pd.to_numeric, errors="coerce")
    text = numbers.isna() & frame[list(columns)].notna()
    if text.to_numpy().any():
        column = text.any().idxmax()
        fail(
            "read_feature_table", path.name, "hold numbers in feature columns",
            f"{frame[column][text[column]].iloc[0]!r} in column {column!r}",
            f"Remove the column, or name it as one of {[n[0] for n in COLUMN_NAMES.values()]}.",
        )  # fmt: skip
    values = numbers.to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        row, place = (int(i[0]) for i in np.nonzero(bad))
        fail(
            "read_feature_table", path.name, "have no missing cell in a row that it uses",
            f"{int(bad.sum())} missing, the first in data row {frame.index[row] + 1},"
            f" column {columns[place]!r}", "Fill them or delete those rows.",
        )  # fmt: skip
    return values
