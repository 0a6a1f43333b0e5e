"""Features that were computed once, kept on disk for the next time.

The key is what they were made from: the samples of the recording, the settings, and the code and
libraries that did it. So a changed file, setting or version finds nothing, and nothing must be
cleared by hand. Several processes may read and write at once: a file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from jmml_edu._checks import InputWarning, check_at_least
from jmml_edu.data import Recording

LIMIT_MB = 256.0
"""What the kept features may take on disk, in 10^6 bytes."""

_KEPT_SHARE = 0.8
_CODE = ("preprocess", "features", "corpora/electrodes.py")
_LIBRARIES = ("numpy", "scipy", "mne", "librosa")


class KeptRow(NamedTuple):
    """The features of one recording: names, values, and the steps that made them."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class FeatureCache:
    """A folder of kept rows, each in a file named by its key.

    Attributes
    ----------
    folder
        Made when the first row is kept.
    limit_mb
        What :meth:`trim` leaves at most, in 10^6 bytes.
    """

    folder: Path
    limit_mb: float = LIMIT_MB

    def __post_init__(self) -> None:
        check_at_least("FeatureCache", 0, limit_mb=self.limit_mb)

    def key(self, recording: Recording, settings: str) -> str:
        """Return the name of what comes from this recording with these settings."""
        digest = hashlib.blake2b(digest_size=20)
        about = (
            recording.modality, recording.channels, recording.sample_rate_hz,
            recording.signal.shape, str(recording.signal.dtype), settings, code_fingerprint(),
        )  # fmt: skip
        digest.update(repr(about).encode())
        digest.update(recording.signal.tobytes())
        return digest.hexdigest()

    def get(self, key: str) -> KeptRow | None:
        """Return what is kept under a key; nothing if it is not there or not whole."""
        path = self._path(key)
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            row = KeptRow(tuple(said["names"]), tuple(said["values"]), tuple(said["steps"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        with suppress(OSError):  # the file of another process may be gone
            os.utime(path)
        return row

    def put(self, key: str, row: KeptRow) -> None:
        """Keep a row; where the disk refuses, warn and go on without."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(row._asdict(), file)
            Path(name).replace(path)
        except OSError as error:
            warnings.warn(
                f"FeatureCache: folder should take files; got {error.strerror} for"
                f" {self.folder}. Features are computed anew each time; set JMML_EDU_CACHE to"
                " another folder.",
                InputWarning,
                stacklevel=2,
            )

    def files(self) -> list[tuple[float, int, Path]]:
        """Return when each file was last used, its size in bytes, and where it lies, oldest first.

        What a process that was stopped left half-written is among them.
        """
        return sorted(self._files())

    def trim(self) -> int:
        """Remove what was not used for longest until the limit holds; return how many files."""
        files = self.files()
        total = sum(size for _, size, _ in files)
        limit = 1e6 * self.limit_mb
        if total <= limit:
            return 0
        removed = 0
        for _, size, path in files:
            if total <= _KEPT_SHARE * limit:
                break
            path.unlink(missing_ok=True)
            total, removed = total - size, removed + 1
        return removed

    def clear(self) -> int:
        """Remove everything that is kept, and nothing else; return how many files."""
        files = self.files()
        for _, _, path in files:
            path.unlink(missing_ok=True)
        return len(files)

    def _path(self, key: str) -> Path:
        """Return the file of a key; 256 folders keep each of them small."""
        return self.folder / key[:2] / f"{key[2:]}.json"

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Yield every file of the cache that is still there."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if path.suffix in (".json", ".part"):
                with suppress(OSError):
                    about = path.stat()
                    yield about.st_mtime, about.st_size, path


def open_cache() -> FeatureCache:
    """Return the cache of this user: in ``JMML_EDU_CACHE``, else where the system keeps such."""
    named = os.environ.get("JMML_EDU_CACHE", "")
    if named:
        return FeatureCache(Path(named))
    if sys.platform == "win32":
        above = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        above = Path.home() / "Library" / "Caches"
    else:
        above = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return FeatureCache(above / "jmml_edu" / "features")


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Return a short name of the code and the libraries that make features."""
    package = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for part in _CODE:
        place = package / part
        for path in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    digest.update(repr([(name, version(name)) for name in _LIBRARIES]).encode())
    return digest.hexdigest()
