"""Paired views for the tests of the linear core, and what other routes say about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from scipy.linalg import block_diag, eigh

from jmml_edu._checks import InputWarning


def paired_views(
    seed: int, *, rows: int = 60, eeg_dim: int = 4, speech_dim: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Two views that share a latent of two dimensions, off centre, with noise of their own."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((rows, 2))
    eeg = shared @ rng.standard_normal((2, eeg_dim)) + rng.standard_normal((rows, eeg_dim)) + 5
    speech = shared @ rng.standard_normal((2, speech_dim)) - 3
    return eeg, speech + rng.standard_normal((rows, speech_dim))


def ill_conditioned_views(seed: int, condition: float) -> tuple[np.ndarray, np.ndarray]:
    """Views whose EEG has singular values from 1 down to 1 / condition, mixed into every column."""
    eeg, speech = paired_views(seed, rows=300, eeg_dim=6, speech_dim=5)
    rng = np.random.default_rng(seed + 1)
    turns = [np.linalg.qr(rng.standard_normal((6, 6)))[0] for _ in range(2)]
    return (eeg - 5) @ turns[0] * np.geomspace(1, 1 / condition, 6) @ turns[1] + 3, speech


def by_qr(eeg: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Canonical correlations as cosines of the angles between column spaces."""
    left, right = (np.linalg.qr(view - view.mean(axis=0))[0] for view in (eeg, speech))
    return np.linalg.svd(left.T @ right, compute_uv=False)


def by_long_double(eeg: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Canonical correlations in 80 bits, by Gram-Schmidt with every step repeated."""
    if np.finfo(np.longdouble).eps > 1e-18:
        pytest.skip("long double has no more digits than double here")
    left, right = _orthonormal(eeg), _orthonormal(speech)
    return np.linalg.svd((left.T @ right).astype(float), compute_uv=False)


def _orthonormal(view: np.ndarray) -> np.ndarray:
    """An orthonormal basis, in long double, of the columns less their means."""
    basis = view.astype(np.longdouble)
    basis = basis - basis.mean(axis=0)
    for j in range(basis.shape[1]):
        for _ in range(3):
            basis[:, j] -= basis[:, :j] @ (basis[:, :j].T @ basis[:, j])
            basis[:, j] /= np.sqrt((basis[:, j] ** 2).sum())
    return basis


def shrunk(view: np.ndarray, ridge: float) -> np.ndarray:
    """The correlation matrix of a view, drawn towards the identity by a ridge."""
    share = 1.0 if np.isinf(ridge) else ridge / (1 + ridge)
    correlations = np.atleast_2d(np.corrcoef(view.T))
    return (1 - share) * correlations + share * np.eye(view.shape[1])


def by_eigenvalues(
    eeg: np.ndarray, speech: np.ndarray, ridge: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values and standardised directions of canonical ridge, from one generalised eigenproblem."""
    p, q = eeg.shape[1], speech.shape[1]
    cross = np.corrcoef(np.hstack([eeg, speech]).T)[:p, p:]
    between = np.block([[np.zeros((p, p)), cross], [cross.T, np.zeros((q, q))]])
    within = block_diag(shrunk(eeg, ridge[0]), shrunk(speech, ridge[1]))
    values, vectors = eigh(between, within)
    strongest = slice(None, -min(p, q) - 1, -1)
    vectors = np.sqrt(2) * vectors[:, strongest]
    return values[strongest], vectors[:p], vectors[p:]


def standardised(view: np.ndarray) -> np.ndarray:
    """A view with mean 0 and variance 1 in each column."""
    return (view - view.mean(axis=0)) / view.std(axis=0, ddof=1)


def least_squares(known: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """The best guess of one view that a linear map of the other, with intercept, can give."""
    centred = known - known.mean(axis=0)
    guess = centred @ np.linalg.lstsq(centred, unknown - unknown.mean(axis=0), rcond=None)[0]
    return guess + unknown.mean(axis=0)


@contextmanager
def warned(*sentences: str) -> Iterator[None]:
    """Expect these warnings, word by word, and no other."""
    with pytest.warns(InputWarning) as found:
        yield
    assert [str(one.message) for one in found] == list(sentences)
