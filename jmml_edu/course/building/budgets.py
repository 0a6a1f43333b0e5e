"""What a notebook may cost, what it does cost, and both as a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import nbformat
from nbformat import NotebookNode

from jmml_edu.course.building.running import Ran

_MINUTES = re.compile(r"^\*(?P<optional>optional, )?(?P<minutes>\d+) minutes?\*$", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """What one notebook costs its learner and the repository.

    Attributes
    ----------
    name
        The notebook.
    seconds, peak_mib, size_mb
        Of running it on one thread; of the kernel; of the executed file.
    cells, words
        In all; in markdown, formulas and addresses counted as one word each.
    longest, median_lines
        Lines of code cells that are not empty.
    minutes
        Of a learner's time, as the sections say, without optional ones.
    """

    name: str
    seconds: float
    peak_mib: float
    size_mb: float
    cells: int
    words: int
    longest: int
    median_lines: float
    minutes: int


BUDGETS: dict[str, float] = {
    "seconds": 60, "peak_mib": 700, "size_mb": 1.0, "cells": 40, "words": 1600, "longest": 25,
    "median_lines": 8,
}  # fmt: skip
"""The most that each may be."""

PATIENCE = 3
"""Machines differ: a time fails at this many times its budget, everything else at once."""


def cost_of(name: str, ran: Ran) -> Cost:
    """Return what a notebook costs that was run."""
    notebook = ran.notebook
    code = [_n_lines(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    minutes = [int(m["minutes"]) for m in _MINUTES.finditer(text) if not m["optional"]]
    return Cost(
        name, ran.seconds, ran.peak_mib, size_mb(notebook), len(notebook.cells), n_words(text),
        max(code), median(code), sum(minutes),
    )  # fmt: skip


def overspent(cost: Cost) -> list[str]:
    """Return a sentence for each budget that a notebook exceeds.

    Examples
    --------
    >>> overspent(Cost("x", 61.0, 701.0, 0.1, 10, 100, 10, 5, 45))
    ['x: peak_mib is 701, at most 700.']
    """
    limits = {**BUDGETS, "seconds": PATIENCE * BUDGETS["seconds"]}
    return [
        f"{cost.name}: {what} is {getattr(cost, what):.4g}, at most {limit:g}."
        for what, limit in limits.items()
        if getattr(cost, what) > limit
    ]


def budget_table(costs: Sequence[Cost]) -> str:
    """Return a markdown table of what each notebook costs, with the budgets in the last row.

    Examples
    --------
    >>> print(budget_table([Cost("x", 6.0, 100.0, 0.1, 10, 100, 10, 5, 45)]).splitlines()[2])
    | x | 45 | 6 | 100 | 0.10 | 10 | 100 | 10 | 5 |
    """
    head = "| notebook | minutes | seconds | MiB | MB | cells | words | longest | median lines |"
    rows = [
        f"| {c.name} | {c.minutes} | {c.seconds:.0f} | {c.peak_mib:.0f} | {c.size_mb:.2f} |"
        f" {c.cells} | {c.words} | {c.longest} | {c.median_lines:g} |"
        for c in costs
    ]
    limits = " | ".join(f"{limit:g}" for limit in BUDGETS.values())
    return "\n".join([head, "|---" * 9 + "|", *rows, f"| at most | | {limits} |"])


def size_mb(notebook: NotebookNode) -> float:
    """Return the size of a notebook's file in MB."""
    return len(nbformat.writes(notebook).encode()) / 1e6


def n_words(markdown: str) -> int:
    """Return how many words there are to read; a formula or an address is one.

    Examples
    --------
    >>> n_words("**One** formula, $x + y = z$, and [a link](https://example.org/a/b).")
    6
    """
    text = re.sub(r"\$\$?.+?\$\$?", " formula ", markdown, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", " ", text)
    return len(re.findall(r"\w[\w'.,-]*", text))


def _n_lines(source: str) -> int:
    """Return the lines of a cell that are not empty."""
    return sum(bool(line.strip()) for line in source.splitlines())
