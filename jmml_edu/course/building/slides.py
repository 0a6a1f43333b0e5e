"""Slides of a notebook: the instructor's version as one page that needs no network."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from jmml_edu._checks import fail

HERE = Path(__file__).parent
_FORMULA = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\$(?=\S)(?P<inline>[^$]+?)(?<=\S)\$(?!\d)", re.DOTALL
)
_HEADING = re.compile(r"^(?=#{1,3} )", re.MULTILINE)
_MINUTES = re.compile(r"^\*((?:optional, )?\d+ minutes?)\*$", re.MULTILINE)
_OF_A_LEARNER = re.compile(r"^(?:\w+ = predict|rate|progress)\(|^session$", re.MULTILINE)
_MARK = "FORMULA{}MARK"

_MOST_LINES, _FIGURE_LINES, _LETTERS = 17, 12, 75
"""A slide is full with so many lines; a figure is as high as some; letters in a line."""


@dataclass
class Slide:
    """One slide.

    Attributes
    ----------
    heading
        The section it belongs to.
    parts
        HTML, from top to bottom.
    notes
        HTML for the instructor.
    lines
        About how high it is.
    """

    heading: str
    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: float = 0.0


def write_slides(notebook: Path, out: Path) -> Path:
    """Write the slides of an instructor's notebook and return their path.

    Parameters
    ----------
    notebook
        Executed, such as ``notebooks/instructor/04_linear_cca.ipynb``.
    out
        A folder; the page is called like the notebook.

    Raises
    ------
    InputError
        If there is no such notebook.
    """
    if not notebook.is_file():
        fail(
            "slides", "notebook", "be an instructor's notebook", repr(str(notebook)),
            "Build it first: jmml-edu build-notebooks.",
        )  # fmt: skip
    slides = slides_of(nbformat.read(notebook, 4))
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{notebook.stem}.html"
    path.write_text(_page(slides), encoding="utf-8")
    return path


def slides_of(notebook: NotebookNode) -> list[Slide]:
    """Return the slides: a new one at each heading, exercise, and where one would be too full."""
    slides: list[Slide] = []
    for cell in notebook.cells:
        if "instructor" in cell.metadata.get("tags", []) or cell.id.endswith("-errors"):
            slides[-1].notes.append(as_html(cell.source))
        elif cell.cell_type == "markdown":
            for chunk in filter(str.strip, _HEADING.split(cell.source)):
                _add_words(slides, chunk)
        elif cell.outputs and not _OF_A_LEARNER.search(cell.source):
            # A solution, and what a bet was about, come after one has thought.
            later = _is_exercise(cell) or ".against(" in cell.source
            _add(slides, _shown(cell), _lines_of(cell), alone=later)
    return [slide for slide in slides if slide.parts or slide.notes]


def _add_words(slides: list[Slide], chunk: str) -> None:
    """Begin a slide where words have a heading; minutes are for the instructor."""
    found = re.match(r"#{1,3} (.+)\n?", chunk)
    if found:
        slides.append(Slide(found[1]))
    words = chunk[found.end() :] if found else chunk
    minutes = _MINUTES.search(words)
    if minutes:
        slides[-1].notes.append(f"<p>{html.escape(minutes[1])}</p>")
        words = _MINUTES.sub("", words)
    if words.strip():
        _add(slides, [as_html(words)], len(words) / _LETTERS + words.count("\n\n"), alone=False)


def _add(slides: list[Slide], parts: list[str], lines: float, *, alone: bool) -> None:
    """Add parts to the last slide, or to a new one of its section where that would be too full."""
    last = slides[-1]
    if last.parts and (alone or last.lines + lines > _MOST_LINES):
        last = Slide(last.heading)
        slides.append(last)
    last.parts += parts
    last.lines += lines


def _lines_of(cell: NotebookNode) -> float:
    """Return about how many lines what a cell shows is high."""
    shown = "".join(map(_output, cell.outputs))
    folded = 0 if not _is_exercise(cell) else cell.source.count("\n") + 1
    words = re.sub(r"<[^>]*>", " ", shown)
    return 1 + folded + _FIGURE_LINES * shown.count("<img") + words.count("\n") + len(words) / 80


def _is_exercise(cell: NotebookNode) -> bool:
    """Return whether a cell is what a learner has to fill."""
    return "exercise" in cell.metadata.get("tags", [])


def as_html(markdown: str) -> str:
    """Return markdown as HTML, its formulas as MathML, which browsers draw by themselves.

    Examples
    --------
    >>> as_html("**Two** is $1 + 1$.")[:38]
    '<p><strong>Two</strong> is <math xmlns'
    """
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt

    formulas: list[str] = []

    def keep(found: re.Match[str]) -> str:
        display = found["display"] is not None
        tex = (found["display"] if display else found["inline"]).strip()
        formulas.append(convert(tex, display="block" if display else "inline"))
        return _MARK.format(len(formulas) - 1)

    page: str = MarkdownIt("commonmark").enable("table").render(_FORMULA.sub(keep, markdown))
    for number, formula in enumerate(formulas):
        page = page.replace(_MARK.format(number), formula)
    return page


def _shown(cell: NotebookNode) -> list[str]:
    """Return what a code cell shows, and its code to unfold."""
    code = html.escape(cell.source)
    folded = f"<details><summary>code</summary><pre><code>{code}</code></pre></details>"
    solution = f"<pre><code>{code}</code></pre>" if _is_exercise(cell) else folded
    return [*map(_output, cell.outputs), solution]


def _output(output: NotebookNode) -> str:
    """Return one output as HTML; a widget has a page to be read in its place."""
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text)}</pre>"
    data: dict[str, Any] = output.get("data", {})
    if "text/html" in data:
        return f'<div class="output">{data["text/html"]}</div>'
    return f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"


def _page(slides: list[Slide]) -> str:
    """Return the page of a deck."""
    sections = []
    for number, slide in enumerate(slides):
        tag = "h1" if number == 0 else "h2"
        notes = f'<aside class="notes">{"".join(slide.notes)}</aside>' if slide.notes else ""
        sections.append(
            f'<section aria-label="slide {number + 1} of {len(slides)}">'
            f"<{tag}>{html.escape(slide.heading)}</{tag}>{''.join(slide.parts)}{notes}</section>"
        )
    template = (HERE / "slides.html").read_text(encoding="utf-8")
    title = html.escape(slides[0].heading)
    return template.replace("TITLE", title).replace("SECTIONS", "\n".join(sections))
