"""From predictions to numbers: scikit-learn's answers, and intervals that cover what they claim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from sklearn.metrics import confusion_matrix, f1_score, recall_score

from jmml_edu.data import Split
from jmml_edu.evaluation import (
    confusion_counts,
    counts_by_subject,
    draw_people,
    gain,
    interval_over_people,
    macro_f1,
    pooled_recall,
    score,
    unweighted_average_recall,
)
from jmml_edu.results import Interval
from jmml_edu.shared_training import widen_for_shared_training
from jmml_edu.splits import grouped_folds

CLASSES = ("a", "b", "c", "d")
few = settings(max_examples=30, deadline=None)


def answers(seed: int, *, rows: int = 40, right: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """True labels of uneven classes, and guesses of which a share is right."""
    rng = np.random.default_rng(seed)
    true = rng.choice(CLASSES, p=(0.4, 0.3, 0.2, 0.1), size=rows)
    return true, np.where(rng.random(rows) < right, true, rng.choice(CLASSES, size=rows))


def names(n_people: int) -> list[str]:
    """One name per person."""
    return [f"s{person}" for person in range(n_people)]


def two_methods(
    rng: np.random.Generator, *, people: int = 20, trials: int = 30, spread: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of two equally good methods that find the same people hard."""
    tables = np.zeros((2, 1, people, 2, 2), dtype=int)
    for person in range(people):
        easy = 0.3 + spread * rng.standard_normal()
        for table in tables:
            chance = 1 / (1 + np.exp(-easy - 0.5 * rng.standard_normal()))
            hits = rng.binomial(trials, chance, size=2)
            table[0, person] = [[hits[0], trials - hits[0]], [trials - hits[1], hits[1]]]
    return tables[0], tables[1]


@few
@given(seed=st.integers(0, 10_000), rows=st.integers(2, 60))
def test_recall_f1_and_counts_are_those_of_scikit_learn(seed: int, rows: int) -> None:
    true, predicted = answers(seed, rows=rows)
    counts = confusion_counts(true, predicted, classes=CLASSES)
    assert (counts == confusion_matrix(true, predicted, labels=CLASSES)).all()
    assert macro_f1(counts) == pytest.approx(f1_score(true, predicted, average="macro"))
    assert unweighted_average_recall(counts) == pytest.approx(
        recall_score(true, predicted, labels=np.unique(true), average="macro")
    )


def test_recall_counts_each_class_alike_and_leaves_out_those_that_do_not_occur() -> None:
    counts = np.array([[90, 10, 0], [5, 5, 0], [0, 0, 0]])
    assert unweighted_average_recall(counts) == pytest.approx((0.9 + 0.5) / 2)
    assert unweighted_average_recall(np.array([counts, counts[:, ::-1]])).shape == (2,)


def test_calling_everything_the_same_gives_chance() -> None:
    counts = np.zeros((4, 4), dtype=int)
    counts[:, 1] = (40, 30, 20, 10)
    assert unweighted_average_recall(counts) == pytest.approx(1 / 4)


def test_rows_are_true_and_columns_predicted() -> None:
    counts = confusion_counts(np.array(["a", "a"]), np.array(["b", "a"]), classes=("a", "b"))
    assert counts.tolist() == [[1, 1], [0, 0]]


def test_a_class_without_a_name_is_explained() -> None:
    with explained(
        "confusion_counts: labels must be among ('a', 'b'); got ['c']. Name every class."
    ):
        confusion_counts(
            np.array(["a", "b"], dtype=object),
            np.array(["b", "c"], dtype=object),
            classes=("a", "b"),
        )
    with explained(
        "confusion_counts: paired arguments must have the same number of rows; got"
        " {'true': 2, 'predicted': 1}. Build them from the same Pairs."
    ):
        confusion_counts(np.array(["a", "b"]), np.array(["b"]), classes=("a", "b"))


