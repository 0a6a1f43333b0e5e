"""From a fitted road and pairs to everything the explorer shows, as plain arrays.

Where each pair lies in the shared space, how the views agree, and what the road says with EEG and
without. Nothing is learned here but the closed-form spaces of other ridges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from jmml_edu._checks import check_at_least, fail, fail_type
from jmml_edu.data import UNLABELLED, Pairs
from jmml_edu.explorer.asking import Regions, Says, regions_of, what_it_says, words_on
from jmml_edu.explorer.tracks import Track, Viewed, ridge_track, training_track
from jmml_edu.explorer.weights import weight_track
from jmml_edu.pipeline import JMML

MOST_TRAINING, MOST_HELD_OUT = 200, 20_000
"""Pairs that are drawn; what is counted is counted over all of them."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What there is to see.

    Attributes
    ----------
    pairs, rows
        The pairs that are drawn, and which rows of what was passed they are.
    held_out
        True for people the road has not learned from.
    classes, labels
        Names of the classes, and the number of each pair's class, -1 for the unlabelled.
    tracks
        What the sliders go through; the last step of the first one is the road as it is.
    speech_says, both_say, noisy_say
        Probability of each class from speech alone, with EEG, and with noisy EEG.
    regions
        What is drawn behind the points; None where the road does not listen to the space.
    eeg_share
        The share of EEG where both decide.
    centred
        Whether each person's mean was taken out of their codes.
    n_useful
        Components that can carry anything: all, or classes less one for pairs joined by class.
    words
        What has to be said about all this, in sentences.
    """

    pairs: Pairs
    rows: Int[np.ndarray, " pair"]
    held_out: Bool[np.ndarray, " pair"]
    classes: tuple[str, ...]
    labels: Int[np.ndarray, " pair"]
    tracks: tuple[Track, ...]
    speech_says: Says
    both_say: Says
    noisy_say: Says
    regions: Regions | None
    eeg_share: float
    centred: bool
    n_useful: int
    words: tuple[str, ...]

    @property
    def n_components(self) -> int:
        """The components of a code."""
        return self.tracks[0].speech.shape[2]


def scene_of(
    road: JMML,
    pairs: Pairs,
    *,
    classes: Sequence[str] | None = None,
    weights: Sequence[float] = (),
) -> Scene:
    """Return what there is to see of pairs in the shared space of a road.

    Parameters
    ----------
    road
        Fitted.
    pairs
        Of new people, of people it has learned from, or of both; with columns as it has learned.
    classes
        Names of the class numbers that the road was fitted with; those of ``pairs``, sorted, if
        None.
    weights
        Of reconstruction, at which the shared space is trained again; none if empty.

    Returns
    -------
    scene
        At most 20,000 pairs of new people and 200 of others, drawn at random with seed 0.

    Raises
    ------
    InputError
        If the road is not fitted, there is no pair, or classes are not those of the road.
    TypeError
        If the road is none.

    Examples
    --------
    >>> from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
    >>> pairs = gaussian_pairs(240, correlations=(0.9, 0.9), n_subjects=6, nuisance=1.0)
    >>> labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    >>> few = np.isin(pairs.subjects, ["g000", "g001", "g002", "g003"])
    >>> road = JMML(step1="none", step2="CCA", inner_folds=2).fit(
    ...     pairs.eeg.values[few], pairs.speech.values[few], labels[few], pairs.subjects[few]
    ... )
    >>> scene = scene_of(road, pairs, classes=QUADRANTS)
    >>> int(scene.held_out.sum()), scene.tracks[0].held_out_correlations[-1].round(1).tolist()[:2]
    (80, [0.8, 0.9])
    """
    names = _check(road, pairs, classes)
    viewed = view_pairs(road, pairs)
    held_out = viewed.held_out
    shown = _shown(held_out)
    tracks = [training_track(road, viewed), ridge_track(road, viewed)]
    tracks += [weight_track(road, viewed, weights)] if weights else []
    size = road.spaces_[0].n_components_
    n_useful = min(size, len(names) - 1) if pairs.kind == "class" else size
    alone, both, noisy = what_it_says(road, pairs, viewed.centred, len(names))
    number = {name: n for n, name in enumerate(names)}
    return Scene(
        pairs.take(shown),
        shown,
        held_out[shown],
        names,
        np.array([number.get(label, -1) for label in pairs.labels[shown]], dtype=int),
        tuple(track.take(shown) for track in tracks if track is not None),
        alone[shown],
        both[shown],
        noisy[shown],
        regions_of(road, viewed.centred, size, len(names)),
        road.eeg_voice_.share,
        viewed.centred,
        n_useful,
        words_on(road, pairs, viewed, shown, n_useful),
    )


def _check(road: JMML, pairs: Pairs, classes: Sequence[str] | None) -> tuple[str, ...]:
    """Raise unless the road is fitted and the pairs are its own; return the names of classes."""
    if not isinstance(road, JMML):
        fail_type(
            "Explorer", "model", "be a fitted JMML", type(road).__name__,
            "Pass JMML().fit(eeg, speech, labels, groups).",
        )  # fmt: skip
    if not hasattr(road, "spaces_"):
        fail(
            "Explorer", "model", "be fitted", "a road that has learned nothing",
            "Call fit(eeg, speech, labels, groups) first.",
        )  # fmt: skip
    check_at_least("Explorer", 1, pairs=len(pairs))
    for name, side, n_columns in (
        ("eeg", pairs.eeg, len(road.eeg_scaler_.mean)),
        ("speech", pairs.speech, len(road.scaler_.mean)),
    ):
        if side.values.shape[1] != n_columns:
            fail(
                "Explorer", f"pairs.{name}", f"have the {n_columns} columns the road learned from",
                side.values.shape[1], "Extract the same features.",
            )  # fmt: skip
    names = tuple(pairs.speech.classes if classes is None else classes)
    strangers = sorted(set(pairs.labels) - {UNLABELLED, *names})
    if strangers or len(names) <= int(road.classes_.max()):
        fail(
            "Explorer", "classes", f"name each class of the road, numbers 0 to"
            f" {int(road.classes_.max())}, and each label of the pairs",
            f"{list(names)}" + (f" without {strangers}" if strangers else ""),
            "Pass classes= in the order of the numbers that the road was fitted with.",
        )  # fmt: skip
    return names


def view_pairs(road: JMML, pairs: Pairs) -> Viewed:
    """Return both views as the road's spaces expect them; rows that are missing are NaN."""
    held_out = ~np.isin(pairs.subjects.astype(str), road.people_)
    eeg, speech = pairs.eeg.values.copy(), pairs.speech.values
    eeg[~pairs.has_eeg] = np.nan
    _, counts = np.unique(pairs.subjects.astype(str), return_counts=True)
    return Viewed(
        road.eeg_scaler_.apply(road.eeg_filler_.fill(eeg)),
        road.scaler_.apply(road.filler_.fill(speech)),
        pairs.subjects,
        held_out,
        centred=bool(counts.min() > 1),
    )


def _shown(held_out: Bool[np.ndarray, " pair"]) -> Int[np.ndarray, " shown"]:
    """Return which pairs are drawn, in their order."""
    rng = np.random.default_rng(0)
    new, known = np.flatnonzero(held_out), np.flatnonzero(~held_out)
    # Where nobody is new, those it has learned from are all there is to see.
    most = MOST_TRAINING if len(new) else MOST_HELD_OUT
    chosen = [rng.permutation(new)[:MOST_HELD_OUT], rng.permutation(known)[:most]]
    return np.sort(np.concatenate(chosen))
