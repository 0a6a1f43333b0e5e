"""Speech corpora whose names say all: what each code means, and every way a folder goes wrong."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from made_corpora import (
    hum,
    make_crema_d,
    make_emodb,
    make_iemocap,
    make_nemo,
    make_ravdess,
    make_savee,
    make_tess,
)

from jmml_edu._checks import InputError
from jmml_edu.corpora.corpus import Corpus
from jmml_edu.corpora.crema_d import SENTENCES, read_crema_d
from jmml_edu.corpora.emodb import EMOTIONS, SPEAKERS, read_emodb
from jmml_edu.corpora.iemocap import read_iemocap
from jmml_edu.corpora.nemo import read_nemo
from jmml_edu.corpora.ravdess import read_ravdess
from jmml_edu.corpora.savee import read_savee
from jmml_edu.corpora.tess import read_tess

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


@pytest.mark.skipif(sys.platform == "win32", reason="Links need rights there.")
def test_sounds_may_lie_on_another_disk_behind_a_link(tmp_path: Path) -> None:
    make_nemo(tmp_path / "disk")
    (tmp_path / "nemo").mkdir()
    (tmp_path / "nemo" / "samples").symlink_to(tmp_path / "disk" / "samples")
    shutil.copy(tmp_path / "disk" / "data.tsv", tmp_path / "nemo")
    assert len(list(read_nemo(tmp_path / "nemo"))) == 24


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


@pytest.mark.parametrize(
    ("name", "subject", "label", "code"),
    [
        ("1001_DFA_ANG_XX", "CREMA-D 1001", "anger", "DFA"),
        ("1091_IEO_SAD_LO", "CREMA-D 1091", "sadness", "IEO"),
        ("1007_wsi_neu_xx", "CREMA-D 1007", "neutral", "WSI"),
    ],
)
def test_codes_of_crema_d(tmp_path: Path, name: str, subject: str, label: str, code: str) -> None:
    (recording,) = read_crema_d(one(tmp_path, f"{name}.wav"))
    assert (recording.subject, recording.label) == (subject, label)
    assert recording.stimulus == SENTENCES[code]
    assert len(set(SENTENCES.values())) == 12


@pytest.mark.parametrize("name", ["1001_ABC_ANG_XX", "1001_DFA_SUR_XX"])
def test_unknown_codes_of_crema_d_are_told(tmp_path: Path, name: str) -> None:
    make_crema_d(tmp_path, (1001,))
    hum(tmp_path / f"{name}.wav")
    assert (f"{name}.wav", "an unknown code in its name") in read_crema_d(tmp_path).dropped


def heard(folder: Path, *votes: tuple[str, str]) -> Path:
    """The table of what listeners heard, with some of its other columns."""
    rows = [f"{k},{name},{vote},60,A,50" for k, (name, vote) in enumerate(votes, 1)]
    table = folder / "processedResults" / "summaryTable.csv"
    table.parent.mkdir(exist_ok=True)
    head = '"",FileName,VoiceVote,VoiceLevel,FaceVote,FaceLevel'
    table.write_text("\n".join([head, *rows]) + "\n")
    return folder


def test_what_listeners_of_crema_d_heard_can_be_the_label(tmp_path: Path) -> None:
    make_crema_d(tmp_path, (1001,), sentences=("DFA",))
    votes = (("ANG", "A"), ("DIS", "N"), ("FEA", "F:S"), ("HAP", "H"), ("NEU", "S"))
    heard(tmp_path, *((f"1001_DFA_{code}_XX", vote) for code, vote in votes))
    corpus = read_crema_d(tmp_path, label="heard")
    assert [(r.trial, r.label) for r in corpus] == [
        ("1001_DFA_ANG_XX", "anger"), ("1001_DFA_DIS_XX", "neutral"),
        ("1001_DFA_HAP_XX", "happiness"), ("1001_DFA_NEU_XX", "sadness"),
    ]  # fmt: skip
    assert ("AudioWAV/1001_DFA_FEA_XX.wav", "listeners drew between emotions") in corpus.dropped
    assert ("AudioWAV/1001_DFA_SAD_XX.wav", "without a vote of listeners") in corpus.dropped
    assert [r.label for r in read_crema_d(tmp_path)][1:3] == ["disgust", "fear"]


def test_without_the_table_of_listeners_there_is_a_sentence(tmp_path: Path) -> None:
    make_crema_d(tmp_path, (1001,))
    with pytest.raises(InputError) as caught:
        read_crema_d(tmp_path, label="heard")
    assert str(caught.value) == (
        "read_crema_d: summaryTable.csv must say what listeners heard; got no such file. Put"
        ' processedResults of the corpus into the folder, or take label="acted".'
    )
    with pytest.raises(InputError, match="label must be one of acted, heard; got 'seen'"):
        read_crema_d(tmp_path, label="seen")


def test_a_clone_of_crema_d_without_lfs_is_listed_and_explained_when_read(tmp_path: Path) -> None:
    make_crema_d(tmp_path, (1001,))
    for path in tmp_path.rglob("*.wav"):
        path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(InputError, match="Fetch the sound itself with 'git lfs pull'"):
        next(iter(read_crema_d(tmp_path)))


def test_two_letters_of_savee_come_before_one(tmp_path: Path) -> None:
    make_savee(tmp_path, takes=(1,))
    found = {e.path.name: e.label for e in read_savee(tmp_path).entries if e.subject == "SAVEE DC"}
    assert found == {
        "a01.wav": "anger", "d01.wav": "disgust", "f01.wav": "fear", "h01.wav": "happiness",
        "n01.wav": "neutral", "sa01.wav": "sadness", "su01.wav": "surprise",
    }  # fmt: skip


def test_both_layouts_of_savee_are_the_same_corpus(tmp_path: Path) -> None:
    folders = read_savee(make_savee(tmp_path / "official", takes=(3,)))
    flat = read_savee(make_savee(tmp_path / "flat", takes=(3,), flat=True))
    said = [{(e.subject, e.trial, e.label) for e in corpus.entries} for corpus in (folders, flat)]
    assert said[0] == said[1]
    assert len(said[0]) == 28


def test_a_sound_of_no_speaker_of_savee_is_told(tmp_path: Path) -> None:
    make_savee(tmp_path, takes=(1,))
    hum(tmp_path / "XX_a01.wav")
    assert read_savee(tmp_path).dropped == (("XX_a01.wav", "of no speaker of SAVEE"),)


def test_tess_of_many_spellings_is_two_women(tmp_path: Path) -> None:
    hum(tmp_path / "OAF_angry" / "OAF_back_angry.wav")
    hum(tmp_path / "YAF_pleasant_surprised" / "YAF_Back_PS.wav")
    hum(tmp_path / "OAF_neutral" / "OA_bite_neutral.wav")
    hum(tmp_path / "OAF_neutral" / "OAF_bite_bored.wav")
    corpus = read_tess(tmp_path)
    said = [(e.subject, e.label, e.stimulus, e.trial) for e in corpus.entries]
    assert said == [
        ("TESS OAF", "angry", "back", "back_angry"),
        ("TESS OAF", "neutral", "bite", "bite_neutral"),
        ("TESS YAF", "pleasant-surprise", "back", "back_ps"),
    ]
    assert corpus.schemes["valence"]["pleasant-surprise"] == "positive"
    assert corpus.dropped == (("OAF_neutral/OAF_bite_bored.wav", "an unknown emotion in its name"),)


def test_who_speaks_in_iemocap_is_the_last_letter(tmp_path: Path) -> None:
    make_iemocap(tmp_path, (3,), ("impro05a", "script01_1b"))
    entries = read_iemocap(tmp_path).entries
    for entry in entries:
        assert entry.subject == f"IEMOCAP 3{entry.path.stem[-4]}"
        assert entry.session == "3"
        assert entry.trial == entry.path.stem
    assert {entry.stimulus for entry in entries} == {"impro05", "script01_1"}
    assert {entry.subject for entry in entries} == {"IEMOCAP 3F", "IEMOCAP 3M"}


def test_the_usual_four_classes_of_iemocap_join_excitement_and_happiness(tmp_path: Path) -> None:
    chosen = read_iemocap(make_iemocap(tmp_path)).in_classes("four-classes")
    counts = chosen.table()["class"].value_counts().to_dict()
    assert counts == {"happiness": 8, "neutral": 4, "anger": 4, "sadness": 4}
    assert "4 speech trials dropped, their labels have no class: frustration." in chosen.told()


def test_turns_of_iemocap_without_a_use_are_told_with_the_reason(tmp_path: Path) -> None:
    make_iemocap(tmp_path, (1,))
    wav = tmp_path / "Session1" / "sentences" / "wav" / "Ses01F_impro01"
    hum(wav / "Ses01F_impro01_F099.wav")
    hum(tmp_path / "Session1" / "dialog" / "wav" / "Ses01F_impro01.wav")
    table = tmp_path / "Session1" / "dialog" / "EmoEvaluation" / "Ses01F_impro01.txt"
    table.write_text(table.read_text().replace("_F000\tneu", "_F000\tzzz"))
    dropped = {Path(what).name: why for what, why in read_iemocap(tmp_path).dropped}
    assert dropped == {
        "Ses01F_impro01_F000.wav": "of an unknown label 'zzz'",
        "Ses01F_impro01_F006.wav": "the listeners did not agree",
        "Ses01F_impro01_M006.wav": "the listeners did not agree",
        "Ses01F_impro01_F099.wav": "without a label in EmoEvaluation",
        "Ses01F_impro01.wav": "no turn of IEMOCAP",
        "Ses01F_impro01.txt": "no turn of IEMOCAP",
    }


@pytest.mark.parametrize(
    "read", [read_crema_d, read_savee, read_tess, read_iemocap, read_ravdess, read_emodb]
)
def test_every_reader_of_sounds_refuses_a_folder_of_others(
    tmp_path: Path, read: Callable[[Path], Corpus]
) -> None:
    hum(tmp_path / "holiday.wav")
    with pytest.raises(InputError, match=r"must hold files like .*; got holiday\.wav in"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("make", "read"),
    [(make_crema_d, read_crema_d), (make_savee, read_savee), (make_tess, read_tess),
     (make_iemocap, read_iemocap), (make_emodb, read_emodb)],
)  # fmt: skip
def test_every_reader_of_sounds_stops_at_a_damaged_file_and_reads_copies_once(
    tmp_path: Path, make: Callable[[Path], Path], read: Callable[[Path], Corpus]
) -> None:
    before = len(read(make(tmp_path / "first")))
    first = read(tmp_path / "first").entries[0].path
    copy = tmp_path / "first" / "again" / first.parent.name / first.name
    copy.parent.mkdir(parents=True)
    shutil.copy(first, copy)
    corpus = read(tmp_path / "first")
    assert len(corpus) == before
    assert [why for _, why in corpus.dropped].count("a second copy") == 1
    last = corpus.entries[-1].path
    last.write_bytes(last.read_bytes()[:-100])
    with pytest.raises(InputError, match="cut short by 100 bytes"):
        list(corpus)
