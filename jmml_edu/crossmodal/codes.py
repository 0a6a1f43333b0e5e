"""What two trained networks say of views: codes, their agreement, and the views told from codes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import as_told_by, check_same_rows, fail
from jmml_edu.columns import column_correlations
from jmml_edu.crossmodal.network import TwoViewNetwork
from jmml_edu.crossmodal.terms import RECONSTRUCTIONS
from jmml_edu.crossmodal.turns import Standard, Turn, numbers_of
from jmml_edu.linear.two_views import Code, Features, TwoViews
from jmml_edu.missing import Matrix, has_all
from jmml_edu.views import as_view, check_columns, check_pairs


class NetworkCodes(TwoViews):
    """Codes of two views, each of which may be missing, by networks that a subclass has trained.

    ``fit`` of the subclass sets what is declared here: the networks, what standardises each view
    before them, what turns their codes into canonical components, and the columns of each view.
    """

    network_: TwoViewNetwork
    correlations_: Float[np.ndarray, " component"]
    _standards: Mapping[str, Standard]
    _turns: Mapping[str, Turn]
    _columns: Mapping[str, list[str] | int]

    def transform(
        self, eeg: Matrix | None = None, speech: Matrix | None = None
    ) -> Code | tuple[Code, Code]:
        """Return the codes of a view, or of both, EEG first; a missing row has codes of NaN."""
        return super().transform(eeg, speech)

    def correlations(self, eeg: Matrix, speech: Matrix) -> Float[np.ndarray, " component"]:
        """Return the correlation of each pair of codes over the rows that have both views."""
        with as_told_by(self._named("correlations")):
            eeg, speech = check_pairs("", eeg, speech)
            codes = self._codes(eeg=eeg, speech=speech)
        both = has_all(codes[0]) & has_all(codes[1])
        return column_correlations(codes[0][both], codes[1][both])

    def reconstruct(
        self, eeg: Matrix | None = None, speech: Matrix | None = None
    ) -> dict[str, Features]:
        """Return each view that a decoder can tell from what is given, in its own units.

        Where two codes tell a view, it is their mean; a row that nothing tells is NaN.
        """
        given = {
            name: view for name, view in (("eeg", eeg), ("speech", speech)) if view is not None
        }
        with as_told_by(self._named("reconstruct")):
            check_same_rows("", **given)
            codes = dict(zip(given, self._codes(**given), strict=True))
            told: dict[str, list[Features]] = {}
            for term, (target, source) in RECONSTRUCTIONS.items():
                if term in self.network_.maps and source in codes:
                    told.setdefault(target, []).append(self._tell(codes[source], source, target))
        return {name: _mean_of_known(guesses) for name, guesses in told.items()}

    def _raw(self, views: Mapping[str, Matrix]) -> dict[str, Matrix]:
        """Return what the encoders say of standardised views."""
        return {name: self.network_.apply_map(name, view) for name, view in views.items()}

    def _codes_of(self, name: str, view: Matrix) -> Code:
        """Return the codes of one view if it has the columns of fit."""
        view = as_view("", name, view)
        check_columns("", name, view, self._columns[name])
        standard = self._standards[name].apply(numbers_of(name, view))
        return self._turns[name].apply(self.network_.apply_map(name, standard))

    def _tell(self, codes: Code, source: str, target: str) -> Features:
        """Return one view as a decoder tells it from the codes of a view."""
        term = f"{target} from {source}"
        if term not in self.network_.maps:
            fail(
                "", "terms", f"contain {term!r}", sorted(self.network_.weights),
                'Fit with it, or with terms="E-DCC-CAE", which has them all.',
            )  # fmt: skip
        if codes.ndim != 2 or codes.shape[1] != len(self.correlations_):
            fail(
                "", f"{source}_codes", f"have the {len(self.correlations_)} components of fit",
                codes.shape, "Pass codes that transform has returned.",
            )  # fmt: skip
        raw = self._turns[source].undo(codes)
        scaler = self._standards[target].scaler
        told: np.ndarray = self.network_.apply_map(term, raw) * scaler.scale + scaler.mean
        return told


def _mean_of_known(guesses: list[Features]) -> Features:
    """Return the mean of several guesses of the same rows, each where it is not NaN."""
    stacked = np.stack(guesses)
    known = np.isfinite(stacked)
    mean: np.ndarray = np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known.any(axis=0), mean, np.nan)
