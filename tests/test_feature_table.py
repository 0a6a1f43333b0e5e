"""Feature tables: what is written comes back, and a bad table gets one sentence."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu._checks import InputError
from jmml_edu.corpora.table import read_feature_table, write_pairs_table
from jmml_edu.data import Features, Modality, Provenance
from jmml_edu.pairing import trial_pairs
from jmml_edu.simulate.gaussian import gaussian_pairs

PAIRS = gaussian_pairs(40, n_subjects=4, eeg_dim=3, speech_dim=5, seed=1)
ORIGIN = Provenance("a corpus", simulated=False, steps=("filtered", "cut, then joined"))


def written(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    """A file of the test's own making."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, modality: Modality = "speech") -> Features:
    return read_feature_table(written(folder, content), modality)


def refused(folder: Path, content: str | bytes, modality: Modality = "speech") -> str:
    """The sentence with which a table is turned away."""
    with pytest.raises(InputError) as caught:
        read(folder, content, modality)
    return str(caught.value)


@pytest.mark.parametrize("modality", ["eeg", "speech"])
def test_what_is_written_comes_back(tmp_path: Path, modality: Modality) -> None:
    sides = {"eeg": PAIRS.eeg, "speech": PAIRS.speech}
    write_pairs_table(tmp_path / "t.csv", PAIRS.eeg, PAIRS.speech)
    side, back = sides[modality], read_feature_table(tmp_path / "t.csv", modality)
    assert back.names == side.names
    assert back.modality == modality
    np.testing.assert_allclose(back.values, side.values, rtol=1e-4)
    for name in ("subjects", "labels", "trials", "stimuli"):
        assert getattr(back, name).tolist() == getattr(side, name).tolist()


@pytest.mark.parametrize("digits", [2, 9])
def test_as_many_digits_are_kept_as_asked_for(tmp_path: Path, digits: int) -> None:
    write_pairs_table(tmp_path / "t.csv", PAIRS.eeg, PAIRS.speech, digits=digits)
    back = read_feature_table(tmp_path / "t.csv", "eeg").values
    error = np.abs(back / PAIRS.eeg.values - 1).max()
    assert 10.0 ** -(digits + 2) < error <= 0.5 * 10.0 ** (1 - digits)


def test_provenance_survives_the_file_and_with_it_the_stamp(tmp_path: Path) -> None:
    recorded = replace(PAIRS.speech, provenance=ORIGIN)
    write_pairs_table(tmp_path / "mixed.csv", PAIRS.eeg, recorded)
    write_pairs_table(tmp_path / "real.csv", replace(PAIRS.eeg, provenance=ORIGIN), recorded)
    mixed = read_feature_table(tmp_path / "mixed.csv", "speech").provenance
    assert mixed == PAIRS.eeg.provenance.joined_with(ORIGIN)
    assert mixed.stamp == "SIMULATED"
    assert read_feature_table(tmp_path / "real.csv", "speech").provenance == ORIGIN


def test_a_table_that_says_nothing_of_its_origin_is_taken_as_recorded(tmp_path: Path) -> None:
    found = read(tmp_path, "subject,label,f0\na,x,1\n").provenance
    assert found == Provenance("table.csv", simulated=False)


def test_the_same_pairs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write_pairs_table(tmp_path / name, PAIRS.eeg, PAIRS.speech)
    first = (tmp_path / "a.csv").read_bytes()
    assert first == (tmp_path / "b.csv").read_bytes()
    assert b"\r" not in first


def test_stimuli_are_written_when_they_are_known(tmp_path: Path) -> None:
    said = replace(PAIRS.speech, stimuli=np.array(['He said "go", then left'] * 40, dtype=object))
    write_pairs_table(tmp_path / "t.csv", PAIRS.eeg, said)
    assert set(read_feature_table(tmp_path / "t.csv", "eeg").stimuli) == {said.stimuli[0]}


@pytest.mark.parametrize("subject", ["subject", "participant", "speaker_id", "participant_id"])
@pytest.mark.parametrize("label", ["label", "emotion", "condition", "class"])
def test_describing_columns_may_go_by_other_names(tmp_path: Path, subject: str, label: str) -> None:
    found = read(tmp_path, f"{label},{subject},trial_id,f0\n1,007,03,5\n")
    assert (found.subjects[0], found.labels[0], found.trials[0]) == ("007", "1", "03")
    assert found.names == ("f0",)


