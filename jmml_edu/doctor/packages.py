"""The packages: each with its version, PyTorch's build, and the library that reads sound."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

from jmml_edu.doctor.nouns import Finding, found, install

_TORCH_CPU = "--index-url https://download.pytorch.org/whl/cpu"


def package_findings() -> list[Finding]:
    """Return what was found about the packages."""
    return [_own(), *_packages(), _torch_build(), _audio()]


def requirements_of(extra: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and versions of what this package requires, or what an extra adds to that."""
    from packaging.requirements import Requirement

    for line in requires("jmml_edu") or []:
        needed = Requirement(line)
        always = needed.marker is None or needed.marker.evaluate({"extra": ""})
        asked = needed.marker is None or needed.marker.evaluate({"extra": extra})
        if asked and always is (not extra):
            yield needed.name, str(needed.specifier)


def _own() -> Finding:
    """Tell the version of this package, and where it lies."""
    here = found("jmml_edu")
    return Finding(
        "jmml_edu", f"{here.version if here else 'unknown'} in {Path(__file__).parents[1]}"
    )


def version_finding(name: str, needed: str, *index: str) -> Finding:
    """Tell the version of a package, and whether it is one of those that are needed."""
    from packaging.specifiers import SpecifierSet

    there = found(name)
    version = there.version if there else "missing"
    if there is not None and SpecifierSet(needed).contains(version, prereleases=True):
        return Finding(name, version)
    return Finding(
        name, f"{version}; needs {needed}", False, install(f'"{name}{needed}"', *index)
    )  # fmt: skip


def _packages() -> Iterator[Finding]:
    """Tell the version of each package that this one requires."""
    for name, needed in requirements_of():
        index = (_TORCH_CPU,) if name == "torch" and sys.platform != "darwin" else ()
        yield version_finding(name, needed, *index)


def _torch_build() -> Finding:
    """Tell whether PyTorch computes on the CPU only, from its record, without importing it."""
    torch = found("torch")
    if torch is None:
        return Finding("PyTorch build", "missing", False, install("torch", _TORCH_CPU))
    _, _, tag = torch.version.partition("+")
    nvidia = any("nvidia" in need for need in torch.requires or []) and sys.platform == "linux"
    cuda = tag.startswith("cu") or (not tag and nvidia)
    return Finding("PyTorch build", f"{tag or 'no tag'}: {'CUDA' if cuda else 'CPU'}")


def _audio() -> Finding:
    """Tell whether sound files can be read, and clips be made that a browser plays."""
    remedy = install("--force-reinstall", "--no-deps", "soundfile")
    try:
        import soundfile
    except (ImportError, OSError) as problem:
        return Finding("Sound files", f"cannot be read: {problem}", False, remedy)
    formats = soundfile.available_formats()
    missing = sorted({"WAV", "FLAC", "OGG", "MP3"} - set(formats))
    value = f"libsndfile {soundfile.__libsndfile_version__}"
    if missing:
        return Finding("Sound files", f"{value} without {', '.join(missing)}", False, remedy)
    return Finding("Sound files", value)
