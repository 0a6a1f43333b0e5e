"""Choosing a method and judging it, on people who took no part in the choice.

Candidates, features, labels and groups go in. Nested cross-validation picks a candidate on training
people alone and judges it on others; a ``NestedScore`` comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, clone

from jmml_edu._checks import as_told_by, check_at_least, check_same_rows, fail, fail_type
from jmml_edu.data import UNLABELLED, Split
from jmml_edu.evaluation import (
    Counts,
    confusion_counts,
    counts_by_subject,
    score,
    unweighted_average_recall,
)
from jmml_edu.results import Interval
from jmml_edu.shared_training import widen_for_shared_training
from jmml_edu.splits import check_classes_can_be_tested, grouped_folds

_HIDDEN = (UNLABELLED, "-1")  # as the nouns have it, and as scikit-learn has it


@dataclass(frozen=True, eq=False)
class NestedScore:
    """What was chosen in each outer fold, and what it was worth.

    Attributes
    ----------
    score
        Unweighted average recall on outer people, with its 95 % interval over people, those who
        are tested and those who teach.
    counts
        Confusion counts behind it; people and classes in sorted order.
    classes
        Their names.
    chosen
        Name of the candidate that was chosen, one per outer fold.
    inner_scores
        Inner unweighted average recall of each candidate, one per outer fold.
    """

    score: Interval
    counts: Counts
    classes: tuple[str, ...]
    chosen: tuple[str, ...]
    inner_scores: Mapping[str, tuple[float, ...]]

    @property
    def people(self) -> tuple[str, ...]:
        """The people in the order of the counts."""
        return tuple(self.score.by_subject)

    @property
    def optimistic_score(self) -> float:
        """Mean inner score of what was chosen: the number that is *not* to be reported.

        It is the largest of several, and the largest is partly the luckiest.
        """
        best = [self.inner_scores[name][fold] for fold, name in enumerate(self.chosen)]
        return float(np.mean(best))


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows that belong together; labels and groups are strings."""

    values: np.ndarray
    labels: np.ndarray
    groups: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> _Rows:
        """Return checked rows."""
        check_same_rows("", values=values, labels=labels, groups=groups)
        return cls(values, labels.astype(str).astype(object), groups.astype(str))

    @property
    def labelled(self) -> np.ndarray:
        """Which rows have a label."""
        return ~np.isin(self.labels, _HIDDEN)

    def take(self, rows: np.ndarray) -> _Rows:
        """Return the chosen rows."""
        return _Rows(self.values[rows], self.labels[rows], self.groups[rows])


def nested_cross_validation(
    candidates: Mapping[str, BaseEstimator],
    values: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    *,
    n_folds: int = 5,
    inner_folds: int = 5,
    seed: int = 0,
) -> NestedScore:
    """Return the score, on new people, of "try all of these and keep the best".

    Two loops over people. In each outer fold the candidates are compared by cross-validation of the
    *training* people; the best one then learns from all of these, and says what the outer people
    are. The outer score judges the choosing too, so trying more candidates cannot raise it by
    luck [1]_ [2]_.

    Parameters
    ----------
    candidates
        scikit-learn classifiers by name; they are cloned, never changed. Whatever learns, such as
        scaling, belongs into the candidate: ``make_pipeline(StandardScaler(), ...)``. The first of
        equally good ones is chosen.
    values
        One row per sample, as the candidates take it.
    labels
        Class names or numbers. Rows without a label (``""`` or -1) are left out altogether: to most
        classifiers -1 is a class like any other.
    groups
        Whose each row is. Nobody is on two sides of any split, outer or inner.
    n_folds, inner_folds
        Outer folds; inner folds, fewer where there are fewer training people.
    seed
        Decides all folds. Randomness of a candidate is set in the candidate.

    Raises
    ------
    InputError
        If the rows do not belong together, a class occurs with one person only, there are fewer
        people than folds, or fewer than two to learn from.
    TypeError
        If a candidate is not a classifier.

    Notes
    -----
    Scores are pooled: recalls of all held-out rows together, inner and outer. Where the rows to
    learn from show one class only, all people are said to be of that class.

    Folds share most of who teaches, and the interval allows for that
    (:func:`~jmml_edu.shared_training.widen_for_shared_training`): it is right or somewhat too
    wide. Ask :func:`~jmml_edu.permutation.permutation_baseline` whether there is anything at all.

    References
    ----------
    .. [1] S. Varma, R. Simon, "Bias in error estimation when using cross-validation for model
       selection", BMC Bioinformatics 7:91, 2006. https://doi.org/10.1186/1471-2105-7-91
    .. [2] G. C. Cawley, N. L. C. Talbot, "On over-fitting in model selection and subsequent
       selection bias in performance evaluation", Journal of Machine Learning Research 11, 2010.
       https://jmlr.org/papers/v11/cawley10a.html

    Examples
    --------
    The only column is the class; one candidate looks at it, one does not:

    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> labels, people = np.tile(["calm", "sad"], 30), np.repeat(list("abcdef"), 10)
    >>> values = (labels == "sad").astype(float)[:, None]
    >>> candidates = {"blind": DummyClassifier(), "nearest": KNeighborsClassifier(1)}
    >>> found = nested_cross_validation(candidates, values, labels, people, n_folds=3)
    >>> found.chosen, found.score.value
    (('nearest', 'nearest', 'nearest'), 1.0)
    """
    with as_told_by("nested_cross_validation"):
        _check_candidates("nested_cross_validation", candidates)
        rows = _Rows.of(values, labels, groups)
        rows = rows.take(rows.labelled)
        check_classes_can_be_tested(rows.groups, rows.labels, by="group")
        outer = grouped_folds(rows.groups, rows.labels, n_folds=n_folds, seed=seed, by="group")
        inner = [_inner_folds(rows.take(fold.train), inner_folds, seed) for fold in outer]
    said = rows.labels.copy()
    chosen, inner_scores = [], []
    for fold, parts in zip(outer, inner, strict=True):
        training = rows.take(fold.train)
        found = {name: _recall(one, training, parts) for name, one in candidates.items()}
        chosen.append(max(found, key=lambda name: found[name]))
        inner_scores.append(found)
        said[fold.test] = _predict(candidates[chosen[-1]], rows, fold)
    return _summary(rows, said, outer, chosen, inner_scores)


