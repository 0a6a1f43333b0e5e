"""Eighteen batches on which correlation losses have been seen to fail, each with its reason.

Both views have the same width, so that every loss takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

ROWS, COLUMNS = 40, 6


class Batch(NamedTuple):
    """Two paired views in float64, and what is wrong with them."""

    why: str
    eeg: Tensor
    speech: Tensor


def _source() -> Callable[..., Tensor]:
    generator = torch.Generator().manual_seed(18)
    return lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)


def _ordinary(rows: int = ROWS, columns: int = COLUMNS) -> tuple[Tensor, Tensor]:
    """Two views that share two of their directions."""
    normal = _source()
    shared = normal(rows, 2)
    eeg = shared @ normal(2, columns) + normal(rows, columns)
    return eeg, shared @ normal(2, columns) + normal(rows, columns)


def _white(rows: int, columns: int) -> Tensor:
    """Centred columns of variance 1 that are uncorrelated to the last bit."""
    view = _source()(rows, columns)
    return torch.linalg.qr(view - view.mean(dim=0)).Q * (rows - 1) ** 0.5


def _collinear(first: Tensor, column: int, factor: float) -> Tensor:
    """A copy whose given column is a multiple of column 0."""
    copy = first.clone()
    copy[:, column] = factor * copy[:, 0]
    return copy


def _with_outlier(view: Tensor) -> Tensor:
    copy = view.clone()
    copy[3] *= 1e4
    return copy


def _batches() -> dict[str, Batch]:
    eeg, speech = _ordinary()
    normal = _source()
    latent, weights = normal(ROWS, 1), normal(2, COLUMNS)
    steep = torch.logspace(0, -6, COLUMNS, dtype=torch.float64)
    units = torch.logspace(-4, 4, COLUMNS, dtype=torch.float64)
    turn = torch.linalg.qr(normal(COLUMNS, COLUMNS)).Q
    tenth = torch.full_like(eeg, 0.1)
    return {
        "dead unit": Batch("a zero row in a covariance", _collinear(eeg, 2, 0.0), speech),
        "dead view": Batch("0.1 is not its own mean in binary", tenth, speech),
        "both constant": Batch("nothing divided by nothing", tenth, 3 * tenth),
        "duplicated column": Batch("a singular covariance", _collinear(eeg, 4, -2.0), speech),
        "rank one": Batch(
            "all but one direction of either view is rounding",
            latent * weights[0],
            (latent + normal(ROWS, 1)) * weights[1],
        ),
        "fewer rows than columns": Batch("every correlation is 1", *_ordinary(4)),
        "as many rows as columns": Batch("one rank short after centring", *_ordinary(COLUMNS)),
        "one row": Batch("no degree of freedom", *_ordinary(1)),
        "two rows": Batch("one direction, correlation 1 or -1", *_ordinary(2)),
        "condition 1e6": Batch("eigenvalues span 1e12", _white(ROWS, COLUMNS) * steep, speech),
        "constant with tiny noise": Batch("the mean is 1e5 deviations", 100 + 1e-3 * eeg, speech),
        "huge and tiny": Batch("squares span 1e32", 1e8 * eeg, 1e-8 * speech),
        "mixed column scales": Batch("one column holds all the variance", eeg * units, speech),
        "whitened codes": Batch("all eigenvalues equal", _white(ROWS, COLUMNS), speech @ turn),
        "identical": Batch("all correlations equal 1", eeg, eeg.clone()),
        "turned and negated": Batch("equal correlations, no equal entries", eeg, -eeg @ turn),
        "one column": Batch("matrices of one entry", eeg[:, :1], speech[:, :1]),
        "outlier": Batch("one row holds all the variance", _with_outlier(eeg), speech),
    }


BATCHES = _batches()
