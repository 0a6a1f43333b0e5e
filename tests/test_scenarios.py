"""The twelve situations: their form, their seeds, and whether each is what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sentences import explained
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.data import Features, Pairs
from jmml_edu.scenarios import SCENARIOS, draw_pairs, draw_scenario

SEEDS = (0, 1, 2)
PLAIN = "speech nuisance"
every = pytest.mark.parametrize("name", SCENARIOS)
draw = cache(lambda name, seed=0: draw_scenario(name, seed=seed))
SILENT = {"eeg_noise": 0.0, "speech_noise": 0.0}


def changed(name: str, *, seed: int = 0, **settings: float) -> tuple[Pairs, Pairs]:
    """A scenario with something changed."""
    return draw_pairs(replace(SCENARIOS[name], **settings), name=name, seed=seed)


def complete(pairs: Pairs) -> Pairs:
    return pairs.take(pairs.has_eeg)


def within_people(features: Features) -> np.ndarray:
    """The values without each person's mean."""
    people = np.unique(features.subjects, return_inverse=True)[1]
    means = np.stack([features.values[people == p].mean(axis=0) for p in range(people.max() + 1)])
    return features.values - means[people]


def rank(values: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(values, tol=1e-8 * np.linalg.norm(values)))


def whitener(values: np.ndarray) -> np.ndarray:
    """The inverse root of the covariance, with a small ridge."""
    variance, axes = np.linalg.eigh(np.cov(values.T))
    return axes / np.sqrt(variance + 0.01 * variance.mean())


def shared(train: Pairs, test: Pairs, n: int = 6) -> np.ndarray:
    """Correlations on new people of the first directions of linear CCA, person means left out."""
    old, new = (
        [within_people(side) for side in (pairs.eeg, pairs.speech)]
        for pairs in (complete(train), complete(test))
    )
    left, right = map(whitener, old)
    u, _, vt = np.linalg.svd(left.T @ old[0].T @ old[1] @ right)
    codes = new[0] @ left @ u[:, :n], new[1] @ right @ vt[:n].T
    return np.array([np.corrcoef(*pair)[0, 1] for pair in zip(*(c.T for c in codes), strict=True)])


def recognised(train: Features, test: Features) -> float:
    """How often linear discriminants, taught by one, recognise the classes of the other."""
    model = LinearDiscriminantAnalysis().fit(train.values, train.labels)
    return float(model.score(test.values, test.labels))


def mean_over_seeds(measure: Callable[..., float], name: str) -> float:
    return float(np.mean([measure(*draw(name, seed)) for seed in SEEDS]))


# Form


def test_there_are_twelve_in_the_order_of_their_numbers() -> None:
    assert list(SCENARIOS) == [
        "speech nuisance", "isotropic noise", "curved views", "shared nuisance", "200 pairs",
        "20,000 pairs", "weak EEG", "useless EEG", "faked speech", "half without EEG",
        "class pairs", "eight classes",
    ]  # fmt: skip
    assert len({scenario.about for scenario in SCENARIOS.values()}) == 12
    assert SCENARIOS["200 pairs"].n_pairs == 200
    assert SCENARIOS["20,000 pairs"].n_pairs == 20_000


@every
def test_training_and_test_pairs_have_their_form(name: str) -> None:
    train, test = draw(name)
    assert len(train) == SCENARIOS[name].n_pairs
    assert len(test) == 1_600
    for pairs, people in ((train, 24), (test, 16)):
        assert pairs.eeg.values.shape == (len(pairs), 32)
        assert pairs.speech.values.shape == (len(pairs), 40)
        assert pairs.eeg.names != pairs.speech.names
        assert len(set(pairs.subjects)) == people
        assert pairs.kind == ("class" if name == "class pairs" else "trial")
        assert len(set(zip(pairs.subjects, pairs.speech.trials, strict=True))) == len(pairs)
        assert np.isfinite(pairs.speech.values).all()


@every
def test_training_and_test_people_are_not_the_same(name: str) -> None:
    train, test = draw(name)
    for side in ("eeg", "speech"):
        assert not set(getattr(train, side).subjects) & set(getattr(test, side).subjects)
    assert not np.intersect1d(train.speech.values, test.speech.values).size


