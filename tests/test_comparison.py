"""The comparison: known answers on planted data, and chance where there is nothing to find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score
from studies import PLANTED, QUICK, relabelled, study, two_classes, two_inner_folds

from jmml_edu import comparison, experiment
from jmml_edu._checks import InputError
from jmml_edu.comparison import compare
from jmml_edu.data import UNLABELLED, Pairs, Split
from jmml_edu.experiment import Settings, plan_comparison
from jmml_edu.results import GAINS, TIERS, Comparison
from jmml_edu.splits import grouped_folds

ROAD = tuple(TIERS["road"])

FEW_LABELS = replace(QUICK, labels_per_class=6)


def compared(pairs: Pairs, settings: Settings = FEW_LABELS) -> Comparison:
    """Plan and carry out."""
    plan = plan_comparison(pairs.eeg, pairs.speech, settings)
    return compare(pairs.eeg, pairs.speech, plan)


SMALL = two_classes(study(120, n_subjects=4))


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with two_inner_folds():
        yield


@pytest.fixture(scope="module")
def outcome() -> Comparison:
    """The study with few labels, compared once."""
    return compared(study())


def test_eeg_at_training_gains_where_it_was_planted_and_shuffled_eeg_does_not(
    outcome: Comparison,
) -> None:
    gain, shuffled = outcome.gains["gain"], outcome.gains["gain_shuffled"]
    assert gain.low is not None
    assert shuffled.low is not None
    assert shuffled.high is not None
    assert gain.value > 0.05
    assert gain.low > 0 >= shuffled.low
    assert shuffled.high < 0.05
    assert outcome.gains["gain_over_raw"].value > 0.05


def test_every_method_and_difference_is_there_under_its_name(outcome: Comparison) -> None:
    assert list(outcome.methods) == list(outcome.macro_f1) == list(outcome.confusions)
    assert list(outcome.methods) == list(ROAD)
    for name, (first, second) in GAINS.items():
        difference = outcome.methods[first].value - outcome.methods[second].value
        assert outcome.gains[name].value == pytest.approx(difference)
    assert outcome.chance == 0.25
    assert set(outcome.choices) == {"eeg_free", "eeg_trained", "eeg_trained_shuffled"}
    assert all(sum(count.values()) == 2 for count in outcome.choices.values())


def test_scores_are_those_that_scikit_learn_finds_in_the_same_confusions(
    outcome: Comparison,
) -> None:
    for name, counts in outcome.confusions.items():
        assert counts.sum() == 600
        true, heard = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
        assert outcome.methods[name].value == pytest.approx(balanced_accuracy_score(true, heard))
        assert outcome.macro_f1[name] == pytest.approx(f1_score(true, heard, average="macro"))


def test_rows_of_a_confusion_are_the_true_classes(outcome: Comparison) -> None:
    labels = study().labels.tolist()
    for counts in outcome.confusions.values():
        assert counts.sum(axis=1).tolist() == [labels.count(name) for name in outcome.classes]


def test_the_planted_correlations_hold_on_new_people(outcome: Comparison) -> None:
    found = outcome.latent.held_out_correlations
    np.testing.assert_allclose(found[:2], PLANTED, atol=0.1)
    assert np.abs(found[2:]).max() < 0.2
    assert (outcome.latent.train_correlations[2:] > 0.1).all()


def test_the_picture_of_the_shared_space_holds_every_new_pair(outcome: Comparison) -> None:
    codes = outcome.latent
    assert codes.held_out.sum() == 300
    assert (~codes.held_out).sum() == comparison.SHOWN_TRAINING_PAIRS
    new, known = (set(codes.subjects[rows]) for rows in (codes.held_out, ~codes.held_out))
    assert (len(new), len(known), new & known) == (6, 6, set())
    for who in new:
        own = codes.speech[codes.subjects == who]
        np.testing.assert_allclose(own.mean(axis=0), 0, atol=1e-9)


def test_without_anything_to_find_every_method_guesses() -> None:
    pairs = study(360, seed=2)
    labels = np.random.default_rng(2).permutation(pairs.labels)
    null = compared(relabelled(pairs, labels), FEW_LABELS)
    # Roads whose EEG has no say are the EEG-free one: their intervals are one and the same.
    ends = {(score.low or 0, score.high or 0) for score in null.methods.values()}
    missed = [(low, high) for low, high in ends if not low <= 0.25 <= high]
    assert len(missed) <= 1  # one interval in twenty misses by design


def test_three_people_are_too_few_for_an_interval() -> None:
    few = compared(two_classes(study(90, n_subjects=3)), replace(QUICK, n_folds=3))
    for score in (*few.methods.values(), *few.gains.values()):
        assert score.low is score.high is None
        assert len(score.by_subject) == 3


def test_the_same_study_gives_the_same_numbers_and_a_second_seed_others() -> None:
    few = replace(QUICK, labels_per_class=10)
    first, again = compared(SMALL, few), compared(SMALL, replace(few, n_seeds=2))
    assert again.methods["eeg_trained"].by_seed[0] == first.methods["eeg_trained"].value
    assert len(set(again.methods["speech_only"].by_seed)) == 2
    assert again.confusions["eeg_only"].sum() == 2 * first.confusions["eeg_only"].sum() == 240


def test_eeg_alone_is_judged_on_the_trials_that_have_it_and_each_step_is_told() -> None:
    eeg = SMALL.eeg.take(np.arange(120) % 5 != 0)
    told: list[str] = []
    plan = plan_comparison(eeg, SMALL.speech, QUICK)
    found = compare(eeg, SMALL.speech, plan, on_step=told.append)
    assert told == list(ROAD) * 2
    assert found.confusions["eeg_only"].sum() == len(eeg) == 96
    assert found.confusions["eeg_trained"].sum() == 120
    assert np.isnan(found.latent.eeg).any(axis=1).sum() == 24


def test_unlabelled_utterances_teach_but_are_not_judged() -> None:
    labels = np.where(np.arange(120) % 3 == 0, UNLABELLED, SMALL.labels)
    found = compared(relabelled(SMALL, labels), QUICK)
    assert {counts.sum() for counts in found.confusions.values()} == {80}


def test_people_whose_every_utterance_is_unlabelled_teach_and_are_not_judged() -> None:
    pairs = two_classes(study(160, n_subjects=8))
    labels = np.where(pairs.subjects < "g004", UNLABELLED, pairs.labels)
    found = compared(relabelled(pairs, labels), QUICK)
    assert found.confusions["eeg_trained"].sum() == 80
    assert sorted(found.methods["eeg_trained"].by_subject) == ["g004", "g005", "g006", "g007"]
    assert found.methods["eeg_trained"].low is None


def test_people_without_eeg_are_judged_by_speech_alone() -> None:
    eeg = SMALL.eeg.take(SMALL.subjects != "g000")
    plan = plan_comparison(
        eeg, SMALL.speech, replace(QUICK, n_folds=4)
    )  # one fold holds out g000 alone
    found = compare(eeg, SMALL.speech, plan)
    assert len(found.methods["eeg_trained"].by_subject) == 4
    assert sorted(found.methods["eeg_only"].by_subject) == ["g001", "g002", "g003"]


def test_two_labels_of_each_class_are_enough_to_run() -> None:
    found = compared(SMALL, replace(QUICK, labels_per_class=2))
    assert 0 <= found.methods["eeg_trained"].value <= 1


def test_class_pairs_need_as_many_labels_as_a_shared_space_needs_pairs() -> None:
    enough = replace(QUICK, kind="class", labels_per_class=10)
    assert 0 <= compared(SMALL, enough).methods["eeg_trained"].value <= 1
    with pytest.raises(InputError) as caught:
        plan_comparison(SMALL.eeg, SMALL.speech, replace(enough, labels_per_class=9))
    assert str(caught.value) == (
        "plan_comparison: pairs must be at least 20; got 18 that are labelled. Show more labels per"
        " class: unlabelled rows cannot be paired by class."
    )


def test_a_fold_of_people_without_a_label_only_teaches(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = two_classes(study(160, n_subjects=8))
    unlabelled = pairs.subjects < "g002"
    told = relabelled(pairs, np.where(unlabelled, UNLABELLED, pairs.labels))
    held_out = [unlabelled, ~unlabelled & (pairs.subjects < "g005"), pairs.subjects >= "g005"]
    splits = [Split(np.flatnonzero(~one), np.flatnonzero(one), "subject") for one in held_out]
    monkeypatch.setattr(experiment, "grouped_folds", lambda *_, **__: splits)
    found = compared(told, QUICK)
    assert {counts.sum() for counts in found.confusions.values()} == {(~unlabelled).sum()}


def test_intervals_allow_for_folds_that_share_who_teaches(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = two_classes(study(160, n_subjects=8))
    twice = replace(QUICK, n_seeds=2, labels_per_class=8)
    wide = compared(pairs, twice)
    monkeypatch.setattr(comparison, "widen_for_shared_training", lambda found, *_, **__: found)
    narrow = compared(pairs, twice)
    halves = grouped_folds(pairs.subjects, pairs.labels, n_folds=2, seed=0)
    shown = 2 * 8 / len(halves[0].train)  # two classes
    wider = np.sqrt(1 + shown * sum(len(half.test) / len(half.train) for half in halves))
    for least, before, after in (
        (0, narrow.methods, wide.methods),
        (-1, narrow.gains, wide.gains),
    ):
        for name, one in before.items():
            assert one.low is not None
            assert one.high is not None
            ends = one.value + wider * (np.array([one.low, one.high]) - one.value)
            found = after[name].low, after[name].high
            assert found == pytest.approx(np.clip(ends, least, 1), abs=1e-12)
