"""Figures of recordings: traces, spectrogram and scalp map stand where the numbers are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu._checks import InputError
from jmml_edu.data import Provenance, Recording
from jmml_edu.plots.signals import plot_eeg, plot_spectrogram, plot_topography

REAL = Provenance("a corpus", simulated=False)
MADE_UP = Provenance("a program", simulated=True)
TIME_S = np.arange(256) / 128.0


@pytest.fixture
def ax() -> Axes:
    """Fresh axes that no other test shares."""
    return Figure().subplots()


def eeg(provenance: Provenance = REAL) -> Recording:
    """Two seconds of three channels: a sine on an offset, its double, and nothing."""
    sine = 10 * np.sin(2 * np.pi * 5 * TIME_S)
    signal = np.stack([sine + 400, 2 * sine, 0 * sine])
    return Recording(signal, 128.0, ("Fz", "Cz", "Pz"), "eeg", "a", provenance)


def tone(frequency_hz: float, provenance: Provenance = REAL, level: float = 0.5) -> Recording:
    """One second of a tone at 16 kHz."""
    time_s = np.arange(16_000) / 16_000
    signal = level * np.sin(2 * np.pi * frequency_hz * time_s)[None]
    return Recording(signal, 16_000.0, ("mono",), "speech", "a", provenance)


def image(ax: Axes) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """The one picture on the axes, and where it lies."""
    (found,) = ax.images
    left, right, bottom, top = found.get_extent()
    return np.asarray(found.get_array()), (left, right, bottom, top)


def stamps(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_each_channel_is_one_trace_over_seconds_the_first_on_top(ax: Axes) -> None:
    plot_eeg(eeg(), ax=ax, spacing_uv=100.0)
    assert len(ax.lines) == 3
    for line, height in zip(ax.lines, (0, -100, -200), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), TIME_S)
        assert np.mean(np.asarray(line.get_ydata())) == pytest.approx(height)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Fz", "Cz", "Pz"]
    assert ax.get_yticks().tolist() == [0, -100, -200]


def test_traces_keep_their_microvolt(ax: Axes) -> None:
    recording = eeg()
    plot_eeg(recording, ax=ax)
    for line, signal in zip(ax.lines, recording.signal, strict=True):
        assert np.ptp(np.asarray(line.get_ydata())) == pytest.approx(np.ptp(signal))
    assert "60 uV apart" in ax.get_title(loc="left")
    assert ax.get_xlabel() == "time, s"
    assert ax.get_xlim() == (0, 2)


def test_a_tone_is_one_dark_line_at_its_frequency(ax: Axes) -> None:
    plot_spectrogram(tone(1_000), ax=ax)
    level_db, (left, right, bottom, top) = image(ax)
    rows = bottom + (np.arange(len(level_db)) + 0.5) / len(level_db) * (top - bottom)
    middle = level_db[:, level_db.shape[1] // 2]
    assert rows[middle.argmax()] == pytest.approx(1_000, abs=20)
    assert (left, right, bottom) == (0, 1, 0)
    assert top == pytest.approx(5_000, abs=20)
    assert ax.images[0].origin == "lower"


def test_levels_are_decibel_below_the_loudest_moment(ax: Axes) -> None:
    plot_spectrogram(tone(1_000, level=0.01), ax=ax)
    level_db, _ = image(ax)
    assert level_db.max() == pytest.approx(0)
    assert level_db.min() == pytest.approx(-70)


def test_half_the_amplitude_is_six_decibel_less(ax: Axes) -> None:
    recording = tone(1_000)
    fading = recording.signal * np.where(np.arange(16_000) < 8_000, 1.0, 0.5)
    plot_spectrogram(recording.with_signal(fading, "faded"), ax=ax)
    level_db, _ = image(ax)
    columns = level_db.shape[1]
    loud, soft = (level_db[:, columns * k // 4].max() for k in (1, 3))
    assert loud - soft == pytest.approx(20 * np.log10(2), abs=0.05)


def test_time_runs_from_left_to_right_in_true_proportion(ax: Axes) -> None:
    recording = tone(1_000)
    late = recording.signal * (np.arange(16_000) >= 12_000)
    plot_spectrogram(recording.with_signal(late, "late"), ax=ax)
    level_db, (_, right, _, _) = image(ax)
    heard = np.flatnonzero(level_db.max(axis=0) > -6)
    assert heard[0] / level_db.shape[1] * right == pytest.approx(0.75, abs=0.02)


def test_a_silent_voice_gets_a_sentence_and_no_warning(ax: Axes) -> None:
    with pytest.raises(InputError, match="plot_spectrogram"):
        plot_spectrogram(tone(1_000, level=0.0), ax=ax)


def test_the_scalp_map_has_a_sensor_for_each_electrode(ax: Axes) -> None:
    values = {"Fz": 1.0, "Cz": 2.0, "Pz": 3.0, "C3": 4.0, "C4": 5.0}
    plot_topography(values, ax=ax, title="alpha, log power", provenance=REAL)
    (picture,) = ax.images
    assert picture.get_cmap().name == "viridis"
    offsets = [np.asarray(collection.get_offsets()) for collection in ax.collections]
    (sensors,) = (points for points in offsets if len(points) > 1)
    assert len(sensors) == 5
    assert sensors[4][0] > 0 > sensors[3][0]  # C4 is right of the middle, C3 left
    assert sensors[0][1] > sensors[1][1] > sensors[2][1]  # front to back
    assert ax.get_title(loc="left") == "alpha, log power"


def test_a_channel_without_a_place_is_named(ax: Axes) -> None:
    with pytest.raises(InputError) as caught:
        plot_topography({"Fz": 1.0, "EXG1": 2.0}, ax=ax, title="t", provenance=REAL)
    assert str(caught.value) == (
        "plot_topography: channels must have a place in the 10-05 system; got ['EXG1']."
        " Rename them or leave them out."
    )


@pytest.mark.parametrize(("provenance", "stamped"), [(REAL, []), (MADE_UP, ["SIMULATED"])])
def test_what_is_simulated_is_stamped_and_nothing_else(
    provenance: Provenance, stamped: list[str]
) -> None:
    axes = Figure(figsize=(9, 3)).subplots(1, 3)
    plot_eeg(eeg(provenance), ax=axes[0])
    plot_spectrogram(tone(500, provenance), ax=axes[1])
    values = {"Fz": 1.0, "Cz": 2.0, "Pz": 3.0, "C3": 4.0}
    plot_topography(values, ax=axes[2], title="map", provenance=provenance)
    assert [stamps(ax) for ax in axes] == [stamped] * 3


@pytest.mark.parametrize(
    ("draw", "other", "wanted"), [(plot_eeg, tone(500), "eeg"), (plot_spectrogram, eeg(), "speech")]
)
def test_the_other_modality_is_turned_away(
    ax: Axes, draw: Callable[..., Axes], other: Recording, wanted: str
) -> None:
    with pytest.raises(InputError) as caught:
        draw(other, ax=ax)
    assert str(caught.value) == (
        f"{draw.__name__}: modality must be one of {wanted}; got '{other.modality}'."
        " Pick one of these."
    )
    assert not ax.lines
    assert not ax.images
