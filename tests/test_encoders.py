"""Encoders of speech: the shared space is CCA within people, the rivals never look at EEG."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import eigh
from sklearn.decomposition import PCA

from jmml_edu.classifier import HIDDEN
from jmml_edu.columns import column_correlations
from jmml_edu.discriminant_encoder import Discriminants
from jmml_edu.encoders import (
    Encoder,
    PrincipalComponents,
    SharedSpace,
    SpeechItself,
    WithoutSpeakers,
    centre_within,
)
from jmml_edu.missing import has_all
from jmml_edu.simulate.gaussian import gaussian_pairs

few = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)
RIVALS = [
    SpeechItself(),
    PrincipalComponents(whitened=(2, 4), dropped=(1, 3)),
    WithoutSpeakers((1, 2)),
]
FEW = np.where(np.arange(80) < 40, np.arange(80) % 4, HIDDEN)
"""Labels of the first half of 80 rows."""


def people(
    seed: int, *, rows: int = 80, n_people: int = 5, dim: int = 6
) -> tuple[np.ndarray, np.ndarray]:
    """Speech whose columns are mixed and off centre, and who speaks."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.resize(np.arange(n_people), rows)).astype(str).astype(object)
    offsets = 3 * rng.standard_normal((n_people, dim))[groups.astype(int)]
    return rng.standard_normal((rows, dim)) @ rng.standard_normal((dim, dim)) + offsets, groups


