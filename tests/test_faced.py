"""FACED: nothing about electrodes and unit is guessed, and everything that goes wrong is told."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from made_corpora import brain
from made_faced import FIRST_COHORT, ORDER, electrode_rows, make_faced, save_faced, save_sheet

from jmml_edu._checks import InputError
from jmml_edu.corpora.corpus import Corpus
from jmml_edu.corpora.faced import EMOTIONS, read_faced
from jmml_edu.corpora.spreadsheet import read_sheet


def problems(corpus: Corpus) -> str:
    """What must be mended in a corpus that could be listed."""
    with pytest.raises(InputError):
        list(corpus)
    return " | ".join(corpus.problems)


def own(folder: Path, **said: object) -> None:
    """What a user writes down about the corpus."""
    (folder / "faced.json").write_text(json.dumps(said))


def test_each_trial_has_its_rows_clip_and_emotion(tmp_path: Path) -> None:
    recordings = list(read_faced(make_faced(tmp_path, (7,))))
    assert len(recordings) == 28
    for clip, recording in enumerate(recordings):
        made = brain(32, 250, seed=700 + clip)
        assert np.array_equal(recording.signal, made[:30])
        assert recording.channels == ORDER[:30]
        assert (recording.subject, recording.sample_rate_hz) == ("FACED 007", 250.0)
        assert recording.stimulus == f"clip {clip + 1:02d}"
        assert recording.label == EMOTIONS[clip]


def test_clips_evoke_nine_emotions_in_blocks() -> None:
    blocks = {name: [k + 1 for k, e in enumerate(EMOTIONS) if e == name] for name in EMOTIONS}
    assert blocks == {
        "anger": [1, 2, 3], "disgust": [4, 5, 6], "fear": [7, 8, 9], "sadness": [10, 11, 12],
        "neutral": [13, 14, 15, 16], "amusement": [17, 18, 19], "inspiration": [20, 21, 22],
        "joy": [23, 24, 25], "tenderness": [26, 27, 28],
    }  # fmt: skip


def test_the_order_of_the_second_cohort_is_that_of_all(tmp_path: Path) -> None:
    make_faced(tmp_path, (0,))
    turned = (*ORDER[:30][::-1], *ORDER[30:])
    save_sheet(tmp_path / "Electrode_Location.xlsx", electrode_rows(second=turned), shared=False)
    first = next(iter(read_faced(tmp_path)))
    assert first.channels == turned[:30]
    assert np.array_equal(first.signal, brain(32, 250, seed=0)[:30])
    assert first.provenance.steps == (
        "electrodes by Electrode_Location.xlsx, unit by Recording_info.csv",
    )


def test_what_the_user_writes_down_goes_before_the_tables(tmp_path: Path) -> None:
    make_faced(tmp_path, (0,), factor=1e-6)
    own(tmp_path, electrodes=list(FIRST_COHORT), unit="V")
    corpus = read_faced(tmp_path)
    first = next(iter(corpus))
    made = brain(32, 250, seed=0)
    assert first.signal == pytest.approx(made[[*range(16), *range(18, 32)]])
    assert first.channels == (*FIRST_COHORT[:16], *FIRST_COHORT[18:])
    assert corpus.told()[0] == "2 of 32 rows left out, no EEG of the scalp: A1, A2."
    assert first.provenance.steps == ("electrodes by faced.json, unit by faced.json",)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("uV", 1.0), ("\u00b5V", 1.0), ("\u03bcV ", 1.0), ("V", 1e-6), ("mV", 1e-3)],
)
def test_units_are_brought_to_microvolt(tmp_path: Path, unit: str, factor: float) -> None:
    first = next(iter(read_faced(make_faced(tmp_path, (0,), factor=factor, unit=unit))))
    assert first.signal == pytest.approx(brain(32, 250, seed=0)[:30])


@pytest.mark.parametrize(("factor", "unit"), [(1.0, "V"), (1e-6, "uV"), (1e-3, "uV")])
def test_an_amplitude_that_contradicts_the_unit_is_a_problem(
    tmp_path: Path, factor: float, unit: str
) -> None:
    said = problems(read_faced(make_faced(tmp_path, (0,), factor=factor, unit=unit)))
    assert "read_faced: unit must give 0.1 to 10000 uV in standard deviation; got" in said
    assert "in sub000.pkl, as Recording_info.csv states it" in said
    assert 'Write faced.json into the folder: {"unit": "uV"}, or "V", as the amplitudes' in said


def test_a_person_without_a_unit_is_a_problem_and_the_others_are_listed(tmp_path: Path) -> None:
    make_faced(tmp_path, (0, 1))
    table = tmp_path / "Recording_info.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]) + "\n")
    corpus = read_faced(tmp_path)
    assert "sub001.pkl, of whom Recording_info.csv says nothing" in problems(corpus)
    assert {entry.subject for entry in corpus.entries} == {"FACED 000"}


def test_without_the_tables_it_is_listed_and_both_remedies_are_named(tmp_path: Path) -> None:
    make_faced(tmp_path)
    (tmp_path / "Recording_info.csv").unlink()
    (tmp_path / "Electrode_Location.xlsx").unlink()
    corpus = read_faced(tmp_path)
    assert len(corpus) == 56
    assert corpus.problems == (
        "read_faced: electrodes must be known; got no file that says it. Put"
        " Electrode_Location.xlsx of the corpus beside its files, or write faced.json:"
        ' {"electrodes": [32 names in the order of the rows]}.',
        "read_faced: unit must be known; got no file that says it. Write faced.json into the"
        ' folder: {"unit": "uV"}, or "V", as the amplitudes show.',
    )
    problems(corpus)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"unit": "W"}, "unit must be uV, mV or V; got 'W' in faced.json"),
        ({"electrodes": ORDER[:31]}, "be 32 different names, the 30 of the scalp among them; got"),
        ({"electrodes": [*ORDER[:31], "Fp1"]}, "got 32 in faced.json, without none"),
        ({"electrodes": ["E", *ORDER[1:]]}, "got 32 in faced.json, without Fp1"),
        ({"electrodes": "Fp1"}, "got 0 in faced.json, without C3, C4, CP1, CP2"),
        ({"rate": 250}, "faced.json must hold electrodes, unit or both, in JSON"),
    ],
)
def test_a_wrong_faced_json_is_a_problem(
    tmp_path: Path, said: dict[str, object], words: str
) -> None:
    own(make_faced(tmp_path, (0,)), **said)
    assert words in problems(read_faced(tmp_path))


def test_a_workbook_of_another_kind_is_a_problem(tmp_path: Path) -> None:
    make_faced(tmp_path, (0,))
    path = tmp_path / "Electrode_Location.xlsx"
    save_sheet(path, [["Electrodes"], ["1", "Fp1"]])
    assert "got 0 in Electrode_Location.xlsx, without C3, C4" in problems(read_faced(tmp_path))
    save_sheet(path, electrode_rows(second=ORDER[:30]))
    assert "got 30 in Electrode_Location.xlsx, without none" in problems(read_faced(tmp_path))
    path.write_text("no workbook")
    assert "read_sheet: Electrode_Location.xlsx must be a workbook with a sheet of names; got" in (
        problems(read_faced(tmp_path))
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * 9_000_000 + b"</a>")
    assert "got a part of more than 8 MB" in problems(read_faced(tmp_path))


def test_cells_of_a_sheet_stand_in_their_columns(tmp_path: Path) -> None:
    rows = [["", "b"], [], ["1", "", "c & d"]]
    for shared in (True, False):
        assert read_sheet(save_sheet(tmp_path / "a.xlsx", rows, shared=shared)) == rows


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (np.ones((28, 31, 250)), "got (28, 31, 250) in sub000.pkl"),
        (np.ones((27, 32, 250)), "got (27, 32, 250) in sub000.pkl"),
        (np.ones((28, 32, 30, 5)), "got (28, 32, 30, 5) in sub000.pkl"),
        ({"data": 1}, "hold an array (28 clips, 32 rows, time); got dict in sub000.pkl"),
    ],
)
def test_a_wrong_shape_is_a_problem(tmp_path: Path, data: object, words: str) -> None:
    save_faced(make_faced(tmp_path), 0, data)
    corpus = read_faced(tmp_path)
    assert words in problems(corpus)
    assert {entry.subject for entry in corpus.entries} == {"FACED 061"}


@pytest.mark.parametrize("damage", ["cut", "pointer", "foreign", "empty"])
def test_a_damaged_or_hostile_file_is_a_problem(tmp_path: Path, damage: str) -> None:
    path = make_faced(tmp_path) / "Processed_data" / "sub000.pkl"
    path.write_bytes({
        "cut": path.read_bytes()[:-50_000],
        "pointer": b"version https://git-lfs.github.com/spec/v1\n",
        "foreign": b"cos\nsystem\n(S'true'\ntR.",
        "empty": b"",
    }[damage])  # fmt: skip
    corpus = read_faced(tmp_path)
    assert {entry.subject for entry in corpus.entries} == {"FACED 061"}
    assert "sub000.pkl" in problems(corpus)


def test_features_are_not_taken_for_signals(tmp_path: Path) -> None:
    make_faced(tmp_path, (0,))
    place = tmp_path / "EEG_Features" / "DE" / "sub000.pkl.pkl"
    place.parent.mkdir(parents=True)
    place.write_bytes(pickle.dumps(np.ones((28, 32, 30, 5))))
    shutil.copy(place, place.with_name("sub000.pkl"))
    corpus = read_faced(tmp_path)
    assert len(corpus) == 28
    assert {what for what, why in corpus.dropped if why == "features, no signal"} == {
        "EEG_Features/DE/sub000.pkl.pkl", "EEG_Features/DE/sub000.pkl",
    }  # fmt: skip


def test_trials_of_another_length_are_told(tmp_path: Path) -> None:
    told = read_faced(make_faced(tmp_path, (0,))).told()
    assert "Trials of 1 s instead of 30 are among them." in told
    assert "1 of 123 people are here." in told
    assert told[0] == "2 of 32 rows left out, no EEG of the scalp: HEOR, HEOL."


def test_a_second_copy_is_told_and_another_content_is_refused(tmp_path: Path) -> None:
    path = make_faced(tmp_path, (0,)) / "Processed_data" / "sub000.pkl"
    other = tmp_path / "copy" / "SUB000.PKL"
    other.parent.mkdir()
    shutil.copy(path, other)
    assert ("copy/SUB000.PKL", "a second copy") in read_faced(tmp_path).dropped
    other.write_bytes(pickle.dumps(brain(1, 28 * 32 * 9, seed=0).reshape(28, 32, 9)))
    with pytest.raises(InputError, match="folder must hold each recording once; got"):
        read_faced(tmp_path)
