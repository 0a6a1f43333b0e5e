"""What a reader needs to repeat a run: versions, command, seconds and memory."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version

PACKAGES = ("jmml_edu", "numpy", "scipy", "scikit-learn", "mne", "librosa")
"""Packages whose version can change a result of the road."""


def run_record(*, command: str, seconds: float) -> Mapping[str, object]:
    """Return the record of a run that is about to end."""
    return {
        "command": command,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "platform": platform.platform(),
        "seconds": round(seconds, 1),
        "peak_mib": peak_mib(),
    }


def peak_mib() -> int | None:
    """Return the most memory this process has held at once, in MiB; None where unknown.

    With child processes that have ended, the largest of them is added.
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    sizes = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    # Linux counts in KiB, macOS in bytes.
    return round(sum(sizes) / (2**20 if sys.platform == "darwin" else 2**10))
