"""p values of differences: exact on tiny tables, uniform where nothing differs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained, refused
from statsmodels.stats.multitest import multipletests

from jmml_edu.evaluation import unweighted_average_recall
from jmml_edu.significance import exchange_test, holm


def tables(n_people: int, recall: float, *, seed: int, n_seeds: int = 2) -> np.ndarray:
    """Counts of people who are recognised with this probability, two classes, 10 rows each."""
    rng = np.random.default_rng(seed)
    right = rng.binomial(10, recall, size=(n_seeds, n_people, 2))
    counts = np.zeros((n_seeds, n_people, 2, 2), dtype=int)
    for one in range(2):
        counts[..., one, one], counts[..., one, 1 - one] = right[..., one], 10 - right[..., one]
    return counts


def test_p_is_that_of_all_exchanges_written_out() -> None:
    first, second = tables(7, 0.75, seed=0), tables(7, 0.6, seed=1)

    def apart(swapped: tuple[int, ...]) -> float:
        swap = np.array(swapped, dtype=bool)[:, None, None]
        one, other = np.where(swap, second, first), np.where(swap, first, second)
        recalls = [unweighted_average_recall(c.sum(axis=1)).mean() for c in (one, other)]
        return abs(recalls[0] - recalls[1])

    every = np.array([apart(swapped) for swapped in product((0, 1), repeat=7)])
    exact = (every >= every[0] - 1e-12).mean()
    assert exchange_test(first, second, draws=20_000) == pytest.approx(exact, abs=0.015)


def test_p_is_small_where_everybody_gains_and_the_order_does_not_matter() -> None:
    first, second = tables(16, 0.9, seed=2), tables(16, 0.5, seed=3)
    assert exchange_test(first, second, draws=999) == 0.001
    assert exchange_test(second, first, draws=999) == 0.001


def test_p_is_uniform_where_methods_differ_by_chance() -> None:
    found = np.array([
        exchange_test(
            tables(12, 0.6, seed=2 * s), tables(12, 0.6, seed=2 * s + 1), draws=199, seed=s
        )
        for s in range(300)
    ])  # fmt: skip
    assert 0.01 <= (found <= 0.05).mean() <= 0.10  # 0.05 +- 4 standard errors
    assert found.mean() == pytest.approx(0.5, abs=0.07)


def test_repetitions_of_the_same_people_are_no_evidence() -> None:
    first, second = tables(6, 0.8, seed=5, n_seeds=1), tables(6, 0.6, seed=6, n_seeds=1)
    alone = exchange_test(first, second)
    repeated = exchange_test(*(np.repeat(one, 50, axis=0) for one in (first, second)))
    assert repeated == alone


def test_five_people_have_no_p() -> None:
    assert exchange_test(tables(5, 0.9, seed=0), tables(5, 0.1, seed=1)) is None
    assert exchange_test(tables(6, 0.9, seed=0), tables(6, 0.1, seed=1)) is not None


def test_tables_of_other_people_and_no_draws_are_explained() -> None:
    with explained(
        "exchange_test: both tables must cover the same seeds, people and classes; got"
        " ((2, 7, 2, 2), (2, 8, 2, 2)). Test both methods on the same folds."
    ):
        exchange_test(tables(7, 0.5, seed=0), tables(8, 0.5, seed=0))
    with refused("exchange_test: draws must be at least 1"):
        exchange_test(tables(7, 0.5, seed=0), tables(7, 0.5, seed=0), draws=0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    ours = holm({str(i): p for i, p in enumerate(p_values)})
    theirs = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose(list(ours.values()), theirs, atol=1e-12)
