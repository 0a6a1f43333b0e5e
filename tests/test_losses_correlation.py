"""The correlation losses: known values by other routes, properties, gradients, precision, input."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import jaxtyping
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained
from torch import Tensor

from jmml_edu.losses import cca_loss, eckart_young_loss, squared_cca_loss

BOTH = [cca_loss, squared_cca_loss]
Loss = Callable[..., Tensor]
few = settings(max_examples=20, deadline=None)


def normal(seed: int) -> Callable[..., Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)


def paired_views(
    seed: int, *, rows: int = 40, eeg_dim: int = 3, speech_dim: int = 4, shared: int = 3
) -> tuple[Tensor, Tensor]:
    """Two views that share a latent, plus noise of their own."""
    draw = normal(seed)
    latent = draw(rows, shared)
    eeg = latent @ draw(shared, eeg_dim) + draw(rows, eeg_dim)
    return eeg, latent @ draw(shared, speech_dim) + draw(rows, speech_dim)


def correlations(eeg: Tensor, speech: Tensor) -> np.ndarray:
    """Canonical correlations without a ridge: cosines between the column spaces, by QR and SVD."""
    left, right = (np.linalg.qr(view - view.mean(0))[0] for view in (eeg.numpy(), speech.numpy()))
    return np.linalg.svd(left.T @ right, compute_uv=False)


def ridged_correlations(eeg: Tensor, speech: Tensor, ridge: float) -> np.ndarray:
    """With a ridge: roots of the eigenvalues of inv(S_ee) S_es inv(S_ss) S_se, by numpy."""
    width = eeg.shape[1]
    covariance = np.cov(eeg.numpy(), speech.numpy(), rowvar=False)
    own, other = covariance[:width, :width], covariance[width:, width:]
    cross = covariance[:width, width:]
    own = own + ridge * np.trace(own) / len(own) * np.eye(len(own))
    other = other + ridge * np.trace(other) / len(other) * np.eye(len(other))
    product = np.linalg.solve(own, cross) @ np.linalg.solve(other, cross.T)
    return np.sqrt(np.sort(np.linalg.eigvals(product).real)[::-1].clip(0))


def plain(eeg: Tensor, speech: Tensor, ridge: float, power: int) -> Tensor:
    """The loss left to autograd, whitened with symmetric roots instead of Cholesky factors."""

    def white(view: Tensor) -> Tensor:
        view = view - view.mean(0)
        covariance = view.mT @ view / (len(view) - 1)
        eye = torch.eye(len(covariance), dtype=view.dtype)
        values, vectors = torch.linalg.eigh(
            covariance + ridge * covariance.trace() / len(eye) * eye
        )
        return view @ (vectors / values.sqrt()) @ vectors.mT / math.sqrt(len(view) - 1)

    return -torch.linalg.svdvals(white(eeg).mT @ white(speech)).pow(power).sum()


@pytest.mark.parametrize(("eeg_dim", "speech_dim"), [(1, 1), (3, 4), (8, 2), (12, 12)])
def test_without_ridge_they_match_qr_and_svd_to_twelve_digits(
    eeg_dim: int, speech_dim: int
) -> None:
    views = paired_views(1, rows=200, eeg_dim=eeg_dim, speech_dim=speech_dim)
    rho = correlations(*views)
    assert cca_loss(*views, ridge=0).item() == pytest.approx(-rho.sum(), rel=1e-12)
    assert squared_cca_loss(*views, ridge=0).item() == pytest.approx(-(rho**2).sum(), rel=1e-12)


@pytest.mark.parametrize("ridge", [1e-6, 1e-2, 1.0, 30.0])
def test_the_ridge_is_a_fraction_of_each_views_mean_variance(ridge: float) -> None:
    eeg, speech = paired_views(2)
    views = 7 * eeg, speech / 100
    rho = ridged_correlations(*views, ridge)
    assert cca_loss(*views, ridge=ridge).item() == pytest.approx(-rho.sum(), rel=1e-10)
    assert squared_cca_loss(*views, ridge=ridge).item() == pytest.approx(-(rho**2).sum(), rel=1e-10)


def test_sum_and_sum_of_squares_and_norm_are_three_numbers() -> None:
    rho = torch.tensor([0.654, 0.234, 0.148], dtype=torch.float64)
    draw = normal(3)(50, 6)
    white = torch.linalg.qr(draw - draw.mean(0)).Q
    eeg = white[:, :3]
    speech = rho * eeg + (1 - rho**2).sqrt() * white[:, 3:]
    assert cca_loss(eeg, speech, ridge=0).item() == pytest.approx(-1.036, abs=1e-9)
    squared = squared_cca_loss(eeg, speech, ridge=0).item()
    assert squared == pytest.approx(-0.504376, abs=1e-9)
    assert math.sqrt(-squared) == pytest.approx(0.710, abs=5e-4)


@pytest.mark.parametrize("loss", BOTH)
def test_under_any_huge_ridge_nothing_correlates(loss: Loss) -> None:
    eeg, speech = (view.float().requires_grad_() for view in paired_views(4))
    value = loss(eeg, speech, ridge=1e300)
    value.backward()
    assert value.item() == pytest.approx(0, abs=1e-20)
    assert eeg.grad.abs().max() < 1e-20


def test_one_column_gives_the_correlation_coefficient() -> None:
    eeg, speech = (view[:, :1] for view in paired_views(4))
    pearson = np.corrcoef(eeg[:, 0], speech[:, 0])[0, 1]
    assert cca_loss(eeg, speech, ridge=0.5).item() == pytest.approx(-abs(pearson) / 1.5)
    assert squared_cca_loss(eeg, speech, ridge=0.5).item() == pytest.approx(-((pearson / 1.5) ** 2))


@pytest.mark.parametrize(
    ("rows", "expected"), [(10, 8.9), (20, 6.6), (50, 3.9), (100, 2.7), (500, 1.2), (2000, 0.6)]
)
def test_small_batches_of_independent_views_look_correlated(rows: int, expected: float) -> None:
    draw = normal(rows)
    batches = 40 if rows < 500 else 10
    mean = np.mean(
        [-cca_loss(draw(rows, 10), draw(rows, 10), ridge=0).item() for _ in range(batches)]
    )
    assert mean == pytest.approx(expected, abs=0.12)


@few
@given(seed=st.integers(0, 10_000), eeg_dim=st.integers(1, 5), ridge=st.sampled_from([0, 1e-3, 1]))
def test_they_lie_in_range_and_squares_are_less(seed: int, eeg_dim: int, ridge: float) -> None:
    views = paired_views(seed, eeg_dim=eeg_dim)
    total, squared = cca_loss(*views, ridge=ridge), squared_cca_loss(*views, ridge=ridge)
    assert -min(eeg_dim, 4) - 1e-9 <= total <= squared <= 0


@few
@given(seed=st.integers(0, 10_000), scale=st.floats(1e-6, 1e6), shift=st.floats(-5, 5))
@pytest.mark.parametrize("loss", BOTH)
def test_they_ignore_unit_offset_sign_order_and_which_view_comes_first(
    loss: Loss, seed: int, scale: float, shift: float
) -> None:
    eeg, speech = paired_views(seed)
    order = torch.randperm(len(eeg), generator=torch.Generator().manual_seed(seed))
    moved = loss(speech[order], shift - scale * eeg[order], ridge=0.01)
    torch.testing.assert_close(moved, loss(eeg, speech, ridge=0.01), rtol=1e-8, atol=0)


@few
@given(seed=st.integers(0, 10_000))
@pytest.mark.parametrize("loss", BOTH)
def test_without_ridge_they_ignore_invertible_maps(loss: Loss, seed: int) -> None:
    eeg, speech = paired_views(seed)
    turn = torch.linalg.qr(normal(seed + 1)(3, 3)).Q
    mapped = eeg @ (turn * torch.tensor([1e-2, 1.0, 30.0], dtype=torch.float64)) @ turn
    torch.testing.assert_close(
        loss(mapped, speech, ridge=0), loss(eeg, speech, ridge=0), rtol=1e-6, atol=0
    )


@pytest.mark.parametrize("loss", BOTH)
@pytest.mark.parametrize("size", [1e-20, 1e20])
def test_float32_views_of_any_size_give_the_same_loss(loss: Loss, size: float) -> None:
    eeg, speech = (view.float() for view in paired_views(5))
    scaled = (eeg * size).requires_grad_(), (speech / size).requires_grad_()
    usual = eeg.requires_grad_(), speech.requires_grad_()
    loss(*scaled).backward()
    loss(*usual).backward()
    torch.testing.assert_close(loss(*scaled), loss(*usual), rtol=1e-5, atol=0)
    for one, other, unit in zip(scaled, usual, (size, 1 / size), strict=True):
        torch.testing.assert_close(
            one.grad.double() * unit, other.grad.double(), rtol=1e-3, atol=1e-6
        )


CASES = {
    "ordinary": (paired_views(6, rows=12), 0.0),
    "large ridge": (paired_views(6, rows=12), 0.3),
    "wide speech": (paired_views(7, rows=15, eeg_dim=2, speech_dim=5), 1e-2),
    "wide eeg": (paired_views(8, rows=15, eeg_dim=5, speech_dim=2), 1e-2),
    "fewer rows than columns": (paired_views(9, rows=4, eeg_dim=5, speech_dim=6), 0.1),
}


@pytest.mark.parametrize("loss", BOTH)
@pytest.mark.parametrize("name", CASES)
def test_gradients_match_finite_differences(loss: Loss, name: str) -> None:
    views, ridge = CASES[name]
    views = tuple(view.clone().requires_grad_() for view in views)
    assert torch.autograd.gradcheck(partial(loss, ridge=ridge), views)


@pytest.mark.parametrize("loss", BOTH)
def test_gradients_are_right_where_eigenvalues_coincide(loss: Loss) -> None:
    eeg, speech = paired_views(10, rows=12)
    white = torch.linalg.qr(eeg - eeg.mean(0)).Q.requires_grad_()
    speech.requires_grad_()
    assert torch.autograd.gradcheck(partial(loss, ridge=0.01), (white, speech))


@pytest.mark.parametrize("loss", BOTH)
def test_gradients_are_right_at_a_dead_unit_under_a_ridge(loss: Loss) -> None:
    eeg, speech = paired_views(11, rows=12, eeg_dim=4, speech_dim=2)
    eeg[:, 1] = 0
    views = eeg.requires_grad_(), speech.requires_grad_()
    assert torch.autograd.gradcheck(partial(loss, ridge=0.1), views)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("ridge", [0.0, 1e-2, 1.0])
def test_the_closed_form_equals_autograd_through_another_whitening(
    power: int, ridge: float
) -> None:
    views = [view.requires_grad_() for view in paired_views(12)]
    loss = BOTH[power - 1](*views, ridge=ridge)
    ours = torch.autograd.grad(3 * loss, views)
    theirs = torch.autograd.grad(3 * plain(*views, ridge, power), views)
    for one, other in zip(ours, theirs, strict=True):
        assert (one - other).norm() <= 1e-10 * other.norm()


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize(("eeg_dim", "speech_dim"), [(3, 3), (31, 31), (32, 32), (31, 32)])
def test_views_taken_together_and_one_by_one_have_the_gradient_of_autograd(
    power: int, eeg_dim: int, speech_dim: int
) -> None:
    views = paired_views(21, rows=150, eeg_dim=eeg_dim, speech_dim=speech_dim)
    views = [view.requires_grad_() for view in views]
    ours = torch.autograd.grad(BOTH[power - 1](*views, ridge=0.1), views)
    theirs = torch.autograd.grad(plain(*views, 0.1, power), views)
    for one, other in zip(ours, theirs, strict=True):
        assert (one - other).norm() <= 1e-9 * other.norm()


@pytest.mark.parametrize("loss", BOTH)
def test_a_frozen_view_needs_no_gradient(loss: Loss) -> None:
    eeg, speech = paired_views(13)
    both = eeg.clone().requires_grad_(), speech.clone().requires_grad_()
    alone = speech.clone().requires_grad_()
    loss(*both).backward()
    loss(eeg, alone).backward()
    assert torch.equal(alone.grad, both[1].grad)
    assert not loss(eeg, speech).requires_grad


@pytest.mark.parametrize("loss", BOTH)
def test_a_constant_column_beside_others_has_no_say_and_no_gradient(loss: Loss) -> None:
    eeg, speech = (view.float() for view in paired_views(3, rows=41))
    constant = torch.full((41, 1), 0.1)  # its mean in float32 is off by rounding
    beside = torch.cat([eeg, constant], dim=1).requires_grad_()
    value = loss(beside, speech, ridge=0)
    value.backward()
    assert value.item() == pytest.approx(loss(eeg, speech, ridge=0).item(), abs=1e-4)
    assert beside.grad is not None
    assert not beside.grad[:, -1].any()


@pytest.mark.parametrize("loss", BOTH)
def test_a_constant_view_gives_zero_and_no_gradient(loss: Loss) -> None:
    eeg, speech = paired_views(14)
    constant = torch.full_like(eeg, 0.1).requires_grad_()
    value = loss(constant, speech.requires_grad_(), ridge=0)
    value.backward()
    assert value.item() == 0
    assert not constant.grad.any()
    assert not speech.grad.any()


@pytest.mark.parametrize("loss", [*BOTH, eckart_young_loss])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_nan_in_gives_nan_out(loss: Loss, bad: float) -> None:
    eeg, speech = paired_views(15, speech_dim=3)
    eeg[2, 1] = bad
    value = loss(eeg.requires_grad_(), speech)
    value.backward()
    assert value.isnan()
    assert eeg.grad.isnan().any()


@pytest.mark.parametrize("loss", [*BOTH, eckart_young_loss])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(loss: Loss, dtype: torch.dtype) -> None:
    eeg, speech = (view.to(dtype) for view in paired_views(16, speech_dim=3))
    value = loss(eeg.requires_grad_(), speech)
    value.backward()
    assert value.dtype is torch.float32
    assert eeg.grad.dtype is dtype
    torch.testing.assert_close(value, loss(eeg.float(), speech.float()), rtol=0, atol=0)


@pytest.mark.parametrize("loss", [*BOTH, eckart_young_loss])
def test_autocast_changes_nothing(loss: Loss) -> None:
    eeg, speech = (view.float() for view in paired_views(17, speech_dim=3))
    outside = eeg.clone().requires_grad_()
    loss(outside, speech).backward()
    inside = eeg.clone().requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = loss(inside, speech)
        value.backward()
    assert value.dtype is torch.float32
    assert torch.equal(value, loss(eeg, speech))
    assert torch.equal(inside.grad, outside.grad)


@pytest.mark.parametrize("loss", [*BOTH, eckart_young_loss])
def test_they_ask_nothing_of_the_device_but_its_operations(loss: Loss) -> None:
    eeg = torch.empty(8, 3, device="meta", requires_grad=True)
    loss(eeg, torch.empty(8, 3, device="meta")).backward()
    assert eeg.grad.shape == (8, 3)


@pytest.mark.parametrize("loss", [*BOTH, eckart_young_loss])
def test_one_step_of_a_small_network_lowers_the_loss_and_repeats_exactly(loss: Loss) -> None:
    def train() -> list[float]:
        eeg, speech = (view.float() for view in paired_views(18, rows=100, speech_dim=3))
        torch.manual_seed(0)
        encoder = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
        optimizer = torch.optim.SGD(encoder.parameters(), lr=1e-2)
        values = []
        for _ in range(2):
            value = loss(encoder(eeg), speech)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            values.append(value.item())
        return values

    first, second = train()
    assert second < first
    assert train() == [first, second]


def test_the_arguments_are_left_alone() -> None:
    views = paired_views(19)
    copies = [view.clone() for view in views]
    cca_loss(*views)
    squared_cca_loss(*views)
    assert all(torch.equal(view, copy) for view, copy in zip(views, copies, strict=True))


def test_second_derivatives_are_refused() -> None:
    eeg, speech = (view.requires_grad_() for view in paired_views(20))
    (gradient,) = torch.autograd.grad(cca_loss(eeg, speech).square(), eeg, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


ONES = torch.ones(4, 2)
SHAPE = "have shape (row, column) with at least one of each"
REMEDY = "Pass one row per sample, one column per feature."


@pytest.mark.parametrize("loss", BOTH)
@pytest.mark.parametrize(
    ("eeg", "speech", "ridge", "sentence"),
    [
        (ONES[0], ONES, 0.1, f"eeg must {SHAPE}; got (2,). {REMEDY}"),
        (ONES, ONES[:, :0], 0.1, f"speech must {SHAPE}; got (4, 0). {REMEDY}"),
        (ONES[:0], ONES[:0], 0.1, f"eeg must {SHAPE}; got (0, 2). {REMEDY}"),
        (
            ONES, ONES[:3], 0.1,
            "paired arguments must have the same number of rows; got {'eeg': 4, 'speech': 3}."
            " Build them from the same Pairs.",
        ),
        (
            ONES, ONES.double(), 0.1,
            "paired arguments must have the same dtype; got {'eeg': 'torch.float32', 'speech':"
            " 'torch.float64'}. Convert one with Tensor.to.",
        ),
        (
            ONES.to("meta"), ONES, 0.1,
            "paired arguments must have the same device; got {'eeg': 'meta', 'speech': 'cpu'}."
            " Move one with Tensor.to.",
        ),
        (ONES, ONES, -1.0, "ridge must be at least 0; got -1.0. Choose 0 or more."),
        (ONES, ONES, math.nan, "ridge must be at least 0; got nan. Choose 0 or more."),
    ],
)  # fmt: skip
def test_bad_input_is_explained(
    loss: Loss, eeg: Tensor, speech: Tensor, ridge: float, sentence: str
) -> None:
    with explained(f"{loss.__name__}: {sentence}"):
        loss(eeg, speech, ridge=ridge)


@pytest.mark.parametrize("loss", [*BOTH, eckart_young_loss])
@pytest.mark.parametrize(
    ("bad", "found"), [(np.ones((4, 2)), "ndarray"), (ONES.int(), "torch.int32")]
)
def test_what_is_no_tensor_of_numbers_is_explained(loss: Loss, bad: object, found: str) -> None:
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with pytest.raises(TypeError) as error:
            loss(ONES, bad)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    assert str(error.value) == (
        f"{loss.__name__}: speech must be a tensor of floating-point numbers; got {found}."
        " Convert it with torch.as_tensor(..., dtype=torch.float32)."
    )


@pytest.mark.parametrize("seed", range(6))
def test_codes_that_nearly_collapse_keep_their_gradient_in_float32(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    shared = normal(256, 4)
    views = [
        shared @ normal(4, 10) + normal(256, 10) + 100 * normal(256, 1) @ normal(1, 10)
        for _ in range(2)
    ]
    exact, rounded = (
        torch.autograd.grad(cca_loss(view, views[1].to(view)), view)[0].double()
        for view in (views[0].requires_grad_(), views[0].detach().float().requires_grad_())
    )
    assert (rounded - exact).norm() < 0.05 * exact.norm()
