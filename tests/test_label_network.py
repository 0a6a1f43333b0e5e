"""The network that names classes: where it starts, what it learns, and what it does without."""

from __future__ import annotations

import numpy as np
from sentences import refused
from sklearn.linear_model import Ridge

from jmml_edu.label_network import LabelNetwork
from jmml_edu.training import Schedule

RNG = np.random.default_rng(0)
ROWS = RNG.standard_normal((400, 5))
XOR = ((ROWS[:, 0] > 0) ^ (ROWS[:, 1] > 0)).astype(int)
LINEAR = (ROWS[:, 0] > 0).astype(int)


def right(network: LabelNetwork, rows: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows whose class has the highest log odds."""
    return float((network.log_odds(rows).argmax(axis=1) == labels).mean())


def test_it_starts_as_ridge_regression_of_the_labels() -> None:
    shares = np.eye(2)[LINEAR]
    network = LabelNetwork(ROWS, shares, schedule=Schedule(epochs=0))
    ridge = Ridge(alpha=0.1 * len(ROWS), fit_intercept=False).fit(
        ROWS, shares - shares.mean(axis=0)
    )
    np.testing.assert_allclose(network.log_odds(ROWS), 2 * ridge.predict(ROWS), atol=1e-5)


def test_it_bends_where_no_line_tells_the_classes_apart() -> None:
    half = slice(200)
    straight = LabelNetwork(ROWS[half], np.eye(2)[XOR[half]], schedule=Schedule(epochs=0))
    bent = LabelNetwork(ROWS[half], np.eye(2)[XOR[half]])
    new = ROWS[200:], XOR[200:]
    assert right(straight, *new) < 0.65
    assert right(bent, *new) > 0.8
    assert bent.history_.losses["cross-entropy"][-1] < bent.history_.losses["cross-entropy"][0]


def test_shares_of_a_teacher_are_learned_as_shares() -> None:
    shares = np.tile([0.7, 0.3], (len(ROWS), 1))
    odds = LabelNetwork(ROWS, shares).log_odds(ROWS)
    told = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(told.mean(axis=0), [0.7, 0.3], atol=0.03)


def test_what_is_silenced_at_times_is_relied_upon_less() -> None:
    loud = np.hstack([3.0 * (2 * LINEAR[:, None] - 1), ROWS[:, :1] + RNG.standard_normal((400, 1))])
    rows = (loud - loud.mean(axis=0)) / loud.std(axis=0)
    deaf = np.hstack([np.zeros((400, 1)), rows[:, 1:]])
    always = LabelNetwork(rows, np.eye(2)[LINEAR])
    at_times = LabelNetwork(rows, np.eye(2)[LINEAR], silenced=slice(1))
    moved = [np.ptp(network.log_odds(deaf)[:, 1]) for network in (always, at_times)]
    assert moved[1] > 1.3 * moved[0]
    assert right(at_times, rows, LINEAR) > 0.97


def test_one_seed_gives_one_network_and_another_seed_another() -> None:
    short = {"shares": np.eye(2)[XOR]}
    first, again, other = (
        LabelNetwork(ROWS, **short, schedule=Schedule(epochs=2, seed=s), seed=s).log_odds(ROWS)
        for s in (3, 3, 4)
    )
    assert first.tobytes() == again.tobytes()
    assert not np.allclose(first, other)


def test_rows_without_their_shares_are_explained() -> None:
    with refused("LabelNetwork: paired arguments must have the same number of rows"):
        LabelNetwork(ROWS, np.eye(2)[XOR[:-1]])
