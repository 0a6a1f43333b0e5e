"""Encoders of speech that are learned in two steps: perhaps step 1, then a deep shared space.

They offer what :class:`SharedSpace` offers, and start from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace

import numpy as np

from jmml_edu.classifier import HIDDEN, Labels
from jmml_edu.crossmodal import CorrelatedAutoencoder
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.jec_ssl import JECSSL
from jmml_edu.jecl import JointClassLearner
from jmml_edu.missing import Matrix, has_all
from jmml_edu.results import Replayed
from jmml_edu.training import Schedule

FEWEST_TO_BEND = 60
"""Pairs, less one for the mean of each person; of fewer the closed form is all that is learned."""

MOST_BATCHES = 20
"""Of one reading of the rows: of very many rows batches get larger instead."""


class CorrelatedSpace(SharedSpace):
    """Speech as EEG hears it, with encoders that bend where held-out people show that it pays.

    EEG is centred within people, speech is not: so only what varies within a person counts as
    agreement, while what varies between people still counts as noise (as in ``SharedSpace``).

    Parameters
    ----------
    sizes, ridge
        As in :class:`SharedSpace`.
    terms, objective
        A method of :mod:`jmml_edu.crossmodal`, or the weight of each term; and what "agree" means.
    epochs
        Epochs to train, 0 or more; None finds out how many pay.
    seed
        Decides held-out people, weights, batches and dropout.
    """

    def __init__(
        self,
        sizes: tuple[int, ...] = (2, 4, 6),
        *,
        terms: str | Mapping[str, float] = "E-DCC-CAE",
        objective: str = "sum",
        ridge: float = 0.1,
        epochs: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(sizes, ridge=ridge)
        self.terms = terms
        self.objective = objective
        self.epochs = epochs
        self.seed = seed

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> CorrelatedSpace:
        """Learn; labels only help to decide when to stop, where there are enough of them."""
        super().fit(eeg, speech, groups)
        self.model_ = None
        paired = has_all(eeg)
        if paired.sum() - len(np.unique(groups[paired])) < FEWEST_TO_BEND:
            return self
        centred = centre_within(eeg, groups)
        ranks = (int(np.linalg.matrix_rank(view[paired])) for view in (centred, speech))
        self.n_components_ = min(self.n_components_, *ranks)
        self.model_ = CorrelatedAutoencoder(
            self.n_components_,
            terms=self.terms,
            objective=self.objective,
            ridge=self.ridge,
            epochs=self.epochs,
            schedule=_schedule_for(len(speech)),
            seed=self.seed,
        ).fit(centred, speech, groups=groups, labels=labels)
        return self

    def settled(self) -> SharedSpace:
        """Return this encoder, to be fitted again with as many epochs as were found to pay."""
        if self.model_ is None or not self.model_.epochs_:
            return SharedSpace(self.sizes, ridge=self.ridge)
        return CorrelatedSpace(
            self.sizes, terms=self.terms, objective=self.objective, ridge=self.ridge,
            epochs=self.model_.epochs_, seed=self.seed,
        )  # fmt: skip

    def encode_all(self, speech: Matrix) -> Matrix:
        """Return every component of the speech code."""
        if self.model_ is None:
            return super().encode_all(speech)
        return np.asarray(self.model_.transform(speech=speech))

    def encode_eeg(self, eeg: Matrix) -> Matrix:
        """Return every component of the EEG code; a row of NaN has no EEG and no code."""
        if self.model_ is None:
            return super().encode_eeg(eeg)
        return np.asarray(self.model_.transform(eeg=eeg))

    def replay(self, eeg: Matrix, speech: Matrix) -> Replayed | None:
        """Return where pairs were after each epoch of the trial that found how many pay."""
        replay = None if self.model_ is None else self.model_.replay_
        if self.model_ is None or replay is None:
            return None
        of_eeg, of_speech = zip(*replay.codes(eeg, speech), strict=True)
        return Replayed(
            np.stack(of_eeg),
            np.stack(of_speech),
            self.model_.history_.losses,
            self.model_.history_.best_epoch,
        )


class AfterStep1(SharedSpace):
    """A shared space of step-1 embeddings: JEC-SSL of each modality, learned from labelled rows.

    Parameters
    ----------
    space
        The shared space that learns from the embeddings.
    seed
        Decides the embeddings.
    """

    def __init__(self, space: SharedSpace, *, seed: int = 0) -> None:
        super().__init__(space.sizes, ridge=space.ridge)
        self.space = space
        self.epochs = space.epochs
        self.seed = seed

    @property
    def options(self) -> tuple[str, ...]:
        """Those of the space, of embeddings instead of features."""
        return tuple(f"embedded-{option}" for option in self.space.options)

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> AfterStep1:
        """Learn step 1 of both modalities from the labelled rows, then the space."""
        paired = has_all(eeg)
        self.step1_ = JECSSL(JointClassLearner(seed=self.seed))
        self.eeg_step1_ = deepcopy(self.step1_)
        told = np.full(len(speech), HIDDEN) if labels is None else labels
        of_speech = self.step1_.fit(speech, told).transform(speech)
        of_eeg = self.eeg_step1_.fit(eeg[paired], told[paired]).transform(eeg[paired])
        embedded = np.full((len(eeg), of_eeg.shape[1]), np.nan)
        embedded[paired] = of_eeg
        self.n_embedded_ = embedded.shape[1]
        self.inner_ = deepcopy(self.space).fit(embedded, of_speech, groups, labels)
        self.n_components_ = self.inner_.n_components_
        return self

    def settled(self) -> SharedSpace:
        """Return this encoder, to be fitted again with a space that has found out what pays."""
        return AfterStep1(self.inner_.settled(), seed=self.seed)

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return the codes of embedded speech."""
        return self.inner_.encode(self.step1_.transform(speech), option.removeprefix("embedded-"))

    def encode_all(self, speech: Matrix) -> Matrix:
        """Return every component of the code of embedded speech."""
        return self.inner_.encode_all(self.step1_.transform(speech))

    def encode_eeg(self, eeg: Matrix) -> Matrix:
        """Return every component of the code of embedded EEG; a row of NaN has none."""
        there = has_all(eeg)
        codes = np.full((len(eeg), self.n_components_), np.nan)
        codes[there] = self.inner_.encode_eeg(self.eeg_step1_.transform(eeg[there]))
        return codes

    def replay(self, eeg: Matrix, speech: Matrix) -> Replayed | None:
        """Return where pairs were after each epoch, by their step-1 embeddings."""
        there = has_all(eeg)
        embedded = np.full((len(eeg), self.n_embedded_), np.nan)
        embedded[there] = self.eeg_step1_.transform(eeg[there])
        return self.inner_.replay(embedded, self.step1_.transform(speech))


def _schedule_for(n_rows: int) -> Schedule:
    """Return a schedule of the usual length, with larger batches for very many rows."""
    usual = Schedule()
    return replace(usual, batch_size=max(usual.batch_size, n_rows // MOST_BATCHES))
