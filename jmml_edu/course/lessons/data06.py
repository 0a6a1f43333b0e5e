"""The data of notebook 06: moments of any number of classes, paired as recorded or by class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

from jmml_edu.data import Features, Modality, Pairs, Provenance
from jmml_edu.pairing import class_pairs

N_LATENT, N_ROWS, N_PEOPLE = 8, 3_000, 20
COLUMNS: dict[Modality, int] = {"eeg": 12, "speech": 16}
NOISE = 0.7
APART = 1.2  # standard deviation of the class means along each of their directions

Both = tuple[Pairs, Pairs]
"""Pairs to learn from, and those of other people."""


@cache
def moments(n_classes: int, *, eeg_knows: int = N_LATENT, seed: int = 0) -> Both:
    """Return trial pairs of many classes: to learn from, and of new people.

    Eight hidden numbers make each moment; EEG and speech hear all of them, with noise. The class
    means lie in all directions that so many classes can have, one less than there are classes.

    Parameters
    ----------
    n_classes
        From 2 to 9.
    eeg_knows
        How many of the hidden numbers EEG hears.
    seed
        Another one gives other ears, people and moments.

    Examples
    --------
    >>> learn, new = moments(4)
    >>> len(learn), len(new), learn.speech.classes
    (3000, 3000, ('class 0', 'class 1', 'class 2', 'class 3'))
    """
    rng = np.random.default_rng([seed, n_classes])
    hears = np.arange(N_LATENT) < eeg_knows
    ears = {
        name: rng.standard_normal((N_LATENT, dim)) / np.sqrt(dim) for name, dim in COLUMNS.items()
    }
    ears["eeg"] *= hears[:, None]
    learn, new = (_draw(n_classes, ears, who, rng) for who in ("known", "new"))
    return learn, new


def _draw(
    n_classes: int, ears: dict[Modality, np.ndarray], who: str, rng: np.random.Generator
) -> Pairs:
    """Return moments of some people."""
    number = rng.integers(n_classes, size=N_ROWS)
    hidden = class_corners(n_classes)[number] + rng.standard_normal((N_ROWS, N_LATENT))
    labels = np.array([f"class {one}" for one in number], dtype=object)
    people = np.array([f"{who} {row % N_PEOPLE:02d}" for row in range(N_ROWS)], dtype=object)
    trials = np.array([f"{row:04d}" for row in range(N_ROWS)], dtype=object)
    provenance = Provenance(f"moments of {n_classes} classes", simulated=True)
    sides = [
        Features(
            hidden @ ear + NOISE * rng.standard_normal((N_ROWS, ear.shape[1])) / np.sqrt(8),
            tuple(f"{name}_{column:02d}" for column in range(ear.shape[1])), name, people, labels,
            trials, provenance,
        )
        for name, ear in ears.items()
    ]  # fmt: skip
    return Pairs(sides[0], sides[1], "trial", np.ones(N_ROWS, dtype=bool))


def class_corners(n_classes: int) -> Float[np.ndarray, "class latent"]:
    """Return one mean per class, all equally far from each other.

    Examples
    --------
    >>> corners = class_corners(4)
    >>> int(np.linalg.matrix_rank(corners)), bool(np.allclose(corners.mean(axis=0), 0))
    (3, True)
    """
    centred = np.eye(n_classes) - 1 / n_classes
    axes = np.linalg.svd(centred)[2][: n_classes - 1]
    corners = centred @ axes.T
    corners *= APART / np.sqrt((corners**2).mean(axis=0))
    return np.pad(corners, ((0, 0), (0, N_LATENT - n_classes + 1)))


def joined_by_class(pairs: Both) -> Both:
    """Return the same utterances, each with the EEG of a random moment of its class.

    Examples
    --------
    >>> joined_by_class(moments(4))[0].kind
    'class'
    """
    learn, new = (class_pairs(side.eeg, side.speech, seed=n) for n, side in enumerate(pairs))
    return learn, new


def classes_of_views(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return EEG, speech and labels of a few classes, one of them frequent, far from 0.

    Examples
    --------
    >>> eeg, speech, labels = classes_of_views(0)
    >>> len(eeg) == len(speech) == len(labels)
    True
    """
    rng = np.random.default_rng(seed)
    n_classes, p, q = int(rng.integers(3, 6)), int(rng.integers(6, 9)), int(rng.integers(9, 12))
    labels = np.repeat(np.arange(n_classes), rng.integers(30, 60, n_classes))
    labels = rng.permutation(np.concatenate([labels, np.zeros(80, dtype=int)]))
    shape = (n_classes, p), (n_classes, q)
    eeg, speech = (3 + 2 * rng.normal(size=one)[labels] for one in shape)
    stretch = np.linspace(0.5, 3.0, q)
    return (
        eeg + rng.normal(size=eeg.shape),
        speech + stretch * rng.normal(size=speech.shape),
        labels,
    )


def people_to_shuffle(seed: int) -> tuple[np.ndarray, int]:
    """Return who speaks in each row, in no order, and a seed.

    Examples
    --------
    >>> people, _ = people_to_shuffle(0)
    >>> bool(np.unique_counts(people).counts.min() > 3)
    True
    """
    rng = np.random.default_rng(seed)
    names = np.array([f"p{number:02d}" for number in range(int(rng.integers(5, 9)))])
    return rng.permutation(np.repeat(names, rng.integers(6, 14, len(names)))), int(
        rng.integers(1000)
    )


@dataclass(frozen=True, eq=False)
class Unlabelled:
    """Views that were joined by class, after which somebody lost the labels.

    Attributes
    ----------
    eeg, speech
        Pairs to learn from.
    new_eeg, new_speech
        Others.
    """

    eeg: Float[np.ndarray, "row eeg_column"]
    speech: Float[np.ndarray, "row speech_column"]
    new_eeg: Float[np.ndarray, "row eeg_column"]
    new_speech: Float[np.ndarray, "other speech_column"]

    def __repr__(self) -> str:
        return (
            f"{len(self.eeg)} pairs to learn from and {len(self.new_eeg)} others, joined by class;"
            f" {self.eeg.shape[1]} EEG and {self.speech.shape[1]} speech columns;"
            " no labels. SIMULATED."
        )


def own_classes(seed: int) -> int:
    """Return how many classes one student's pairs were joined by.

    Examples
    --------
    >>> len({own_classes(seed) for seed in range(5)})
    5
    """
    return 3 + seed % 5


def own_pairs(seed: int) -> Unlabelled:
    """Return the pairs of one student.

    Examples
    --------
    >>> own_pairs(0)
    3000 pairs to learn from and 3000 others, joined by class; 12 EEG and 16 speech columns;\
 no labels. SIMULATED.
    """
    learn, new = joined_by_class(moments(own_classes(seed), seed=1 + seed % 1000))
    return Unlabelled(
        *(side.values for pairs in (learn, new) for side in (pairs.eeg, pairs.speech))
    )
