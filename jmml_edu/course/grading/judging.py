"""An instructor's tests, and what becomes of a submission in them.

A file of tests holds functions ``test_...(student)``. Each asks the student's functions with
``student.call("whiten", x)``, or a variable with ``student.value("answer")``, and asserts what must
hold. The first line of its docstring names it; ``(2 points)`` there counts it twice.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jmml_edu._checks import fail
from jmml_edu.course.grading.sandbox import Limits
from jmml_edu.course.grading.stranger import Stranger, StrangerError

MOST_NOTEBOOK_MB = 30
_POINTS = re.compile(r"\s*\((?P<points>\d+(?:\.\d+)?) points?\)")


@dataclass(frozen=True)
class HiddenTest:
    """One test.

    Attributes
    ----------
    name
        What it asks, in words.
    points
        What it is worth.
    run
        Raises AssertionError where a submission does not do what it should.
    """

    name: str
    points: float
    run: Callable[[Any], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one test.

    Attributes
    ----------
    name, most
        Of the test, and its points.
    points
        Reached: all or none.
    word
        Why not, for the student.
    """

    name: str
    most: float
    points: float
    word: str


@dataclass(frozen=True)
class Graded:
    """What became of one submission.

    Attributes
    ----------
    name
        Of the submission.
    outcomes
        Of each test.
    notes
        What else has to be said: cells that failed, files that could not be read.
    """

    name: str
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """Reached in all tests."""
        return sum(outcome.points for outcome in self.outcomes)

    @property
    def most(self) -> float:
        """What can be reached."""
        return sum(outcome.most for outcome in self.outcomes)


def read_tests(folder: Path) -> list[HiddenTest]:
    """Return the tests of all files ``*.py`` in a folder, in the order in which they stand.

    Raises
    ------
    InputError
        If the folder holds none.
    """
    found: list[HiddenTest] = []
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"hidden_{path.stem}", path)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += [_test(name, one) for name, one in vars(module).items() if name[:5] == "test_"]
    if not found:
        fail(
            "grade", "tests", "be a folder with functions test_...(student) in files *.py",
            folder, "`jmml-edu grade --help` says how they look.",
        )  # fmt: skip
    return found


def _test(name: str, run: Callable[[Any], None]) -> HiddenTest:
    """Return a test with its words and points."""
    first = (run.__doc__ or name.replace("_", " ")).strip().splitlines()[0].rstrip(".")
    points = _POINTS.search(first)
    return HiddenTest(
        _POINTS.sub("", first).rstrip("."), float(points["points"]) if points else 1.0, run
    )


def cells_of(notebook: Path) -> list[str]:
    """Return the code of a notebook's cells.

    Raises
    ------
    StrangerError
        If the file is none, or too large.
    """
    size_mb = notebook.stat().st_size / 1e6
    if size_mb > MOST_NOTEBOOK_MB:
        raise StrangerError(f"the file has {size_mb:.0f} MB, at most {MOST_NOTEBOOK_MB}")
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return ["".join(source) for source in code]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StrangerError("the file is no notebook") from None


def judge(name: str, notebook: Path, tests: Sequence[HiddenTest], limits: Limits) -> Graded:
    """Return what becomes of one notebook in all tests.

    A submission that ends in one test begins anew for the next, so that an endless loop costs what
    it is asked for and no more.
    """
    stranger: Stranger | None = None
    outcomes, notes = [], []
    try:
        cells = cells_of(notebook)
        for test in tests:
            if stranger is None or stranger.ended:
                stranger = Stranger(cells, limits)
                notes = _failed_cells(stranger)
            outcomes.append(_outcome(test, stranger))
    except StrangerError as error:  # it does not even begin
        done = len(outcomes)
        outcomes += [Outcome(t.name, t.points, 0, f"The notebook {error}.") for t in tests[done:]]
    finally:
        if stranger is not None:
            stranger.end()
    return Graded(name, tuple(outcomes), tuple(notes))


def _failed_cells(stranger: Stranger) -> list[str]:
    """Return a sentence for each cell that failed."""
    return [
        f"Code cell {number} failed with {error}"
        for number, error in enumerate(stranger.errors, start=1)
        if error
    ]


def _outcome(test: HiddenTest, stranger: Stranger) -> Outcome:
    """Return what became of one test; a mistake of the test itself is said to be one."""
    try:
        test.run(stranger)
    except StrangerError as error:
        return Outcome(test.name, test.points, 0, f"Your code {error}.")
    except AssertionError as error:
        return Outcome(test.name, test.points, 0, str(error).split("\n")[0] or "It does not hold.")
    except Exception as error:  # what an answer of the wrong kind does to a test
        return Outcome(
            test.name, test.points, 0, f"The answer could not be judged ({type(error).__name__})."
        )
    return Outcome(test.name, test.points, test.points, "")
