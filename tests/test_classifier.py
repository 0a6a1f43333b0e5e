"""The last stage: scaling by training rows, and a classifier that copes with next to no labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import StandardScaler

from jmml_edu.classifier import Classifier
from jmml_edu.missing import Scaler

few = settings(max_examples=20, deadline=None)


def codes_of(labels: np.ndarray, *, dim: int = 5, seed: int = 0) -> np.ndarray:
    """Codes whose first column tells the label."""
    codes = np.random.default_rng(seed).standard_normal((len(labels), dim))
    codes[:, 0] += 4 * labels
    return codes


@few
@given(seed=st.integers(0, 10_000))
def test_scaling_is_that_of_scikit_learn(seed: int) -> None:
    values = np.random.default_rng(seed).normal(3, 5, size=(20, 4))
    np.testing.assert_allclose(
        Scaler.of(values).apply(values), StandardScaler().fit_transform(values), atol=1e-9
    )


def test_rows_without_eeg_do_not_scale() -> None:
    values = np.random.default_rng(0).random((10, 2))
    holes = values.copy()
    holes[3, 0], holes[5] = np.nan, np.nan
    kept = np.delete(values, [3, 5], axis=0)
    found = Scaler.of(holes)
    np.testing.assert_allclose(found.mean, kept.mean(axis=0))
    np.testing.assert_allclose(found.scale, kept.std(axis=0))
    assert np.isnan(found.apply(holes)[5]).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6 / 3])
def test_constant_columns_are_not_blown_up(constant: float) -> None:
    values = np.full((50, 1), constant)
    assert Scaler.of(values).apply(values + 1e-3) == pytest.approx(1e-3)


@few
@given(seed=st.integers(0, 10_000))
def test_with_labels_enough_it_is_the_shrunk_discriminant_of_scikit_learn(seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat([2, 5, 9], 8))
    codes, new = codes_of(labels, seed=seed), codes_of(labels, seed=seed + 1)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(codes, labels)
    found = Classifier(codes, labels)
    np.testing.assert_allclose(found.predict_proba(new), model.predict_proba(new), atol=1e-9)
    np.testing.assert_array_equal(found.predict(new), model.predict(new))
    assert found.classes_.tolist() == [2, 5, 9]


def test_it_gives_probabilities_with_fewer_labels_than_columns() -> None:
    labels = np.repeat([0, 1], 5)
    codes = codes_of(labels, dim=30)
    model = Classifier(codes, labels)
    np.testing.assert_allclose(model.predict_proba(codes).sum(axis=1), 1)
    assert (model.predict(codes) == labels).all()


def test_one_class_is_all_it_can_say() -> None:
    model = Classifier(codes_of(np.ones(4, dtype=int)), np.full(4, 7))
    new = codes_of(np.zeros(3, dtype=int))
    assert model.predict_proba(new).tolist() == [[1.0]] * 3
    assert model.predict(new).tolist() == [7, 7, 7]


def test_one_row_of_each_class_teaches_shares_and_no_direction() -> None:
    labels = np.array([4, 1, 8])
    model = Classifier(codes_of(labels), labels)
    np.testing.assert_allclose(model.predict_proba(codes_of(labels)), 1 / 3)
    assert model.predict(codes_of(labels)).tolist() == [1, 1, 1]


def test_a_class_of_one_row_is_still_recognised_and_nobody_is_warned() -> None:
    labels = np.array([0, 0, 0, 0, 0, 0, 3])
    codes = codes_of(labels)
    model = Classifier(codes, labels)
    assert model.predict(codes).tolist() == labels.tolist()
    assert np.isfinite(model.predict_proba(codes)).all()


def test_the_commoner_class_is_the_likelier_one_where_codes_say_nothing() -> None:
    labels = np.repeat([0, 1], [30, 10])
    found = Classifier(np.zeros((40, 2)), labels).predict_proba(np.zeros((1, 2)))
    np.testing.assert_allclose(found, [[0.75, 0.25]])


@pytest.mark.parametrize("labels", [np.repeat([0, 1], 5), np.array([0, 1])])
def test_no_rows_get_no_answers(labels: np.ndarray) -> None:
    model = Classifier(codes_of(labels), labels)
    assert model.predict_proba(np.empty((0, 5))).shape == (0, 2)
    assert model.predict(np.empty((0, 5))).shape == (0,)
