"""The eighteen degenerate batches: finite everywhere, in range, and right where it is defined."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from degenerate_batches import BATCHES
from torch import Tensor

from jmml_edu.losses import (
    barlow_twins_loss,
    cca_loss,
    eckart_young_loss,
    info_nce_loss,
    squared_cca_loss,
    vicreg_loss,
)

RIDGES = (0.0, 1e-8, 1e-4, 1e-2, 1.0)
DTYPES = (torch.float32, torch.float64)
Loss = Callable[..., Tensor]


def gradients(loss: Tensor, *views: Tensor) -> tuple[Tensor, ...]:
    return torch.autograd.grad(loss, views)


def batch(name: str, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    eeg, speech = (view.to(dtype, copy=True) for view in BATCHES[name][1:])
    return eeg.requires_grad_(), speech.requires_grad_()


def centred(view: Tensor) -> Tensor:
    """A view less its means; a constant column becomes exactly 0."""
    rest = view - view.mean(0)
    return rest * (rest.abs().amax(0) > 1e-12 * view.abs().amax(0)).detach()


def factor(view: Tensor, ridge: float) -> Tensor:
    """Cholesky factor of a ridged covariance; a constant column gets any variance."""
    covariance = view.mT @ view
    variance = covariance.diagonal()
    ridged = variance + ridge * variance.mean()
    return torch.linalg.cholesky(covariance - variance.diag() + (ridged + (ridged == 0)).diag())


def reference(eeg: Tensor, speech: Tensor, ridge: float, *, power: int, eps: float) -> Tensor:
    """The loss by plain autograd in float64, without the correlations that ``eps`` cannot hold.

    The nuclear norm is differentiated as tr(Q' T) with Q = U V' of the correlations that count.
    """
    eeg, speech = centred(eeg), centred(speech)
    left, right = factor(eeg, ridge), factor(speech, ridge)
    white = torch.linalg.solve_triangular(left, eeg.mT @ speech, upper=False)
    white = torch.linalg.solve_triangular(right, white.mT, upper=False).mT
    if power == 2:
        return -white.square().sum()
    magnified = 1.0
    for whitener in (left.detach(), right.detach()):
        magnified *= (whitener.norm(dim=1) / whitener.diagonal()).max().item()
    u, rho, v = torch.linalg.svd(white.detach(), full_matrices=False)
    kept = rho > 16 * eps * magnified
    return -(white * ((u * kept) @ v)).sum()


def test_there_are_eighteen_batches_each_with_its_reason() -> None:
    assert len(BATCHES) == 18
    assert all(batch.why for batch in BATCHES.values())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("ridge", RIDGES)
@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("loss", [cca_loss, squared_cca_loss])
def test_correlation_losses_stay_finite_and_in_range(
    loss: Loss, name: str, ridge: float, dtype: torch.dtype
) -> None:
    eeg, speech = batch(name, dtype)
    value = loss(eeg, speech, ridge=ridge)
    most = min(eeg.shape[1], len(eeg) - 1)
    slack = 2e-2 if dtype is torch.float32 else 1e-3
    assert -most - slack <= value.item() <= 0
    assert all(gradient.isfinite().all() for gradient in gradients(value, eeg, speech))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("loss", [eckart_young_loss, vicreg_loss, barlow_twins_loss, info_nce_loss])
def test_the_other_losses_stay_finite_and_in_range(
    loss: Loss, name: str, dtype: torch.dtype
) -> None:
    eeg, speech = batch(name, dtype)
    value = loss(eeg, speech)
    dim = eeg.shape[1]
    lowest = -dim if loss is eckart_young_loss else 0
    highest = {
        barlow_twins_loss: 4 * dim + 5e-3 * dim * (dim - 1),
        info_nce_loss: math.log(len(eeg)) + 2 / 0.07,
    }.get(loss, math.inf)
    assert lowest - 1e-5 <= value.item() <= highest + 1e-5
    assert value.isfinite()
    assert all(gradient.isfinite().all() for gradient in gradients(value, eeg, speech))


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("ridge", [1e-4, 1e-2, 1.0])
@pytest.mark.parametrize("name", BATCHES)
def test_float64_agrees_with_plain_autograd(name: str, ridge: float, power: int) -> None:
    loss = (cca_loss, squared_cca_loss)[power - 1]
    eeg, speech = batch(name, torch.float64)
    ours = loss(eeg, speech, ridge=ridge)
    theirs = reference(eeg, speech, ridge, power=power, eps=torch.finfo(torch.float64).eps)
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)
    for one, other in zip(
        gradients(ours, eeg, speech), gradients(theirs, eeg, speech), strict=True
    ):
        assert (one - other).norm() <= 1e-7 * other.norm() + 1e-12


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("ridge", [1e-4, 1e-2, 1.0])
@pytest.mark.parametrize("name", BATCHES)
def test_float32_gradients_stay_within_five_percent(name: str, ridge: float, power: int) -> None:
    loss = (cca_loss, squared_cca_loss)[power - 1]
    eeg, speech = batch(name, torch.float32)
    exact = [view.detach().double().requires_grad_() for view in (eeg, speech)]
    ours = gradients(loss(eeg, speech, ridge=ridge), eeg, speech)
    eps = torch.finfo(torch.float32).eps
    theirs = gradients(reference(*exact, ridge, power=power, eps=eps), *exact)
    for one, other in zip(ours, theirs, strict=True):
        assert (one - other).norm() <= 0.05 * other.norm() + 1e-5
