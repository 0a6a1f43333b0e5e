"""The data of notebook 10: a study whose views are curved, and what its exercises are tried on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from jmml_edu.data import Pairs
from jmml_edu.scenarios import SCENARIOS, draw_pairs

N_PAIRS, SEED = 2_000, 12
VIEWS = ("voice", "face", "gait", "brain", "gaze")
"""Names that a function must not know beforehand."""


@dataclass(frozen=True, eq=False)
class Study:
    """Pairs of 24 people to learn from, and of 16 others to look at."""

    learn: Pairs
    new: Pairs


def curved_study(seed: int = SEED) -> Study:
    """Return a study in which both views bend what they share, each under a nuisance of its own.

    Examples
    --------
    >>> study = curved_study()
    >>> study.learn.eeg.values.shape, study.learn.speech.values.shape, len(study.new)
    ((2000, 32), (2000, 40), 1600)
    """
    scenario = replace(SCENARIOS["curved views"], n_pairs=N_PAIRS)
    return Study(*draw_pairs(scenario, name="curved views", seed=seed))


def parts_to_add_up(seed: int) -> tuple[Any, Any, dict[str, Callable[..., Any]], dict[str, float]]:
    """Return two small views, encoders and decoders that are plain matrices, and weights of terms.

    Both views have five columns, so that nothing stops a decoder that reads or tells the wrong one.

    Examples
    --------
    >>> eeg, speech, maps, weights = parts_to_add_up(0)
    >>> eeg.shape == speech.shape, "correlation" in weights, len(weights)
    (True, True, 4)
    """
    import torch

    rng = np.random.default_rng(seed)

    def tensor(*shape: int) -> torch.Tensor:
        return torch.tensor(rng.standard_normal(shape))

    def multiply(matrix: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
        return lambda rows: rows @ matrix

    n_rows, views = int(rng.integers(30, 60)), ("eeg", "speech")
    decoders = [f"{target} from {source}" for target in views for source in views]
    maps = {name: multiply(tensor(5, 3)) for name in views}
    maps |= {name: multiply(tensor(3, 5)) for name in decoders}
    asked = ["correlation", *rng.permutation(decoders)[:3].tolist()]
    chosen = rng.uniform(0.2, 0.8, 4)
    weights = {name: float(weight) for name, weight in zip(asked, chosen, strict=True)}
    return tensor(n_rows, 5), tensor(n_rows, 5), maps, weights


def two_views(seed: int) -> tuple[str, str]:
    """Return the names of a view that will be missing, and of one that stays.

    Examples
    --------
    >>> missing, kept = two_views(0)
    >>> missing != kept
    True
    """
    missing, kept = np.random.default_rng(seed).choice(VIEWS, size=2, replace=False)
    return str(missing), str(kept)


def terms_and_score(seed: int) -> tuple[list[str], Callable[[Iterable[str]], float]]:
    """Return the names of terms, and a score of any of them together.

    What a term brings depends on who is there already, as with real models.

    Examples
    --------
    >>> terms, score = terms_and_score(0)
    >>> score(terms) == score(reversed(terms)), score(terms[1:]) < score(terms)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    terms = rng.permutation(["correlation", "self", "cross", "label", "contrast"])
    terms = terms[: rng.integers(4, 6)].tolist()
    alone = dict(zip(sorted(terms), rng.uniform(0.05, 0.15, len(terms)), strict=True))
    both = {pair: -rng.uniform(0.005, 0.012) for pair in combinations(sorted(terms), 2)}

    def score(asked: Iterable[str]) -> float:
        names = sorted({*asked})
        shared = sum(both[pair] for pair in combinations(names, 2))
        return float(sum(alone[name] for name in names) + shared)

    return terms, score
