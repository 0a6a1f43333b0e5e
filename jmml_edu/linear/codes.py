"""A view seen through a linear map, computed where and when it is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from jmml_edu.views import Rows, View, check_finite, take

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Codes:
    """Row x component: of a view, ``(view[rows] - mean) @ directions`` for the rows asked for."""

    view: View
    mean: Float[np.ndarray, " feature"]
    directions: Float[np.ndarray, "feature component"]
    name: str = "view"

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and components."""
        return len(self.view), self.directions.shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Rows) -> Float[np.ndarray, "row component"]:
        piece = take(self.view, rows, self.name)
        with np.errstate(invalid="ignore", over="ignore"):  # told in words below
            codes = (piece - self.mean) @ self.directions
        if not np.isfinite(codes).all():
            check_finite("Codes", rows, **{self.name: piece})
        return codes

    def all(self) -> Float[np.ndarray, "row component"]:
        """Return the codes of all rows, without a centred copy of the view."""
        codes = np.empty(self.shape)
        for start in range(0, len(self), _ROWS_AT_ONCE):
            codes[start : start + _ROWS_AT_ONCE] = self[start : start + _ROWS_AT_ONCE]
        return codes
