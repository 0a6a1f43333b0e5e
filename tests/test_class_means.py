"""Class means: they carry all that class pairs share, and are the best that speech can be told."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from class_data import Classes, random_classes
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained, refused
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import r2_score
from test_scenarios import changed

from jmml_edu.class_means import (
    class_numbers,
    covariance_by_class,
    posterior_class_means,
    within_class_skill,
)
from jmml_edu.crossmodal import CorrelatedAutoencoder
from jmml_edu.data import Pairs
from jmml_edu.linear import CCA
from jmml_edu.pairing import class_pairs
from jmml_edu.training import Schedule

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 10_000)


def coded(seed: int, *, n_classes: int, rows: int = 60) -> tuple[np.ndarray, ...]:
    """Codes of two views, five and six columns, and labels, all of them random."""
    rng = np.random.default_rng(seed)
    labels = np.array([f"c{n}" for n in rng.permutation(np.arange(rows) % n_classes)])
    eeg, speech = rng.standard_normal((rows, 5)) + 9, rng.standard_normal((rows, 6)) - 9
    return eeg, speech + eeg[:, :1], labels


# Covariance


@few
@given(seed=seeds, n_classes=st.integers(2, 9))
def test_both_terms_add_up_to_the_covariance(seed: int, n_classes: int) -> None:
    eeg, speech, labels = coded(seed, n_classes=n_classes)
    between, within = covariance_by_class(eeg, speech, labels)
    whole = np.cov(eeg.T, speech.T, ddof=0)[:5, 5:]
    np.testing.assert_allclose(between + within, whole, atol=1e-12)
    means = [np.stack([v[labels == c].mean(axis=0) for c in labels]) for v in (eeg, speech)]
    np.testing.assert_allclose(between, np.cov(means[0].T, means[1].T, ddof=0)[:5, 5:], atol=1e-12)


@few
@given(seed=seeds, n_classes=st.integers(2, 9))
def test_class_means_covary_in_at_most_one_dimension_less_than_there_are_classes(
    seed: int, n_classes: int
) -> None:
    between, within = covariance_by_class(*coded(seed, n_classes=n_classes))
    assert np.linalg.matrix_rank(between, tol=1e-10) == min(n_classes - 1, 5)
    assert np.linalg.matrix_rank(within, tol=1e-10) == 5


@few
@given(seed=seeds)
def test_linear_maps_of_codes_map_both_terms(seed: int) -> None:
    eeg, speech, labels = coded(seed, n_classes=4)
    a, b = np.random.default_rng(seed).standard_normal((2, 6, 6))
    mapped = covariance_by_class(eeg @ a[:5] + 1, speech @ b - 2, labels)
    for found, plain in zip(mapped, covariance_by_class(eeg, speech, labels), strict=True):
        np.testing.assert_allclose(found, a[:5].T @ plain @ b, atol=1e-10)


def test_within_a_class_class_pairs_share_nothing_but_chance_and_trial_pairs_do() -> None:
    classes = random_classes(4, seed=0)
    rest = {}
    for n in (1_000, 16_000):
        trial = classes.trials(n, seed=n, shared=0.5)
        pairs = class_pairs(trial.eeg, trial.speech, seed=0)
        for kind, one in (("trial", trial), ("class", pairs)):
            # Bent codes as well as straight ones.
            codes = [np.hstack([v, np.tanh(v)]) for v in (one.eeg.values, one.speech.values)]
            rest[kind, n] = np.linalg.norm(covariance_by_class(*codes, one.labels)[1])
    assert rest["class", 1_000] / rest["class", 16_000] == pytest.approx(4, rel=0.4)
    assert rest["trial", 16_000] > 10 * rest["class", 16_000]


# The best guess


def test_the_best_guess_weighs_class_means_by_their_probability() -> None:
    means = np.array([[0.0, 1.0], [4.0, 1.0], [0.0, 9.0]])
    told = posterior_class_means(np.array([[1, 0, 0], [0.5, 0.25, 0.25]]), means)
    np.testing.assert_allclose(told, [[0, 1], [1, 3]])


CLASSES = Classes(
    2 * np.random.default_rng(1).standard_normal((4, 4)),
    1.5 * np.random.default_rng(2).standard_normal((4, 3)),
)


@cache
def held_out() -> tuple[Pairs, np.ndarray]:
    """Class pairs of new people, and the best guess of their EEG, by Bayes' rule."""
    trials = CLASSES.trials(8_000, seed=1)
    pairs = class_pairs(trials.eeg, trials.speech, seed=1)
    posterior = CLASSES.posterior(pairs.speech.values)
    return pairs, posterior_class_means(posterior, CLASSES.eeg_means)


