"""EEG channels that failed: which they are, and what their neighbours say they should hold."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu._checks import check_at_least, fail
from jmml_edu.corpora.electrodes import scalp_montage
from jmml_edu.data import Recording

FEWEST_FOR_COMPARISON = 8
"""With fewer channels than this there is no crowd that one of them could stand out from."""

_FLAT = 1e-3
_LEAST_SPREAD = 0.3
_NORMAL_SD_PER_IQR = 0.7413
_NORMAL_SD_PER_MAD = 1.4826
_TINY = 1e-12


def find_bad_channels(
    recording: Recording, *, max_z: float = 5.0, min_correlation: float = 0.4
) -> tuple[str, ...]:
    r"""Return the channels that are flat, far too loud or quiet, or like none of the others.

    A channel is bad if any of three holds, each judged against the other channels:

    - it is flat: it moves less than a thousandth of what the median channel moves;
    - its log variance, :math:`\ell_c = 2 \ln(0.7413\, \mathrm{IQR}_c)`, lies far out, against the
      reference of the file or against the median channel:
      :math:`|\ell_c - \mathrm{median}| > z \cdot 1.4826\, \mathrm{MAD}(\ell)`;
    - its largest absolute correlation with any other channel is small. Tissue smears every
      source over several electrodes, so a channel that resembles none of them is not on the head
      (not asked where most channels resemble none: the electrodes are then too far apart).

    The interquartile range looks past a blink or a pop that fills less than a quarter of the
    trial; windows with those are dropped later, and the channel survives.

    Parameters
    ----------
    recording
        EEG, band-passed.
    max_z
        How many robust standard deviations a log variance may lie off, above 0.
    min_correlation
        The least correlation with the most similar channel, from 0 to 1.

    Returns
    -------
    channels
        In the order of the recording; often none. With fewer than eight channels only flat ones.

    Raises
    ------
    InputError
        If every channel is flat.

    Notes
    -----
    After the PREP pipeline [1]_, which also uses robust deviations above 5 and correlations below
    0.4. It measures on windows of 1 s of a whole session and predicts channels from random subsets
    of others; we measure once per recording, for trials of seconds, and count a spread of log
    variances of less than 0.3 as 0.3, lest channels that are nearly alike accuse each other.

    References
    ----------
    .. [1] N. Bigdely-Shamlo et al., "The PREP pipeline: standardized preprocessing for
       large-scale EEG analysis", Frontiers in Neuroinformatics 9, 2015.
       https://doi.org/10.3389/fninf.2015.00016

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> signal = np.random.default_rng(0).standard_normal((2, 512))
    >>> signal[1] = 0.0
    >>> raw = Recording(signal, 128.0, ("F3", "F4"), "eeg", "A", Provenance("noise", True))
    >>> find_bad_channels(raw)
    ('F4',)
    """
    check_at_least("find_bad_channels", 1e-9, max_z=max_z)
    check_at_least("find_bad_channels", 0, min_correlation=min_correlation)
    span_uv = np.ptp(recording.signal, axis=1)
    if not span_uv.any():
        fail(
            "find_bad_channels", "recording", "vary on at least one channel",
            f"flat lines in trial {recording.trial!r}", "Leave this recording out.",
        )  # fmt: skip
    bad = span_uv <= _FLAT * np.median(span_uv)
    alive = np.flatnonzero(~bad)
    if len(alive) >= FEWEST_FOR_COMPARISON:
        odd = _odd(recording.signal[alive], max_z, min_correlation)
        bad[alive[odd]] = True
    return tuple(np.array(recording.channels, dtype=object)[bad])


def interpolate_channels(recording: Recording, bad: Collection[str]) -> Recording:
    """Return the recording with bad channels replaced by what the others predict there.

    MNE's spherical spline: the smoothest potential on a sphere that agrees with the good channels
    is read off where the bad ones sit. The weights depend on places alone; they are kept, so that
    the next trial with the same bad channels costs one matrix product.

    Parameters
    ----------
    recording
        EEG.
    bad
        Names of channels to replace, each with a place in the 10-05 system.

    Returns
    -------
    recording
        Same channels in the same order; good ones are untouched.

    Raises
    ------
    InputError
        If a bad channel is not in the recording or has no known place, or if fewer than four
        good channels have one.

    References
    ----------
    .. [1] F. Perrin et al., "Spherical splines for scalp potential and current density mapping",
       Electroencephalography and Clinical Neurophysiology 72, 1989.
       https://doi.org/10.1016/0013-4694(89)90180-6

    Examples
    --------
    Where all the others agree, so does the one between them:

    >>> from jmml_edu.data import Provenance
    >>> names = ("F3", "F4", "P3", "P4", "Cz")
    >>> signal = np.array([5.0, 5.0, 5.0, 5.0, 99.0])[:, None]
    >>> raw = Recording(signal, 128.0, names, "eeg", "A", Provenance("numbers", True))
    >>> float(interpolate_channels(raw, ("Cz",)).signal[4, 0].round(6))
    5.0
    """
    bad = tuple(sorted(set(bad)))
    known = _known_places(recording.channels)
    lost = [name for name in bad if name not in known]
    if lost:
        fail(
            "interpolate_channels", "bad", "name channels with a place in the 10-05 system",
            ", ".join(lost), "Rename them by the cap's layout, or drop them with pick_channels.",
        )  # fmt: skip
    if len(set(known) - set(bad)) < 4:
        fail(
            "interpolate_channels", "recording", "keep at least four good channels on the head",
            f"{len(set(known) - set(bad))} beside {', '.join(bad)}", "Leave this recording out.",
        )  # fmt: skip
    rows = [recording.channels.index(name) for name in bad]
    sources = [recording.channels.index(name) for name in known]
    signal = recording.signal.copy()
    signal[rows] = _spline_weights(known, bad) @ recording.signal[sources]
    return recording.with_signal(signal, f"interpolated: {', '.join(bad)}")


def _odd(
    signal: Float[np.ndarray, "channel time"], max_z: float, min_correlation: float
) -> Bool[np.ndarray, " channel"]:
    """Return which channels are too loud, too quiet, or unlike all the others."""
    # Against the median channel, so that what all share does not hide who differs.
    own = signal - np.median(signal, axis=0)
    unit = own - own.mean(axis=1, keepdims=True)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True) + _TINY
    alone = (np.abs(unit @ unit.T) - np.eye(len(own))).max(axis=1) < min_correlation
    far = np.maximum(_robust_z(signal), _robust_z(own)) > max_z
    return np.asarray(far | (alone & (alone.mean() < 0.5)))


def _robust_z(signal: Float[np.ndarray, "channel time"]) -> Float[np.ndarray, " channel"]:
    """Return how many robust standard deviations each log variance lies off, either way."""
    quarter, three_quarters = np.quantile(signal, [0.25, 0.75], axis=1)
    log_variance = 2 * np.log(_NORMAL_SD_PER_IQR * (three_quarters - quarter) + _TINY)
    offset = np.abs(log_variance - np.median(log_variance))
    spread = max(_NORMAL_SD_PER_MAD * float(np.median(offset)), _LEAST_SPREAD)
    return np.asarray(offset / spread)


@lru_cache(maxsize=64)
def _known_places(channels: tuple[str, ...]) -> tuple[str, ...]:
    """Return those channels that have a place in the 10-05 system."""
    places = scalp_montage().get_positions()["ch_pos"]
    return tuple(name for name in channels if name in places)


@lru_cache(maxsize=256)
def _spline_weights(
    channels: tuple[str, ...], bad: tuple[str, ...]
) -> Float[np.ndarray, "bad channel"]:
    """Return how much each channel counts in each bad one: MNE's answer to unit vectors."""
    import mne

    info = mne.create_info(list(channels), 1.0, "eeg", verbose="error")
    raw = mne.io.RawArray(np.eye(len(channels)), info, verbose="error")
    raw.set_montage(scalp_montage(), verbose="error")
    raw.info["bads"] = list(bad)
    raw.interpolate_bads(reset_bads=False, verbose="error")
    return np.asarray(raw.get_data(picks=list(bad)))
