"""A map that starts as the linear one it was given, and what training may and may not change."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import erf
from torch import Tensor, nn

from jmml_edu.networks import Layers, ResidualMap, hidden_layers

few = settings(max_examples=15, deadline=None)


def matrices(seed: int, *, n_in: int = 5, n_out: int = 3, n_white: int = 4) -> list[np.ndarray]:
    """A linear map and a whitening that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n_in, width)) for width in (n_out, n_white)]


def residual_map(seed: int = 0, layers: Layers | None = None) -> ResidualMap:
    """A map as it is before training, in training mode."""
    return ResidualMap(*matrices(seed), layers or Layers(width=16, depth=1), seed=seed)


def rows(seed: int = 0, n: int = 20) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal((n, 5))).float()


def woken(model: ResidualMap) -> ResidualMap:
    """The map with a last layer that speaks."""
    assert isinstance(model.network, nn.Sequential)
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        for parameter in model.network[-1].parameters():
            parameter.normal_()
    return model


def seen_by(module: nn.Module) -> list[Tensor]:
    """A list to which everything that enters a module will be added."""
    inputs: list[Tensor] = []
    module.register_forward_pre_hook(lambda _, args: inputs.append(args[0].detach().clone()))
    return inputs


def linear_layers(model: nn.Module) -> list[nn.Linear]:
    return [part for part in model.modules() if isinstance(part, nn.Linear)]


@few
@given(
    seed=st.integers(0, 10_000),
    depth=st.integers(0, 3),
    dropout=st.sampled_from([0.0, 0.5, 0.9]),
    training=st.booleans(),
)
def test_before_training_it_is_the_linear_map_to_the_last_digit(
    seed: int, depth: int, dropout: float, training: bool
) -> None:
    linear, whitening = matrices(seed)
    model = ResidualMap(linear, whitening, Layers(8, depth, dropout), seed=seed).train(training)
    inputs = rows(seed)
    assert torch.equal(model(inputs), inputs @ torch.tensor(linear, dtype=torch.float32))


@pytest.mark.parametrize("depth", [1, 2])
def test_it_computes_the_formula(depth: int) -> None:
    model = woken(residual_map(2, Layers(width=7, depth=depth))).eval()
    linear, whitening = matrices(2)
    inputs = rows().double().numpy()
    hidden = inputs @ whitening
    *layers, last = [[p.detach().numpy() for p in part.parameters()] for part in
                     linear_layers(model)]  # fmt: skip
    for weight, bias in layers:
        hidden = hidden @ weight.T + bias
        hidden = hidden * (1 + erf(hidden / np.sqrt(2))) / 2
    expected = inputs @ linear + hidden @ last[0].T + last[1]
    np.testing.assert_allclose(model(rows()).detach().numpy(), expected, rtol=1e-4, atol=1e-4)


def test_it_is_linear_and_nothing_else_without_hidden_layers() -> None:
    model = residual_map(0, Layers(depth=0))
    assert [tuple(p.shape) for p in model.parameters()] == [(5, 3)]
    model.linear.data *= 2
    expected = 2 * rows() @ torch.tensor(matrices(0)[0], dtype=torch.float32)
    torch.testing.assert_close(model(rows()), expected)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_it_has_the_layers_asked_for(depth: int) -> None:
    model = residual_map(0, Layers(width=11, depth=depth, dropout=0.3))
    shapes = [(part.in_features, part.out_features) for part in linear_layers(model)]
    assert shapes == [(4, 11)] + [(11, 11)] * (depth - 1) + [(11, 3)]
    dropouts = [part.p for part in model.modules() if isinstance(part, nn.Dropout)]
    assert dropouts == [0.3] * depth


def test_hidden_layers_tell_how_many_outputs_they_have() -> None:
    hidden, width = hidden_layers(5, Layers(width=9, depth=2, dropout=0.0))
    assert hidden(rows()).shape == (20, width) == (20, 9)
    nothing, same = hidden_layers(5, Layers(depth=0))
    assert same == 5
    assert torch.equal(nothing(rows()), rows())


