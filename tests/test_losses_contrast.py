"""VICReg, Barlow Twins and InfoNCE: their formulas written out, optimum, range, scale, input."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from torch import Tensor
from torch.nn import functional

from jmml_edu.losses import barlow_twins_loss, info_nce_loss, vicreg_loss

ALL = [vicreg_loss, barlow_twins_loss, info_nce_loss]
Loss = Callable[..., Tensor]


def views(seed: int, *, rows: int = 12, dim: int = 3) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    latent, *noise = (
        torch.randn(rows, dim, generator=generator, dtype=torch.float64) for _ in range(3)
    )
    return latent + 0.5 * noise[0], latent + 0.5 * noise[1]


def white(rows: int, dim: int) -> Tensor:
    """Centred, uncorrelated columns of variance 1."""
    view, _ = views(0, rows=rows, dim=dim)
    return torch.linalg.qr(view - view.mean(0)).Q * math.sqrt(rows - 1)


def test_vicreg_is_the_formula_term_by_term() -> None:
    eeg, speech = views(1)
    distance = sum(((e - s) ** 2).sum() for e, s in zip(eeg, speech, strict=True)) / len(eeg)
    width, overlap = 0.0, 0.0
    for view in (eeg, speech):
        covariance = torch.cov(view.T)
        for i in range(3):
            width += max(0.0, 1 - math.sqrt(covariance[i, i] + 1e-4)) / 3
            overlap += sum(covariance[i, j] ** 2 for j in range(3) if j != i) / 3
    torch.testing.assert_close(
        vicreg_loss(eeg, speech, invariance_weight=2, variance_weight=3, covariance_weight=5),
        2 * distance + 3 * width + 5 * overlap,
    )
    torch.testing.assert_close(vicreg_loss(eeg, speech), 25 * distance + 25 * width + overlap)


def test_vicreg_is_zero_for_equal_white_views_and_grows_when_they_collapse() -> None:
    view = white(20, 4)
    assert vicreg_loss(view, view).item() == pytest.approx(0, abs=1e-12)
    assert vicreg_loss(0 * view, 0 * view).item() == pytest.approx(2 * 25 * 0.99)


def test_vicreg_has_a_nameable_way_to_the_published_code() -> None:
    eeg, speech = views(2)
    shortfall = [functional.relu(1 - (view.var(0) + 1e-4).sqrt()).mean() for view in (eeg, speech)]
    published = 25 * functional.mse_loss(eeg, speech) + 25 * sum(shortfall) / 2
    ours = vicreg_loss(
        eeg, speech, invariance_weight=25 / 3, variance_weight=12.5, covariance_weight=0
    )
    torch.testing.assert_close(ours, published)


def test_barlow_twins_is_the_formula() -> None:
    eeg, speech = views(3)
    correlation = torch.corrcoef(torch.cat([eeg, speech], 1).T)[:3, 3:]
    on = ((1 - correlation.diagonal()) ** 2).sum()
    off = (correlation**2).sum() - (correlation.diagonal() ** 2).sum()
    torch.testing.assert_close(
        barlow_twins_loss(eeg, speech, redundancy_weight=0.3), on + 0.3 * off
    )
    torch.testing.assert_close(barlow_twins_loss(eeg, speech), on + 0.005 * off)


def test_barlow_twins_is_zero_for_uncorrelated_columns_in_other_units() -> None:
    view = white(20, 4)
    units = torch.tensor([1e-12, 1.0, 1e3, 1e12], dtype=torch.float64)
    assert barlow_twins_loss(view * units + 3 * units, view).item() == pytest.approx(0, abs=1e-12)


def test_barlow_twins_is_four_per_column_that_runs_against_its_partner() -> None:
    view = white(20, 3)
    assert barlow_twins_loss(view, -view).item() == pytest.approx(12)


def test_barlow_twins_gives_a_constant_column_no_correlation_and_no_gradient() -> None:
    eeg, speech = views(4)
    eeg[:, 1] = 0.1
    loss = barlow_twins_loss(eeg.requires_grad_(), speech, redundancy_weight=0)
    loss.backward()
    others = barlow_twins_loss(eeg[:, [0, 2]], speech[:, [0, 2]], redundancy_weight=0)
    torch.testing.assert_close(loss, 1 + others)
    assert not eeg.grad[:, 1].any()


def test_info_nce_is_the_cross_entropy_of_the_right_partner_both_ways() -> None:
    eeg, speech = views(5)
    cosine = functional.cosine_similarity(eeg[:, None], speech[None], dim=2) / 0.2
    right = torch.arange(len(eeg))
    expected = functional.cross_entropy(cosine, right) + functional.cross_entropy(cosine.T, right)
    torch.testing.assert_close(info_nce_loss(eeg, speech, temperature=0.2), expected / 2)


def test_info_nce_knows_its_extremes() -> None:
    corners = torch.eye(8)
    assert info_nce_loss(corners, corners).item() == pytest.approx(0, abs=1e-4)
    assert info_nce_loss(corners[:1], corners[1:2]).item() == 0
    assert info_nce_loss(0 * corners, corners).item() == pytest.approx(math.log(8))
    apart = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    assert info_nce_loss(apart, -apart, temperature=0.5).item() == pytest.approx(4, abs=0.02)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_matched_views_score_better_than_shuffled_ones_and_swapping_changes_nothing(
    seed: int,
) -> None:
    eeg, speech = views(seed, rows=40)
    for loss in ALL:
        torch.testing.assert_close(loss(eeg, speech), loss(speech, eeg))
        assert 0 <= loss(eeg, speech) < loss(eeg, speech.roll(1, 0))


@pytest.mark.parametrize("loss", [barlow_twins_loss, info_nce_loss])
@pytest.mark.parametrize("size", [1e-20, 1e20])
def test_float32_views_of_any_size_give_the_same_loss(loss: Loss, size: float) -> None:
    eeg, speech = (view.float() for view in views(6))
    scaled = (size * eeg).requires_grad_()
    value = loss(scaled, speech / size)
    value.backward()
    torch.testing.assert_close(value, loss(eeg, speech), rtol=1e-4, atol=1e-5)
    assert scaled.grad.isfinite().all()


@pytest.mark.parametrize("loss", ALL)
def test_gradients_match_finite_differences(loss: Loss) -> None:
    eeg, speech = (view.requires_grad_() for view in views(7, rows=6))
    assert torch.autograd.gradcheck(loss, (eeg, speech))


@pytest.mark.parametrize("loss", ALL)
def test_half_precision_and_autocast_are_computed_in_float32(loss: Loss) -> None:
    eeg, speech = (view.bfloat16() for view in views(8))
    eeg.requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = loss(eeg, speech)
        assert torch.equal(loss(eeg.float(), speech.float()), value)
    value.backward()
    assert value.dtype is torch.float32
    assert eeg.grad.dtype is torch.bfloat16
    assert torch.equal(value, loss(eeg.float(), speech.float()))


def test_nan_in_gives_nan_out() -> None:
    eeg, speech = views(9)
    eeg[0, 0] = math.nan
    assert all(loss(eeg, speech).isnan() for loss in ALL)


@pytest.mark.parametrize("loss", ALL)
def test_views_of_different_width_are_explained(loss: Loss) -> None:
    with explained(
        f"{loss.__name__}: paired arguments must have the same number of columns; got"
        " {'eeg': '3', 'speech': '2'}. Let both encoders end in the same width."
    ):
        loss(torch.ones(4, 3), torch.ones(4, 2))


@pytest.mark.parametrize(
    ("loss", "weight"),
    [
        (vicreg_loss, "invariance_weight"),
        (vicreg_loss, "variance_weight"),
        (vicreg_loss, "covariance_weight"),
        (barlow_twins_loss, "redundancy_weight"),
    ],
)
def test_a_negative_weight_is_explained(loss: Loss, weight: str) -> None:
    sentence = f"{loss.__name__}: {weight} must be at least 0; got -1.0. Choose 0 or more."
    with explained(sentence):
        loss(torch.ones(4, 3), torch.ones(4, 3), **{weight: -1.0})


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_of_zero_or_less_is_explained(temperature: float) -> None:
    with explained(
        f"info_nce_loss: temperature must be above 0; got {temperature}. Choose a number above 0."
    ):
        info_nce_loss(torch.ones(4, 3), torch.ones(4, 3), temperature=temperature)
