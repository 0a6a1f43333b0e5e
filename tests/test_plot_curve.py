"""The curve of gain: the numbers stand where they belong."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jmml_edu.data import Provenance
from jmml_edu.plots import plot_gain_curve

NOISE = np.array([2.0, 1.0, 1.0, 2.0])
SHARED = np.array([0.0, 0.0, 1.0, 1.0])
GAIN = np.array([0.05, 0.10, -0.02, -0.04])


def draw(*, simulated: bool = True) -> Axes:
    ends = (GAIN - 0.01, GAIN + 0.03)
    provenance = Provenance("curve", simulated=simulated)
    ax = Figure().subplots()
    return plot_gain_curve(NOISE, SHARED, GAIN, ends, ax=ax, provenance=provenance)


def test_each_amount_of_shared_nuisance_is_a_line_in_order_of_noise_in_points() -> None:
    lines = [container.lines[0] for container in draw().containers]
    assert [line.get_ydata().tolist() for line in lines] == [
        pytest.approx([10, 5]),
        pytest.approx([-2, -4]),
    ]
    for line in lines:
        assert line.get_xdata() == pytest.approx([1, 2], rel=0.03)


def test_bars_reach_from_the_lower_to_the_upper_end() -> None:
    bars = draw().containers[0].lines[2][0].get_segments()
    assert [bar[:, 1].tolist() for bar in bars] == [pytest.approx([9, 13]), pytest.approx([4, 8])]


def test_the_curve_of_simulated_data_is_stamped() -> None:
    assert "SIMULATED" in [text.get_text() for text in draw().texts]
    assert "SIMULATED" not in [text.get_text() for text in draw(simulated=False).texts]
