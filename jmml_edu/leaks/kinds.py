"""The kinds of leaks in words: what each does to a score, who promised to avoid it, the remedy.

What was counted goes in; a :class:`Leak` with a sentence, or a table of them, comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Bool

if TYPE_CHECKING:
    import pandas as pd

NO_USE = "the score is of no use"


class Kind(NamedTuple):
    """One kind of leak: what is told of it.

    Attributes
    ----------
    one, several
        How the sentence begins, for one group and for more.
    severity
        What the score is still good for.
    remedy
        What to do.
    avoided_by
        Every ``Split.by`` that promises that there is no such leak.
    """

    one: str
    several: str
    severity: str
    remedy: str
    avoided_by: tuple[str, ...] = ()


_PEOPLE = ("subject", "speaker")
_ANYTHING = ("row", "trial", "session", "stimulus", *_PEOPLE)

KINDS: Mapping[str, Kind] = {
    "row": Kind(
        "row is in training and in test",
        "rows are in training and in test",
        NO_USE,
        "Take the test rows out of training.",
        _ANYTHING,
    ),
    "duplicate values": Kind(
        "row of values occurs in training and in test",
        "different rows of values occur in training and in test",
        NO_USE,
        "Keep one copy of each recording, then split.",
    ),
    "near-duplicate values": Kind(
        "training row is the same as a test row up to rounding",
        "training rows are the same as test rows up to rounding",
        NO_USE,
        "Keep one copy of each recording, then split.",
    ),
    "overlapping windows": Kind(
        "recording has test windows that share signal with training windows",
        "recordings have test windows that share signal with training windows",
        NO_USE,
        "Split by trial; within a trial leave a gap of one window.",
        ("trial", "session", *_PEOPLE),
    ),
    "neighbouring windows": Kind(
        "recording has test windows next to training windows",
        "recordings have test windows next to training windows",
        NO_USE,
        "Split by trial; within a trial leave a gap.",
        ("trial", "session", *_PEOPLE),
    ),
    "trial": Kind(
        "trial has rows on both sides",
        "trials have rows on both sides",
        NO_USE,
        "Split by trial, or better by subject.",
        ("trial", "session", *_PEOPLE),
    ),
    "partner chosen by label": Kind(
        "class has test pairs whose EEG was chosen by the label",
        "classes have test pairs whose EEG was chosen by the label",
        "only a score of speech alone means anything",
        "Judge test pairs by speech alone: their EEG gives the label away.",
    ),
    "EEG trial": Kind(
        "EEG trial is a partner on both sides",
        "EEG trials are partners on both sides",
        "only a score of speech alone means anything",
        "Split EEG and speech first, then pair within each side.",
        ("trial", "session", *_PEOPLE),
    ),
    "EEG subject": Kind(
        "person who is tested gave EEG to training pairs",
        "people who are tested gave EEG to training pairs",
        "only valid for people whose EEG is known",
        "Split the people of both recordings first, then pair within each side.",
        _PEOPLE,
    ),
    "session": Kind(
        "session has rows on both sides",
        "sessions have rows on both sides",
        "only valid within these sessions",
        "Split by session, or better by subject.",
        ("session", *_PEOPLE),
    ),
    "subject": Kind(
        "person is in training and in test",
        "people are in training and in test",
        "only valid for known people",
        "Split by subject.",
        _PEOPLE,
    ),
    "stimulus": Kind(
        "stimulus is in training and in test",
        "stimuli are in training and in test",
        "only valid for known stimuli",
        "Split by stimulus if the score is to hold for new ones.",
        ("stimulus",),
    ),
}
"""Every kind of leak, the most serious first."""


@dataclass(frozen=True)
class Leak:
    """One way in which the training set knows the test set.

    Attributes
    ----------
    kind
        One of :data:`KINDS`.
    n_groups
        How many rows, trials, people, ... stand on both sides.
    n_test_rows
        How many test rows belong to them.
    example
        The name of one of them.
    severity
        What the score is still good for, in words.
    promised
        True if the split says that it avoids this.
    lookup
        Share of these test rows, 0 to 1, whose label is the most frequent one among the training
        rows of their group: what one could score without looking at any signal. None where labels
        or groups are not known.
    sentence, remedy
        What was found, and what to do.
    """

    kind: str
    n_groups: int
    n_test_rows: int
    example: str
    severity: str
    promised: bool
    lookup: float | None
    sentence: str
    remedy: str


class Found(NamedTuple):
    """What was counted: groups on both sides, the test rows that belong to them, an example."""

    n_groups: int
    touched: Bool[np.ndarray, " test_row"]
    example: str
    lookup: float | None = None


def told(kind: str, found: Found, by: str) -> Leak:
    """Return what was counted as a leak of this kind, in a split ``by`` something."""
    words = KINDS[kind]
    n_rows = int(found.touched.sum())
    begin = words.one if found.n_groups == 1 else words.several
    promised = by in words.avoided_by
    sentence = (
        f"{found.n_groups} {begin}, for example {found.example};"
        f" it concerns {n_rows} of {len(found.touched)} test rows"
    )
    if found.lookup is not None:
        sentence += f", and the group alone tells the label of {100 * found.lookup:.0f} % of them"
    if promised:
        sentence += f", although the split is by {by}"
    return Leak(
        kind, found.n_groups, n_rows, found.example, words.severity, promised, found.lookup,
        f"{sentence}.", words.remedy,
    )  # fmt: skip


def leaks_table(leaks: Iterable[Leak]) -> pd.DataFrame:
    """Return one row per leak, in the order given; no leaks give a table without rows.

    Examples
    --------
    >>> list(leaks_table(()).columns[:3])
    ['kind', 'n_groups', 'n_test_rows']
    """
    import pandas as pd

    columns = list(Leak.__dataclass_fields__)
    return pd.DataFrame([asdict(leak) for leak in leaks], columns=columns)
