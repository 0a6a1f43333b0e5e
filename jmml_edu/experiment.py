"""The design of the comparison: what is planned, and the folds in which it is carried out.

Nothing is fitted, scaled or paired by class before people are split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_at_least, check_one_of, check_same_rows, fail
from jmml_edu.data import PAIR_KINDS, UNLABELLED, Features, PairKind, Pairs, Split
from jmml_edu.pairing import FEWEST_PAIRS, check_same_classes, class_pairs, trial_pairs
from jmml_edu.results import CLOSED_FORM, STEPS_1, STEPS_2, TIERS, Plan
from jmml_edu.splits import check_classes_can_be_tested, draw_labels, grouped_folds

PRODUCTS_PER_FOLD, PRODUCTS_OF_STEP_2 = 1_000, 2_500
"""Cost of one fold in cross-products of its size, from timing the road on the samples: all methods
in closed form, and what a trained step 2 adds."""

MORE_S = 2.0
"""Seconds that each further method takes in a fold, from timing all of them on the samples."""

STEP_1_S = 20.0
"""Seconds that step 1 adds to a fold; it sees as many pairs of labelled rows whatever the data."""


@dataclass(frozen=True)
class Settings:
    """How the comparison is made.

    Attributes
    ----------
    kind
        ``"trial"``: EEG and speech of the same trial; ``"class"``: of the same class only.
    labels_per_class
        Labels shown in each training fold; None shows all.
    n_seeds
        How often labels, folds and pairs are drawn anew.
    n_folds
        Folds over people; fewer when there are fewer people.
    step1, step2
        The two steps of the road, as :class:`jmml_edu.JMML` names them.
    tiers
        Who is compared besides the road itself: names of :data:`jmml_edu.results.TIERS`.
    """

    kind: PairKind = "trial"
    labels_per_class: int | None = None
    n_seeds: int = 1
    n_folds: int = 5
    step1: str = "either"
    step2: str = "E-DCC-CAE"
    tiers: tuple[str, ...] = ("road",)

    def __post_init__(self) -> None:
        check_one_of("Settings", PAIR_KINDS, kind=self.kind)
        for tier in self.tiers:
            check_one_of("Settings", tuple(TIERS), tiers=tier)
        check_one_of("Settings", STEPS_1, step1=self.step1)
        check_one_of("Settings", STEPS_2, step2=self.step2)
        check_at_least("Settings", 1, n_seeds=self.n_seeds)
        check_at_least("Settings", 2, n_folds=self.n_folds)
        if self.labels_per_class is not None:
            check_at_least("Settings", 2, labels_per_class=self.labels_per_class)


@dataclass(frozen=True, eq=False)
class Fold:
    """One training set and the people held out from it.

    Attributes
    ----------
    train, test
        Pairs of training people, whose labels are hidden but for the few that were drawn, and of
        held-out people with all labels. The EEG of ``test`` is for looking at, never for judging
        speech.
    train_eeg, test_eeg
        EEG for the method that has nothing else, with the labels it may see.
    seed
        What drew the labels, folds and pairs.
    train_truth, test_truth
        The hidden latent of each pair, in simulations that tell it; no columns elsewhere.
    """

    train: Pairs
    test: Pairs
    train_eeg: Features
    test_eeg: Features
    seed: int
    train_truth: Float[np.ndarray, "train_pair latent"]
    test_truth: Float[np.ndarray, "test_pair latent"]


def plan_comparison(
    eeg: Features,
    speech: Features,
    settings: Settings,
    *,
    notes: Sequence[str] = (),
    truth: Float[np.ndarray, "row latent"] | None = None,
) -> Plan:
    """Return what a comparison is about to do, after checking that it can be done.

    ``truth`` is the hidden latent of each row of speech, where a simulation tells it.

    Raises
    ------
    InputError
        If there are fewer than two classes, a class that only one modality or one person has, or
        nothing to pair.
    """
    check_classes_can_be_tested(speech.subjects, speech.labels, by="subject")
    people = len(set(speech.subjects))
    if settings.kind == "class":
        check_classes_can_be_tested(eeg.subjects, eeg.labels, by="subject")
        check_same_classes(eeg, speech)
        shown = draw_labels(speech.labels, per_class=settings.labels_per_class, seed=0)
        pairs = class_pairs(eeg, replace(speech, labels=shown), seed=0)
        n_folds = min(settings.n_folds, people, len(set(eeg.subjects)))
        if pairs.has_eeg.sum() < FEWEST_PAIRS:
            fail(
                "plan_comparison", "pairs", f"be at least {FEWEST_PAIRS}",
                f"{int(pairs.has_eeg.sum())} that are labelled",
                "Show more labels per class: unlabelled rows cannot be paired by class.",
            )  # fmt: skip
    else:
        pairs = trial_pairs(eeg, speech)
        n_folds = min(settings.n_folds, people)
    if n_folds < settings.n_folds:
        notes = (
            *notes,
            f"{n_folds} folds instead of {settings.n_folds}: there are no more people.",
        )
    methods, left_out = _methods(settings, speech, knows_truth=truth is not None)
    return Plan(
        n_people=people,
        n_trials=len(speech),
        n_pairs=int(pairs.has_eeg.sum()),
        n_labelled_per_class=settings.labels_per_class,
        class_counts=dict(sorted(Counter(speech.labels[speech.labels != UNLABELLED]).items())),
        n_folds=n_folds,
        seeds=tuple(range(settings.n_seeds)),
        kind=settings.kind,
        provenance=pairs.provenance,
        strangers=are_strangers(eeg, speech),
        minutes=_expected_minutes(pairs, n_folds * settings.n_seeds, settings, len(methods)),
        notes=(*notes, *left_out),
        methods=methods,
        step1=settings.step1,
        step2=settings.step2,
    )


def _methods(
    settings: Settings, speech: Features, *, knows_truth: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Return who can be compared, and why others cannot."""
    tiers = [tier for tier in TIERS if tier == "road" or tier in settings.tiers]
    asked = [name for tier in tiers for name in TIERS[tier]]
    n_labels = (settings.labels_per_class or FEWEST_PAIRS) * len(speech.classes)
    reasons = (
        ("oracle", not knows_truth, "the hidden latent is not known"),
        ("eeg_at_test", settings.kind == "class", "a partner joined by class tells the class"),
        ("class_paired", settings.kind == "class", "all pairs here are joined by class"),
        *(
            (name, n_labels < FEWEST_PAIRS, f"fewer than {FEWEST_PAIRS} labels are shown")
            for name in ("one_hot", "class_prototypes", "class_paired")
        ),
    )
    out = {name: why for name, applies, why in reasons if applies and name in asked}
    notes = [f"{name} is left out: {why}." for name, why in out.items()]
    return tuple(name for name in asked if name not in out), notes


