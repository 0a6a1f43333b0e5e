"""Does 70 % mean 7 times in 10? How far predicted probabilities can be taken at their word.

Probabilities, true classes and who spoke go in; a reliability curve, the errors of calibration and
the proper scores come out as a ``Calibration``, with intervals over people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import check_at_least, check_matrix, check_same_rows, fail
from jmml_edu.evaluation import FEWEST_SUBJECTS, Weights, draw_people, interval_over_people
from jmml_edu.results import Interval

Probabilities = Float[np.ndarray, "row predicted"]
_ROUNDING = 1e-6  # how far a row of probabilities may sum from 1


@dataclass(frozen=True)
class BrierParts:
    r"""What a Brier score is made of: reliability - resolution + uncertainty + within_bins.

    Attributes
    ----------
    reliability
        How far the shares of a class lie from the probabilities given, squared; 0 is best.
    resolution
        How far the shares differ between bins, squared; 0 if the probabilities tell nothing.
    uncertainty
        What always giving the shares of the classes would score.
    within_bins
        What binning hides: 0 where all probabilities of a bin are the same.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far probabilities can be taken at their word.

    Attributes
    ----------
    confidence, accuracy
        Of each bin: mean probability of the class decided for, and how often it was right.
    count
        Rows of each bin.
    low, high
        Ends of the 95 % interval of ``accuracy`` over people; NaN with fewer than six people.
    overconfidence
        Mean confidence minus accuracy, all rows: above 0 is too sure.
    error
        Expected calibration error, in [0, 1].
    error_if_calibrated
        About what ``error`` would be if the probabilities were right: not 0 with so few rows.
    brier, brier_parts
        Brier score over all classes, in [0, 2]; always guessing evenly scores 1 - 1 / classes.
    log_loss
        Minus the mean log probability of the true class, in nats; guessing: log(classes).
    """

    confidence: Float[np.ndarray, " bin"]
    accuracy: Float[np.ndarray, " bin"]
    count: Int[np.ndarray, " bin"]
    low: Float[np.ndarray, " bin"]
    high: Float[np.ndarray, " bin"]
    overconfidence: Interval
    error: Interval
    error_if_calibrated: float
    brier: Interval
    brier_parts: BrierParts
    log_loss: Interval


def calibration(
    probabilities: Probabilities,
    true: np.ndarray,
    subjects: np.ndarray,
    *,
    classes: Sequence[str],
    n_bins: int = 10,
    seed: int = 0,
) -> Calibration:
    r"""Return how far predicted probabilities can be taken at their word, for held-out people.

    The decision is the most probable class, its probability the confidence :math:`c_i`. Bins hold
    about equally many rows :math:`n_b`; of equal *width*, as in [1]_, some would be next to empty.
    With the mean confidence :math:`\bar c_b` and the share of right decisions :math:`a_b` of a bin,

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{n} |a_b - \bar c_b| \qquad
        \mathrm{Brier} = \frac{1}{n} \sum_i \sum_k (p_{ik} - t_{ik})^2

    Parameters
    ----------
    probabilities
        Of each class, rows that sum to 1.
    true
        True class of each row; leave unlabelled rows out.
    subjects
        Whose each row is: intervals resample people.
    classes
        Name of each column.
    n_bins
        Bins asked for, at least 1; there are fewer where confidences are often the same.
    seed
        Decides the draws of people.

    Raises
    ------
    InputError
        If the rows do not belong together, are no probabilities, or a label is none of the classes.

    Notes
    -----
    **With few rows the calibration error is too large**: shares scatter about a confidence that is
    right, and absolute values do not cancel. If rows are independent and all confidences right,

    .. math:: \mathrm{E}[\mathrm{ECE}] \approx
        \frac{1}{n} \sum_b \sqrt{\frac{2}{\pi} \sum_{i \in b} c_i (1 - c_i)}

    which is ``error_if_calibrated``; rows of one person are alike, so it is rather more. More bins
    make it worse. A bootstrap adds the same bias once more, so its interval of ``error`` is
    reflected about the value (basic bootstrap) and cut at 0; where little is wrong, the value may
    lie above it. ``overconfidence`` has no such bias, but errors of different sign cancel there.

    The log loss takes a probability of 0 for what was true as the machine's smallest step beside 1,
    as scikit-learn does; it would cost infinitely much. The parts of the Brier score are those of
    Murphy [3]_ for each class, in bins of its own probability, summed; few rows make two of them,
    reliability and resolution, too large. Brier [2]_ sums over the classes; for two, some codes
    give half of it.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks",
       ICML 2017. https://arxiv.org/abs/1706.04599
    .. [2] G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly
       Weather Review 78, 1950.
    .. [3] A. H. Murphy, "A new vector partition of the probability score", Journal of Applied
       Meteorology 12, 1973. Within bins: D. B. Stephenson, C. A. S. Coelho, I. T. Jolliffe, "Two
       extra components in the Brier score decomposition", Weather and Forecasting 23, 2008.

    Examples
    --------
    Someone who is always 90 % sure, and right three times in four:

    >>> said = np.tile([0.9, 0.1], (8, 1))
    >>> true = np.array(["sad", "sad", "sad", "calm"] * 2)
    >>> found = calibration(said, true, np.array(list("aaaabbbb")), classes=("sad", "calm"))
    >>> found.confidence, found.accuracy, found.count
    (array([0.9]), array([0.75]), array([8]))
    >>> round(found.overconfidence.value, 2), round(found.error.value, 2)
    (0.15, 0.15)
    """
    check_at_least("calibration", 1, n_bins=n_bins)
    check_same_rows("calibration", probabilities=probabilities, true=true, subjects=subjects)
    _check(probabilities, true, classes)
    people, person = np.unique(subjects.astype(str), return_inverse=True)
    happened = (true.astype(str)[:, None] == np.array(classes, dtype=str)).astype(float)
    confidence, rows = probabilities.max(axis=1), np.arange(len(true))
    right = happened[rows, probabilities.argmax(axis=1)]
    bin_of = _equal_mass_bins(confidence, n_bins)
    curve = _Curve.of(confidence, right, bin_of, person)
    told = (probabilities * happened).sum(axis=1).clip(min=np.finfo(probabilities.dtype).eps)
    losses = ((probabilities - happened) ** 2).sum(axis=1), -np.log(told), confidence - right
    brier, log_loss, overconfidence = (_mean(loss, person, people, seed) for loss in losses)
    low, high = curve.ends(seed)
    return Calibration(
        *curve.shares(), low, high,
        overconfidence=overconfidence,
        error=_reflected(interval_over_people(curve.error, people.tolist(), seed=seed)),
        error_if_calibrated=_error_if_calibrated(confidence, bin_of),
        brier=brier,
        brier_parts=_brier_parts(probabilities, happened, n_bins),
        log_loss=log_loss,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Curve:
    """Sums over the rows of each person in each bin."""

    confidence: Float[np.ndarray, "subject bin"]
    right: Float[np.ndarray, "subject bin"]
    count: Float[np.ndarray, "subject bin"]

    @classmethod
    def of(
        cls, confidence: np.ndarray, right: np.ndarray, bin_of: np.ndarray, person: np.ndarray
    ) -> _Curve:
        """Sum up rows."""
        sums = np.zeros((3, person.max() + 1, bin_of.max() + 1))
        for table, row in zip(sums, (confidence, right, np.ones(len(right))), strict=True):
            np.add.at(table, (person, bin_of), row)
        return cls(*sums)

    def shares(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return confidence, accuracy and number of rows of each bin."""
        count = self.count.sum(axis=0)
        confidence, right = self.confidence.sum(axis=0), self.right.sum(axis=0)
        return confidence / count, right / count, count.astype(int)

    def error(self, weights: Weights) -> Float[np.ndarray, "draw seed"]:
        """Return the expected calibration error, each person counted as often as weighted."""
        off = np.abs(weights @ (self.right - self.confidence)).sum(axis=1)
        return (off / (weights @ self.count).sum(axis=1))[:, None]

    def ends(self, seed: int) -> Float[np.ndarray, "end bin"]:
        """Return the ends of the interval of each bin's accuracy; NaN where people are too few."""
        people, bins = self.count.shape
        if people < FEWEST_SUBJECTS:
            return np.full((2, bins), np.nan)
        weights = draw_people(np.zeros(people), np.random.default_rng(seed))
        count = weights @ self.count
        accuracy = np.divide(
            weights @ self.right, count, out=np.full_like(count, np.nan), where=count > 0
        )
        return np.nanquantile(accuracy, [0.025, 0.975], axis=0)


