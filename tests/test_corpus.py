"""The contract of every reader: recordings, a table that agrees, classes, what is left out.

Each corpus is generated in its true layout; how it goes wrong is tested there and in the files on
EEG and on speech.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from made_corpora import (
    copies,
    hum,
    make_crema_d,
    make_deap,
    make_dreamer,
    make_eav,
    make_emodb,
    make_iemocap,
    make_nemo,
    make_ravdess,
    make_savee,
    make_seed,
    make_seed_iv,
    make_tess,
)
from made_events import make_bids, make_continuous
from made_faced import make_faced

from jmml_edu._checks import InputError
from jmml_edu.corpora.corpus import COLUMNS, Corpus
from jmml_edu.corpora.known import READERS, open_corpus
from jmml_edu.data import Recording


class Made(NamedTuple):
    """How a corpus is made, and what must be found in it."""

    make: Callable[[Path], Path]
    n_recordings: int
    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    classes: dict[str, int]
    rates_hz: set[float]


MADE = {
    "RAVDESS": Made(
        make_ravdess, 32, ("RAVDESS 01", "RAVDESS 02"),
        ("angry", "calm", "disgust", "fearful", "happy", "neutral", "sad", "surprised"),
        {"": 8, "negative-aroused": 12, "negative-calm": 4, "positive-aroused": 4,
         "positive-calm": 4}, {16_000},
    ),
    "EMO-DB": Made(
        make_emodb, 28, ("EMO-DB 03", "EMO-DB 08"),
        ("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"),
        {"": 4, "negative-aroused": 12, "negative-calm": 8, "positive-aroused": 4}, {16_000},
    ),
    "nEMO": Made(
        make_nemo, 24, ("KL1", "SB0"),
        ("anger", "fear", "happiness", "neutral", "sadness", "surprised"),
        {"": 8, "negative-aroused": 8, "negative-calm": 4, "positive-aroused": 4}, {24_000},
    ),
    "DEAP": Made(
        make_deap, 8, ("DEAP 01", "DEAP 02"),
        ("valence 2.25 arousal 3.5", "valence 2.25 arousal 7.5", "valence 8.25 arousal 3.5",
         "valence 8.25 arousal 7.5"),
        {"negative-aroused": 2, "negative-calm": 2, "positive-aroused": 2, "positive-calm": 2},
        {128},
    ),
    "SEED-IV": Made(
        make_seed_iv, 48, ("SEED-IV 01", "SEED-IV 10"), ("fear", "happy", "neutral", "sad"),
        {"": 12, "negative-aroused": 12, "negative-calm": 12, "positive-aroused": 12}, {200},
    ),
    "EAV": Made(
        make_eav, 40, ("EAV 01", "EAV 02"),
        ("anger", "calmness", "happiness", "neutral", "sadness"),
        {"": 8, "negative-aroused": 8, "negative-calm": 8, "positive-aroused": 8,
         "positive-calm": 8}, {500, 16_000},
    ),
    "CREMA-D": Made(
        make_crema_d, 24, ("CREMA-D 1001", "CREMA-D 1002"),
        ("anger", "disgust", "fear", "happiness", "neutral", "sadness"),
        {"": 4, "negative-aroused": 12, "negative-calm": 4, "positive-aroused": 4}, {16_000},
    ),
    "SAVEE": Made(
        make_savee, 56, ("SAVEE DC", "SAVEE JE", "SAVEE JK", "SAVEE KL"),
        ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"),
        {"": 16, "negative-aroused": 24, "negative-calm": 8, "positive-aroused": 8}, {44_100},
    ),
    "TESS": Made(
        make_tess, 28, ("TESS OAF", "TESS YAF"),
        ("angry", "disgust", "fear", "happy", "neutral", "pleasant-surprise", "sad"),
        {"": 4, "negative-aroused": 12, "negative-calm": 4, "positive-aroused": 8},
        {24_414, 96_000},
    ),
    "IEMOCAP": Made(
        make_iemocap, 24, ("IEMOCAP 1F", "IEMOCAP 1M", "IEMOCAP 2F", "IEMOCAP 2M"),
        ("anger", "excitement", "frustration", "happiness", "neutral", "sadness"),
        {"": 4, "negative-aroused": 8, "negative-calm": 4, "positive-aroused": 8}, {16_000},
    ),
    "SEED": Made(
        make_seed, 45, ("SEED 01", "SEED 02"), ("negative", "neutral", "positive"), {"": 45}, {200},
    ),
    "DREAMER": Made(
        make_dreamer, 8, ("DREAMER 01", "DREAMER 02"),
        ("valence 1 arousal 2", "valence 3 arousal 4", "valence 4 arousal 3",
         "valence 5 arousal 5"),
        {"negative-aroused": 2, "negative-calm": 2, "positive-aroused": 2, "positive-calm": 2},
        {128},
    ),
    "your own long recordings": Made(
        make_continuous, 20, ("A", "B"), ("angry", "calm", "happy", "neutral", "sad"),
        {"": 4, "negative-aroused": 4, "negative-calm": 4, "positive-aroused": 4,
         "positive-calm": 4}, {128},
    ),
    "BIDS": Made(
        make_bids, 20, ("sub-01", "sub-02"), ("angry", "calm", "happy", "neutral", "sad"),
        {"": 4, "negative-aroused": 4, "negative-calm": 4, "positive-aroused": 4,
         "positive-calm": 4}, {128},
    ),
    "FACED": Made(
        make_faced, 56, ("FACED 000", "FACED 061"),
        ("amusement", "anger", "disgust", "fear", "inspiration", "joy", "neutral", "sadness",
         "tenderness"),
        {"": 8, "negative-aroused": 18, "negative-calm": 6, "positive-aroused": 18,
         "positive-calm": 6}, {250},
    ),
}  # fmt: skip
OWN_TABLES = ("nEMO", "your own long recordings")
"""Corpora with a table that names the files."""
ENDINGS = (".wav", ".mat", ".dat", ".pkl", ".edf")


def recordings_in(folder: Path) -> list[Path]:
    """The files of recordings in a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each corpus, made once; tests that break one copy it first."""
    return {name: made.make(tmp_path_factory.mktemp(name)) for name, made in MADE.items()}


@pytest.fixture(params=MADE)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_each_folder_is_recognised_and_listed(folders: dict[str, Path], name: str) -> None:
    corpus = open_corpus(folders[name])
    assert corpus.about.name == name
    assert len(corpus) == MADE[name].n_recordings
    assert corpus.problems == ()
    by_design = (".mp4", ".csv", ".txt", "006.wav")  # the last: nobody agreed on those turns
    assert not [what for what, _ in corpus.dropped if not what.endswith(by_design)]


def test_the_table_says_of_each_recording_what_the_recording_says(
    folders: dict[str, Path], name: str
) -> None:
    corpus = open_corpus(folders[name])
    table, recordings = corpus.table(), list(corpus)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == len(recordings)
    for column, of in (
        ("subject", lambda r: r.subject), ("trial", lambda r: r.trial),
        ("label", lambda r: r.label), ("stimulus", lambda r: r.stimulus),
        ("modality", lambda r: r.modality), ("rate_hz", lambda r: r.sample_rate_hz),
    ):  # fmt: skip
        assert table[column].tolist() == [of(recording) for recording in recordings], column
    assert table["duration_s"].tolist() == pytest.approx([r.duration_s for r in recordings])
    assert all((folders[name] / path).is_file() for path in table["path"])
    assert not table.duplicated(["modality", "subject", "trial"]).any()


def test_people_labels_rates_and_quadrants_are_those_that_were_made(
    folders: dict[str, Path], name: str
) -> None:
    made, table = MADE[name], open_corpus(folders[name]).table()
    assert tuple(sorted(set(table["subject"]))) == made.subjects
    assert tuple(sorted(set(table["label"]))) == made.labels
    assert table["class"].value_counts().to_dict() == made.classes
    assert set(table["rate_hz"]) == made.rates_hz


def test_recordings_are_finite_named_and_not_simulated(folders: dict[str, Path], name: str) -> None:
    corpus = open_corpus(folders[name])
    first = next(iter(corpus))
    assert isinstance(first, Recording)
    assert np.isfinite(first.signal).all()
    assert first.provenance.source == f"{name} ({folders[name].name})"
    assert not first.provenance.simulated


def test_classes_are_chosen_by_name_and_the_rest_is_told(
    folders: dict[str, Path], name: str
) -> None:
    corpus = open_corpus(folders[name])
    if name == "SEED":
        assert set(corpus.schemes) == {"negative-neutral", "valence"}
        return
    chosen = corpus.in_classes("quadrants")
    expected = {k: v for k, v in MADE[name].classes.items() if k}
    assert chosen.table()["class"].value_counts().to_dict() == expected
    found = [recording.label for recording in chosen]
    assert {label: found.count(label) for label in set(found)} == expected
    n_dropped = MADE[name].classes.get("", 0)
    told = [note for note in chosen.told() if "their labels have no class" in note]
    assert len(told) == bool(n_dropped)
    if n_dropped:
        assert told[0].startswith(f"{n_dropped} {' and '.join(corpus.modalities)} trials dropped")
    assert corpus.classes == {}  # the first is as it was


def test_a_mapping_of_ones_own_replaces_the_schemes(folders: dict[str, Path]) -> None:
    corpus = open_corpus(folders["nEMO"])
    chosen = corpus.in_classes({"anger": "loud", "fear": "loud", "sadness": "quiet"})
    assert set(chosen.table()["class"]) == {"loud", "quiet"}
    assert {recording.label for recording in chosen} == {"loud", "quiet"}
    assert chosen.told()[-1] == (
        "12 speech trials dropped, their labels have no class: happiness, neutral, surprised."
    )


def test_negative_and_neutral_leave_out_what_is_pleasant(folders: dict[str, Path]) -> None:
    chosen = open_corpus(folders["RAVDESS"]).in_classes("negative-neutral")
    assert chosen.table()["class"].value_counts().to_dict() == {"negative": 16, "neutral": 4}
    assert chosen.table()["label"].value_counts().to_dict() == {
        "sad": 4, "angry": 4, "fearful": 4, "disgust": 4, "neutral": 4,
    }  # fmt: skip


def test_wrong_classes_and_modalities_get_sentences(folders: dict[str, Path]) -> None:
    corpus = open_corpus(folders["EMO-DB"])
    for call, sentence in (
        (
            lambda: corpus.in_classes({"angry": "x", "fear": "y"}),
            "Corpus.in_classes: classes must name labels that occur; got ['angry'], but the labels"
            " are ['anger', 'boredom', 'disgust', 'fear', 'happiness', 'neutral', 'sadness']."
            " Correct the spelling.",
        ),
        (
            lambda: corpus.in_classes("octants"),
            "Corpus.in_classes: classes must be one of negative-neutral, quadrants, valence; got"
            " 'octants'. Pick one of these.",
        ),
        (
            lambda: corpus.of("eeg"),
            "Corpus.of: modality must be one that EMO-DB holds; got 'eeg', but it holds speech."
            " Take the eeg from another source.",
        ),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value) == sentence


def test_of_keeps_one_modality(folders: dict[str, Path]) -> None:
    corpus = open_corpus(folders["EAV"])
    assert corpus.modalities == ("eeg", "speech")
    for modality in corpus.modalities:
        assert {recording.modality for recording in corpus.of(modality)} == {modality}


def test_hidden_files_of_macos_are_no_part_of_any_corpus(
    folders: dict[str, Path], name: str, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folders[name], tmp_path / "copy"))
    before = open_corpus(copy)
    for path in recordings_in(copy):
        path.with_name(f"._{path.name}").write_bytes(b"\x00\x05\x16\x07")
    (copy / "__MACOSX").mkdir()
    (copy / "__MACOSX" / "03-01-01-01-01-01-09.wav").write_bytes(b"")
    (copy / ".DS_Store").write_bytes(b"")
    after = open_corpus(copy)
    assert after.table().equals(before.table())
    assert after.told() == before.told()


def test_a_foreign_file_is_told_by_name(
    folders: dict[str, Path], name: str, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folders[name], tmp_path / "copy"))
    before = open_corpus(copy)
    hum(copy / "holiday.wav")
    (copy / "notes.mat").write_bytes(b"something else")
    after = open_corpus(copy)
    assert len(after) == len(before)
    assert any("holiday.wav" in note for note in after.told())
    assert after.problems == ()


def test_capital_endings_are_read_alike(
    folders: dict[str, Path], name: str, tmp_path: Path
) -> None:
    if name in OWN_TABLES:
        pytest.skip("Its table names the files.")
    copy = Path(shutil.copytree(folders[name], tmp_path / "copy"))
    before = open_corpus(copy).table()
    for path in recordings_in(copy):
        if path.name != "label.mat":
            path.rename(path.with_name(path.stem + path.suffix.upper()))
    after = open_corpus(copy).table()
    assert after.drop(columns="path").equals(before.drop(columns="path"))


def test_an_empty_and_a_missing_folder_get_sentences(tmp_path: Path) -> None:
    for reader in READERS:
        with pytest.raises(InputError):
            reader.read(tmp_path)
    with pytest.raises(InputError, match=r"^files_below: folder must be a folder that exists"):
        open_corpus(tmp_path / "nowhere")


LISTED = """
import sys, time
from pathlib import Path
from jmml_edu.corpora.known import open_corpus

