"""Arrays in one block of bytes, and what lies where in it: whole numbers with one scale each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

MISSING = {"int16": -32_768, "int8": -128}
"""What stands for NaN among whole numbers that have a scale."""


class Packer:
    """Puts arrays one after the other and remembers where."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.layout: dict[str, dict[str, Any]] = {}
        self.length = 0

    def add(self, name: str, values: np.ndarray, kind: str) -> None:
        """Add whole numbers as they are."""
        self._append(name, values.astype(np.dtype(kind).newbyteorder("<")), kind, scale=0.0)

    def add_scaled(self, name: str, values: np.ndarray, kind: str = "int16") -> None:
        """Add numbers rounded to whole multiples of one scale, NaN where they are missing."""
        finite, most = np.isfinite(values), -MISSING[kind] - 1
        scale = float(np.abs(values[finite]).max(initial=0.0)) / most or 1.0
        whole = np.where(finite, np.round(np.where(finite, values, 0) / scale), MISSING[kind])
        self._append(name, whole.astype(np.dtype(kind).newbyteorder("<")), kind, scale)

    def _append(self, name: str, values: np.ndarray, kind: str, scale: float) -> None:
        """Add the bytes of an array; a scale of 0 stands for none."""
        data = values.tobytes()
        padding = -len(data) % 4  # so that each begins where typed arrays may begin
        shape = list(values.shape)
        self.layout[name] = {"kind": kind, "at": self.length, "shape": shape, "scale": scale}
        self.parts.append(data + b"\0" * padding)
        self.length += len(data) + padding

    def block(self) -> bytes:
        """Return all of it."""
        return b"".join(self.parts)


def unpack(told: Mapping[str, Any], block: bytes, name: str) -> np.ndarray:
    """Return one of the arrays of a block as numbers, NaN where they are missing."""
    where = told["layout"][name]
    kind, count = np.dtype(where["kind"]).newbyteorder("<"), int(np.prod(where["shape"]))
    values = np.frombuffer(block, kind, count, where["at"]).reshape(where["shape"])
    if not where["scale"]:
        return values
    return np.where(values == MISSING[where["kind"]], np.nan, values * where["scale"])
