"""Windows: true stretches of one trial, never beyond it, the spoiled ones left out."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu._checks import InputError
from jmml_edu.data import Provenance, Recording
from jmml_edu.preprocess.windows import cut_windows, drop_artifact_windows

ORIGIN = Provenance("test", simulated=True)
quick = settings(max_examples=40, deadline=None)


def eeg(
    signal: np.ndarray, channels: tuple[str, ...] = ("Cz",), rate_hz: float = 128.0
) -> Recording:
    return Recording(signal, rate_hz, channels, "eeg", "A", ORIGIN, trial="7")


@given(
    n_samples=st.integers(40, 2_000),
    rate_hz=st.floats(50, 600),
    length_s=st.floats(0.05, 2.0),
    step_s=st.floats(0.03, 2.0),
)
@quick
def test_windows_are_true_stretches_and_never_reach_beyond_the_trial(
    n_samples: int, rate_hz: float, length_s: float, step_s: float
) -> None:
    trial = eeg(np.arange(n_samples, dtype=float)[None], rate_hz=rate_hz)
    length = round(length_s * rate_hz)
    if length > n_samples:
        with pytest.raises(InputError, match="length_s must fit into the trial"):
            cut_windows(trial, length_s=length_s, step_s=step_s)
        return
    windows = cut_windows(trial, length_s=length_s, step_s=step_s)
    first = windows.signal[:, 0, 0]
    assert windows.signal.shape[1:] == (1, length)
    assert first[0] == 0
    assert first[-1] + length <= n_samples
    np.testing.assert_array_equal(windows.signal[:, 0, -1], first + length - 1)
    np.testing.assert_allclose(windows.start_s * rate_hz, first)
    assert np.abs(first - np.arange(len(first)) * step_s * rate_hz).max() <= 0.51
    assert round(len(first) * step_s * rate_hz) + length > n_samples


@pytest.mark.parametrize(
    ("loud", "kept"), [((), (0, 1, 2, 3)), ((2,), (0, 1, 3)), ((0, 1, 2, 3), (1,))]
)
def test_windows_that_swing_too_far_are_dropped_but_never_all(
    loud: tuple[int, ...], kept: tuple[int, ...]
) -> None:
    signal = np.random.default_rng(0).standard_normal((2, 512))
    for window in loud:
        signal[1, 128 * window + 5] = 250.0 if window != 1 else 200.0
    windows = cut_windows(eeg(signal, ("F3", "F4")), length_s=1.0, step_s=1.0)
    calm = drop_artifact_windows(windows, max_peak_to_peak_uv=150.0)
    assert tuple(calm.start_s) == kept
    np.testing.assert_array_equal(calm.signal, windows.signal[list(kept)])
    assert bool(calm.recording.provenance.steps) == bool(loud)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda: cut_windows(eeg(np.zeros((1, 1_024))), length_s=9.0, step_s=1.0),
            "cut_windows: length_s must fit into the trial of 8 s; got 9.0."
            " Choose shorter windows, or leave this trial out.",
        ),
        (
            lambda: cut_windows(eeg(np.zeros((1, 1_024))), length_s=1.0, step_s=0.0),
            "cut_windows: step_s must be at least 0.0078125; got 0.0. Choose 0.0078125 or more.",
        ),
    ],
)
def test_bad_input_is_explained(act: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InputError, match="^" + re.escape(sentence) + "$"):
        act()
