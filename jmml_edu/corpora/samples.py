"""Where the samples that ship with the package are, in a clone and outside of one."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.data import Features

TABLE_NAME = "pairs.csv"
"""Feature table of all simulated pairs, in the samples folder."""

TRUTH_NAME = "truth.csv"
"""The hidden valence and arousal of each pair: what no recording tells, and a simulation does."""

RHYTHM_NAME = "rhythm.npz"
"""What a trained road shows that hears the rhythm of speech only."""

RAW_NAME = "raw"
"""Folder of some of the recordings behind the table, to look at and listen to."""


def samples_folder() -> Path:
    """Return the folder of samples: inside the installed package, else beside it in a clone.

    Raises
    ------
    InputError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "data_samples", package.parent / "data_samples")
    for place in places:
        if (place / TABLE_NAME).is_file():
            return place
    fail(
        "samples_folder", "data_samples", f"hold {TABLE_NAME}", f"nothing in {places}",
        "Install the package again, or make the samples with data_samples/make.py.",
    )  # fmt: skip


def samples_truth(features: Features) -> Float[np.ndarray, "row 2"]:
    """Return the hidden valence and arousal of each row of sample features.

    Both are 0 where neutral, with unit standard deviation over the study.

    Raises
    ------
    InputError
        If a row is no trial of the samples.
    """
    with (samples_folder() / TRUTH_NAME).open(encoding="utf-8", newline="") as file:
        hidden = {
            (row["subject"], row["trial"]): (float(row["valence"]), float(row["arousal"]))
            for row in csv.DictReader(file)
        }
    wanted = list(zip(features.subjects, features.trials, strict=True))
    strangers = [trial for trial in wanted if trial not in hidden]
    if strangers:
        fail(
            "samples_truth", "features", "be those of the samples", f"trial {strangers[0]}",
            'Read them with read_features("samples", ...).',
        )  # fmt: skip
    return np.array([hidden[trial] for trial in wanted])
