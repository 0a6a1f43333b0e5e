"""The ridge chosen from moments of folds: what a loop that fits again and again would choose."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from sentences import explained
from two_views import paired_views

from jmml_edu.linear import CCA, moments_by_fold
from jmml_edu.linear.ridge import RIDGES, choose_ridge

Views = tuple[np.ndarray, np.ndarray]


def by_refits(
    views: Views, folds: Iterable[np.ndarray], ridges: Sequence[float], n_components: int
) -> np.ndarray:
    """Ridge x fold: fit on the other rows, score on these, from the data each time."""
    scores = []
    for rows in folds:
        others = np.setdiff1d(np.arange(len(views[0])), rows)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            models = [CCA(n_components, ridge=r).fit(*(v[others] for v in views)) for r in ridges]
        scores.append([model.score(*(view[rows] for view in views)) for model in models])
    return np.array(scores).T


def rows_of_folds(person: np.ndarray, n_folds: int) -> list[np.ndarray]:
    """The rows of each grouped fold, read off the moments of a view that says who is who."""
    who = (person[:, None] == np.unique(person)) * 1.0
    folds = moments_by_fold(who, who, n_folds, person)
    return [np.flatnonzero(who @ (fold.mean[: who.shape[1]] > 0)) for fold in folds]


@pytest.mark.parametrize(("seed", "n_components"), [(0, 1), (1, 2), (2, 3), (3, 1), (4, 2)])
def test_scores_and_choice_are_those_of_a_loop_with_refits(seed: int, n_components: int) -> None:
    views = paired_views(seed, rows=62)
    model = CCA(n_components, ridge="cv").fit(*views)
    expected = by_refits(views, np.array_split(np.arange(62), 5), RIDGES, n_components)
    np.testing.assert_allclose(model.ridge_scores_, expected, atol=1e-10)
    best = RIDGES[expected.mean(axis=1).argmax()]
    assert model.ridge_ == (best, best)
    again = CCA(n_components, ridge=best).fit(*views)
    np.testing.assert_allclose(model.eeg_directions_, again.eeg_directions_, atol=1e-9)
    np.testing.assert_allclose(model.correlations_, again.correlations_, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_with_groups_whole_people_are_held_out(seed: int) -> None:
    views = paired_views(seed, rows=80)
    person = np.random.default_rng(seed).choice(["ann", "ben", "cy", "dee", "eve", "fay"], 80)
    ridges = (0.01, 1.0, np.inf)
    model = CCA(2, ridge="cv", ridges=ridges, folds=3).fit(*views, groups=person)
    folds = rows_of_folds(person, 3)
    assert sorted(np.concatenate(folds)) == list(range(80))
    for i, rows in enumerate(folds):
        assert not any(set(person[rows]) & set(person[other]) for other in folds[:i])
    expected = by_refits(views, folds, ridges, 2)
    np.testing.assert_allclose(model.ridge_scores_, expected, atol=1e-10)


@pytest.mark.parametrize("outlier", [1.0, 1e3, 1e6])
def test_one_fold_in_another_unit_spoils_no_score(outlier: float) -> None:
    eeg, speech = paired_views(0)
    eeg[:12] *= outlier
    folds = np.array_split(np.arange(60), 5)
    found = choose_ridge(moments_by_fold(eeg, speech, 5), RIDGES, n_components=2)[1]
    expected = by_refits((eeg, speech), folds, RIDGES, 2)
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_a_column_that_varies_in_one_fold_only_is_constant_without_it(seed: int) -> None:
    eeg, speech = paired_views(seed)
    eeg[12:, 1] = 0
    eeg[:12, 1] *= 10
    folds = np.array_split(np.arange(60), 5)
    found = choose_ridge(moments_by_fold(eeg, speech, 5), RIDGES, n_components=1)[1]
    expected = by_refits((eeg, speech), folds, RIDGES, 1)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_strong_noise_that_speech_does_not_share_asks_for_little_ridge() -> None:
    rng = np.random.default_rng(0)
    shared = rng.standard_normal((600, 1))
    noise = 10 * rng.standard_normal((600, 1)) @ rng.standard_normal((1, 6))
    eeg = shared @ rng.standard_normal((1, 6)) + noise + 0.1 * rng.standard_normal((600, 6))
    model = CCA(1, ridge="cv", ridges=(1e-4, np.inf)).fit(eeg, shared)
    assert model.ridge_ == (1e-4, 1e-4)


def test_few_pairs_of_many_columns_ask_for_much_ridge() -> None:
    rng = np.random.default_rng(0)
    shared = rng.standard_normal((120, 1))
    eeg, speech = (shared + 2 * rng.standard_normal((120, 40)) for _ in range(2))
    model = CCA(1, ridge="cv", ridges=(1e-4, 1.0)).fit(eeg, speech)
    assert model.ridge_ == (1.0, 1.0)
    assert model.ridge_scores_.shape == (2, 5)


def test_the_first_of_equal_ridges_is_taken() -> None:
    eeg, speech = (view[:, :1] for view in paired_views(0))
    scores = choose_ridge(moments_by_fold(eeg, speech, 5), (0.1, 10.0), n_components=1)[1]
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-12)


def test_folds_are_left_as_they_were() -> None:
    folds = moments_by_fold(*paired_views(0), 5)
    before = [fold.scatter.copy() for fold in folds]
    choose_ridge(folds, RIDGES, n_components=2)
    for fold, scatter in zip(folds, before, strict=True):
        np.testing.assert_array_equal(fold.scatter, scatter)


def test_what_cannot_be_chosen_is_explained() -> None:
    eeg, speech = paired_views(0)
    with explained("CCA.fit: ridge must be at least 0; got -1.0. Choose 0 or more."):
        CCA(ridge="cv", ridges=(0.1, -1.0)).fit(eeg, speech)
    with explained(
        "CCA.fit: n_folds must lie between 2 and 3, the number of groups; got 5."
        " Choose another number of folds."
    ):
        CCA(ridge="cv").fit(eeg, speech, groups=np.arange(60) % 3)
    with explained(
        "CCA.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 60, 'speech': 60, 'groups': 59}. Build them from the same Pairs."
    ):
        CCA(ridge="cv").fit(eeg, speech, groups=np.arange(59))


def test_no_ridge_to_choose_from_is_explained() -> None:
    with explained("CCA.fit: ridges must hold at least one ridge; got none. Try (0.01, 0.1, 1.0)."):
        CCA(ridge="cv", ridges=()).fit(*paired_views(0))


def test_folds_too_small_to_score_are_explained() -> None:
    eeg, speech = paired_views(0, rows=12)
    with explained(
        "CCA.fit: folds must hold at least 3 pairs each; got [3, 3, 2, 2, 2]."
        " Fewer always agree perfectly; make fewer folds."
    ):
        CCA(1, ridge="cv").fit(eeg, speech)
