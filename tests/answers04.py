"""Answers to the exercises of notebook 04, right in several ways, and wrong in the usual ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import qr, svdvals

from jmml_edu.course.lessons.data04 import own_planted
from jmml_edu.course.session import student_seed
from jmml_edu.linear import CCA

Answers = list[tuple[Any, str]]


def by_eigenvectors(x):
    centred = x - x.mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred / (len(x) - 1))
    return centred @ axes / np.sqrt(variances)


def by_cholesky(x):
    centred = x - x.mean(axis=0)
    lower = np.linalg.cholesky(np.cov(x.T))
    return np.linalg.solve(lower, centred.T).T


def by_svd(x):
    left = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[0]
    return left * np.sqrt(len(x) - 1)


def grand_mean(x):
    centred = x - x.mean()
    variances, axes = np.linalg.eigh(centred.T @ centred / (len(x) - 1))
    return centred @ axes / np.sqrt(variances)


def no_mean(x):
    variances, axes = np.linalg.eigh(x.T @ x / (len(x) - 1))
    return x @ axes / np.sqrt(variances)


def forgotten_mean(x):
    variances, axes = np.linalg.eigh(np.cov(x.T))
    return x @ axes / np.sqrt(variances)


def no_root(x):
    centred = x - x.mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov(x.T))
    return centred @ axes / variances


def by_n(x):
    centred = x - x.mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred / len(x))
    return centred @ axes / np.sqrt(variances)


def columns_only(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def turned_only(x):
    return (x - x.mean(axis=0)) @ np.linalg.eigh(np.cov(x.T))[1]


def in_place(x):
    x -= x.mean(axis=0)
    return by_eigenvectors(x)


def row_means(x):
    return by_eigenvectors(x - x.mean(axis=1))


def says_nothing(x):
    by_eigenvectors(x)


def covariance_itself(x):
    return np.cov(x.T)


def by_two_cholesky(eeg, speech):
    return svdvals(by_cholesky(eeg).T @ by_cholesky(speech) / (len(eeg) - 1))


def by_bases(eeg, speech):
    bases = (qr(view - view.mean(axis=0), mode="economic")[0] for view in (eeg, speech))
    return svdvals(next(bases).T @ next(bases))


def by_package(eeg, speech):
    return CCA(min(eeg.shape[1], speech.shape[1])).fit(eeg, speech).correlations_


def a_sum(eeg, speech):
    return svdvals(by_svd(eeg).T @ by_svd(speech))


def covariances(eeg, speech):
    product = (eeg - eeg.mean(axis=0)).T @ (speech - speech.mean(axis=0))
    return svdvals(product / (len(eeg) - 1))


def scaled_columns(eeg, speech):
    return svdvals(columns_only(eeg).T @ columns_only(speech) / (len(eeg) - 1))


def squared(eeg, speech):
    return by_bases(eeg, speech) ** 2


def upside_down(eeg, speech):
    return by_bases(eeg, speech)[::-1]


def whole_svd(eeg, speech):
    return np.linalg.svd(by_svd(eeg).T @ by_svd(speech) / (len(eeg) - 1))


def the_matrix(eeg, speech):
    return by_svd(eeg).T @ by_svd(speech) / (len(eeg) - 1)


def one_view_whitened(eeg, speech):
    return svdvals(by_svd(eeg).T @ columns_only(speech) / (len(eeg) - 1)) / 10


PLANTED = own_planted(student_seed(4, ""))

ANSWERS: dict[str, Answers] = {
    "04.hand": [
        (0.5, "passed"), (0.4999, "passed"), (0.51, "passed"), (0.49, "passed"),
        (2.0, "not divided"), (1.0, "covariance"), (0.67, "covariance"), (0.93, "not centred"),
        (0.25, "squared"), (0.3, "another number"), ("a half", "not a number"),
    ],
    "04.A": [
        (by_eigenvectors, "passed"), (by_cholesky, "passed"), (by_svd, "passed"),
        (grand_mean, "one mean for all columns"), (no_mean, "not centred"),
        (forgotten_mean, "mean not 0"), (no_root, "divided by the variance"),
        (lambda x: -no_root(x)[:, ::-1], "divided by the variance"),
        (by_n, "n for n - 1"), (columns_only, "columns still correlated"),
        (turned_only, "variance not 1"), (in_place, "changes its input"), (row_means, "stopped"),
        (says_nothing, "returns nothing"), (covariance_itself, "shape"),
        (lambda x: np.full_like(x, np.nan), "not finite"), (np.eye(2), "not a function"),
    ],
    "04.B": [
        (by_two_cholesky, "passed"), (by_bases, "passed"), (by_package, "passed"),
        (a_sum, "larger than 1"), (covariances, "covariances"),
        (scaled_columns, "columns scaled only"), (squared, "squares"), (upside_down, "order"),
        (whole_svd, "shape"), (the_matrix, "shape"), (one_view_whitened, "other numbers"),
        (lambda e, s: by_bases(e, s) / 0.0 * 0.0, "not finite"),
    ],
    "04.C": [
        ((40, 20, 20), "passed"), ((40, 35, 5), "passed"), ([100, 50, 50], "passed"),
        ((40, 10, 10), "noise not fooled"), ((40, 20, 19), "noise not fooled"),
        ((40, 39, 2), "one view is enough"), ((20, 10, 10), "number of pairs"),
        ((40, 25, 25), "more than needed"), (40, "three whole numbers"),
        ((40, 20.5, 20), "three whole numbers"),
    ],
    "04.D": [
        (PLANTED, "passed"), (np.int64(PLANTED), "passed"),
        (8, "all of them"), (PLANTED + 1, "too many"), (PLANTED - 1, "too few"),
        (0.9, "not a count"), (True, "not a count"),
    ],
}  # fmt: skip
"""Each answer with the rule that it breaks first."""
