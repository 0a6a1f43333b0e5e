"""Who is who: from the list that a learning platform exports to the list that it imports.

Moodle identifies people by e-mail address, ID number or user name; Canvas by its own columns, which
must all come back. Which of them a list is from is read off its columns.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.course.grading.judging import Graded

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
"""Columns of a Canvas gradebook, which an import wants back as they were."""

MOODLE = ("Email address", "ID number", "Username")
"""Columns by which Moodle can be told who is meant; the first that is there is used."""

_FULL_NAMES = ("Student", "Full name", "Name")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Roster:
    """People as a platform lists them.

    Attributes
    ----------
    rows
        One per person, by column.
    platform
        ``"Canvas"`` or ``"Moodle"``.
    """

    rows: tuple[dict[str, str], ...]
    platform: str


def read_roster(path: Path) -> Roster:
    """Return the people of a platform's export.

    Raises
    ------
    InputError
        If it has the columns of no platform.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = set(rows[0]) if rows else set()
    if {"Student", "ID"} <= columns:
        # Canvas puts the points possible into a row of their own, below the names.
        people = [row for row in rows if "points possible" not in (row["Student"] or "").lower()]
        return Roster(tuple(people), "Canvas")
    if columns & set(MOODLE):
        return Roster(tuple(rows), "Moodle")
    fail(
        "grade", "roster", f"have the columns of Canvas ({', '.join(CANVAS[:2])}) or one of"
        f" Moodle ({', '.join(MOODLE)})", sorted(columns), "Export it from the platform again.",
    )  # fmt: skip


def matched(roster: Roster, graded: Sequence[Graded]) -> dict[int, Graded]:
    """Return the submission of each person, by row; a person is found by any name they have.

    A submission is someone's if its name holds their e-mail address, user name, number or full
    name, and nobody else's that is longer or as long: between two of one name it is nobody's.
    """
    keys = [_keys(row) for row in roster.rows]
    found: dict[int, Graded] = {}
    for one in graded:
        name = _plain(one.name)
        fits = [(len(key), row) for row, own in enumerate(keys) for key in own if _holds(name, key)]
        rows = {row for length, row in fits if length == max(fits)[0]}
        if len(rows) == 1:
            found[rows.pop()] = one
    return found


def write_import(path: Path, roster: Roster, graded: Sequence[Graded], *, title: str) -> list[str]:
    """Write the list that the platform imports, and return the submissions that are nobody's."""
    own = matched(roster, graded)
    most = max((one.most for one in graded), default=0)
    with path.open("w", encoding="utf-8", newline="") as file:
        if roster.platform == "Canvas":
            columns = [column for column in CANVAS if column in roster.rows[0]]
            head = [{"Student": "Points Possible", title: f"{most:g}"}]
            grades = [title]
        else:
            columns, head = [next(c for c in MOODLE if c in roster.rows[0])], []
            grades = [title, f"{title} feedback"]
        writer = csv.DictWriter(file, [*columns, *grades], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(head)
        for number, row in enumerate(roster.rows):
            kept = {column: row[column] or "" for column in columns}
            writer.writerow(kept | _told(own.get(number), grades))
    return [one.name for one in graded if one not in own.values()]


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> safe("=1+1"), safe("0.5")
    ("'=1+1", '0.5')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _told(one: Graded | None, columns: Sequence[str]) -> dict[str, str]:
    """Return points, and what is missing, of a submission; nothing where there is none."""
    if one is None:
        return {}
    missing = [f"{outcome.name}: {outcome.word}" for outcome in one.outcomes if outcome.word]
    values = (f"{one.points:g}", safe("\n".join(missing) or "All tests passed."))
    return dict(zip(columns, values, strict=False))


def _keys(row: dict[str, str]) -> set[str]:
    """Return the names by which a person may be called in the name of a file."""
    told = [row.get(column) or "" for column in (*MOODLE, *_FULL_NAMES, "SIS Login ID", "ID")]
    told.append(f"{row.get('First name') or ''} {row.get('Last name') or ''}")
    told += [" ".join(reversed(one.split(", "))) for one in told if ", " in one]
    return {plain for one in told if (plain := _plain(one))}


def _plain(text: str) -> str:
    """Return words in small letters, single spaces between them and around all."""
    words = re.sub(r"[^\w@.+-]|_", " ", text.casefold()).split()
    return f" {' '.join(words)} " if words else ""


def _holds(name: str, key: str) -> bool:
    """Tell whether a name holds all words of a key, one after the other."""
    return key in name
