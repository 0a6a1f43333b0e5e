"""CCA and PLS among others: scikit-learn's manner, any holder of data, whole or in parts."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from two_views import by_qr, paired_views

from jmml_edu._checks import InputWarning
from jmml_edu.linear import CCA, PLS, Moments, moments_by_group

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def alike(found: CCA, expected: CCA, atol: float = 1e-10) -> None:
    """Both models have learned the same."""
    assert found.ridge_ == expected.ridge_
    for name in ("eeg_directions_", "speech_directions_", "eeg_mean_", "speech_mean_"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=atol)
    np.testing.assert_allclose(found.correlations_, expected.correlations_, atol=atol)


def test_settings_are_stored_as_they_come_and_can_be_cloned() -> None:
    settings_ = {"n_components": 3, "ridge": (0.1, 2.0), "ridges": (0.5, 1.0), "folds": 4}
    model = CCA(**settings_)  # type: ignore[arg-type]
    assert model.get_params() == settings_
    assert clone(model.fit(*paired_views(0))).get_params() == settings_
    assert not hasattr(clone(model), "eeg_directions_")
    assert PLS(3).get_params() == {"n_components": 3}
    assert clone(PLS(3)).set_params(n_components=2).n_components == 2


@few
@given(seed=seeds)
def test_a_fitted_model_survives_pickling(seed: int) -> None:
    eeg, speech = paired_views(seed)
    for model in (CCA(2, ridge="cv", folds=2), PLS(2)):
        again = pickle.loads(pickle.dumps(model.fit(eeg, speech)))
        np.testing.assert_array_equal(again.transform(eeg), model.transform(eeg))
        assert again.score(eeg, speech) == model.score(eeg, speech)


def test_grid_search_and_cross_validation_use_the_score() -> None:
    eeg, speech = paired_views(0)
    grid = {"ridge": [0.01, 1.0, (0.1, 5.0)], "n_components": [1, 2]}
    search = GridSearchCV(CCA(), grid, cv=3).fit(eeg, speech)
    scores = cross_val_score(CCA(2, ridge=1.0), eeg, speech, cv=3)
    by_hand = [
        CCA(2, ridge=1.0)
        .fit(np.delete(eeg, rows, axis=0), np.delete(speech, rows, axis=0))
        .score(eeg[rows], speech[rows])
        for rows in np.array_split(np.arange(60), 3)
    ]
    np.testing.assert_allclose(scores, by_hand, atol=1e-12)
    assert search.best_score_ >= scores.mean()
    assert search.best_estimator_.n_components == 2


def test_what_is_learned_has_the_shapes_that_it_says() -> None:
    eeg, speech = paired_views(0)
    model = CCA(2, ridge=(0.0, 1.0))
    assert model.fit(eeg, speech) is model
    assert model.eeg_directions_.shape == (4, 2)
    assert model.speech_directions_.shape == (3, 2)
    assert model.correlations_.shape == (2,)
    assert model.ridge_ == (0.0, 1.0)
    assert model.moments_.count == 60
    np.testing.assert_allclose(model.eeg_mean_, eeg.mean(axis=0))
    np.testing.assert_allclose(model.speech_mean_, speech.mean(axis=0))
    assert PLS().fit(eeg, speech).ridge_ == (np.inf, np.inf)


def test_one_view_needs_no_other_and_the_order_is_eeg_first() -> None:
    eeg, speech = paired_views(0)
    model = CCA(2).fit(eeg, speech)
    left, right = model.transform(eeg, speech)
    np.testing.assert_array_equal(model.transform(eeg), left)
    np.testing.assert_array_equal(model.transform(speech=speech), right)
    for one, other in zip(CCA(2).fit_transform(eeg, speech), (left, right), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(left, (eeg - model.eeg_mean_) @ model.eeg_directions_)


@pytest.mark.parametrize("to", [pd.DataFrame, torch.tensor, np.ndarray.tolist, np.asfortranarray])
def test_a_model_does_not_care_what_holds_the_data(to: Callable[[np.ndarray], object]) -> None:
    eeg, speech = paired_views(0)
    expected = CCA(2, ridge=0.1).fit(eeg, speech)
    found = CCA(2, ridge=0.1).fit(to(eeg), to(speech))
    alike(found, expected)
    np.testing.assert_allclose(found.transform(to(eeg)), expected.transform(eeg), atol=1e-12)
    assert found.score(to(eeg), to(speech)) == pytest.approx(expected.score(eeg, speech))
    np.testing.assert_allclose(found.predict_eeg(to(speech)), expected.predict_eeg(speech))
    alike(CCA(2, ridge="cv").fit(to(eeg), to(speech)), CCA(2, ridge="cv").fit(eeg, speech))


def test_a_model_learns_from_memory_maps_and_single_precision(tmp_path: Path) -> None:
    views = [view.astype(np.float32) for view in paired_views(0)]
    maps = []
    for name, view in zip(("eeg", "speech"), views, strict=True):
        np.save(tmp_path / f"{name}.npy", view)
        maps.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    model = CCA(3).fit(*maps)
    alike(model, CCA(3).fit(*(view.astype(float) for view in views)))
    np.testing.assert_allclose(model.correlations_, by_qr(*paired_views(0)), atol=1e-5)


def test_fitting_leaves_views_and_settings_alone() -> None:
    eeg, speech = paired_views(0)
    before = eeg.copy(), speech.copy()
    model = CCA(2, ridge="cv").fit(eeg, speech)
    model.correlations(eeg, speech)
    model.inverse_transform(*model.transform(eeg, speech))
    np.testing.assert_array_equal(eeg, before[0])
    np.testing.assert_array_equal(speech, before[1])
    assert model.ridge == "cv"


@few
@given(seed=seeds, sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_parts_of_any_size_teach_the_same_as_the_whole(seed: int, sizes: list[int]) -> None:
    eeg, speech = paired_views(seed)
    model, edges = CCA(2, ridge=0.1), [0, *np.cumsum(sizes)]
    edges = [edge for edge in edges if edge < 60] + [60]
    for a, b in pairwise(edges):
        assert model.partial_fit(eeg[a:b], speech[a:b]) is model
    alike(model, CCA(2, ridge=0.1).fit(eeg, speech))


def test_a_first_part_that_cannot_be_learned_from_yet_is_kept() -> None:
    eeg, speech = paired_views(0)
    model = CCA(2).partial_fit(eeg[:2], speech[:2])
    with pytest.raises(NotFittedError):
        model.transform(eeg)
    alike(model.partial_fit(eeg[2:], speech[2:]), CCA(2).fit(eeg, speech), 1e-9)


def test_columns_that_begin_to_vary_in_a_later_part_do_no_harm() -> None:
    eeg, speech = paired_views(0)
    speech[:20] = speech[0]
    model = CCA(2).partial_fit(eeg[:20], speech[:20]).partial_fit(eeg[20:], speech[20:])
    alike(model, CCA(2).fit(eeg, speech), 1e-9)


def test_learning_goes_on_from_what_fit_has_learned() -> None:
    eeg, speech = paired_views(0)
    model = CCA(2).fit(eeg[:30], speech[:30]).partial_fit(eeg[30:], speech[30:])
    alike(model, CCA(2).fit(eeg, speech), 1e-9)
    alike(model.fit(eeg[:30], speech[:30]), CCA(2).fit(eeg[:30], speech[:30]))


def test_a_ridge_that_was_given_leaves_no_scores_of_one_that_was_chosen() -> None:
    views = paired_views(0)
    model = CCA(2, ridge="cv").fit(*views)
    assert model.ridge_scores_.shape == (10, 5)
    assert not hasattr(model.set_params(ridge=0.1).fit(*views), "ridge_scores_")


def test_moments_teach_the_same_as_their_data() -> None:
    eeg, speech = paired_views(0)
    for model in (CCA(2, ridge=(0.0, 0.3)), PLS(2)):
        alike(clone(model).fit_moments(Moments.of(eeg, speech)), model.fit(eeg, speech))


def test_moments_within_people_leave_out_what_makes_people_differ() -> None:
    eeg, speech = paired_views(0)
    person = np.arange(60) % 3
    shift = 100.0 * person[:, None]
    parts = moments_by_group(eeg + shift, speech + shift, person)
    model = CCA(1).fit_moments(Moments.within(parts))
    centred = [
        view - np.stack([view[person == p].mean(axis=0) for p in range(3)])[person]
        for view in (eeg, speech)
    ]
    np.testing.assert_allclose(model.correlations_, by_qr(*centred)[:1], atol=1e-9)
    assert CCA(1).fit(eeg + shift, speech + shift).correlations_[0] > 0.999


def test_a_model_that_has_not_learned_says_so() -> None:
    eeg, speech = paired_views(0)
    for call in (
        lambda: CCA().transform(eeg),
        lambda: CCA().correlations(eeg, speech),
        lambda: CCA().predict_eeg(speech),
        lambda: CCA().inverse_transform(eeg),
    ):
        with pytest.raises(NotFittedError):
            call()


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_the_average_reference_takes_one_direction_whatever_the_precision(
    precision: type[np.floating],
) -> None:
    rng = np.random.default_rng(0)
    speech = rng.standard_normal((1_000, 3))
    eeg = (speech @ rng.standard_normal((3, 16)) + rng.standard_normal((1_000, 16))).astype(
        precision
    )
    eeg -= eeg.mean(axis=1, keepdims=True)
    with pytest.warns(InputWarning, match="eeg has columns that combine others"):
        model = CCA(3).fit(eeg, speech)
    assert np.abs(model.eeg_directions_).max() < 10
    plain = CCA(3).fit(eeg[:, 1:].astype(float), speech)
    np.testing.assert_allclose(model.correlations_, plain.correlations_, atol=1e-5)


def test_a_sum_of_columns_far_from_zero_is_no_direction_of_its_own() -> None:
    rng = np.random.default_rng(0)
    eeg = 1e7 + rng.standard_normal((500, 3))
    eeg = np.hstack([eeg, eeg[:, :1] + eeg[:, 1:2]])
    with pytest.warns(InputWarning, match="eeg has columns that combine others"):
        model = CCA(1).fit(eeg, eeg[:, 2:3] + rng.standard_normal((500, 1)))
    assert np.abs(model.eeg_directions_).max() < 10
