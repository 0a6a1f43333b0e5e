"""The data of notebook 04: views to test functions on, and everybody's own pairs."""

from __future__ import annotations

import numpy as np

from jmml_edu.data import Pairs
from jmml_edu.linear import permutation_test
from jmml_edu.simulate.gaussian import gaussian_pairs

N_OWN = 400


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
