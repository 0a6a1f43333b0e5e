"""A head to record from: where 32 electrodes sit and what they see of currents inside.

Comes in: nothing but geometry. Goes out: the lead field of a four-shell sphere (computed once by
MNE and kept), and scalp maps of patches of cortex, of the eyes and of muscles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

CHANNELS: tuple[str, ...] = (
    "Fp1", "AF3", "F3", "F7", "FC5", "FC1", "C3", "T7", "CP5", "CP1", "P3", "P7", "PO3", "O1",
    "Oz", "Pz", "Fp2", "AF4", "Fz", "F4", "F8", "FC6", "FC2", "Cz", "C4", "T8", "CP6", "CP2",
    "P4", "P8", "PO4", "O2",
)  # fmt: skip
"""The 32 electrodes of the 10-20 system, in the order in which DEAP lists them."""

SAMPLE_RATE_HZ = 128.0
"""Samples per second of a simulated EEG."""

N_DIPOLES = 160
CORTEX_DEPTH = 0.78
"""Radius of the shell of dipoles, as a fraction of the head's radius."""

LOWEST_DIPOLE = -0.4
"""Height of the lowest dipoles in units of the cortical shell's radius; 0 is the centre."""

_EYES = np.array([[-0.33, 0.75, -0.26], [0.33, 0.75, -0.26]])
"""Both eyes in units of the head's radius: right, front, up."""

_BLINK_AXIS = np.array([0.0, 0.85, 0.53])
"""A closing lid slides down over a positive cornea: the field points to the front and upward."""


@dataclass(frozen=True, eq=False)
class Head:
    """Electrodes, dipoles and what the first see of the second.

    Attributes
    ----------
    electrodes
        Direction of each electrode from the centre, of length 1: right, front, up.
    dipoles
        Direction of each cortical dipole from the centre, of length 1.
    lead_field
        Microvolt at each electrode for 1 nAm at each dipole along each axis, against infinity.
    blink
        The same for the eyes, scaled to 1 at the electrode that sees them best.
    """

    electrodes: Float[np.ndarray, "channel axis"]
    dipoles: Float[np.ndarray, "dipole axis"]
    lead_field: Float[np.ndarray, "channel dipole axis"]
    blink: Float[np.ndarray, " channel"]

    def direction(self, electrode: str) -> Float[np.ndarray, " axis"]:
        """Return the direction from the centre to a named electrode, of length 1."""
        place: Float[np.ndarray, " axis"] = self.electrodes[CHANNELS.index(electrode)]
        return place


@cache
def sphere_head() -> Head:
    """Return the standard head: the 10-20 positions on a sphere of four shells.

    Brain, fluid, skull and scalp are concentric; the poorly conducting skull smears each current
    over many electrodes. MNE computes the potentials by the approximation of [1]_. The result is
    kept, so that only the first call of a process takes its time.

    References
    ----------
    .. [1] P. Berg, M. Scherg, "A fast method for forward computation of multiple-shell spherical
       head models", Electroencephalography and Clinical Neurophysiology 90, 1994.
       https://doi.org/10.1016/0013-4694(94)90113-9

    Examples
    --------
    >>> sphere_head().lead_field.shape
    (32, 160, 3)
    """
    dipoles = _lattice(N_DIPOLES)
    electrodes, potentials = sphere_potentials(np.vstack([CORTEX_DEPTH * dipoles, _EYES]))
    cortex, eyes = np.split(potentials, [N_DIPOLES], axis=1)
    blink = (eyes @ _BLINK_AXIS).sum(axis=1)
    return Head(electrodes, dipoles, cortex, blink / np.abs(blink).max())


