"""Comparisons that nobody ran: plausible numbers for the tests of figures and pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jmml_edu.data import PairKind, Provenance
from jmml_edu.results import (
    GAINS,
    METHODS,
    TIERS,
    Comparison,
    Difference,
    Interval,
    LatentCodes,
    Plan,
)

SIMULATED = Provenance(
    "samples made by a program", simulated=True, steps=("128 Hz", "eGeMAPS-like")
)

ROAD = tuple(TIERS["road"])
RECORDED = Provenance("nemo_3spk + sizecontemo", simulated=False)

Ends = tuple[float, float] | None


def interval(
    value: float, ends: Ends, people: int, seeds: int, rng: np.random.Generator
) -> Interval:
    """An interval with people and seeds scattered around its value."""
    who = {f"s{i + 1:02d}": float(value + 0.05 * rng.normal()) for i in range(people)}
    each = tuple(float(value + 0.01 * rng.normal()) for _ in range(seeds))
    return Interval(value, *(ends or (None, None)), who, each)


def latent_codes(
    classes: tuple[str, ...], *, pairs: int, dim: int, separation: float, seed: int = 0
) -> LatentCodes:
    """Two views of a shared latent whose class means lie on a circle."""
    rng = np.random.default_rng(seed)
    which = rng.integers(0, len(classes), pairs)
    angle = 2 * np.pi * which / len(classes) + 0.6
    shared = rng.normal(size=(pairs, dim))
    shared[:, :2] += separation * np.column_stack([np.cos(angle), np.sin(angle)])[:, :dim]
    return LatentCodes(
        eeg=shared + 0.9 * rng.normal(size=(pairs, dim)),
        speech=shared + 0.5 * rng.normal(size=(pairs, dim)),
        labels=np.array([classes[i] for i in which], dtype=object),
        subjects=np.array([f"s{i % 24 + 1:02d}" for i in range(pairs)], dtype=object),
        held_out=np.arange(pairs) % 24 < 5,
        train_correlations=np.linspace(0.74, 0.31, dim),
        held_out_correlations=np.linspace(0.66, 0.04, dim),
    )


def comparison(
    scores: tuple[float, ...],
    half_widths: tuple[float, ...],
    classes: tuple[str, ...],
    plan: Plan,
    latent: LatentCodes,
    *,
    seed: int = 0,
) -> Comparison:
    """A comparison with these scores; ``half_widths`` of scores and gains, empty for none."""
    rng = np.random.default_rng(seed)
    n, s = plan.n_people, len(plan.seeds)
    wide, narrow = half_widths or (None, None)
    methods = {
        name: interval(value, wide and (value - wide, value + wide), n, s, rng)
        for name, value in zip(ROAD, scores, strict=True)
    }
    differences = {a: methods[b].value - methods[c].value for a, (b, c) in GAINS.items()}
    gains = {
        name: interval(value, narrow and (value - narrow, value + narrow), n, s, rng)
        for name, value in differences.items()
    }
    counts = {
        name: confusion(value, len(classes)) for name, value in zip(ROAD, scores, strict=True)
    }
    return Comparison(
        methods, gains, {name: value - 0.01 for name, value in zip(ROAD, scores, strict=True)},
        counts, classes,
        {
            "eeg_free": {"speaker-projected": 3 * s, "leading 14 dropped": 2 * s},
            "eeg_trained": {"latent": 4 * s, "latent + speech": s},
        },
        latent, plan,
        {
            "versions": {"jmml_edu": "0.1.0", "numpy": "2.4.6", "python": "3.11.9"},
            "seconds": 81.4, "peak_mib": 812.0,
            "command": "jmml-edu run --pairs samples --labels-per-class 10 --seeds 5",
        },
    )  # fmt: skip


def confusion(recall: float, n_classes: int) -> np.ndarray:
    """Counts with this recall in every class and one favourite error."""
    right = round(500 * recall)
    counts = np.full((n_classes, n_classes), (500 - right) // (n_classes * 2))
    for i in range(n_classes):
        counts[i, i] = right
        counts[i, (i + 1) % n_classes] += 500 - counts[i].sum()
    return counts


def make_plan(
    kind: PairKind, provenance: Provenance, classes: tuple[str, ...], **changes: object
) -> Plan:
    """A plan of 24 people and five seeds."""
    plan = Plan(
        24, 2016, 2016, 10, dict.fromkeys(classes, 2016 // len(classes)), 5, (0, 1, 2, 3, 4), kind,
        provenance, 1.5,
    )  # fmt: skip
    return replace(plan, **changes)  # type: ignore[arg-type]


FOUR = ("calm", "excited", "sad", "tense")


def clear_gain() -> Comparison:
    """Simulated trial pairs in which EEG helps."""
    return comparison(
        (0.412, 0.484, 0.566, 0.452, 0.371), (0.036, 0.028), FOUR,
        make_plan("trial", SIMULATED, FOUR), latent_codes(FOUR, pairs=2016, dim=6, separation=1.6),
    )  # fmt: skip


def three_speakers() -> Comparison:
    """Real class pairs of three speakers: a negative control without intervals."""
    classes = ("negative", "neutral")
    plan = make_plan(
        "class", RECORDED, classes, n_people=3, n_trials=600, n_pairs=580, n_folds=3, seeds=(0,),
        n_labelled_per_class=None, class_counts={"negative": 451, "neutral": 149}, strangers=True,
        notes=("12 clipped recordings were dropped.",),
    )  # fmt: skip
    return comparison(
        (0.712, 0.724, 0.705, 0.538, 0.699), (), classes, plan,
        latent_codes(classes, pairs=580, dim=2, separation=1.2),
    )  # fmt: skip


def harm() -> Comparison:
    """Real trial pairs in which EEG at training does harm."""
    return comparison(
        (0.621, 0.634, 0.571, 0.452, 0.402), (0.03, 0.02), FOUR,
        make_plan("trial", Provenance("EAV", simulated=False), FOUR, n_people=42, seeds=(7,)),
        latent_codes(FOUR, pairs=4200, dim=4, separation=0.7),
    )  # fmt: skip


def with_gain(
    comparison: Comparison, value: float, low: float | None, high: float | None
) -> Comparison:
    """The same comparison with another main difference."""
    gain = Interval(value, low, high, {}, ())
    return replace(comparison, gains={**comparison.gains, "gain": gain})


def everybody() -> Comparison:
    """The clear gain, beside all other methods, with a noise floor of one point."""
    road = clear_gain()
    rng = np.random.default_rng(3)
    others = [name for name in METHODS if name not in road.methods]
    scores = {"oracle": 0.81, "eeg_at_test": 0.62, "eeg_trained_again": 0.561, "dcca": 0.56}
    values = {name: scores.get(name, 0.47 + 0.005 * i) for i, name in enumerate(others)}
    more = {
        name: interval(value, (value - 0.036, value + 0.036), 24, 5, rng)
        for name, value in values.items()
    }
    methods = {**road.methods, **more}
    differences = {}
    for name, score in methods.items():
        if name in {"eeg_trained", "eeg_trained_again", "eeg_only"}:
            continue
        value = methods["eeg_trained"].value - score.value
        ahead = interval(value, (value - 0.02, value + 0.02), 24, 5, rng)
        reading = (
            "below the noise floor"
            if abs(value) < 0.01
            else ("EEG at training is better" if value > 0 else "EEG at training is worse")
        )
        differences[name] = Difference(ahead, 0.0004, 0.0076, reading)
    return replace(
        road,
        methods=methods,
        macro_f1={name: score.value - 0.01 for name, score in methods.items()},
        confusions={name: confusion(score.value, 4) for name, score in methods.items()},
        differences=differences,
        noise_floor=0.01,
        plan=replace(road.plan, methods=tuple(methods)),
    )
