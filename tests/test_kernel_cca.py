"""Kernel CCA: the linear method on explicit features, the dual problem, curves, bad input."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag, eigh, null_space
from scipy.spatial.distance import cdist, pdist
from sentences import explained
from sklearn.base import clone
from sklearn.metrics import pairwise

from jmml_edu._checks import InputWarning
from jmml_edu.linear import CCA, PLS, KernelCCA, Moments, solve
from jmml_edu.linear.similarity import median_distance
from jmml_edu.linear.solver import code_correlations

few = settings(max_examples=10, deadline=None)
seeds = st.integers(0, 10_000)


def linear_views(seed: int, *, rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Four and three columns that share two latents, off centre, in different units."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((rows, 2))
    eeg = shared @ rng.standard_normal((2, 4)) + rng.standard_normal((rows, 4)) + 5
    speech = shared @ rng.standard_normal((2, 3)) + rng.standard_normal((rows, 3)) - 3
    return eeg * (1.0, 10.0, 0.1, 2.0), speech


def circles(seed: int, *, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """A point on a circle, and the point at twice its angle: no straight line links them."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, rows)
    eeg, speech = (
        np.column_stack([np.cos(times * angle), np.sin(times * angle)]) for times in (1, 2)
    )
    noise = 0.1 * rng.standard_normal((2, rows, 2))
    return eeg + noise[0], speech + noise[1]


def independent_views(seed: int, *, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Two views that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, 3)), rng.standard_normal((rows, 2))


