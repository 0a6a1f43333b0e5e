"""Tables that pages ask for by name, made from the code and the notebooks, so that none goes stale.

A page asks with ``<!-- table: NAME -->``; a notebook is named as ``[[04]]`` and becomes a link, or,
where there is none yet, says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from builder.course import learner_notebooks, title_of
from jmml_edu.corpora.known import READERS
from jmml_edu.course.finding import find_lesson, lesson_numbers
from jmml_edu.course.nouns import Lesson

ROOT = Path(__file__).resolve().parents[2]
NOT_YET = "(not written yet)"
UNLESS = re.compile(r"<!-- unless: (?P<number>\d\d) -->\n(?P<text>.*?)<!-- end -->\n", re.DOTALL)
"""What a page says only as long as a notebook is missing."""


def fill_tables(source: Path) -> None:
    """Fill in what the pages ask for."""
    links = notebook_links(ROOT / "notebooks")
    for path in source.glob("*.md"):
        text = path.read_text("utf-8")
        needed = UNLESS.sub(lambda found: "" if found["number"] in links else found["text"], text)
        filled = re.sub(r"<!-- table: (\w+) -->", lambda found: TABLES[found[1]](), needed)
        path.write_text(
            re.sub(
                r"\[\[(\d\d)\]\]", lambda found: links.get(found[1], _missing(found[1])), filled
            ),
            "utf-8",
        )


def _missing(number: str) -> str:
    """Return what is said of a notebook that there is not."""
    return f"{number} {NOT_YET}"


def notebook_links(folder: Path) -> dict[str, str]:
    """Return a link to each notebook's page, by its number."""
    return {
        path.stem[:2]: f"[{title_of(path)}](notebooks/{path.stem}.ipynb)"
        for path in learner_notebooks(folder)
    }


def notebooks_table() -> str:
    """Return one row per notebook: minutes, and what one can do afterwards."""
    lessons = {f"{one.number:02d}": one for one in _lessons()}
    links = notebook_links(ROOT / "notebooks")
    rows = [[link, *_told(lessons.get(number))] for number, link in links.items()]
    return _markdown(["notebook", "minutes", "afterwards you can"], rows)


def _told(lesson: Lesson | None) -> list[str]:
    """Return minutes and objectives of a lesson, where there is one."""
    if lesson is None:
        return ["10 to 20", "say what the road does, from two recordings to an answer"]
    return [str(lesson.minutes), "; ".join(lesson.objectives)]


def objectives_table() -> str:
    """Return objectives beside the exercises that practise them, one row per notebook."""
    rows = []
    for lesson in _lessons():
        goals = "<br>".join(f"{n}. {goal}" for n, goal in enumerate(lesson.objectives, start=1))
        tasks = "<br>".join(
            f"`{one.name}` {one.title}{' (optional)' if one.optional else ''}"
            for one in lesson.exercises.values()
        )
        rows.append([f"{lesson.number:02d} {lesson.title}", goals, tasks])
    return _markdown(["notebook", "objectives", "exercises"], rows)


def costs_table() -> str:
    """Return what each notebook costs, as measured when it was built."""
    lines = (ROOT / "notebooks" / "budgets.md").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


def corpora_table() -> str:
    """Return the corpora that are read: what they hold, where they are, on which terms."""
    rows = [
        [
            f"[{about.name}]({about.page})" if about.page.startswith("http") else about.name,
            about.holds, " and ".join(about.modalities), about.access, about.licence,
        ]
        for about in (reader.about for reader in READERS)
    ]  # fmt: skip
    return _markdown(["corpus", "holds", "modalities", "how to get it", "terms"], rows)


def _lessons() -> list[Lesson]:
    """Return the lessons in order."""
    return [find_lesson("build", number) for number in lesson_numbers()]


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [list(head), ["---"] * len(head), *rows]
    cells = ([" ".join(cell.split()).replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


TABLES: dict[str, Callable[[], str]] = {
    "notebooks": notebooks_table,
    "objectives": objectives_table,
    "costs": costs_table,
    "corpora": corpora_table,
}
"""By the name that a page asks for."""
