"""What corpora of ratings share: a label that names both ratings, and classes cut from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from jmml_edu.corpora.corpus import Corpus, Entry
from jmml_edu.corpora.emotions import rating_schemes


def rated_entries(
    path: Path,
    subject: str,
    ratings: Float[np.ndarray, "trial 2"],
    durations_s: Sequence[float],
    *,
    stimulus: str,
    sample_rate_hz: float,
) -> list[Entry]:
    """Return the trials of one person, numbered from 1 as the stimuli are, the same for everybody.

    Parameters
    ----------
    path, subject
        Where they lie, and whose they are.
    ratings
        Valence and arousal of each.
    durations_s
        How long each lasts.
    stimulus
        What was shown: ``video`` gives ``video 01`` and so on.
    sample_rate_hz
        Samples per second.

    Returns
    -------
    entries
        With labels such as ``valence 7.71 arousal 7.6``.
    """
    return [
        Entry(
            path,
            "eeg",
            subject,
            f"{place + 1:02d}",
            f"valence {valence:g} arousal {arousal:g}",
            stimulus=f"{stimulus} {place + 1:02d}",
            place=place,
            sample_rate_hz=sample_rate_hz,
            duration_s=duration_s,
        )
        for place, ((valence, arousal), duration_s) in enumerate(
            zip(ratings, durations_s, strict=True)
        )
    ]


def in_rated_classes(corpus: Corpus, *, middle: float) -> Corpus:
    """Return a corpus whose classes are cut from ratings, where exactly ``middle`` counts as low.

    Parameters
    ----------
    corpus
        Of :func:`rated_entries`.
    middle
        Of both scales.

    Returns
    -------
    corpus
        With the schemes ``quadrants`` and ``valence``.
    """
    schemes = rating_schemes([entry.label for entry in corpus.entries], middle=middle)
    return replace(corpus, schemes=schemes, rated=True)
