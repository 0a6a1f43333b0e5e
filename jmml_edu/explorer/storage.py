"""A scene in a file: numbers and words only, so that it opens without training, and anywhere.

No code is kept, unlike in a pickle: opening a file from a stranger runs nothing, and a later
version of any library reads it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.data import Features, Modality, Pairs, Provenance
from jmml_edu.explorer.asking import Regions
from jmml_edu.explorer.scene import Scene
from jmml_edu.explorer.tracks import Track

_ARRAYS = ("rows", "held_out", "labels", "speech_says", "both_say", "noisy_say")
_WORDS = ("classes", "eeg_share", "centred", "n_useful", "words")
_FRAMES = ("eeg", "speech", "train_correlations", "held_out_correlations")
_WHO = ("subjects", "labels", "trials", "stimuli")


def save_scene(scene: Scene, path: str | Path) -> Path:
    """Write a scene to a file and return its path.

    Parameters
    ----------
    scene
        What there is to see, from :func:`jmml_edu.explorer.scene.scene_of`.
    path
        Where, usually ending in ``.npz``; what is there is replaced.

    Examples
    --------
    >>> import tempfile
    >>> from jmml_edu.explorer.storage import load_scene
    >>> load_scene("no such file")
    Traceback (most recent call last):
    ...
    jmml_edu._checks.InputError: load_scene: path must name a file with a scene; got 'no such file'\
. Write one with save_scene.
    """
    arrays: dict[str, np.ndarray] = {name: getattr(scene, name) for name in _ARRAYS}
    told: dict[str, Any] = {name: getattr(scene, name) for name in _WORDS}
    told |= {"kind": scene.pairs.kind, "tracks": [], "regions": None}
    arrays["has_eeg"] = scene.pairs.has_eeg
    for side in (scene.pairs.eeg, scene.pairs.speech):
        arrays[f"{side.modality}_values"] = side.values
        told[side.modality] = {
            "names": side.names,
            "provenance": asdict(side.provenance),
            **{name: getattr(side, name).tolist() for name in _WHO},
        }
    for track in scene.tracks:
        arrays |= {f"{track.name}_{name}": getattr(track, name) for name in _FRAMES}
        losses = {name: np.asarray(values).tolist() for name, values in track.losses.items()}
        words = {name: getattr(track, name) for name in ("name", "title", "note", "steps")}
        told["tracks"].append({**words, "losses": losses})
    if scene.regions is not None:
        told["regions"] = {"name": scene.regions.name, "say": scene.regions.say}
        arrays |= {name: getattr(scene.regions, name) for name in ("weights", "offsets")}
    path = Path(path)
    with path.open("wb") as file:
        slim: dict[str, Any] = _slim(arrays)
        np.savez_compressed(file, told=np.array(json.dumps(told)), **slim)
    return path


def load_scene(path: str | Path) -> Scene:
    """Return the scene of a file.

    Raises
    ------
    InputError
        If there is no such file, or it holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: _wide(file[name]) for name in file.files if name != "told"}
            told = json.loads(str(file["told"]))
        return _scene(arrays, told)
    except (OSError, ValueError, KeyError, EOFError):
        fail(
            "load_scene", "path", "name a file with a scene", repr(str(path)),
            "Write one with save_scene.",
        )  # fmt: skip


def _slim(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return arrays with as many digits as can be seen."""
    return {
        name: values.astype(np.float32) if values.dtype == np.float64 else values
        for name, values in arrays.items()
    }


def _wide(values: np.ndarray) -> np.ndarray:
    """Return an array as it is computed with."""
    return values.astype(np.float64) if values.dtype == np.float32 else values


def _scene(arrays: dict[str, Any], told: dict[str, Any]) -> Scene:
    """Return a scene from what stood in its file."""
    tracks = tuple(
        Track(
            words["name"], words["title"], words["note"], tuple(words["steps"]),
            losses=words["losses"],
            **{name: arrays[f"{words['name']}_{name}"] for name in _FRAMES},
        )
        for words in told["tracks"]
    )  # fmt: skip
    regions = told["regions"]
    if regions is not None:
        regions = Regions(**regions, weights=arrays["weights"], offsets=arrays["offsets"])
    return Scene(
        pairs=Pairs(
            _features("eeg", arrays, told), _features("speech", arrays, told), told["kind"],
            arrays["has_eeg"],
        ),
        classes=tuple(told["classes"]),
        words=tuple(told["words"]),
        tracks=tracks,
        regions=regions,
        **{name: told[name] for name in ("eeg_share", "centred", "n_useful")},
        **{name: arrays[name] for name in _ARRAYS},
    )  # fmt: skip


def _features(modality: Modality, arrays: dict[str, np.ndarray], told: dict[str, Any]) -> Features:
    """Return one side of the pairs."""
    words = told[modality]
    who = {name: np.array(words[name], dtype=object) for name in _WHO}
    origin = words["provenance"]
    return Features(
        arrays[f"{modality}_values"], tuple(words["names"]), modality,
        provenance=Provenance(**origin | {"steps": tuple(origin["steps"])}), **who,
    )  # fmt: skip