def test_people_are_pooled_within_a_seed_and_seeds_are_averaged() -> None:
    sure = [[9, 0], [0, 1]]
    unsure = [[1, 0], [9, 0]]
    wrong = [[0, 1], [1, 0]]
    counts = np.array([[sure, unsure], [sure, wrong]])
    found = score(counts, ["x", "y"])
    # Pooled: seed 0 has recalls 10/10 and 1/10, seed 1 has 9/10 and 1/2.
    assert found.by_seed == pytest.approx((0.55, 0.7))
    assert found.value == pytest.approx(0.625)
    assert found.by_subject == pytest.approx({"x": 1.0, "y": (0.5 + 0.0) / 2})


@pytest.mark.parametrize(("people", "there"), [(5, False), (6, True)])
def test_fewer_than_six_people_give_no_interval(people: int, there: bool) -> None:
    better, worse = two_methods(np.random.default_rng(0), people=people)
    for found in (score(better, names(people)), gain(better, worse, names(people))):
        assert (found.low is not None, found.high is not None) == (there, there)
        assert list(found.by_subject) == names(people)


def test_a_method_gains_nothing_over_itself() -> None:
    counts, _ = two_methods(np.random.default_rng(0))
    found = gain(counts, counts, names(20))
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_gain_changes_sign_when_the_methods_change_places() -> None:
    better, worse = two_methods(np.random.default_rng(1))
    there, back = gain(better, worse, names(20)), gain(worse, better, names(20))
    assert (there.value, there.low, there.high) == pytest.approx(
        (-back.value, -back.high, -back.low)
    )
    assert there.value == pytest.approx(
        score(better, names(20)).value - score(worse, names(20)).value
    )


def test_an_interval_is_a_bootstrap_of_people() -> None:
    counts, other = two_methods(np.random.default_rng(2), people=12)
    rng = np.random.default_rng(99)
    drawn = []
    for _ in range(4_000):
        people = rng.integers(12, size=12)
        pooled = counts[0, people].sum(axis=0), other[0, people].sum(axis=0)
        recalls = [(table.diagonal() / table.sum(axis=1)).mean() for table in pooled]
        drawn.append((recalls[0], recalls[0] - recalls[1]))
    expected = np.quantile(drawn, [0.025, 0.975], axis=0)
    alone, paired = score(counts, names(12)), gain(counts, other, names(12))
    np.testing.assert_allclose((alone.low, alone.high), expected[:, 0], atol=0.015)
    np.testing.assert_allclose((paired.low, paired.high), expected[:, 1], atol=0.015)


@pytest.mark.parametrize("copies", [2, 5])
def test_more_utterances_or_seeds_of_the_same_people_do_not_narrow_it(copies: int) -> None:
    counts, _ = two_methods(np.random.default_rng(3))
    plain = score(counts, names(20))
    for other in (copies * counts, np.repeat(counts, copies, axis=0)):
        found = score(other, names(20))
        assert (found.value, found.low, found.high) == pytest.approx(
            (plain.value, plain.low, plain.high)
        )


def test_more_people_do_narrow_it() -> None:
    counts, _ = two_methods(np.random.default_rng(3), people=80)
    few_people, many = score(counts[:, :20], names(20)), score(counts, names(80))
    assert many.high - many.low < 0.8 * (few_people.high - few_people.low)


def test_a_paired_interval_is_narrower_than_an_unpaired_one() -> None:
    one, two = two_methods(np.random.default_rng(4), spread=2.0)
    widths = [found.high - found.low for found in (score(one, names(20)), score(two, names(20)))]
    paired = gain(one, two, names(20))
    assert paired.high - paired.low < 0.7 * np.hypot(*widths)


