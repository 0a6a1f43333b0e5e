"""Figures in a notebook: an image of what was drawn, and words that cannot be forgotten."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from sentences import explained

from jmml_edu.course import show

ALT = 'A line that rises from 0 to 1, "steeply" & < twice.'


def drawing(slope: float = 1.0) -> Figure:
    """One line on white."""
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([0, slope], color="black")
    return figure


class Images(HTMLParser):
    """The attributes of every image of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append({name: value or "" for name, value in attrs})


def test_what_is_shown_is_the_figure_dot_for_dot() -> None:
    figure = drawing()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=96)
    expected = np.asarray(Image.open(drawn).convert("RGB"), dtype=int)
    found = np.asarray(Image.open(io.BytesIO(show(figure, alt=ALT).png)).convert("RGB"), dtype=int)
    assert found.shape == expected.shape == (192, 288, 3)
    assert np.abs(found - expected).max() <= 8  # few colours, and no eye tells the difference


def test_jupyter_gets_a_page_with_words_and_viewers_the_bare_image() -> None:
    shown = show(drawing(), alt=ALT)
    forms = shown._repr_mimebundle_(include=None, exclude=None)
    assert base64.b64decode(forms["image/png"]) == shown.png
    (image,) = Images(forms["text/html"]).found
    assert image["alt"] == ALT
    assert image["src"] == "data:image/png;base64," + forms["image/png"]
    assert repr(shown) == forms["text/plain"] == f"Figure: {ALT}"


def test_words_cannot_break_out_of_the_page() -> None:
    page = show(drawing(), alt='"><script>alert(1)</script>')._repr_mimebundle_()["text/html"]
    assert not re.search("<script", page)
    assert len(Images(page).found) == 1


def test_the_same_figure_gives_the_same_bytes_and_another_one_others() -> None:
    first, again, other = (show(drawing(slope), alt=ALT).png for slope in (1.0, 1.0, -1.0))
    assert first == again != other


@pytest.mark.parametrize("alt", ["", "A line.", " " * 19 + "line"])
def test_too_few_words_are_explained(alt: str) -> None:
    with explained(
        f"show: alt must describe the figure in at least 20 letters; got {alt!r}."
        " Say what a reader should see in it."
    ):
        show(drawing(), alt=alt)
