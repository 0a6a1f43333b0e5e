"""BIDS folders: which trials they hold, what of them is read, and everything that goes wrong."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import edfio
import numpy as np
import pytest
from made_corpora import brain
from made_events import CHANNELS, RATE_HZ, length_s, make_bids, planned, write_trials

from jmml_edu._checks import InputError
from jmml_edu.corpora.bids import read_bids
from jmml_edu.corpora.known import open_corpus


def sentence(folder: Path) -> str:
    """What is said of a folder that cannot be read."""
    with pytest.raises(InputError) as caught:
        list(read_bids(folder))
    return str(caught.value)


def only(folder: Path, ending: str) -> Path:
    """The file of the first person with this ending."""
    (found,) = folder.glob(f"sub-01/eeg/*{ending}")
    return found


def test_each_trial_has_the_samples_after_its_event(tmp_path: Path) -> None:
    corpus = read_bids(make_bids(tmp_path, ("01", "02")))
    for number, person in enumerate(("sub-01", "sub-02")):
        made = brain(len(CHANNELS) + 1, length_s(2) * RATE_HZ, seed=number)
        events = [event for event in planned(2) if event[2] != "button"]
        recordings = [r for r in corpus if r.subject == person]
        assert [r.label for r in recordings] == [name for _, _, name in events]
        assert [r.stimulus for r in recordings] == [f"films/{name}.mp4" for _, _, name in events]
        for recording, (onset_s, _, _) in zip(recordings, events, strict=True):
            start = round(onset_s * RATE_HZ)
            expected = np.clip(made, -99, 99)[: len(CHANNELS), start : start + 2 * RATE_HZ]
            assert recording.signal == pytest.approx(expected, abs=200 / 65_535)


def test_channels_are_of_the_kind_that_the_table_says(tmp_path: Path) -> None:
    make_bids(tmp_path, ("01",))  # X7 is eyes, which its name does not tell
    first = next(iter(read_bids(tmp_path)))
    assert first.channels == CHANNELS
    assert first.provenance.steps[0].endswith("dropped X7")


def test_sessions_are_told_apart_by_trial_and_table(tmp_path: Path) -> None:
    corpus = read_bids(make_bids(tmp_path, ("01",), sessions=("a", "b")))
    assert [entry.trial for entry in corpus.entries[::10]] == ["a films 001", "b films 001"]
    assert set(corpus.table()["session"]) == {"a", "b"}
    assert len(list(corpus)) == 20


def test_what_others_derived_is_not_read(tmp_path: Path) -> None:
    make_bids(tmp_path)
    before = len(read_bids(tmp_path))
    shutil.copytree(tmp_path / "sub-01", tmp_path / "derivatives" / "cleaned" / "sub-01")
    (tmp_path / "sub-01" / "anat").mkdir()
    (tmp_path / "sub-01" / "anat" / "sub-01_T1w.nii.gz").write_bytes(b"")
    (tmp_path / "stimuli").mkdir()
    (tmp_path / "stimuli" / "happy.mp4").write_bytes(b"")
    corpus = read_bids(tmp_path)
    assert len(corpus) == before
    assert corpus.told() == ("4 events left out, not in trials.csv: button.",)


def test_a_table_of_events_for_everybody_lies_at_the_top(tmp_path: Path) -> None:
    make_bids(tmp_path)
    before = read_bids(tmp_path).table()
    for number, path in enumerate(sorted(tmp_path.glob("sub-*/eeg/*_events.tsv"))):
        path.rename(tmp_path / f"task-films_events{'' if number else 'X'}.tsv")
    (tmp_path / "task-films_eventsX.tsv").unlink()
    assert read_bids(tmp_path).table().equals(before)


def test_a_relative_folder_and_hidden_files_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bids(tmp_path / "study")
    before = read_bids(tmp_path / "study").table()
    only(tmp_path / "study", ".edf").with_name("._sub-01_task-films_eeg.edf").write_bytes(b"\x00")
    monkeypatch.chdir(tmp_path)
    corpus = open_corpus("study")
    assert corpus.table().equals(before)
    assert len(list(corpus)) == 20


def test_capital_endings_are_read_alike(tmp_path: Path) -> None:
    make_bids(tmp_path, ("01",))
    before = read_bids(tmp_path).table()
    path = only(tmp_path, ".edf")
    path.rename(path.with_suffix(".EDF"))
    after = read_bids(tmp_path)
    assert after.table().drop(columns="path").equals(before.drop(columns="path"))
    assert len(list(after)) == 10


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("empty", "hold data; got sub-01_task-films_eeg.edf of 0 bytes"),
        ("pointer", "hold data; got sub-01_task-films_eeg.edf, which only points to them"),
        ("cut", "be as long as its header says; got a shorter sub-01_task-films_eeg.edf"),
        ("foreign", "be a complete, continuous recording; got sub-01_task-films_eeg.edf"),
        ("annexed", "be a file that exists; got sub-01_task-films_eeg.edf"),
    ],
)
def test_a_damaged_recording_is_a_problem_and_the_others_are_listed(
    tmp_path: Path, damage: str, said: str
) -> None:
    make_bids(tmp_path)
    path = only(tmp_path, ".edf")
    content = {
        "empty": b"",
        "pointer": b"/annex/objects/MD5E-s1--2.edf\n",
        "cut": path.read_bytes()[: -60 * RATE_HZ],
        "foreign": b"something else",
    }
    path.unlink()
    if damage == "annexed":
        path.symlink_to(tmp_path / ".git" / "annex" / "objects" / "gone")
    else:
        path.write_bytes(content[damage])
    corpus = read_bids(tmp_path)
    (found,) = corpus.problems
    assert said in found
    assert {entry.subject for entry in corpus.entries} == {"sub-02"}


def test_a_recording_without_events_is_a_problem(tmp_path: Path) -> None:
    make_bids(tmp_path)
    only(tmp_path, "_events.tsv").unlink()
    (found,) = read_bids(tmp_path).problems
    assert found == (
        "read_bids: recording must have a table of events; got none for"
        " sub-01_task-films_eeg.edf. Add sub-01_task-films_events.tsv."
    )


def test_channels_that_the_table_does_not_know_are_a_problem(tmp_path: Path) -> None:
    make_bids(tmp_path)
    table = only(tmp_path, "_channels.tsv")
    table.write_text(table.read_text().replace("F3\t", "Fz\t"))
    (found,) = read_bids(tmp_path).problems
    assert "got sub-01_task-films_eeg.edf, of which MNE says: " in found


def test_one_recording_in_two_formats_is_refused(tmp_path: Path) -> None:
    make_bids(tmp_path, ("01",))
    path = only(tmp_path, ".edf")
    signals = [
        edfio.BdfSignal(signal.data, RATE_HZ, label=signal.label, physical_dimension="uV")
        for signal in edfio.read_edf(path).signals
    ]
    edfio.Bdf(signals).write(path.with_suffix(".bdf"))
    with pytest.raises(InputError, match="folder must hold each recording once; got"):
        read_bids(tmp_path)


def test_a_folder_without_eeg_gets_a_sentence(tmp_path: Path) -> None:
    make_bids(tmp_path, ("01",))
    shutil.rmtree(tmp_path / "sub-01")
    assert sentence(tmp_path).startswith(
        "read_bids: folder must hold files like dataset_description.json; got nothing in"
    )


def test_without_trials_csv_the_types_are_named(tmp_path: Path) -> None:
    make_bids(tmp_path)
    (tmp_path / "trials.csv").unlink()
    assert "no such file; the events are happy (4), sad (4), angry (4)" in sentence(tmp_path)
    write_trials(tmp_path, ["joy,,0,2"])
    assert "trials.csv must name events that occur; got ['joy']" in sentence(tmp_path)


def test_without_mne_bids_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bids(tmp_path)
    monkeypatch.setitem(sys.modules, "mne_bids", None)
    assert sentence(tmp_path) == (
        "read_bids: mne-bids must be installed; got no such package. Install it with: pip install"
        " 'jmml_edu[bids]'"
    )


@pytest.mark.real
def test_a_real_file_by_way_of_mne_bids_comes_back(real_data: Path, tmp_path: Path) -> None:
    import mne
    import mne_bids

    raw = mne.io.read_raw_brainvision(real_data / "eeg_formats" / "test.vhdr", verbose="error")
    mne_bids.write_raw_bids(
        raw, mne_bids.BIDSPath(subject="01", task="x", root=tmp_path), verbose="error"
    )
    described = json.loads((tmp_path / "dataset_description.json").read_text())
    assert described["BIDSVersion"]
    events, codes = mne.events_from_annotations(raw, verbose="error")
    write_trials(tmp_path, ["Stimulus/S255,,0,0.5"])
    trials = list(read_bids(tmp_path))
    starts = [at for at, _, code in events if code == codes["Stimulus/S255"]]
    assert len(trials) == len(starts) == 5
    names = [name.lower() for name in raw.ch_names]
    rows = [names.index(name.lower()) for name in trials[0].channels]
    for recording, at in zip(trials, starts, strict=True):
        expected = 1e6 * raw.get_data(picks=rows, start=at, stop=at + 500)
        assert recording.signal == pytest.approx(expected, abs=1e-3)
