"""Values as they pass the wall of the sandbox: numbers, texts and arrays, never code.

A value becomes plain JSON, and JSON a value again; whatever else there is becomes the name of its
kind.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_BYTES = 64_000_000
"""A longer message is not read."""

_KINDS = {"bool", "int8", "int16", "int32", "int64", "uint8", "float32", "float64", "complex128"}
_DEEPEST = 20


@dataclass(frozen=True)
class Other:
    """Something that does not pass the wall.

    Attributes
    ----------
    kind
        Its type.
    """

    kind: str


def packed(value: Any, *, depth: int = 0) -> Any:
    """Return a value as JSON.

    Examples
    --------
    >>> packed((1, "a", np.eye(1)))
    {'list': [1, 'a', {'array': 'AAAAAAAA8D8=', 'kind': 'float64', 'shape': [1, 1]}]}
    """
    if depth > _DEEPEST:
        return {"other": "something nested"}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return _packed_array(np.asarray(value))
    if isinstance(value, list | tuple):
        return {"list": [packed(one, depth=depth + 1) for one in value]}
    if isinstance(value, dict):
        pairs = [[str(name), packed(one, depth=depth + 1)] for name, one in value.items()]
        return {"dict": pairs}
    return {"other": type(value).__name__}


def _packed_array(array: np.ndarray) -> dict[str, Any]:
    """Return an array of numbers by its bytes, one of texts by its texts."""
    shape = list(array.shape)
    if array.dtype.kind in "OU":
        return {"texts": [str(one) for one in array.ravel()], "shape": shape}
    if array.dtype.name not in _KINDS:
        return {"other": f"an array of {array.dtype}"}
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"array": data, "kind": array.dtype.name, "shape": shape}


def unpacked(told: Any, *, depth: int = 0) -> Any:
    """Return the value of a JSON that a stranger may have written.

    Raises
    ------
    ValueError
        If it is none of :func:`packed`.

    Examples
    --------
    >>> unpacked(packed(["a", np.arange(2)]))
    ['a', array([0, 1])]
    >>> unpacked(packed(print))
    Other(kind='builtin_function_or_method')
    """
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if told is None or isinstance(told, bool | int | float | str):
        return told
    if not isinstance(told, dict):
        raise ValueError("no value")
    if "list" in told:
        return [unpacked(one, depth=depth + 1) for one in _listed(told["list"])]
    if "dict" in told:
        return {str(name): unpacked(one, depth=depth + 1) for name, one in map(_pair, told["dict"])}
    if "other" in told:
        return Other(str(told["other"])[:80])
    return _unpacked_array(told)


def _unpacked_array(told: dict[str, Any]) -> np.ndarray:
    """Return an array; numpy refuses a shape that does not fit what was sent."""
    shape = [one for one in _listed(told.get("shape")) if isinstance(one, int) and one >= 0]
    if "texts" in told:
        texts = [str(one) for one in _listed(told["texts"])]
        return np.array(texts, dtype=object).reshape(shape)
    if told.get("kind") not in _KINDS:
        raise ValueError("an array of unknown kind")
    data = base64.b64decode(str(told.get("array")), validate=True)
    return np.frombuffer(data, dtype=told["kind"]).reshape(shape).copy()


def _listed(told: Any) -> list[Any]:
    """Return a list, or raise."""
    if not isinstance(told, list):
        raise ValueError("no list")
    return told


def _pair(told: Any) -> tuple[Any, Any]:
    """Return a name and its value, or raise."""
    name, value = _listed(told)
    return name, value
