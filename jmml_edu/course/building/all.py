"""Build every notebook from its source, or say what has gone out of step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from jmml_edu._checks import fail
from jmml_edu.course.building.budgets import Cost, budget_table, cost_of
from jmml_edu.course.building.running import run_notebook
from jmml_edu.course.building.sources import read_source
from jmml_edu.course.building.versions import VERSIONS, Version, build_version
from jmml_edu.course.finding import find_lesson

FOLDERS: dict[Version, str] = {
    "learner": ".", "solutions": "solutions", "instructor": "instructor"
}  # fmt: skip
"""Where each version lies, seen from the notebooks' folder."""

BUDGET_TABLE = "budgets.md"
_ROW = re.compile(r"^\| \d\d_.*$", re.MULTILINE)


def sources_in(folder: Path, words: tuple[str, ...] = ()) -> list[Path]:
    """Return the sources in a folder of notebooks: all, or those whose name holds a word."""
    found = sorted((folder / "src").glob("[0-9][0-9]_*.py"))
    chosen = [path for path in found if not words or any(word in path.stem for word in words)]
    if not chosen:
        fail(
            "build-notebooks", "names", "be parts of the names of sources",
            ", ".join(words) or f"no source in {folder / 'src'}",
            f"There are {', '.join(path.stem for path in found) or 'none'}.",
        )  # fmt: skip
    return chosen


def build_notebooks(
    folder: Path, words: tuple[str, ...] = (), *, on_step: Callable[[str], None]
) -> list[Cost]:
    """Build, run and write every version of the notebooks, and the table of what they cost.

    Parameters
    ----------
    folder
        The notebooks' folder; its sources lie in ``src``.
    words
        Build only notebooks whose name holds one of these; the table keeps the rows of others.
    on_step
        Told what is done next.

    Returns
    -------
    costs
        Of each learner version.
    """
    costs = []
    for source in sources_in(folder, words):
        versions = _versions(source)
        for version in ("learner", "solutions"):
            on_step(f"running {source.stem}, {version}")
            ran = run_notebook(versions[version], folder)
            versions[version] = ran.notebook
            if version == "learner":
                costs.append(cost_of(source.stem, ran))
        _take_outputs(versions["instructor"], versions["solutions"])
        for version, notebook in versions.items():
            path = _path(folder, source, version)
            path.parent.mkdir(exist_ok=True)
            nbformat.write(notebook, path)
    table = folder / BUDGET_TABLE
    before = table.read_text(encoding="utf-8") if table.is_file() and words else ""
    table.write_text(_table_page(costs, before), encoding="utf-8")
    return costs


def out_of_step(folder: Path) -> Iterator[str]:
    """Yield a sentence for each notebook whose cells or ids are not those of its source."""
    for source in sources_in(folder):
        for version, wanted in _versions(source).items():
            path = _path(folder, source, version)
            if not path.is_file():
                yield f"{path.relative_to(folder)} is missing."
            elif (where := _difference(wanted, nbformat.read(path, 4))) is not None:
                yield f"{path.relative_to(folder)} differs from its source at cell {where}."


def _versions(source: Path) -> dict[Version, NotebookNode]:
    """Return the versions of a notebook, not yet run."""
    cells, lesson = read_source(source), find_lesson("build-notebooks", source.stem[:2])
    return {version: build_version(cells, lesson, version) for version in VERSIONS}


def _path(folder: Path, source: Path, version: Version) -> Path:
    """Return where a version lies."""
    return folder / FOLDERS[version] / f"{source.stem}.ipynb"


def _difference(wanted: NotebookNode, found: NotebookNode) -> str | None:
    """Return the id of the first cell that differs, or nothing."""
    one, other = (
        [(cell.id, cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in nb.cells]
        for nb in (wanted, found)
    )
    if one == other:
        return None
    pairs = zip(one, other, strict=False)
    same = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    return str((one + other)[same][0]) if same < len(one) else f"{other[same][0]}, which is extra"


def _take_outputs(notebook: NotebookNode, ran: NotebookNode) -> None:
    """Give the cells of a notebook the outputs of cells with the same id."""
    outputs = {cell.id: cell for cell in ran.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.id in outputs:
            cell.outputs = deepcopy(outputs[cell.id].outputs)
            cell.execution_count = outputs[cell.id].execution_count
    if "widgets" in ran.metadata:
        notebook.metadata["widgets"] = ran.metadata["widgets"]


def _table_page(costs: list[Cost], before: str) -> str:
    """Return the page of budgets, with the rows of an earlier page that were not measured anew."""
    head, line, *rows, limits = budget_table(costs).splitlines()
    named = {row.split()[1]: row for row in [*_ROW.findall(before), *rows]}
    return "\n".join([
        "# What each notebook costs", "",
        "Learner versions, on one thread; written by `jmml-edu build-notebooks`.", "",
        head, line, *(named[name] for name in sorted(named)), limits, "",
    ])  # fmt: skip
