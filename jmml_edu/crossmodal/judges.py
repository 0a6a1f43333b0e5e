"""People who are held out, and what they say of codes that others have taught."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool
from numpy.typing import ArrayLike
from sklearn.metrics import recall_score

from jmml_edu._checks import check_same_rows, fail
from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.columns import column_correlations
from jmml_edu.crossmodal.turns import final_turn
from jmml_edu.linear.two_views import Code
from jmml_edu.missing import Matrix, has_all, has_some

FEWEST_LABELS = 20
"""Per class, among those who learn and among those who judge; with fewer their recall is too noisy
to stop by."""


def check_labels(labels: Labels, eeg: Matrix) -> None:
    """Raise unless there is one class number for each row."""
    check_same_rows("", eeg=eeg, labels=labels)
    if labels.ndim != 1:
        fail(
            "", "labels", "be one number for each row", labels.shape,
            "Pass class numbers, -1 where hidden.",
        )  # fmt: skip


def draw_judges(
    views: Mapping[str, Matrix], groups: ArrayLike | None, share: float, seed: int
) -> Bool[np.ndarray, " row"]:
    """Return which rows only judge: all rows of some people (of some rows, without groups)."""
    paired = has_some(views["eeg"]) & has_some(views["speech"])
    who = np.arange(len(paired)) if groups is None else np.asarray(groups)
    people = np.unique(who[paired])
    if share and len(people) < 2:
        fail(
            "", "held_out", "be 0 where fewer than two people have both views", share,
            "Bring more people, or set held_out=0.",
        )  # fmt: skip
    n_judges = min(max(round(share * len(people)), 1), len(people) - 1) if share else 0
    judges = np.random.default_rng(seed).permutation(people)[:n_judges]
    return np.isin(who, judges)


def labels_to_judge_by(
    labels: Labels | None, speech: Matrix, judging: Bool[np.ndarray, " row"]
) -> Labels | None:
    """Return the labels of rows with speech; None if they are too few to choose an epoch by."""
    if labels is None:
        return None
    labels = np.where(has_all(speech), labels, HIDDEN)
    enough = _enough_labels(labels[judging]) and _enough_labels(labels[~judging])
    return labels if enough else None


def judge(
    raw: Mapping[str, Matrix], labels: Labels | None, judging: Bool[np.ndarray, " row"]
) -> dict[str, float]:
    """Return total correlation of held-out rows, and before it their recall if labels tell it.

    ``raw`` is what the encoders say of all rows; those that do not judge turn it into components.
    """
    turns, _ = final_turn({name: one[~judging] for name, one in raw.items()})
    codes = [turns[name].apply(raw[name]) for name in ("eeg", "speech")]
    both = judging & has_all(codes[0]) & has_all(codes[1])
    scores = {"correlation": float(column_correlations(codes[0][both], codes[1][both]).sum())}
    if labels is not None:
        scores = {"recall": _recall(codes[1], labels, judging)} | scores
    return scores


def _recall(codes: Code, labels: Labels, judging: Bool[np.ndarray, " row"]) -> float:
    """Return how well labelled speech codes of the others recognise those who judge."""
    known = (labels != HIDDEN) & has_all(codes)
    learned = Classifier(codes[known & ~judging], labels[known & ~judging])
    true, said = labels[known & judging], learned.predict(codes[known & judging])
    return float(recall_score(true, said, labels=np.unique(true), average="macro"))


def _enough_labels(labels: Labels) -> bool:
    """Return whether recall on these rows is worth something."""
    _, counts = np.unique(labels[labels != HIDDEN], return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= FEWEST_LABELS
