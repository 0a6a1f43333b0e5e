"""The nouns at the end of the road: what a comparison plans, and what it found.

``Plan`` is known before anything is computed; ``Comparison`` afterwards. Both are plain data, so
that the table, the page and ``results.json`` show the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from jmml_edu.data import PairKind, Provenance
from jmml_edu.methods import CLOSED_FORM, GAINS, METHODS, STEPS_1, STEPS_2, TIERS

__all__ = [
    "ALPHA", "CLOSED_FORM", "GAINS", "METHODS", "STEPS_1", "STEPS_2", "TIERS", "Comparison",
    "Difference", "Interval", "LatentCodes", "Mistake", "Plan", "Replayed",
]  # fmt: skip

ALPHA = 0.05
"""Adjusted p values above this show no difference."""


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval over resampled people and seeds.

    Attributes
    ----------
    value
        The estimate on all people, a fraction.
    low, high
        Ends of the interval; None when there are too few people for one.
    by_subject
        The value of each person alone, by name.
    by_seed
        The value of each seed, in the order of the seeds.
    """

    value: float
    low: float | None
    high: float | None
    by_subject: Mapping[str, float]
    by_seed: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """What a run is about to do, printed before it starts.

    Attributes
    ----------
    n_people, n_trials, n_pairs, n_labelled_per_class
        Speakers, utterances, utterances that have EEG (with class pairs only those whose label
        is shown), and labels used in each training fold (None: all of them).
    class_counts
        Utterances per class.
    n_folds, seeds
        Folds over people, and the seeds of the draw of labels, folds and pairs.
    kind, provenance
        How EEG and speech were joined, and where they come from.
    minutes
        Expected computing time of the comparison, without reading.
    strangers
        True if the EEG is of other people than the speech.
    notes
        What was dropped or changed on the way, in sentences.
    step1, step2
        The two steps of the road.
    methods
        Who is compared, names of :data:`METHODS` in their order.
    """

    n_people: int
    n_trials: int
    n_pairs: int
    n_labelled_per_class: int | None
    class_counts: Mapping[str, int]
    n_folds: int
    seeds: tuple[int, ...]
    kind: PairKind
    provenance: Provenance
    minutes: float
    strangers: bool = False
    notes: tuple[str, ...] = ()
    step1: str = "either"
    step2: str = "E-DCC-CAE"
    methods: tuple[str, ...] = tuple(TIERS["road"])


@dataclass(frozen=True, eq=False)
class LatentCodes:
    """Where pairs lie in the shared space of one fold.

    Attributes
    ----------
    eeg, speech
        Codes, pair x component; NaN rows of ``eeg`` have no EEG.
    labels, subjects
        One string per pair.
    held_out
        True for people the model never saw.
    train_correlations, held_out_correlations
        Correlation of each component between the two codes, after centring within each person.
    """

    eeg: Float[np.ndarray, "pair component"]
    speech: Float[np.ndarray, "pair component"]
    labels: np.ndarray
    subjects: np.ndarray
    held_out: Bool[np.ndarray, " pair"]
    train_correlations: Float[np.ndarray, " component"]
    held_out_correlations: Float[np.ndarray, " component"]


@dataclass(frozen=True, eq=False)
class Replayed:
    """A training gone through again with the pairs one wants to look at.

    Attributes
    ----------
    eeg, speech
        Codes after each epoch, epoch x pair x component; epoch 0 is the model before training.
    losses
        Each term's mean over the batches, from epoch 1 on.
    best_epoch
        The epoch that those who judged liked best.
    """

    eeg: Float[np.ndarray, "epoch pair component"]
    speech: Float[np.ndarray, "epoch pair component"]
    losses: Mapping[str, Sequence[float]]
    best_epoch: int


@dataclass(frozen=True)
class Difference:
    """What EEG at training has ahead of another method.

    Attributes
    ----------
    ahead
        Unweighted average recall of ``"eeg_trained"``, less that of the other.
    p, p_adjusted
        Of "which is which does not matter to anybody", and the same among all methods compared
        (Holm); None with too few people.
    reading
        What follows, in a few words.
    """

    ahead: Interval
    p: float | None
    p_adjusted: float | None
    reading: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a run found.

    Attributes
    ----------
    methods, gains
        Unweighted average recall of each method, and differences between methods.
    macro_f1
        Macro-averaged F1 score of each method.
    confusions
        Counts, true class x predicted class, summed over folds and seeds.
    classes, chance
        Class names in the order of the confusion matrices; 1 / number of classes.
    choices
        For each method that chooses: what inner cross-validation picked, and how often.
    latent
        Codes of the first fold of the first seed.
    plan, run
        What was planned; versions, seconds and memory of the run.
    differences
        What EEG at training has ahead of each other method, where more than the road is compared.
    noise_floor
        What the same method differs by with other networks and other people held out within, at
        the far end of its interval; None where it was not tried. Less is noise.
    """

    methods: Mapping[str, Interval]
    gains: Mapping[str, Interval]
    macro_f1: Mapping[str, float]
    confusions: Mapping[str, Int[np.ndarray, "true predicted"]]
    classes: tuple[str, ...]
    choices: Mapping[str, Mapping[str, int]]
    latent: LatentCodes
    plan: Plan
    run: Mapping[str, object] = field(default_factory=dict)
    differences: Mapping[str, Difference] = field(default_factory=dict)
    noise_floor: float | None = None

    @property
    def chance(self) -> float:
        """The unweighted average recall of guessing."""
        return 1 / len(self.classes)


@dataclass(frozen=True)
class Mistake:
    """A mistake that was made on purpose: the score it shows, and the honest one.

    Attributes
    ----------
    name
        What it is called.
    wrong, right
        What is done wrong, and how it is done right, in a sentence each.
    measure
        ``"recall"``: unweighted average recall; ``"correlation"``: between codes of EEG and speech.
    chance
        What guessing, or views that have nothing to do with each other, would give.
    nothing_to_find
        True where the data hold nothing, so that the honest score is chance.
    inflated, honest, inflation
        The two scores and their difference in the same worlds, each with its 95 % interval.
        ``by_seed`` holds the value of each world.
    provenance
        Where the data come from.
    published
        What others found on recordings, quoted with its source; empty where no figure with a
        source is known. It was not measured here.
    """

    name: str
    wrong: str
    right: str
    measure: Literal["recall", "correlation"]
    chance: float
    nothing_to_find: bool
    inflated: Interval
    honest: Interval
    inflation: Interval
    provenance: Provenance
    published: str = ""
