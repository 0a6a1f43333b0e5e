"""Closed-form encoders of speech: what a classifier may hear, learned with EEG or without.

``SharedSpace`` learns with the EEG of the training rows; the others are its EEG-free rivals and
get the same labels and unlabelled speech. Each is fitted once and then offers several options to
choose from. All expect standardised columns.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from jmml_edu.classifier import Classifier, Labels, LogOdds
from jmml_edu.linear import Moments, moments_by_group, solve
from jmml_edu.missing import Matrix, has_all
from jmml_edu.results import Replayed


@runtime_checkable
class Encoder(Protocol):
    """Learns from training rows, then encodes speech alone."""

    @property
    def options(self) -> tuple[str, ...]:
        """What can be chosen after fitting, each with a name a reader understands."""
        ...

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> Encoder:
        """Learn; rows of NaN in ``eeg`` have no EEG, ``groups`` says who speaks, -1 hides a label.

        Of the closed-form encoders only linear discriminants look at labels.
        """
        ...

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return one code per row."""
        ...

    def own_axes(self, option: str) -> int:
        """Return how many of the last columns of a code lie along axes the encoder has chosen."""
        ...


@runtime_checkable
class Judging(Protocol):
    """An encoder whose codes are judged by a classifier of its own."""

    def classifier(self, codes: Matrix, labels: Labels) -> Classifier | LogOdds:
        """Return the classifier of labelled codes."""
        ...


def classifier_of(encoder: Encoder, codes: Matrix, labels: Labels) -> Classifier | LogOdds:
    """Return a classifier of labelled codes: the encoder's own, or the classifier of the road."""
    return (encoder.classifier if isinstance(encoder, Judging) else Classifier)(codes, labels)


def centre_within(values: Matrix, groups: np.ndarray) -> Matrix:
    """Return rows less the mean of their own group; NaN rows stay NaN and do not count.

    Examples
    --------
    >>> centre_within(np.array([[1.0], [3.0], [9.0]]), np.array(["a", "a", "b"])).ravel()
    array([-1.,  1.,  0.])
    """
    there = has_all(values)
    centred = values.copy()
    for group in np.unique(groups):
        rows = groups == group
        if (rows & there).any():
            centred[rows] -= values[rows & there].mean(axis=0)
    return centred


class SharedSpace:
    """Speech as EEG hears it: the leading canonical components of paired training rows.

    What a person's voice and head have in common is shared too, but it is not emotion. So only
    what varies *within* a person counts as agreement, while what varies *between* people still
    counts as noise that a direction has to avoid: the cross-covariance is within people, the
    covariance of speech is total. In pairs joined by class a person is the speaker, whose EEG came
    from many people; what these differ in stays.

    Parameters
    ----------
    sizes
        How many components may be kept.
    ridge
        Ridge of both views, a fraction of each column's variance: within people for EEG, total for
        speech.
    """

    epochs: int | None = 0  # the closed form needs none

    def __init__(self, sizes: tuple[int, ...] = (2, 4, 6), *, ridge: float = 0.1) -> None:
        self.sizes = sizes
        self.ridge = ridge

    @property
    def options(self) -> tuple[str, ...]:
        """The latent alone, or beside the speech features it came from."""
        return tuple(f"latent {n}" for n in self.sizes) + tuple(f"both {n}" for n in self.sizes)

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> SharedSpace:
        """Learn the shared space from the rows that have EEG."""
        paired = has_all(eeg)
        eeg, speech, groups = eeg[paired], speech[paired], groups[paired]
        people = moments_by_group(eeg, speech, groups)
        total, agreeing = Moments.total(people), Moments.within(people)
        scatter = agreeing.scatter.copy()
        scatter[total.speech, total.speech] = total.scatter[total.speech, total.speech]
        mixed = replace(agreeing, scatter=scatter)
        varying = (int(np.count_nonzero(mixed.scale[view])) for view in (mixed.eeg, mixed.speech))
        most = min(max(self.sizes), mixed.count - 1, *varying)
        self.space_ = solve(mixed, n_components=most, ridge=self.ridge)
        self.n_components_ = most
        return self

    def settled(self) -> SharedSpace:
        """Return this encoder, to be fitted again without finding out anew what has been found."""
        return self

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return the leading components, beside the speech features for ``both``."""
        kind, size = option.split()
        latent = self.encode_all(speech)[:, : int(size)]
        return np.hstack([speech, latent]) if kind == "both" else latent

    def own_axes(self, option: str) -> int:
        """Return the number of components."""
        return min(int(option.split()[1]), self.n_components_)

    def encode_all(self, speech: Matrix) -> Matrix:
        """Return every component of the speech code."""
        return speech @ self.space_.speech_directions

    def encode_eeg(self, eeg: Matrix) -> Matrix:
        """Return every component of the EEG code; a row of NaN has no EEG and no code."""
        there = has_all(eeg)
        codes = np.full((len(eeg), self.n_components_), np.nan)
        codes[there] = eeg[there] @ self.space_.eeg_directions
        return codes

    def replay(self, eeg: Matrix, speech: Matrix) -> Replayed | None:
        """Return where pairs were after each epoch of training; None: there was no training."""
        return None


class SpeechItself:
    """Speech features as they are."""

    options: tuple[str, ...] = ("speech",)

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> SpeechItself:
        """Learn nothing."""
        return self

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return the speech features."""
        return speech

    def own_axes(self, option: str) -> int:
        """Return 0: the axes are the features."""
        return 0


