"""What the doctor hands out, and the words that all its parts share."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name, value
        What it is and how it was found, in words for a table.
    ok
        False if something must be mended.
    remedy
        The command, or the sentence, that mends it; empty if nothing must be.
    """

    name: str
    value: str
    ok: bool = True
    remedy: str = ""


def found(name: str) -> Distribution | None:
    """Return the record of an installed package, if there is one."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def install(*words: str) -> str:
    """Return the command that installs something into the running Python.

    Examples
    --------
    >>> install("numpy").endswith("-m pip install numpy")
    True
    """
    return " ".join([f'"{sys.executable}"', "-m", "pip", "install", *words])
