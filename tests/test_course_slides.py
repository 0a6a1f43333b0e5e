"""Slides: everything of a notebook in order, answers one slide later, and no network."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from sentences import refused

from jmml_edu.course.building.all import sources_in
from jmml_edu.course.building.slides import Slide, as_html, slides_of, write_slides

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
EACH = pytest.mark.parametrize(
    "notebook",
    [NOTEBOOKS / "instructor" / f"{source.stem}.ipynb" for source in sources_in(NOTEBOOKS)],
    ids=lambda path: path.stem,
)


def deck(notebook: Path) -> list[Slide]:
    return slides_of(nbformat.read(notebook, 4))


def whole(slide: Slide) -> str:
    return slide.heading + "".join(slide.parts)


@EACH
def test_each_section_and_figure_is_in_the_deck_in_order(notebook: Path) -> None:
    slides = deck(notebook)
    cells = nbformat.read(notebook, 4).cells
    words = "\n".join(
        cell.source for cell in cells
        if cell.cell_type == "markdown" and "instructor" not in cell.metadata.get("tags", [])
        and not cell.id.endswith("-errors")
    )  # fmt: skip
    wanted = re.findall(r"^#{1,3} (.+)$", words, flags=re.MULTILINE)
    shown = [slide.heading for slide in slides]
    assert [one for one, before in zip(shown, ["", *shown], strict=False) if one != before] == [
        one for one in wanted if one in shown
    ]
    assert set(wanted) - set(shown) <= {"Before you go"}
    figures = sum('"image/png"' in str(dict(o)) or "'image/png'" in str(dict(o))
                  for c in cells for o in c.get("outputs", []))  # fmt: skip
    assert sum(whole(slide).count("<img") for slide in slides) == figures


@EACH
def test_answers_come_one_slide_later(notebook: Path) -> None:
    for slide in deck(notebook):
        page = whole(slide)
        if "<strong>Predict.</strong>" in page:
            assert "You have not said a number" not in page
        if "Exercise " in slide.heading and "<p>" in slide.parts[0][:5]:
            assert ": right" not in page


@EACH
def test_what_is_for_the_instructor_stands_in_the_notes(notebook: Path) -> None:
    slides = deck(notebook)
    notes = "".join("".join(slide.notes) for slide in slides)
    page = "".join(map(whole, slides))
    for word in ("Rubric.", "Discuss.", "Common errors"):
        assert word in notes
        assert word not in page
    assert re.search(r"<p>\d+ minutes?</p>", notes)
    assert not re.search(r"<em>\d+ minutes?</em>", page)


@EACH
def test_a_deck_asks_nobody_for_anything(notebook: Path, tmp_path: Path) -> None:
    page = write_slides(notebook, tmp_path).read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*\.(?:js|css)', page)
    assert "$$" not in page
    assert "FORMULA" not in page
    assert page.count("<section") == len(deck(notebook))
    assert "SIMULATED" in page


def test_formulas_become_mathml_and_money_of_one_sign_stays() -> None:
    page = as_html("Costs 3 $ only; $a_1$ and\n\n$$\\sum_y p_y$$\n\n`x @ w`")
    assert page.count("<math") == 2
    assert 'display="block"' in page
    assert "Costs 3 $ only" in page
    assert "<code>x @ w</code>" in page


def test_a_notebook_that_was_not_built_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "99_none.ipynb"
    with refused(
        f"slides: notebook must be an instructor's notebook; got {str(path)!r}. Build it first:"
        " jmml-edu build-notebooks."
    ):
        write_slides(path, tmp_path)
