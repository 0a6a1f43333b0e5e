"""Two encoders, the decoders that are asked for, and what they lose on a batch.

Standardised views go in, closed-form CCA and least squares are where all of them start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from numbers import Integral
from typing import cast

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from jmml_edu._checks import fail
from jmml_edu.crossmodal.terms import RECONSTRUCTIONS
from jmml_edu.linear import Moments, solve
from jmml_edu.losses import cca_loss, eckart_young_loss, info_nce_loss, squared_cca_loss
from jmml_edu.missing import Matrix
from jmml_edu.networks import Layers, ResidualMap, symmetric_whitening

OBJECTIVES = ("sum", "squares", "eckart-young", "contrast")
VIEWS = ("eeg", "speech")
Sizes = tuple[int, int, int]  # of a map: inputs, whitened directions, outputs

_BATCH_RIDGE = 0.01  # of the loss: batches are finite, and their correlations too high


class TwoViewNetwork(nn.Module):
    """Encoders of both views and decoders, each with randomness of its own.

    So a method with fewer terms starts, and is trained, exactly as if the others did not exist.
    """

    def __init__(self, maps: Mapping[str, ResidualMap], weights: Mapping[str, float]) -> None:
        super().__init__()
        self.maps = nn.ModuleDict(maps)
        self.weights = dict(weights)

    @classmethod
    def start(
        cls,
        eeg: Matrix,
        speech: Matrix,
        *,
        latent_dim: int,
        ridge: float | tuple[float, float],
        objective: str,
        weights: Mapping[str, float],
        layers: Layers,
        seed: int,
    ) -> TwoViewNetwork:
        """Return the network whose codes are those of ridge CCA, and whose decoders are linear."""
        moments = Moments.of(eeg, speech)
        most = min(np.linalg.matrix_rank(view - view.mean(axis=0)) for view in (eeg, speech))
        if not isinstance(latent_dim, Integral) or not 1 <= latent_dim <= most:
            fail(
                "", "latent_dim", f"be a whole number between 1 and {most}, the rank of the views",
                latent_dim, "Ask for fewer components or bring more pairs.",
            )  # fmt: skip
        found = solve(moments, n_components=latent_dim, ridge=ridge)
        directions = {"eeg": found.eeg_directions, "speech": found.speech_directions}
        if objective == "eckart-young":  # its optimum has codes of variance rho / 2
            size = np.sqrt(found.correlations.clip(min=0.01) / 2)
            directions = {name: of_view * size for name, of_view in directions.items()}
        whitenings = {
            name: symmetric_whitening(moments.covariance[own, own])
            for name, own in (("eeg", moments.eeg), ("speech", moments.speech))
        }
        views = {"eeg": eeg, "speech": speech}
        maps = {
            name: ResidualMap(directions[name], whitenings[name], layers, seed=10 * seed + number)
            for number, name in enumerate(VIEWS)
        }
        for number, (term, (target, source)) in enumerate(RECONSTRUCTIONS.items(), start=2):
            if term in weights:
                codes = views[source] @ directions[source]
                told = np.linalg.lstsq(codes, views[target], rcond=None)[0]
                white = symmetric_whitening(
                    np.cov(codes, rowvar=False).reshape(latent_dim, latent_dim)
                )
                maps[term] = ResidualMap(told, white, layers, seed=10 * seed + number)
        return cls(maps, weights)

    @classmethod
    def blank(
        cls,
        shapes: Mapping[str, tuple[int, int, int]],
        weights: Mapping[str, float],
        layers: Layers,
    ) -> TwoViewNetwork:
        """Return a network of these sizes, for weights to be read into."""
        maps = {
            name: ResidualMap(np.zeros((before, after)), np.zeros((before, white)), layers, seed=0)
            for name, (before, white, after) in shapes.items()
        }
        return cls(maps, weights)

    def shapes(self) -> dict[str, Sizes]:
        """Return the sizes that :meth:`blank` takes."""
        maps = {name: cast("ResidualMap", one) for name, one in self.maps.items()}
        return {
            name: (len(one.linear), one.whitening.shape[1], one.linear.shape[1])
            for name, one in maps.items()
        }

    def apply_map(self, name: str, rows: Matrix) -> Matrix:
        """Return what one of the maps makes of rows, in blocks, without tracking gradients."""
        inputs = torch.as_tensor(rows, dtype=torch.float32)
        with torch.inference_mode():
            parts = [self.maps[name](block) for block in torch.split(inputs, 4096)]
        return torch.cat(parts).double().numpy()


class Batches:
    """The training rows as tensors, and what a network loses on some of them.

    Pairs are what is dealt into batches, because correlations need many; each pair brings along its
    share of the rows that have one view only.
    """

    def __init__(
        self, network: TwoViewNetwork, eeg: Matrix, speech: Matrix, *, objective: str
    ) -> None:
        self.network = network
        self.views: dict[str, Float[Tensor, "row column"]] = {}
        self.there: dict[str, Bool[Tensor, " row"]] = {}
        for name, view in (("eeg", eeg), ("speech", speech)):
            values = torch.as_tensor(view, dtype=torch.float32)
            self.there[name] = values.isfinite().all(dim=1)
            self.views[name] = values.nan_to_num()
        both = self.there["eeg"] & self.there["speech"]
        self.pairs = both.nonzero().flatten()
        self.singles = (self.there["eeg"] ^ self.there["speech"]).nonzero().flatten()
        self.brought_by = torch.arange(len(self.singles)) % len(self.pairs)
        objectives: dict[str, Callable[..., Tensor]] = {
            "sum": partial(cca_loss, ridge=_BATCH_RIDGE),
            "squares": partial(squared_cca_loss, ridge=_BATCH_RIDGE),
            "eckart-young": eckart_young_loss,
            "contrast": info_nce_loss,
        }
        self.correlate = objectives[objective]

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)

    def losses(self, numbers: Int[Tensor, " batch"]) -> dict[str, Float[Tensor, ""]]:
        """Return each weighted term; pairs teach correlation, any row that has a view its own."""
        chosen = torch.zeros(len(self), dtype=torch.bool)
        chosen[numbers] = True
        rows = torch.cat([self.pairs[numbers], self.singles[chosen[self.brought_by]]])
        weights, maps = self.network.weights, self.network.maps
        # index_select is a third of what indexing costs, at every step.
        views = {name: view.index_select(0, rows) for name, view in self.views.items()}
        there = {name: mask.index_select(0, rows) for name, mask in self.there.items()}
        # Only what a term asks for: dropout of the rest would draw from the same randomness.
        asked = [source for term, (_, source) in RECONSTRUCTIONS.items() if term in weights]
        asked += VIEWS if "correlation" in weights else ()
        codes = {name: maps[name](view) for name, view in views.items() if name in asked}
        terms = {}
        if "correlation" in weights:
            both = there["eeg"] & there["speech"]
            loss = self.correlate(_only(codes["eeg"], both), _only(codes["speech"], both))
            terms["correlation"] = weights["correlation"] * loss
        for term, (target, source) in RECONSTRUCTIONS.items():
            if term in weights:
                known = there[target] & there[source]
                error = maps[term](_only(codes[source], known)) - _only(views[target], known)
                terms[term] = weights[term] * error.square().mean()
        return terms


def _only(rows: Float[Tensor, "row column"], there: Bool[Tensor, " row"]) -> Tensor:
    """Return the rows that are there, without a copy if all are."""
    return rows if there.all() else rows[there]