def test_without_trials_a_row_of_pairs_is_one_and_other_rows_join_nothing(tmp_path: Path) -> None:
    pairs = "subject,label,speech_f0,eeg_x\na,x,1,1\na,x,2,2\n"
    assert read(tmp_path, pairs).trials.tolist() == ["0", "1"]
    assert read(tmp_path, "subject,label,f0\na,x,1\na,x,2\n").trials.tolist() == ["", ""]


def test_tabs_separate_a_tsv(tmp_path: Path) -> None:
    path = written(tmp_path, "subject\tlabel\tf0\na, b\tx\t1.5\n", "t.tsv")
    found = read_feature_table(path, "speech")
    assert (found.subjects[0], found.values[0, 0]) == ("a, b", 1.5)


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfsubject,label,f0\na,x,1\n").names == ("f0",)


def test_blanks_around_words_are_taken_off_and_an_empty_label_is_unlabelled(tmp_path: Path) -> None:
    found = read(tmp_path, "subject,label,f0\n a , x ,1\na,,2\n")
    assert (found.subjects.tolist(), found.labels.tolist()) == (["a", "a"], ["x", ""])


def test_in_a_table_of_pairs_only_prefixed_columns_are_features(tmp_path: Path) -> None:
    content = "subject,label,age,eeg_alpha,speech_f0\na,x,44,1,2\n"
    assert read(tmp_path, content, "eeg").names == ("alpha",)
    assert read(tmp_path, content, "speech").names == ("f0",)


def test_a_row_whose_eeg_cells_are_all_empty_has_speech_only(tmp_path: Path) -> None:
    content = "subject,trial,label,eeg_a,eeg_b,speech_f0\nA,1,x,,,7\nA,2,y,3,4,8\n"
    eeg, speech = (read(tmp_path, content, modality) for modality in ("eeg", "speech"))
    assert eeg.trials.tolist() == ["2"]
    assert trial_pairs(eeg, speech).has_eeg.tolist() == [False, True]


def test_pairs_stay_pairs_without_a_trial_column(tmp_path: Path) -> None:
    content = "subject,label,eeg_a,speech_f0\nA,x,,1\nA,x,2,2\nA,x,3,3\nB,y,4,4\n"
    eeg, speech = (read(tmp_path, content, modality) for modality in ("eeg", "speech"))
    pairs = trial_pairs(eeg, speech)
    assert pairs.has_eeg.tolist() == [False, True, True, True]
    np.testing.assert_array_equal(pairs.eeg.values[1:], pairs.speech.values[1:])


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is here")
def test_parquet_without_its_reader_names_the_remedy(tmp_path: Path) -> None:
    path = written(tmp_path, b"PAR1", "t.parquet")
    with pytest.raises(InputError, match=r"no Parquet reader\. Install it with: pip install"):
        read_feature_table(path, "speech")


def test_parquet_comes_back_like_csv(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="Parquet needs the extra.")
    import pandas as pd

    table = pd.DataFrame({"subject": [1, 2], "label": ["1", "2"], "f0": [0.5, 1.5]})
    table.to_parquet(tmp_path / "t.parquet")
    found = read_feature_table(tmp_path / "t.parquet", "speech")
    assert (found.subjects.tolist(), found.values[:, 0].tolist()) == (["1", "2"], [0.5, 1.5])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "table.csv must hold a table; got an empty file. Export it again."),
        (
            "label,f0\nx,1\n",
            "table.csv must have a column 'subject'; got columns ['label', 'f0']. Name it subject",
        ),
        (
            "subject,f0\na,1\n",
            "table.csv must have a column 'label'; got columns ['subject', 'f0']. Name it label",
        ),
        ("subject,label\na,x\n", "table.csv must have speech features; got columns"),
        ("subject,label,eeg_a\na,x,1\n", "table.csv must have speech features; got columns"),
        ("subject,label,f0\na,x,1\na,x,high\n", "got 'high' in column 'f0'."),
        (
            "subject,label,f0,f1\na,x,1,2\nb,x,3,\n",
            "have no missing cell in a row that it uses; got 1 missing, the first in data row 2,"
            " column 'f1'. Fill them or delete those rows.",
        ),
        ("subject,label,f0\na,x,inf\n", "got 1 missing, the first in data row 1, column 'f0'"),
    ],
)
def test_a_bad_table_is_turned_away_in_one_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    found = refused(tmp_path, content)
    assert found.startswith("read_feature_table: ")
    assert sentence in found


