"""The networks of both steps: maps that start where closed-form mathematics ends.

Matrices in, one module out; nothing here knows a loss or trains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from jmml_edu._checks import check_at_least, fail

_WHITENING_RIDGE = 0.01  # inputs of the networks: directions without variance are not blown up


@dataclass(frozen=True)
class Layers:
    """The hidden layers of a network.

    Attributes
    ----------
    width, depth
        Units of a layer and number of layers; no layer makes every map linear.
    dropout
        Share of hidden units silenced in training, in [0, 1). Inputs and codes are never dropped.
    """

    width: int = 128
    depth: int = 2
    dropout: float = 0.2

    def __post_init__(self) -> None:
        check_at_least("Layers", 1, width=self.width)
        check_at_least("Layers", 0, depth=self.depth)
        if not 0 <= self.dropout < 1:
            fail("Layers", "dropout", "lie in [0, 1)", self.dropout, "Choose 0.2 to begin with.")


def hidden_layers(n_inputs: int, layers: Layers) -> tuple[nn.Sequential, int]:
    """Return hidden layers of GELU units with dropout, and the number of their outputs."""
    parts: list[nn.Module] = []
    width = n_inputs
    for _ in range(layers.depth):
        parts += [nn.Linear(width, layers.width), nn.GELU(), nn.Dropout(layers.dropout)]
        width = layers.width
    return nn.Sequential(*parts), width


class ResidualMap(nn.Module):
    r"""A linear map that is known, plus a network that is silent at first.

    .. math:: f(x) = A^\top x + g(W^\top x), \qquad g = 0 \text{ before training}

    So training starts at the closed-form solution, and what it changes is what bending brings.

    Parameters
    ----------
    linear
        :math:`A`, input x output; it is trained too.
    whitening
        :math:`W`, input x direction, fixed. The network bends in coordinates of equal variance:
        strong nuisance would otherwise drown what is shared.
    layers
        The network's hidden layers.
    seed
        Draws the network's weights, and nothing else.

    Examples
    --------
    >>> double = ResidualMap(2 * np.eye(1), np.eye(1), Layers(width=4), seed=0)
    >>> double(torch.tensor([[3.0]])).tolist()
    [[6.0]]
    """

    def __init__(
        self,
        linear: Float[np.ndarray, "input output"],
        whitening: Float[np.ndarray, "input direction"],
        layers: Layers,
        *,
        seed: int,
    ) -> None:
        super().__init__()
        self.linear = nn.Parameter(torch.tensor(linear, dtype=torch.float32))
        self.whitening: Tensor
        self.register_buffer("whitening", torch.tensor(whitening, dtype=torch.float32))
        self.network = None
        if layers.depth:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                hidden, width = hidden_layers(whitening.shape[1], layers)
                last = nn.Linear(width, linear.shape[1])
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
            self.network = nn.Sequential(hidden, last)

    def forward(self, inputs: Float[Tensor, "row input"]) -> Float[Tensor, "row output"]:
        """Return one output per row."""
        straight: Tensor = inputs @ self.linear
        if self.network is None:
            return straight
        return straight + self.network(inputs @ self.whitening)


def symmetric_whitening(
    covariance: Float[np.ndarray, "column column"],
) -> Float[np.ndarray, "column column"]:
    """Return what gives columns of this covariance equal variance: its symmetric inverse root.

    Of all roots this one alone depends neither on an order of columns nor on rounding.
    """
    scale = np.sqrt(covariance.diagonal())
    units = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    correlation = covariance * np.outer(units, units)
    variances, axes = np.linalg.eigh(correlation)
    shrunken = (variances.clip(min=0.0) + _WHITENING_RIDGE) / (1.0 + _WHITENING_RIDGE)
    root: np.ndarray = units[:, None] * (axes / np.sqrt(shrunken)) @ axes.T
    return root
