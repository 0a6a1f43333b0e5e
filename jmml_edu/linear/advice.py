"""Warnings of data that a fit gets through, but that say less than their numbers."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Int

from jmml_edu._checks import InputWarning
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.solver import Solution

_DROP = "Drop them if you did not expect that."
_SHARE = "Use a ridge such as 0.1 to share the weight."


def warn_of_weak_data(function: str, moments: Moments, solution: Solution) -> None:
    """Warn the caller of ``function`` of columns of weight 0, and of no more pairs than others."""
    sentences, n_columns = [], len(solution.eeg_columns) + len(solution.speech_columns)
    for name, kept in (("eeg", solution.eeg_columns), ("speech", solution.speech_columns)):
        scale = moments.scale[getattr(moments, name)]
        constant, varying = np.flatnonzero(scale == 0), np.flatnonzero(scale)
        sentences += _weightless(f"{name} has constant columns", constant, _DROP)
        dependent = np.setdiff1d(varying, kept)
        sentences += _weightless(f"{name} has columns that combine others", dependent, _SHARE)
    if moments.count <= n_columns:
        sentences.append(
            f"{moments.count} pairs are few for {n_columns} independent columns: training"
            " correlations are high for any data. Trust correlations() on other pairs or"
            " permutation_test(), or bring more pairs or fewer columns."
        )
    for sentence in sentences:
        warnings.warn(f"{function}: {sentence}", InputWarning, stacklevel=3)


def _weightless(what: str, columns: Int[np.ndarray, " column"], remedy: str) -> list[str]:
    """Return a sentence that names the first of such columns, if there are any."""
    numbers = ", ".join(map(str, columns[:5]))
    more = f" and {len(columns) - 5} more" if len(columns) > 5 else ""
    return [f"{what}, which get weight 0: {numbers}{more}. {remedy}"] if len(columns) else []
