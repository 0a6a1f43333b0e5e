"""What a comparison has found so far, kept in a file, so that a stopped one goes on where it was.

Predictions go in, one line of JSON each; the same predictions come out of the next run.
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.contenders import Predicted
from jmml_edu.data import Features
from jmml_edu.results import Plan

Place = tuple[int, int, str]
"""Seed, fold and method."""

_COLUMNS = ("true", "said", "subjects")


class Kept:
    """Predictions by seed, fold and method, each written as soon as it is there.

    Parameters
    ----------
    file
        Where; None keeps nothing. A last line that was cut short is computed again.
    about
        What they were computed from: a file about something else is refused.

    Raises
    ------
    InputError
        If the file is about something else, or is no such file.
    """

    def __init__(self, file: Path | None, about: str) -> None:
        self.file = file
        self.found: dict[Place, Predicted] = {}
        if file is None:
            return
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps({"about": about}) + "\n", encoding="utf-8")
            return
        head, *lines = _whole_lines(file)
        if head.get("about") != about:
            fail(
                "compare", "kept", "hold what the same data, plan and version gave before",
                f"another run in {file.name}", "Delete it to start anew, or write elsewhere.",
            )  # fmt: skip
        for line in lines:
            place = line["seed"], line["fold"], line["method"]
            true, said, who = (np.array(line[name], dtype=object) for name in _COLUMNS)
            self.found[place] = Predicted(line["method"], true, said, who, line["choice"])

    def add(self, seed: int, fold: int, predicted: Predicted) -> None:
        """Write what a method said in a fold."""
        self.found[seed, fold, predicted.method] = predicted
        if self.file is None:
            return
        told = {name: getattr(predicted, name).tolist() for name in _COLUMNS} | {
            "seed": seed,
            "fold": fold,
            "method": predicted.method,
            "choice": predicted.choice,
        }
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


def fingerprint(eeg: Features, speech: Features, plan: Plan, truth: np.ndarray | None) -> str:
    """Return what changes whenever a comparison could come out differently."""
    digest = sha256(repr((replace(plan, minutes=0.0), version("jmml_edu"))).encode())
    for side in (eeg, speech):
        digest.update(np.ascontiguousarray(side.values).tobytes())
        digest.update(repr([side.subjects.tolist(), side.labels.tolist()]).encode())
        digest.update(repr(side.trials.tolist()).encode())
    if truth is not None:
        digest.update(np.ascontiguousarray(truth).tobytes())
    return digest.hexdigest()


def _whole_lines(file: Path) -> list[dict[str, Any]]:
    """Return the lines of a file that are whole, and cut off the rest."""
    text = file.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, encoding="utf-8")
    try:
        return [json.loads(line) for line in whole.splitlines()] or [{}]
    except json.JSONDecodeError:
        return [{}]
