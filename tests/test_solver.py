"""The solver: other routes to values and directions, digits, units, signs, and the path to PLS."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from two_views import (
    by_eigenvalues,
    by_long_double,
    by_qr,
    ill_conditioned_views,
    paired_views,
    shrunk,
    standardised,
)

from jmml_edu.columns import column_correlations
from jmml_edu.linear import Moments, Solution, solve
from jmml_edu.linear.solver import code_correlations, leading_svd, with_fixed_signs

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)
ridges = st.sampled_from([0.0, 1e-3, 0.1, 1.0, 30.0, np.inf])
Views = tuple[np.ndarray, np.ndarray]


def solved(views: Views, n_components: int, ridge: tuple[float, float] = (0.0, 0.0)) -> Solution:
    """The solution from moments alone."""
    return solve(Moments.of(*views), n_components=n_components, ridge=ridge)


def codes_of(views: Views, solution: Solution) -> Views:
    """The codes of both views."""
    return views[0] @ solution.eeg_directions, views[1] @ solution.speech_directions


@few
@given(seed=seeds, eeg_dim=st.integers(1, 6), speech_dim=st.integers(1, 6))
def test_values_are_cosines_of_angles_between_the_views(
    seed: int, eeg_dim: int, speech_dim: int
) -> None:
    views = paired_views(seed, eeg_dim=eeg_dim, speech_dim=speech_dim)
    found = solved(views, min(eeg_dim, speech_dim))
    np.testing.assert_allclose(found.values, by_qr(*views), atol=1e-10)


@few
@given(seed=seeds, eeg_ridge=ridges, speech_ridge=ridges)
def test_values_and_directions_solve_the_eigenproblem_of_canonical_ridge(
    seed: int, eeg_ridge: float, speech_ridge: float
) -> None:
    eeg, speech = paired_views(seed)
    found = solved((eeg, speech), 3, (eeg_ridge, speech_ridge))
    values, left, right = by_eigenvalues(eeg, speech, (eeg_ridge, speech_ridge))
    np.testing.assert_allclose(found.values, values, atol=1e-10)
    ours = found.eeg_directions * eeg.std(axis=0, ddof=1)[:, None]
    theirs = found.speech_directions * speech.std(axis=0, ddof=1)[:, None]
    # Outer products do not depend on the sign of a pair.
    for k in np.flatnonzero(np.append(-np.diff(values), 1) > 1e-3):
        if k == 0 or values[k - 1] - values[k] > 1e-3:
            expected = np.outer(left[:, k], right[:, k])
            np.testing.assert_allclose(np.outer(ours[:, k], theirs[:, k]), expected, atol=1e-8)


@few
@given(seed=seeds, eeg_ridge=ridges, speech_ridge=ridges)
def test_directions_are_orthonormal_in_the_shrunken_covariance(
    seed: int, eeg_ridge: float, speech_ridge: float
) -> None:
    views = paired_views(seed)
    found = solved(views, 3, (eeg_ridge, speech_ridge))
    for view, directions, ridge in (
        (views[0], found.eeg_directions, eeg_ridge),
        (views[1], found.speech_directions, speech_ridge),
    ):
        weights = directions * view.std(axis=0, ddof=1)[:, None]
        np.testing.assert_allclose(weights.T @ shrunk(view, ridge) @ weights, np.eye(3), atol=1e-9)


@few
@given(seed=seeds)
def test_codes_are_white_and_each_correlates_with_its_twin_alone(seed: int) -> None:
    views = paired_views(seed)
    found = solved(views, 3)
    joint = np.cov(np.hstack(codes_of(views, found)).T)
    expected = np.block([[np.eye(3), np.diag(found.values)], [np.diag(found.values), np.eye(3)]])
    np.testing.assert_allclose(joint, expected, atol=1e-9)


def test_an_infinite_ridge_gives_the_singular_vectors_of_the_cross_correlations() -> None:
    eeg, speech = paired_views(1)
    found = solved((eeg, speech), 3, (np.inf, np.inf))
    cross = standardised(eeg).T @ standardised(speech) / 59
    left, values, right = np.linalg.svd(cross, full_matrices=False)
    np.testing.assert_allclose(found.values, values, atol=1e-12)
    scaled = found.eeg_directions * eeg.std(axis=0, ddof=1)[:, None]
    np.testing.assert_allclose(np.abs((scaled * left[:, :3]).sum(axis=0)), 1, atol=1e-10)
    scaled = found.speech_directions * speech.std(axis=0, ddof=1)[:, None]
    np.testing.assert_allclose(np.abs((scaled * right.T).sum(axis=0)), 1, atol=1e-10)


def test_the_ridge_path_is_continuous_from_cca_to_pls() -> None:
    views = paired_views(1)
    at = [(0.0, 1e-9), (0.3, 0.3 * (1 + 1e-9)), (7.0, 7.0 * (1 + 1e-9)), (1e9, np.inf)]
    for here, near in at:
        one, other = (solved(views, 3, (ridge, ridge)) for ridge in (here, near))
        np.testing.assert_allclose(other.values, one.values, atol=1e-7)
        np.testing.assert_allclose(other.eeg_directions, one.eeg_directions, atol=1e-7)
        np.testing.assert_allclose(other.speech_directions, one.speech_directions, atol=1e-7)


@pytest.mark.parametrize("ridge", [0.0, 0.5, 3.0, np.inf])
def test_a_single_column_has_its_correlation_at_any_ridge(ridge: float) -> None:
    views = tuple(view[:, :1] for view in paired_views(0))
    rho = abs(np.corrcoef(views[0][:, 0], views[1][:, 0])[0, 1])
    assert solved(views, 1, (ridge, 0.0)).values[0] == pytest.approx(rho, rel=1e-12)


@few
@given(seed=seeds, ridge=ridges, data=st.data())
def test_the_unit_of_a_column_does_not_matter(seed: int, ridge: float, data: st.DataObject) -> None:
    eeg, speech = paired_views(seed)
    decades = st.lists(st.integers(-8, 8), min_size=7, max_size=7)
    units = 10.0 ** np.array(data.draw(decades))
    plain = solved((eeg, speech), 3, (ridge, ridge))
    other = solved((eeg * units[:4], speech * units[4:]), 3, (ridge, ridge))
    np.testing.assert_allclose(other.values, plain.values, atol=1e-12)
    back = other.eeg_directions * units[:4, None]
    np.testing.assert_allclose(back, plain.eeg_directions, atol=1e-7)
    back = other.speech_directions * units[4:, None]
    np.testing.assert_allclose(back, plain.speech_directions, atol=1e-7)


@few
@given(seed=seeds)
def test_invertible_maps_of_a_view_change_no_value(seed: int) -> None:
    eeg, speech = paired_views(seed)
    mixing = np.random.default_rng(seed).standard_normal((4, 4)) + 4 * np.eye(4)
    found = solved((eeg @ mixing + 7, speech), 3)
    np.testing.assert_allclose(found.values, solved((eeg, speech), 3).values, atol=1e-9)


@few
@given(seed=seeds, ridge=ridges)
def test_swapped_views_have_the_same_values(seed: int, ridge: float) -> None:
    eeg, speech = paired_views(seed)
    one, other = solved((eeg, speech), 3, (ridge, 0.2)), solved((speech, eeg), 3, (0.2, ridge))
    np.testing.assert_allclose(other.values, one.values, atol=1e-12)


CONDITIONS = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_with_the_data_the_values_have_the_digits_of_qr(condition: float) -> None:
    views = ill_conditioned_views(0, condition)
    exact = by_long_double(*views)
    found = solve(Moments.of(*views), n_components=5, views=views).values
    error, error_of_qr = (np.abs(values - exact).max() for values in (found, by_qr(*views)))
    # Beyond 1e8 the last digits of the data themselves decide, for QR as well.
    assert error <= max(1e-12, 10 * error_of_qr)
    assert error <= 1e-9 * max(1.0, condition / 1e8)


@pytest.mark.parametrize("condition", [1e2, 1e3, 1e4, 1e5])
def test_from_moments_alone_the_error_grows_with_the_square_of_the_condition(
    condition: float,
) -> None:
    views = ill_conditioned_views(0, condition)
    error = np.abs(solved(views, 5).values - by_long_double(*views)).max()
    assert error <= 1e-16 * condition**2


@pytest.mark.parametrize("ridge", [0.1, np.inf])
@pytest.mark.parametrize("order", [1, -1])
def test_a_view_without_a_ridge_keeps_its_digits_beside_one_that_has_one(
    ridge: float, order: int
) -> None:
    ill, other = ill_conditioned_views(0, 1e6)
    # In coordinates in which nothing is ill-conditioned; without a ridge they do not matter.
    basis = np.linalg.qr(ill - ill.mean(axis=0))[0]
    views, ridges = (ill, other)[::order], (0.0, ridge)[::order]
    found = solve(Moments.of(*views), n_components=5, ridge=ridges, views=views)
    expected = solved((basis, other)[::order], 5, ridges)
    np.testing.assert_allclose(found.values, expected.values, atol=1e-9)


def test_with_the_data_the_directions_are_accurate_too() -> None:
    eeg, speech = ill_conditioned_views(0, 1e8)
    found = solve(Moments.of(eeg, speech), n_components=5, views=(eeg, speech))
    codes = codes_of((eeg, speech), found)
    np.testing.assert_allclose(column_correlations(*codes), found.values, atol=1e-8)
    np.testing.assert_allclose(np.cov(codes[0].T), np.eye(5), atol=1e-6)


@pytest.mark.parametrize("condition", [1.0, 1e7])
def test_combinations_and_constants_change_no_value(condition: float) -> None:
    eeg, speech = ill_conditioned_views(0, condition)
    more = np.hstack([eeg[:, :2], eeg, np.full((300, 1), 0.1), eeg @ np.ones((6, 1))])
    found = solve(Moments.of(more, speech), n_components=5, views=(more, speech))
    assert len(found.eeg_columns) == 6
    assert len(found.speech_columns) == 5
    np.testing.assert_allclose(found.values, by_long_double(eeg, speech), atol=1e-8)
    left_out = np.setdiff1d(np.arange(10), found.eeg_columns)
    assert not found.eeg_directions[left_out].any()
    assert 8 in left_out


@few
@given(
    seed=seeds,
    shape=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    share=st.sampled_from([1, 2, 4]),
)
def test_leading_singular_vectors_are_the_first_of_all(
    seed: int, shape: tuple[int, int], share: int
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 1, (1, shape[1]))
    n_components = max(1, min(shape) // share)
    left, values, right = leading_svd(matrix, n_components)
    expected = np.linalg.svd(matrix, compute_uv=False)
    assert left.shape == (shape[0], n_components)
    assert right.shape == (shape[1], n_components)
    np.testing.assert_allclose(values, expected[:n_components], atol=1e-11 * expected[0])
    np.testing.assert_allclose(matrix @ right, left * values, atol=1e-11 * expected[0])
    np.testing.assert_allclose(left.T @ left, np.eye(n_components), atol=1e-8)
    np.testing.assert_allclose(right.T @ right, np.eye(n_components), atol=1e-8)


@pytest.mark.parametrize("turn", [False, True])
def test_small_singular_values_keep_their_digits(turn: bool) -> None:
    rng = np.random.default_rng(0)
    left, right = (np.linalg.qr(rng.standard_normal((n, 12)))[0] for n in (12, 20))
    exact = np.array([1.0, 1e-5, 1e-9, *np.zeros(9)])
    matrix = (left * exact) @ right.T
    values = leading_svd(matrix.T if turn else matrix, 3)[1]
    np.testing.assert_allclose(values, exact[:3], atol=1e-15)


def test_nothing_shared_gives_values_of_zero_and_finite_directions() -> None:
    basis = np.linalg.qr(standardised(paired_views(0, eeg_dim=16)[0]))[0]
    eeg, speech = basis[:, :8], basis[:, 8:]
    found = solved((eeg, speech), 1)
    assert found.values[0] == pytest.approx(0, abs=1e-12)
    assert np.isfinite(found.eeg_directions).all()


@few
@given(seed=seeds, ridge=ridges)
def test_the_largest_standardised_eeg_weight_is_positive(seed: int, ridge: float) -> None:
    eeg, speech = paired_views(seed)
    units = np.array([1e-3, 1.0, 1e3, 10.0])
    found = solved((eeg * units, speech), 3, (ridge, ridge))
    weights = found.eeg_directions * (eeg * units).std(axis=0)[:, None]
    assert (weights.max(axis=0) == np.abs(weights).max(axis=0)).all()
    assert (column_correlations(*codes_of((eeg * units, speech), found)) > 0).all()
    again = with_fixed_signs(found, (eeg * units).std(axis=0))
    np.testing.assert_array_equal(again.eeg_directions, found.eeg_directions)


@few
@given(seed=seeds)
def test_correlations_of_codes_follow_from_moments(seed: int) -> None:
    views = paired_views(seed)
    rng = np.random.default_rng(seed)
    left, right = rng.standard_normal((4, 2)), rng.standard_normal((3, 2))
    left[:, 1] = 0
    found = code_correlations(Moments.of(*views), left, right)
    expected = np.corrcoef(views[0] @ left[:, 0], views[1] @ right[:, 0])[0, 1]
    assert found[0] == pytest.approx(expected)
    assert found[1] == 0


@pytest.mark.parametrize("ridge", [-1.0, np.nan, -np.inf])
def test_a_ridge_that_cannot_be_is_explained(ridge: float) -> None:
    moments = Moments.of(*paired_views(0))
    with explained(f"solve: ridge must be at least 0; got {ridge}. Choose 0 or more."):
        solve(moments, n_components=1, ridge=(0.0, ridge))


@pytest.mark.parametrize(("n_components", "rows", "most"), [(0, 60, 3), (4, 60, 3), (3, 3, 2)])
def test_a_number_of_components_that_cannot_be_is_explained(
    n_components: int, rows: int, most: int
) -> None:
    views = paired_views(0, rows=rows)
    sentence = (
        f"solve: n_components must be a whole number between 1 and {most}, the smallest of the"
        f" views' ranks and pairs - 1; got {n_components}. Ask for fewer components or bring more"
        " pairs."
    )
    for given_views, ridge in ((None, (0.1, 0.1)), (None, (0.0, 0.0)), (views, (0.0, 0.0))):
        with explained(sentence):
            solve(Moments.of(*views), n_components=n_components, ridge=ridge, views=given_views)
