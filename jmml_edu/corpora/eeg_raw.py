"""One raw EEG file on disk -> what MNE makes of its header, and which channels are EEG.

Signals stay on disk until somebody asks for them. What a file gets wrong is said in one sentence,
as an error where reading cannot go on and as a warning where it can.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import InputError, fail
from jmml_edu.corpora.edf import edf_rates_hz
from jmml_edu.corpora.electrodes import canonical_channel
from jmml_edu.corpora.headers import is_pointer

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

_HALVES = {".eeg": ".vhdr", ".vmrk": ".vhdr", ".fdt": ".set"}
_SIGNS_OF_A_CUT = ("not match the file size", "outside data range")
_NOT_BRAIN = re.compile(
    r"EOG|ECG|EKG|EMG|EXG|GSR|EDA|RESP|PLETH|TEMP|TRIG|STATUS|STIM|ERGO|ANNOT|^REF", re.IGNORECASE
)


class RawEeg(NamedTuple):
    """A raw EEG file that is open.

    Attributes
    ----------
    path, raw
        The file, and MNE's object.
    kept, channels
        The file's names of the EEG channels, and their standard names.
    dropped
        The file's names of all other channels.
    notes
        What MNE warned of.
    """

    path: Path
    raw: Any
    kept: list[str]
    channels: tuple[str, ...]
    dropped: list[str]
    notes: list[str]

    @property
    def sample_rate_hz(self) -> float:
        """Samples per second."""
        return float(self.raw.info["sfreq"])

    @property
    def step(self) -> str:
        """What was read and what was not, for the record."""
        rest = f"; dropped {', '.join(self.dropped)}" if self.dropped else ""
        bad = self.raw.info["bads"]
        marked = f"; marked bad there: {', '.join(bad)}" if bad else ""
        named = f"{len(self.kept)} EEG channels of {self.path.name} read by MNE, in uV"
        return f"{named}{rest}{marked}"


def open_raw_eeg(
    path: Path, read: Callable[[], Any] | None = None, *, preload: bool = False
) -> RawEeg:
    """Return a raw EEG file of a known format, open.

    Parameters
    ----------
    path
        EDF, BDF, BrainVision (the ``.vhdr``), EEGLAB (the ``.set``), FIF or EGI (``.raw``).
    read
        Reads it in another way than MNE's function for the format.
    preload
        Whether the signals are read at once.

    Raises
    ------
    InputError
        If there is no such file, its format is unknown, it is empty, a pointer or damaged, no
        channel is EEG, or names are missing or occur twice.
    """
    raw, notes = _read_raw(path, _format(path), read, preload=preload)
    return RawEeg(path, raw, *_eeg_channels(path, raw, notes), notes)


def check_whole(file: RawEeg) -> None:
    """Raise if MNE noticed that a file ends earlier than its header says."""
    if _is_cut_short(file.notes):
        _refuse("be as long as its header says", f"a shorter {file.path.name}", "Fetch it again.")


def signal_uv(file: RawEeg, *, start: int, stop: int) -> Float[np.ndarray, "channel time"]:
    """Return the EEG channels of an open file in microvolt, from one sample to another.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    try:
        return 1e6 * file.raw.get_data(picks=file.kept, start=start, stop=stop)
    except Exception as error:  # a damaged file can raise anything inside a reader
        _refuse_mne(file.path, error)


def eeg_header(path: Path) -> tuple[float, float]:
    """Return the rate in Hz and the length in seconds of an EEG file; NaN if it cannot be read."""
    try:
        raw, _ = _read_raw(path, _format(path))
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


def _read_raw(
    path: Path, ending: str, read: Callable[[], Any] | None = None, *, preload: bool = False
) -> tuple[Any, list[str]]:
    """Return what MNE reads, the signals or the header alone, and what it warned of."""
    import mne

    plain = getattr(mne.io, EEG_FORMATS[ending])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            raw = read() if read else plain(path, preload=preload, verbose="warning")
        except Exception as error:  # a damaged file can raise anything inside a reader
            _refuse_mne(path, error)
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


def told_of(file: RawEeg) -> list[str]:
    """Warn of what is wrong with a file that can be read; return the steps for the record."""
    return [*_cut_short(file.path, file.notes), *_uneven_rates(file)]


def _is_cut_short(notes: Sequence[str]) -> bool:
    """Return whether MNE noticed that data are missing at the end."""
    return any(sign in note for sign in _SIGNS_OF_A_CUT for note in notes)


def _cut_short(path: Path, notes: Sequence[str]) -> list[str]:
    """Warn if MNE noticed that data are missing at the end; return the step for the record."""
    if not _is_cut_short(notes):
        return []
    _warn(
        "be as long as its header says", f"a shorter {path.name}",
        "What is there was read; fetch the file again if the end matters.",
    )  # fmt: skip
    return ["the file ends earlier than its header says"]


def _uneven_rates(file: RawEeg) -> list[str]:
    """Warn of EDF channels that MNE brought to a higher rate; return the step for the record."""
    path, high_hz = file.path, file.sample_rate_hz
    if path.suffix.lower() not in (".edf", ".bdf"):
        return []
    slow = {
        name: rate_hz
        for name, rate_hz in edf_rates_hz(path).items()
        if name in file.channels and rate_hz < 0.999 * high_hz
    }
    if not slow:
        return []
    listed = ", ".join(f"{name} at {rate_hz:g} Hz" for name, rate_hz in slow.items())
    _warn(
        "hold channels of one rate", f"{listed}, the rest at {high_hz:g} Hz",
        "They were resampled to the higher rate and hold nothing new above their own.",
    )  # fmt: skip
    return [f"resampled to {high_hz:g} Hz while reading: {listed}"]


def _refuse_mne(path: Path, error: Exception) -> NoReturn:
    """Raise what MNE says of a file, in one sentence."""
    reason = (str(error).strip() or type(error).__name__).split("\n")[0].rstrip(".")
    reason = reason.replace(f"{path.parent}{os.sep}", "")
    got = f"{path.name}, of which MNE says: {reason}"
    _refuse("be a complete, continuous recording", got, "Fetch or export it again.")


def _refuse(rule: str, got: str, remedy: str) -> NoReturn:
    """Raise the sentence about a file."""
    fail("read_eeg", "path", rule, got, remedy)


def _warn(rule: str, got: str, remedy: str) -> None:
    """Warn in the words that errors use."""
    warnings.warn(f"read_eeg: path must {rule}; got {got}. {remedy}", stacklevel=4)
