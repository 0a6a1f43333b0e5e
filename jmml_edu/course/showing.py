"""Figures in a notebook, with words for those who cannot see them."""

from __future__ import annotations

import base64
import html
import io

from matplotlib.figure import Figure

from jmml_edu._checks import fail

FEWEST_LETTERS = 20
"""A shorter description cannot say what there is to see."""


class Shown:
    """A figure as a notebook shows it: an image with alternative text, or a plain PNG."""

    def __init__(self, png: bytes, alt: str) -> None:
        self.png = png
        self.alt = alt

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode()
        return (
            f'<figure><img src="data:image/png;base64,{data}" alt="{html.escape(self.alt)}"'
            ' style="max-width:100%"></figure>'
        )

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def show(figure: Figure, *, alt: str) -> Shown:
    """Return a figure for the notebook to display, with alternative text.

    Parameters
    ----------
    figure
        A finished figure.
    alt
        What there is to see, in at least 20 letters, for those who cannot see it.

    Returns
    -------
    shown
        As the last value of a cell it is displayed.

    Raises
    ------
    InputError
        If the description is too short to say anything.

    Examples
    --------
    >>> show(Figure(), alt="An empty figure, to show how it is done.")
    Figure: An empty figure, to show how it is done.
    """
    if len(alt.strip()) < FEWEST_LETTERS:
        fail(
            "show", "alt", f"describe the figure in at least {FEWEST_LETTERS} letters", repr(alt),
            "Say what a reader should see in it.",
        )  # fmt: skip
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=96, metadata={"Software": None})
    return Shown(buffer.getvalue(), alt)
