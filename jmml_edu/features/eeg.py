"""EEG recordings -> one row of named numbers per trial: band power per channel, and asymmetry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_finite_signal, check_one_of, fail
from jmml_edu.data import Features, Provenance, Recording, Windows
from jmml_edu.preprocess.windows import cut_windows, drop_artifact_windows

BANDS: Mapping[str, tuple[float, float]] = MappingProxyType({
    "delta": (1.0, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 45.0),
})  # fmt: skip
"""The usual bands in Hz, from the first edge up to but without the second.

Laboratories differ by a hertz or two (SEED: alpha 8-14, beta 14-31, gamma 31-50). Leave delta out
for data that were filtered above it (DEAP: from 4 Hz), and read scalp gamma as muscle first.
"""

ASYMMETRY_PAIRS = (("F4", "F3"), ("F8", "F7"), ("AF4", "AF3"), ("FC6", "FC5"), ("Fp2", "Fp1"))
"""Right and left frontal electrodes that mirror each other."""

KINDS: Mapping[str, str] = MappingProxyType({"log_power": "lnuv2", "differential_entropy": "nat"})
"""What can be said of a channel and band, and the unit in its name."""


def eeg_features(
    recordings: Iterable[Recording],
    *,
    window_s: float = 2.0,
    step_s: float = 1.0,
    bands: Mapping[str, tuple[float, float]] = BANDS,
    kind: str = "log_power",
    max_peak_to_peak_uv: float = 150.0,
) -> Features:
    r"""Return log band power (or differential entropy) and frontal asymmetry of each trial.

    Windows are cut inside the trial, those with artefacts dropped, and :math:`P`, the power of a
    channel and band (:func:`band_power`), averaged over the rest. Then

    - ``"log_power"``: :math:`\ln P`, with :math:`P` in uV²;
    - ``"differential_entropy"``: :math:`\tfrac{1}{2} \ln(2 \pi e P)` [1]_, the entropy in nat of
      Gaussian noise of that power;
    - for each pair of ``ASYMMETRY_PAIRS`` at hand, if there is an alpha band:
      :math:`\ln P_{\text{right}} - \ln P_{\text{left}}` [2]_, positive when the left side is the
      more active one, because alpha falls where cortex works.

    Parameters
    ----------
    recordings
        Clean EEG (``clean_eeg``), one per trial, all with the same channels, in any iterable.
    window_s, step_s
        Length of a window and distance between starts, in seconds. Frequencies are told apart
        down to ``1 / window_s`` Hz.
    bands
        Name to edges in Hz, below half of every rate.
    kind
        ``"log_power"`` or ``"differential_entropy"``.
    max_peak_to_peak_uv
        Windows in which a channel swings further are dropped, the quietest always kept.

    Returns
    -------
    features
        One row per recording, one column per :func:`eeg_feature_names`.

    Raises
    ------
    InputError
        If there is no recording, channels differ, one is not finite EEG or flat, a trial is
        shorter than a window, or a band holds no frequency of the window.

    Notes
    -----
    Differential entropy is half the log power plus 1.42, so that one of the two is enough. In [1]_
    the variance is that of a filtered signal, the same by Parseval's theorem but for its slopes.

    References
    ----------
    .. [1] R.-N. Duan, J.-Y. Zhu, B.-L. Lu, "Differential entropy feature for EEG-based emotion
       classification", IEEE/EMBS NER 2013. https://doi.org/10.1109/NER.2013.6695876
    .. [2] J. J. B. Allen, J. A. Coan, M. Nazarian, "Issues and assumptions on the road from raw
       signals to metrics of frontal EEG asymmetry in emotion", Biological Psychology 67, 2004.
       https://doi.org/10.1016/j.biopsycho.2004.03.007

    Examples
    --------
    Twice the alpha amplitude on the right is four times the power, and ln 4 = 1.386.

    >>> sine = np.sin(2 * np.pi * 10 * np.arange(512) / 128)
    >>> origin = Provenance("sines", simulated=True)
    >>> trial = Recording(np.stack([sine, 2 * sine]), 128.0, ("F3", "F4"), "eeg", "A", origin)
    >>> features = eeg_features([trial], bands={"alpha": (8.0, 13.0)})
    >>> features.names
    ('alpha_F3_lnuv2', 'alpha_F4_lnuv2', 'asymmetry_alpha_F4_F3_ln')
    >>> float(features.values[0, 2].round(3))
    1.386
    """
    check_one_of("eeg_features", KINDS, kind=kind)
    rows: list[np.ndarray] = []
    trials: list[Recording] = []
    for trial in recordings:
        _check_trial(trial, trials[0].channels if trials else trial.channels)
        windows = cut_windows(trial, length_s=window_s, step_s=step_s)
        calm = drop_artifact_windows(windows, max_peak_to_peak_uv=max_peak_to_peak_uv)
        rows.append(_row(trial, band_power(calm, bands).mean(axis=0), list(bands), kind))
        # Without its signal, so that a whole corpus can pass through in little memory.
        trials.append(replace(trial, signal=np.empty((len(trial.channels), 0))))
    if not trials:
        fail("eeg_features", "recordings", "hold at least one trial", 0, "Check what was read.")
    step = f"{kind} in {', '.join(bands)}, windows of {window_s:g} s every {step_s:g} s"
    return Features(
        values=np.stack(rows),
        names=eeg_feature_names(trials[0].channels, bands=bands, kind=kind),
        modality="eeg",
        subjects=np.array([trial.subject for trial in trials]),
        labels=np.array([trial.label for trial in trials]),
        trials=np.array([trial.trial for trial in trials]),
        stimuli=np.array([trial.stimulus for trial in trials]),
        provenance=_joint_provenance(trials).then(step),
    )


def eeg_feature_names(
    channels: Sequence[str],
    *,
    bands: Mapping[str, tuple[float, float]] = BANDS,
    kind: str = "log_power",
) -> tuple[str, ...]:
    """Return the names of the columns that :func:`eeg_features` makes, in order.

    Parameters
    ----------
    channels
        Standard names of electrodes.
    bands, kind
        As for :func:`eeg_features`.

    Returns
    -------
    names
        Band by band over all channels, each with its unit, then the asymmetries.

    Raises
    ------
    InputError
        If ``kind`` is unknown.

    Examples
    --------
    >>> eeg_feature_names(("Cz",), bands={"theta": (4, 8)}, kind="differential_entropy")
    ('theta_Cz_nat',)
    """
    check_one_of("eeg_feature_names", KINDS, kind=kind)
    powers = tuple(f"{band}_{channel}_{KINDS[kind]}" for band in bands for channel in channels)
    if "alpha" not in bands:
        return powers
    return powers + tuple(
        f"asymmetry_alpha_{right}_{left}_ln" for right, left in _mirrored(channels)
    )


def band_power(
    windows: Windows, bands: Mapping[str, tuple[float, float]] = BANDS
) -> Float[np.ndarray, "window channel band"]:
    r"""Return the power of each window, channel and band, in uV².

    The mean is removed, a Hann window :math:`w` applied, and the one-sided spectrum added up:

    .. math::

        P_{band} = \sum_{low \le f < high} \frac{2\, |X_f|^2}{N \sum_t w_t^2}

    so that a sine of amplitude :math:`A` inside a band has :math:`P = A^2 / 2`, and bands that
    tile the spectrum add up to the variance. One transform serves all bands.

    Parameters
    ----------
    windows
        EEG.
    bands
        Name to edges in Hz. A frequency on the edge of two bands belongs to the upper one.

    Returns
    -------
    power
        At least 0, one column per band, in the order of ``bands``.

    Raises
    ------
    InputError
        If a band reaches beyond half the rate, or holds no frequency of so short a window.

    References
    ----------
    .. [1] P. Welch, "The use of fast Fourier transform for the estimation of power spectra",
       IEEE Transactions on Audio and Electroacoustics 15, 1967.
       https://doi.org/10.1109/TAU.1967.1161901

    Examples
    --------
    A 10 Hz sine of 20 uV lights the alpha band, with 20² / 2 = 200 uV²:

    >>> from jmml_edu.data import Provenance
    >>> sine = 20 * np.sin(2 * np.pi * 10 * np.arange(512) / 128)[None]
    >>> tone = Recording(sine, 128.0, ("Oz",), "eeg", "A", Provenance("a sine", True))
    >>> windows = cut_windows(tone, length_s=4.0, step_s=4.0)
    >>> band_power(windows, {"theta": (4, 8), "alpha": (8, 13)}).round(3)
    array([[[  0., 200.]]])
    """
    signal, rate_hz = windows.signal, windows.recording.sample_rate_hz
    n_samples = signal.shape[-1]
    frequencies_hz = np.fft.rfftfreq(n_samples, 1 / rate_hz)
    members = _members(frequencies_hz, bands, rate_hz)
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_samples) / n_samples)
    spectrum = np.fft.rfft((signal - signal.mean(axis=-1, keepdims=True)) * taper)
    power = spectrum.real**2 + spectrum.imag**2
    # Each frequency but 0 and the last of an even length has a mirror image that rfft leaves out.
    sides = np.where((frequencies_hz > 0) & (frequencies_hz < rate_hz / 2), 2.0, 1.0)
    scale = sides / (n_samples * (taper**2).sum())
    return np.asarray(power @ (members * scale).T)


def _members(
    frequencies_hz: Float[np.ndarray, " frequency"],
    bands: Mapping[str, tuple[float, float]],
    rate_hz: float,
) -> Float[np.ndarray, "band frequency"]:
    """Return 1 where a frequency belongs to a band, else 0."""
    members = []
    for name, (low_hz, high_hz) in bands.items():
        inside = (frequencies_hz >= low_hz) & (frequencies_hz < high_hz)
        if high_hz > rate_hz / 2 or not inside.any():
            fail(
                "band_power", "bands",
                f"hold frequencies that the windows resolve, up to {rate_hz / 2:g} Hz in steps of"
                f" {frequencies_hz[1]:.3g} Hz",
                f"{name} from {low_hz:g} to {high_hz:g} Hz",
                "Take longer windows, or leave this band out.",
            )  # fmt: skip
        members.append(inside.astype(np.float64))
    return np.stack(members)


def _row(
    trial: Recording, power: Float[np.ndarray, "channel band"], bands: list[str], kind: str
) -> Float[np.ndarray, " feature"]:
    """Return the features of one trial from its mean power."""
    silent = [name for name, p in zip(trial.channels, power, strict=True) if not p.all()]
    if silent:
        fail(
            "eeg_features", "recordings", "have power in every band on every channel",
            f"none on {', '.join(silent)} in trial {trial.trial!r}",
            "Pass it through clean_eeg first, which interpolates flat channels.",
        )  # fmt: skip
    log_power = np.log(power)
    values = log_power if kind == "log_power" else 0.5 * (np.log(2 * np.pi * np.e) + log_power)
    if "alpha" not in bands:
        return np.asarray(values.T.ravel())
    alpha = dict(zip(trial.channels, log_power[:, bands.index("alpha")], strict=True))
    asymmetry = [alpha[right] - alpha[left] for right, left in _mirrored(trial.channels)]
    return np.concatenate([values.T.ravel(), asymmetry])


def _mirrored(channels: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of ASYMMETRY_PAIRS of which both electrodes are there."""
    return [(right, left) for right, left in ASYMMETRY_PAIRS if {right, left} <= set(channels)]


def _check_trial(trial: Recording, channels: tuple[str, ...]) -> None:
    """Raise unless a recording is finite EEG of the given channels."""
    if trial.modality != "eeg" or trial.channels != channels:
        fail(
            "eeg_features", "recordings", "be EEG of the same channels in the same order",
            f"{trial.modality} of {', '.join(trial.channels)} after {', '.join(channels)}",
            "Keep what all of them have, with pick_channels.",
        )  # fmt: skip
    rate_hz = trial.sample_rate_hz
    check_finite_signal(
        "eeg_features", trial.signal, channels=trial.channels, sample_rate_hz=rate_hz
    )


def _joint_provenance(trials: Sequence[Recording]) -> Provenance:
    """Return where all trials come from, with the steps that every one of them went through."""
    origins = list(dict.fromkeys(trial.provenance for trial in trials))
    return Provenance(
        " + ".join(dict.fromkeys(origin.source for origin in origins)),
        any(origin.simulated for origin in origins),
        tuple(s for s in origins[0].steps if all(s in origin.steps for origin in origins)),
    )
