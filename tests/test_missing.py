"""Single gaps filled by the others' word, and everything else left as it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sentences import explained
from sklearn.linear_model import Ridge

from jmml_edu.missing import GapFiller, Scaler, has_all, has_some

few = settings(max_examples=20, deadline=None)
RIDGE = 0.01


def correlated(seed: int = 0, *, n: int = 60, dim: int = 5) -> np.ndarray:
    """Rows of correlated columns in different units, far from zero."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((n, dim)) @ rng.standard_normal((dim, dim))
    return mixed * 10.0 ** rng.uniform(-2, 2, dim) + rng.normal(0, 50, dim)


def torn(values: np.ndarray, seed: int = 0, *, share: float = 0.3) -> np.ndarray:
    """The values with gaps; the first row whole, the second missing."""
    gaps = np.random.default_rng(seed).random(values.shape) < share
    gaps[0], gaps[1] = False, True
    return np.where(gaps, np.nan, values)


def same_bits(left: np.ndarray, right: np.ndarray) -> bool:
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()


def conditional_mean(row: np.ndarray, taught: np.ndarray) -> np.ndarray:
    """The row filled through the precision matrix of the columns, ridge included."""
    mean, scale = taught.mean(axis=0), taught.std(axis=0)
    precision = np.linalg.inv(np.corrcoef(taught.T) + RIDGE * np.eye(taught.shape[1]))
    gap, standard = np.isnan(row), (row - mean) / scale
    pull = precision[np.ix_(gap, ~gap)] @ standard[~gap]
    standard[gap] = -np.linalg.solve(precision[np.ix_(gap, gap)], pull)
    return standard * scale + mean


@few
@given(seed=st.integers(0, 10_000), dim=st.integers(2, 7))
def test_it_fills_with_the_conditional_mean(seed: int, dim: int) -> None:
    taught, asked = correlated(seed, dim=dim), torn(correlated(seed + 1, dim=dim), seed)
    filled = GapFiller.of(taught).fill(asked)
    for row, found in zip(asked[has_some(asked)], filled[has_some(asked)], strict=True):
        np.testing.assert_allclose(found, conditional_mean(row, taught), rtol=1e-6)


@pytest.mark.parametrize("gap", [[0], [2], [1, 3], [0, 1, 2, 4]])
def test_it_fills_with_what_ridge_regression_of_scikit_learn_predicts(gap: list[int]) -> None:
    taught = correlated(3)
    there = np.setdiff1d(range(5), gap)
    asked = correlated(4)
    asked[:, gap] = np.nan
    mean, scale = taught.mean(axis=0), taught.std(axis=0)
    standard = (taught - mean) / scale
    model = Ridge(alpha=RIDGE * len(taught), fit_intercept=False)
    model.fit(standard[:, there], standard[:, gap])
    guess = model.predict(((asked - mean) / scale)[:, there]).reshape(len(asked), -1)
    found = GapFiller.of(taught).fill(asked)[:, gap]
    np.testing.assert_allclose(found, guess * scale[gap] + mean[gap], rtol=1e-9)


def test_on_gaussian_columns_it_is_as_good_a_guess_as_the_truth_allows() -> None:
    covariance = np.array([[4.0, 1.2, -1.0], [1.2, 1.0, 0.2], [-1.0, 0.2, 2.0]])
    draw = stats.multivariate_normal([1.0, -2.0, 30.0], covariance, seed=0)
    taught, asked = draw.rvs(20_000), draw.rvs(20_000)
    holes = asked.copy()
    holes[:, 0] = np.nan
    error = GapFiller.of(taught).fill(holes)[:, 0] - asked[:, 0]
    others = covariance[1:, 1:]
    least = 4.0 - covariance[0, 1:] @ np.linalg.solve(others, covariance[1:, 0])
    assert error.var() == pytest.approx(least, rel=0.05)
    assert error.mean() == pytest.approx(0, abs=0.05)


def test_columns_that_know_nothing_of_each_other_get_their_means() -> None:
    taught = np.array([[a, b] for a in (1.0, 3.0) for b in (10.0, 30.0)])
    asked = np.array([[np.nan, 77.0], [2.5, np.nan]])
    np.testing.assert_allclose(GapFiller.of(taught).fill(asked), [[2.0, 77.0], [2.5, 20.0]])


@few
@given(seed=st.integers(0, 10_000))
def test_what_is_there_stays_bit_for_bit_and_nothing_else_is_left_open(seed: int) -> None:
    taught, asked = correlated(seed), torn(correlated(seed + 1), seed)
    copies = taught.copy(), asked.copy()
    filled = GapFiller.of(taught).fill(asked)
    assert same_bits(taught, copies[0])
    assert same_bits(asked, copies[1])
    there = ~np.isnan(asked)
    assert same_bits(filled[there], asked[there])
    assert np.isfinite(filled[has_some(asked)]).all()


def test_whole_rows_and_missing_rows_are_returned_bit_for_bit() -> None:
    asked = np.vstack([correlated(1, n=10), np.full((3, 5), np.nan)])
    asked[0, 0] = -0.0
    filled = GapFiller.of(correlated(0)).fill(asked)
    assert same_bits(filled, asked)
    filled[:] = 0
    assert not same_bits(filled, asked)  # a copy, not the same memory