@every
def test_every_row_is_labelled_and_each_class_is_as_common_as_the_others(name: str) -> None:
    n_classes = 8 if name == "eight classes" else 4
    for pairs in draw(name):
        assert pairs.speech.classes == tuple(f"class {number}" for number in range(n_classes))
        counts = np.unique(pairs.labels, return_counts=True)[1]
        expected = len(pairs) / n_classes
        assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)
        np.testing.assert_array_equal(
            pairs.eeg.labels[pairs.has_eeg], pairs.labels[pairs.has_eeg]
        )  # fmt: skip


@every
def test_people_take_part_alike_and_show_every_class(name: str) -> None:
    for pairs in draw(name):
        counts = np.unique(pairs.subjects, return_counts=True)[1]
        assert counts.max() - counts.min() <= 1
        if len(pairs) > 200:
            for person in set(pairs.subjects):
                assert set(pairs.labels[pairs.subjects == person]) == set(pairs.speech.classes)


@every
def test_it_says_that_it_is_simulated_which_one_and_by_which_seed(name: str) -> None:
    for pairs in draw(name, 1):
        for features in (pairs.eeg, pairs.speech):
            assert features.provenance.simulated
            assert name in features.provenance.source
            assert "seed 1" in features.provenance.source


@every
def test_the_same_seed_draws_the_same_bytes_and_another_does_not(name: str) -> None:
    np.random.seed(0)
    state = np.random.get_state()[1].copy()
    again, other = draw_scenario(name, seed=0), draw(name, 1)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    for old, new, strange in zip(draw(name), again, other, strict=True):
        assert old.has_eeg.tobytes() == new.has_eeg.tobytes()
        for side in ("eeg", "speech"):
            one, same, third = (getattr(pairs, side) for pairs in (old, new, strange))
            assert one.values.tobytes() == same.values.tobytes()
            assert one.labels.tolist() == same.labels.tolist()
            assert one.trials.tolist() == same.trials.tolist()
            assert one.subjects.tolist() == same.subjects.tolist()
            assert not np.intersect1d(one.values, third.values).size
        assert old.labels.tolist() != strange.labels.tolist()


@every
def test_eeg_is_there_or_the_whole_row_is_missing(name: str) -> None:
    for pairs in draw(name):
        np.testing.assert_array_equal(np.isfinite(pairs.eeg.values).all(axis=1), pairs.has_eeg)
        np.testing.assert_array_equal(np.isfinite(pairs.eeg.values).any(axis=1), pairs.has_eeg)


@every
def test_half_of_the_training_pairs_lack_eeg_where_it_says_so(name: str) -> None:
    train, _ = draw(name)
    assert train.has_eeg.mean() == (0.5 if name == "half without EEG" else 1.0)


@every
def test_all_test_pairs_have_eeg(name: str) -> None:
    assert draw(name)[1].has_eeg.all()


def test_eeg_is_missing_without_regard_to_person_or_class() -> None:
    train, _ = draw("half without EEG")
    for column in (train.subjects, train.labels):
        shares = [train.has_eeg[column == value].mean() for value in set(column)]
        assert max(abs(share - 0.5) for share in shares) < 0.25


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with explained(
        "draw_scenario: name must be one of 20,000 pairs, 200 pairs, class pairs, curved views,"
        " eight classes, faked speech, half without EEG, isotropic noise, shared nuisance,"
        " speech nuisance, useless EEG, weak EEG; got 'weak eeg'. Pick one of these."
    ):
        draw_scenario("weak eeg", seed=0)


# What the views hold, counted where nothing hides it


@pytest.mark.parametrize(
    ("name", "speech", "within", "both"),
    [
        (PLAIN, 18, 12, 30),
        ("isotropic noise", 6, 6, 6),
        ("shared nuisance", 18, 12, 24),
        ("eight classes", 18, 12, 30),
    ],
)
def test_without_noise_a_view_has_as_many_dimensions_as_causes(
    name: str, speech: int, within: int, both: int
) -> None:
    train, _ = changed(name, **SILENT)
    assert rank(train.speech.values) == speech
    assert rank(np.hstack([train.eeg.values, train.speech.values])) == both
    # The latent varies within a person; of the twelve nuisance dimensions six do.
    assert rank(within_people(train.speech)) == within


