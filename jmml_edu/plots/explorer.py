"""What the explorer shows, as a figure: both views, and how their components agree."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.figure import Figure

from jmml_edu.data import Provenance
from jmml_edu.plots.latent import plot_correlations, plot_latent
from jmml_edu.plots.style import INK, style
from jmml_edu.results import LatentCodes


def explorer_figure(
    eeg: Float[np.ndarray, "pair component"],
    speech: Float[np.ndarray, "pair component"],
    labels: np.ndarray,
    held_out: Bool[np.ndarray, " pair"],
    correlations: tuple[Float[np.ndarray, " component"], Float[np.ndarray, " component"]],
    *,
    title: str,
    provenance: Provenance,
) -> Figure:
    """Return EEG and speech codes side by side, and the correlation of each component.

    Parameters
    ----------
    eeg, speech
        Codes, NaN where there are none.
    labels, held_out
        The class of each pair, and whether the model never saw the person.
    correlations
        On people it learned from, and on new ones.
    title
        What is shown.
    provenance
        Decides about the stamp.

    Returns
    -------
    figure
        Three axes.
    """
    codes = LatentCodes(eeg, speech, labels, labels, held_out, *correlations)
    with style():
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
        plot_latent(codes, "eeg", ax=left, provenance=provenance)
        plot_latent(codes, "speech", ax=middle, provenance=provenance)
        plot_correlations(codes, ax=right, provenance=provenance)
        figure.suptitle(title, x=0.01, ha="left", fontsize=9, color=INK)
    return figure
