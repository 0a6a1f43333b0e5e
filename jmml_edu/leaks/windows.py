"""Windows of one recording on both sides of a split: those that overlap, and those side by side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float, Int

from jmml_edu.leaks.index import Index
from jmml_edu.leaks.kinds import Found

OVERLAPPING, NEIGHBOURING = "overlapping windows", "neighbouring windows"

IsTrain = Bool[np.ndarray, " window"]


def windows_on_both_sides(
    known: Index, train: Int[np.ndarray, " train_row"], test: Int[np.ndarray, " test_row"]
) -> dict[str, Found]:
    """Return recordings whose test windows overlap training windows, or lie next to them."""
    start_s, length_s = known.start_s, known.length_s
    if start_s is None:
        return {}
    touched = {kind: np.zeros(len(start_s), dtype=bool) for kind in (OVERLAPPING, NEIGHBOURING)}
    stop_s = start_s if length_s is None else start_s + length_s
    for rows, is_train in _by_recording(known.recordings, np.isfinite(start_s), train, test):
        shares = shares_signal(start_s[rows], stop_s[rows], is_train)
        touched[OVERLAPPING][rows] = shares
        touched[NEIGHBOURING][rows] = is_next_to(start_s[rows], is_train) & ~shares
    found = {}
    for kind, of_rows in touched.items():
        names = known.recordings[of_rows]
        found[kind] = Found(len(set(names)), of_rows[test], str(names[0]) if len(names) else "")
    return found


def _by_recording(
    recordings: np.ndarray,
    timed: Bool[np.ndarray, " row"],
    train: Int[np.ndarray, " train_row"],
    test: Int[np.ndarray, " test_row"],
) -> Iterator[tuple[Int[np.ndarray, " window"], IsTrain]]:
    """Yield the rows of each recording that has windows on both sides, and which are training."""
    is_train, used = np.zeros((2, len(recordings)), dtype=bool)
    is_train[train] = True
    used[train] = used[test] = True
    rows = np.flatnonzero(used & timed & (recordings != ""))
    names = recordings[rows].astype(str)
    order = np.argsort(names, kind="stable")
    rows, names = rows[order], names[order]
    for windows in np.split(rows, np.flatnonzero(names[1:] != names[:-1]) + 1):
        if is_train[windows].any() and not is_train[windows].all():
            yield windows, is_train[windows]


def shares_signal(
    start_s: Float[np.ndarray, " window"], stop_s: Float[np.ndarray, " window"], is_train: IsTrain
) -> Bool[np.ndarray, " window"]:
    """Return which test windows of one recording share signal with a training window.

    Examples
    --------
    >>> start = np.array([0.0, 1.0, 2.0])
    >>> shares_signal(start, start + 1.5, np.array([True, False, False]))
    array([False,  True, False])
    """
    order = np.argsort(start_s[is_train])
    begin, end = start_s[is_train][order], np.maximum.accumulate(stop_s[is_train][order])
    # Of the training windows that begin before a test window ends, the last to end decides.
    n_before = np.searchsorted(begin, stop_s, side="left")
    latest = np.concatenate([[-np.inf], end])[n_before]
    shared: np.ndarray = ~is_train & (latest > start_s)
    return shared


def is_next_to(
    start_s: Float[np.ndarray, " window"], is_train: IsTrain
) -> Bool[np.ndarray, " window"]:
    """Return which test windows come right before or after a training window.

    Examples
    --------
    >>> is_next_to(np.array([0.0, 1.0, 2.0]), np.array([True, False, False]))
    array([False,  True, False])
    """
    order = np.argsort(start_s, kind="stable")
    ordered = np.concatenate([[False], is_train[order], [False]])
    beside = np.zeros(len(order), dtype=bool)
    beside[order] = ordered[:-2] | ordered[2:]
    return beside & ~is_train