def _expected_minutes(pairs: Pairs, n_folds: int, settings: Settings, n_methods: int) -> float:
    """Return the computing time to expect, from one timed matrix product of this size."""
    products = PRODUCTS_PER_FOLD + PRODUCTS_OF_STEP_2 * (settings.step2 != CLOSED_FORM)
    step_1_s = STEP_1_S * (settings.step1 != "none")
    columns = pairs.eeg.values.shape[1] + pairs.speech.values.shape[1]
    block = np.ones((len(pairs), columns))
    begin = perf_counter()
    _ = block.T @ block
    road_s = 0.5 + step_1_s + products * (perf_counter() - begin)
    more_s = MORE_S * (n_methods - len(TIERS["road"]))
    return n_folds * (road_s + more_s) / 60


def folds_of(
    eeg: Features,
    speech: Features,
    plan: Plan,
    *,
    truth: Float[np.ndarray, "row latent"] | None = None,
) -> Iterator[Fold]:
    """Yield every fold of every seed, as planned; ``truth`` as in :func:`plan_comparison`."""
    latent = np.zeros((len(speech), 0)) if truth is None else truth
    check_same_rows("folds_of", speech=speech.values, truth=latent)
    for seed in plan.seeds:
        if plan.kind == "trial":
            yield from _trial_folds(trial_pairs(eeg, speech), latent, plan, seed)
        else:
            yield from _class_folds(eeg, speech, latent, plan, seed)


