"""Every notebook that has a source: in step, within budget, readable without a kernel."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from jmml_edu.course.building.all import FOLDERS, out_of_step, sources_in
from jmml_edu.course.building.budgets import cost_of, overspent
from jmml_edu.course.building.running import run_notebook
from jmml_edu.course.building.sources import Cell, read_source
from jmml_edu.course.building.versions import build_version
from jmml_edu.course.finding import find_lesson
from jmml_edu.course.nouns import Lesson

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SOURCES = sources_in(NOTEBOOKS)
EACH = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def lesson_of(source: Path) -> Lesson:
    return find_lesson("test", source.stem[:2])


def prose(cells: list[Cell]) -> str:
    return "\n\n".join(cell.text for cell in cells if cell.kind == "markdown")


def test_every_notebook_is_in_step_with_its_source() -> None:
    assert list(out_of_step(NOTEBOOKS)) == []


@EACH
def test_a_notebook_keeps_its_budgets_and_stops_nowhere(source: Path) -> None:
    learner = build_version(read_source(source), lesson_of(source), "learner")
    ran = run_notebook(learner, NOTEBOOKS)
    assert overspent(cost_of(source.stem, ran)) == []
    assert f"| {source.stem} |" in (NOTEBOOKS / "budgets.md").read_text()


def outputs_by_tag(notebook: NotebookNode, name: str) -> str:
    (cell,) = [cell for cell in notebook.cells if name in cell.metadata.get("tags", [])]
    return "".join(str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs)


@EACH
def test_learners_are_told_not_yet_and_solutions_right_at_every_exercise(source: Path) -> None:
    learner = nbformat.read(NOTEBOOKS / f"{source.stem}.ipynb", 4)
    for version in ("solutions", "instructor"):
        solved = nbformat.read(NOTEBOOKS / version / f"{source.stem}.ipynb", 4)
        for name in lesson_of(source).exercises:
            assert f"{name}: not yet" in outputs_by_tag(learner, name)
            assert f"{name}: right" in outputs_by_tag(solved, name)


@EACH
def test_a_lesson_takes_the_minutes_its_sections_say(source: Path) -> None:
    cells, lesson = read_source(source), lesson_of(source)
    built = build_version(cells, lesson, "learner")
    said = re.findall(r"^\*(\d+) minutes?\*$", prose(cells), flags=re.MULTILINE)
    assert sum(map(int, said)) == lesson.minutes
    assert f"{lesson.minutes} minutes" in built.cells[0].source


@EACH
def test_headings_go_down_one_level_at_a_time(source: Path) -> None:
    text = re.sub(r"```.*?```", "", prose(read_source(source)), flags=re.DOTALL)
    levels = [len(found) for found in re.findall(r"^(#+) ", text, flags=re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@EACH
def test_help_points_to_headings_that_exist(source: Path) -> None:
    headings = set(re.findall(r"^#+ (.+)$", prose(read_source(source)), flags=re.MULTILINE))
    rules = [rule for one in lesson_of(source).exercises.values() for rule in one.rules]
    assert {rule.section for rule in rules} <= headings


@EACH
def test_everything_a_lesson_asks_stands_in_its_notebook(source: Path) -> None:
    cells, lesson = read_source(source), lesson_of(source)
    code = "\n".join(cell.text for cell in cells if cell.kind == "code")
    for name in lesson.exercises:
        assert f'check("{name}", ' in code
    for name in lesson.questions:
        assert f'quiz("{name}")' in code
    assert f"rate({lesson.number})" in code
    verbs = [objective.partition(" ")[0] for objective in lesson.objectives]
    assert all(f"**{verb}**" in cells[0].text for verb in verbs)


@EACH
def test_figures_have_words_and_torch_mne_and_librosa_never_meet(source: Path) -> None:
    code = "\n".join(cell.text for cell in read_source(source) if cell.kind == "code")
    assert "plt." not in code
    assert "pyplot" not in code
    assert {"torch", "mne", "librosa"} - set(re.findall(r"\w+", code))
    for version in (".", "solutions", "instructor"):
        notebook = nbformat.read(NOTEBOOKS / version / f"{source.stem}.ipynb", 4)
        for output in (o for cell in notebook.cells for o in cell.get("outputs", [])):
            page = "".join(output.get("data", {}).get("text/html", ""))
            if "image/png" in output.get("data", {}):
                assert re.search(r'alt="[^"]{20,}"', page)
        if "widgets" in notebook.metadata:  # GitHub refuses a notebook without
            assert all("state" in part for part in notebook.metadata["widgets"].values())


@EACH
def test_instructors_have_a_rubric_and_learners_do_not(source: Path) -> None:
    paths = {version: NOTEBOOKS / version / f"{source.stem}.ipynb" for version in FOLDERS.values()}
    texts = {
        version: "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
        for version, path in paths.items()
    }
    for words in ("**Rubric.**", "**Discuss.**", "## Common errors"):
        assert words in texts["instructor"]
        assert words not in texts["."] + texts["solutions"]


def test_no_machine_is_named_in_a_notebook() -> None:
    for path in NOTEBOOKS.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(?:home|root|work|Users|tmp)/", text), path
