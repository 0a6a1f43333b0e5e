"""From the name of a source to features, and from labels to classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_corpora import hum, make_deap, make_emodb, make_seed_iv

from jmml_edu._checks import InputError
from jmml_edu.corpora.table import write_pairs_table
from jmml_edu.data import Features, Provenance
from jmml_edu.simulate.gaussian import gaussian_pairs
from jmml_edu.sources import map_classes, parse_classes, read_features, read_source

PAIRS = gaussian_pairs(24, n_subjects=4, eeg_dim=3, speech_dim=5, seed=1)


def named(*labels: str) -> Features:
    """Speech features of two people with these labels."""
    n = len(labels)
    return Features(
        values=np.arange(float(n))[:, None],
        names=("row",),
        modality="speech",
        subjects=np.array(["a", "b"] * n, dtype=object)[:n],
        labels=np.array(labels, dtype=object),
        trials=np.arange(n).astype(str),
        provenance=Provenance("test", simulated=False),
    )


def refused_source(source: str | Path) -> str:
    """The sentence with which a source of speech is turned away."""
    with pytest.raises(InputError) as caught:
        read_features(str(source), "speech")
    return str(caught.value)


def test_a_table_is_read_for_the_modality_that_is_asked_for(tmp_path: Path) -> None:
    write_pairs_table(tmp_path / "t.csv", PAIRS.eeg, PAIRS.speech)
    for side in (PAIRS.eeg, PAIRS.speech):
        found = read_features(str(tmp_path / "t.csv"), side.modality)
        assert (found.modality, found.names) == (side.modality, side.names)


def test_a_source_that_does_not_exist_is_named() -> None:
    assert refused_source("sampels") == (
        "read_features: speech source must be 'samples' or an existing file or folder;"
        " got 'sampels'. Check the spelling and the folder you are in."
    )


def test_an_empty_folder_is_called_empty(tmp_path: Path) -> None:
    sentence = refused_source(tmp_path)
    assert sentence.startswith("open_corpus: folder must be a known corpus or list its recordings")
    assert f"got {tmp_path.name} with nothing in it." in sentence


def test_a_folder_of_unknown_layout_is_described_by_what_lies_in_it(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.txt"):
        (tmp_path / name).write_text("")
    sentence = refused_source(tmp_path)
    assert "with ['one.mp4', 'two.txt']. See what is known with: jmml-edu corpora;" in sentence


def test_a_file_of_another_kind_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "features.xlsx"
    path.write_bytes(b"PK")
    assert refused_source(path) == (
        "read_features: speech source must be a table (.csv, .tsv, .parquet); got features.xlsx."
        " Export the features as CSV, or name the folder of recordings."
    )


def test_an_ending_in_capitals_is_the_same_ending(tmp_path: Path) -> None:
    write_pairs_table(tmp_path / "T.CSV", PAIRS.eeg, PAIRS.speech)
    assert len(read_features(str(tmp_path / "T.CSV"), "eeg")) == 24


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("1-3=low,7=high", {"1": "low", "2": "low", "3": "low", "7": "high"}),
        (" anger , fear = negative ", {"anger": "negative", "fear": "negative"}),
        ("semi-happy=positive", {"semi-happy": "positive"}),
        ("9-11=x", {"9": "x", "10": "x", "11": "x"}),
    ],
)
def test_classes_are_read_from_labels_and_ranges(text: str, classes: dict[str, str]) -> None:
    assert parse_classes(text) == classes


@given(
    st.dictionaries(
        st.text("abcdefghij", min_size=1, max_size=5), st.sampled_from(["low", "high"]), min_size=1
    )
)
def test_any_mapping_written_out_reads_back(classes: dict[str, str]) -> None:
    assert parse_classes(",".join(f"{k}={v}" for k, v in classes.items())) == classes


@pytest.mark.parametrize("text", ["", "anger", "anger=", "anger=negative,fear", ",", "="])
def test_a_label_without_a_class_is_no_mapping(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_classes(text)
    assert str(caught.value) == (
        "parse_classes: classes must read like '1-4=negative,5-8=neutral';"
        f" got {text!r}. End each group of labels with =class."
    )


@pytest.mark.parametrize(
    "text", ["1=low,1=high", "1-4=low,4=high", "8-5=low,1=high", "=low,1=high", "1,,2=low"]
)
def test_a_mapping_that_contradicts_itself_or_has_holes_is_turned_away(text: str) -> None:
    with pytest.raises(InputError, match=r"^parse_classes: classes must "):
        parse_classes(text)


def test_rows_whose_label_has_no_class_are_dropped_and_counted() -> None:
    features = named("anger", "joy", "neutral", "", "joy", "awe")
    kept, notes = map_classes(features, {"anger": "negative", "neutral": "neutral"})
    assert kept.labels.tolist() == ["negative", "neutral", ""]
    assert kept.values[:, 0].tolist() == [0, 2, 3]
    assert kept.subjects.tolist() == ["a", "a", "b"]
    assert notes == ("3 speech trials dropped, their labels have no class: awe, joy.",)


def test_no_mapping_and_a_complete_mapping_drop_nothing() -> None:
    features = named("anger", "neutral")
    assert map_classes(features, None) == (features, ())
    kept, notes = map_classes(features, {"anger": "a", "neutral": "n"})
    assert (kept.labels.tolist(), notes) == (["a", "n"], ())


def test_two_labels_may_swap_their_names() -> None:
    kept, _ = map_classes(named("x", "y"), {"x": "y", "y": "x"})
    assert kept.labels.tolist() == ["y", "x"]


def test_a_misspelled_label_is_shown_beside_those_that_occur() -> None:
    with pytest.raises(InputError) as caught:
        map_classes(named("anger", "neutral"), {"angry": "negative", "neutral": "neutral"})
    assert str(caught.value) == (
        "map_classes: speech classes must name labels that occur; got ['angry'], but the labels"
        " are ['anger', 'neutral']. Correct the spelling."
    )


def test_a_scheme_is_chosen_by_its_name(tmp_path: Path) -> None:
    folder = make_emodb(tmp_path, speakers=("03",), texts=("a01",))
    features, notes = read_source(str(folder), "speech", classes="negative-neutral")
    assert sorted(features.labels) == ["negative"] * 5 + ["neutral"]
    assert notes[-1] == "1 speech trials dropped, their labels have no class: happiness."


def test_ratings_come_in_quadrants_unless_told_otherwise(tmp_path: Path) -> None:
    folder = str(make_deap(tmp_path, people=(1,)))
    features, _ = read_source(folder, "eeg")
    assert features.labels.tolist() == [
        "negative-calm", "negative-aroused", "positive-calm", "positive-aroused",
    ]  # fmt: skip
    own = "valence 2.25 arousal 3.5"
    features, notes = read_source(
        folder, "eeg", classes=f"{own}=dull,valence 8.25 arousal 7.5=keen"
    )
    assert features.labels.tolist() == ["dull", "keen"]
    assert notes[-1].startswith("2 eeg trials dropped, their labels have no class: valence 2.25")


def test_bands_below_what_the_authors_left_are_no_features(tmp_path: Path) -> None:
    deap = read_features(str(make_deap(tmp_path / "deap", people=(1,))), "eeg")
    seed = read_features(str(make_seed_iv(tmp_path / "seed", people=(1,), n_time=400)), "eeg")
    assert not [name for name in deap.names if name.startswith("delta")]
    assert len([name for name in deap.names if name.startswith("theta")]) == 32
    assert len([name for name in seed.names if name.startswith("delta")]) == 60


def test_a_scheme_that_leaves_no_two_classes_is_turned_away(tmp_path: Path) -> None:
    folder = str(make_deap(tmp_path, people=(1,)))
    with pytest.raises(InputError) as caught:
        read_source(folder, "eeg", classes="negative-neutral")
    assert str(caught.value) == (
        "read_source: classes must name a scheme that fits the labels; got 'negative-neutral',"
        " which leaves no two classes. Write out: label,label=class,label=class"
    )


def test_a_table_takes_schemes_by_name_too(tmp_path: Path) -> None:
    write_pairs_table(tmp_path / "t.csv", PAIRS.eeg, PAIRS.speech)
    features, notes = read_source(str(tmp_path / "t.csv"), "speech", classes="quadrants")
    assert features.labels.tolist() == PAIRS.speech.labels.tolist()
    assert notes == ()


def test_what_was_computed_once_is_read_again_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JMML_EDU_CACHE", str(tmp_path / "kept"))
    folder = str(make_emodb(tmp_path / "corpus", speakers=("03",), texts=("a01",)))
    first = read_features(folder, "speech")
    assert len(list((tmp_path / "kept").rglob("*.json"))) == 7

    def nothing(*_: object) -> Features:
        raise AssertionError("computed again")

    monkeypatch.setattr("jmml_edu.features.speech.speech_features", nothing)
    again = read_features(folder, "speech")
    assert np.array_equal(first.values, again.values)
    assert (first.names, first.provenance) == (again.names, again.provenance)
    for name in ("subjects", "labels", "trials", "stimuli"):
        assert getattr(first, name).tolist() == getattr(again, name).tolist()
    hum(tmp_path / "corpus" / "wav" / "03a01Fa.wav", seed=99)
    with pytest.raises(AssertionError, match="computed again"):
        read_features(folder, "speech")  # other content is not taken for the old
