"""Who is compared: each method differs from the next in what its name says, and in nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sentences import explained
from studies import QUICK, numbered, relabelled, study, two_inner_folds

from jmml_edu import contenders, deep_encoders, rivals
from jmml_edu.comparison import compare
from jmml_edu.contenders import Task, judge
from jmml_edu.data import Pairs
from jmml_edu.eeg_free import EEGFree
from jmml_edu.encoders import centre_within
from jmml_edu.experiment import Fold, Settings, folds_of, plan_comparison
from jmml_edu.label_network import LabelNetwork
from jmml_edu.pipeline import JMML
from jmml_edu.results import METHODS, TIERS, Plan
from jmml_edu.selection import pool, weigh
from jmml_edu.training import Schedule

PAIRS = study(240, n_subjects=8)
TRUTH = np.random.default_rng(0).standard_normal((240, 2))
EVERYBODY = replace(QUICK, labels_per_class=10, step2="E-DCC-CAE", tiers=tuple(TIERS))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(deep_encoders, "_schedule_for", lambda n_rows: Schedule(epochs=1))
    monkeypatch.setattr(rivals, "LabelNetwork", partial(LabelNetwork, schedule=Schedule(epochs=1)))
    with two_inner_folds():
        yield


def planned(settings: Settings = EVERYBODY, truth: np.ndarray | None = TRUTH) -> Plan:
    """Who is compared on the small study."""
    return plan_comparison(PAIRS.eeg, PAIRS.speech, settings, truth=truth)


@pytest.fixture(scope="module")
def fold() -> Fold:
    return next(folds_of(PAIRS.eeg, PAIRS.speech, planned(), truth=TRUTH))


def task(fold: Fold) -> Task:
    """A fresh start on a fold."""
    return Task(fold, PAIRS.speech.classes, planned())


def test_everybody_says_something_of_every_held_out_row(fold: Fold) -> None:
    plan, fresh = planned(), task(fold)
    assert plan.methods == tuple(METHODS)
    assert plan.notes == ()
    for method in plan.methods:
        predicted = judge(fresh, method)
        assert predicted.method == method
        assert len(predicted.said) == len(predicted.true) == len(fold.test.speech)
        assert set(predicted.said) <= set(PAIRS.speech.classes)


def test_taking_over_the_ways_without_eeg_changes_no_answer(fold: Fold) -> None:
    pairs, labels = fold.train, numbered(fold.train)
    speech, who = pairs.speech.values, pairs.subjects
    free = EEGFree(inner_folds=2).fit(speech, labels, who)
    road = JMML(step1="none", step2="CCA", inner_folds=2)
    alone, shared = (
        road.fit(pairs.eeg.values, speech, labels, who, free=known).predict_proba(speech)
        for known in (None, free)
    )
    assert alone.tobytes() == shared.tobytes()
    with explained(
        "JMML.fit: free must have learned from the same speech, labels, people and folds; got"
        " another. Fit it anew, or leave it out."
    ):
        road.fit(pairs.eeg.values, speech + 1, labels, who, free=free)


def learned_from(fold: Fold, method: str, monkeypatch: pytest.MonkeyPatch) -> list[Pairs]:
    """The pairs that a method learns from."""
    seen: list[Pairs] = []
    fit = Task.fit

    def fit_and_tell(one: Task, model: JMML, pairs: Pairs | None = None) -> JMML:
        seen.append(one.fold.train if pairs is None else pairs)
        return fit(one, model, pairs)

    monkeypatch.setattr(Task, "fit", fit_and_tell)
    judge(task(fold), method)
    return seen


def test_controls_learn_from_labels_in_place_of_eeg(
    fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = fold.train.labels != ""
    (one_hot,) = learned_from(fold, "one_hot", monkeypatch)
    assert set(np.unique(one_hot.eeg.values[shown])) == {0.0, 1.0}
    assert np.isnan(one_hot.eeg.values[~shown]).all()
    monkeypatch.undo()
    (prototypes,) = learned_from(fold, "class_prototypes", monkeypatch)
    assert prototypes.eeg.values.shape == fold.train.eeg.values.shape
    assert len(np.unique(prototypes.eeg.values[shown], axis=0)) == 4
    monkeypatch.undo()
    (paired,) = learned_from(fold, "class_paired", monkeypatch)
    assert (paired.has_eeg == shown).all()
    assert (paired.eeg.values[shown] != fold.train.eeg.values[shown]).any(axis=1).all()


def test_the_family_goes_through_the_step_1_of_the_road(fold: Fold) -> None:
    made: list[tuple[str, object]] = []

    class Told(JMML):
        def fit(self, *arguments: object, **named: object) -> JMML:
            made.append((self.step1, self.step2))
            return super().fit(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contenders, "JMML", partial(Told, inner_folds=2))
        patch.setattr(deep_encoders, "JointClassLearner", partial(_learner, epochs=1))
        fresh = task(fold)
        fresh.road.step1_ = "JEC-SSL"
        for method in ("dcca", "dccae", "dcc_cae", "eckart_young", "infonce", "without_step1"):
            judge(fresh, method)
    steps = [step1 for step1, _ in made[1:]]
    assert steps == ["JEC-SSL"] * 5 + ["none"]
    named = [step2 if isinstance(step2, str) else step2.objective for _, step2 in made[1:]]
    assert named == ["DCCA", "DCCAE", "DCC-CAE", "eckart-young", "contrast", "E-DCC-CAE"]


def _learner(**settings: object) -> object:
    """Step 1a."""
    from jmml_edu.jecl import JointClassLearner

    return JointClassLearner(**settings)


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("mlp", rivals.SpeechNetwork),
        ("distillation", rivals.DistilledNetwork),
        ("modality_dropout", rivals.ModalityDropout),
    ],
)
def test_networks_are_heard_in_the_vote_and_by_themselves(
    name: str, network: type, fold: Fold
) -> None:
    fresh = task(fold)
    judge(fresh, "mlp")
    judge(fresh, name)
    joined = fresh.networks[name]
    assert [type(way.encoder) for way in joined.ways_[-2:]] == [network] * 2
    assert len(joined.ways_) == len(fresh.free.ways_) + 2
    alone = judge(fresh, f"{name}_alone")
    assert alone.choice.startswith("network")
    said = pool(
        [
            way.classifier.predict_proba(way.encoder.encode(heard, "network"))
            for way, heard in zip(joined.ways_[-2:], heard_speech(fresh), strict=True)
        ],
        weigh(joined.ways_[-2:], 40),
    )
    assert alone.said.tolist() == np.array(fresh.classes)[said.argmax(axis=1)].tolist()


def heard_speech(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """The standardised speech of held-out people, as it is and with each of them centred."""
    heard = task.free.scaler_.apply(task.test.values)
    return heard, centre_within(heard, task.test.subjects)


def test_parts_of_the_vote_without_eeg_are_asked_by_themselves(fold: Fold) -> None:
    fresh = task(fold)
    assert judge(fresh, "lda").choice.startswith("discriminants")
    assert judge(fresh, "pca").choice.split()[0] in {"whitened", "dropped"}


def test_only_who_is_asked_for_hears_eeg_at_test(fold: Fold) -> None:
    other = replace(fold.test.eeg, values=1e3 * (1 + fold.test.eeg.values**2))
    loud = replace(fold, test=replace(fold.test, eeg=other))
    before, after = task(fold), task(loud)
    changed = [
        method
        for method in planned().methods
        if judge(before, method).said.tolist() != judge(after, method).said.tolist()
    ]
    assert changed == ["eeg_at_test"]


def test_the_oracle_hears_the_truth_and_nothing_else(fold: Fold) -> None:
    labels = PAIRS.speech.labels
    told = np.array([[label.startswith("positive"), label.endswith("calm")] for label in labels])
    truth = told + 0.01 * np.random.default_rng(1).standard_normal((240, 2))
    known = next(folds_of(PAIRS.eeg, PAIRS.speech, planned(), truth=truth))
    predicted = judge(task(known), "oracle")
    assert (predicted.said == predicted.true).all()
    assert (judge(task(fold), "oracle").said != predicted.true).mean() > 0.5


def test_who_cannot_be_compared_is_left_out_with_a_reason() -> None:
    assert "oracle is left out: the hidden latent is not known." in planned(truth=None).notes
    by_class = planned(replace(EVERYBODY, kind="class"))
    assert not {"eeg_at_test", "class_paired"} & set(by_class.methods)
    assert "eeg_at_test is left out: a partner joined by class tells the class." in by_class.notes
    few = planned(replace(EVERYBODY, labels_per_class=4))
    assert not {"one_hot", "class_prototypes", "class_paired"} & set(few.methods)
    assert "one_hot is left out: fewer than 20 labels are shown." in few.notes
    only = planned(replace(EVERYBODY, tiers=("bounds",)))
    assert only.methods == (*TIERS["road"], "eeg_at_test", "oracle")


def test_a_tier_that_does_not_exist_is_explained() -> None:
    with explained(
        "Settings: tiers must be one of bounds, core, family, rivals, road; got 'best'. Pick one of"
        " these."
    ):
        Settings(tiers=("best",))


def test_differences_are_those_of_the_road_and_have_a_floor() -> None:
    plan = planned(replace(EVERYBODY, step2="CCA", tiers=("core",)))
    found = compare(PAIRS.eeg, PAIRS.speech, plan)
    assert list(found.differences) == [
        name for name in plan.methods if name not in {"eeg_trained", "eeg_trained_again"}
    ]
    for name, difference in found.differences.items():
        apart = found.methods["eeg_trained"].value - found.methods[name].value
        assert difference.ahead.value == pytest.approx(apart)
        assert difference.p is not None
        assert difference.p_adjusted is not None
        assert difference.p <= difference.p_adjusted
    apart = found.methods["eeg_trained"].value - found.methods["eeg_trained_again"].value
    assert found.noise_floor is not None
    assert found.noise_floor > abs(apart)  # the far end of an interval
    plain = compare(PAIRS.eeg, PAIRS.speech, planned(replace(EVERYBODY, step2="CCA", tiers=())))
    assert plain.differences == {}
    assert plain.noise_floor is None


def test_without_anything_to_find_everybody_guesses() -> None:
    pairs = study(360, seed=2)
    labels = np.random.default_rng(2).permutation(pairs.labels)
    null = relabelled(pairs, labels)
    settings = replace(EVERYBODY, step2="CCA", tiers=("core", "rivals", "bounds"))
    truth = np.random.default_rng(3).standard_normal((360, 2))
    plan = plan_comparison(null.eeg, null.speech, settings, truth=truth)
    found = compare(null.eeg, null.speech, plan, truth=truth)
    # Methods whose own code has no say are the vote without EEG: their intervals are one and same.
    ends = {(score.low or 0, score.high or 0) for score in found.methods.values()}
    missed = [(low, high) for low, high in ends if not low <= 0.25 <= high]
    assert len(missed) <= 2  # of about ten different intervals, one in twenty misses by design
    assert all(one.p_adjusted > 0.05 for one in found.differences.values())
