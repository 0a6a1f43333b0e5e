"""Linear discriminants, and that class pairs teach a linear encoder these and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from class_data import Classes, random_classes
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import eigh
from sentences import explained, refused
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.data import Pairs
from jmml_edu.discriminants import angles_between_deg, lda_directions
from jmml_edu.linear import Moments, solve
from jmml_edu.pairing import class_mean_pairs, class_pairs

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def speech_directions(pairs: Pairs, n_components: int) -> np.ndarray:
    """The speech side of plain CCA."""
    moments = Moments.of(pairs.eeg.values, pairs.speech.values)
    return solve(moments, n_components=n_components).speech_directions


def angle_to_lda_deg(pairs: Pairs, n_components: int) -> float:
    """The largest angle between what CCA and what linear discriminants hear of speech."""
    speech = pairs.speech.values
    lda = lda_directions(speech, pairs.labels)
    return float(angles_between_deg(speech, speech_directions(pairs, n_components), lda)[0])


def by_eigenvalues(speech: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Discriminants by the textbook: scatter between classes against scatter within them."""
    names = np.unique(labels)
    centred = speech - speech.mean(axis=0)
    means = np.stack([centred[labels == name].mean(axis=0) for name in names])
    counts = np.array([np.sum(labels == name) for name in names])
    between = (means * counts[:, None]).T @ means
    vectors = eigh(between, centred.T @ centred - between)[1]
    return vectors[:, ::-1][:, : len(names) - 1]


@few
@given(seed=seeds, n_classes=st.integers(2, 6))
def test_they_are_the_textbooks_and_scikit_learns_one_by_one(seed: int, n_classes: int) -> None:
    pairs = random_classes(n_classes, seed=seed).trials(300, seed=seed)
    speech, labels = pairs.speech.values, pairs.labels
    found = lda_directions(speech, labels)
    assert found.shape == (6, n_classes - 1)
    model = LinearDiscriminantAnalysis(solver="eigen").fit(speech, labels.astype(str))
    for direction, textbook, other in zip(
        found.T, by_eigenvalues(speech, labels).T, model.scalings_.T, strict=False
    ):
        for expected in (textbook, other):
            angle = angles_between_deg(speech, direction[:, None], expected[:, None])
            assert angle.item() < 1e-4


@pytest.mark.parametrize("n_classes", [2, 3, 4, 6])
def test_cca_with_the_class_means_of_eeg_spans_exactly_the_discriminants(n_classes: int) -> None:
    pairs = class_mean_pairs(random_classes(n_classes, seed=n_classes).trials(500, seed=0))
    assert angle_to_lda_deg(pairs, n_classes - 1) < 1e-8


def test_with_class_pairs_it_comes_nearer_with_the_root_of_their_number() -> None:
    classes, angles = random_classes(4, seed=4), []
    for n in (1_000, 16_000):
        draws = (classes.trials(n, seed=seed) for seed in range(6))
        pairs = (class_pairs(one.eeg, one.speech, seed=n) for one in draws)
        angles.append(np.mean([angle_to_lda_deg(one, 3) for one in pairs]))
    few_pairs, many = angles
    # Sixteen times the pairs: a quarter of the angle.
    assert few_pairs / many == pytest.approx(4, rel=0.5)
    assert 0.1 < many < 3


def test_eeg_that_separates_arousal_only_teaches_one_discriminant_of_three() -> None:
    plain = random_classes(4, seed=0)
    aroused = np.zeros_like(plain.eeg_means)
    aroused[:, 0] = [-2, 2, -2, 2]
    classes, angles = Classes(aroused, plain.speech_means), []
    for seed in range(5):
        trials = classes.trials(4_000, seed=seed)
        pairs = class_pairs(trials.eeg, trials.speech, seed=seed)
        speech = trials.speech.values
        one, three = (speech_directions(pairs, n) for n in (1, 3))
        lda = lda_directions(speech, trials.labels)
        # The one direction tells aroused from calm, whatever their valence.
        halves = np.where(np.isin(trials.labels, ["class 1", "class 3"]), "aroused", "calm")
        angles.append([
            angles_between_deg(speech, *both)[0]
            for both in ((one, lda), (one, lda_directions(speech, halves)), (three, lda))
        ])  # fmt: skip
    within, arousal, others = np.mean(angles, axis=0)
    assert max(within, arousal) < 3
    assert others > 30  # the second and the third are chance


def test_speech_with_fewer_directions_than_classes_gives_as_many_as_it_has() -> None:
    pairs = random_classes(5, speech_dim=2, seed=0).trials(200, seed=0)
    twice = np.hstack([pairs.speech.values, pairs.speech.values])
    assert lda_directions(twice, pairs.labels).shape == (4, 2)


@few
@given(seed=seeds)
def test_units_and_the_order_of_classes_do_not_matter(seed: int) -> None:
    pairs = random_classes(3, seed=seed).trials(200, seed=seed)
    speech, units = pairs.speech.values, np.geomspace(0.01, 100, 6)
    renamed = np.array([{"0": "z", "1": "a", "2": "m"}[name[-1]] for name in pairs.labels])
    plain, other = lda_directions(speech, pairs.labels), lda_directions(speech * units, renamed)
    assert angles_between_deg(speech, plain, other * units[:, None])[0] < 1e-6


@few
@given(seed=seeds)
def test_angles_are_those_of_correlations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    speech = rng.standard_normal((50, 4)) @ rng.standard_normal((4, 4)) + 7
    one, other = rng.standard_normal((2, 4, 1))
    correlation = np.corrcoef((speech @ one).ravel(), (speech @ other).ravel())[0, 1]
    expected = np.degrees(np.arccos(abs(correlation)))
    assert angles_between_deg(speech, one, other).item() == pytest.approx(expected, abs=1e-5)


@few
@given(seed=seeds)
def test_directions_within_a_larger_set_are_at_no_angle_to_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    speech, larger = rng.standard_normal((50, 6)), rng.standard_normal((6, 3))
    smaller = larger @ rng.standard_normal((3, 2))
    angles = angles_between_deg(speech, smaller, larger)
    assert angles.shape == (2,)
    np.testing.assert_allclose(angles, 0, atol=1e-5)
    apart = angles_between_deg(speech, rng.standard_normal((6, 3)), larger)
    assert (np.diff(apart) <= 0).all()


def test_a_hidden_label_is_explained() -> None:
    speech = np.random.default_rng(0).standard_normal((4, 2))
    with explained(
        "lda_directions: labels must name the class of every row, two classes or more; got 2"
        " classes and 1 rows without. Take labelled rows of several classes."
    ):
        lda_directions(speech, np.array(["a", "b", "", "a"], dtype=object))
    with refused("lda_directions: labels must name the class of every row"):
        lda_directions(speech, np.array(["a", "a", "a", "a"], dtype=object))
    with refused("lda_directions: paired arguments must have the same number of rows"):
        lda_directions(speech, np.array(["a", "b"], dtype=object))
    with refused("lda_directions: views must both vary"):
        lda_directions(np.ones((4, 2)), np.array(["a", "b", "b", "a"], dtype=object))


def test_directions_of_other_features_are_explained() -> None:
    speech = np.random.default_rng(0).standard_normal((9, 2))
    with explained(
        "angles_between_deg: directions and others must have one row for each of the 2 features of"
        " speech; got (3, 2). Pass feature x direction."
    ):
        angles_between_deg(speech, np.ones((3, 1)), np.ones((2, 1)))
