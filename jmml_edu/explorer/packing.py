"""From a scene to what the browser gets: one block of bytes, and words that say what lies where.

Everything a browser draws travels once, as small whole numbers with one scale each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jmml_edu.explorer.asking import Regions
from jmml_edu.explorer.packer import Packer
from jmml_edu.explorer.scalp import Scalp
from jmml_edu.explorer.scene import Scene
from jmml_edu.explorer.tracks import Track

MOST_FRAME_BYTES = 400_000
"""Of one slider; with more, steps between the first and the last are left out evenly."""

LEAST_LOG = -16.0
"""Probabilities below exp(-16) look alike."""


def pack(scene: Scene, scalp: Scalp | None, *, speaks: bool) -> tuple[dict[str, Any], bytes]:
    """Return what there is to say of a scene as plain data, and its numbers as one block.

    ``speaks`` says whether there is something that makes sound.
    """
    packer = Packer()
    told = {
        **_pairs(scene, packer),
        "components": scene.n_components,
        "useful": scene.n_useful,
        "classes": list(scene.classes),
        "simulated": scene.pairs.provenance.stamp,
        "source": scene.pairs.provenance.source,
        "centred": scene.centred,
        "eegShare": scene.eeg_share,
        "words": list(scene.words),
        "regions": _regions(scene.regions),
        "tracks": [_track(track, packer) for track in scene.tracks],
        "scalp": None if scalp is None else _scalp(scene, scalp, packer),
        "speaks": speaks,
    }
    return told | {"layout": packer.layout}, packer.block()


def _pairs(scene: Scene, packer: Packer) -> dict[str, Any]:
    """Add who the pairs are and what the road says of them; return their names."""
    pairs = scene.pairs
    people = sorted(set(pairs.subjects.astype(str)))
    packer.add("row", scene.rows, "int32")
    packer.add("label", scene.labels, "int8")
    packer.add("held_out", scene.held_out, "uint8")
    packer.add("has_eeg", pairs.has_eeg, "uint8")
    packer.add("person", np.searchsorted(people, pairs.subjects.astype(str)), "int32")
    says = {"speech": scene.speech_says, "both": scene.both_say, "noisy": scene.noisy_say}
    for name, shares in says.items():
        packer.add_scaled(f"says_{name}", np.log(np.maximum(shares, np.exp(LEAST_LOG))))
    trials = [str(trial) for trial in pairs.speech.trials]
    return {"n": len(scene.rows), "people": people, "trials": trials, "kind": pairs.kind}


def _track(track: Track, packer: Packer) -> dict[str, Any]:
    """Add the frames of a track, as many as may travel; return the rest of it."""
    n_bytes = 4 * track.eeg[0].size
    steps = np.arange(len(track.steps))
    most = max(2, MOST_FRAME_BYTES // n_bytes)
    if len(steps) > most:
        steps = np.unique(np.round(np.linspace(0, len(steps) - 1, most)).astype(int))
    frames = np.stack([track.eeg[steps], track.speech[steps]], axis=1)
    packer.add_scaled(f"frames_{track.name}", frames)
    return {
        "name": track.name,
        "title": track.title,
        "note": track.note,
        "steps": [track.steps[step] for step in steps],
        "train": numbers_of(track.train_correlations[steps]),
        "heldOut": numbers_of(track.held_out_correlations[steps]),
        "losses": {name: numbers_of(np.array(values)) for name, values in track.losses.items()},
        "numbers": steps.tolist(),
    }


def _scalp(scene: Scene, scalp: Scalp, packer: Packer) -> dict[str, Any]:
    """Add band power less each person's mean, and how a map is filled; return the rest."""
    power = scene.pairs.eeg.values[:, scalp.columns.ravel()].copy()
    power[~scene.pairs.has_eeg] = np.nan
    for person in np.unique(scene.pairs.subjects) if scene.centred else [None]:
        rows = slice(None) if person is None else scene.pairs.subjects == person
        there = np.isfinite(power[rows]).any(axis=0)
        mean = np.zeros(power.shape[1])
        mean[there] = np.nanmean(power[rows][:, there], axis=0)
        power[rows] = power[rows] - mean
    there = bool(np.isfinite(power).any())
    spread = float(np.nanquantile(np.abs(power), 0.98)) if there else 1.0
    power = power.clip(-2 * spread, 2 * spread).reshape(len(power), *scalp.columns.shape)
    packer.add_scaled("scalp_power", power, "int8")
    packer.add_scaled("scalp_filling", scalp.filling)
    packer.add("scalp_pixels", scalp.pixels, "uint8")
    return {
        "bands": list(scalp.bands),
        "electrodes": list(scalp.electrodes),
        "places": scalp.places.round(4).tolist(),
        "range": spread or 1.0,
    }


def _regions(regions: Regions | None) -> dict[str, Any] | None:
    """Return regions as plain data."""
    if regions is None:
        return None
    return {
        "name": regions.name,
        "say": regions.say,
        "weights": numbers_of(regions.weights),
        "offsets": numbers_of(regions.offsets),
    }


def numbers_of(values: np.ndarray) -> list[Any]:
    """Return nested lists of five digits, None for NaN: JSON has no other word for it."""
    rounded = np.vectorize(lambda v: float(f"{v:.5g}") if np.isfinite(v) else None, otypes=[object])
    return rounded(values).tolist() if values.size else values.tolist()
