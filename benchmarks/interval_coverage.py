"""How often do 95 % intervals of cross-validated scores leave out what they are about?

    python benchmarks/interval_coverage.py            # minutes
    python benchmarks/interval_coverage.py --quick    # few studies, prints only

Simulated studies of people, 20 trials each. Where labels mean nothing the interval is about chance,
else about the mean of all studies. `plain` resamples who is tested; `wider` allows for folds that
share who teaches (`jmml_edu.shared_training`); 5 in 100 may miss. `variance / told`: that of the
score over studies, over what plain intervals tell.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from _side_by_side import report, table

# isort: split
import numpy as np

from jmml_edu.classifier import Classifier
from jmml_edu.crossed import crossed_folds, crossed_score
from jmml_edu.data import Split
from jmml_edu.evaluation import counts_by_subject, score
from jmml_edu.results import Interval
from jmml_edu.shared_training import widen_for_shared_training
from jmml_edu.splits import grouped_folds

PACKAGES = ("numpy", "scikit-learn")
TRIALS, CLASSES, COLUMNS = 20, 4, 10
MEANS = np.random.default_rng(99).standard_normal((CLASSES, COLUMNS))
Drawn = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Kind:
    """A kind of study.

    Attributes
    ----------
    signal, own
        How far classes lie apart for everybody, and how far for each person in a way of their own.
    fresh
        Whether each fold learns from people of whom nobody is tested.
    shown
        Labels of each class that teach in each fold; None: all.
    """

    people: int = 24
    folds: int = 5
    signal: float = 0.0
    own: float = 0.0
    fresh: bool = False
    shown: int | None = None

    def __str__(self) -> str:
        told = f"{self.people} people, {self.folds} folds"
        told += ", others teach" if self.fresh else ""
        told += f", {self.shown} labels" if self.shown else ""
        return told + (f", signal {self.signal:g}, own {self.own:g}" if self.signal else "")


NULL = (
    Kind(), Kind(people=12), Kind(people=48), Kind(folds=2), Kind(folds=10), Kind(folds=24),
    Kind(shown=10), Kind(fresh=True), Kind(people=12, fresh=True),
)  # fmt: skip
SIGNAL = (
    Kind(signal=0.1), Kind(signal=0.3), Kind(signal=0.3, own=0.3),
    Kind(people=12, signal=0.3, own=0.3), Kind(signal=0.6, own=0.6),
)  # fmt: skip


def draw(kind: Kind, rng: np.random.Generator) -> Drawn:
    """Return features, class numbers and people of a study."""
    who = np.repeat(np.arange(kind.people), TRIALS)
    number = rng.integers(CLASSES, size=len(who))
    values = rng.standard_normal((len(who), COLUMNS))
    values += 0.5 * rng.standard_normal((kind.people, COLUMNS))[who] + kind.signal * MEANS[number]
    values += kind.own * rng.standard_normal((kind.people, CLASSES, COLUMNS))[who, number]
    return values, number, who


def study(kind: Kind, seed: int) -> tuple[Interval, Interval]:
    """Return the interval of a study, plain and wider."""
    rng = np.random.default_rng(seed)
    values, number, who = draw(kind, rng)
    folds = grouped_folds(who, number, n_folds=kind.folds, seed=seed)
    said = np.empty_like(number)
    for fold in folds:
        teaching, taught, _ = draw(kind, rng) if kind.fresh else (values, number, who)
        rows = fold.train
        if kind.shown:
            by_class = [rng.permutation(rows[taught[rows] == one]) for one in range(CLASSES)]
            rows = np.concatenate([one[: kind.shown] for one in by_class])
        said[fold.test] = Classifier(teaching[rows], taught[rows]).predict(values[fold.test])
    people = [str(one) for one in range(kind.people)]
    counts = counts_by_subject(
        number.astype(str), said.astype(str), who.astype(str),
        people=people, classes=[str(one) for one in range(CLASSES)],
    )  # fmt: skip
    plain = score(counts[None], people, seed=seed)
    return plain, widen_for_shared_training(plain, folds, shown=_share(kind, folds))


def _share(kind: Kind, folds: Sequence[Split]) -> float:
    """Return the share of labels that teach somebody who is tested."""
    if kind.fresh:
        return 0.0
    if kind.shown is None:
        return 1.0
    return CLASSES * kind.shown / float(np.mean([len(fold.train) for fold in folds]))


def stimulus_study(
    seed: int, *, matter: float = 1.5, people_alone: bool = False
) -> tuple[Interval, Interval]:
    """Return both intervals of 20 people and 20 stimuli whose labels mean nothing.

    ``matter`` is how far stimuli lie apart; ``people_alone`` resamples people, not stimuli too.
    """
    rng = np.random.default_rng(seed)
    who, what = np.repeat(np.arange(20), 20), np.tile(np.arange(20), 20)
    label = rng.permutation(np.arange(20) % 2)[what]
    values = rng.standard_normal((400, 5)) + matter * rng.standard_normal((20, 5))[what]
    folds = crossed_folds(who, what, label, n_folds=5, seed=seed)
    said = np.empty_like(label)
    for fold in folds:
        learned = Classifier(values[fold.train], label[fold.train])
        said[fold.test] = learned.predict(values[fold.test])
    told = label.astype(str), said.astype(str)
    if not people_alone:
        plain, wider = (crossed_score(*told, who, what, folds=one) for one in (None, folds))
        return plain, wider
    people = [str(one) for one in range(20)]
    counts = counts_by_subject(*told, who.astype(str), people=people, classes=["0", "1"])
    plain = score(counts[None], people, seed=seed)
    return plain, widen_for_shared_training(plain, folds)


STIMULI = {
    "over both": stimulus_study,
    "over people": partial(stimulus_study, people_alone=True),
    "over both, all alike": partial(stimulus_study, matter=0.0),
}


def coverage(
    name: str,
    one: Callable[[int], tuple[Interval, Interval]],
    n_studies: int,
    about: float | None,
) -> list[str]:
    """Return a row: how often both intervals leave out ``about``, or the mean of all studies."""
    found = [one(seed) for seed in range(n_studies)]
    values = np.array([plain.value for plain, _ in found])
    target = values.mean() if about is None else about
    ends = np.array([[(each.low, each.high) for each in both] for both in found], dtype=float)
    missed = ((target < ends[..., 0]) | (target > ends[..., 1])).mean(axis=0)
    told = ((np.diff(ends[:, 0]) / 2 / 1.96) ** 2).mean()
    return [
        name, str(n_studies), f"{100 * values.mean():.1f}", f"{values.var() / told:.2f}",
        *(f"{100 * share:.1f}" for share in missed),
    ]  # fmt: skip


def main(arguments: list[str]) -> None:
    """Measure all kinds and report them."""
    quick = "--quick" in arguments
    many, fewer = (20, 10) if quick else (600, 200)
    rows = [
        coverage(str(kind), lambda seed, kind=kind: study(kind, seed), many, about)
        for about, kinds in ((1 / CLASSES, NULL), (None, SIGNAL))
        for kind in kinds
    ]
    for name, one in STIMULI.items():
        rows.append(coverage(f"20 people x 20 stimuli, {name}", one, fewer, 0.5))
    header = ["", "studies", "mean, %", "variance / told", "plain misses, %", "wider misses, %"]
    report(
        "Intervals of cross-validated scores",
        table(header, rows),
        command="python benchmarks/interval_coverage.py",
        packages=PACKAGES,
        keep=not quick,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
