"""EEG recording -> clean EEG recording: the usual order of steps.

Each step returns a new recording and writes what it did into the provenance. Every step acts on
one recording alone, so that nothing is learned before training and test people are apart.
"""

from __future__ import annotations

from jmml_edu._checks import fail
from jmml_edu.data import Recording
from jmml_edu.preprocess.bad_channels import find_bad_channels, interpolate_channels
from jmml_edu.preprocess.eeg_filters import bandpass, check_eeg, remove_line_noise


def clean_eeg(
    recording: Recording,
    *,
    low_hz: float = 1.0,
    high_hz: float = 45.0,
    line_hz: float = 50.0,
) -> Recording:
    """Return the recording as features expect it: in band, without bad channels, average reference.

    The usual order of steps: :func:`bandpass`; :func:`remove_line_noise` if the pass band reaches
    the mains; :func:`find_bad_channels` and :func:`interpolate_channels`;
    :func:`average_reference`, last, because one bad channel would spread into all the others.

    Parameters
    ----------
    recording
        EEG of one trial or one session, at more than twice ``high_hz``.
    low_hz, high_hz
        The pass band, in Hz.
    line_hz
        The frequency of the mains, in Hz: 50 in most of the world, 60 in the Americas.

    Returns
    -------
    recording
        Same channels, rate and length.

    Raises
    ------
    InputError
        If the recording is not finite EEG, every channel is flat, the pass band does not fit the
        rate, or a bad channel has no known place on the head.

    Notes
    -----
    Blinks and muscles stay: :func:`drop_artifact_windows` takes out what they spoil. Laboratories
    that record long sessions remove them by independent components instead, which a trial of a
    few seconds is too short for.

    Examples
    --------
    The mean over channels of an average reference is zero at every moment:

    >>> import numpy as np
    >>> from jmml_edu.data import Provenance
    >>> noise = 10 * np.random.default_rng(0).standard_normal((4, 512))
    >>> names = ("F3", "F4", "P3", "P4")
    >>> raw = Recording(noise + 300, 128.0, names, "eeg", "A", Provenance("noise", True))
    >>> clean = clean_eeg(raw)
    >>> bool(np.abs(clean.signal.mean(axis=0)).max() < 1e-9)
    True
    """
    clean = bandpass(recording, low_hz=low_hz, high_hz=high_hz)
    if high_hz > line_hz:
        clean = remove_line_noise(clean, line_hz=line_hz)
    bad = find_bad_channels(clean)
    if bad:
        clean = interpolate_channels(clean, bad)
    return average_reference(clean)


def average_reference(recording: Recording) -> Recording:
    r"""Return the recording against the mean of its channels.

    What each electrode measures is a difference from wherever the reference was. Against the
    mean, :math:`x_c - \frac{1}{C} \sum_k x_k`, recordings of different references become
    comparable, and the channels add up to zero.

    Parameters
    ----------
    recording
        EEG of at least two channels; mend bad ones before.

    Returns
    -------
    recording
        Same channels, rate and length.

    Raises
    ------
    InputError
        If the recording is not finite EEG of at least two channels.

    Examples
    --------
    >>> import numpy as np
    >>> from jmml_edu.data import Provenance
    >>> pair = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> raw = Recording(pair, 128.0, ("F3", "F4"), "eeg", "A", Provenance("numbers", True))
    >>> average_reference(raw).signal
    array([[-1., -1.],
           [ 1.,  1.]])
    """
    check_eeg("average_reference", recording)
    if len(recording.channels) < 2:
        fail(
            "average_reference", "recording", "have at least two channels",
            ", ".join(recording.channels), "Keep the reference of the file.",
        )  # fmt: skip
    signal = recording.signal - recording.signal.mean(axis=0)
    return recording.with_signal(signal, "average reference")
