"""A small table of text -> its rows, or one sentence that says which line is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from jmml_edu._checks import as_told_by, fail
from jmml_edu.corpora.table_text import read_text


def read_rows(function: str, path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV or TSV table by the names of its columns, without outer blanks.

    Parameters
    ----------
    function
        Who reads, for the sentence of an error.
    path
        Of the table; one that ends in ``.tsv`` has tabs.
    columns
        Those that must be there.

    Raises
    ------
    InputError
        If there is no such file, it is no text, a column is missing, or a line has more or fewer
        cells than there are columns.
    """
    (_, names), *lines = _lines(function, path)
    lacking = [name for name in columns if name not in names]
    if lacking or len(set(names)) < len(names):
        fail(
            function, path.name, f"have columns {', '.join(columns)}, each once",
            ", ".join(names), "Correct its first line.",
        )  # fmt: skip
    for number, cells in lines:
        if len(cells) != len(names):
            fail(
                function, path.name, "have one cell for each column",
                f"{len(cells)} in line {number} for {len(names)} columns", "Mend that line.",
            )  # fmt: skip
    return [dict(zip(names, cells, strict=True)) for _, cells in lines]


def _lines(function: str, path: Path) -> list[tuple[int, list[str]]]:
    """Return the lines that are not empty, with their numbers."""
    with as_told_by(function):
        text = read_text(path)
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]
    except csv.Error as error:
        fail(function, path.name, "be a table of text", str(error), "Export it again.")
