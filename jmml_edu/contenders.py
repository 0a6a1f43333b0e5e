"""Everybody who takes part in a comparison: what each learns from a fold, and what it then says.

A fold with few labels goes in; what each method says of the held-out people comes out. All share
people, labels, inner folds, classifier and vote, so that each differs from the next in one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

import numpy as np
from jaxtyping import Float, Int

from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.data import UNLABELLED, Features, Pairs, Split
from jmml_edu.discriminant_encoder import Discriminants
from jmml_edu.eeg_free import EEGFree, fit_all
from jmml_edu.encoders import Encoder, PrincipalComponents, SharedSpace
from jmml_edu.experiment import Fold
from jmml_edu.missing import GapFiller, Matrix, Scaler
from jmml_edu.pairing import (
    class_prototype_pairs,
    labelled_class_pairs,
    one_hot_pairs,
    shuffled_within_subject,
)
from jmml_edu.pipeline import JMML
from jmml_edu.results import CLOSED_FORM, Plan
from jmml_edu.selection import FittedEncoder, TrainingRows

Said = tuple[Labels, str]
"""Class numbers of the held-out rows, and what had most say."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """What one method said of the held-out rows of one fold."""

    method: str
    true: np.ndarray
    said: np.ndarray
    subjects: np.ndarray
    choice: str = ""


class WithRival(EEGFree):
    """The vote of :class:`EEGFree`, joined by one encoder that is no shared space.

    Parameters
    ----------
    rival
        The encoder.
    inner_folds, seed
        As in :class:`EEGFree`.
    """

    def __init__(self, rival: Encoder, *, inner_folds: int = 5, seed: int = 0) -> None:
        super().__init__(inner_folds=inner_folds, seed=seed)
        self.rival = rival

    def fit(  # type: ignore[override]
        self, eeg: Matrix, speech: Matrix, labels: Labels, groups: np.ndarray, *, free: EEGFree
    ) -> WithRival:
        """Learn as :meth:`JMML.fit` does, and return self."""
        filled = GapFiller.of(eeg).fill(eeg)
        self._fit(Scaler.of(filled).apply(filled), speech, labels, groups, free)
        return self

    def _fitted(self, rows: TrainingRows, folds: Sequence[Split]) -> list[FittedEncoder]:
        """Return the rival, without and with speakers centred."""
        return fit_all((self.rival,), rows, folds)


Model = TypeVar("Model", JMML, WithRival)


@dataclass(frozen=True, eq=False)
class Task:
    """One fold, and what several methods need of it.

    Attributes
    ----------
    fold
        Training pairs with few labels, and held-out people.
    classes
        Names of the classes, by number.
    plan
        Which steps the road takes.
    """

    fold: Fold
    classes: tuple[str, ...]
    plan: Plan

    @cached_property
    def test(self) -> Features:
        """The held-out speech that has a label to be judged by."""
        speech = self.fold.test.speech
        return speech.take(speech.labels != UNLABELLED)

    @cached_property
    def labels(self) -> Labels:
        """Class numbers of the training pairs, -1 where hidden."""
        return numbers_of(self.fold.train.labels, self.classes)

    @cached_property
    def free(self) -> EEGFree:
        """The vote without EEG."""
        train = self.fold.train
        model = EEGFree(seed=self.fold.seed)
        return model.fit(train.speech.values, self.labels, train.subjects)

    @cached_property
    def networks(self) -> dict[str, WithRival]:
        """The vote without EEG joined by each rival network, as far as it has been asked for."""
        return {}

    @cached_property
    def road(self) -> JMML:
        """The road as planned."""
        return self.fit(JMML(step1=self.plan.step1, step2=self.plan.step2, seed=self.fold.seed))

    def fit(self, model: Model, pairs: Pairs | None = None) -> Model:
        """Return a model that joins the vote without EEG, learned from these or other pairs."""
        pairs = self.fold.train if pairs is None else pairs
        speech, eeg = pairs.speech.values, pairs.eeg.values
        return model.fit(eeg, speech, self.labels, pairs.subjects, free=self.free)

    def ask(self, model: EEGFree) -> Said:
        """Return what a model says of held-out people, and what has most say in its vote."""
        return model.predict(self.test.values, groups=self.test.subjects), model.choice_

    def heard_through(
        self, step2: str | SharedSpace, *, step1: str = "none", pairs: Pairs | None = None
    ) -> Said:
        """Return what the vote says, joined by another space, learned from these or other pairs."""
        road = JMML(step1=step1, step2=step2, seed=self.fold.seed)
        return self.ask(self.fit(road, pairs))


def judge(task: Task, method: str) -> Predicted:
    """Return what a method says of the held-out people of a fold."""
    if method == "eeg_only":
        return _eeg_only(task)
    said, choice = _SAYS[method](task)
    names = np.array(task.classes, dtype=object)[said]
    return Predicted(method, task.test.labels, names, task.test.subjects, choice)


def numbers_of(labels: np.ndarray, classes: tuple[str, ...]) -> Labels:
    """Return class numbers, -1 for the unlabelled."""
    return np.array([classes.index(label) if label else HIDDEN for label in labels])


def _speech_only(task: Task) -> Said:
    """Ask the classifier of the road about plain features."""
    known, train = task.labels != HIDDEN, task.fold.train
    return _classify(train.speech.values[known], task.labels[known], task.test.values), ""


def _eeg_only(task: Task) -> Predicted:
    """Return what EEG alone says of held-out people."""
    fold = task.fold
    labels = numbers_of(fold.train_eeg.labels, task.classes)
    known = labels != HIDDEN
    test = fold.test_eeg.take(fold.test_eeg.labels != UNLABELLED)
    said = _classify(fold.train_eeg.values[known], labels[known], test.values)
    return Predicted("eeg_only", test.labels, np.array(task.classes)[said], test.subjects)


def _classify(
    train: Float[np.ndarray, "known column"],
    labels: Int[np.ndarray, " known"],
    test: Float[np.ndarray, "new column"],
) -> Int[np.ndarray, " new"]:
    """Return the class numbers that the road's classifier gives to test rows."""
    scaler = Scaler.of(train)
    return Classifier(scaler.apply(train), labels).predict(scaler.apply(test))


