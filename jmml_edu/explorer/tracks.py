"""What a slider goes through: the shared space after each epoch, and at each ridge.

Standardised views of pairs and a fitted road go in; codes of every step come out, turned so that
points travel no farther than they must.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from jmml_edu.columns import column_correlations
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.linear.two_views import Code
from jmml_edu.missing import Matrix, has_all
from jmml_edu.pairing import FEWEST_PAIRS
from jmml_edu.pipeline import JMML
from jmml_edu.results import Replayed

RIDGES = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
"""From next to plain CCA to next to PLS."""

Frames = Float[np.ndarray, "step pair component"]
Correlations = Float[np.ndarray, "step component"]


@dataclass(frozen=True, eq=False)
class Viewed:
    """Both views of the pairs one looks at, standardised; NaN where one is missing.

    Attributes
    ----------
    centred
        Whether codes are centred on each person.
    """

    eeg: Matrix
    speech: Matrix
    subjects: np.ndarray
    held_out: Bool[np.ndarray, " pair"]
    centred: bool

    def centre(self, codes: Matrix) -> Matrix:
        """Return codes less each person's mean, if they are to be centred."""
        return centre_within(codes, self.subjects) if self.centred else codes

    def encoded_by(self, space: SharedSpace) -> tuple[Code, Code]:
        """Return what a space says of EEG and of speech, as the road listens to it."""
        heard = has_all(self.speech)
        of_speech = np.full((len(heard), space.n_components_), np.nan)
        if heard.any():
            of_speech[heard] = space.encode_all(self.centre(self.speech)[heard])
        return self.centre(space.encode_eeg(self.centre(self.eeg))), of_speech


@dataclass(frozen=True, eq=False)
class Track:
    """The shared space at several steps.

    Attributes
    ----------
    name, title, note
        ``"training"``, ``"ridge"`` or ``"weights"``; what the slider is called; what it shows, in a
        sentence.
    steps
        The name of each step.
    eeg, speech
        Codes of both views, NaN where there are none.
    train_correlations, held_out_correlations
        Of each component, at each step, by its own axes; NaN where too few pairs tell.
    losses
        Each term by epoch.
    """

    name: str
    title: str
    note: str
    steps: tuple[str, ...]
    eeg: Frames
    speech: Frames
    train_correlations: Correlations
    held_out_correlations: Correlations
    losses: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def take(self, rows: Int[np.ndarray, " taken"]) -> Track:
        """Return the track of some of the pairs; correlations stay those of all."""
        return replace(self, eeg=self.eeg[:, rows], speech=self.speech[:, rows])


def training_track(road: JMML, viewed: Viewed) -> Track:
    """Return the space after each epoch of the trial, and last the road as it is."""
    frames = [viewed.encoded_by(road.spaces_[int(viewed.centred)])]
    steps, losses = ["the road"], {}
    note = "Step 2 is a closed form: nothing was trained, so there is nothing to replay."
    replayed = _replayed(road, viewed)
    if replayed is not None:
        epochs = zip(replayed.eeg, replayed.speech, strict=True)
        frames = [(viewed.centre(eeg), viewed.centre(speech)) for eeg, speech in epochs] + frames
        steps = [f"epoch {number}" for number in range(len(replayed.eeg))] + steps
        losses = dict(replayed.losses)
        note = _outcome(road, replayed)
    return track_of("training", "Epoch", note, steps, frames, viewed, losses)


def _replayed(road: JMML, viewed: Viewed) -> Replayed | None:
    """Return the training of step 2 with these pairs, if it was trained and all have speech."""
    if not has_all(viewed.speech).all():
        return None
    return road.trial_.replay(centre_within(viewed.eeg, viewed.subjects), viewed.speech)


def _outcome(road: JMML, replayed: Replayed) -> str:
    """Return what came of the trial."""
    tried = (
        f"A trial of {len(replayed.eeg) - 1} epochs, judged by people it did not learn from, who"
        f" liked epoch {replayed.best_epoch} best. "
    )
    if not road.epochs_:
        return tried + "Bending did not pay, so the road is the closed form."
    return tried + f"The road then learned from everybody for {road.epochs_} epochs."


def ridge_track(road: JMML, viewed: Viewed, ridges: Sequence[float] = RIDGES) -> Track | None:
    """Return the closed-form space at several ridges, or None without pairs to learn it from."""
    learned = ~viewed.held_out & has_all(viewed.speech)
    if (learned & has_all(viewed.eeg)).sum() < FEWEST_PAIRS:
        return None
    size = road.spaces_[0].n_components_
    rows = viewed.eeg[learned], viewed.speech[learned], viewed.subjects[learned]
    spaces = [SharedSpace((size,), ridge=ridge).fit(*rows) for ridge in ridges]
    final = viewed.encoded_by(road.spaces_[int(viewed.centred)])
    frames = [*(viewed.encoded_by(space) for space in spaces), final]
    steps = [f"ridge {ridge:g}" for ridge in ridges] + ["the road"]
    note = (
        "Closed form from the same people at another ridge, a fraction of each column's variance:"
        " from next to CCA (left) to next to PLS (right). A kernel solves it for those in between."
    )
    return track_of("ridge", "Ridge", note, steps, frames, viewed, {})


def track_of(
    name: str,
    title: str,
    note: str,
    steps: Sequence[str],
    frames: Sequence[tuple[Code, Code]],
    viewed: Viewed,
    losses: Mapping[str, Sequence[float]],
) -> Track:
    """Return frames turned onto the last one, with the correlations of their own axes."""
    turned = [_turned(frame, frames[-1]) for frame in frames]
    train, held_out = (
        np.stack([_correlations(frame, rows, frames[-1][0].shape[1]) for frame in frames])
        for rows in (~viewed.held_out, viewed.held_out)
    )
    return Track(
        name, title, note, tuple(steps),
        np.stack([eeg for eeg, _ in turned]), np.stack([speech for _, speech in turned]),
        train, held_out, losses,
    )  # fmt: skip


def _correlations(
    codes: tuple[Code, Code], rows: Bool[np.ndarray, " pair"], size: int
) -> Float[np.ndarray, " component"]:
    """Return the correlation of each component over some rows; NaN for fewer than three pairs."""
    rows = rows & has_all(codes[0]) & has_all(codes[1])
    correlations = np.full(size, np.nan)
    if rows.sum() >= 3:
        found = column_correlations(codes[0][rows], codes[1][rows])[:size]
        correlations[: len(found)] = found
    return correlations


def _turned(codes: tuple[Code, Code], onto: tuple[Code, Code]) -> tuple[Code, Code]:
    """Return codes turned and scaled onto others (Procrustes), both views by one turn.

    One turn for both keeps what is near to what; correlations are never taken from turned codes.
    """
    size = onto[0].shape[1]
    own, target = (_stacked(both, size) for both in (codes, onto))
    there = has_all(own) & has_all(target)
    if not there.any():
        return codes
    mean, aim = own[there].mean(axis=0), target[there].mean(axis=0)
    here = own[there] - mean
    left, stretch, right = np.linalg.svd(here.T @ (target[there] - aim))
    scale = stretch.sum() / max(float((here**2).sum()), np.finfo(float).tiny)
    turned = scale * (own - mean) @ (left @ right) + aim
    return turned[: len(turned) // 2], turned[len(turned) // 2 :]


def _stacked(codes: tuple[Code, Code], size: int) -> Float[np.ndarray, "both_views {size}"]:
    """Return codes of both views one above the other, with so many components."""
    both = np.vstack(codes)
    return np.pad(both, ((0, 0), (0, max(size - both.shape[1], 0))))[:, :size]
