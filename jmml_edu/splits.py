"""Who is in training and who in test: grouped folds, and the draw of the few labels.

Nothing may be fitted, scaled or paired by class before the split.
"""

from __future__ import annotations

import numpy as np

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
    check_at_least("grouped_folds", 2, n_folds=n_folds)
    if n_folds > len(np.unique(groups)):
        fail(
            "grouped_folds", "n_folds", f"be at most the number of {by}s",
            f"{n_folds} folds for {len(np.unique(groups))}", "Ask for fewer folds.",
        )  # fmt: skip
    fold_of = _deal(groups, labels, n_folds, np.random.default_rng(seed))
    return [
        Split(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold), by)
        for fold in range(n_folds)
    ]


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
