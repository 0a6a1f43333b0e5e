"""The selected pairs as a pandas frame: who they are, where they lie, what the road says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from jmml_edu.explorer.scene import Scene


def selection_frame(scene: Scene, places: Sequence[int]) -> pd.DataFrame:
    """Return one line per selected pair, in the order of selection.

    Parameters
    ----------
    scene
        What is drawn.
    places
        Which of its pairs.

    Returns
    -------
    frame
        ``row`` (of the pairs that were passed), ``subject``, ``trial``, ``label``, ``held_out``,
        ``distance`` of EEG and speech code in all components of the road, ``rank`` of its own EEG
        among all by that distance (1 is the nearest; missing without EEG), the predicted class
        ``from_speech``, ``with_eeg``, ``with_noisy_eeg``, and the probability of each class from
        speech alone, ``p_...``.
    """
    chosen = list(places)
    pairs = scene.pairs
    distances = [_distances(scene, place) for place in chosen]
    own = np.array([d[place] for d, place in zip(distances, chosen, strict=True)], dtype=float)
    ranks = [int((d < d[p]).sum()) + 1 if np.isfinite(d[p]) else pd.NA
             for d, p in zip(distances, chosen, strict=True)]  # fmt: skip
    told = {
        "row": scene.rows[chosen].astype(int),
        "subject": pairs.subjects[chosen],
        "trial": pairs.speech.trials[chosen],
        "label": pairs.labels[chosen],
        "held_out": scene.held_out[chosen],
        "distance": own,
        "rank": pd.array(ranks, dtype="Int64"),
        "from_speech": _said(scene, scene.speech_says[chosen]),
        "with_eeg": _said(scene, scene.both_say[chosen]),
        "with_noisy_eeg": _said(scene, scene.noisy_say[chosen]),
    }
    shares = {f"p_{name}": scene.speech_says[chosen, n] for n, name in enumerate(scene.classes)}
    return pd.DataFrame(told | shares)


def _distances(scene: Scene, place: int) -> np.ndarray:
    """Return how far each EEG code lies from the speech code of a pair."""
    track = scene.tracks[0]
    distances: np.ndarray = np.linalg.norm(track.eeg[-1] - track.speech[-1, place], axis=1)
    return distances


def _said(scene: Scene, says: np.ndarray) -> list[str]:
    """Return the most probable class of each row, nothing where nothing is said."""
    return [scene.classes[int(p.argmax())] if np.isfinite(p).all() else "" for p in says]
