"""What EEG adds where it is there at inference: mixing beside choosing, on people nobody has met.

    python benchmarks/eeg_at_inference.py            # about eight minutes
    python benchmarks/eeg_at_inference.py --quick    # one draw of each world, prints only
    python benchmarks/eeg_at_inference.py --tune     # cautions on other draws, prints only

The road in closed form learns from the SIMULATED samples, with all columns of speech or few, or
from scenarios of :mod:`jmml_edu.scenarios`. Compared is the recall of new people: by speech alone,
by EEG alone, by the one of both that held-out people speak for ("choose"), by both with the share
that they expect ("mix", what the road does), by both alike, and by the best share there is,
which only the test's own labels tell ("best"; nobody can know it).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from unittest import mock

from _side_by_side import Target, report, table, targets_table

# isort: split
import numpy as np
from sklearn.metrics import balanced_accuracy_score

from jmml_edu import JMML
from jmml_edu.data import Pairs
from jmml_edu.late_fusion import CAUTION, mean_share
from jmml_edu.pairing import trial_pairs
from jmml_edu.scenarios import draw_scenario
from jmml_edu.selection import pool
from jmml_edu.sources import read_features
from jmml_edu.splits import draw_labels, grouped_folds

BUDGETS = {"5 labels per class": 5, "25": 25, "all": None}
COLUMNS = {
    "all columns": ("",),
    "rhythm": ("voiced_", "unvoiced_", "pause_", "syllable_"),
    "pitch": ("f0_",),
    "voice quality": ("jitter", "shimmer", "hnr", "h1", "alpha", "hammarberg"),
    "cepstrum": ("mfcc",),
}
SCENARIOS = ("speech nuisance", "weak EEG", "useless EEG", "faked speech")
CAUTIONS = (1, 2, 3, 4, 6, 10)
WAYS = ("speech", "EEG", "choose", "mix", "alike", "best")


@dataclass
class Shares:
    """In place of the road's share: it notes what other rules would have made of the evidence."""

    choose: float = 0.5
    by_caution: list[float] = field(default_factory=list)

    def __call__(self, evidence: Callable[[float], float], n_labels: int) -> float:
        """Return the road's own share."""
        odds = (evidence(1.0) - evidence(0.0)) * n_labels / CAUTION
        self.choose = float(1 / (1 + np.exp(-odds)))
        known = cache(evidence)
        self.by_caution = [mean_share(known, n_labels * CAUTION / one) for one in CAUTIONS]
        return mean_share(known, n_labels)


def recalls(
    train: Pairs, test: Pairs, per_class: int | None, seed: int, *, tune: bool = False
) -> list[float]:
    """Return the recall of new people in each way, or with each caution."""
    classes = np.unique(train.labels.astype(str))
    shown = train.labels.astype(str)
    if per_class is not None:
        shown = draw_labels(train.labels, per_class=per_class, seed=seed)
    labels = np.array([np.searchsorted(classes, label) if label else -1 for label in shown])
    eeg = np.where(train.has_eeg[:, None], train.eeg.values, np.nan)
    shares = Shares()
    with mock.patch("jmml_edu.late_fusion.mean_share", shares):
        road = JMML(step1="none", step2="CCA")
        road.fit(eeg, train.speech.values, labels, train.subjects)
    of_speech = road.predict_proba(test.speech.values, groups=test.subjects)
    of_eeg = road.predict_proba(eeg=test.eeg.values)
    truth = np.searchsorted(classes, test.labels.astype(str))

    def recall(share: float) -> float:
        said = pool([of_speech, of_eeg], [1 - share, share])
        return float(balanced_accuracy_score(truth, said.argmax(axis=1)))

    if tune:
        return [recall(share) for share in (0.0, *shares.by_caution)]
    best = max(recall(share) for share in np.linspace(0, 1, 21))
    mix = road.eeg_voice_.share
    return [*(recall(share) for share in (0.0, 1.0, shares.choose, mix, 0.5)), best]


def worlds(draws: range) -> Iterator[tuple[str, Pairs, Pairs, int]]:
    """Yield the name of each world, its training and test pairs, and which draw it is."""
    eeg, speech = read_features("samples", "eeg"), read_features("samples", "speech")
    for name, starts in COLUMNS.items():
        kept = [n for n, column in enumerate(speech.names) if column.startswith(starts)]
        names = tuple(speech.names[n] for n in kept)
        heard = replace(speech, values=speech.values[:, kept], names=names)
        pairs = trial_pairs(eeg, heard)
        folds = grouped_folds(pairs.subjects, pairs.labels, n_folds=5, seed=0)
        for number in draws:
            fold = folds[number]
            yield f"samples, {name}", pairs.take(fold.train), pairs.take(fold.test), number
    for name in SCENARIOS:
        for seed in draws:
            yield f"scenario: {name}", *draw_scenario(name, seed=seed), seed


def measure(draws: range, *, tune: bool = False) -> dict[tuple[str, str], list[list[float]]]:
    """Return the recalls of each world and number of labels, draw by draw."""
    found: dict[tuple[str, str], list[list[float]]] = {}
    for name, train, test, seed in worlds(draws):
        for budget, per_class in BUDGETS.items():
            print(f"{name}, {budget}, draw {seed} ...", file=sys.stderr)
            found.setdefault((name, budget), []).append(
                recalls(train, test, per_class, seed, tune=tune)
            )
    return found


def tune() -> None:
    """Print what each caution would have given on draws that are not judged."""
    found = [np.mean(draws, axis=0) for draws in measure(range(3, 5), tune=True).values()]
    ahead = 100 * (np.array(found)[:, 1:] - np.array(found)[:, :1])
    rows = [
        [f"{caution:g}", f"{one.mean():+.2f}", f"{one.min():+.2f}"]
        for caution, one in zip(CAUTIONS, ahead.T, strict=True)
    ]
    print(table(["caution", "points ahead of speech alone, mean", "worst world"], rows))


def main(arguments: list[str]) -> None:
    """Compare the ways to join EEG, or cautions."""
    if "--tune" in arguments:
        tune()
        return
    quick = "--quick" in arguments
    found = {
        key: np.mean(draws, axis=0) for key, draws in measure(range(1 if quick else 3)).items()
    }
    rows = [
        [name, budget, *(f"{100 * recall:.1f}" for recall in recalls)]
        for (name, budget), recalls in found.items()
    ]
    every = np.array(list(found.values()))
    rows.append(["mean of all", "", *(f"{100 * recall:.1f}" for recall in every.mean(axis=0))])
    speech, _, choose, mix, alike, _ = every.T
    targets = [
        Target("points that mixing has ahead of choosing, mean", 100 * (mix - choose).mean(), 0.0),
        Target("of both alike, mean", 100 * (mix - alike).mean(), 0.0),
        Target("of speech alone, worst world", 100 * (mix - speech).min(), -2.0),
    ]
    header = ["recall of new people, %", "labels", *WAYS]
    body = f"SIMULATED.\n\n{table(header, rows)}\n\n{targets_table(targets)}"
    command = "python benchmarks/eeg_at_inference.py"
    report("EEG at inference", body, command=command, packages=("numpy", "scipy"), keep=not quick)


if __name__ == "__main__":
    main(sys.argv[1:])
