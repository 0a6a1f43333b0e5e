"""MATLAB files, of version 5 and of 7.3: which variables there are, and one of them at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np

from jmml_edu._checks import InputError, fail
from jmml_edu.corpora.headers import is_pointer, missing_bytes

_HDF5 = b"\x89HDF\r\n\x1a\n"
Found = TypeVar("Found")


def mat_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the variables of a MATLAB file and their shapes, without reading their numbers.

    Raises
    ------
    InputError
        If there is no such file, or it is a Git LFS pointer, cut short or no MATLAB file.
    """
    _check_whole(path)
    if _is_hdf5(path):
        return _carefully(path, _hdf5_shapes)
    return _carefully(path, _v5_shapes)


def mat_array(path: Path, name: str) -> np.ndarray:
    """Return one variable of a MATLAB file, with its axes in MATLAB's order.

    Raises
    ------
    InputError
        As :func:`mat_shapes`, or if the variable is not there or no array of numbers.
    """
    shapes = mat_shapes(path)
    if name not in shapes:
        _refuse(
            f"have the variable {name!r}", f"{sorted(shapes)} in {path.name}",
            "Fetch the file again, or rename the variable.",
        )  # fmt: skip
    read = _hdf5_array if _is_hdf5(path) else _v5_array
    array = np.asarray(_carefully(path, lambda file: read(file, name)))
    if array.dtype.kind not in "fiub":
        _refuse(
            f"hold numbers in {name!r}", f"{array.dtype} in {path.name}", "Fetch the file again.",
        )  # fmt: skip
    return array


def mat_struct(path: Path, name: str) -> Any:
    """Return a struct of a MATLAB file of version 5, as scipy shows structs.

    Raises
    ------
    InputError
        As :func:`mat_shapes`, or if the struct is not there or the file is of version 7.3.
    """
    if name not in mat_shapes(path) or _is_hdf5(path):
        _refuse(
            f"hold the struct {name!r} in version 5", f"{path.name} without it",
            "Fetch the file again.",
        )  # fmt: skip
    return _carefully(path, lambda file: _v5_array(file, name))


def _check_whole(path: Path) -> None:
    """Raise unless the file is there, fetched, and as long as it says."""
    if not path.is_file():
        _refuse("name a file that exists", repr(str(path)), "Check the folder and the spelling.")
    if is_pointer(path):
        _refuse(
            "hold data", f"{path.name}, which only points to them",
            "Fetch the data themselves with 'git lfs pull'.",
        )  # fmt: skip
    missing = missing_bytes(path)
    if missing:
        got = f"{path.name}, cut short by {missing} bytes"
        _refuse("name a complete file", got, "Copy or download it again.")


def _is_hdf5(path: Path) -> bool:
    """Return whether this is a file of version 7.3, which is HDF5 behind 512 bytes of header."""
    with path.open("rb") as file:
        start = file.read(520)
    return start[512:] == _HDF5 or start[:8] == _HDF5


def _carefully(path: Path, read: Callable[[Path], Found]) -> Found:
    """Return what a reader reads, its complaints turned into one sentence."""
    try:
        return read(path)
    except InputError:
        raise
    except Exception as error:  # a damaged file can raise anything inside a reader
        said = str(error).split("\n", maxsplit=1)[0].rstrip(".") or type(error).__name__
        _refuse(
            "name a complete MATLAB file", f"{path.name}, which cannot be read ({said})",
            "Copy or download it again.",
        )  # fmt: skip


def _v5_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes in a file of version 5."""
    import scipy.io

    return {name: tuple(shape) for name, shape, _ in scipy.io.whosmat(path)}


def _v5_array(path: Path, name: str) -> Any:
    """Return a variable of a file of version 5."""
    import scipy.io

    return scipy.io.loadmat(path, variable_names=[name])[name]


def _hdf5_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes in a file of version 7.3, which stores axes from last to first."""
    import h5py

    with h5py.File(path, "r") as file:
        return {
            name: tuple(item.shape[::-1])
            for name, item in file.items()
            if isinstance(item, h5py.Dataset)
        }


def _hdf5_array(path: Path, name: str) -> Any:
    """Return a variable of a file of version 7.3."""
    import h5py

    with h5py.File(path, "r") as file:
        return file[name][()].T


def _refuse(rule: str, got: str, remedy: str) -> NoReturn:
    """Raise the sentence about a MATLAB file."""
    fail("read_matlab", "path", rule, got, remedy)
