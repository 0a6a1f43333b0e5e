"""Band power of a pair's EEG as a map of the scalp: values per electrode, and what fills between.

Named EEG features go in; numbers by band and electrode come out, and one matrix that makes a grid
of pixels from the electrodes of any band.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from jmml_edu.corpora.electrodes import scalp_montage
from jmml_edu.features.eeg import BANDS

GRID = 28
"""Pixels on a side of a map, before the browser smooths it."""

FEWEST_ELECTRODES = 4

_COLUMN = re.compile(r"([a-z]+)_([A-Za-z0-9]+)_[a-z0-9]+")


@dataclass(frozen=True, eq=False)
class Scalp:
    """Where the electrodes are, and how a map is filled between them.

    Attributes
    ----------
    bands, electrodes
        Names.
    columns
        Which EEG feature is the power of each band and electrode.
    places
        Right and front of each electrode seen from above, 1 at the rim of the head.
    pixels
        Row and column of each pixel inside the head, row 0 at the nose.
    filling
        Pixel x electrode: thin-plate splines, so that ``filling @ power`` is a map.
    """

    bands: tuple[str, ...]
    electrodes: tuple[str, ...]
    columns: Int[np.ndarray, "band electrode"]
    places: Float[np.ndarray, "electrode 2"]
    pixels: Int[np.ndarray, "pixel 2"]
    filling: Float[np.ndarray, "pixel electrode"]


def scalp_of(names: Sequence[str]) -> Scalp | None:
    """Return the scalp behind EEG features; None if they are no band powers of known electrodes.

    Parameters
    ----------
    names
        Of the features, as :func:`jmml_edu.features.eeg.eeg_feature_names` makes them.

    Examples
    --------
    >>> scalp = scalp_of([f"alpha_{e}_lnuv2" for e in ("Fz", "Cz", "Pz", "C3", "C4")])
    >>> scalp.bands, scalp.electrodes[1], scalp.places[1].round(1).tolist()
    (('alpha',), 'Cz', [0.0, 0.0])
    >>> scalp_of(["a", "b"]) is None
    True
    """
    found: dict[str, dict[str, int]] = {band: {} for band in BANDS}
    for column, name in enumerate(names):
        match = _COLUMN.fullmatch(name)
        if match and match[1] in found:
            found[match[1]][match[2]] = column
    bands = tuple(band for band in BANDS if found[band])
    if not bands:
        return None
    known = set(scalp_montage().ch_names)
    shared = set.intersection(*(set(found[band]) for band in bands)) & known
    electrodes = tuple(name for name in found[bands[0]] if name in shared)
    if len(electrodes) < FEWEST_ELECTRODES:
        return None
    columns = np.array([[found[band][name] for name in electrodes] for band in bands])
    places = _places(electrodes)
    pixels, where = _pixels()
    return Scalp(bands, electrodes, columns, places, pixels, _filling(places, where))


def _places(electrodes: Sequence[str]) -> Float[np.ndarray, "electrode 2"]:
    """Return electrodes seen from above, as far from the vertex as they are along the scalp.

    Heads are no spheres: each half axis is stretched so that Fpz, Oz, T7 and T8 lie at 0.9.
    """
    positions = scalp_montage().get_positions()["ch_pos"]
    rim = np.array([positions[name] for name in ("T8", "T7", "Fpz", "Oz")])
    centre = np.array([rim[:2, 0].mean(), rim[2:, 1].mean(), rim[:, 2].mean()])
    places = np.array([positions[name] for name in ("Cz", "T8", "T7", "Fpz", "Oz", *electrodes)])
    right, front, up = (places - centre).T
    along, around = np.arctan2(np.hypot(right, front), up), np.arctan2(front, right)
    flat = along[:, None] * np.column_stack([np.cos(around), np.sin(around)])
    flat -= flat[0]
    reach = np.array([[flat[1, 0], flat[3, 1]], [-flat[2, 0], -flat[4, 1]]])
    stretched: np.ndarray = 0.9 * flat[5:] / np.where(flat[5:] > 0, reach[0], reach[1])
    return stretched


def _pixels() -> tuple[Int[np.ndarray, "pixel 2"], Float[np.ndarray, "pixel 2"]]:
    """Return row and column of the pixels inside the head, and their right and front."""
    middle = (np.arange(GRID) + 0.5) / GRID * 2 - 1
    front, right = np.meshgrid(-middle, middle, indexing="ij")
    inside = np.hypot(front, right) <= 1 + 1 / GRID
    return np.argwhere(inside), np.column_stack([right[inside], front[inside]])


def _filling(
    places: Float[np.ndarray, "electrode 2"], where: Float[np.ndarray, "pixel 2"]
) -> Float[np.ndarray, "pixel electrode"]:
    """Return how much each electrode says at each pixel."""
    from scipy.interpolate import RBFInterpolator

    splines = RBFInterpolator(places, np.eye(len(places)), kernel="thin_plate_spline")
    # Beyond the outermost electrodes a spline runs away: the rim takes the last value inside.
    length = np.hypot(*where.T)[:, None]
    farthest = np.hypot(*places.T).max()
    filled: np.ndarray = splines(where * np.minimum(1.0, farthest / np.maximum(length, farthest)))
    return filled
