"""Recording -> windows inside the trial, and those of them that artefacts spoiled taken out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jmml_edu._checks import check_at_least, fail
from jmml_edu.data import Recording, Windows


def cut_windows(recording: Recording, *, length_s: float, step_s: float) -> Windows:
    """Return equal stretches of the trial, none of which reaches beyond its end.

    Parameters
    ----------
    recording
        One trial. Never join trials first: a window across the joint would carry one into the
        other, and later the test into the training.
    length_s
        Length of a window in seconds, at most that of the recording.
    step_s
        From the start of one window to the start of the next, in seconds, at least one sample.
        Less than ``length_s``: windows overlap.

    Returns
    -------
    windows
        As many as fit; the first starts with the trial.

    Raises
    ------
    InputError
        If not even one window fits, or length or step are shorter than one sample.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> trial = Recording(np.zeros((1, 512)), 128.0, ("Cz",), "eeg", "A", Provenance("zeros", True))
    >>> cut_windows(trial, length_s=2.0, step_s=1.0).start_s
    array([0., 1., 2.])
    """
    rate_hz, n_samples = recording.sample_rate_hz, recording.signal.shape[1]
    check_at_least("cut_windows", 1 / rate_hz, length_s=length_s, step_s=step_s)
    length = round(length_s * rate_hz)
    if length > n_samples:
        fail(
            "cut_windows", "length_s", f"fit into the trial of {recording.duration_s:g} s",
            length_s, "Choose shorter windows, or leave this trial out.",
        )  # fmt: skip
    # Each start is rounded by itself, so that a rate that is no whole number adds up to no drift.
    steps = np.arange(int((n_samples - length) / (step_s * rate_hz) + 1.5))
    starts = np.round(steps * step_s * rate_hz).astype(np.intp)
    starts = starts[starts + length <= n_samples]
    samples = np.lib.stride_tricks.sliding_window_view(recording.signal, length, axis=1)
    return Windows(samples[:, starts].swapaxes(0, 1), starts / rate_hz, recording)


def drop_artifact_windows(windows: Windows, *, max_peak_to_peak_uv: float = 150.0) -> Windows:
    """Return the windows in which no channel swings further than EEG does.

    A blink moves frontal electrodes by 100 uV and more, a chewing jaw or a pulled cable any by
    several hundred; the brain's own signal seldom passes 100 uV from peak to peak.

    Parameters
    ----------
    windows
        EEG.
    max_peak_to_peak_uv
        The largest swing of a channel within a window that is kept, in microvolt, above 0.

    Returns
    -------
    windows
        At least one: if all exceed, the quietest is kept. What was dropped is on record.

    Raises
    ------
    InputError
        If the threshold is not positive.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> calm = np.random.default_rng(0).standard_normal((1, 512))
    >>> calm[0, 500] = 400.0
    >>> trial = Recording(calm, 128.0, ("Fp1",), "eeg", "A", Provenance("noise", True))
    >>> drop_artifact_windows(cut_windows(trial, length_s=1.0, step_s=1.0)).start_s
    array([0., 1., 2.])
    """
    check_at_least("drop_artifact_windows", 1e-9, max_peak_to_peak_uv=max_peak_to_peak_uv)
    swing_uv = np.ptp(windows.signal, axis=2).max(axis=1)
    kept = swing_uv <= max(max_peak_to_peak_uv, swing_uv.min())
    if kept.all() and swing_uv.max() <= max_peak_to_peak_uv:
        return windows
    step = (
        f"{kept.sum()} of {len(kept)} windows kept, the others beyond {max_peak_to_peak_uv:g} uV"
        if swing_uv.min() <= max_peak_to_peak_uv
        else f"all windows beyond {max_peak_to_peak_uv:g} uV, the quietest of {len(kept)} kept"
    )
    recording = windows.recording
    marked = replace(recording, provenance=recording.provenance.then(step))
    return Windows(windows.signal[kept], windows.start_s[kept], marked)
