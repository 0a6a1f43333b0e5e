"""Moments: numpy's covariances by any split, exact where nothing varies, and where the NaN is."""

from __future__ import annotations

import tracemalloc
from functools import reduce
from itertools import pairwise
from operator import add
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from two_views import paired_views

from jmml_edu.linear import Moments, moments_by_fold, moments_by_group

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def same(found: Moments, expected: Moments, rtol: float = 1e-11) -> None:
    """Both know the same of the data; scatter is compared in standard units."""
    assert (found.count, found.n_eeg) == (expected.count, expected.n_eeg)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=rtol, atol=rtol)
    unit = np.sqrt(np.outer(expected.scatter.diagonal(), expected.scatter.diagonal()))
    np.testing.assert_allclose(found.scatter / unit, expected.scatter / unit, atol=rtol)


def pieces(eeg: np.ndarray, speech: np.ndarray, cuts: list[int]) -> list[Moments]:
    """Moments of the runs of rows between the cuts."""
    edges = sorted({0, len(eeg), *(cut % len(eeg) for cut in cuts)})
    return [Moments.of(eeg[a:b], speech[a:b]) for a, b in pairwise(edges)]


@few
@given(seed=seeds, rows=st.integers(2, 40), eeg_dim=st.integers(1, 5))
def test_moments_are_the_count_mean_and_covariance_of_numpy(
    seed: int, rows: int, eeg_dim: int
) -> None:
    eeg, speech = paired_views(seed, rows=rows, eeg_dim=eeg_dim)
    joint = np.hstack([eeg, speech])
    found = Moments.of(eeg, speech)
    assert found.count == rows
    np.testing.assert_allclose(found.mean, joint.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(joint.T), atol=1e-12)
    np.testing.assert_allclose(found.scatter, (rows - 1) * np.cov(joint.T), atol=1e-10)
    np.testing.assert_allclose(found.scale, joint.std(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_array_equal(found.mean[found.eeg], found.mean[:eeg_dim])
    np.testing.assert_array_equal(found.mean[found.speech], found.mean[eeg_dim:])


def test_a_single_pair_has_its_own_mean_and_no_scatter() -> None:
    found = Moments.of(np.array([[3.0, 4.0]]), np.array([[5.0]]))
    np.testing.assert_array_equal(found.mean, [3, 4, 5])
    assert not found.covariance.any()
    assert not found.scale.any()


def test_many_blocks_of_a_float32_memory_map_make_the_covariance_of_all(tmp_path: Path) -> None:
    eeg, speech = paired_views(0, rows=5_000, eeg_dim=250, speech_dim=60)
    np.save(tmp_path / "eeg.npy", eeg.astype(np.float32))
    view = np.load(tmp_path / "eeg.npy", mmap_mode="r")
    expected = np.cov(np.hstack([np.asarray(view, dtype=float), speech]).T)
    np.testing.assert_allclose(Moments.of(view, speech).covariance, expected, atol=1e-11)


def test_reading_takes_a_few_blocks_of_memory_however_long_the_views() -> None:
    rng = np.random.default_rng(0)
    eeg, speech = (rng.standard_normal((100_000, 40), dtype=np.float32) for _ in range(2))
    tracemalloc.start()
    Moments.of(eeg, speech)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 0.25 * (eeg.nbytes + speech.nbytes)


@few
@given(seed=seeds, cuts=st.lists(st.integers(1, 59), max_size=5), data=st.data())
def test_parts_add_up_to_the_whole_in_any_order_and_any_tree(
    seed: int, cuts: list[int], data: st.DataObject
) -> None:
    eeg, speech = paired_views(seed)
    parts = data.draw(st.permutations(pieces(eeg, speech, cuts)))
    whole = Moments.of(eeg, speech)
    same(Moments.total(parts), whole)
    same(reduce(add, parts), whole)
    while len(parts) > 1:
        left = data.draw(st.integers(0, len(parts) - 2))
        parts = [*parts[:left], parts[left] + parts[left + 1], *parts[left + 2 :]]
    same(parts[0], whole)


@few
@given(seed=seeds, cut=st.integers(2, 58))
def test_the_whole_less_a_part_is_the_rest(seed: int, cut: int) -> None:
    eeg, speech = paired_views(seed)
    whole = Moments.of(eeg, speech)
    same(whole - Moments.of(eeg[:cut], speech[:cut]), Moments.of(eeg[cut:], speech[cut:]), 1e-9)


@few
@given(seed=seeds, weights=st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any))
def test_weights_count_parts_as_often_as_they_say(seed: int, weights: list[int]) -> None:
    eeg, speech = paired_views(seed)
    owner = np.repeat([0, 1, 2], 20)
    again = np.repeat(np.arange(60), np.array(weights)[owner])
    found = Moments.total(moments_by_group(eeg, speech, owner), weights)
    same(found, Moments.of(eeg[again], speech[again]))


@few
@given(seed=seeds, data=st.data())
def test_rows_by_number_are_those_rows(seed: int, data: st.DataObject) -> None:
    eeg, speech = paired_views(seed)
    rows = np.array(data.draw(st.lists(st.integers(0, 59), min_size=2, max_size=30)))
    found = Moments.of(eeg, speech, rows)
    expected = np.cov(np.hstack([eeg[rows], speech[rows]]).T)
    np.testing.assert_allclose(found.covariance, expected, atol=1e-12)


def test_centred_on_their_own_means_parts_keep_only_what_varies_within_them() -> None:
    eeg, speech = paired_views(0)
    person = np.arange(60) % 3
    shift = 100.0 * person[:, None]
    found = Moments.within(moments_by_group(eeg + shift, speech - shift, person))
    joint = np.hstack([eeg, speech])
    for one in range(3):
        joint[person == one] -= joint[person == one].mean(axis=0)
    np.testing.assert_allclose(found.scatter, joint.T @ joint, atol=1e-9)
    np.testing.assert_allclose(found.mean[:4], (eeg + shift).mean(axis=0), rtol=1e-12)
    assert found.count == 60


@pytest.mark.parametrize("route", ["at once", "in parts", "less a part"])
def test_a_mean_of_1e8_leaves_a_spread_of_1_its_digits(route: str) -> None:
    eeg, speech = paired_views(0, rows=3_000, eeg_dim=250)
    far = np.round((eeg - 5) * 2**20) / 2**20 + 1e8
    exact = np.cov(np.hstack([far - 1e8, speech]).T)
    found = Moments.of(far, speech)
    if route != "at once":
        parts = pieces(far, speech, [100, 700])
        found = Moments.total(parts) if route == "in parts" else found + parts[0] - parts[0]
    np.testing.assert_allclose(found.covariance, exact, atol=1e-7 * np.abs(exact).max())


def test_a_mean_that_drifts_from_block_to_block_costs_no_digits() -> None:
    rng = np.random.default_rng(0)
    drift = np.linspace(0, 1e6, 40_000)[:, None] + rng.standard_normal((40_000, 12))
    found = Moments.of(drift, drift[:, :1])
    np.testing.assert_allclose(found.covariance[:12, :12], np.cov(drift.T), rtol=1e-12)
    np.testing.assert_allclose(found.mean[:12], drift.mean(axis=0), rtol=1e-13)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6 / 3, 1e-20])
