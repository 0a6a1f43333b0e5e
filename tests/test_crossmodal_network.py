"""Two encoders and their decoders: closed forms before training, and plain formulas as losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from scipy.special import logsumexp
from torch import Tensor
from two_views import by_eigenvalues, paired_views, shrunk, standardised

from jmml_edu.crossmodal.network import OBJECTIVES, Batches, TwoViewNetwork
from jmml_edu.crossmodal.terms import METHODS, RECONSTRUCTIONS, TERMS
from jmml_edu.networks import Layers, ResidualMap

ALL = dict.fromkeys(TERMS, 1.0)
SMALL = Layers(width=7, depth=1, dropout=0.0)


def views(seed: int = 0, rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Standardised paired views: four columns of EEG, three of speech."""
    eeg, speech = paired_views(seed, rows=rows)
    return standardised(eeg), standardised(speech)


def started(
    seed: int = 0,
    weights: Mapping[str, float] = ALL,
    *,
    objective: str = "sum",
    latent_dim: int = 2,
    layers: Layers = SMALL,
) -> TwoViewNetwork:
    """The network of views of this seed as it is before training."""
    return TwoViewNetwork.start(
        *views(seed), latent_dim=latent_dim, ridge=0.1, objective=objective, weights=weights,
        layers=layers, seed=seed,
    )  # fmt: skip


def woken(network: TwoViewNetwork) -> TwoViewNetwork:
    """The network with residuals that speak."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator))
    return network


def codes_of(network: TwoViewNetwork, seed: int = 0) -> dict[str, np.ndarray]:
    eeg, speech = views(seed)
    return {"eeg": network.apply_map("eeg", eeg), "speech": network.apply_map("speech", speech)}


# Before training


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("latent_dim", [1, 3])
def test_encoders_start_as_ridge_cca(objective: str, latent_dim: int) -> None:
    _, *directions = by_eigenvalues(*views(), (0.1, 0.1))
    codes = codes_of(started(objective=objective, latent_dim=latent_dim))
    for name, view, direction in zip(codes, views(), directions, strict=True):
        expected = (view @ direction)[:, :latent_dim]
        scale = codes[name].std(axis=0) / expected.std(axis=0)
        cosines = (codes[name] * expected).sum(axis=0) / expected.var(axis=0) / len(view)
        np.testing.assert_allclose(np.abs(cosines), scale, rtol=1e-5)
        if objective != "eckart-young":
            np.testing.assert_allclose(scale, 1, rtol=1e-5)


def test_codes_of_the_eckart_young_objective_start_near_its_optimal_variance() -> None:
    eeg, speech = views(rows=200)
    network = TwoViewNetwork.start(
        eeg, speech, latent_dim=3, ridge=0.0, objective="eckart-young", weights=ALL,
        layers=SMALL, seed=0,
    )  # fmt: skip
    rho = by_eigenvalues(eeg, speech, (0.0, 0.0))[0].clip(min=0.01)
    for name, view in (("eeg", eeg), ("speech", speech)):
        covariance = np.cov(network.apply_map(name, view), rowvar=False)
        np.testing.assert_allclose(covariance, np.diag(rho / 2), atol=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_decoders_start_as_least_squares(objective: str) -> None:
    network = started(objective=objective)
    codes, targets = codes_of(network), dict(zip(("eeg", "speech"), views(), strict=True))
    for term, (target, source) in RECONSTRUCTIONS.items():
        told = network.apply_map(term, codes[source])
        best = np.linalg.lstsq(codes[source], targets[target])[0]
        np.testing.assert_allclose(told, codes[source] @ best, atol=1e-5)


def test_networks_bend_in_whitened_coordinates() -> None:
    network, (eeg, speech) = started(), views()
    for name, view in (("eeg", eeg), ("speech", speech)):
        white = network.maps[name].whitening.double().numpy()
        np.testing.assert_allclose(white.T @ shrunk(view, 0.01) @ white, np.eye(len(white)),
                                   atol=1e-5)  # fmt: skip
    codes = codes_of(network)
    for term, (_, source) in RECONSTRUCTIONS.items():
        white = network.maps[term].whitening.double().numpy()
        scaled = white * codes[source].std(axis=0, ddof=1)[:, None]
        within = scaled.T @ shrunk(codes[source], 0.01) @ scaled
        np.testing.assert_allclose(within, np.eye(2), atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_there_are_the_decoders_that_are_asked_for(method: str) -> None:
    network = started(weights=dict.fromkeys(METHODS[method], 0.5))
    asked = [term for term in RECONSTRUCTIONS if term in METHODS[method]]
    assert list(network.maps) == ["eeg", "speech", *asked]
    assert network.weights == dict.fromkeys(METHODS[method], 0.5)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_starts_as_if_other_terms_did_not_exist(method: str) -> None:
    whole = started(3).state_dict()
    for name, value in started(3, dict.fromkeys(METHODS[method], 1.0)).state_dict().items():
        assert torch.equal(value, whole[name])


def test_each_map_and_each_seed_draws_its_own_weights() -> None:
    drawn = []
    for seed in range(3):
        network = TwoViewNetwork.start(
            *views(), latent_dim=2, ridge=0.1, objective="sum", weights=ALL, layers=SMALL, seed=seed
        )
        for one in network.maps.values():
            assert isinstance(one, ResidualMap)
            assert one.network is not None
            drawn.append(tuple(one.network[0][0].bias.tolist()))
    assert len(set(drawn)) == 3 * 6


def test_a_constant_column_has_no_say() -> None:
    eeg, speech = views()
    beside = np.column_stack([eeg, np.zeros(len(eeg))])
    kwargs = {"latent_dim": 2, "ridge": 0.1, "objective": "sum", "weights": ALL, "layers": SMALL}
    network = TwoViewNetwork.start(beside, speech, seed=0, **kwargs)
    assert not network.maps["eeg"].linear[-1].any()
    assert not network.maps["eeg"].whitening[-1].any()
    assert network.apply_map("eeg", beside + np.eye(5)[-1]) == pytest.approx(
        codes_of(started())["eeg"]
    )


# Applied


def test_a_blank_network_takes_the_weights_of_another() -> None:
    network = woken(started(1, dict.fromkeys(METHODS["DCC-CAE"], 0.5), latent_dim=3)).eval()
    blank = TwoViewNetwork.blank(network.shapes(), network.weights, SMALL).eval()
    blank.load_state_dict(network.state_dict())
    for name, codes in codes_of(network).items():
        np.testing.assert_array_equal(blank.apply_map(name, views()[name == "speech"]), codes)
    assert network.shapes() == blank.shapes()
    assert network.shapes()["eeg from speech"] == (3, 3, 4)


def test_long_views_are_encoded_in_blocks_and_missing_rows_stay_missing() -> None:
    network = woken(started()).eval()
    eeg = np.random.default_rng(0).standard_normal((9000, 4))
    eeg[[0, 4500, 8999]] = np.nan
    codes = network.apply_map("eeg", eeg)
    assert codes.dtype == np.float64
    assert np.flatnonzero(np.isnan(codes).any(axis=1)).tolist() == [0, 4500, 8999]
    np.testing.assert_array_equal(codes[4096:8192], network.apply_map("eeg", eeg[4096:8192]))
    with torch.no_grad():
        whole = network.maps["eeg"](torch.from_numpy(eeg).float())
    np.testing.assert_allclose(codes, whole.double().numpy(), rtol=1e-5, atol=1e-6)


# What it loses


def covariances(eeg: np.ndarray, speech: np.ndarray) -> tuple[np.ndarray, ...]:
    """Covariances within EEG, within speech and between them."""
    n = eeg.shape[1]
    joint = np.cov(eeg.T, speech.T)
    return joint[:n, :n], joint[n:, n:], joint[:n, n:]


def plain_correlations(eeg: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Canonical correlations with a hundredth of the mean variance on each diagonal."""
    within_eeg, within_speech, between = covariances(eeg, speech)
    roots = [
        np.linalg.inv(sqrtm(within + 0.01 * within.diagonal().mean() * np.eye(len(within))))
        for within in (within_eeg, within_speech)
    ]
    return np.linalg.svd(roots[0] @ between @ roots[1], compute_uv=False)


