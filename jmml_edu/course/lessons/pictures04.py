"""The pictures of notebook 04. Each returns a figure and the words for it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.columns import column_correlations
from jmml_edu.data import Pairs, Provenance
from jmml_edu.linear import CCA
from jmml_edu.plots.style import ACCENT, FAINT, INK, MUTED, RULE, dress, style

Cloud = Float[np.ndarray, "pair 2"]
Row = Float[np.ndarray, " component"]
Said = tuple[Figure, str]

REACH = 7.0
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
    >>> from jmml_edu.course.lessons.data04 import two_clouds
    >>> draw_turn(two_clouds(), 0, 0)[1][:45]
    'EEG read along 0°, speech along 0°: correlati'
    """
    views = {"EEG": pairs.eeg.values, "speech": pairs.speech.values}
    angles = {"EEG": eeg_angle, "speech": speech_angle}
    read = {name: _along(views[name], angles[name]) for name in views}
    rho = _correlation(read["EEG"], read["speech"])
    with style():
        figure = Figure(figsize=(10, 3.7), layout="constrained")
        axes = figure.subplots(1, 3)
        for ax, name in zip(axes, views, strict=False):
            _draw_cloud(ax, views[name], read["EEG"])
            _draw_direction(ax, angles[name])
            ax.set(xlabel=f"{name} feature 1", ylabel=f"{name} feature 2")
            dress(
                ax,
                title=f"{name[0].upper()}{name[1:]} read along {angles[name]:.0f}°",
                provenance=pairs.provenance,
            )
        _draw_agreement(axes[2], read["EEG"], read["speech"])
        dress(axes[2], title=f"Correlation {rho:+.2f}", provenance=pairs.provenance)
    return figure, (
        f"EEG read along {eeg_angle:.0f}°, speech along {speech_angle:.0f}°:"
        f" correlation {rho:+.2f}."
    )


def best_turn(pairs: Pairs) -> tuple[float, float, float]:
    """Return the angles in degrees that agree best, from 0 to 180, and their correlation.

    Examples
    --------
    >>> from jmml_edu.course.lessons.data04 import two_clouds
    >>> round(best_turn(two_clouds())[2], 2)
    0.89
    """
    found = CCA(n_components=1).fit(pairs.eeg.values, pairs.speech.values)
    ends = (found.eeg_directions_[:, 0], found.speech_directions_[:, 0])
    angles = [float(np.rad2deg(np.arctan2(end[1], end[0])) % 180) for end in ends]
    return angles[0], angles[1], float(found.correlations_[0])


def draw_round(before: Cloud, after: Cloud, provenance: Provenance) -> Said:
    """Draw a cloud before and after whitening, with the spread in every direction around it."""
    with style():
        figure = Figure(figsize=(7.4, 3.7), layout="constrained")
        for ax, cloud, title in zip(
            figure.subplots(1, 2), (before, after),
            ("As it came: one loud direction", "White: no direction is louder"), strict=True,
        ):  # fmt: skip
            _draw_cloud(ax, cloud - cloud.mean(axis=0), None)
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


def _along(cloud: Cloud, angle: float) -> Float[np.ndarray, " pair"]:
    """Return how far each point lies along a direction."""
    radians = np.deg2rad(angle)
    along: np.ndarray = cloud @ np.array([np.cos(radians), np.sin(radians)])
    return along


def _correlation(left: np.ndarray, right: np.ndarray) -> float:
    return float(column_correlations(left[:, None], right[:, None])[0])


def _draw_cloud(ax: Axes, cloud: Cloud, tone: np.ndarray | None) -> None:
    """Draw the points of one view; their tone is the value read off the EEG."""
    ax.axhline(0, color=RULE, lw=0.8, zorder=0)
    ax.axvline(0, color=RULE, lw=0.8, zorder=0)
    colour = {"color": ACCENT} if tone is None else {"c": tone, "cmap": "cividis"}
    ax.scatter(cloud[:, 0], cloud[:, 1], s=14, lw=0, alpha=0.85, **colour)
    _set_reach(ax)


def _draw_direction(ax: Axes, angle: float) -> None:
    """Draw the direction along which a cloud is read."""
    x, y = REACH * np.cos(np.deg2rad(angle)), REACH * np.sin(np.deg2rad(angle))
    ax.plot([-x, x], [-y, y], color="#D55E00", lw=1.5)
    ax.annotate("", (0.93 * x, 0.93 * y), (0, 0),
                arrowprops={"arrowstyle": "-|>", "color": "#D55E00", "lw": 2.5})  # fmt: skip


def _draw_agreement(ax: Axes, left: np.ndarray, right: np.ndarray) -> None:
    """Draw one value against the other."""
    ax.scatter(left, right, c=left, cmap="cividis", s=14, lw=0, alpha=0.85)
    ax.set(xlabel="value read off EEG", ylabel="value read off speech")
    _set_reach(ax)


def _set_reach(ax: Axes) -> None:
    """Give all clouds the same limits, so that lengths compare."""
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    ax.set(xticks=(-5, 0, 5), yticks=(-5, 0, 5))


def _spread_ring(cloud: Cloud) -> Float[np.ndarray, "angle 2"]:
    """Return the standard deviation in each direction, drawn in that direction."""
    angles = np.linspace(0, 2 * np.pi, 181)
    ways = np.column_stack([np.cos(angles), np.sin(angles)])
    spread = np.sqrt(np.einsum("ai,ij,aj->a", ways, np.cov(cloud.T), ways))
    return ways * spread[:, None]
