"""The Eckart-Young loss: its value written out, its optimum over linear encoders, its gradient."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import torch
from sentences import explained
from torch import Tensor

from jmml_edu.losses import cca_loss, eckart_young_loss


def views(seed: int, *, rows: int = 60, dim: int = 4) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    latent, *noise = (
        torch.randn(rows, dim, generator=generator, dtype=torch.float64) for _ in range(3)
    )
    weights = torch.linspace(0.2, 2, dim, dtype=torch.float64)
    return weights * latent + noise[0], (weights * latent).flip(1) + noise[1]


def written_out(eeg: Tensor, speech: Tensor) -> Tensor:
    eeg, speech = eeg - eeg.mean(0), speech - speech.mean(0)
    cross, freedom = eeg.mT @ speech, len(eeg) - 1
    within = (eeg.mT @ eeg + speech.mT @ speech) / freedom
    return -2 * (cross + cross.mT).trace() / freedom + (within @ within).trace()


def canonical(eeg: Tensor, speech: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Canonical directions and correlations from scipy's generalised eigenproblem."""
    dim = eeg.shape[1]
    both = np.cov(eeg.numpy(), speech.numpy(), rowvar=False)
    own = scipy.linalg.block_diag(both[:dim, :dim], both[dim:, dim:])
    rho, directions = scipy.linalg.eigh(both - own, own)
    rho, directions = rho[::-1][:dim], directions[:, ::-1][:, :dim]
    return rho, directions[:dim], directions[dim:]


def test_it_is_the_formula() -> None:
    eeg, speech = views(0)
    torch.testing.assert_close(
        eckart_young_loss(3 + eeg, speech), written_out(eeg, speech), rtol=1e-12, atol=0
    )


def test_the_canonical_directions_reach_minus_the_sum_of_squares() -> None:
    eeg, speech = views(1)
    rho, left, right = canonical(eeg, speech)
    codes = (view.numpy() @ side * np.sqrt(rho) for view, side in ((eeg, left), (speech, right)))
    reached = eckart_young_loss(*(torch.from_numpy(code) for code in codes)).item()
    assert reached == pytest.approx(-(rho**2).sum(), rel=1e-10)


@pytest.mark.parametrize("width", [2, 4])
def test_no_linear_encoder_goes_below_minus_the_sum_of_squares(width: int) -> None:
    eeg, speech = views(2)
    rho = canonical(eeg, speech)[0][:width]
    generator = torch.Generator().manual_seed(0)
    encoders = [
        torch.randn(4, width, generator=generator, dtype=torch.float64).requires_grad_()
        for _ in range(2)
    ]
    optimizer = torch.optim.LBFGS(
        encoders, max_iter=500, tolerance_grad=1e-10, tolerance_change=1e-14,
        line_search_fn="strong_wolfe",
    )  # fmt: skip

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = eckart_young_loss(eeg @ encoders[0], speech @ encoders[1])
        loss.backward()
        return loss

    optimizer.step(closure)
    assert closure().item() == pytest.approx(-(rho**2).sum(), rel=1e-8)


def test_its_gradient_is_that_of_the_formula_and_of_finite_differences() -> None:
    both = [view.requires_grad_() for view in views(3, rows=9, dim=3)]
    ours = torch.autograd.grad(5 * eckart_young_loss(*both), both)
    theirs = torch.autograd.grad(5 * written_out(*both), both)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)
    assert torch.autograd.gradcheck(eckart_young_loss, both)


def test_its_scale_matters_by_design() -> None:
    eeg, speech = views(4)
    rho, left, right = canonical(eeg, speech)
    codes = [
        torch.from_numpy(view.numpy() @ side * np.sqrt(rho))
        for view, side in ((eeg, left), (speech, right))
    ]
    best = eckart_young_loss(*codes)
    assert eckart_young_loss(*(0.9 * code for code in codes)) > best
    assert eckart_young_loss(*(1.1 * code for code in codes)) > best


def test_swapping_the_views_changes_nothing_but_pairing_columns_anew_does() -> None:
    eeg, speech = views(5)
    torch.testing.assert_close(eckart_young_loss(eeg, speech), eckart_young_loss(speech, eeg))
    codes = 0.1 * eeg
    assert eckart_young_loss(codes, codes) < eckart_young_loss(codes, codes.flip(1))


def test_one_row_has_no_covariance() -> None:
    assert eckart_young_loss(torch.ones(1, 3), torch.ones(1, 3)).item() == 0


def test_views_of_different_width_are_explained() -> None:
    with explained(
        "eckart_young_loss: paired arguments must have the same number of columns; got"
        " {'eeg': '3', 'speech': '2'}. Let both encoders end in the same width."
    ):
        eckart_young_loss(torch.ones(4, 3), torch.ones(4, 2))


@pytest.mark.parametrize(("rows", "of_loss", "of_sum"), [(10, 6.1, -9.0), (100, 0.56, -2.7)])
def test_small_batches_bias_it_less_than_the_sum_and_the_other_way(
    rows: int, of_loss: float, of_sum: float
) -> None:
    generator = torch.Generator().manual_seed(0)
    views = torch.randn(2, 200, rows, 10, generator=generator, dtype=torch.float64) / 2**0.5
    # Independent columns of variance 1/2: no correlation, and |I|^2 = 10 is the population's loss.
    # 20 variances and 180 covariances of Gaussian columns add 55 / (rows - 1) to it.
    found = [eckart_young_loss(eeg, speech) - 10 for eeg, speech in zip(*views, strict=True)]
    assert torch.stack(found).mean().item() == pytest.approx(of_loss, abs=0.25)
    found = [cca_loss(eeg, speech) for eeg, speech in zip(*views, strict=True)]
    assert torch.stack(found).mean().item() == pytest.approx(of_sum, abs=0.2)
