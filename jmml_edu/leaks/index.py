"""What is known of each sample: features, pairs or a table go in, one name per row and kind out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_same_rows, fail
from jmml_edu.corpora.table import COLUMN_NAMES
from jmml_edu.data import Features
from jmml_edu.missing import Matrix

if TYPE_CHECKING:
    import pandas as pd

Names = np.ndarray
"""One string per row; an empty one is unknown."""

_SESSIONS = ("session", "session_id")
_START, _LENGTH = "start_s", "length_s"


@dataclass(frozen=True, eq=False)
class Index:
    """What is known of each row.

    Attributes
    ----------
    n_rows
        How many rows there are.
    names
        For each of ``"subject"``, ``"session"``, ``"trial"`` and ``"stimulus"`` that is known: the
        name per row. Sessions and trials are named within their subject.
    labels
        The label per row; none where nobody knows them.
    values
        Row x feature, or nothing.
    start_s, length_s
        Where each row's window begins in its recording and how long it is, or nothing.
    """

    n_rows: int
    names: Mapping[str, Names]
    labels: Names | None
    values: Matrix | None
    start_s: Float[np.ndarray, " row"] | None
    length_s: Float[np.ndarray, " row"] | None

    @property
    def recordings(self) -> Names:
        """What a window is cut from: its trial, else its session, else its subject."""
        for kind in ("trial", "session", "subject"):
            if kind in self.names:
                return self.names[kind]
        return np.full(self.n_rows, "the recording", dtype=object)


def index_of(described: Features | pd.DataFrame, values: Matrix | None = None) -> Index:
    """Return what features or a table say of their rows.

    Parameters
    ----------
    described
        Features, or a table with any of the columns that ``COLUMN_NAMES`` lists for subjects,
        trials, stimuli and labels, ``session``, ``start_s`` and ``length_s``.
    values
        Row x feature; None takes those of the features.

    Raises
    ------
    InputError
        If a table has no such column, or two for the same thing, or the values have other rows.
    """
    if isinstance(described, Features):
        values = described.values if values is None else values
        columns = {key: getattr(described, key) for key in COLUMN_NAMES}
        start_s = length_s = None
    else:
        columns = _columns(described)
        start_s, length_s = (_numbers(described, name) for name in (_START, _LENGTH))
    if values is not None:
        check_same_rows("find_leaks", index=described, values=values)
    known = {key: column for key, column in columns.items() if (column != "").any()}
    names, labels = _within_subjects(known), known.get("labels")
    return Index(len(described), names, labels, values, start_s, length_s)


def _within_subjects(columns: Mapping[str, Names]) -> dict[str, Names]:
    """Return names of which the same means the same: trials of two people may be called alike."""
    names = {"subject": columns["subjects"]} if "subjects" in columns else {}
    for kind, key in (("session", "sessions"), ("trial", "trials")):
        if key in columns:
            above = [names[part] for part in ("session", "subject") if part in names][:1]
            names[kind] = _joined(*above, columns[key])
    if "stimuli" in columns:
        names["stimulus"] = columns["stimuli"]
    return names


def _joined(*parts: Names) -> Names:
    """Return names with a stroke between their parts; if one part is unknown, so is the whole."""
    rows = zip(*parts, strict=True)
    return np.array(["/".join(row) if all(row) else "" for row in rows], dtype=object)


def _columns(frame: pd.DataFrame) -> dict[str, Names]:
    """Return the describing columns of a table, as text."""
    found = {}
    for key, called in (*COLUMN_NAMES.items(), ("sessions", _SESSIONS)):
        there = [name for name in called if name in frame.columns]
        if len(there) > 1:
            fail(
                "find_leaks", "index", f"have one column for the {called[0]}", there,
                "Leave out all but one.",
            )  # fmt: skip
        if there:
            column = frame[there[0]]
            text = column.astype(str).str.strip().where(column.notna(), "")
            found[key] = text.to_numpy(dtype=object)
    if not found.keys() - {"labels"}:
        fail(
            "find_leaks", "index", "say who, which trial or which stimulus each row is",
            f"columns {list(frame.columns[:8])}",
            "Name a column subject, session, trial or stimulus.",
        )  # fmt: skip
    return found


def _numbers(frame: pd.DataFrame, name: str) -> Float[np.ndarray, " row"] | None:
    """Return a column of numbers, if it is there."""
    return frame[name].to_numpy(dtype=float) if name in frame.columns else None
