"""From one source to three versions: in step, within budget, and nothing given away."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from sentences import refused
from typer.testing import CliRunner

from jmml_edu.cli import app
from jmml_edu.course.building.all import out_of_step
from jmml_edu.course.building.budgets import Cost, overspent
from jmml_edu.course.building.running import run_notebook
from jmml_edu.course.building.sources import read_source
from jmml_edu.course.building.versions import build_version
from jmml_edu.course.finding import find_lesson

SMALL = """# %% [markdown]
# # 04 · Small
#
# Two words.

# %% tags=["exercise", "04.hand"]
check("04.hand", ...)

# %%
1 + 1

# %% [markdown] tags=["instructor"]
# ## Secret
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Notebooks of one small source."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "04_small.py").write_text(SMALL)
    return tmp_path


def test_a_source_becomes_cells_with_ids_of_their_own(folder: Path) -> None:
    cells = read_source(folder / "src" / "04_small.py")
    assert [cell.id for cell in cells] == ["04-00", "04-01", "04-02", "04-03"]
    assert [cell.kind for cell in cells] == ["markdown", "code", "code", "markdown"]
    assert cells[0].text == "# 04 · Small\n\nTwo words."
    assert cells[1].text == 'check("04.hand", ...)'
    assert cells[1].tags == ("exercise", "04.hand")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\n# %%\n", "read_source: source must begin with a cell"),
        ("", "read_source: source must begin with a cell"),
        ("# %% [raw]\n", "read_source: cell must begin with"),
        ('# %% tags=["hint"]\n', "read_source: tags must be of"),
        ('# %% tags=["exercise"]\n', "read_source: tags must be of"),
        ('# %% tags=["04.A"]\n', "read_source: tags must be of"),
        ("# %% [markdown]\nx = 1\n", "read_source: markdown must be comments"),
        ("# %% [markdown]\n#x\n", "read_source: markdown must be comments"),
    ],
)
def test_a_source_that_cannot_be_read_is_explained(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "04_odd.py").write_text(text)
    with refused(sentence):
        read_source(tmp_path / "04_odd.py")


def test_versions_differ_in_solutions_and_in_what_instructors_read(folder: Path) -> None:
    cells, lesson = read_source(folder / "src" / "04_small.py"), find_lesson("test", 4)
    learner, solved, instructor = (
        build_version(cells, lesson, version) for version in ("learner", "solutions", "instructor")
    )
    assert [cell.id for cell in learner.cells] == ["04-00", "04-01", "04-02"]
    assert [cell.id for cell in solved.cells] == ["04-00", "04-01", "04-02"]
    assert [cell.id for cell in instructor.cells] == [*(f"04-0{i}" for i in range(4)), "04-errors"]
    assert learner.cells[1].source == 'check("04.hand", ...)'
    assert (
        solved.cells[1].source
        == instructor.cells[1].source
        == 'check("04.hand", 2 / (2**0.5 * 8**0.5))'
    )
    assert "nbval-check-output" in learner.cells[1].metadata.tags
    assert [cell.metadata.slideshow.slide_type for cell in instructor.cells] == [
        "slide", "-", "-", "notes", "slide",
    ]  # fmt: skip
    for notebook in (learner, solved, instructor):
        nbformat.validate(notebook)


def test_a_run_remembers_nobody_and_gives_the_same_file_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JMML_EDU_DIARY", str(tmp_path / "diary.jsonl"))
    code = "from jmml_edu.course import check, quiz\ncheck('04.hand', 0.5)\nquiz('04.1')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="one")])
    first, again = (run_notebook(notebook, tmp_path) for _ in range(2))
    assert not (tmp_path / "diary.jsonl").exists()
    assert nbformat.writes(first.notebook) == nbformat.writes(again.notebook)
    assert "a) They were recorded" in nbformat.writes(first.notebook)
    assert notebook.cells[0].outputs == []
    assert 0.1 < first.seconds < 60
    assert 30 < first.peak_mib < 1000


def test_what_is_out_of_step_is_named(folder: Path) -> None:
    for version in (".", "solutions", "instructor"):
        (folder / version).mkdir(exist_ok=True)
    assert next(out_of_step(folder)) == "04_small.ipynb is missing."
    cells, lesson = read_source(folder / "src" / "04_small.py"), find_lesson("test", 4)
    for version, place in (
        ("learner", "."),
        ("solutions", "solutions"),
        ("instructor", "instructor"),
    ):
        nbformat.write(build_version(cells, lesson, version), folder / place / "04_small.ipynb")
    assert list(out_of_step(folder)) == []
    path = folder / "04_small.ipynb"
    whole = nbformat.read(path, 4)
    for spoil, where in (
        (lambda nb: nb.cells[2].update(source="1 + 2"), "cell 04-02"),
        (lambda nb: nb.cells[0].update(id="other"), "cell 04-00"),
        (lambda nb: nb.cells.pop(), "cell 04-02"),
        (
            lambda nb: nb.cells.append(nbformat.v4.new_code_cell("", id="more")),
            "more, which is extra",
        ),
    ):
        spoilt = nbformat.from_dict(whole)
        spoil(spoilt)
        nbformat.write(spoilt, path)
        (sentence,) = out_of_step(folder)
        assert sentence.startswith("04_small.ipynb differs from its source at ")
        assert sentence.endswith(f"{where}.")


def test_the_command_says_what_is_out_of_step_and_which_names_there_are(folder: Path) -> None:
    told = CliRunner().invoke(app, ["build-notebooks", "--check", "--folder", str(folder)])
    assert told.exit_code == 1
    assert "04_small.ipynb is missing." in told.output
    told = CliRunner().invoke(app, ["build-notebooks", "07", "--folder", str(folder)])
    assert told.exit_code == 2
    assert "names must be parts of the names of sources; got 07. There are 04_small." in told.output


def test_the_command_builds_what_it_then_finds_in_step(folder: Path) -> None:
    first = "# %%\nfrom jmml_edu.course import check\n\n# %% tags"
    (folder / "src" / "04_small.py").write_text(SMALL.replace("# %% tags", first, 1))
    told = CliRunner().invoke(app, ["build-notebooks", "--folder", str(folder)])
    assert told.exit_code == 0, told.output
    assert "| 04_small |" in (folder / "budgets.md").read_text()
    assert list(out_of_step(folder)) == []
    right = nbformat.read(folder / "instructor" / "04_small.ipynb", 4).cells[2]
    assert "04.hand: right" in right.outputs[0]["data"]["text/plain"]


@pytest.mark.parametrize(
    ("what", "value"),
    [("seconds", 181), ("peak_mib", 701), ("size_mb", 1.01), ("cells", 41), ("words", 1601),
     ("longest", 26), ("median_lines", 9)],
)  # fmt: skip
def test_each_budget_counts(what: str, value: float) -> None:
    within = {"seconds": 179, "peak_mib": 699, "size_mb": 0.99, "cells": 40, "words": 1600,
              "longest": 25, "median_lines": 8, "minutes": 45}  # fmt: skip
    assert overspent(Cost("04", **within)) == []
    (sentence,) = overspent(Cost("04", **{**within, what: value}))
    assert sentence.startswith(f"04: {what} is ")
