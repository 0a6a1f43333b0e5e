"""How every figure looks: ink, letters, marks that survive colour blindness, and the stamp.

The style holds inside its context only; nothing outside a figure is changed.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.data import Provenance

INK, MUTED, FAINT, RULE = "#1d2733", "#5b6672", "#aab2bb", "#e3e6ea"
ACCENT = "#0072B2"

# Okabe and Ito's palette, yellow left out (it vanishes on white), each with a shape of its own.
CLASS_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
CLASS_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.labelsize": 9.5,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": FAINT,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "svg.hashsalt": "jmml_edu",
    "text.parse_math": False,  # a name may hold a dollar sign
}


def style() -> AbstractContextManager[None]:
    """Return a context in which figures have the package's letters and ink."""
    return mpl.rc_context(_STYLE)


def class_mark(index: int) -> tuple[str, str]:
    """Return colour and marker of the class with this number; the first 56 differ."""
    return CLASS_COLOURS[index % len(CLASS_COLOURS)], CLASS_MARKERS[index % len(CLASS_MARKERS)]


def dress(ax: Axes, *, title: str, provenance: Provenance) -> None:
    """Take away what carries nothing, set the title, and stamp what is simulated."""
    stamp = provenance.stamp
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(length=0)
    ax.set_axisbelow(True)
    ax.set_title(title, loc="left", fontweight="bold", color=INK, pad=26 if stamp else 10)
    if not stamp:
        return
    box = {"boxstyle": "round,pad=0.25", "facecolor": "#fff4d6", "edgecolor": "#8a5a00", "lw": 0.8}
    ax.annotate(
        stamp, xy=(0, 1), xycoords="axes fraction", xytext=(3, 12), textcoords="offset points",
        ha="left", va="bottom", fontsize=7, fontweight="bold", color="#6b4500", bbox=box,
    )  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One figure in the two forms that travel: sharp for the page, pixels for a talk.

    Attributes
    ----------
    svg, png
        The files' bytes; the same numbers give the same bytes.
    width_px, height_px
        Natural size on a screen.
    """

    svg: bytes
    png: bytes
    width_px: int
    height_px: int


def picture(draw: Callable[[Axes], Axes], *, width_in: float, height_in: float) -> Picture:
    """Return what ``draw`` puts on fresh axes as SVG and as PNG.

    Parameters
    ----------
    draw
        Draws on the axes it is given, such as ``lambda ax: plot_correlations(codes, ax=ax, ...)``.
    width_in, height_in
        Size in inches; 96 pixels each on a screen.

    Returns
    -------
    picture
        Bytes of both files. Neither holds a date or a path, so the same numbers give the same
        bytes.

    Examples
    --------
    >>> flat = picture(lambda ax: ax, width_in=2.0, height_in=1.0)
    >>> flat.width_px, flat.height_px, flat.png[1:4]
    (192, 96, b'PNG')
    """
    with style():
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        draw(figure.subplots())
        svg = _saved(figure, "svg", {"Date": None, "Creator": None})
        png = _saved(figure, "png", {"Software": None})
    return Picture(svg, png, round(96 * width_in), round(96 * height_in))


def png_of(figure: Figure, *, dpi: int = 80, n_colours: int = 64) -> bytes:
    """Return a figure as a PNG of few colours, small enough to stand in a notebook twice."""
    from PIL import Image

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=dpi)
    image = Image.open(drawn).convert("RGB").quantize(n_colours)
    image.save(small, format="png", optimize=True)
    return small.getvalue()


def _saved(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    """Return the bytes of the file that matplotlib would write."""
    file = io.BytesIO()
    figure.savefig(file, format=kind, dpi=200, metadata=metadata)
    return file.getvalue()
