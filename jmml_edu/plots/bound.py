"""The class bound: how many dimensions pairs share, beside how many classes could give them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes

from jmml_edu.class_bound import ClassBound
from jmml_edu.data import Provenance
from jmml_edu.plots.style import ACCENT, INK, MUTED, RULE, dress, style

_BEYOND, _CHANCE = "#f1f3f5", "#d9dee4"  # what class pairs cannot share; what chance reaches
_MOST_NUMBERS = 12  # ticks that stand side by side without touching


def plot_class_bound(result: ClassBound, *, ax: Axes, provenance: Provenance) -> Axes:
    """Draw the held-out correlation of each component, and what chance reaches.

    Filled marks are components that new people share, hollow ones no more than chance. What lies
    beyond the bound is greyed: pairs joined by class leave it empty, trial pairs need not.

    Parameters
    ----------
    result
        What :func:`jmml_edu.class_bound.class_bound` found.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes: one mark and one bar of chance for each component.
    """
    shared = result.shared
    component = np.arange(1, len(shared.correlations) + 1)
    found = component <= shared.n_shared
    with style():
        _grey_beyond(ax, result.bound, last=len(component))
        ax.bar(component, shared.levels, width=0.56, color=_CHANCE, lw=0, zorder=1.5,
               label=f"reach of chance, {100 * (1 - shared.alpha):.3g} %")  # fmt: skip
        ax.hlines(shared.levels, component - 0.28, component + 0.28, color=MUTED, lw=1.5,
                  zorder=2.5, gid="level")  # fmt: skip
        ax.scatter(component[found], shared.correlations[found], s=52, color=ACCENT, zorder=3,
                   label="shared", gid="shared")  # fmt: skip
        ax.scatter(component[~found], shared.correlations[~found], s=44, facecolors="white",
                   edgecolors=MUTED, lw=1.4, zorder=3, label="chance",
                   gid="chance")  # fmt: skip
        _frame(ax, component)
        dress(ax, title=_title(result), provenance=provenance)
        ax.spines["bottom"].set_visible(False)
    return ax


def _grey_beyond(ax: Axes, bound: int, *, last: int) -> None:
    """Grey the components that class pairs cannot share, and say so."""
    ax.axvspan(bound + 0.5, last + 0.6, color=_BEYOND, lw=0, zorder=0, gid="beyond")
    ax.axvline(bound + 0.5, color=MUTED, lw=1, ls=(0, (4, 3)), zorder=1)
    ax.annotate(
        f"beyond\nC \N{MINUS SIGN} 1 = {bound}", xy=(bound + 0.5, 1),
        xycoords=ax.get_xaxis_transform(), xytext=(5, -4), textcoords="offset points", ha="left",
        va="top", fontsize=8, color=MUTED,
    )  # fmt: skip


def _frame(ax: Axes, component: Int[np.ndarray, " component"]) -> None:
    """Name axes and marks, and leave room around them."""
    ax.axhline(0, color=INK, lw=1, zorder=1.6)
    ax.set_ylim(-0.03, 1.02)
    ax.set_xlim(0.4, component[-1] + 0.6)
    ax.set_xticks(component if len(component) <= _MOST_NUMBERS else component[::2])
    ax.grid(axis="y", color=RULE, lw=0.8)
    ax.set_xlabel("component")
    ax.set_ylabel("correlation, new people")
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=3, handletextpad=0.4,
        columnspacing=1.4, borderaxespad=0.6,
    )  # fmt: skip


def _title(result: ClassBound) -> str:
    """Return what to see: how many were found, and how many classes allow."""
    n = result.shared.n_shared
    found = f"{n} dimension{'s' * (n != 1)} shared"
    if result.kind == "class":
        return f"{found}; {result.n_classes} classes allow {result.bound}"
    return f"{found}; class pairs allow {result.bound}"