def plain_objective(name: str, eeg: np.ndarray, speech: np.ndarray) -> float:
    if name == "sum":
        return -float(plain_correlations(eeg, speech).sum())
    if name == "squares":
        return -float((plain_correlations(eeg, speech) ** 2).sum())
    if name == "contrast":
        units = [view / np.linalg.norm(view, axis=1, keepdims=True) for view in (eeg, speech)]
        score = units[0] @ units[1].T / 0.07
        lost = [logsumexp(score, axis=axis) - score.diagonal() for axis in (0, 1)]
        return float(np.mean(lost))
    within_eeg, within_speech, between = covariances(eeg, speech)
    return float(-4 * between.trace() + ((within_eeg + within_speech) ** 2).sum())


def batch(
    network: TwoViewNetwork, *, eeg: np.ndarray, speech: np.ndarray, objective: str = "sum"
) -> tuple[Batches, dict[str, Tensor]]:
    """What is learned from, and what is lost on all of it."""
    batches = Batches(network, eeg, speech, objective=objective)
    return batches, batches.losses(torch.arange(len(batches)))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_each_objective_is_its_formula_at_known_codes(objective: str) -> None:
    eeg, speech = views()
    network = woken(started(objective=objective)).eval()
    _, terms = batch(network, eeg=eeg, speech=speech, objective=objective)
    codes = codes_of(network)
    expected = plain_objective(objective, codes["eeg"], codes["speech"])
    assert terms["correlation"].item() == pytest.approx(expected, rel=1e-4)


def test_reconstructions_are_mean_squares_over_rows_and_columns() -> None:
    eeg, speech = views()
    network = woken(started()).eval()
    _, terms = batch(network, eeg=eeg, speech=speech)
    codes, targets = codes_of(network), {"eeg": eeg, "speech": speech}
    for term, (target, source) in RECONSTRUCTIONS.items():
        error = targets[target] - network.apply_map(term, codes[source])
        per_row = (error**2).sum(axis=1) / targets[target].shape[1]
        assert terms[term].item() == pytest.approx(per_row.mean(), rel=1e-5)
    assert list(terms) == list(TERMS)


