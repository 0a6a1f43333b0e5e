"""One raw EEG file on disk -> one recording in microvolt.

What a file gets wrong is said in one sentence, as an error where reading cannot go on and as a
warning where it can; what was left out is written into the provenance.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from jmml_edu._checks import InputError, check_finite_signal, fail
from jmml_edu.corpora.edf import edf_rates_hz, is_marked_simulated
from jmml_edu.corpora.electrodes import canonical_channel
from jmml_edu.corpora.headers import is_pointer
from jmml_edu.data import UNLABELLED, Provenance, Recording

EEG_FORMATS = {
    ".edf": "read_raw_edf",
    ".bdf": "read_raw_bdf",
    ".vhdr": "read_raw_brainvision",
    ".set": "read_raw_eeglab",
    ".fif": "read_raw_fif",
    ".fif.gz": "read_raw_fif",
    ".raw": "read_raw_egi",
}
"""How a readable file's name ends, and which function of ``mne.io`` reads it."""

PLAUSIBLE_SD_UV = (0.1, 1e4)
"""Between these the median standard deviation of real EEG channels lies, in microvolt."""

_HALVES = {".eeg": ".vhdr", ".vmrk": ".vhdr", ".fdt": ".set"}
_SIGNS_OF_A_CUT = ("not match the file size", "outside data range")
_NOT_BRAIN = re.compile(
    r"EOG|ECG|EKG|EMG|EXG|GSR|EDA|RESP|PLETH|TEMP|TRIG|STATUS|STIM|ERGO|ANNOT|^REF", re.IGNORECASE
)


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
    path = Path(path)
    raw, notes = _read_raw(path, _format(path))
    kept, channels, dropped = _eeg_channels(path, raw, notes)
    rest = f"; dropped {', '.join(dropped)}" if dropped else ""
    marked = f"; marked bad there: {', '.join(raw.info['bads'])}" if raw.info["bads"] else ""
    step = f"{len(kept)} EEG channels of {path.name} read by MNE, in uV{rest}{marked}"
    origin = replace(provenance, simulated=provenance.simulated or is_marked_simulated(path))
    recording = Recording(
        signal=1e6 * raw.get_data(picks=kept),
        sample_rate_hz=float(raw.info["sfreq"]),
        channels=channels,
        modality="eeg",
        subject=subject,
        provenance=origin.then(step),
        label=label,
        trial=trial,
        stimulus=stimulus,
    )
    _check_signal(path, recording)
    for note in (*_cut_short(path, notes), *_uneven_rates(path, recording)):
        recording = replace(recording, provenance=recording.provenance.then(note))
    return recording


def eeg_header(path: Path) -> tuple[float, float]:
    """Return the rate in Hz and the length in seconds of an EEG file; NaN if it cannot be read."""
    try:
        raw, _ = _read_raw(path, _format(path), preload=False)
    except InputError:
        return nan, nan
    rate_hz = float(raw.info["sfreq"])
    return rate_hz, raw.n_times / rate_hz


def _format(path: Path) -> str:
    """Return how the name of a readable file ends, or say why it cannot be read."""
    ending = next((e for e in reversed(EEG_FORMATS) if path.name.lower().endswith(e)), "")
    if not path.is_file():
        _refuse("be a file that exists", path.name, "Check the folder and the spelling.")
    if path.suffix.lower() in _HALVES:
        head = path.with_suffix(_HALVES[path.suffix.lower()])
        _refuse("be the header of a recording", path.name, f"Pass {head.name} instead.")
    if not ending:
        _refuse(f"end in {', '.join(EEG_FORMATS)}", path.name, "Convert the recording to EDF.")
    halves = [path.with_suffix(half) for half, head in _HALVES.items() if head == ending]
    for part in (path, *halves):
        if part.exists() and part.stat().st_size == 0:
            _refuse("hold data", f"{part.name} of 0 bytes", "Fetch the file again.")
        if part.exists() and is_pointer(part):
            _refuse(
                "hold data", f"{part.name}, which only points to them",
                "Fetch the data themselves with `git lfs pull` or `git annex get`.",
            )  # fmt: skip
    return ending


