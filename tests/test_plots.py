"""Figures: marks stand where the numbers are, and what is simulated says so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import made_up
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from jmml_edu import plots
from jmml_edu.class_bound import ClassBound, SharedComponents
from jmml_edu.data import PairKind, Provenance
from jmml_edu.plots.style import class_mark
from jmml_edu.results import Interval

COMPARISON = made_up.clear_gain()
EVERYBODY = made_up.everybody()
CODES = COMPARISON.latent
SHARED = SharedComponents(
    np.array([0.56, 0.52, 0.11, 0.1, 0.04]), np.array([0.18, 0.17, 0.16, 0.14, 0.1]), 0.01
)
BOUND = ClassBound(SHARED, 4, "class")
COUNTS = np.array([[3, 1], [0, 0]])
REAL = Provenance("a corpus", simulated=False)
MADE_UP = Provenance("a program", simulated=True)

DRAWINGS: dict[str, Callable[[Axes, Provenance], Axes]] = {
    "scores": lambda ax, p: plots.plot_scores(COMPARISON.methods, chance=0.25, ax=ax, provenance=p),
    "gains": lambda ax, p: plots.plot_gains(COMPARISON.gains, kind="trial", ax=ax, provenance=p),
    "latent": lambda ax, p: plots.plot_latent(CODES, "speech", ax=ax, provenance=p),
    "bound": lambda ax, p: plots.plot_class_bound(BOUND, ax=ax, provenance=p),
    "correlations": lambda ax, p: plots.plot_correlations(CODES, ax=ax, provenance=p),
    "comparison": lambda ax, p: plots.plot_comparison(
        EVERYBODY.methods, EVERYBODY.differences, 0.01, chance=0.25, ax=ax, provenance=p
    ),
    "confusion": lambda ax, p: plots.plot_confusion(COUNTS, ("a", "b"), ax=ax, provenance=p),
}


@pytest.fixture
def ax() -> Axes:
    """Fresh axes that no other test shares."""
    return Figure().subplots()


def marks(ax: Axes, gid: str) -> np.ndarray:
    """Positions of the marks that carry this name, one row each."""
    found = [np.asarray(c.get_offsets()) for c in ax.collections if c.get_gid() == gid]
    return np.vstack(found)


def words(ax: Axes) -> list[str]:
    """Every text on the axes."""
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_figure_of_simulated_data_is_stamped_and_no_other_is(name: str) -> None:
    simulated, real = (DRAWINGS[name](Figure().subplots(), p) for p in (MADE_UP, REAL))
    assert "SIMULATED" in words(simulated)
    assert "SIMULATED" not in words(real)


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_stamp_covers_neither_the_title_nor_the_data(name: str) -> None:
    figure = Figure(figsize=(5.2, 3.2), layout="constrained")
    ax = DRAWINGS[name](figure.subplots(), MADE_UP)
    figure.draw_without_rendering()
    stamp = next(text for text in ax.texts if text.get_text() == "SIMULATED")
    box = stamp.get_bbox_patch()
    assert box is not None
    drawn = box.get_window_extent()
    assert drawn.y0 >= ax.get_window_extent().y1
    assert drawn.y1 <= ax._left_title.get_window_extent().y0


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_function_returns_the_axes_it_was_given(name: str, ax: Axes) -> None:
    assert DRAWINGS[name](ax, REAL) is ax


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_function_changes_the_style_of_other_figures(name: str, ax: Axes) -> None:
    before = dict(mpl.rcParams)
    DRAWINGS[name](ax, MADE_UP)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_same_numbers_give_the_same_bytes(name: str) -> None:
    first, second = (
        plots.picture(lambda ax: DRAWINGS[name](ax, MADE_UP), width_in=8.0, height_in=3.0)
        for _ in range(2)
    )
    assert first == second
    assert b"<svg" in first.svg
    assert (first.width_px, first.height_px) == (768, 288)


def test_each_score_stands_at_its_value_in_its_row(ax: Axes) -> None:
    DRAWINGS["scores"](ax, REAL)
    values = [score.value for score in COMPARISON.methods.values()]
    np.testing.assert_allclose(marks(ax, "value"), np.column_stack([values, range(5)]))
    assert ax.yaxis_inverted()
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        plots.METHOD_NAMES[name] for name in COMPARISON.methods
    ]


def test_everybody_stands_at_their_value_below_the_name_of_their_tier(ax: Axes) -> None:
    DRAWINGS["comparison"](ax, REAL)
    found = marks(ax, "value")
    np.testing.assert_allclose(found[:, 0], [one.value for one in EVERYBODY.methods.values()])
    assert (np.diff(found[:, 1]) >= 1).all()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == list(plots.METHOD_NAMES.values())
    assert set(plots.TIER_NAMES.values()) <= set(words(ax))
    for said in ("+8.2", "+0.6  (below the noise floor)", "\N{MINUS SIGN}24.4"):
        assert said in words(ax)


def test_the_band_of_noise_lies_around_eeg_at_training(ax: Axes) -> None:
    DRAWINGS["comparison"](ax, REAL)
    (band,) = [patch for patch in ax.patches if patch.get_gid() == "noise floor"]
    left, right = band.get_extents().transformed(ax.transData.inverted()).intervalx
    np.testing.assert_allclose([left, right], [0.556, 0.576], atol=1e-6)
    bare = Figure().subplots()
    plots.plot_comparison(COMPARISON.methods, {}, None, chance=0.25, ax=bare, provenance=REAL)
    assert not [patch for patch in bare.patches if patch.get_gid() == "noise floor"]
    assert plots.TIER_NAMES["rivals"] not in words(bare)


def test_each_bar_reaches_from_low_to_high(ax: Axes) -> None:
    DRAWINGS["gains"](ax, REAL)
    bars = [line.get_xdata() for line in ax.lines if line.get_gid() == "interval"]
    np.testing.assert_allclose(bars, [(g.low, g.high) for g in COMPARISON.gains.values()])


def test_chance_and_zero_have_their_line(ax: Axes) -> None:
    DRAWINGS["scores"](ax, REAL)
    gains = DRAWINGS["gains"](Figure().subplots(), REAL)
    assert [0.25, 0.25] in [list(line.get_xdata()) for line in ax.lines]
    assert "chance 25 %" in words(ax)
    assert [0, 0] in [list(line.get_xdata()) for line in gains.lines]


def test_small_dots_are_the_seeds(ax: Axes) -> None:
    DRAWINGS["gains"](ax, REAL)
    seeds = [seed for gain in COMPARISON.gains.values() for seed in gain.by_seed]
    np.testing.assert_allclose(marks(ax, "small")[:, 0], seeds)


def test_without_intervals_small_dots_are_the_people_and_no_bar_is_drawn(ax: Axes) -> None:
    few = made_up.three_speakers()
    plots.plot_scores(few.methods, chance=0.5, ax=ax, provenance=REAL)
    people = [value for score in few.methods.values() for value in score.by_subject.values()]
    np.testing.assert_allclose(marks(ax, "small")[:, 0], people)
    assert not [line for line in ax.lines if line.get_gid() == "interval"]
    assert words(ax).count("no interval") == 5


def test_the_value_beside_a_row_is_the_number_with_its_sign(ax: Axes) -> None:
    DRAWINGS["gains"](ax, REAL)
    assert {"+8.2", "+15.4", "\N{MINUS SIGN}11.3"} <= set(words(ax))
    assert "EEG helped" in words(ax)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.03, "EEG helped"),
        (-0.03, -0.01, "EEG did harm"),
        (-0.01, 0.03, "no evidence"),
        (0.0, 0.03, "no evidence"),
        (-0.03, 0.0, "no evidence"),
        (None, None, "too few people"),
    ],
)
def test_the_words_beside_a_gain_follow_its_interval(
    low: float | None, high: float | None, said: str
) -> None:
    assert plots.reading("gain", Interval(0.02, low, high, {}, ()), "trial") == said


def test_a_gain_of_class_pairs_is_never_laid_to_eeg() -> None:
    above = Interval(0.2, 0.1, 0.3, {}, ())
    assert plots.reading("gain", above, "class") == "labels, not EEG"
    assert plots.reading("gain_over_raw", above, "class") == "labels, not EEG"


def test_training_people_are_hollow_and_new_people_filled(ax: Axes) -> None:
    DRAWINGS["latent"](ax, REAL)
    hollow, filled, mean = ax.collections[:3]
    calm = CODES.labels == "calm"
    np.testing.assert_allclose(hollow.get_offsets(), CODES.speech[calm & ~CODES.held_out, :2])
    np.testing.assert_allclose(filled.get_offsets(), CODES.speech[calm & CODES.held_out, :2])
    np.testing.assert_allclose(
        mean.get_offsets()[0], CODES.speech[calm & CODES.held_out, :2].mean(axis=0)
    )
    assert len(hollow.get_facecolor()) == 0
    assert tuple(filled.get_facecolor()[0][:3]) == to_rgba(class_mark(0)[0])[:3]


def test_classes_differ_in_colour_and_in_shape() -> None:
    marks_of = [class_mark(i) for i in range(7)]
    assert len({colour for colour, _ in marks_of}) == len({shape for _, shape in marks_of}) == 7
    assert len({class_mark(i) for i in range(56)}) == 56


def test_both_modalities_share_their_limits() -> None:
    eeg, speech = (
        plots.plot_latent(CODES, m, ax=Figure().subplots(), provenance=REAL)
        for m in ("eeg", "speech")
    )
    assert (eeg.get_xlim(), eeg.get_ylim()) == (speech.get_xlim(), speech.get_ylim())
    assert eeg.get_xlim()[0] < min(CODES.eeg[:, 0].min(), CODES.speech[:, 0].min())


def test_pairs_without_eeg_are_left_out_of_the_eeg_picture(ax: Axes) -> None:
    eeg = CODES.eeg.copy()
    eeg[::2] = np.nan
    plots.plot_latent(replace(CODES, eeg=eeg), "eeg", ax=ax, provenance=REAL)
    drawn = sum(len(c.get_offsets()) for c in ax.collections if c.get_gid() != "mean")
    assert drawn == len(eeg) // 2


def test_one_component_is_drawn_against_the_class(ax: Axes) -> None:
    one = made_up.latent_codes(("a", "b"), pairs=60, dim=1, separation=1.0)
    plots.plot_latent(one, "speech", ax=ax, provenance=REAL)
    second = [np.asarray(c.get_offsets())[:, 1] for c in ax.collections if c.get_gid() != "mean"]
    np.testing.assert_array_equal([set(np.round(y)) for y in second], [{0.0}, {0.0}, {1.0}, {1.0}])


def test_the_unlabelled_are_grey_and_change_no_class_mark(ax: Axes) -> None:
    labels = CODES.labels.copy()
    labels[:50] = ""
    plots.plot_latent(replace(CODES, labels=labels), "speech", ax=ax, provenance=REAL)
    legend = ax.get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()] == [*made_up.FOUR, "unlabelled"]
    assert tuple(ax.collections[1].get_facecolor()[0][:3]) == to_rgba(class_mark(0)[0])[:3]


def test_many_points_travel_as_pixels_and_few_as_shapes() -> None:
    few = made_up.latent_codes(("a", "b"), pairs=100, dim=2, separation=1.0)
    images = [
        plots.picture(
            lambda ax, codes=codes: plots.plot_latent(codes, "eeg", ax=ax, provenance=REAL),
            width_in=4.0, height_in=4.0,
        ).svg.count(b"<image")
        for codes in (CODES, few)
    ]  # fmt: skip
    assert images[0] > 0
    assert images[1] == 0


def test_correlations_stand_over_their_component(ax: Axes) -> None:
    DRAWINGS["correlations"](ax, REAL)
    component = np.arange(1, 7)
    np.testing.assert_allclose(
        marks(ax, "train"), np.column_stack([component, CODES.train_correlations])
    )
    np.testing.assert_allclose(
        marks(ax, "held out"), np.column_stack([component, CODES.held_out_correlations])
    )


def test_a_negative_or_missing_correlation_is_not_cut_off(ax: Axes) -> None:
    worse = replace(CODES, held_out_correlations=np.array([0.5, -0.4, np.nan, 0.1, 0.1, 0.1]))
    plots.plot_correlations(worse, ax=ax, provenance=REAL)
    assert ax.get_ylim()[0] < -0.4


def test_shared_components_are_filled_and_those_of_chance_hollow(ax: Axes) -> None:
    DRAWINGS["bound"](ax, REAL)
    points = np.column_stack([np.arange(1, 6), SHARED.correlations])
    np.testing.assert_allclose(marks(ax, "shared"), points[:2])
    np.testing.assert_allclose(marks(ax, "chance"), points[2:])
    hollow = next(c for c in ax.collections if c.get_gid() == "chance")
    assert tuple(hollow.get_facecolor()[0][:3]) == to_rgba("white")[:3]
    assert ax.get_ylim()[0] < 0


def test_what_chance_reaches_stands_over_each_component(ax: Axes) -> None:
    DRAWINGS["bound"](ax, REAL)
    (levels,) = (c for c in ax.collections if c.get_gid() == "level")
    heights = [segment[:, 1] for segment in levels.get_segments()]
    np.testing.assert_allclose(heights, np.column_stack([SHARED.levels] * 2))
    bars = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in ax.containers[0]]
    np.testing.assert_allclose(bars, np.column_stack([np.arange(1, 6), SHARED.levels]))
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "shared", "chance", "reach of chance, 99 %",
    ]  # fmt: skip


def test_components_beyond_the_bound_are_greyed_and_told_so(ax: Axes) -> None:
    DRAWINGS["bound"](ax, REAL)
    (grey,) = (patch for patch in ax.patches if patch.get_gid() == "beyond")
    assert (grey.get_x(), grey.get_x() + grey.get_width()) == pytest.approx((3.5, ax.get_xlim()[1]))
    assert "beyond\nC \N{MINUS SIGN} 1 = 3" in words(ax)


@pytest.mark.parametrize(
    ("n_shared", "kind", "title"),
    [
        (2, "class", "2 dimensions shared; 4 classes allow 3"),
        (1, "class", "1 dimension shared; 4 classes allow 3"),
        (5, "trial", "5 dimensions shared; class pairs allow 3"),
    ],
)
def test_the_title_of_the_bound_says_what_was_found_and_what_is_allowed(
    n_shared: int, kind: PairKind, title: str, ax: Axes
) -> None:
    above = np.arange(5) < n_shared
    shared = replace(SHARED, correlations=np.where(above, 0.5, 0.01))
    result = ClassBound(shared, 4, kind)
    plots.plot_class_bound(result, ax=ax, provenance=REAL)
    assert ax.get_title(loc="left") == title


def test_confusion_rows_are_shares_with_counts_and_an_empty_class_is_zero(ax: Axes) -> None:
    DRAWINGS["confusion"](ax, REAL)
    assert words(ax) == ["75 %\n3", "25 %\n1", "0 %\n0", "0 %\n0"]
    np.testing.assert_allclose(ax.collections[0].get_array(), [[0.75, 0.25], [0, 0]])


def test_rows_of_a_confusion_are_the_truth(ax: Axes) -> None:
    plots.plot_confusion(np.array([[4, 4], [0, 2]]), ("a", "b"), ax=ax, provenance=REAL)
    assert words(ax) == ["50 %\n4", "50 %\n4", "0 %\n0", "100 %\n2"]
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("was", "heard as")


IMPORT_STYLE = """
import sys
import jmml_edu.plots.style
from jmml_edu import plots
assert not {"sklearn", "scipy", "pandas", "seaborn"} & set(sys.modules), "heavy"
assert callable(plots.style) and set(plots.__all__) <= set(dir(plots))
assert [getattr(plots, name).__name__ for name in plots.__all__ if name.startswith("plot_")] == [
    name for name in plots.__all__ if name.startswith("plot_")
]
"""


def test_each_plot_is_fetched_when_it_is_used_and_all_are_there() -> None:
    subprocess.run([sys.executable, "-c", IMPORT_STYLE], check=True)
    with pytest.raises(AttributeError, match="has no attribute 'plot_everything'"):
        _ = plots.plot_everything
