"""Closed-form CCA: other routes to the same numbers, properties for all views, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag, eigh
from sentences import explained

from jmml_edu.linear import CCA, column_correlations
from jmml_edu.simulate.gaussian import gaussian_pairs

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def paired_views(
    seed: int, *, rows: int = 60, eeg_dim: int = 4, speech_dim: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Two views that share a latent of two dimensions, off centre, with noise of their own."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((rows, 2))
    eeg = shared @ rng.standard_normal((2, eeg_dim)) + rng.standard_normal((rows, eeg_dim)) + 5
    speech = shared @ rng.standard_normal((2, speech_dim)) - 3
    return eeg, speech + rng.standard_normal((rows, speech_dim))


def by_qr(eeg: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Canonical correlations as cosines of the angles between column spaces."""
    left, right = (np.linalg.qr(view - view.mean(axis=0))[0] for view in (eeg, speech))
    return np.linalg.svd(left.T @ right, compute_uv=False)


def by_eigenvalues(eeg: np.ndarray, speech: np.ndarray, ridge: float) -> np.ndarray:
    """Ridged canonical correlations as generalised eigenvalues of correlation matrices."""
    p, q = eeg.shape[1], speech.shape[1]
    joint = np.corrcoef(np.hstack([eeg, speech]).T)
    within = block_diag(joint[:p, :p], joint[p:, p:])
    return eigh(joint - within, within + ridge * np.eye(p + q), eigvals_only=True)[::-1]


@few
@given(seed=seeds, eeg_dim=st.integers(1, 6), speech_dim=st.integers(1, 6))
def test_correlations_are_cosines_of_angles_between_the_views(
    seed: int, eeg_dim: int, speech_dim: int
) -> None:
    views = paired_views(seed, eeg_dim=eeg_dim, speech_dim=speech_dim)
    model = CCA(min(eeg_dim, speech_dim)).fit(*views)
    np.testing.assert_allclose(model.correlations_, by_qr(*views), atol=1e-10)


@few
@given(seed=seeds, ridge=st.floats(1e-3, 10))
def test_ridged_correlations_are_generalised_eigenvalues(seed: int, ridge: float) -> None:
    views = paired_views(seed)
    model = CCA(3, ridge=ridge).fit(*views)
    np.testing.assert_allclose(model.correlations_, by_eigenvalues(*views, ridge)[:3], atol=1e-10)


def test_agrees_with_scikit_learn() -> None:
    from sklearn import cross_decomposition

    eeg, speech = paired_views(3, rows=200)
    left, right = cross_decomposition.CCA(2, max_iter=10_000, tol=1e-12).fit_transform(eeg, speech)
    model = CCA(2).fit(eeg, speech)
    for ours, theirs in ((model.transform_eeg(eeg), left), (model.transform_speech(speech), right)):
        np.testing.assert_allclose(np.abs(column_correlations(ours, theirs)), 1, atol=1e-6)


def test_planted_correlations_are_found() -> None:
    pairs = gaussian_pairs(20_000, correlations=(0.9, 0.6, 0.3), seed=1)
    found = CCA(4).fit(pairs.eeg.values, pairs.speech.values).correlations_
    # The standard error of a correlation is below 1 / sqrt(20 000) = 0.007.
    np.testing.assert_allclose(found[:3], (0.9, 0.6, 0.3), atol=0.02)
    assert found[3] < 0.06


@pytest.mark.parametrize("ridge", [0.0, 0.5, 3.0])
def test_one_column_with_ridge_gives_the_correlation_over_one_plus_ridge(ridge: float) -> None:
    eeg, speech = (view[:, :1] for view in paired_views(0))
    rho = abs(np.corrcoef(eeg[:, 0], speech[:, 0])[0, 1])
    assert CCA(1, ridge=ridge).fit(eeg, speech).correlations_[0] == pytest.approx(rho / (1 + ridge))


@few
@given(seed=seeds)
def test_more_ridge_means_less_correlation(seed: int) -> None:
    views = paired_views(seed)
    found = [CCA(3, ridge=ridge).fit(*views).correlations_ for ridge in (0.0, 0.1, 1.0, 10.0)]
    assert (np.diff(found, axis=0) < 0).all()


