"""Where to begin: from the answers to the four questions of notebook 00 to a notebook."""

from __future__ import annotations

from jmml_edu.course.diary import diary
from jmml_edu.course.finding import find_lesson, lesson_numbers
from jmml_edu.course.pages import Page, card

ASKED = {"00.1": 4, "00.2": 6, "00.3": 10, "00.4": 12}
"""Each question, and the notebook that begins where its answer ends."""

LAST = 11
"""Who answers all of them goes to the question of the course itself."""


def where_to_begin() -> Page:
    """Return the notebook to begin with, as the first answers to the four questions suggest.

    Examples
    --------
    >>> where_to_begin().text.splitlines()[0]
    '▸ Answer the four questions first'
    """
    answers = {name: events[0] for name in ASKED if (events := diary().events("quiz", name))}
    missing = [name for name in ASKED if name not in answers]
    if missing:
        return card("Answer the four questions first", f"Open: {', '.join(missing)}.")
    there = lesson_numbers()
    asked = [ASKED[name] for name, event in answers.items() if not event["right"]]
    begin = next(number for number in (*asked, LAST, *reversed(there)) if number in there)
    known = [n for n in ASKED.values() if n in there and n not in asked and n < begin]
    skipped = ", ".join(_title(number) for number in known)
    return card(
        f"Begin with {_title(begin)}",
        f"You may skip {skipped}; come back when something is missing." if skipped else "",
        "The first answer counts. The order of the numbers is the safe way in any case.",
    )


def _title(number: int) -> str:
    """Return a notebook's number and title."""
    return f"{number:02d} {find_lesson('where_to_begin', number).title}"
