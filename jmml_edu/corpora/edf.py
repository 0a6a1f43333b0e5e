"""A recording -> one EDF file, and what the fixed columns of an EDF header say.

EDF is the plainest format of EEG: a header in ASCII, then integers of 16 bit (24 in BDF).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from jmml_edu._checks import check_finite_signal, fail
from jmml_edu.corpora.electrodes import canonical_channel
from jmml_edu.data import Recording


def write_eeg(recording: Recording, path: str | os.PathLike[str]) -> Path:
    """Return the path of a new EDF file that holds the recording.

    Samples become 16 bit integers over plus and minus the largest amplitude, rounded up to whole
    microvolt: a recording within 200 uV keeps steps of 400 / 65,535 = 0.006 uV, far below the
    noise of an amplifier (about 1 uV). Simulated recordings are marked in the header.

    Parameters
    ----------
    recording
        EEG. EDF writes a length in eight characters, which any whole number of seconds fits.
    path
        Where to write, ending in ``.edf``; nothing may be there yet. The file appears when it is
        complete, never half-written.

    Returns
    -------
    path
        The file; the same recording always gives the same bytes.

    Raises
    ------
    InputError
        If the recording is not finite EEG, its length does not fit, or the path is taken.

    References
    ----------
    .. [1] B. Kemp, J. Olivan, "European data format 'plus' (EDF+)", Clinical Neurophysiology
       114, 2003. https://doi.org/10.1016/S1388-2457(03)00123-8

    Examples
    --------
    See :func:`read_eeg`.
    """
    path = Path(path)
    if path.suffix.lower() != ".edf" or path.exists():
        fail(
            "write_eeg", "path", "name a new .edf file", path.name,
            "Choose another name, or move the old file away.",
        )  # fmt: skip
    if recording.modality != "eeg":
        fail("write_eeg", "recording", "be EEG", recording.modality, "Write speech as FLAC.")
    check_finite_signal(
        "write_eeg", recording.signal,
        channels=recording.channels, sample_rate_hz=recording.sample_rate_hz,
    )  # fmt: skip
    import edfio

    edf = edfio.Edf(
        _edf_signals(recording),
        recording=edfio.Recording(equipment_code=recording.provenance.stamp or "X"),
        data_record_duration=_record_s(recording),
    )
    part = path.with_name(path.name + ".part")
    edf.write(part)
    return part.replace(path)


def edf_rates_hz(path: Path) -> dict[str, float]:
    """Return samples per second by channel from the fixed columns of an EDF or BDF header."""
    with path.open("rb") as file:
        start = file.read(256)
        n_channels = int(start[252:256])
        table = file.read(256 * n_channels).decode("latin-1")
    labels = [table[16 * i : 16 * (i + 1)] for i in range(n_channels)]
    first = 216 * n_channels
    counts = [int(table[first + 8 * i : first + 8 * (i + 1)]) for i in range(n_channels)]
    record_s = float(start[244:252])
    pairs = zip(labels, counts, strict=True)
    return {canonical_channel(label): count / record_s for label, count in pairs}


def is_marked_simulated(path: Path) -> bool:
    """Return whether the file is EDF that :func:`write_eeg` made of a simulated recording."""
    with path.open("rb") as file:
        start = file.read(168)
    return start.startswith(b"0 ") and b" SIMULATED" in start[88:]


def _edf_signals(recording: Recording) -> list[Any]:
    """Return the channels as EDF signals over one symmetric range."""
    import edfio

    bound_uv = float(max(1, np.ceil(np.abs(recording.signal).max())))
    return [
        edfio.EdfSignal(
            np.asarray(row, dtype=np.float64),
            recording.sample_rate_hz,
            label=name,
            physical_dimension="uV",
            physical_range=(-bound_uv, bound_uv),
        )
        for name, row in zip(recording.channels, recording.signal, strict=True)
    ]


def _record_s(recording: Recording) -> float:
    """Return the length of an EDF data record: a second, or else the whole recording."""
    if recording.sample_rate_hz % 1 == 0 and recording.duration_s % 1 == 0:
        return 1.0
    if float(f"{recording.duration_s:.8f}"[:8]) != recording.duration_s:
        fail(
            "write_eeg", "recording", "have a length that EDF can write in eight characters",
            f"{recording.duration_s!r} s", "Cut or resample it to a whole number of seconds.",
        )  # fmt: skip
    return recording.duration_s
