"""Shared components: canonical ones within people, and one too many as rarely as alpha says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sentences import explained, refused
from two_views import by_qr, paired_views

from jmml_edu.columns import column_correlations
from jmml_edu.encoders import centre_within
from jmml_edu.linear import permutation_test
from jmml_edu.shared_components import (
    ALPHA,
    SharedComponents,
    _reached_by_chance,
    shared_components,
)

few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 10_000)


def class_codes(seed: int, *, spread: tuple[float, ...] = (1, 1, 1)) -> tuple[np.ndarray, ...]:
    """Codes of class pairs of three classes that differ in two dimensions, four codes each."""
    rng = np.random.default_rng(seed)
    label = rng.integers(3, size=200)
    means = np.array([[2, 0, 0, 0], [-1, 2, 0, 0], [-1, -2, 0, 0]])
    size = np.array(spread)[label][:, None]
    return tuple(means[label] + size * rng.standard_normal((200, 4)) for _ in range(2))


def uneven(seed: int) -> tuple[np.ndarray, ...]:
    """The same, spread six times as far in one class as in another."""
    return class_codes(seed, spread=(0.5, 1, 3))


def independent(seed: int, *, rows: int = 200, dim: int = 4) -> tuple[np.ndarray, ...]:
    """Codes that share nothing."""
    return tuple(np.random.default_rng(seed).standard_normal((2, rows, dim)))


Codes = Callable[[int], tuple[np.ndarray, ...]]


def too_many(codes: Codes, rank: int, *, groups: np.ndarray | None = None) -> float:
    """The share of 300 studies that count more than the rank at an alpha of 0.05."""
    studies = (
        shared_components(*codes(seed), groups, seed=seed, draws=99, alpha=0.05)
        for seed in range(300)
    )
    return float(np.mean([study.n_shared > rank for study in studies]))


@pytest.mark.parametrize(
    ("codes", "rank"),
    [(independent, 0), (class_codes, 2), (uneven, 2)],
    ids=["independent", "by class", "uneven"],
)
def test_one_too_many_is_counted_as_rarely_as_alpha_says(codes: Codes, rank: int) -> None:
    # Three standard errors of 300 studies beside 0.05.
    assert 0.01 < too_many(codes, rank) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_people_with_two_rows_each_do_not_make_it_more_frequent() -> None:
    people = np.arange(60) // 2

    def codes(seed: int) -> tuple[np.ndarray, ...]:
        return independent(seed, rows=60, dim=1)

    assert 0.01 < too_many(codes, 0, groups=people) < 0.09


def test_shuffling_counts_too_many_where_spread_depends_on_the_class() -> None:
    studies = (permutation_test(*uneven(seed), draws=99, seed=seed) for seed in range(100))
    rate = np.mean([study.n_significant(0.05) > 2 for study in studies])
    assert rate == pytest.approx(0.25, abs=0.1)


def test_where_codes_are_independent_chance_reaches_as_far_as_by_shuffling() -> None:
    codes = independent(0, rows=500, dim=3)
    signs = shared_components(*codes, None, seed=0, draws=999, alpha=0.05)
    shuffled = permutation_test(*codes, draws=999, seed=0)
    expected = np.quantile(shuffled.null_statistics, 0.95, axis=0)
    np.testing.assert_allclose(signs.levels, expected, rtol=0.06)


@pytest.mark.parametrize(("n_people", "wider"), [(1, 1.0), (100, np.sqrt(4 / 3))])
def test_the_level_of_a_single_component_is_that_of_the_normal_distribution(
    n_people: int, wider: float
) -> None:
    rng = np.random.default_rng(0)
    person = np.arange(400) % n_people
    left, right = rng.standard_normal((2, 400, 1)) * rng.exponential(size=(400, 1))
    found = shared_components(left, right, person, seed=0, draws=9_999, alpha=0.05)
    u, v = (centre_within(view, person) for view in (left, right))
    products = (u / np.linalg.norm(u)) * (v / np.linalg.norm(v))
    expected = norm.ppf(0.975) * wider * np.sqrt((products**2).sum())
    assert found.levels.item() == pytest.approx(expected, rel=0.03)


def test_six_shared_dimensions_are_six_and_the_seventh_is_chance() -> None:
    rng = np.random.default_rng(0)
    shared = rng.standard_normal((500, 6))
    eeg, speech = (
        np.hstack([shared + 0.5 * rng.standard_normal((500, 6)), rng.standard_normal((500, dim))])
        for dim in (2, 5)
    )
    found = shared_components(eeg, speech, None, seed=0)
    assert len(found.correlations) == 8
    assert found.n_shared == 6
    swapped = shared_components(speech, eeg, None, seed=0)
    np.testing.assert_allclose(swapped.correlations, found.correlations, atol=1e-12)
    np.testing.assert_allclose(swapped.levels, found.levels, atol=1e-12)


def test_codes_that_hear_the_same_count_once() -> None:
    rng = np.random.default_rng(0)
    heard = rng.standard_normal((400, 1))
    eeg, speech = (heard + rng.standard_normal((400, 3)) for _ in range(2))
    assert column_correlations(eeg, speech).min() > 0.3
    assert shared_components(eeg, speech, None, seed=0).n_shared == 1


def test_a_code_that_combines_others_is_not_one_more() -> None:
    rng = np.random.default_rng(0)
    eeg = rng.standard_normal((200, 2))
    speech = eeg + 0.5 * rng.standard_normal((200, 2))
    found = shared_components(np.hstack([eeg, eeg @ [[1.0], [1.0]]]), speech, None, seed=0)
    assert (len(found.correlations), found.n_shared) == (2, 2)


def test_fewer_rows_than_codes_show_nothing() -> None:
    found = [
        shared_components(*independent(seed, rows=14, dim=8), None, seed=0, draws=99)
        for seed in range(20)
    ]
    assert all(one.correlations[0] > 0.999 for one in found)
    assert all(one.n_shared == 0 for one in found)


@few
@given(seed=seeds)
def test_mixing_the_codes_of_a_view_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    eeg, speech = paired_views(seed, rows=90)
    mixed = speech @ rng.standard_normal((3, 3)) + rng.standard_normal(3)
    one, other = (shared_components(eeg, view, None, seed=1, draws=99) for view in (speech, mixed))
    np.testing.assert_allclose(one.correlations, other.correlations, atol=1e-7)
    np.testing.assert_allclose(one.levels, other.levels, atol=1e-7)


@few
@given(seed=seeds)
def test_correlations_are_canonical_ones_within_people(seed: int) -> None:
    eeg, speech = paired_views(seed, rows=90)
    groups = np.arange(90) % 5
    inside = by_qr(*(centre_within(view, groups) for view in (eeg, speech)))
    result = shared_components(eeg, speech, groups, seed=0, draws=99)
    np.testing.assert_allclose(result.correlations, inside, atol=1e-9)


@few
@given(seed=seeds)
def test_the_rarer_false_positives_may_be_the_higher_are_the_levels(seed: int) -> None:
    codes = independent(seed, rows=60, dim=3)
    rare, frequent = (
        shared_components(*codes, None, seed=seed, draws=99, alpha=alpha) for alpha in (0.02, 0.2)
    )
    assert (rare.levels > frequent.levels).all()
    assert (rare.alpha, frequent.alpha) == (0.02, 0.2)


@pytest.mark.parametrize(
    ("draws", "alpha", "reached"), [(99, 0.01, 1), (499, 0.01, 5), (99, 0.29, 29), (100, 0.01, 1)]
)
def test_as_many_draws_may_reach_what_counts_as_keep_p_at_alpha(
    draws: int, alpha: float, reached: int
) -> None:
    assert _reached_by_chance(draws, alpha) == reached
    assert reached / (1 + draws) <= alpha < (reached + 1) / (1 + draws)


@pytest.mark.parametrize(("alpha", "reached"), [(0.01, 1), (0.05, 5), (0.2, 20)])
def test_just_so_many_draws_reach_the_level_as_may(alpha: float, reached: int) -> None:
    codes = independent(0, rows=50, dim=1)
    found = shared_components(*codes, None, seed=3, draws=99, alpha=alpha)
    u, v = (view - view.mean(axis=0) for view in codes)
    products = u * v / np.linalg.norm(u) / np.linalg.norm(v)
    rng, wider = np.random.default_rng(3), np.sqrt(50 / 49)
    drawn = [abs((rng.choice([-wider, wider], size=(50, 1)) * products).sum()) for _ in range(99)]
    assert (np.array(drawn) >= found.levels - 1e-12).sum() == reached


def test_counting_ends_with_the_first_that_is_chance() -> None:
    correlations, levels = np.array([0.9, 0.2, 0.19]), np.array([0.3, 0.25, 0.1])
    assert SharedComponents(correlations, levels, ALPHA).n_shared == 1
    assert SharedComponents(levels, levels, ALPHA).n_shared == 0


def test_what_sets_people_apart_counts_only_where_nobody_says_who_speaks() -> None:
    rng = np.random.default_rng(0)
    groups = np.arange(300) % 30
    person = 3 * rng.standard_normal((30, 1))[groups]
    eeg, speech = (person + rng.standard_normal((300, 2)) for _ in range(2))
    assert shared_components(eeg, speech, None, seed=0).n_shared == 1
    assert shared_components(eeg, speech, groups, seed=0).n_shared == 0


def test_the_seed_decides_the_levels_and_nothing_else() -> None:
    codes = independent(0)
    first, again, other = (shared_components(*codes, None, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.levels, again.levels)
    assert (first.levels != other.levels).all()
    np.testing.assert_array_equal(first.correlations, other.correlations)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"alpha": 0.0}, "alpha must lie between 0 and 1; got 0.0. 0.01 is usual."),
        ({"alpha": 1.0}, "alpha must lie between 0 and 1; got 1.0. 0.01 is usual."),
        ({"draws": 98}, "draws must be at least 99; got 98. Choose 99 or more."),
    ],
)
def test_settings_out_of_range_are_explained(settings: dict[str, float], sentence: str) -> None:
    with explained(f"shared_components: {sentence}"):
        shared_components(*independent(0), None, seed=0, **settings)


def test_codes_that_do_not_vary_within_people_are_explained() -> None:
    sentence = (
        "shared_components: codes must vary within people, in both views; got one that does not."
        " Name people rather than trials, or look where the constant codes come from."
    )
    eeg, speech = independent(0)
    with explained(sentence):
        shared_components(eeg, np.ones((200, 2)), None, seed=0)
    with explained(sentence):
        shared_components(eeg, speech, np.arange(200), seed=0)


def test_codes_that_are_not_paired_or_not_numbers_are_explained() -> None:
    eeg, speech = independent(0)
    with refused("shared_components: paired arguments must have the same number of rows"):
        shared_components(eeg[1:], speech, None, seed=0)
    with refused("shared_components: paired arguments must have the same number of rows"):
        shared_components(eeg, speech, np.arange(3), seed=0)
    with refused("shared_components: speech must contain finite numbers only"):
        shared_components(eeg, np.where(eeg > 2, np.nan, eeg), None, seed=0)
