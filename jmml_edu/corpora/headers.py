"""What a file says of itself before it is read: its header, and whether it is whole."""

from __future__ import annotations

from math import nan
from pathlib import Path

POINTERS = (b"version https://git-lfs", b"/annex/objects")
"""How a file begins that only says where Git LFS or git-annex keep the data."""

_UNKNOWN_SIZES = (0, 0xFFFFFFFF, 0x7FFFF000)


def sound_header(path: Path) -> tuple[float, float]:
    """Return the rate in Hz and the length in seconds of a sound file; NaN if it has no header."""
    import soundfile

    try:
        info = soundfile.info(str(path))
    except soundfile.LibsndfileError:
        return nan, nan
    return float(info.samplerate), info.frames / info.samplerate


def is_pointer(path: Path) -> bool:
    """Return whether a file only points to data that were not fetched."""
    with path.open("rb") as file:
        return file.read(32).startswith(POINTERS)


def missing_bytes(path: Path) -> int:
    """Return how many bytes a WAV or MATLAB v5 file promises in vain; 0 for other files."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(128)
        if start[:4] == b"RIFF":
            return _missing_from_wav(path, size)
        if start[:6] == b"MATLAB" and start[126:128] in (b"IM", b"MI"):
            return _missing_from_mat(path, size, "little" if start[126:128] == b"IM" else "big")
    return 0


def _missing_from_wav(path: Path, size: int) -> int:
    """Return how many bytes of sound the header of a WAV file promises in vain."""
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                promised = 0 if length in _UNKNOWN_SIZES else length
                return max(0, file.tell() + promised - size)
            file.seek(length + length % 2, 1)
    return 0


def _missing_from_mat(path: Path, size: int, order: str) -> int:
    """Return how many bytes the last variable of a MATLAB v5 file lacks."""
    place = 128
    with path.open("rb") as file:
        while place < size:
            file.seek(place + 4)
            place += 8 + int.from_bytes(file.read(4), "big" if order == "big" else "little")
    return place - size


def file_trouble(path: Path) -> str:
    """Return what is wrong with a file as far as its size tells; nothing if it looks whole."""
    if not path.is_file():
        return "missing"
    if not path.stat().st_size:
        return "empty"
    if is_pointer(path):
        return "a pointer whose data were not fetched"
    return "cut short" if missing_bytes(path) else ""