def cross_validated_predictions(
    candidate: BaseEstimator, values: np.ndarray, labels: np.ndarray, splits: Sequence[Split]
) -> np.ndarray:
    """Return what one classifier says of the test rows of any splits, as strings.

    Nothing is chosen here. Each split has a fresh copy. Unlabelled rows (``""`` or -1) do not
    teach; rows that no split tests have ``""``.

    Raises
    ------
    InputError
        If the rows do not belong together, or a split leaves no labelled row to learn from.
    TypeError
        If the candidate is not a classifier.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> values, labels = np.array([[0.0], [1.0], [0.1], [0.9]]), np.array(["a", "b", "a", "b"])
    >>> split = Split(train=np.array([0, 1]), test=np.array([2, 3]), by="trial")
    >>> cross_validated_predictions(KNeighborsClassifier(1), values, labels, [split]).tolist()
    ['', '', 'a', 'b']
    """
    with as_told_by("cross_validated_predictions"):
        _check_candidates("cross_validated_predictions", {"candidate": candidate})
        rows = _Rows.of(values, labels, labels)
        splits = _labelled_parts(splits, rows.labelled)
    tested, told = _held_out(candidate, rows, splits)
    said = np.full(len(labels), UNLABELLED, dtype=object)
    said[tested] = told
    return said


def _check_candidates(function: str, candidates: Mapping[str, BaseEstimator]) -> None:
    """Raise unless there is a candidate and each can fit and predict."""
    if not candidates:
        fail("", "candidates", "name at least one classifier", "none", "Pass {'name': classifier}.")
    for name, candidate in candidates.items():
        if not (hasattr(candidate, "fit") and hasattr(candidate, "predict")):
            fail_type(
                function, f"candidate {name!r}", "have fit and predict",
                type(candidate).__name__, "Pass a scikit-learn classifier.",
            )  # fmt: skip


def _labelled_parts(splits: Sequence[Split], labelled: np.ndarray) -> list[Split]:
    """Return splits whose training rows are labelled."""
    parts = [Split(fold.train[labelled[fold.train]], fold.test, fold.by) for fold in splits]
    without = sum(not len(fold.train) for fold in parts)
    if without or not parts:
        fail(
            "", "splits", "each leave labelled rows to learn from",
            f"{without} of {len(parts)} without", "Label more rows, or split otherwise.",
        )  # fmt: skip
    return parts


def _inner_folds(training: _Rows, n_folds: int, seed: int) -> list[Split]:
    """Return the folds in which training people choose."""
    check_at_least("", 2, inner_folds=n_folds)
    people = len(np.unique(training.groups))
    if people < 2:
        fail(
            "", "groups", "leave two or more to learn from in every fold", people,
            "Bring more people, or ask for more folds.",
        )  # fmt: skip
    n_folds = min(n_folds, people)
    return grouped_folds(training.groups, training.labels, n_folds=n_folds, seed=seed)


def _recall(candidate: BaseEstimator, rows: _Rows, folds: Sequence[Split]) -> float:
    """Return the unweighted average recall of all held-out rows together."""
    tested, said = _held_out(candidate, rows, folds)
    counts = confusion_counts(rows.labels[tested], said, classes=sorted(set(rows.labels)))
    return float(unweighted_average_recall(counts))


def _held_out(
    candidate: BaseEstimator, rows: _Rows, folds: Sequence[Split]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the tested rows of all folds, and what is said of them."""
    said = [_predict(candidate, rows, fold) for fold in folds]
    return np.concatenate([fold.test for fold in folds]), np.concatenate(said)


def _predict(candidate: BaseEstimator, rows: _Rows, fold: Split) -> np.ndarray:
    """Return what a fresh copy, learned from a fold's training rows, says of its test rows."""
    learned = rows.labels[fold.train]
    if len(set(learned)) < 2:
        return np.full(len(fold.test), learned[0])
    fitted = clone(candidate).fit(rows.values[fold.train], learned)
    return np.asarray(fitted.predict(rows.values[fold.test])).astype(str)


def _summary(
    rows: _Rows,
    said: np.ndarray,
    outer: Sequence[Split],
    chosen: Sequence[str],
    inner: Sequence[Mapping[str, float]],
) -> NestedScore:
    """Return the numbers of a finished run."""
    people, classes = sorted(set(rows.groups)), tuple(sorted(set(rows.labels)))
    counts = counts_by_subject(rows.labels, said, rows.groups, people=people, classes=classes)
    return NestedScore(
        score=widen_for_shared_training(score(counts[None], people), outer),
        counts=counts[None],
        classes=classes,
        chosen=tuple(chosen),
        inner_scores={name: tuple(fold[name] for fold in inner) for name in inner[0]},
    )
