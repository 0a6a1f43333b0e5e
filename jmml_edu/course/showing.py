"""Figures in a notebook, still or with sliders, with words for those who cannot see them."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from jmml_edu._checks import fail

DOTS_PER_INCH, N_COLOURS = 96, 128

Range = tuple[float, float, float, float] | list[str]

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


class Live:
    """A widget, and what is read in its place where no kernel runs.

    The widget itself is displayed in JupyterLab; GitHub and a printed page take the rest.
    """

    def __init__(self, widget: Any, instead: Any) -> None:
        self.widget = widget
        self.instead = instead

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Return every form: the widget, a page, an image where there is one, and text."""
        if isinstance(self.instead, Shown):
            forms: dict[str, Any] = dict(self.instead._repr_mimebundle_())
        else:
            forms = {"text/html": self.instead._repr_html_()}
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view, **forms, "text/plain": repr(self)
        }  # fmt: skip

    def __repr__(self) -> str:
        return repr(self.instead)


def sliders(draw: Callable[..., tuple[Figure, str]], **ranges: Range) -> Live:
    """Return a figure that is drawn anew whenever a slider moves, or another word is chosen.

    Parameters
    ----------
    draw
        Takes the sliders' values by name and returns a figure and what there is to see in it,
        which stands below the figure and in its alternative text.
    ranges
        Of each slider: lowest, highest, step, and where it begins; or the words to choose from.

    Returns
    -------
    live
        As the last value of a cell it is displayed.

    Raises
    ------
    InputError
        If a slider does not begin within its range.

    Examples
    --------
    >>> sliders(lambda turn: (Figure(), f"An empty figure, turned by {turn}."), turn=(0, 90, 5, 45))
    Figure: An empty figure, turned by 45.
    """
    import ipywidgets as widgets

    controls = {name: _control(name, values) for name, values in ranges.items()}

    def shown() -> Shown:
        figure, alt = draw(**{name: control.value for name, control in controls.items()})
        return show(figure, alt=alt)

    first = shown()
    page = widgets.HTML(_with_caption(first))

    def redraw(_: object) -> None:
        page.value = _with_caption(shown())

    for control in controls.values():
        control.observe(redraw, names="value")
    return Live(widgets.VBox([*controls.values(), page]), first)


def _control(name: str, values: Range) -> Any:
    """Return a slider, or a list of words to choose from."""
    import ipywidgets as widgets

    look = {"layout": {"width": "34em"}, "style": {"description_width": "9em"}}
    label = name.replace("_", " ").replace("eeg", "EEG")
    if isinstance(values, list):
        return widgets.ToggleButtons(
            options=values, description=label,
            style={"description_width": "9em", "button_width": "max-content"},
        )  # fmt: skip
    low, high, step, begin = values
    if not low <= begin <= high:
        fail(
            "sliders", name, f"begin between {low} and {high}", begin,
            "Give lowest, highest, step and beginning.",
        )  # fmt: skip
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(
        min=low, max=high, step=step, value=begin, description=label, continuous_update=False,
        **look,
    )  # fmt: skip


def _with_caption(shown: Shown) -> str:
    """Return a figure as a page, its words once more where a screen reader notices a change."""
    figure = shown._repr_mimebundle_()["text/html"]
    return f'{figure}<p role="status" style="max-width:60em">{html.escape(shown.alt)}</p>'
