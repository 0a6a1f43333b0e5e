"""Step 1b, SSL, self-similarity learning: an embedding pulled back towards its own input.

An embedding and what it was made from go in; the directions of the embedding that covary most with
its input come out.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from jmml_edu._checks import check_same_rows, fail
from jmml_edu.columns import column_means
from jmml_edu.missing import Matrix
from jmml_edu.views import View


class SelfSimilarityProjection(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    r"""Self-similarity learning (SSL): the subspace of an embedding that covaries with its input.

    With centred embeddings E (row x embedding) and standardised inputs X (row x input),

    .. math::

        \max_{|w| = |v| = 1} \mathrm{cov}(E w, X v)
        \quad\Leftrightarrow\quad \frac{E^\top X}{n - 1} = W \,\mathrm{diag}(s)\, V^\top,
        \qquad \mathrm{ssl}(e) = (e - \bar e)\, W_k

    which is partial least squares in one singular value decomposition. E is centred only: the units
    of a hidden layer share one scale, and scaling would blow up the silent ones. X is centred and
    scaled to unit variance, because unlike CCA this depends on units.

    Parameters
    ----------
    n_components
        Directions k to keep, from 1 to the columns of the embedding m, or of the input if these are
        fewer. None keeps half of m, or as many as the input has columns. With k = m the projection
        is a rotation, which changes nothing.

    Attributes
    ----------
    weights_
        W_k, embedding x component, orthonormal columns; the largest weight of each is positive.
    input_weights_
        V_k, input x component, for standardised inputs; orthonormal columns.
    covariances_
        Of each pair of codes, at least 0, falling; divided by n - 1.
    mean_
        Mean of each column of the embedding.
    n_features_in_
        m.

    Notes
    -----
    KNOWN: the embedding is projected into a subspace of maximal covariance with the modality's own
    input, and the name, which does not mean self-supervised. OUR READING: that this is PLS by SVD,
    how both sides are scaled, and k. ``PLSCanonical`` and ``PLSRegression`` of scikit-learn deflate
    and agree on the first component only; ``linear.PLS`` of standardised views agrees throughout.

    The projection knows nothing of emotion. It is often close to the principal components of the
    embedding, so these are its control: ``fit`` without inputs.

    References
    ----------
    .. [1] "Joint Class Learning with Self Similarity Projection for EEG Emotion Recognition",
       CODS-COMAD 2024.
    .. [2] J. A. Wegelin, "A survey of partial least squares (PLS) methods, with emphasis on the
       two-block case", University of Washington, 2000.

    Examples
    --------
    The second column varies more, but only the first one covaries with the input:

    >>> embedding = np.array([[1.0, 5.0], [-1.0, 5.0], [1.0, -5.0], [-1.0, -5.0]])
    >>> toward_input = SelfSimilarityProjection(1).fit(embedding, embedding[:, :1])
    >>> toward_input.weights_.ravel().tolist()
    [1.0, 0.0]
    >>> SelfSimilarityProjection(1).fit(embedding).weights_.ravel().tolist()
    [0.0, 1.0]
    """

    def __init__(self, n_components: int | None = None) -> None:
        self.n_components = n_components

    def fit(self, X: View, y: View | None = None) -> SelfSimilarityProjection:
        """Learn the directions and return self.

        Parameters
        ----------
        X
            Row x embedding.
        y
            What the embedding was made from, row x input; one column may come as a vector. None
            takes the centred embedding itself, unscaled: the directions are then the principal
            components of the embedding, and the covariances their variances.

        Raises
        ------
        InputError
            If there are not as many rows in both, or fewer directions than components.
        """
        embedding = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self.mean_ = column_means(embedding)
        centred = embedding - self.mean_
        inputs = centred if y is None else _standardised(y, len(centred))
        n_kept = self._n_kept(centred.shape[1], inputs.shape[1])
        left, values, right = np.linalg.svd(
            centred.T @ inputs / (len(centred) - 1), full_matrices=False
        )
        weights, input_weights = left[:, :n_kept], right[:n_kept].T
        largest = np.abs(weights).argmax(axis=0)
        signs = np.where(weights[largest, np.arange(n_kept)] < 0, -1.0, 1.0)
        self.weights_, self.input_weights_ = weights * signs, input_weights * signs
        self.covariances_ = values[:n_kept]
        return self

    def transform(self, X: View) -> Float[np.ndarray, "row component"]:
        """Return the code of each row of an embedding: ``(e - mean_) @ weights_``."""
        check_is_fitted(self)
        embedding = validate_data(self, X, dtype=np.float64, reset=False)
        return (embedding - self.mean_) @ self.weights_

    def _n_kept(self, n_embedding: int, n_inputs: int) -> int:
        """Return how many directions to keep, if there are as many."""
        most = min(n_embedding, n_inputs)
        if self.n_components is None:
            return min(max(1, n_embedding // 2), most)
        if not 1 <= self.n_components <= most:
            fail(
                "SelfSimilarityProjection.fit", "n_components",
                f"be from 1 to {most}, the columns of the embedding or of its input",
                self.n_components, "Choose one in between, or None for half.",
            )  # fmt: skip
        return self.n_components


def _standardised(values: View, n_rows: int) -> Matrix:
    """Return columns of mean 0 and variance 1; constant ones are 0."""
    inputs = check_array(values, dtype=np.float64, ensure_2d=False, input_name="y")
    inputs = inputs.reshape(len(inputs), -1)
    check_same_rows("SelfSimilarityProjection.fit", embedding=range(n_rows), input=inputs)
    centred = inputs - column_means(inputs)
    deviations = np.sqrt((centred**2).sum(axis=0) / (n_rows - 1))
    return centred / np.where(deviations > 0, deviations, 1.0)
