"""Self-similarity learning: the directions of an embedding that covary most with its input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from sklearn.cross_decomposition import PLSSVD, PLSCanonical
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from jmml_edu.linear import PLS
from jmml_edu.self_similarity import SelfSimilarityProjection

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def embedding_and_input(seed: int, *, n_rows: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Four correlated columns of an embedding and the five columns it was made from."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(n_rows, 5)) @ rng.normal(size=(5, 5)) * 10.0 ** np.arange(-2, 3) + 9
    scaled = inputs / inputs.std(axis=0)
    return np.tanh(scaled @ rng.normal(size=(5, 4)) / 2 - 3) + rng.normal(size=(n_rows, 4)), inputs


def up_to_signs(found: np.ndarray, expected: np.ndarray, atol: float = 1e-10) -> None:
    """Each column is the other's, or its mirror image."""
    signs = np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found, expected * signs, atol=atol)


@few
@given(seed=seeds)
def test_it_agrees_with_scikit_learns_plssvd_of_scaled_inputs(seed: int) -> None:
    embedding, inputs = embedding_and_input(seed)
    model = SelfSimilarityProjection(3).fit(embedding, inputs)
    scaled = StandardScaler().fit_transform(inputs)
    other = PLSSVD(3, scale=False).fit(embedding, scaled)
    up_to_signs(model.weights_, other.x_weights_)
    up_to_signs(model.input_weights_, other.y_weights_)
    up_to_signs(model.transform(embedding), other.transform(embedding))


@few
@given(seed=seeds)
def test_of_standardised_views_it_is_the_pls_of_linear(seed: int) -> None:
    embedding, inputs = embedding_and_input(seed)
    standard = StandardScaler().fit_transform(embedding)
    model = SelfSimilarityProjection(3).fit(standard, inputs)
    oracle = PLS(3).fit(standard, inputs)
    ratio = np.sqrt(50 / 49)  # n against n - 1 in the deviations
    np.testing.assert_allclose(model.weights_, oracle.eeg_directions_ * ratio, atol=1e-9)
    np.testing.assert_allclose(
        model.transform(standard), oracle.transform(standard) * ratio, atol=1e-9
    )


def test_its_first_component_is_plscanonicals_and_the_others_are_not() -> None:
    embedding, inputs = embedding_and_input(0)
    scaled = StandardScaler().fit_transform(inputs)
    model = SelfSimilarityProjection(2).fit(embedding, inputs)
    deflating = PLSCanonical(2, scale=False, tol=1e-14, max_iter=5_000).fit(embedding, scaled)
    up_to_signs(model.weights_[:, :1], deflating.x_weights_[:, :1], atol=1e-6)
    assert abs(model.weights_[:, 1] @ deflating.x_weights_[:, 1]) < 0.999


@few
@given(seed=seeds)
def test_covariances_are_those_of_the_codes_and_the_largest_there_are(seed: int) -> None:
    embedding, inputs = embedding_and_input(seed)
    model = SelfSimilarityProjection(4).fit(embedding, inputs)
    scaled = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0, ddof=1)
    codes, input_codes = model.transform(embedding), scaled @ model.input_weights_
    between = np.cov(codes.T, input_codes.T)[:4, 4:]
    np.testing.assert_allclose(between, np.diag(model.covariances_), atol=1e-12)
    assert (np.diff(model.covariances_) <= 0).all()
    rng = np.random.default_rng(seed)
    for _ in range(20):
        left, right = rng.normal(size=4), rng.normal(size=5)
        pair = embedding @ left / np.linalg.norm(left), scaled @ right / np.linalg.norm(right)
        assert abs(np.cov(*pair)[0, 1]) <= model.covariances_[0] + 1e-12


@few
@given(seed=seeds, n_components=st.integers(1, 4))
def test_weights_are_orthonormal_and_the_largest_of_each_is_positive(
    seed: int, n_components: int
) -> None:
    embedding, inputs = embedding_and_input(seed)
    model = SelfSimilarityProjection(n_components).fit(embedding, inputs)
    for weights in (model.weights_, model.input_weights_):
        np.testing.assert_allclose(weights.T @ weights, np.eye(n_components), atol=1e-12)
    columns = np.arange(n_components)
    assert (model.weights_[np.abs(model.weights_).argmax(axis=0), columns] > 0).all()


