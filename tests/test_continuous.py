"""Long recordings with events: which samples belong to which trial, and everything that goes wrong.

The signal of every made file is known, so a trial can be compared with the numbers it was made of.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import NamedTuple

import mne
import numpy as np
import pytest
from made_corpora import brain, copies
from made_events import (
    CHANNELS,
    RATE_HZ,
    TRIALS,
    length_s,
    make_bids,
    make_continuous,
    planned,
    save_long,
    write_trials,
)
from test_corpus import LISTED

from jmml_edu._checks import InputError
from jmml_edu.corpora.continuous import read_continuous
from jmml_edu.corpora.corpus import Corpus
from jmml_edu.corpora.events import events_of_raw, read_event_table
from jmml_edu.corpora.inspection import inspect_corpus
from jmml_edu.data import Recording

STEP_UV = 200 / 65_535
"""One step of the made EDF files."""


def index(folder: Path, *rows: str, columns: str = "file,subject") -> Path:
    """continuous.csv with these rows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "continuous.csv").write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return folder


def one(folder: Path, events: list[tuple[float, float, str]], *lines: str) -> np.ndarray:
    """A folder with one file of ten seconds; return its signal."""
    signal = save_long(index(folder, "a.edf,A") / "a.edf", events, seconds=10, seed=1)
    write_trials(folder, lines)
    return signal


def sentence(folder: Path) -> str:
    """What is said of a folder that cannot be read."""
    with pytest.raises(InputError) as caught:
        list(read_continuous(folder))
    return str(caught.value)


def problem(corpus: Corpus) -> str:
    """What must be mended in a corpus that could be listed."""
    (found,) = corpus.problems
    with pytest.raises(InputError):
        list(corpus)
    return found


def test_each_trial_has_the_samples_after_its_event(tmp_path: Path) -> None:
    corpus = read_continuous(make_continuous(tmp_path, ("A", "B")))
    for number, person in enumerate("AB"):
        signal = np.clip(brain(len(CHANNELS), length_s(2) * RATE_HZ, seed=number), -99, 99)
        events = [event for event in planned(2) if event[2] != "button"]
        recordings = [r for r in corpus if r.subject == person]
        assert [r.label for r in recordings] == [name for _, _, name in events]
        assert [r.trial for r in recordings] == [f"{person} {k:03d}" for k in range(1, 11)]
        for recording, (onset_s, _, _) in zip(recordings, events, strict=True):
            start = round(onset_s * RATE_HZ)
            expected = signal[:, start : start + 2 * RATE_HZ]
            assert recording.signal == pytest.approx(expected, abs=STEP_UV)
            assert recording.channels == CHANNELS


def test_a_window_may_begin_before_its_event(tmp_path: Path) -> None:
    signal = one(tmp_path, [(4.0, 0.0, "x")], "x,,-0.5,1.25")
    (recording,) = read_continuous(tmp_path)
    start = round(3.5 * RATE_HZ)
    assert recording.signal == pytest.approx(signal[:, start : start + 224], abs=STEP_UV)
    assert recording.duration_s == 1.75


def test_without_a_stop_a_trial_lasts_as_long_as_its_event(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 3.5, "x"), (6.0, 0.5, "x")], "x,,,")
    assert [r.duration_s for r in read_continuous(tmp_path)] == [3.5, 0.5]


def test_an_event_without_a_length_needs_a_stop(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x")], "x,,,")
    assert sentence(tmp_path) == (
        "read_trials: stop_s in trials.csv must say when a trial ends; got nothing for 'x', which"
        " lasts 0 s in a.edf. Write the seconds from the event to the end of a trial."
    )


def test_trials_beyond_the_recording_are_left_out_and_told(tmp_path: Path) -> None:
    one(tmp_path, [(0.25, 0.0, "x"), (4.0, 0.0, "x"), (9.0, 0.0, "x")], "x,,-0.5,1.5")
    corpus = read_continuous(tmp_path)
    assert [entry.start_s for entry in corpus.entries] == [3.5]
    assert corpus.told() == (
        "2 events left out, beyond the start or the end of the recording: x at 0.250 s of a.edf,"
        " x at 9.000 s of a.edf.",
    )


def test_a_trial_may_end_with_the_recording(tmp_path: Path) -> None:
    one(tmp_path, [(0.0, 0.0, "x"), (8.0, 0.0, "x")], "x,,0,2")
    assert len(list(read_continuous(tmp_path))) == 2


@pytest.mark.parametrize(
    ("gap", "left"),
    [
        ((4.0, 0.0, "boundary"), [1.0, 4.0]),  # at 3 s it lies within, at 4 s it begins
        ((3.5, 0.0, "New Segment/"), [1.0, 4.0]),
        ((3.5, 9.0, "boundary"), [1.0, 4.0]),  # nine seconds were cut out there, and are not there
        ((3.5, 0.25, "BAD_blink"), [1.0, 4.0]),
        ((3.5, 0.75, "bad"), [1.0]),
    ],
)
def test_no_trial_runs_across_a_break(
    tmp_path: Path, gap: tuple[float, float, str], left: list[float]
) -> None:
    events = sorted([(1.0, 0.0, "x"), (3.0, 0.0, "x"), (4.0, 0.0, "x"), gap])
    one(tmp_path, events, "x,,0,1.5")
    corpus = read_continuous(tmp_path)
    assert [entry.start_s for entry in corpus.entries] == left
    assert "left out, across a break or a stretch marked bad: x at 3.000 s" in corpus.told()[0]


def test_an_event_called_bad_that_is_listed_is_a_trial(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "bad"), (4.0, 0.0, "good")], "bad,negative,0,2", "good,positive,0,2")
    assert [r.label for r in read_continuous(tmp_path)] == ["bad", "good"]


