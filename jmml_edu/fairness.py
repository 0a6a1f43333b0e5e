"""Is everyone recognised alike? Scores by group of people, and the largest gap between groups.

Confusion counts of each person and a group for each go in; intervals, and a p value of the gap,
come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import check_at_least, check_same_rows, fail
from jmml_edu.evaluation import Counts, Weights, interval_over_people, pooled_recall, score
from jmml_edu.results import Interval

_ROUNDING = 1e-9  # gaps closer than this are equal


@dataclass(frozen=True)
class Gap:
    """The largest difference between two groups of people.

    Attributes
    ----------
    better, worse
        The groups with the highest and the lowest score.
    difference
        Unweighted average recall of one minus that of the other, with its 95 % interval; no value
        by subject, because nobody is in both.
    p_value
        How often groups dealt by chance have as large a gap, in (0, 1].
    """

    better: str
    worse: str
    difference: Interval
    p_value: float


def score_by_group(
    counts: Counts, subjects: Sequence[str], group_of: Mapping[str, str], *, seed: int = 0
) -> dict[str, Interval]:
    """Return the unweighted average recall of each group of people, groups in sorted order.

    Parameters
    ----------
    counts, subjects, seed
        As for :func:`jmml_edu.evaluation.score`; people are tested, never those learned from.
    group_of
        The group of each person, such as ``{"s01": "women", "s02": "men"}``.

    Returns
    -------
    scores
        Each as ``score`` returns it: a group of fewer than six people has no interval.

    Raises
    ------
    InputError
        If someone has no group, or a group lacks a class: chance would then be another.

    Examples
    --------
    >>> right, wrong = [[5, 0], [0, 5]], [[0, 5], [5, 0]]
    >>> counts = np.array([[right, right, wrong]])
    >>> found = score_by_group(counts, ["a", "b", "c"], {"a": "old", "b": "young", "c": "young"})
    >>> {name: interval.value for name, interval in found.items()}
    {'old': 1.0, 'young': 0.5}
    """
    groups = _group_of_each("score_by_group", counts, subjects, group_of)
    return {
        str(group): score(
            counts[:, groups == group],
            [who for who in subjects if group_of[who] == group],
            seed=seed,
        )
        for group in sorted(set(groups))
    }


def largest_gap(
    counts: Counts,
    subjects: Sequence[str],
    group_of: Mapping[str, str],
    *,
    draws: int = 1_999,
    seed: int = 0,
) -> Gap:
    r"""Return the largest gap between two groups, its interval, and whether chance makes such gaps.

    With the score :math:`s_g` of each group, the gap is :math:`\max_g s_g - \min_g s_g`. For the p
    value the groups are dealt anew among the people, each person with all utterances, and the
    largest gap is looked for again:

    .. math:: p = \frac{1 + \#\{b : \mathrm{gap}_b \ge \mathrm{gap}\}}{1 + B}

    Parameters
    ----------
    counts, subjects, group_of
        As for :func:`score_by_group`.
    draws
        How often groups are dealt anew, at least 1.
    seed
        Decides the draws.

    Raises
    ------
    InputError
        As :func:`score_by_group`, or if there is one group only.

    Notes
    -----
    A gap is never below 0 and so rarely near 0, whether or not anything is unfair: few people
    scatter. The p value knows this, because dealt groups are as small and the largest gap is chosen
    among them too. The interval does not: it holds the two groups fixed, as if they had been named
    beforehand, and resamples the people of each. With more than two groups it is too hopeful of a
    gap. A large p is no proof of fairness; the interval says how large a gap may still be hidden.

    Examples
    --------
    Six people are always heard right, six never:

    >>> right, wrong = [[5, 0], [0, 5]], [[0, 5], [5, 0]]
    >>> people = list("abcdefghijkl")
    >>> group_of = {who: "old" if who < "g" else "young" for who in people}
    >>> gap = largest_gap(np.array([[right] * 6 + [wrong] * 6]), people, group_of)
    >>> gap.better, gap.worse, gap.difference.value, gap.p_value < 0.01
    ('old', 'young', 1.0, True)
    """
    check_at_least("largest_gap", 1, draws=draws)
    groups = _group_of_each("largest_gap", counts, subjects, group_of)
    names, number = np.unique(groups, return_inverse=True)
    check_at_least("largest_gap", 2, number_of_groups=len(names))
    scores = _scores(number[None], counts, len(names))[0]
    best, worst = int(scores.argmax()), len(names) - 1 - int(scores[::-1].argmin())
    rng = np.random.default_rng(seed)
    dealt = rng.permuted(np.tile(number, (draws, 1)), axis=1)
    null = np.ptp(_scores(dealt, counts, len(names)), axis=1)
    as_large = (null >= np.ptp(scores) - _ROUNDING).sum()
    return Gap(
        better=str(names[best]),
        worse=str(names[worst]),
        difference=_difference(counts, number == best, number == worst, seed),
        p_value=float((1 + as_large) / (1 + draws)),
    )


def _scores(
    number: Int[np.ndarray, "draw subject"], counts: Counts, n_groups: int
) -> Float[np.ndarray, "draw group"]:
    """Return the score of each group, from the number of the group that each person is in."""
    in_group = [(number == group).astype(float) for group in range(n_groups)]
    return np.column_stack([pooled_recall(here, counts).mean(axis=1) for here in in_group])


def _difference(counts: Counts, better: np.ndarray, worse: np.ndarray, seed: int) -> Interval:
    """Return the difference of two groups, each with its people resampled."""
    both = better | worse
    kinds = np.where(better, "better", "worse")[both]
    here, there = better[both].astype(float), worse[both].astype(float)
    counts = counts[:, both]

    def difference(weights: Weights) -> Float[np.ndarray, "draw seed"]:
        return pooled_recall(weights * here, counts) - pooled_recall(weights * there, counts)

    names = [str(person) for person in np.flatnonzero(both)]
    found = interval_over_people(difference, names, strata=kinds.tolist(), seed=seed)
    return replace(found, by_subject={})


def _group_of_each(
    function: str, counts: Counts, subjects: Sequence[str], group_of: Mapping[str, str]
) -> np.ndarray:
    """Return the group of each person, after checking that groups can be compared."""
    check_same_rows(function, subjects=list(subjects), counts=counts[0])
    strangers = [who for who in subjects if who not in group_of]
    if strangers:
        fail(
            function, "group_of", "name the group of every person", f"none for {strangers}",
            "Name it, or leave these people out.",
        )  # fmt: skip
    groups = np.array([group_of[who] for who in subjects])
    occurs = counts.sum(axis=(0, 3)) > 0
    for group in sorted(set(groups)):
        missing = occurs.any(axis=0) & ~occurs[groups == group].any(axis=0)
        if missing.any():
            fail(
                function, f"group {str(group)!r}", "have every class that others have",
                f"none of class number {int(missing.argmax())}",
                "Leave out that class or that group: guessing scores differently there.",
            )  # fmt: skip
    return groups
