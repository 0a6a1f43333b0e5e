"""The text of a feature table -> its frame, or one sentence that says why not."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jmml_edu._checks import fail
from jmml_edu.data import Provenance

if TYPE_CHECKING:
    import pandas as pd

PROVENANCE_MARK = "# provenance: "
"""A first line that begins so says in JSON where the table comes from."""

_LFS_POINTER = "version https://git-lfs"
_MISSING_NUMBERS = ("", "NA", "NaN", "nan")


def read_text_table(path: Path, texts: Collection[str]) -> tuple[pd.DataFrame, Provenance]:
    """Return a CSV or TSV table, the columns in ``texts`` word for word, and where it comes from.

    Raises
    ------
    InputError
        If the file is not UTF-8 text, is empty or a Git LFS pointer, if a column has no name or
        the name of another, or if a line has more or fewer cells than there are names.
    """
    import pandas as pd

    text = read_text(path)
    first, _, rest = text.partition("\n")
    marked = first.startswith(PROVENANCE_MARK)
    provenance = Provenance(path.name, simulated=False)
    if marked:
        provenance = parse_provenance(path, first.removeprefix(PROVENANCE_MARK))
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    body = rest if marked else text
    names = _checked_names(path, body, separator, lines_before=int(marked))
    try:
        frame = pd.read_csv(
            io.StringIO(body),
            sep=separator,
            dtype=dict.fromkeys(texts, str),
            keep_default_na=False,
            na_values={name: _MISSING_NUMBERS for name in names if name not in texts},
        )
    except pd.errors.ParserError:
        _refuse(path, "be a table with closed quotes", "a cell without end", "Export it again.")
    return frame, provenance


def parse_provenance(path: Path, text: str) -> Provenance:
    """Return the provenance that a file says in JSON."""
    try:
        said = json.loads(text)
        return Provenance(
            str(said["source"]), bool(said["simulated"]), tuple(said.get("steps", ()))
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        fail(
            "parse_provenance", path.name, "say its provenance in JSON", text.strip()[:60],
            'Write it like {"source": "where it comes from", "simulated": false}.',
        )  # fmt: skip


def _lines(path: Path, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield the lines of a table, or say that its quotes do not close."""
    try:
        yield from reader
    except csv.Error:
        _refuse(path, "be a table with closed quotes", "a cell without end", "Export it again.")


def read_text(path: Path) -> str:
    """Return the text of a table, or say why it is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        _refuse(path, "be a file that exists", "none", "Check the folder and the spelling.")
    except UnicodeDecodeError:
        _refuse(path, "be text in UTF-8", "other bytes", "Export it as CSV in UTF-8.")
    if not text.strip():
        _refuse(path, "hold a table", "an empty file", "Export it again.")
    if text.startswith(_LFS_POINTER):
        _refuse(path, "hold a table", "a Git LFS pointer", "Fetch it with 'git lfs pull'.")
    return text


def _checked_names(path: Path, body: str, separator: str, *, lines_before: int) -> list[str]:
    """Return the names of the columns, once all lines are found to fit them."""
    reader = csv.reader(io.StringIO(body), delimiter=separator)
    names = next(reader, [])
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if "" in names:
        got = f"none for column {names.index('') + 1}"
        _refuse(
            path, "have a name for every column", got, "Name it, or export without row numbers."
        )
    if repeated:
        _refuse(path, "name each column once", f"{repeated} twice", "Rename or remove one.")
    for row in _lines(path, reader):
        if row and len(row) != len(names):
            got = f"{len(row)} in line {reader.line_num + lines_before} for {len(names)} columns"
            _refuse(path, "have one cell for each column", got, "Mend that line.")
    return names


def _refuse(path: Path, rule: str, got: str, remedy: str) -> NoReturn:
    """Raise the sentence of a table that cannot be read."""
    fail("read_feature_table", path.name, rule, got, remedy)