def test_trials_that_overlap_are_told(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x"), (2.0, 0.0, "y"), (5.0, 0.0, "x")], "x,,0,2", "y,,0,2")
    corpus = read_continuous(tmp_path)
    assert len(corpus) == 3
    assert corpus.told() == (
        "1 trials begin before the trial before them ends, and share its signal.",
    )


def test_classes_are_those_written_down_and_can_be_replaced(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "S 1"), (4.0, 0.0, "S 2")], "S 1,happy,0,1", "S 2,sad,0,1")
    corpus = read_continuous(tmp_path)
    assert [r.label for r in corpus] == ["S 1", "S 2"]
    assert [r.label for r in corpus.in_classes("own")] == ["happy", "sad"]
    assert [r.label for r in corpus.in_classes("quadrants")] == [
        "positive-aroused",
        "negative-calm",
    ]
    assert [r.label for r in corpus.in_classes({"S 1": "one", "S 2": "two"})] == ["one", "two"]
    assert corpus.table()["class"].tolist() == ["positive-aroused", "negative-calm"]


def test_without_trials_csv_the_events_are_named(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "y"), (2.0, 0.0, "x"), (4.0, 0.0, "x"), (5.0, 0.0, "BAD_1")])
    (tmp_path / "trials.csv").unlink()
    assert sentence(tmp_path) == (
        "read_trials: trials.csv must say which events are trials; got no such file; the events are"
        " x (2), y (1). Write trials.csv into the folder: event,class,start_s,stop_s, one line for"
        " each event that begins a trial, with seconds from the event."
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["x,,0,1", "z,,0,1"], "must name events that occur; got ['z']; the events are x (1)"),
        (["x,,0,1", "x,,0,2"], "must have one line for each event; got 'x' twice"),
        (["x,,2,1"], "hold seconds, start_s before stop_s; got '2' and '1' for 'x'"),
        (["x,,0,soon"], "hold seconds, start_s before stop_s; got '0' and 'soon' for 'x'"),
        (["x,,nan,1"], "hold seconds, start_s before stop_s; got 'nan' and '1' for 'x'"),
        (["x,0,1"], "have one cell for each column; got 3 in line 2 for 4 columns"),
    ],
)
def test_a_wrong_trials_csv_gets_a_sentence(tmp_path: Path, lines: list[str], said: str) -> None:
    one(tmp_path, [(1.0, 0.0, "x")], *lines)
    assert said in sentence(tmp_path)


