"""Small studies with planted correlations, for the tests of the road and the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from jmml_edu import contenders
from jmml_edu.classifier import HIDDEN
from jmml_edu.contenders import WithRival
from jmml_edu.data import Pairs
from jmml_edu.eeg_free import EEGFree
from jmml_edu.experiment import Settings
from jmml_edu.pipeline import JMML
from jmml_edu.selection import weigh
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
from jmml_edu.splits import draw_labels

PLANTED = (0.8, 0.6)
QUICK = Settings(n_folds=2, step1="none", step2="CCA")
"""Two folds, and a road that is fitted in closed form."""


def study(n_pairs: int = 600, *, n_subjects: int = 12, seed: int = 1) -> Pairs:
    """Pairs whose shared latent is as strong as the rest, so that speech alone cannot find it."""
    return gaussian_pairs(
        n_pairs, correlations=PLANTED, n_subjects=n_subjects, eeg_dim=6, speech_dim=30,
        nuisance=1.0, seed=seed,
    )  # fmt: skip


def two_classes(pairs: Pairs) -> Pairs:
    """The same with valence as the only label."""
    names = np.array([label.split("-")[0] for label in pairs.labels], dtype=object)
    return relabelled(pairs, names)


def relabelled(pairs: Pairs, labels: np.ndarray) -> Pairs:
    """The same under other labels."""
    eeg, speech = (replace(side, labels=labels) for side in (pairs.eeg, pairs.speech))
    return replace(pairs, eeg=eeg, speech=speech)


def strong_pairs(n_pairs: int = 200, *, nuisance: float = 1.0, seed: int = 0) -> Pairs:
    """Pairs of five people with two strong shared components."""
    return gaussian_pairs(
        n_pairs, correlations=(0.95, 0.95), n_subjects=5, nuisance=nuisance, seed=seed
    )


def numbered(pairs: Pairs, *, per_class: int | None = None) -> np.ndarray:
    """Class numbers, all but ``per_class`` of each class hidden."""
    labels = draw_labels(pairs.labels, per_class=per_class, seed=0)
    return np.array([QUADRANTS.index(label) if label else HIDDEN for label in labels])


def closed_form(*, inner_folds: int = 2, seed: int = 0) -> JMML:
    """The road without step 1 and without depth: fitted in the blink of an eye."""
    return JMML(step1="none", step2="CCA", inner_folds=inner_folds, seed=seed)


@contextmanager
def two_inner_folds() -> Iterator[None]:
    """Let comparisons weigh ways in two folds instead of five, where how well is not the point."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contenders, "EEGFree", partial(EEGFree, inner_folds=2))
        patch.setattr(contenders, "JMML", partial(JMML, inner_folds=2))
        patch.setattr(contenders, "WithRival", partial(WithRival, inner_folds=2))
        yield


def fitted_road(pairs: Pairs, labels: np.ndarray, road: JMML | None = None) -> JMML:
    """The road, in closed form unless it is given, learned from pairs."""
    road = closed_form() if road is None else road
    return road.fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)


def persuade(model: EEGFree, evidence: Mapping[str, float]) -> None:
    """Plant the evidence for ways by their names; all others have next to none."""
    model.ways_ = [replace(way, evidence=evidence.get(way.name, -9.0)) for way in model.ways_]
    model.weights_ = weigh(model.ways_, model._n_labels)


def with_gaps(values: np.ndarray, *, share: float, seed: int = 0) -> np.ndarray:
    """Values of which some are missing one by one, but no row as a whole."""
    rng = np.random.default_rng(seed)
    gaps = rng.random(values.shape) < share
    gaps[np.arange(len(values)), rng.integers(values.shape[1], size=len(values))] = False
    return np.where(gaps, np.nan, values)


def bent_pairs(n_pairs: int = 300, *, seed: int = 0) -> Pairs:
    """Pairs of ten people; of two shared components speech hears one by its size alone."""
    pairs = gaussian_pairs(n_pairs, n_subjects=10, eeg_dim=4, speech_dim=4, seed=seed)
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((n_pairs, 2))
    heard = np.column_stack([np.abs(shared[:, 0]), shared[:, 1]])

    def view(two: np.ndarray) -> np.ndarray:
        noise = rng.standard_normal((n_pairs, 4))
        return np.hstack([two + 0.1 * noise[:, :2], noise[:, 2:]])

    eeg, speech = replace(pairs.eeg, values=view(shared)), replace(pairs.speech, values=view(heard))
    quadrants = np.array(QUADRANTS, dtype=object)
    labels = quadrants[2 * (heard[:, 0] > 0.67) + (heard[:, 1] > 0)]
    return relabelled(replace(pairs, eeg=eeg, speech=speech), labels)
