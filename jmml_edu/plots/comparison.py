"""All that was compared, as one forest plot: who is ahead of whom, and by more than noise?"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from jmml_edu.data import Provenance
from jmml_edu.plots.forest import draw_row, draw_small_dots, finish, signed
from jmml_edu.plots.scores import METHOD_NAMES, small_dots
from jmml_edu.plots.style import ACCENT, INK, MUTED, dress, style
from jmml_edu.results import TIERS, Difference, Interval

TIER_NAMES: Mapping[str, str] = {
    "road": "The road and its controls",
    "core": "What a sceptic asks first",
    "family": "Other members of the family",
    "rivals": "Other ways to use EEG, or none",
    "bounds": "Bounds",
}
"""What the figure calls each tier."""

_GAP = 1.1  # rows left free for the name of a tier


def plot_comparison(
    methods: Mapping[str, Interval],
    differences: Mapping[str, Difference],
    noise_floor: float | None,
    *,
    chance: float,
    ax: Axes,
    provenance: Provenance,
) -> Axes:
    """Draw a row per method, tier by tier, beside what EEG at training has ahead of it.

    Parameters
    ----------
    methods
        Unweighted average recall by name of the method, fractions.
    differences
        What EEG at training has ahead of the others.
    noise_floor
        Half the width of the band around EEG at training within which nobody differs from it; None
        for no band.
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
    rows = _rows(methods)
    with style():
        centre = methods["eeg_trained"].value
        if noise_floor is not None:
            ax.axvspan(
                centre - noise_floor, centre + noise_floor, color=ACCENT, alpha=0.12, lw=0,
                gid="noise floor",
            )  # fmt: skip
        ax.axvline(centre, color=ACCENT, lw=1, zorder=1)
        ax.axvline(chance, color=MUTED, lw=1, ls=(0, (4, 3)), zorder=1)
        for name, row in rows.items():
            draw_row(ax, row, methods[name], ACCENT if name == "eeg_trained" else INK)
            draw_small_dots(ax, row, small_dots(methods[name]))
            _write_beside(
                ax, row, f"{100 * methods[name].value:.1f} %", _said(differences.get(name))
            )
        finish(ax, [METHOD_NAMES[name] for name in rows], at=list(rows.values()))
        _name_tiers(ax, rows)
        _write_beside(ax, -0.62, "recall", "EEG at training is ahead by", header=True)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        ax.set_xlabel("unweighted average recall, new people (dashed: chance)")
        dress(ax, title="Who hears emotion best, and is it more than noise?", provenance=provenance)
    return ax


def _rows(methods: Mapping[str, Interval]) -> dict[str, float]:
    """Return where each method is drawn, with room above each tier for its name."""
    rows, height = {}, -_GAP
    for tier in TIERS.values():
        here = [name for name in tier if name in methods]
        height += _GAP * bool(here)
        for name in here:
            rows[name] = height
            height += 1.0
    return rows


def _name_tiers(ax: Axes, rows: Mapping[str, float]) -> None:
    """Write the name of each tier above its first row."""
    for tier, names in TIERS.items():
        first = min((rows[name] for name in names if name in rows), default=None)
        if first is not None:
            ax.annotate(
                TIER_NAMES[tier], xy=(0, first - 0.62), xycoords=ax.get_yaxis_transform(),
                xytext=(4, 0), textcoords="offset points", ha="left", va="center", fontsize=8.5,
                fontweight="bold", color=MUTED,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip


def _write_beside(ax: Axes, row: float, number: str, words: str, *, header: bool = False) -> None:
    """Write a number and some words to the right of a row, in two columns."""
    for text, right, bold, colour in (
        (number, 10, not header, MUTED if header else INK),
        (words, 64, False, MUTED),
    ):
        ax.annotate(
            text, xy=(1, row), xycoords=ax.get_yaxis_transform(), xytext=(right, 0),
            textcoords="offset points", ha="left", va="center", fontsize=8.5, color=colour,
            fontweight="bold" if bold else "normal", fontstyle="italic" if header else "normal",
        )  # fmt: skip


def _said(difference: Difference | None) -> str:
    """Return how far EEG at training is ahead, and whether that means anything."""
    if difference is None:
        return ""
    reading = difference.reading.removeprefix("EEG at training is ")
    means = {"better": "", "worse": ""}.get(reading, f"  ({reading})")
    return signed(difference.ahead.value, digits=1) + means