def test_intervals_of_no_gain_hold_zero_about_as_often_as_they_claim() -> None:
    rng = np.random.default_rng(5)
    found = [gain(*two_methods(rng), names(20), seed=study) for study in range(200)]
    above = np.mean([interval.low > 0 for interval in found])
    below = np.mean([interval.high < 0 for interval in found])
    # A percentile bootstrap of 20 people is a little narrow: 93 %, give or take 2 for 200 studies.
    assert 0.88 <= 1 - above - below <= 0.985
    assert max(above, below) < 0.08


def test_the_same_seed_gives_the_same_interval() -> None:
    counts, _ = two_methods(np.random.default_rng(6))
    assert score(counts, names(20), seed=1) == score(counts, names(20), seed=1)
    assert score(counts, names(20), seed=1).low != score(counts, names(20), seed=2).low


def test_tables_of_different_people_are_explained() -> None:
    counts, _ = two_methods(np.random.default_rng(0))
    with explained(
        "gain: both tables must cover the same seeds, people and classes; got"
        " ((1, 20, 2, 2), (1, 19, 2, 2)). Test both methods on the same folds."
    ):
        gain(counts, counts[:, 1:], names(20))
    with explained(
        "score: paired arguments must have the same number of rows; got"
        " {'subjects': 3, 'counts': 20}. Build them from the same Pairs."
    ):
        score(counts, names(3))


def test_an_interval_covers_the_draw_of_seeds() -> None:
    # Ten people who are all alike: only the seeds differ, from none right to all right.
    counts = np.zeros((2, 10, 2, 2), dtype=int)
    counts[0] = [[0, 5], [5, 0]]
    counts[1] = [[5, 0], [0, 5]]
    both = score(counts, names(10))
    assert (both.value, both.low, both.high) == (0.5, 0.0, 1.0)
    alone = score(counts[:1], names(10))
    assert (alone.low, alone.high) == (0.0, 0.0)
    nothing = gain(counts, counts, names(10))
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 0.0)


@few
@given(seed=st.integers(0, 10_000))
def test_counts_by_subject_are_the_counts_of_each_persons_rows(seed: int) -> None:
    true, predicted = answers(seed)
    subjects = np.random.default_rng(seed).choice(["ann", "bob", "eve"], size=len(true))
    found = counts_by_subject(
        true, predicted, subjects, people=("bob", "nobody", "ann"), classes=CLASSES
    )
    for who, counts in zip(("bob", "nobody", "ann"), found, strict=True):
        rows = subjects == who
        assert counts.sum() == rows.sum()
        for i, was in enumerate(CLASSES):
            for j, said in enumerate(CLASSES):
                assert counts[i, j] == ((true == was) & (predicted == said) & rows).sum()
    with explained(
        "counts_by_subject: paired arguments must have the same number of rows; got"
        " {'true': 40, 'predicted': 40, 'subjects': 39}. Build them from the same Pairs."
    ):
        counts_by_subject(true, predicted, subjects[1:], people=("ann",), classes=CLASSES)


def test_any_statistic_has_an_interval_over_people() -> None:
    ages = np.random.default_rng(0).normal(40, 10, size=200)

    def mean_age(weights: np.ndarray) -> np.ndarray:
        return (weights @ ages / weights.sum(axis=1))[:, None]

    found = interval_over_people(mean_age, names(200))
    # The normal interval of a mean is another route to it.
    half = 1.96 * ages.std() / np.sqrt(200)
    assert found.value == pytest.approx(ages.mean())
    np.testing.assert_allclose((found.low, found.high), (found.value - half, found.value + half),
                               atol=0.15)  # fmt: skip
    assert found.by_subject["s7"] == pytest.approx(ages[7])


