"""Permutation test, bootstrap intervals and learning curve: naive routes, rates, bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained

from jmml_edu._checks import InputWarning
from jmml_edu.linear import CCA, PLS, Moments, moments_by_group, solve
from jmml_edu.linear.inference import permutation_test
from jmml_edu.linear.resampling import bootstrap_correlations, learning_curve
from jmml_edu.simulate.gaussian import gaussian_pairs

few = settings(max_examples=10, deadline=None)
Views = tuple[np.ndarray, np.ndarray]


def planted_views(
    rng: np.random.Generator,
    rows: int,
    dims: tuple[int, int],
    correlations: tuple[float, ...] = (),
    *,
    people: np.ndarray | None = None,
) -> Views:
    """Mixed Gaussian views; people shift both, each view in directions of its own."""
    eeg, speech = rng.standard_normal((rows, dims[0])), rng.standard_normal((rows, dims[1]))
    for i, rho in enumerate(correlations):
        speech[:, i] = rho * eeg[:, i] + np.sqrt(1 - rho**2) * speech[:, i]
    if people is not None:
        eeg += 2 * rng.standard_normal((people.max() + 1, dims[0]))[people]
        speech += 2 * rng.standard_normal((people.max() + 1, dims[1]))[people]
    return eeg @ rng.standard_normal((dims[0],) * 2), speech @ rng.standard_normal((dims[1],) * 2)


def basis(view: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the centred columns, whatever their rank."""
    left, values, _ = np.linalg.svd(view - view.mean(axis=0), full_matrices=False)
    return left[:, values > 1e-9 * values[0]]


def without(view: np.ndarray, variates: np.ndarray) -> np.ndarray:
    """A view after regression on variates."""
    centred = view - view.mean(axis=0)
    return centred - variates @ np.linalg.lstsq(variates, centred, rcond=None)[0]


def shuffles(rows: int, draws: int, seed: int) -> np.ndarray:
    """The draws of a permutation test without groups."""
    return np.random.default_rng(seed).permuted(np.tile(np.arange(rows), (draws, 1)), axis=1)


def centred_within(view: np.ndarray, people: np.ndarray) -> np.ndarray:
    """A view less the mean of each person."""
    return view - pd.DataFrame(view).groupby(people).transform("mean").to_numpy()


def share_of_small_p(tests: int, **how: object) -> np.ndarray:
    """How often each component has p of at most 0.05 in simulated data; see planted_views."""
    test_how = {name: how.pop(name) for name in ("ridge", "groups") if name in how}
    rng = np.random.default_rng(7)
    n_components = len(how.get("correlations", ())) + 1  # type: ignore[arg-type]
    found = [
        permutation_test(
            *planted_views(rng, **how),  # type: ignore[arg-type]
            n_components=n_components, draws=99, seed=number, **test_how,  # type: ignore[arg-type]
        ).p_values
        for number in range(tests)
    ]  # fmt: skip
    return (np.array(found) <= 0.05).mean(axis=0)


def most_by_chance(tests: int) -> float:
    """The share of p <= 0.05 that a valid test exceeds once in a thousand simulations."""
    return 0.05 + 3.1 * float(np.sqrt(0.05 * 0.95 / tests))


# The permutation test: the same by other routes.


@pytest.mark.parametrize("dims", [(5, 3), (3, 5), (4, 4)])
def test_each_draw_is_cca_of_residual_views_shuffled_and_freed_again(dims: tuple[int, int]) -> None:
    eeg, speech = planted_views(np.random.default_rng(0), 30, dims, (0.9, 0.5))
    test = permutation_test(eeg, speech, draws=4, seed=5)
    model = CCA(3).fit(eeg, speech)
    left, right = model.transform(eeg, speech)
    for draw, order in enumerate(shuffles(30, 4, 5)):
        for k in range(3):
            rest = [without(eeg, left[:, :k]), without(speech, right[:, :k])]
            moved = int(dims[0] >= dims[1])  # the narrower view is shuffled, speech if equal
            shuffled = basis(rest[moved])[order]
            freed = without(shuffled, np.hstack([left[:, :k], right[:, :k]]))
            expected = np.linalg.svd(basis(rest[1 - moved]).T @ basis(freed), compute_uv=False)[0]
            assert test.null_statistics[draw, k] == pytest.approx(expected, abs=1e-10)
    np.testing.assert_allclose(test.statistics[:3], model.correlations_, atol=1e-10)
    np.testing.assert_allclose(test.correlations[:3], model.correlations_, atol=1e-10)


