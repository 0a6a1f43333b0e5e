"""What a whole protocol says when there is nothing to find: labels are shuffled, all is done again.

A protocol, from labels to a score, goes in; its score, the scores of shuffled labels, and the p
value come out. Selection, folds and all else that the protocol does are repeated in every draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least, check_same_rows, fail
from jmml_edu.data import UNLABELLED

Protocol = Callable[[np.ndarray], float]
Shuffled = Literal["rows within groups", "whole groups"]

_ROUNDING = 1e-9  # scores closer than this are equal


@dataclass(frozen=True, eq=False)
class PermutationBaseline:
    """The score of a protocol beside its scores on shuffled labels.

    Attributes
    ----------
    score
        On the labels as they are.
    null_scores
        One score per shuffle.
    shuffled
        What changed places: ``"rows within groups"`` or ``"whole groups"``.
    """

    score: float
    null_scores: Float[np.ndarray, " draw"]
    shuffled: Shuffled

    @property
    def p_value(self) -> float:
        """How often shuffled labels, and the true ones, do as well as the true ones; above 0."""
        as_good = (self.null_scores >= self.score - _ROUNDING).sum()
        return float((1 + as_good) / (1 + len(self.null_scores)))

    @property
    def null_range(self) -> tuple[float, float]:
        """Where 95 % of the scores of shuffled labels lie."""
        low, high = np.quantile(self.null_scores, [0.025, 0.975])
        return float(low), float(high)


def permutation_baseline(
    protocol: Protocol,
    labels: np.ndarray,
    groups: np.ndarray,
    *,
    draws: int = 199,
    seed: int = 0,
) -> PermutationBaseline:
    r"""Return what a protocol scores, and what it scores where labels mean nothing [1]_.

    Labels are shuffled and the *whole* protocol is run again, selection included. With :math:`B`
    shuffles, scores :math:`s_b` and the true score :math:`s`,

    .. math:: p = \frac{1 + \#\{b : s_b \ge s\}}{1 + B}

    where the ones count the true labels themselves, so that p is never 0 [2]_.

    Only labels that might as well have stood elsewhere may change places. Two designs are known by
    their labels:

    - They vary within every group: rows change places within their group. A group keeps its shares
      of the classes.
    - They are constant within every group: whole groups exchange their labels. The rows of one
      group stay together, because they are alike for other reasons too.

    If some groups are of one kind and some of the other, neither shuffle would do. Rows within
    groups would leave the constant groups as they are, so that shuffled labels would still know
    something.

    Parameters
    ----------
    protocol
        From labels to a score, all else fixed, such as
        ``lambda labels: nested_cross_validation(candidates, values, labels, people).score.value``.
        Folds that even out classes look at labels, so they too are dealt inside.
    labels
        Class names or numbers; rows without a label (``""`` or -1) stay as they are.
    groups
        What rows have in common beside the label: people as a rule. Where the label belongs to the
        stimulus, pass stimuli: rows of one stimulus are alike, whoever speaks.
    draws
        Number of shuffles, at least 1; p is at least ``1 / (1 + draws)``.
    seed
        Decides the shuffles.

    Raises
    ------
    InputError
        If the rows do not belong together, all labels are the same, or they vary within some groups
        only.

    Notes
    -----
    Rows that change places must be exchangeable: trials may be, windows of one trial are not. With
    few whole groups there are few ways to deal labels: six people, three of each class, have 20,
    and p cannot be much smaller than 1/20 whatever ``draws`` is.

    References
    ----------
    .. [1] M. Ojala, G. C. Garriga, "Permutation tests for studying classifier performance", Journal
       of Machine Learning Research 11, 2010 (their test 1).
       https://jmlr.org/papers/v11/ojala10a.html
    .. [2] B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Statistical
       Applications in Genetics and Molecular Biology 9, 2010.
       https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    A protocol that needs no learning: how often is a person louder when angry?

    >>> labels, loud = np.tile(["angry", "calm"], 20), np.tile([2.0, 1.0], 20)
    >>> people = np.repeat(list("abcdefghij"), 4)
    >>> def protocol(labels):
    ...     return float(((loud > 1.5) == (labels == "angry")).mean())
    >>> found = permutation_baseline(protocol, labels, people, draws=99)
    >>> found.score, found.p_value, found.shuffled
    (1.0, 0.01, 'rows within groups')
    """
    check_same_rows("permutation_baseline", labels=labels, groups=groups)
    check_at_least("permutation_baseline", 1, draws=draws)
    names, groups = labels.astype(str), groups.astype(str)
    known = np.flatnonzero((names != UNLABELLED) & (names != "-1"))
    members = [known[groups[known] == who] for who in np.unique(groups[known])]
    shuffled = _what_to_shuffle([len(set(names[rows])) for rows in members], names[known])
    shuffle = _rows_within_groups if shuffled == "rows within groups" else _whole_groups
    rng = np.random.default_rng(seed)
    null = [protocol(shuffle(labels, members, rng)) for _ in range(draws)]
    return PermutationBaseline(protocol(labels), np.array(null), shuffled)


def _what_to_shuffle(classes_of_each: list[int], labels: np.ndarray) -> Shuffled:
    """Return what may change places, from the number of classes that each group has."""
    if len(set(labels)) < 2:
        fail(
            "permutation_baseline", "labels", "name at least two classes",
            sorted(map(str, set(labels))), "Label more rows.",
        )  # fmt: skip
    constant = sum(number == 1 for number in classes_of_each)
    if constant not in (0, len(classes_of_each)):
        fail(
            "permutation_baseline", "labels", "vary within every group, or within none",
            f"{constant} of {len(classes_of_each)} groups with one class only",
            "Leave these groups out: their labels cannot change places with those of the others.",
        )  # fmt: skip
    return "whole groups" if constant else "rows within groups"


def _rows_within_groups(
    labels: np.ndarray, members: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Return labels in which the rows of each group have changed places."""
    mixed = labels.copy()
    for rows in members:
        mixed[rows] = rng.permutation(labels[rows])
    return mixed


def _whole_groups(
    labels: np.ndarray, members: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Return labels in which each group has the label of a group drawn for it."""
    mixed = labels.copy()
    of_group = labels[[rows[0] for rows in members]]
    for rows, label in zip(members, rng.permutation(of_group), strict=True):
        mixed[rows] = label
    return mixed
