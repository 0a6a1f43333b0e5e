"""Small studies with planted correlations, for the tests of the comparison."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jmml_edu.data import Pairs
from jmml_edu.simulate.gaussian import gaussian_pairs

PLANTED = (0.8, 0.6)


def study(n_pairs: int = 600, *, n_subjects: int = 12, seed: int = 1) -> Pairs:
    """Pairs whose shared latent is as strong as the rest, so that speech alone cannot find it."""
    return gaussian_pairs(
        n_pairs, correlations=PLANTED, n_subjects=n_subjects, eeg_dim=6, speech_dim=30,
        nuisance=1.0, seed=seed,
    )  # fmt: skip


def two_classes(pairs: Pairs) -> Pairs:
    """The same with valence as the only label."""
    names = np.array([label.split("-")[0] for label in pairs.labels], dtype=object)
    return relabelled(pairs, names)


def relabelled(pairs: Pairs, labels: np.ndarray) -> Pairs:
    """The same under other labels."""
    eeg, speech = (replace(side, labels=labels) for side in (pairs.eeg, pairs.speech))
    return replace(pairs, eeg=eeg, speech=speech)