@pytest.mark.parametrize("ridge", [(0.3, 0.3), (0.0, 1.0), (np.inf, np.inf)])
def test_with_a_ridge_each_draw_is_the_ridged_solution_of_shuffled_pairs(
    ridge: tuple[float, float],
) -> None:
    eeg, speech = planted_views(np.random.default_rng(1), 30, (3, 3), (0.9,))
    test = permutation_test(eeg, speech, ridge=ridge, draws=5, seed=2)
    model = CCA(3, ridge=ridge).fit(eeg, speech)
    left, right = model.transform(eeg, speech)
    for draw, order in enumerate(shuffles(30, 5, 2)):
        shuffled = solve(Moments.of(eeg, speech[order]), n_components=1, ridge=ridge)
        assert test.null_statistics[draw, 0] == pytest.approx(shuffled.values[0], abs=1e-10)
        rest = np.linalg.norm(left[:, 1:].T @ right[order, 1:] / 29, ord=2) * np.sqrt(29 / 27)
        assert test.null_statistics[draw, 1] == pytest.approx(rest, abs=1e-10)
    whole = solve(Moments.of(eeg, speech), n_components=3, ridge=ridge)
    np.testing.assert_allclose(test.statistics, whole.values, atol=1e-10)
    np.testing.assert_allclose(test.correlations, model.correlations_, atol=1e-10)


def test_groups_centre_and_shuffle_within_each_person() -> None:
    people = np.array(["b", "a", "c"])[np.arange(30) % 3]
    eeg, speech = planted_views(np.random.default_rng(3), 30, (4, 2), people=np.arange(30) % 3)
    test = permutation_test(eeg, speech, groups=people, n_components=1, draws=1, seed=4)
    rng, order = np.random.default_rng(4), np.empty(30, dtype=int)
    for person in "abc":
        rows = np.flatnonzero(people == person)
        order[rows] = rng.permuted(rows[None], axis=1)[0]
    eeg, speech = centred_within(eeg, people), centred_within(speech, people)
    found = CCA(1).fit(eeg, speech[order]).correlations_
    np.testing.assert_allclose(test.null_statistics[0], found, atol=1e-10)
    np.testing.assert_allclose(test.correlations, CCA(1).fit(eeg, speech).correlations_, atol=1e-10)


def test_four_pairs_on_a_line_have_p_of_one_in_twelve() -> None:
    # Of the 24 orders only the true one and its reverse are perfectly correlated.
    line = np.arange(4.0)[:, None]
    assert permutation_test(line, line, draws=20_000).p_values[0] == pytest.approx(2 / 24, abs=0.01)


@few
@given(seed=st.integers(0, 10_000))
def test_p_counts_the_draws_and_never_falls(seed: int) -> None:
    eeg, speech = planted_views(np.random.default_rng(seed), 25, (4, 3), (0.5,))
    test = permutation_test(eeg, speech, draws=19, seed=seed)
    alone = (1 + (test.null_statistics >= test.statistics).sum(axis=0)) / 20
    assert test.p_values.tolist() == [alone[:1].max(), alone[:2].max(), alone.max()]
    assert test.n_significant(alone[0]) >= 1
    assert test.n_significant(0.0) == 0


# Error rates and power.


def test_p_of_unrelated_views_is_uniform() -> None:
    rng = np.random.default_rng(2)
    found = [
        permutation_test(*planted_views(rng, 30, (4, 3)), n_components=1, draws=99, seed=i).p_values
        for i in range(400)
    ]
    shares = [(np.array(found) <= level).mean() for level in (0.05, 0.25, 0.5, 0.75)]
    np.testing.assert_allclose(shares, (0.05, 0.25, 0.5, 0.75), atol=0.08)
    assert shares[0] < most_by_chance(400)


