"""What the course says: the same words as text, and as a small card where a page can be shown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "not yet", "note"]

# Seen on white and on black; the mark and the first words say the same without colour.
_COLOURS: dict[Tone, str] = {"good": "#0a8f62", "not yet": "#c7621b", "note": "#3b82c4"}
_MARKS: dict[Tone, str] = {"good": "✔", "not yet": "○", "note": "▸"}


@dataclass(frozen=True)
class Page:
    """Something said to the learner.

    Attributes
    ----------
    text
        For a terminal, and for a viewer that shows no page.
    html
        The same as a card.
    """

    text: str
    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def card(head: str, *paragraphs: str, tone: Tone = "note", extra: str = "") -> Page:
    """Return a page of a heading and paragraphs; words between backticks are code.

    Parameters
    ----------
    head
        First line, after the mark of its tone.
    paragraphs
        Plain text; empty ones are left out.
    tone
        Decides colour and mark.
    extra
        HTML to stand below, as it is.

    Examples
    --------
    >>> card("04.A", "Every column has mean 0.", tone="good")
    ✔ 04.A
      Every column has mean 0.
    """
    said = [paragraph for paragraph in paragraphs if paragraph]
    lines = [f"{_MARKS[tone]} {head}", *(f"  {line}" for one in said for line in one.split("\n"))]
    body = "".join(f'<p style="margin:.35em 0">{marked_up(one)}</p>' for one in said)
    style = f"border-left:4px solid {_COLOURS[tone]};padding:.3em .9em;margin:.3em 0;max-width:46em"
    title = f'<p style="margin:.2em 0"><b>{_MARKS[tone]} {marked_up(head)}</b></p>'
    return Page("\n".join(lines), f'<div style="{style}">{title}{body}{extra}</div>')


def marked_up(text: str) -> str:
    """Return text as HTML: backticks become code, ends of lines stay.

    Examples
    --------
    >>> marked_up("Is `a < b`?")
    'Is <code>a &lt; b</code>?'
    """
    safe = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return safe.replace("\n", "<br>")


def listed(items: Sequence[str]) -> str:
    """Return an HTML list.

    Examples
    --------
    >>> listed(["one"])
    '<ul style="margin:.2em 0"><li>one</li></ul>'
    """
    points = "".join(f"<li>{marked_up(item)}</li>" for item in items)
    return f'<ul style="margin:.2em 0">{points}</ul>'


def code_block(source: str) -> str:
    """Return source code as an HTML block.

    Examples
    --------
    >>> code_block("a < b")
    '<pre style="margin:.4em 0;overflow-x:auto"><code>a &lt; b</code></pre>'
    """
    shown = html.escape(source.rstrip(), quote=False)
    return f'<pre style="margin:.4em 0;overflow-x:auto"><code>{shown}</code></pre>'


def link(section: str) -> str:
    """Return a link to a heading of the notebook, as JupyterLab names it.

    Examples
    --------
    >>> link("White clouds")
    '<p style="margin:.35em 0">Look again at <a href="#White-clouds">White clouds</a>.</p>'
    """
    place = html.escape(section.replace(" ", "-"))
    words = html.escape(section, quote=False)
    return f'<p style="margin:.35em 0">Look again at <a href="#{place}">{words}</a>.</p>'
