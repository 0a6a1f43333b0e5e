"""Calibration: scikit-learn's numbers, exact identities, and how large errors are by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_of_scikit_learn

from jmml_edu.calibration import Calibration, calibration

few = settings(max_examples=25, deadline=None)
CLASSES = ("calm", "sad", "tense")
Forecasts = tuple[np.ndarray, np.ndarray, np.ndarray]


def forecasts(
    seed: int, *, people: int = 10, rows: int = 20, sharper: float = 1.0, classes: int = 3
) -> Forecasts:
    """Probabilities, what came true, and whose; right if ``sharper`` is 1, too sure above."""
    rng = np.random.default_rng(seed)
    scores = 1.5 * rng.standard_normal((people * rows, classes))
    right, said = (np.exp(factor * scores) for factor in (1.0, sharper))
    right, said = (one / one.sum(axis=1, keepdims=True) for one in (right, said))
    came = (right.cumsum(axis=1) > rng.random((len(right), 1))).argmax(axis=1)
    return said, np.array(CLASSES)[came], np.repeat([f"s{i:02d}" for i in range(people)], rows)


def judged(given_: Forecasts, **settings_: int) -> Calibration:
    """The calibration of forecasts of the first classes."""
    return calibration(*given_, classes=CLASSES[: given_[0].shape[1]], **settings_)


@few
@given(seed=st.integers(0, 10_000), n_bins=st.integers(1, 12))
def test_the_curve_is_that_of_scikit_learn(seed: int, n_bins: int) -> None:
    said, true, who = forecasts(seed)
    found = judged((said, true, who), n_bins=n_bins)
    sure, right = said.max(axis=1), np.array(CLASSES)[said.argmax(axis=1)] == true
    accuracy, confidence = calibration_curve(right, sure, n_bins=n_bins, strategy="quantile")
    np.testing.assert_allclose(found.accuracy, accuracy)
    np.testing.assert_allclose(found.confidence, confidence)
    assert found.count.sum() == len(true)
    assert found.count.max() - found.count.min() <= 1
    weighted = (found.count * np.abs(accuracy - confidence)).sum() / len(true)
    assert found.error.value == pytest.approx(weighted)
    assert found.overconfidence.value == pytest.approx(sure.mean() - right.mean())


@few
@given(seed=st.integers(0, 10_000))
def test_scores_are_those_of_scikit_learn(seed: int) -> None:
    said, true, who = forecasts(seed, classes=2)
    found = judged((said, true, who))
    # For two classes the sum over both is twice what scikit-learn gives.
    assert found.brier.value == pytest.approx(2 * brier_score_loss(true == "sad", said[:, 1]))
    said, true, who = forecasts(seed)
    found = judged((said, true, who))
    expected = log_loss_of_scikit_learn(true, said, labels=CLASSES)
    assert found.log_loss.value == pytest.approx(expected)
    happened = np.array([[label == one for one in CLASSES] for label in true])
    by_class = [brier_score_loss(h, s) for h, s in zip(happened.T, said.T, strict=True)]
    assert found.brier.value == pytest.approx(sum(by_class))


@few
@given(seed=st.integers(0, 10_000), n_bins=st.integers(1, 15), sharper=st.floats(0.2, 4.0))
def test_the_parts_of_the_brier_score_add_up_exactly(
    seed: int, n_bins: int, sharper: float
) -> None:
    found = judged(forecasts(seed, sharper=sharper), n_bins=n_bins)
    parts = found.brier_parts
    together = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
    assert together == pytest.approx(found.brier.value, abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


def test_the_parts_of_few_different_forecasts_are_murphys() -> None:
    rng = np.random.default_rng(0)
    kinds = np.array([[0.7, 0.2, 0.1], [0.2, 0.3, 0.5], [0.4, 0.5, 0.1], [0.1, 0.1, 0.8]])
    kind = np.repeat(range(4), 30)
    true = rng.choice(CLASSES, size=120)
    found = calibration(kinds[kind], true, np.repeat(list("abcdef"), 20), classes=CLASSES,
                        n_bins=60).brier_parts  # fmt: skip
    happened = np.array([[label == one for one in CLASSES] for label in true], dtype=float)
    reliability = resolution = 0.0
    for column in range(3):  # each class on its own: equal probabilities of it are one bin
        for said in set(kinds[:, column]):
            rows = kinds[kind, column] == said
            share = happened[rows, column].mean()
            reliability += rows.mean() * (said - share) ** 2
            resolution += rows.mean() * (share - happened[:, column].mean()) ** 2
    shares = happened.mean(axis=0)
    assert found.reliability == pytest.approx(reliability)
    assert found.resolution == pytest.approx(resolution)
    assert found.uncertainty == pytest.approx((shares * (1 - shares)).sum())
    assert found.within_bins == pytest.approx(0, abs=1e-12)


def test_always_giving_the_shares_is_reliable_and_tells_nothing() -> None:
    true = np.repeat(CLASSES, [30, 20, 10])
    said = np.tile([30, 20, 10], (60, 1)) / 60
    found = calibration(said, true, np.resize(list("abcdef"), 60), classes=CLASSES)
    parts = found.brier_parts
    assert (parts.reliability, parts.resolution) == pytest.approx((0, 0), abs=1e-12)
    assert found.brier.value == pytest.approx(parts.uncertainty)
    assert found.error.value == pytest.approx(0, abs=1e-12)
    assert found.count.tolist() == [60]


def test_guessing_evenly_scores_what_the_docstring_says() -> None:
    _, true, who = forecasts(0)
    found = calibration(np.full((len(true), 3), 1 / 3), true, who, classes=CLASSES)
    assert found.brier.value == pytest.approx(1 - 1 / 3)
    assert found.log_loss.value == pytest.approx(np.log(3))


def test_an_impossible_class_that_comes_costs_the_smallest_step_beside_one() -> None:
    said = np.array([[1.0, 0.0], [1.0, 0.0]])
    found = calibration(said, np.array(["calm", "sad"]), np.array(["a", "b"]), classes=CLASSES[:2])
    assert found.log_loss.value == pytest.approx(-np.log(np.finfo(float).eps) / 2)
    assert found.brier.value == 1.0
    assert found.overconfidence.value == 0.5


@few
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_and_of_classes_changes_nothing(seed: int) -> None:
    said, true, who = forecasts(seed, people=6, rows=8)
    said = np.round(said, 1)  # many confidences are equal
    said /= said.sum(axis=1, keepdims=True)
    one = judged((said, true, who))
    mixed = np.random.default_rng(seed).permutation(len(true))
    two = judged((said[mixed], true[mixed], who[mixed]))
    np.testing.assert_array_equal(one.count, two.count)
    np.testing.assert_allclose(one.accuracy, two.accuracy)
    assert one.error.value == pytest.approx(two.error.value)
    assert one.brier.low == pytest.approx(two.brier.low)
    turned = calibration(said[:, ::-1], true, who, classes=CLASSES[::-1])
    assert turned.brier.value == pytest.approx(one.brier.value)
    assert turned.log_loss.value == pytest.approx(one.log_loss.value)


def test_equal_confidences_share_a_bin() -> None:
    said = np.array([[0.6, 0.4]] * 7 + [[0.9, 0.1]] * 3)
    true = np.array(["calm"] * 5 + ["sad"] * 2 + ["calm"] * 3)
    found = calibration(said, true, np.resize(list("ab"), 10), classes=CLASSES[:2], n_bins=5)
    assert found.count.tolist() == [7, 3]
    assert found.confidence == pytest.approx([0.6, 0.9])
    assert found.accuracy == pytest.approx([5 / 7, 1.0])
    assert found.error.value == pytest.approx(0.7 * (5 / 7 - 0.6) + 0.3 * 0.1)


def test_right_probabilities_show_an_error_all_the_same_as_large_as_foretold() -> None:
    found = [judged(forecasts(seed, people=5)) for seed in range(7_000, 7_060)]
    errors = np.array([one.error.value for one in found])
    foretold = np.mean([one.error_if_calibrated for one in found])
    assert errors.min() > 0.02
    # 100 rows in 10 bins: the normal formula is within a tenth, and 60 studies have their spread.
    assert abs(errors.mean() - foretold) < 0.1 * foretold + 4 * errors.std() / np.sqrt(60)
    # Nor are they too sure or too little: 4 standard errors.
    sure = np.array([one.overconfidence.value for one in found])
    assert abs(sure.mean()) < 4 * sure.std() / np.sqrt(60)


def test_the_foretold_error_grows_with_bins_and_shrinks_with_rows() -> None:
    one = judged(forecasts(0, rows=40), n_bins=5).error_if_calibrated
    # Like the root of bins / rows.
    more_bins = judged(forecasts(0, rows=40), n_bins=20).error_if_calibrated
    more_rows = judged(forecasts(0, rows=160), n_bins=5).error_if_calibrated
    assert more_bins / one == pytest.approx(2, rel=0.05)
    assert one / more_rows == pytest.approx(2, rel=0.05)


def test_too_sure_forecasts_are_told_from_right_ones_and_from_timid_ones() -> None:
    bold, right, timid = (judged(forecasts(1, people=20, sharper=x)) for x in (2.5, 1.0, 0.4))
    assert bold.overconfidence.low > 0.05
    assert timid.overconfidence.high < -0.05
    assert right.overconfidence.low < 0 < right.overconfidence.high
    for wrong in (bold, timid):
        assert wrong.error.low > 2 * wrong.error_if_calibrated
        assert wrong.brier.value > right.brier.value
        assert wrong.log_loss.value > right.log_loss.value
        assert wrong.brier_parts.reliability > 2 * right.brier_parts.reliability
    assert right.error.low < right.error_if_calibrated


def test_intervals_draw_people_with_all_their_rows() -> None:
    said, true, who = forecasts(2, people=8, sharper=2.0)
    rng = np.random.default_rng(4)
    people = sorted(set(who))
    happened = np.array([[label == one for one in CLASSES] for label in true], dtype=float)
    sure, right = said.max(axis=1), happened[range(len(true)), said.argmax(axis=1)]
    drawn = []
    found = judged((said, true, who))
    edges = np.quantile(sure, np.arange(1, 10) / 10)
    bin_of = np.searchsorted(edges, sure)
    for _ in range(3_000):
        rows = np.concatenate([np.flatnonzero(who == one) for one in rng.choice(people, 8)])
        off = np.bincount(bin_of[rows], weights=(right - sure)[rows], minlength=10)
        inside = rows[bin_of[rows] == 4]
        drawn.append((
            ((said - happened)[rows] ** 2).sum(axis=1).mean(), (sure - right)[rows].mean(),
            np.abs(off).sum() / len(rows), right[inside].mean() if len(inside) else np.nan,
        ))  # fmt: skip
    (brier, over, error, bin_4) = np.nanquantile(drawn, [0.025, 0.975], axis=0).T
    np.testing.assert_allclose((found.brier.low, found.brier.high), brier, atol=0.015)
    np.testing.assert_allclose(
        (found.overconfidence.low, found.overconfidence.high), over, atol=0.015
    )
    np.testing.assert_allclose((found.low[4], found.high[4]), bin_4, atol=0.04)
    # Reflected: what lies above the value in the draws lies below it in the interval.
    reflected = 2 * found.error.value - error[::-1]
    np.testing.assert_allclose((found.error.low, found.error.high), reflected, atol=0.015)


def test_the_interval_of_the_error_is_never_below_zero() -> None:
    found = [judged(forecasts(seed)).error for seed in range(20)]
    assert min(one.low for one in found) == 0.0
    assert all(one.low <= one.high for one in found)


def test_a_person_alone_has_the_mean_of_their_rows() -> None:
    said, true, who = forecasts(3)
    found = judged((said, true, who))
    alone = judged(tuple(column[who == "s03"] for column in (said, true, who)))
    assert found.brier.by_subject["s03"] == pytest.approx(alone.brier.value)
    assert found.log_loss.by_subject["s03"] == pytest.approx(alone.log_loss.value)
    assert list(found.error.by_subject) == sorted(set(who))


def test_with_fewer_than_six_people_there_are_no_intervals() -> None:
    found = judged(forecasts(4, people=5))
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()
    for one in (found.error, found.brier, found.log_loss, found.overconfidence):
        assert (one.low, one.high) == (None, None)


def test_the_seed_decides_the_draws() -> None:
    given_ = forecasts(5)
    assert judged(given_).error == judged(given_).error
    assert judged(given_).error.high != judged(given_, seed=1).error.high


def test_what_is_no_probability_is_explained() -> None:
    said, true, who = forecasts(6, people=2, rows=3)
    with explained(
        "calibration: probabilities must be at least 0 and sum to 1 in each row; got 1 rows that do"
        " not. Pass what predict_proba returns."
    ):
        calibration(said * np.array([[2], *[[1]] * 5]), true, who, classes=CLASSES)
    below = said.copy()
    below[:2] = [1.5, -0.5, 0.0]
    with explained(
        "calibration: probabilities must be at least 0 and sum to 1 in each row; got 2 rows that do"
        " not. Pass what predict_proba returns."
    ):
        calibration(below, true, who, classes=CLASSES)
    with explained(
        "calibration: probabilities must have one column per class; got 3 columns for 2 classes."
        " Name every column."
    ):
        calibration(said, true, who, classes=CLASSES[:2])
    with explained(
        "calibration: labels must be among ('calm', 'sad', 'tense'); got ['']. Name every class,"
        " and leave unlabelled rows out."
    ):
        calibration(said, np.append(true[1:], ""), who, classes=CLASSES)
    with explained(
        "calibration: paired arguments must have the same number of rows; got"
        " {'probabilities': 6, 'true': 5, 'subjects': 6}. Build them from the same Pairs."
    ):
        calibration(said, true[1:], who, classes=CLASSES)
    with explained("calibration: n_bins must be at least 1; got 0. Choose 1 or more."):
        calibration(said, true, who, classes=CLASSES, n_bins=0)