def standardised(view: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and variance 1."""
    return (view - view.mean(axis=0)) / view.std(axis=0, ddof=1)


def same_up_to_sign(ours: object, theirs: np.ndarray, *, atol: float) -> None:
    """Hold codes against codes whose signs are free."""
    ours = np.asarray(ours)
    signs = np.sign((ours * theirs).sum(axis=0))
    np.testing.assert_allclose(ours, theirs * signs, atol=atol)


def by_dual(
    eeg: np.ndarray, speech: np.ndarray, ridge: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes of both views and singular values from the dual generalised eigenproblem."""
    n = len(eeg)
    contrasts = null_space(np.ones((1, n)))  # weights that sum to 0
    grams = [contrasts @ contrasts.T @ gram @ contrasts for gram in (eeg, speech)]
    within = []
    for gram in grams:
        total = np.trace(contrasts.T @ gram) / (n - 1)
        within.append(gram.T @ gram / (n - 1) + ridge * total * contrasts.T @ gram)
    between = np.zeros((2 * n - 2, 2 * n - 2))
    between[: n - 1, n - 1 :] = grams[0].T @ grams[1] / (n - 1)
    values, weights = eigh(between + between.T, block_diag(*within) / (1 + ridge))
    weights = np.sqrt(2) * weights[:, ::-1][:, :3]
    return grams[0] @ weights[: n - 1], grams[1] @ weights[n - 1 :], values[::-1][:3]


@pytest.mark.parametrize("ridge", [0.0, 0.01, 1.0, 30.0])
@few
@given(seed=seeds)
def test_a_linear_kernel_gives_ridge_cca(seed: int, ridge: float) -> None:
    eeg, speech = linear_views(seed)
    ours = KernelCCA(3, kernel="linear", ridge=(ridge / 4, ridge / 3)).fit(eeg, speech)
    linear = CCA(3, ridge=ridge).fit(eeg, speech)
    np.testing.assert_allclose(ours.correlations_, linear.correlations_, atol=1e-10)
    factors = [np.sqrt((1 + ridge / columns) / (1 + ridge)) for columns in (4, 3)]
    for code, other, factor in zip(
        ours.transform(eeg, speech), linear.transform(eeg, speech), factors, strict=True
    ):
        same_up_to_sign(code, factor * other, atol=1e-8)


def test_an_infinite_ridge_gives_pls() -> None:
    eeg, speech = linear_views(1)
    ours = KernelCCA(2, kernel="linear", ridge=np.inf).fit(eeg, speech)
    pls = PLS(2).fit(eeg, speech)
    np.testing.assert_allclose(ours.correlations_, pls.correlations_, atol=1e-12)
    same_up_to_sign(ours.transform(eeg), np.asarray(pls.transform(eeg)) / 2, atol=1e-10)


def test_a_polynomial_kernel_is_cca_of_products_of_columns() -> None:
    eeg, speech = linear_views(2, rows=200)
    products = []
    for view in (eeg, speech):
        z = standardised(view)
        pairs = np.triu_indices(z.shape[1])
        products.append(np.hstack([z, z[:, pairs[0]] * z[:, pairs[1]]]))
    ours = KernelCCA(3, kernel="polynomial", ridge=0.0).fit(eeg, speech)
    explicit = CCA(3).fit(*products)
    np.testing.assert_allclose(ours.correlations_, explicit.correlations_, atol=1e-9)
    same_up_to_sign(ours.transform(eeg), np.asarray(explicit.transform(products[0])), atol=1e-7)


def test_a_kernel_of_ones_own_is_cca_of_its_features() -> None:
    eeg, speech = linear_views(3, rows=200)

    def squared_inner_product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return (left @ right.T) ** 2

    products = []
    for view in (eeg, speech):
        z = standardised(view)
        pairs = np.triu_indices(z.shape[1])
        products.append(z[:, pairs[0]] * z[:, pairs[1]])
    ours = KernelCCA(3, kernel=squared_inner_product, ridge=0.0).fit(eeg, speech)
    np.testing.assert_allclose(ours.correlations_, CCA(3).fit(*products).correlations_, atol=1e-9)


@pytest.mark.parametrize("ridge", [0.003, 0.1, 2.0])
@few
@given(seed=seeds)
def test_codes_solve_the_dual_problem(seed: int, ridge: float) -> None:
    eeg, speech = linear_views(seed, rows=40)
    ours = KernelCCA(3, ridge=ridge, bandwidth=(0.7, 0.5)).fit(eeg, speech)
    grams = [
        np.exp(-cdist(z, z, "sqeuclidean") / (2 * bandwidth**2))
        for z, bandwidth in ((standardised(eeg), 0.7), (standardised(speech), 0.5))
    ]
    *codes, _ = by_dual(*grams, ridge)
    for found, dual in zip(ours.transform(eeg, speech), codes, strict=True):
        same_up_to_sign(found, dual, atol=1e-6)
    expected = [np.corrcoef(*pair)[0, 1] for pair in zip(codes[0].T, codes[1].T, strict=True)]
    np.testing.assert_allclose(ours.correlations_, expected, atol=1e-7)


@pytest.mark.parametrize("bandwidth", [0.5, 3.0])
def test_similarity_falls_with_distance_as_the_formula_says(bandwidth: float) -> None:
    def bell(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return np.exp(-(cdist(left, right) ** 2) / (2 * bandwidth**2))

    eeg, speech = linear_views(0)
    named = KernelCCA(2, bandwidth=bandwidth).fit(eeg, speech)
    written = KernelCCA(2, kernel=bell).fit(eeg, speech)
    np.testing.assert_allclose(named.transform(eeg), written.transform(eeg), atol=1e-8)


def test_the_bandwidth_is_the_median_distance_between_rows_that_differ() -> None:
    rows = np.random.default_rng(0).standard_normal((30, 3))
    assert median_distance(rows) == pytest.approx(np.median(pdist(rows)), abs=1e-12)
    twice = np.vstack([rows, rows])
    distances = pdist(twice)
    assert median_distance(twice) == pytest.approx(np.median(distances[distances > 0]), abs=1e-12)
    eeg, speech = linear_views(0)
    model = KernelCCA(1).fit(eeg, speech)
    assert model.eeg_bandwidth_ == pytest.approx(np.median(pdist(standardised(eeg))))
    assert model.speech_bandwidth_ == pytest.approx(np.median(pdist(standardised(speech))))


@pytest.mark.parametrize("kernel", ["rbf", "polynomial"])
@pytest.mark.parametrize("landmarks", [None, 60])
def test_a_circle_is_found_that_no_straight_line_shows(kernel: str, landmarks: int | None) -> None:
    train, test = circles(0, rows=200), circles(1, rows=1000)
    assert CCA(1).fit(*train).correlations(*test)[0] < 0.15
    model = KernelCCA(2, kernel=kernel, landmarks=landmarks).fit(*train)
    assert (model.correlations(*test) > 0.9).all()


def test_independent_views_do_not_correlate_on_new_rows() -> None:
    train, test = independent_views(0, rows=200), independent_views(1, rows=2000)
    model = KernelCCA(2).fit(*train)
    assert model.correlations_[0] > 0.5
    # The standard error of a correlation of 0 is 1 / sqrt(2000) = 0.022.
    assert np.abs(model.correlations(*test)).max() < 0.1


def test_codes_do_not_depend_on_the_company_of_a_row() -> None:
    eeg, speech = linear_views(0)
    model = KernelCCA(2).fit(eeg, speech)
    codes = np.asarray(model.transform(eeg))
    one_by_one = np.vstack([model.transform(row[None]) for row in eeg])
    np.testing.assert_allclose(one_by_one, codes, atol=1e-12)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(model.correlations(eeg, speech), model.correlations_, atol=1e-10)
    assert model.score(eeg, speech) == pytest.approx(model.correlations_.sum())
    np.testing.assert_array_equal(model.transform(speech=speech), model.transform(eeg, speech)[1])
    np.testing.assert_array_equal(KernelCCA(2).fit_transform(eeg, speech)[0], codes)


@few
@given(seed=seeds)
def test_training_codes_are_white_in_the_sense_of_the_ridge(seed: int) -> None:
    views = linear_views(seed)
    plain = KernelCCA(2, kernel="polynomial", ridge=0.0).fit(*views).transform(*views)
    for codes in plain:
        np.testing.assert_allclose(np.cov(codes.T), np.eye(2), atol=1e-8)
    for codes in KernelCCA(2, ridge=0.01).fit(*views).transform(*views):
        assert (codes.var(axis=0, ddof=1) < 1.01).all()


@pytest.mark.parametrize("kernel", ["rbf", "polynomial", "linear"])
@few
@given(seed=seeds, unit=st.sampled_from([1e-8, 1e-3, 1e8]), shift=st.floats(-5, 5))
def test_units_and_the_order_of_rows_do_not_matter(
    seed: int, kernel: str, unit: float, shift: float
) -> None:
    eeg, speech = linear_views(seed)
    order = np.random.default_rng(seed).permutation(len(eeg))
    units = unit ** np.linspace(0, 1, 4)
    plain = KernelCCA(2, kernel=kernel).fit(eeg, speech)
    other = KernelCCA(2, kernel=kernel).fit(((eeg + shift) * units)[order], (speech / unit)[order])
    np.testing.assert_allclose(other.correlations_, plain.correlations_, atol=1e-9)
    codes = plain.transform(eeg, speech)
    others = other.transform((eeg + shift) * units, speech / unit)
    np.testing.assert_allclose(others[0], codes[0], atol=1e-7)
    np.testing.assert_allclose(others[1], codes[1], atol=1e-7)


def test_the_scale_of_a_kernel_does_not_matter() -> None:
    eeg, speech = linear_views(0)
    plain = KernelCCA(2, bandwidth=2.0).fit(eeg, speech)
    scaled = KernelCCA(2, kernel=lambda a, b: 50 * pairwise.rbf_kernel(a, b, gamma=1 / 8))
    scaled.fit(eeg, speech)
    np.testing.assert_allclose(scaled.transform(eeg), plain.transform(eeg), atol=1e-9)


def test_swapping_the_views_swaps_the_codes() -> None:
    eeg, speech = linear_views(4)
    one = KernelCCA(2, ridge=(0.1, 0.01)).fit(eeg, speech)
    other = KernelCCA(2, ridge=(0.01, 0.1)).fit(speech, eeg)
    np.testing.assert_allclose(one.correlations_, other.correlations_, atol=1e-10)
    same_up_to_sign(one.transform(eeg), np.asarray(other.transform(speech=eeg)), atol=1e-8)


def test_the_largest_eeg_code_among_the_landmarks_is_positive() -> None:
    eeg, speech = linear_views(5)
    for landmarks in (None, 20):
        model = KernelCCA(3, landmarks=landmarks).fit(eeg, speech)
        known = np.asarray(model.transform(eeg))[model.landmarks_]
        np.testing.assert_array_equal(known.max(axis=0), np.abs(known).max(axis=0))


@few
@given(seed=seeds)
def test_all_rows_as_landmarks_are_exact(seed: int) -> None:
    eeg, speech = linear_views(seed)
    exact = KernelCCA(3).fit(eeg, speech)
    drawn = KernelCCA(3, landmarks=len(eeg), seed=seed).fit(eeg, speech)
    new = linear_views(seed + 1)[0]
    np.testing.assert_allclose(drawn.transform(new), exact.transform(new), atol=1e-8)


def test_more_landmarks_come_closer_to_exact() -> None:
    train = linear_views(0, rows=300)
    exact = KernelCCA(2).fit(*train)
    errors = [
        np.abs(KernelCCA(2, landmarks=m).fit(*train).correlations_ - exact.correlations_).max()
        for m in (10, 50, 200)
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-3


def test_features_too_many_to_keep_give_the_same_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    train, new = linear_views(0, rows=300), linear_views(1)
    kept = KernelCCA(2, landmarks=50).fit(*train)
    monkeypatch.setattr("jmml_edu.linear.similarity._AT_HAND", 0)
    again = KernelCCA(2, landmarks=50).fit(*train)
    np.testing.assert_allclose(again.transform(new[0]), kept.transform(new[0]), atol=1e-9)
    np.testing.assert_allclose(again.predict_eeg(new[1]), kept.predict_eeg(new[1]), atol=1e-9)


def test_the_seed_alone_draws_the_landmarks() -> None:
    train = circles(0, rows=100)
    first, again, other = (KernelCCA(2, landmarks=20, seed=s).fit(*train) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.transform(train[0]), again.transform(train[0]))
    assert first.landmarks_.tolist() != other.landmarks_.tolist()
    assert len(set(other.landmarks_.tolist())) == 20


def test_frames_tensors_lists_and_float32_are_views_too() -> None:
    eeg, speech = (view.astype(np.float32) for view in linear_views(0))
    expected = KernelCCA(2).fit(eeg.astype(float), speech.astype(float))
    codes = expected.transform(eeg)
    for left, right in (
        (eeg, speech),
        (pd.DataFrame(eeg), pd.DataFrame(speech)),
        (torch.from_numpy(eeg), torch.from_numpy(speech)),
        (eeg.tolist(), speech.tolist()),
    ):
        np.testing.assert_allclose(KernelCCA(2).fit(left, right).transform(left), codes, atol=1e-12)


def test_a_model_can_be_cloned_and_stored_and_changes_no_input() -> None:
    eeg, speech = linear_views(0)
    copies = eeg.copy(), speech.copy()
    model = KernelCCA(2, landmarks=10)
    codes = model.fit(eeg, speech).transform(eeg)
    np.testing.assert_array_equal(clone(model).fit(eeg, speech).transform(eeg), codes)
    stored = pickle.dumps(model)
    np.testing.assert_array_equal(pickle.loads(stored).transform(eeg), codes)
    np.testing.assert_array_equal(np.hstack(copies), np.hstack([eeg, speech]))
    many = linear_views(0, rows=5000)
    assert len(pickle.dumps(KernelCCA(2, landmarks=10).fit(*many))) < 2 * len(stored)


def test_constant_columns_have_no_say_now_or_later() -> None:
    eeg, speech = linear_views(0)
    more = np.column_stack([np.full(60, 0.1), eeg])
    sentence = "KernelCCA.fit: eeg has constant columns, which have no say: [0]."
    model = KernelCCA(2, kernel="polynomial")
    with pytest.warns(InputWarning, match=re.escape(sentence)):
        model.fit(more, speech)
    plain = KernelCCA(2, kernel="polynomial").fit(eeg, speech)
    more[:, 0] = np.arange(60)
    np.testing.assert_allclose(model.transform(more), plain.transform(eeg), atol=1e-12)


def test_without_a_ridge_perfect_agreement_is_announced() -> None:
    sentence = (
        "KernelCCA.fit: 98 free directions of 50 pairs agree perfectly in any data."
        " Use a ridge such as 0.001."
    )
    views = independent_views(0, rows=50)
    with pytest.warns(InputWarning, match=re.escape(sentence)):
        model = KernelCCA(2, ridge=0.0, bandwidth=0.3).fit(*views)
    np.testing.assert_allclose(model.correlations_, 1, atol=1e-8)
    with pytest.warns(InputWarning, match="50 free directions of 50 pairs"):
        KernelCCA(2, ridge=(0.0, 0.1), bandwidth=0.3).fit(*views)
    KernelCCA(2, kernel="linear", ridge=(0.0, 0.1)).fit(*views)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"n_components": 4, "kernel": "linear"},
            "n_components must be a whole number between 1 and 3, the smallest of the views'"
            " ranks and pairs - 1; got 4. Ask for fewer components or bring more pairs.",
        ),
        (
            {"n_components": 6, "landmarks": 5},
            "n_components must be a whole number between 1 and 5, the smallest of the views'"
            " ranks and pairs - 1; got 6. Ask for fewer components or bring more pairs.",
        ),
        (
            {"ridge": (0.1, 0.1, 0.1)},
            'ridge must be a number, one for EEG and one for speech, or in CCA.fit "cv";'
            " got (0.1, 0.1, 0.1). Choose 0.1 to begin with.",
        ),
        (
            {"bandwidth": (1.0, 2.0, 3.0)},
            "bandwidth must be a number, one for EEG and one for speech, or None; got"
            " (1.0, 2.0, 3.0). None takes the median distance.",
        ),
        ({"ridge": -0.1}, "ridge must be at least 0; got -0.1. Choose 0 or more."),
        (
            {"kernel": "cosine"},
            "kernel must be one of linear, polynomial, rbf; got 'cosine'. Pick one of these.",
        ),
        (
            {"kernel": "polynomial", "degree": 0},
            "degree must be at least 1; got 0. Choose 1 or more.",
        ),
        (
            {"bandwidth": 0.0},
            "bandwidth must be above 0 and finite; got 0.0. Choose 1 to begin with.",
        ),
        (
            {"landmarks": 61},
            "landmarks must lie between 1 and 60, the number of pairs; got 61."
            " Choose a whole number in between, or None for all rows.",
        ),
        (
            {"landmarks": 0},
            "landmarks must lie between 1 and 60, the number of pairs; got 0."
            " Choose a whole number in between, or None for all rows.",
        ),
        (
            {"kernel": lambda a, b: np.full((len(a), len(b)), np.nan)},
            "kernel must contain finite numbers only; got 3600 NaN or infinite, the first at"
            " row 0, column 0. Drop or mend those rows first.",
        ),
        (
            {"kernel": lambda a, b: np.zeros((len(a), len(b)))},
            "kernel must be above 0 for some row with itself; got 0.0. Change its sign.",
        ),
    ],
)
def test_a_setting_out_of_range_is_explained(settings: dict[str, object], sentence: str) -> None:
    eeg, speech = linear_views(0)
    with explained(f"KernelCCA.fit: {sentence}"):
        KernelCCA(**settings).fit(eeg, speech)


