"""Two clouds of two features each, a direction in both, and what is read off along them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.columns import column_correlations
from jmml_edu.data import Pairs
from jmml_edu.plots.style import ACCENT, RULE, dress, style

Cloud = Float[np.ndarray, "pair 2"]

REACH = 7.0
ARROW = "#D55E00"


def turning_figure(pairs: Pairs, eeg_angle: float, speech_angle: float) -> Figure:
    """Return both clouds, a direction in each, and the two values of every pair along them.

    Parameters
    ----------
    pairs
        Views of two features.
    eeg_angle, speech_angle
        Of the directions, in degrees from the first feature.

    Returns
    -------
    figure
        Three axes: EEG, speech, and one value against the other; points have the tone of the
        value read off EEG.
    """
    views = {"EEG": pairs.eeg.values, "speech": pairs.speech.values}
    angles = {"EEG": eeg_angle, "speech": speech_angle}
    read = {name: along(views[name], angles[name]) for name in views}
    rho = correlation_along(pairs, eeg_angle, speech_angle)
    with style():
        figure = Figure(figsize=(10, 3.7), layout="constrained")
        axes = figure.subplots(1, 3)
        for ax, name in zip(axes, views, strict=False):
            draw_cloud(ax, views[name], read["EEG"])
            _draw_direction(ax, angles[name])
            ax.set(xlabel=f"{name} feature 1", ylabel=f"{name} feature 2")
            dress(
                ax,
                title=f"{name[0].upper()}{name[1:]} read along {angles[name]:.0f}°",
                provenance=pairs.provenance,
            )
        _draw_agreement(axes[2], read["EEG"], read["speech"])
        dress(axes[2], title=f"Correlation {rho:+.2f}", provenance=pairs.provenance)
    return figure


def along(cloud: Cloud, angle: float) -> Float[np.ndarray, " pair"]:
    """Return how far each point lies along a direction, given in degrees."""
    radians = np.deg2rad(angle)
    values: np.ndarray = cloud @ np.array([np.cos(radians), np.sin(radians)])
    return values


def correlation_along(pairs: Pairs, eeg_angle: float, speech_angle: float) -> float:
    """Return how the values along two directions correlate."""
    read = along(pairs.eeg.values, eeg_angle), along(pairs.speech.values, speech_angle)
    return float(column_correlations(*(values[:, None] for values in read))[0])


def draw_cloud(ax: Axes, cloud: Cloud, tone: np.ndarray | None) -> None:
    """Draw the points of one view; their tone is a value that is read off them."""
    ax.axhline(0, color=RULE, lw=0.8, zorder=0)
    ax.axvline(0, color=RULE, lw=0.8, zorder=0)
    colour = {"color": ACCENT} if tone is None else {"c": tone, "cmap": "cividis"}
    ax.scatter(cloud[:, 0], cloud[:, 1], s=14, lw=0, alpha=0.85, **colour)
    _set_reach(ax)


def _draw_direction(ax: Axes, angle: float) -> None:
    """Draw the direction along which a cloud is read."""
    x, y = REACH * np.cos(np.deg2rad(angle)), REACH * np.sin(np.deg2rad(angle))
    ax.plot([-x, x], [-y, y], color=ARROW, lw=1.5)
    ax.annotate("", (0.93 * x, 0.93 * y), (0, 0),
                arrowprops={"arrowstyle": "-|>", "color": ARROW, "lw": 2.5})  # fmt: skip


def _draw_agreement(ax: Axes, left: np.ndarray, right: np.ndarray) -> None:
    """Draw one value against the other."""
    ax.scatter(left, right, c=left, cmap="cividis", s=14, lw=0, alpha=0.85)
    ax.set(xlabel="value read off EEG", ylabel="value read off speech")
    _set_reach(ax)


def _set_reach(ax: Axes) -> None:
    """Give all clouds the same limits, so that lengths compare."""
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    ax.set(xticks=(-5, 0, 5), yticks=(-5, 0, 5))
