"""A split and an index go in; what the training set knows of the test set comes out, named.

Names, values and times are compared; no signal is looked at and nothing is fitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int
from numpy.typing import ArrayLike

from jmml_edu._checks import fail
from jmml_edu.data import UNLABELLED, Features, Pairs, Split
from jmml_edu.leaks.index import Index, Names, index_of
from jmml_edu.leaks.kinds import KINDS, Found, Leak, told
from jmml_edu.leaks.values import contents, near_twins
from jmml_edu.leaks.windows import windows_on_both_sides
from jmml_edu.missing import Matrix

if TYPE_CHECKING:
    import pandas as pd

Rows = Int[np.ndarray, " _"]
Sides = tuple[Rows, Rows]


def find_leaks(
    split: Split | tuple[ArrayLike, ArrayLike],
    index: Features | Pairs | pd.DataFrame,
    *,
    values: Matrix | None = None,
) -> tuple[Leak, ...]:
    """Look at a split and an index and name what leaks from test to training.

    Parameters
    ----------
    split
        A split, or row numbers of training and of test.
    index
        What each row is: features, pairs, or a table with any of the columns ``subject`` (or
        ``speaker``), ``session``, ``trial``, ``stimulus`` (or ``text``), ``label``. Cells that are
        empty are unknown and not compared. With ``start_s``, the start of each row's window in its
        recording, neighbouring windows are found; with ``length_s`` too, overlapping ones.
    values
        Row x feature, to find copies; None takes those of features or of the speech of pairs.

    Returns
    -------
    leaks
        The most serious first; nothing if nothing was found. They may be nested: windows of one
        trial on both sides are rows of one subject on both sides, too.

    Raises
    ------
    InputError
        If a row number is not in the index, or the index says nothing of its rows.

    Notes
    -----
    Of pairs, the speech is compared, and then the EEG partners: a partner that was chosen by the
    label gives the label away at test; EEG of a tested person or trial must not have been learned
    from.

    No leak does not mean that the score is honest. What happened before or beside the split cannot
    be seen in it: features that were scaled, selected, or projected on all rows; a shared space
    that was fitted on all rows; an epoch, a setting or a seed that was chosen on the test rows;
    copies that were scaled differently on each side; one person under two names. See
    :mod:`jmml_edu.leakage`, where each of these mistakes is made on purpose.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.DataFrame({"subject": ["a", "a", "b", "b"], "label": ["x", "y", "x", "y"]})
    >>> leak, = find_leaks((np.array([0, 2]), np.array([1])), index)
    >>> leak.kind, leak.severity
    ('subject', 'only valid for known people')
    >>> find_leaks(Split(np.array([0, 1]), np.array([2, 3]), "subject"), index)
    ()
    """
    speech = index.speech if isinstance(index, Pairs) else index
    known = index_of(speech, values)
    train, test, by = _sides(split, known.n_rows)
    # A row that is on both sides is told of once; the other leaks are of the other rows.
    others = train, np.setdiff1d(test, train)
    found = {
        "row": _rows_on_both_sides(train, test),
        **_copies(known, others),
        **windows_on_both_sides(known, *others),
        **{kind: _shared(names, known, others) for kind, names in known.names.items()},
    }
    if isinstance(index, Pairs):
        found |= _partners(index, others)
    return tuple(
        told(kind, found[kind], by) for kind in KINDS if kind in found and found[kind].n_groups
    )


def _sides(split: Split | tuple[ArrayLike, ArrayLike], n_rows: int) -> tuple[Rows, Rows, str]:
    """Return the rows of training and of test, each once, and what the split says it is by."""
    train, test = (split.train, split.test) if isinstance(split, Split) else split
    by = split.by if isinstance(split, Split) else ""
    return _row_numbers("train", train, n_rows), _row_numbers("test", test, n_rows), by


def _row_numbers(side: str, rows: ArrayLike, n_rows: int) -> Rows:
    """Return row numbers, each once; a mask is turned into them."""
    numbers = np.asarray(rows)
    if numbers.dtype == bool and numbers.shape == (n_rows,):
        return np.flatnonzero(numbers)
    whole = numbers.ndim == 1 and (numbers.dtype.kind in "iu" or not numbers.size)
    if not whole or (numbers.size and not 0 <= numbers.min() <= numbers.max() < n_rows):
        fail(
            "find_leaks", side, f"hold row numbers from 0 to {n_rows - 1}",
            f"{numbers.dtype} from {numbers.min()} to {numbers.max()}" if numbers.size else "none",
            "Split the rows of this index.",
        )  # fmt: skip
    return np.unique(numbers.astype(int))


def _rows_on_both_sides(train: Rows, test: Rows) -> Found:
    """Return the rows that are in training and in test."""
    touched = np.isin(test, train)
    return Found(int(touched.sum()), touched, _example("row {}", test[touched]))


def _example(form: str, names: np.ndarray) -> str:
    """Return the first name in words, or nothing."""
    return form.format(names[0]) if len(names) else ""


def _shared(names: Names, known: Index, sides: Sides) -> Found:
    """Return the groups that have rows on both sides."""
    train, test = sides
    _, group = np.unique(names.astype(str), return_inverse=True)
    learned = np.isin(group, group[train]) & (names != "")
    touched = learned[test]
    common = test[touched]
    lookup = None if known.labels is None else _lookup(group, known.labels, train, common)
    return Found(len(np.unique(group[common])), touched, _example("{}", names[common]), lookup)


def _lookup(group: Rows, labels: Names, train: Rows, test: Rows) -> float | None:
    """Return how often the usual label of a test row's group in training is right."""
    train, test = train[labels[train] != UNLABELLED], test[labels[test] != UNLABELLED]
    classes, label = np.unique(labels.astype(str), return_inverse=True)
    counts = np.zeros((group.max(initial=0) + 1, len(classes)), dtype=int)
    np.add.at(counts, (group[train], label[train]), 1)
    test = test[counts[group[test]].any(axis=1)]
    if not len(test):
        return None
    return float(np.mean(counts.argmax(axis=1)[group[test]] == label[test]))


