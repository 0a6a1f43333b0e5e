"""What runs in the reader's browser: packages of the npm registry, pinned, checked and kept.

In comes the list below; out comes a folder with the files that the site needs and their licences.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, and what the site takes from it.

    Attributes
    ----------
    name, version
        As in the registry.
    sha512
        Of its archive, in base64: what any other archive is refused by.
    files
        What is taken: beginnings of paths inside the archive.
    """

    name: str
    version: str
    sha512: str
    files: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Return the name of its folder in the site."""
        return self.name.rpartition("/")[2]

    @property
    def archive(self) -> str:
        """Return the name of its archive."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


PACKAGES = (
    Package(
        "requirejs", "2.3.7",
        "DouTG8T1WanGok6Qjg2SXuCMzszOo0eHeH9hDZ5Y4x8Je+9JB38HdTLT4/VA8OaUhBa0JPVHJ0pyBkM1z+pDsw==",
        ("require.js", "LICENSE", "package.json"),
    ),
    Package(
        "@jupyter-widgets/html-manager", "1.0.15",
        "5thBIV6ymNgmPVOHvzx+gGy8ZSKmSazhtGw4/c4xJDVzRhG9PTeQsRjF3FUTopvFi//SABeNz1yp47bCrJ3CQA==",
        ("dist/embed-amd.js", "LICENSE", "package.json"),
    ),
    Package(
        "anywidget", "0.11.0",
        "LHZgW2j5UjyerZSZcO+BtZPXGMSORQV2bUT480hOR5x/BXS8sOradi/71amJfMueSEnKX0dqPwTfsOGHTsyZpQ==",
        ("dist/index.js", "LICENSE", "package.json"),
    ),
    Package(
        "mathjax", "3.2.2",
        "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
        ("es5/tex-chtml.js", "es5/output/chtml/fonts/", "LICENSE", "package.json"),
    ),
)  # fmt: skip


def write_vendored(folder: Path, packages: tuple[Package, ...] = PACKAGES) -> None:
    """Write what the browser needs into a folder, one folder per package."""
    for package in packages:
        unpack(fetched(package), package, folder / package.folder)


def cache_folder() -> Path:
    """Return where archives are kept between builds."""
    told = os.environ.get("JMML_EDU_NPM_CACHE")
    return Path(told) if told else Path.home() / ".cache" / "jmml_edu" / "npm"


def fetched(package: Package) -> Path:
    """Return the archive of a package, from the cache or the registry; stop at a wrong hash."""
    kept = cache_folder() / package.archive
    if kept.exists() and sha512(kept) == package.sha512:
        return kept
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(
            f"build.py: {package.name} {package.version} must be fetched once with npm; got no npm."
            " Install Node.js, which brings it."
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
        command = [npm, "pack", f"{package.name}@{package.version}", "--silent"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"build.py: npm could not fetch {package.name}: {done.stderr.strip()}")
        archive = Path(scratch) / package.archive
        if sha512(archive) != package.sha512:
            sys.exit(
                f"build.py: the archive of {package.name} {package.version} must have the hash"
                f" {package.sha512}; got {sha512(archive)}. Do not use it."
            )
        archive.replace(kept)
    return kept


def sha512(path: Path) -> str:
    """Return the hash of a file as npm writes it."""
    return base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def unpack(archive: Path, package: Package, folder: Path) -> None:
    """Write the files that are wanted, and nothing outside of the folder."""
    with tarfile.open(archive) as opened:
        for member in opened.getmembers():
            name = member.name.partition("/")[2]
            wanted = member.isfile() and any(name.startswith(start) for start in package.files)
            if not wanted or ".." in Path(name).parts:
                continue
            content = opened.extractfile(member)
            assert content is not None
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
