"""The shared space: where EEG and speech lie in it, and how much of it new people share."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from jmml_edu.data import UNLABELLED, Modality, Provenance
from jmml_edu.plots.style import ACCENT, FAINT, INK, MUTED, RULE, class_mark, dress, style
from jmml_edu.results import LatentCodes

MAX_VECTOR_POINTS = 1000
"""Beyond this many points a figure holds them as pixels, so that a page stays light."""


def plot_latent(
    codes: LatentCodes, modality: Modality, *, ax: Axes, provenance: Provenance
) -> Axes:
    """Draw the codes of one modality on components 1 and 2.

    Filled marks are people the model never saw, hollow ones those it learned from, large ones
    the means of the filled; colour and shape both say the class. Limits come from both
    modalities, so two such axes compare.

    Parameters
    ----------
    codes
        Codes of both modalities; with one component only, the vertical axis parts the classes.
    modality
        Which codes to draw. Pairs without EEG are left out of ``"eeg"``.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes: for each class a scatter of hollow marks, one of filled, and their mean.
    """
    with style():
        points = _plane(codes, modality)
        there = np.isfinite(points).all(axis=1)
        for index, label in enumerate(_classes(codes)):
            chosen = there & (codes.labels == label)
            _draw_class(
                ax, points, (chosen & ~codes.held_out, chosen & codes.held_out), index, label
            )
        _frame(ax, codes)
        name = {"eeg": "EEG", "speech": "Speech"}[modality]
        dress(ax, title=f"{name} in the shared space", provenance=provenance)
    return ax


def plot_correlations(codes: LatentCodes, *, ax: Axes, provenance: Provenance) -> Axes:
    """Draw the correlation of each component, in training against new people.

    Parameters
    ----------
    codes
        Holds both rows of correlations.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes: hollow marks for training people, filled for new ones, a stem between them
        for what was fitted to the training people alone.
    """
    with style():
        train, held_out = codes.train_correlations, codes.held_out_correlations
        component = np.arange(1, len(train) + 1)
        ax.vlines(component, held_out, train, color=FAINT, lw=1.5, zorder=1)
        ax.scatter(component, train, s=48, facecolors="white", edgecolors=MUTED, lw=1.5,
                   label="people it learned from", gid="train")  # fmt: skip
        ax.scatter(component, held_out, s=48, color=ACCENT, label="new people", gid="held out")
        ax.axhline(0, color=INK, lw=1, zorder=0)
        ax.set_ylim(float(np.nanmin([train, held_out], initial=0)) - 0.05, 1.02)
        ax.set_xlim(0.4, len(train) + 0.6)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(axis="y", color=RULE, lw=0.8)
        ax.set_xlabel("component")
        ax.set_ylabel("correlation")
        ax.legend(loc="upper right", handletextpad=0.2, borderaxespad=0)
        dress(ax, title="Do EEG and speech still agree?", provenance=provenance)
        ax.spines["bottom"].set_visible(False)
    return ax


def _classes(codes: LatentCodes) -> list[str]:
    """Return the classes, sorted, the unlabelled last so that their mark changes no other."""
    return sorted(set(codes.labels), key=lambda label: (label == UNLABELLED, label))


def _plane(codes: LatentCodes, modality: Modality) -> Float[np.ndarray, "pair 2"]:
    """Return components 1 and 2, or component 1 against the number of the class."""
    values = codes.eeg if modality == "eeg" else codes.speech
    if values.shape[1] > 1:
        return values[:, :2]
    spread = 0.6 * ((np.arange(len(values)) * 0.618) % 1 - 0.5)
    number = np.array([_classes(codes).index(label) for label in codes.labels])
    return np.column_stack([values[:, 0], number + spread])


def _draw_class(
    ax: Axes,
    points: Float[np.ndarray, "pair 2"],
    rows: tuple[Bool[np.ndarray, " pair"], Bool[np.ndarray, " pair"]],
    index: int,
    label: str,
) -> None:
    """Draw one class: training people hollow and faint, new people filled above them."""
    colour, marker = (FAINT, "o") if label == UNLABELLED else class_mark(index)
    dots = len(points) > MAX_VECTOR_POINTS
    train, held_out = (points[chosen] for chosen in rows)
    ax.scatter(train[:, 0], train[:, 1], s=16, marker=marker, facecolors="none",
               edgecolors=colour, lw=0.7, alpha=0.35, rasterized=dots, zorder=1)  # fmt: skip
    ax.scatter(held_out[:, 0], held_out[:, 1], s=18, marker=marker, color=colour, lw=0,
               alpha=0.6, rasterized=dots, zorder=2, label=label or "unlabelled")  # fmt: skip
    if label != UNLABELLED and len(held_out):
        x, y = held_out.mean(axis=0)
        ax.scatter(x, y, s=150, marker=marker, color=colour, lw=1.8, edgecolors="white",
                   zorder=3, gid="mean")  # fmt: skip


def _frame(ax: Axes, codes: LatentCodes) -> None:
    """Give both modalities the same limits, name the axes and the classes."""
    both = np.vstack([_plane(codes, "eeg"), _plane(codes, "speech")])
    low, high = np.nanmin(both, axis=0), np.nanmax(both, axis=0)
    margin = 0.05 * (high - low) + 1e-9
    ax.set_xlim(low[0] - margin[0], high[0] + margin[0])
    ax.set_ylim(low[1] - margin[1], high[1] + margin[1])
    ax.set_xlabel("component 1")
    ax.set_ylabel("component 2" if codes.speech.shape[1] > 1 else "class")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.axhline(0, color=RULE, lw=0.8, zorder=0)
    ax.axvline(0, color=RULE, lw=0.8, zorder=0)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2, handletextpad=0.1)
