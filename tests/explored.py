"""Roads and pairs for the tests of the explorer: small, quick to fit, with everything to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from studies import bent_pairs, numbered

from jmml_edu.data import Pairs, Provenance, Recording
from jmml_edu.deep_encoders import CorrelatedSpace
from jmml_edu.features.eeg import eeg_feature_names
from jmml_edu.pairing import trial_pairs
from jmml_edu.pipeline import JMML
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
from jmml_edu.sources import read_features

ELECTRODES = ("Fp1", "Fp2", "F3", "F4", "C3", "Cz", "C4", "O1", "O2")
BANDS = {"theta": (4.0, 8.0), "alpha": (8.0, 13.0)}
NAMES = eeg_feature_names(ELECTRODES, bands=BANDS)
NEW = ("g000", "g001", "g002")


def study(n_pairs: int = 240, *, n_subjects: int = 8, seed: int = 0) -> Pairs:
    """Pairs whose EEG features are called as band powers of nine electrodes are."""
    pairs = gaussian_pairs(
        n_pairs, correlations=(0.95, 0.9), n_subjects=n_subjects, eeg_dim=len(NAMES),
        nuisance=1.0, seed=seed,
    )  # fmt: skip
    return replace(pairs, eeg=replace(pairs.eeg, names=NAMES))


def known(pairs: Pairs, new: tuple[str, ...] = NEW) -> np.ndarray:
    """Which rows are of people to learn from."""
    return ~np.isin(pairs.subjects, new)


def fitted(pairs: Pairs, road: JMML, labels: np.ndarray | None = None) -> JMML:
    """A road that has learned from everybody but the new people."""
    rows = known(pairs)
    numbers = numbered(pairs) if labels is None else labels
    eeg = np.where(pairs.has_eeg[:, None], pairs.eeg.values, np.nan)
    return road.fit(eeg[rows], pairs.speech.values[rows], numbers[rows], pairs.subjects[rows])


@cache
def closed() -> tuple[JMML, Pairs]:
    """A road in closed form, and its pairs."""
    pairs = study()
    return fitted(pairs, JMML(step1="none", step2="CCA", inner_folds=2)), pairs


@cache
def bent(n_pairs: int = 600) -> tuple[JMML, Pairs]:
    """A road that was trained, because one shared component bends."""
    pairs = bent_pairs(n_pairs)
    space = CorrelatedSpace((2,), terms="DCCAE")
    return fitted(pairs, JMML(step1="none", step2=space, inner_folds=2)), pairs


@cache
def sampled() -> tuple[JMML, Pairs]:
    """A road that has heard eight people of the samples, and four utterances of another one."""
    study = trial_pairs(read_features("samples", "eeg"), read_features("samples", "speech"))
    people = sorted(set(study.subjects))
    learn = study.take(np.flatnonzero(np.isin(study.subjects, people[:8])))
    road = JMML(step1="none", step2="CCA", inner_folds=2)
    road.fit(learn.eeg.values, learn.speech.values, numbered(learn), learn.subjects)
    return road, study.take(np.flatnonzero(study.subjects == people[30])[:4])


def tone(subject: str, trial: str) -> Recording:
    """An utterance of 0.4 s: one sine whose pitch tells the trial."""
    number = int("".join(letter for letter in trial if letter.isdigit()) or 0)
    time_s = np.arange(6400) / 16_000
    signal = 0.3 * np.sin(2 * np.pi * (400 + 10 * (number % 40)) * time_s)
    origin = Provenance("sines", simulated=True)
    return Recording(signal[None], 16_000.0, ("mono",), "speech", subject, origin, trial=trial)


Recall = Callable[[str, str], Recording | None]
CLASSES = QUADRANTS
