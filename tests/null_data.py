"""Studies whose truth is known: labels that mean nothing, or as much as was planted."""

from __future__ import annotations

import numpy as np

Study = tuple[np.ndarray, np.ndarray, np.ndarray]


def people_study(
    seed: int, *, people: int = 10, rows: int = 12, dim: int = 6, signal: float = 0.0
) -> Study:
    """Values, labels and people: labels vary within everybody; people differ from each other."""
    rng = np.random.default_rng(seed)
    number = rng.permuted(np.tile(np.arange(rows) % 2, (people, 1)), axis=1).ravel()
    who = np.repeat([f"s{person:02d}" for person in range(people)], rows)
    values = rng.standard_normal((people * rows, dim))
    values += np.repeat(rng.standard_normal((people, dim)), rows, axis=0)
    values[:, 0] += signal * number
    return values, np.array(["calm", "sad"])[number], who


def stimulus_study(
    seed: int, *, people: int = 20, stimuli: int = 20, dim: int = 6, spread: float = 1.5,
    signal: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Values, labels, people and stimuli: everyone says every stimulus, which has one label.

    Stimuli sound different from each other by ``spread``, whatever their label.
    """
    rng = np.random.default_rng(seed)
    of_stimulus = rng.permutation(np.arange(stimuli) % 2)
    person, stimulus = np.divmod(np.arange(people * stimuli), stimuli)
    number = of_stimulus[stimulus]
    values = rng.standard_normal((people * stimuli, dim))
    values += rng.standard_normal((people, dim))[person]
    values += spread * rng.standard_normal((stimuli, dim))[stimulus]
    values[:, 0] += signal * number
    names = [np.array([f"{letter}{i:02d}" for i in range(count)])
             for letter, count in (("p", people), ("w", stimuli))]  # fmt: skip
    return values, np.array(["calm", "sad"])[number], names[0][person], names[1][stimulus]
