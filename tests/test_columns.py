"""Means and correlations of columns: those of numpy, and exact where a column is constant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu.columns import column_correlations, column_means

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


@few
@given(seed=seeds)
def test_column_correlations_are_pearsons(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left = 5 + rng.standard_normal((60, 3))
    right = left @ rng.standard_normal((3, 3)) + rng.standard_normal((60, 3))
    expected = [np.corrcoef(left[:, i], right[:, i])[0, 1] for i in range(3)]
    np.testing.assert_allclose(column_correlations(left, right), expected, atol=1e-12)


def test_a_constant_column_correlates_with_nothing() -> None:
    constant, varying = np.full((50, 1), 0.1), np.arange(50.0)[:, None]
    assert column_correlations(constant, varying) == pytest.approx(0)
    assert column_correlations(constant, constant) == pytest.approx(0)


@few
@given(seed=seeds)
def test_column_means_are_those_of_numpy(seed: int) -> None:
    values = 1e3 + np.random.default_rng(seed).standard_normal((30, 4))
    np.testing.assert_allclose(column_means(values), values.mean(axis=0), rtol=1e-12)


@pytest.mark.parametrize("constant", [0.1, 1e6 / 3, -1e-20])
def test_the_mean_of_a_constant_column_leaves_nothing_of_it(constant: float) -> None:
    values = np.full((1_001, 2), constant)
    assert (values - column_means(values) == 0).all()


@pytest.mark.parametrize("unit", [1e-170, 1e160])
def test_columns_too_small_or_large_to_square_correlate_all_the_same(unit: float) -> None:
    values = np.random.default_rng(0).standard_normal((50, 1))
    assert column_correlations(unit * values, values) == pytest.approx(1)