begin = time.process_time()  # what else the machine does does not count
table = open_corpus(sys.argv[1]).table()
# What getrusage calls the peak is at least that of the process that started this one.
status = Path("/proc/self/status").read_text()
peak_kb = int(status.partition("VmHWM:")[2].split()[0])
print(len(table), time.process_time() - begin, peak_kb / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Others do not tell the peak so.")
def test_ten_thousand_recordings_are_listed_in_seconds_and_little_memory(tmp_path: Path) -> None:
    codes = product(range(1, 80), range(1, 9), (1, 2), (1, 2), range(1, 5))
    names = [
        f"Actor_{actor:02d}/03-01-{emotion:02d}-{level:02d}-{text:02d}-{take:02d}-{actor:02d}.wav"
        for actor, emotion, level, text, take in codes
    ][:10_000]
    copies(hum(tmp_path / "one.wav", seconds=0.1), [tmp_path / "corpus" / n for n in names])
    # Without the checks of types that tests add to every call.
    command = [sys.executable, "-c", LISTED, str(tmp_path / "corpus")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    n_listed, seconds, peak_mib = map(float, done.stdout.split())
    assert n_listed == 10_000
    assert seconds < 10  # about 3
    assert peak_mib < 200


def test_what_a_corpus_is_stands_in_its_about() -> None:
    for reader in READERS:
        about = reader.about
        assert all((about.name, about.holds, about.access, about.licence, about.layout))
    assert len({reader.about.name for reader in READERS}) == len(READERS)


def test_a_corpus_prints_what_it_is_and_what_is_left_out(folders: dict[str, Path]) -> None:
    shown = repr(open_corpus(folders["EAV"]))
    assert shown.startswith(f"EAV: 40 recordings of 2 people in {folders['EAV']}")
    assert "EEG of listening left out: nobody speaks in it." in shown
    assert "2 files left out, video: subject1/Video/001_Trial_01_Listening_Neutral.mp4" in shown


def test_only_what_is_asked_for_is_read(folders: dict[str, Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folders["RAVDESS"], tmp_path / "copy"))
    corpus = open_corpus(copy)
    last = corpus.entries[-1].path
    last.write_bytes(b"")
    recordings = iter(corpus)
    assert next(recordings).trial == corpus.entries[0].trial  # listing read no sound
    with pytest.raises(InputError, match=f"{last.name}, empty"):
        list(recordings)


def corpus_with_problems(corpus: Corpus) -> str:
    """The sentence of a corpus that must be mended first."""
    with pytest.raises(InputError) as caught:
        list(corpus)
    return str(caught.value)


def test_nothing_is_read_while_something_must_be_mended(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folders["SEED-IV"], tmp_path / "copy"))
    for path in copy.rglob("*.mat"):
        path.write_bytes(path.read_bytes()[:-8])
    corpus = open_corpus(copy)
    assert len(corpus.problems) == 2
    sentence = corpus_with_problems(corpus)
    assert sentence.startswith("SEED-IV: corpus must be whole; got read_matlab: path must name a")
    assert sentence.endswith("(and 1 more). See them all with: jmml-edu inspect copy")
