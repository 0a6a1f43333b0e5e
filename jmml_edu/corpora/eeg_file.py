"""One raw EEG file on disk -> one recording in microvolt.

What a file gets wrong is said in one sentence, as an error where reading cannot go on and as a
warning where it can; what was left out is written into the provenance.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

from jmml_edu._checks import check_finite_signal, fail
from jmml_edu.corpora.edf import is_marked_simulated
from jmml_edu.corpora.eeg_raw import open_raw_eeg, told_of
from jmml_edu.data import UNLABELLED, Provenance, Recording

PLAUSIBLE_SD_UV = (0.1, 1e4)
"""Between these the median standard deviation of real EEG channels lies, in microvolt."""


def read_eeg(
    path: str | os.PathLike[str],
    *,
    subject: str,
    provenance: Provenance,
    label: str = UNLABELLED,
    trial: str = "",
    stimulus: str = "",
) -> Recording:
    """Return the EEG channels of one file, in microvolt, under their standard names.

    MNE reads the file. Channels that are not EEG by their type or by their name (EOG, ECG,
    status, reference, ...) are dropped; the rest are named by :func:`canonical_channel`.

    Parameters
    ----------
    path
        EDF, BDF, BrainVision (the ``.vhdr``), EEGLAB (the ``.set``), FIF or EGI (``.raw``).
    subject, label, trial, stimulus
        Who was recorded, in which class and trial, seeing or hearing what.
    provenance
        Where the file comes from; the names of file and dropped channels are added. A file that
        :func:`write_eeg` marked as simulated stays simulated.

    Returns
    -------
    recording
        At the rate of the file. An amplitude that makes no sense as microvolt, flat channels,
        channels of a slower rate than the others (MNE brings them to the highest) and a file
        shorter than its header says are each told by a warning.

    Raises
    ------
    InputError
        If there is no such file, its format is unknown, it is empty, a pointer or damaged, no
        channel is EEG, names are missing or occur twice, a value is not finite, or every channel
        is flat.

    Notes
    -----
    MNE alone renames duplicates to ``F1-0`` and ``F1-1`` and resamples slow channels silently.

    Examples
    --------
    A 10 Hz sine of 20 uV comes back within the resolution of the file, here 0.0006 uV:

    >>> import tempfile
    >>> from jmml_edu.corpora.edf import write_eeg
    >>> sine = 20 * np.sin(2 * np.pi * 10 * np.arange(256) / 128)
    >>> origin = Provenance("a sine", simulated=True)
    >>> tone = Recording(sine[None], 128.0, ("Cz",), "eeg", "A", origin)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_eeg(tone, Path(folder) / "tone.edf")
    ...     again = read_eeg(path, subject="A", provenance=origin)
    >>> again.channels, again.sample_rate_hz, bool(np.abs(again.signal - sine).max() < 0.0006)
    (('Cz',), 128.0, True)
    """
    file = open_raw_eeg(Path(path), preload=True)
    recording = Recording(
        signal=1e6 * file.raw.get_data(picks=file.kept),
        sample_rate_hz=file.sample_rate_hz,
        channels=file.channels,
        modality="eeg",
        subject=subject,
        provenance=origin_of(file.path, provenance).then(file.step),
        label=label,
        trial=trial,
        stimulus=stimulus,
    )
    _check_signal(file.path, recording)
    for note in told_of(file):
        recording = replace(recording, provenance=recording.provenance.then(note))
    return recording


def origin_of(path: Path, provenance: Provenance) -> Provenance:
    """Return the provenance of what a file holds: simulated if :func:`write_eeg` marked it so."""
    simulated = provenance.simulated or is_marked_simulated(path)
    return replace(provenance, simulated=simulated)


def _check_signal(path: Path, recording: Recording) -> None:
    """Raise if values are missing or all channels flat; warn of flat ones and odd amplitudes."""
    signal, low_high = recording.signal, PLAUSIBLE_SD_UV
    check_finite_signal(
        "read_eeg", signal,
        channels=recording.channels, sample_rate_hz=recording.sample_rate_hz,
    )  # fmt: skip
    span = np.ptp(signal, axis=1)
    if not span.any():
        fail(
            "read_eeg", "path", "hold a signal", f"{path.name}, flat on every channel",
            "Check the amplifier.",
        )  # fmt: skip
    flat = [name for name, s in zip(recording.channels, span, strict=True) if s == 0]
    if flat:
        _warn(
            "vary on every channel", f"{', '.join(flat)} flat in {path.name}",
            "clean_eeg interpolates such channels; check their electrodes.",
        )  # fmt: skip
    sd_uv = float(np.median(signal.std(axis=1)))
    if not low_high[0] <= sd_uv <= low_high[1]:
        _warn(
            f"have a median standard deviation of {low_high[0]:g} to {low_high[1]:g} uV",
            f"{sd_uv:.3g} uV in {path.name}",
            "The unit in the header is probably wrong; scale the signal before you use it.",
        )  # fmt: skip


def _warn(rule: str, got: str, remedy: str) -> None:
    """Warn in the words that errors use."""
    warnings.warn(f"read_eeg: path must {rule}; got {got}. {remedy}", stacklevel=4)
