"""The first sheet of an Excel workbook -> its cells as text; nothing in it is calculated or run."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

from jmml_edu._checks import fail

_MOST_BYTES = 8_000_000
_SHEET, _TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def read_sheet(path: Path) -> list[list[str]]:
    """Return the rows of the first sheet; a cell that is empty is an empty text.

    Parameters
    ----------
    path
        Of an ``.xlsx`` file.

    Raises
    ------
    InputError
        If it is no workbook, or one far larger than a table of names.
    """
    try:
        with zipfile.ZipFile(path) as book:
            if max((part.file_size for part in book.infolist()), default=0) > _MOST_BYTES:
                _refuse(path, "a part of more than 8 MB")
            texts = _shared_texts(book)
            root = ElementTree.fromstring(book.read(_SHEET))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError) as error:
        _refuse(path, f"{type(error).__name__}")
    return [_cells(row, texts) for row in root.iterfind(".//{*}row")]


def _shared_texts(book: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells point to."""
    if _TEXTS not in book.namelist():
        return []
    root = ElementTree.fromstring(book.read(_TEXTS))
    return ["".join(part.text or "" for part in item.iterfind(".//{*}t")) for item in root]


def _cells(row: ElementTree.Element, texts: list[str]) -> list[str]:
    """Return the texts of a row, each in its column."""
    cells: dict[int, str] = {}
    for place, cell in enumerate(row.iterfind("{*}c")):
        column = _column(cell.get("r", ""), place)
        value = cell.findtext("{*}v") or ""
        if cell.get("t") == "s" and value:
            value = texts[int(value)]
        elif cell.get("t") == "inlineStr":
            value = "".join(part.text or "" for part in cell.iterfind(".//{*}t"))
        cells[column] = value.strip()
    return [cells.get(column, "") for column in range(max(cells, default=-1) + 1)]


def _column(name: str, otherwise: int) -> int:
    """Return the number of a column from 0, of a cell called like ``AB7``."""
    letters = re.match(r"[A-Z]+", name)
    if letters is None:
        return otherwise
    number = 0
    for letter in letters.group():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _refuse(path: Path, got: str) -> NoReturn:
    """Raise the sentence about a workbook."""
    fail(
        "read_sheet", path.name, "be a workbook with a sheet of names", got,
        "Fetch it again, or open it and save it as .xlsx.",
    )  # fmt: skip
