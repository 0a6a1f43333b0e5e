"""Does EEG at training time help, and does it never hurt? Twelve scenarios, several label budgets.

    python benchmarks/scenarios.py            # ten seeds: hours; stopped, it goes on
    python benchmarks/scenarios.py --show     # what has been measured so far, prints only

Each seed draws ears, people, pairs and labels anew; the seeds from 100 on judge, and no setting was
chosen by looking at them. Scores are unweighted average recalls on 16 new people, speech alone.
Intervals resample people and seeds. Regret is what the default loses against the better of
``EEGFree`` and the closed form.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import process_time

from _side_by_side import Target, report, table, targets_table

# isort: split
import numpy as np

from jmml_edu.classifier import Classifier
from jmml_edu.columns import column_correlations
from jmml_edu.data import Pairs
from jmml_edu.eeg_free import EEGFree
from jmml_edu.encoders import SharedSpace
from jmml_edu.evaluation import confusion_counts, gain, unweighted_average_recall
from jmml_edu.missing import Scaler
from jmml_edu.pairing import one_hot_pairs, shuffled_within_subject
from jmml_edu.pipeline import JMML
from jmml_edu.scenarios import SCENARIOS, draw_scenario
from jmml_edu.splits import draw_labels

PACKAGES = ("numpy", "scipy", "torch", "scikit-learn")
BUDGETS = (5, 10, 25, None)
FIRST_SEED = 100
STEP1_SEEDS = 2  # the ablation of step 1 needs fewer
CACHE = Path(__file__).with_name("scenarios_cache")
Row = dict[str, object]


def roads(scenario: str, seed: int) -> dict[str, EEGFree]:
    """Return what is compared in a scenario; the last ones on pairs that are not the true ones."""
    chosen: dict[str, EEGFree] = {
        "EEG-free": EEGFree(seed=seed),
        "closed form": JMML(step1="none", step2="CCA", seed=seed),
        "two steps": JMML(seed=seed),
    }
    if seed < FIRST_SEED + STEP1_SEEDS:
        chosen["step 1, closed form"] = JMML(step1="JEC-SSL", step2="CCA", seed=seed)
    if scenario in ("speech nuisance", "useless EEG"):
        chosen["shuffled"] = JMML(seed=seed)
    if scenario == "class pairs":
        chosen["one-hot labels"] = JMML(step1="none", step2="CCA", seed=seed)
    return chosen


def measure(scenario: str, seed: int) -> list[Row]:
    """Return the confusion counts of every method at every label budget."""
    train, test = draw_scenario(scenario, seed=seed)
    classes = train.speech.classes
    rows = []
    for budget in BUDGETS:
        shown = draw_labels(train.labels, per_class=budget, seed=seed)
        labels = np.array([classes.index(label) if label else -1 for label in shown])
        told = told_pairs(train, labels)
        chosen = roads(scenario, seed)
        for method, road in {"speech": None, **chosen}.items():
            # The default learns everything itself: it is timed. The others take over what they can.
            free = None if method in {"EEG-free", "two steps"} else chosen["EEG-free"]
            begin = process_time()
            said = predict(road, method, told, labels, test, seed, free)
            rows.append({
                "scenario": scenario, "seed": seed, "labels": budget, "method": method,
                "counts": counts_by_person(test, said, classes),
                "seconds": process_time() - begin,
                "choice": getattr(road, "choice_", ""),
                "step1": getattr(road, "step1_", ""),
                "epochs": getattr(road, "epochs_", 0),
                "p": getattr(road, "sharing_p_", None),
                "correlation": held_out_correlation(told, test),
            })  # fmt: skip
    return rows


def told_pairs(train: Pairs, labels: np.ndarray) -> Pairs:
    """Return the training pairs; pairs joined by class exist only where the label is shown."""
    speech = replace(train.speech, labels=np.where(labels >= 0, train.labels, ""))
    told = replace(train, speech=speech)
    if train.kind == "trial":
        return told
    known = labels >= 0
    values = np.where(known[:, None], train.eeg.values, np.nan)
    return replace(told, eeg=replace(train.eeg, values=values), has_eeg=known)


def predict(
    road: EEGFree | None,
    method: str,
    train: Pairs,
    labels: np.ndarray,
    test: Pairs,
    seed: int,
    free: EEGFree | None,
) -> np.ndarray:
    """Return the class numbers that a method gives to the speech of new people."""
    speech, people = train.speech.values, train.subjects
    if road is None:
        scaler, known = Scaler.of(speech), labels >= 0
        plain = Classifier(scaler.apply(speech[known]), labels[known])
        return plain.predict(scaler.apply(test.speech.values))
    if not isinstance(road, JMML):
        road.fit(speech, labels, people)
    else:
        if method == "shuffled":
            train = shuffled_within_subject(train, seed=seed)
        if method == "one-hot labels":
            train = one_hot_pairs(train)
        road.fit(train.eeg.values, speech, labels, people, free=free)
    return road.predict(test.speech.values, groups=test.subjects)


def counts_by_person(test: Pairs, said: np.ndarray, classes: tuple[str, ...]) -> list[object]:
    """Return the confusion counts of each test person."""
    names = np.array(classes, dtype=object)[said]
    return [
        confusion_counts(
            test.labels[test.subjects == who], names[test.subjects == who], classes=classes
        ).tolist()
        for who in sorted(set(test.subjects))
    ]


def held_out_correlation(train: Pairs, test: Pairs) -> float:
    """Return the sum of the closed form's six correlations on new people."""
    eeg, speech = Scaler.of(train.eeg.values), Scaler.of(train.speech.values)
    space = SharedSpace().fit(
        eeg.apply(train.eeg.values), speech.apply(train.speech.values), train.subjects
    )
    there = test.has_eeg
    codes = (
        space.encode_eeg(eeg.apply(test.eeg.values[there])),
        space.encode_all(speech.apply(test.speech.values[there])),
    )
    return float(column_correlations(*codes).sum())