def test_a_constant_column_has_no_scatter_at_all_by_any_route(constant: float) -> None:
    eeg, speech = paired_views(0, rows=3_000, eeg_dim=250)
    eeg[:, 1] = constant
    parts = pieces(eeg, speech, [100, 700, 2_000])
    whole = Moments.of(eeg, speech)
    drawn = Moments.total(parts, [3, 0, 1, 2])
    for found in (whole, Moments.total(parts), whole - parts[2], drawn):
        assert not found.scatter[1].any()
        assert not found.scatter[:, 1].any()
        assert found.mean[1] == constant
        assert found.scale[1] == 0
        assert (np.delete(found.scale, 1) > 0).all()


def test_a_spread_that_is_rounding_of_the_mean_is_none() -> None:
    column = np.full((60, 1), 1e6 / 3)
    column[::2] = np.nextafter(column[0, 0], np.inf)
    found = Moments.of(column, paired_views(0)[1])
    assert found.scale[0] == 0
    assert Moments.of(column + np.linspace(0, 1e-6, 60)[:, None], column).scale[0] > 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("name", "row", "column"), [("eeg", 2_999, 3), ("speech", 17, 0)])
def test_missing_cells_are_named_by_their_row(bad: float, name: str, row: int, column: int) -> None:
    views = dict(zip(("eeg", "speech"), paired_views(0, rows=3_000, eeg_dim=250), strict=True))
    views[name][row, column] = bad
    sentence = (
        f"Moments.of: {name} must contain finite numbers only; got NaN or infinite, the first at"
        f" row {row}, column {column}. Drop or mend such rows first."
    )
    some = np.r_[2_999:2_000:-1, 0:100]
    frame, tensor = pd.DataFrame(views[name]), torch.tensor(views[name])
    for view in (views[name], frame, tensor):
        given = views | {name: view}
        with explained(sentence):
            Moments.of(given["eeg"], given["speech"])
        with explained(sentence):
            Moments.of(given["eeg"], given["speech"], rows=some)


@pytest.mark.parametrize("unit", [1e160, 1e200, 1e307])
def test_numbers_too_large_to_square_are_explained(unit: float) -> None:
    eeg, speech = paired_views(0)
    with explained(
        "Moments.of: views must have finite squares; got values beyond 1e150. Choose a larger unit."
    ):
        Moments.of(eeg, speech * unit)


@pytest.mark.parametrize("unit", [1e-140, 1e140])
def test_any_number_that_can_be_squared_will_do(unit: float) -> None:
    eeg, speech = paired_views(0)
    found = Moments.of(eeg * unit, speech)
    np.testing.assert_allclose(found.scale[:4], eeg.std(axis=0, ddof=1) * unit, rtol=1e-12)


def test_views_are_not_changed_by_reading_them() -> None:
    eeg, speech = paired_views(0)
    before = eeg.copy(), speech.copy()
    first = Moments.of(eeg, speech)
    scatter = first.scatter.copy()
    Moments.total([first, Moments.of(eeg, speech)], [2, -1])
    np.testing.assert_array_equal(eeg, before[0])
    np.testing.assert_array_equal(speech, before[1])
    np.testing.assert_array_equal(first.scatter, scatter)


def test_groups_come_in_the_order_of_their_names() -> None:
    eeg, speech = paired_views(0)
    person = np.array(["cy", "ann", "ben"])[np.random.default_rng(0).integers(0, 3, 60)]
    found = moments_by_group(eeg, speech, person)
    for part, name in zip(found, ("ann", "ben", "cy"), strict=True):
        same(part, Moments.of(eeg[person == name], speech[person == name]))


def test_folds_without_groups_are_runs_of_neighbours() -> None:
    eeg, speech = paired_views(0, rows=61)
    found = moments_by_fold(eeg, speech, 4)
    assert [fold.count for fold in found] == [16, 15, 15, 15]
    same(found[1], Moments.of(eeg[16:31], speech[16:31]))


@few
@given(seed=seeds, n_folds=st.integers(2, 5))
def test_no_person_is_in_two_folds_and_folds_are_of_like_size(seed: int, n_folds: int) -> None:
    rng = np.random.default_rng(seed)
    person = np.r_[np.arange(8), rng.choice(8, 92)]
    folds = moments_by_fold(np.eye(8)[person], person[:, None].astype(float), n_folds, person)
    members = np.array([fold.mean[:8] * fold.count for fold in folds]).round().astype(int)
    assert ((members > 0).sum(axis=0) == 1).all()
    np.testing.assert_array_equal(members.sum(axis=0), np.bincount(person))
    sizes = members.sum(axis=1)
    assert sizes.max() - sizes.min() <= np.bincount(person).max()
    same(Moments.total(folds), Moments.of(np.eye(8)[person], person[:, None].astype(float)), 1e-9)


def test_the_largest_group_is_dealt_first_so_that_small_ones_can_even_out() -> None:
    person = np.array([*"abcdef", *"gggggg"])
    eeg, speech = paired_views(0, rows=12)
    assert [fold.count for fold in moments_by_fold(eeg, speech, 2, person)] == [6, 6]


@pytest.mark.parametrize("n_folds", [1, 4])
def test_a_number_of_folds_that_cannot_be_is_explained(n_folds: int) -> None:
    eeg, speech = paired_views(0)
    sentence = f"; got {n_folds}. Choose another number of folds."
    with explained(
        "moments_by_fold: n_folds must lie between 2 and 3, the number of groups" + sentence
    ):
        moments_by_fold(eeg, speech, n_folds, np.arange(60) % 3)
    with explained(
        "moments_by_fold: n_folds must lie between 2 and 3, the number of pairs" + sentence
    ):
        moments_by_fold(eeg[:3], speech[:3], n_folds)


def test_parts_that_do_not_fit_together_are_explained() -> None:
    eeg, speech = paired_views(0)
    whole, turned = Moments.of(eeg, speech), Moments.of(speech, eeg)
    remedy = " Take moments of the same EEG and speech columns."
    rule = "Moments.total: parts must be at least one, all of the same columns; got "
    with explained(rule + "[(4, 3), (3, 4)]." + remedy):
        Moments.total([whole, turned])
    with explained(rule + "[]." + remedy):
        Moments.total([])
    with explained(
        "Moments.total: parts must leave at least one pair; got 0. Take away no more than there is."
    ):
        Moments.total([whole, whole], [1, -1])


@pytest.mark.parametrize("rows", [[], [60], [-1], [True, False]])
def test_row_numbers_that_name_no_row_are_explained(rows: list[int]) -> None:
    eeg, speech = paired_views(0)
    numbers = np.array(rows, dtype=bool if True in rows and False in rows else int)
    with explained(
        f"Moments.of: rows must be numbers from 0 to 59, at least one; got {numbers}."
        " np.flatnonzero turns a mask into numbers."
    ):
        Moments.of(eeg, speech, numbers)


def test_weights_that_do_not_fit_the_parts_are_explained() -> None:
    part = Moments.of(*paired_views(0))
    with explained(
        "Moments.total: weights must be one for each of the 2 parts; got 1."
        " Count each part 1 time to begin with."
    ):
        Moments.total([part, part], [1])
