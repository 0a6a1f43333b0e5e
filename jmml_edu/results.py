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

TIERS: Mapping[str, Mapping[str, str]] = {
    "road": {
        "speech_only": "Speech features as they are; no EEG anywhere.",
        "eeg_free": "The vote of several ways to hear speech without EEG, given the same labels and"
        " unlabelled speech.",
        "eeg_trained": "EEG there while learning, absent at test: the shared space heard from"
        " speech.",
        "eeg_only": "EEG features alone, learned from the same labels; speech absent.",
        "eeg_trained_shuffled": "As EEG at training, but EEG was shuffled within each person, blind"
        " to labels.",
    },
    "core": {
        "pca": "Principal components of speech, one part of the vote without EEG, by themselves.",
        "lda": "Linear discriminants of labelled speech, another part of it, by themselves.",
        "one_hot": "Linear CCA of speech with the shown labels themselves, in place of EEG.",
        "class_prototypes": "Linear CCA of speech with one random vector per shown label.",
        "class_paired": "Linear CCA; labelled rows get the EEG of another labelled row of their"
        " class, the others none.",
        "linear_cca": "Step 2 in closed form, without step 1.",
        "eeg_trained_again": "EEG at training once more, with other networks and other people held"
        " out within: what chance alone does.",
    },
    "family": {
        "dcca": "Step 2 is DCCA: correlation alone.",
        "dccae": "Step 2 is DCCAE: correlation, and each view from its own code.",
        "dcc_cae": "Step 2 is DCC-CAE: correlation, and EEG from either code.",
        "eckart_young": "Step 2 is the Eckart-Young objective, which small batches bias less.",
        "without_step1": "Step 2 as planned, of features instead of step-1 embeddings.",
    },
    "rivals": {
        "infonce": "Step 2 tells each partner from all others (InfoNCE) instead of correlating.",
        "distillation": "The vote without EEG, joined by a speech network that an EEG classifier"
        " taught on all pairs.",
        "distillation_alone": "That network by itself.",
        "modality_dropout": "The vote without EEG, joined by a network of EEG and speech that has"
        " learned to do without EEG.",
        "modality_dropout_alone": "That network by itself.",
        "mlp": "The vote without EEG, joined by a speech network of the size of an encoder, learned"
        " from labels alone.",
        "mlp_alone": "That network by itself.",
    },
    "bounds": {
        "eeg_at_test": "EEG at training and at test: late fusion of both.",
        "oracle": "The hidden latent of a simulation, with the same classifier and labels.",
    },
}
"""Every method that can be compared and what it is, in tiers: the road itself, the controls that a
sceptic asks for first, other members of its family, other ways to use EEG, and what bounds all."""

METHODS: Mapping[str, str] = {name: what for tier in TIERS.values() for name, what in tier.items()}
"""Every method and what it is, in the order of the table."""

ALPHA = 0.05
"""Adjusted p values above this show no difference."""

GAINS: Mapping[str, tuple[str, str]] = {
    "gain": ("eeg_trained", "eeg_free"),
    "gain_over_raw": ("eeg_trained", "speech_only"),
    "gain_shuffled": ("eeg_trained_shuffled", "eeg_free"),
}
"""Every difference that is reported: first minus second."""


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


STEPS_1 = ("none", "JEC-SSL", "either")
"""What step 1 of the road may be: nothing, JEC-SSL, or what held-out labels speak for."""

CLOSED_FORM = "CCA"
"""The step 2 that is linear and needs no training."""

STEPS_2 = (
    CLOSED_FORM,
    "DCCA",
    "DCCAE",
    "DCC-CAE",
    "split autoencoder",
    "translation and alignment",
    "E-DCC-CAE",
)
"""What step 2 of the road may be: the closed form, or a method of :mod:`jmml_edu.crossmodal`."""


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
