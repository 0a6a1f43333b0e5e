"""Small studies with planted correlations, for the tests of the road and the comparison."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jmml_edu.classifier import HIDDEN
from jmml_edu.data import Pairs
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
from jmml_edu.splits import draw_labels

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


def strong_pairs(n_pairs: int = 200, *, nuisance: float = 1.0, seed: int = 0) -> Pairs:
    """Pairs of five people with two strong shared components."""
    return gaussian_pairs(
        n_pairs, correlations=(0.95, 0.95), n_subjects=5, nuisance=nuisance, seed=seed
    )


def numbered(pairs: Pairs, *, per_class: int | None = None) -> np.ndarray:
    """Class numbers, all but ``per_class`` of each class hidden."""
    labels = draw_labels(pairs.labels, per_class=per_class, seed=0)
    return np.array([QUADRANTS.index(label) if label else HIDDEN for label in labels])
