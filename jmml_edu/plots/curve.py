"""Where the method lives: what EEG adds as it gets noisier and shares more than emotion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from jmml_edu._checks import check_same_rows
from jmml_edu.data import Provenance
from jmml_edu.plots.style import INK, MUTED, class_mark, dress, style


def plot_gain_curve(
    eeg_noise: Float[np.ndarray, " point"],
    shared_nuisance: Float[np.ndarray, " point"],
    gain: Float[np.ndarray, " point"],
    interval: Sequence[Float[np.ndarray, " point"]],
    *,
    ax: Axes,
    provenance: Provenance,
) -> Axes:
    """Draw the gain over EEG noise, one line for each amount of shared nuisance.

    Parameters
    ----------
    eeg_noise, shared_nuisance
        Noise of the EEG, relative to the samples, and how far it shares speech's nuisance, 0 to 1.
    gain
        EEG-trained minus EEG-free, fractions.
    interval
        Lower and upper ends of its interval.
    ax
        Where to draw.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes, the noise on a logarithmic scale: one line with bars per amount.
    """
    low, high = interval
    check_same_rows("plot_gain_curve", eeg_noise=eeg_noise, gain=gain, low=low, high=high)
    amounts = np.unique(shared_nuisance)
    with style():
        ax.axhline(0, color=INK, lw=1)
        for index, amount in enumerate(amounts):
            rows = np.flatnonzero(shared_nuisance == amount)
            rows = rows[np.argsort(eeg_noise[rows])]
            # Side by side, so that the bars of different lines can be told apart.
            x = eeg_noise[rows] * 1.04 ** (index - (len(amounts) - 1) / 2)
            bars = 100 * np.stack([(gain - low)[rows], (high - gain)[rows]])
            colour, marker = class_mark(index)
            ax.errorbar(
                x, 100 * gain[rows], yerr=bars, color=colour, marker=marker, lw=1.5, capsize=3,
                label=f"{amount:g}",
            )  # fmt: skip
        ax.set_xscale("log", base=2)
        ax.set_xticks(np.unique(eeg_noise))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xlabel("EEG noise (1: the samples)")
        ax.set_ylabel("gain over best without EEG, points")
        legend = ax.legend(title="nuisance that EEG shares with speech", ncols=len(amounts))
        legend.get_title().set_color(MUTED)
        dress(ax, title="What EEG at training adds, and where it stops", provenance=provenance)
    return ax
