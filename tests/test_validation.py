"""Nested cross-validation: nobody judges what they helped to choose, and luck is not rewarded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import jaxtyping
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from null_data import people_study
from scipy.stats import binom
from sentences import explained
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.pipeline import make_pipeline

from jmml_edu.data import Split
from jmml_edu.evaluation import score
from jmml_edu.results import Interval
from jmml_edu.shared_training import widen_for_shared_training
from jmml_edu.splits import grouped_folds
from jmml_edu.validation import (
    NestedScore,
    cross_validated_predictions,
    nested_cross_validation,
)

few = settings(max_examples=8, deadline=None)
TWO = {"centroid": NearestCentroid(), "neighbours": KNeighborsClassifier(5)}


def quick(seed: int, *, people: int = 10, signal: float = 0.0) -> NestedScore:
    """A small nested cross-validation on a study of its own."""
    study = people_study(seed, people=people, signal=signal)
    return nested_cross_validation(TWO, *study, n_folds=3, inner_folds=2, seed=seed)


class Spy(ClassifierMixin, BaseEstimator):
    """Says "calm", and remembers who taught it (first column) and whom it judged."""

    heard: ClassVar[list[tuple[frozenset[float], frozenset[float]]]] = []

    def fit(self, values: np.ndarray, labels: np.ndarray) -> Spy:
        self.classes_, self.people_ = np.unique(labels), frozenset(values[:, 0].tolist())
        return self

    def predict(self, values: np.ndarray) -> np.ndarray:
        self.heard.append((self.people_, frozenset(values[:, 0].tolist())))
        return np.full(len(values), "calm")


def test_outer_people_neither_choose_nor_teach() -> None:
    _, labels, people = people_study(0, people=10)
    numbers = np.unique(people, return_inverse=True)[1].astype(float)[:, None]
    Spy.heard.clear()
    nested_cross_validation({"spy": Spy()}, numbers, labels, people, n_folds=5, inner_folds=3)
    assert len(Spy.heard) == 5 * (3 + 1)
    tested: list[float] = []
    for fold in range(5):
        *inner, (taught, outer) = Spy.heard[4 * fold : 4 * fold + 4]
        assert len(taught) == 8
        assert taught | outer == set(range(10))
        assert not taught & outer
        for teachers, judged in inner:
            assert not teachers & judged
            assert teachers | judged == taught
        assert sorted(person for _, judged in inner for person in judged) == sorted(taught)
        tested += outer
    assert sorted(tested) == list(range(10))


@few
@given(seed=st.integers(0, 10_000), signal=st.floats(0.0, 2.0))
def test_it_is_what_scikit_learn_gives_when_done_by_hand(seed: int, signal: float) -> None:
    values, labels, people = people_study(seed, people=8, signal=signal)
    found = nested_cross_validation(
        TWO, values, labels, people, n_folds=4, inner_folds=3, seed=seed
    )
    said, chosen = labels.copy(), []
    for fold in grouped_folds(people, labels, n_folds=4, seed=seed):
        X, y = values[fold.train], labels[fold.train]
        parts = grouped_folds(people[fold.train], y, n_folds=3, seed=seed)
        inner = {
            name: recall_score(
                y, cross_val_predict(one, X, y, cv=[(p.train, p.test) for p in parts]),
                average="macro",
            )
            for name, one in TWO.items()
        }  # fmt: skip
        for name in TWO:
            assert found.inner_scores[name][len(chosen)] == pytest.approx(inner[name])
        chosen.append(max(inner, key=lambda name: inner[name]))
        said[fold.test] = TWO[chosen[-1]].fit(X, y).predict(values[fold.test])
    assert found.chosen == tuple(chosen)
    assert found.score.value == pytest.approx(recall_score(labels, said, average="macro"))
    assert found.people == tuple(sorted(set(people)))
    assert found.classes == ("calm", "sad")
    for number, who in enumerate(found.people):
        rows = people == who
        hits = [((labels == c) & (said == c))[rows].sum() for c in found.classes]
        assert found.counts[0, number].diagonal().tolist() == hits
    best = [found.inner_scores[name][fold] for fold, name in enumerate(chosen)]
    assert found.optimistic_score == pytest.approx(np.mean(best))


def test_signals_of_outer_people_change_nothing_about_what_is_chosen_for_them() -> None:
    values, labels, people = people_study(1)
    folds = grouped_folds(people, labels, n_folds=3, seed=0)
    plain = nested_cross_validation(TWO, values, labels, people, n_folds=3)
    for number, fold in enumerate(folds):
        other = values.copy()
        other[fold.test] = np.random.default_rng(number).normal(5, 30, size=other[fold.test].shape)
        found = nested_cross_validation(TWO, other, labels, people, n_folds=3)
        assert found.chosen[number] == plain.chosen[number]
        for name in TWO:
            assert found.inner_scores[name][number] == plain.inner_scores[name][number]


@pytest.mark.parametrize("numbers", [False, True])
def test_rows_without_a_label_change_nothing(numbers: bool) -> None:
    values, labels, people = people_study(2)
    hidden: object = ""
    if numbers:
        labels, hidden = (labels == "sad").astype(int), -1
    plain = nested_cross_validation(TWO, values, labels, people, n_folds=3)
    more = [
        np.vstack([values[:7] * 100, values]),
        np.concatenate([np.full(7, hidden, dtype=labels.dtype), labels]),
        np.concatenate([people[:7], people]),
    ]
    found = nested_cross_validation(TWO, *more, n_folds=3)
    assert found.score == plain.score
    assert found.inner_scores == plain.inner_scores
    assert found.classes == (("0", "1") if numbers else ("calm", "sad"))


def test_a_planted_signal_is_found_and_the_blind_candidate_is_not_chosen() -> None:
    study = people_study(3, people=20, signal=2.0)
    candidates = {
        "blind": DummyClassifier(strategy="most_frequent"),
        "discriminants": LinearDiscriminantAnalysis(),
    }
    found = nested_cross_validation(candidates, *study)
    assert found.chosen == ("discriminants",) * 5
    assert found.score.low > 0.6
    assert found.inner_scores["blind"] == (0.5,) * 5


def misses(intervals: Iterable[Interval], chance: float = 0.5) -> int:
    """How many intervals leave out chance."""
    return sum(not one.low <= chance <= one.high for one in intervals)


def test_labels_that_mean_nothing_give_chance_within_the_interval() -> None:
    assert binom.sf(2, 8, 0.05) < 1 / 150
    found = [quick(seed, people=20) for seed in range(4_100, 4_108)]
    assert misses(one.score for one in found) <= 2


def test_the_interval_is_that_over_people_made_wider_for_the_outer_folds() -> None:
    values, labels, people = people_study(6, people=9, signal=0.5)
    found = nested_cross_validation(TWO, values, labels, people, n_folds=3, inner_folds=2, seed=4)
    folds = grouped_folds(people, labels, n_folds=3, seed=4)
    expected = widen_for_shared_training(score(found.counts, found.people), folds)
    assert found.score == expected


def test_the_interval_holds_chance_as_often_as_it_claims_because_it_allows_for_who_teaches() -> (
    None
):
    studies = [quick(seed) for seed in range(4_200, 4_260)]
    scores = [one.score for one in studies]
    # At 5 % of misses more than 8 of 60 would come up once in 300 times.
    assert binom.sf(8, 60, 0.05) < 1 / 300
    assert misses(scores) <= 8
    # Over who is tested alone it leaves out chance in 97 of 600 such studies.
    plain = [score(one.counts, one.people) for one in studies]
    assert binom.sf(18, 60, 0.16) + binom.cdf(2, 60, 0.16) < 1 / 200
    assert 3 <= misses(plain) <= 18
    # The score leans to no side: 4 standard errors are exceeded once in 16,000 times.
    values = np.array([one.value for one in scores])
    assert abs(values.mean() - 0.5) < 4 * values.std() / np.sqrt(60)


def looks_at(column: int) -> BaseEstimator:
    """A classifier that looks at one column."""
    return make_pipeline(make_column_transformer(("passthrough", [column])), NearestCentroid())


def test_the_inner_score_of_the_best_of_many_is_luck_and_the_outer_score_is_not() -> None:
    candidates = {f"column {number}": looks_at(number) for number in range(12)}
    found = [
        nested_cross_validation(
            candidates, *people_study(seed, people=6, dim=12), n_folds=2, inner_folds=2
        )
        for seed in range(4_300, 4_306)
    ]
    optimistic = np.array([one.optimistic_score for one in found])
    honest = np.array([one.score.value for one in found])
    assert optimistic.min() > 0.5
    assert (optimistic - honest).mean() > 0.05
    assert abs(honest.mean() - 0.5) < 4 * max(honest.std(), 0.02) / np.sqrt(len(found))


def test_the_first_of_equally_good_candidates_is_chosen() -> None:
    twins = {"later": NearestCentroid(), "earlier": NearestCentroid()}
    study = people_study(5)
    found = nested_cross_validation(twins, *study, n_folds=3)
    assert found.chosen == ("later",) * 3


def test_candidates_are_left_as_they_were_and_one_seed_gives_one_answer() -> None:
    candidate = NearestCentroid()
    study = people_study(6)
    before = [column.copy() for column in study]
    one, same, other = (
        nested_cross_validation({"one": candidate}, *study, n_folds=3, seed=seed)
        for seed in (0, 0, 1)
    )
    assert not hasattr(candidate, "centroids_")
    assert one.score == same.score
    assert (one.counts != other.counts).any()
    for column, was in zip(study, before, strict=True):
        np.testing.assert_array_equal(column, was)


def test_where_those_to_learn_from_are_all_of_one_class_everyone_is_called_that() -> None:
    people = np.repeat(list("abcd"), 3)
    labels = np.repeat(["calm", "calm", "sad", "sad"], 3)
    values = np.random.default_rng(0).normal(size=(12, 2))
    found = nested_cross_validation(  # this classifier alone refuses to learn a single class
        {"centroid": NearestCentroid()}, values, labels, people, n_folds=2
    )
    # Each training half has one calm and one sad person: in the inner folds one of them is left,
    # and the other is called the same.
    assert found.inner_scores["centroid"] == (0.0, 0.0)


def test_studies_that_cannot_be_judged_are_explained() -> None:
    values, labels, people = people_study(7, people=4)
    with explained(
        "nested_cross_validation: n_folds must be at most the number of groups; got 5 folds for 4."
        " Ask for fewer folds."
    ):
        nested_cross_validation(TWO, values, labels, people)
    with explained("nested_cross_validation: inner_folds must be at least 2; got 1. Choose 2 or"
                   " more."):  # fmt: skip
        nested_cross_validation(TWO, values, labels, people, n_folds=2, inner_folds=1)
    with explained(
        "nested_cross_validation: groups must leave two or more to learn from in every fold; got 1."
        " Bring more people, or ask for more folds."
    ):
        nested_cross_validation(TWO, values[:24], labels[:24], people[:24], n_folds=2)
    with explained(
        "nested_cross_validation: class 'sad' must occur with at least two groups; got only 's00'."
        " Drop the class or bring another group: it cannot be both learned and tested."
    ):
        nested_cross_validation(TWO, values, np.where(people == "s00", labels, "calm"), people)
    with explained(
        "nested_cross_validation: paired arguments must have the same number of rows; got"
        " {'values': 47, 'labels': 48, 'groups': 48}. Build them from the same Pairs."
    ):
        nested_cross_validation(TWO, values[1:], labels, people)
    with explained(
        "nested_cross_validation: candidates must name at least one classifier; got none."
        " Pass {'name': classifier}."
    ):
        nested_cross_validation({}, values, labels, people)


def test_a_candidate_that_is_no_classifier_is_explained() -> None:
    values, labels, people = people_study(7, people=4)
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with pytest.raises(TypeError) as error:
            nested_cross_validation({"text": "LDA"}, values, labels, people)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    assert str(error.value) == (
        "nested_cross_validation: candidate 'text' must have fit and predict; got str. Pass a"
        " scikit-learn classifier."
    )


SPLITS = [
    Split(np.array([0, 1, 2]), np.array([3, 4]), "trial"),
    Split(np.array([2, 3, 4]), np.array([0]), "trial"),
]


def test_predictions_stand_in_the_rows_that_were_tested() -> None:
    values = np.array([[0.0], [1.0], [1.2], [0.1], [0.9]])
    labels = np.array(["low", "high", "", "low", "high"])
    said = cross_validated_predictions(KNeighborsClassifier(1), values, labels, SPLITS)
    assert said.tolist() == ["low", "", "", "low", "high"]


def test_an_unlabelled_row_is_judged_but_does_not_teach() -> None:
    values = np.array([[0.0], [1.0], [0.12], [0.1], [0.9]])
    labels = np.array([0, 1, -1, 0, 1])
    said = cross_validated_predictions(KNeighborsClassifier(1), values, labels, SPLITS)
    assert said.tolist() == ["0", "", "", "0", "1"]
    tests = [Split(np.array([0, 1]), np.array([2]), "trial")]
    assert cross_validated_predictions(KNeighborsClassifier(1), values, labels, tests)[2] == "0"


def test_splits_without_anything_to_learn_from_are_explained() -> None:
    values, labels = np.zeros((5, 1)), np.array(["", "", "", "a", "b"])
    with explained(
        "cross_validated_predictions: splits must each leave labelled rows to learn from; got 1 of"
        " 2 without. Label more rows, or split otherwise."
    ):
        cross_validated_predictions(KNeighborsClassifier(1), values, labels, SPLITS)
    with explained(
        "cross_validated_predictions: splits must each leave labelled rows to learn from; got 0 of"
        " 0 without. Label more rows, or split otherwise."
    ):
        cross_validated_predictions(KNeighborsClassifier(1), values, labels, [])
