"""What EEG at training time did for a classifier that hears speech alone.

Features of both modalities go in; five methods, tested on the same held-out people with the same
few labels, come out as a ``Comparison``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.columns import column_correlations
from jmml_edu.data import UNLABELLED, Features, Pairs
from jmml_edu.eeg_free import EEGFree
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.evaluation import Counts, counts_by_subject, gain, macro_f1, score
from jmml_edu.experiment import Fold, folds_of
from jmml_edu.missing import Scaler, has_all
from jmml_edu.pairing import shuffled_within_subject, trial_pairs
from jmml_edu.pipeline import JMML
from jmml_edu.results import GAINS, METHODS, Comparison, LatentCodes, Plan

OnStep = Callable[[str], None]

SHOWN_TRAINING_PAIRS = 300
"""Training pairs kept for the picture of the shared space; held-out pairs are all kept."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """What one method said of the held-out rows of one fold."""

    method: str
    true: np.ndarray
    said: np.ndarray
    subjects: np.ndarray
    choice: str = ""


@dataclass
class Tally:
    """Confusion counts of one method, seed x subject x true x predicted."""

    subjects: tuple[str, ...]
    classes: tuple[str, ...]
    n_seeds: int
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        n_classes = len(self.classes)
        self.counts = np.zeros((self.n_seeds, len(self.subjects), n_classes, n_classes), dtype=int)

    def add(self, predicted: Predicted, *, seed: int) -> None:
        """Count the predictions of one fold."""
        self.counts[seed] += counts_by_subject(
            predicted.true, predicted.said, predicted.subjects,
            people=self.subjects, classes=self.classes,
        )  # fmt: skip


def compare(
    eeg: Features,
    speech: Features,
    plan: Plan,
    *,
    on_step: OnStep | None = None,
) -> Comparison:
    """Return how the five methods do on held-out people, as planned.

    Parameters
    ----------
    eeg, speech
        Features with labels; the two need not come from the same people when the plan pairs by
        class.
    plan
        From :func:`plan_comparison` on the same features.
    on_step
        Called after each method of each fold, with its name.

    Returns
    -------
    comparison
        Scores, gains, confusions, and the shared space of the first fold.
    """
    classes = speech.classes
    people = _people_to_judge(speech)
    if plan.kind == "trial":
        pairs = trial_pairs(eeg, speech)
        eeg_people = _people_to_judge(speech.take(pairs.has_eeg))
    else:
        eeg_people = _people_to_judge(eeg)
    tallies = {
        method: Tally(eeg_people if method == "eeg_only" else people, classes, len(plan.seeds))
        for method in METHODS
    }
    choices: dict[str, Counter[str]] = {}
    folds = folds_of(eeg, speech, plan)
    first = next(folds)
    for fold in chain([first], folds):
        for predicted in _run_fold(fold, classes, plan):
            tallies[predicted.method].add(predicted, seed=plan.seeds.index(fold.seed))
            if predicted.choice:
                choices.setdefault(predicted.method, Counter())[predicted.choice] += 1
            if on_step is not None:
                on_step(predicted.method)
    return _summary(tallies, classes, choices, latent_codes(first), plan)


def _people_to_judge(features: Features) -> tuple[str, ...]:
    """Return the people of whom at least one label is known."""
    return tuple(sorted(set(features.subjects[features.labels != UNLABELLED])))


def _summary(
    tallies: Mapping[str, Tally],
    classes: tuple[str, ...],
    choices: Mapping[str, Mapping[str, int]],
    latent: LatentCodes,
    plan: Plan,
) -> Comparison:
    """Return the numbers of a finished run."""
    people = tallies["eeg_trained"].subjects
    confusions = {name: tally.counts.sum(axis=(0, 1)) for name, tally in tallies.items()}
    return Comparison(
        methods={name: score(tally.counts, tally.subjects) for name, tally in tallies.items()},
        gains={
            name: gain(tallies[first].counts, tallies[second].counts, people)
            for name, (first, second) in GAINS.items()
        },
        macro_f1={name: macro_f1(counts) for name, counts in confusions.items()},
        confusions=confusions,
        classes=classes,
        choices=choices,
        latent=latent,
        plan=plan,
    )


def _run_fold(fold: Fold, classes: tuple[str, ...], plan: Plan) -> Iterator[Predicted]:
    """Yield what each method, learned on a fold's training rows, says of its held-out people."""
    train, test = fold.train, fold.test.speech
    test = test.take(test.labels != UNLABELLED)
    if not len(test):  # people without a label only teach
        return
    names = np.array(classes, dtype=object)
    labels = _numbers(train.labels, classes)
    known = labels != HIDDEN

    def predicted(method: str, said: np.ndarray, choice: str = "") -> Predicted:
        return Predicted(method, test.labels, names[said], test.subjects, choice)

    raw = _classify(train.speech.values[known], labels[known], test.values)
    yield predicted("speech_only", raw)

    free = EEGFree(seed=fold.seed).fit(train.speech.values, labels, train.subjects)
    yield predicted("eeg_free", free.predict(test.values, groups=test.subjects), free.choice_)

    road = _fit_road(train, labels, fold.seed, plan)
    yield predicted("eeg_trained", road.predict(test.values, groups=test.subjects), road.choice_)

    yield _eeg_only(fold, classes)

    shuffled = _fit_road(shuffled_within_subject(train, seed=fold.seed), labels, fold.seed, plan)
    said = shuffled.predict(test.values, groups=test.subjects)
    yield predicted("eeg_trained_shuffled", said, shuffled.choice_)


