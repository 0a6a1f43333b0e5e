"""The machine: Python, memory, threads, disk, a browser, the samples, and where one may write."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from jmml_edu._checks import InputError
from jmml_edu.corpora.samples import samples_folder
from jmml_edu.doctor.nouns import Finding, install

NEEDED_MIB = 1024
"""Memory that the road needs at most, and disk that it should find free, in MiB."""

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def machine_findings() -> list[Finding]:
    """Return what was found about the machine itself."""
    return [_python(), _system(), _memory(), _disk(), _threads()]


def file_findings() -> list[Finding]:
    """Return what was found about browser, samples and folder."""
    return [_browser(), _samples(), _writing()]


def _python() -> Finding:
    """Tell the version of Python."""
    ok = sys.version_info >= (3, 11)
    remedy = "" if ok else "Install Python 3.11 or newer, then: python3 start.py setup"
    return Finding("Python", platform.python_version(), ok, remedy)


def _system() -> Finding:
    """Tell the operating system and the number of cores."""
    return Finding("System", f"{platform.platform()}, {os.cpu_count()} cores")


def _memory() -> Finding:
    """Tell the memory that programs may use."""
    limit_mib = memory_limit_mib()
    if limit_mib is None:
        return Finding("Memory", "unknown")
    ok = limit_mib >= NEEDED_MIB
    remedy = "" if ok else f"Give the container or machine {NEEDED_MIB} MiB or more."
    return Finding("Memory", f"{limit_mib:.0f} MiB", ok, remedy)


def memory_limit_mib() -> float | None:
    """Return the memory that programs may use, in MiB: the container's limit or the machine's.

    Returns
    -------
    float or None
        The smallest of the limit of the control group (Linux containers, versions 1 and 2), the
        limit of the process (``ulimit -v``) and the physical memory; None where none is known.

    Examples
    --------
    >>> from jmml_edu.doctor import memory_limit_mib
    >>> memory_limit_mib() > 100
    True
    """
    limits = [_physical_bytes(), _limit_bytes(), *map(_cgroup_bytes, _CGROUP_LIMITS)]
    known = [limit for limit in limits if limit]
    return min(known) / 2**20 if known else None


def _cgroup_bytes(path: Path) -> int | None:
    """Return the limit that a control group sets, if it sets one."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None  # "max": no limit


def _limit_bytes() -> int | None:
    """Return the address space that the process may take, if it is limited."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _physical_bytes() -> int | None:
    """Return the memory of the machine, if it tells."""
    if sys.platform == "win32":
        import ctypes

        kibibytes = ctypes.c_ulonglong()
        ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kibibytes))
        return kibibytes.value * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _disk() -> Finding:
    """Tell the free disk in the current folder."""
    free_mib = shutil.disk_usage(Path.cwd()).free / 2**20
    ok = free_mib >= NEEDED_MIB
    remedy = "" if ok else f"Free {NEEDED_MIB} MiB on the disk of {Path.cwd()}."
    return Finding("Free disk", f"{free_mib:.0f} MiB", ok, remedy)


def _threads() -> Finding:
    """Tell how many threads the linear algebra may take."""
    settings = [f"{name}={os.environ[name]}" for name in _THREADS if name in os.environ]
    free = "one per core (start.py sets one, which is faster on small matrices)"
    return Finding("BLAS threads", ", ".join(settings) or free)


def _browser() -> Finding:
    """Tell which browser the browser tests would find; nothing else needs one."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return Finding("Browser for tests", found or "no Chromium found: browser tests will skip")


def _samples() -> Finding:
    """Tell where the samples are; if nowhere, how they come back to where the package came from."""
    try:
        return Finding("Samples", str(samples_folder()))
    except InputError:
        above = Path(__file__).resolve().parents[2]
    in_clone = (above / "pyproject.toml").exists()
    again = install("--force-reinstall", "--no-deps", "jmml_edu")
    remedy = f'git -C "{above}" checkout -- data_samples' if in_clone else again
    return Finding("Samples", "missing", False, remedy)


def _writing() -> Finding:
    """Tell whether results can be written into the current folder."""
    try:
        with tempfile.TemporaryFile(dir=Path.cwd()):
            return Finding("Writing", f"allowed in {Path.cwd()}")
    except OSError as problem:
        value = f"not allowed in {Path.cwd()} ({problem.strerror})"
        return Finding("Writing", value, False, "Change to a folder of your own, or give --out.")
