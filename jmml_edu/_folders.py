"""Output folders that appear whole or not at all.

A folder is filled beside its place and moved there at the end. Whatever stops the work in between
(an error, Ctrl-C) leaves nothing half-written, and an earlier folder as it was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jmml_edu._checks import fail


def check_new_folder(function: str, folder: Path, *, replaces: str = "") -> None:
    """Raise unless ``folder`` is free, empty, or holds the file ``replaces`` and may be replaced.

    Call it before long work, so that a taken name is found out at once and not at the end.
    """
    parent = next(above for above in folder.absolute().parents if os.path.lexists(above))
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        fail(
            function, "folder", "lie in a folder that can be written to", f"'{parent}'",
            "Choose another --out.",
        )  # fmt: skip
    if not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return
    remedy = "Choose another --out, or pass --overwrite to replace an earlier report."
    if not replaces:
        fail(function, "folder", "not exist yet", f"'{folder}'", remedy)
    if not folder.is_dir():
        fail(function, "folder", "be a folder", f"the file '{folder}'", "Choose another --out.")
    if not (folder / replaces).is_file():
        fail(
            function, "folder", f"hold {replaces}, so that nothing else is overwritten",
            f"'{folder}' without it", "Choose another --out.",
        )  # fmt: skip


@contextmanager
def whole_folder(function: str, folder: Path, *, replaces: str = "") -> Iterator[Path]:
    """Yield an empty folder to fill; it takes the place of ``folder`` when the block ends well.

    Parameters
    ----------
    function
        Who asks, for the sentence of an error.
    folder
        Where the result shall stand. Parents are made.
    replaces
        Name of a file that marks an earlier result, which may then be replaced. Empty: whatever
        stands there is left alone, and the error says so.

    Yields
    ------
    new
        The folder to write into, on the same disk.

    Raises
    ------
    InputError
        If ``folder`` is taken, at the start or at the end.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with whole_folder("example", Path(place) / "out") as new:
    ...         _ = (new / "answer.txt").write_text("42")
    ...     sorted(path.name for path in Path(place).rglob("*"))
    ['answer.txt', 'out']
    """
    folder = folder.absolute()
    check_new_folder(function, folder, replaces=replaces)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (staging / "new").mkdir()
        yield staging / "new"
        check_new_folder(function, folder, replaces=replaces)
        _swap(staging / "new", folder, staging / "old")
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Put ``new`` in the place of ``folder``; if that fails, put back what stood there."""
    try:
        if os.path.lexists(folder):
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if os.path.lexists(old) and not os.path.lexists(folder):
            old.rename(folder)
        raise
