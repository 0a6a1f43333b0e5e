"""A small table of text -> its rows, or one sentence that says which line is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from jmml_edu._checks import fail
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
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(io.StringIO(read_text(path)), delimiter=separator)
    names = [name.strip() for name in next(reader)]
    lacking = [name for name in columns if name not in names]
    if lacking or len(set(names)) < len(names):
        fail(
            function, path.name, f"have columns {', '.join(columns)}, each once",
            ", ".join(names), "Correct its first line.",
        )  # fmt: skip
    rows = []
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(names):
            fail(
                function, path.name, "have one cell for each column",
                f"{len(cells)} in line {reader.line_num} for {len(names)} columns",
                "Mend that line.",
            )  # fmt: skip
        rows.append(dict(zip(names, (cell.strip() for cell in cells), strict=True)))
    return rows
