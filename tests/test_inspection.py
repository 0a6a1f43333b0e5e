"""A look at a corpus: counts, what must be mended, what is odd; and the commands that show it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from commands import called, flat
from made_corpora import (
    hum,
    make_deap,
    make_eav,
    make_emodb,
    make_nemo,
    make_ravdess,
    make_seed_iv,
)
from made_events import make_bids
from matplotlib.figure import Figure

from jmml_edu.cli_corpora import command_for
from jmml_edu.corpora.edf import write_eeg
from jmml_edu.corpora.emotions import QUADRANTS
from jmml_edu.corpora.inspection import example_of_each_class, inspect_corpus
from jmml_edu.corpora.known import READERS, open_corpus
from jmml_edu.data import Provenance, Recording
from jmml_edu.plots.corpus import plot_class_balance


def test_counts_are_those_of_the_files(tmp_path: Path) -> None:
    found = inspect_corpus(open_corpus(make_eav(tmp_path)))
    assert found.counts() == {
        "people": "2",
        "trials": "20",
        "eeg": "20 recordings, 0.1 minutes, at 500 Hz",
        "speech": "20 recordings, 0.2 minutes, at 16000 Hz",
    }
    assert found.mend == ()
    assert found.balance()["speech"] == dict.fromkeys(
        ("neutral", "sadness", "anger", "happiness", "calmness"), 4
    )


def test_ratings_are_counted_by_quadrant(tmp_path: Path) -> None:
    corpus = open_corpus(make_deap(tmp_path))
    found = inspect_corpus(corpus)
    assert found.balance()["eeg"] == dict.fromkeys(QUADRANTS, 2)
    examples = example_of_each_class(corpus, "eeg")
    assert sorted(examples) == sorted(QUADRANTS)
    assert corpus.schemes["quadrants"][examples["positive-calm"].label] == "positive-calm"


def test_examples_are_the_first_of_each_label(tmp_path: Path) -> None:
    corpus = open_corpus(make_emodb(tmp_path, speakers=("08", "03")))
    examples = example_of_each_class(corpus, "speech")
    assert sorted(examples) == sorted({entry.label for entry in corpus.entries})
    for label, recording in examples.items():
        assert recording.label == label
        assert (recording.subject, recording.stimulus) == ("EMO-DB 03", "a01")


def test_every_damaged_file_is_named_with_its_damage(tmp_path: Path) -> None:
    make_nemo(tmp_path)
    sounds = sorted((tmp_path / "samples").iterdir())
    sounds[0].unlink()
    sounds[1].write_bytes(b"")
    sounds[2].write_text("version https://git-lfs.github.com/spec/v1\n")
    sounds[3].write_bytes(sounds[3].read_bytes()[:-10])
    sounds[4].write_text("no sound")
    found = inspect_corpus(open_corpus(tmp_path))
    troubles = ("missing", "empty", "a pointer whose data were not fetched", "cut short",
                "without a header that can be read")  # fmt: skip
    expected = {
        f"1 file {why}: samples/{path.name}" for why, path in zip(troubles, sounds, strict=False)
    }
    assert set(found.mend) == expected


def test_recordings_in_files_of_their_own_are_counted_by_their_headers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, rate_hz in (("a", 128.0), ("b", 256.0)):
        signal = 10 * rng.standard_normal((2, 1280))
        origin = Provenance("noise", simulated=True)
        write_eeg(
            Recording(signal, rate_hz, ("Cz", "Pz"), "eeg", name, origin), tmp_path / f"{name}.edf"
        )
    (tmp_path / "c.edf").write_bytes(b"no recording")
    rows = [f"{name}.edf,eeg,{name},1,calm" for name in "abc"]
    table = "\n".join(["file,modality,subject,trial,label", *rows]) + "\n"
    (tmp_path / "recordings.csv").write_text(table)
    found = inspect_corpus(open_corpus(tmp_path))
    assert found.counts()["eeg"] == "3 recordings, 0.2 minutes, at 128, 256 Hz"
    assert found.table["duration_s"].tolist()[:2] == [10.0, 5.0]
    assert found.mend == ("1 file without a header that can be read: c.edf",)


def test_a_rate_unlike_the_others_and_a_label_of_one_person_are_odd(tmp_path: Path) -> None:
    make_ravdess(tmp_path, actors=range(1, 5), emotions=(1, 4, 5))
    make_ravdess(tmp_path, actors=(2,), emotions=(8,))
    odd = tmp_path / "Actor_01" / "03-01-05-01-01-01-01.wav"
    hum(odd, rate_hz=48_000)
    notes = inspect_corpus(open_corpus(tmp_path)).notes
    assert f"1 file at 48000 Hz, unlike the other speech: Actor_01/{odd.name}" in notes
    assert "Only one person has: surprised." in notes


def test_inspect_shows_what_there_is(tmp_path: Path) -> None:
    make_ravdess(tmp_path, emotions=(1, 3))
    hum(tmp_path / "holiday.wav")
    result = called("inspect", tmp_path)
    assert result.exit_code == 0, result.output
    shown = flat(result.stdout)
    for words in (
        "RAVDESS in", "people 2", "8 recordings, 0.1 minutes, at 16000 Hz",
        "│ speech │ happy │ positive-aroused │ 4", "│ speech │ neutral │ - │ 4",
        "note 2 of 24 people are here.", "note 1 file left out, no name of RAVDESS: holiday.wav",
    ):  # fmt: skip
        assert words in shown, words
    assert "mend" not in shown


def test_inspect_ends_with_1_where_something_must_be_mended(tmp_path: Path) -> None:
    make_seed_iv(tmp_path)
    path = next(tmp_path.rglob("1_*.mat"))
    path.write_bytes(path.read_bytes()[:-8])
    result = called("inspect", tmp_path, "--figure", tmp_path / "page.png")
    assert result.exit_code == 1
    assert (
        "mend read_matlab: path must name a complete file; got 1_20150111.mat, cut short by 8"
        in (flat(result.stdout))
    )
    assert not (tmp_path / "page.png").exists()


def test_inspect_of_nothing_is_one_sentence(tmp_path: Path) -> None:
    result = called("inspect", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.startswith("open_corpus: folder must be a known corpus")
    assert result.stderr.count("\n") == 1


def test_inspect_of_a_study_without_trials_names_its_events(tmp_path: Path) -> None:
    (make_bids(tmp_path) / "trials.csv").unlink()
    result = called("inspect", tmp_path)
    assert result.exit_code == 2
    assert "the events are happy (4), sad (4), angry (4), calm (4)" in flat(result.stderr)
    assert "Write trials.csv into the folder: event,class,start_s,stop_s" in flat(result.stderr)


@pytest.mark.parametrize("make", [make_eav, make_deap, make_bids])
def test_inspect_draws_a_page(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    page = tmp_path / "page.png"
    result = called("inspect", make(tmp_path / "corpus"), "--figure", page)
    assert result.exit_code == 0, result.output
    assert page.read_bytes()[:4] == b"\x89PNG"
    assert "Figure:" in result.stdout


def test_bars_of_the_balance_are_as_long_as_the_counts() -> None:
    counts = {"calm": 3, "angry": 12, "sad": 3}
    provenance = Provenance("numbers", simulated=True)
    ax = plot_class_balance(counts, ax=Figure().subplots(), title="Of", provenance=provenance)
    names = [label.get_text() for label in ax.get_yticklabels()]
    widths = [bar.get_width() for bar in ax.patches]
    assert dict(zip(names, widths, strict=True)) == counts
    assert names[::-1] == ["angry", "calm", "sad"]  # the largest on top
    assert np.diff([bar.get_y() for bar in ax.patches]).min() > 0
    assert "SIMULATED" in [text.get_text() for text in ax.texts]


def test_corpora_says_of_each_what_it_is_and_what_to_type() -> None:
    result = called("corpora")
    assert result.exit_code == 0
    for reader in READERS:
        about = reader.about
        for words in (about.name, about.page, about.layout.split("\n")[0], command_for(about)):
            assert words in result.stdout, words
    only = called("corpora", "seed-iv").stdout
    assert "eeg_raw_data/1/1_20160518.mat" in only
    assert "RAVDESS" not in only


def test_a_corpus_nobody_knows_gets_a_sentence() -> None:
    result = called("corpora", "WESAD")
    assert result.exit_code == 2
    assert "readers_named: name must be part of a known name; got 'WESAD'." in result.stderr


def test_cache_shows_what_is_kept_and_clears_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JMML_EDU_CACHE", str(tmp_path / "kept"))
    assert "recordings 0" in flat(called("cache").stdout)
    folder = tmp_path / "kept" / "ab"
    folder.mkdir(parents=True)
    (folder / "cd.json").write_bytes(b"x" * 250_000)
    shown = flat(called("cache").stdout)
    assert "recordings 1" in shown
    assert "0.2 of at most 256 MB" in shown
    assert f"1 files removed from {tmp_path / 'kept'}" in flat(called("cache", "--clear").stdout)
    assert "recordings 0" in flat(called("cache").stdout)
