"""Who is in training and who in test: grouped folds, and the draw of the few labels.

Nothing may be fitted, scaled or paired by class before the split.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from jaxtyping import Int

from jmml_edu._checks import check_at_least, check_one_of, check_same_rows, fail
from jmml_edu.data import UNLABELLED, Features, Split

GROUPINGS = ("subject", "speaker", "stimulus", "trial")
"""What can be kept from standing on both sides of a split; speaker is another word for subject."""


def groups_by(features: Features, by: str) -> np.ndarray:
    """Return the group of each row: its subject, stimulus or trial.

    Raises
    ------
    InputError
        If ``by`` is unknown, or the rows do not say what their stimulus is.
    """
    check_one_of("groups_by", GROUPINGS, by=by)
    if by == "trial":
        pairs = zip(features.subjects, features.trials, strict=True)
        return np.array([f"{subject}/{trial}" for subject, trial in pairs], dtype=object)
    groups = features.stimuli if by == "stimulus" else features.subjects
    if (groups == "").any():
        fail(
            "groups_by", by, "be known for every row", f"{(groups == '').sum()} rows without",
            "Split by something that the corpus names.",
        )  # fmt: skip
    return groups


def grouped_folds(
    groups: np.ndarray, labels: np.ndarray, *, n_folds: int, seed: int, by: str = "subject"
) -> list[Split]:
    """Return folds that share no group, with classes as even as groups allow.

    Parameters
    ----------
    groups
        Group of each row.
    labels
        Label of each row; the unlabelled count as a class of their own.
    n_folds
        At least 2, at most the number of groups.
    seed
        Decides who comes into which fold.
    by
        What a group is, kept in the splits for the reader.

    Raises
    ------
    InputError
        If there are fewer groups than folds.
    """
    check_same_rows("grouped_folds", groups=groups, labels=labels)
    _check_n_folds("grouped_folds", groups, n_folds, by)
    fold_of = _deal(groups, labels, n_folds, np.random.default_rng(seed))
    return [
        Split(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold), by)
        for fold in range(n_folds)
    ]


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
    each fold of stimuli. Test rows are those of both; training rows those of neither. The other
    rows know either the person or the stimulus of the test, so they are left out of that fold
    (:func:`rows_left_out`).

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
        Decides who comes into which fold; the first as :func:`grouped_folds` deals them.
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
    An interval over people still treats the stimuli as fixed [1]_: it says nothing about how the
    score changes with other sentences.

    References
    ----------
    .. [1] H. H. Clark, "The language-as-fixed-effect fallacy", Journal of Verbal Learning and
       Verbal Behavior 12, 1973. https://doi.org/10.1016/S0022-5371(73)80014-3

    Examples
    --------
    Four people say the same four sentences; a quarter is tested, a quarter teaches:

    >>> person, sentence = np.repeat(list("abcd"), 4), np.tile(list("wxyz"), 4)
    >>> folds = crossed_folds(person, sentence, person, n_folds=2, seed=0)
    >>> [(len(fold.train), len(fold.test), len(rows_left_out(fold, 16))) for fold in folds]
    [(4, 4, 8), (4, 4, 8), (4, 4, 8), (4, 4, 8)]
    """
    check_same_rows("crossed_folds", first=first, second=second, labels=labels)
    numbers = (n_folds, n_folds) if isinstance(n_folds, int) else n_folds
    for groups, number, name in zip((first, second), numbers, by, strict=True):
        _check_n_folds("crossed_folds", groups, number, name)
    rng = np.random.default_rng(seed)
    fold_of_first = _deal(first, labels, numbers[0], rng)
    fold_of_second = _deal(second, labels, numbers[1], rng)
    folds = []
    for fold in product(range(numbers[0]), range(numbers[1])):
        in_first, in_second = fold_of_first == fold[0], fold_of_second == fold[1]
        test = np.flatnonzero(in_first & in_second)
        if len(test):
            train = np.flatnonzero(~in_first & ~in_second)
            folds.append(Split(train, test, " and ".join(by)))
    _check_something_to_learn_from(folds, by)
    return folds