@pytest.mark.parametrize("term", TERMS)
def test_a_weight_multiplies_its_term(term: str) -> None:
    eeg, speech = views()
    network = woken(started()).eval()
    _, plain = batch(network, eeg=eeg, speech=speech)
    network.weights = {term: 3.0}
    _, weighed = batch(network, eeg=eeg, speech=speech)
    assert weighed.keys() == {term}
    assert weighed[term].item() == pytest.approx(3 * plain[term].item(), rel=1e-6)


def test_a_batch_loses_what_its_pairs_lose_alone() -> None:
    eeg, speech = views()
    network = woken(started()).eval()
    numbers = torch.tensor([50, 3, 17, 41, 8, 22])
    some = Batches(network, eeg, speech, objective="sum").losses(numbers)
    _, alone = batch(network, eeg=eeg[numbers], speech=speech[numbers])
    for term, value in some.items():
        assert value.item() == pytest.approx(alone[term].item(), rel=1e-5), term


# Rows without one view

TORN = {"eeg": [0, 7, 8, 20, 21, 22, 40], "speech": [1, 7, 9, 33]}  # row 7 has neither


def torn_views() -> dict[str, np.ndarray]:
    """Views of which some rows are missing."""
    eeg, speech = views()
    eeg[TORN["eeg"]], speech[TORN["speech"]] = np.nan, np.nan
    return {"eeg": eeg, "speech": speech}


def whole_rows(*names: str) -> list[int]:
    """The rows that have these views."""
    missing = {row for name in names for row in TORN[name]}
    return [row for row in range(60) if row not in missing]


def test_pairs_are_counted_and_rows_with_nothing_are_left_out() -> None:
    batches, _ = batch(started().eval(), **torn_views())
    assert len(batches) == len(whole_rows("eeg", "speech")) == 50
    assert batches.pairs.tolist() == whole_rows("eeg", "speech")
    assert sorted(batches.singles.tolist()) == [0, 1, 8, 9, 20, 21, 22, 33, 40]


def test_each_term_is_learned_from_the_rows_that_have_its_views() -> None:
    network = woken(started()).eval()
    torn = torn_views()
    _, terms = batch(network, **torn)
    for term, (target, source) in RECONSTRUCTIONS.items():
        rows = whole_rows(target, source)
        told = network.apply_map(term, network.apply_map(source, torn[source][rows]))
        assert terms[term].item() == pytest.approx(((torn[target][rows] - told) ** 2).mean()), term
    pairs = whole_rows("eeg", "speech")
    codes = [network.apply_map(name, torn[name][pairs]) for name in ("eeg", "speech")]
    assert terms["correlation"].item() == pytest.approx(plain_objective("sum", *codes), rel=1e-4)


def gradients(network: TwoViewNetwork, terms: Sequence[Tensor]) -> dict[str, Tensor | None]:
    network.zero_grad()
    torch.stack(list(terms)).sum().backward()
    return {name: value.grad for name, value in network.named_parameters()}


@pytest.mark.parametrize("view", ["eeg", "speech"])
def test_a_row_without_its_pair_teaches_its_own_decoder_and_nothing_else(view: str) -> None:
    torn, poisoned = torn_views(), torn_views()
    other = "speech" if view == "eeg" else "eeg"
    lonely = [row for row in TORN[other] if row not in TORN[view]]
    poisoned[view][lonely] += 1000
    own, found = f"{view} from {view}", {}
    for name, given in (("torn", torn), ("poisoned", poisoned)):
        network = woken(started()).eval()
        _, terms = batch(network, **given)
        rest = [value for term, value in terms.items() if term != own]
        found[name] = terms, gradients(network, rest)
    for term in TERMS:
        same = torch.equal(found["torn"][0][term], found["poisoned"][0][term])
        assert same == (term != own), term
    for name, gradient in found["torn"][1].items():
        twin = found["poisoned"][1][name]
        assert (gradient is None) == (twin is None)
        if gradient is not None and twin is not None:
            assert gradient.isfinite().all()
            assert torch.equal(gradient, twin), name


def test_each_lonely_row_is_read_once_in_an_epoch() -> None:
    network = started(weights={"eeg from eeg": 1.0}).eval()
    rng, seen = np.random.default_rng(0), []
    eeg, speech = views()
    speech[5:] = np.nan  # five pairs bring along 55 rows of EEG
    batches = Batches(network, eeg, speech, objective="sum")
    network.maps["eeg from eeg"].register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach())
    )
    for numbers in torch.from_numpy(rng.permutation(5)).split(2):
        batches.losses(numbers)
    codes = network.apply_map("eeg", eeg)
    rows = [np.abs(codes - code).sum(axis=1).argmin() for code in torch.cat(seen).double().numpy()]
    assert sorted(rows) == list(range(60))
    assert [len(part) for part in seen] == [24, 24, 12]