def _trial_folds(pairs: Pairs, latent: np.ndarray, plan: Plan, seed: int) -> Iterator[Fold]:
    """Yield folds of pairs that were recorded together: one split serves both modalities."""
    splits = grouped_folds(pairs.subjects, pairs.labels, n_folds=plan.n_folds, seed=seed)
    for split in splits:
        train, test = pairs.take(split.train), pairs.take(split.test)
        speech = _hide_labels(train.speech, plan, seed)
        eeg = replace(train.eeg, labels=speech.labels).take(train.has_eeg)
        yield Fold(
            train=replace(train, speech=speech, eeg=replace(train.eeg, labels=speech.labels)),
            test=test,
            train_eeg=eeg,
            test_eeg=replace(test.eeg, labels=test.labels).take(test.has_eeg),
            seed=seed,
            train_truth=latent[split.train],
            test_truth=latent[split.test],
        )


def _class_folds(
    eeg: Features, speech: Features, latent: np.ndarray, plan: Plan, seed: int
) -> Iterator[Fold]:
    """Yield folds of pairs by class: people are split first, then training rows are paired."""
    for eeg_split, speech_split in _splits_of_both(eeg, speech, plan.n_folds, seed):
        train_eeg = _hide_labels(eeg.take(eeg_split.train), plan, seed)
        train_speech = _hide_labels(speech.take(speech_split.train), plan, seed)
        test_eeg, test_speech = eeg.take(eeg_split.test), speech.take(speech_split.test)
        yield Fold(
            train=class_pairs(train_eeg, train_speech, seed=seed),
            test=class_pairs(test_eeg, test_speech, seed=seed),
            train_eeg=train_eeg,
            test_eeg=test_eeg,
            seed=seed,
            train_truth=latent[speech_split.train],
            test_truth=latent[speech_split.test],
        )


def _splits_of_both(
    eeg: Features, speech: Features, n_folds: int, seed: int
) -> Iterator[tuple[Split, Split]]:
    """Yield a split of each corpus; people who are in both fall on the same side in both."""
    if are_strangers(eeg, speech):
        splits = [
            grouped_folds(side.subjects, side.labels, n_folds=n_folds, seed=seed)
            for side in (eeg, speech)
        ]
        yield from zip(*splits, strict=True)
        return
    party = _parties(eeg, speech)
    parties = np.array([party[who] for who in (*eeg.subjects, *speech.subjects)], dtype=object)
    labels = np.concatenate([eeg.labels, speech.labels])
    n_eeg = len(eeg)
    for split in grouped_folds(parties, labels, n_folds=n_folds, seed=seed):
        train, test = split.train, split.test
        of_eeg = Split(train[train < n_eeg], test[test < n_eeg], split.by)
        of_speech = Split(train[train >= n_eeg] - n_eeg, test[test >= n_eeg] - n_eeg, split.by)
        yield of_eeg, of_speech


def _parties(eeg: Features, speech: Features) -> dict[str, str]:
    """Return with whom each person is dealt, so that every party has both EEG and speech.

    Who is in both corpora is a party; the others find together in twos, or join one that is there.
    """
    sides = set(eeg.subjects), set(speech.subjects)
    both = sorted(sides[0] & sides[1])
    others = [sorted(side.difference(both)) for side in sides]
    hosts = both + others[0][: min(map(len, others))]
    return {
        who: hosts[number % len(hosts)] for side in others for number, who in enumerate(both + side)
    }


def are_strangers(eeg: Features, speech: Features) -> bool:
    """Return whether nobody has both EEG and speech."""
    return not set(eeg.subjects) & set(speech.subjects)


def _hide_labels(features: Features, plan: Plan, seed: int) -> Features:
    """Return features that show as many labels as the plan allows."""
    shown = draw_labels(features.labels, per_class=plan.n_labelled_per_class, seed=seed)
    return replace(features, labels=shown)
