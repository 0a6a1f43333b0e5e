"""Speech recording -> clean speech recording: one rate, no silence around it, one level.

Each step returns a new recording and writes what it did into the provenance.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu._checks import check_at_least, fail
from jmml_edu.data import Recording

SPEECH_RATE_HZ = 16_000.0
"""The rate of clean speech: it keeps everything below 8 kHz."""

SPEECH_LEVEL_DB = -26.0
"""The level of clean speech, in dB relative to full scale."""

_FRAME_S = 0.02
_SILENT = 1e-12


def clean_speech(recording: Recording) -> Recording:
    """Return the utterance alone, at 16 kHz and at a level of -26 dB.

    The usual order of steps: remove the constant offset, resample (:func:`to_rate`), cut the
    silence around the utterance (:func:`trim_silence`), scale (:func:`to_level`). After it, how
    far the microphone stood and how high the gain was no longer tell anything.

    Parameters
    ----------
    recording
        Speech of one channel, at any rate.

    Returns
    -------
    recording
        Speech at ``SPEECH_RATE_HZ`` and ``SPEECH_LEVEL_DB``.

    Raises
    ------
    InputError
        If the recording is not speech of one channel, or is silent.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)[None]
    >>> loud = Recording(tone, 44_100.0, ("mono",), "speech", "A", Provenance("a sine", True))
    >>> clean = clean_speech(loud)
    >>> clean.sample_rate_hz, clean.duration_s
    (16000.0, 1.0)
    """
    voice = _one_channel("clean_speech", recording)
    centred = recording.with_signal((voice - voice.mean())[None], "constant offset removed")
    resampled = to_rate(centred, sample_rate_hz=SPEECH_RATE_HZ)
    return to_level(trim_silence(resampled), level_db=SPEECH_LEVEL_DB)


def to_rate(recording: Recording, *, sample_rate_hz: float) -> Recording:
    """Return the recording at another sampling rate, without aliases.

    A steep filter removes what the new rate cannot hold before samples are dropped; without it
    a tone of 9 kHz would sound at 7 kHz once there are only 16,000 samples per second.

    Parameters
    ----------
    recording
        Speech of any number of channels.
    sample_rate_hz
        The new rate, at least 1000.

    Returns
    -------
    recording
        The same sound; unchanged, and without a step on record, if the rate is already right.

    Raises
    ------
    InputError
        If the rate is below 1000.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> noise = np.random.default_rng(0).standard_normal((1, 48_000))
    >>> second = Recording(noise, 48_000.0, ("mono",), "speech", "A", Provenance("noise", True))
    >>> to_rate(second, sample_rate_hz=16_000.0).signal.shape
    (1, 16000)
    """
    check_at_least("to_rate", 1000.0, sample_rate_hz=sample_rate_hz)
    if sample_rate_hz == recording.sample_rate_hz:
        return recording
    import librosa

    signal = librosa.resample(
        recording.signal, orig_sr=recording.sample_rate_hz, target_sr=sample_rate_hz
    )
    step = f"resampled from {recording.sample_rate_hz:g} to {sample_rate_hz:g} Hz"
    return recording.with_signal(signal, step, sample_rate_hz=float(sample_rate_hz))


def trim_silence(
    recording: Recording, *, threshold_db: float = 40.0, margin_s: float = 0.05
) -> Recording:
    """Return the recording without the silence before and after the utterance.

    A frame of 20 ms counts as silent when it is more than ``threshold_db`` weaker than the
    loudest one. Pauses inside the utterance stay: they are part of how it is spoken.

    Parameters
    ----------
    recording
        Speech of one channel.
    threshold_db
        How far below the loudest frame silence begins, in dB, at least 1. It has to stay above
        the noise of the room: less for a noisy room.
    margin_s
        What is kept on either side, in seconds, at least 0, so that soft onsets survive.

    Returns
    -------
    recording
        At most as long as before.

    Raises
    ------
    InputError
        If the recording is not speech of one channel, or is silent.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    >>> padded = np.pad(tone, 8_000)[None]
    >>> word = Recording(padded, 16_000.0, ("mono",), "speech", "A", Provenance("a sine", True))
    >>> trim_silence(word).duration_s
    1.1
    """
    check_at_least("trim_silence", 1.0, threshold_db=threshold_db)
    check_at_least("trim_silence", 0.0, margin_s=margin_s)
    loud = np.flatnonzero(_loud_frames("trim_silence", recording, threshold_db))
    frame, margin = (round(s * recording.sample_rate_hz) for s in (_FRAME_S, margin_s))
    start = max(0, int(loud[0]) * frame - margin)
    stop = min(recording.signal.shape[1], (int(loud[-1]) + 1) * frame + margin)
    return recording.with_signal(
        recording.signal[:, start:stop],
        f"silence around the utterance cut, {threshold_db:g} dB below its loudest frame",
    )


def to_level(recording: Recording, *, level_db: float) -> Recording:
    """Return the recording scaled so that its speech, pauses apart, has the given level.

    The level is the root mean square over frames of 20 ms that are at most 25 dB weaker than the
    loudest one, so that a talker who pauses is not turned up.

    Parameters
    ----------
    recording
        Speech of one channel.
    level_db
        The level wanted, in dB relative to full scale, from -60 to -6. Peaks of speech stand
        well above its level and may pass full scale, which matters when it is played or written.

    Returns
    -------
    recording
        The same sound, scaled.

    Raises
    ------
    InputError
        If the recording is not speech of one channel, is silent, or the level is out of range.

    Notes
    -----
    ITU-T P.56 measures the level of active speech from an envelope, with a margin of 15.9 dB and
    a hangover of 0.2 s; frames and a fixed margin are simpler and close enough to remove gain.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> square = np.sign(np.sin(2 * np.pi * 100 * (np.arange(16_000) + 0.5) / 16_000))[None]
    >>> loud = Recording(square, 16_000.0, ("mono",), "speech", "A", Provenance("square", True))
    >>> float(np.abs(to_level(loud, level_db=-20.0).signal).max().round(3))
    0.1
    """
    if not -60 <= level_db <= -6:
        fail(
            "to_level", "level_db", "lie between -60 and -6", level_db,
            "Take -26, the usual level of speech.",
        )  # fmt: skip
    now_db = _speech_level_db(recording)
    return recording.with_signal(
        recording.signal * 10 ** ((level_db - now_db) / 20),
        f"speech level set to {level_db:g} dB of full scale",
    )


def _speech_level_db(recording: Recording) -> float:
    """Return the level of the frames that hold speech, in dB of full scale."""
    loud = _loud_frames("to_level", recording, 25.0)
    return float(10 * np.log10(_frame_power(recording)[loud].mean()))


def _loud_frames(
    function: str, recording: Recording, threshold_db: float
) -> Bool[np.ndarray, " frame"]:
    """Return which frames are at most so many dB weaker than the loudest."""
    _one_channel(function, recording)
    power = _frame_power(recording)
    if not power.max() > _SILENT:
        fail(
            function, "recording", "contain sound", f"silence in {recording.trial or 'a clip'!r}",
            "Leave this recording out.",
        )  # fmt: skip
    return np.asarray(power >= power.max() * 10 ** (-threshold_db / 10))


def _frame_power(recording: Recording) -> Float[np.ndarray, " frame"]:
    """Return the mean square of each frame; the last one may be shorter."""
    starts = np.arange(0, recording.signal.shape[1], round(_FRAME_S * recording.sample_rate_hz))
    lengths = np.diff(np.append(starts, recording.signal.shape[1]))
    return np.asarray(np.add.reduceat(recording.signal[0] ** 2, starts) / lengths)


def _one_channel(function: str, recording: Recording) -> Float[np.ndarray, " time"]:
    """Return the only channel of a speech recording."""
    if recording.modality != "speech" or recording.signal.shape[0] != 1:
        fail(
            function, "recording", "be speech of one channel",
            f"{recording.modality} of {recording.signal.shape[0]}",
            "Read it with read_wav, which averages channels.",
        )  # fmt: skip
    return np.asarray(recording.signal[0])
