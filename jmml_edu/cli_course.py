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


def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder of notebooks, one per student.")],
    tests: Annotated[Path, typer.Option(help="Folder of hidden tests.")],
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("grades"),
    roster: Annotated[
        Path | None, typer.Option(help="People as Moodle or Canvas exports them.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="Limit for a notebook; each call of a test has a sixth.")
    ] = 120.0,
    memory_mb: Annotated[int, typer.Option(help="Limit of memory.")] = 2048,
) -> None:
    """Grade notebooks by hidden tests; each runs in a sandbox, without network.

    A file of tests asks the student's functions and variables and asserts what must hold:

    `def test_doubles(student):`
    `    "Doubles an array (2 points)."`
    `    assert (student.call("double", np.arange(3)) == [0, 2, 4]).all(), "What a student reads."`

    Tests run outside of the sandbox: no submission can read them, or write a result. Results are
    grades.csv, grades.json, a page per student and, with a roster, the file to import.
    """
    from jmml_edu.course.grading.grades import grade as grade_all
    from jmml_edu.course.grading.sandbox import Limits

    with one_sentence_on_error():
        graded = grade_all(
            submissions, tests, out, limits=Limits(seconds, seconds / 6, memory_mb), roster=roster,
            on_step=lambda step: console.print(escape(step)),
        )  # fmt: skip
    for one in graded:
        console.print(escape(f"{one.points:g} of {one.most:g}  {one.name}"), soft_wrap=True)
    console.print(escape(f"Results are in {out}."), soft_wrap=True)


def slides(
    names: Annotated[
        list[str] | None, typer.Argument(help="Parts of names, such as 04; all without.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the pages go.")] = Path("slides"),
    folder: Annotated[Path, typer.Option(help="The notebooks' folder.")] = NOTEBOOKS,
) -> None:
    """Write slides of the notebooks for the instructor: one page each that needs no network."""
    from jmml_edu.course.building.all import sources_in
    from jmml_edu.course.building.slides import write_slides

    with one_sentence_on_error():
        for source in sources_in(folder, tuple(names or ())):
            path = write_slides(folder / "instructor" / f"{source.stem}.ipynb", out)
            console.print(escape(str(path)), soft_wrap=True)
