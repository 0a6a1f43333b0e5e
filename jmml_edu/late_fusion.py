"""What EEG may say beside speech, where it is there at inference.

EEG rows with labels and what speech said of people it had not met go in; a classifier of EEG comes
out, and the share with which both together know such people best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jmml_edu.classifier import Classifier, LogOdds
from jmml_edu.data import Split
from jmml_edu.encoders import SpeechItself
from jmml_edu.missing import Matrix, has_all
from jmml_edu.selection import (
    FittedEncoder,
    Said,
    TrainingRows,
    evidence_of,
    pool,
    with_columns_for,
)

CAUTION = 2.0
"""Labels that count as one, since those of one person are alike.

Found by ``benchmarks/eeg_at_inference.py --tune`` on other draws than those that it judges."""


@dataclass(frozen=True, eq=False)
class EEGVoice:
    r"""A classifier of EEG features that joins what speech says of the same row.

    Both are pooled, :math:`p \propto p_\text{speech}^{1-a}\, p_\text{eeg}^a`; of a class that EEG
    never met it says nothing. The share :math:`a` is what held-out people expect of it, all shares
    alike before (:func:`mean_share`): with few labels both are heard, and with many two that know
    different things still are, where a choice between them would silence one.

    Attributes
    ----------
    classes
        All class numbers, sorted.
    share
        :math:`a`, in [0, 1].
    """

    classifier: Classifier | LogOdds
    classes: np.ndarray
    share: float

    @classmethod
    def fit(
        cls, rows: TrainingRows, folds: Sequence[Split], of_speech: Said, classes: np.ndarray
    ) -> EEGVoice:
        """Return the voice of rows that have EEG; ``of_speech`` is NaN where nothing was said."""
        (way,) = FittedEncoder.fit(SpeechItself(), rows, folds, centred=False).ways()
        of_eeg = with_columns_for(classes, way.held_out, rows.classes)

        def evidence(share: float) -> float:
            together = cls(way.classifier, classes, share).join(of_speech, of_eeg)
            return evidence_of(together, rows.labels, classes)

        n_told = int((has_all(of_speech) & has_all(of_eeg)).sum())
        return cls(way.classifier, classes, mean_share(evidence, n_told))

    def say(self, eeg: Matrix) -> Said:
        """Return the probability of each class by standardised EEG alone."""
        said = self.classifier.predict_proba(eeg)
        return with_columns_for(self.classes, said, self.classifier.classes_)

    def join(self, of_speech: Said, of_eeg: Said) -> Said:
        """Return what both say together, each as far as it may."""
        met = np.isin(self.classes, self.classifier.classes_)
        together = of_speech.copy()
        mass = of_speech[:, met].sum(axis=1, keepdims=True)
        said = [of_speech[:, met] / np.maximum(mass, np.finfo(float).tiny), of_eeg[:, met]]
        together[:, met] = mass * pool(said, [1 - self.share, self.share])
        return together


def mean_share(evidence: Callable[[float], float], n_labels: float) -> float:
    r"""Return the posterior mean of a share in [0, 1], all shares alike before.

    .. math:: w_a \propto \exp\Bigl(\frac{n}{c}\, e_a\Bigr)

    with the mean log probability :math:`e_a` (``evidence``) that the pool with share :math:`a`
    gives to :math:`n` labels of held-out people, of which :math:`c` count as one (:data:`CAUTION`).

    Examples
    --------
    >>> [round(mean_share(lambda share: -abs(share - 0.3), n), 2) for n in (0, 60, 6000)]
    [0.5, 0.3, 0.3]
    """
    shares = np.linspace(0, 1, 101)
    logs = np.array([evidence(share) for share in shares]) * n_labels / CAUTION
    odds = np.exp(logs - logs.max())
    return float(odds @ shares / odds.sum())
