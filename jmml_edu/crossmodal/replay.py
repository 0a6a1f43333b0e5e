"""A training seen from outside: the encoders of each epoch, so that any rows can travel with them.

The network after an epoch goes in, as a note of its weights; codes of each epoch come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import Tensor

from jmml_edu.crossmodal.network import VIEWS, TwoViewNetwork
from jmml_edu.crossmodal.turns import Standard, Turn, final_turn
from jmml_edu.linear.two_views import Code
from jmml_edu.missing import Matrix


@dataclass(frozen=True, eq=False)
class Epoch:
    """What one epoch left behind.

    Attributes
    ----------
    weights
        Of each encoder, all that training changes.
    turns
        What makes components of what the encoders say, learned from the rows that were trained on.
    """

    weights: Mapping[str, Mapping[str, Tensor]]
    turns: Mapping[str, Turn]


@dataclass(eq=False)
class Replay:
    """A training that can be gone through again; epoch 0 is the model before training.

    Attributes
    ----------
    network
        The network that was trained.
    standards
        What standardised its views.
    epochs
        One note per epoch.
    """

    network: TwoViewNetwork
    standards: Mapping[str, Standard]
    epochs: list[Epoch] = field(default_factory=list)

    def note(self, raw: Mapping[str, Matrix]) -> None:
        """Note the network as it is; ``raw`` is what its encoders say of the training rows."""
        turns, _ = final_turn(raw)
        weights = {
            name: {
                part: value.detach().clone()
                for part, value in self.network.maps[name].named_parameters()
            }
            for name in VIEWS
        }
        self.epochs.append(Epoch(weights, turns))

    def codes(self, eeg: Matrix, speech: Matrix) -> Iterator[tuple[Code, Code]]:
        """Yield the codes of rows, EEG first, as they were after each epoch.

        Rows are as for ``fit``, of anybody; a row of NaN has codes of NaN.
        """
        network = deepcopy(self.network)
        views = {"eeg": eeg, "speech": speech}
        standard = {name: self.standards[name].apply(view) for name, view in views.items()}
        for epoch in self.epochs:
            with torch.no_grad():
                for name, parts in epoch.weights.items():
                    network.maps[name].load_state_dict(dict(parts), strict=False)
            codes = [
                epoch.turns[name].apply(network.apply_map(name, standard[name])) for name in VIEWS
            ]
            yield codes[0], codes[1]