def rows_left_out(fold: Split, n_rows: int) -> Int[np.ndarray, " row"]:
    """Return the numbers of the rows, out of ``n_rows``, that neither teach nor test in a fold."""
    return np.setdiff1d(np.arange(n_rows), np.concatenate([fold.train, fold.test]))


def _check_n_folds(function: str, groups: np.ndarray, n_folds: int, by: str) -> None:
    """Raise unless there are at least two folds and a group for each."""
    check_at_least(function, 2, n_folds=n_folds)
    if n_folds > len(np.unique(groups)):
        fail(
            function, "n_folds", f"be at most the number of {by}s",
            f"{n_folds} folds for {len(np.unique(groups))}", "Ask for fewer folds.",
        )  # fmt: skip


def _check_something_to_learn_from(folds: list[Split], by: tuple[str, str]) -> None:
    """Raise if all rows outside a fold's test know its people or its stimuli."""
    empty = sum(not len(fold.train) for fold in folds)
    if empty:
        fail(
            "crossed_folds", f"{by[0]}s and {by[1]}s", "leave rows of neither to learn from",
            f"{empty} of {len(folds)} folds without",
            f"Ask for more folds, or split by {by[0]} alone.",
        )  # fmt: skip


def _deal(
    groups: np.ndarray, labels: np.ndarray, n_folds: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the fold of each row: groups come in random order, each to where it unbalances least.

    ``StratifiedGroupKFold`` sorts the groups instead, so that its seed decides next to nothing.
    """
    names, group = np.unique(groups.astype(str), return_inverse=True)
    classes, label = np.unique(labels.astype(str), return_inverse=True)
    # The last column counts rows as if they were a class: folds become even in size, none empty.
    share = np.zeros((len(names), len(classes) + 1))
    np.add.at(share, (group, label), 1 / np.bincount(label)[label])
    share[:, -1] = np.bincount(group) / len(group)
    folds, fold_of = np.zeros((n_folds, share.shape[1])), np.zeros(len(names), dtype=int)
    for number in rng.permutation(len(names)):
        # Adding g to fold x adds 2 x.g + g.g to the sum of squared shares.
        fold_of[number] = (folds @ share[number]).argmin()
        folds[fold_of[number]] += share[number]
    return fold_of[group]


def draw_labels(labels: np.ndarray, *, per_class: int | None, seed: int) -> np.ndarray:
    """Return the labels with all but ``per_class`` of each class hidden.

    ``None`` hides none. A class with fewer keeps what it has.
    """
    if per_class is None:
        return labels
    check_at_least("draw_labels", 1, per_class=per_class)
    rng = np.random.default_rng(seed)
    shown = np.full(len(labels), UNLABELLED, dtype=object)
    for label in sorted(set(labels) - {UNLABELLED}):
        rows = np.flatnonzero(labels == label)
        shown[rng.permutation(rows)[:per_class]] = label
    return shown


def check_classes_can_be_tested(groups: np.ndarray, labels: np.ndarray, *, by: str) -> None:
    """Raise unless there are two classes or more, each in two groups or more."""
    classes = sorted(set(labels) - {UNLABELLED})
    if len(classes) < 2:
        fail(
            "check_classes_can_be_tested", "labels", "name at least two classes", classes,
            "Label more rows, or map the labels to classes differently.",
        )  # fmt: skip
    for label in classes:
        owners = np.unique(groups[labels == label].astype(str))
        if len(owners) < 2:
            fail(
                "check_classes_can_be_tested", f"class {label!r}",
                f"occur with at least two {by}s", f"only {str(owners[0])!r}",
                f"Drop the class or bring another {by}: it cannot be both learned and tested.",
            )  # fmt: skip
