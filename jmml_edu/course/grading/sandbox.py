"""The box in which programs of strangers run: bubblewrap, with limits, and no way out.

In it there is no network, no file of this machine but Python and this package, all of them
read-only, a small folder in memory, one process that cannot make others, and a limit of memory.
"""

from __future__ import annotations

import os
import platform
import shutil
import struct
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import jmml_edu
from jmml_edu._checks import fail

PACKAGE = Path(jmml_edu.__file__).resolve().parent
FOLDER_MB = 64
"""What a stranger may write, all of it in memory and gone afterwards."""

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

_ALLOW, _DENY, _NO_SUCH_CALL = 0x7FFF0000, 0x00050001, 0x00050026
_THREAD = 0x00010000  # of clone: a thread of the same process
_MACHINES = {  # number of the architecture, then of the calls that make a process
    "x86_64": (0xC000003E, (57, 58), 56),
    "aarch64": (0xC00000B7, (), 220),
}
_CLONE3 = 435


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    seconds
        Of the whole notebook.
    call_seconds
        Of each call of a test.
    memory_mb
        Of the whole.
    """

    seconds: float = 120.0
    call_seconds: float = 20.0
    memory_mb: int = 2048


def visible() -> list[Path]:
    """Return the folders of this machine that can be read in the box."""
    prefixes = {sys.prefix, sys.base_prefix, *map(sysconfig.get_path, ("purelib", "platlib"))}
    samples = PACKAGE.parent / "data_samples"
    own = [PACKAGE, *([samples] if samples.is_dir() else [])]
    places = [Path(place) for place in (*_SYSTEM, *sorted(prefixes))] + own
    return [place for place in dict.fromkeys(places) if place.exists()]


def boxed(command: list[str], *, rules: int) -> list[str]:
    """Return a command as it runs in the box; ``rules`` is an open file of :func:`one_process`."""
    shown = [word for place in visible() for word in ("--ro-bind", str(place), str(place))]
    settings = {
        "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "MPLBACKEND": "Agg",
        "LANG": "C.UTF-8", "JMML_EDU_DIARY": os.devnull, "JMML_EDU_CACHE": "/tmp/features",
        "MNE_DONTWRITE_HOME": "true", "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1", **dict.fromkeys(_THREADS, "1"),
    }  # fmt: skip
    told = [word for name, value in settings.items() for word in ("--setenv", name, value)]
    # The folder in memory comes first: a package that lies below /tmp is shown on top of it.
    return [
        _bubblewrap(), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--clearenv", *told, "--size", str(FOLDER_MB * 2**20), "--tmpfs", "/tmp", *shown,
        "--proc", "/proc", "--dev", "/dev", "--chdir", "/tmp", "--seccomp", str(rules),
        "--", *command,
    ]  # fmt: skip


def one_process() -> bytes:
    """Return the rule that a process makes threads but no processes, as the kernel reads it.

    A fork bomb needs a fork; and the memory of one process is the memory of all.
    """
    architecture, makes_process, clone = _MACHINES[platform.machine()]
    load, same, at_least, has, end = 0x20, 0x15, 0x35, 0x45, 0x06
    refused = [*makes_process]
    lines = [(load, 0, 0, 4), (same, 1, 0, architecture), (end, 0, 0, _DENY), (load, 0, 0, 0)]
    lines += [(at_least, 0, 1, 0x40000000), (end, 0, 0, _DENY)]  # calls by other numbers
    for call in refused:
        lines += [(same, 0, 1, call), (end, 0, 0, _DENY)]
    lines += [(same, 0, 1, _CLONE3), (end, 0, 0, _NO_SUCH_CALL)]  # its flags cannot be read here
    lines += [(same, 0, 3, clone), (load, 0, 0, 16), (has, 1, 0, _THREAD), (end, 0, 0, _DENY)]
    lines += [(end, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def open_rules() -> int:
    """Return an open file with :func:`one_process`, for one box."""
    reading, writing = os.pipe()
    os.write(writing, one_process())
    os.close(writing)
    os.set_inheritable(reading, True)
    return reading


def check_sandbox() -> None:
    """Raise unless this machine has a box to run programs of strangers in."""
    if platform.machine() not in _MACHINES:
        _refuse(f"a machine of kind {platform.machine()}")
    rules = open_rules()
    try:
        tried = subprocess.run(
            boxed(["/usr/bin/env", "true"], rules=rules), pass_fds=(rules,),
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    finally:
        os.close(rules)
    if tried.returncode:
        said = (tried.stderr.strip().splitlines() or ["nothing"])[-1]
        _refuse(f"one that does not start: {said}")


def _bubblewrap() -> str:
    """Return the program, or say that it is missing."""
    found = shutil.which("bwrap")
    return found or _refuse("none")


def _refuse(met: str) -> str:
    """Say that there is no box here: submissions are programs of strangers."""
    fail(
        "grade", "sandbox", "be there, because submissions are programs of strangers", met,
        "Install bubblewrap on Linux (apt install bubblewrap); elsewhere use a Linux machine.",
    )  # fmt: skip
