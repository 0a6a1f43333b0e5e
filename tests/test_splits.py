"""Grouped folds keep people apart, test everyone once, and the draw of labels keeps its count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sentences import explained

from jmml_edu.data import Features, Provenance
from jmml_edu.splits import check_classes_can_be_tested, draw_labels, grouped_folds, groups_by

few = settings(max_examples=30, deadline=None)


def features(stimuli: tuple[str, ...] = ("p", "q", "p")) -> Features:
    """Three rows of two people, whose trials have the same names."""
    return Features(
        np.zeros((3, 1)),
        ("a",),
        "speech",
        np.array(["x", "x", "y"]),
        np.array(["sad", "calm", "sad"]),
        np.array(["1", "2", "1"]),
        Provenance("a corpus", simulated=False),
        np.array(stimuli),
    )


def people(seed: int, *, n_people: int, rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Groups of uneven size and labels, some hidden."""
    rng = np.random.default_rng(seed)
    extra = rng.integers(n_people, size=rows - 5 * n_people)
    groups = np.array([f"s{number}" for number in np.append(np.repeat(range(n_people), 5), extra)])
    return groups.astype(object), rng.choice(["a", "b", ""], size=rows).astype(object)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("subject", ["x", "x", "y"]),
        ("speaker", ["x", "x", "y"]),
        ("stimulus", ["p", "q", "p"]),
        ("trial", ["x/1", "x/2", "y/1"]),
    ],
)
def test_rows_are_grouped_by_what_is_asked_for(by: str, expected: list[str]) -> None:
    assert groups_by(features(), by).tolist() == expected


def test_a_stimulus_that_nobody_named_is_explained() -> None:
    with explained(
        "groups_by: stimulus must be known for every row; got 1 rows without."
        " Split by something that the corpus names."
    ):
        groups_by(features(("p", "", "q")), "stimulus")


def test_an_unknown_grouping_is_explained() -> None:
    with explained(
        "groups_by: by must be one of speaker, stimulus, subject, trial; got 'day'."
        " Pick one of these."
    ):
        groups_by(features(), "day")


@few
@given(seed=st.integers(0, 10_000), n_people=st.integers(2, 12), n_folds=st.integers(2, 5))
def test_no_group_stands_on_both_sides_and_every_row_is_tested_once(
    seed: int, n_people: int, n_folds: int
) -> None:
    assume(n_folds <= n_people)
    groups, labels = people(seed, n_people=n_people)
    folds = grouped_folds(groups, labels, n_folds=n_folds, seed=seed)
    assert len(folds) == n_folds
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
        assert sorted([*fold.train, *fold.test]) == list(range(len(groups)))
        assert len(fold.test) > 0
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(groups)))


def test_the_seed_decides_who_comes_where() -> None:
    groups, labels = people(0, n_people=12)

    def tested(seed: int) -> list[list[int]]:
        folds = grouped_folds(groups, labels, n_folds=3, seed=seed, by="speaker")
        return [fold.test.tolist() for fold in folds]

    assert tested(1) == tested(1)
    assert grouped_folds(groups, labels, n_folds=3, seed=0, by="speaker")[0].by == "speaker"


@pytest.mark.parametrize("alike", [False, True])
def test_every_seed_deals_people_into_other_company(alike: bool) -> None:
    groups, labels = people(0, n_people=12)
    if alike:
        groups = np.repeat([f"s{number}" for number in range(12)], 10).astype(object)
        labels = np.tile(["a", "b"], 60).astype(object)
    partitions = {
        frozenset(
            frozenset(groups[fold.test])
            for fold in grouped_folds(groups, labels, n_folds=3, seed=seed)
        )
        for seed in range(20)
    }
    assert len(partitions) >= 18


def apart(groups: np.ndarray, labels: np.ndarray, seed: int) -> float:
    """How far sizes of folds lie apart, in people as large as the largest."""
    largest = max((groups == who).sum() for who in set(groups))
    sizes = [len(fold.test) for fold in grouped_folds(groups, labels, n_folds=3, seed=seed)]
    return float((max(sizes) - min(sizes)) / largest)


@few
@given(seed=st.integers(0, 10_000))
def test_folds_of_one_class_differ_by_one_person_at_most(seed: int) -> None:
    groups, labels = people(seed, n_people=12)
    assert apart(groups, np.full_like(labels, "a"), seed) <= 1


