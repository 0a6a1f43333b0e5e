"""What the road is asked: its word on each pair, the regions of a voter, and what has to be said.

Nothing here is learned; a fitted road and its pairs go in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from jmml_edu.data import Pairs
from jmml_edu.explorer.tracks import Viewed
from jmml_edu.missing import Matrix
from jmml_edu.pipeline import JMML, MOST_P
from jmml_edu.selection import Way

NOISE = 2.0
"""How noisy noisy EEG is: noise of so many standard deviations of each column is added."""

Says = Float[np.ndarray, "pair class"]


@dataclass(frozen=True, eq=False)
class Regions:
    """One way the road listens, as log odds that are linear in the code.

    Attributes
    ----------
    name, say
        What the way is called, and which part of the road's vote it has.
    weights, offsets
        The log odds of each class are ``weights @ code + offsets``, up to a common constant.
    """

    name: str
    say: float
    weights: Float[np.ndarray, "class component"]
    offsets: Float[np.ndarray, " class"]


def what_it_says(
    road: JMML, pairs: Pairs, centred: bool, n_classes: int
) -> tuple[Says, Says, Says]:
    """Return what the road says of each pair from speech, with EEG, and with noisy EEG."""
    eeg = pairs.eeg.values.copy()
    eeg[~pairs.has_eeg] = np.nan
    noise = np.random.default_rng(0).standard_normal(eeg.shape)
    noisy = eeg + NOISE * road.eeg_scaler_.scale * noise
    groups = pairs.subjects if centred else None
    heard, seen = _any(pairs.speech.values), _any(eeg)

    def says(with_eeg: Matrix | None, rows: Bool[np.ndarray, " pair"]) -> Says:
        said = np.full((len(pairs), n_classes), np.nan)
        if rows.any():
            known = None if groups is None else groups[rows]
            brought = None if with_eeg is None else with_eeg[rows]
            told = road.predict_proba(pairs.speech.values[rows], brought, groups=known)
            said[rows] = 0.0
            said[np.ix_(rows, road.classes_)] = told
        return said

    return says(None, heard), says(eeg, heard | seen), says(noisy, heard | seen)


def _any(values: Matrix) -> Bool[np.ndarray, " row"]:
    """Return which rows hold a number."""
    return np.asarray(~np.isnan(values).all(axis=1))


def regions_of(road: JMML, centred: bool, n_components: int, n_classes: int) -> Regions | None:
    """Return the way that listens to the latent alone and has the largest say, if there is one."""
    space = road.spaces_[int(centred)]
    ways: list[tuple[float, Way]] = [
        (float(say), way)
        for say, way in zip(road.weights_, road.ways_, strict=True)
        if way.encoder is space and way.centred == centred and "latent" in way.option
    ]
    if not ways:
        return None
    say, way = max(ways, key=lambda one: one[0])
    size = min(int(way.option.split()[-1]), n_components)
    weights = np.zeros((n_classes, n_components))
    offsets = np.full(n_classes, -50.0)  # a class it never met has no region
    met = way.classifier.classes_
    weights[met, :size], offsets[met] = way.classifier.affine(size)
    return Regions(way.name, say, weights, offsets)


def words_on(
    road: JMML, pairs: Pairs, viewed: Viewed, shown: np.ndarray, n_useful: int
) -> tuple[str, ...]:
    """Return what has to be said, most important first."""
    said = (
        (
            pairs.kind == "class",
            "Pairs are joined by class: the EEG beside an utterance is another trial's, chosen by"
            f" the label. At most {n_useful} components can carry anything across.",
        ),
        (
            not viewed.held_out.any(),
            "The road has learned from everybody here: all codes look better than they are.",
        ),
        (
            road.sharing_p_ > MOST_P,
            "The road does not listen to this space: shuffled pairs share as much (p ="
            f" {road.sharing_p_:.2g}).",
        ),
        (
            not viewed.centred,
            "Somebody has one utterance only, so codes are not centred on each person: much of"
            " what you see is who speaks.",
        ),
        (not pairs.has_eeg.any(), "No pair has EEG: there is speech alone to look at."),
        (
            0 < int((~pairs.has_eeg).sum()) < len(pairs),
            f"{int((~pairs.has_eeg).sum())} of {len(pairs)} pairs have no EEG.",
        ),
        (
            len(shown) < len(pairs),
            f"{len(shown)} of {len(pairs)} pairs are drawn; correlations are those of all.",
        ),
    )
    return tuple(sentence for applies, sentence in said if applies)