def test_after_two_planted_components_the_third_is_called_in_five_percent() -> None:
    rates = share_of_small_p(400, rows=60, dims=(4, 3), correlations=(0.95, 0.9))
    assert (rates[:2] == 1).all()
    assert 0.01 < rates[2] < most_by_chance(400)


def test_with_more_columns_than_pairs_and_a_ridge_unrelated_views_are_called_in_five_percent() -> (
    None
):
    assert share_of_small_p(300, rows=25, dims=(40, 6), ridge=0.5)[0] < most_by_chance(300)


@pytest.mark.parametrize("ridge", [0.5, np.inf])
def test_with_a_ridge_the_second_component_is_called_in_five_percent_at_most(ridge: float) -> None:
    rates = share_of_small_p(200, rows=100, dims=(6, 5), correlations=(0.98,), ridge=ridge)
    assert rates[0] > 0.6
    assert rates[1] < most_by_chance(200)


@pytest.mark.slow
@pytest.mark.parametrize(("dims", "ridge"), [((15, 15), 0.0), ((40, 8), 0.5), ((40, 8), np.inf)])
def test_few_pairs_do_not_make_later_components_significant(
    dims: tuple[int, int], ridge: float
) -> None:
    found = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        left, right = 2 * rng.standard_normal((2, 2, max(dims)))
        shared = rng.standard_normal((40, 2))
        eeg = shared @ left[:, : dims[0]] + rng.standard_normal((40, dims[0]))
        speech = shared @ right[:, : dims[1]] + rng.standard_normal((40, dims[1]))
        test = permutation_test(eeg, speech, n_components=3, ridge=ridge, draws=99, seed=seed)
        found.append(test.n_significant())
    assert np.mean(np.array(found) >= 2) > 0.7
    assert np.mean(np.array(found) == 3) < 0.06


def test_the_planted_number_of_components_is_found() -> None:
    for planted in ((0.9, 0.8), (0.9, 0.8, 0.7, 0.6)):
        pairs = gaussian_pairs(600, correlations=planted, seed=3)
        test = permutation_test(pairs.eeg.values, pairs.speech.values, draws=199)
        assert test.n_significant() == len(planted)
        assert test.n_significant(alpha=0.004) == 0


def test_unrelated_people_fool_free_shuffling_but_not_shuffling_within_people() -> None:
    people = np.arange(60) % 6
    how = {"rows": 60, "dims": (3, 2), "people": people}
    assert share_of_small_p(60, **how)[0] > 0.9
    assert share_of_small_p(300, **how, groups=people)[0] < most_by_chance(300)


def test_related_trials_are_found_within_people_who_are_unrelated() -> None:
    people = np.arange(60) % 6
    how = {"rows": 60, "dims": (3, 2), "correlations": (0.9,), "people": people}
    rates = share_of_small_p(200, **how, groups=people)
    assert rates[0] == 1
    assert rates[1] < most_by_chance(200)


# What must not matter.


def test_units_order_of_columns_and_constant_columns_do_not_matter() -> None:
    eeg, speech = planted_views(np.random.default_rng(5), 50, (4, 3), (0.8,))
    plain = permutation_test(eeg, speech, draws=99, ridge=(0.0, 0.1))
    units = eeg[:, ::-1] * np.array([1e-8, 1.0, 1e8, -3.0]) + 7
    other = np.column_stack([units, np.full(50, 0.1)])
    changed = permutation_test(other, speech - 1e3, draws=99, ridge=(0.0, 0.1))
    np.testing.assert_allclose(changed.null_statistics, plain.null_statistics, atol=1e-9)
    assert changed.p_values.tolist() == plain.p_values.tolist()


def test_order_of_pairs_and_form_of_views_do_not_matter_to_the_statistics() -> None:
    eeg, speech = planted_views(np.random.default_rng(5), 50, (4, 3), (0.8,))
    plain, rows = permutation_test(eeg, speech, draws=9), np.arange(50)[::-1]
    frames = pd.DataFrame(eeg[rows]), pd.DataFrame(speech[rows])
    changed = permutation_test(*frames, draws=9)
    np.testing.assert_allclose(changed.statistics, plain.statistics, atol=1e-12)


