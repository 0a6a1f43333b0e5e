"""What stands before and behind the networks: standardised views, and the turn to components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.linear import Moments, solve
from jmml_edu.linear.two_views import Code
from jmml_edu.missing import GapFiller, Matrix, Scaler, has_all
from jmml_edu.views import View, take

_FINAL_RIDGE = 1e-3  # of the last CCA, between codes: two that agree must not be told apart


@dataclass(frozen=True, eq=False)
class Standard:
    """What fills and standardises one view."""

    filler: GapFiller
    scaler: Scaler

    @classmethod
    def of(cls, view: Matrix) -> Standard:
        """Return what the rows that are whole, or can be filled, teach."""
        filler = GapFiller.of(view)
        return cls(filler, Scaler.of(filler.fill(view)))

    def apply(self, view: Matrix) -> Matrix:
        """Return filled, standardised rows; rows of NaN stay."""
        return self.scaler.apply(self.filler.fill(view))


@dataclass(frozen=True, eq=False)
class Turn:
    """The last linear step of one view: from what an encoder says to canonical components."""

    mean: Float[np.ndarray, " raw"]
    directions: Float[np.ndarray, "raw component"]

    def apply(self, raw: Matrix) -> Code:
        """Return canonical components."""
        turned: np.ndarray = (raw - self.mean) @ self.directions
        return turned

    def undo(self, codes: Code) -> Matrix:
        """Return what the encoder had said."""
        raw: np.ndarray = codes @ np.linalg.pinv(self.directions) + self.mean
        return raw


def final_turn(raw: Mapping[str, Matrix]) -> tuple[dict[str, Turn], Float[np.ndarray, " _"]]:
    """Return the linear CCA of what the encoders say, and its correlations."""
    both = has_all(raw["eeg"]) & has_all(raw["speech"])
    moments = Moments.of(raw["eeg"][both], raw["speech"][both])
    found = solve(moments, n_components=raw["eeg"].shape[1], ridge=_FINAL_RIDGE)
    return {
        "eeg": Turn(moments.mean[moments.eeg], found.eeg_directions),
        "speech": Turn(moments.mean[moments.speech], found.speech_directions),
    }, found.correlations


def numbers_of(name: str, view: View) -> Matrix:
    """Return a view as numbers, NaN where they are missing."""
    values = take(view, slice(None), name)
    if np.isinf(values).any():
        fail(
            "", name, "be finite, or NaN where it is missing",
            f"{int(np.isinf(values).sum())} infinite values", "Look where they come from.",
        )  # fmt: skip
    return values
