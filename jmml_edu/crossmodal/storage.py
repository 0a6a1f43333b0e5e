"""A fitted model on disk: settings as JSON, numbers as safetensors. Nothing is unpickled.

A folder can be read by anyone, in any language, and holds no code that runs when it is opened.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as serialize
from sklearn.utils.validation import check_is_fitted

from jmml_edu._checks import fail
from jmml_edu.crossmodal.estimator import CorrelatedAutoencoder
from jmml_edu.crossmodal.network import VIEWS, TwoViewNetwork
from jmml_edu.crossmodal.turns import Standard, Turn
from jmml_edu.missing import GapFiller, Scaler
from jmml_edu.networks import Layers
from jmml_edu.training import History, Schedule

_SETTINGS, _NUMBERS, _INFINITY = "settings.json", "numbers.safetensors", "inf"
_DAMAGES = (
    OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, SafetensorError,
)  # fmt: skip


def save(model: CorrelatedAutoencoder, folder: Path) -> None:
    """Write a fitted model into a folder, which may not hold one yet.

    Raises
    ------
    InputError
        If the folder holds a model already, or a setting is none that JSON knows.
    """
    check_is_fitted(model, "correlations_")
    if (folder / _SETTINGS).exists():
        fail("save", "folder", "hold no model yet", folder.name, "Name another folder.")
    # Both in memory first: a model that cannot be written leaves no half of it.
    text = json.dumps(_plain(_told(model)), indent=2, allow_nan=False) + "\n"
    numbers = serialize(_numbers(model))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _NUMBERS).write_bytes(numbers)
    (folder / _SETTINGS).write_text(text, encoding="utf-8")


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
        model = _restore(told, numbers)
        shapes = {name: value.shape for name, value in _numbers(model).items()}
        if shapes != {name: value.shape for name, value in numbers.items()}:
            raise ValueError("arrays of other names or shapes")
    except _DAMAGES as problem:
        found = " ".join(f"{folder.name}: {problem}".split())  # torch says it in several lines
        fail(
            "load", "folder", "hold a model that save has written", found,
            "Save the model again.",
        )  # fmt: skip
    return model


def _told(model: CorrelatedAutoencoder) -> dict[str, Any]:
    """Return what is said of a model in JSON."""
    settings = model.get_params() | {
        "layers": asdict(model.layers),
        "schedule": asdict(model.schedule),
        "terms": model.terms if isinstance(model.terms, str) else dict(model.terms),
    }
    return {
        "settings": settings,
        "columns": model._columns,
        "weights": model.network_.weights,
        "shapes": model.network_.shapes(),
        "stopped_by": model.stopped_by_,
        "epochs": model.epochs_,
        "history": json.loads(model.history_.to_json()),
    }


def _plain(value: Any) -> Any:
    """Return a value as every reader of JSON knows it; infinity becomes a word."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return _INFINITY if isinstance(value, float) and value == math.inf else value


def _numbers(model: CorrelatedAutoencoder) -> dict[str, np.ndarray]:
    """Return the arrays of a model by name."""
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
    return {name: np.ascontiguousarray(value) for name, value in numbers.items()}


def _restore(told: Any, numbers: dict[str, np.ndarray]) -> CorrelatedAutoencoder:
    """Return a model from what was read."""
    settings = dict(told["settings"])
    layers = Layers(**settings.pop("layers"))
    schedule = Schedule(**settings.pop("schedule"))
    ridge = settings.pop("ridge")
    ridge = tuple(map(float, ridge)) if isinstance(ridge, list) else float(ridge)
    model = CorrelatedAutoencoder(**settings, ridge=ridge, layers=layers, schedule=schedule)
    shapes = {name: (int(a), int(b), int(c)) for name, (a, b, c) in told["shapes"].items()}
    model.network_ = TwoViewNetwork.blank(shapes, told["weights"], layers)
    model.network_.load_state_dict(
        {
            name.removeprefix("network."): torch.from_numpy(value)
            for name, value in numbers.items()
            if name.startswith("network.")
        }
    )
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
    model.stopped_by_, model.epochs_ = str(told["stopped_by"]), int(told["epochs"])
    model.history_ = History(**told["history"])
    for name, codes in zip(VIEWS, model.history_.codes, strict=True):
        codes += list(numbers.get(f"history.{name}", ()))
    return model
