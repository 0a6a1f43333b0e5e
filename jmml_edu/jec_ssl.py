"""Step 1, JEC-SSL: one modality's features to an embedding, joint class learning, then projection.

The same chain is fitted to EEG and to speech, each on its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from jmml_edu.jecl import JointClassLearner
from jmml_edu.self_similarity import SelfSimilarityProjection
from jmml_edu.views import View


class JECSSL(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    r"""JEC-SSL: a joint class embedding of one modality, projected towards its own input.

    .. math:: x \mapsto (e(x) - \bar e)\, W_k

    with e from :class:`JointClassLearner` and W_k from :class:`SelfSimilarityProjection`. Labels
    shape e; the projection looks at the inputs of all rows, those with hidden labels too.

    Parameters
    ----------
    learner
        Step 1a, left as it is: a copy is fitted. None for one with its own defaults.
    projection
        Step 1b, likewise.

    Attributes
    ----------
    learner_, projection_
        The fitted steps.
    n_features_in_
        Number of columns seen in fit.

    Notes
    -----
    KNOWN: the two steps and their order, for EEG and for speech independently. OUR READING: all
    that the two classes mark so. Embeddings of rows that taught the network look better than those
    of new rows: judge, and train classifiers, on rows that fit has not seen.

    References
    ----------
    .. [1] "Joint Class Learning with Self Similarity Projection for EEG Emotion Recognition",
       CODS-COMAD 2024.
    .. [2] "Unifying EEG and Speech for Emotion Recognition: A Two-Step Joint Learning Framework for
       Handling Missing EEG Data During Inference", https://arxiv.org/abs/2503.18964.

    Examples
    --------
    One feature tells two classes apart, and the one component that is kept keeps them apart:

    >>> rows = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> first, second = JECSSL().fit_transform(rows, [0, 0, 1, 1]).reshape(2, 2)
    >>> bool(min(first) > max(second) or max(first) < min(second))
    True
    """

    def __init__(
        self,
        learner: JointClassLearner | None = None,
        projection: SelfSimilarityProjection | None = None,
    ) -> None:
        self.learner = learner
        self.projection = projection

    def fit(self, X: View, y: View) -> JECSSL:
        """Learn both steps and return self.

        Parameters
        ----------
        X
            Row x feature of one modality.
        y
            One label per row; the integer -1 for a hidden one.

        Raises
        ------
        InputError
            If a step cannot learn from them.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.learner_ = clone(self.learner or JointClassLearner()).fit(X, y)
        embedding = self.learner_.transform(X)
        self.projection_ = clone(self.projection or SelfSimilarityProjection()).fit(embedding, X)
        return self

    def transform(self, X: View) -> Float[np.ndarray, "row component"]:
        """Return the projected embedding of each row."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return self.projection_.transform(self.learner_.transform(X))

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that labels are needed."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
