"""Questions with a few answers, and how sure a learner is of each objective."""

from __future__ import annotations

from typing import Any

from jmml_edu._checks import check_one_of, fail
from jmml_edu.course.diary import diary
from jmml_edu.course.finding import find_lesson, find_question
from jmml_edu.course.nouns import Question
from jmml_edu.course.pages import Page, card, marked_up
from jmml_edu.course.showing import Live

LETTERS = "abcdefgh"
_WAITING = "<i>Choose one. Nothing happens? Run this cell first.</i>"
_RATINGS = ("1 not yet", "2 with help", "3 alone", "4 could explain it")


def quiz(name: str, answer: str = "") -> Live | Page:
    """Ask a question: choose an answer with mouse or keyboard, or write its letter.

    Parameters
    ----------
    name
        As in the notebook, like ``"04.1"``.
    answer
        Its letter; without one the answers are there to choose from.

    Raises
    ------
    InputError
        If there is no such question, or no such letter.

    Examples
    --------
    >>> quiz("04.1", "z")
    Traceback (most recent call last):
    ...
    jmml_edu._checks.InputError: quiz: answer must be one of a, b, c; got 'z'. Pick one of these.
    """
    question = find_question("quiz", name)
    if not answer:
        return _to_choose(question)
    check_one_of("quiz", LETTERS[: len(question.answers)], answer=answer)
    return _reply(question, LETTERS.index(answer))


def _reply(question: Question, chosen: int) -> Page:
    """Return what to say about an answer, and write it down."""
    right = chosen == question.right
    diary().add("quiz", question.name, right=right, chosen=LETTERS[chosen])
    answer, word = question.answers[chosen]
    head = f"{LETTERS[chosen]}) {answer}"
    return card(head, word if right else f"Not quite. {word}", tone="good" if right else "not yet")


def _to_choose(question: Question) -> Live:
    """Return the question with its answers as buttons.

    Buttons, because JupyterLab keeps arrow keys for itself: Tab and the space bar reach these.
    """
    import ipywidgets as widgets

    asked = widgets.HTML(f"<b>{marked_up(question.text)}</b>")
    texts = [f"{LETTERS[i]}) {text}" for i, (text, _) in enumerate(question.answers)]
    buttons = [
        widgets.Button(description=f"○ {text}", layout={"width": "max-content"}) for text in texts
    ]
    reply = widgets.HTML(f'<div role="status">{_WAITING}</div>')

    def say(clicked: Any) -> None:
        for button, text in zip(buttons, texts, strict=True):
            button.description = f"{'●' if button is clicked else '○'} {text}"
        page = _reply(question, buttons.index(clicked))
        reply.value = f'<div role="status">{page.html}</div>'

    for button in buttons:
        button.on_click(say)
    answers = "".join(
        f"<details><summary>{marked_up(text)}</summary>{marked_up(word)}</details>"
        for text, (_, word) in zip(texts, question.answers, strict=True)
    )
    lines = [question.text, *(f"  {text}" for text in texts)]
    page = Page("\n".join(lines), f"<p><b>{marked_up(question.text)}</b></p>{answers}")
    return Live(widgets.VBox([asked, *buttons, reply]), page)


def rate(number: int, *ratings: int) -> Live | Page:
    """Ask how sure you are of each objective of a lesson, from 1 (not yet) to 4.

    Parameters
    ----------
    number
        As in the notebook's name.
    ratings
        One for each objective; without them there are buttons.

    Raises
    ------
    InputError
        If there is no such lesson, or not one rating from 1 to 4 for each objective.

    Examples
    --------
    >>> print(rate(4, 3, 4, 2).text.splitlines()[0])
    ✔ Written down: 3, 4, 2
    """
    lesson = find_lesson("rate", number)
    wanted = len(lesson.objectives)
    if not ratings:
        return _to_rate(lesson.number, lesson.objectives)
    if len(ratings) != wanted or not {*ratings} <= {1, 2, 3, 4}:
        fail(
            "rate", "ratings", f"be {wanted} whole numbers from 1 to 4", ratings,
            "Write one for each objective.",
        )  # fmt: skip
    return _rated(number, ratings)


def _rated(number: int, ratings: tuple[int, ...]) -> Page:
    """Write ratings down and say what to do with them."""
    diary().add("rate", f"{number:02d}", ratings=list(ratings))
    low = min(ratings) <= 2
    advice = "Where you are at 1 or 2, do its exercise once more tomorrow, from an empty cell."
    return card(f"Written down: {', '.join(map(str, ratings))}", advice if low else "", tone="good")


def _to_rate(number: int, objectives: tuple[str, ...]) -> Live:
    """Return the objectives, each with four buttons."""
    import ipywidgets as widgets

    rows, chosen = [], []
    for objective in objectives:
        buttons = widgets.ToggleButtons(
            options=[(text, i + 1) for i, text in enumerate(_RATINGS)], value=None,
            tooltips=[objective] * len(_RATINGS),
        )  # fmt: skip
        rows += [widgets.HTML(f"I can <b>{marked_up(objective)}</b>"), buttons]
        chosen.append(buttons)
    reply = widgets.HTML('<div role="status"></div>')

    def say(_: object) -> None:
        ratings = tuple(buttons.value for buttons in chosen)
        if None not in ratings:
            reply.value = f'<div role="status">{_rated(number, ratings).html}</div>'

    for buttons in chosen:
        buttons.observe(say, names="value")
    page = Page("\n".join(objectives), "".join(f"<p>I can {o}: 1 2 3 4</p>" for o in objectives))
    return Live(widgets.VBox([*rows, reply]), page)
