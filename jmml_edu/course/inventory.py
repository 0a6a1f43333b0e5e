"""Twenty questions, the same before the course and after it, and what lies between."""

from __future__ import annotations

from typing import Any

from jmml_edu._checks import check_one_of, fail
from jmml_edu.course.asking import LETTERS
from jmml_edu.course.diary import diary
from jmml_edu.course.lessons.concepts import CONCEPTS
from jmml_edu.course.nouns import Question
from jmml_edu.course.pages import Page, card, marked_up
from jmml_edu.course.showing import Live

TIMES = ("before", "after")


def inventory(when: str, answers: str = "") -> Live | Page:
    """Ask the twenty questions of the concept inventory.

    Before the course nothing is said about an answer, so that it can be asked again; after it, each
    question is explained and both times are compared.

    Parameters
    ----------
    when
        ``"before"`` or ``"after"`` the course.
    answers
        Twenty letters, in place of buttons.

    Returns
    -------
    asked
        As the last value of a cell it is displayed.

    Raises
    ------
    InputError
        If there is no such time, or not one letter for each question.

    Examples
    --------
    >>> print(inventory("before", "a" * 20).text.splitlines()[0])
    ▸ Written down: 20 of 20 questions
    """
    check_one_of("inventory", TIMES, when=when)
    if not answers:
        return _to_answer(when)
    if len(answers) != len(CONCEPTS) or set(answers) - {*"abc"}:
        fail(
            "inventory", "answers", f"be {len(CONCEPTS)} letters, each a, b or c", repr(answers),
            "Write one for each question, in their order.",
        )  # fmt: skip
    for question, letter in zip(CONCEPTS, answers, strict=True):
        _write_down(when, question, LETTERS.index(letter))
    return _state(when)


def chosen(when: str) -> dict[str, bool]:
    """Return which questions were answered at a time, and whether the last answer is right."""
    events = diary().events("inventory")
    return {event["name"]: bool(event["right"]) for event in events if event.get("when") == when}


def _write_down(when: str, question: Question, answer: int) -> None:
    """Write an answer into the diary."""
    right = answer == question.right
    diary().add("inventory", question.name, when=when, chosen=LETTERS[answer], right=right)


def _state(when: str) -> Page:
    """Return how far one is, and after the course what changed."""
    answered = chosen(when)
    head = f"Written down: {len(answered)} of {len(CONCEPTS)} questions"
    if len(answered) < len(CONCEPTS):
        return card(head)
    if when == "before":
        return card(head, 'The answers come after the course: `inventory("after")`.')
    earlier = chosen("before")
    n_right = sum(answered.values())
    score = f"{n_right} of {len(CONCEPTS)} right after the course"
    if len(earlier) == len(CONCEPTS):
        score += f", {sum(earlier.values())} before"
    told = [_explained(question, answered, earlier) for question in CONCEPTS]
    page = card(f"{score}.", tone="good", extra="".join(f"<p>{marked_up(one)}</p>" for one in told))
    return Page("\n\n".join([page.text, *told]), page.html)


def _explained(question: Question, after: dict[str, bool], before: dict[str, bool]) -> str:
    """Return one question with its answer, and how it went."""
    answer, word = question.answers[question.right]
    marks = [
        f"{time} {'✔' if one[question.name] else '○'}"
        for time, one in (("before", before), ("after", after))
        if question.name in one
    ]
    number = question.name.partition(".")[2]
    return f"{number} ({', '.join(marks)}) {question.text} {answer} {word}"


def _to_answer(when: str) -> Live:
    """Return all questions with buttons, and a line that counts."""
    import ipywidgets as widgets

    reply = widgets.HTML(f'<div role="status">{_state(when).html}</div>')
    rows: list[Any] = []
    for number, question in enumerate(CONCEPTS, start=1):
        rows.append(widgets.HTML(f"<b>{number}. {marked_up(question.text)}</b>"))
        rows += _buttons(when, question, reply)
    told = [_asked(question) for question in CONCEPTS]
    page = Page("\n\n".join(told), "".join(f"<p>{marked_up(one)}</p>" for one in told))
    return Live(widgets.VBox([*rows, reply]), page)


def _buttons(when: str, question: Question, reply: Any) -> list[Any]:
    """Return a button for each answer, which Tab and the space bar reach."""
    import ipywidgets as widgets

    texts = [f"{LETTERS[i]}) {text}" for i, (text, _) in enumerate(question.answers)]
    buttons = [
        widgets.Button(description=f"○ {text}", layout={"width": "max-content"}) for text in texts
    ]

    def say(clicked: Any) -> None:
        for button, text in zip(buttons, texts, strict=True):
            button.description = f"{'●' if button is clicked else '○'} {text}"
        _write_down(when, question, buttons.index(clicked))
        reply.value = f'<div role="status">{_state(when).html}</div>'

    for button in buttons:
        button.on_click(say)
    return buttons


def _asked(question: Question) -> str:
    """Return a question and its answers as text."""
    answers = (f"{LETTERS[i]}) {text}" for i, (text, _) in enumerate(question.answers))
    return "\n  ".join([question.text, *answers])
