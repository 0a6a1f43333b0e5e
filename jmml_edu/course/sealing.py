"""Right numbers that can be tested without standing in a file for all to read."""

from __future__ import annotations

import hashlib


def seal(name: str, value: float, *, decimals: int = 2) -> str:
    """Return the salted hash of a rounded number; the name of its exercise is the salt.

    Examples
    --------
    >>> seal("99.A", 0.1234) == seal("99.A", 0.1199), seal("99.A", 0.12) == seal("99.B", 0.12)
    (True, False)
    """
    rounded = f"{round(value, decimals) + 0.0:.{decimals}f}"
    return hashlib.sha256(f"{name}:{rounded}".encode()).hexdigest()[:20]


def opens(sealed: str, name: str, value: float, *, decimals: int = 2) -> bool:
    """Tell whether a number is the sealed one, or next to it in the last decimal.

    Examples
    --------
    >>> opens(seal("99.A", 0.12), "99.A", 0.11), opens(seal("99.A", 0.12), "99.A", 0.10)
    (True, False)
    """
    step = 10.0**-decimals
    return any(
        seal(name, value + shift, decimals=decimals) == sealed for shift in (0.0, -step, step)
    )
