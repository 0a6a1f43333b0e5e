"""The data of notebook 11: two worlds of new people, and what its exercises are tried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from jmml_edu.classifier import HIDDEN
from jmml_edu.data import Pairs
from jmml_edu.missing import Matrix
from jmml_edu.scenarios import draw_scenario
from jmml_edu.splits import draw_labels

NOISY, HIDDEN_VOICE = "isotropic noise", "speech nuisance"
"""Scenarios in which EEG has much to say at inference, and in which it teaches most."""

PER_CLASS, SEED = 10, 11


@dataclass(frozen=True, eq=False)
class World:
    """Pairs of 24 people to learn from, few of them labelled, and of 16 others.

    Attributes
    ----------
    learn, new
        The pairs.
    labels
        Class number of each pair to learn from, -1 where it is hidden.
    true
        Class number of each new pair.
    """

    learn: Pairs
    new: Pairs
    labels: Int[np.ndarray, " pair"]
    true: Int[np.ndarray, " new"]


def draw_world(name: str, *, seed: int = SEED) -> World:
    """Return a scenario in which ten moments of each class have a label.

    Examples
    --------
    >>> world = draw_world(NOISY)
    >>> len(world.learn), int((world.labels >= 0).sum()), len(world.new)
    (2000, 40, 1600)
    """
    learn, new = draw_scenario(name, seed=seed)
    classes = learn.speech.classes
    shown = draw_labels(learn.labels, per_class=PER_CLASS, seed=0)
    labels = np.array([classes.index(one) if one in classes else HIDDEN for one in shown])
    return World(learn, new, labels, np.array([classes.index(one) for one in new.labels]))


def path_to_walk(seed: int) -> tuple[np.ndarray, ...]:
    """Return new rows, what was learned (mean, scale, directions), and class means of codes.

    New people are shifted and louder, so that their own mean and scale are not those learned.

    Examples
    --------
    >>> [part.shape for part in path_to_walk(0)][2:]
    [(6,), (6, 3), (4, 3)]
    """
    rng = np.random.default_rng(seed)
    mean, scale = rng.uniform(2, 6, 6), rng.uniform(0.5, 3, 6)
    directions, class_means = rng.standard_normal((6, 3)), 3 * rng.standard_normal((4, 3))
    rows = mean + scale * (1.5 + 2 * rng.standard_normal((int(rng.integers(40, 80)), 6)))
    return rows, mean, scale, directions, class_means


def told_and_real(seed: int) -> tuple[Matrix, Matrix, np.ndarray]:
    """Return told EEG, real EEG and classes that differ strongly; within them little is told.

    Examples
    --------
    >>> told, real, labels = told_and_real(0)
    >>> told.shape == real.shape, len(labels) == len(real)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    n_rows, share = int(rng.integers(150, 250)), rng.uniform(0.4, 0.8)
    labels = rng.integers(3, size=n_rows)
    classes = 3 * rng.standard_normal((3, 5))[labels]
    real = rng.standard_normal((n_rows, 5))
    told = share * real + rng.standard_normal((n_rows, 5))
    return told + 0.7 * classes + 1, real + classes - 2, labels


def voices_of_people(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return speech of known people, who they are, speech of others, and how many directions.

    People differ along few quiet directions; what is loud differs from moment to moment.

    Examples
    --------
    >>> train, people, new, n_directions = voices_of_people(0)
    >>> len(train) == len(people), train.shape[1] == new.shape[1]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    n_people, n_directions = 8, int(rng.integers(2, 4))
    axes = np.linalg.qr(rng.standard_normal((7, 7)))[0]
    people = rng.permutation(np.repeat([f"p{number}" for number in range(n_people)], 25))

    def voices(who: np.ndarray) -> Matrix:
        names, number = np.unique(who, return_inverse=True)
        own = 2 * rng.standard_normal((len(names), n_directions))[number]
        rows = rng.standard_normal((len(who), 7)) * [0.3, 0.3, 0.3, 0.5, 0.5, 3, 4]
        rows[:, :n_directions] += own
        return rows @ axes + 5

    return voices(people), people, voices(np.repeat(["new 1", "new 2"], 30)), n_directions
