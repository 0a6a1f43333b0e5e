"""Who is taken for whom: a confusion matrix in shares of each true class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes

from jmml_edu.data import Provenance
from jmml_edu.plots.style import INK, dress, style

_DARK = 0.65  # above this share white letters stand out better from the cell than dark ones


def plot_confusion(
    counts: Int[np.ndarray, "true predicted"],
    classes: Sequence[str],
    *,
    ax: Axes,
    provenance: Provenance,
    title: str = "",
) -> Axes:
    """Draw a confusion matrix: shares of each true class in per cent, counts beneath.

    Each row sums to 100 %, so that a rare class weighs as much as a frequent one; the mean of the
    diagonal is then the unweighted average recall.

    Parameters
    ----------
    counts
        Utterances, true class x predicted class.
    classes
        One name per row.
    ax
        Where to draw.
    provenance
        Decides about the stamp.
    title
        What the matrix belongs to.

    Returns
    -------
    ax
        The same axes; a class that never occurs has a row of zeros.
    """
    import seaborn as sns  # takes a second to load

    total = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(total, 1)
    words = [
        [f"{share:.0%}\n{count}".replace("%", " %") for share, count in zip(*row, strict=True)]
        for row in zip(shares, counts, strict=True)
    ]
    with style():
        sns.heatmap(
            shares, annot=np.array(words), fmt="", cmap="Blues", vmin=0, vmax=1, cbar=False,
            square=True, linewidths=1.5, linecolor="white", xticklabels=list(classes),
            yticklabels=list(classes), annot_kws={"fontsize": 8}, ax=ax,
        )  # fmt: skip
        for text, share in zip(ax.texts, shares.flat, strict=True):
            text.set_color("white" if share > _DARK else INK)
        ax.tick_params(axis="x", rotation=30, colors=INK)
        ax.tick_params(axis="y", rotation=0, colors=INK)
        ax.set_xlabel("heard as")
        ax.set_ylabel("was")
        dress(ax, title=title, provenance=provenance)
    return ax
