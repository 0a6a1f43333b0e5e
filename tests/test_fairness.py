"""Groups of people: scores as of the people alone, gaps that chance makes, and gaps it does not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from sentences import explained

from jmml_edu.evaluation import score, unweighted_average_recall
from jmml_edu.fairness import largest_gap, score_by_group

few = settings(max_examples=20, deadline=None)
Study = tuple[np.ndarray, list[str], dict[str, str]]


def study(
    seed: int, sizes: dict[str, int], *, better_by: float = 0.0, seeds: int = 1, spread: float = 0.1
) -> Study:
    """Counts of three classes; the first group is recognised better by so much."""
    rng = np.random.default_rng(seed)
    group_of = {f"{group}{i}": group for group, size in sizes.items() for i in range(size)}
    people = list(rng.permutation(list(group_of)))
    first = next(iter(sizes))
    counts = np.zeros((seeds, len(people), 3, 3), dtype=int)
    for place, who in enumerate(people):
        right = 0.5 + better_by * (group_of[who] == first) + spread * rng.standard_normal()
        for repeat in range(seeds):
            hits = rng.binomial(8, np.clip(right, 0.02, 0.98), size=3)
            counts[repeat, place] = np.diag(hits) + np.roll(np.diag(8 - hits), 1, axis=1)
    return counts, [str(who) for who in people], group_of


def pooled(counts: np.ndarray, chosen: np.ndarray) -> float:
    """The score of some people, seed by seed, from the definition."""
    return float(np.mean([
        (table.diagonal() / table.sum(axis=1)).mean() for table in counts[:, chosen].sum(axis=1)
    ]))  # fmt: skip


def test_each_group_has_the_score_of_its_people_alone() -> None:
    counts, people, group_of = study(0, {"women": 8, "men": 7}, seeds=2)
    found = score_by_group(counts, people, group_of, seed=3)
    assert list(found) == ["men", "women"]
    for group, interval in found.items():
        rows = np.array([group_of[who] == group for who in people])
        assert interval == score(
            counts[:, rows], [w for w in people if group_of[w] == group], seed=3
        )
        assert interval.value == pytest.approx(pooled(counts, rows))


def test_a_group_of_fewer_than_six_has_no_interval_and_neither_has_its_gap() -> None:
    counts, people, group_of = study(1, {"women": 6, "men": 5}, better_by=0.3)
    found = score_by_group(counts, people, group_of)
    assert found["women"].low is not None
    assert found["men"].low is None
    gap = largest_gap(counts, people, group_of, draws=99)
    assert (gap.difference.low, gap.difference.high) == (None, None)
    assert 0 < gap.p_value <= 1


@few
@given(seed=st.integers(0, 10_000))
def test_the_gap_is_the_highest_score_minus_the_lowest(seed: int) -> None:
    counts, people, group_of = study(seed, {"a": 4, "b": 3, "c": 5}, seeds=2)
    values = {name: found.value for name, found in score_by_group(counts, people, group_of).items()}
    gap = largest_gap(counts, people, group_of, draws=19)
    assert gap.difference.value == pytest.approx(max(values.values()) - min(values.values()))
    assert values[gap.better] == max(values.values())
    assert values[gap.worse] == min(values.values())
    assert gap.better != gap.worse
    assert gap.difference.by_subject == {}
    assert np.mean(gap.difference.by_seed) == pytest.approx(gap.difference.value)


def test_p_is_that_of_all_ways_to_deal_groups() -> None:
    counts, people, group_of = study(2, {"women": 4, "men": 4}, better_by=0.15, seeds=2)
    gaps = []
    for one in combinations(range(8), 4):
        women = np.isin(np.arange(8), one)
        gaps.append(abs(pooled(counts, women) - pooled(counts, ~women)))
    gap = largest_gap(counts, people, group_of)
    exact = np.mean(np.array(gaps) >= gap.difference.value - 1e-9)
    assert 0.02 < exact < 0.98
    assert abs(gap.p_value - exact) < 4 * np.sqrt(exact * (1 - exact) / 1_999) + 1 / 2_000


def test_the_interval_draws_the_people_of_each_group() -> None:
    counts, people, group_of = study(3, {"women": 12, "men": 7}, better_by=0.1)
    gap = largest_gap(counts, people, group_of, draws=1)
    rng = np.random.default_rng(9)
    rows = [[i for i, who in enumerate(people) if group_of[who] == group]
            for group in (gap.better, gap.worse)]  # fmt: skip
    drawn = []
    for _ in range(4_000):
        tables = [counts[0, rng.choice(group, len(group))].sum(axis=0) for group in rows]
        better, worse = (float(unweighted_average_recall(table)) for table in tables)
        drawn.append(better - worse)
    np.testing.assert_allclose(
        (gap.difference.low, gap.difference.high), np.quantile(drawn, [0.025, 0.975]), atol=0.012
    )


def test_groups_that_are_alike_have_a_p_of_5_percent_in_5_percent_of_studies() -> None:
    p_values = []
    for seed in range(6_000, 6_200):
        one = study(seed, {"a": 5, "b": 7, "c": 3})
        p_values.append(largest_gap(*one, draws=39, seed=seed).p_value)
    # p of 0.05 or less: among the largest two of 40, 1 time in 20. More than 19 of 200: 1 in 300.
    assert binom.sf(19, 200, 0.05) < 1 / 300
    assert sum(p <= 0.05 for p in p_values) <= 19
    assert 0.41 < np.mean(p_values) < 0.61  # 4 standard errors about 0.51


def test_a_planted_gap_is_found_and_named() -> None:
    gap = largest_gap(*study(4, {"young": 12, "old": 12}, better_by=0.3))
    assert (gap.better, gap.worse) == ("young", "old")
    assert 1 / 2_000 <= gap.p_value < 0.01
    assert gap.difference.low > 0


def test_a_gap_is_never_negative_so_small_groups_show_one_though_nothing_is_unfair() -> None:
    gaps = [largest_gap(*study(s, {"a": 6, "b": 6}), draws=1).difference for s in range(20)]
    assert min(gap.value for gap in gaps) >= 0
    assert np.mean([gap.value for gap in gaps]) > 0.02
    assert sum(gap.low <= 0 for gap in gaps) >= 12


def test_other_names_for_the_groups_change_nothing_but_names() -> None:
    counts, people, group_of = study(5, {"women": 7, "men": 8})
    other = {who: {"women": "a", "men": "b"}[group] for who, group in group_of.items()}
    one, two = largest_gap(counts, people, group_of), largest_gap(counts, people, other)
    assert one.difference.value == two.difference.value
    assert abs(one.p_value - two.p_value) < 0.06
    assert {one.better, two.better} in ({"women", "a"}, {"men", "b"})


def test_groups_that_do_equally_well_are_named_apart() -> None:
    counts = np.tile(np.eye(2, dtype=int), (1, 4, 1, 1))
    gap = largest_gap(counts, list("abcd"), {"a": "x", "b": "x", "c": "y", "d": "y"})
    assert (gap.difference.value, gap.p_value) == (0.0, 1.0)
    assert {gap.better, gap.worse} == {"x", "y"}


def test_the_seed_decides_the_draws() -> None:
    one = study(6, {"women": 7, "men": 8})
    assert largest_gap(*one) == largest_gap(*one)
    assert largest_gap(*one).difference.low != largest_gap(*one, seed=1).difference.low


def test_groups_that_cannot_be_compared_are_explained() -> None:
    counts, people, group_of = study(7, {"women": 2, "men": 2})
    without = {who: group for who, group in group_of.items() if who != people[0]}
    for function in (score_by_group, largest_gap):
        name = function.__name__
        with explained(
            f"{name}: group_of must name the group of every person; got none for"
            f" ['{people[0]}']. Name it, or leave these people out."
        ):
            function(counts, people, without)
        women = np.array([group_of[who] == "women" for who in people])
        rare = counts.copy()
        rare[:, women, 2] = 0
        with explained(
            f"{name}: group 'women' must have every class that others have; got none of class"
            " number 2. Leave out that class or that group: guessing scores differently there."
        ):
            function(rare, people, group_of)
        with explained(
            f"{name}: paired arguments must have the same number of rows; got"
            " {'subjects': 3, 'counts': 4}. Build them from the same Pairs."
        ):
            function(counts, people[1:], group_of)
    with explained("largest_gap: number_of_groups must be at least 2; got 1. Choose 2 or more."):
        largest_gap(counts, people, dict.fromkeys(people, "all"))
    with explained("largest_gap: draws must be at least 1; got 0. Choose 1 or more."):
        largest_gap(counts, people, group_of, draws=0)
