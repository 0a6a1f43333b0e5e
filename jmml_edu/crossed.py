"""New people and new stimuli at once: how to split by both, and how sure to be of the score.

Two groups for each row go in; folds that share neither come out, and an interval over both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import as_told_by, check_same_rows, fail
from jmml_edu.data import UNLABELLED, Split
from jmml_edu.evaluation import (
    FEWEST_SUBJECTS,
    draw_people,
    unweighted_average_recall,
)
from jmml_edu.results import Interval
from jmml_edu.shared_training import widen_for_shared_training
from jmml_edu.splits import grouped_folds


def crossed_folds(
    first: np.ndarray,
    second: np.ndarray,
    labels: np.ndarray,
    *,
    n_folds: int | tuple[int, int] = 5,
    seed: int,
    by: tuple[str, str] = ("subject", "stimulus"),
) -> list[Split]:
    """Return folds that share neither a first nor a second group: new people *and* new stimuli.

    People are dealt into folds, and stimuli are dealt into folds. Each fold of people then meets
    each fold of stimuli: the rows of both are tested. Rows that share neither a person nor a
    stimulus with them teach. All others are left out of that fold (:func:`rows_left_out`).

    Parameters
    ----------
    first, second
        Two groups of each row, such as ``groups_by(features, "subject")`` and
        ``groups_by(features, "stimulus")``.
    labels
        Label of each row; the unlabelled count as a class of their own.
    n_folds
        Folds of the first and of the second, at least 2 each; one number stands for both.
    seed
        Decides who comes into which fold, as in :func:`~jmml_edu.splits.grouped_folds`.
    by
        What the groups are, kept in the splits: ``"subject and stimulus"``.

    Returns
    -------
    folds
        At most the product of both numbers of folds, because a pair of folds that has no row is
        left away. Every row is tested exactly once.

    Raises
    ------
    InputError
        If there are fewer groups than folds, or a fold has no row left to learn from.

    Notes
    -----
    With 5 by 5 folds of a full design a fold tests 1 row in 25, learns from 16 and leaves out 8.

    Examples
    --------
    Four people say the same four sentences; a quarter is tested, a quarter teaches:

    >>> person, sentence = np.repeat(list("abcd"), 4), np.tile(list("wxyz"), 4)
    >>> folds = crossed_folds(person, sentence, person, n_folds=2, seed=0)
    >>> [(len(fold.train), len(fold.test), len(rows_left_out(fold, 16))) for fold in folds]
    [(4, 4, 8), (4, 4, 8), (4, 4, 8), (4, 4, 8)]
    """
    check_same_rows("crossed_folds", first=first, second=second, labels=labels)
    first, second = first.astype(str), second.astype(str)
    numbers = (n_folds, n_folds) if isinstance(n_folds, int) else n_folds
    with as_told_by("crossed_folds"):
        of_first, of_second = (
            grouped_folds(groups, labels, n_folds=number, seed=seed, by=name)
            for groups, number, name in zip((first, second), numbers, by, strict=True)
        )
    tests = [np.intersect1d(one.test, two.test) for one, two in product(of_first, of_second)]
    known = [np.isin(first, first[test]) | np.isin(second, second[test]) for test in tests]
    folds = [
        Split(np.flatnonzero(~those), test, " and ".join(by))
        for test, those in zip(tests, known, strict=True)
        if len(test)
    ]
    empty = sum(not len(fold.train) for fold in folds)
    if empty:
        fail(
            "crossed_folds", f"{by[0]} and {by[1]}", "leave rows of neither to learn from",
            f"{empty} of {len(folds)} folds without any",
            f"Ask for more folds, or split by {by[0]} alone.",
        )  # fmt: skip
    return folds


def rows_left_out(fold: Split, n_rows: int) -> Int[np.ndarray, " row"]:
    """Return the numbers of the rows, out of ``n_rows``, that neither teach nor test in a fold."""
    return np.setdiff1d(np.arange(n_rows), np.concatenate([fold.train, fold.test]))


def crossed_score(
    true: np.ndarray,
    predicted: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    *,
    folds: Sequence[Split] | None,
    seed: int = 0,
) -> Interval:
    r"""Return the unweighted average recall with its 95 % interval over people *and* stimuli.

    Both are drawn with replacement, and a row counts as often as its person times as often as its
    stimulus (the pigeonhole bootstrap [1]_). An interval over people alone treats the stimuli as
    fixed [2]_: it says how other people would do on *these* sentences, and is far too narrow for
    others.

    Parameters
    ----------
    true, predicted
        Class of each row; rows without one (``""``, -1) are left out.
    first, second
        Who speaks and what is said, or any two groups of each row.
    folds
        The folds that the predictions come from: who is tested in one teaches in others, and the
        interval allows for that (:func:`~jmml_edu.shared_training.widen_for_shared_training`).
        None if the model learned from other people and other stimuli altogether.
    seed
        Decides the draws.

    Returns
    -------
    score
        With the value of each of the first groups. No interval if there are fewer than six of one
        kind.

    Raises
    ------
    InputError
        If the rows do not belong together, or none is left.

    Notes
    -----
    The same few stimuli are tested and teach, so that their luck counts twice. Of 200 simulated
    studies in which the labels of 20 stimuli mean nothing, an interval over people leaves out
    chance in three of four, one over both without the ``folds`` in one of eight, and this one in
    one of thirty (``benchmarks/interval_coverage.py``). Where stimuli do not matter it is about
    twice as wide as it need be. To ask whether there is anything at all, shuffle the labels of
    whole stimuli (:func:`~jmml_edu.permutation.permutation_baseline`).

    References
    ----------
    .. [1] A. B. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007, 386-411.
    .. [2] H. H. Clark, "The language-as-fixed-effect fallacy", Journal of Verbal Learning and
       Verbal Behavior 12, 1973. https://doi.org/10.1016/S0022-5371(73)80014-3

    Examples
    --------
    Everyone is heard right in the sentences a, b and c, and nobody in d, e and f:

    >>> person, sentence = np.repeat(list("123456"), 12), np.tile(list("aabbccddeeff"), 6)
    >>> true = np.tile(["calm", "sad"], 36)
    >>> said = np.where(sentence <= "c", true, np.tile(["sad", "calm"], 36))
    >>> found = crossed_score(true, said, person, sentence, folds=None)
    >>> found.value, found.high - found.low > 0.5
    (0.5, True)
    """
    check_same_rows("crossed_score", true=true, predicted=predicted, first=first, second=second)
    names = np.stack([column.astype(str) for column in (true, predicted, first, second)])
    names = names[:, ~np.isin(names[:2], (UNLABELLED, "-1")).any(axis=0)]
    if not names.size:
        fail(
            "crossed_score", "true and predicted", "name the class of at least one row", "none",
            "Label some rows and predict them.",
        )  # fmt: skip
    people, counts = _counts(*names)
    n_people, n_stimuli = counts.shape[:2]
    value = float(_recall(np.ones((1, n_people)), np.ones((1, n_stimuli)), counts)[0])
    alone = _recall(np.eye(n_people), np.ones((n_people, n_stimuli)), counts)
    low = high = None
    if min(n_people, n_stimuli) >= FEWEST_SUBJECTS:
        rng = np.random.default_rng(seed)
        drawn_people = draw_people(np.zeros(n_people), rng)
        drawn = _recall(drawn_people, draw_people(np.zeros(n_stimuli), rng), counts)
        low, high = (float(end) for end in np.quantile(drawn, [0.025, 0.975]))
    by_person = {str(who): float(one) for who, one in zip(people, alone, strict=True)}
    found = Interval(value, low, high, by_person, (value,))
    with as_told_by("crossed_score"):
        return found if folds is None else widen_for_shared_training(found, folds)


def _counts(
    true: np.ndarray, predicted: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, Int[np.ndarray, "first second true predicted"]]:
    """Return the names of the first groups, and confusion counts of each pair of groups."""
    classes, both = np.unique(np.concatenate([true, predicted]), return_inverse=True)
    people, person = np.unique(first, return_inverse=True)
    stimuli, stimulus = np.unique(second, return_inverse=True)
    counts = np.zeros((len(people), len(stimuli), len(classes), len(classes)), dtype=int)
    np.add.at(counts, (person, stimulus, both[: len(true)], both[len(true) :]), 1)
    return people, counts


def _recall(
    people: Float[np.ndarray, "draw first"],
    stimuli: Float[np.ndarray, "draw second"],
    counts: Int[np.ndarray, "first second true predicted"],
) -> Float[np.ndarray, " draw"]:
    """Return the unweighted average recall of each draw of people and stimuli."""
    drawn = np.einsum("df,ds,fstp->dtp", people, stimuli, counts, optimize=True)
    return unweighted_average_recall(drawn)
