"""EEG recording -> EEG recording of other frequencies: pass band, notch, sampling rate.

MNE filters; nothing is delayed, and each step is written into the provenance.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least, check_finite_signal, fail
from jmml_edu.data import Recording

_NOTCH_HZ = 2.0
"""Narrower notches ring for longer than trials last."""


def bandpass(recording: Recording, *, low_hz: float = 1.0, high_hz: float = 45.0) -> Recording:
    """Return the recording without slow drifts and without what lies above the pass band.

    A Butterworth high-pass of order 2 and a Chebyshev low-pass of type II and order 8, run
    forward and backward by MNE, so that nothing is delayed:

    - a constant offset is gone, ``low_hz`` keeps half its amplitude (-6 dB);
    - from 4 times ``low_hz`` to 0.9 times ``high_hz`` the amplitude is right within 1 %;
    - beyond ``high_hz / 0.9`` at most 1 % is left (-40 dB): at the default, of 50 Hz.

    At both ends the trial is continued by its mirror image before it is filtered.

    Parameters
    ----------
    recording
        EEG, at more than twice ``high_hz``.
    low_hz, high_hz
        Ends of the pass band in Hz, ``0.1 <= low_hz < high_hz``.

    Returns
    -------
    recording
        Same channels, rate and length. The first and last ``1 / low_hz`` seconds are less certain
        than the rest, because the filter has to guess what lies beyond the trial.

    Raises
    ------
    InputError
        If the recording is not finite EEG, or the pass band does not fit the rate.

    Notes
    -----
    MNE's default is a FIR filter. At 1 Hz that is 3.3 s long: as long as many a trial. With a
    low-pass of MNE's recursive default (Butterworth of order 4), 50 Hz would still pass at 500
    samples per second with 28 % of its amplitude.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> time_s = np.arange(512) / 128
    >>> alpha, mains = (np.sin(2 * np.pi * f * time_s) for f in (10, 50))
    >>> both, origin = (alpha + mains)[None], Provenance("sines", True)
    >>> raw = Recording(both, 128.0, ("Oz",), "eeg", "A", origin)
    >>> error = bandpass(raw).signal[0] - alpha
    >>> bool(np.abs(error[128:384]).max() < 0.02)
    True
    """
    check_eeg("bandpass", recording)
    check_at_least("bandpass", 0.1, low_hz=low_hz)
    rate_hz = recording.sample_rate_hz
    if not low_hz < high_hz < rate_hz / 2:
        fail(
            "bandpass", "high_hz", f"lie between low_hz and half the rate, {rate_hz / 2:g} Hz",
            high_hz, "Lower it, or leave this recording out.",
        )  # fmt: skip
    from mne.filter import filter_data

    margin = round(rate_hz / low_hz)
    filtered = filter_data(
        _mirrored(recording.signal, margin), rate_hz, low_hz, high_hz, method="iir",
        iir_params=_bandpass_design(low_hz, high_hz, rate_hz), verbose="error",
    )  # fmt: skip
    signal = filtered[:, margin:-margin]
    return recording.with_signal(signal, f"band-pass {low_hz:g} to {high_hz:g} Hz, zero phase")


def remove_line_noise(recording: Recording, *, line_hz: float = 50.0) -> Recording:
    """Return the recording without the hum of the mains and its harmonics.

    MNE cuts a narrow notch at each multiple of ``line_hz`` below half the rate. Only needed when
    the pass band reaches that far.

    Parameters
    ----------
    recording
        EEG.
    line_hz
        The frequency of the mains, in Hz, at least 40.

    Returns
    -------
    recording
        Same channels, rate and length; unchanged if half the rate lies below the mains.

    Raises
    ------
    InputError
        If the recording is not finite EEG, or ``line_hz`` is below 40.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> hum = 20 * np.sin(2 * np.pi * 50 * np.arange(2_000) / 250)[None]
    >>> raw = Recording(hum, 250.0, ("Oz",), "eeg", "A", Provenance("a sine", True))
    >>> bool(np.abs(remove_line_noise(raw).signal[0, 500:1_500]).max() < 0.2)
    True
    """
    check_eeg("remove_line_noise", recording)
    check_at_least("remove_line_noise", 40, line_hz=line_hz)
    multiples_hz = np.arange(line_hz, recording.sample_rate_hz / 2 - 2, line_hz)
    if not len(multiples_hz):
        return recording
    from mne.filter import notch_filter

    margin = round(recording.sample_rate_hz)
    signal = _mirrored(recording.signal, margin)
    for hz in multiples_hz:
        signal = notch_filter(
            signal, recording.sample_rate_hz, hz,
            method="iir", notch_widths=_NOTCH_HZ, verbose="error",
        )  # fmt: skip
    listed = ", ".join(f"{hz:g}" for hz in multiples_hz)
    return recording.with_signal(signal[:, margin:-margin], f"notch at {listed} Hz")


def resample_eeg(recording: Recording, *, sample_rate_hz: float) -> Recording:
    """Return the recording at another sampling rate, without aliases.

    MNE does it in the frequency domain, which removes what the new rate cannot hold.

    Parameters
    ----------
    recording
        EEG.
    sample_rate_hz
        The new rate, at least 1 Hz.

    Returns
    -------
    recording
        Same channels and, up to one sample, the same length in seconds; unchanged, and without a
        step on record, if the rate is already right.

    Raises
    ------
    InputError
        If the recording is not finite EEG, or the rate is below 1 Hz.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> noise = np.random.default_rng(0).standard_normal((2, 1_000))
    >>> raw = Recording(noise, 500.0, ("F3", "F4"), "eeg", "A", Provenance("noise", True))
    >>> resample_eeg(raw, sample_rate_hz=128.0).signal.shape
    (2, 256)
    """
    check_eeg("resample_eeg", recording)
    check_at_least("resample_eeg", 1, sample_rate_hz=sample_rate_hz)
    if sample_rate_hz == recording.sample_rate_hz:
        return recording
    from mne.filter import resample

    signal = resample(
        recording.signal, up=sample_rate_hz, down=recording.sample_rate_hz, verbose="error"
    )
    step = f"resampled from {recording.sample_rate_hz:g} to {sample_rate_hz:g} Hz"
    return recording.with_signal(signal, step, sample_rate_hz=float(sample_rate_hz))


def check_eeg(function: str, recording: Recording) -> None:
    """Raise unless the recording is EEG and finite."""
    if recording.modality != "eeg":
        fail(
            function, "recording", "be EEG", recording.modality,
            "Clean speech with clean_speech.",
        )  # fmt: skip
    check_finite_signal(
        function, recording.signal,
        channels=recording.channels, sample_rate_hz=recording.sample_rate_hz,
    )  # fmt: skip


def _mirrored(
    signal: Float[np.ndarray, "channel time"], margin: int
) -> Float[np.ndarray, "channel padded"]:
    """Return the signal continued at both ends by its mirror image.

    MNE's own continuation turns the image upside down, which a high-pass takes for a step.
    """
    return np.pad(signal, ((0, 0), (margin, margin)), mode="symmetric")


@lru_cache(maxsize=16)
def _bandpass_design(low_hz: float, high_hz: float, rate_hz: float) -> dict[str, Any]:
    """Return the filter in second-order sections, as MNE wants it."""
    from mne.filter import construct_iir_filter
    from scipy.signal import butter, cheby2

    stop_hz = min(high_hz / 0.9, (high_hz + rate_hz / 2) / 2)
    high_pass = butter(2, low_hz, "highpass", fs=rate_hz, output="sos")
    low_pass = cheby2(8, 20, stop_hz, fs=rate_hz, output="sos")
    sections = {"sos": np.vstack([high_pass, low_pass]), "output": "sos"}
    return dict(construct_iir_filter(sections, verbose="error"))
