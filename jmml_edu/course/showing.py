"""Figures in a notebook, with words for those who cannot see them."""

from __future__ import annotations

import base64
import html
import io

from matplotlib.figure import Figure
from PIL import Image

from jmml_edu._checks import fail

DOTS_PER_INCH, N_COLOURS = 96, 128

FEWEST_LETTERS = 20
"""A shorter description cannot say what there is to see."""


class Shown:
    """A figure in the two forms that notebooks are read in.

    JupyterLab takes the HTML, which has the alternative text; viewers that show no HTML take the
    plain image.
    """

    def __init__(self, png: bytes, alt: str) -> None:
        self.png = png
        self.alt = alt

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        data = base64.b64encode(self.png).decode()
        image = f'<img src="data:image/png;base64,{data}" alt="{html.escape(self.alt)}"'
        return {
            "image/png": data,
            "text/html": f'<figure>{image} style="max-width:100%"></figure>',
            "text/plain": repr(self),
        }

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
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
    # A figure needs few colours, and stands twice in the file.
    Image.open(drawn).convert("RGB").quantize(N_COLOURS).save(small, format="png", optimize=True)
    return Shown(small.getvalue(), alt)
