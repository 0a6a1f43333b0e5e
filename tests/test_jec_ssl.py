"""JEC-SSL: joint class learning, then projection towards the input."""

from __future__ import annotations

from collections.abc import Iterator

import jaxtyping
import numpy as np
import pandas as pd
import pytest
from sentences import explained
from sklearn.base import BaseEstimator, clone
from sklearn.utils.estimator_checks import check_classifiers_train, check_estimator

from jmml_edu.jec_ssl import JECSSL
from jmml_edu.jecl import JointClassLearner
from jmml_edu.self_similarity import SelfSimilarityProjection


def rows_and_classes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sixty rows of five columns; the first tells three classes apart."""
    rng = np.random.default_rng(seed)
    y = np.arange(60) % 3
    return rng.normal(size=(60, 5)) + 3.0 * y[:, None] * np.eye(1, 5), y


@pytest.mark.parametrize("embedding", ["reference", "self", "siamese"])
def test_the_chain_is_its_two_steps_one_after_the_other(embedding: str) -> None:
    X, y = rows_and_classes(0)
    new, _ = rows_and_classes(1)
    learner = JointClassLearner(6, embedding=embedding, epochs=3)
    projection = SelfSimilarityProjection(4)
    codes = JECSSL(learner, projection).fit(X, y).transform(new)
    first = clone(learner).fit(X, y)
    second = clone(projection).fit(first.transform(X), X)
    np.testing.assert_allclose(codes, second.transform(first.transform(new)), atol=1e-12)
    assert codes.shape == (60, 4)


def test_codes_and_inputs_of_the_training_rows_have_diagonal_covariance() -> None:
    X, y = rows_and_classes(2)
    chain = JECSSL(JointClassLearner(6, epochs=3), SelfSimilarityProjection(3)).fit(X, y)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
    inputs = scaled @ chain.projection_.input_weights_
    between = np.cov(chain.transform(X).T, inputs.T)[:3, 3:]
    np.testing.assert_allclose(between, np.diag(chain.projection_.covariances_), atol=1e-12)


def test_rows_with_hidden_labels_shape_the_projection_but_not_the_embedding() -> None:
    X, y = rows_and_classes(3)
    shown = np.arange(60) < 30
    chain = JECSSL(JointClassLearner(6, epochs=3))
    partly = clone(chain).fit(X, np.where(shown, y, -1))
    without = clone(chain).fit(X[shown], y[shown])
    np.testing.assert_array_equal(partly.learner_.transform(X), without.learner_.transform(X))
    assert not np.allclose(partly.projection_.weights_, without.projection_.weights_)


def test_given_steps_are_copied_and_defaults_are_those_of_the_steps() -> None:
    X, y = rows_and_classes(4)
    learner, projection = JointClassLearner(4, epochs=1), SelfSimilarityProjection(1)
    chain = JECSSL(learner, projection).fit(X, y)
    assert not hasattr(learner, "network_")
    assert not hasattr(projection, "weights_")
    assert chain.learner_.get_params() == learner.get_params()
    default = JECSSL().fit(X, y)
    assert default.learner_.get_params() == JointClassLearner().get_params()
    assert default.transform(X).shape == (60, 5)  # half of 32, but no more than columns


def test_a_frame_of_other_columns_is_turned_away() -> None:
    X, y = rows_and_classes(5)
    frame = pd.DataFrame(X, columns=list("abcde"))
    chain = JECSSL(JointClassLearner(4, epochs=1)).fit(frame, y)
    assert chain.feature_names_in_.tolist() == list("abcde")
    with pytest.raises(ValueError, match="same order"):
        chain.transform(frame[list("bacde")])


def test_what_a_step_cannot_learn_from_is_explained_by_the_step() -> None:
    X, y = rows_and_classes(6)
    with explained(
        "JointClassLearner.fit: y must show at least two classes; got []."
        " Label rows of more than one class; -1 hides a row."
    ):
        JECSSL().fit(X, np.full(60, -1))
    with explained(
        "SelfSimilarityProjection.fit: n_components must be from 1 to 3, the columns of the"
        " embedding or of its input; got 4. Choose one in between, or None for half."
    ):
        JECSSL(JointClassLearner(3, epochs=1), SelfSimilarityProjection(4)).fit(X, y)


@pytest.fixture
def _anything_goes() -> Iterator[None]:
    """scikit-learn passes nonsense on purpose; the check of types must not speak first."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.mark.usefixtures("_anything_goes")
@pytest.mark.parametrize(
    "estimator",
    [
        JointClassLearner(8, epochs=1),
        SelfSimilarityProjection(),
        JECSSL(JointClassLearner(8, epochs=1)),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_each_step_and_the_chain_are_scikit_learn_estimators(estimator: BaseEstimator) -> None:
    reasons = {
        "check_classifiers_classes": "its integer label -1 is a class; here it hides a row",
        "check_classifiers_train": "one epoch is too short to learn; the next test learns longer",
    }
    is_learner = isinstance(estimator, JointClassLearner)
    failed = [
        check["check_name"]
        for check in check_estimator(
            estimator, on_skip=None, expected_failed_checks=reasons if is_learner else {}
        )
        if check["status"] == "xfail"
    ]
    assert set(failed) == (set(reasons) if is_learner else set())


@pytest.mark.usefixtures("_anything_goes")
def test_with_time_to_learn_the_classifier_passes_scikit_learns_check_too() -> None:
    check_classifiers_train("JointClassLearner", JointClassLearner(epochs=20))
