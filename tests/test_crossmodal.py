"""The correlated autoencoder: plain loops, closed forms, who judges, what may be missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from global_state import state_is_kept
from sentences import explained, refused
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import NotFittedError
from sklearn.metrics import recall_score
from torch import Tensor, nn
from two_views import least_squares, paired_views

from jmml_edu._checks import InputError
from jmml_edu.columns import column_correlations
from jmml_edu.crossmodal import METHODS, TERMS, CorrelatedAutoencoder, estimator
from jmml_edu.crossmodal.network import OBJECTIVES, Batches, TwoViewNetwork
from jmml_edu.linear import CCA, Moments, solve
from jmml_edu.losses import cca_loss
from jmml_edu.missing import Scaler
from jmml_edu.networks import Layers, ResidualMap
from jmml_edu.training import History, Schedule

SMALL = Layers(width=8, depth=1)
SHORT = Schedule(epochs=3, batch_size=20, learning_rate=0.02)
BENDING = Schedule(epochs=12, batch_size=80, learning_rate=0.05)


def model(**settings: Any) -> CorrelatedAutoencoder:
    """A small model that is trained for three epochs unless told otherwise."""
    small = {"latent_dim": 2, "layers": SMALL, "schedule": SHORT, "epochs": 3}
    return CorrelatedAutoencoder(**(small | settings))


def bent_views(seed: int = 0, rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Speech holds the size of what EEG holds: no linear map tells one from the other."""
    rng = np.random.default_rng(seed)
    shared, noise = rng.standard_normal((rows, 1)), rng.standard_normal((rows, 3))
    size = np.abs(shared) + 0.1 * noise[:, :1]
    return np.hstack([shared, noise[:, 1:2]]), np.hstack([size, noise[:, 2:]])


def same_model(left: CorrelatedAutoencoder, right: CorrelatedAutoencoder) -> None:
    """Assert that two fitted models agree in every digit they learned."""
    weights, twins = left.network_.state_dict(), right.network_.state_dict()
    assert weights.keys() == twins.keys()
    for name, value in weights.items():
        assert torch.equal(value, twins[name]), name
    np.testing.assert_array_equal(left.correlations_, right.correlations_)
    np.testing.assert_array_equal(left.held_out_, right.held_out_)
    assert (left.epochs_, left.stopped_by_) == (right.epochs_, right.stopped_by_)
    same_history(left.history_, right.history_)


def same_history(left: History, right: History) -> None:
    assert left.to_json() == right.to_json()
    for one, other in zip(left.codes, right.codes, strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(other))


# Each method against a plain loop of its own

Maps = Mapping[str, ResidualMap]


def error(told: Tensor, view: Tensor) -> Tensor:
    """A tenth of the mean square."""
    return 0.1 * (told - view).square().mean()


def plain_dcca(maps: Maps, eeg: Tensor, speech: Tensor) -> list[Tensor]:
    return [cca_loss(maps["eeg"](eeg), maps["speech"](speech), ridge=0.01)]


def plain_dccae(maps: Maps, eeg: Tensor, speech: Tensor) -> list[Tensor]:
    of_eeg, of_speech = maps["eeg"](eeg), maps["speech"](speech)
    return [
        cca_loss(of_eeg, of_speech, ridge=0.01),
        error(maps["eeg from eeg"](of_eeg), eeg),
        error(maps["speech from speech"](of_speech), speech),
    ]


def plain_dcc_cae(maps: Maps, eeg: Tensor, speech: Tensor) -> list[Tensor]:
    of_eeg, of_speech = maps["eeg"](eeg), maps["speech"](speech)
    return [
        cca_loss(of_eeg, of_speech, ridge=0.01),
        error(maps["eeg from eeg"](of_eeg), eeg),
        error(maps["eeg from speech"](of_speech), eeg),
    ]


def plain_split(maps: Maps, eeg: Tensor, speech: Tensor) -> list[Tensor]:
    of_speech = maps["speech"](speech)
    return [
        error(maps["speech from speech"](of_speech), speech),
        error(maps["eeg from speech"](of_speech), eeg),
    ]


def plain_translation(maps: Maps, eeg: Tensor, speech: Tensor) -> list[Tensor]:
    of_eeg, of_speech = maps["eeg"](eeg), maps["speech"](speech)
    return [
        cca_loss(of_eeg, of_speech, ridge=0.01),
        error(maps["eeg from speech"](of_speech), eeg),
    ]


def plain_all(maps: Maps, eeg: Tensor, speech: Tensor) -> list[Tensor]:
    of_eeg, of_speech = maps["eeg"](eeg), maps["speech"](speech)
    return [
        cca_loss(of_eeg, of_speech, ridge=0.01),
        error(maps["eeg from eeg"](of_eeg), eeg),
        error(maps["speech from speech"](of_speech), speech),
        error(maps["eeg from speech"](of_speech), eeg),
        error(maps["speech from eeg"](of_eeg), speech),
    ]


PLAIN = {
    "DCCA": plain_dcca,
    "DCCAE": plain_dccae,
    "DCC-CAE": plain_dcc_cae,
    "split autoencoder": plain_split,
    "translation and alignment": plain_translation,
    "E-DCC-CAE": plain_all,
}
NUMBERS = {"eeg from eeg": 2, "speech from speech": 3, "eeg from speech": 4, "speech from eeg": 5}


def plain_maps(eeg: np.ndarray, speech: np.ndarray, layers: Layers, seed: int) -> nn.ModuleDict:
    """All encoders and decoders of standardised views before training."""
    found = solve(Moments.of(eeg, speech), n_components=2, ridge=0.1)
    views = {"eeg": eeg, "speech": speech}
    starts = {"eeg": found.eeg_directions, "speech": found.speech_directions}
    codes = {name: view @ starts[name] for name, view in views.items()}
    for term in NUMBERS:
        target, source = term.split(" from ")
        starts[term] = np.linalg.lstsq(codes[source], views[target], rcond=None)[0]
    # What whitens is tested with the network; another way to it has other last digits.
    same = TwoViewNetwork.start(
        eeg, speech, latent_dim=2, ridge=0.1, objective="sum", weights=dict.fromkeys(TERMS, 1.0),
        layers=layers, seed=0,
    )  # fmt: skip
    maps = nn.ModuleDict()
    for name, number in ({"eeg": 0, "speech": 1} | NUMBERS).items():
        whitening = same.maps[name].whitening.numpy()
        maps[name] = ResidualMap(starts[name], whitening, layers, seed=10 * seed + number)
    return maps


def standardised(view: np.ndarray) -> np.ndarray:
    return Scaler.of(view).apply(view)


