"""CCA and PLS: what they find, beside other packages, on new pairs, and back in the views."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_views import (
    by_long_double,
    by_qr,
    ill_conditioned_views,
    least_squares,
    paired_views,
    standardised,
    warned,
)

from jmml_edu.columns import column_correlations
from jmml_edu.linear import CCA, PLS
from jmml_edu.simulate.gaussian import gaussian_pairs

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)
ridges = st.sampled_from([0.0, 0.1, 3.0, np.inf])


def few_pairs(pairs: int, columns: int) -> str:
    """The warning of few pairs."""
    return (
        f"CCA.fit: {pairs} pairs are few for {columns} independent columns: training correlations"
        " are high for any data. Trust correlations() on other pairs or permutation_test(), or"
        " bring more pairs or fewer columns."
    )


@few
@given(seed=seeds, eeg_dim=st.integers(1, 6), speech_dim=st.integers(1, 6))
def test_correlations_are_cosines_of_angles_between_the_views(
    seed: int, eeg_dim: int, speech_dim: int
) -> None:
    views = paired_views(seed, eeg_dim=eeg_dim, speech_dim=speech_dim)
    model = CCA(min(eeg_dim, speech_dim)).fit(*views)
    np.testing.assert_allclose(model.correlations_, by_qr(*views), atol=1e-10)


def test_planted_correlations_are_found() -> None:
    pairs = gaussian_pairs(20_000, correlations=(0.9, 0.6, 0.3), seed=1)
    found = CCA(4).fit(pairs.eeg.values, pairs.speech.values).correlations_
    # The standard error of a correlation is below 1 / sqrt(20 000) = 0.007.
    np.testing.assert_allclose(found[:3], (0.9, 0.6, 0.3), atol=0.02)
    assert found[3] < 0.06


def test_agrees_with_the_cca_of_scikit_learn() -> None:
    from sklearn import cross_decomposition

    eeg, speech = paired_views(3, rows=200)
    theirs = cross_decomposition.CCA(2, max_iter=10_000, tol=1e-12).fit_transform(eeg, speech)
    for our, their in zip(CCA(2).fit_transform(eeg, speech), theirs, strict=True):
        np.testing.assert_allclose(np.abs(column_correlations(our, their)), 1, atol=1e-6)


def test_scikit_learn_finds_less_where_columns_nearly_depend_on_each_other() -> None:
    from sklearn import cross_decomposition

    eeg, speech = ill_conditioned_views(0, 1e7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cross_decomposition.CCA(5).fit(eeg, speech).transform(eeg, speech)
    exact = by_long_double(eeg, speech)
    np.testing.assert_allclose(CCA(5).fit(eeg, speech).correlations(eeg, speech), exact, atol=1e-9)
    assert np.abs(column_correlations(*theirs) - exact).max() > 1e-3


def test_pls_is_the_plssvd_of_scikit_learn() -> None:
    from sklearn.cross_decomposition import PLSSVD, PLSCanonical

    eeg, speech = paired_views(3, rows=200)
    ours = PLS(3).fit_transform(eeg, speech)
    for our, their in zip(ours, PLSSVD(3).fit(eeg, speech).transform(eeg, speech), strict=True):
        np.testing.assert_allclose(np.abs(our), np.abs(their), atol=1e-9)
    deflated = PLSCanonical(2, tol=1e-14, max_iter=10_000).fit(eeg, speech)
    for our, their in zip(ours, deflated.transform(eeg, speech), strict=True):
        np.testing.assert_allclose(np.abs(our[:, 0]), np.abs(their[:, 0]), atol=1e-6)
        assert np.abs(our[:, 1] - their[:, 1]).max() > 0.01


def test_agrees_with_statsmodels() -> None:
    multivariate = pytest.importorskip("statsmodels.multivariate.cancorr")
    eeg, speech = paired_views(3, rows=200)
    theirs = multivariate.CanCorr(eeg, speech).cancorr
    np.testing.assert_allclose(CCA(3).fit(eeg, speech).correlations_, theirs, atol=1e-10)


def test_agrees_with_cca_zoo_where_units_are_alike_and_not_where_they_are_not() -> None:
    linear = pytest.importorskip("cca_zoo.linear")
    eeg, speech = paired_views(3, rows=200)

    def theirs(eeg: np.ndarray) -> np.ndarray:
        return column_correlations(*linear.CCA(3).fit([eeg, speech]).transform([eeg, speech]))

    exact = by_qr(eeg, speech)
    units = 10.0 ** np.array([-5, 5, 0, 3])
    np.testing.assert_allclose(theirs(eeg), exact, atol=1e-8)
    np.testing.assert_allclose(CCA(3).fit(eeg * units, speech).correlations_, exact, atol=1e-12)
    assert np.abs(theirs(eeg * units) - exact).max() > 1e-3


@few
@given(seed=seeds)
def test_pls_is_cca_with_an_infinite_ridge(seed: int) -> None:
    views = paired_views(seed)
    pls, cca = PLS(3).fit(*views), CCA(3, ridge=np.inf).fit(*views)
    np.testing.assert_array_equal(pls.eeg_directions_, cca.eeg_directions_)
    np.testing.assert_array_equal(pls.correlations_, cca.correlations_)
    left, right = pls.transform(*views)
    shared = left.T @ right / 59
    np.testing.assert_allclose(shared - np.diag(shared.diagonal()), 0, atol=1e-9)
    cross = standardised(views[0]).T @ standardised(views[1]) / 59
    values = np.linalg.svd(cross, compute_uv=False)
    np.testing.assert_allclose(shared.diagonal(), values, atol=1e-10)


@few
@given(seed=seeds)
def test_codes_are_white_and_centred_and_correlate_as_promised(seed: int) -> None:
    eeg, speech = paired_views(seed)
    model = CCA(3).fit(eeg, speech)
    left, right = model.transform(eeg, speech)
    joint = np.cov(np.hstack([left, right]).T)
    np.testing.assert_allclose(joint[:3, :3], np.eye(3), atol=1e-9)
    np.testing.assert_allclose(joint[3:, 3:], np.eye(3), atol=1e-9)
    np.testing.assert_allclose(joint[:3, 3:], np.diag(model.correlations_), atol=1e-9)
    np.testing.assert_allclose([left.mean(axis=0), right.mean(axis=0)], 0, atol=1e-9)
    assert (np.diff(model.correlations_) <= 0).all()
    assert 0 <= model.correlations_[-1] <= model.correlations_[0] <= 1


@few
@given(seed=seeds, ridge=ridges)
def test_correlations_at_any_ridge_are_those_of_the_training_codes(seed: int, ridge: float) -> None:
    eeg, speech = paired_views(seed)
    model = CCA(3, ridge=(ridge, 0.2)).fit(eeg, speech)
    left, right = model.transform(eeg, speech)
    expected = [np.corrcoef(left[:, k], right[:, k])[0, 1] for k in range(3)]
    np.testing.assert_allclose(model.correlations_, expected, atol=1e-10)
    np.testing.assert_allclose(model.correlations(eeg, speech), expected, atol=1e-10)
    assert model.score(eeg, speech) == pytest.approx(sum(expected))
    plain = CCA(3).fit(eeg, speech)
    assert model.correlations_.max() <= plain.correlations_[0] + 1e-12


@pytest.mark.parametrize("condition", [1e4, 1e6, 1e8])
@pytest.mark.parametrize("ridge", [0.0, (0.0, 0.1)])
def test_training_correlations_keep_their_digits_where_columns_nearly_depend(
    condition: float, ridge: float | tuple[float, float]
) -> None:
    eeg, speech = ill_conditioned_views(0, condition)
    model = CCA(5, ridge=ridge).fit(eeg, speech)
    np.testing.assert_allclose(model.correlations_, model.correlations(eeg, speech), atol=1e-9)


@few
@given(seed=seeds, ridge=ridges, scale=st.sampled_from([1e-8, 1e-3, 1e8]), shift=st.floats(-5, 5))
def test_units_and_offsets_do_not_matter(
    seed: int, ridge: float, scale: float, shift: float
) -> None:
    eeg, speech = paired_views(seed)
    units = scale ** np.linspace(0, 1, 4)
    other_views = (eeg + shift) * units, speech / scale
    plain = CCA(2, ridge=ridge).fit(eeg, speech)
    other = CCA(2, ridge=ridge).fit(*other_views)
    np.testing.assert_allclose(other.correlations_, plain.correlations_, atol=1e-12)
    for our, their in zip(other.transform(*other_views), plain.transform(eeg, speech), strict=True):
        np.testing.assert_allclose(our, their, atol=1e-8)


@few
@given(seed=seeds, ridge=ridges)
def test_swapping_the_views_or_reordering_the_pairs_changes_no_correlation(
    seed: int, ridge: float
) -> None:
    eeg, speech = paired_views(seed)
    order = np.random.default_rng(seed).permutation(len(eeg))
    plain = CCA(3, ridge=(ridge, 0.1)).fit(eeg, speech)
    swapped = CCA(3, ridge=(0.1, ridge)).fit(speech, eeg)
    reordered = CCA(3, ridge=(ridge, 0.1)).fit(eeg[order], speech[order])
    for other in (swapped, reordered):
        np.testing.assert_allclose(other.correlations_, plain.correlations_, atol=1e-10)


def test_the_leading_components_do_not_depend_on_how_many_are_kept() -> None:
    eeg, speech = paired_views(0, eeg_dim=9, speech_dim=8)
    one, all_of_them = CCA(1).fit(eeg, speech), CCA(8).fit(eeg, speech)
    expected = all_of_them.transform(None, speech)[:, :1]
    np.testing.assert_allclose(one.transform(None, speech), expected, atol=1e-9)
    assert all_of_them.transform(None, speech[:5]).shape == (5, 8)
    assert one.correlations_.shape == (1,)


@few
@given(seed=seeds, n_components=st.integers(1, 3), ridge=st.tuples(ridges, ridges))
def test_a_prediction_is_the_least_squares_guess_from_the_codes(
    seed: int, n_components: int, ridge: tuple[float, float]
) -> None:
    eeg, speech = paired_views(seed)
    model = CCA(n_components, ridge=ridge).fit(eeg, speech)
    left, right = model.transform(eeg, speech)
    np.testing.assert_allclose(model.predict_eeg(speech), least_squares(right, eeg), atol=1e-8)
    np.testing.assert_allclose(model.predict_speech(eeg), least_squares(left, speech), atol=1e-8)
    told = model.inverse_transform(left, right)
    np.testing.assert_allclose(told[0], least_squares(left, eeg), atol=1e-8)
    np.testing.assert_allclose(told[1], least_squares(right, speech), atol=1e-8)
    np.testing.assert_array_equal(model.inverse_transform(speech_codes=right), told[1])


@few
@given(seed=seeds)
def test_with_all_components_a_prediction_is_multivariate_least_squares(seed: int) -> None:
    eeg, speech = paired_views(seed)
    model = CCA(3).fit(eeg, speech)
    np.testing.assert_allclose(model.predict_eeg(speech), least_squares(speech, eeg), atol=1e-9)
    np.testing.assert_allclose(model.predict_speech(eeg), least_squares(eeg, speech), atol=1e-9)


@few
@given(seed=seeds, ridge=ridges)
def test_all_codes_together_give_the_view_back(seed: int, ridge: float) -> None:
    eeg, speech = paired_views(seed, eeg_dim=3)
    model = CCA(3, ridge=ridge).fit(eeg[:40], speech[:40])
    back = model.inverse_transform(*model.transform(eeg, speech))
    np.testing.assert_allclose(back[0], eeg, atol=1e-8)
    np.testing.assert_allclose(back[1], speech, atol=1e-8)


@pytest.mark.parametrize("condition", [1e4, 1e6, 1e8])
def test_predictions_keep_their_digits_where_columns_nearly_depend(condition: float) -> None:
    eeg, speech = ill_conditioned_views(0, condition)
    model = CCA(5).fit(eeg, speech)
    codes, _ = model.transform(eeg, speech)
    expected = least_squares(codes, speech)
    np.testing.assert_allclose(model.predict_speech(eeg), expected, atol=1e-14 * condition)


def test_a_repeated_column_comes_back_too() -> None:
    eeg, speech = paired_views(0, eeg_dim=3)
    eeg = np.hstack([eeg, eeg[:, :1]])
    with pytest.warns(UserWarning, match="columns that combine others"):
        model = CCA(3).fit(eeg, speech)
    np.testing.assert_allclose(model.inverse_transform(model.transform(eeg)), eeg, atol=1e-9)


def test_independent_views_look_correlated_only_where_they_were_fitted() -> None:
    rng = np.random.default_rng(0)
    eeg, speech = rng.standard_normal((560, 28)), rng.standard_normal((560, 28))
    model = CCA(5).fit(eeg[:60], speech[:60])
    assert model.correlations_.min() > 0.9
    # 500 held-out pairs: the standard error of a correlation of 0 is 0.045.
    assert np.abs(model.correlations(eeg[60:], speech[60:])).max() < 0.18


@pytest.mark.parametrize(("rows", "eeg_dim", "speech_dim"), [(30, 20, 15), (30, 29, 4), (12, 9, 9)])
def test_columns_beyond_the_pairs_give_perfect_correlations_for_any_data(
    rows: int, eeg_dim: int, speech_dim: int
) -> None:
    rng = np.random.default_rng(0)
    views = rng.standard_normal((rows, eeg_dim)), rng.standard_normal((rows, speech_dim))
    with warned(few_pairs(rows, eeg_dim + speech_dim)):
        model = CCA(min(eeg_dim, speech_dim)).fit(*views)
    perfect = eeg_dim + speech_dim - (rows - 1)
    assert (model.correlations_ > 1 - 1e-9).sum() == perfect


def test_independent_views_of_many_pairs_show_the_correlation_that_chance_gives() -> None:
    rng = np.random.default_rng(0)
    model = CCA(1).fit(rng.standard_normal((1280, 160)), rng.standard_normal((1280, 88)))
    assert model.correlations_[0] == pytest.approx(0.57, abs=0.02)
    new = rng.standard_normal((1280, 160)), rng.standard_normal((1280, 88))
    # The standard error of a correlation of 0 is 0.028.
    assert abs(model.correlations(*new)[0]) < 0.1
