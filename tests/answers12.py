"""Answers to the exercises of notebook 12, right in several ways, and wrong in the usual ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from jmml_edu.course.lessons.protocols12 import own_protocol
from jmml_edu.course.session import student_seed

Answers = list[tuple[Any, str]]


def by_number(groups, n_folds):
    return np.unique(groups, return_inverse=True)[1] % n_folds


def by_lot(groups, n_folds):
    names = np.random.default_rng(5).permutation(np.unique(groups))
    fold = {name: place % n_folds for place, name in enumerate(names)}
    return np.array([fold[name] for name in groups])


def as_a_list(groups, n_folds):
    return by_number(groups, n_folds).tolist()


def rows_dealt(groups, n_folds):
    return np.arange(len(groups)) % n_folds


def blocks_of_rows(groups, n_folds):
    return np.arange(len(groups)) * n_folds // len(groups)


def numbers_of_people(groups, n_folds):
    return np.unique(groups, return_inverse=True)[1]


def from_one(groups, n_folds):
    return by_number(groups, n_folds) + 1


def never_the_last(groups, n_folds):
    return by_number(groups, n_folds - 1)


def one_each_and_the_rest(groups, n_folds):
    return np.minimum(np.unique(groups, return_inverse=True)[1], n_folds - 1)


def names_of_folds(groups, n_folds):
    return np.array([f"fold {number}" for number in by_number(groups, n_folds)])


def fold_of_each_person(groups, n_folds):
    return np.arange(len(np.unique(groups))) % n_folds


def whole_trials(labels, trials, seed):
    _, first, number = np.unique(trials, return_index=True, return_inverse=True)
    return np.random.default_rng(seed).permutation(labels[first])[number]


def whole_trials_in_a_loop(labels, trials, seed):
    names = np.unique(trials)
    partners = np.random.default_rng(seed + 1).permutation(names)
    shuffled = np.empty_like(labels)
    for name, partner in zip(names, partners, strict=True):
        shuffled[trials == name] = labels[trials == partner][0]
    return shuffled


def single_windows(labels, trials, seed):
    return np.random.default_rng(seed).permutation(labels)


def within_trials(labels, trials, seed):
    shuffled, rng = labels.copy(), np.random.default_rng(seed)
    for name in np.unique(trials):
        shuffled[trials == name] = rng.permutation(labels[trials == name])
    return shuffled


def coins_for_windows(labels, trials, seed):
    return np.random.default_rng(seed).integers(2, size=len(labels))


def flipped(labels, trials, seed):
    return 1 - labels


def backwards(labels, trials, seed):
    _, first, number = np.unique(trials, return_index=True, return_inverse=True)
    return labels[first][::-1][number]


def one_per_trial(labels, trials, seed):
    return np.random.default_rng(seed).permutation(labels[::5])


def over_people(first, second, people):
    rng = np.random.default_rng(3)
    apart = second.astype(float) - first
    each = np.array([apart[people == one].mean() for one in np.unique(people)])
    draws = rng.integers(len(each), size=(4000, len(each)))
    return np.percentile(each[draws].mean(axis=1), [2.5, 97.5])


def over_people_in_a_loop(first, second, people):
    rng, names, gains = np.random.default_rng(4), np.unique(people), []
    score = {who: (first[people == who].mean(), second[people == who].mean()) for who in names}
    for _ in range(3000):
        drawn = [score[who] for who in rng.choice(names, size=len(names))]
        gains.append(float(np.mean([b - a for a, b in drawn])))
    return float(np.quantile(gains, 0.025)), float(np.quantile(gains, 0.975))


def over_rows(first, second, people):
    apart = second.astype(float) - first
    draws = np.random.default_rng(3).integers(len(apart), size=(2000, len(apart)))
    return np.percentile(apart[draws].mean(axis=1), [2.5, 97.5])


def apart_from_each_other(first, second, people):
    rng, ends = np.random.default_rng(3), []
    for one in (first, second):
        each = np.array([one[people == who].mean() for who in np.unique(people)])
        draws = rng.integers(len(each), size=(4000, len(each)))
        ends.append(each[draws].mean(axis=1))
    return np.percentile(ends[1] - ends[0], [2.5, 97.5])


def upside_down(first, second, people):
    return over_people(second, first, people)


def backwards_ends(first, second, people):
    return over_people(first, second, people)[::-1]


def of_the_second(first, second, people):
    return over_people(np.zeros_like(first), second, people)


def a_fifth_of_it(first, second, people):
    low, high = over_people(first, second, people)
    return low + 0.4 * (high - low), high - 0.4 * (high - low)


def with_the_mean(first, second, people):
    low, high = over_people(first, second, people)
    return low, (low + high) / 2, high


PROTOCOL = own_protocol(student_seed(12, ""))
SOUND = next(number for number in PROTOCOL.reasons)

ANSWERS: dict[str, Answers] = {
    "12.A": [
        (by_number, "passed"), (by_lot, "passed"), (as_a_list, "passed"),
        (rows_dealt, "people torn apart"), (blocks_of_rows, "people torn apart"),
        (numbers_of_people, "fold numbers"), (from_one, "fold numbers"),
        (never_the_last, "empty folds"), (one_each_and_the_rest, "uneven folds"),
        (names_of_folds, "shape"), (fold_of_each_person, "shape"),
        (lambda groups, n_folds: np.full(len(groups), np.nan), "not finite"),
    ],
    "12.B": [
        (whole_trials, "passed"), (whole_trials_in_a_loop, "passed"),
        (single_windows, "trials torn apart"), (coins_for_windows, "trials torn apart"),
        (within_trials, "unchanged"), (lambda labels, trials, seed: labels, "unchanged"),
        (flipped, "drawn anew"), (backwards, "fixed order"), (one_per_trial, "shape"),
        (lambda labels, trials, seed: labels / 0 * 0, "not finite"),
    ],
    "12.C": [
        (over_people, "passed"), (over_people_in_a_loop, "passed"),
        (over_rows, "rows, not people"), (apart_from_each_other, "not paired"),
        (upside_down, "first minus second"), (backwards_ends, "order of ends"),
        (of_the_second, "beside the difference"), (a_fifth_of_it, "other width"),
        (with_the_mean, "shape"), (lambda first, second, people: (np.nan, 1.0), "not finite"),
    ],
    "12.D": [
        (PROTOCOL.leak, "passed"), (np.int64(PROTOCOL.leak), "passed"),
        (SOUND, "a sound sentence"), (6, "not a sentence"), (0, "not a sentence"),
        ("2", "not a sentence"), (True, "not a sentence"),
    ],
}  # fmt: skip
"""Each answer with the rule that it breaks first."""
