"""The data of notebook 00: the trained road that ships, rows to encode, verdicts to score."""

from __future__ import annotations

from functools import cache

import numpy as np

from jmml_edu.corpora.samples import RHYTHM_NAME, samples_folder
from jmml_edu.explorer.scene import Scene
from jmml_edu.explorer.storage import load_scene


@cache
def opened_road() -> Scene:
    """Return what a road shows that was trained on the rhythm of speech; nothing is trained here.

    ``data_samples/make_scene.py`` has written it.

    Examples
    --------
    >>> len(set(opened_road().pairs.subjects[opened_road().held_out]))
    8
    """
    return load_scene(samples_folder() / RHYTHM_NAME)


def rows_to_encode(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows of numbers, the mean of the rows learned from, and directions.

    Examples
    --------
    >>> rows, mean, directions = rows_to_encode(0)
    >>> rows.shape[1] == len(mean) == len(directions)
    True
    """
    rng = np.random.default_rng(seed)
    n_rows, n_columns, n_directions = (
        int(rng.integers(*ends)) for ends in ((5, 9), (3, 7), (2, 4))
    )
    mean = rng.normal(3.0, 1.0, n_columns)
    directions = np.linalg.qr(rng.normal(size=(n_columns, n_columns)))[0][:, :n_directions]
    return mean + 1.0 + rng.normal(size=(n_rows, n_columns)), mean, directions


def verdicts_to_score(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return true and said classes: one class is frequent, and one is said that never occurs.

    Examples
    --------
    >>> truth, said = verdicts_to_score(0)
    >>> sorted({*said.tolist()} - {*truth.tolist()})
    ['tired']
    """
    rng = np.random.default_rng(seed)
    truth = np.repeat(["calm", "glad", "angry"], [int(rng.integers(60, 80)), 20, 10])
    right = rng.random(len(truth)) < np.repeat(
        [0.9, 0.5, 0.3], np.unique_counts(truth).counts[[1, 2, 0]]
    )
    said = np.where(right, truth, rng.choice(["calm", "glad", "angry"], len(truth)))
    said[rng.integers(60, size=3)] = "tired"
    order = rng.permutation(len(truth))
    return truth[order], said[order]