def test_nearly_dependent_columns_are_tested_in_full_precision() -> None:
    rng = np.random.default_rng(6)
    eeg, speech = planted_views(rng, 80, (3, 2), (0.7,))
    eeg[:, 2] = eeg[:, 0] + 1e-5 * eeg[:, 2]
    expected = np.linalg.svd(basis(eeg).T @ basis(speech), compute_uv=False)
    found = permutation_test(eeg, speech, draws=1).statistics
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_seed_decides_the_draws_and_the_data_stay_as_they_are() -> None:
    eeg, speech = planted_views(np.random.default_rng(5), 40, (3, 3))
    before = eeg.copy(), speech.copy()
    tests = [permutation_test(eeg, speech, draws=99, seed=seed) for seed in (1, 1, 2)]
    assert tests[0].null_statistics.tobytes() == tests[1].null_statistics.tobytes()
    assert tests[0].null_statistics.tobytes() != tests[2].null_statistics.tobytes()
    assert (eeg == before[0]).all()
    assert (speech == before[1]).all()


# Few pairs, bad input, real data.


@pytest.mark.parametrize("dims", [(9, 9), (30, 4)])
def test_too_few_pairs_make_every_p_one_and_a_warning(dims: tuple[int, int]) -> None:
    views = planted_views(np.random.default_rng(0), 15, dims, (0.9,))
    sentence = (
        f"permutation_test: {min(dims[0], 14)} and {dims[1]} independent columns are too many for"
        " 14 degrees of freedom: the first correlation is 1 for any data, and every p is 1. Use a"
        " ridge such as 0.1, or bring more pairs or fewer columns."
    )
    with pytest.warns(InputWarning) as found:
        test = permutation_test(*views, draws=19)
    assert [str(one.message) for one in found] == [sentence]
    assert test.p_values.tolist() == [1.0] * min(dims)


def test_each_group_takes_a_degree_of_freedom() -> None:
    views = planted_views(np.random.default_rng(0), 12, (5, 4), (0.9,))
    with pytest.warns(InputWarning, match="5 and 4 .* too many for 8 degrees of freedom"):
        permutation_test(*views, groups=np.arange(12) % 4, draws=9)
    assert permutation_test(*views, draws=9).p_values[0] < 1


def test_bad_input_to_the_permutation_test_is_explained() -> None:
    eeg, speech = planted_views(np.random.default_rng(0), 10, (3, 2))
    with explained(
        "permutation_test: groups must hold two pairs or more of someone; got 10 groups of one."
        " Name people rather than trials, or leave groups out."
    ):
        permutation_test(eeg, speech, groups=np.arange(10))
    with explained("permutation_test: ridge must be at least 0; got -0.5. Choose 0 or more."):
        permutation_test(eeg, speech, ridge=-0.5)
    with explained("permutation_test: draws must be at least 1; got 0. Choose 1 or more."):
        permutation_test(eeg, speech, draws=0)
    with explained(
        "permutation_test: paired arguments must have the same number of rows; got"
        " {'eeg': 10, 'speech': 9}. Build them from the same Pairs."
    ):
        permutation_test(eeg, speech[:9])
    eeg[4, 1] = np.nan
    with explained(
        "permutation_test: eeg must contain finite numbers only; got NaN or infinite, the first at"
        " row 4, column 1. Drop or mend such rows first."
    ):
        permutation_test(eeg, speech)


def test_more_components_than_directions_are_explained() -> None:
    eeg, speech = planted_views(np.random.default_rng(0), 10, (3, 2))
    with pytest.raises(ValueError, match=r"^permutation_test: n_components must .* between 1 and"):
        permutation_test(eeg, speech, n_components=3)
    with explained(
        "permutation_test: views must both vary over two pairs or more; got one that does not."
        " Look where the constant view comes from."
    ):
        permutation_test(eeg, np.ones((10, 2)))