def without_means(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Another route to centring: pandas, one group at a time."""
    frame = pd.DataFrame(values)
    return (frame - frame.groupby(groups).transform("mean")).to_numpy()


@few
@given(seed=seeds)
def test_centring_takes_out_each_persons_own_mean(seed: int) -> None:
    speech, groups = people(seed)
    before = speech.copy()
    np.testing.assert_allclose(
        centre_within(speech, groups), without_means(speech, groups), atol=1e-12
    )
    assert (speech == before).all()


def test_rows_without_eeg_stay_missing_and_do_not_count() -> None:
    values = np.array([[1.0], [np.nan], [3.0], [np.nan]])
    centred = centre_within(values, np.array(["a", "a", "a", "b"]))
    np.testing.assert_array_equal(centred, [[-1.0], [np.nan], [1.0], [np.nan]])
    assert has_all(np.array([[1.0, 2.0], [np.nan, 1.0], [np.inf, 1.0]])).tolist() == [
        True, False, False,
    ]  # fmt: skip


def test_the_shared_space_agrees_within_people_and_avoids_what_sets_them_apart() -> None:
    pairs = gaussian_pairs(300, n_subjects=6, nuisance=2.0, seed=0)
    eeg, speech, groups = pairs.eeg.values.copy(), pairs.speech.values, pairs.subjects
    eeg[::4] = np.nan
    space = SharedSpace((2, 4), ridge=0.3).fit(eeg, speech, groups)
    there = np.arange(300) % 4 != 0
    heard = without_means(eeg[there], groups[there])
    heard = heard / np.sqrt((heard**2).mean(axis=0))
    centred = speech[there] - speech[there].mean(axis=0)
    spread = centred.std(axis=0)
    cross = heard.T @ without_means(speech[there] / spread, groups[there]) / there.sum()
    inside = np.corrcoef(heard.T) + 0.3 * np.eye(12)
    total = np.corrcoef(centred.T) + 0.3 * np.eye(16)
    # Another route: speech directions as eigenvectors, EEG eliminated.
    squares, directions = eigh(cross.T @ np.linalg.solve(inside, cross), total)
    # A ridge of 0.3 is the identity's share of C + 0.3 I; the solver divides that by 1.3.
    np.testing.assert_allclose((space.space_.values / 1.3) ** 2, squares[::-1][:4], atol=1e-9)
    expected = speech / spread @ directions[:, ::-1][:, :4]
    found = space.encode(speech, "latent 4")
    np.testing.assert_allclose(np.abs(column_correlations(found, expected)), 1, atol=1e-9)
    assert (np.isnan(space.encode_eeg(eeg)).all(axis=1) == ~there).all()
    codes = space.encode_eeg(eeg)[there]
    within = column_correlations(
        centre_within(codes, groups[there]), without_means(found[there], groups[there])
    )
    assert (within[:2] > 0.3).all()


def test_each_option_of_the_shared_space_is_what_its_name_says() -> None:
    pairs = gaussian_pairs(200, seed=0)
    speech = pairs.speech.values
    space = SharedSpace((2, 3)).fit(pairs.eeg.values, speech, pairs.subjects)
    assert space.options == ("latent 2", "latent 3", "both 2", "both 3")
    latent = space.encode_all(speech)
    assert latent.shape == (200, 3)
    np.testing.assert_array_equal(space.encode(speech, "latent 2"), latent[:, :2])
    np.testing.assert_array_equal(
        space.encode(speech, "both 2"), np.hstack([speech, latent[:, :2]])
    )


def test_the_shared_space_hears_the_latent_through_the_nuisance() -> None:
    pairs = gaussian_pairs(3_000, correlations=(0.95, 0.9), nuisance=5.0, seed=0)
    train, test = np.arange(2_000), np.arange(2_000, 3_000)
    space = SharedSpace((2,)).fit(
        pairs.eeg.values[train], pairs.speech.values[train], pairs.subjects[train]
    )
    left = space.encode_eeg(pairs.eeg.values[test])
    right = space.encode(pairs.speech.values[test], "latent 2")
    groups = pairs.subjects[test]
    found = column_correlations(centre_within(left, groups), centre_within(right, groups))
    assert found.min() > 0.7


def test_what_only_the_person_shares_is_not_in_the_shared_space() -> None:
    rng = np.random.default_rng(0)
    groups = np.arange(600) % 10
    person, shared = rng.standard_normal((10, 1))[groups], rng.standard_normal((600, 1))
    eeg = np.hstack([10 * person, shared]) + 0.5 * rng.standard_normal((600, 2))
    speech = np.hstack([shared, 10 * person]) + 0.5 * rng.standard_normal((600, 2))
    code = SharedSpace((1,)).fit(eeg, speech, groups.astype(str)).encode(speech, "latent 1")
    assert abs(column_correlations(code, shared)[0]) > 0.85
    assert abs(column_correlations(code, person)[0]) < 0.2


def test_what_varies_between_people_is_avoided_even_where_it_hides_nothing_within_them() -> None:
    rng = np.random.default_rng(0)
    groups = np.arange(2_000) % 20
    shared = rng.standard_normal((2_000, 1))
    eeg = shared + 0.5 * rng.standard_normal((2_000, 3))
    # Both columns of speech tell as much within a person; the second has each one's own offset.
    speech = shared + 0.5 * rng.standard_normal((2_000, 2))
    speech[:, 1] += 2 * rng.standard_normal(20)[groups]
    spread = speech.std(axis=0)
    space = SharedSpace((1,), ridge=0.0).fit(eeg, speech / spread, groups.astype(str))
    plain, moved = np.abs(space.space_.speech_directions[:, 0] / spread)
    assert plain > 5 * moved
    within = SharedSpace((1,), ridge=0.0).fit(
        eeg, centre_within(speech, groups) / spread, groups.astype(str)
    )
    plain, moved = np.abs(within.space_.speech_directions[:, 0] / spread)
    assert plain == pytest.approx(moved, rel=0.3)


def test_offsets_of_people_in_both_views_are_no_agreement() -> None:
    rng = np.random.default_rng(0)
    groups = np.arange(400) % 40
    offsets = rng.standard_normal((40, 4))[groups]
    eeg, speech = (10 * offsets + rng.standard_normal((400, 4)) for _ in range(2))
    space = SharedSpace((2,)).fit(eeg, speech, groups.astype(str))
    assert space.space_.values.max() < 0.1
    codes = space.encode_eeg(eeg), space.encode_all(speech)
    within = (centre_within(code, groups) for code in codes)
    assert np.abs(column_correlations(*within)).max() < 0.25


def test_a_small_view_limits_the_shared_space() -> None:
    pairs = gaussian_pairs(100, eeg_dim=3, seed=0)
    space = SharedSpace((2, 6)).fit(pairs.eeg.values, pairs.speech.values, pairs.subjects)
    assert space.encode(pairs.speech.values, "latent 6").shape == (100, 3)
    assert [space.own_axes(option) for option in space.options] == [2, 3, 2, 3]


@pytest.mark.parametrize(
    ("encoder", "own"),
    [
        (SpeechItself(), {"speech": 0}),
        (WithoutSpeakers((1, 9)), {"without 1 speaker axes": 0, "without 9 speaker axes": 0}),
        (
            PrincipalComponents(whitened=(2, 9), dropped=(1, 9)),
            {"whitened 2": 2, "whitened 9": 6, "dropped 1": 0, "dropped 9": 0},
        ),
        (SharedSpace((2, 4)), {"latent 2": 2, "latent 4": 4, "both 2": 2, "both 4": 4}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_own_axes_are_the_columns_beyond_those_of_speech(
    encoder: Encoder, own: dict[str, int]
) -> None:
    speech, groups = people(0)
    encoder.fit(np.random.default_rng(1).standard_normal((80, 5)), speech, groups)
    assert {option: encoder.own_axes(option) for option in encoder.options} == own
    for option, axes in own.items():
        kept = encoder.encode(speech, option).shape[1] - axes
        assert kept in (0, speech.shape[1])


@pytest.mark.parametrize(
    "encoder", [*RIVALS, SharedSpace((2,))], ids=lambda encoder: type(encoder).__name__
)
def test_closed_forms_are_encoders_that_do_not_look_at_labels(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    speech, groups = people(0)
    eeg = np.random.default_rng(1).standard_normal((80, 5))
    labels = np.resize(np.arange(4), 80)
    for option in encoder.options:
        said = {
            encoder.fit(eeg, speech, groups, told).encode(speech, option).tobytes()
            for told in (None, labels, labels[::-1].copy())
        }
        assert len(said) == 1


def test_a_closed_form_has_nothing_left_to_find_out() -> None:
    space = SharedSpace((2,))
    assert space.settled() is space
    assert space.epochs == 0


@pytest.mark.parametrize(
    "encoder", [*RIVALS, Discriminants(4)], ids=lambda encoder: type(encoder).__name__
)
def test_the_rivals_never_look_at_eeg(encoder: Encoder) -> None:
    speech, groups = people(0)
    nothing, something = np.full((80, 1), np.nan), np.random.default_rng(0).random((80, 3))
    for option in encoder.options:
        blind = encoder.fit(nothing, speech, groups, FEW).encode(speech, option).tobytes()
        seeing = encoder.fit(something, speech, groups, FEW).encode(speech, option).tobytes()
        assert seeing == blind


@few
@given(seed=seeds)
def test_whitened_components_are_those_of_scikit_learn(seed: int) -> None:
    speech, groups = people(seed)
    encoder = PrincipalComponents(whitened=(3,), dropped=(3,)).fit(speech, speech, groups)
    found, pca = encoder.encode(speech, "whitened 3"), PCA(3).fit(speech)
    np.testing.assert_allclose(np.cov(found.T, ddof=0), np.eye(3), atol=1e-8)
    np.testing.assert_allclose(
        np.abs(column_correlations(found, pca.transform(speech))), 1, atol=1e-8
    )
    rest = speech - pca.inverse_transform(pca.transform(speech))
    np.testing.assert_allclose(encoder.encode(speech, "dropped 3"), rest, atol=1e-8)


def test_an_axis_without_variance_in_training_is_silent_in_new_rows() -> None:
    speech, groups = people(0, rows=4)
    encoder = PrincipalComponents(whitened=(6,), dropped=(1,)).fit(speech, speech, groups)
    new, _ = people(1)
    codes = encoder.encode(new, "whitened 6")
    assert (codes[:, 3:] == 0).all()  # four rows span three directions
    pca = PCA(3).fit(speech)
    expected = np.abs(pca.transform(new) / np.sqrt(pca.explained_variance_ * 3 / 4))
    np.testing.assert_allclose(np.abs(codes[:, :3]), expected, rtol=1e-6)


def test_components_are_learned_from_the_training_rows_only() -> None:
    speech, groups = people(0)
    encoder = PrincipalComponents(whitened=(2,), dropped=(2,)).fit(speech, speech, groups)
    for option in encoder.options:
        np.testing.assert_allclose(
            encoder.encode(speech + 100, option)[:7], encoder.encode(speech[:7] + 100, option)
        )


@few
@given(seed=seeds)
def test_without_their_axes_all_training_speakers_have_the_same_mean(seed: int) -> None:
    speech, groups = people(seed, n_people=4)
    encoder = WithoutSpeakers((3,)).fit(speech, speech, groups)
    clean = encoder.encode(speech, "without 3 speaker axes")
    means = [clean[groups == person].mean(axis=0) for person in np.unique(groups)]
    np.testing.assert_allclose(means, np.tile(speech.mean(axis=0), (4, 1)), atol=1e-9)
    assert np.linalg.matrix_rank(clean - clean.mean(axis=0), tol=1e-8) == 6 - 3


def test_the_axis_in_which_speakers_differ_most_goes_first() -> None:
    rng = np.random.default_rng(0)
    groups = np.resize(np.arange(20), 1_000)
    axis = np.array([0.6, 0.8, 0.0])
    offsets = 4 * rng.standard_normal(20)
    speech = rng.standard_normal((1_000, 3)) + offsets[groups][:, None] * axis
    encoder = WithoutSpeakers((1,)).fit(speech, speech, groups.astype(str))
    removed = speech - encoder.encode(speech, "without 1 speaker axes")
    direction = removed[0] / np.linalg.norm(removed[0])
    assert abs(direction @ axis) > 0.99


def test_a_speaker_counts_by_how_much_was_said() -> None:
    # Two speakers with 200 rows each stand apart along x, two with 2 rows each along y.
    groups = np.repeat(np.arange(4), [200, 200, 2, 2])
    centres = np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 5.0], [0.0, -5.0]])
    encoder = WithoutSpeakers((1,)).fit(centres[groups], centres[groups], groups.astype(str))
    np.testing.assert_allclose(np.abs(encoder.axes_[:, 0]), [1, 0], atol=1e-9)


def test_where_speakers_do_not_differ_nothing_is_removed() -> None:
    speech, groups = people(0)
    centred = centre_within(speech, groups)
    for size in (1, 4, 10):
        encoder = WithoutSpeakers((size,)).fit(centred, centred, groups)
        np.testing.assert_allclose(
            encoder.encode(centred, f"without {size} speaker axes"), centred, atol=1e-9
        )


def test_speech_itself_is_speech() -> None:
    speech, groups = people(0)
    assert SpeechItself().fit(speech, speech, groups).encode(speech, "speech") is speech
