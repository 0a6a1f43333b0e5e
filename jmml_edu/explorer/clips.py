"""The sound of an utterance, small enough to travel: from a recording to the bytes of an MP3.

Where a pair's recordings come from is a function; that of the samples makes them again from the
seed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import numpy as np

from jmml_edu.data import Pairs, Recording
from jmml_edu.preprocess.speech import clean_speech

MOST_CLIPS, MOST_BYTES = 40, 1_000_000
"""At most so many clips, or so many bytes of them, travel with a widget or a page."""

Recall = Callable[[str, str], Recording | None]
"""From subject and trial to the utterance, or None where there is none."""

_COMPRESSION = 0.7  # about 12 KiB for three seconds; formants and harmonics stay


def recall_of(pairs: Pairs) -> Recall | None:
    """Return what makes the utterances of the samples again; None for pairs of other sources."""
    from jmml_edu.simulate.samples import SAMPLES_WORLD, recording_of

    source = pairs.speech.provenance.source
    if source != f"simulated study, seed {SAMPLES_WORLD.seed}":
        return None
    return lambda subject, trial: recording_of(SAMPLES_WORLD, "speech", trial)


def mp3_of(recording: Recording) -> bytes:
    """Return a clean utterance as an MP3, at the level that clean speech has.

    Examples
    --------
    >>> from jmml_edu.data import Provenance
    >>> tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)[None]
    >>> heard = Recording(tone, 16_000.0, ("mono",), "speech", "A", Provenance("a sine", True))
    >>> len(mp3_of(heard)) < 10_000
    True
    """
    return encode_mp3(clean_speech(recording))


def encode_mp3(recording: Recording) -> bytes:
    """Return a recording of one channel as an MP3, as loud as it is."""
    import soundfile

    signal, rate = np.clip(recording.signal[0], -1, 1), round(recording.sample_rate_hz)
    file = io.BytesIO()
    soundfile.write(file, signal, rate, format="MP3", compression_level=_COMPRESSION)
    return file.getvalue()


def clips_of(pairs: Pairs, recall: Recall | None, rows: Iterable[int]) -> dict[int, bytes]:
    """Return the clips of some pairs, by row, in that order until they are too many bytes."""
    clips: dict[int, bytes] = {}
    if recall is None:
        return clips
    total = 0
    for row in rows:
        recording = recall(str(pairs.subjects[row]), str(pairs.speech.trials[row]))
        if recording is None:
            continue
        clip = mp3_of(recording)
        total += len(clip)
        if total > MOST_BYTES:
            break
        clips[row] = clip
    return clips