def _copies(known: Index, sides: Sides) -> dict[str, Found]:
    """Return rows of values that occur on both sides, exactly or but for rounding."""
    if known.values is None:
        return {}
    old, new = near_twins(known.values, *sides)
    touched = np.isin(sides[1], new)
    pairs = np.array(
        [f"row {first} and row {second}" for first, second in zip(old, new, strict=True)]
    )
    return {
        "duplicate values": _shared(contents(known.values), known, sides),
        "near-duplicate values": Found(len(np.unique(old)), touched, _example("{}", pairs)),
    }


def _partners(pairs: Pairs, sides: Sides) -> dict[str, Found]:
    """Return what EEG partners give away, and EEG of tested people or trials in training."""
    train, test = sides
    found = {}
    if pairs.kind == "class":
        touched = pairs.has_eeg[test]
        labels = pairs.labels[test][touched]
        found["partner chosen by label"] = Found(len(set(labels)), touched, _example("{}", labels))
    eeg, speech = index_of(pairs.eeg).names, index_of(pairs.speech).names
    for kind in {"trial", "subject"} & eeg.keys() & speech.keys():
        heard, seen = speech[kind], np.where(pairs.has_eeg, eeg[kind], "")
        # Who gives EEG to their own speech stands on both sides with the speech already.
        if (heard != seen)[pairs.has_eeg].any():
            found[f"EEG {kind}"] = _learned_of(seen, heard, train, test)
    return found


def _learned_of(eeg: Names, speech: Names, train: Rows, test: Rows) -> Found:
    """Return who or what is tested, heard or seen, and gave EEG to training."""
    learned = np.array(sorted(set(eeg[train]) - {""}), dtype=object)
    seen, heard = np.isin(eeg[test], learned), np.isin(speech[test], learned)
    names = np.concatenate([eeg[test][seen], speech[test][heard]])
    return Found(len(set(names)), seen | heard, _example("{}", names))
