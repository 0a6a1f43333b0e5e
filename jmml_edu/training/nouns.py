"""What training is told and what it leaves behind: a schedule, and what happened under it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int
from torch import Tensor

from jmml_edu._checks import check_at_least

Losses = Callable[[Int[Tensor, " batch"]], Mapping[str, Tensor]]
"""From the row numbers of a batch, the weighted terms that add up to what is minimised."""

Judge = Callable[[], Mapping[str, float]]
"""Measures of the module as it is, on rows that are not trained on; the first one decides."""

Watch = Callable[[], tuple[np.ndarray, np.ndarray]]
"""EEG and speech codes of a fixed set of pairs."""


@dataclass(frozen=True)
class Schedule:
    """How long, how fast and in what portions a model learns.

    Attributes
    ----------
    epochs
        At most so many readings of the data, at least 0.
    batch_size
        Rows of a batch at least, if there are as many; all batches of an epoch are about equal.
        Correlations of small batches are high for any data.
    learning_rate
        The highest; it rises to it over the first 30 % of the steps and falls to 0 (one cycle).
    weight_decay
        Of AdamW.
    patience
        Epochs without a better score after which training stops.
    seed
        Draws the batches and the units that dropout silences.
    """

    epochs: int = 40
    batch_size: int = 250
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    patience: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        check_at_least("Schedule", 0, epochs=self.epochs, weight_decay=self.weight_decay)
        check_at_least("Schedule", 1, batch_size=self.batch_size, patience=self.patience)
        check_at_least("Schedule", 0, learning_rate=self.learning_rate)

    def rate(self, progress: float) -> float:
        """Return the learning rate when a share of all steps is done.

        Examples
        --------
        >>> [round(Schedule(learning_rate=1.0).rate(p), 3) for p in (0.0, 0.15, 0.3, 0.65, 1.0)]
        [0.0, 0.5, 1.0, 0.5, 0.0]
        """
        if progress < 0.3:
            return self.learning_rate * progress / 0.3
        return self.learning_rate * (1 + math.cos(math.pi * (progress - 0.3) / 0.7)) / 2


@dataclass
class History:
    """What happened, epoch by epoch; epoch 0 is the model before training.

    Attributes
    ----------
    losses
        Each term's mean over the batches, from epoch 1 on.
    scores
        Each measure on held-out rows, from epoch 0 on; the first one decides. Empty without any.
    codes
        EEG and speech codes of the watched pairs, from epoch 0 on: epoch x pair x component.
    best_epoch
        The epoch whose weights were kept.
    """

    losses: dict[str, list[float]] = field(default_factory=dict)
    scores: dict[str, list[float]] = field(default_factory=dict)
    codes: tuple[list[np.ndarray], list[np.ndarray]] = field(default_factory=lambda: ([], []))
    best_epoch: int = 0

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return len(next(iter(self.losses.values()), []))

    def to_json(self) -> str:
        """Return everything but the codes."""
        told = {"losses": self.losses, "scores": self.scores, "best_epoch": self.best_epoch}
        return json.dumps(told)

    @classmethod
    def from_json(cls, text: str) -> History:
        """Return what :meth:`to_json` wrote, without codes."""
        return cls(**json.loads(text))
