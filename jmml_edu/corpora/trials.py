"""A long EEG recording and its events -> the trials to cut out of it, and a recording of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isnan, nan
from typing import NamedTuple

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import Entry
from jmml_edu.corpora.eeg_file import origin_of
from jmml_edu.corpora.eeg_raw import RawEeg, signal_uv, told_of
from jmml_edu.corpora.events import Event
from jmml_edu.corpora.trial_array import eeg_recording
from jmml_edu.corpora.windows import TRIALS_NAME, Window
from jmml_edu.data import Provenance, Recording


class LeftOut(NamedTuple):
    """An event that is no trial, and why."""

    what: str
    why: str


class Cuts(NamedTuple):
    """The trials of one recording, the events that are none, and how many trials overlap."""

    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    n_overlapping: int


def cut_at_events(
    template: Entry, events: Sequence[Event], windows: Mapping[str, Window], *, length_s: float
) -> Cuts:
    """Return the trials that events begin, each within the recording and without a break.

    Parameters
    ----------
    template
        What is known of all trials of the recording; the number of the trial is added to its
        ``trial``.
    events
        Of the recording, in order of time.
    windows
        From :func:`read_windows`.
    length_s
        How long the recording is.

    Returns
    -------
    cuts
        In order of time.

    Raises
    ------
    InputError
        If a trial should last as long as its event, which has no length.
    """
    breaks = [_gap(event) for event in events if event.is_break and event.name not in windows]
    entries: list[Entry] = []
    left_out: list[LeftOut] = []
    n_overlapping, last_s = 0, -1.0
    for event in events:
        if event.is_break and event.name not in windows:
            continue
        window = windows.get(event.name)
        start_s, stop_s = _span(template, event, window)
        why = _unfit(event, window, (start_s, stop_s), breaks, length_s)
        if why:
            where = f" at {event.onset_s:.3f} s of {template.path.name}" if window else ""
            left_out.append(LeftOut(f"{event.name}{where}", why))
            continue
        n_overlapping += start_s < last_s
        last_s = stop_s
        entries.append(_entry(template, event, len(entries), (start_s, stop_s)))
    return Cuts(tuple(entries), tuple(left_out), n_overlapping)


def notes_on(cuts: Sequence[Cuts]) -> tuple[str, ...]:
    """Return in sentences which events are no trials, and whether trials overlap.

    Examples
    --------
    >>> notes_on([Cuts((), (LeftOut("rt", "not in trials.csv"),) * 74, 0)])
    ('74 events left out, not in trials.csv: rt.',)
    """
    reasons: dict[str, Counter[str]] = {}
    for left in (left for cut in cuts for left in cut.left_out):
        reasons.setdefault(left.why, Counter())[left.what] += 1
    notes = []
    for why, whats in reasons.items():
        shown = ", ".join([what for what, _ in whats.most_common(3)] + ["..."] * (len(whats) > 3))
        notes.append(f"{whats.total()} events left out, {why}: {shown}.")
    n_overlapping = sum(cut.n_overlapping for cut in cuts)
    if n_overlapping:
        notes.append(
            f"{n_overlapping} trials begin before the trial before them ends, and share its signal."
        )
    return tuple(notes)


def _gap(event: Event) -> tuple[float, float]:
    """Return from when to when a break lasts; an interruption is a point, whatever was cut out."""
    lasts = event.name.upper().startswith("BAD") and "BOUNDARY" not in event.name.upper()
    return event.onset_s, event.onset_s + (event.duration_s if lasts else 0.0)


def _span(template: Entry, event: Event, window: Window | None) -> tuple[float, float]:
    """Return when a trial begins and ends, in seconds from the start of the recording."""
    if window is None:
        return nan, nan
    if isnan(window.stop_s) and event.duration_s <= window.start_s:
        fail(
            "read_trials", f"stop_s in {TRIALS_NAME}", "say when a trial ends",
            f"nothing for {event.name!r}, which lasts {event.duration_s:g} s in"
            f" {template.path.name}", "Write the seconds from the event to the end of a trial.",
        )  # fmt: skip
    length_s = event.duration_s if isnan(window.stop_s) else window.stop_s
    return event.onset_s + window.start_s, event.onset_s + length_s


def _unfit(
    event: Event,
    window: Window | None,
    span: tuple[float, float],
    breaks: Sequence[tuple[float, float]],
    length_s: float,
) -> str:
    """Return why an event is no trial; nothing if it is one."""
    if window is None:
        return f"not in {TRIALS_NAME}"
    if isnan(event.onset_s):
        return "without an onset"
    if span[0] < 0 or span[1] > length_s:
        return "beyond the start or the end of the recording"
    if any(begin < span[1] and span[0] < end for begin, end in breaks):
        return "across a break or a stretch marked bad"
    return ""


def _entry(template: Entry, event: Event, place: int, span: tuple[float, float]) -> Entry:
    """Return one trial."""
    return replace(
        template,
        trial=f"{template.trial} {place + 1:03d}".strip(),
        label=event.name,
        stimulus=event.stimulus,
        place=place,
        start_s=span[0],
        duration_s=span[1] - span[0],
    )


def read_trials(
    file: RawEeg, entries: Sequence[Entry], provenance: Provenance
) -> Iterator[Recording]:
    """Yield the trials of an open recording, one in memory at a time.

    Raises
    ------
    InputError
        If the file is not as it was when it was listed, or a trial is flat or not finite.
    """
    origin = origin_of(file.path, provenance).then(file.step)
    for step in (*told_of(file), f"cut into trials by {TRIALS_NAME}"):
        origin = origin.then(step)
    rate_hz = file.sample_rate_hz
    for entry in entries:
        start = round(entry.start_s * rate_hz)
        stop = start + round(entry.duration_s * rate_hz)
        if stop > file.raw.n_times or entry.sample_rate_hz != rate_hz:
            fail(
                "read_trials", "file", f"be as it was when trial {entry.trial} was listed",
                f"{file.path.name} of {file.raw.n_times} samples at {rate_hz:g} Hz", "List again.",
            )  # fmt: skip
        signal = signal_uv(file, start=start, stop=stop)
        yield eeg_recording("read_trials", entry, signal, file.channels, origin)
