"""Gaussian pairs whose canonical correlations are planted, so that every answer is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least, fail
from jmml_edu.data import Features, Modality, Pairs, Provenance

QUADRANTS = ("negative-calm", "negative-aroused", "positive-calm", "positive-aroused")
"""The four classes, numbered 2 * (valence > 0) + (arousal > 0)."""


def quadrant_labels(
    valence: Float[np.ndarray, " trial"], arousal: Float[np.ndarray, " trial"]
) -> np.ndarray:
    """Return the class of each trial: which signs valence and arousal have; 0 counts as negative.

    Examples
    --------
    >>> quadrant_labels(np.array([1.0]), np.array([-1.0])).tolist()
    ['positive-calm']
    """
    return np.array(QUADRANTS, dtype=object)[2 * (valence > 0) + (arousal > 0)]


def gaussian_pairs(
    n_pairs: int,
    *,
    correlations: Sequence[float] = (0.9, 0.8),
    n_subjects: int = 20,
    eeg_dim: int = 12,
    speech_dim: int = 16,
    nuisance: float = 0.0,
    seed: int = 0,
) -> Pairs:
    r"""Return pairs of Gaussian views with exactly these population canonical correlations.

    Component :math:`i` of both views hears the same latent :math:`z_i`:
    :math:`\sqrt{\rho_i}\,z_i + \sqrt{1-\rho_i}\,\varepsilon`, each view with noise of its own. The
    other dimensions are nuisance, half of it the person's, half the utterance's. A random
    rotation then mixes each view, which changes no canonical correlation.

    Parameters
    ----------
    n_pairs
        Pairs in total, dealt to people in turn.
    correlations
        The planted correlations, each in [0, 1). The first two latents are valence and arousal;
        their signs are the label.
    n_subjects
        People.
    eeg_dim, speech_dim
        Columns of each view, at least as many as correlations.
    nuisance
        Standard deviation of the nuisance dimensions, at least 0, beside a noise of 0.1; the
        latent dimensions have 1.
    seed
        Decides everything.

    Returns
    -------
    pairs
        Trial pairs, labelled, stamped as simulated.

    Raises
    ------
    InputError
        If a correlation is out of range or a view has too few columns.

    Examples
    --------
    >>> pairs = gaussian_pairs(100, correlations=(0.9, 0.5), seed=1)
    >>> pairs.eeg.values.shape, pairs.speech.values.shape
    ((100, 12), (100, 16))
    """
    planted = np.asarray(correlations, dtype=float)
    if len(planted) < 2 or planted.min() < 0 or planted.max() >= 1:
        fail(
            "gaussian_pairs", "correlations", "be two or more numbers in [0, 1)",
            tuple(correlations), "The first two belong to valence and arousal.",
        )  # fmt: skip
    check_at_least("gaussian_pairs", len(planted), eeg_dim=eeg_dim, speech_dim=speech_dim)
    check_at_least("gaussian_pairs", 0, nuisance=nuisance)

    rng = np.random.default_rng(seed)
    latent = rng.standard_normal((n_pairs, len(planted)))
    person = np.arange(n_pairs) % n_subjects
    subjects = np.array([f"g{number:03d}" for number in person], dtype=object)
    labels = quadrant_labels(latent[:, 0], latent[:, 1])
    trials = np.array([f"{row:05d}" for row in range(n_pairs)], dtype=object)
    provenance = Provenance(f"Gaussian pairs, seed {seed}", simulated=True)

    def view(modality: Modality, dim: int) -> Features:
        noise = rng.standard_normal(latent.shape)
        heard = np.sqrt(planted) * latent + np.sqrt(1 - planted) * noise
        others = nuisance * _nuisance(person, dim - len(planted), rng)
        others += 0.1 * rng.standard_normal(others.shape)
        values = np.hstack([heard, others]) @ _mixing(dim, rng)
        names = tuple(f"{modality}_{column}" for column in range(dim))
        return Features(values, names, modality, subjects, labels, trials, provenance)

    return Pairs(
        view("eeg", eeg_dim), view("speech", speech_dim), "trial", np.ones(n_pairs, dtype=bool)
    )


def _nuisance(
    person: np.ndarray, dim: int, rng: np.random.Generator
) -> Float[np.ndarray, "pair dim"]:
    """Return unit-variance nuisance: the first half of the columns constant for a person."""
    of_person = rng.standard_normal((person.max() + 1, dim // 2))[person]
    of_utterance = rng.standard_normal((len(person), dim - dim // 2))
    return np.hstack([of_person, of_utterance])


def _mixing(dim: int, rng: np.random.Generator) -> Float[np.ndarray, "dim dim"]:
    """Return a random orthogonal matrix."""
    orthogonal: np.ndarray = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    return orthogonal
