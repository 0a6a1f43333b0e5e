"""The notebooks as pages: as they were run, with a word on what answers without Python."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

NOTE = """\
```{{note}}
This page shows the notebook as it was run: you can read all of it, and explorers answer here too.
Quizzes, figures with sliders and checks need Python: `python3 start.py lab`, then open
`notebooks/{name}.ipynb`.
```"""


def write_course_pages(notebooks: Path, source: Path) -> None:
    """Copy every learner's notebook into the site's sources."""
    (source / "notebooks").mkdir(exist_ok=True)
    for path in learner_notebooks(notebooks):
        notebook = nbformat.read(path, as_version=4)
        page = with_note(with_places(notebook), path.stem)
        nbformat.write(page, source / "notebooks" / path.name)


def learner_notebooks(notebooks: Path) -> list[Path]:
    """Return the notebooks of the series, in order."""
    return sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))


def with_note(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return a notebook whose first cell is followed by what needs Python."""
    note = nbformat.v4.new_markdown_cell(NOTE.format(name=name), id="site-note")
    notebook.cells.insert(1, note)
    return notebook


def with_places(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook whose outputs link to headings as the site names them."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/html" in data:
                page = data["text/html"]
                data["text/html"] = re.sub('href="#[^"]+"', lambda link: link[0].lower(), page)
    return notebook


def title_of(path: Path) -> str:
    """Return the heading of a notebook."""
    first = nbformat.read(path, as_version=4).cells[0].source
    found = re.match(r"# (.+)", first)
    return found[1].strip() if found else path.stem
