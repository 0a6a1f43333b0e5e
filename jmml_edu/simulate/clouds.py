"""Two clouds of points that share one quiet direction: small enough to draw and to turn by hand."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least, fail
from jmml_edu.data import MODALITIES, Features, Modality, Pairs, Provenance

LOUDNESS = 2.5
"""How much larger the spread is in the direction that shares nothing."""

_TURNS = {"eeg": 35.0, "speech": 110.0}  # where the shared direction lies, in degrees


def two_clouds(n_pairs: int = 300, *, correlation: float = 0.9, seed: int = 4) -> Pairs:
    r"""Return pairs of two features each that share one quiet direction.

    Along it both views hear one latent :math:`z`, each with noise of its own:
    :math:`\sqrt\rho\,z + \sqrt{1-\rho}\,\varepsilon`. The direction at right angles is 2.5 times as
    loud, and each view's own. So the population canonical correlations are :math:`\rho` and 0.

    Parameters
    ----------
    n_pairs
        How many, at least 3.
    correlation
        The planted one, in [0, 1).
    seed
        Decides everything.

    Returns
    -------
    pairs
        Of one person, stamped as simulated; labelled by the sign of the latent.

    Raises
    ------
    InputError
        If there are fewer than three pairs, or the correlation is out of range.

    Examples
    --------
    >>> two_clouds().eeg.values.shape
    (300, 2)
    """
    check_at_least("two_clouds", 3, n_pairs=n_pairs)
    if not 0 <= correlation < 1:
        fail(
            "two_clouds", "correlation", "lie in [0, 1)", correlation,
            "0.9 shows plainly and is not perfect.",
        )  # fmt: skip
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal(n_pairs)
    eeg, speech = (_view(name, shared, correlation, rng) for name in MODALITIES)
    return Pairs(eeg, speech, "trial", np.ones(n_pairs, dtype=bool))


def _view(
    modality: Modality,
    shared: Float[np.ndarray, " pair"],
    correlation: float,
    rng: np.random.Generator,
) -> Features:
    """Return one cloud: what is shared, and something loud, turned."""
    own, loud = rng.standard_normal((2, len(shared)))
    quiet = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    turn = np.deg2rad(_TURNS[modality])
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    labels = np.where(shared > 0, "high", "low").astype(object)
    names = np.array([f"{row:03d}" for row in range(len(shared))], dtype=object)
    people = np.full(len(shared), "one", dtype=object)
    return Features(
        np.column_stack([quiet, LOUDNESS * loud]) @ axes, (f"{modality} 1", f"{modality} 2"),
        modality, people, labels, names, Provenance("two clouds", simulated=True),
    )  # fmt: skip