def _fit_road(pairs: Pairs, labels: np.ndarray, seed: int, plan: Plan) -> JMML:
    """Return the road learned from pairs."""
    road = JMML(step1=plan.step1, step2=plan.step2, seed=seed)
    return road.fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)


def _eeg_only(fold: Fold, classes: tuple[str, ...]) -> Predicted:
    """Return what EEG alone says of held-out people."""
    labels = _numbers(fold.train_eeg.labels, classes)
    known = labels != HIDDEN
    test = fold.test_eeg.take(fold.test_eeg.labels != UNLABELLED)
    said = _classify(fold.train_eeg.values[known], labels[known], test.values)
    return Predicted("eeg_only", test.labels, np.array(classes)[said], test.subjects)


def _classify(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the class numbers that the road's classifier gives to test rows."""
    scaler = Scaler.of(train)
    return Classifier(scaler.apply(train), labels).predict(scaler.apply(test))


def _numbers(labels: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Return class numbers, -1 for the unlabelled."""
    return np.array([classes.index(label) if label else HIDDEN for label in labels])


def latent_codes(fold: Fold) -> LatentCodes:
    """Return where training and held-out pairs of a fold lie in the shared space.

    The space is learned from the training pairs. All codes are centred within each person, as the
    shared space itself is.
    """
    train = fold.train
    eeg_scaler, speech_scaler = Scaler.of(train.eeg.values), Scaler.of(train.speech.values)
    space = SharedSpace().fit(
        eeg_scaler.apply(train.eeg.values), speech_scaler.apply(train.speech.values), train.subjects
    )

    def codes(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
        """EEG codes (NaN where there is none) and speech codes."""
        eeg = space.encode_eeg(eeg_scaler.apply(pairs.eeg.values))
        speech = space.encode_all(speech_scaler.apply(pairs.speech.values))
        return centre_within(eeg, pairs.subjects), centre_within(speech, pairs.subjects)

    learned, held_out = codes(train), codes(fold.test)
    shown = np.random.default_rng(fold.seed).permutation(len(train))[:SHOWN_TRAINING_PAIRS]
    return LatentCodes(
        eeg=np.vstack([learned[0][shown], held_out[0]]),
        speech=np.vstack([learned[1][shown], held_out[1]]),
        labels=np.concatenate([train.labels[shown], fold.test.labels]),
        subjects=np.concatenate([train.subjects[shown], fold.test.subjects]),
        held_out=np.arange(len(shown) + len(fold.test)) >= len(shown),
        train_correlations=_paired_correlations(*learned),
        held_out_correlations=_paired_correlations(*held_out),
    )


def _paired_correlations(eeg: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Return the correlation of each component over the pairs that have EEG."""
    there = has_all(eeg)
    return column_correlations(eeg[there], speech[there])
