"""What goes wrong at the edges gets one sentence, and nothing is paired or shown that is not so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import made_up
import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu._folders import check_new_folder
from jmml_edu.corpora.indexed import read_indexed
from jmml_edu.corpora.nemo import read_nemo
from jmml_edu.corpora.table import read_feature_table
from jmml_edu.data import Pairs
from jmml_edu.evaluation import gain, score
from jmml_edu.experiment import Settings, folds_of, plan_comparison
from jmml_edu.pairing import trial_pairs
from jmml_edu.pipeline import JMML
from jmml_edu.report import verdict, words
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs


def eight_people() -> Pairs:
    """Pairs of eight people."""
    return gaussian_pairs(320, n_subjects=8, seed=3)


@pytest.mark.parametrize("seed", range(4))
def test_people_of_both_corpora_stay_on_one_side_of_class_pairs(seed: int) -> None:
    pairs = eight_people()
    there = np.random.default_rng(seed).random(len(pairs)) > 0.3
    eeg = pairs.eeg.take(there)
    plan = plan_comparison(eeg, pairs.speech, Settings(kind="class", n_seeds=2, n_folds=4))
    for fold in folds_of(eeg, pairs.speech, plan):
        learned = set(fold.train.subjects) | set(fold.train_eeg.subjects)
        tested = set(fold.test.subjects) | set(fold.test_eeg.subjects)
        assert not learned & tested
    assert not plan.strangers


def test_only_corpora_of_other_people_are_called_so() -> None:
    three = made_up.three_speakers()
    for strangers in (True, False):
        said = verdict(replace(three, plan=replace(three.plan, strangers=strangers)))
        assert ("come from different people" in said) is strangers
        assert "joined by class only" in said


def test_too_few_shown_labels_for_class_pairs_are_found_before_the_run() -> None:
    pairs = eight_people()
    with pytest.raises(InputError, match="pairs must be at least 20; got 8 that are labelled"):
        plan_comparison(pairs.eeg, pairs.speech, Settings(kind="class", labels_per_class=2))


def test_an_interval_covers_the_draw_of_seeds() -> None:
    # Ten people who are all alike: only the seeds differ, from none right to all right.
    counts = np.zeros((2, 10, 2, 2), dtype=int)
    counts[0] = [[0, 5], [5, 0]]
    counts[1] = [[5, 0], [0, 5]]
    people = [f"p{number}" for number in range(10)]
    both = score(counts, people)
    assert (both.value, both.low, both.high) == (0.5, 0.0, 1.0)
    alone = score(counts[:1], people)
    assert (alone.low, alone.high) == (0.0, 0.0)
    nothing = gain(counts, counts, people)
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 0.0)


def test_one_draw_of_labels_is_named_as_a_limit() -> None:
    clear = made_up.clear_gain()
    for n_seeds in (1, 3):
        plan = replace(clear.plan, seeds=tuple(range(n_seeds)))
        said = " ".join(words.limits(replace(clear, plan=plan)))
        assert ("drawn once" in said) is (n_seeds == 1)


def test_tables_without_trials_are_not_paired_by_their_order() -> None:
    pairs = eight_people()
    nameless = replace(pairs.eeg, trials=np.full(len(pairs), "", dtype=object))
    with pytest.raises(InputError, match="eeg must name the trial of every row; got 320 without"):
        trial_pairs(nameless, pairs.speech)


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


@pytest.mark.parametrize("row", ["a.wav,speech,p1,t1", ",speech,p1,t1,x", "a.wav,speech,,t1,x"])
def test_a_torn_row_of_an_index_gets_a_sentence(tmp_path: Path, row: str) -> None:
    (tmp_path / "recordings.csv").write_text(f"file,modality,subject,trial,label\n{row}\n")
    with pytest.raises(InputError, match="something else in row 1"):
        list(read_indexed(tmp_path, "speech"))


def test_an_index_in_another_alphabet_gets_a_sentence(tmp_path: Path) -> None:
    head = "file_id\temotion\traw_text\tspeaker_id\n"
    (tmp_path / "data.tsv").write_bytes((head + "a.wav\tanger\tz\u0142y\tA\n").encode("latin2"))
    with pytest.raises(InputError, match=r"data\.tsv must be text in UTF-8"):
        list(read_nemo(tmp_path))
    (tmp_path / "data.tsv").write_text(head + "a.wav\tanger\n")
    with pytest.raises(InputError, match="nothing there in row 1"):
        list(read_nemo(tmp_path))


def test_a_place_below_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="folder must lie in a folder that can be written to"):
        check_new_folder("run", tmp_path / "file" / "out")


def test_torn_or_strange_eeg_is_refused() -> None:
    pairs = gaussian_pairs(200, n_subjects=8, seed=0)
    labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    torn = pairs.eeg.values.copy()
    torn[5, 0] = np.nan
    with pytest.raises(InputError, match="eeg must be whole or all NaN in each row; got 1 rows"):
        JMML().fit(torn, pairs.speech.values, labels, pairs.subjects)
    road = JMML().fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)
    with pytest.raises(InputError, match="eeg must have the 12 columns that were learned from"):
        road.predict(pairs.speech.values, pairs.eeg.values[:, :5])