def _shuffled(task: Task) -> Said:
    """Ask the road that learned from EEG that was shuffled within people."""
    pairs = shuffled_within_subject(task.fold.train, seed=task.fold.seed)
    return task.heard_through(task.plan.step2, step1=task.plan.step1, pairs=pairs)


def _in_closed_form(make: Callable[[Task], Pairs], task: Task) -> Said:
    """Ask linear CCA that learned from pairs that a control makes."""
    return task.heard_through(CLOSED_FORM, pairs=make(task))


def _prototypes(task: Task) -> Pairs:
    """Return one random vector per class, of as many columns as EEG has."""
    train = task.fold.train
    return class_prototype_pairs(train, dim=train.eeg.values.shape[1], seed=task.fold.seed)


def _by_itself(encoder: type, task: Task) -> Said:
    """Ask one encoder of the vote without EEG, as if the others were not there."""
    return task.ask(task.free.only(encoder))


def _network(task: Task, name: str) -> WithRival:
    """Return the vote, joined by a network of :mod:`jmml_edu.rivals`."""
    from jmml_edu import rivals  # torch takes seconds to import

    if name not in task.networks:
        network = {
            "mlp": rivals.SpeechNetwork,
            "distillation": rivals.DistilledNetwork,
            "modality_dropout": rivals.ModalityDropout,
        }[name](len(task.classes), seed=task.fold.seed)
        task.networks[name] = task.fit(WithRival(network, seed=task.fold.seed))
    return task.networks[name]


def _in_the_vote(name: str, task: Task) -> Said:
    """Ask the vote, joined by a network."""
    return task.ask(_network(task, name))


def _network_by_itself(name: str, task: Task) -> Said:
    """Ask a network as if there were nothing else to hear."""
    joined = _network(task, name)
    return task.ask(joined.only(type(joined.rival)))


def _deep(step2: str, task: Task) -> Said:
    """Ask the road with another member of the family as its step 2."""
    return task.heard_through(step2, step1=task.road.step1_)


def _objective(objective: str, task: Task) -> Said:
    """Ask the road with another measure of agreement, and no other term."""
    from jmml_edu.deep_encoders import CorrelatedSpace

    space = CorrelatedSpace(terms="DCCA", objective=objective, seed=task.fold.seed)
    return task.heard_through(space, step1=task.road.step1_)


def _again(task: Task) -> Said:
    """Ask the road with other networks and other people held out within: chance alone."""
    again = JMML(step1=task.road.step1_, step2=task.plan.step2, seed=task.fold.seed + 1)
    train = task.fold.train
    again.fit(train.eeg.values, train.speech.values, task.labels, train.subjects)
    return task.ask(again)


def _eeg_at_test(task: Task) -> Said:
    """Ask the road, with the EEG of held-out people there as well."""
    pairs = task.fold.test.take(task.fold.test.labels != UNLABELLED)
    return task.road.predict(pairs.speech.values, pairs.eeg.values, groups=pairs.subjects), ""


def _oracle(task: Task) -> Said:
    """Ask the classifier of the road about the latent that made both signals."""
    fold, known = task.fold, task.labels != HIDDEN
    judged = fold.test.labels != UNLABELLED
    return _classify(fold.train_truth[known], task.labels[known], fold.test_truth[judged]), ""


_SAYS: Mapping[str, Callable[[Task], Said]] = {
    "speech_only": _speech_only,
    "eeg_free": lambda task: task.ask(task.free),
    "eeg_trained": lambda task: task.ask(task.road),
    "eeg_trained_shuffled": _shuffled,
    "eeg_trained_again": _again,
    "pca": partial(_by_itself, PrincipalComponents),
    "lda": partial(_by_itself, Discriminants),
    "one_hot": partial(_in_closed_form, lambda task: one_hot_pairs(task.fold.train)),
    "class_prototypes": partial(_in_closed_form, _prototypes),
    "class_paired": partial(
        _in_closed_form,
        lambda task: labelled_class_pairs(task.fold.train, seed=task.fold.seed),
    ),
    "linear_cca": partial(_in_closed_form, lambda task: task.fold.train),
    "dcca": partial(_deep, "DCCA"),
    "dccae": partial(_deep, "DCCAE"),
    "dcc_cae": partial(_deep, "DCC-CAE"),
    "eckart_young": partial(_objective, "eckart-young"),
    "without_step1": lambda task: task.heard_through(task.plan.step2),
    "infonce": partial(_objective, "contrast"),
    "distillation": partial(_in_the_vote, "distillation"),
    "distillation_alone": partial(_network_by_itself, "distillation"),
    "modality_dropout": partial(_in_the_vote, "modality_dropout"),
    "modality_dropout_alone": partial(_network_by_itself, "modality_dropout"),
    "mlp": partial(_in_the_vote, "mlp"),
    "mlp_alone": partial(_network_by_itself, "mlp"),
    "eeg_at_test": _eeg_at_test,
    "oracle": _oracle,
}
"""Every method but EEG alone, whose held-out rows are others."""