def test_folds_of_several_classes_are_nearly_always_as_equal() -> None:
    # Even classes come first: then no theorem holds, and about one draw in seventy is less even.
    found = np.array([apart(*people(seed, n_people=12), seed) for seed in range(300)])
    assert (found <= 1).mean() >= 0.97
    assert found.max() < 2


def test_classes_are_as_even_as_groups_allow() -> None:
    groups = np.repeat([f"s{number}" for number in range(8)], 10).astype(object)
    labels = np.repeat(["a", "b"] * 4, 10).astype(object)
    for fold in grouped_folds(groups, labels, n_folds=4, seed=0):
        assert np.mean(labels[fold.test] == "a") == 0.5


def test_more_folds_than_people_are_explained() -> None:
    groups, labels = people(0, n_people=2)
    with explained(
        "grouped_folds: n_folds must be at most the number of speakers; got 3 folds for 2."
        " Ask for fewer folds."
    ):
        grouped_folds(groups, labels, n_folds=3, seed=0, by="speaker")
    with explained("grouped_folds: n_folds must be at least 2; got 1. Choose 2 or more."):
        grouped_folds(groups, labels, n_folds=1, seed=0)
    with explained(
        "grouped_folds: paired arguments must have the same number of rows; got"
        " {'groups': 120, 'labels': 119}. Build them from the same Pairs."
    ):
        grouped_folds(groups, labels[1:], n_folds=2, seed=0)


def test_a_class_rarer_than_the_folds_is_split_all_the_same() -> None:
    groups = np.repeat(list("abcdef"), 4).astype(object)
    labels = np.array(["x", "y", "y", "y"] + ["y"] * 20, dtype=object)
    folds = grouped_folds(groups, labels, n_folds=3, seed=0)
    assert sum((labels[fold.test] == "x").sum() for fold in folds) == 1
    alone = grouped_folds(groups[::4], np.array(list("uvwxyz")), n_folds=3, seed=0)
    assert sorted(np.concatenate([fold.test for fold in alone])) == list(range(6))
    assert [len(fold.test) for fold in alone] == [2, 2, 2]


@few
@given(seed=st.integers(0, 10_000), per_class=st.integers(1, 60))
def test_as_many_labels_as_asked_for_are_shown_per_class(seed: int, per_class: int) -> None:
    _, labels = people(seed, n_people=3)
    before = labels.copy()
    shown = draw_labels(labels, per_class=per_class, seed=seed)
    for label in ("a", "b"):
        assert (shown == label).sum() == min(per_class, (labels == label).sum())
    assert (shown[shown != ""] == labels[shown != ""]).all()
    assert (labels == before).all()
    assert (shown == draw_labels(labels, per_class=per_class, seed=seed)).all()


def test_the_draw_of_labels_favours_no_row() -> None:
    labels = np.array(["a"] * 10, dtype=object)
    shown = sum((draw_labels(labels, per_class=5, seed=s) == "a").astype(int) for s in range(200))
    assert shown.min() > 75
    assert shown.max() < 125


def test_all_labels_are_shown_when_no_number_is_given() -> None:
    _, labels = people(0, n_people=3)
    assert (draw_labels(labels, per_class=None, seed=0) == labels).all()
    with explained("draw_labels: per_class must be at least 1; got 0. Choose 1 or more."):
        draw_labels(labels, per_class=0, seed=0)


def test_a_class_that_cannot_be_both_learned_and_tested_is_explained() -> None:
    groups = np.array(["x", "x", "y", "y"], dtype=object)
    labels = np.array(["sad", "calm", "sad", ""], dtype=object)
    with explained(
        "check_classes_can_be_tested: class 'calm' must occur with at least two speakers; got only"
        " 'x'. Drop the class or bring another speaker: it cannot be both learned and tested."
    ):
        check_classes_can_be_tested(groups, labels, by="speaker")
    with explained(
        "check_classes_can_be_tested: labels must name at least two classes; got ['sad']."
        " Label more rows, or map the labels to classes differently."
    ):
        check_classes_can_be_tested(groups[[0, 2]], labels[[0, 2]], by="speaker")
    check_classes_can_be_tested(groups, np.array(["sad", "calm"] * 2), by="speaker")