def error(told: np.ndarray) -> float:
    """Mean squared error of a guess of held-out EEG."""
    return float(((held_out()[0].eeg.values - told) ** 2).sum(axis=1).mean())


def distance(told: np.ndarray) -> float:
    """Mean squared distance from the best guess, as a share of how much that varies."""
    best = held_out()[1]
    spread = ((best - best.mean(axis=0)) ** 2).sum()
    return float(((told - best) ** 2).sum() / spread)


def learned(n: int) -> Pairs:
    """Class pairs to learn from."""
    trials = CLASSES.trials(n, seed=0)
    return class_pairs(trials.eeg, trials.speech, seed=0)


def guess(method: str, n: int, *, epochs: int = 10) -> np.ndarray:
    """Held-out EEG as told by a model that has learned from ``n`` class pairs."""
    train, speech = learned(n), held_out()[0].speech.values
    if method == "linear":
        return CCA(3).fit(train.eeg.values, train.speech.values).predict_eeg(speech)
    if method == "kernel":
        model = KernelRidge(kernel="rbf", gamma=0.05, alpha=1.0)
        mean = train.eeg.values.mean(axis=0)
        return model.fit(train.speech.values, train.eeg.values - mean).predict(speech) + mean
    deep = CorrelatedAutoencoder(
        3, reconstruction_weight=1.0, epochs=epochs, schedule=Schedule(epochs=epochs)
    )
    return deep.fit(train.eeg.values, train.speech.values).reconstruct(speech=speech)["eeg"]


def test_bending_regressors_approach_the_best_guess_as_pairs_grow() -> None:
    few_pairs, many = (distance(guess("kernel", n)) for n in (200, 1_500))
    assert many < 0.5 * few_pairs
    assert many < 0.06
    # Lines cannot follow a posterior, however many pairs there are.
    assert distance(guess("linear", 4_000)) > 0.12
    assert distance(guess("deep", 4_000)) < 0.03


@pytest.mark.parametrize("method", ["linear", "kernel", "deep"])
def test_no_guess_has_a_smaller_error_than_the_best(method: str) -> None:
    told = guess(method, 1_000)
    assert error(told) > error(held_out()[1])
    # What it is worse by is its distance from the best guess: the rest is chance.
    best = held_out()[1]
    away = ((told - best) ** 2).sum(axis=1).mean()
    assert error(told) - error(best) == pytest.approx(away, abs=0.1)


def test_knowing_the_class_would_do_better_but_speech_does_not_tell() -> None:
    pairs, best = held_out()
    told = CLASSES.eeg_means[class_numbers(pairs.labels)]
    assert error(told) == pytest.approx(4, rel=0.03)  # four columns of variance 1
    assert error(best) > 1.4 * error(told)


# Beyond the class


@few
@given(seed=seeds)
def test_skill_is_the_r2_of_what_lies_beyond_the_class(seed: int) -> None:
    eeg, told, labels = coded(seed, n_classes=3)
    told = told[:, :5]
    beyond = [np.array(view) for view in (told, eeg)]
    for view in beyond:
        for name in np.unique(labels):
            view[labels == name] -= view[labels == name].mean(axis=0)
    flat, truth = (view.ravel() for view in beyond)
    factor = flat @ truth / (flat @ flat)
    expected = np.sign(factor) * r2_score(truth, factor * flat)
    assert within_class_skill(told, eeg, labels) == pytest.approx(expected, abs=1e-10)


@few
@given(seed=seeds, factor=st.floats(0.01, 100))
def test_size_and_class_offsets_of_a_guess_do_not_matter_but_its_direction_does(
    seed: int, factor: float
) -> None:
    eeg, told, labels = coded(seed, n_classes=3)
    told = told[:, :5]
    shifted = factor * told + 5 * np.unique(labels, return_inverse=True)[1][:, None]
    plain = within_class_skill(told, eeg, labels)
    assert within_class_skill(shifted, eeg, labels) == pytest.approx(plain, abs=1e-9)
    assert within_class_skill(-told, eeg, labels) == pytest.approx(-plain, abs=1e-9)
    assert -1 <= plain <= 1


