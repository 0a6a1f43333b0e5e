"""One trial of an EEG array in memory -> one recording, or one sentence that says why not."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import InputWarning, check_finite_signal, fail
from jmml_edu.corpora.corpus import Entry
from jmml_edu.corpora.eeg_file import PLAUSIBLE_SD_UV
from jmml_edu.data import Provenance, Recording


def eeg_recording(
    function: str,
    entry: Entry,
    signal: Float[np.ndarray, "channel time"],
    channels: Sequence[str],
    provenance: Provenance,
) -> Recording:
    """Return one trial as a recording.

    Parameters
    ----------
    function
        Who reads, for the sentence of an error.
    entry
        What is known of the trial.
    signal
        In microvolt.
    channels
        Standard names, one per row.
    provenance
        Where it comes from.

    Raises
    ------
    InputError
        If a sample is not finite, or every channel is flat.

    Warns
    -----
    InputWarning
        If the amplitude makes no sense as microvolt.
    """
    check_finite_signal(
        function, signal, channels=channels, sample_rate_hz=entry.sample_rate_hz
    )  # fmt: skip
    sd_uv = float(np.median(signal.std(axis=1)))
    where = f"trial {entry.trial} of {entry.path.name}"
    if not np.ptp(signal, axis=1).any():
        fail(
            function, "signal", "vary on at least one channel", f"flat lines in {where}",
            "Fetch the file again, or leave this trial out.",
        )  # fmt: skip
    if not PLAUSIBLE_SD_UV[0] <= sd_uv <= PLAUSIBLE_SD_UV[1]:
        warnings.warn(
            f"{function}: signal should be in microvolt, {PLAUSIBLE_SD_UV[0]:g} to"
            f" {PLAUSIBLE_SD_UV[1]:g} in standard deviation; got {sd_uv:.3g} in {where}."
            " The file is probably in another unit; scale it before you use it.",
            InputWarning,
            stacklevel=2,
        )
    return Recording(
        np.ascontiguousarray(signal, dtype=float), entry.sample_rate_hz, tuple(channels), "eeg",
        entry.subject, provenance, entry.label, entry.trial, entry.stimulus,
    )  # fmt: skip
