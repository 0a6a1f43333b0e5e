"""Warnings of data that a fit gets through, but that say less than their numbers."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Int

from jmml_edu._checks import InputWarning
from jmml_edu.linear.moments import Moments


def warn_of_weak_data(
    function: str,
    moments: Moments,
    *,
    eeg_columns: Int[np.ndarray, " eeg_kept"],
    speech_columns: Int[np.ndarray, " speech_kept"],
) -> None:
    """Warn the caller of ``function`` of columns without a say and of few pairs.

    Parameters
    ----------
    function
        Whose caller is warned.
    moments
        Of the pairs that were learned from.
    eeg_columns, speech_columns
        The columns that have a say.

    Warns
    -----
    InputWarning
        One sentence each for constant columns, columns that are combinations of others, and
        no more pairs than columns.
    """
    sentences = []
    for name, kept in (("eeg", eeg_columns), ("speech", speech_columns)):
        scale = moments.scale[getattr(moments, name)]
        constant, varying = np.flatnonzero(scale == 0), np.flatnonzero(scale)
        dependent = np.setdiff1d(varying, kept)
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
    n_columns = len(eeg_columns) + len(speech_columns)
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