def test_a_trials_csv_without_lines_or_columns_gets_a_sentence(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x")])
    (tmp_path / "trials.csv").write_text(TRIALS + "\n")
    assert "trials.csv must name events that occur; got []; the events are x (1)" in sentence(
        tmp_path
    )
    (tmp_path / "trials.csv").write_text("event,start_s,stop_s\nx,0,1\n")
    assert sentence(tmp_path) == (
        "read_trials: trials.csv must have columns event, class, start_s, stop_s, each once; got"
        " event, start_s, stop_s. Correct its first line."
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a.edf,A", "a.edf,B"], "list each file once, with its subject; got ['a.edf']"),
        (["a.edf,"], "list each file once, with its subject; got ['a.edf']"),
        ([], "list each file once, with its subject; got no file"),
        (["../a.edf,A"], "lie in the folder of its table; got '../a.edf'"),
    ],
)
def test_a_wrong_index_gets_a_sentence(tmp_path: Path, rows: list[str], said: str) -> None:
    one(tmp_path / "in", [(1.0, 0.0, "x")], "x,,0,1")
    index(tmp_path / "in", *rows)
    assert said in sentence(tmp_path / "in")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("gone", "read_continuous: file must exist; got B.edf. Check the spelling in"),
        ("empty", "hold data; got B.edf of 0 bytes"),
        ("pointer", "hold data; got B.edf, which only points to them"),
        ("cut", "be as long as its header says; got a shorter B.edf"),
        ("foreign", "be a complete, continuous recording; got B.edf"),
    ],
)
def test_a_damaged_file_is_a_problem_and_the_others_are_listed(
    tmp_path: Path, damage: str, said: str
) -> None:
    path = make_continuous(tmp_path) / "raw" / "B.edf"
    content = {
        "empty": b"",
        "pointer": b"version https://git-lfs.github.com/spec/v1\n",
        "cut": path.read_bytes()[: -60 * RATE_HZ],
        "foreign": b"something else",
    }
    path.unlink()
    if damage in content:
        path.write_bytes(content[damage])
    corpus = read_continuous(tmp_path)
    assert said in problem(corpus)
    assert {entry.subject for entry in corpus.entries} == {"A"}
    assert len(inspect_corpus(corpus).mend) == 1


