"""Gaussian classes with means of our choosing, so that posterior and best guess are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import multivariate_normal

from jmml_edu.data import Features, Modality, Pairs, Provenance


@dataclass(frozen=True, eq=False)
class Classes:
    """Classes that are equally common, each with a mean in either view and a variance of 1."""

    eeg_means: np.ndarray
    speech_means: np.ndarray

    def trials(self, n: int, *, seed: int, people: str = "s", shared: float = 0.0) -> Pairs:
        """Trial pairs of ten people; the first ``shared`` of the noise's variance is common."""
        rng = np.random.default_rng(seed)
        label = rng.integers(len(self.eeg_means), size=n)
        common = rng.standard_normal((n, 2))
        subjects = np.array([f"{people}{row % 10}" for row in range(n)], dtype=object)
        labels = np.array([f"class {one}" for one in label], dtype=object)
        trials = np.array([f"{row:05d}" for row in range(n)], dtype=object)

        def view(modality: Modality, means: np.ndarray) -> Features:
            noise = rng.standard_normal((n, means.shape[1]))
            noise[:, :2] = np.sqrt(1 - shared) * noise[:, :2] + np.sqrt(shared) * common
            names = tuple(map(str, range(means.shape[1])))
            provenance = Provenance("Gaussian classes", simulated=True)
            values = means[label] + noise
            return Features(values, names, modality, subjects, labels, trials, provenance)

        eeg, speech = view("eeg", self.eeg_means), view("speech", self.speech_means)
        return Pairs(eeg, speech, "trial", np.ones(n, dtype=bool))

    def posterior(self, speech: np.ndarray) -> np.ndarray:
        """The probability of each class given speech, by Bayes' rule."""
        density = [multivariate_normal(mean).pdf(speech) for mean in self.speech_means]
        return np.stack(density, axis=1) / np.sum(density, axis=0)[:, None]


def random_classes(n_classes: int, *, eeg_dim: int = 5, speech_dim: int = 6, seed: int) -> Classes:
    """Means that are affinely independent, as random ones are."""
    rng = np.random.default_rng(seed)
    means = [1.5 * rng.standard_normal((n_classes, dim)) for dim in (eeg_dim, speech_dim)]
    return Classes(*means)