def test_genes_and_lipids_of_forty_mice_share_components(real_data: Path) -> None:
    folder = real_data / "two_view" / "nutrimouse"
    genes, lipids = (pd.read_csv(folder / name).iloc[:, -n:] for name, n in FILES)
    test = permutation_test(genes, lipids, ridge=0.5, n_components=4, draws=199)
    assert test.n_significant() >= 1
    rows = np.random.default_rng(0).permutation(len(genes))
    shuffled = permutation_test(genes.iloc[rows], lipids, ridge=0.5, n_components=4, draws=199)
    assert shuffled.n_significant() == 0


FILES = (("gene.csv", 120), ("lipid.csv", 21))


def test_two_descriptions_of_the_same_digits_share_many_components(real_data: Path) -> None:
    names = [real_data / "two_view" / "mfeat" / f"mfeat-{name}.csv" for name in ("fou", "kar")]
    fou, kar = (pd.read_csv(name).iloc[:, :-1] for name in names)
    assert permutation_test(fou, kar, n_components=10, draws=99).n_significant() == 10


# Bootstrap intervals.


class AsTheyAre:
    """A model whose codes are the views themselves."""

    def transform(self, eeg: np.ndarray, speech: np.ndarray) -> Views:
        return eeg, speech


def trials_of_people(rng: np.random.Generator, people: int) -> tuple[np.ndarray, ...]:
    """Trials that correlate by 0.2 between people and 0.6 within, half the variance each: 0.4."""
    who = np.repeat(np.arange(people), 20)
    (a, b), (c, d) = rng.standard_normal((2, people)), rng.standard_normal((2, len(who)))
    b, d = 0.2 * a + np.sqrt(0.96) * b, 0.6 * c + 0.8 * d
    return (a[who] + c)[:, None], (b[who] + d)[:, None], who


def test_intervals_equal_those_of_repeated_rows() -> None:
    rng = np.random.default_rng(0)
    eeg, speech = planted_views(rng, 24, (2, 2), (0.8, 0.3))
    who = np.array(["c", "a", "b"])[np.arange(24) % 3]
    found = bootstrap_correlations(AsTheyAre(), eeg, speech, groups=who, level=0.8, draws=50)
    weights = np.random.default_rng(0).multinomial(3, [1 / 3] * 3, size=50)
    drawn = []
    for weight in weights:
        rows = np.repeat(np.arange(24), weight[np.unique(who, return_inverse=True)[1]])
        both = zip(eeg[rows].T, speech[rows].T, strict=True)
        drawn.append([np.corrcoef(one, other)[0, 1] for one, other in both])
    np.testing.assert_allclose(found.low, np.quantile(drawn, 0.1, axis=0), atol=1e-12)
    np.testing.assert_allclose(found.high, np.quantile(drawn, 0.9, axis=0), atol=1e-12)
    assert (found.low < found.correlations).all()
    assert (found.correlations < found.high).all()


def test_weighted_sums_are_weighted_moments() -> None:
    eeg, speech = planted_views(np.random.default_rng(1), 30, (1, 1), (0.5,))
    who = np.arange(30) % 5
    found = bootstrap_correlations(AsTheyAre(), eeg, speech, groups=who, draws=1, seed=3)
    weights = np.random.default_rng(3).multinomial(5, [0.2] * 5)
    total = Moments.total(moments_by_group(eeg, speech, who), weights.tolist()).covariance
    expected = total[0, 1] / np.sqrt(total[0, 0] * total[1, 1])
    np.testing.assert_allclose([found.low[0], found.high[0]], expected, atol=1e-12)


@pytest.mark.parametrize(("people", "least", "most"), [(8, 0.80, 0.91), (24, 0.88, 0.97)])
def test_intervals_of_people_hold_the_truth_almost_as_often_as_they_say(
    people: int, least: float, most: float
) -> None:
    rng, hits = np.random.default_rng(0), np.zeros(2)
    for number in range(200):
        eeg, speech, who = trials_of_people(rng, people)
        for i, groups in enumerate((who, None)):
            found = bootstrap_correlations(
                AsTheyAre(), eeg, speech, groups=groups, draws=200, seed=number
            )
            hits[i] += found.low[0] <= 0.4 <= found.high[0]
    assert least < hits[0] / 200 < most
    assert hits[1] / 200 < 0.65  # single rows of the same people: far too short


