"""The pictures of notebook 04. Each returns a figure and the words for it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from jmml_edu.columns import column_correlations
from jmml_edu.data import Pairs, Provenance
from jmml_edu.plots.style import ACCENT, FAINT, INK, MUTED, RULE, dress, style
from jmml_edu.plots.turning import correlation_along, draw_cloud, turning_figure

Cloud = Float[np.ndarray, "pair 2"]
Row = Float[np.ndarray, " component"]
Said = tuple[Figure, str]

NOISE = Provenance("independent noise", simulated=True)


def draw_turn(pairs: Pairs, eeg_angle: float, speech_angle: float) -> Said:
    """Draw two clouds, a direction in each, and the two values of every pair along them.

    Parameters
    ----------
    pairs
        Views of two features.
    eeg_angle, speech_angle
        Of the directions, in degrees from the first feature.

    Returns
    -------
    figure, words
        Three axes: EEG, speech, and one value against the other.

    Examples
    --------
    >>> from jmml_edu.simulate.clouds import two_clouds
    >>> draw_turn(two_clouds(), 0, 0)[1][:45]
    'EEG read along 0°, speech along 0°: correlati'
    """
    rho = correlation_along(pairs, eeg_angle, speech_angle)
    return turning_figure(pairs, eeg_angle, speech_angle), (
        f"EEG read along {eeg_angle:.0f}°, speech along {speech_angle:.0f}°:"
        f" correlation {rho:+.2f}."
    )


def draw_round(before: Cloud, after: Cloud, provenance: Provenance) -> Said:
    """Draw a cloud before and after whitening, with the spread in every direction around it."""
    with style():
        figure = Figure(figsize=(7.4, 3.7), layout="constrained")
        for ax, cloud, title in zip(
            figure.subplots(1, 2), (before, after),
            ("As it came: one loud direction", "White: no direction is louder"), strict=True,
        ):  # fmt: skip
            draw_cloud(ax, cloud - cloud.mean(axis=0), None)
            ring = _spread_ring(cloud)
            ax.plot(ring[:, 0], ring[:, 1], color="#D55E00", lw=2)
            ax.set(xlabel="first column", ylabel="second column")
            dress(ax, title=title, provenance=provenance)
    low, high = (f(np.linalg.norm(_spread_ring(after), axis=1)) for f in (np.min, np.max))
    return figure, (
        "Left a long slanted cloud; right the same points after whitening: a round cloud whose"
        f" spread is {low:.2f} to {high:.2f} in every direction."
    )


def draw_held_out(train: Row, held_out: Row, provenance: Provenance, title: str) -> Said:
    """Draw each correlation where it was learned, hollow, and on other pairs, filled."""
    with style():
        figure = Figure(figsize=(7.4, 3.4), layout="constrained")
        ax = figure.subplots()
        component = np.arange(1, len(train) + 1)
        ax.vlines(component, held_out, train, color=FAINT, lw=1.5, zorder=1)
        ax.scatter(component, train, s=52, facecolors="white", edgecolors=MUTED, lw=1.6,
                   label="pairs it learned from", zorder=3)  # fmt: skip
        ax.scatter(component, held_out, s=52, color=ACCENT, marker="D", label="new pairs", zorder=2)
        ax.axhline(0, color=INK, lw=1)
        ax.set(ylim=(min(-0.35, held_out.min() - 0.05), 1.06), xlabel="component",
               ylabel="correlation")  # fmt: skip
        ax.set_xlim(0.4, len(train) + 0.6)
        ax.grid(axis="y", color=RULE, lw=0.8)
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)
        dress(ax, title=title, provenance=provenance)
    return figure, (
        f"Correlations of {len(train)} components: the first is {train[0]:.2f} on the pairs it"
        f" learned from and {held_out[0]:.2f} on new pairs."
    )


def draw_noise(pairs: int, eeg_columns: int, speech_columns: int) -> Said:
    """Draw what CCA finds in independent noise, and what is left of it on new noise.

    Examples
    --------
    >>> draw_noise(60, 20, 20)[1]
    'Noise, 60 pairs, 20 + 20 columns: first correlation 0.94, on new pairs +0.06.'
    """
    rng = np.random.default_rng(0)
    shapes = (pairs, eeg_columns), (pairs, speech_columns)
    eeg, speech = (rng.standard_normal(shape) for shape in shapes)
    new = [rng.standard_normal((400, shape[1])) for shape in shapes]
    columns = min(eeg_columns, speech_columns, 10)
    train, held_out = _both(eeg, speech, new, columns)
    figure, _ = draw_held_out(
        train, held_out, NOISE, f"Nothing is shared, and the first correlation is {train[0]:.2f}"
    )
    return figure, (
        f"Noise, {pairs} pairs, {eeg_columns} + {speech_columns} columns: first correlation"
        f" {train[0]:.2f}, on new pairs {held_out[0]:+.2f}."
    )


def _both(
    eeg: np.ndarray, speech: np.ndarray, new: list[np.ndarray], columns: int
) -> tuple[Row, Row]:
    """Return the correlations in training, and of the same directions on new pairs."""
    views = [view - view.mean(axis=0) for view in (eeg, speech)]
    bases, triangles = zip(*(np.linalg.qr(view) for view in views), strict=True)
    left, rho, right = np.linalg.svd(bases[0].T @ bases[1])
    codes = [
        fresh @ np.linalg.solve(triangle, turned[:, :columns])
        for fresh, triangle, turned in zip(new, triangles, (left, right.T), strict=True)
    ]
    return np.minimum(rho[:columns], 1.0), column_correlations(codes[0], codes[1])


def _spread_ring(cloud: Cloud) -> Float[np.ndarray, "angle 2"]:
    """Return the standard deviation in each direction, drawn in that direction."""
    angles = np.linspace(0, 2 * np.pi, 181)
    ways = np.column_stack([np.cos(angles), np.sin(angles)])
    spread = np.sqrt(np.einsum("ai,ij,aj->a", ways, np.cov(cloud.T), ways))
    return ways * spread[:, None]
