"""What every estimator of two views offers once it can encode one view at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from jmml_edu._checks import as_told_by, check_matrix, fail
from jmml_edu.columns import column_correlations
from jmml_edu.linear.codes import Codes
from jmml_edu.views import View, as_view, check_columns, check_pairs

Code = Float[np.ndarray, "row component"]
Features = Float[np.ndarray, "row _"]


class TwoViews(BaseEstimator):  # type: ignore[misc]
    """Codes of EEG and of speech, and how well they agree.

    A subclass learns in ``fit``, sets ``correlations_``, ``eeg_mean_``, ``speech_mean_`` and
    ``_columns``, and says in ``_encoding`` how it encodes a view, in ``_loadings`` how codes tell
    views.
    """

    correlations_: Float[np.ndarray, " component"]
    eeg_mean_: Float[np.ndarray, " eeg_feature"]
    speech_mean_: Float[np.ndarray, " speech_feature"]
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

    def inverse_transform(
        self, eeg_codes: Code | None = None, speech_codes: Code | None = None
    ) -> Features | tuple[Features, Features]:
        """Return each view as its own codes tell it, in its own units; both as (EEG, speech).

        The best linear guess from codes on the training data; for CCA and PLS exact with as many
        components as the view has directions.
        """
        check_is_fitted(self, "correlations_")
        given = {"eeg": eeg_codes, "speech": speech_codes}
        with as_told_by(self._named("inverse_transform")):
            told = [self._tell(np.asarray(z), n, n) for n, z in given.items() if z is not None]
            check_any("eeg_codes, speech_codes", told)
        return told[0] if len(told) == 1 else (told[0], told[1])

    def predict_eeg(self, speech: View) -> Float[np.ndarray, "row eeg_feature"]:
        """Return the best linear guess of EEG from the codes of speech, in the units of EEG.

        For CCA with all components and no ridge this is multivariate least squares.
        """
        with as_told_by(self._named("predict_eeg")):
            return self._tell(self._codes(speech=speech)[0], "speech", "eeg")

    def predict_speech(self, eeg: View) -> Float[np.ndarray, "row speech_feature"]:
        """Return the best linear guess of speech from the codes of EEG, in the units of speech."""
        with as_told_by(self._named("predict_speech")):
            return self._tell(self._codes(eeg=eeg)[0], "eeg", "speech")

    def _tell(self, codes: Code, source: str, target: str) -> Features:
        """Return the least-squares guess of one view from the codes of a view."""
        check_matrix("", **{f"{source}_codes": codes})
        loadings = self._loadings(source, target)
        if codes.shape[1] != len(loadings):
            fail(
                "", f"{source}_codes", f"have the {len(loadings)} components of fit",
                codes.shape[1], "Pass codes that transform has returned.",
            )  # fmt: skip
        told: np.ndarray = codes @ loadings
        return told + getattr(self, f"{target}_mean_")

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

    def _loadings(self, source: str, target: str) -> Float[np.ndarray, "component feature"]:
        """Return the least-squares map from codes of one view to the centred target view."""
        raise NotImplementedError

    def _named(self, method: str) -> str:
        """Return a method as it was called, for sentences."""
        return f"{type(self).__name__}.{method}"


def check_any(arguments: str, views: Sequence[object]) -> None:
    """Raise if there is nothing to work on."""
    if not views:
        fail("", arguments, "hold at least one view", "none", "Pass EEG, speech or both.")