def test_training_pairs_flatter_and_other_pairs_do_not() -> None:
    views = planted_views(np.random.default_rng(8), 200, (8, 8))
    training, others = [view[:100] for view in views], [view[100:] for view in views]
    for model in (CCA(1).fit(*training), PLS(1).fit(*training)):
        assert bootstrap_correlations(model, *training, draws=200).low[0] > 0.2
        held_out = bootstrap_correlations(model, *others, draws=200)
        assert held_out.low[0] < 0 < held_out.high[0]


def test_blocks_of_draws_and_order_of_pairs_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    eeg, speech, who = trials_of_people(np.random.default_rng(1), 6)
    plain = bootstrap_correlations(AsTheyAre(), eeg, speech, groups=who, draws=99)
    monkeypatch.setattr("jmml_edu.linear.resampling._BLOCK_VALUES", 30)
    rows = np.random.default_rng(0).permutation(len(who))
    blocks = bootstrap_correlations(
        AsTheyAre(), eeg[rows], speech[rows], groups=who[rows], draws=99
    )
    np.testing.assert_allclose(blocks.low, plain.low, atol=1e-12)
    np.testing.assert_allclose(blocks.high, plain.high, atol=1e-12)


def test_a_code_that_does_not_vary_has_correlation_zero() -> None:
    varying = np.random.default_rng(0).standard_normal((20, 1))
    found = bootstrap_correlations(AsTheyAre(), varying, np.full((20, 1), 0.1), draws=20)
    assert (found.low[0], found.correlations[0], found.high[0]) == (0, 0, 0)


def test_bad_input_to_the_bootstrap_is_explained() -> None:
    eeg, speech, who = trials_of_people(np.random.default_rng(1), 2)
    with explained(
        "bootstrap_correlations: level must lie between 0 and 1; got 95. 0.95 is usual."
    ):
        bootstrap_correlations(AsTheyAre(), eeg, speech, level=95)
    with explained(
        "bootstrap_correlations: groups must be two or more; got 1. Bring more people, or leave"
        " groups out where pairs are independent."
    ):
        bootstrap_correlations(AsTheyAre(), eeg[who == 0], speech[who == 0], groups=who[who == 0])
    with explained("bootstrap_correlations: draws must be at least 1; got 0. Choose 1 or more."):
        bootstrap_correlations(AsTheyAre(), eeg, speech, draws=0)


# Learning curve.


def test_curves_come_from_above_and_below_and_meet_at_the_population() -> None:
    pairs = gaussian_pairs(8000, correlations=(0.7, 0.5), eeg_dim=10, speech_dim=10, seed=1)
    curve = learning_curve(
        pairs.eeg.values, pairs.speech.values, sizes=[40, 160, 640, 4000], repeats=5
    )
    seen, unseen = curve.in_sample.mean(axis=1), curve.held_out.mean(axis=1)
    assert (np.diff(seen, axis=0) < 0).all()
    assert (np.diff(unseen, axis=0) > 0).all()
    assert (seen > unseen).all()
    np.testing.assert_allclose(seen[-1], (0.7, 0.5), atol=0.03)
    np.testing.assert_allclose(unseen[-1], (0.7, 0.5), atol=0.03)


@pytest.mark.parametrize("ridge", [0.0, (0.5, 0.1), np.inf])
def test_curve_equals_fits_on_nested_people(ridge: float | tuple[float, float]) -> None:
    who = np.arange(60) % 6
    eeg, speech = planted_views(np.random.default_rng(2), 60, (4, 3), (0.8,))
    curve = learning_curve(eeg, speech, sizes=[2, 4], ridge=ridge, groups=who, repeats=2, seed=9)
    rng = np.random.default_rng(9)
    for repeat in range(2):
        place = rng.permutation(6)[who]
        for row, size in enumerate((2, 4)):
            seen, others = place < size, place >= 4
            model = CCA(2, ridge=ridge).fit(eeg[seen], speech[seen])
            found = curve.in_sample[row, repeat], curve.held_out[row, repeat]
            np.testing.assert_allclose(found[0], model.correlations_, atol=1e-9)
            expected = model.correlations(eeg[others], speech[others])
            np.testing.assert_allclose(found[1], expected, atol=1e-9)
    assert curve.pairs.tolist() == [[20, 20], [40, 40]]


