"""Whitening: the identity afterwards, and the columns that span the view, whatever the units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_views import paired_views, shrunk, standardised

from jmml_edu.linear import Moments
from jmml_edu.linear.whitening import Whitening, whiten, whiten_views

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)
ridges = st.sampled_from([0.0, 1e-3, 0.5, 20.0, np.inf])


def whitening_of(view: np.ndarray, ridge: float = 0.0) -> Whitening:
    """The whitening of one view, by way of moments."""
    return whiten_views(Moments.of(view, view[:, :1]), ridge=(ridge, 0.0))[0]


def matrix_of(whitening: Whitening) -> np.ndarray:
    """The matrix W itself."""
    return whitening.directions(np.eye(whitening.rank))


@few
@given(seed=seeds, ridge=ridges, decades=st.integers(0, 8))
def test_the_shrunken_covariance_becomes_the_identity(
    seed: int, ridge: float, decades: int
) -> None:
    eeg, _ = paired_views(seed, eeg_dim=5)
    units = 10.0 ** np.random.default_rng(seed).uniform(-decades, decades, 5)
    white = matrix_of(whitening_of(eeg * units, ridge))
    deviations = (eeg * units).std(axis=0, ddof=1)
    covariance = shrunk(eeg, ridge) * np.outer(deviations, deviations)
    np.testing.assert_allclose(white.T @ covariance @ white, np.eye(5), atol=1e-9)


@few
@given(seed=seeds)
def test_whitened_data_have_unit_variance_and_no_correlation(seed: int) -> None:
    eeg, _ = paired_views(seed, eeg_dim=5)
    np.testing.assert_allclose(np.cov((eeg @ matrix_of(whitening_of(eeg))).T), np.eye(5), atol=1e-9)


@few
@given(seed=seeds, ridge=ridges)
def test_whiten_is_the_transpose_of_directions(seed: int, ridge: float) -> None:
    eeg, _ = paired_views(seed, eeg_dim=5)
    eeg[:, 2] = eeg[:, 0]
    whitening = whitening_of(eeg, ridge)
    cross = np.random.default_rng(seed).standard_normal((5, 3))
    np.testing.assert_allclose(whitening.whiten(cross), matrix_of(whitening).T @ cross, atol=1e-9)


def test_each_view_is_whitened_with_its_own_ridge() -> None:
    eeg, speech = paired_views(0)
    found = whiten_views(Moments.of(eeg, speech), ridge=(0.0, 2.0))
    for whitening, view, ridge in zip(found, (eeg, speech), (0.0, 2.0), strict=True):
        white = matrix_of(whitening) * view.std(axis=0, ddof=1)[:, None]
        np.testing.assert_allclose(
            white.T @ shrunk(view, ridge) @ white, np.eye(view.shape[1]), atol=1e-9
        )


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize(
    ("added", "rank"),
    [
        (lambda view: view[:, :2], 5),
        (lambda view: view @ np.ones((5, 1)), 5),
        (lambda view: view @ np.arange(15.0).reshape(5, 3) - 7, 5),
        (lambda view: np.full((60, 2), 0.1), 5),
        (lambda view: np.linspace(0, 1, 60)[:, None], 6),
    ],
    ids=["duplicates", "sum", "combinations", "constants", "one of its own"],
)
def test_the_rank_is_that_of_the_columns_that_vary_by_themselves(
    added: object, rank: int, unit: float
) -> None:
    eeg, _ = paired_views(0, eeg_dim=5)
    view = np.hstack([eeg, unit * added(eeg)])  # type: ignore[operator]
    whitening = whitening_of(view)
    assert whitening.rank == rank
    kept = standardised(view[:, whitening.columns])
    assert np.linalg.matrix_rank(kept) == rank
    np.testing.assert_allclose(np.cov((view @ matrix_of(whitening)).T), np.eye(rank), atol=1e-8)
    left_out = np.setdiff1d(np.arange(view.shape[1]), whitening.columns)
    assert not matrix_of(whitening)[left_out].any()


@pytest.mark.parametrize(("rows", "columns"), [(5, 5), (10, 40), (60, 61), (60, 200)])
def test_more_columns_than_pairs_have_as_many_directions_as_pairs_less_one(
    rows: int, columns: int
) -> None:
    rng = np.random.default_rng(rows)
    units = 10.0 ** rng.uniform(-4, 4, columns)
    view = (rng.standard_normal((rows, columns)) + 3) * units
    whitening = whitening_of(view)
    assert whitening.rank == rows - 1
    assert whitening.smallest == 0
    # What is whitened, with a column of ones, is orthogonal: no direction is noise.
    codes = (view - view.mean(axis=0)) @ matrix_of(whitening)
    np.testing.assert_allclose(codes @ codes.T, (rows - 1) * (np.eye(rows) - 1 / rows), atol=1e-5)
    assert whitening_of(view, 0.1).rank == columns


def test_a_view_without_any_varying_column_has_no_direction() -> None:
    whitening = whitening_of(np.full((60, 3), 0.1))
    assert whitening.rank == 0
    assert matrix_of(whitening).shape == (3, 0)


@pytest.mark.parametrize("noise", [1e-5, 1e-3, 0.1])
def test_the_smallest_is_the_part_of_a_column_that_no_other_explains(noise: float) -> None:
    left, own = standardised(np.linalg.qr(paired_views(0, eeg_dim=3)[0])[0])[:, :2].T
    own = own - left * (left @ own) / (left @ left)
    own *= np.linalg.norm(left) / np.linalg.norm(own)
    view = np.column_stack([left, left + noise * own])
    assert whitening_of(view).smallest == pytest.approx(noise**2 / (1 + noise**2), rel=1e-4)
    assert whitening_of(view[:, :1]).smallest == pytest.approx(1)


def test_a_column_of_scale_0_is_left_out_and_the_covariance_stays_as_it_was() -> None:
    covariance = np.array([[4.0, 1.0, 2.0], [1.0, 9.0, 3.0], [2.0, 3.0, 16.0]])
    before = covariance.copy()
    whitening = whiten(covariance, np.array([2.0, 0.0, 4.0]), ridge=0.0)
    assert sorted(whitening.columns) == [0, 2]
    np.testing.assert_array_equal(covariance, before)
    white = matrix_of(whitening)
    np.testing.assert_allclose(white.T @ covariance @ white, np.eye(2), atol=1e-12)