def test_views_that_cannot_be_learned_from_are_explained() -> None:
    eeg, speech = linear_views(0)
    with explained("KernelCCA.fit: speech must vary; got 60 equal rows. Look where it comes from."):
        KernelCCA().fit(eeg, np.ones((60, 2)))
    eeg[3, 1] = np.nan
    with explained(
        "KernelCCA.fit: eeg must contain finite numbers only; got 1 NaN or infinite, the first"
        " at row 3, column 1. Drop or mend those rows first."
    ):
        KernelCCA().fit(eeg, speech)
    with explained(
        "KernelCCA.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 60, 'speech': 59}. Build them from the same Pairs."
    ):
        KernelCCA().fit(eeg, speech[1:])


def test_rows_that_cannot_be_transformed_are_explained() -> None:
    eeg, speech = linear_views(0)
    model = KernelCCA().fit(eeg, speech)
    with explained(
        "KernelCCA.transform: eeg, speech must hold at least one view; got none."
        " Pass EEG, speech or both."
    ):
        model.transform()
    with explained(
        "KernelCCA.transform: speech must have the 3 columns of fit; got 4."
        " Bring the same columns in the same order."
    ):
        model.transform(speech=eeg)
    named = pd.DataFrame(speech, columns=list("abc"))
    with explained(
        "KernelCCA.transform: speech must have the columns of fit in their order; got 'c' where fit"
        " had 'a' (column 0). Bring the same columns in the same order."
    ):
        KernelCCA().fit(eeg, named).transform(speech=named[["c", "b", "a"]])
    with explained(
        "KernelCCA.correlations: paired arguments must have the same number of rows; got"
        " {'eeg': 60, 'speech': 59}. Build them from the same Pairs."
    ):
        model.correlations(eeg, speech[1:])


