"""The commands ``jmml-edu`` has for those who write the course."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from jmml_edu.console import complaints, console, one_sentence_on_error

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def build_notebooks(
    names: Annotated[
        list[str] | None, typer.Argument(help="Parts of names, such as 04; all without.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="The notebooks' folder.")] = NOTEBOOKS,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what is out of step.")
    ] = False,
) -> None:
    """Build the notebooks of the course from their sources: learner, solutions, instructor."""
    from jmml_edu.course.building.all import build_notebooks as build
    from jmml_edu.course.building.all import out_of_step
    from jmml_edu.course.building.budgets import budget_table, overspent

    with one_sentence_on_error():
        if check:
            _complain(list(out_of_step(folder)))
            return
        costs = build(folder, tuple(names or ()), on_step=lambda step: console.print(escape(step)))
    console.print(escape(budget_table(costs)), soft_wrap=True)
    _complain([sentence for cost in costs for sentence in overspent(cost)])


def _complain(sentences: list[str]) -> None:
    """Print sentences and end with exit code 1, or say that all is well."""
    for sentence in sentences:
        complaints.print(f"[red]{escape(sentence)}[/]", soft_wrap=True)
    if sentences:
        raise typer.Exit(1)
    console.print("All notebooks are as their sources say and within their budgets.")
