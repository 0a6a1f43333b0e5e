"""How answers of notebook 06 are judged: its functions, and the rules of each exercise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import subspace_angles

from jmml_edu.course.lessons.rules import finite_rule, mistake_rule, shape_rule
from jmml_edu.course.nouns import Rule, Trial
from jmml_edu.linear import CCA

View = Float[np.ndarray, "row _"]
Matrix = Float[np.ndarray, "_ _"]

PROOF, LABEL, BLIND, OWN = (
    "Why C - 1", "The label does as well", "A control that is blind to labels",
    "How many classes were there?",
)  # fmt: skip

SAME_DEG = 0.01
"""Directions closer than this hear the same."""


def class_covariance(eeg: View, speech: View, labels: np.ndarray) -> Matrix:
    """Return the covariance that comes from class means alone."""
    total = np.zeros((eeg.shape[1], speech.shape[1]))
    for one in np.unique(labels):
        rows = labels == one
        e, s = eeg[rows].mean(axis=0), speech[rows].mean(axis=0)
        total = total + rows.mean() * np.outer(e - eeg.mean(axis=0), s - speech.mean(axis=0))
    return total


def label_directions(speech: View, labels: np.ndarray) -> Matrix:
    """Return the directions of speech that go with the label itself."""
    names = np.unique(labels)
    one_hot = (labels[:, None] == names[:-1]).astype(float)  # the last column would say nothing new
    return CCA(len(names) - 1).fit(one_hot, speech).speech_directions_


def partners(people: np.ndarray, seed: int) -> Int[np.ndarray, " row"]:
    """Return, for each row, a row of the same person whose EEG it gets, whatever its label."""
    rng = np.random.default_rng(seed)
    partner = np.arange(len(people))
    for one in np.unique(people):
        rows = np.flatnonzero(people == one)
        partner[rows] = rng.permutation(rows)
    return partner


def _weighted(
    weight: Callable[[np.ndarray], float], *, centred: bool = True
) -> Callable[..., Matrix]:
    """Return the class covariance with other weights, or without taking means away."""

    def wrong(eeg: View, speech: View, labels: np.ndarray) -> Matrix:
        away = (eeg.mean(axis=0), speech.mean(axis=0)) if centred else (0.0, 0.0)
        total = np.zeros((eeg.shape[1], speech.shape[1]))
        for one in np.unique(labels):
            rows = labels == one
            e, s = eeg[rows].mean(axis=0) - away[0], speech[rows].mean(axis=0) - away[1]
            total += weight(rows) * np.outer(e, s)
        return total

    return wrong


def _whole(eeg: View, speech: View, labels: np.ndarray) -> Matrix:
    return (eeg - eeg.mean(axis=0)).T @ (speech - speech.mean(axis=0)) / (len(eeg) - 1)


def _same_each(eeg: View, speech: View, labels: np.ndarray) -> Matrix:
    return _weighted(lambda rows: 1.0)(eeg, speech, labels) / len(np.unique(labels))


def _other_covariance(trial: Trial) -> str | None:
    right = class_covariance(*trial.given)
    apart = float(np.abs(trial.result - right).max() / np.abs(right).max())
    return f"A number is off by {apart:.1%} of the largest." if apart > 1e-8 else None


_UNWEIGHTED = (
    "every class counts the same",
    "Each class was counted alike, but one class is more frequent here. Whose mean weighs more in"
    " the mean of all rows?",
)

RANK_RULES = (
    shape_rule(
        lambda eeg, speech, labels: (eeg.shape[1], speech.shape[1]),
        "It has one row per EEG column and one column per speech column.", PROOF,
    ),
    finite_rule(PROOF),
    mistake_rule(_UNWEIGHTED[0], _weighted(lambda rows: 1.0), _UNWEIGHTED[1], PROOF),
    mistake_rule(_UNWEIGHTED[0], _same_each, _UNWEIGHTED[1], PROOF),
    mistake_rule(
        "counts, not shares", _weighted(lambda rows: float(rows.sum())),
        "You weighted with how many rows a class has. A covariance is a mean: which *share* of the"
        " rows is it?", PROOF,
    ),
    mistake_rule(
        "not centred", _weighted(lambda rows: float(rows.mean()), centred=False),
        "Nothing was taken away from the class means, so the middle of all rows counts as well.",
        PROOF,
    ),
    mistake_rule(
        "the covariance of all pairs", _whole,
        "That is the covariance of the pairs themselves. Use nothing of them but the mean of each"
        " class.", PROOF,
    ),
    Rule("other numbers", "They are those of class means, weighted by how frequent a class is.",
         _other_covariance, "Try it with two classes of two rows each, and a pencil.", PROOF),
)  # fmt: skip


def _apart_deg(speech: View, found: Matrix, others: Matrix) -> float:
    """Return the largest angle between what two sets of directions hear."""
    centred = speech - speech.mean(axis=0)
    return float(np.degrees(subspace_angles(centred @ found, centred @ others)).max())


def _repeat(trial: Trial) -> str | None:
    wanted, found = np.shape(trial.result)[1], np.linalg.matrix_rank(trial.result)
    return f"Only {found} of your {wanted} directions are different." if found < wanted else None


def _heard_as(wrong: Callable[[View, np.ndarray], Matrix]) -> Callable[[Trial], str | None]:
    """Return what notices directions that hear the same as wrong ones."""

    def broken(trial: Trial) -> str | None:
        speech, labels = trial.given
        apart = _apart_deg(speech, trial.result, wrong(speech, labels))
        away = _apart_deg(speech, trial.result, label_directions(speech, labels))
        return f"They are up to {away:.0f}° from those of LDA." if apart < SAME_DEG else None

    return broken


def _principal(speech: View, labels: np.ndarray) -> Matrix:
    n = len(np.unique(labels)) - 1
    return np.linalg.svd(speech - speech.mean(axis=0), full_matrices=False)[2][:n].T


def _means(speech: View, labels: np.ndarray) -> Matrix:
    each = np.array([speech[labels == one].mean(axis=0) for one in np.unique(labels)])
    return (each[1:] - each[0]).T


def _far_from_lda(trial: Trial) -> str | None:
    speech, labels = trial.given
    apart = _apart_deg(speech, trial.result, label_directions(speech, labels))
    return f"They are up to {apart:.2g}° from those of LDA." if apart > SAME_DEG else None


LDA_RULES = (
    shape_rule(
        lambda speech, labels: (speech.shape[1], len(np.unique(labels)) - 1),
        "There is one direction less than there are classes.", LABEL,
    ),
    finite_rule(LABEL),
    Rule("directions repeat", "No direction repeats others.", _repeat,
         "C columns of a one-hot view always add up to 1: one of them says nothing new.", LABEL),
    Rule("principal components", "", _heard_as(_principal),
         "These are principal components: they hear what is loud, and never look at the label.",
         LABEL),
    Rule("not whitened", "", _heard_as(_means),
         "These join the class means, as if the cloud were round. Where a direction is loud anyway,"
         " a distance of means says less: notebook 04 whitens first.", LABEL),
    Rule("not those of LDA", "They hear exactly what linear discriminants hear.", _far_from_lda,
         "Make one column per class, 1 where a row is of it, and give that to CCA as if it were"
         " EEG.", LABEL),
)  # fmt: skip


def _row_numbers(trial: Trial) -> str | None:
    found, n = np.asarray(trial.result, dtype=float), len(trial.given[0])
    good = (found == np.floor(found)).all() and found.min() >= 0 and found.max() < n
    return (
        None
        if good
        else f"Rows go from 0 to {n - 1}; yours from {found.min():g} to {found.max():g}."
    )


def _across(trial: Trial) -> str | None:
    people, partner = trial.given[0], np.asarray(trial.result, dtype=int)
    n_others = int((people[partner] != people).sum())
    return f"{n_others} of {len(people)} rows got the EEG of another person." if n_others else None


def _twice(trial: Trial) -> str | None:
    unused = len(trial.given[0]) - len(np.unique(trial.result))
    return f"{unused} rows of EEG are used by nobody, others twice." if unused else None


def _unmoved(trial: Trial) -> str | None:
    moved = (np.asarray(trial.result) != np.arange(len(trial.given[0]))).mean()
    return f"Only {moved:.0%} of the rows got other EEG." if moved < 0.5 else None


SHUFFLE_RULES = (
    shape_rule(lambda people, seed: people.shape, "There is one partner per row.", BLIND),
    finite_rule(BLIND),
    Rule("not rows", "They are row numbers.", _row_numbers,
         "Return numbers of rows: `eeg[partners(people, seed)]` is then the shuffled EEG.", BLIND),
    Rule("across people", "Each row gets EEG of its own person.", _across,
         "EEG wandered from person to person, so the control also forgets who it is. Shuffle inside"
         " each person.", BLIND),
    Rule("drawn with replacement", "Each EEG is used once.", _twice,
         "Each row of EEG should be used once: permute, do not draw.", BLIND),
    Rule("nobody moved", "Most rows get other EEG.", _unmoved,
         "The rows stand where they stood, so the control still is the real thing.", BLIND),
)  # fmt: skip


def _a_count(trial: Trial) -> str | None:
    found = trial.result
    good = isinstance(found, int | np.integer) and not isinstance(found, bool)
    return None if good else f"You wrote {found!r}."


def _components(trial: Trial) -> str | None:
    return f"You wrote {trial.result}." if trial.result == trial.given[0] - 1 else None


def _too_many(trial: Trial) -> str | None:
    return f"You wrote {trial.result}." if trial.result > trial.given[0] else None


def _too_few(trial: Trial) -> str | None:
    return f"You wrote {trial.result}." if trial.result < trial.given[0] else None


OWN_RULES = (
    Rule("not a count", "", _a_count, "Pass one whole number: how many classes?", OWN),
    Rule("components, not classes", "", _components,
         "So many *components* are shared. How many classes does that take?", OWN),
    Rule("too many", "Every class is heard in a component.", _too_many,
         "Count the components that come back on the new pairs; 0.03 is chance.", OWN),
    Rule("too few", "No class is left out.", _too_few,
         "More components come back on the new pairs. Did you ask CCA for enough of them?", OWN),
)  # fmt: skip