def test_cross_validation_chooses_the_ridge_that_refits_by_hand_would_choose() -> None:
    eeg, speech = linear_views(1)
    ridges = (1e-4, 0.01, 1.0)
    model = KernelCCA(2, kernel="linear", ridge="cv", ridges=ridges, folds=4).fit(eeg, speech)
    # A linear kernel of standardised columns: folds keep the scale of all rows.
    eeg, speech = standardised(eeg), standardised(speech)
    expected = np.zeros((3, 4))
    for fold, rows in enumerate(np.array_split(np.arange(60), 4)):
        training = np.setdiff1d(np.arange(60), rows)
        for which, ridge in enumerate(ridges):
            moments = Moments.of(eeg, speech, training)
            found = solve(moments, n_components=2, ridge=ridge, by_view=True)
            held_out = code_correlations(
                Moments.of(eeg, speech, rows), found.eeg_directions, found.speech_directions
            )
            expected[which, fold] = held_out.sum()
    np.testing.assert_allclose(model.ridge_scores_, expected, atol=1e-7)
    assert model.ridge_ == (ridges[expected.mean(axis=1).argmax()],) * 2


def test_codes_tell_either_view_as_well_as_least_squares_can() -> None:
    eeg, speech = linear_views(2)
    model = KernelCCA(3, ridge=0.01).fit(eeg, speech)
    codes = model.transform(eeg, speech)
    for source, told in (
        (codes[1], model.predict_eeg(speech)),
        (codes[0], model.inverse_transform(codes[0])),
    ):
        design = np.hstack([np.ones((60, 1)), source])
        expected = design @ np.linalg.lstsq(design, eeg, rcond=None)[0]
        np.testing.assert_allclose(told, expected, atol=1e-8)
    assert model.predict_speech(eeg[:5]).shape == (5, 3)


def test_a_kernel_that_is_not_symmetric_is_explained() -> None:
    with explained(
        "KernelCCA.fit: kernel must be symmetric; got one that is not. Swap its rows and compare."
    ):
        KernelCCA(1, kernel=lambda a, b: a @ b.T + np.arange(len(b))).fit(*linear_views(0))
