"""``trials.csv``: which events of a long EEG recording are trials, of which class, how long.

Nothing about that is guessed. The label of a trial is the event as its file calls it; the class is
a mapping like any other and can be replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, nan
from pathlib import Path
from typing import NamedTuple

from jmml_edu._checks import fail
from jmml_edu.corpora.emotions import SCHEMES
from jmml_edu.corpora.events import Event, counted
from jmml_edu.corpora.rows import read_rows

TRIALS_NAME = "trials.csv"
COLUMNS = ("event", "class", "start_s", "stop_s")
OWN = "own"
"""The name of the scheme that ``trials.csv`` writes out."""

HOW = (
    f"Write {TRIALS_NAME} into the folder: event,class,start_s,stop_s, one line for each event that"
    " begins a trial, with seconds from the event."
)


class Window(NamedTuple):
    """A line of ``trials.csv``: an event, its class, and when a trial begins and ends around it.

    ``stop_s`` is NaN where a trial lasts as long as its event does.
    """

    name: str
    start_s: float
    stop_s: float


def read_windows(folder: Path, *, events: Sequence[Event], complete: bool) -> dict[str, Window]:
    """Return which events are trials, from ``trials.csv`` in the folder.

    Parameters
    ----------
    folder
        Of the recordings.
    events
        All that occur in them, to be named where the table is missing or wrong.
    complete
        False if recordings could not be opened: an event may then occur in those alone.

    Raises
    ------
    InputError
        If there is no table, an event stands in it twice or occurs nowhere, or its times are none.
    """
    path = folder / TRIALS_NAME
    if not path.is_file():
        fail("read_trials", TRIALS_NAME, "say which events are trials",
             f"no such file; the events are {counted(events)}", HOW)  # fmt: skip
    windows: dict[str, Window] = {}
    for row in read_rows("read_trials", path, COLUMNS):
        if row["event"] in windows:
            fail("read_trials", TRIALS_NAME, "have one line for each event",
                 f"{row['event']!r} twice", "Remove one of them.")  # fmt: skip
        windows[row["event"]] = _window(row)
    strangers = sorted(set(windows) - {event.name for event in events})
    if (strangers and complete) or not windows:
        fail("read_trials", TRIALS_NAME, "name events that occur",
             f"{strangers}; the events are {counted(events)}", "Correct the spelling.")  # fmt: skip
    return windows


def _window(row: Mapping[str, str]) -> Window:
    """Return a line of the table, checked."""
    try:
        start_s = float(row["start_s"] or 0)
        stop_s = float(row["stop_s"] or nan)
    except ValueError:
        start_s, stop_s = 0.0, 0.0
    if not (isnan(stop_s) or start_s < stop_s):
        fail(
            "read_trials", TRIALS_NAME, "hold seconds, start_s before stop_s",
            f"{row['start_s']!r} and {row['stop_s']!r} for {row['event']!r}",
            "Correct the line; an empty stop_s means as long as the event lasts.",
        )  # fmt: skip
    return Window(row["class"], start_s, stop_s)


def schemes_of(windows: Mapping[str, Window]) -> dict[str, dict[str, str]]:
    """Return the mappings that trials offer: ``own``, and those that know the words in use.

    A word is the class that ``trials.csv`` gives an event, or else the event itself.

    Examples
    --------
    >>> schemes_of({"S 1": Window("happy", 0.0, 2.0), "S 2": Window("", 0.0, 2.0)})
    {'own': {'S 1': 'happy'}, 'quadrants': {'S 1': 'positive-aroused'}, 'valence': \
{'S 1': 'positive'}}
    """
    words = {event: window.name or event for event, window in windows.items()}
    offered = {OWN: {event: window.name for event, window in windows.items() if window.name}}
    for name, scheme in SCHEMES.items():
        offered[name] = {event: scheme[word] for event, word in words.items() if word in scheme}
    return {name: mapping for name, mapping in offered.items() if mapping}