def _read_raw(path: Path, ending: str, *, preload: bool = True) -> tuple[Any, list[str]]:
    """Return what MNE reads, the signals or the header alone, and what it warned of."""
    import mne

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            raw = getattr(mne.io, EEG_FORMATS[ending])(path, preload=preload, verbose="warning")
        except Exception as error:  # a damaged file can raise anything inside a reader
            reason = (str(error).strip() or type(error).__name__).split("\n")[0].rstrip(".")
            reason = reason.replace(f"{path.parent}{os.sep}", "")
            got = f"{path.name}, of which MNE says: {reason}"
            _refuse("be a complete, continuous recording", got, "Fetch or export it again.")
    return raw, [str(warning.message) for warning in caught]


def _eeg_channels(
    path: Path, raw: Any, notes: Sequence[str]
) -> tuple[list[str], tuple[str, ...], list[str]]:
    """Return the file's names of EEG channels, their standard names, and those left out."""
    types = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    kept = [name for name, kind in types.items() if kind == "eeg" and not _NOT_BRAIN.search(name)]
    channels = tuple(canonical_channel(name) for name in kept)
    # MNE numbers channels that share a name, the empty name too, and warns of it.
    unnamed = [str(i + 1) for i, name in enumerate(raw.ch_names) if re.fullmatch(r"(-\d+)?", name)]
    if unnamed:
        _refuse(
            "name every channel", f"no name for channel {', '.join(unnamed)} of {path.name}",
            "Name the electrodes in the header, as the cap's documentation lists them.",
        )  # fmt: skip
    twice = [name for name in dict.fromkeys(channels) if channels.count(name) > 1]
    for note in notes:
        twice += re.findall(r"'([^']+)'", note) if "not unique" in note else []
    if twice:
        _refuse(
            "name each channel once", f"{', '.join(twice)} more than once in {path.name}",
            "Rename or remove the duplicates in the header, whichever is not that electrode.",
        )  # fmt: skip
    if not kept:
        _refuse("hold EEG", f"only {', '.join(types)} in {path.name}", "Pass the EEG recording.")
    return kept, channels, [name for name in raw.ch_names if name not in kept]


def _check_signal(path: Path, recording: Recording) -> None:
    """Raise if values are missing or all channels flat; warn of flat ones and odd amplitudes."""
    signal, low_high = recording.signal, PLAUSIBLE_SD_UV
    check_finite_signal(
        "read_eeg", signal,
        channels=recording.channels, sample_rate_hz=recording.sample_rate_hz,
    )  # fmt: skip
    span = np.ptp(signal, axis=1)
    if not span.any():
        _refuse("hold a signal", f"{path.name}, flat on every channel", "Check the amplifier.")
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


def _cut_short(path: Path, notes: Sequence[str]) -> list[str]:
    """Warn if MNE noticed that data are missing at the end; return the step for the record."""
    if not any(sign in note for sign in _SIGNS_OF_A_CUT for note in notes):
        return []
    _warn(
        "be as long as its header says", f"a shorter {path.name}",
        "What is there was read; fetch the file again if the end matters.",
    )  # fmt: skip
    return ["the file ends earlier than its header says"]


def _uneven_rates(path: Path, recording: Recording) -> list[str]:
    """Warn of EDF channels that MNE brought to a higher rate; return the step for the record."""
    if path.suffix.lower() not in (".edf", ".bdf"):
        return []
    slow = {
        name: rate_hz
        for name, rate_hz in edf_rates_hz(path).items()
        if name in recording.channels and rate_hz < 0.999 * recording.sample_rate_hz
    }
    if not slow:
        return []
    listed = ", ".join(f"{name} at {rate_hz:g} Hz" for name, rate_hz in slow.items())
    _warn(
        "hold channels of one rate", f"{listed}, the rest at {recording.sample_rate_hz:g} Hz",
        "They were resampled to the higher rate and hold nothing new above their own.",
    )  # fmt: skip
    return [f"resampled to {recording.sample_rate_hz:g} Hz while reading: {listed}"]


def _refuse(rule: str, got: str, remedy: str) -> NoReturn:
    """Raise the sentence about a file."""
    fail("read_eeg", "path", rule, got, remedy)


def _warn(rule: str, got: str, remedy: str) -> None:
    """Warn in the words that errors use."""
    warnings.warn(f"read_eeg: path must {rule}; got {got}. {remedy}", stacklevel=4)