@few
@given(seed=seeds)
def test_offsets_and_the_units_of_the_input_change_nothing(seed: int) -> None:
    embedding, inputs = embedding_and_input(seed)
    model = SelfSimilarityProjection(3).fit(embedding, inputs)
    moved = SelfSimilarityProjection(3).fit(embedding + 5.0, inputs * [1, 2, 30, 4e-3, 5] - 70.0)
    np.testing.assert_allclose(moved.weights_, model.weights_, atol=1e-9)
    np.testing.assert_allclose(moved.covariances_, model.covariances_, atol=1e-9)
    np.testing.assert_allclose(moved.transform(embedding + 5.0), model.transform(embedding))


def test_a_louder_column_of_the_embedding_counts_for_more() -> None:
    embedding, inputs = embedding_and_input(1)
    louder = embedding * [1.0, 1.0, 1_000.0, 1.0]
    model = SelfSimilarityProjection(1).fit(louder, inputs)
    assert model.weights_[2, 0] > 0.99


def test_with_one_standardised_column_on_each_side_the_covariance_is_the_correlation() -> None:
    embedding, inputs = embedding_and_input(2)
    one = embedding[:, :1] / embedding[:, :1].std(ddof=1)
    model = SelfSimilarityProjection(1).fit(one, inputs[:, 0])
    expected = abs(np.corrcoef(one[:, 0], inputs[:, 0])[0, 1])
    assert model.covariances_[0] == pytest.approx(expected, abs=1e-12)


@few
@given(seed=seeds)
def test_without_inputs_it_is_the_principal_components_of_the_embedding(seed: int) -> None:
    embedding, _ = embedding_and_input(seed)
    model, pca = SelfSimilarityProjection(3).fit(embedding), PCA(3).fit(embedding)
    up_to_signs(model.weights_, pca.components_.T)
    np.testing.assert_allclose(model.input_weights_, model.weights_, atol=1e-10)
    np.testing.assert_allclose(model.covariances_, pca.explained_variance_, atol=1e-10)


def test_with_all_components_it_is_a_rotation_that_keeps_every_distance() -> None:
    embedding, inputs = embedding_and_input(3)
    codes = SelfSimilarityProjection(4).fit(embedding, inputs).transform(embedding)
    centred = embedding - embedding.mean(axis=0)
    np.testing.assert_allclose(codes @ codes.T, centred @ centred.T, atol=1e-10)


def test_by_default_half_of_the_columns_stay_but_never_more_than_the_input_has() -> None:
    embedding, inputs = embedding_and_input(4)
    for part, expected in ((inputs, 2), (inputs[:, :1], 1), (inputs[:, 0], 1), (None, 2)):
        model = SelfSimilarityProjection().fit(embedding, part)
        assert model.weights_.shape == (4, expected)
    assert SelfSimilarityProjection().fit(embedding[:, :1], inputs).weights_.shape == (1, 1)


def test_constant_columns_of_the_input_have_no_say() -> None:
    embedding, inputs = embedding_and_input(5)
    constant = np.column_stack([inputs, np.full(50, 0.1)])
    model = SelfSimilarityProjection(3).fit(embedding, constant)
    expected = SelfSimilarityProjection(3).fit(embedding, inputs)
    np.testing.assert_allclose(model.weights_, expected.weights_, atol=1e-12)
    np.testing.assert_array_equal(model.input_weights_[-1], 0.0)


def test_what_does_not_fit_is_explained() -> None:
    embedding, inputs = embedding_and_input(6)
    for wanted in (0, 5):
        with explained(
            "SelfSimilarityProjection.fit: n_components must be from 1 to 4, the columns of the"
            f" embedding or of its input; got {wanted}. Choose one in between, or None for half."
        ):
            SelfSimilarityProjection(wanted).fit(embedding, inputs)
    with explained(
        "SelfSimilarityProjection.fit: paired arguments must have the same number of rows;"
        " got {'embedding': 50, 'input': 49}. Build them from the same Pairs."
    ):
        SelfSimilarityProjection(2).fit(embedding, inputs[1:])
