"""Make everything in this folder: the feature table, the raw pairs, the curve of gain.

    python data_samples/make.py table     # simulate, clean, extract: pairs.csv
    python data_samples/make.py raw       # a few recordings behind it: raw/
    python data_samples/make.py curve     # gain over EEG noise and shared nuisance

The rules of the simulated study were fixed by how hard real data are (see DATASHEET.md) before
any gain was computed. Every output depends on this file and the package alone.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import csv
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from jmml_edu.corpora.edf import write_eeg
from jmml_edu.corpora.samples import RAW_NAME, TABLE_NAME
from jmml_edu.corpora.table import write_pairs_table
from jmml_edu.data import Features, Recording
from jmml_edu.features.eeg import eeg_features
from jmml_edu.features.speech import speech_features
from jmml_edu.preprocess.eeg import clean_eeg
from jmml_edu.preprocess.speech import clean_speech
from jmml_edu.simulate.brain_effects import BrainEffects
from jmml_edu.simulate.eeg import BrainNoise
from jmml_edu.simulate.pairs import World, simulate_pairs

HERE = Path(__file__).parent

WORLD = World(n_subjects=40, n_trials=50, seed=20)
"""The study behind the samples. Its difficulty is that of real data; see the datasheet."""


def features_of(world: World) -> tuple[Features, Features]:
    """Return EEG and speech features of a whole study, people shared out to all cores."""
    with ProcessPoolExecutor() as pool:
        parts = list(
            pool.map(_features_of_person, [world] * world.n_subjects, range(world.n_subjects))
        )
    return _stack([eeg for eeg, _ in parts]), _stack([speech for _, speech in parts])


def _features_of_person(world: World, number: int) -> tuple[Features, Features]:
    """Return EEG and speech features of one person, by the same road as real recordings."""
    eeg, speech = zip(*simulate_pairs(world, range(number, number + 1)), strict=True)
    return eeg_features(map(clean_eeg, eeg)), speech_features(map(clean_speech, speech))


def _stack(parts: list[Features]) -> Features:
    """Return the rows of all parts, one after the other."""
    return replace(
        parts[0],
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("values", "subjects", "labels", "trials", "stimuli")
        },
    )
