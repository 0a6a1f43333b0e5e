"""Recordings as they are: the traces of an EEG, the spectrogram of a voice, a map of the scalp."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from jmml_edu._checks import check_one_of, fail
from jmml_edu.corpora.electrodes import scalp_montage
from jmml_edu.data import Provenance, Recording
from jmml_edu.plots.style import INK, dress, style

_SPECTROGRAM_RANGE_DB = 70.0
_WINDOW_S, _STEP_S = 0.016, 0.004


def plot_eeg(recording: Recording, *, ax: Axes, spacing_uv: float = 60.0) -> Axes:
    """Draw every channel of an EEG over time, one above the other, first channel on top.

    Parameters
    ----------
    recording
        EEG in microvolt.
    ax
        Where to draw.
    spacing_uv
        Distance between neighbouring traces, in microvolt; the axis title names it.

    Returns
    -------
    ax
        The same axes, one line per channel.
    """
    check_one_of("plot_eeg", ("eeg",), modality=recording.modality)
    time_s = np.arange(recording.signal.shape[1]) / recording.sample_rate_hz
    offsets = -spacing_uv * np.arange(len(recording.channels))
    centred = recording.signal - recording.signal.mean(axis=1, keepdims=True)
    with style():
        ax.plot(time_s, (centred + offsets[:, None]).T, color=INK, linewidth=0.5)
        ax.set_yticks(offsets, recording.channels, fontsize=6)
        ax.set_xlim(0, recording.duration_s)
        ax.set_ylim(offsets[-1] - spacing_uv, spacing_uv)
        ax.set_xlabel("time, s")
        title = f"EEG, {len(recording.channels)} channels, {spacing_uv:g} uV apart"
        dress(ax, title=title, provenance=recording.provenance)
    return ax


def plot_spectrogram(recording: Recording, *, ax: Axes, highest_hz: float = 5_000.0) -> Axes:
    """Draw the power of a voice over time and frequency, in decibel below its maximum.

    Harmonics are the fine horizontal lines, formants the broad dark bands.

    Parameters
    ----------
    recording
        Speech, one channel.
    ax
        Where to draw.
    highest_hz
        Top of the frequency axis.

    Returns
    -------
    ax
        The same axes, one image.
    """
    check_one_of("plot_spectrogram", ("speech",), modality=recording.modality)
    from scipy.signal import ShortTimeFFT

    rate_hz = recording.sample_rate_hz
    if not recording.signal.any():
        fail(
            "plot_spectrogram", "recording", "hold sound", "silence",
            "Choose another recording.",
        )  # fmt: skip
    length, step = round(_WINDOW_S * rate_hz), round(_STEP_S * rate_hz)
    transform = ShortTimeFFT(np.hanning(length), step, rate_hz, mfft=4 * length)
    power = transform.spectrogram(recording.signal[0])
    floor = power.max() * 10 ** (-_SPECTROGRAM_RANGE_DB / 10)
    level_db = 10 * np.log10(np.maximum(power, floor) / power.max())
    shown = transform.f <= highest_hz
    with style():
        extent = (0.0, recording.duration_s, 0.0, float(transform.f[shown][-1]))
        ax.imshow(level_db[shown], origin="lower", aspect="auto", cmap="Greys", extent=extent)
        ax.set_xlabel("time, s")
        ax.set_ylabel("frequency, Hz")
        dress(ax, title="Speech, spectrogram", provenance=recording.provenance)
    return ax


def plot_topography(
    values: Mapping[str, float], *, ax: Axes, title: str, provenance: Provenance
) -> Axes:
    """Draw one number per electrode as a map of the scalp, seen from above, nose on top.

    Parameters
    ----------
    values
        Number by channel name of the 10-20 system, such as log power in a band.
    ax
        Where to draw.
    title
        What is shown, with its unit.
    provenance
        Decides about the stamp.

    Returns
    -------
    ax
        The same axes.

    Raises
    ------
    InputError
        If a channel has no place on the scalp.
    """
    import mne

    montage = scalp_montage()
    strangers = sorted(set(values) - set(montage.ch_names))
    if strangers:
        fail(
            "plot_topography", "channels", "have a place in the 10-05 system", strangers,
            "Rename them or leave them out.",
        )  # fmt: skip
    info = mne.create_info(list(values), 128.0, "eeg").set_montage(montage)
    numbers: Float[np.ndarray, " channel"] = np.array(list(values.values()))
    with style():
        image, _ = mne.viz.plot_topomap(numbers, info, axes=ax, show=False, cmap="viridis")
        ax.figure.colorbar(image, ax=ax, shrink=0.6)
        dress(ax, title=title, provenance=provenance)
    return ax
