"""Gaussian pairs: the planted correlations, labels and nuisance are there, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu._checks import InputError
from jmml_edu.linear import CCA
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs, quadrant_labels


@pytest.mark.parametrize("nuisance", [0.0, 4.0])
def test_the_planted_correlations_are_those_of_the_population(nuisance: float) -> None:
    # As many people as pairs: with few, what a person is adds chance correlations of its own.
    pairs = gaussian_pairs(
        20_000, correlations=(0.8, 0.5, 0.3), nuisance=nuisance, n_subjects=20_000, seed=3
    )
    found = CCA(4).fit(pairs.eeg.values, pairs.speech.values).correlations_
    np.testing.assert_allclose(found[:3], (0.8, 0.5, 0.3), atol=0.02)
    assert found[3] < 0.06


def test_few_people_add_correlations_between_what_is_theirs() -> None:
    pairs = gaussian_pairs(4_000, correlations=(0.3, 0.3), nuisance=3.0, n_subjects=20, seed=0)
    found = CCA(1).fit(pairs.eeg.values, pairs.speech.values).correlations_
    assert found[0] > 0.6


def test_labels_are_the_signs_of_valence_and_arousal() -> None:
    found = quadrant_labels(np.array([-1.0, -1.0, 1.0, 1.0, 0.0]), np.array([-1, 1, -1, 1, 0.0]))
    assert found.tolist() == [*QUADRANTS, "negative-calm"]
    assert QUADRANTS[1] == "negative-aroused"


def test_both_views_tell_the_labels_when_correlations_are_high() -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    pairs = gaussian_pairs(4_000, correlations=(0.98, 0.98), seed=0)
    for view in (pairs.eeg.values, pairs.speech.values):
        for word in ("positive", "aroused"):
            high = np.array([word in label for label in pairs.labels])
            assert LinearDiscriminantAnalysis().fit(view, high).score(view, high) > 0.92


@pytest.mark.parametrize("nuisance", [0.0, 2.0])
def test_variance_is_one_per_latent_and_that_of_the_nuisance_elsewhere(nuisance: float) -> None:
    pairs = gaussian_pairs(4_000, nuisance=nuisance, n_subjects=2_000, seed=0)
    for view, dim in ((pairs.eeg.values, 12), (pairs.speech.values, 16)):
        total = np.trace(np.cov(view.T))
        assert total == pytest.approx(2 + (dim - 2) * (nuisance**2 + 0.01), rel=0.05)


def test_half_of_the_nuisance_belongs_to_the_person() -> None:
    pairs = gaussian_pairs(4_000, nuisance=5.0, n_subjects=100, seed=0)
    speech = pairs.speech.values
    means = np.array([speech[pairs.subjects == s].mean(axis=0) for s in np.unique(pairs.subjects)])
    share = np.trace(np.cov(means.T)) / np.trace(np.cov(speech.T))
    assert share == pytest.approx(0.5, abs=0.06)
    # No two neighbours share what is theirs: 7 dimensions of 5, apart by about 18.
    apart = np.linalg.norm(np.diff(means, axis=0), axis=1)
    assert np.quantile(apart, 0.3) > 8
    # 7 of 16 dimensions are constant for a person, so the means fill no more than that.
    variances = np.linalg.eigvalsh(np.cov(means.T))[::-1]
    assert variances[6] > 5 * variances[7]


def test_pairs_are_dealt_to_people_in_turn_labelled_and_stamped() -> None:
    pairs = gaussian_pairs(10, n_subjects=3, eeg_dim=2, speech_dim=5)
    assert pairs.subjects.tolist() == [f"g{row % 3:03d}" for row in range(10)]
    assert (pairs.eeg.trials == pairs.speech.trials).all()
    assert (pairs.eeg.labels == pairs.labels).all()
    assert len(set(pairs.speech.trials)) == 10
    assert (pairs.eeg.values.shape, pairs.speech.values.shape) == ((10, 2), (10, 5))
    assert pairs.has_eeg.all()
    assert pairs.kind == "trial"
    assert pairs.provenance.stamp == "SIMULATED"


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(seed: int) -> None:
    one, two = gaussian_pairs(20, seed=seed), gaussian_pairs(20, seed=seed)
    other = gaussian_pairs(20, seed=seed + 1)
    assert one.eeg.values.tobytes() == two.eeg.values.tobytes()
    assert one.speech.values.tobytes() == two.speech.values.tobytes()
    assert (one.labels == two.labels).all()
    assert one.speech.values.tobytes() != other.speech.values.tobytes()


@pytest.mark.parametrize("correlations", [(0.5,), (0.5, 1.0), (0.5, -0.1)])
def test_correlations_that_cannot_be_planted_are_explained(correlations: tuple[float, ...]) -> None:
    with pytest.raises(InputError) as error:
        gaussian_pairs(10, correlations=correlations)
    assert str(error.value) == (
        f"gaussian_pairs: correlations must be two or more numbers in [0, 1); got {correlations}."
        " The first two belong to valence and arousal."
    )


def test_too_few_columns_and_negative_nuisance_are_explained() -> None:
    with pytest.raises(InputError, match=r"^gaussian_pairs: eeg_dim must be at least 2; got 1\."):
        gaussian_pairs(10, eeg_dim=1)
    with pytest.raises(InputError, match=r"^gaussian_pairs: nuisance must be at least 0; got -1"):
        gaussian_pairs(10, nuisance=-1.0)