@few
@given(seed=seeds)
def test_codes_correlate_as_promised_and_are_white(seed: int) -> None:
    eeg, speech = paired_views(seed)
    model = CCA(3).fit(eeg, speech)
    left, right = model.transform_eeg(eeg), model.transform_speech(speech)
    joint = np.cov(np.hstack([left, right]).T)
    np.testing.assert_allclose(joint[:3, :3], np.eye(3), atol=1e-9)
    np.testing.assert_allclose(joint[3:, 3:], np.eye(3), atol=1e-9)
    np.testing.assert_allclose(joint[:3, 3:], np.diag(model.correlations_), atol=1e-9)
    np.testing.assert_allclose(model.correlations(eeg, speech), model.correlations_, atol=1e-9)
    np.testing.assert_allclose([left.mean(axis=0), right.mean(axis=0)], 0, atol=1e-9)
    assert (np.diff(model.correlations_) <= 0).all()
    assert 0 <= model.correlations_[-1] <= model.correlations_[0] <= 1


@few
@given(seed=seeds, scale=st.sampled_from([1e-8, 1e-3, 1e8]), shift=st.floats(-5, 5))
def test_units_do_not_matter(seed: int, scale: float, shift: float) -> None:
    eeg, speech = paired_views(seed)
    units = scale ** np.linspace(0, 1, eeg.shape[1])
    plain, other = CCA(2, ridge=0.2), CCA(2, ridge=0.2)
    plain.fit(eeg, speech)
    other.fit((eeg + shift) * units, speech / scale)
    np.testing.assert_allclose(other.correlations_, plain.correlations_, atol=1e-7)
    np.testing.assert_allclose(
        other.transform_eeg((eeg + shift) * units), plain.transform_eeg(eeg), atol=1e-5
    )
    np.testing.assert_allclose(
        other.transform_speech(speech / scale), plain.transform_speech(speech), atol=1e-5
    )


@few
@given(seed=seeds)
def test_invertible_maps_of_a_view_change_no_correlation(seed: int) -> None:
    eeg, speech = paired_views(seed)
    mixing = np.random.default_rng(seed).standard_normal((4, 4)) + 4 * np.eye(4)
    plain, mixed = CCA(3).fit(eeg, speech), CCA(3).fit(eeg @ mixing, speech)
    np.testing.assert_allclose(mixed.correlations_, plain.correlations_, atol=1e-8)


@few
@given(seed=seeds)
def test_swapping_the_views_or_reordering_the_pairs_changes_no_correlation(seed: int) -> None:
    eeg, speech = paired_views(seed)
    order = np.random.default_rng(seed).permutation(len(eeg))
    plain = CCA(3, ridge=0.1).fit(eeg, speech)
    for other in (
        CCA(3, ridge=0.1).fit(speech, eeg),
        CCA(3, ridge=0.1).fit(eeg[order], speech[order]),
    ):
        np.testing.assert_allclose(other.correlations_, plain.correlations_, atol=1e-10)


@few
@given(seed=seeds)
def test_the_largest_standardised_eeg_weight_is_positive(seed: int) -> None:
    eeg, speech = paired_views(seed)
    weights = CCA(3).fit(eeg, speech).eeg_directions_ * eeg.std(axis=0)[:, None]
    assert (weights.max(axis=0) == np.abs(weights).max(axis=0)).all()


def test_the_leading_components_do_not_depend_on_how_many_are_kept() -> None:
    eeg, speech = paired_views(0)
    one, three = CCA(1).fit(eeg, speech), CCA(3).fit(eeg, speech)
    np.testing.assert_allclose(one.transform_speech(speech), three.transform_speech(speech)[:, :1])
    assert three.transform_speech(speech[:5]).shape == (5, 3)
    assert one.correlations_.shape == (1,)


def test_independent_views_look_correlated_only_where_they_were_fitted() -> None:
    rng = np.random.default_rng(0)
    eeg, speech = rng.standard_normal((560, 28)), rng.standard_normal((560, 28))
    model = CCA(5).fit(eeg[:60], speech[:60])
    assert model.correlations_.min() > 0.9
    # 500 held-out pairs: the standard error of a correlation of 0 is 0.045.
    assert np.abs(model.correlations(eeg[60:], speech[60:])).max() < 0.18


def test_columns_beyond_the_pairs_give_perfect_correlations_for_any_data() -> None:
    rng = np.random.default_rng(0)
    model = CCA(15).fit(rng.standard_normal((30, 20)), rng.standard_normal((30, 15)))
    # p + q - (n - 1) = 20 + 15 - 29
    assert (model.correlations_ > 1 - 1e-9).sum() == 6


