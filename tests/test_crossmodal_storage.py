"""A model on disk: the same digits back, nothing that runs, and words for what is damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from sentences import explained
from sklearn.exceptions import NotFittedError
from two_views import paired_views

from jmml_edu._checks import InputError
from jmml_edu.crossmodal import METHODS, CorrelatedAutoencoder, load, save
from jmml_edu.networks import Layers
from jmml_edu.training import Schedule

SETTINGS, NUMBERS = "settings.json", "numbers.safetensors"


def fitted(**settings: Any) -> CorrelatedAutoencoder:
    """A small model with judges, watched pairs and gaps in its data."""
    small = {
        "latent_dim": 2, "layers": Layers(width=6, depth=1), "watched": 9, "least_gain": -9.0,
        "seed": 1,
        "schedule": Schedule(epochs=2, batch_size=20, learning_rate=0.03),
    }  # fmt: skip
    return CorrelatedAutoencoder(**(small | settings)).fit(*views())


def views() -> tuple[np.ndarray, np.ndarray]:
    eeg, speech = paired_views(0)
    eeg[:6], eeg[7, 1], speech[10] = np.nan, np.nan, np.nan
    return eeg, speech


@pytest.fixture(scope="module")
def model() -> CorrelatedAutoencoder:
    return fitted()


@pytest.fixture(scope="module")
def saved(model: CorrelatedAutoencoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "a new one" / "within"
    save(model, folder)
    return folder


def same_use(left: CorrelatedAutoencoder, right: CorrelatedAutoencoder) -> None:
    """Assert that two models say the same of old and of new views, to the last digit."""
    for eeg, speech in (views(), paired_views(3, rows=7), paired_views(4, rows=1)):
        for one, other in zip(
            left.transform(eeg, speech), right.transform(eeg, speech), strict=True
        ):
            np.testing.assert_array_equal(one, other)
        told, twin = left.reconstruct(eeg, speech), right.reconstruct(eeg, speech)
        assert told.keys() == twin.keys()
        for name, view in told.items():
            np.testing.assert_array_equal(view, twin[name])
    np.testing.assert_array_equal(left.correlations(*views()), right.correlations(*views()))


# There and back


def test_what_comes_back_is_the_same_to_the_last_digit(
    model: CorrelatedAutoencoder, saved: Path
) -> None:
    again = load(saved)
    same_use(model, again)
    assert again.get_params() == model.get_params()
    assert again.history_.to_json() == model.history_.to_json()
    for one, other in zip(model.history_.codes, again.history_.codes, strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(other))
        assert len(other) == model.history_.epochs + 1
        assert np.array(one).dtype == np.array(other).dtype
    np.testing.assert_array_equal(again.held_out_, model.held_out_)
    np.testing.assert_array_equal(again.correlations_, model.correlations_)
    assert (again.epochs_, again.stopped_by_) == (model.epochs_, model.stopped_by_)
    assert again.held_out_.dtype == bool
    for name, value in model.network_.state_dict().items():
        assert torch.equal(value, again.network_.state_dict()[name])
    # The encoders of each epoch are for looking at a training that is still at hand: not saved.
    assert vars(again).keys() == vars(model).keys() - {"replay_"}
    assert again.replay_ is None


@pytest.mark.parametrize("method", METHODS)
def test_every_method_comes_back(method: str, tmp_path: Path) -> None:
    model = fitted(terms=method, epochs=1, watched=0)
    save(model, tmp_path / "model")
    same_use(model, load(tmp_path / "model"))


@pytest.mark.parametrize("settings", [
    {"terms": {"correlation": 1.0, "eeg from speech": 0.5, "eeg from eeg": 0.0}},
    {"latent_dim": 1}, {"layers": Layers(width=5, depth=0)}, {"layers": Layers(width=5, depth=3)},
    {"epochs": 0}, {"epochs": 2}, {"held_out": 0.0}, {"objective": "eckart-young", "seed": 3},
    {"watched": 0}, {"ridge": 0.0, "reconstruction_weight": 0.0},
], ids=str)  # fmt: skip
def test_all_settings_come_back(settings: dict[str, Any], tmp_path: Path) -> None:
    model = fitted(**settings)
    save(model, tmp_path / "model")
    again = load(tmp_path / "model")
    same_use(model, again)
    assert again.get_params() == model.get_params()
    assert again.history_.to_json() == model.history_.to_json()
    assert again.epochs_ == model.epochs_
    assert [len(codes) for codes in again.history_.codes] == [
        len(codes) for codes in model.history_.codes
    ]


def test_a_loaded_model_is_saved_to_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    save(load(saved), tmp_path / "again")
    for name in (SETTINGS, NUMBERS):
        assert (tmp_path / "again" / name).read_bytes() == (saved / name).read_bytes()


def test_a_loaded_model_learns_again_as_the_first_did(
    model: CorrelatedAutoencoder, saved: Path
) -> None:
    same_use(load(saved).fit(*views()), model)


def test_saving_and_loading_leaves_the_model_and_the_world_as_they_were(
    model: CorrelatedAutoencoder, tmp_path: Path
) -> None:
    torch.manual_seed(1)
    before, weights = torch.get_rng_state(), model.network_.state_dict()
    kept = {name: value.clone() for name, value in weights.items()}
    params = model.get_params()
    save(model, tmp_path / "model")
    load(tmp_path / "model")
    assert torch.equal(torch.get_rng_state(), before)
    assert model.get_params() == params
    assert all(torch.equal(value, kept[name]) for name, value in weights.items())
    assert not next(iter(load(tmp_path / "model").network_.modules())).training


# What lies there


def test_nothing_in_the_folder_is_pickled(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == [NUMBERS, SETTINGS]
    settings, numbers = (saved / SETTINGS).read_bytes(), (saved / NUMBERS).read_bytes()
    assert settings.decode("utf-8").endswith("}\n")
    assert int.from_bytes(numbers[:8], "little") < len(numbers)  # a header of JSON, then numbers
    assert numbers[8:9] == b"{"
    for content in (settings, numbers):
        assert not content.startswith((b"\x80", b"PK"))
        assert b"jmml_edu" not in content
        assert b"builtins" not in content


def test_the_settings_can_be_read_by_anyone(model: CorrelatedAutoencoder, saved: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    told = json.loads((saved / SETTINGS).read_text(), parse_constant=refuse)
    assert told["settings"]["latent_dim"] == 2
    assert told["settings"]["layers"] == {"width": 6, "depth": 1, "dropout": 0.2}
    assert told["settings"]["schedule"]["epochs"] == 2
    assert told["columns"] == {"eeg": 4, "speech": 3}
    assert told["epochs"] == model.epochs_
    assert told["weights"]["correlation"] == 1.0
    assert set(told["settings"]) == set(model.get_params())
    numbers = load_file(saved / NUMBERS)
    np.testing.assert_array_equal(numbers["correlations"], model.correlations_)


def test_an_infinite_ridge_is_written_as_json_that_all_can_read(tmp_path: Path) -> None:
    save(fitted(ridge=float("inf"), epochs=0), tmp_path / "model")
    text = (tmp_path / "model" / SETTINGS).read_text()
    assert "Infinity" not in text
    assert load(tmp_path / "model").ridge == float("inf")


def test_whole_numbers_of_numpy_are_settings_too(tmp_path: Path) -> None:
    model = fitted(epochs=0)
    model.set_params(latent_dim=np.int64(2), watched=np.int32(9), ridge=np.float32(0.5))
    save(model, tmp_path / "model")
    same_use(load(tmp_path / "model"), model)


def test_a_model_that_cannot_be_written_leaves_no_half_of_it(tmp_path: Path) -> None:
    model = fitted(epochs=0).set_params(seed=object())
    with pytest.raises(TypeError):
        save(model, tmp_path / "model")
    assert not list(tmp_path.rglob("*.*"))


# What is refused


def test_a_second_model_does_not_overwrite_the_first(
    model: CorrelatedAutoencoder, saved: Path
) -> None:
    before = (saved / NUMBERS).read_bytes()
    with explained("save: folder must hold no model yet; got within. Name another folder."):
        save(model, saved)
    assert (saved / NUMBERS).read_bytes() == before


def test_an_existing_folder_without_a_model_is_taken(
    model: CorrelatedAutoencoder, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    save(model, tmp_path)
    same_use(load(tmp_path), model)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_only_a_fitted_model_is_saved(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        save(CorrelatedAutoencoder(), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def assert_refused(folder: Path) -> None:
    """Assert that loading says in one sentence that this is no whole model."""
    with pytest.raises(InputError) as error:
        load(folder)
    told = str(error.value)
    assert told.startswith(
        f"load: folder must hold a model that save has written; got {folder.name}"
    )
    assert told.endswith("Save the model again.")
    assert "\n" not in told


@pytest.mark.parametrize("name", [SETTINGS, NUMBERS])
@pytest.mark.parametrize("damage", [
    lambda whole: None, lambda whole: b"", lambda whole: whole[:100], lambda whole: whole[:-9],
    lambda whole: b"\xff\xfe" + whole, lambda whole: b"[1]", lambda whole: b"{}",
    lambda whole: b"null",
], ids=["missing", "empty", "beginning", "cut", "other bytes", "list", "nothing in it",
        "null"])  # fmt: skip
def test_a_damaged_folder_is_told(
    saved: Path, tmp_path: Path, name: str, damage: Callable[[bytes], bytes | None]
) -> None:
    folder = shutil.copytree(saved, tmp_path / "copy")
    damaged = damage((folder / name).read_bytes())
    (folder / name).unlink()
    if damaged is not None:
        (folder / name).write_bytes(damaged)
    assert_refused(folder)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert_refused(tmp_path / "nowhere")
    (tmp_path / "file").write_text("text")
    assert_refused(tmp_path / "file")


def with_numbers(saved: Path, folder: Path, **changes: np.ndarray | None) -> Path:
    """A copy of a saved model in which some tensors are others, new, or gone (None)."""
    shutil.copytree(saved, folder)
    numbers = load_file(folder / NUMBERS) | changes
    kept = {name: value for name, value in numbers.items() if value is not None}
    save_file(kept, folder / NUMBERS)
    return folder


LINEAR = "network.maps.eeg.linear"


@pytest.mark.parametrize("name", [
    LINEAR, "network.maps.speech from eeg.network.1.bias", "eeg.turn", "speech.turn_mean",
    "eeg.correlation", "speech.known_mean", "speech.scale", "correlations", "held_out",
])  # fmt: skip
def test_a_missing_tensor_is_told(saved: Path, tmp_path: Path, name: str) -> None:
    assert_refused(with_numbers(saved, tmp_path / "copy", **{name: None}))


@pytest.mark.parametrize("name", [
    "network.maps.eeg.more", "network.maps.speech from us.linear", "eeg.more", "anything",
])  # fmt: skip
def test_a_tensor_too_many_is_told(saved: Path, tmp_path: Path, name: str) -> None:
    changed = with_numbers(saved, tmp_path / "copy", **{name: np.zeros(2, dtype=np.float32)})
    assert_refused(changed)


@pytest.mark.parametrize("name", [LINEAR, "eeg.turn", "speech.mean"])
def test_a_tensor_of_another_shape_is_told(saved: Path, tmp_path: Path, name: str) -> None:
    changed = with_numbers(saved, tmp_path / "copy", **{name: np.zeros((9, 9), dtype=np.float32)})
    assert_refused(changed)


@pytest.mark.parametrize("change", [
    lambda told: told.pop("settings"), lambda told: told.pop("shapes"),
    lambda told: told.pop("history"), lambda told: told["settings"].update(more=1),
    lambda told: told["settings"]["layers"].update(width=0),
    lambda told: told["settings"]["layers"].update(kind="convolution"),
    lambda told: told["settings"]["schedule"].pop("epochs") and told["settings"].pop("schedule"),
    lambda told: told.update(settings=None), lambda told: told["shapes"].pop("eeg"),
    lambda told: told["shapes"]["eeg"].append(3), lambda told: told["history"].update(more=1),
], ids=["no settings", "no shapes", "no history", "a setting more", "a layer without units",
        "a layer of another kind", "no schedule", "settings of null", "a map without shape",
        "a shape of four", "a history of more"])  # fmt: skip
def test_settings_that_save_has_not_written_are_told(
    saved: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    folder = shutil.copytree(saved, tmp_path / "copy")
    told = json.loads((folder / SETTINGS).read_text())
    change(told)
    (folder / SETTINGS).write_text(json.dumps(told))
    assert_refused(folder)
