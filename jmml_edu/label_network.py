"""A network that names classes, learned from labels or from what a teacher holds for likely.

Standardised rows and their share in each class go in; log odds of new rows come out.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from jmml_edu._checks import check_same_rows
from jmml_edu.missing import Matrix
from jmml_edu.networks import Layers, ResidualMap, symmetric_whitening
from jmml_edu.training import Schedule, train

_RIDGE = 0.1  # of unit variances, as where step 2 starts
_ROWS_PER_EPOCH = 1_000  # at least: few labels are read more than once in an epoch

Shares = Float[np.ndarray, "row class"]


class LabelNetwork:
    r"""Log odds of classes, by a network of the size of an encoder of step 2.

    .. math:: f(x) = A^\top x + g(W^\top x), \qquad
        \mathcal{L} = -\tfrac1n \sum_i \sum_c t_{ic} \log \operatorname{softmax}_c f(x_i)

    It starts as ridge regression of the shares :math:`t`, with :math:`g = 0`, as step 2 starts at
    ridge CCA: so rivals have the same head start.

    Parameters
    ----------
    rows
        Row x column, standardised.
    shares
        How much each row belongs to each class, from 0 to 1, each row's sum 1: one-hot labels, or a
        teacher's probabilities (G. Hinton et al., "Distilling the knowledge in a neural network",
        https://arxiv.org/abs/1503.02531).
    silenced
        Columns that a random half of the rows of each batch lack in training, set to their mean of
        0 (modality dropout: N. Neverova et al., "ModDrop", https://arxiv.org/abs/1501.00102).
    layers, schedule
        Hidden layers, and how they learn. There is no row to spare for early stopping.
    seed
        Draws weights, batches and dropout.

    Raises
    ------
    InputError
        If there are not as many rows as shares.

    Examples
    --------
    >>> rows = np.array([[-1.0], [1.0]])
    >>> LabelNetwork(rows, np.eye(2), schedule=Schedule(epochs=0)).log_odds(rows).argmax(axis=1)
    array([0, 1])
    """

    def __init__(
        self,
        rows: Matrix,
        shares: Shares,
        *,
        silenced: slice = slice(0),
        layers: Layers | None = None,
        schedule: Schedule | None = None,
        seed: int = 0,
    ) -> None:
        check_same_rows("LabelNetwork", rows=rows, shares=shares)
        start = _ridge_regression(rows, shares)
        white = symmetric_whitening(rows.T @ rows / len(rows))
        self.network_ = ResidualMap(start, white, layers or Layers(), seed=seed)
        inputs = torch.as_tensor(rows, dtype=torch.float32)
        targets = torch.as_tensor(shares, dtype=torch.float32)

        def losses(numbers: Int[Tensor, " batch"]) -> Mapping[str, Tensor]:
            chosen = numbers % len(inputs)
            batch = inputs[chosen]
            if silenced.stop:
                batch[torch.rand(len(batch)) < 0.5, silenced] = 0.0
            return {"cross-entropy": cross_entropy(self.network_(batch), targets[chosen])}

        n_rows = max(len(rows), _ROWS_PER_EPOCH)
        self.history_ = train(self.network_, n_rows, losses, schedule or Schedule(seed=seed))

    def log_odds(self, rows: Matrix) -> Float[np.ndarray, "row class"]:
        """Return the network's outputs, whose softmax are the probabilities of the classes."""
        with torch.inference_mode():
            said = self.network_(torch.as_tensor(rows, dtype=torch.float32))
        return said.double().numpy()


def _ridge_regression(rows: Matrix, shares: Shares) -> Float[np.ndarray, "column class"]:
    """Return the linear map from rows to shares, scaled as log odds of rare certainty are."""
    covariance = rows.T @ rows / len(rows)
    covariance[np.diag_indices_from(covariance)] += _RIDGE
    above_mean = shares - shares.mean(axis=0)
    weights: np.ndarray = np.linalg.solve(covariance, rows.T @ above_mean / len(rows))
    return shares.shape[1] * weights
