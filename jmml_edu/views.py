"""Rows of a view wherever they lie: in memory, a file, a table, a tensor, or behind a map.

Views come in as anything with a shape and rows; pieces of them go out as float64 arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from jmml_edu._checks import as_told_by, check_same_rows, fail

View = Any
"""Row x feature: an array, memory map, pandas frame, torch tensor, list of lists, or ``Codes``."""
Rows = slice | np.ndarray


def as_view(function: str, name: str, view: View) -> View:
    """Return a view as it is, or a list as an array, if it is a matrix of numbers.

    Raises
    ------
    InputError
        If the view is not a matrix with at least one row and one column, or holds no real numbers.
    """
    if not hasattr(view, "shape"):
        try:
            view = np.asarray(view)
        except ValueError:
            fail(function, name, "have rows of one length", "rows of several", "Complete them.")
    if len(view.shape) != 2 or 0 in view.shape:
        fail(
            function, name, "have shape (row, column) with at least one of each",
            tuple(view.shape), "Pass one row per sample, one column per feature.",
        )  # fmt: skip
    with as_told_by(function):
        take(view, slice(0, 1), name)
    return view


def check_pairs(
    function: str, eeg: View, speech: View, groups: ArrayLike | None = None
) -> tuple[View, View]:
    """Return both views if they are matrices of as many rows, and as many as there are groups.

    Row ``i`` of one belongs to row ``i`` of the other: by position, whatever a frame's index says.
    """
    eeg, speech = as_view(function, "eeg", eeg), as_view(function, "speech", speech)
    named = {"eeg": eeg, "speech": speech} | ({} if groups is None else {"groups": groups})
    check_same_rows(function, **named)
    if groups is not None:
        group_numbers(function, groups)
    return eeg, speech


def take(view: View, rows: Rows, name: str = "view") -> Float[np.ndarray, "row column"]:
    """Return some rows as a float64 array, from an array, a pandas frame or a torch tensor.

    Raises
    ------
    InputError
        If they are not real numbers.
    """
    try:
        if any(dtype.kind in "mM" for dtype in np.ravel(getattr(view, "dtypes", []))):
            raise TypeError("dates or times")
        if hasattr(view, "iloc"):
            piece = view.iloc[rows].to_numpy(dtype=float, na_value=np.nan)
        elif hasattr(view, "detach"):
            piece = view[rows].detach().cpu()
            piece = piece.numpy() if piece.is_complex() else piece.double().numpy()
        else:
            piece = view[rows]
        if np.iscomplexobj(piece):
            raise TypeError("complex numbers")
        if isinstance(piece, np.ma.MaskedArray):
            piece = np.ma.filled(piece.astype(float), np.nan)
        return np.asarray(piece, dtype=float)
    except (TypeError, ValueError) as problem:
        fail(
            "take", name, "hold real numbers only", problem,
            "Turn text and categories into numbers, or drop those columns.",
        )  # fmt: skip


def rounding_of(view: View) -> float:
    """Return the relative rounding error of the numbers of a view, that of its coarsest column."""
    dtypes = view.dtypes.tolist() if hasattr(view, "dtypes") else [getattr(view, "dtype", None)]
    sizes = [kind.itemsize for kind in dtypes if kind is not None and "float" in str(kind).lower()]
    return {2: 2.0**-8, 4: 2.0**-24}.get(min(sizes, default=8), 2.0**-53)


def group_numbers(function: str, groups: ArrayLike) -> Int[np.ndarray, " row"]:
    """Return the number of each row's group, in the order of sorted names.

    Raises
    ------
    InputError
        If there is not one name for each row, all of one kind.
    """
    names = np.asarray(groups)
    kinds = {"text" if isinstance(name, str) else "number" for name in names.ravel().tolist()}
    missing = names.ndim == 1 and bool((names.astype(object) != names.astype(object)).any())
    if names.ndim != 1 or len(kinds) > 1 or missing or None in names.tolist():
        fail(
            function, "groups", "hold one name for each row, all text or all numbers",
            "missing names" if missing else f"shape {names.shape} of {' and '.join(sorted(kinds))}",
            "Name who each row comes from.",
        )  # fmt: skip
    return np.unique(names, return_inverse=True)[1]


def n_rows_of(view: View) -> int:
    """Return the number of rows of a view."""
    return int(np.shape(view)[0])


def n_columns(view: View) -> int:
    """Return the number of columns of a view."""
    return int(np.shape(view)[1])


def columns_of(view: View) -> list[str] | int:
    """Return the names of a pandas frame's columns; other views have a number of them."""
    return [str(name) for name in view.columns] if hasattr(view, "columns") else n_columns(view)


def check_columns(function: str, name: str, view: View, fitted: list[str] | int) -> None:
    """Raise unless a view has the columns of fit: as many and, where known, of the same names."""
    remedy = "Bring the same columns in the same order."
    expected = fitted if isinstance(fitted, int) else len(fitted)
    if n_columns(view) != expected:
        fail(function, name, f"have the {expected} columns of fit", n_columns(view), remedy)
    now, then = columns_of(view), fitted
    if isinstance(now, int) or isinstance(then, int) or now == then:
        return
    place = [one == other for one, other in zip(now, then, strict=True)].index(False)
    fail(
        function, name, "have the columns of fit in their order",
        f"{now[place]!r} where fit had {then[place]!r} (column {place})", remedy,
    )  # fmt: skip


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
