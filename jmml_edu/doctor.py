"""Look at the machine and the installation, and say how to mend what is wrong.

In comes nothing; out comes one :class:`Finding` per thing looked at. Nothing heavy is imported.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path

from jmml_edu._checks import InputError
from jmml_edu.corpora.samples import samples_folder

NEEDED_MIB = 1024
"""Memory that the road needs at most, and disk that it should find free, in MiB."""

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_TORCH_CPU = "--index-url https://download.pytorch.org/whl/cpu"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


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


def diagnose() -> list[Finding]:
    """Return what was found about Python, the machine, the packages and the files.

    Returns
    -------
    list of Finding
        Machine first, packages then, files last; each one that is not ok has a remedy.

    Examples
    --------
    >>> from jmml_edu.doctor import diagnose
    >>> diagnose()[0].name
    'Python'
    >>> all(finding.remedy for finding in diagnose() if not finding.ok)
    True
    """
    machine = [_python(), _system(), _memory(), _disk(), _threads()]
    installed = [*_packages(), _torch_build(), _widgets(), _audio()]
    return [*machine, *installed, _browser(), _samples(), _writing()]


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
        The smaller of the limit of the control group (Linux containers, versions 1 and 2) and the
        physical memory; None where neither is known.

    Examples
    --------
    >>> from jmml_edu.doctor import memory_limit_mib
    >>> memory_limit_mib() > 100
    True
    """
    limits = [_physical_bytes(), *map(_cgroup_bytes, _CGROUP_LIMITS)]
    known = [limit for limit in limits if limit]
    return min(known) / 2**20 if known else None


def _cgroup_bytes(path: Path) -> int | None:
    """Return the limit that a control group sets, if it sets one."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None  # "max": no limit


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


def _found(name: str) -> Distribution | None:
    """Return the record of an installed package, if there is one."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _install(*words: str) -> str:
    """Return the command that installs something into the running Python."""
    return " ".join([f'"{sys.executable}"', "-m", "pip", "install", *words])


def _packages() -> Iterator[Finding]:
    """Tell the version of each package that this one requires."""
    from packaging.requirements import Requirement

    for line in requires("jmml_edu") or []:
        needed = Requirement(line)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        there = _found(needed.name)
        version = there.version if there else "missing"
        ok = there is not None and needed.specifier.contains(version, prereleases=True)
        if ok:
            yield Finding(needed.name, version)
            continue
        index = (_TORCH_CPU,) if needed.name == "torch" and sys.platform != "darwin" else ()
        remedy = _install(f'"{needed.name}{needed.specifier}"', *index)
        yield Finding(needed.name, f"{version}; needs {needed.specifier}", False, remedy)


def _torch_build() -> Finding:
    """Tell whether PyTorch computes on the CPU only, from its record, without importing it."""
    torch = _found("torch")
    if torch is None:
        return Finding("PyTorch build", "missing", False, _install("torch", _TORCH_CPU))
    _, _, tag = torch.version.partition("+")
    nvidia = any("nvidia" in need for need in torch.requires or []) and sys.platform == "linux"
    cuda = tag.startswith("cu") or (not tag and nvidia)
    return Finding("PyTorch build", f"{tag or 'no tag'}: {'CUDA' if cuda else 'CPU'}")


def _widgets() -> Finding:
    """Tell whether JupyterLab can show widgets."""
    lab, widgets = _found("jupyterlab"), _found("jupyterlab-widgets")
    if lab is None or widgets is None:
        return Finding("JupyterLab widgets", "missing", False, _install("jupyterlab", "ipywidgets"))
    return Finding("JupyterLab widgets", f"{widgets.version} in JupyterLab {lab.version}")


def _audio() -> Finding:
    """Tell whether sound files can be read."""
    remedy = _install("--force-reinstall", "--no-deps", "soundfile")
    try:
        import soundfile
    except (ImportError, OSError) as problem:
        return Finding("Sound files", f"cannot be read: {problem}", False, remedy)
    formats = soundfile.available_formats()
    missing = sorted({"WAV", "FLAC", "OGG"} - set(formats))
    value = f"libsndfile {soundfile.__libsndfile_version__}"
    if missing:
        return Finding("Sound files", f"{value} without {', '.join(missing)}", False, remedy)
    return Finding("Sound files", value)


def _browser() -> Finding:
    """Tell which browser the browser tests would find; nothing else needs one."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return Finding("Browser for tests", found or "no Chromium found: browser tests will skip")


def _samples() -> Finding:
    """Tell where the samples are; if nowhere, how they come back to where the package came from."""
    try:
        return Finding("Samples", str(samples_folder()))
    except InputError:
        above = Path(__file__).resolve().parents[1]
    in_clone = (above / "pyproject.toml").exists()
    again = _install("--force-reinstall", "--no-deps", "jmml_edu")
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