def test_a_guess_that_knows_the_class_only_has_no_skill() -> None:
    eeg, _, labels = coded(0, n_classes=3)
    means = np.stack([eeg[labels == name].mean(axis=0) for name in labels])
    assert within_class_skill(means, eeg, labels) == 0


@pytest.mark.parametrize("deep", [False, True])
def test_nothing_of_the_sample_crosses_between_class_pairs(deep: bool) -> None:
    skill = {}
    trial_test = changed("speech nuisance")[1]
    for kind in ("trial", "class"):
        train, test = changed("speech nuisance", kind=kind)
        model = (
            CorrelatedAutoencoder(6, epochs=3, schedule=Schedule(epochs=3))
            if deep
            else CCA(6, ridge=0.1)
        ).fit(train.eeg.values, train.speech.values)
        for judged in (test, trial_test):
            told = (
                model.reconstruct(speech=judged.speech.values)["eeg"]
                if deep
                else model.predict_eeg(judged.speech.values)
            )
            skill[kind, judged.kind] = within_class_skill(told, judged.eeg.values, judged.labels)
    assert skill["trial", "trial"] > 0.05
    assert abs(skill["class", "class"]) < 0.002
    # Judged on trials a model of class pairs has some, as the posterior has that knows no pairs.
    assert 0.01 < skill["class", "trial"] < 0.7 * skill["trial", "trial"]


def test_even_the_best_guess_of_class_pairs_has_skill_on_trials_that_vary_like_classes() -> None:
    line = np.array([[-1.0, 0, 0], [1.0, 0, 0]])
    classes = Classes(line, line)
    for shared, least, most in ((0.0, -0.002, 0.002), (0.8, 0.02, 1)):
        trials = classes.trials(8_000, seed=0, shared=shared)
        told = posterior_class_means(classes.posterior(trials.speech.values), line)
        assert least < within_class_skill(told, trials.eeg.values, trials.labels) < most


# Bad input


def test_labels_that_do_not_name_every_row_are_explained() -> None:
    eeg, speech, labels = coded(0, n_classes=2)
    hidden = np.where(np.arange(len(labels)) < 3, "", labels).astype(object)
    sentence = (
        "labels must name the class of every row, two classes or more; got 2 classes and 3 rows"
        " without. Take labelled rows of several classes."
    )
    with explained(f"covariance_by_class: {sentence}"):
        covariance_by_class(eeg, speech, hidden)
    with explained(f"within_class_skill: {sentence}"):
        within_class_skill(eeg, eeg, hidden)
    with explained(f"class_numbers: {sentence}"):
        class_numbers(hidden)
    with refused("class_numbers: labels must name the class of every row"):
        class_numbers(np.full(5, "a"))


def test_rows_that_do_not_belong_together_are_explained() -> None:
    eeg, speech, labels = coded(0, n_classes=2)
    with refused("covariance_by_class: paired arguments must have the same number of rows"):
        covariance_by_class(eeg[1:], speech, labels)
    with refused("within_class_skill: paired arguments must have the same number of rows"):
        within_class_skill(eeg, eeg, labels[1:])
    with explained(
        "within_class_skill: told must have the 5 columns of true_eeg; got 6. Pass guesses of the"
        " same EEG."
    ):
        within_class_skill(speech, eeg, labels)
    with explained(
        "within_class_skill: true_eeg must vary within a class; got nothing. Pass EEG, not class"
        " means."
    ):
        within_class_skill(eeg, np.zeros_like(eeg), labels)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ([0.7, 0.7], "a least of 0.7 and a sum of 1.4"),
        ([-0.5, 1.5], "a least of -0.5 and a sum of 1"),
    ],
)
def test_what_is_no_probability_is_explained(row: list[float], found: str) -> None:
    with explained(
        "posterior_class_means: probabilities must be at least 0 and add up to 1 in each row; got"
        f" {found}. Pass what predict_proba returns."
    ):
        posterior_class_means(np.array([row]), np.zeros((2, 3)))


def test_means_of_other_classes_are_explained() -> None:
    with explained(
        "posterior_class_means: class_means must have one row for each class; got 3 for 2. Order"
        " both by the same classes."
    ):
        posterior_class_means(np.array([[0.5, 0.5]]), np.zeros((3, 3)))