def test_independent_views_of_many_pairs_show_the_correlation_that_chance_gives() -> None:
    rng = np.random.default_rng(0)
    model = CCA(1).fit(rng.standard_normal((1280, 160)), rng.standard_normal((1280, 88)))
    assert model.correlations_[0] == pytest.approx(0.57, abs=0.02)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6 / 3])
def test_constant_columns_have_no_say(constant: float) -> None:
    eeg, speech = paired_views(0)
    plain = CCA(2).fit(eeg, speech)
    column = np.full((len(eeg), 1), constant)
    eeg, speech = np.hstack([eeg, column, column]), np.hstack([column, speech])
    model = CCA(2).fit(eeg, speech)
    np.testing.assert_allclose(model.correlations_, plain.correlations_, atol=1e-9)
    np.testing.assert_allclose(model.eeg_directions_[4:], 0, atol=1e-9)
    np.testing.assert_allclose(model.speech_directions_[0], 0, atol=1e-9)


def test_single_precision_is_enough() -> None:
    views = paired_views(0)
    model = CCA(3).fit(*(view.astype(np.float32) for view in views))
    np.testing.assert_allclose(model.correlations_, by_qr(*views), atol=1e-5)


def test_fitting_leaves_the_views_alone() -> None:
    eeg, speech = paired_views(0)
    before = eeg.copy(), speech.copy()
    CCA(2, ridge=0.1).fit(eeg, speech).correlations(eeg, speech)
    assert (eeg == before[0]).all()
    assert (speech == before[1]).all()


def test_views_that_are_not_paired_are_explained() -> None:
    with explained(
        "CCA.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 8, 'speech': 7}. Build them from the same Pairs."
    ):
        CCA(1).fit(np.eye(8), np.eye(7))
    eeg, speech = paired_views(0)
    with explained(
        "CCA.correlations: paired arguments must have the same number of rows; got"
        " {'eeg': 60, 'speech': 2}. Build them from the same Pairs."
    ):
        CCA(1).fit(eeg, speech).correlations(eeg, speech[:2])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_missing_cells_are_explained(bad: float) -> None:
    eeg, speech = paired_views(0)
    model = CCA(1).fit(eeg, speech)
    speech[2, 1] = bad
    sentence = (
        " speech must contain finite numbers only; got 1 NaN or infinite, the first at row 2,"
        " column 1. Drop or mend those rows first."
    )
    with explained("CCA.fit:" + sentence):
        CCA(1).fit(eeg, speech)
    with explained("CCA.transform_speech:" + sentence):
        model.transform_speech(speech)
    with explained("CCA.transform_eeg:" + sentence.replace("speech", "eeg")):
        model.transform_eeg(np.hstack([speech, speech[:, :1]]))


@pytest.mark.parametrize(("n_components", "rows", "most"), [(0, 60, 3), (4, 60, 3), (3, 3, 2)])
def test_a_number_of_components_that_cannot_be_is_explained(
    n_components: int, rows: int, most: int
) -> None:
    eeg, speech = paired_views(0, rows=rows)
    with explained(
        f"CCA.fit: n_components must lie between 1 and {most}, the smallest of columns and pairs"
        f" - 1; got {n_components}. Ask for fewer components or bring more pairs."
    ):
        CCA(n_components, ridge=0.1).fit(eeg, speech)


def test_a_negative_ridge_is_explained() -> None:
    with explained("CCA.fit: ridge must be at least 0; got -1. Choose 0 or more."):
        CCA(1, ridge=-1).fit(*paired_views(0))


def test_fewer_pairs_than_columns_need_a_ridge() -> None:
    eeg, speech = paired_views(0, rows=10, eeg_dim=12)
    with explained(
        "CCA.fit: eeg must have independent columns when ridge is 0; got 10 rows and 12 columns of"
        " lower rank. Use a ridge such as 0.01, fewer columns or more pairs."
    ):
        CCA(2).fit(eeg, speech)
    assert CCA(2, ridge=0.01).fit(eeg, speech).correlations_.max() <= 1


@few
@given(seed=seeds)
def test_a_column_that_repeats_another_needs_a_ridge(seed: int) -> None:
    eeg, speech = paired_views(seed)
    with explained(
        "CCA.fit: speech must have independent columns when ridge is 0; got 60 rows and 4 columns"
        " of lower rank. Use a ridge such as 0.01, fewer columns or more pairs."
    ):
        CCA(2).fit(eeg, np.hstack([speech, speech[:, :1] - speech[:, 1:2]]))