def test_useless_eeg_holds_nothing_but_its_nuisance() -> None:
    train, _ = changed("useless EEG", **SILENT)
    assert rank(train.eeg.values) == 12
    assert rank(within_people(train.eeg)) == 6


def test_curved_views_take_more_dimensions_than_the_latent_has() -> None:
    nothing_else = {**SILENT, "eeg_nuisance": 0.0, "speech_nuisance": 0.0, "jitter": 0.0}
    for name, enough in ((PLAIN, range(6, 7)), ("curved views", range(7, 33))):
        for side in ("eeg", "speech"):
            values = getattr(changed(name, **nothing_else)[0], side).values
            assert rank(values - values.mean(axis=0)) in enough


def test_nuisance_is_added_to_curved_views_not_bent() -> None:
    calm, loud = (
        changed("curved views", **SILENT, speech_nuisance=factor)[0].speech.values
        for factor in (0.0, 3.0)
    )
    assert rank(loud - calm) == 12


@pytest.mark.parametrize("name", [PLAIN, "isotropic noise", "weak EEG"])
def test_white_noise_has_the_deviation_it_says(name: str) -> None:
    scenario = SCENARIOS[name]
    loud, quiet = draw(name)[0], changed(name, **SILENT)[0]
    for side, deviation in (("eeg", scenario.eeg_noise), ("speech", scenario.speech_noise)):
        noise = getattr(loud, side).values - getattr(quiet, side).values
        assert noise.std() == pytest.approx(deviation, rel=0.02)
        assert np.linalg.cond(np.cov(noise.T)) < 2


@pytest.mark.parametrize(("side", "expected"), [("eeg", 1.0), ("speech", 2.0)])
def test_nuisance_has_the_deviation_it_says(side: str, expected: float) -> None:
    nothing = {"eeg_signal": 0.0, **SILENT}
    calm, loud = (
        getattr(changed("20,000 pairs", **nothing, **more)[0], side)
        for more in ({f"{side}_nuisance": 0.0}, {})
    )
    nuisance = replace(loud, values=loud.values - calm.values)
    of_utterance = within_people(nuisance)
    assert np.linalg.norm(of_utterance) / np.sqrt(6 * len(loud)) == pytest.approx(
        expected, rel=0.02
    )
    of_person = nuisance.values - of_utterance  # 24 people: a rough measure
    assert np.linalg.norm(of_person) / np.sqrt(6 * len(loud)) == pytest.approx(expected, rel=0.3)


def test_each_view_hears_with_orthonormal_directions_of_its_own() -> None:
    train, _ = changed(PLAIN, **SILENT, eeg_nuisance=0.0, speech_nuisance=0.0)
    eeg, speech = (v.values - v.values.mean(axis=0) for v in (train.eeg, train.speech))
    # Equal distances between trials: both are one latent, rotated.
    np.testing.assert_allclose(eeg @ eeg.T, speech @ speech.T, atol=1e-9)


def test_class_means_are_corners_two_dimensions_for_four_classes_three_for_eight() -> None:
    for name, dims in (("20,000 pairs", 2), ("eight classes", 3)):
        train, _ = changed(name, n_pairs=20_000, **SILENT, eeg_nuisance=0.0, speech_nuisance=0.0)
        means = [train.eeg.values[train.labels == c].mean(axis=0) for c in train.speech.classes]
        strength = np.linalg.svd(np.stack(means), compute_uv=False)
        assert strength[dims - 1] > 20 * strength[dims]
        np.testing.assert_allclose(strength[:dims], strength[0], rtol=0.05)


def test_around_a_class_every_latent_dimension_varies_by_one() -> None:
    train, _ = changed("20,000 pairs", **SILENT, eeg_nuisance=0.0)
    for name in train.speech.classes:
        variance = np.linalg.eigvalsh(np.cov(train.eeg.values[train.labels == name].T))
        np.testing.assert_allclose(variance[-6:], 1, rtol=0.1)
        np.testing.assert_allclose(variance[:-6], 0, atol=1e-9)


# What a linear method finds on new people


