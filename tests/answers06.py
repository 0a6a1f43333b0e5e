"""Answers to the exercises of notebook 06, right in several ways, and wrong in the usual ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.course.lessons.data06 import own_classes
from jmml_edu.course.session import student_seed
from jmml_edu.linear import CCA

Answers = list[tuple[Any, str]]


def one_hot(labels):
    return (labels[:, None] == np.unique(labels)).astype(float)


def by_replacing(eeg, speech, labels):
    number = np.unique(labels, return_inverse=True)[1]
    each = [np.array([side[number == n].mean(axis=0) for n in range(number.max() + 1)])[number]
            for side in (eeg, speech)]  # fmt: skip
    return np.cov(each[0].T, each[1].T, ddof=0)[: eeg.shape[1], eeg.shape[1] :]


def by_matrices(eeg, speech, labels):
    of = one_hot(labels)
    share = of.mean(axis=0)
    e, s = (of.T @ side / of.sum(axis=0)[:, None] for side in (eeg, speech))
    return (e - share @ e).T @ np.diag(share) @ s


def weighted(weight, *, centred=True):
    def answer(eeg, speech, labels):
        away = [side.mean(axis=0) if centred else 0 for side in (eeg, speech)]
        total = 0
        for one in np.unique(labels):
            rows = labels == one
            e, s = (
                side[rows].mean(axis=0) - m for side, m in zip((eeg, speech), away, strict=True)
            )
            total = total + weight(rows, labels) * np.outer(e, s)
        return total

    return answer


def of_all_pairs(eeg, speech, labels):
    return np.cov(eeg.T, speech.T)[: eeg.shape[1], eeg.shape[1] :]


def turned(eeg, speech, labels):
    return by_matrices(eeg, speech, labels).T


def by_discriminants(speech, labels):
    n = len(np.unique(labels)) - 1
    return LinearDiscriminantAnalysis(solver="eigen").fit(speech, labels).scalings_[:, :n]


def by_solving(speech, labels):
    middles = np.array([speech[labels == one].mean(axis=0) for one in np.unique(labels)])
    return np.linalg.solve(np.cov(speech.T), (middles[1:] - middles[0]).T)


def by_one_hot(speech, labels):
    view = one_hot(labels)[:, 1:]
    return CCA(view.shape[1]).fit(view, speech).speech_directions_


def principal(speech, labels):
    n = len(np.unique(labels)) - 1
    return np.linalg.svd(speech - speech.mean(axis=0))[2][:n].T


def middles_only(speech, labels):
    middles = np.array([speech[labels == one].mean(axis=0) for one in np.unique(labels)])
    return (middles[:-1] - middles[-1]).T


def of_numbers(speech, labels):
    found = by_one_hot(speech, np.random.default_rng(0).permutation(labels))
    return found


def too_many(speech, labels):
    return np.hstack([by_solving(speech, labels), speech[:1].T])


def the_same_twice(speech, labels):
    found = by_solving(speech, labels)
    return np.repeat(found[:, :1], found.shape[1], axis=1)


def by_sorting(people, seed):
    rng = np.random.default_rng(seed)
    there = np.argsort(people, kind="stable")
    shuffled = np.lexsort((rng.random(len(people)), people))
    partner = np.empty(len(people), dtype=int)
    partner[there] = shuffled
    return partner


def by_turning(people, seed):
    partner = np.arange(len(people))
    for one in set(people):
        rows = np.flatnonzero(people == one)
        partner[rows] = np.roll(rows, 1 + seed % 3)
    return partner


def of_everybody(people, seed):
    return np.random.default_rng(seed).permutation(len(people))


def with_replacement(people, seed):
    rng = np.random.default_rng(seed)
    return np.array([rng.choice(np.flatnonzero(people == one)) for one in people])


def names_of(people, seed):
    return np.random.default_rng(seed).permutation(people)


def nobody(people, seed):
    return np.arange(len(people))


def within_each_block(people, seed):
    return np.concatenate([
        np.random.default_rng(seed).permutation(int((people == one).sum()))
        for one in np.unique(people)
    ]) * 1.5  # fmt: skip


CLASSES = own_classes(student_seed(6, ""))

ANSWERS: dict[str, Answers] = {
    "06.A": [
        (by_replacing, "passed"), (by_matrices, "passed"),
        (weighted(lambda rows, labels: rows.mean()), "passed"),
        (weighted(lambda rows, labels: 1), "every class counts the same"),
        (weighted(lambda rows, labels: 1 / len(set(labels))), "every class counts the same"),
        (weighted(lambda rows, labels: rows.sum()), "counts, not shares"),
        (weighted(lambda rows, labels: rows.mean(), centred=False), "not centred"),
        (weighted(lambda rows, labels: rows.sum() / (len(rows) - 1)), "other numbers"),
        (of_all_pairs, "the covariance of all pairs"), (turned, "shape"),
        (lambda e, s, y: by_matrices(e, s, y) / 0, "not finite"),
    ],
    "06.B": [
        (by_discriminants, "passed"), (by_solving, "passed"), (by_one_hot, "passed"),
        (principal, "principal components"), (middles_only, "not whitened"),
        (of_numbers, "not those of LDA"), (too_many, "shape"),
        (the_same_twice, "directions repeat"),
        (lambda s, y: by_solving(s, y) * np.nan, "not finite"),
    ],
    "06.C": [
        (by_sorting, "passed"), (by_turning, "passed"), (of_everybody, "across people"),
        (with_replacement, "drawn with replacement"), (names_of, "shape"), (nobody, "nobody moved"),
        (within_each_block, "not rows"), (lambda p, seed: np.full(len(p), np.inf), "not finite"),
    ],
    "06.D": [
        (CLASSES, "passed"), (np.int64(CLASSES), "passed"),
        (CLASSES - 1, "components, not classes"), (CLASSES + 1, "too many"), (12, "too many"),
        (CLASSES - 2, "too few"), (0.5, "not a count"), (True, "not a count"),
    ],
}  # fmt: skip
"""Each answer with the rule that it breaks first."""