@few
@given(seed=st.integers(0, 10_000))
def test_a_row_is_filled_as_if_it_were_alone(seed: int) -> None:
    filler, asked = GapFiller.of(correlated(seed)), torn(correlated(seed + 1), seed)
    together = filler.fill(asked)
    for number in range(0, len(asked), 7):
        alone = filler.fill(asked[number : number + 1])
        np.testing.assert_allclose(alone[0], together[number], rtol=1e-9)


@few
@given(
    seed=st.integers(0, 10_000),
    factor=st.floats(1e-3, 1e3),
    shift=st.floats(-1e3, 1e3),
    order=st.permutations(range(5)),
)
def test_units_and_order_of_columns_do_not_matter(
    seed: int, factor: float, shift: float, order: list[int]
) -> None:
    taught, asked = correlated(seed), torn(correlated(seed + 1), seed)
    expected = GapFiller.of(taught).fill(asked)
    factors = np.array([factor, 1.0, -factor, 1 / factor, 1.0])
    changed = [(view * factors + shift)[:, order] for view in (taught, asked)]
    found = GapFiller.of(changed[0]).fill(changed[1])
    scale = (taught.std(axis=0) * np.abs(factors))[order]
    np.testing.assert_allclose(
        found / scale, (expected * factors + shift)[:, order] / scale, rtol=1e-6, atol=1e-4
    )


def test_only_whole_rows_teach() -> None:
    taught = torn(correlated(0))
    whole = taught[~np.isnan(taught).any(axis=1)]
    asked = torn(correlated(1), 1)
    np.testing.assert_array_equal(GapFiller.of(taught).fill(asked), GapFiller.of(whole).fill(asked))


def test_columns_that_repeat_each_other_and_few_rows_are_not_blown_up() -> None:
    taught = np.repeat(correlated(0, n=3, dim=2), 4, axis=1)
    asked = taught + np.random.default_rng(0).normal(0, 1e-3, taught.shape) * taught.std(axis=0)
    asked[:, 5] = np.nan
    found = GapFiller.of(taught).fill(asked)[:, 5]
    np.testing.assert_allclose(found, taught[:, 5], atol=0.05 * taught[:, 5].std())


def test_a_constant_column_is_filled_with_its_constant_and_tells_nothing() -> None:
    taught = correlated(0)
    with_constant = np.insert(taught, 2, 0.1, axis=1)
    asked = torn(correlated(1), 1)
    gap, other = (np.insert(asked, 2, value, axis=1) for value in (np.nan, 5.0))
    filler, expected = GapFiller.of(with_constant), GapFiller.of(taught).fill(asked)
    for rows, constant in ((gap, 0.1), (other, 5.0)):
        found = filler.fill(rows)[has_some(asked)]
        np.testing.assert_allclose(np.delete(found, 2, axis=1), expected[has_some(asked)])
        assert (found[:, 2] == constant).all()


def test_single_precision_stays_single_precision() -> None:
    asked = torn(correlated(1), 1).astype(np.float32)
    found = GapFiller.of(correlated(0).astype(np.float32)).fill(asked)
    assert found.dtype == np.float32
    expected = GapFiller.of(correlated(0)).fill(asked.astype(float))
    scale = correlated(0).std(axis=0)
    np.testing.assert_allclose(found / scale, expected / scale, rtol=1e-3, atol=1e-2)


def test_no_rows_are_filled_with_no_rows() -> None:
    assert GapFiller.of(correlated(0)).fill(np.empty((0, 5))).shape == (0, 5)


@pytest.mark.parametrize("n_whole", [0, 1])
def test_too_few_whole_rows_are_told(n_whole: int) -> None:
    values = correlated(0)
    values[n_whole:, 1] = np.nan
    with explained(
        "GapFiller.of: values must hold at least two rows without NaN;"
        f" got {n_whole}. Leave out the column that is never there."
    ):
        GapFiller.of(values)


def test_two_whole_rows_suffice() -> None:
    filler = GapFiller.of(np.array([[0.0, 10.0], [2.0, 14.0], [np.nan, 1.0]]))
    # Both columns follow one line: standardised 1 becomes 1 / 1.01.
    np.testing.assert_allclose(
        filler.fill(np.array([[2.0, np.nan], [np.nan, 10.0]])),
        [[2.0, 12 + 2 / 1.01], [1 - 1 / 1.01, 10.0]],
    )


@few
@given(seed=st.integers(0, 10_000))
def test_rows_are_whole_or_missing_or_torn_as_a_loop_says(seed: int) -> None:
    values = torn(correlated(seed, n=12, dim=2), seed, share=0.5)
    gaps = [[math.isnan(value) for value in row] for row in values.tolist()]
    assert has_all(values).tolist() == [not any(row) for row in gaps]
    assert has_some(values).tolist() == [not all(row) for row in gaps]


def test_scaling_is_undone_by_its_mean_and_scale() -> None:
    values = correlated(0)
    scaler = Scaler.of(values)
    np.testing.assert_allclose(scaler.apply(values) * scaler.scale + scaler.mean, values)
