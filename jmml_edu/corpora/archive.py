"""An archive as it was downloaded -> a folder, and nothing outside of it.

A name in an archive may lead anywhere (``../../.bashrc``), and so may a link. Such an archive is
refused as a whole, before the first byte is written.
"""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from jmml_edu._checks import fail
from jmml_edu._folders import whole_folder


def unpack_archive(archive: Path, folder: Path) -> Path:
    """Unpack a ZIP or TAR archive into a new folder, which appears whole or not at all.

    Parameters
    ----------
    archive
        ``.zip``, ``.tar``, ``.tar.gz`` or what else :mod:`tarfile` reads.
    folder
        Must not exist yet, or be empty.

    Returns
    -------
    folder
        The same.

    Raises
    ------
    InputError
        If there is no such archive, it is damaged, the folder is taken, there is not enough space,
        or a name or link in it leads out of the folder.
    """
    if not archive.is_file():
        fail(
            "unpack_archive", "archive", "be a file that exists", repr(str(archive)),
            "Check the spelling and the folder you are in.",
        )  # fmt: skip
    try:
        if zipfile.is_zipfile(archive):
            _unpack_zip(archive, folder)
        else:
            _unpack_tar(archive, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        said = str(error).rstrip(".") or type(error).__name__
        fail(
            "unpack_archive", "archive", "be a whole ZIP or TAR file and fit on the disk",
            f"{archive.name}: {said}", "Download it again, or make room.",
        )  # fmt: skip
    return folder


def _unpack_zip(archive: Path, folder: Path) -> None:
    """Unpack a ZIP archive that leads nowhere else."""
    with zipfile.ZipFile(archive) as file:
        items = file.infolist()
        _check_names(archive, [item.filename for item in items])
        _check_links(archive, [i.filename for i in items if stat.S_ISLNK(i.external_attr >> 16)])
        _check_space(archive, folder, sum(item.file_size for item in items))
        with whole_folder("unpack_archive", folder) as new:
            file.extractall(new)


def _unpack_tar(archive: Path, folder: Path) -> None:
    """Unpack a TAR archive that leads nowhere else."""
    with tarfile.open(archive) as file:
        items = file.getmembers()
        _check_names(archive, [item.name for item in items])
        _check_links(archive, [i.name for i in items if not (i.isfile() or i.isdir())])
        _check_space(archive, folder, sum(item.size for item in items))
        with whole_folder("unpack_archive", folder) as new:
            file.extractall(new, filter="data")


def _check_names(archive: Path, names: Iterable[str]) -> None:
    """Raise if a name leads out of the folder on any system."""
    for name in names:
        parts = (PurePosixPath(name), PureWindowsPath(name))
        if any(part.is_absolute() or part.drive or ".." in part.parts for part in parts):
            fail(
                "unpack_archive", "archive", "hold names that stay in its folder",
                f"{name!r} in {archive.name}",
                "Do not unpack it by other means: fetch it from the corpus' own page.",
            )  # fmt: skip


def _check_links(archive: Path, names: list[str]) -> None:
    """Raise if something in the archive is neither file nor folder."""
    if names:
        fail(
            "unpack_archive", "archive", "hold files and folders only",
            f"the link or device {names[0]!r} in {archive.name}",
            "Fetch it from the corpus' own page.",
        )  # fmt: skip


def _check_space(archive: Path, folder: Path, n_bytes: int) -> None:
    """Raise if what the archive says of its size does not fit on the disk."""
    above = next(place for place in folder.absolute().parents if place.exists())
    free = shutil.disk_usage(above).free
    if n_bytes > free:
        fail(
            "unpack_archive", "archive", "fit on the disk",
            f"{n_bytes / 1e9:.1f} GB in {archive.name} for {free / 1e9:.1f} GB that are free",
            "Make room, or unpack it elsewhere.",
        )  # fmt: skip
