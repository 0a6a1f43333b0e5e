"""Speech corpora whose names say all: what each code means, and every way a folder goes wrong."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from made_corpora import hum, make_emodb, make_nemo, make_ravdess

from jmml_edu._checks import InputError
from jmml_edu.corpora.emodb import EMOTIONS, SPEAKERS, read_emodb
from jmml_edu.corpora.nemo import read_nemo
from jmml_edu.corpora.ravdess import read_ravdess

# The published counts of EMO-DB: sentences by letter, and by speaker.
EMODB_COUNTS = {"W": 127, "L": 81, "E": 46, "A": 69, "F": 71, "T": 62, "N": 79}


def one(folder: Path, name: str) -> Path:
    """A folder with one sound file."""
    hum(folder / name)
    return folder


@pytest.mark.parametrize(
    ("name", "subject", "label", "stimulus"),
    [
        ("03-01-01-01-01-01-01", "RAVDESS 01", "neutral", "Kids are talking by the door"),
        ("03-01-02-02-02-02-24", "RAVDESS 24", "calm", "Dogs are sitting by the door"),
        ("03-01-05-01-01-02-10", "RAVDESS 10", "angry", "Kids are talking by the door"),
        ("03-01-08-01-02-01-03", "RAVDESS 03", "surprised", "Dogs are sitting by the door"),
    ],
)
def test_codes_of_ravdess(
    tmp_path: Path, name: str, subject: str, label: str, stimulus: str
) -> None:
    (recording,) = read_ravdess(one(tmp_path, f"{name}.wav"))
    assert (recording.subject, recording.label, recording.stimulus) == (subject, label, stimulus)
    assert recording.trial == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("03-02-03-01-01-01-01.wav", "song"),
        ("01-01-03-01-01-01-01.wav", "sound of a video"),
        ("03-01-09-01-01-01-01.wav", "an unknown code in its name"),
        ("03-03-01-01-01-01-01.wav", "an unknown code in its name"),
        ("03-01-03-01-03-01-01.wav", "an unknown code in its name"),
        ("03-01-03-01-01-01.wav", "no name of RAVDESS"),
        ("03-01-03-01-01-01-01.mp4", "no sound"),
    ],
)
def test_what_ravdess_leaves_out_is_told_with_the_reason(
    tmp_path: Path, name: str, why: str
) -> None:
    one(tmp_path, "Actor_01/03-01-01-01-01-01-01.wav")
    (tmp_path / "Actor_01" / name).write_bytes(b"")
    corpus = read_ravdess(tmp_path)
    assert len(corpus) == 1
    assert corpus.dropped == ((f"Actor_01/{name}", why),)
    assert f"1 file left out, {why}: Actor_01/{name}" in corpus.told()


def test_people_and_recordings_that_are_missing_are_told(tmp_path: Path) -> None:
    make_ravdess(tmp_path, actors=(1,), emotions=(1,))
    assert read_ravdess(tmp_path).told() == (
        "1 of 24 people are here.",
        "Instead of 60 recordings per person: RAVDESS 01 2.",
    )


def test_a_second_copy_is_read_once_and_told(tmp_path: Path) -> None:
    make_ravdess(tmp_path / "Actors", actors=(1,), emotions=(1, 2))
    shutil.copytree(tmp_path / "Actors", tmp_path / "audio_speech_actors_01-24")
    corpus = read_ravdess(tmp_path)
    assert len(corpus) == 4
    assert {why for _, why in corpus.dropped} == {"a second copy"}
    assert len(corpus.dropped) == 4


def test_two_different_files_of_one_recording_stop_the_reader(tmp_path: Path) -> None:
    name = "03-01-01-01-01-01-01.wav"
    hum(tmp_path / "a" / name, seconds=0.5)
    hum(tmp_path / "b" / name, seconds=0.6)
    with pytest.raises(InputError) as caught:
        read_ravdess(tmp_path)
    assert str(caught.value) == (
        f"read_ravdess: folder must hold each recording once; got a/{name} and b/{name} of 16044"
        " and 19244 bytes. Remove the one that is wrong."
    )


def test_a_folder_without_a_single_name_shows_what_is_expected(tmp_path: Path) -> None:
    hum(tmp_path / "holiday.wav")
    with pytest.raises(InputError) as caught:
        read_ravdess(tmp_path)
    assert str(caught.value) == (
        "read_ravdess: folder must hold files like Actor_01/03-01-01-01-01-01-01.wav; got"
        f" holiday.wav in {tmp_path.name}. Unpack the corpus there; its layout stands in: jmml-edu"
        " corpora"
    )


@pytest.mark.parametrize("damage", ["cut", "pointer", "text", "gone"])
def test_a_damaged_sound_stops_when_its_turn_comes(tmp_path: Path, damage: str) -> None:
    make_ravdess(tmp_path, actors=(1,), emotions=(1, 2))
    corpus = read_ravdess(tmp_path)
    path = corpus.entries[2].path
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "pointer":
        path.write_text("version https://git-lfs.github.com/spec/v1\n")
    elif damage == "text":
        path.write_text("no sound at all")
    else:
        path.unlink()
    recordings = iter(corpus)
    assert [next(recordings).trial for _ in range(2)]
    with pytest.raises(InputError, match=r"^read_wav: path must .*03-01-02-01-01-01-01"):
        next(recordings)


@pytest.mark.parametrize(
    ("name", "subject", "label", "text"),
    [
        ("03a01Fa", "EMO-DB 03", "happiness", "a01"),
        ("16b10Wb", "EMO-DB 16", "anger", "b10"),
        ("08a07Ac", "EMO-DB 08", "fear", "a07"),
        ("10B02td", "EMO-DB 10", "sadness", "b02"),
        ("11a05le", "EMO-DB 11", "boredom", "a05"),
        ("12a02Ea", "EMO-DB 12", "disgust", "a02"),
        ("13A04Nf", "EMO-DB 13", "neutral", "a04"),
    ],
)
def test_letters_of_emodb_are_german(
    tmp_path: Path, name: str, subject: str, label: str, text: str
) -> None:
    (recording,) = read_emodb(one(tmp_path, f"{name}.wav"))
    assert (recording.subject, recording.label, recording.stimulus) == (subject, label, text)


@pytest.mark.parametrize("name", ["17a01Fa", "03a01Xa", "99b02Wc"])
def test_unknown_codes_of_emodb_are_told(tmp_path: Path, name: str) -> None:
    hum(tmp_path / "03a01Fa.wav")
    hum(tmp_path / f"{name}.wav")
    assert read_emodb(tmp_path).dropped == ((f"{name}.wav", "an unknown code in its name"),)


def test_emodb_of_the_published_size_has_the_published_counts(tmp_path: Path) -> None:
    names = []
    for letter, count in EMODB_COUNTS.items():
        texts = [f"{kind}{n:02d}" for kind in "ab" for n in range(1, 11)]
        combinations = [(s, t, v) for v in "abcdef" for t in texts for s in SPEAKERS]
        names += [f"{s}{t}{letter}{v}.wav" for s, t, v in combinations[:count]]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    corpus = read_emodb(tmp_path)
    assert len(corpus) == 535
    counts = Counter(entry.label for entry in corpus.entries)
    assert counts == {EMOTIONS[letter]: count for letter, count in EMODB_COUNTS.items()}


def test_names_in_other_cases_are_the_same_recording(tmp_path: Path) -> None:
    make_emodb(tmp_path, speakers=("03",), texts=("a01",))
    shutil.copy(tmp_path / "wav" / "03a01Fa.wav", tmp_path / "03A01fA.WAV")
    corpus = read_emodb(tmp_path)
    assert len(corpus) == 7
    assert [why for _, why in corpus.dropped] == ["a second copy"]


def test_nemo_lists_what_its_table_lists_and_tells_the_rest(tmp_path: Path) -> None:
    make_nemo(tmp_path)
    hum(tmp_path / "samples" / "SB0_joy_1.wav")
    corpus = read_nemo(tmp_path)
    assert len(corpus) == 24
    assert corpus.dropped == (("samples/SB0_joy_1.wav", "not in data.tsv"),)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("SB0_fear_1.wav", "SB0_anger_1.wav", "list each file once; got 1 listed again"),
        ("SB0_fear_1.wav", "../../secret.wav", "lie in the folder of its table; got 'samples/../"),
        ("SB0_fear_1.wav", "/etc/passwd", "lie in the folder of its table; got 'samples//etc"),
    ],
)
def test_a_wrong_line_of_the_table_of_nemo_is_turned_away(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    folder = tmp_path / "nemo"
    folder.mkdir()
    table = make_nemo(folder) / "data.tsv"
    table.write_text(table.read_text("utf-8").replace(old, new), encoding="utf-8")
    if new.startswith("/"):
        assert not (folder / "samples" / new[1:]).exists()
        with pytest.raises(InputError):
            list(read_nemo(folder))
        return
    with pytest.raises(InputError) as caught:
        read_nemo(folder)
    assert sentence in str(caught.value)


@pytest.mark.real
def test_real_nemo_is_read_whole(real_data: Path) -> None:
    corpus = read_nemo(real_data / "nemo_3spk")
    table = corpus.table()
    assert len(table) == 288
    assert table.groupby(["subject", "label"]).size().tolist() == [16] * 18
    assert set(table["rate_hz"]) == {24_000.0}
    assert corpus.dropped == ()
    assert corpus.told() == ("3 of 9 people are here.",)
    first = next(iter(corpus))
    assert first.duration_s == pytest.approx(table["duration_s"].iloc[0])
