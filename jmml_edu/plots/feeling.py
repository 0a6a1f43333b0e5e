"""A simulated feeling as a figure: how it sounds, and what it changes on the scalp."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from jmml_edu.data import Recording
from jmml_edu.plots.signals import plot_spectrogram, plot_topography
from jmml_edu.plots.style import INK, style


def feeling_figure(
    speech: Recording, change_db: Mapping[str, Mapping[str, float]], *, title: str
) -> Figure:
    """Return the spectrogram of a voice beside one map of the scalp for each band.

    Parameters
    ----------
    speech
        One utterance.
    change_db
        By band and electrode, in dB.
    title
        What is felt.

    Returns
    -------
    figure
        One axes for the voice, one for each band.
    """
    with style():
        figure = Figure(figsize=(11, 3.4), layout="constrained")
        axes = figure.subplots(1, 1 + len(change_db), width_ratios=(2.4, *[1] * len(change_db)))
        plot_spectrogram(speech, ax=axes[0])
        for ax, (band, values) in zip(axes[1:], change_db.items(), strict=True):
            plot_topography(values, ax=ax, title=f"{band}, dB", provenance=speech.provenance)
        figure.suptitle(title, x=0.01, ha="left", fontsize=9, color=INK)
    return figure
