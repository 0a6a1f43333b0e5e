"""What each part of the training of step 2 is worth: leave it out, or add it, and look.

    python benchmarks/step2_training.py            # about half an hour on one core

Speech codes are learned from the pairs of a scenario, all of them without labels but for those few
that choose the epoch; a linear classifier then reads the codes, with 25 labels per class, for 16
new people. The seeds neither chose a setting nor judge the road.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import process_time

from _side_by_side import report, table

# isort: split
import numpy as np
import torch
from sklearn.metrics import recall_score
from torch.nn.functional import cross_entropy

import jmml_edu.crossmodal.network as network_module
from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.columns import column_correlations
from jmml_edu.crossmodal import METHODS, CorrelatedAutoencoder
from jmml_edu.crossmodal.network import Batches
from jmml_edu.crossmodal.turns import final_turn
from jmml_edu.encoders import centre_within
from jmml_edu.missing import Matrix, has_all
from jmml_edu.networks import Layers
from jmml_edu.scenarios import draw_scenario
from jmml_edu.splits import draw_labels
from jmml_edu.training import Schedule, train

PACKAGES = ("torch", "numpy", "scikit-learn")
SCENARIOS = ("curved views", "speech nuisance")
SEEDS = range(2_000, 2_004)
PER_CLASS = 25
DIM = 6
PRETRAINING_EPOCHS = 10
LABEL_WEIGHT = 0.1


class Pretrained(CorrelatedAutoencoder):
    """First only reconstruction, then all terms."""

    def _start(self, views: Mapping[str, Matrix], weights: Mapping[str, float]) -> Batches:
        batches = super()._start(views, weights)
        self.network_.weights.pop("correlation")
        schedule = Schedule(epochs=PRETRAINING_EPOCHS, seed=self.seed)
        train(self.network_, len(batches), batches.losses, schedule)
        self.network_.weights = dict(weights)
        return batches


class WithLabelTerm(CorrelatedAutoencoder):
    """The few labels pull at the speech encoder too, through a linear layer of their own."""

    def fit(self, eeg: Matrix, speech: Matrix, **given: object) -> CorrelatedAutoencoder:
        """Keep the labels, then learn as ever."""
        self._labels = np.asarray(given["labels"])
        return super().fit(eeg, speech, **given)

    def _start(self, views: Mapping[str, Matrix], weights: Mapping[str, float]) -> Batches:
        batches = super()._start(views, weights)
        everybody = len(views["speech"]) == len(self._labels)
        labels = self._labels if everybody else self._labels[~self.held_out_]
        shown = torch.as_tensor(np.flatnonzero(labels != HIDDEN))
        classes = torch.as_tensor(labels)[shown]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            head = torch.nn.Linear(self.latent_dim, int(labels.max()) + 1)
        self.network_.add_module("head", head)
        paired, speech, maps = batches.losses, batches.views["speech"], self.network_.maps

        def losses(numbers: torch.Tensor) -> dict[str, torch.Tensor]:
            said = head(maps["speech"](speech[shown]))
            return paired(numbers) | {"label": LABEL_WEIGHT * cross_entropy(said, classes)}

        batches.losses = losses  # type: ignore[method-assign]
        return batches


class Unwhitened(CorrelatedAutoencoder):
    """The networks read standardised columns as they are."""

    def _start(self, views: Mapping[str, Matrix], weights: Mapping[str, float]) -> Batches:
        whitening = network_module.symmetric_whitening
        network_module.symmetric_whitening = lambda covariance: np.eye(len(covariance))
        try:
            return super()._start(views, weights)
        finally:
            network_module.symmetric_whitening = whitening


class ColdStart(CorrelatedAutoencoder):
    """The linear part begins at random instead of at ridge CCA and least squares."""

    def _start(self, views: Mapping[str, Matrix], weights: Mapping[str, float]) -> Batches:
        batches = super()._start(views, weights)
        rng = torch.Generator().manual_seed(self.seed)
        with torch.no_grad():
            for one in self.network_.maps.values():
                one.linear.copy_(torch.randn(one.linear.shape, generator=rng))
                one.linear /= len(one.linear) ** 0.5
        return batches


class TrialOnly(CorrelatedAutoencoder):
    """The model of the trial is kept; who judged teaches nothing."""

    def _learn_from_all(self, views: object, weights: object, checkpoint: object) -> None:
        del weights, checkpoint
        learning = ~self.held_out_
        standard = {name: self._standards[name].apply(view) for name, view in views.items()}
        if not self.epochs_:
            self._start({name: view[learning] for name, view in standard.items()}, self._weights)
        raw = self._raw(standard)
        said = {name: one[learning] for name, one in raw.items()}
        self._turns, self.correlations_ = final_turn(said)

    def _check_settings(self) -> dict[str, float]:
        self._weights = super()._check_settings()
        return self._weights


def model(
    kind: type[CorrelatedAutoencoder] = CorrelatedAutoencoder, **settings: object
) -> Callable:
    """Return what makes a model of a seed."""
    changed = {name: settings.pop(name) for name in SCHEDULED & settings.keys()}
    schedule = replace(Schedule(), **changed)
    return lambda seed: kind(DIM, schedule=schedule, seed=seed, **settings)


SCHEDULED = {"batch_size", "learning_rate", "weight_decay"}
VARIANTS = {
    "default": model(),
    "closed form, no epoch": model(epochs=0),
    "nobody judges: all 40 epochs": model(held_out=0.0),
    "judged by correlation alone": None,
    "bends wherever correlation gains": model(least_gain=0.0),
    "model of the trial, not learned anew": model(TrialOnly),
    "cold start": model(ColdStart),
    "inputs of networks not whitened": model(Unwhitened),
    "no dropout": model(layers=Layers(dropout=0.0)),
    "dropout 0.5": model(layers=Layers(dropout=0.5)),
    "one hidden layer": model(layers=Layers(depth=1)),
    "width 64": model(layers=Layers(width=64)),
    "no weight decay": model(weight_decay=0.0),
    "batches of 100": model(batch_size=100),
    "batches of 500": model(batch_size=500),
    "squared objective": model(objective="squares"),
    "Eckart-Young objective": model(objective="eckart-young"),
    "pre-trained by reconstruction": model(Pretrained),
    "label term": model(WithLabelTerm),
    **{
        name: model(terms=name)
        for name in METHODS
        if name not in ("E-DCC-CAE", "split autoencoder")
    },
}


def measure(scenario: str, seed: int, name: str) -> tuple[float, float, int, float]:
    """Return recall and held-out correlation of new people, epochs, and CPU seconds."""
    train_pairs, test = draw_scenario(scenario, seed=seed)
    classes = train_pairs.speech.classes
    shown = draw_labels(train_pairs.labels, per_class=PER_CLASS, seed=seed)
    labels = np.array([classes.index(label) if label else HIDDEN for label in shown])
    eeg = centre_within(train_pairs.eeg.values, train_pairs.subjects)
    speech = train_pairs.speech.values
    make = VARIANTS[name] or VARIANTS["default"]
    told = None if name == "judged by correlation alone" else labels
    begin = process_time()
    fitted = make(seed).fit(eeg, speech, groups=train_pairs.subjects, labels=told)
    seconds = process_time() - begin
    known = labels != HIDDEN
    reader = Classifier(fitted.transform(speech=speech[known]), labels[known])
    codes = fitted.transform(centre_within(test.eeg.values, test.subjects), test.speech.values)
    true = [classes.index(label) for label in test.labels]
    recall = recall_score(true, reader.predict(codes[1]), average="macro")
    both = has_all(codes[0])
    held_out = column_correlations(codes[0][both], codes[1][both]).sum()
    return float(recall), float(held_out), fitted.epochs_, seconds


def rows_of(found: Mapping[str, np.ndarray]) -> list[list[str]]:
    """Return a line of the table for each variant."""
    rows = []
    for name, one in found.items():
        recall, correlation, epochs, seconds = one.mean(axis=0)
        apart = 100 * (one - found["default"])[:, 0]
        error = apart.std(ddof=1) / len(apart) ** 0.5 if len(apart) > 1 else np.nan
        rows.append([
            name, f"{100 * recall:.1f}", f"{apart.mean():+.1f} +- {error:.1f}",
            f"{correlation:.2f}", f"{epochs:.0f}", f"{seconds:.1f}",
        ])  # fmt: skip
    return rows


def main() -> None:
    """Measure every variant on every seed and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, keeps nothing")
    quick = parser.parse_args().quick
    seeds = SEEDS[:1] if quick else SEEDS
    parts = [
        f"{len(seeds)} seeds, {PER_CLASS} labels per class. `correlation`: sum of {DIM} on new"
        " people. `epochs`: how many paid. `s`: CPU seconds. +- is one standard error over seeds."
    ]
    for scenario in SCENARIOS:
        found = {}
        for name in VARIANTS:
            found[name] = np.array([measure(scenario, seed, name) for seed in seeds])
            print(scenario, name, found[name].mean(axis=0).round(3), flush=True)
        header = ["what is changed", "recall %", "less the default", "correlation", "epochs", "s"]
        parts.append(f"**{scenario}**\n\n{table(header, rows_of(found))}")
    report(
        "What training of step 2 is worth",
        "\n\n".join(parts),
        command="python benchmarks/step2_training.py",
        packages=PACKAGES,
        keep=not quick,
    )


if __name__ == "__main__":
    main()
