"""How many dimensions new people share: class pairs stay within the bound, trial pairs need not.

The false positive rate accepted is that of the package, 0.01 for each study.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from class_data import Classes, random_classes
from sentences import explained, refused
from sklearn.decomposition import PCA

from jmml_edu.class_bound import ClassBound, class_bound
from jmml_edu.class_means import covariance_by_class
from jmml_edu.crossmodal import CorrelatedAutoencoder
from jmml_edu.data import Pairs
from jmml_edu.encoders import SharedSpace
from jmml_edu.linear import CCA
from jmml_edu.pairing import class_pairs, one_hot_pairs, shuffled_within_subject
from jmml_edu.scenarios import Scenario, draw_pairs
from jmml_edu.shared_components import ALPHA, SharedComponents, shared_components
from jmml_edu.training import Schedule

EPOCHS = 6
ENCODERS = {
    "CCA": CCA(10, ridge=0.1),
    "SharedSpace": SharedSpace((10,)),
    "deep": CorrelatedAutoencoder(10, epochs=EPOCHS, schedule=Schedule(epochs=EPOCHS)),
}
every_encoder = pytest.mark.parametrize("encoder", ENCODERS)
every_number = pytest.mark.parametrize("n_classes", [2, 4, 8])


@cache
def drawn(n_classes: int, kind: str) -> tuple[Pairs, Pairs]:
    """Training and test pairs whose views share twelve dimensions, if they are of one trial."""
    scenario = Scenario(
        "latent and half of the nuisance are shared", n_pairs=1_000, n_classes=n_classes,
        shared_nuisance=6, kind=kind,
    )  # fmt: skip
    return draw_pairs(scenario, name=scenario.about, seed=n_classes)


def found(train: Pairs, test: Pairs, encoder: str) -> ClassBound:
    return class_bound(train, test, ENCODERS[encoder], draws=199)


# The bound


@every_encoder
@every_number
def test_class_pairs_share_no_more_dimensions_than_classes_less_one(
    n_classes: int, encoder: str
) -> None:
    result = found(*drawn(n_classes, "class"), encoder)
    assert (result.bound, result.kind) == (n_classes - 1, "class")
    assert len(result.shared.correlations) > result.bound
    # Class means are corners of a cube: a linear encoder hears its 1, 2 or 3 dimensions.
    assert np.log2(n_classes) <= result.shared.n_shared <= n_classes - 1
    if encoder != "deep":
        assert result.shared.n_shared == np.log2(n_classes)


@every_encoder
@every_number
def test_trial_pairs_of_the_same_scenario_share_more(n_classes: int, encoder: str) -> None:
    result = found(*drawn(n_classes, "trial"), encoder)
    assert result.kind == "trial"
    assert result.shared.n_shared > result.bound


@every_encoder
def test_pairs_that_do_not_belong_together_share_nothing(encoder: str) -> None:
    train, test = (
        shuffled_within_subject(side, seed=seed) for seed, side in enumerate(drawn(4, "trial"))
    )
    assert found(train, test, encoder).shared.n_shared == 0


def test_the_deep_encoder_has_left_the_linear_one_behind() -> None:
    train, _ = drawn(4, "class")
    deep, start = (
        deepcopy(ENCODERS["deep"])
        .set_params(epochs=epochs)
        .fit(train.eeg.values, train.speech.values)
        for epochs in (EPOCHS, 0)
    )
    assert (deep.epochs_, deep.history_.epochs) == (EPOCHS, EPOCHS)
    for view in ("eeg", "speech"):
        bent, straight = (model.network_.maps[view] for model in (deep, start))
        assert bent.network[-1].weight.abs().max() > 0.01
        assert straight.network[-1].weight.abs().max() == 0
        assert not torch.equal(bent.linear, straight.linear)


def test_bent_codes_hear_what_lines_do_not_and_still_no_more_than_the_bound() -> None:
    # Two corners against the other two: the third dimension of four classes, heard by products.
    rng = np.random.default_rng(0)
    corners = Classes(*(np.array([[1, 1], [1, -1], [-1, 1], [-1, -1.0]]) * 2 for _ in range(2)))
    trials = corners.trials(2_000, seed=0)
    pairs = class_pairs(trials.eeg, trials.speech, seed=0)

    def bent(view: np.ndarray) -> np.ndarray:
        return np.tanh(view @ rng.standard_normal((2, 12)) + rng.standard_normal(12))

    views = pairs.eeg.values, pairs.speech.values
    assert shared_components(*views, pairs.subjects, seed=0).n_shared == 2
    assert shared_components(*map(bent, views), pairs.subjects, seed=0).n_shared == 3


@every_encoder
def test_class_means_of_any_codes_covary_in_fewer_dimensions_than_there_are_classes(
    encoder: str,
) -> None:
    train, test = drawn(4, "class")
    model = deepcopy(ENCODERS[encoder]).fit(
        train.eeg.values, train.speech.values, groups=train.subjects
    )
    eeg, speech = test.eeg.values, test.speech.values
    codes = (
        (model.encode_eeg(eeg), model.encode_all(speech))
        if encoder == "SharedSpace"
        else model.transform(eeg, speech)
    )
    between, within = covariance_by_class(*codes, test.labels)
    assert np.linalg.matrix_rank(between, tol=1e-9 * np.linalg.norm(between)) == 3
    assert np.linalg.matrix_rank(within) == 10


def test_eeg_that_separates_arousal_only_gives_one_dimension_of_three() -> None:
    plain = random_classes(4, seed=0)
    aroused = np.zeros_like(plain.eeg_means)
    aroused[:, 0] = [-2, 2, -2, 2]
    classes = Classes(aroused, plain.speech_means)
    trials = classes.trials(1_000, seed=0, people="a"), classes.trials(1_000, seed=1, people="b")
    train, test = (class_pairs(side.eeg, side.speech, seed=0) for side in trials)
    result = class_bound(train, test, CCA(5))
    assert (result.shared.n_shared, result.bound) == (1, 3)
    # The label itself in place of EEG fills the bound.
    labels, speech = one_hot_pairs(test).eeg.values[:, 1:], test.speech.values
    assert shared_components(labels, speech, test.subjects, seed=0).n_shared == 3


# What does not matter


def test_labels_do_not_help_to_count() -> None:
    train, test = drawn(4, "class")
    strange = replace(test, speech=replace(test.speech, labels=np.roll(test.labels, 7)))
    one, other = (class_bound(train, side, CCA(6), draws=99).shared for side in (test, strange))
    assert same(one, other)


def same(one: SharedComponents, other: SharedComponents) -> bool:
    return one.n_shared == other.n_shared and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("correlations", "levels")
    )


def test_the_seed_decides_and_the_encoder_stays_as_it_was() -> None:
    train, test = drawn(4, "class")
    encoder = CCA(6)
    first, again, other = (
        class_bound(train, test, encoder, draws=99, seed=seed).shared for seed in (0, 0, 1)
    )
    assert same(first, again)
    assert not same(first, other)
    assert vars(encoder) == vars(CCA(6))
    assert first.alpha == ALPHA


class Loudest:
    """An encoder that minds units: the principal components of each view."""

    def fit(self, eeg: np.ndarray, speech: np.ndarray, *, groups: np.ndarray) -> Loudest:
        self.components = PCA(8).fit(eeg), PCA(8).fit(speech)
        return self

    def transform(self, eeg: np.ndarray, speech: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.components[0].transform(eeg), self.components[1].transform(speech)


@pytest.mark.parametrize("encoder", [SharedSpace((8,)), Loudest()], ids=["SharedSpace", "Loudest"])
def test_scale_and_shift_of_features_change_nothing(encoder: object) -> None:
    train, test = drawn(4, "class")
    one, other = (
        class_bound(*pairs, encoder, draws=99).shared
        for pairs in ((train, test), [rescaled(side) for side in (train, test)])
    )
    np.testing.assert_allclose(one.correlations, other.correlations, atol=1e-8)


def rescaled(pairs: Pairs) -> Pairs:
    """The same pairs, features in other units."""
    units = np.geomspace(0.01, 100, pairs.speech.values.shape[1])
    return replace(pairs, speech=replace(pairs.speech, values=units * pairs.speech.values + 5))


def test_rows_without_eeg_are_left_out() -> None:
    train, test = drawn(4, "class")
    whole = [side.take(np.arange(len(side)) % 2 == 0) for side in (train, test)]
    torn = [without_eeg(side, np.arange(len(side)) % 2 == 1) for side in (train, test)]
    one, other = (class_bound(*pairs, CCA(6), draws=99).shared for pairs in (whole, torn))
    assert same(one, other)


def without_eeg(pairs: Pairs, missing: np.ndarray) -> Pairs:
    """The same pairs, some of which have lost their EEG."""
    values = np.where(missing[:, None], np.nan, pairs.eeg.values)
    return replace(pairs, eeg=replace(pairs.eeg, values=values), has_eeg=~missing)


# Bad input


def test_an_encoder_that_could_not_break_the_bound_is_explained() -> None:
    with explained(
        "class_bound: encoder must have more than the 3 components of the bound; got 3. Ask it for"
        " more, so that it could go beyond."
    ):
        class_bound(*drawn(4, "class"), CCA(3))


def test_people_on_both_sides_are_explained() -> None:
    train, test = drawn(4, "trial")
    with explained(
        "class_bound: train and test must share nobody's eeg; got 24 people in both, among them"
        " 'train 00'. Split by subject first."
    ):
        class_bound(train, train, CCA(6))
    known = replace(test, speech=replace(test.speech, subjects=train.subjects[0] + test.subjects))
    assert class_bound(train, known, CCA(6), draws=99).bound == 3
    known = replace(test, speech=replace(test.speech, subjects=np.resize(train.subjects, 1_600)))
    with refused("class_bound: train and test must share nobody's speech"):
        class_bound(train, known, CCA(6))


def test_pairs_joined_in_two_ways_are_explained() -> None:
    with explained(
        "class_bound: train and test must be joined in the same way; got ('class', 'trial')."
        " Pair both by class, or neither."
    ):
        class_bound(drawn(4, "class")[0], drawn(4, "trial")[1], CCA(6))


def test_pairs_of_one_class_are_explained() -> None:
    train, test = drawn(2, "class")
    with explained("class_bound: test must hold at least two classes; got 1. Label its rows."):
        class_bound(train, test.take(test.labels == "class 0"), CCA(6))


def test_what_counting_turns_away_is_told_in_the_name_of_the_bound() -> None:
    with explained("class_bound: draws must be at least 99; got 98. Choose 99 or more."):
        class_bound(*drawn(2, "class"), CCA(6), draws=98)
