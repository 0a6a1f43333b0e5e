"""Corpus folders: nEMO's layout, and a lab's own recordings with a table beside them."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jmml_edu._checks import InputError
from jmml_edu.corpora.edf import write_eeg
from jmml_edu.corpora.indexed import COLUMNS, is_indexed, read_indexed
from jmml_edu.corpora.nemo import is_nemo, read_nemo
from jmml_edu.data import Features, Modality, Recording
from jmml_edu.features.eeg import eeg_features
from jmml_edu.features.speech import speech_features
from jmml_edu.preprocess.eeg import clean_eeg
from jmml_edu.preprocess.speech import clean_speech
from jmml_edu.simulate.pairs import World, simulate_pairs
from jmml_edu.sources import read_features

RATE_HZ = 16_000
NEMO_ROWS = (
    ("SB0_anger_01.wav", "anger", "Idź do domu!", "  SB0"),
    ("KL1_neutral_01.wav", "neutral", "Ona powiedziała „nie”.", " KL1"),
)
WORLD = World(n_subjects=2, n_trials=4, seed=5)


def voice(path: Path, *, seed: int = 0) -> None:
    """Half a second of a hum with overtones."""
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20))
    noise = np.random.default_rng(seed).standard_normal(len(time_s))
    soundfile.write(path, 0.1 * hum + 0.001 * noise, RATE_HZ, subtype="PCM_16")


def nemo(folder: Path, rows: Sequence[Sequence[str]] = NEMO_ROWS) -> Path:
    """A folder laid out like nEMO, blanks before speakers included."""
    (folder / "samples").mkdir()
    lines = ["file_id\temotion\traw_text\tspeaker_id", *("\t".join(row) for row in rows)]
    (folder / "data.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for number, row in enumerate(rows):
        voice(folder / "samples" / row[0], seed=number)
    return folder


def test_nemo_gives_one_recording_per_line_without_the_blanks(tmp_path: Path) -> None:
    first, second = read_nemo(nemo(tmp_path))
    assert (first.subject, first.label, first.stimulus) == ("SB0", "anger", "Idź do domu!")
    assert (second.subject, second.trial) == ("KL1", "KL1_neutral_01")
    assert (first.modality, first.sample_rate_hz) == ("speech", RATE_HZ)
    assert first.provenance.source == f"nEMO ({tmp_path.name})"
    assert not first.provenance.simulated


def test_nemo_is_recognised_by_its_columns(tmp_path: Path) -> None:
    assert not is_nemo(tmp_path)
    (tmp_path / "data.tsv").write_text("name\tage\n")
    assert not is_nemo(tmp_path)
    assert is_nemo(nemo(tmp_path))


def test_nemo_without_its_sounds_names_the_first_that_is_missing(tmp_path: Path) -> None:
    (nemo(tmp_path) / "samples" / NEMO_ROWS[1][0]).unlink()
    recordings = iter(read_nemo(tmp_path))
    next(recordings)
    with pytest.raises(InputError, match=r"^read_wav: path must name an existing file; .*KL1_neu"):
        next(recordings)


def test_nemo_without_a_line_is_turned_away(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(read_nemo(nemo(tmp_path, rows=())))
    assert str(caught.value) == (
        "read_nemo: data.tsv must list recordings with file_id, emotion, raw_text, speaker_id;"
        " got none. Unpack the corpus again."
    )


def test_nemo_has_no_eeg_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_features(str(nemo(tmp_path)), "eeg")
    assert str(caught.value) == (
        "Corpus.of: modality must be one that nEMO holds; got 'eeg', but it holds speech."
        " Take the eeg from another source."
    )


def test_each_recording_is_told_when_it_has_been_read(tmp_path: Path) -> None:
    told: list[str] = []
    features = read_features(str(nemo(tmp_path)), "speech", on_step=told.append)
    assert told == ["SB0 SB0_anger_01", "KL1 KL1_neutral_01"]
    assert features.subjects.tolist() == ["SB0", "KL1"]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Recording, Recording]]:
    """Two simulated people, four utterances each."""
    return list(simulate_pairs(WORLD))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[Recording, Recording]]) -> Path:
    """The same as a folder: EDF, FLAC and the table that says what each is."""
    folder = tmp_path_factory.mktemp("lab")
    rows = []
    for eeg, speech in pairs:
        files = {"eeg": f"{eeg.trial}.edf", "speech": f"{eeg.trial}.flac"}
        write_eeg(eeg, folder / files["eeg"])
        soundfile.write(folder / files["speech"], speech.signal[0], RATE_HZ, subtype="PCM_24")
        rows += [(files[m], m, eeg.subject, eeg.trial, eeg.label) for m in files]
    write_index(folder, rows)
    said = {"source": "two simulated people", "simulated": True}
    (folder / "provenance.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def write_index(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    """The table of a folder of recordings."""
    with (folder / "recordings.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return folder


def directly(pairs: list[tuple[Recording, Recording]], modality: Modality) -> Features:
    """Features of the recordings as they are in memory."""
    eeg, speech = zip(*pairs, strict=True)
    if modality == "eeg":
        return eeg_features(map(clean_eeg, eeg))
    return speech_features(map(clean_speech, speech))


@pytest.mark.parametrize(
    # EDF keeps 16 bit of the largest amplitude, FLAC here 24 bit of full scale.
    ("modality", "tolerance"), [("eeg", 1e-2), ("speech", 1e-2)],
)  # fmt: skip
def test_features_of_a_folder_are_those_of_its_recordings(
    lab: Path, pairs: list[tuple[Recording, Recording]], modality: Modality, tolerance: float
) -> None:
    found, expected = read_features(str(lab), modality), directly(pairs, modality)
    assert found.names == expected.names
    for name in ("subjects", "labels", "trials"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    spread = expected.values.std(axis=0).clip(min=1e-6)
    assert np.abs((found.values - expected.values) / spread).max() < tolerance


def test_what_the_folder_says_of_itself_reaches_the_features(lab: Path) -> None:
    found = read_features(str(lab), "eeg").provenance
    assert found.source == "two simulated people"
    assert found.stamp == "SIMULATED"


def test_a_folder_that_says_nothing_is_taken_as_recorded(tmp_path: Path) -> None:
    voice(tmp_path / "a.wav")
    write_index(tmp_path, [("a.wav", "speech", "ann", "1", "calm")])
    (recording,) = read_indexed(tmp_path)
    assert is_indexed(tmp_path)
    assert not recording.provenance.simulated
    assert (recording.subject, recording.trial, recording.label) == ("ann", "1", "calm")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("b.wav", "speech", "a", "1", "x"), "read_wav: path must name an existing file"),
        (
            ("a.wav", "video", "a", "1", "x"),
            "read_indexed: modality in recordings.csv must be one of ('eeg', 'speech');"
            " got ['video']. Correct the table.",
        ),
    ],
)
def test_a_wrong_row_gets_a_sentence(tmp_path: Path, row: tuple[str, ...], sentence: str) -> None:
    voice(tmp_path / "a.wav")
    with pytest.raises(InputError) as caught:
        list(read_indexed(write_index(tmp_path, [row])))
    assert str(caught.value).startswith(sentence)


def test_an_index_without_rows_or_columns_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^read_indexed: recordings\.csv must list recordings"):
        list(read_indexed(write_index(tmp_path, [])))
    (tmp_path / "recordings.csv").write_text("file,subject\na.wav,a\n")
    with pytest.raises(InputError, match=r"got 1 rows without \['label', 'modality', 'trial'\]"):
        list(read_indexed(tmp_path))


@pytest.mark.parametrize(
    "line", ["a.wav,speech,ann,1", "a.wav,speech,ann,1,x,y", ",speech,ann,1,x", "a.wav,speech,,1,x"]
)
def test_a_torn_row_of_an_index_is_named(tmp_path: Path, line: str) -> None:
    voice(tmp_path / "a.wav")
    index = write_index(tmp_path, [("a.wav", "speech", "ann", "1", "calm")]) / "recordings.csv"
    index.write_text(index.read_text() + line + "\n")
    with pytest.raises(InputError) as caught:
        list(read_indexed(tmp_path))
    assert str(caught.value) == (
        "read_indexed: recordings.csv must have one cell per column, and a file and subject per"
        " row; got something else in row 2. Mend that row."
    )


@pytest.mark.parametrize("content", ["{oops", "[]", '{"simulated": true}'])
def test_a_broken_word_on_origin_gets_a_sentence(tmp_path: Path, content: str) -> None:
    voice(tmp_path / "a.wav")
    write_index(tmp_path, [("a.wav", "speech", "ann", "1", "calm")])
    (tmp_path / "provenance.json").write_text(content)
    with pytest.raises(InputError, match=r"provenance\.json"):
        list(read_indexed(tmp_path))


def test_a_folder_of_speech_asked_for_eeg_gets_a_sentence(tmp_path: Path) -> None:
    voice(tmp_path / "a.wav")
    write_index(tmp_path, [("a.wav", "speech", "ann", "1", "calm")])
    with pytest.raises(InputError):
        read_features(str(tmp_path), "eeg")


def test_an_index_in_another_alphabet_gets_a_sentence(tmp_path: Path) -> None:
    head = "file_id\temotion\traw_text\tspeaker_id\n"
    (tmp_path / "data.tsv").write_bytes((head + "a.wav\tanger\tz\u0142y\tA\n").encode("latin2"))
    with pytest.raises(InputError, match=r"data\.tsv must be text in UTF-8"):
        list(read_nemo(tmp_path))


@pytest.mark.real
def test_real_eeg_and_real_speech_are_listed_in_a_table(real_data: Path, tmp_path: Path) -> None:
    shutil.copy(real_data / "eeg_formats" / "eeglab_data.set", tmp_path)
    shutil.copy(real_data / "eeg_formats" / "eeglab_data.fdt", tmp_path)
    shutil.copy(real_data / "nemo_3spk" / "samples" / "EB0_anger_10.wav", tmp_path)
    rows = [
        ("eeglab_data.set", "eeg", "ann", "1", "calm"),
        ("EB0_anger_10.wav", "speech", "bob", "1", "anger"),
    ]
    corpus = read_indexed(write_index(tmp_path, rows))
    eeg, speech = corpus
    assert (eeg.subject, eeg.label, eeg.sample_rate_hz) == ("ann", "calm", 128.0)
    assert (speech.subject, speech.label, speech.sample_rate_hz) == ("bob", "anger", 24_000.0)
    assert corpus.modalities == ("eeg", "speech")


def test_a_trial_that_is_listed_twice_and_a_file_outside_are_turned_away(tmp_path: Path) -> None:
    voice(tmp_path / "a.wav")
    row = ("a.wav", "speech", "ann", "1", "calm")
    with pytest.raises(InputError) as caught:
        read_indexed(write_index(tmp_path, [row, row]))
    assert str(caught.value) == (
        "read_indexed: recordings.csv must list each trial of a subject once; got speech ann 1"
        " again. Give every trial its own name."
    )
    with pytest.raises(InputError, match=r"must lie in the folder of its table; got '\.\./a\.wav'"):
        read_indexed(write_index(tmp_path, [("../a.wav", *row[1:])]))