def test_people_are_drawn_kind_by_kind_where_kinds_are_named() -> None:
    kinds = np.array(["x"] * 3 + ["y"] * 9)
    weights = draw_people(kinds, np.random.default_rng(0))
    assert (weights[:, :3].sum(axis=1) == 3).all()
    assert (weights[:, 3:].sum(axis=1) == 9).all()
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.1)

    def share_of_x(weights: np.ndarray) -> np.ndarray:
        return (weights[:, :6].sum(axis=1) / weights.sum(axis=1))[:, None]

    together = interval_over_people(share_of_x, names(12))
    apart = interval_over_people(share_of_x, names(12), strata=["x"] * 6 + ["y"] * 6)
    assert together.high - together.low > 0.3
    assert (apart.low, apart.high) == (0.5, 0.5)
    few_y = interval_over_people(share_of_x, names(12), strata=["x"] * 7 + ["y"] * 5)
    assert few_y.low is None


def test_a_person_weighted_twice_counts_like_two() -> None:
    counts, _ = two_methods(np.random.default_rng(7), people=5)
    weights = np.array([[2.0, 0.0, 1.0, 1.0, 0.0], [1.0] * 5])
    found = pooled_recall(weights, counts)
    twice = counts[:, [0, 0, 2, 3]].sum(axis=1)
    np.testing.assert_allclose(found[0], unweighted_average_recall(twice))
    np.testing.assert_allclose(found[1], unweighted_average_recall(counts.sum(axis=1)))


def folds_of(people: int, n_folds: int) -> list[Split]:
    """Folds over people of three rows each."""
    who = np.repeat(np.arange(people), 3)
    return grouped_folds(who, np.tile([0, 1, 2], people), n_folds=n_folds, seed=0)


@pytest.mark.parametrize(
    ("people", "n_folds", "factor"),
    [(10, 5, 1.5), (12, 2, np.sqrt(3)), (12, 3, np.sqrt(2.5)), (12, 12, np.sqrt(1 + 12 / 11))],
)
def test_an_interval_widens_as_nadeau_and_bengio_say(
    people: int, n_folds: int, factor: float
) -> None:
    plain = Interval(0.5, 0.42, 0.55, {"a": 0.5}, (0.5,))
    wider = widen_for_shared_training(plain, folds_of(people, n_folds))
    assert wider.value == 0.5
    assert wider.low == pytest.approx(0.5 - factor * 0.08)
    assert wider.high == pytest.approx(0.5 + factor * 0.05)
    assert (wider.by_subject, wider.by_seed) == (plain.by_subject, plain.by_seed)


def test_ends_stay_within_what_is_possible_and_none_stays_none() -> None:
    folds = folds_of(10, 5)
    wider = widen_for_shared_training(Interval(0.9, 0.1, 0.98, {}, ()), folds)
    assert (wider.low, wider.high) == (0.0, 1.0)
    gained = widen_for_shared_training(Interval(0.0, -0.4, 0.9, {}, ()), folds, least=-1.0)
    assert (gained.low, gained.high) == (pytest.approx(-0.6), 1.0)
    none = Interval(0.5, None, None, {}, ())
    assert widen_for_shared_training(none, folds) == none


def test_an_interval_widens_as_far_as_labels_are_shown() -> None:
    plain, folds = Interval(0.5, 0.4, 0.6, {}, ()), folds_of(10, 5)
    ends = [widen_for_shared_training(plain, folds, shown=share).low for share in (0.0, 0.1, 1.0)]
    assert ends == pytest.approx([0.4, 0.5 - 0.1 * np.sqrt(1.125), 0.35])
    with explained(
        "widen_for_shared_training: shown must lie in [0, 1]; got 1.5. Pass labels shown over"
        " labels there are."
    ):
        widen_for_shared_training(plain, folds, shown=1.5)


def test_folds_that_teach_nothing_cannot_widen() -> None:
    plain, row = Interval(0.5, 0.4, 0.6, {}, ()), np.array([0])
    for folds, found in (([], "0 of 0"), ([Split(row[:0], row, "row")], "1 of 1")):
        with explained(
            "widen_for_shared_training: folds must each have rows to learn from; got"
            f" {found} without. Pass the folds that gave the number."
        ):
            widen_for_shared_training(plain, folds)
