"""The design of a comparison: what is planned, and that nothing crosses from test to training."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu.data import UNLABELLED, Features, PairKind, Pairs
from jmml_edu.experiment import Fold, Settings, folds_of, plan_comparison
from jmml_edu.pipeline import JMML
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs

PAIRS = gaussian_pairs(240, n_subjects=8, eeg_dim=3, speech_dim=4, seed=2)
KINDS: tuple[PairKind, ...] = ("trial", "class")


def folds(settings: Settings, pairs: Pairs = PAIRS) -> list[Fold]:
    """Every fold of a study."""
    plan = plan_comparison(pairs.eeg, pairs.speech, settings)
    return list(folds_of(pairs.eeg, pairs.speech, plan))


def strangers(pairs: Pairs = PAIRS) -> Pairs:
    """The same, as if the EEG were of twelve other people."""
    people = np.array([f"other{row % 12}" for row in range(len(pairs))], dtype=object)
    return replace(pairs, eeg=replace(pairs.eeg, subjects=people))


def relabelled(labels: np.ndarray) -> tuple[Features, Features]:
    """Both sides under other labels."""
    return replace(PAIRS.eeg, labels=labels), replace(PAIRS.speech, labels=labels)


def refused(eeg: Features, speech: Features, **settings: object) -> str:
    """The sentence with which a plan is turned away."""
    with pytest.raises(InputError) as caught:
        plan_comparison(eeg, speech, Settings(**settings))  # type: ignore[arg-type]
    return str(caught.value)


def test_the_plan_counts_people_trials_classes_pairs_and_folds() -> None:
    eeg = PAIRS.eeg.take(np.arange(240) >= 40)
    settings = Settings(
        labels_per_class=5, n_seeds=3, n_folds=4, step1="JEC-SSL", step2="translation and alignment"
    )
    plan = plan_comparison(eeg, PAIRS.speech, settings, notes=["One note."])
    assert (plan.n_people, plan.n_trials, plan.n_pairs) == (8, 240, 200)
    assert plan.class_counts == dict(Counter(PAIRS.labels))
    assert list(plan.class_counts) == sorted(QUADRANTS)
    assert (plan.n_folds, plan.seeds, plan.n_labelled_per_class) == (4, (0, 1, 2), 5)
    assert (plan.kind, plan.notes) == ("trial", ("One note.",))
    assert (plan.step1, plan.step2) == ("JEC-SSL", "translation and alignment")
    assert plan.provenance.stamp == "SIMULATED"
    assert 0 < plan.minutes < 10


def test_unless_told_otherwise_the_road_is_that_of_the_pipeline() -> None:
    plan = plan_comparison(PAIRS.eeg, PAIRS.speech, Settings())
    road = JMML()
    assert (plan.step1, plan.step2) == (road.step1, road.step2) == ("either", "E-DCC-CAE")


def test_unlabelled_trials_count_as_trials_but_as_no_class() -> None:
    labels = np.where(np.arange(240) % 2 == 0, PAIRS.labels, UNLABELLED)
    plan = plan_comparison(*relabelled(labels), Settings())
    assert plan.n_trials == 240
    assert sum(plan.class_counts.values()) == 120


def test_ten_seeds_are_expected_to_take_ten_times_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jmml_edu.experiment.perf_counter", lambda: 0.0)
    one, ten = (
        plan_comparison(PAIRS.eeg, PAIRS.speech, Settings(n_seeds=n)).minutes for n in (1, 10)
    )
    assert ten == pytest.approx(10 * one)


@pytest.mark.parametrize("kind", KINDS)
def test_fewer_people_than_folds_means_fewer_folds_and_a_note(kind: PairKind) -> None:
    plan = plan_comparison(PAIRS.eeg, PAIRS.speech, Settings(kind=kind, n_folds=10))
    assert plan.n_folds == 8
    assert plan.notes == ("8 folds instead of 10: there are no more people.",)


def test_class_pairs_have_no_more_folds_than_the_smaller_corpus_has_people() -> None:
    few = np.array([f"other{row % 3}" for row in range(len(PAIRS))], dtype=object)
    eeg = replace(PAIRS.eeg, subjects=few)
    plan = plan_comparison(eeg, PAIRS.speech, Settings(kind="class"))
    assert (plan.n_folds, plan.n_people) == (3, 8)
    assert plan.notes == ("3 folds instead of 5: there are no more people.",)
    assert len({fold.test_eeg.subjects[0] for fold in folds_of(eeg, PAIRS.speech, plan)}) == 3


@pytest.mark.parametrize("shift", [0, 1, 4, 7, 8])
@pytest.mark.parametrize(("n_eeg", "n_speech"), [(8, 8), (3, 8), (8, 3)])
def test_who_is_in_both_corpora_stands_on_one_side_of_both(
    shift: int, n_eeg: int, n_speech: int
) -> None:
    number = np.array([int(who[1:]) for who in PAIRS.subjects])
    names = np.array([f"g{n + shift:03d}" for n in number], dtype=object)
    there = np.random.default_rng(shift).random(240) < 0.7
    eeg = replace(PAIRS.eeg, subjects=names).take(there & (number >= 8 - n_eeg))
    speech = PAIRS.speech.take(number >= 8 - n_speech)
    plan = plan_comparison(eeg, speech, Settings(kind="class", n_folds=4))
    assert plan.n_folds == min(4, n_eeg, n_speech)
    assert plan.strangers == (not set(eeg.subjects) & set(speech.subjects))
    tested: list[list[str]] = [[], []]
    for fold in folds_of(eeg, speech, plan):
        taught = set(fold.train.subjects) | set(fold.train_eeg.subjects)
        for side, seen in zip((fold.test, fold.test_eeg), tested, strict=True):
            assert not taught & set(side.subjects)
            assert len(side) > 0
            seen.extend((side.speech if isinstance(side, Pairs) else side).trials)
    assert sorted(tested[0]) == sorted(speech.trials)
    assert sorted(tested[1]) == sorted(eeg.trials)


def test_in_class_mode_only_shown_labels_count_as_pairs() -> None:
    settings = Settings(kind="class", labels_per_class=5, n_folds=4)
    plan = plan_comparison(PAIRS.eeg, PAIRS.speech, settings)
    assert folds(settings)[0].train.has_eeg.sum() == plan.n_pairs == 5 * len(QUADRANTS)
    every = plan_comparison(PAIRS.eeg, PAIRS.speech, Settings(kind="class"))
    assert every.n_pairs == 240


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_of_one_person_cannot_be_both_learned_and_tested(kind: PairKind) -> None:
    labels = PAIRS.labels.copy()
    labels[PAIRS.subjects == "g000"] = "rare"
    sentence = refused(*relabelled(labels), kind=kind)
    assert "class 'rare' must occur with at least two subjects; got only 'g000'." in sentence


def test_one_class_is_no_comparison() -> None:
    one = np.full(240, "x", dtype=object)
    assert "labels must name at least two classes; got ['x']." in refused(*relabelled(one))


def test_classes_that_only_one_modality_has_are_named() -> None:
    labels = np.where(PAIRS.labels == QUADRANTS[0], "grief", PAIRS.labels)
    sentence = refused(replace(PAIRS.eeg, labels=labels), PAIRS.speech, kind="class")
    assert "got only in one: {'eeg': ['grief'], 'speech': ['negative-calm']}." in sentence


def test_trials_that_nobody_shares_are_no_pairs() -> None:
    sentence = refused(strangers().eeg, PAIRS.speech)
    assert "eeg and speech must share subjects and trials; got none of 240 utterances" in sentence
    assert "or use pairing 'class'." in sentence


def test_a_table_without_any_eeg_gets_a_sentence() -> None:
    nothing = PAIRS.eeg.take(np.zeros(240, dtype=bool))
    assert "share subjects and trials" in refused(nothing, PAIRS.speech)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"n_seeds": 0}, "Settings: n_seeds must be at least 1; got 0."),
        ({"n_folds": 1}, "Settings: n_folds must be at least 2; got 1."),
        ({"labels_per_class": 1}, "Settings: labels_per_class must be at least 2; got 1."),
        (
            {"step1": "JECL"},
            "Settings: step1 must be one of JEC-SSL, either, none; got 'JECL'. Pick one of these.",
        ),
        (
            {"step2": "CAE"},
            "Settings: step2 must be one of CCA, DCC-CAE, DCCA, DCCAE, E-DCC-CAE, split"
            " autoencoder, translation and alignment; got 'CAE'. Pick one of these.",
        ),
    ],
)
def test_impossible_settings_get_a_sentence(settings: dict[str, object], sentence: str) -> None:
    assert sentence in refused(PAIRS.eeg, PAIRS.speech, **settings)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_both_learned_from_and_tested(kind: PairKind) -> None:
    tested: list[str] = []
    for fold in folds(Settings(kind=kind, n_folds=4), strangers() if kind == "class" else PAIRS):
        assert not set(fold.train.subjects) & set(fold.test.subjects)
        assert not set(fold.train_eeg.subjects) & set(fold.test_eeg.subjects)
        paired = fold.train.eeg.subjects[fold.train.has_eeg]
        assert not set(paired) & set(fold.test_eeg.subjects)
        tested += sorted(set(fold.test.subjects))
    assert sorted(tested) == sorted(set(PAIRS.subjects))


@pytest.mark.parametrize("kind", KINDS)
def test_every_utterance_is_tested_once_for_each_seed(kind: PairKind) -> None:
    found = Counter(
        (fold.seed, trial)
        for fold in folds(Settings(kind=kind, n_folds=3, n_seeds=2))
        for trial in fold.test.speech.trials
    )
    assert len(found) == 480
    assert set(found.values()) == {1}


@pytest.mark.parametrize("kind", KINDS)
def test_training_shows_as_many_labels_as_were_asked_for_and_tests_show_all(kind: PairKind) -> None:
    every = folds(Settings(kind=kind, labels_per_class=6, n_folds=4, n_seeds=2))
    assert len(every) == 8
    for fold in every:
        for side in (fold.train.speech, fold.train_eeg):
            shown = Counter(side.labels[side.labels != UNLABELLED])
            assert shown == dict.fromkeys(QUADRANTS, 6)
        assert UNLABELLED not in set(fold.test.labels) | set(fold.test_eeg.labels)


def test_the_eeg_of_a_training_pair_shows_no_label_that_its_speech_hides() -> None:
    fold = folds(Settings(labels_per_class=6, n_folds=4))[0]
    hidden = fold.train.labels == UNLABELLED
    assert set(fold.train.eeg.labels[hidden]) == {UNLABELLED}


def test_seeds_draw_other_labels_and_the_same_seed_the_same() -> None:
    settings = Settings(labels_per_class=6, n_folds=4, n_seeds=2)
    first, again = folds(settings), folds(settings)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.train.labels, two.train.labels)
        np.testing.assert_array_equal(one.train.eeg.values, two.train.eeg.values)
    shown = [set(fold.train.speech.trials[fold.train.labels != ""]) for fold in first]
    assert shown[0] != shown[4]


def test_trial_pairs_stay_together_in_every_fold() -> None:
    rows = {trial: row for row, trial in enumerate(PAIRS.speech.trials)}
    for fold in folds(Settings(n_folds=4)):
        for side in (fold.train, fold.test):
            at = [rows[trial] for trial in side.speech.trials]
            np.testing.assert_array_equal(side.eeg.values, PAIRS.eeg.values[at])
            np.testing.assert_array_equal(side.speech.values, PAIRS.speech.values[at])


def test_class_pairs_join_shown_labels_of_training_people_only() -> None:
    for fold in folds(Settings(kind="class", labels_per_class=6, n_folds=4), strangers()):
        train = fold.train
        assert train.has_eeg.sum() == 6 * len(QUADRANTS)
        np.testing.assert_array_equal(train.has_eeg, train.labels != UNLABELLED)
        assert (train.eeg.labels[train.has_eeg] == train.labels[train.has_eeg]).all()
        known = set(fold.train_eeg.trials[fold.train_eeg.labels != UNLABELLED])
        assert set(train.eeg.trials[train.has_eeg]) <= known


def test_utterances_without_eeg_stay_but_give_eeg_alone_nothing() -> None:
    eeg = PAIRS.eeg.take(np.arange(240) % 3 != 0)
    plan = plan_comparison(eeg, PAIRS.speech, Settings(n_folds=4))
    for fold in folds_of(eeg, PAIRS.speech, plan):
        assert len(fold.train) + len(fold.test) == 240
        assert len(fold.train_eeg) == fold.train.has_eeg.sum()
        assert len(fold.test_eeg) == fold.test.has_eeg.sum()
        assert np.isfinite(fold.train_eeg.values).all()