def test_people_of_unequal_numbers_of_trials_are_counted_in_pairs() -> None:
    who = np.repeat(["a", "b", "c"], [5, 10, 20])
    eeg, speech = planted_views(np.random.default_rng(2), 35, (2, 2))
    curve = learning_curve(eeg, speech, sizes=[1, 2], n_components=1, groups=who, repeats=8)
    assert set(curve.pairs[0]) <= {5, 10, 20}
    assert set(curve.pairs[1]) <= {15, 25, 30}


def test_few_pairs_are_perfectly_correlated_in_sample() -> None:
    views = planted_views(np.random.default_rng(3), 100, (8, 8))
    curve = learning_curve(*views, sizes=[9, 50], n_components=1, repeats=3)
    np.testing.assert_allclose(curve.in_sample[0], 1, atol=1e-6)
    assert (curve.in_sample[1] < 0.95).all()


def test_the_seed_decides_the_curve() -> None:
    views = planted_views(np.random.default_rng(3), 40, (3, 3))
    curves = [learning_curve(*views, sizes=[20], repeats=2, seed=seed) for seed in (1, 1, 2)]
    assert curves[0].held_out.tobytes() == curves[1].held_out.tobytes()
    assert curves[0].held_out.tobytes() != curves[2].held_out.tobytes()


@pytest.mark.parametrize("sizes", [[], [0, 10], [10, 10], [20, 10], [10, 30]])
def test_sizes_that_do_not_rise_or_leave_nobody_are_explained(sizes: list[int]) -> None:
    views = planted_views(np.random.default_rng(3), 30, (3, 3))
    with explained(
        f"learning_curve: sizes must rise and stay between 1 and 29; got {sizes}."
        " Leave some people, or pairs, to be held out."
    ):
        learning_curve(*views, sizes=sizes)


def test_other_bad_input_to_the_curve_is_explained() -> None:
    views = planted_views(np.random.default_rng(3), 30, (3, 3))
    with explained("learning_curve: repeats must be at least 1; got 0. Choose 1 or more."):
        learning_curve(*views, sizes=[10], repeats=0)
    with pytest.raises(ValueError, match=r"^learning_curve: n_components must .* between 1 and 1"):
        learning_curve(*views, sizes=[2, 10])


def test_a_column_of_which_little_is_its_own_is_tested_too() -> None:
    rng = np.random.default_rng(0)
    eeg, own = rng.standard_normal((200, 3)), rng.standard_normal((200, 1))
    eeg = np.hstack([eeg, eeg.sum(axis=1, keepdims=True) + 1e-7 * own])
    speech = np.hstack([2 * own, np.zeros_like(own)]) + rng.standard_normal((200, 2))
    found = permutation_test(eeg, speech, draws=99)
    model = CCA(2).fit(eeg, speech)
    np.testing.assert_allclose(found.correlations, model.correlations_, atol=1e-6)
    assert found.p_values[0] == 0.01


def test_windows_of_slow_signals_are_not_exchangeable() -> None:
    rng, significant = np.random.default_rng(0), 0
    groups = np.repeat(np.arange(6), 40)
    for _ in range(20):
        views = rng.standard_normal((2, 6, 40, 3))
        for window in range(1, 40):
            views[:, :, window] = 0.9 * views[:, :, window - 1] + 0.19**0.5 * views[:, :, window]
        eeg, speech = views.reshape(2, 240, 3)
        significant += permutation_test(eeg, speech, groups=groups, draws=39).n_significant() > 0
    assert significant >= 15


def test_a_curve_needs_three_pairs_to_be_held_out() -> None:
    eeg = np.random.default_rng(0).standard_normal((20, 2))
    with explained(
        "learning_curve: sizes must leave at least 3 pairs to be held out; got 2."
        " Fewer always agree perfectly; choose smaller sizes."
    ):
        learning_curve(eeg, eeg, sizes=[5, 18], n_components=1, repeats=1)
