"""A corpus to look at: how many recordings each class has, and one example of each."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.data import Modality, Provenance, Recording
from jmml_edu.plots.signals import plot_eeg, plot_spectrogram
from jmml_edu.plots.style import ACCENT, INK, dress, style

_COLUMNS = 4
_SHOWN_S = 4.0
_TITLES: Mapping[Modality, str] = {"eeg": "EEG", "speech": "Speech"}


def plot_class_balance(
    counts: Mapping[str, int], *, ax: Axes, title: str, provenance: Provenance
) -> Axes:
    """Draw how many recordings each class has, as bars with their numbers, largest on top.

    Parameters
    ----------
    counts
        Number of recordings by class.
    ax
        Where to draw.
    title
        Of what.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes.
    """
    names = sorted(counts, key=lambda name: (-counts[name], name))[::-1]
    with style():
        bars = ax.barh(names, [counts[name] for name in names], color=ACCENT, height=0.6)
        ax.bar_label(bars, padding=4, color=INK, fontsize=8.5)
        ax.set_xlim(0, 1.12 * max(counts.values()))
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        dress(ax, title=title, provenance=provenance)
    return ax


def corpus_figure(
    balance: Mapping[Modality, Mapping[str, int]],
    examples: Mapping[Modality, Mapping[str, Recording]],
    provenance: Provenance,
) -> bytes:
    """Return a page of class balance and examples as PNG.

    Parameters
    ----------
    balance
        By modality, the number of recordings of each class.
    examples
        By modality, one recording of each class; of EEG the first 4 s are drawn.
    provenance
        Decides about the stamp.
    """
    heights = [h for m in balance for h in _heights_in(len(balance[m]), len(examples[m]))]
    with style():
        figure = Figure(figsize=(12, sum(heights)), layout="constrained")
        grid = figure.add_gridspec(len(heights), _COLUMNS, height_ratios=heights)
        row = 0
        for modality, counts in balance.items():
            above = figure.add_subplot(grid[row, : _COLUMNS // 2])
            title = f"{_TITLES[modality]}: recordings of each class"
            plot_class_balance(counts, ax=above, title=title, provenance=provenance)
            for number, (name, recording) in enumerate(examples[modality].items()):
                place = grid[row + 1 + number // _COLUMNS, number % _COLUMNS]
                _plot_example(recording, name, figure.add_subplot(place))
            row += len(_heights_in(len(counts), len(examples[modality])))
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=110, metadata={"Software": None})
    return file.getvalue()


def _heights_in(n_classes: int, n_examples: int) -> list[float]:
    """Return the heights of the rows of one modality in inches: the bars, then the examples."""
    return [0.6 + 0.24 * n_classes] + [2.7] * math.ceil(n_examples / _COLUMNS)


def _plot_example(recording: Recording, name: str, ax: Axes) -> None:
    """Draw one recording, its class as the title."""
    if recording.modality == "speech":
        plot_spectrogram(recording, ax=ax)
    else:
        spread_uv = float(recording.signal.std(axis=1).mean())
        first = recording.signal[:, : round(_SHOWN_S * recording.sample_rate_hz)]
        spacing_uv = float(f"{6 * spread_uv:.1g}")
        plot_eeg(recording.with_signal(first, "first 4 s"), ax=ax, spacing_uv=spacing_uv)
        ax.tick_params(axis="y", labelsize=max(2.0, min(6.0, 150 / len(recording.channels))))
        ax.set_ylabel(f"{spacing_uv:g} uV apart", fontsize=8)
    dress(ax, title=f"{name} ({recording.subject})", provenance=recording.provenance)
