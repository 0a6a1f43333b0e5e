"""Scores and gains with their intervals, as forest plots: one row each, numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from jmml_edu.data import PairKind, Provenance
from jmml_edu.plots.style import ACCENT, FAINT, INK, MUTED, RULE, dress, style
from jmml_edu.results import Interval

METHOD_NAMES: Mapping[str, str] = {
    "speech_only": "Plain speech",
    "eeg_free": "Best without EEG",
    "eeg_trained": "EEG at training",
    "eeg_only": "EEG alone",
    "eeg_trained_shuffled": "EEG shuffled",
}
"""What the page and the figures call each method."""

GAIN_NAMES: Mapping[str, str] = {
    "gain": "EEG at training\nover best without EEG",
    "gain_over_raw": "EEG at training\nover plain speech",
    "gain_shuffled": "EEG shuffled\nover best without EEG",
}
"""What the page and the figures call each difference."""

# Above zero, below zero, zero inside the interval.
_JOINED_BY_CLASS = ("labels, not EEG", "a loss, no gain", "no gain, as expected")
_SHUFFLED = ("gains though shuffled", "no gain, as expected", "no gain, as expected")
_READINGS: Mapping[tuple[str, PairKind], tuple[str, str, str]] = {
    ("gain", "trial"): ("EEG helped", "EEG did harm", "no evidence"),
    ("gain_over_raw", "trial"): ("better than plain", "worse than plain", "no evidence"),
    ("gain_shuffled", "trial"): _SHUFFLED,
    ("gain", "class"): _JOINED_BY_CLASS,
    ("gain_over_raw", "class"): _JOINED_BY_CLASS,
    ("gain_shuffled", "class"): _SHUFFLED,
}


def reading(name: str, interval: Interval, kind: PairKind) -> str:
    """Return what an interval says about a difference, in a few words.

    Only the interval decides: wholly above 0, wholly below, or neither. Pairs joined by class
    carry nothing but the class across, so a gain there is never laid to EEG.

    Parameters
    ----------
    name
        One of :data:`jmml_edu.results.GAINS`.
    interval
        The difference, a fraction.
    kind
        How EEG and speech were joined.

    Examples
    --------
    >>> reading("gain", Interval(0.06, 0.02, 0.10, {}, ()), "trial")
    'EEG helped'
    >>> reading("gain", Interval(0.06, -0.02, 0.14, {}, ()), "trial")
    'no evidence'
    """
    if interval.low is None or interval.high is None:
        return "too few people"
    above, below, neither = _READINGS[name, kind]
    if interval.low > 0:
        return above
    return below if interval.high < 0 else neither


def plot_scores(
    methods: Mapping[str, Interval], *, chance: float, ax: Axes, provenance: Provenance
) -> Axes:
    """Draw one row per method: its score, its interval, its seeds, and where chance lies.

    Parameters
    ----------
    methods
        Unweighted average recall by name of the method, fractions.
    chance
        Score of guessing, a fraction.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes. The horizontal axis holds fractions, written as per cent.
    """
    with style():
        for row, (name, score) in enumerate(methods.items()):
            _draw_row(ax, row, score, ACCENT if name == "eeg_trained" else INK)
            label_row(ax, row, f"{100 * score.value:.1f} %", ends(score, "{:.1f} to {:.1f}"))
        ax.axvline(chance, color=MUTED, lw=1, ls=(0, (4, 3)), zorder=1)
        ax.annotate(
            f"chance {100 * chance:.0f} %", xy=(chance, 1), xycoords=ax.get_xaxis_transform(),
            xytext=(4, 0), textcoords="offset points", ha="left", va="top", fontsize=8, color=MUTED,
        )  # fmt: skip
        _finish(ax, [METHOD_NAMES[name] for name in methods])
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        ax.set_xlabel("unweighted average recall, new people")
        dress(ax, title="How well is emotion recognised?", provenance=provenance)
    return ax


def plot_gains(
    gains: Mapping[str, Interval], *, kind: PairKind, ax: Axes, provenance: Provenance
) -> Axes:
    """Draw one row per difference, with a line at zero and what the interval says.

    Parameters
    ----------
    gains
        Differences of unweighted average recall by name, fractions.
    kind
        How EEG and speech were joined; it decides how a gain may be read.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes. The horizontal axis holds fractions, written as points of a hundred.
    """
    with style():
        for row, (name, gain) in enumerate(gains.items()):
            _draw_row(ax, row, gain, ACCENT if name == "gain" else INK)
            label_row(ax, row, signed(gain.value, digits=1), reading(name, gain, kind))
        ax.axvline(0, color=INK, lw=1, zorder=1)
        _finish(ax, [GAIN_NAMES[name] for name in gains])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: signed(x)))
        ax.set_xlabel("difference in recall, percentage points")
        dress(ax, title="What did EEG add?", provenance=provenance)
    return ax


def _draw_row(ax: Axes, row: int, interval: Interval, colour: str) -> None:
    """Draw the estimate, its interval, and below it each seed, or each person if there is none."""
    small = _small_dots(interval)
    ax.scatter(small, np.full(len(small), row + 0.24), s=14, color=FAINT, lw=0, gid="small")
    if interval.low is not None and interval.high is not None:
        ax.plot([interval.low, interval.high], [row, row], color=colour, lw=2.2, gid="interval")
    ax.scatter([interval.value], [row], s=58, color=colour, zorder=3, gid="value")


def _small_dots(interval: Interval) -> Float[np.ndarray, " dot"]:
    """Return the values of the seeds, or of the people where they are too few for an interval."""
    if interval.low is None:
        return np.array(list(interval.by_subject.values()), dtype=float)
    return np.array(interval.by_seed if len(interval.by_seed) > 1 else (), dtype=float)


def ends(score: Interval, form: str) -> str:
    """Return the ends of an interval in per cent, or that there is none."""
    if score.low is None or score.high is None:
        return "no interval"
    return form.format(100 * score.low, 100 * score.high)


def signed(fraction: float, *, digits: int = 0) -> str:
    """Return points with a true minus sign."""
    return f"{100 * fraction:+.{digits}f}".replace("-", "\N{MINUS SIGN}") if fraction else "0"


def label_row(ax: Axes, row: int, number: str, words: str) -> None:
    """Write the number and what it means to the right of its row."""
    for text, size, shift, colour in ((number, 10.5, 1, INK), (words, 8, -2, MUTED)):
        ax.annotate(
            text, xy=(1, row), xycoords=ax.get_yaxis_transform(), xytext=(10, shift),
            textcoords="offset points", ha="left", va="bottom" if shift > 0 else "top",
            fontsize=size, fontweight="bold" if shift > 0 else "normal", color=colour,
        )  # fmt: skip


def _finish(ax: Axes, names: list[str]) -> None:
    """Name the rows, first on top, and leave room around them."""
    ax.set_yticks(range(len(names)), names, color=INK)
    ax.set_ylim(len(names) - 0.4, -0.75)
    ax.margins(x=0.08)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.grid(axis="x", color=RULE, lw=0.8)
