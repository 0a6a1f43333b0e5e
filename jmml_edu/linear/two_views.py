"""What every estimator of two views offers once it can encode one view at a time."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from jmml_edu._checks import as_told_by, check_matrix, fail
from jmml_edu.columns import column_correlations
from jmml_edu.views import View, as_view, check_columns, check_pairs

Code = Float[np.ndarray, "row component"]
Features = Float[np.ndarray, "row _"]
OneOrBoth = Code | tuple[Code, Code]  # EEG first


class TwoViews(BaseEstimator):  # type: ignore[misc]
    """Codes of EEG and of speech, and how well they agree.

    A subclass learns in ``fit``, sets ``correlations_``, ``eeg_mean_``, ``speech_mean_`` and
    ``_columns``, and says in ``_encoding(name, view)`` how it encodes a view, in
    ``_loadings(source, target)`` how the codes of one view tell the centred columns of another.
    """

    def transform(self, eeg: View | None = None, speech: View | None = None) -> OneOrBoth:
        """Return the codes of a view, as in ``transform(speech=speech)``, or of both, EEG first."""
        with as_told_by(self._named("transform")):
            codes = self._codes(eeg=eeg, speech=speech)
        return codes[0] if len(codes) == 1 else (codes[0], codes[1])

    def fit_transform(self, eeg: View, speech: View, **fit_arguments: object) -> OneOrBoth:
        """Learn from paired rows and return the codes of both views, EEG first."""
        return self.fit(eeg, speech, **fit_arguments).transform(eeg, speech)

    def correlations(self, eeg: View, speech: View) -> Float[np.ndarray, " component"]:
        """Return the correlation of each pair of codes on any paired data, in [-1, 1].

        On people the model never saw this is the honest number; ``correlations_`` is not. A code
        that does not vary has correlation 0.
        """
        with as_told_by(self._named("correlations")):
            eeg, speech = check_pairs("", eeg, speech)
            return column_correlations(*self._codes(eeg=eeg, speech=speech))

    def score(self, eeg: View, speech: View) -> float:
        """Return the sum of :meth:`correlations`."""
        return float(self.correlations(eeg, speech).sum())

    def inverse_transform(
        self, eeg_codes: Code | None = None, speech_codes: Code | None = None
    ) -> Features | tuple[Features, Features]:
        """Return the least-squares guess of each view from its own codes, in its own units.

        For CCA and PLS exact with as many components as the view has directions.
        """
        check_is_fitted(self, "correlations_")
        with as_told_by(self._named("inverse_transform")):
            given = _given("eeg_codes, speech_codes", eeg=eeg_codes, speech=speech_codes)
            told = [self._tell(np.asarray(codes), name, name) for name, codes in given.items()]
        return told[0] if len(told) == 1 else (told[0], told[1])

    def predict_eeg(self, speech: View) -> Float[np.ndarray, "row eeg_feature"]:
        """Return the least-squares guess of EEG from the codes of speech, in the units of EEG."""
        with as_told_by(self._named("predict_eeg")):
            return self._tell(self._codes(speech=speech)[0], "speech", "eeg")

    def predict_speech(self, eeg: View) -> Float[np.ndarray, "row speech_feature"]:
        """Return the least-squares guess of speech from the codes of EEG, in units of speech."""
        with as_told_by(self._named("predict_speech")):
            return self._tell(self._codes(eeg=eeg)[0], "eeg", "speech")

    def _tell(self, codes: Code, source: str, target: str) -> Features:
        """Return the least-squares guess of one view from the codes of a view."""
        check_matrix("", **{f"{source}_codes": codes})
        loadings = self._loadings(source, target)
        check_columns("", f"{source}_codes", codes, len(loadings))
        return codes @ loadings + getattr(self, f"{target}_mean_")

    def _codes(self, **views: View | None) -> list[Code]:
        """Return the codes of the views that are given."""
        check_is_fitted(self, "correlations_")
        given = _given("eeg, speech", **views)
        return [self._codes_of(name, view) for name, view in given.items()]

    def _codes_of(self, name: str, view: View) -> Code:
        """Return the codes of one view if it has the columns of fit."""
        view = as_view("", name, view)
        check_columns("", name, view, self._columns[name])
        return self._encoding(name, view).all()

    def _named(self, method: str) -> str:
        """Return a method as it was called, for sentences."""
        return f"{type(self).__name__}.{method}"


def _given(arguments: str, **views: View | None) -> dict[str, View]:
    """Return the views that are not None; raise if there is none."""
    found = {name: view for name, view in views.items() if view is not None}
    if not found:
        fail("", arguments, "hold at least one view", "none", "Pass EEG, speech or both.")
    return found
