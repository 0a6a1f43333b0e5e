"""Answers to the exercises of notebook 00, right in several ways, and wrong in the usual ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from jmml_edu.course.lessons.data00 import opened_road

Answers = list[tuple[Any, str]]


def by_rows(x, mean, directions):
    return np.array([[(row - mean) @ one for one in directions.T] for row in x])


def by_einsum(x, mean, directions):
    return np.einsum("rc,cd->rd", x - mean, directions)


def by_distributing(x, mean, directions):
    return x @ directions - mean @ directions


def not_centred(x, mean, directions):
    return x @ directions


def own_mean(x, mean, directions):
    return (x - x.mean(axis=0)) @ directions


def one_mean(x, mean, directions):
    return (x - mean.mean()) @ directions


def added(x, mean, directions):
    return (x + mean) @ directions


def scaled(x, mean, directions):
    return (x - mean) @ directions / 2


def first_only(x, mean, directions):
    return (x - mean) @ directions[:, 0]


def by_loop(truth, said):
    total = 0.0
    for one in set(truth):
        rows = [said[i] == one for i in range(len(truth)) if truth[i] == one]
        total += sum(rows) / len(rows)
    return total / len(set(truth))


def by_counts(truth, said):
    number = np.unique(truth, return_inverse=True)[1]
    return float((np.bincount(number, truth == said) / np.bincount(number)).mean())


def accuracy(truth, said):
    return np.mean(truth == said)


def precision(truth, said):
    return np.mean([np.mean(truth[said == one] == one) for one in np.unique(said)])


def precision_of_those_that_occur(truth, said):
    return np.mean([np.mean(truth[said == one] == one) for one in np.unique(truth)])


def all_names(truth, said):
    names = {*truth, *said}
    return sum(np.mean(said[truth == one] == one) for one in set(truth)) / len(names)


def of_nobody(truth, said):
    return np.mean([np.mean(said[truth == one] == one) for one in np.unique(said)])


def each_class(truth, said):
    return [np.mean(said[truth == one] == one) for one in np.unique(truth)]


def not_averaged(truth, said):
    return np.sum(each_class(truth, said))


def worst_class(truth, said):
    return min(each_class(truth, said))


ROAD = opened_road()
WITH = ROAD.both_say.argmax(axis=1) == ROAD.labels
WITHOUT = ROAD.speech_says.argmax(axis=1) == ROAD.labels


def rows_where(*conditions: np.ndarray) -> list[int]:
    return [int(row) for row in ROAD.rows[np.logical_and.reduce(conditions)]]


FOUND = rows_where(ROAD.held_out, WITH, ~WITHOUT)
HOLLOW = rows_where(~ROAD.held_out)
STRANGER = max(set(range(2000)) - {*ROAD.rows.tolist()})

ANSWERS: dict[str, Answers] = {
    "00.A": [
        (by_rows, "passed"), (by_einsum, "passed"), (by_distributing, "passed"),
        (not_centred, "not centred"), (own_mean, "own mean"),
        (one_mean, "one mean for all columns"), (added, "mean added"), (scaled, "other codes"),
        (first_only, "shape"), (lambda x, m, d: (x - m) @ d * np.nan, "not finite"),
        (lambda x, m, d: (x - m) * d, "stopped"), (3.6, "not a function"),
    ],
    "00.B": [
        (by_loop, "passed"), (by_counts, "passed"), (accuracy, "accuracy"),
        (precision, "precision"), (precision_of_those_that_occur, "precision"),
        (all_names, "a class that never occurs"), (of_nobody, "not finite"),
        (each_class, "shape"), (not_averaged, "larger than 1"),
        (lambda t, s: 100 * by_loop(t, s), "larger than 1"), (worst_class, "other number"),
    ],
    "00.C": [
        (FOUND[:1], "passed"), (FOUND[-1], "passed"), ([HOLLOW[0], FOUND[0]], "passed"),
        ([], "nothing selected"), ([FOUND[0], HOLLOW[0]], "somebody it knows"),
        (rows_where(ROAD.held_out, ~WITH, ~WITHOUT)[:1], "wrong with EEG"),
        (rows_where(ROAD.held_out, ~WITH, WITHOUT)[:1], "wrong with EEG"),
        (rows_where(ROAD.held_out, WITH, WITHOUT)[:1], "right without EEG"),
        (STRANGER, "not a point"), ("the third", "not a point"),
    ],
}  # fmt: skip
"""Each answer with the rule that it breaks first."""