def test_a_file_of_another_format_is_a_problem(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x")], "x,,0,1")
    (tmp_path / "b.wav").write_bytes(b"RIFF")
    index(tmp_path, "a.edf,A", "b.wav,B")
    assert "read_eeg: path must end in .edf, .bdf" in problem(read_continuous(tmp_path))


def test_a_file_that_changes_after_it_was_listed_is_refused(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x"), (7.0, 0.0, "x")], "x,,0,2")
    recordings = iter(read_continuous(tmp_path))
    (tmp_path / "a.edf").unlink()
    save_long(tmp_path / "a.edf", [(1.0, 0.0, "x")], seconds=8, seed=1)
    next(recordings)
    with pytest.raises(InputError, match="be as it was when trial a 002 was listed; got"):
        next(recordings)


def test_flat_and_missing_samples_are_refused(tmp_path: Path) -> None:
    signal = brain(2, 1280, seed=3)
    signal[:, 640:900] = 5.0
    signal[1, 1000] = np.nan
    save_fif(
        index(tmp_path, "a_raw.fif,A") / "a_raw.fif", signal, [(1.0, "x"), (5.0, "x"), (7.5, "x")]
    )
    write_trials(tmp_path, ["x,,0,1"])
    recordings = iter(read_continuous(tmp_path))
    next(recordings)
    with pytest.raises(InputError, match="vary on at least one channel; got flat lines in trial"):
        next(recordings)
    broken = read_continuous(tmp_path)
    with pytest.raises(InputError, match="be finite on every channel; got 1 NaN"):
        list(
            Corpus(broken.about, tmp_path, broken.entries[2:], broken.read_file, broken.provenance)
        )


def save_fif(
    path: Path,
    signal_uv: np.ndarray,
    events: list[tuple[float, str]],
    *,
    first_sample: int = 0,
    dated: bool = False,
    triggers: bool = False,
) -> None:
    """A FIF file of two channels; its clock may start long before its first sample."""
    trigger = np.zeros(signal_uv.shape[1])
    for onset_s, code in events if triggers else ():
        trigger[round(onset_s * RATE_HZ) : round(onset_s * RATE_HZ) + 5] = int(code)
    rows, kinds = np.vstack([1e-6 * signal_uv, trigger]), ["eeg", "eeg", "stim"]
    info = mne.create_info(["F3", "F4", "STI 014"], RATE_HZ, kinds, verbose="error")
    raw = mne.io.RawArray(rows, info, first_samp=first_sample, verbose="error")
    if dated:
        raw.set_meas_date(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    if not triggers:
        # Without a date of its own MNE takes onsets from the first sample that is there.
        onsets = [onset_s for onset_s, _ in events]
        raw.set_annotations(mne.Annotations(onsets, 0.0, [name for _, name in events]))
    raw.save(path, fmt="double", verbose="error")


@pytest.mark.parametrize("triggers", [False, True])
@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("first_sample", [0, 1000])
def test_onsets_count_from_the_first_sample_whatever_the_clock_says(
    tmp_path: Path, first_sample: int, dated: bool, triggers: bool
) -> None:
    signal = brain(2, 1280, seed=3)
    path = index(tmp_path, "a_raw.fif,A") / "a_raw.fif"
    save_fif(
        path, signal, [(2.0, "7"), (5.0, "12")],
        first_sample=first_sample, dated=dated, triggers=triggers,
    )  # fmt: skip
    write_trials(tmp_path, ["7,,0,1", "12,,0,1"])
    first, second = read_continuous(tmp_path)
    assert (first.label, second.label) == ("7", "12")
    assert first.signal == pytest.approx(signal[:, 256:384])
    assert second.signal == pytest.approx(signal[:, 640:768])


def test_triggers_are_not_asked_where_annotations_say_it(tmp_path: Path) -> None:
    path = tmp_path / "a_raw.fif"
    save_fif(path, brain(2, 1280, seed=3), [(2.0, "7")], triggers=True)
    raw = mne.io.read_raw_fif(path, verbose="error")
    assert [event.name for event in events_of_raw(raw)] == ["7"]
    raw.set_annotations(mne.Annotations([1.0], 0.0, ["BAD_1"]))
    assert [event.name for event in events_of_raw(raw)] == ["BAD_1", "7"]
    raw.set_annotations(mne.Annotations([1.0], 0.0, ["film"]))
    assert [event.name for event in events_of_raw(raw)] == ["film"]


def test_a_table_of_events_replaces_those_in_the_file(tmp_path: Path) -> None:
    signal = one(tmp_path, [(1.0, 0.0, "x")], "film,,0,2")
    index(tmp_path, "a.edf,A,1,a_events.tsv", columns="file,subject,session,events")
    table = "onset\tduration\ttrial_type\tstim_file\n6\t2\tfilm\tb.mp4\n2.5\tn/a\tfilm\tn/a\n"
    (tmp_path / "a_events.tsv").write_text(table)
    corpus = read_continuous(tmp_path)
    first, second = corpus
    assert first.signal == pytest.approx(signal[:, 320:576], abs=STEP_UV)
    assert (first.stimulus, second.stimulus, second.trial) == ("", "b.mp4", "1 a 002")
    assert corpus.table()["session"].tolist() == ["1", "1"]
    assert corpus.told() == ()


def test_a_table_without_types_goes_by_its_values(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("onset,duration,trial_type,value\n1,0,n/a,4\nn/a,0,n/a,4\n0.5,2,n/a,n/a\n")
    events = read_event_table(path)
    assert [event.name for event in events] == ["4", "4"]
    assert events[0].onset_s == 1.0
    assert np.isnan(events[1].onset_s)


def test_events_of_unknown_time_are_told(tmp_path: Path) -> None:
    one(tmp_path, [], "film,,0,2")
    index(tmp_path, "a.edf,A,e.csv", columns="file,subject,events")
    (tmp_path / "e.csv").write_text("onset,trial_type\n1,film\nn/a,film\n")
    corpus = read_continuous(tmp_path)
    assert len(corpus) == 1
    assert corpus.told() == ("1 events left out, without an onset: film at nan s of a.edf.",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("duration,trial_type\n1,x\n", "e.csv must have columns onset, each once"),
        ("onset,duration\n1,2\n", "e.csv must name events in a column trial_type or value"),
        ("onset,trial_type\nsoon,x\n", "e.csv must hold onset in seconds; got 'soon' in row 1"),
        ("onset,duration,trial_type\n1,-2,x\n", "must hold duration in seconds; got '-2' in row 1"),
        ("onset,trial_type\n1\n", "have one cell for each column; got 1 in line 2 for 2 columns"),
    ],
)
def test_a_wrong_table_of_events_is_a_problem(tmp_path: Path, text: str, said: str) -> None:
    one(tmp_path, [], "x,,0,2")
    index(tmp_path, "a.edf,A,e.csv", columns="file,subject,events")
    (tmp_path / "e.csv").write_text(text)
    assert said in problem(read_continuous(tmp_path))


def test_a_table_of_events_that_is_missing_or_no_text_is_a_problem(tmp_path: Path) -> None:
    one(tmp_path, [], "x,,0,2")
    index(tmp_path, "a.edf,A,e.csv", columns="file,subject,events")
    assert "read_event_table: e.csv must be a file that exists" in problem(
        read_continuous(tmp_path)
    )
    (tmp_path / "e.csv").write_text('onset,trial_type\n1,"' + "x" * 200_000 + '"\n')
    assert "e.csv must be a table of text; got field larger" in problem(read_continuous(tmp_path))


def test_capital_endings_and_hidden_files(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x")], "x,,0,1")
    (tmp_path / "a.edf").rename(tmp_path / "a.EDF")
    (tmp_path / "._a.EDF").write_bytes(b"\x00\x05\x16\x07")
    index(tmp_path, "a.EDF,A")
    corpus = read_continuous(tmp_path)
    assert len(list(corpus)) == 1
    assert corpus.told() == ()


def test_files_of_one_name_in_two_sessions_are_two(tmp_path: Path) -> None:
    one(tmp_path, [(1.0, 0.0, "x")], "x,,0,1")
    for session in "12":
        copies(tmp_path / "a.edf", [tmp_path / session / "a.edf"])
    (tmp_path / "a.edf").unlink()
    index(tmp_path, "1/a.edf,A,1", "2/a.edf,A,2", columns="file,subject,session")
    assert [r.trial for r in read_continuous(tmp_path)] == ["1 a 001", "2 a 001"]


@pytest.mark.skipif(sys.platform != "linux", reason="Others do not tell the peak so.")
@pytest.mark.parametrize("make", [make_continuous, make_bids])
def test_ten_thousand_trials_are_listed_in_seconds_and_little_memory(
    tmp_path: Path, make: object
) -> None:
    assert callable(make)
    people = [f"{number:03d}" for number in range(100)]
    make(tmp_path, people[:1], n_rounds=20)
    (first,) = tmp_path.rglob("*.edf")
    for person in people[1:]:
        for path in list(first.parent.iterdir()):
            place = str(path.relative_to(tmp_path)).replace("000", person)
            copies(path, [tmp_path / place])
    if make is make_continuous:
        index(tmp_path, *(f"raw/{person}.edf,{person}" for person in people))
    command = [sys.executable, "-c", LISTED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    n_listed, seconds, peak_mib = map(float, done.stdout.split())
    assert n_listed == 10_000
    assert seconds < 15  # about 3
    assert peak_mib < 200


class Real(NamedTuple):
    """A real file, how trials are cut, how many there are, and how many channels and samples."""

    name: str
    event: str
    start_s: float
    stop_s: float
    n_trials: int
    shape: tuple[int, int]


REAL = (
    Real("eeglab_data.set", "square", 0, 2, 80, (30, 256)),
    Real("test.edf", "type A", 0, 1, 3, (136, 512)),
    Real("test.vhdr", "Stimulus/S255", -0.25, 0.75, 5, (26, 1000)),
    Real("test_bin_raw.fif", "255", -0.25, 0.75, 5, (32, 1000)),
    Real("test.bdf", "128", -0.25, 0.25, 1, (66, 1024)),
    Real("test_egi.raw", "TRSP", 0, 0.1, 1, (256, 25)),
)


@pytest.mark.real
@pytest.mark.parametrize("real", REAL, ids=lambda real: real.name)
def test_trials_of_real_files_are_those_that_mne_cuts(
    real_data: Path, tmp_path: Path, real: Real
) -> None:
    for path in (real_data / "eeg_formats").glob(f"{Path(real.name).stem}.*"):
        shutil.copy(path, tmp_path)
    index(tmp_path, f"{real.name},A")
    write_trials(tmp_path, [f"{real.event},,{real.start_s},{real.stop_s}"])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="read_eeg: path must vary on every channel")
        trials = list(read_continuous(tmp_path))
    assert len(trials) == real.n_trials
    assert {recording.signal.shape for recording in trials} == {real.shape}
    expected = epochs_by_mne(tmp_path / real.name, real, trials[0])
    assert len(expected) == real.n_trials
    for recording, other in zip(trials, expected, strict=True):
        assert recording.signal == pytest.approx(other, abs=1e-6)


def epochs_by_mne(path: Path, real: Real, first: Recording) -> list[np.ndarray]:
    """The same trials by MNE's own road: events as sample numbers, then slices of all signals."""
    read = mne.io.read_raw_egi if path.suffix == ".raw" else mne.io.read_raw
    raw = read(path, preload=True, verbose="error")
    if real.event.isdigit():
        events, code = mne.find_events(raw, shortest_event=1, verbose="error"), int(real.event)
    else:
        events, codes = mne.events_from_annotations(raw, regexp=None, verbose="error")
        code = codes[real.event]
    dropped = first.provenance.steps[0].partition("dropped ")[2].partition(";")[0].split(", ")
    rows = [k for k, name in enumerate(raw.ch_names) if name not in dropped]
    begin = round(real.start_s * raw.info["sfreq"]) - raw.first_samp
    starts = [int(at) + begin for at, _, value in events if value == code]
    signal_uv = 1e6 * raw.get_data()[rows]
    return [signal_uv[:, start : start + real.shape[1]] for start in starts]
