"""The events of a long EEG recording, from the file itself or from a table beside it.

A file holds annotations (text with a start and a length) or a trigger channel (a number that rises
when something happens). A table has the columns of BIDS: ``onset``, ``duration``, ``trial_type``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import isnan, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.rows import read_rows

_BREAKS = ("BAD", "EDGE", "BOUNDARY", "NEW SEGMENT")
_UNKNOWN = ("", "n/a")


class Event(NamedTuple):
    """Something that happened during a recording.

    Attributes
    ----------
    name
        What the file or the table calls it; a trigger is called by its number.
    onset_s
        When, in seconds from the first sample of the recording; NaN if unknown.
    duration_s
        How long it lasted; 0 if nobody says.
    stimulus
        Which file was shown or played, if a table says so.
    """

    name: str
    onset_s: float
    duration_s: float = 0.0
    stimulus: str = ""

    @property
    def is_break(self) -> bool:
        """Whether it marks a bad stretch or an interruption, by the words of MNE and makers.

        Examples
        --------
        >>> [Event(name, 0.0).is_break for name in ("BAD_blink", "boundary", "New Segment/", "S 1")]
        [True, True, True, False]
        """
        return self.name.upper().startswith(_BREAKS)


def events_of_raw(raw: Any) -> list[Event]:
    """Return the events in an open recording, in order of time.

    Annotations are taken; where a file has none but breaks, its trigger channels.

    Parameters
    ----------
    raw
        MNE's object.

    Returns
    -------
    events
        Counted in seconds from the first sample that is there, breaks among them.
    """
    notes = raw.annotations
    # MNE counts onsets from when its clock began, which may be long before the first sample.
    spans = zip(notes.description, notes.onset, notes.duration, strict=True)
    events = [Event(str(name), float(at - raw.first_time), float(span)) for name, at, span in spans]
    if all(event.is_break for event in events):
        events += _triggers(raw)
    return sorted(events, key=lambda event: event.onset_s)


def _triggers(raw: Any) -> list[Event]:
    """Return the rises of the trigger channels."""
    import mne

    rate_hz = float(raw.info["sfreq"])
    found: set[tuple[float, str]] = set()
    for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True):
        if kind != "stim":
            continue
        rises = mne.find_events(raw, stim_channel=name, shortest_event=1, verbose="error")
        found |= {((int(at) - raw.first_samp) / rate_hz, str(code)) for at, _, code in rises}
    return [Event(code, at) for at, code in sorted(found)]


def read_event_table(path: Path) -> list[Event]:
    """Return the events that a table lists: TSV or CSV with ``onset`` and ``duration`` in seconds.

    An event is called by its ``trial_type``, or by its ``value`` where nothing has a type. Rows
    without a name are left out; an onset of ``n/a`` is unknown, a duration of ``n/a`` is 0.

    Parameters
    ----------
    path
        Of the table.

    Returns
    -------
    events
        In order of time, those of unknown time last.

    Raises
    ------
    InputError
        If a column is missing, a line has too few cells, or a time is no number.
    """
    rows = read_rows("read_event_table", path, ("onset",))
    column = _name_column(path, rows)
    events = [
        Event(
            row[column],
            _seconds(path, number, row, "onset", unknown=nan),
            _seconds(path, number, row, "duration", unknown=0.0),
            "" if row.get("stim_file", "") in _UNKNOWN else row["stim_file"],
        )
        for number, row in enumerate(rows, 1)
        if row[column] not in _UNKNOWN
    ]
    return sorted(events, key=lambda event: (isnan(event.onset_s), event.onset_s))


def _name_column(path: Path, rows: Sequence[dict[str, str]]) -> str:
    """Return the column that names events."""
    for column in ("trial_type", "value"):
        if any(row.get(column, "") not in _UNKNOWN for row in rows):
            return column
    if not rows:
        return "onset"
    fail(
        "read_event_table", path.name, "name events in a column trial_type or value",
        f"columns {', '.join(rows[0])}", "Add the column trial_type.",
    )  # fmt: skip


def _seconds(path: Path, number: int, row: dict[str, str], column: str, *, unknown: float) -> float:
    """Return a time in a row."""
    text = row.get(column, "")
    if text in _UNKNOWN:
        return unknown
    try:
        seconds = float(text)
    except ValueError:
        seconds = nan
    if not np.isfinite(seconds) or (column == "duration" and seconds < 0):
        fail(
            "read_event_table", path.name, f"hold {column} in seconds",
            f"{text!r} in row {number}", "Correct it; write n/a where it is unknown.",
        )  # fmt: skip
    return seconds


def counted(events: Iterable[Event]) -> str:
    """Return in words which events there are, the most frequent first.

    Examples
    --------
    >>> counted([Event("rt", 1.0), Event("square", 2.0), Event("rt", 3.0)])
    'rt (2), square (1)'
    """
    counts = Counter(event.name for event in events if not event.is_break)
    shown = [f"{name} ({count})" for name, count in counts.most_common(8)]
    return ", ".join(shown + ["..."] * (len(counts) > len(shown))) or "none"
