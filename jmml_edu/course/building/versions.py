"""The three versions of a notebook: for learners, with solutions, and for instructors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from jmml_edu.course.building.sources import Cell
from jmml_edu.course.hinting import solution_source
from jmml_edu.course.nouns import Exercise, Lesson

Version = Literal["learner", "solutions", "instructor"]
VERSIONS: tuple[Version, ...] = ("learner", "solutions", "instructor")

METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
"""The same on every machine that builds."""


def build_version(cells: Sequence[Cell], lesson: Lesson, version: Version) -> NotebookNode:
    """Return one version of a notebook, not yet run.

    Parameters
    ----------
    cells
        The source.
    lesson
        Brings the solutions, and the mistakes that instructors read of.
    version
        ``"learner"`` has the stubs, ``"solutions"`` the solutions in their place, ``"instructor"``
        those, what is meant for instructors only, a table of common errors, and marks for slides.

    Returns
    -------
    notebook
        A cell has the same id in all versions.
    """
    shown = [cell for cell in cells if version == "instructor" or "instructor" not in cell.tags]
    solved = shown if version == "learner" else [_solved(cell, lesson) for cell in shown]
    made = [_node(cell) for cell in solved]
    if version == "instructor":
        errors = Cell(f"{lesson.number:02d}-errors", "markdown", common_errors(lesson))
        made.append(_node(errors))
        for node in made:
            node.metadata["slideshow"] = {"slide_type": _slide(node)}
    return nbformat.v4.new_notebook(cells=made, metadata=METADATA, nbformat_minor=5)


def exercise_of(cell: Cell, lesson: Lesson) -> Exercise | None:
    """Return the exercise of a cell, or nothing where it is none."""
    names = [tag for tag in cell.tags if tag in lesson.exercises]
    return lesson.exercises[names[0]] if "exercise" in cell.tags and names else None


def common_errors(lesson: Lesson) -> str:
    """Return a markdown table of the mistakes that each exercise knows, and what it answers.

    Examples
    --------
    >>> from jmml_edu.course.finding import find_lesson
    >>> "| 04.A | not centred |" in common_errors(find_lesson("start", 4))
    True
    """
    lines = ["## Common errors, and what the learner reads", "", "| exercise | error | message |"]
    lines.append("|---|---|---|")
    for exercise in lesson.exercises.values():
        for rule in exercise.rules:
            lines.append(f"| {exercise.name} | {rule.name} | {rule.message} |")
    return "\n".join(lines)


def _solved(cell: Cell, lesson: Lesson) -> Cell:
    """Return a cell with the solution in place of the stub."""
    exercise = exercise_of(cell, lesson)
    if exercise is None:
        return cell
    source = solution_source(exercise)
    if not isinstance(exercise.solution, str):
        source += f'\n\ncheck("{exercise.name}", {exercise.solution.__name__})'
    return Cell(cell.id, cell.kind, source, cell.tags)


def _node(cell: Cell) -> NotebookNode:
    """Return a cell as Jupyter keeps it."""
    tags = [*cell.tags, *(["nbval-check-output"] if "exercise" in cell.tags else [])]
    metadata = {"tags": tags} if tags else {}
    if cell.kind == "markdown":
        return nbformat.v4.new_markdown_cell(cell.text, id=cell.id, metadata=metadata)
    return nbformat.v4.new_code_cell(cell.text, id=cell.id, metadata=metadata)


def _slide(node: NotebookNode) -> str:
    """Return what a cell is in the slides: headings begin one, instructors' words are notes."""
    if "instructor" in node.metadata.get("tags", []):
        return "notes"
    begins = node.cell_type == "markdown" and node.source.startswith("#")
    return "slide" if begins else "-"