def _mean(loss: np.ndarray, person: np.ndarray, people: np.ndarray, seed: int) -> Interval:
    """Return the mean of all rows with its interval over people."""
    total, count = np.bincount(person, weights=loss), np.bincount(person)

    def mean(weights: Weights) -> Float[np.ndarray, "draw seed"]:
        return ((weights @ total) / (weights @ count))[:, None]

    return interval_over_people(mean, people.tolist(), seed=seed)


def _reflected(found: Interval) -> Interval:
    """Return the interval turned about its value, and cut at 0."""
    if found.low is None or found.high is None:
        return found
    low, high = (max(2 * found.value - end, 0.0) for end in (found.high, found.low))
    return replace(found, low=low, high=high)


def _equal_mass_bins(numbers: Float[np.ndarray, " row"], n_bins: int) -> Int[np.ndarray, " row"]:
    """Return the bin of each number, 0 to at most ``n_bins`` - 1; equal numbers share a bin."""
    edges = np.quantile(numbers, np.arange(1, n_bins) / n_bins)
    return np.unique(np.searchsorted(edges, numbers), return_inverse=True)[1]


def _error_if_calibrated(confidence: np.ndarray, bin_of: np.ndarray) -> float:
    """Return the expected calibration error of probabilities that are right."""
    variance = np.bincount(bin_of, weights=confidence * (1 - confidence))
    return float(np.sqrt(2 / np.pi * variance).sum() / len(confidence))


