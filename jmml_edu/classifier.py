"""From codes and a few labels to a classifier: the last stage of the road, and its scaling.

Numbers of rows and columns may be small; nothing here chooses anything.
"""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float, Int
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.missing import Matrix

Labels = Int[np.ndarray, " row"]
HIDDEN = -1
"""The label of an unlabelled row, as in scikit-learn's semi-supervised estimators."""


class Classifier:
    """The classifier of the whole road: linear discriminants, covariance shrunk.

    Shrinkage after Ledoit and Wolf (2004) needs no tuning and holds up when there are fewer labels
    than columns. Where there are too few labels to learn from, every class that was seen is equally
    likely.
    """

    def __init__(self, codes: Matrix, labels: Labels) -> None:
        self.classes_ = np.unique(labels)
        self._discriminants = None
        if 1 < len(self.classes_) < len(labels):
            self._discriminants = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
            with warnings.catch_warnings():
                # A class of one sample adds nothing to the covariance, and need not.
                warnings.filterwarnings("ignore", message="Only one sample available")
                self._discriminants.fit(codes, labels)

    def affine(self, n_columns: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what makes log odds of codes: class x column weights, and one offset per class.

        The softmax of ``codes @ weights.T + offsets`` is :meth:`predict_proba`.
        """
        weights, offsets = np.zeros((len(self.classes_), n_columns)), np.zeros(len(self.classes_))
        if self._discriminants is not None:
            learned = self._discriminants.coef_, self._discriminants.intercept_
            # Of two classes only the second has its log odds, against the first.
            weights[-len(learned[0]) :], offsets[-len(learned[1]) :] = learned
        return weights, offsets

    def predict_proba(self, codes: Matrix) -> Float[np.ndarray, "row class"]:
        """Return the probability of each of ``classes_``."""
        if self._discriminants is None or not len(codes):
            return np.full((len(codes), len(self.classes_)), 1 / len(self.classes_))
        return np.asarray(self._discriminants.predict_proba(codes))

    def predict(self, codes: Matrix) -> Labels:
        """Return the most probable class of each row."""
        return self.classes_[self.predict_proba(codes).argmax(axis=1)]


class LogOdds:
    """The classifier of codes that are the log odds of classes already: nothing is learned.

    Examples
    --------
    >>> LogOdds(2).predict_proba(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """

    def __init__(self, n_classes: int) -> None:
        self.classes_ = np.arange(n_classes)

    def affine(self, n_columns: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what makes log odds of codes that are log odds: nothing is changed."""
        return np.eye(len(self.classes_), n_columns), np.zeros(len(self.classes_))

    def predict_proba(
        self, codes: Float[np.ndarray, "row class"]
    ) -> Float[np.ndarray, "row class"]:
        """Return the probability of each of ``classes_``, the softmax of a row."""
        shares = np.exp(codes - codes.max(axis=1, keepdims=True))
        probabilities: np.ndarray = shares / shares.sum(axis=1, keepdims=True)
        return probabilities
