"""The figure of mistakes: marks stand where the numbers are, and what is simulated says so."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sentences import explained

from jmml_edu.data import Provenance
from jmml_edu.plots import picture, plot_mistakes
from jmml_edu.plots.mistakes import HONEST, INFLATED
from jmml_edu.plots.style import CLASS_COLOURS
from jmml_edu.results import Interval, Mistake

WINDOWS = Mistake(
    "windows",
    wrong="Windows are dealt.",
    right="Split by trial.",
    measure="recall",
    chance=0.5,
    nothing_to_find=True,
    inflated=Interval(0.97, 0.95, 0.99, {}, ()),
    honest=Interval(0.49, 0.45, 0.53, {}, ()),
    inflation=Interval(0.48, 0.44, 0.52, {}, ()),
    provenance=Provenance("laboratory", simulated=True),
)
HARMLESS = replace(WINDOWS, name="harmless", inflation=Interval(-0.012, -0.03, 0.006, {}, ()))
NOISE = replace(
    WINDOWS, name="noise", measure="correlation", chance=0.0,
    inflated=Interval(1.0, 1.0, 1.0, {}, ()), honest=Interval(0.01, -0.02, 0.04, {}, ()),
    inflation=Interval(0.99, None, None, {}, ()),
)  # fmt: skip
ALL = (WINDOWS, HARMLESS, NOISE)


def draw(*mistakes: Mistake) -> Axes:
    """Fresh axes with these mistakes, or with all."""
    return plot_mistakes(mistakes or ALL, ax=Figure(figsize=(7, 3)).subplots())


def marks(ax: Axes, gid: str) -> np.ndarray:
    """Positions of the marks that carry this name, one row each."""
    return np.vstack([np.asarray(c.get_offsets()) for c in ax.collections if c.get_gid() == gid])


def lines(ax: Axes, gid: str) -> list[list[float]]:
    """Where the lines that carry this name begin and end."""
    return [list(map(float, line.get_xdata())) for line in ax.lines if line.get_gid() == gid]


def words(ax: Axes) -> list[str]:
    """Every text on the axes."""
    return [text.get_text() for text in ax.texts]


def test_each_score_stands_at_its_value_in_its_row_first_on_top() -> None:
    ax = draw()
    np.testing.assert_allclose(marks(ax, "honest"), [(0.49, 0), (0.49, 1), (0.01, 2)])
    np.testing.assert_allclose(marks(ax, "inflated"), [(0.97, 0), (0.97, 1), (1.0, 2)])
    assert ax.yaxis_inverted()
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == ["windows", "harmless", "noise\n(correlation)"]


def test_bars_are_the_intervals_and_the_gap_lies_between_the_scores() -> None:
    ax = draw(WINDOWS)
    assert lines(ax, "interval") == [[0.45, 0.53], [0.95, 0.99]]
    assert lines(ax, "gap") == [[0.49, 0.97]]
    without = replace(WINDOWS, honest=Interval(0.49, None, None, {}, ()))
    assert lines(draw(without), "interval") == [[0.95, 0.99]]


def test_chance_is_marked_in_every_row_and_nowhere_else() -> None:
    ax = draw()
    ticks = [line for line in ax.lines if line.get_gid() == "chance"]
    assert [tick.get_xdata()[0] for tick in ticks] == [0.5, 0.5, 0.0]
    for row, tick in enumerate(ticks):
        low, high = tick.get_ydata()
        assert row - 0.5 < low < row < high < row + 0.5


def test_what_was_added_stands_beside_the_row_in_points() -> None:
    told = words(draw())
    for text in ("+48", "+44 to +52", "\N{MINUS SIGN}1", "\N{MINUS SIGN}3 to +1", "no interval"):
        assert text in told


def test_both_scores_differ_in_colour_and_in_shape() -> None:
    ax = draw(WINDOWS)
    dots = {c.get_gid(): c for c in ax.collections}
    assert to_hex(dots["honest"].get_facecolor()[0]).upper() == HONEST
    assert to_hex(dots["inflated"].get_facecolor()[0]).upper() == INFLATED
    assert {HONEST, INFLATED} < set(CLASS_COLOURS)
    shapes = [dots[name].get_paths()[0].vertices.tolist() for name in ("honest", "inflated")]
    assert shapes[0] != shapes[1]
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["honest", "inflated", "chance"]


def test_correlations_are_set_apart_and_named_on_the_axis() -> None:
    mixed, alone = draw(), draw(WINDOWS, HARMLESS)
    apart = [line for line in mixed.lines if line.get_gid() == "other measure"]
    assert [line.get_ydata()[0] for line in apart] == [1.5]
    assert not [line for line in alone.lines if line.get_gid() == "other measure"]
    assert mixed.get_xlabel() == "unweighted average recall in %; correlation times 100"
    assert alone.get_xlabel() == "unweighted average recall in %"


def test_every_mark_lies_within_the_axes() -> None:
    ax = draw()
    left, right = ax.get_xlim()
    for low, high in lines(ax, "interval"):
        assert left < low <= high < right


def test_simulated_worlds_are_stamped() -> None:
    recorded = replace(WINDOWS, provenance=Provenance("a corpus", simulated=False))
    assert "SIMULATED" in words(draw(WINDOWS))
    assert "SIMULATED" in words(draw(recorded, WINDOWS))
    assert "SIMULATED" not in words(draw(recorded))


def test_stamp_legend_and_title_do_not_cover_each_other_or_the_data() -> None:
    figure = Figure(figsize=(6.2, 2.6), layout="constrained")
    ax = plot_mistakes(ALL, ax=figure.subplots())
    figure.draw_without_rendering()
    stamp = next(text for text in ax.texts if text.get_text() == "SIMULATED").get_bbox_patch()
    legend = ax.get_legend()
    assert stamp is not None
    assert legend is not None
    drawn, names = stamp.get_window_extent(), legend.get_window_extent()
    assert drawn.y0 >= ax.get_window_extent().y1
    assert max(drawn.y1, names.y1) <= ax._left_title.get_window_extent().y0
    assert drawn.x1 < names.x0


def test_nothing_outside_the_figure_changes_and_the_same_numbers_give_the_same_bytes() -> None:
    before = dict(mpl.rcParams)
    first, second = (
        picture(lambda ax: plot_mistakes(ALL, ax=ax), width_in=6.0, height_in=3.0) for _ in range(2)
    )
    assert first == second
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("nothing", [(), []])
def test_no_mistakes_are_explained(nothing: tuple[Mistake, ...]) -> None:
    with explained(
        "plot_mistakes: mistakes must hold at least one; got 0. Pass what laboratory() returns."
    ):
        plot_mistakes(nothing, ax=Figure().subplots())
