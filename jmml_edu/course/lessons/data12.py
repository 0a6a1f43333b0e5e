"""The data of notebook 12: a study without anything to find, two methods to compare, protocols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from jmml_edu.data import Provenance

N_PEOPLE, N_TRIALS, N_WINDOWS, N_COLUMNS = 10, 10, 6, 160


@dataclass(frozen=True, eq=False)
class Study:
    """Windows of EEG with labels that a coin decided, one toss per trial.

    Attributes
    ----------
    values
        One row of features per window.
    people, trials, windows
        Whose, of which trial (numbered through all people), and which window of it.
    labels
        0 or 1.
    provenance
        Where it comes from.
    """

    values: Float[np.ndarray, "row feature"]
    people: Int[np.ndarray, " row"]
    trials: Int[np.ndarray, " row"]
    windows: Int[np.ndarray, " row"]
    labels: Int[np.ndarray, " row"]
    provenance: Provenance

    def groups(self, deal: str) -> Int[np.ndarray, " row"]:
        """Return what stays together when windows, trials or people are dealt to folds."""
        each = np.arange(len(self.labels))
        return {"window": each, "trial": self.trials, "person": self.people}[deal]


def coin_study(seed: int = 3) -> Study:
    """Return a study in which nothing can be found: each trial's label is a coin's.

    Every person and every trial look like nothing else, as recordings do.

    Examples
    --------
    >>> study = coin_study()
    >>> study.values.shape, len(set(study.people)), len(set(study.trials))
    ((600, 160), 10, 100)
    """
    rng = np.random.default_rng(seed)
    shape = N_PEOPLE, N_TRIALS, N_WINDOWS
    people, _, windows = (grid.ravel() for grid in np.indices(shape))
    trials = np.repeat(np.arange(N_PEOPLE * N_TRIALS), N_WINDOWS)
    values = rng.standard_normal((N_PEOPLE, N_COLUMNS))[people]
    values += rng.standard_normal((N_PEOPLE * N_TRIALS, N_COLUMNS))[trials]
    values += 0.5 * rng.standard_normal(values.shape)
    labels = rng.integers(2, size=N_PEOPLE * N_TRIALS)[trials]
    return Study(values, people, trials, windows, labels, Provenance("coins", simulated=True))


def groups_to_deal(seed: int) -> tuple[np.ndarray, int]:
    """Return the groups of rows, in no order, and how many folds to deal them to.

    Examples
    --------
    >>> groups, n_folds = groups_to_deal(0)
    >>> len(set(groups)) >= n_folds
    True
    """
    rng = np.random.default_rng(seed)
    n_folds = int(rng.integers(3, 6))
    names = np.array([f"p{number:02d}" for number in range(n_folds * int(rng.integers(2, 5)))])
    return rng.permutation(np.repeat(names, rng.integers(3, 9, size=len(names)))), n_folds


def labels_to_shuffle(seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return labels that are constant within trials, the trials, and a seed.

    Examples
    --------
    >>> labels, trials, _ = labels_to_shuffle(0)
    >>> all(len(set(labels[trials == one])) == 1 for one in set(trials))
    True
    """
    rng = np.random.default_rng(seed)
    n_trials = int(rng.integers(24, 40))
    order = rng.permutation(n_trials)
    trials = np.repeat(order, 5)
    labels = (np.arange(n_trials) < int(rng.integers(8, 11))).astype(int)
    return labels[trials], trials, int(rng.integers(1000))


def two_methods(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which rows two methods got right, and whose rows they are.

    Some people are easy for both; the second method is a little better, more so with some.

    Examples
    --------
    >>> first, second, people = two_methods(0)
    >>> len(first) == len(second) == len(people)
    True
    """
    rng = np.random.default_rng(seed)
    n_people = int(rng.integers(18, 26))
    people = np.repeat(np.arange(n_people), 40)
    easy, better = rng.uniform(0.15, 0.75, n_people), rng.normal(0.08, 0.2, n_people)
    first = rng.random(len(people)) < easy[people]
    second = rng.random(len(people)) < np.clip(easy + better, 0.02, 0.98)[people]
    return first, second, people
