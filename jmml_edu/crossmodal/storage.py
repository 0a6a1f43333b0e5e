"""A fitted model on disk: settings as JSON, numbers as safetensors. Nothing is unpickled.

A folder can be read by anyone, in any language, and holds no code that runs when it is opened.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from sklearn.utils.validation import check_is_fitted

from jmml_edu._checks import fail
from jmml_edu.crossmodal.estimator import CorrelatedAutoencoder, Standard, Turn
from jmml_edu.crossmodal.network import VIEWS, TwoViewNetwork
from jmml_edu.missing import GapFiller, Scaler
from jmml_edu.networks import Layers
from jmml_edu.training import History, Schedule

_SETTINGS, _NUMBERS = "settings.json", "numbers.safetensors"


def save(model: CorrelatedAutoencoder, folder: Path) -> None:
    """Write a fitted model into a folder, which may not hold one yet.

    Raises
    ------
    InputError
        If the folder holds a model already.
    """
    check_is_fitted(model, "correlations_")
    if (folder / _SETTINGS).exists():
        fail("save", "folder", "hold no model yet", folder.name, "Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {"correlations": model.correlations_, "held_out": model.held_out_}
    for name, value in model.network_.state_dict().items():
        numbers[f"network.{name}"] = value.numpy()
    for name in VIEWS:
        standard, turn = model._standards[name], model._turns[name]
        numbers |= {
            f"{name}.known_mean": standard.filler.scaler.mean,
            f"{name}.known_scale": standard.filler.scaler.scale,
            f"{name}.correlation": standard.filler.correlation,
            f"{name}.mean": standard.scaler.mean,
            f"{name}.scale": standard.scaler.scale,
            f"{name}.turn_mean": turn.mean,
            f"{name}.turn": turn.directions,
        }
    for name, codes in zip(VIEWS, model.history_.codes, strict=True):
        if codes:
            numbers[f"history.{name}"] = np.stack(codes)
    save_file(
        {key: np.ascontiguousarray(value) for key, value in numbers.items()}, folder / _NUMBERS
    )
    settings = model.get_params() | {
        "layers": asdict(model.layers),
        "schedule": asdict(model.schedule),
        "terms": model.terms if isinstance(model.terms, str) else dict(model.terms),
    }
    told = {
        "settings": settings,
        "columns": model._columns,
        "weights": model.network_.weights,
        "shapes": model.network_.shapes(),
        "stopped_by": model.stopped_by_,
        "epochs": model.epochs_,
        "history": json.loads(model.history_.to_json()),
    }
    (folder / _SETTINGS).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def load(folder: Path) -> CorrelatedAutoencoder:
    """Return the model that :func:`save` wrote; its codes are the same to the last digit.

    Raises
    ------
    InputError
        If the folder does not hold a whole model.
    """
    try:
        told = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
        numbers = load_file(folder / _NUMBERS)
        return _restore(told, numbers)
    except (OSError, json.JSONDecodeError, SafetensorError, KeyError) as problem:
        fail(
            "load", "folder", "hold a model that save has written", f"{folder.name}: {problem}",
            "Save the model again.",
        )  # fmt: skip


def _restore(told: dict[str, dict], numbers: dict[str, np.ndarray]) -> CorrelatedAutoencoder:  # type: ignore[type-arg]
    """Return a model from what was read."""
    import torch

    settings = dict(told["settings"])
    layers = Layers(**settings.pop("layers"))
    schedule = Schedule(**settings.pop("schedule"))
    model = CorrelatedAutoencoder(**settings, layers=layers, schedule=schedule)
    model.network_ = TwoViewNetwork.blank(
        {name: tuple(sizes) for name, sizes in told["shapes"].items()}, told["weights"], layers
    )
    of_network = {
        name.removeprefix("network."): torch.from_numpy(value)
        for name, value in numbers.items()
        if name.startswith("network.")
    }
    model.network_.load_state_dict(of_network)
    model.network_.eval()
    model._columns = told["columns"]
    model._standards, model._turns = {}, {}
    for name in VIEWS:
        known = Scaler(numbers[f"{name}.known_mean"], numbers[f"{name}.known_scale"])
        filler = GapFiller(known, numbers[f"{name}.correlation"])
        scaler = Scaler(numbers[f"{name}.mean"], numbers[f"{name}.scale"])
        model._standards[name] = Standard(filler, scaler)
        model._turns[name] = Turn(numbers[f"{name}.turn_mean"], numbers[f"{name}.turn"])
    model.correlations_, model.held_out_ = numbers["correlations"], numbers["held_out"]
    model.stopped_by_, model.epochs_ = str(told["stopped_by"]), int(told["epochs"])  # type: ignore[call-overload]
    model.history_ = History(**told["history"])
    for name, codes in zip(VIEWS, model.history_.codes, strict=True):
        codes += list(numbers.get(f"history.{name}", ()))
    return model
