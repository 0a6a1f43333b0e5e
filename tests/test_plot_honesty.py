"""Reliability diagrams and scores by group: marks stand where the numbers are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu import plots
from jmml_edu.calibration import Calibration, calibration
from jmml_edu.data import Provenance
from jmml_edu.fairness import Gap
from jmml_edu.results import Interval

REAL = Provenance("a corpus", simulated=False)
MADE_UP = Provenance("a program", simulated=True)
GROUPS = {
    "men": Interval(0.5, 0.4, 0.6, {f"m{i}": 0.4 + 0.02 * i for i in range(10)}, (0.5,)),
    "women": Interval(0.62, 0.55, 0.7, {f"w{i}": 0.6 for i in range(4)}, (0.62,)),
    "unsaid": Interval(0.7, None, None, {"u": 0.7}, (0.7,)),
}
GAP = Gap("unsaid", "men", Interval(0.2, -0.013, 0.31, {}, (0.2,)), 0.034)


def bold(people: int = 10) -> Calibration:
    """Forecasts that are too sure."""
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1.0, size=20 * people)
    true = np.where(rng.random(len(sure)) < sure**2, "a", "b")
    said = np.column_stack([sure, 1 - sure])
    who = np.repeat([f"s{i}" for i in range(people)], 20)
    return calibration(said, true, who, classes=("a", "b"), n_bins=6)


BOLD = bold()
DRAWINGS: dict[str, Callable[[Axes, Provenance], Axes]] = {
    "calibration": lambda ax, p: plots.plot_calibration(BOLD, ax=ax, provenance=p),
    "groups": lambda ax, p: plots.plot_groups(GROUPS, gap=GAP, chance=0.25, ax=ax, provenance=p),
}


@pytest.fixture
def ax() -> Axes:
    """Fresh axes that no other test shares."""
    return Figure().subplots()


def marks(ax: Axes, gid: str) -> np.ndarray:
    """Positions of the marks that carry this name, one row each."""
    return np.vstack([np.asarray(c.get_offsets()) for c in ax.collections if c.get_gid() == gid])


def bars(ax: Axes, gid: str) -> np.ndarray:
    """Ends of the vertical bars that carry this name: bar, end, axis."""
    (found,) = [c for c in ax.collections if c.get_gid() == gid]
    return np.array(found.get_segments())


def words(ax: Axes) -> list[str]:
    """Every text on the axes."""
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_is_simulated_says_so_above_the_data_and_below_the_title(name: str) -> None:
    figure = Figure(figsize=(6.0, 4.0), layout="constrained")
    simulated = DRAWINGS[name](figure.subplots(), MADE_UP)
    real = DRAWINGS[name](Figure().subplots(), REAL)
    assert "SIMULATED" not in words(real)
    figure.draw_without_rendering()
    (stamp,) = [text for text in simulated.texts if text.get_text() == "SIMULATED"]
    box = stamp.get_bbox_patch()
    assert box is not None
    assert box.get_window_extent().y0 >= simulated.get_window_extent().y1
    assert box.get_window_extent().y1 <= simulated._left_title.get_window_extent().y0


@pytest.mark.parametrize("provenance", [REAL, MADE_UP])
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_word_is_inside_the_picture(name: str, provenance: Provenance) -> None:
    figure = Figure(figsize=(6.0, 4.0), layout="constrained")
    ax = DRAWINGS[name](figure.subplots(), provenance)
    figure.draw_without_rendering()
    texts = [*ax.texts, ax.xaxis.label, ax.yaxis.label, ax._left_title]
    for text in texts:
        if text.get_text():
            place = text.get_window_extent()
            assert place.x0 >= 0, text
            assert place.x1 <= figure.bbox.width, text
            assert place.y0 >= 0, text
            assert place.y1 <= figure.bbox.height, text


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_axes_come_back_and_the_same_numbers_give_the_same_bytes(name: str, ax: Axes) -> None:
    assert DRAWINGS[name](ax, REAL) is ax
    first, second = (
        plots.picture(lambda ax: DRAWINGS[name](ax, MADE_UP), width_in=6.0, height_in=4.0)
        for _ in range(2)
    )
    assert first == second


def test_each_bin_stands_at_its_confidence_and_accuracy(ax: Axes) -> None:
    DRAWINGS["calibration"](ax, REAL)
    np.testing.assert_allclose(marks(ax, "bin"), np.column_stack([BOLD.confidence, BOLD.accuracy]))
    (diagonal,) = [line for line in ax.lines if line.get_gid() == "diagonal"]
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == [0, 1]
    assert ax.get_xlim() == ax.get_ylim()


def test_thin_bars_are_intervals_and_broad_ones_reach_to_the_diagonal(ax: Axes) -> None:
    DRAWINGS["calibration"](ax, REAL)
    np.testing.assert_allclose(
        bars(ax, "interval")[:, :, 1], np.column_stack([BOLD.low, BOLD.high])
    )
    gaps = bars(ax, "gap")
    np.testing.assert_allclose(gaps[:, :, 0], np.column_stack([BOLD.confidence] * 2))
    np.testing.assert_allclose(gaps[:, :, 1], np.column_stack([BOLD.accuracy, BOLD.confidence]))


def test_the_area_of_a_mark_is_its_number_of_rows(ax: Axes) -> None:
    uneven = replace(BOLD, count=np.array([10, 20, 30, 40, 50, 50]))
    plots.plot_calibration(uneven, ax=ax, provenance=REAL)
    (found,) = [c for c in ax.collections if c.get_gid() == "bin"]
    sizes = found.get_sizes()
    np.testing.assert_allclose(sizes / sizes[-1], uneven.count / 50)
    assert "10 to 50 in each of 6 bins" in words(ax)


def test_the_numbers_stand_beside_the_diagram(ax: Axes) -> None:
    plots.plot_calibration(
        replace(
            BOLD,
            overconfidence=Interval(-0.0312, -0.052, 0.011, {}, ()),
            error=Interval(0.0444, 0.02, 0.06, {}, ()),
            error_if_calibrated=0.0567,
            brier=Interval(0.4321, 0.4, 0.5, {}, ()),
            log_loss=Interval(0.7654, None, None, {}, ()),
        ),
        ax=ax,
        provenance=REAL,
    )
    minus = "\N{MINUS SIGN}"
    assert {
        f"{minus}3.1 points", f"{minus}5.2 to 1.1", "4.4 points", "2.0 to 6.0",
        "if calibrated, about 5.7", "0.432", "0.400 to 0.500", "0.765", "no interval", "200",
    } <= set(words(ax))  # fmt: skip


def test_with_few_people_no_interval_is_drawn_and_nothing_is_cut_off(ax: Axes) -> None:
    plots.plot_calibration(bold(people=4), ax=ax, provenance=REAL)
    assert not [c for c in ax.collections if c.get_gid() == "interval"]
    assert words(ax).count("no interval") == 4
    low, high = ax.get_ylim()
    heights = marks(ax, "bin")[:, 1]
    assert low < heights.min()
    assert heights.max() < high


def test_each_group_has_its_row_its_number_and_its_size(ax: Axes) -> None:
    DRAWINGS["groups"](ax, REAL)
    np.testing.assert_allclose(marks(ax, "value"), [(0.5, 0), (0.62, 1), (0.7, 2)])
    ends = [list(line.get_xdata()) for line in ax.lines if line.get_gid() == "interval"]
    assert ends == [[0.4, 0.6], [0.55, 0.7]]
    assert {"50.0 %", "40.0 to 60.0", "62.0 %", "no interval", "chance 25 %"} <= set(words(ax))
    assert [text.get_text() for text in ax.get_yticklabels()] == [
        "men\n10 people",
        "women\n4 people",
        "unsaid\n1 person",
    ]
    assert [0.25, 0.25] in [list(line.get_xdata()) for line in ax.lines]


def test_each_person_is_a_dot_and_none_covers_another(ax: Axes) -> None:
    DRAWINGS["groups"](ax, REAL)
    dots = marks(ax, "small")
    people = [value for group in GROUPS.values() for value in group.by_subject.values()]
    np.testing.assert_allclose(sorted(dots[:, 0]), sorted(people))
    assert len(np.unique(dots.round(6), axis=0)) == len(people)
    below = dots[:, 1] - np.round(dots[:, 1] - 0.2)
    assert below.min() > 0.1
    assert below.max() < 0.6


def test_the_gap_stands_below_with_its_interval_and_p(ax: Axes) -> None:
    DRAWINGS["groups"](ax, REAL)
    assert ax.get_xlabel() == (
        "unweighted average recall, new people\n"
        "largest gap: unsaid over men by 20.0 points (\N{MINUS SIGN}1.3 to 31.0), p = 0.034"
    )
