"""Pairs recorded together, pairs joined by class, and the controls that keep all but one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.data import Features, Modality, Pairs, Provenance
from jmml_edu.encoders import SharedSpace
from jmml_edu.linear import CCA
from jmml_edu.missing import Scaler
from jmml_edu.pairing import (
    check_same_classes,
    class_mean_pairs,
    class_pairs,
    class_prototype_pairs,
    labelled_class_pairs,
    one_hot_pairs,
    shuffled_within_subject,
    trial_pairs,
)
from jmml_edu.scenarios import draw_scenario
from jmml_edu.simulate.gaussian import gaussian_pairs
from jmml_edu.splits import draw_labels

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def features(modality: Modality, *rows: tuple[str, str, str]) -> Features:
    """One row per (subject, trial, label), whose two values tell the row."""
    subjects, trials, labels = (np.array(column) for column in zip(*rows, strict=True))
    values = np.arange(2.0 * len(rows)).reshape(-1, 2)
    provenance = Provenance(f"a corpus of {modality}", simulated=modality == "eeg")
    return Features(values, ("a", "b"), modality, subjects, labels, trials, provenance)


def four_pairs() -> Pairs:
    """Two people, two trials each; the last has no EEG, the first no label."""
    speech = features(
        "speech", ("x", "1", ""), ("x", "2", "sad"), ("y", "1", "calm"), ("y", "2", "sad")
    )
    eeg = features("eeg", ("y", "1", "calm"), ("x", "2", "sad"), ("x", "1", "sad"))
    return trial_pairs(eeg, speech)


def test_an_utterance_meets_the_eeg_of_its_own_trial() -> None:
    pairs = four_pairs()
    assert pairs.kind == "trial"
    assert pairs.has_eeg.tolist() == [True, True, True, False]
    assert pairs.eeg.values[:3].tolist() == [[4, 5], [2, 3], [0, 1]]
    assert pairs.eeg.trials[:3].tolist() == pairs.speech.trials[:3].tolist()
    assert pairs.eeg.subjects[:3].tolist() == pairs.speech.subjects[:3].tolist()


def test_an_utterance_without_eeg_stays_with_a_row_of_nan_that_nobody_owns() -> None:
    eeg = four_pairs().eeg
    assert np.isnan(eeg.values[3]).all()
    assert [eeg.subjects[3], eeg.trials[3], eeg.labels[3]] == ["", "", ""]
    assert eeg.provenance.simulated


def test_eeg_without_an_utterance_is_left_out() -> None:
    eeg = features("eeg", ("x", "9", "sad"), ("x", "1", "sad"))
    pairs = trial_pairs(eeg, features("speech", ("x", "1", "sad")))
    assert pairs.eeg.values.tolist() == [[2, 3]]


def test_the_same_trial_name_of_another_person_is_another_trial() -> None:
    eeg = features("eeg", ("x", "1", "sad"), ("y", "1", "calm"))
    pairs = trial_pairs(eeg, features("speech", ("y", "1", "calm"), ("x", "1", "sad")))
    assert pairs.eeg.values.tolist() == [[2, 3], [0, 1]]


def test_labels_that_differ_within_a_trial_are_explained() -> None:
    with explained(
        "trial_pairs: labels must agree between EEG and speech of one trial; got 1 that differ, the"
        " first in trial 2 of x: EEG 'calm', speech 'sad'. Map both to the same class names."
    ):
        trial_pairs(
            features("eeg", ("x", "1", ""), ("x", "2", "calm")),
            features("speech", ("x", "1", "sad"), ("x", "2", "sad")),
        )


def test_a_repeated_trial_is_explained() -> None:
    with explained(
        "trial_pairs: speech must hold each trial of a subject once; got 1 repeated."
        " Give every trial its own name."
    ):
        trial_pairs(
            features("eeg", ("x", "1", "sad")),
            features("speech", ("x", "1", "sad"), ("x", "1", "calm")),
        )


def test_sides_without_a_common_trial_are_explained() -> None:
    with explained(
        "trial_pairs: eeg and speech must share subjects and trials; got none of 1 utterances in 1"
        " EEG trials, for example ('x', '1') and ('X', '1'). Name subjects and trials alike on both"
        " sides, or use pairing 'class'."
    ):
        trial_pairs(features("eeg", ("X", "1", "sad")), features("speech", ("x", "1", "sad")))


@few
@given(seed=seeds)
def test_class_pairs_agree_in_class_and_leave_the_others_without_eeg(seed: int) -> None:
    eeg = features("eeg", *[("e", str(n), "sad" if n < 3 else "calm") for n in range(6)])
    labels = ["sad", "calm", "glad", ""] * 5
    speech = features("speech", *[("s", str(n), label) for n, label in enumerate(labels)])
    pairs = class_pairs(eeg, speech, seed=seed)
    assert pairs.kind == "class"
    assert pairs.has_eeg.tolist() == [True, True, False, False] * 5
    assert (pairs.eeg.labels[pairs.has_eeg] == speech.labels[pairs.has_eeg]).all()
    sad = speech.labels == "sad"
    assert (pairs.eeg.values[sad, 0] < 6).all()
    assert np.isnan(pairs.eeg.values[~pairs.has_eeg]).all()
    assert pairs.speech is speech
    assert len(set(pairs.eeg.trials[pairs.has_eeg])) > 2


def test_class_pairs_carry_the_class_and_nothing_else() -> None:
    trial = gaussian_pairs(20_000, correlations=(0.9, 0.9), eeg_dim=4, speech_dim=4, seed=0)
    pairs = class_pairs(trial.eeg, trial.speech, seed=1)
    views = pairs.eeg.values.copy(), pairs.speech.values.copy()
    found = CCA(4).fit(*views).correlations_
    # Four classes made of two signs: two of at most C - 1 = 3 correlations.
    assert found[1] > 0.4
    assert found[2] < 0.04
    for view in views:
        for label in np.unique(pairs.labels):
            view[pairs.labels == label] -= view[pairs.labels == label].mean(axis=0)
    assert CCA(4).fit(*views).correlations_.max() < 0.04


@few
@given(seed=seeds)
def test_classes_give_at_most_one_correlation_less_than_their_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.tile(["a", "b", "c"], 2_000)
    means = 3 * rng.standard_normal((2, 3, 5))
    eeg, speech = (
        replace(
            features(modality, *[("s", str(row), label) for row, label in enumerate(labels)]),
            values=means[side][np.unique(labels, return_inverse=True)[1]]
            + rng.standard_normal((6_000, 5)),
            names=tuple("vwxyz"),
        )
        for side, modality in enumerate(("eeg", "speech"))
    )
    pairs = class_pairs(eeg, speech, seed=seed)
    found = CCA(5).fit(pairs.eeg.values, pairs.speech.values).correlations_
    assert found[0] > 0.5
    assert found[2] < 0.08


def test_classes_of_one_side_only_are_explained() -> None:
    sad, calm = features("eeg", ("x", "1", "sad")), features("speech", ("x", "1", "calm"))
    with explained(
        "check_same_classes: classes must be the same in EEG and speech; got only in one:"
        " {'eeg': ['sad'], 'speech': ['calm']}."
        " Map the labels of both to common classes, or drop those that one side lacks."
    ):
        check_same_classes(sad, calm)
    check_same_classes(sad, features("speech", ("x", "1", "sad"), ("x", "2", "")))


@few
@given(seed=seeds)
def test_shuffling_keeps_each_persons_eeg_and_who_has_it(seed: int) -> None:
    pairs = gaussian_pairs(40, n_subjects=3, seed=seed)
    missing = np.arange(40) % 7 == 0
    eeg = replace(
        pairs.eeg, values=np.where(missing[:, None], np.nan, pairs.eeg.values).astype(float)
    )
    pairs = replace(pairs, eeg=eeg, has_eeg=~missing)
    shuffled = shuffled_within_subject(pairs, seed=seed)
    assert (shuffled.has_eeg == pairs.has_eeg).all()
    assert (np.isnan(shuffled.eeg.values).all(axis=1) == missing).all()
    assert shuffled.speech is pairs.speech
    assert shuffled.kind == pairs.kind
    for person in np.unique(pairs.subjects):
        rows = (pairs.subjects == person) & pairs.has_eeg
        assert set(shuffled.eeg.trials[rows]) == set(pairs.eeg.trials[rows])
        assert sorted(shuffled.eeg.values[rows, 0]) == sorted(pairs.eeg.values[rows, 0])
        assert (shuffled.eeg.trials[rows] != pairs.eeg.trials[rows]).any()


def test_shuffling_is_blind_to_labels() -> None:
    pairs = gaussian_pairs(400, n_subjects=4, seed=0)
    shuffled = shuffled_within_subject(pairs, seed=1)
    relabelled = replace(pairs.speech, labels=np.roll(pairs.labels, 1))
    again = shuffled_within_subject(replace(pairs, speech=relabelled), seed=1)
    assert (again.eeg.trials == shuffled.eeg.trials).all()
    # By chance the partner has the same one of four classes in a quarter of the pairs.
    assert np.mean(shuffled.eeg.labels == pairs.labels) == pytest.approx(0.25, abs=0.08)


def test_shuffling_takes_away_what_was_shared() -> None:
    pairs = gaussian_pairs(4_000, correlations=(0.9, 0.9), seed=0)
    shuffled = shuffled_within_subject(pairs, seed=0)
    found = CCA(2).fit(shuffled.eeg.values, shuffled.speech.values).correlations_
    assert found.max() < 0.15


def test_shuffling_permutes_each_row_as_often_as_chance_says() -> None:
    pairs = gaussian_pairs(3, n_subjects=1, seed=0)
    orders = [tuple(shuffled_within_subject(pairs, seed=seed).eeg.trials) for seed in range(300)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    assert min(counts) > 25


def partly_labelled(seed: int, *, rows: int = 60, per_class: int = 5) -> Pairs:
    """Trial pairs of four people, of which few are labelled and some lack EEG."""
    pairs = gaussian_pairs(rows, n_subjects=4, seed=seed)
    shown = draw_labels(pairs.labels, per_class=per_class, seed=seed)
    missing = np.arange(rows) % 9 == 0
    eeg = replace(pairs.eeg, values=np.where(missing[:, None], np.nan, pairs.eeg.values))
    return replace(pairs, eeg=eeg, speech=replace(pairs.speech, labels=shown), has_eeg=~missing)


@few
@given(seed=seeds)
def test_labelled_rows_get_the_eeg_of_another_labelled_row_of_their_class(seed: int) -> None:
    pairs = partly_labelled(seed)
    found = labelled_class_pairs(pairs, seed=seed)
    there = found.has_eeg
    shown = (pairs.labels != "") & pairs.has_eeg
    alone = [label for label in pairs.speech.classes if (shown & (pairs.labels == label)).sum() < 2]
    assert (there == (shown & ~np.isin(pairs.labels, alone))).all()
    assert found.kind == "class"
    assert found.speech is pairs.speech
    for label in set(pairs.speech.classes) - set(alone):
        rows = there & (pairs.labels == label)
        assert sorted(found.eeg.trials[rows]) == sorted(pairs.eeg.trials[rows])  # each once
        assert (found.eeg.trials[rows] != pairs.eeg.trials[rows]).all()  # nobody's own
    original = {name: row for row, name in enumerate(pairs.eeg.trials)}
    for row in np.flatnonzero(there):
        partner = original[found.eeg.trials[row]]
        assert (found.eeg.values[row] == pairs.eeg.values[partner]).all()
    assert np.isnan(found.eeg.values[~there]).all()
    assert set(found.eeg.trials[~there]) == {""}


def test_of_hidden_labels_class_pairs_of_labelled_rows_know_nothing() -> None:
    pairs = partly_labelled(0)
    hidden = pairs.labels == ""
    told = np.where(hidden, np.roll(pairs.eeg.labels, 1), pairs.eeg.labels)
    other = replace(pairs, eeg=replace(pairs.eeg, labels=told))
    one, two = (labelled_class_pairs(each, seed=1) for each in (pairs, other))
    np.testing.assert_array_equal(one.eeg.values, two.eeg.values)


def test_partners_come_from_other_people_as_often_as_chance_says() -> None:
    pairs = gaussian_pairs(2_000, n_subjects=4, seed=0)
    found = labelled_class_pairs(pairs, seed=0)
    assert found.has_eeg.all()
    assert np.mean(found.eeg.subjects == pairs.subjects) == pytest.approx(0.25, abs=0.04)


def test_within_a_class_every_round_of_partners_is_as_likely() -> None:
    pairs = gaussian_pairs(400, seed=0)
    pairs = pairs.take(np.flatnonzero(pairs.labels == pairs.labels[0])[:4])
    rounds = [tuple(labelled_class_pairs(pairs, seed=seed).eeg.trials) for seed in range(300)]
    counts = [rounds.count(one) for one in set(rounds)]
    assert len(counts) == 6  # of four rows
    assert min(counts) > 25


def test_all_labels_shown_leave_the_class_and_nothing_of_the_trial() -> None:
    pairs = gaussian_pairs(20_000, correlations=(0.9, 0.9), eeg_dim=4, speech_dim=4, seed=0)
    found = labelled_class_pairs(pairs, seed=1)
    views = found.eeg.values.copy(), found.speech.values.copy()
    assert CCA(2).fit(*views).correlations_[1] > 0.4
    for view in views:
        for label in np.unique(pairs.labels):
            view[pairs.labels == label] -= view[pairs.labels == label].mean(axis=0)
    assert CCA(4).fit(*views).correlations_.max() < 0.04


def test_with_few_labels_true_partners_beat_partners_of_the_same_class() -> None:
    recalls = {kind: [] for kind in ("trial", "class", "shuffled")}
    for seed in range(3):
        train, test = draw_scenario("speech nuisance", seed=seed)
        shown = draw_labels(train.labels, per_class=10, seed=seed)
        train = replace(train, speech=replace(train.speech, labels=shown))
        speech, known = Scaler.of(train.speech.values), shown != ""
        for kind, pairs in (
            ("trial", train),
            ("class", labelled_class_pairs(train, seed=seed)),
            ("shuffled", shuffled_within_subject(train, seed=seed)),
        ):
            eeg = Scaler.of(pairs.eeg.values).apply(pairs.eeg.values)
            space = SharedSpace((3,)).fit(eeg, speech.apply(pairs.speech.values), pairs.subjects)
            old, new = (
                space.encode_all(speech.apply(side.speech.values)) for side in (train, test)
            )
            model = LinearDiscriminantAnalysis().fit(old[known], shown[known].astype(str))
            recalls[kind].append(model.score(new, test.labels.astype(str)))
    assert np.mean(recalls["trial"]) > np.mean(recalls["class"]) + 0.1
    assert np.mean(recalls["class"]) > np.mean(recalls["shuffled"])


def test_class_means_replace_eeg_and_are_those_of_labelled_rows() -> None:
    pairs = partly_labelled(0)
    found = class_mean_pairs(pairs)
    for label in pairs.speech.classes:
        rows = pairs.labels == label
        mean = pairs.eeg.values[rows & pairs.has_eeg].mean(axis=0)
        np.testing.assert_allclose(found.eeg.values[rows], np.tile(mean, (rows.sum(), 1)))
        assert len(np.unique(found.eeg.values[rows], axis=0)) == 1
    np.testing.assert_array_equal(found.has_eeg, pairs.labels != "")
    assert np.isnan(found.eeg.values[~found.has_eeg]).all()
    assert (found.kind, found.eeg.modality, found.eeg.names) == ("class", "eeg", pairs.eeg.names)
    assert found.eeg.provenance.steps[-1] == "EEG replaced by the mean of its class"
    assert found.eeg.provenance.simulated


def test_a_class_without_eeg_has_no_mean() -> None:
    pairs = gaussian_pairs(40, seed=0)
    lost = pairs.labels == pairs.labels[0]
    eeg = replace(pairs.eeg, values=np.where(lost[:, None], np.nan, pairs.eeg.values))
    found = class_mean_pairs(replace(pairs, eeg=eeg, has_eeg=~lost))
    np.testing.assert_array_equal(found.has_eeg, ~lost)
    assert np.isfinite(found.eeg.values[~lost]).all()


def test_too_few_labels_to_pair_by_class_are_explained() -> None:
    with explained(
        "labelled_class_pairs: pairs must hold two labelled rows with EEG of some class; got none."
        " Label more of them."
    ):
        labelled_class_pairs(partly_labelled(0, per_class=1), seed=0)
    blind = gaussian_pairs(9)
    blind = replace(blind, speech=replace(blind.speech, labels=np.full(9, "", dtype=object)))
    with explained(
        "class_mean_pairs: pairs must hold a labelled row with EEG; got none. Label some of them."
    ):
        class_mean_pairs(blind)


def test_one_hot_pairs_hold_the_label_and_no_eeg() -> None:
    pairs = one_hot_pairs(four_pairs())
    assert pairs.eeg.names == ("is_calm", "is_sad")
    assert pairs.eeg.values[1:].tolist() == [[0, 1], [1, 0], [0, 1]]
    assert np.isnan(pairs.eeg.values[0]).all()
    assert pairs.has_eeg.tolist() == [False, True, True, True]
    assert (pairs.kind, pairs.eeg.modality) == ("class", "eeg")
    assert pairs.eeg.provenance.steps == ("EEG replaced by its label",)


@few
@given(seed=seeds, dim=st.integers(1, 5))
def test_prototypes_are_one_vector_per_class(seed: int, dim: int) -> None:
    pairs = class_prototype_pairs(four_pairs(), dim=dim, seed=seed)
    assert pairs.eeg.values.shape == (4, dim)
    assert pairs.has_eeg.tolist() == [False, True, True, True]
    assert (pairs.eeg.values[1] == pairs.eeg.values[3]).all()
    assert (pairs.eeg.values[1] != pairs.eeg.values[2]).any()
    assert np.isnan(pairs.eeg.values[0]).all()


def test_prototypes_without_a_dimension_are_explained() -> None:
    with explained("class_prototype_pairs: dim must be at least 1; got 0. Choose 1 or more."):
        class_prototype_pairs(four_pairs(), dim=0, seed=0)


@pytest.mark.parametrize(
    ("function", "replaced"),
    [
        ("one_hot_pairs", one_hot_pairs),
        ("class_prototype_pairs", partial(class_prototype_pairs, dim=3, seed=0)),
    ],
)
def test_labels_that_nobody_gave_cannot_stand_for_eeg(
    function: str, replaced: Callable[[Pairs], Pairs]
) -> None:
    pairs = four_pairs()
    blank = np.full(4, "", dtype=object)
    eeg, speech = (replace(side, labels=blank) for side in (pairs.eeg, pairs.speech))
    unlabelled = replace(pairs, eeg=eeg, speech=speech)
    with explained(f"{function}: pairs must hold labelled rows; got none. Label some of them."):
        replaced(unlabelled)


def test_the_same_seed_gives_the_same_partners_and_another_seed_others() -> None:
    trial = gaussian_pairs(60, seed=0)

    def values(seed: int) -> list[bytes]:
        return [
            class_pairs(trial.eeg, trial.speech, seed=seed).eeg.values.tobytes(),
            shuffled_within_subject(trial, seed=seed).eeg.values.tobytes(),
            labelled_class_pairs(trial, seed=seed).eeg.values.tobytes(),
            class_prototype_pairs(trial, dim=3, seed=seed).eeg.values.tobytes(),
        ]

    assert values(1) == values(1)
    assert not set(values(1)) & set(values(2))


def test_tables_without_trials_are_not_paired_by_their_order() -> None:
    pairs = gaussian_pairs(20)
    nameless = replace(pairs.eeg, trials=np.full(len(pairs), "", dtype=object))
    with explained(
        "trial_pairs: eeg must name the trial of every row; got 20 without a name. Add a column"
        " 'trial' to both tables, or use pairing 'class'."
    ):
        trial_pairs(nameless, pairs.speech)
