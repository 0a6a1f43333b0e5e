"""What every estimator of two views offers once it can encode one view at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from jmml_edu._checks import as_told_by, fail
from jmml_edu.linear.columns import column_correlations
from jmml_edu.linear.rows import Codes, View, as_view, check_columns, check_pairs

Code = Float[np.ndarray, "row component"]


class TwoViews(BaseEstimator):  # type: ignore[misc]
    """Codes of EEG and of speech, and how well they agree.

    A subclass learns in ``fit``, sets ``correlations_`` and ``_columns``, and says in
    ``_encoding`` how it encodes a view.
    """

    correlations_: Float[np.ndarray, " component"]
    _columns: dict[str, list[str] | int]

    def transform(
        self, eeg: View | None = None, speech: View | None = None
    ) -> Code | tuple[Code, Code]:
        """Return the codes of a view, or of both, EEG first; neither needs the other.

        For speech alone write ``transform(speech=speech)``.
        """
        with as_told_by(self._named("transform")):
            codes = self._codes(eeg=eeg, speech=speech)
        return codes[0] if len(codes) == 1 else (codes[0], codes[1])

    def fit_transform(
        self, eeg: View, speech: View, **fit_arguments: object
    ) -> Code | tuple[Code, Code]:
        """Learn from paired rows and return the codes of both views, EEG first."""
        return self.fit(eeg, speech, **fit_arguments).transform(eeg, speech)

    def correlations(self, eeg: View, speech: View) -> Float[np.ndarray, " component"]:
        """Return the correlation of each pair of codes on any paired data, in [-1, 1].

        On people the model never saw this is the honest number; ``correlations_`` is not. A code
        that does not vary has correlation 0.
        """
        with as_told_by(self._named("correlations")):
            eeg, speech = check_pairs("", eeg, speech)
            codes = self._codes(eeg=eeg, speech=speech)
        return column_correlations(codes[0], codes[1])

    def score(self, eeg: View, speech: View) -> float:
        """Return the sum of :meth:`correlations`."""
        return float(self.correlations(eeg, speech).sum())

    def _codes(self, **views: View | None) -> list[Code]:
        """Return the codes of the views that are given."""
        check_is_fitted(self, "correlations_")
        codes = [self._codes_of(name, view) for name, view in views.items() if view is not None]
        check_any("eeg, speech", codes)
        return codes

    def _codes_of(self, name: str, view: View) -> Code:
        """Return the codes of one view if it has the columns of fit."""
        view = as_view("", name, view)
        check_columns("", name, view, self._columns[name])
        return self._encoding(name, view).all()

    def _encoding(self, name: str, view: View) -> Codes:
        """Return the codes of one view, not yet computed."""
        raise NotImplementedError

    def _named(self, method: str) -> str:
        """Return a method as it was called, for sentences."""
        return f"{type(self).__name__}.{method}"


def check_any(arguments: str, views: Sequence[object]) -> None:
    """Raise if there is nothing to work on."""
    if not views:
        fail("", arguments, "hold at least one view", "none", "Pass EEG, speech or both.")
