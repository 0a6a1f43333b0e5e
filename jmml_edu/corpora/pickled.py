"""Pickled arrays, read without running anything that a pickle may ask for.

A pickle is a program, and ``pickle.load`` runs it. Here only dictionaries, lists, text, numbers and
numpy arrays of plain numbers are rebuilt; any other name in the file is refused. Large arrays stay
on disk until they are looked at.
"""

from __future__ import annotations

import io
import mmap
import pickle
import re
from pathlib import Path
from struct import unpack
from typing import Any, BinaryIO, ClassVar, NamedTuple, NoReturn

import numpy as np

from jmml_edu._checks import InputError, fail
from jmml_edu.corpora.headers import is_pointer

_LAZY_BYTES = 65_536
_PLAIN = re.compile(r"[fiub]\d{1,2}")


class _Stretch(NamedTuple):
    """Bytes of the file that were passed over."""

    start: int
    length: int


class _Type:
    """The type of the numbers of an array."""

    def __init__(self, code: str = "", *_: object) -> None:
        if not _PLAIN.fullmatch(str(code)):
            raise pickle.UnpicklingError(f"an array of {code!r}")
        self.code = str(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.code = f"{state[1] if state[1] in ('<', '>') else ''}{self.code}"


class _Array:
    """An array whose numbers may still lie on disk."""

    shape: tuple[int, ...] = ()
    order = "C"
    numbers: _Stretch | bytes = b""
    kind = "f8"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, is_fortran, numbers = state
        self.fill(shape, kind, numbers, "F" if is_fortran else "C")

    def fill(self, shape: Any, kind: Any, numbers: Any, order: str) -> None:
        """Take what describes the array."""
        if not isinstance(kind, _Type):
            raise pickle.UnpicklingError("an array of something else than numbers")
        self.shape = tuple(int(length) for length in shape)
        self.kind, self.order = kind.code, "F" if order == "F" else "C"
        # Python 2 wrote bytes as text.
        self.numbers = numbers.encode("latin1") if isinstance(numbers, str) else numbers


def _rebuild(*_: object) -> _Array:
    """Return an array that is still empty, as numpy's function of that purpose."""
    return _Array()


def _from_buffer(numbers: Any, kind: Any, shape: Any, order: str) -> _Array:
    """Return an array of protocol 5."""
    array = _Array()
    array.fill(shape, kind, numbers, order)
    return array


_ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _rebuild for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _from_buffer for core in ("core", "_core")},
}


class _Careful(pickle._Unpickler):
    """Rebuilds arrays and containers; passes over the bytes of large arrays.

    The unpickler in plain Python is used: the one in C cannot pass over bytes.
    """

    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)
    _plain_build: Any = pickle._Unpickler.dispatch[pickle.BUILD[0]]
    read: Any
    append: Any
    stack: Any
    _unframer: Any

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, encoding="latin1")
        self._bytes_of = file

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name that is allowed."""
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"asks for {module}.{name}")
        return _ALLOWED[module, name]

    def load_build(self) -> None:
        """Give an array or its type their state, and nothing else."""
        if not isinstance(self.stack[-2], _Array | _Type):
            raise pickle.UnpicklingError("changes something that is no array")
        self._plain_build()

    def _pass_over(self, length: int, push: Any) -> None:
        """Remember where many bytes lie instead of reading them."""
        if length < _LAZY_BYTES or self._unframer.current_frame:
            push(self.read(length))
            return
        self.append(_Stretch(self._bytes_of.tell(), length))
        self._bytes_of.seek(length, io.SEEK_CUR)

    def load_binstring(self) -> None:
        """Load the bytes of Python 2."""
        length = unpack("<i", self.read(4))[0]
        self._pass_over(length, lambda data: self.append(data.decode("latin1")))

    def load_binbytes(self) -> None:
        """Load bytes with a length of 4 bytes."""
        self._pass_over(unpack("<I", self.read(4))[0], self.append)

    def load_binbytes8(self) -> None:
        """Load bytes with a length of 8 bytes."""
        self._pass_over(unpack("<Q", self.read(8))[0], self.append)

    dispatch[pickle.BUILD[0]] = load_build
    dispatch[pickle.BINSTRING[0]] = load_binstring
    dispatch[pickle.BINBYTES[0]] = load_binbytes
    dispatch[pickle.BINBYTES8[0]] = load_binbytes8
    dispatch[pickle.BYTEARRAY8[0]] = load_binbytes8


def read_pickled(path: Path) -> Any:
    """Return what a pickle of arrays holds: arrays, or containers of arrays, numbers and text.

    Large arrays come as read-only views of the file, so that a slice costs what the slice weighs.

    Raises
    ------
    InputError
        If there is no such file, it is a Git LFS pointer or cut short, or asks for anything but
        arrays of numbers.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "numbers.pkl"
    ...     _ = path.write_bytes(pickle.dumps({"a": [1, 2]}))
    ...     read_pickled(path)
    {'a': [1, 2]}
    """
    if not path.is_file():
        _refuse("name a file that exists", repr(str(path)), "Check the folder and the spelling.")
    if is_pointer(path):
        _refuse(
            "hold data", f"{path.name}, which only points to them",
            "Fetch the data themselves with 'git lfs pull'.",
        )  # fmt: skip
    try:
        with path.open("rb") as file:
            return _opened(_Careful(file).load(), path)
    except InputError:
        raise
    except Exception as error:  # a damaged or hostile pickle can raise anything
        said = str(error).split("\n", maxsplit=1)[0].rstrip(".") or type(error).__name__
        _refuse(
            "hold arrays of numbers and nothing that runs", f"{path.name}: {said}",
            "Fetch the file again from where the corpus is published, and from nowhere else.",
        )  # fmt: skip


def _opened(value: Any, path: Path) -> Any:
    """Return a value with all arrays in it opened."""
    if isinstance(value, dict):
        return {key: _opened(part, path) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_opened(part, path) for part in value)
    if isinstance(value, _Array):
        return _numbers(value, path)
    if isinstance(value, str | bytes | int | float | type(None)):
        return value
    raise pickle.UnpicklingError(f"holds a {type(value).__name__.strip('_')}")


def _numbers(array: _Array, path: Path) -> np.ndarray:
    """Return the array, from disk if it still lies there."""
    kind = np.dtype(array.kind)
    needed = int(np.prod(array.shape, dtype=np.int64)) * kind.itemsize
    numbers = array.numbers
    start, given = numbers if isinstance(numbers, _Stretch) else (0, len(numbers))
    if given != needed:
        raise pickle.UnpicklingError(f"{given} bytes for an array of shape {array.shape}")
    if not isinstance(numbers, _Stretch):
        return np.frombuffer(numbers, kind).reshape(array.shape, order=_order(array))
    with path.open("rb") as file:
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    flat = np.frombuffer(view, kind, count=needed // kind.itemsize, offset=start)
    return flat.reshape(array.shape, order=_order(array))


def _order(array: _Array) -> Any:
    """Return the order of the numbers as numpy's types have it."""
    return array.order


def _refuse(rule: str, got: str, remedy: str) -> NoReturn:
    """Raise the sentence about a pickle."""
    fail("read_pickled", "path", rule, got, remedy)