def _brier_parts(
    probabilities: Probabilities, happened: Float[np.ndarray, "row predicted"], n_bins: int
) -> BrierParts:
    """Return the parts of each class in bins of its probability, summed over classes."""
    parts = np.zeros(4)
    for said, came in zip(probabilities.T, happened.T, strict=True):
        bin_of, share = _equal_mass_bins(said, n_bins), came.mean()
        count = np.bincount(bin_of)
        mean_said = (np.bincount(bin_of, weights=said) / count)[bin_of]
        mean_came = (np.bincount(bin_of, weights=came) / count)[bin_of]
        inside = said - mean_said
        parts += [
            np.mean((mean_said - mean_came) ** 2),
            np.mean((mean_came - share) ** 2),
            share * (1 - share),
            np.mean(inside**2 - 2 * inside * (came - mean_came)),
        ]
    return BrierParts(*(float(part) for part in parts))


def _check(probabilities: np.ndarray, true: np.ndarray, classes: Sequence[str]) -> None:
    """Raise unless the rows are probabilities of these classes."""
    check_matrix("calibration", probabilities=probabilities)
    if probabilities.shape[1] != len(classes):
        fail(
            "calibration", "probabilities", "have one column per class",
            f"{probabilities.shape[1]} columns for {len(classes)} classes", "Name every column.",
        )  # fmt: skip
    off = np.abs(probabilities.sum(axis=1) - 1)
    if off.max() > _ROUNDING or probabilities.min() < 0:
        fail(
            "calibration", "probabilities", "be at least 0 and sum to 1 in each row",
            f"{int(((off > _ROUNDING) | (probabilities < 0).any(axis=1)).sum())} rows that do not",
            "Pass what predict_proba returns.",
        )  # fmt: skip
    strangers = sorted(set(map(str, true)) - set(classes))
    if strangers:
        fail(
            "calibration", "labels", f"be among {tuple(classes)}", strangers,
            "Name every class, and leave unlabelled rows out.",
        )  # fmt: skip
