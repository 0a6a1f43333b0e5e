"""What a widget is outside Python: one module and one style sheet, and a picture in its place.

The module and the sheet are joined from small files that are written by hand; whoever shows no
widgets, and whoever cannot see, gets a picture with words.
"""

from __future__ import annotations

import base64
import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HERE = Path(__file__).parent


def module_of(*names: str) -> str:
    """Return one ES module of the files of some names, in that order.

    Examples
    --------
    >>> module_of("parts", "base", "playground").count("export default")
    1
    """
    return _joined(names, "js")


def sheet_of(*names: str) -> str:
    """Return one style sheet of the files of some names, in that order."""
    return _joined(names, "css")


def _joined(names: tuple[str, ...], kind: str) -> str:
    files = (HERE / f"{name}.{kind}" for name in names)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def with_picture(
    bundle: tuple[dict[str, Any], dict[str, Any]] | None, figure: Figure, *, alt: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook stores of a widget, and for readers without one a picture.

    Parameters
    ----------
    bundle
        What anywidget stores: its forms by kind, and what is said of them.
    figure
        The picture.
    alt
        What there is to see in it.
    """
    from jmml_edu.plots.style import png_of  # matplotlib takes a while to import

    data, metadata = bundle or ({}, {})
    picture = base64.b64encode(png_of(figure)).decode()
    image = f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}"'
    fallback = {
        "image/png": picture,
        "text/html": f'<figure>{image} style="max-width:100%"></figure>',
    }
    return {**fallback, **data, "text/plain": alt}, metadata
