"""People whose brains differ: where the sources of a simulated EEG lie and how strong they are.

Comes in: a name and a random generator. Goes out: a :class:`Brain`, all that stays the same from
one trial of a person to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from jmml_edu.simulate.head import CHANNELS, muscle_maps, patch_maps, sphere_head


class Source(NamedTuple):
    """A rhythm under an electrode, and its root mean square where it is seen best."""

    rhythm: str
    electrode: str
    rms_uv: float


class Muscle(NamedTuple):
    """A muscle, its direction from the centre of the head, and what makes it work.

    ``tension`` and ``articulation`` are its parts in arousal and in speaking, from 0 to 1.
    """

    direction: tuple[float, float, float]
    tension: float
    articulation: float


RHYTHMS: tuple[str, ...] = ("theta", "alpha", "mu", "beta", "gamma")

SOURCES: tuple[Source, ...] = (
    *(Source("theta", electrode, 3.0) for electrode in ("Fz", "FC1", "FC2")),
    *(Source("alpha", electrode, 5.0) for electrode in ("O1", "Oz", "O2", "PO3", "PO4")),
    *(Source("alpha", electrode, 4.0) for electrode in ("P3", "Pz", "P4")),
    *(Source("alpha", electrode, 4.0) for electrode in ("F3", "F4", "F7", "F8")),
    *(Source("mu", electrode, 4.0) for electrode in ("C3", "C4")),
    *(Source("beta", electrode, 2.0) for electrode in ("F3", "F4", "C3", "C4", "P3", "P4")),
    *(Source("gamma", electrode, 0.5) for electrode in ("F3", "F4", "C3", "C4", "P3", "P4")),
)
"""What oscillates in the average cortex."""

MUSCLES: dict[str, Muscle] = {
    "left temple": Muscle((-0.95, 0.20, 0.10), tension=1.0, articulation=0.5),
    "right temple": Muscle((0.95, 0.20, 0.10), tension=1.0, articulation=0.5),
    "left brow": Muscle((-0.45, 0.85, 0.25), tension=1.0, articulation=0.2),
    "right brow": Muscle((0.45, 0.85, 0.25), tension=1.0, articulation=0.2),
    "left jaw": Muscle((-0.90, 0.10, -0.40), tension=0.5, articulation=1.0),
    "right jaw": Muscle((0.90, 0.10, -0.40), tension=0.5, articulation=1.0),
}
"""Muscles near the electrodes."""

RHYTHM_OF_SOURCE = np.array([RHYTHMS.index(source.rhythm) for source in SOURCES])

_RHYTHM_SD_DB = np.array([1.0, 2.0, 2.0, 1.0, 1.0])
_SOURCE_SD_DB = 0.8
_SKULL_SD_DB = 1.2
_MUSCLE_SD_DB = 2.0
_BLINK_UV = 160.0


@dataclass(frozen=True, eq=False)
class Brain:
    """One person: what stays the same from trial to trial.

    Attributes
    ----------
    subject
        Who.
    size
        Trait that the person's voice shares, standardised; read only under shared nuisance.
    own_size
        The same trait as the EEG has it when nothing is shared.
    alpha_hz
        Frequency of alpha, from 8.5 to 11.5.
    exponent
        Steepness of the 1/f background.
    gain_db
        What skull and electrodes do to everything from the cortex.
    source_db, muscle_db
        How strong each rhythm's source and each muscle is, against the average person.
    source_maps, muscle_maps, background_maps
        Microvolt at each electrode per unit of each source, muscle and background dipole.
    blink_uv, line_uv, electrode_uv
        How far each electrode sees blinks, mains and noise of its own; the last two for a
        setting of 1.
    blinking
        How often this person blinks, against the average.
    """

    subject: str
    size: float
    own_size: float
    alpha_hz: float
    exponent: float
    gain_db: float
    source_db: Float[np.ndarray, " source"]
    muscle_db: Float[np.ndarray, " muscle"]
    source_maps: Float[np.ndarray, "channel source"]
    muscle_maps: Float[np.ndarray, "channel muscle"]
    background_maps: Float[np.ndarray, "channel dipole"]
    blink_uv: Float[np.ndarray, " channel"]
    line_uv: Float[np.ndarray, " channel"]
    electrode_uv: Float[np.ndarray, " channel"]
    blinking: float


def draw_brain(subject: str, rng: np.random.Generator, *, size: float = 0.0) -> Brain:
    """Return a person drawn at random: folds, skull, rhythms, muscles and blinks of their own.

    Each rhythm has sources under fixed electrodes; a person's lie a little elsewhere, point a
    little elsewhere and are a little stronger or weaker.

    Parameters
    ----------
    subject
        Name of the person.
    rng
        Source of randomness.
    size
        Standardised trait (head, and with it the vocal tract) that the person's voice shares.

    Returns
    -------
    brain
        To be passed to :func:`~jmml_edu.simulate.eeg.record_brain`.

    Examples
    --------
    >>> anna = draw_brain("anna", np.random.default_rng(0))
    >>> 8.5 <= anna.alpha_hz <= 11.5
    True
    """
    head = sphere_head()
    under = np.array([head.direction(place) for _, place, _ in SOURCES])
    rms_uv = np.array([source.rms_uv for source in SOURCES])
    centres = _nudged(under, rng, 0.1)
    muscles = np.array([muscle.direction for muscle in MUSCLES.values()])
    background = np.einsum("cda,da->cd", head.lead_field, _nudged(head.dipoles, rng, 1.0))
    person_db = _RHYTHM_SD_DB * rng.standard_normal(len(RHYTHMS))
    n_channels = len(CHANNELS)
    return Brain(
        subject=subject,
        size=size,
        own_size=rng.standard_normal(),
        alpha_hz=float(np.clip(rng.normal(10.0, 0.7), 8.5, 11.5)),
        exponent=float(np.clip(rng.normal(1.3, 0.15), 0.9, 1.7)),
        gain_db=_SKULL_SD_DB * rng.standard_normal(),
        source_db=person_db[RHYTHM_OF_SOURCE] + _SOURCE_SD_DB * rng.standard_normal(len(SOURCES)),
        muscle_db=_MUSCLE_SD_DB * (rng.standard_normal() + 0.5 * rng.standard_normal(len(MUSCLES))),
        source_maps=rms_uv * patch_maps(head, centres, _nudged(centres, rng, 0.3)),
        muscle_maps=muscle_maps(head, _nudged(muscles, rng, 0.1)),
        background_maps=background / np.sqrt((background**2).sum(axis=1).mean()),
        blink_uv=_BLINK_UV * np.exp(0.2 * rng.standard_normal()) * head.blink,
        line_uv=np.sqrt(2) * np.exp(0.4 * rng.standard_normal(n_channels)),
        electrode_uv=np.exp(0.3 * rng.standard_normal(n_channels)),
        blinking=float(np.exp(0.5 * rng.standard_normal())),
    )


def _nudged(
    directions: Float[np.ndarray, "point axis"], rng: np.random.Generator, spread: float
) -> Float[np.ndarray, "point axis"]:
    """Return directions of length 1, turned a little at random."""
    moved = directions + spread * rng.standard_normal(directions.shape)
    unit: Float[np.ndarray, "point axis"] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit
