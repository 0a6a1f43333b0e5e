"""Read a notebook's source: a script whose cells begin with ``# %%``, jupytext's percent form."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jmml_edu._checks import fail

_BEGINNING = re.compile(r"# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tags>\[.*\]))?")

TAGS = {"nbval-check-output", "exercise", "instructor"}
"""What a cell may be marked with, besides the name of its exercise."""


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Attributes
    ----------
    id
        Lesson number and place in the source: the same in every version.
    kind
        As Jupyter calls it.
    text
        Markdown without the comment signs, or code.
    tags
        ``exercise`` comes with the name of the exercise.
    """

    id: str
    kind: Literal["markdown", "code"]
    text: str
    tags: tuple[str, ...] = ()


def read_source(path: Path) -> list[Cell]:
    """Return the cells of a source.

    Parameters
    ----------
    path
        ``NN_name.py``.

    Returns
    -------
    cells
        In order; their identifiers come from the number and the order.

    Raises
    ------
    InputError
        If something stands before the first cell, a cell's first line cannot be read, a line of
        markdown is no comment, or a tag is unknown.
    """
    number = path.stem.partition("_")[0]
    before, *parts = re.split(r"^(?=# %%)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if before.strip() or not parts:
        fail(
            "read_source", "source", "begin with a cell", repr(before[:40]),
            "Its first line is `# %% [markdown]`.",
        )  # fmt: skip
    return [_cell(f"{number}-{place:02d}", part) for place, part in enumerate(parts)]


def _cell(identifier: str, part: str) -> Cell:
    """Return one cell from its lines."""
    first, *lines = part.rstrip().splitlines()
    beginning = _BEGINNING.fullmatch(first)
    if beginning is None:
        fail(
            "read_source", "cell", "begin with `# %%`, `[markdown]` or not, and tags or not",
            repr(first), 'Write `# %% [markdown]` or `# %% tags=["exercise", "04.A"]`.',
        )  # fmt: skip
    tags = tuple(ast.literal_eval(beginning["tags"] or "[]"))
    names = {tag for tag in tags if re.fullmatch(r"\d\d\.\w+", tag)}
    if unknown := {*tags} - TAGS - names or ("exercise" in tags) != bool(names):
        fail(
            "read_source", "tags", f"be of {', '.join(sorted(TAGS))}, `exercise` with its name",
            unknown or tags, "Mend the cell's first line.",
        )  # fmt: skip
    if beginning["markdown"]:
        return Cell(identifier, "markdown", "\n".join(_words(line) for line in lines), tags)
    return Cell(identifier, "code", "\n".join(lines).strip("\n"), tags)


def _words(line: str) -> str:
    """Return a line of markdown without its comment sign."""
    if line != "#" and not line.startswith("# "):
        fail(
            "read_source", "markdown", "be comments, `# ` before each line", repr(line),
            "Or begin a cell of code with `# %%`.",
        )  # fmt: skip
    return line[2:]
