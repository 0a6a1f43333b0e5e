"""The data of notebook 04: clouds to turn, views to test functions on, everybody's own pairs."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from jmml_edu.data import Features, Modality, Pairs, Provenance
from jmml_edu.linear import permutation_test
from jmml_edu.simulate.gaussian import gaussian_pairs

N_CLOUD, N_OWN = 300, 400


def two_clouds(seed: int = 4) -> Pairs:
    """Return pairs of two features each that share one quiet direction, with correlation 0.9.

    The other direction of each cloud is 2.5 times as loud, and its own.

    Examples
    --------
    >>> two_clouds().eeg.values.shape
    (300, 2)
    """
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal(N_CLOUD)
    views = [
        _view("eeg", shared, np.deg2rad(35), rng),
        _view("speech", shared, np.deg2rad(110), rng),
    ]
    return Pairs(views[0], views[1], "trial", np.ones(N_CLOUD, dtype=bool))


def _view(
    modality: Modality, shared: Float[np.ndarray, " pair"], turn: float, rng: np.random.Generator
) -> Features:
    """Return one cloud: what is shared, and something loud, turned."""
    own, loud = rng.standard_normal((2, len(shared)))
    quiet = np.sqrt(0.9) * shared + np.sqrt(0.1) * own
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    labels = np.where(shared > 0, "high", "low").astype(object)
    names = np.array([f"{row:03d}" for row in range(len(shared))], dtype=object)
    people = np.full(len(shared), "one", dtype=object)
    return Features(
        np.column_stack([quiet, 2.5 * loud]) @ axes, (f"{modality} 1", f"{modality} 2"), modality,
        people, labels, names, Provenance("two clouds", simulated=True),
    )  # fmt: skip


def tilted_views(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two slanted views that share two directions, off the origin, of any size.

    Examples
    --------
    >>> eeg, speech = tilted_views(1)
    >>> len(eeg) == len(speech)
    True
    """
    rng = np.random.default_rng(seed)
    n_pairs, shared = int(rng.integers(60, 200)), 2
    latent = rng.standard_normal((n_pairs, shared))
    views = []
    for width in rng.choice([3, 4, 5, 6], size=2, replace=False):
        heard = np.hstack([latent, rng.standard_normal((n_pairs, width - shared))])
        heard += 0.6 * rng.standard_normal(heard.shape)
        slant = rng.standard_normal((width, width)) + 2 * np.eye(width)
        views.append(heard @ slant * rng.uniform(0.5, 4, width) + rng.uniform(2, 6, width))
    return views[0], views[1]


def own_planted(seed: int) -> int:
    """Return how many correlations are planted in the pairs of a seed: 2, 3 or 4."""
    return 2 + seed % 3


def own_pairs(seed: int) -> Pairs:
    """Return 400 pairs of 8 and 10 columns whose shared components can be told from the rest.

    Draws in which chance hides one, or adds one, are passed over.

    Examples
    --------
    >>> own_pairs(7).speech.values.shape
    (400, 10)
    """
    n_shared = own_planted(seed)
    planted = np.linspace(0.9, 0.6, n_shared)
    for draw in range(1000):
        pairs = gaussian_pairs(
            N_OWN, correlations=tuple(planted), eeg_dim=8, speech_dim=10, seed=seed + 7919 * draw
        )
        p = permutation_test(pairs.eeg.values, pairs.speech.values, draws=99, seed=0).p_values
        if p[n_shared - 1] <= 0.02 and p[n_shared] > 0.2:
            break
    return pairs
