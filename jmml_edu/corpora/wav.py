"""One sound file -> one speech recording, or one sentence that says why not."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.corpora.headers import is_pointer, missing_bytes
from jmml_edu.data import UNLABELLED, Provenance, Recording

SILENT_DB = -70.0
"""Below this level, in dB of full scale, a file counts as silent."""

_CLIPPED_SHARE = 1e-3
_FULL_SCALE = 0.99
_CANCELLED = 1e-4


def read_wav(
    path: Path | str,
    *,
    subject: str,
    provenance: Provenance,
    label: str = UNLABELLED,
    trial: str = "",
    stimulus: str = "",
) -> Recording:
    """Return the speech in a sound file, averaged over its channels, at its own rate.

    Parameters
    ----------
    path
        A WAV, FLAC, OGG or other file that libsndfile reads.
    subject
        Who speaks.
    provenance
        Where the file comes from, and whether a program made it.
    label, trial, stimulus
        Which class, which trial (empty: the name of the file) and what is said.

    Returns
    -------
    recording
        One channel, as fractions of full scale. That channels were averaged is on record.

    Raises
    ------
    InputError
        If there is no such file, if it is empty, cut short, no sound or a Git LFS pointer, if it
        holds NaN, is silent, or if its channels cancel each other.

    Warns
    -----
    UserWarning
        If at least 0.1 % of the samples are clipped, that is, lie in runs of three or more equal
        samples at full scale. Clipping adds overtones that were never spoken.

    Notes
    -----
    libsndfile reads what is there of a truncated WAV file without a word; the size that the
    header promises is compared here.

    Examples
    --------
    >>> read_wav("no.wav", subject="A", provenance=Provenance("nowhere", simulated=False))
    Traceback (most recent call last):
        ...
    jmml_edu._checks.InputError: read_wav: path must name an existing file; got 'no.wav'. Check \
the spelling and the folder.
    """
    file = Path(path)
    _check_file(file)
    channels, sample_rate_hz = _decode(file)
    voice = _average(file, channels)
    _warn_if_clipped(file, channels)
    read = Recording(
        voice[None], sample_rate_hz, ("mono",), "speech", subject, provenance, label,
        trial or file.stem, stimulus,
    )  # fmt: skip
    if len(channels) == 1:
        return read
    return read.with_signal(read.signal, f"{len(channels)} channels averaged")


def _check_file(file: Path) -> None:
    """Raise unless the file is there and looks whole."""
    if not file.is_file():
        fail(
            "read_wav", "path", "name an existing file", repr(str(file)),
            "Check the spelling and the folder.",
        )  # fmt: skip
    if is_pointer(file):
        fail(
            "read_wav", "path", "hold sound", f"a Git LFS pointer in {file.name}",
            "Fetch the sound itself with 'git lfs pull'.",
        )  # fmt: skip
    size, missing = file.stat().st_size, missing_bytes(file)
    if not size or missing:
        got = f"{file.name}, cut short by {missing} bytes" if size else f"{file.name}, empty"
        fail("read_wav", "path", "name a complete file", got, "Copy or download it again.")


def _decode(file: Path) -> tuple[Float[np.ndarray, "channel time"], float]:
    """Return the samples of a sound file, at least one and all finite, and their rate."""
    import soundfile

    try:
        with soundfile.SoundFile(file) as sound:
            promised, rate = sound.frames, float(sound.samplerate)
            samples = sound.read(dtype="float64", always_2d=True).T
    except soundfile.LibsndfileError as error:
        fail(
            "read_wav", "path", "name a complete sound file",
            f"{file.name}, which libsndfile cannot read ({error.error_string.rstrip('.')})",
            "Copy or download it again, or convert it to WAV or FLAC.",
        )  # fmt: skip
    _check_samples(file, samples, promised)
    return samples, rate


def _check_samples(file: Path, samples: Float[np.ndarray, "channel time"], promised: int) -> None:
    """Raise unless all samples that the header promised are there, and finite."""
    if samples.shape[1] < max(promised, 1):
        fail(
            "read_wav", "path", "name a complete sound file",
            f"{samples.shape[1]} of {promised} samples in {file.name}",
            "It is empty or cut short: copy or download it again.",
        )  # fmt: skip
    bad = int((~np.isfinite(samples)).sum())
    if bad:
        fail(
            "read_wav", "path", "hold finite samples only",
            f"{bad} NaN or infinite in {file.name}", "Export the sound again.",
        )  # fmt: skip


def _average(file: Path, channels: Float[np.ndarray, "channel time"]) -> Float[np.ndarray, " time"]:
    """Return the mean over channels, which must be audible."""
    voice = np.asarray(channels.mean(axis=0))
    if _power_db(channels) < SILENT_DB:
        fail(
            "read_wav", "path", f"hold sound above {SILENT_DB:g} dB of full scale",
            f"silence in {file.name}", "Leave this file out, or check the microphone.",
        )  # fmt: skip
    if voice.var() < _CANCELLED * channels.var(axis=1).mean():
        fail(
            "read_wav", "path", "have channels that add up",
            f"{len(channels)} channels that cancel in {file.name}",
            "Swap the polarity of one channel, or keep only one.",
        )  # fmt: skip
    return voice


def _power_db(channels: Float[np.ndarray, "channel time"]) -> float:
    """Return the level of the loudest channel, constant offset apart, in dB of full scale."""
    return float(10 * np.log10(max(float(channels.var(axis=1).max()), 1e-20)))


def _warn_if_clipped(file: Path, channels: Float[np.ndarray, "channel time"]) -> None:
    """Warn if too many samples lie in runs of three or more at full scale."""
    same = (channels[:, 1:] == channels[:, :-1]) & (np.abs(channels[:, 1:]) >= _FULL_SCALE)
    middle = np.pad(same[:, 1:] & same[:, :-1], ((0, 0), (2, 2)))
    clipped = middle[:, 2:] | middle[:, 1:-1] | middle[:, :-2]
    share = float(clipped.mean(axis=1).max())
    if share >= _CLIPPED_SHARE:
        warnings.warn(
            f"read_wav: path should hold unclipped sound; got {100 * share:.1f} % of "
            f"{file.name} at full scale. Record it again at a lower gain, or leave it out.",
            stacklevel=3,
        )
