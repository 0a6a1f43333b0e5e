"""Warnings of data that a fit gets through, but that say less than their numbers."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Int

from jmml_edu._checks import InputWarning
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.solver import Solution


def warn_of_weak_data(function: str, moments: Moments, solution: Solution) -> None:
    """Warn the caller of ``function`` of columns without a say and of few pairs.

    Warns
    -----
    InputWarning
        One sentence each for constant columns, columns that are combinations of others, and
        no more pairs than columns that have a say.
    """
    sentences = []
    kept = {"eeg": solution.eeg_columns, "speech": solution.speech_columns}
    for name, columns in kept.items():
        scale = moments.scale[getattr(moments, name)]
        constant, varying = np.flatnonzero(scale == 0), np.flatnonzero(scale)
        dependent = np.setdiff1d(varying, columns)
        if len(constant):
            sentences.append(
                f"{name} has constant columns, which get weight 0: {_few(constant)}."
                " Drop them if you did not expect that."
            )
        if len(dependent):
            sentences.append(
                f"{name} has columns that combine others, which get weight 0: {_few(dependent)}."
                " Use a ridge such as 0.1 to share the weight."
            )
    n_columns = sum(len(columns) for columns in kept.values())
    if moments.count <= n_columns:
        sentences.append(
            f"{moments.count} pairs are few for {n_columns} independent columns: training"
            " correlations are high for any data. Trust correlations() on other pairs or"
            " permutation_test(), or bring more pairs or fewer columns."
        )
    for sentence in sentences:
        warnings.warn(f"{function}: {sentence}", InputWarning, stacklevel=3)


def _few(columns: Int[np.ndarray, " column"]) -> str:
    """Return the first column numbers as text, and how many more there are."""
    shown = ", ".join(str(column) for column in columns[:5])
    return shown if len(columns) <= 5 else f"{shown} and {len(columns) - 5} more"