def test_the_seed_draws_the_weights_and_leaves_the_global_state_alone() -> None:
    states = []
    for chance in (1, 2):
        torch.manual_seed(chance)
        before = torch.get_rng_state()
        states.append(residual_map(3).state_dict())
        assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_another_seed_draws_other_hidden_weights_and_changes_nothing_else() -> None:
    one, other = (ResidualMap(*matrices(0), Layers(width=16), seed=seed) for seed in (0, 1))
    assert torch.equal(one.linear, other.linear)
    for left, right in zip(linear_layers(one)[:-1], linear_layers(other)[:-1], strict=True):
        assert not torch.equal(left.weight, right.weight)
        assert not torch.equal(left.bias, right.bias)


def test_dropout_silences_hidden_units_only() -> None:
    model = woken(residual_map(0, Layers(width=400, depth=2, dropout=0.3)))
    first, second, last = linear_layers(model)
    inputs = [seen_by(part) for part in (first, second, last)]
    found = model.train()(rows())
    assert torch.equal(inputs[0][0], rows() @ model.get_buffer("whitening"))
    for entered in (inputs[1][0], inputs[2][0]):
        assert (entered == 0).float().mean().item() == pytest.approx(0.3, abs=0.03)
    spoken = inputs[2][0] @ last.weight.T + last.bias
    torch.testing.assert_close(found, rows() @ model.linear + spoken)


def test_units_that_are_left_speak_louder_so_that_the_mean_stays() -> None:
    model = woken(residual_map(0, Layers(width=64, depth=1, dropout=0.5)))
    entered = seen_by(linear_layers(model)[-1])
    model.train()(rows())
    model.eval()(rows())
    kept = entered[0] != 0
    torch.testing.assert_close(entered[0][kept], 2 * entered[1][kept])


def test_two_readings_differ_in_training_and_agree_after_it() -> None:
    model = woken(residual_map(0, Layers(width=64)))
    assert not torch.equal(model.train()(rows()), model(rows()))
    assert torch.equal(model.eval()(rows()), model(rows()))


def test_the_first_gradient_reaches_the_linear_map_and_the_last_layer() -> None:
    model = residual_map(0, Layers(width=16, depth=1, dropout=0.0))
    pull = torch.from_numpy(np.random.default_rng(1).standard_normal((20, 3))).float()
    (model(rows()) * pull).sum().backward()
    torch.testing.assert_close(model.linear.grad, rows().T @ pull)
    first, last = linear_layers(model)
    assert last.weight.grad is not None
    assert (last.weight.grad != 0).all()
    torch.testing.assert_close(last.bias.grad, pull.sum(dim=0))
    torch.testing.assert_close(first.weight.grad, torch.zeros(16, 4))  # it is silent as yet


def test_two_steps_move_every_parameter_and_never_the_whitening() -> None:
    model = residual_map(0, Layers(width=16, depth=2))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        (model(rows()) - 1).square().mean().backward()
        optimizer.step()
    after = model.state_dict()
    assert {name for name in before if torch.equal(before[name], after[name])} == {"whitening"}


def test_the_gradient_is_that_of_differences() -> None:
    model = woken(residual_map(0, Layers(width=6, depth=2))).double().eval()
    inputs = rows(n=3).double().requires_grad_()
    assert torch.autograd.gradcheck(model, (inputs,))
    names = [name for name, _ in model.named_parameters()]
    values = tuple(value.detach().clone().requires_grad_() for value in model.parameters())
    assert torch.autograd.gradcheck(
        lambda *some: torch.func.functional_call(
            model, dict(zip(names, some, strict=True)), (inputs.detach(),)
        ),
        values,
    )


def test_the_matrices_given_are_not_changed_by_training() -> None:
    given_matrices = [array.astype(np.float32) for array in matrices(0)]
    kept = [array.copy() for array in given_matrices]
    model = ResidualMap(*given_matrices, Layers(width=4), seed=0)
    with torch.no_grad():
        model.linear += 1
        model.get_buffer("whitening").mul_(0)
    for found, expected in zip(given_matrices, kept, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_its_state_holds_all_of_it() -> None:
    trained, other = woken(residual_map(0)), residual_map(1)
    other.load_state_dict(trained.state_dict())
    assert torch.equal(trained.eval()(rows()), other.eval()(rows()))


def test_a_network_bends_what_the_linear_map_cannot() -> None:
    model = woken(residual_map(0)).eval()
    origin, there, twice = (model(factor * rows()) for factor in (0, 1, 2))
    assert (twice - 2 * there + origin).abs().max() > 0.1
