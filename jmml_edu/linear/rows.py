"""Rows of a view wherever they lie: in memory, a file, a table, a tensor, or behind a map.

Views come in as anything with a shape and rows; pieces of them go out as float64 arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from jmml_edu._checks import InputError, check_same_rows, fail

View = Any
"""Row x feature: an array, memory map, pandas frame, torch tensor, list of lists, or ``Codes``."""
Rows = slice | np.ndarray
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Codes:
    """A view seen through a linear map, computed for the rows that are asked for.

    ``Codes(view, mean, directions)[rows]`` is ``(view[rows] - mean) @ directions``; nothing
    as long as the view is ever held.
    """

    view: View
    mean: Float[np.ndarray, " feature"]
    directions: Float[np.ndarray, "feature component"]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and components."""
        return len(self.view), self.directions.shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row component"]:
        return (take(self.view, rows) - self.mean) @ self.directions

    def all(self) -> Float[np.ndarray, "row component"]:
        """Return the codes of all rows, without a centred copy of the view."""
        codes = np.empty(self.shape)
        for start in range(0, len(self), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            codes[rows] = self[rows]
        return codes


def as_view(function: str, name: str, view: View) -> View:
    """Return a view as it is, or a list as an array, if it is a matrix of numbers.

    Raises
    ------
    InputError
        If the view is not a matrix with at least one row and one column, or holds no real numbers.
    """
    if not hasattr(view, "shape"):
        view = np.asarray(view)
    if len(view.shape) != 2 or 0 in view.shape:
        fail(
            function, name, "have shape (row, column) with at least one of each",
            tuple(view.shape), "Pass one row per sample, one column per feature.",
        )  # fmt: skip
    try:
        take(view, slice(0, 1))
    except (TypeError, ValueError) as problem:
        raise InputError(
            f"{function}: {name} must hold real numbers only; got {problem}."
            " Turn text and categories into numbers, or drop those columns."
        ) from None
    return view


def check_pairs(
    function: str, eeg: View, speech: View, groups: ArrayLike | None = None
) -> tuple[View, View]:
    """Return both views if they are matrices of as many rows, and as many as there are groups."""
    eeg, speech = as_view(function, "eeg", eeg), as_view(function, "speech", speech)
    named = {"eeg": eeg, "speech": speech} | ({} if groups is None else {"groups": groups})
    check_same_rows(function, **named)
    return eeg, speech


def take(view: View, rows: Rows) -> Float[np.ndarray, "row column"]:
    """Return some rows as a float64 array, from an array, a pandas frame or a torch tensor."""
    if hasattr(view, "iloc"):
        taken: np.ndarray = view.iloc[rows].to_numpy(dtype=float, na_value=np.nan)
        return taken
    piece = view[rows]
    if hasattr(piece, "detach"):
        piece = piece.detach().cpu().double().numpy()
    if np.iscomplexobj(piece):
        raise TypeError("complex numbers")
    return np.asarray(piece, dtype=float)


def n_rows_of(view: View) -> int:
    """Return the number of rows of a view."""
    return int(np.shape(view)[0])


def n_columns(view: View) -> int:
    """Return the number of columns of a view."""
    return int(np.shape(view)[1])


def column_names(view: View) -> list[str] | None:
    """Return the names of a pandas frame's columns; other views have none."""
    return [str(name) for name in view.columns] if hasattr(view, "columns") else None


def check_finite(function: str, rows: Rows, **pieces: Float[np.ndarray, "row _"]) -> None:
    """Raise unless each piece is finite; ``rows`` are the numbers of its rows in the view."""
    for name, piece in pieces.items():
        bad = ~np.isfinite(piece)
        if bad.any():
            row, column = (int(i[0]) for i in np.nonzero(bad))
            number = rows.start + row if isinstance(rows, slice) else int(rows[row])
            fail(
                function, name, "contain finite numbers only",
                f"NaN or infinite, the first at row {number}, column {column}",
                "Drop or mend such rows first.",
            )  # fmt: skip
