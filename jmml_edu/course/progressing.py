"""What a learner did so far, on one page that never leaves the machine."""

from __future__ import annotations

from dataclasses import dataclass

from jmml_edu.course.diary import Diary, diary
from jmml_edu.course.finding import find_lesson, lesson_numbers
from jmml_edu.course.nouns import Exercise, Lesson
from jmml_edu.course.pages import Page, card, marked_up


@dataclass(frozen=True)
class Row:
    """One line of the page: what, how far, and a word on it."""

    what: str
    state: str
    detail: str


def progress(*, erase: bool = False) -> Page:
    """Show what you did in every lesson; or forget it all.

    Parameters
    ----------
    erase
        Delete the file in which it stands.

    Returns
    -------
    page
        As the last value of a cell it is displayed.

    Examples
    --------
    >>> progress(erase=True).text.startswith("▸ Forgotten")
    True
    """
    book = diary()
    if erase:
        return card(f"Forgotten: {book.erase()} entries", "Nothing about you is left here.")
    lessons = [find_lesson("progress", number) for number in lesson_numbers()]
    begun = [lesson for lesson in lessons if _begun(book, lesson)]
    if not begun:
        return card("Nothing yet", "Run the first cells of a lesson, and its progress stands here.")
    kept = "Kept in this kernel only" if book.unwritten else f"Kept in {book.path}"
    pages = [_lesson_page(book, lesson) for lesson in begun]
    text = "\n\n".join(page.text for page in pages)
    words = f"{kept}, and nowhere else; `progress(erase=True)` erases it."
    html = "".join(page.html for page in pages) + f"<p>{marked_up(words)}</p>"
    return Page(f"{text}\n\n{words}", html)


def lesson_rows(book: Diary, lesson: Lesson) -> list[Row]:
    """Return the lines of one lesson: exercises, questions, predictions, ratings."""
    rows = [_exercise_row(book, exercise) for exercise in lesson.exercises.values()]
    asked = [book.events("quiz", name) for name in lesson.questions]
    at_once = sum(events[0]["right"] for events in asked if events)
    answered = sum(map(bool, asked))
    rows.append(Row("questions", f"{answered} of {len(asked)}", f"{at_once} right at once"))
    found = [e for e in book.events("found") if e["name"].startswith(f"{lesson.number:02d}.")]
    good = sum(event["good"] for event in found)
    rows.append(Row("predictions", str(len(found)), f"{good} close"))
    rated = book.events("rate", f"{lesson.number:02d}")
    if rated:
        rows.append(
            Row("how sure", ", ".join(map(str, rated[-1]["ratings"])), "of 4, by objective")
        )
    return rows


def _begun(book: Diary, lesson: Lesson) -> bool:
    """Tell whether anything was done in a lesson."""
    number = f"{lesson.number:02d}"
    return any(event["name"].partition(".")[0] == number for event in book.events())


def _exercise_row(book: Diary, exercise: Exercise) -> Row:
    """Return how far an exercise is."""
    tries, hints = book.events("check", exercise.name), len(book.events("hint", exercise.name))
    passed = any(event["passed"] for event in tries)
    optional = " (optional)" if exercise.optional else ""
    state = "solved" if passed else "tried" if tries else "open"
    seen = "the solution" if hints > len(exercise.hints) else f"{hints} hints" if hints else ""
    counted = f"{len(tries)} tries" if len(tries) != 1 else "1 try"
    detail = ", ".join(filter(None, [counted if tries else "", seen]))
    return Row(f"{exercise.name} {exercise.title}{optional}", state, detail)


def _lesson_page(book: Diary, lesson: Lesson) -> Page:
    """Return the table of one lesson."""
    rows = lesson_rows(book, lesson)
    needed = [exercise for exercise in lesson.exercises.values() if not exercise.optional]
    solved = sum(any(e["passed"] for e in book.events("check", one.name)) for one in needed)
    head = f"{lesson.number:02d} {lesson.title}: {solved} of {len(needed)} exercises solved"
    marks = {"solved": "✔ ", "tried": "○ ", "open": "· "}
    lines = [
        f"  {marks.get(r.state, '')}{r.what}: {r.state}; {r.detail}".rstrip("; ") for r in rows
    ]
    body = "".join(
        f'<tr><td style="text-align:left">{marked_up(row.what)}</td>'
        f'<td style="text-align:left">{marks.get(row.state, "")}{row.state}</td>'
        f'<td style="text-align:left">{row.detail}</td></tr>'
        for row in rows
    )
    columns = "<tr><th>what</th><th>state</th><th>in detail</th></tr>"
    table = f"<table><thead>{columns}</thead><tbody>{body}</tbody></table>"
    shown = card(head, tone="good" if solved == len(needed) else "note", extra=table)
    return Page("\n".join([shown.text, *lines]), shown.html)
