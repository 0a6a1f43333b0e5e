"""What the corpora of the SEED family share: a cap of 62 electrodes, one variable per trial."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import Entry
from jmml_edu.corpora.matlab import mat_array, mat_shapes
from jmml_edu.corpora.trial_array import eeg_recording
from jmml_edu.data import Provenance, Recording

SEED_RATE_HZ = 200.0
SEED_CHANNELS = (
    "Fp1", "Fpz", "Fp2", "AF3", "AF4", "F7", "F5", "F3", "F1", "Fz", "F2", "F4", "F6", "F8",
    "FT7", "FC5", "FC3", "FC1", "FCz", "FC2", "FC4", "FC6", "FT8", "T7", "C5", "C3", "C1", "Cz",
    "C2", "C4", "C6", "T8", "TP7", "CP5", "CP3", "CP1", "CPz", "CP2", "CP4", "CP6", "TP8", "P7",
    "P5", "P3", "P1", "Pz", "P2", "P4", "P6", "P8", "PO7", "PO5", "PO3", "POz", "PO4", "PO6",
    "PO8", "CB1", "O1", "Oz", "O2", "CB2",
)  # fmt: skip
"""The order of the rows, as the laboratory's own list of channels has it."""

WITHOUT_PLACE = "CB1 and CB2 left out: they have no place in the 10-05 system."

_KEPT = tuple(row for row, name in enumerate(SEED_CHANNELS) if not name.startswith("CB"))
_TRIAL = re.compile(r".*_eeg(\d+)", re.IGNORECASE)


def seed_trials(path: Path, *, n_trials: int) -> dict[int, float]:
    """Return the length in seconds of each trial in a file, by its number from 1.

    Raises
    ------
    InputError
        If a trial is missing or there twice, or has not 62 rows.
    """
    shapes, names = mat_shapes(path), _names(path)
    lacking = sorted(set(range(1, n_trials + 1)) - set(names))
    more = sorted(set(names) - set(range(1, n_trials + 1)))
    if lacking or more:
        fail(
            "seed_trials", "file", f"hold the trials 1 to {n_trials}",
            f"{path.name} without {lacking} and with {more}", "Fetch the file again.",
        )  # fmt: skip
    wrong = [name for name in names.values() if len(shapes[name]) != 2 or shapes[name][0] != 62]
    if wrong:
        fail(
            "seed_trials", "file", "hold trials of shape (62, time)",
            f"{shapes[wrong[0]]} for {wrong[0]} in {path.name}", "Fetch the file again.",
        )  # fmt: skip
    return {number: shapes[name][1] / SEED_RATE_HZ for number, name in sorted(names.items())}


def read_seed_file(
    path: Path, entries: Sequence[Entry], provenance: Provenance
) -> Iterator[Recording]:
    """Yield trials of a file, one variable in memory at a time; ``place`` is the trial's number."""
    names = _names(path)
    channels = [SEED_CHANNELS[row] for row in _KEPT]
    for entry in entries:
        signal = mat_array(path, names[entry.place])[list(_KEPT)].astype(float)
        yield eeg_recording("read_seed_file", entry, signal, channels, provenance)


def _names(path: Path) -> dict[int, str]:
    """Return the variable of each trial: its name ends in ``_eeg`` and the number."""
    names: dict[int, str] = {}
    for name in mat_shapes(path):
        found = _TRIAL.fullmatch(name)
        if not found:
            continue
        other = names.setdefault(int(found.group(1)), name)
        if other != name:
            fail(
                "seed_trials", "file", "hold each trial once",
                f"{other} and {name} in {path.name}", "Fetch the file again.",
            )  # fmt: skip
    return names