def sphere_potentials(
    positions: Float[np.ndarray, "dipole axis"],
) -> tuple[Float[np.ndarray, "channel axis"], Float[np.ndarray, "channel dipole axis"]]:
    """Return the directions of the electrodes and their potentials for dipoles of 1 nAm.

    Parameters
    ----------
    positions
        Places of the dipoles in units of the head's radius (right, front, up), longer than 0 and
        shorter than 0.9, where the brain ends.

    Returns
    -------
    electrodes
        One direction of length 1 per channel.
    potentials
        In microvolt against infinity, for a dipole along each of the three axes.

    Examples
    --------
    A current that points upward is positive at the vertex:

    >>> _, potentials = sphere_potentials(np.array([[0.0, 0.0, 0.5]]))
    >>> bool(potentials[CHANNELS.index("Cz"), 0, 2] > 0)
    True
    """
    import mne

    info = mne.create_info(list(CHANNELS), SAMPLE_RATE_HZ, "eeg", verbose="error")
    info.set_montage("biosemi32", verbose="error")
    sphere = mne.make_sphere_model("auto", "auto", info, verbose="error")
    places_m = np.repeat(sphere["r0"] + sphere.radius * positions, 3, axis=0)
    ones = np.ones(len(places_m))
    axes = np.tile(np.eye(3), (len(positions), 1))
    dipole = mne.Dipole(0 * ones, places_m, ones, axes, ones, verbose="error")
    forward, _ = mne.make_forward_dipole(dipole, sphere, info, verbose="error")
    places = np.array([channel["loc"][:3] for channel in info["chs"]]) - sphere["r0"]
    uv_per_nam = 1e-3 * forward["sol"]["data"].reshape(len(CHANNELS), -1, 3)
    return places / np.linalg.norm(places, axis=1, keepdims=True), uv_per_nam


def patch_maps(
    head: Head,
    centres: Float[np.ndarray, "patch axis"],
    moments: Float[np.ndarray, "patch axis"],
    *,
    width: float = 0.3,
) -> Float[np.ndarray, "channel patch"]:
    """Return how each patch of cortex looks from outside, 1 at the electrode that sees it best.

    Dipoles near the centre act together, with weights that fall off as a Gaussian.

    Parameters
    ----------
    head
        Where dipoles and electrodes are.
    centres
        Direction of each patch from the centre of the head.
    moments
        Direction of its current; radial (equal to the centre) for the crown of a fold.
    width
        Standard deviation of the weights, as a chord of the unit sphere, above 0.

    Returns
    -------
    maps
        One column per patch, from -1 to 1.

    Examples
    --------
    Radial current under Cz is best seen at Cz:

    >>> head = sphere_head()
    >>> up = head.direction("Cz")[np.newaxis]
    >>> CHANNELS[int(patch_maps(head, up, up)[:, 0].argmax())]
    'Cz'
    """
    weights = _nearness(head.dipoles, centres, width)
    maps = np.einsum("cda,dp,pa->cp", head.lead_field, weights, moments, optimize=True)
    scaled: Float[np.ndarray, "channel patch"] = maps / np.abs(maps).max(axis=0)
    return scaled


def muscle_maps(
    head: Head, centres: Float[np.ndarray, "muscle axis"], *, width: float = 0.55
) -> Float[np.ndarray, "channel muscle"]:
    """Return how strongly each electrode hears each muscle, 1 at the nearest electrode.

    Muscles lie outside the skull, so that no sphere of shells describes them; their signal falls
    off with distance, as a Gaussian of the chord.

    Parameters
    ----------
    head
        Where the electrodes are.
    centres
        Direction of each muscle from the centre of the head.
    width
        Standard deviation of the fall, as a chord of the unit sphere, above 0.

    Returns
    -------
    maps
        One column per muscle, from 0 to 1.

    Examples
    --------
    A muscle at the left temple is heard at T7 and not at the right ear:

    >>> head = sphere_head()
    >>> heard = muscle_maps(head, head.direction("T7")[np.newaxis])[:, 0]
    >>> float(heard[CHANNELS.index("T7")]), round(float(heard[CHANNELS.index("T8")]), 2)
    (1.0, 0.0)
    """
    maps = _nearness(head.electrodes, centres, width)
    scaled: Float[np.ndarray, "channel muscle"] = maps / maps.max(axis=0)
    return scaled


def _nearness(
    points: Float[np.ndarray, "point axis"],
    centres: Float[np.ndarray, "centre axis"],
    width: float,
) -> Float[np.ndarray, "point centre"]:
    """Return a Gaussian of the distance between each point and each centre."""
    square = ((points[:, np.newaxis] - centres[np.newaxis]) ** 2).sum(axis=-1)
    near: Float[np.ndarray, "point centre"] = np.exp(-square / (2 * width**2))
    return near


def _lattice(n_points: int) -> Float[np.ndarray, "dipole axis"]:
    """Return evenly spread directions above the lowest height (a Fibonacci spiral)."""
    step = np.arange(n_points)
    height = 1 - (1 - LOWEST_DIPOLE) * (step + 0.5) / n_points
    angle = np.pi * (3 - np.sqrt(5)) * step
    radius = np.sqrt(1 - height**2)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), height])
