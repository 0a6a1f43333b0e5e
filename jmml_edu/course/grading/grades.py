"""Grade a folder of notebooks, and write what became of each: CSV, JSON, and a page per student."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from jmml_edu._checks import fail
from jmml_edu.course.grading.judging import Graded, HiddenTest, judge, read_tests
from jmml_edu.course.grading.rosters import read_roster, safe, write_import
from jmml_edu.course.grading.sandbox import Limits, check_sandbox, visible

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{name}: {points:g} of {most:g}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;
color:#1d2733;background:#fff}}td,th{{text-align:left;padding:.35em .8em .35em 0;
vertical-align:top;border-bottom:1px solid #e3e6ea}}</style>
<main><h1>{name}: {points:g} of {most:g} points</h1>
<table><thead><tr><th scope="col">test</th><th scope="col">points</th><th scope="col">word</th></tr>
</thead><tbody>{rows}</tbody></table>{notes}</main></html>
"""


def grade(
    submissions: Path,
    tests: Path,
    out: Path,
    *,
    limits: Limits | None = None,
    roster: Path | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> list[Graded]:
    """Judge every submission by hidden tests, and write the results into a folder.

    Parameters
    ----------
    submissions
        A folder of notebooks, or of folders with one notebook each, as platforms export them.
    tests
        A folder of :mod:`jmml_edu.course.grading.judging`'s tests.
    out
        Gets ``grades.csv``, ``grades.json``, a page per submission and, with a roster, the file
        that the platform imports.
    limits
        Of each submission.
    roster
        Exported by Moodle or Canvas.
    on_step
        Told what is done next.

    Returns
    -------
    graded
        In the order of their names.

    Raises
    ------
    InputError
        If there is no sandbox, no test, no notebook, or a submission could see what it must not.
    """
    check_sandbox()
    _check_hidden(submissions=submissions, tests=tests, out=out)
    found, known = notebooks_in(submissions), read_tests(tests)
    people = None if roster is None else read_roster(roster)
    graded: list[Graded] = []
    for name, notebook in found.items():
        on_step(f"{name} ({len(graded) + 1} of {len(found)})")
        graded.append(judge(name, notebook, known, limits or Limits()))
    write_grades(out, graded, known)
    if people is not None:
        path = out / f"{people.platform.lower()}.csv"
        strangers = write_import(path, people, graded, title=tests.resolve().name)
        for name in strangers:
            on_step(f"{name} is nobody's in the roster")
    return graded


def notebooks_in(folder: Path) -> dict[str, Path]:
    """Return the notebooks of a folder by the name of their submission.

    Raises
    ------
    InputError
        If there is none, or two in one submission.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.ipynb")):
        own = path.relative_to(folder).parts
        if any(part.startswith(".") for part in own):
            continue  # checkpoints
        if path.is_symlink() or not path.is_file():
            continue  # it may lead anywhere, or never end
        name = own[0] if len(own) > 1 else path.stem
        if name in found:
            fail(
                "grade", "submissions", "hold one notebook each", f"two in {name!r}",
                "Take one of them away.",
            )  # fmt: skip
        found[name] = path
    if not found:
        fail("grade", "submissions", "hold notebooks", f"none in {folder}", "Name their folder.")
    return found


def write_grades(out: Path, graded: Sequence[Graded], tests: Sequence[HiddenTest]) -> None:
    """Write all results, a line or a page for each submission."""
    pages = out / "students"
    pages.mkdir(parents=True, exist_ok=True)
    with (out / "grades.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["submission", "points", "most", *(test.name for test in tests)])
        for one in graded:
            each = [f"{outcome.points:g}" for outcome in one.outcomes]
            writer.writerow([safe(one.name), f"{one.points:g}", f"{one.most:g}", *each])
    told = [asdict(one) | {"points": one.points, "most": one.most} for one in graded]
    (out / "grades.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for one in graded:
        (pages / f"{one.name}.html").write_text(student_page(one), encoding="utf-8")


def student_page(one: Graded) -> str:
    """Return the page of one submission."""
    rows = "".join(
        f"<tr><td>{html.escape(outcome.name)}</td><td>{outcome.points:g} of {outcome.most:g}</td>"
        f"<td>{html.escape(outcome.word) or 'passed'}</td></tr>"
        for outcome in one.outcomes
    )
    points = "".join(f"<li>{html.escape(note)}</li>" for note in one.notes)
    notes = f"<h2>Cells that failed</h2><ul>{points}</ul>" if points else ""
    return _PAGE.format(
        name=html.escape(one.name), points=one.points, most=one.most, rows=rows, notes=notes
    )


def _check_hidden(**folders: Path) -> None:
    """Raise if something lies where a submission can read it."""
    for name, folder in folders.items():
        for place in visible():
            if folder.resolve().is_relative_to(place.resolve()):
                fail(
                    "grade", name, "lie where no submission can read it", folder,
                    f"Everything in {place} is visible to submissions: move it elsewhere.",
                )  # fmt: skip