class PrincipalComponents:
    """Speech in its own principal axes: the leading ones whitened, or the leading ones dropped.

    Strong nuisance (speaker, channel, content) fills the leading axes; whitening takes away its
    weight, dropping takes it away altogether.
    """

    def __init__(
        self, *, whitened: tuple[int, ...] = (6, 12, 24, 48), dropped: tuple[int, ...] = (3, 6, 12)
    ) -> None:
        self.whitened = whitened
        self.dropped = dropped

    @property
    def options(self) -> tuple[str, ...]:
        """How many leading axes are whitened and kept, or dropped."""
        return tuple(f"whitened {n}" for n in self.whitened) + tuple(
            f"dropped {n}" for n in self.dropped
        )

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> PrincipalComponents:
        """Learn the axes; EEG is not looked at."""
        self.mean_ = speech.mean(axis=0)
        centred = speech - self.mean_
        variances, axes = np.linalg.eigh(centred.T @ centred / len(centred))
        variances, self.axes_ = variances[::-1], axes[:, ::-1]
        # An axis without variance in training would be blown up on new rows: it stays silent.
        self.scales_ = np.sqrt(np.where(variances > 1e-9 * variances.max(), variances, np.inf))
        return self

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return whitened leading scores, or the features without their leading axes."""
        kind, size = option.split()
        leading = self.axes_[:, : int(size)]
        scores = (speech - self.mean_) @ leading
        if kind == "whitened":
            return scores / self.scales_[: int(size)]
        return speech - self.mean_ - scores @ leading.T

    def own_axes(self, option: str) -> int:
        """Return the number of whitened axes; without the dropped ones speech stays in its own."""
        kind, size = option.split()
        return min(int(size), self.axes_.shape[1]) if kind == "whitened" else 0


class WithoutSpeakers:
    """Speech without the directions in which the training speakers differ most on average."""

    def __init__(self, sizes: tuple[int, ...] = (5, 10, 20)) -> None:
        self.sizes = sizes

    @property
    def options(self) -> tuple[str, ...]:
        """How many between-speaker directions are removed."""
        return tuple(f"without {n} speaker axes" for n in self.sizes)

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> WithoutSpeakers:
        """Learn the axes of the speakers' means; EEG is not looked at."""
        self.mean_ = speech.mean(axis=0)
        people, members = np.unique(groups, return_inverse=True)
        means = np.zeros((len(people), speech.shape[1]))
        np.add.at(means, members, speech - self.mean_)
        counts = np.bincount(members)
        # Weighted by the root of their rows, the means span the between-speaker covariance.
        _, spread, axes = np.linalg.svd(means / np.sqrt(counts)[:, None], full_matrices=False)
        # Centred means have one direction less than people; what is left is rounding noise.
        self.axes_ = axes[spread > 1e-9 * np.linalg.norm(speech - self.mean_)].T
        return self

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return the features with the leading speaker axes projected out."""
        axes = self.axes_[:, : int(option.split()[1])]
        return speech - (speech - self.mean_) @ axes @ axes.T

    def own_axes(self, option: str) -> int:
        """Return 0: speech stays in its own axes."""
        return 0