def plain_loop(method: str, eeg: np.ndarray, speech: np.ndarray, layers: Layers) -> nn.ModuleDict:
    """A method trained for three epochs of SHORT with seed 4, and nothing around it."""
    maps = plain_maps(standardised(eeg), standardised(speech), layers, 4).train()
    views = [torch.from_numpy(standardised(view)).float() for view in (eeg, speech)]
    optimizer = torch.optim.AdamW(maps.parameters(), weight_decay=SHORT.weight_decay, fused=True)
    with torch.random.fork_rng(devices=[]):
        for step in range(3 * 3):
            if step % 3 == 0:
                torch.manual_seed(1_000_003 * 4 + step // 3 + 1)
                batches = torch.randperm(len(eeg)).tensor_split(3)
            optimizer.param_groups[0]["lr"] = SHORT.rate((step + 0.5) / 9)
            rows = batches[step % 3]
            terms = PLAIN[method](maps, views[0][rows], views[1][rows])
            optimizer.zero_grad()
            sum(terms, start=torch.zeros(())).backward()
            optimizer.step()
    return maps.eval()


@pytest.mark.parametrize("dropout", [0.0, 0.2])
@pytest.mark.parametrize("method", METHODS)
def test_each_method_is_a_plain_loop_to_the_last_digit(method: str, dropout: float) -> None:
    eeg, speech = paired_views(1, rows=70)
    layers = replace(SMALL, dropout=dropout)
    ours = model(terms=method, layers=layers, seed=4).fit(eeg, speech)
    plain = plain_loop(method, eeg, speech, layers)
    for name, one in ours.network_.maps.items():
        for key, value in one.state_dict().items():
            assert torch.equal(value, plain[name].state_dict()[key]), (name, key)
    raw = []
    with torch.no_grad():
        for name, view in (("eeg", eeg), ("speech", speech)):
            raw.append(plain[name](torch.from_numpy(standardised(view)).float()).double().numpy())
    turn = solve(Moments.of(*raw), n_components=2, ridge=1e-3)
    for codes, said, directions in zip(
        ours.transform(eeg, speech), raw, (turn.eeg_directions, turn.speech_directions), strict=True
    ):
        expected = said @ directions
        np.testing.assert_allclose(codes, expected - expected.mean(axis=0), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_is_its_terms_and_a_weight_of_0_is_an_absent_term(method: str) -> None:
    eeg, speech = paired_views(2)
    named = model(terms=method, reconstruction_weight=0.3).fit(eeg, speech)
    asked = {term: 1.0 if term == "correlation" else 0.3 for term in METHODS[method]}
    same_model(named, model(terms=asked).fit(eeg, speech))
    upside_down = dict.fromkeys(reversed(TERMS), 0.0) | asked
    same_model(named, model(terms=upside_down).fit(eeg, speech))


def test_losses_in_the_history_are_the_weighted_terms() -> None:
    eeg, speech = paired_views(3)
    history = model(terms={"correlation": 1.0, "eeg from eeg": 0.5}).fit(eeg, speech).history_
    assert set(history.losses) == {"correlation", "eeg from eeg"}
    assert [len(values) for values in history.losses.values()] == [3, 3]
    assert -2 < history.losses["correlation"][0] < 0 < history.losses["eeg from eeg"][0] < 0.5


# Before training, and the last turn


def by_cca(eeg: np.ndarray, speech: np.ndarray, ridge: float = 0.1) -> tuple[CCA, CCA]:
    """Ridge CCA, and the CCA of its codes that puts them in order."""
    first = CCA(2, ridge=ridge).fit(eeg, speech)
    return first, CCA(2, ridge=1e-3).fit(*first.transform(eeg, speech))


@pytest.mark.parametrize("settings", [
    {"epochs": 0},
    {"epochs": None, "schedule": replace(SHORT, epochs=0)},
    {"epochs": None, "held_out": 0.0, "schedule": replace(SHORT, epochs=0)},
    {"epochs": 0, "objective": "squares"},
    {"epochs": 0, "objective": "eckart-young"},
    {"epochs": 0, "terms": "DCCA"},
    {"epochs": 0, "ridge": 1.0},
    {"epochs": 0, "layers": Layers(width=4, depth=0)},
])  # fmt: skip
def test_before_training_codes_are_those_of_ridge_cca(settings: dict[str, Any]) -> None:
    eeg, speech = paired_views(4, rows=120)
    new = paired_views(4, rows=300)
    first, turn = by_cca(eeg, speech, settings.get("ridge", 0.1))
    ours = model(**settings).fit(eeg, speech)
    for codes, expected in zip(
        ours.transform(*new), turn.transform(*first.transform(*new)), strict=True
    ):
        np.testing.assert_allclose(codes, expected, atol=2e-5)
    expected = turn.correlations(*first.transform(*new))
    np.testing.assert_allclose(ours.correlations(*new), expected, atol=1e-5)
    assert ours.score(*new) == pytest.approx(expected.sum(), abs=1e-5)


def test_before_training_decoders_are_least_squares_in_the_units_of_the_data() -> None:
    eeg, speech = paired_views(5, rows=120)
    eeg, speech = 1000 * eeg - 7, 0.01 * speech + 3
    ours = model(epochs=0).fit(eeg, speech)
    of_eeg, of_speech = by_cca(eeg, speech)[0].transform(eeg, speech)
    close = {"rtol": 1e-5, "atol": 1e-5}
    for told, codes, target in (
        (ours.predict_eeg(speech), of_speech, eeg),
        (ours.predict_speech(eeg), of_eeg, speech),
        (ours.inverse_transform(ours.transform(eeg)), of_eeg, eeg),
        (ours.inverse_transform(speech_codes=ours.transform(speech=speech)), of_speech, speech),
    ):
        expected = least_squares(codes, target)
        np.testing.assert_allclose(told / target.std(), expected / target.std(), **close)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_codes_of_training_pairs_are_ordered_and_white(objective: str) -> None:
    eeg, speech = paired_views(6, rows=150, eeg_dim=6, speech_dim=5)
    ours = model(latent_dim=3, objective=objective, ridge=0.01).fit(eeg, speech)
    codes = ours.transform(eeg, speech)
    for one in codes:
        np.testing.assert_allclose(one.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(np.cov(one.T), np.eye(3), atol=0.05)
    plain = [np.corrcoef(codes[0][:, i], codes[1][:, i])[0, 1] for i in range(3)]
    np.testing.assert_allclose(ours.correlations_, plain, atol=1e-12)
    np.testing.assert_allclose(ours.correlations(eeg, speech), plain, atol=1e-12)
    assert np.all(np.diff(ours.correlations_) < 1e-3)
    across = np.corrcoef(codes[0].T, codes[1].T)[:3, 3:]
    np.testing.assert_allclose(across - np.diag(np.diag(across)), 0, atol=0.02)
    assert ours.correlations_.min() > 0


def test_signs_are_fixed_by_eeg() -> None:
    eeg, speech = paired_views(7)
    ours, mirrored = model(epochs=0).fit(eeg, speech), model(epochs=0).fit(eeg, -speech)
    np.testing.assert_allclose(mirrored.transform(eeg), ours.transform(eeg), atol=1e-5)
    np.testing.assert_allclose(
        mirrored.transform(speech=-speech), ours.transform(speech=speech), atol=1e-5
    )


def test_contrast_learns_to_tell_partners_from_all_others() -> None:
    eeg, speech = paired_views(6, rows=150, eeg_dim=6, speech_dim=5)
    ours = model(latent_dim=3, terms="DCCA", objective="contrast", schedule=BENDING, epochs=5)
    ours.fit(eeg, speech)
    loss = ours.history_.losses["correlation"]
    assert loss[-1] < loss[0] - 0.05


@pytest.mark.parametrize("objective", [one for one in OBJECTIVES if one != "contrast"])
def test_training_lowers_the_objective_it_was_given(objective: str) -> None:
    schedule = Schedule(epochs=30, batch_size=400, learning_rate=0.05)
    layers = replace(SMALL, dropout=0.0, width=32)
    ours = model(
        latent_dim=1, terms="DCCA", objective=objective, schedule=schedule, layers=layers,
        epochs=30,
    ).fit(*bent_views())  # fmt: skip
    rho, loss = ours.correlations_[0], ours.history_.losses["correlation"]
    assert rho > 0.7
    assert min(loss) == loss[-1]
    # One epoch is one batch here; the last step of the cycle hardly moves.
    best = rho / 1.01 if objective == "sum" else rho**2 / (1.01**2)
    assert loss[-1] == pytest.approx(-best if objective != "eckart-young" else -(rho**2), abs=0.03)


# Who judges

PEOPLE = np.arange(400) % 20


def bender(**settings: Any) -> CorrelatedAutoencoder:
    """A model with room to bend, judged by a fifth of the people."""
    small = {
        "latent_dim": 1, "terms": "DCCA", "schedule": BENDING, "epochs": None, "watched": 330,
        "layers": Layers(width=32, depth=1, dropout=0.1),
    }  # fmt: skip
    return model(**(small | settings))


@pytest.fixture(scope="module")
def bent() -> CorrelatedAutoencoder:
    return bender().fit(*bent_views(), groups=PEOPLE)


def test_people_judge_as_a_whole(bent: CorrelatedAutoencoder) -> None:
    judges = np.unique(PEOPLE[bent.held_out_])
    np.testing.assert_array_equal(bent.held_out_, np.isin(PEOPLE, judges))
    assert len(judges) == 4
    other = bender(seed=1, schedule=replace(BENDING, epochs=0)).fit(*bent_views(), groups=PEOPLE)
    assert set(judges) != set(np.unique(PEOPLE[other.held_out_]))


def test_names_of_people_may_be_text_and_without_them_rows_judge(
    bent: CorrelatedAutoencoder,
) -> None:
    quick = bender(schedule=replace(BENDING, epochs=0))
    names = np.array([f"p{number:02d}" for number in PEOPLE])
    named = quick.fit(*bent_views(), groups=names.tolist())
    np.testing.assert_array_equal(named.held_out_, bent.held_out_)
    assert quick.fit(*bent_views()).held_out_.sum() == 80
    assert len(set(PEOPLE[quick.held_out_])) > 10
    quarter = bender(held_out=0.25, schedule=replace(BENDING, epochs=0)).fit(*bent_views())
    assert quarter.held_out_.sum() == 100


def test_bending_pays_in_a_bent_world(bent: CorrelatedAutoencoder) -> None:
    scores = bent.history_.scores
    assert list(scores) == ["correlation"]
    assert bent.epochs_ == bent.history_.best_epoch == int(np.argmax(scores["correlation"])) > 0
    assert len(scores["correlation"]) == bent.history_.epochs + 1
    assert bent.stopped_by_ == "correlation"
    new = bent_views(9)
    assert bent.score(*new) > CCA(1, ridge=0.1).fit(*bent_views()).score(*new) + 0.3


def test_bending_does_not_pay_in_a_linear_world() -> None:
    eeg, speech = paired_views(8, rows=400)
    ours = bender(latent_dim=2, schedule=replace(BENDING, learning_rate=0.01)).fit(eeg, speech)
    assert ours.epochs_ == 0
    assert ours.history_.epochs > 0
    linear = model(epochs=0).fit(eeg, speech)
    for codes, expected in zip(
        ours.transform(eeg, speech), linear.transform(eeg, speech), strict=True
    ):
        np.testing.assert_array_equal(codes, expected)


def test_the_least_gain_decides_between_bent_and_linear(bent: CorrelatedAutoencoder) -> None:
    judged = bent.history_.scores["correlation"]
    gain, views = max(judged) - judged[0], bent_views()
    assert bender(least_gain=gain - 1e-9).fit(*views, groups=PEOPLE).epochs_ == bent.epochs_
    assert bender(least_gain=gain + 1e-9).fit(*views, groups=PEOPLE).epochs_ == 0


def test_the_least_gain_is_asked_of_each_component(bent: CorrelatedAutoencoder) -> None:
    views = bent_views()
    judged = bender(latent_dim=2, least_gain=-9.0).fit(*views, groups=PEOPLE)
    scores = judged.history_.scores["correlation"]
    gain = max(scores) - scores[0]
    assert gain > 0
    for share, epochs in ((0.49, judged.epochs_), (0.51, 0)):
        ours = bender(latent_dim=2, least_gain=share * gain).fit(*views, groups=PEOPLE)
        assert ours.epochs_ == epochs


def test_what_pays_is_learned_anew_from_everybody(bent: CorrelatedAutoencoder) -> None:
    alone = bender(epochs=bent.epochs_).fit(*bent_views(), groups=PEOPLE)
    for name, value in bent.network_.state_dict().items():
        assert torch.equal(value, alone.network_.state_dict()[name])
    np.testing.assert_array_equal(bent.correlations_, alone.correlations_)


@pytest.mark.parametrize("settings", [{"epochs": 2}, {"epochs": None, "held_out": 0.0}])
def test_without_judges_all_epochs_are_trained(settings: dict[str, Any]) -> None:
    ours = model(**settings).fit(*paired_views(9), groups=np.arange(60) % 12)
    assert not ours.held_out_.any()
    assert ours.epochs_ == ours.history_.epochs == (settings["epochs"] or 3)
    assert ours.stopped_by_ == "epochs"
    assert ours.history_.scores == {}


def test_an_epoch_is_the_same_however_many_follow() -> None:
    eeg, speech = paired_views(9)
    short, long = (model(epochs=n, watched=5).fit(eeg, speech).history_ for n in (2, 3))
    np.testing.assert_array_equal(np.array(long.codes)[:, :3], np.array(short.codes))
    assert {k: v[:2] for k, v in long.losses.items()} == short.losses


Tried = list[dict[str, Tensor]]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Tried:
    """The weights at the end of each training that follows."""
    ended: Tried = []

    def train(module: nn.Module, *arguments: Any, **named: Any) -> History:
        history = original(module, *arguments, **named)
        ended.append({name: value.clone() for name, value in module.state_dict().items()})
        return history

    original = estimator.train
    monkeypatch.setattr(estimator, "train", train)
    return ended


@pytest.mark.parametrize("standards", ["frozen", "learned"])
def test_who_judges_teaches_nothing(
    tried: Tried, monkeypatch: pytest.MonkeyPatch, standards: str
) -> None:
    eeg, speech = paired_views(10, rows=100)
    if standards == "frozen":
        fixed = {view.shape[1]: estimator.Standard.of(view) for view in (eeg, speech)}
        monkeypatch.setattr(estimator.Standard, "of", lambda view: fixed[view.shape[1]])
    # Scores of poisoned judges would choose another epoch: these ask the others alone.
    monkeypatch.setattr(
        estimator, "judge",
        lambda raw, _, judging: {"correlation": float(np.square(raw["eeg"][~judging]).sum())},
    )  # fmt: skip
    ours = model(epochs=None).fit(eeg, speech)
    judges = ours.held_out_
    eeg, speech = eeg.copy(), speech.copy()
    eeg[judges] *= -30
    speech[judges] += 50
    model(epochs=None).fit(eeg, speech)
    assert len(tried) == 4
    for name, value in tried[0].items():
        assert torch.equal(value, tried[2][name]), name


def test_judges_without_their_pair_do_not_judge_and_do_not_teach() -> None:
    eeg, speech = paired_views(10, rows=100)
    people = np.arange(100) % 10
    eeg[people == 3] = np.nan
    for seed in range(8):
        ours = model(epochs=None, held_out=0.6, seed=seed, schedule=replace(SHORT, epochs=0))
        ours.fit(eeg, speech, groups=people)
        assert not ours.held_out_[people == 3].any()
        assert ours.held_out_.sum() == 50


def test_the_first_score_is_that_of_ridge_cca_on_new_people() -> None:
    eeg, speech = paired_views(11, rows=150)
    labels = (eeg[:, 0] > eeg[:, 0].mean()).astype(int)
    hidden = np.where(np.arange(150) % 9 == 0, -1, labels)
    ours = model(epochs=None, held_out=0.4, schedule=replace(SHORT, epochs=0))
    ours.fit(eeg, speech, labels=hidden)
    judges = ours.held_out_
    first, turn = by_cca(eeg[~judges], speech[~judges])
    codes = turn.transform(*first.transform(eeg, speech))
    expected = column_correlations(codes[0][judges], codes[1][judges]).sum()
    assert ours.history_.scores["correlation"] == pytest.approx([expected], abs=1e-5)
    known = hidden >= 0
    said = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(
        codes[1][known & ~judges], labels[known & ~judges]
    ).predict(codes[1][known & judges])  # fmt: skip
    recall = recall_score(labels[known & judges], said, average="macro")
    assert ours.history_.scores["recall"] == pytest.approx([recall])
    assert 0.6 < recall < 1


def labels_of_judges(per_class: int) -> np.ndarray:
    """Two classes by the size of what is shared; the judges show so many labels of each."""
    ours = bender(schedule=replace(BENDING, epochs=0)).fit(*bent_views(), groups=PEOPLE)
    labels = (np.abs(bent_views()[0][:, 0]) > 0.7).astype(int)
    shown = labels.copy()
    for which in (0, 1):
        rows = np.flatnonzero(ours.held_out_ & (labels == which))
        assert len(rows) > per_class
        shown[rows[per_class:]] = -1
    return shown


def test_recall_decides_when_labels_are_enough() -> None:
    ours = bender(least_gain=-9.0).fit(*bent_views(), groups=PEOPLE, labels=labels_of_judges(20))
    scores = ours.history_.scores
    assert ours.stopped_by_ == "recall"
    assert list(scores) == ["recall", "correlation"]
    assert ours.history_.best_epoch == ours.epochs_ == int(np.argmax(scores["recall"]))
    assert int(np.argmax(scores["recall"])) != int(np.argmax(scores["correlation"]))
    assert {len(values) for values in scores.values()} == {ours.history_.epochs + 1}


@pytest.mark.parametrize("case", ["too few", "one class", "hidden"])
def test_correlation_decides_when_labels_are_few(bent: CorrelatedAutoencoder, case: str) -> None:
    labels = labels_of_judges(19)
    if case != "too few":
        labels = np.full(400, 0 if case == "one class" else -1)
    ours = bender().fit(*bent_views(), groups=PEOPLE, labels=labels)
    same_model(ours, bent)


def test_labels_teach_nothing_but_the_epoch() -> None:
    eeg, speech = paired_views(12)
    labels = np.arange(60) % 2
    same_model(model().fit(eeg, speech), model().fit(eeg, speech, labels=labels))


# Watched codes


def test_watched_codes_run_from_the_start_to_the_end() -> None:
    eeg, speech = paired_views(13)
    ours = model(watched=7).fit(eeg, speech)
    watched = np.array(ours.history_.codes)
    assert watched.shape == (2, 4, 7, 2)
    assert watched.dtype == np.float32
    maps = plain_maps(standardised(eeg), standardised(speech), SMALL, 0).eval()
    for codes, name, view in zip(watched, ("eeg", "speech"), (eeg, speech), strict=True):
        with torch.no_grad():
            start = maps[name](torch.from_numpy(standardised(view)).float()).numpy()
        np.testing.assert_allclose(codes[0], start[:7], rtol=1e-5, atol=1e-6)
        said = ours._turns[name].apply(codes[-1].astype(float))
        np.testing.assert_allclose(said, ours.transform(**{name: view})[:7], atol=1e-5)


def test_those_who_judge_are_watched_last(bent: CorrelatedAutoencoder) -> None:
    watched = np.array(bent.history_.codes)
    assert watched.shape == (2, bent.history_.epochs + 1, 330, 1)
    judges, views = bent.held_out_, bent_views()
    rows = np.concatenate([np.flatnonzero(~judges), np.flatnonzero(judges)])[:330]
    cca = CCA(1, ridge=0.1).fit(*(view[~judges] for view in views))
    for codes, expected in zip(watched[:, 0], cca.transform(*views), strict=True):
        correlation = np.corrcoef(codes[:, 0], expected[rows, 0])[0, 1]
        assert correlation == pytest.approx(1, abs=1e-5)


def test_watching_changes_no_digit_and_none_are_watched_unless_asked() -> None:
    eeg, speech = paired_views(13)
    ours, watching = model(epochs=None).fit(eeg, speech), model(epochs=None, watched=99)
    assert ours.history_.codes == ([], [])
    watching.fit(eeg, speech)
    assert np.shape(watching.history_.codes) == (2, 4, 60, 2)
    np.testing.assert_array_equal(watching.transform(eeg), ours.transform(eeg))


# What is missing


def torn_views() -> tuple[np.ndarray, np.ndarray]:
    """Ninety pairs, of which a third lacks EEG, a sixth lacks speech and three lack both."""
    eeg, speech = paired_views(14, rows=90)
    eeg[:30], speech[27:45] = np.nan, np.nan
    return eeg, speech


def test_rows_without_a_view_have_no_codes_of_it() -> None:
    eeg, speech = torn_views()
    ours = model(epochs=None).fit(eeg, speech)
    of_eeg, of_speech = ours.transform(eeg, speech)
    np.testing.assert_array_equal(np.isnan(of_eeg), np.arange(90)[:, None] < np.full(2, 30))
    np.testing.assert_array_equal(np.isnan(of_speech[:, 0]), np.isnan(speech[:, 0]))
    np.testing.assert_array_equal(ours.transform(speech=speech), of_speech)
    np.testing.assert_array_equal(ours.transform(eeg), of_eeg)
    both = slice(45, None)
    expected = column_correlations(of_eeg[both], of_speech[both])
    np.testing.assert_array_equal(ours.correlations(eeg, speech), expected)
    np.testing.assert_allclose(ours.correlations_, expected, atol=1e-12)


def test_before_training_pairs_alone_are_correlated() -> None:
    eeg, speech = torn_views()
    first, turn = by_cca(eeg[45:], speech[45:])
    ours = model(epochs=0).fit(eeg, speech)
    expected = turn.transform(*first.transform(eeg[45:], speech[45:]))
    for codes, twin in zip(ours.transform(eeg[45:], speech[45:]), expected, strict=True):
        np.testing.assert_allclose(codes, twin, atol=2e-5)


@pytest.mark.parametrize("terms", ["DCCA", "translation and alignment"])
@pytest.mark.parametrize("missing", ["eeg", "speech"])
def test_lonely_rows_teach_only_themselves(
    monkeypatch: pytest.MonkeyPatch, terms: str, missing: str
) -> None:
    views = dict(zip(("eeg", "speech"), paired_views(15), strict=True))
    views[missing][:20] = np.nan
    other = "speech" if missing == "eeg" else "eeg"
    fixed = {view.shape[1]: estimator.Standard.of(view) for view in views.values()}
    monkeypatch.setattr(estimator.Standard, "of", lambda view: fixed[view.shape[1]])
    poisoned = views | {other: views[other] + 40 * (np.arange(60)[:, None] < np.full(1, 20))}
    same_model(model(terms=terms).fit(**views), model(terms=terms).fit(**poisoned))
    itself = {"correlation": 1.0, f"{other} from {other}": 1.0}
    learned = [model(terms=itself).fit(**given).network_ for given in (views, poisoned)]
    linear = [network.maps[f"{other} from {other}"].linear for network in learned]
    assert not torch.equal(*linear)


def test_single_gaps_are_filled_with_their_conditional_means() -> None:
    eeg, speech = paired_views(16, rows=80)
    ours, torn = model().fit(eeg, speech), eeg.copy()
    torn[[2, 5], 1], torn[5, 3] = np.nan, np.nan
    standard = (eeg - eeg.mean(axis=0)) / eeg.std(axis=0)
    within = np.corrcoef(eeg.T)
    filled = eeg.copy()
    for row in (2, 5):
        there = np.isfinite(torn[row])
        inside = within[np.ix_(there, there)] + 0.01 * np.eye(there.sum())
        guess = within[np.ix_(~there, there)] @ np.linalg.solve(inside, standard[row, there])
        filled[row, ~there] = guess * eeg.std(axis=0)[~there] + eeg.mean(axis=0)[~there]
    np.testing.assert_allclose(ours.transform(torn), ours.transform(filled), atol=1e-6)
    close = model().fit(torn, speech)
    assert np.isfinite(close.transform(torn)).all()
    assert np.isfinite(close.transform(eeg)).all()


# Telling one view from the other

TOLD = {
    "DCCA": ("", "", ""),
    "DCCAE": ("eeg", "speech", "eeg speech"),
    "DCC-CAE": ("eeg", "eeg", "eeg"),
    "split autoencoder": ("", "eeg speech", "eeg speech"),
    "translation and alignment": ("", "eeg", "eeg"),
    "E-DCC-CAE": ("eeg speech", "eeg speech", "eeg speech"),
}


@pytest.mark.parametrize("method", METHODS)
def test_each_method_tells_what_its_decoders_can(method: str) -> None:
    eeg, speech = paired_views(17)
    ours = model(terms=method, epochs=1).fit(eeg, speech)
    for expected, told in zip(
        TOLD[method],
        (ours.reconstruct(eeg), ours.reconstruct(speech=speech), ours.reconstruct(eeg, speech)),
        strict=True,
    ):
        assert set(told) == set(expected.split())
        assert all(view.shape == (60, 4 if name == "eeg" else 3) for name, view in told.items())


def test_two_guesses_are_averaged_and_one_stands_alone() -> None:
    eeg, speech = torn_views()
    ours = model().fit(eeg, speech)
    told = ours.reconstruct(eeg, speech)
    from_eeg, from_speech = ours.reconstruct(eeg), ours.reconstruct(speech=speech)
    for name, view in told.items():
        guesses = np.stack([from_eeg[name], from_speech[name]])
        np.testing.assert_allclose(view[45:], guesses[:, 45:].mean(axis=0), rtol=1e-12)
        np.testing.assert_array_equal(view[:27], from_speech[name][:27])
        np.testing.assert_array_equal(view[30:45], from_eeg[name][30:45])
        assert np.isnan(view[27:30]).all()
        assert np.isnan(from_eeg[name][:30]).all()


def test_predictions_are_what_decoders_make_of_codes() -> None:
    eeg, speech = paired_views(18)
    ours = model().fit(eeg, speech)
    np.testing.assert_array_equal(ours.predict_eeg(speech), ours.reconstruct(speech=speech)["eeg"])
    np.testing.assert_array_equal(ours.predict_speech(eeg), ours.reconstruct(eeg)["speech"])
    of_eeg, of_speech = ours.transform(eeg, speech)
    own = ours.inverse_transform(of_eeg, of_speech)
    np.testing.assert_array_equal(own[0], ours.reconstruct(eeg)["eeg"])
    np.testing.assert_array_equal(own[1], ours.reconstruct(speech=speech)["speech"])
    np.testing.assert_array_equal(ours.inverse_transform(of_eeg), own[0])
    expected = (own[0] + ours.predict_eeg(speech)) / 2
    np.testing.assert_allclose(ours.reconstruct(eeg, speech)["eeg"], expected, rtol=1e-12)


def test_decoders_see_what_encoders_said_before_the_turn() -> None:
    eeg, speech = paired_views(18)
    ours = model().fit(eeg, speech)
    raw = ours.network_.apply_map("speech", standardised(speech))
    scaler = Scaler.of(eeg)
    expected = ours.network_.apply_map("eeg from speech", raw) * scaler.scale + scaler.mean
    np.testing.assert_allclose(ours.predict_eeg(speech), expected, rtol=1e-4)


@pytest.mark.parametrize("change", ["units", "rounding"])
def test_units_and_rounding_of_the_data_hardly_matter(change: str) -> None:
    eeg, speech = paired_views(19)
    rounding = 1 + 1e-10 * np.random.default_rng(0).standard_normal(eeg.shape)
    other = 1e6 * eeg + 5e6 if change == "units" else eeg * rounding
    ours, twin = model().fit(eeg, speech), model().fit(other, speech)
    np.testing.assert_allclose(twin.transform(other), ours.transform(eeg), atol=1e-3)
    told = twin.predict_eeg(speech)
    told = (told - 5e6) / 1e6 if change == "units" else told
    np.testing.assert_allclose(told, ours.predict_eeg(speech), atol=1e-3)


# Manners


def test_fitting_and_using_leaves_the_world_as_it_was() -> None:
    eeg, speech = torn_views()
    before, labels = (eeg.copy(), speech.copy()), np.arange(90) % 2
    terms = dict.fromkeys(TERMS, 0.5)
    ours = model(epochs=None, terms=terms, watched=3)
    settings = ours.get_params()
    with state_is_kept():
        ours.fit(eeg, speech, groups=np.arange(90) % 9, labels=labels)
        ours.transform(eeg, speech)
        ours.reconstruct(eeg, speech)
        ours.score(eeg, speech)
    np.testing.assert_array_equal(eeg, before[0])
    np.testing.assert_array_equal(speech, before[1])
    np.testing.assert_array_equal(labels, np.arange(90) % 2)
    assert terms == dict.fromkeys(TERMS, 0.5)
    assert ours.get_params() == settings


def test_the_same_seed_gives_the_same_digits_whatever_came_before() -> None:
    eeg, speech = torn_views()
    found = []
    for chance in (1, 2):
        torch.manual_seed(chance)
        found.append(model(epochs=None, watched=5, seed=6).fit(eeg, speech))
    same_model(*found)
    again = found[0].fit(*paired_views(3)).fit(eeg, speech)
    same_model(again, found[1])
    other = model(epochs=None, seed=7).fit(eeg, speech)
    assert not np.array_equal(other.held_out_, again.held_out_)


def test_the_seed_of_the_model_outranks_that_of_its_schedule() -> None:
    eeg, speech = paired_views(20)
    ours = model(seed=1).fit(eeg, speech)
    same_model(ours, model(seed=1, schedule=replace(SHORT, seed=8)).fit(eeg, speech))
    others = model(seed=2).fit(eeg, speech).network_.maps["eeg"].linear
    assert not torch.equal(others, ours.network_.maps["eeg"].linear)


def test_it_can_be_cloned() -> None:
    eeg, speech = paired_views(20)
    ours = model(terms={"correlation": 1.0}, seed=3, watched=2, ridge=0.3).fit(eeg, speech)
    twin = clone(ours)
    assert twin.get_params() == ours.get_params()
    assert not hasattr(twin, "correlations_")
    same_model(twin.fit(eeg, speech), ours)


def test_each_view_may_have_a_ridge_of_its_own_as_in_cca() -> None:
    eeg, speech = paired_views(20)
    ridge = (0.02, 2.0)
    first = CCA(2, ridge=ridge).fit(eeg, speech)
    turn = CCA(2, ridge=1e-3).fit(*first.transform(eeg, speech))
    ours = model(epochs=0, ridge=ridge).fit(eeg, speech)
    np.testing.assert_allclose(ours.transform(eeg), turn.transform(first.transform(eeg)), atol=2e-5)


def test_float32_and_fortran_order_are_the_same_data() -> None:
    eeg, speech = (view.astype(np.float32) for view in paired_views(20))
    ours = model().fit(eeg, speech)
    other = model().fit(np.asfortranarray(eeg.astype(float)), np.asfortranarray(speech))
    np.testing.assert_allclose(other.transform(eeg), ours.transform(eeg), atol=1e-4)


def test_columns_are_those_of_fit() -> None:
    eeg, speech = paired_views(20)
    ours = model().fit(eeg, speech)
    with explained(
        "CorrelatedAutoencoder.transform: eeg must have the 4 columns of fit; got 3."
        " Bring the same columns in the same order."
    ):
        ours.transform(eeg[:, :3])


# What is turned away

Call = Callable[[CorrelatedAutoencoder, np.ndarray, np.ndarray], object]
FITTED: dict[str, tuple[dict[str, Any], Call, str]] = {
    "no view": (
        {}, lambda m, e, s: m.transform(),
        "transform: eeg, speech must hold at least one view; got none."
        " Pass EEG, speech or both.",
    ),
    "nothing to tell from": (
        {}, lambda m, e, s: m.reconstruct(),
        "reconstruct: eeg, speech must hold at least one view; got none."
        " Pass EEG, speech or both.",
    ),
    "no codes": (
        {}, lambda m, e, s: m.inverse_transform(),
        "inverse_transform: eeg_codes, speech_codes must hold at least one view; got none."
        " Pass EEG, speech or both.",
    ),
    "no decoder": (
        {"terms": "DCCA"}, lambda m, e, s: m.predict_eeg(s),
        "predict_eeg: terms must contain 'eeg from speech'; got ['correlation']."
        ' Fit with it, or with terms="E-DCC-CAE", which has them all.',
    ),
    "no decoder of speech": (
        {"terms": "DCC-CAE"}, lambda m, e, s: m.predict_speech(e),
        "predict_speech: terms must contain 'speech from eeg'; got"
        " ['correlation', 'eeg from eeg', 'eeg from speech']."
        ' Fit with it, or with terms="E-DCC-CAE", which has them all.',
    ),
    "no decoder of its own": (
        {"terms": "translation and alignment"}, lambda m, e, s: m.inverse_transform(m.transform(e)),
        "inverse_transform: terms must contain 'eeg from eeg'; got"
        " ['correlation', 'eeg from speech']."
        ' Fit with it, or with terms="E-DCC-CAE", which has them all.',
    ),
    "not paired": (
        {}, lambda m, e, s: m.correlations(e[:5], s[:6]),
        "correlations: paired arguments must have the same number of rows; got"
        " {'eeg': 5, 'speech': 6}. Build them from the same Pairs.",
    ),
    "another width": (
        {}, lambda m, e, s: m.reconstruct(speech=s[:, :2]),
        "reconstruct: speech must have the 3 columns of fit; got 2."
        " Bring the same columns in the same order.",
    ),
    "no matrix": (
        {}, lambda m, e, s: m.transform(e[0]),
        "transform: eeg must have shape (row, column) with at least one of each; got (4,)."
        " Pass one row per sample, one column per feature.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FITTED)
def test_what_a_fitted_model_cannot_do_is_told(case: str) -> None:
    eeg, speech = paired_views(21)
    settings, call, sentence = FITTED[case]
    ours = model(epochs=0, **settings).fit(eeg, speech)
    with explained(f"CorrelatedAutoencoder.{sentence}"):
        call(ours, eeg, speech)


FIT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "objective": (
        {"objective": "trace"}, {},
        "objective must be one of contrast, eckart-young, squares, sum; got 'trace'. Pick one of"
        " these.",
    ),
    "method": (
        {"terms": "CCA"}, {},
        "terms must be one of DCC-CAE, DCCA, DCCAE, E-DCC-CAE, split autoencoder,"
        " translation and alignment; got 'CCA'. Pick one of these.",
    ),
    "weight": (
        {"terms": {"correlation": -1.0}}, {},
        "terms['correlation'] must be at least 0; got -1.0. Choose 0 or more.",
    ),
    "rows": (
        {}, {"speech": np.zeros((59, 3))},
        "paired arguments must have the same number of rows; got {'eeg': 60, 'speech': 59}."
        " Build them from the same Pairs.",
    ),
    "groups": (
        {}, {"groups": np.zeros(3)},
        "paired arguments must have the same number of rows; got"
        " {'eeg': 60, 'speech': 60, 'groups': 3}. Build them from the same Pairs.",
    ),
    "share": (
        {"held_out": 1.0}, {}, "held_out must lie in [0, 1); got 1.0. Choose 0.2 to begin with.",
    ),
    "negative share": (
        {"held_out": -0.1}, {}, "held_out must lie in [0, 1); got -0.1. Choose 0.2 to begin with.",
    ),
    "ridge": ({"ridge": -1.0}, {}, "ridge must be at least 0; got -1.0. Choose 0 or more."),
    "a view that is never there": (
        {}, {"eeg": np.full((60, 4), np.nan)},
        "values must hold at least two rows without NaN; got 0."
        " Leave out the column that is never there.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FIT)
def test_what_cannot_be_learned_is_told(case: str) -> None:
    settings, given, sentence = FIT[case]
    eeg, speech = paired_views(21)
    with explained(f"CorrelatedAutoencoder.fit: {sentence}"):
        model(**settings).fit(**({"eeg": eeg, "speech": speech} | given))


@pytest.mark.parametrize("settings", [
    {"epochs": -1}, {"epochs": 99}, {"epochs": 1.5}, {"watched": -1}, {"latent_dim": 9},
    {"latent_dim": 0}, {"seed": -1}, {"least_gain": float("nan")},
], ids=str)  # fmt: skip
def test_a_setting_out_of_range_is_told_by_its_name(settings: dict[str, Any]) -> None:
    with refused(f"CorrelatedAutoencoder.fit: {next(iter(settings))} must "):
        model(**settings).fit(*paired_views(21))


@pytest.mark.parametrize("labels", [np.zeros(59, int), np.zeros(61, int), np.zeros((60, 2), int)])
def test_labels_that_are_not_one_for_each_row_are_told(labels: np.ndarray) -> None:
    with refused("CorrelatedAutoencoder.fit: "):
        model(epochs=None).fit(*paired_views(21), labels=labels)


@pytest.mark.parametrize("where", ["fit", "transform"])
def test_infinite_values_are_neither_numbers_nor_missing(where: str) -> None:
    eeg, speech = paired_views(21)
    infinite = eeg.copy()
    infinite[3, 1] = np.inf
    ours = model().fit(eeg, speech)
    with refused(f"CorrelatedAutoencoder.{where}: eeg must "):
        ours.fit(infinite, speech) if where == "fit" else ours.transform(infinite)


def test_when_nothing_is_paired_that_is_told() -> None:
    eeg, speech = paired_views(21)
    eeg[:30], speech[30:] = np.nan, np.nan
    with refused("CorrelatedAutoencoder.fit: "):
        model().fit(eeg, speech)


@pytest.mark.parametrize("held_out", [0.9, 0.1])
def test_two_people_are_one_judge_and_one_learner_or_a_sentence(held_out: float) -> None:
    ours, told = model(epochs=None, held_out=held_out), "nothing"
    try:
        ours.fit(*paired_views(21), groups=np.arange(60) % 2)
    except InputError as problem:
        told = str(problem)
    assert "held_out" in told or ours.held_out_.sum() == 30


@pytest.mark.parametrize("call", [
    lambda m, e, s: m.inverse_transform(np.zeros((3, 5))),
    lambda m, e, s: m.inverse_transform(np.zeros(2)),
    lambda m, e, s: m.reconstruct(e[:5], s[:6]),
], ids=["width of codes", "codes of one row", "rows of both"])  # fmt: skip
def test_codes_that_are_not_those_of_transform_are_told(call: Call) -> None:
    eeg, speech = paired_views(21)
    ours = model(epochs=0).fit(eeg, speech)
    with refused("CorrelatedAutoencoder."):
        call(ours, eeg, speech)


def test_labels_of_judges_alone_cannot_be_judged_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jmml_edu.crossmodal.judges.FEWEST_LABELS", 3)
    eeg, speech = paired_views(21)
    judges = model(epochs=None).fit(eeg, speech).held_out_
    labels = np.where(judges, np.arange(60) % 2, -1)
    assert model(epochs=None).fit(eeg, speech, labels=labels).stopped_by_ == "correlation"


def test_labelled_judges_without_speech_cannot_judge_by_recall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jmml_edu.crossmodal.judges.FEWEST_LABELS", 3)
    eeg, speech = paired_views(21)
    people, ours = np.arange(60) % 5, model(epochs=None)
    judges = ours.fit(eeg, speech, groups=people).held_out_
    silent = np.flatnonzero(judges)[2:]  # two pairs are left, and no label
    labels = np.arange(60) // 5 % 2
    labels[np.flatnonzero(judges)[:2]] = -1
    speech[silent] = np.nan
    ours.fit(eeg, speech, groups=people, labels=labels)
    np.testing.assert_array_equal(ours.held_out_, judges)
    assert ours.stopped_by_ == "correlation"


@pytest.mark.parametrize("call", ["transform", "reconstruct", "correlations", "predict_speech"])
def test_nothing_comes_out_before_fit(call: str) -> None:
    eeg, speech = paired_views(21)
    with pytest.raises(NotFittedError):
        getattr(model(), call)(*((eeg, speech) if call == "correlations" else (eeg,)))


# Stopped and gone on


@contextmanager
def stopped_at(monkeypatch: pytest.MonkeyPatch, what: str, call: int) -> Iterator[list[int]]:
    """Interrupt the so-manieth call of the losses or of the judge; 0 interrupts none."""
    owner: Any = Batches if what == "losses" else estimator
    original, calls = getattr(owner, what), [0]

    def counted(*arguments: Any) -> object:
        calls[0] += 1
        if calls[0] == call:
            raise KeyboardInterrupt
        return original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(owner, what, counted)
        yield calls


def resumable(**settings: Any) -> CorrelatedAutoencoder:
    short = {
        "schedule": replace(BENDING, epochs=5, batch_size=40), "watched": 6, "least_gain": -9.0,
        "terms": "DCC-CAE", "layers": Layers(width=16, depth=1),
    }  # fmt: skip
    return bender(**(short | settings))


SEEN = (bent_views(1, rows=160), np.arange(160) % 8)


@pytest.fixture(scope="module")
def uninterrupted() -> CorrelatedAutoencoder:
    views, people = SEEN
    return resumable().fit(*views, groups=people)


# The trial has 5 epochs of 3 batches and 6 judgements, what follows has 4 batches an epoch.
STOPS = [("losses", n) for n in (1, 4, 8, 15, 16, 20, 21, 30)] + [
    ("judge", n) for n in (1, 2, 3, 6)
]


@pytest.mark.parametrize(("what", "call"), STOPS)
def test_what_was_stopped_goes_on_to_the_same_digits(
    uninterrupted: CorrelatedAutoencoder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    what: str,
    call: int,
) -> None:
    (views, people), checkpoint = SEEN, tmp_path / "run.st"
    with (
        stopped_at(monkeypatch, what, call),
        pytest.raises(KeyboardInterrupt),
    ):
        resumable().fit(*views, groups=people, checkpoint=checkpoint)
    ours = resumable()
    with stopped_at(monkeypatch, what, 0) as calls:
        ours.fit(*views, groups=people, checkpoint=checkpoint)
    same_model(ours, uninterrupted)
    np.testing.assert_array_equal(ours.transform(views[0]), uninterrupted.transform(views[0]))
    whole = {"losses": 15 + 4 * ours.epochs_, "judge": 6}[what]
    done = (call - 1) // 3 * 3 if call <= 16 else 15 + (call - 16) // 4 * 4
    assert calls[0] == whole - (done if what == "losses" else 0 if call < 3 else call - 1)


def test_a_checkpoint_changes_no_digit_and_a_finished_one_is_read_at_once(
    uninterrupted: CorrelatedAutoencoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    views, people = SEEN
    for expected_calls in (True, False):
        ours = resumable()
        with stopped_at(monkeypatch, "losses", 0) as calls:
            ours.fit(*views, groups=people, checkpoint=tmp_path / "run.st")
        assert bool(calls[0]) == expected_calls
        same_model(ours, uninterrupted)


@pytest.mark.parametrize("change", [
    {"seed": 5}, {"ridge": 0.2}, {"layers": Layers(width=9, depth=1)},
    {"schedule": replace(BENDING, epochs=6)}, {"terms": "DCCA"}, {"latent_dim": 2},
    {"objective": "squares"}, {"objective": "eckart-young"}, {"reconstruction_weight": 1.0},
    {"layers": Layers(width=16, depth=1, dropout=0.0)}, {"labels": (np.arange(160) // 8) % 2},
    {"lonely": 5.0},
], ids=" ".join)  # fmt: skip
def test_a_checkpoint_of_other_settings_or_data_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: dict[str, Any]
) -> None:
    (views, people), checkpoint = SEEN, tmp_path / "run.st"
    eeg, speech = (view.copy() for view in views)
    monkeypatch.setattr("jmml_edu.crossmodal.judges.FEWEST_LABELS", 5)
    if "lonely" in change:  # same means and variances, other rows: only their order differs
        speech[:60] = np.nan
    with (
        stopped_at(monkeypatch, "losses", 8),
        pytest.raises(KeyboardInterrupt),
    ):
        resumable().fit(eeg, speech, groups=people, checkpoint=checkpoint)
    labels, settings = change.get("labels"), dict(change)
    settings.pop("labels", None)
    if settings.pop("lonely", None):
        eeg[:60] = eeg[:60][::-1]
    with pytest.raises(InputError, match=r"checkpoint must come from a training with the same"):
        resumable(**settings).fit(eeg, speech, groups=people, labels=labels, checkpoint=checkpoint)


# Speed


@pytest.mark.slow
def test_two_thousand_pairs_are_learned_in_good_time() -> None:
    rng = np.random.default_rng(0)
    shared = rng.standard_normal((2000, 6))
    eeg, speech = (
        np.tanh(shared @ rng.standard_normal((6, width))) + rng.standard_normal((2000, width))
        for width in (40, 32)
    )
    slowest = CorrelatedAutoencoder(schedule=Schedule(patience=40))  # all 40 epochs are tried
    begun = time.perf_counter()
    slowest.fit(eeg, speech, groups=np.arange(2000) % 24)
    CorrelatedAutoencoder(epochs=40).fit(eeg, speech)  # and, at worst, all are learned anew
    assert time.perf_counter() - begun < 60  # the budget is 20 s on a quiet core
    assert slowest.history_.epochs == 40