def test_formulas_and_tags_stay_plain_text(tmp_path: Path) -> None:
    hostile = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "../../etc/passwd", "[/red]"]
    rows = "".join(f'"{name}","{name}",1\n' for name in hostile)
    found = read(tmp_path, "subject,label,f0\n" + rows)
    assert found.subjects.tolist() == found.labels.tolist() == hostile


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"subject,label,f0\na,x,1\xe9\n", "UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)), "UTF-8"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 1\n", "git lfs pull"),
        ("subject,label,f0\n", "row"),
        ("subject,label,f0,f0\na,x,1,2\n", "f0"),
        ("subject,label,f0\na,x,1\na,x,1,2,3\n", "line 3"),
        ("subject,label,f0\na,x,1,5\nb,y,2,6\n", "column"),
        ("subject,label,f0\n,x,1\nb,y,2\n", "subject"),
        ("subject,label,condition,f0\na,x,1,5\nb,y,2,6\n", "condition"),
        (",subject,label,f0\n0,a,x,1\n1,b,y,2\n", "name"),
        ("# provenance: {oops\nsubject,label,f0\na,x,1\n", "provenance"),
        ('# provenance: {"source": "x"}\nsubject,label,f0\na,x,1\n', "provenance"),
    ],
)
def test_what_is_no_clean_table_gets_a_sentence_too(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    assert words in refused(tmp_path, content)


def test_a_number_too_long_for_an_integer_is_still_a_number(tmp_path: Path) -> None:
    assert read(tmp_path, "subject,label,f0\na,x,99999999999999999999999999\n").values[0, 0] == 1e26


def test_the_row_that_is_named_is_the_row_of_the_file(tmp_path: Path) -> None:
    content = "subject,label,eeg_a,eeg_b,speech_f0\nA,x,,,7\nA,y,3,4,8\nA,y,3,,9\n"
    assert "data row 3, column 'eeg_b'" in refused(tmp_path, content, "eeg")


def test_the_remedy_for_text_names_columns_that_would_be_understood(tmp_path: Path) -> None:
    remedy = refused(tmp_path, "subject,label,note,f0\na,x,loud,1\n").split("got ")[1]
    assert "'stimulus'" in remedy
    assert "'stimuli'" not in remedy


@settings(max_examples=25, deadline=None)
@given(
    label=st.sampled_from(["NA", "None", "null", "nan", "n/a", "1", "01", "True", "1e3"])
    | st.text("abcäß-;|'\"", min_size=1, max_size=8)
)
def test_a_label_comes_back_as_the_word_it_is(
    tmp_path_factory: pytest.TempPathFactory, label: str
) -> None:
    path = tmp_path_factory.mktemp("labels") / "t.csv"
    named = np.array([label] * 40, dtype=object)
    eeg, speech = (replace(side, labels=named) for side in (PAIRS.eeg, PAIRS.speech))
    write_pairs_table(path, eeg, speech)
    assert set(read_feature_table(path, "speech").labels) == {label}


def test_an_eeg_table_of_its_own_keeps_its_empty_rows_in_sight(tmp_path: Path) -> None:
    table = tmp_path / "eeg.csv"
    table.write_text("subject,label,alpha\na,x,1\nb,x,\n")
    with pytest.raises(InputError, match="1 missing, the first in data row 2, column 'alpha'"):
        read_feature_table(table, "eeg")


def test_a_quote_that_never_closes_gets_a_sentence(tmp_path: Path) -> None:
    table = tmp_path / "open.csv"
    table.write_text('subject,label,f0\na,x,"1\nb,y,2\n')
    with pytest.raises(InputError, match=r"open\.csv must"):
        read_feature_table(table, "speech")
    table.write_text("subject,label,f0\na,x,1" + "0" * 140_000 + "\n")
    with pytest.raises(InputError, match=r"open\.csv must"):
        read_feature_table(table, "speech")
