"""Scores and gains with their intervals, as forest plots: one row each, numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from jmml_edu.data import PairKind, Provenance
from jmml_edu.plots.forest import (
    draw_row,
    draw_small_dots,
    ends_in_words,
    finish,
    finish_scores,
    label_row,
    signed,
)
from jmml_edu.plots.style import ACCENT, INK, dress, style
from jmml_edu.results import Interval

METHOD_NAMES: Mapping[str, str] = {
    "speech_only": "Plain speech",
    "eeg_free": "Best without EEG",
    "eeg_trained": "EEG at training",
    "eeg_only": "EEG alone",
    "eeg_trained_shuffled": "EEG shuffled",
    "pca": "Principal components",
    "lda": "Linear discriminants",
    "one_hot": "CCA with labels",
    "class_prototypes": "CCA with class vectors",
    "class_paired": "CCA, paired by class",
    "linear_cca": "Linear CCA",
    "eeg_trained_again": "EEG at training, again",
    "dcca": "DCCA",
    "dccae": "DCCAE",
    "dcc_cae": "DCC-CAE",
    "eckart_young": "Eckart-Young",
    "without_step1": "Without step 1",
    "infonce": "InfoNCE",
    "distillation": "EEG teacher",
    "distillation_alone": "EEG teacher, alone",
    "modality_dropout": "Modality dropout",
    "modality_dropout_alone": "Modality dropout, alone",
    "mlp": "Network without EEG",
    "mlp_alone": "Network without EEG, alone",
    "eeg_at_test": "EEG at test too",
    "oracle": "Hidden truth",
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
            draw_row(ax, row, score, ACCENT if name == "eeg_trained" else INK)
            draw_small_dots(ax, row, small_dots(score))
            label_row(ax, row, f"{100 * score.value:.1f} %", ends_in_words(score))
        finish_scores(ax, [METHOD_NAMES[name] for name in methods], chance=chance)
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
            draw_row(ax, row, gain, ACCENT if name == "gain" else INK)
            draw_small_dots(ax, row, small_dots(gain))
            label_row(ax, row, signed(gain.value, digits=1), reading(name, gain, kind))
        ax.axvline(0, color=INK, lw=1, zorder=1)
        finish(ax, [GAIN_NAMES[name] for name in gains])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: signed(x)))
        ax.set_xlabel("difference in recall, percentage points")
        dress(ax, title="What did EEG add?", provenance=provenance)
    return ax


def small_dots(interval: Interval) -> Float[np.ndarray, " dot"]:
    """Return the values of the seeds, or of the people where they are too few for an interval."""
    if interval.low is None:
        return np.array(list(interval.by_subject.values()), dtype=float)
    return np.array(interval.by_seed if len(interval.by_seed) > 1 else (), dtype=float)