def measure_all(n_seeds: int) -> None:
    """Measure what has not been measured yet, seed by seed, on all cores."""
    CACHE.mkdir(exist_ok=True)
    jobs = [
        (scenario, FIRST_SEED + seed)
        for seed in range(n_seeds)
        for scenario in SCENARIOS
        if not (CACHE / f"{scenario} {FIRST_SEED + seed}.json").exists()
    ]
    with ProcessPoolExecutor() as pool:
        for _ in pool.map(measure_one, jobs):
            pass


def measure_one(job: tuple[str, int]) -> None:
    """Measure one scenario with one seed and keep what was found."""
    scenario, seed = job
    rows = measure(scenario, seed)
    file = CACHE / f"{scenario} {seed}.json"
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(rows))
    unfinished.replace(file)
    print(f"{scenario}, seed {seed}", flush=True)


class Scores:
    """What has been measured, by scenario, label budget and method."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int | None, str], list[Row]] = defaultdict(list)
        for file in sorted(CACHE.glob("*.json")):
            for row in json.loads(file.read_text()):
                self.rows[row["scenario"], row["labels"], row["method"]].append(row)

    def counts(self, scenario: str, budget: int | None, method: str) -> np.ndarray:
        """Return confusion counts, seed x person x true x predicted."""
        return np.array([row["counts"] for row in self.rows[scenario, budget, method]])

    def recall(self, scenario: str, budget: int | None, method: str) -> float:
        """Return the mean over seeds of the recall pooled over people."""
        pooled = self.counts(scenario, budget, method).sum(axis=1)
        return float(unweighted_average_recall(pooled).mean())

    def gain(
        self, scenario: str, budget: int | None, first: str, second: str
    ) -> tuple[float, float, float]:
        """Return a difference of recalls and its interval."""
        tables = [self.counts(scenario, budget, name) for name in (first, second)]
        fewest = min(map(len, tables))
        tables = [one[:fewest] for one in tables]
        found = gain(*tables, [str(person) for person in range(tables[0].shape[1])])
        assert found.low is not None
        assert found.high is not None
        return found.value, found.low, found.high

    def mean(self, scenario: str, budget: int | None, method: str, name: str) -> float:
        """Return the mean over seeds of what was noted beside the counts."""
        return float(np.mean([row[name] for row in self.rows[scenario, budget, method]]))


def said_recalls(scores: Scores) -> Iterator[list[str]]:
    """Yield a line of the table of recalls for each scenario and budget."""
    for number, scenario in enumerate(SCENARIOS, start=1):
        for budget in BUDGETS:
            names = ("speech", "EEG-free", "closed form", "two steps", "step 1, closed form")
            told = [100 * scores.recall(scenario, budget, name) for name in names]
            value, low, high = scores.gain(scenario, budget, "two steps", "EEG-free")
            n_seeds = len(scores.rows[scenario, budget, "two steps"])
            yield [
                f"{number} {scenario}", str(budget or "all"), str(n_seeds),
                *(f"{one:.1f}" for one in told),
                f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})",
                f"{scores.mean(scenario, budget, 'two steps', 'seconds'):.0f}",
            ]  # fmt: skip


def regret(scores: Scores, scenario: str, budget: int | None) -> float:
    """Return what the default loses against the better of EEG-free and the closed form."""
    others = [scores.recall(scenario, budget, name) for name in ("EEG-free", "closed form")]
    return max(others) - scores.recall(scenario, budget, "two steps")


def targets(scores: Scores) -> list[Target]:
    """Return what the road was to reach."""
    free = scores.gain("speech nuisance", 10, "two steps", "EEG-free")
    shuffled = scores.gain("speech nuisance", 10, "shuffled", "EEG-free")
    over_shuffled = scores.gain("speech nuisance", 10, "two steps", "shuffled")
    useless = scores.gain("useless EEG", 10, "two steps", "EEG-free")
    one_hot = scores.gain("class pairs", None, "two steps", "one-hot labels")
    few = [regret(scores, name, budget) for name in SCENARIOS for budget in (5, 10)]
    many = [regret(scores, name, budget) for name in SCENARIOS for budget in (25, None)]
    correlation = [
        scores.mean(name, 25, "closed form", "correlation")
        for name in ("shared nuisance", "speech nuisance")
    ]
    return [
        Target("1, 10 labels: two steps - EEG-free", free[0], at_least=0.05),
        Target("1, 10 labels: lower end of that interval", free[1], at_least=0.0),
        Target(
            "1, 10 labels: two steps - closed form",
            scores.gain("speech nuisance", 10, "two steps", "closed form")[0],
            at_least=-0.01,
        ),
        Target("1, 10 labels: shuffled, lower end", shuffled[1], at_most=0.0),
        Target("1, 10 labels: shuffled, upper end", shuffled[2], at_least=0.0),
        Target("1, 10 labels: two steps - shuffled, lower end", over_shuffled[1], at_least=0.05),
        Target(
            "3, 10 labels: two steps - closed form",
            scores.gain("curved views", 10, "two steps", "closed form")[0],
            at_least=0.03,
        ),
        Target(
            "4, 25 labels: two steps - EEG-free",
            scores.gain("shared nuisance", 25, "two steps", "EEG-free")[0],
            at_least=-0.02,
        ),
        Target(
            "4, 25 labels: correlation of new people, less that of 1",
            correlation[0] - correlation[1],
            at_least=0.0,
        ),
        Target("8, 10 labels: lower end of the gain", useless[1], at_most=0.0),
        Target("11, all labels: two steps - one-hot, upper end", one_hot[2], at_most=0.02),
        Target("5 and 10 labels: mean regret", float(np.mean(few)), at_most=0.03),
        Target("5 and 10 labels: worst regret", float(np.max(few)), at_most=0.06),
        Target("25 and all labels: mean regret", float(np.mean(many)), at_most=0.01),
        Target("25 and all labels: worst regret", float(np.max(many)), at_most=0.03),
    ]


def main() -> None:
    """Measure, then say or write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--show", action="store_true", help="show what there is, measure nothing")
    arguments = parser.parse_args()
    if not arguments.show:
        measure_all(arguments.seeds)
    scores = Scores()
    header = [
        "scenario", "labels", "seeds", "speech", "EEG-free", "closed form", "two steps",
        "step 1 alone", "gain over EEG-free", "s",
    ]  # fmt: skip
    body = "\n\n".join([
        "Recalls in %, regrets as fractions. `speech`: plain features. `step 1 alone`: JEC-SSL and"
        f" then the closed form, {STEP1_SEEDS} seeds. `s`: CPU seconds of one fit of the default.",
        table(header, list(said_recalls(scores))),
        targets_table(targets(scores)),
    ])  # fmt: skip
    report(
        "Two steps in twelve scenarios",
        body,
        command=f"python benchmarks/scenarios.py --seeds {arguments.seeds}",
        packages=PACKAGES,
        keep=not arguments.show,
    )


if __name__ == "__main__":
    main()
