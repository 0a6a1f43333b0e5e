"""Networks that rival the shared space: what else could have been learned from the same rows.

From labels, or from an EEG teacher; the same vote hears each of them as it hears the shared space.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from jmml_edu.classifier import HIDDEN, Classifier, Labels, LogOdds
from jmml_edu.discriminant_encoder import labelled_rows
from jmml_edu.label_network import LabelNetwork
from jmml_edu.missing import Matrix, has_all

Lesson = tuple[Float[np.ndarray, "known column"], Float[np.ndarray, "known class"]]
"""Rows to learn from, and the share of each in each class."""


class SpeechNetwork:
    """A network from speech to classes, of the size of an encoder of step 2, learned from labels.

    Parameters
    ----------
    n_classes
        Classes that labels number from 0.
    seed
        Draws weights, batches and dropout.
    """

    options: tuple[str, ...] = ("network",)

    def __init__(self, n_classes: int, *, seed: int = 0) -> None:
        self.n_classes = n_classes
        self.seed = seed

    def fit(
        self, eeg: Matrix, speech: Matrix, groups: np.ndarray, labels: Labels | None = None
    ) -> SpeechNetwork:
        """Learn."""
        rows, shares = self._lesson(eeg, speech, labels)
        self.network_ = LabelNetwork(rows, shares, silenced=self._silenced(eeg), seed=self.seed)
        return self

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return the log odds of the classes."""
        return self.network_.log_odds(speech)

    def own_axes(self, option: str) -> int:
        """Return 0: the axes are the classes."""
        return 0

    def classifier(self, codes: Matrix, labels: Labels) -> LogOdds:
        """Return what reads the network's outputs: it is a classifier itself."""
        return LogOdds(self.n_classes)

    def _lesson(self, eeg: Matrix, speech: Matrix, labels: Labels | None) -> Lesson:
        """Return the rows to learn from, and the share of each in each class."""
        known, shown = labelled_rows(speech, labels)
        return known, np.eye(self.n_classes)[shown]

    def _silenced(self, eeg: Matrix) -> slice:
        """Return the columns that are at times silenced in training: none."""
        return slice(0)


class DistilledNetwork(SpeechNetwork):
    """A speech network that learns what an EEG teacher says of every pair, labelled or not.

    The teacher is the road's classifier of EEG, learned from labelled rows. Where a label is shown
    the network learns the mean of label and teacher (S. Gupta et al., "Cross modal distillation for
    supervision transfer", https://arxiv.org/abs/1507.00448; the mean is our choice).
    """

    def _lesson(self, eeg: Matrix, speech: Matrix, labels: Labels | None) -> Lesson:
        """Return all speech that has EEG or a label, with the teacher's word for it."""
        told = np.full(len(speech), HIDDEN) if labels is None else labels
        paired, labelled = has_all(eeg), told != HIDDEN
        teacher = Classifier(eeg[paired & labelled], told[paired & labelled])
        shares = np.zeros((len(speech), self.n_classes))
        shares[np.ix_(paired, teacher.classes_)] = teacher.predict_proba(eeg[paired])
        truth = np.eye(self.n_classes)[told]
        shares[labelled] = np.where(
            paired[labelled, None], (shares[labelled] + truth[labelled]) / 2, truth[labelled]
        )
        taught = (paired | labelled) & has_all(speech)
        return speech[taught], shares[taught]


class ModalityDropout(SpeechNetwork):
    """A network of EEG and speech together that has learned to do without EEG.

    In training a random half of the rows of each batch lack their EEG, at test all of them do
    (N. Neverova et al., "ModDrop", https://arxiv.org/abs/1501.00102).
    """

    def _lesson(self, eeg: Matrix, speech: Matrix, labels: Labels | None) -> Lesson:
        """Return labelled rows of EEG, then speech."""
        self.n_eeg_ = eeg.shape[1]
        return super()._lesson(eeg, np.hstack([np.nan_to_num(eeg), speech]), labels)

    def _silenced(self, eeg: Matrix) -> slice:
        """Return the EEG columns."""
        return slice(eeg.shape[1])

    def encode(self, speech: Matrix, option: str) -> Matrix:
        """Return the log odds of the classes, from speech and no EEG."""
        return super().encode(np.hstack([np.zeros((len(speech), self.n_eeg_)), speech]), option)
