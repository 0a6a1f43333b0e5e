"""Long EEG recordings of a laboratory, with events in them: ``continuous.csv`` and ``trials.csv``.

``continuous.csv`` says whose each file is: columns ``file, subject`` and, if wanted, ``session``
and ``events``, a table of events to be used instead of those in the file. ``trials.csv`` says which
events begin a trial (:mod:`jmml_edu.corpora.windows`). Files may have any format that MNE reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.eeg_raw import check_whole, open_raw_eeg
from jmml_edu.corpora.events import Event, events_of_raw, read_event_table
from jmml_edu.corpora.listing import corpus_of, find_entries, inside
from jmml_edu.corpora.rows import read_rows
from jmml_edu.corpora.trials import Cuts, cut_at_events, notes_on, read_trials
from jmml_edu.corpora.windows import TRIALS_NAME, read_windows, schemes_of
from jmml_edu.data import UNLABELLED, Provenance, Recording

INDEX_NAME = "continuous.csv"
COLUMNS = ("file", "subject")

ABOUT = About(
    name="your own long recordings",
    holds="EEG (EDF, BDF, BrainVision, EEGLAB, FIF, EGI) with events, cut into trials",
    page="this package",
    access=f"Write {INDEX_NAME} and {TRIALS_NAME} beside your files.",
    licence="yours",
    layout=f"{INDEX_NAME} with columns file, subject[, session, events]\n"
    f"{TRIALS_NAME} with columns event, class, start_s, stop_s",
    modalities=("eeg",),
)


class Long(NamedTuple):
    """A long recording: what its trials have in common, how long it is, and its events."""

    template: Entry
    length_s: float
    events: list[Event]


def is_continuous(folder: Path) -> bool:
    """Return whether a folder has the table."""
    return (folder / INDEX_NAME).is_file()


def read_continuous(folder: Path) -> Corpus:
    """Return the trials that events cut out of the recordings that the table lists.

    The label of a trial is its event as the file calls it; ``in_classes("own")`` gives the classes
    of ``trials.csv``, and the schemes of emotions are offered where those classes, or the events,
    are words that they know. Trials of a person are numbered through each file.

    Parameters
    ----------
    folder
        With both tables; the files may lie in folders below.

    Returns
    -------
    corpus
        One trial in memory at a time. Events that are no trials are told.

    Raises
    ------
    InputError
        If a table is missing or wrong, or names an event that occurs nowhere. A file that is
        missing or cannot be read is a problem, to be mended before anything is read.
    """
    rows = {inside(folder, row["file"]): row for row in _rows(folder)}
    absent = [path for path in rows if not path.is_file()]
    found: dict[Path, Long] = {}

    def list_file(path: Path) -> Sequence[Entry] | str:
        if path not in rows:
            return [] if _belongs(path, rows, folder) else f"not in {INDEX_NAME}"
        found[path] = _open(path, rows[path], folder)
        return [found[path].template]

    listing = find_entries("read_continuous", ABOUT, folder, list_file)
    missing = tuple(f"read_continuous: file must exist; got {path.name}. Check the spelling in"
                    f" {INDEX_NAME}." for path in absent)  # fmt: skip
    listing = listing._replace(problems=(*listing.problems, *missing))
    return cut_corpus(corpus_of(ABOUT, folder, listing, _read_file), list(found.values()))


def cut_corpus(corpus: Corpus, recordings: Sequence[Long]) -> Corpus:
    """Return a corpus of long recordings as one of the trials in them, by its ``trials.csv``.

    Raises
    ------
    InputError
        If there is no such table, or it is wrong.
    """
    if not recordings:
        return replace(corpus, entries=())
    events = [event for long in recordings for event in long.events]
    windows = read_windows(corpus.folder, events=events, complete=not corpus.problems)
    cuts: list[Cuts] = [
        cut_at_events(long.template, long.events, windows, length_s=long.length_s)
        for long in recordings
    ]
    return replace(
        corpus,
        entries=tuple(entry for cut in cuts for entry in cut.entries),
        schemes=schemes_of(windows),
        notes=(*corpus.notes, *notes_on(cuts)),
    )


def _rows(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the table, each file once and with a subject."""
    rows = read_rows("read_continuous", folder / INDEX_NAME, COLUMNS)
    twice = [name for name, n in Counter(row["file"] for row in rows).items() if n > 1]
    nameless = [row["file"] for row in rows if not (row["file"] and row["subject"])]
    if twice or nameless or not rows:
        fail(
            "read_continuous", INDEX_NAME, "list each file once, with its subject",
            f"{(twice + nameless)[:1] or 'no file'}", "Correct the table.",
        )  # fmt: skip
    return rows


def _belongs(path: Path, rows: dict[Path, dict[str, str]], folder: Path) -> bool:
    """Return whether a file is one of the tables, or the other part of a recording."""
    tables = {folder / row["events"] for row in rows.values() if row.get("events")}
    parts = {listed.with_suffix(end) for listed in rows for end in (".eeg", ".vmrk", ".fdt")}
    return path in tables | parts | {folder / INDEX_NAME, folder / TRIALS_NAME}


def _open(path: Path, row: dict[str, str], folder: Path) -> Long:
    """Return what the header of a file and its events say."""
    file = open_raw_eeg(path)
    check_whole(file)
    table = row.get("events", "")
    events = read_event_table(inside(folder, table)) if table else events_of_raw(file.raw)
    session = row.get("session", "")
    template = Entry(
        path, "eeg", row["subject"], f"{session} {path.stem}".strip(), UNLABELLED,
        session=session, sample_rate_hz=file.sample_rate_hz,
    )  # fmt: skip
    return Long(template, file.raw.n_times / file.sample_rate_hz, events)


def _read_file(path: Path, entries: Sequence[Entry], provenance: Provenance) -> Iterator[Recording]:
    """Yield the trials of a file."""
    yield from read_trials(open_raw_eeg(path), entries, provenance)