@pytest.mark.parametrize("name", [PLAIN, "isotropic noise", "20,000 pairs", "eight classes"])
def test_six_dimensions_are_shared_by_plain_views(name: str) -> None:
    found = shared(*draw(name), n=9)
    assert found[:6].min() > 0.25
    assert np.abs(found[6:]).max() < 0.12


def test_shared_nuisance_doubles_what_is_shared() -> None:
    found = shared(*draw("shared nuisance"), n=15)
    assert found[:12].min() > 0.5
    assert np.abs(found[12:]).max() < 0.12
    assert found[:6].mean() > shared(*draw(PLAIN)).mean() + 0.03


def test_useless_eeg_shares_nothing_with_speech_and_knows_no_class() -> None:
    for seed in SEEDS:
        train, test = draw("useless EEG", seed)
        assert np.abs(shared(train, test)).max() < 0.12
        assert recognised(train.eeg, test.eeg) == pytest.approx(0.25, abs=0.05)
        assert recognised(train.speech, test.speech) > 0.6


def test_isotropic_noise_is_even_in_all_directions_beside_the_latent() -> None:
    even, uneven = (
        np.linalg.eigvalsh(np.cov(within_people(draw(name)[0].speech).T))[::-1]
        for name in ("isotropic noise", PLAIN)
    )
    assert even[6] / even[-1] < 2
    assert uneven[6] / uneven[-1] > 4
    assert uneven[12] / uneven[-1] < 2  # six of the latent, six of the utterance's nuisance


def test_weak_eeg_shares_less_and_knows_less_but_something() -> None:
    for measure, least in (
        (lambda train, test: shared(train, test)[:2].mean(), 0.2),
        (lambda train, test: recognised(train.eeg, test.eeg), 0.3),
    ):
        weak, plain = (mean_over_seeds(measure, name) for name in ("weak EEG", PLAIN))
        assert least < weak < plain - 0.1
    assert recognised(*(pairs.speech for pairs in draw("weak EEG"))) == pytest.approx(
        recognised(*(pairs.speech for pairs in draw(PLAIN)))
    )


def test_a_third_of_speech_contradicts_what_is_felt() -> None:
    shares = []
    for seed in SEEDS:
        honest, faked = changed("faked speech", faked=0.0, seed=seed), draw("faked speech", seed)
        right = recognised(honest[0].speech, honest[1].speech)
        mixed = recognised(honest[0].speech, faked[1].speech)
        # A played class is one of the three others: it is taken for the felt one by mistake only.
        by_mistake = (1 - right) / 3
        shares.append((right - mixed) / (right - by_mistake))
        assert recognised(honest[0].eeg, faked[1].eeg) == recognised(honest[0].eeg, honest[1].eeg)
    assert np.mean(shares) == pytest.approx(1 / 3, abs=0.03)


def test_faked_speech_plays_every_other_class_alike() -> None:
    honest, faked = changed("faked speech", faked=0.0), changed("faked speech", faked=1.0)
    model = LinearDiscriminantAnalysis().fit(honest[0].speech.values, honest[0].labels)
    heard = model.predict(faked[1].speech.values)
    for felt in model.classes_:
        counts = [np.mean(heard[faked[1].labels == felt] == played) for played in model.classes_]
        others = np.delete(counts, list(model.classes_).index(felt))
        assert counts[list(model.classes_).index(felt)] < 0.15
        assert others.min() > 0.2


def test_class_pairs_share_the_class_and_nothing_within_it() -> None:
    train, test = draw("class pairs")
    found = shared(train, test)
    assert found[:2].min() > 0.3
    assert np.abs(found[2:]).max() < 0.12
    assert (train.eeg.labels == train.labels).all()
    assert np.mean(train.eeg.trials == train.speech.trials) < 0.02


def test_eight_classes_are_all_told_apart() -> None:
    train, test = draw("eight classes")
    model = LinearDiscriminantAnalysis().fit(train.speech.values, train.labels)
    heard = model.predict(test.speech.values)
    assert all(np.mean(heard[test.labels == name] == name) > 0.4 for name in train.speech.classes)


def test_straight_lines_carry_less_between_curved_views() -> None:
    def held(train: Pairs, test: Pairs) -> float:
        return shared(train, test)[:4].mean()

    assert mean_over_seeds(held, "curved views") < mean_over_seeds(held, PLAIN) - 0.05
