"""The simulated study: reproducible to the byte, balanced, labelled by raters who disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu.data import Recording
from jmml_edu.simulate.brain_effects import BrainEffects
from jmml_edu.simulate.eeg import BrainNoise
from jmml_edu.simulate.gaussian import QUADRANTS, quadrant_labels
from jmml_edu.simulate.pairs import (
    Trial,
    World,
    draw_trials,
    simulate_eeg,
    simulate_pairs,
    simulate_speech,
)

WORLD = World(n_subjects=3, n_trials=4, seed=11)
BIG = World(n_subjects=200, n_trials=40, rater_noise=0.0, seed=3)


def everyone(world: World) -> list[Trial]:
    """The hidden truth of a whole study."""
    return [trial for number in range(world.n_subjects) for trial in draw_trials(world, number)]


def sounds(pairs: list[tuple[Recording, Recording]], side: int) -> list[bytes]:
    """The bytes of one side of every pair."""
    return [pair[side].signal.tobytes() for pair in pairs]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Recording, Recording]]:
    return list(simulate_pairs(WORLD))


def test_a_study_is_every_trial_of_every_person_in_order(
    pairs: list[tuple[Recording, Recording]],
) -> None:
    expected = [f"p{person:02d}-{trial:02d}" for person in (1, 2, 3) for trial in (1, 2, 3, 4)]
    assert [eeg.trial for eeg, _ in pairs] == [speech.trial for _, speech in pairs] == expected
    truth = [trial.label for trial in everyone(WORLD)]
    for (eeg, speech), label in zip(pairs, truth, strict=True):
        assert eeg.subject == speech.subject == eeg.trial[:3]
        assert eeg.label == speech.label == label


def test_recordings_have_the_units_rates_and_lengths_that_are_promised(
    pairs: list[tuple[Recording, Recording]],
) -> None:
    for eeg, speech in pairs:
        assert (eeg.modality, eeg.signal.shape, eeg.sample_rate_hz) == ("eeg", (32, 512), 128)
        assert (speech.modality, speech.signal.shape[0], speech.sample_rate_hz) == (
            "speech", 1, 16_000,
        )  # fmt: skip
        assert 1 < eeg.signal.std() < 100  # microvolt
        assert 0.01 < np.abs(speech.signal).max() <= 1
        assert 0.5 < speech.duration_s < 10
        assert {eeg.provenance.stamp, speech.provenance.stamp} == {"SIMULATED"}
        assert "seed 11" in eeg.provenance.source


def test_the_same_world_gives_the_same_bytes_and_another_seed_others(
    pairs: list[tuple[Recording, Recording]],
) -> None:
    again = list(simulate_pairs(WORLD, range(1)))
    other = list(simulate_pairs(replace(WORLD, seed=12), range(1)))
    for side in (0, 1):
        assert sounds(again, side) == sounds(pairs[:4], side)
        assert not set(sounds(other, side)) & set(sounds(pairs, side))


def test_any_people_are_the_same_people_as_in_the_whole_study(
    pairs: list[tuple[Recording, Recording]],
) -> None:
    last = list(simulate_pairs(replace(WORLD, n_subjects=40), range(2, 3)))
    for side in (0, 1):
        assert sounds(last, side) == sounds(pairs[8:], side)
        assert [pair[side].trial for pair in last] == [pair[side].trial for pair in pairs[8:]]


@pytest.mark.parametrize("simulate", [simulate_eeg, simulate_speech])
def test_the_same_feeling_twice_is_not_the_same_signal(
    simulate: Callable[[World, int, int, Trial], Recording],
) -> None:
    truth = draw_trials(WORLD, 0)[0]
    first, second = (simulate(WORLD, 0, trial, truth).signal for trial in (0, 1))
    assert first.tobytes() != second.tobytes()


def test_another_seed_is_another_eeg_even_for_the_same_feeling() -> None:
    truth = draw_trials(WORLD, 0)[0]
    one, *others = (
        simulate_eeg(replace(WORLD, seed=seed), 0, 0, truth).signal for seed in (11, 12, 13, 14)
    )
    alike = [
        abs(np.corrcoef(x, y)[0, 1]) for other in others for x, y in zip(one, other, strict=True)
    ]
    assert np.mean(alike) < 0.2


def test_no_two_trials_sound_or_look_alike(pairs: list[tuple[Recording, Recording]]) -> None:
    for side in (0, 1):
        assert len(set(sounds(pairs, side))) == len(pairs)


@pytest.mark.parametrize(
    "change",
    [
        {"brain_effects": BrainEffects().scaled(0.0)},
        {"brain_noise": BrainNoise(shared_nuisance=1.0)},
    ],
)
def test_other_rules_for_the_eeg_leave_speech_as_it_was(
    pairs: list[tuple[Recording, Recording]], change: dict[str, object]
) -> None:
    other = list(simulate_pairs(replace(WORLD, **change), range(1)))  # type: ignore[arg-type]
    assert sounds(other, 1) == sounds(pairs[:4], 1)
    assert set(sounds(other, 0)).isdisjoint(sounds(pairs[:4], 0))


def test_a_single_signal_can_be_made_again(pairs: list[tuple[Recording, Recording]]) -> None:
    truth = draw_trials(WORLD, 1)[2]
    eeg, speech = (simulate(WORLD, 1, 2, truth) for simulate in (simulate_eeg, simulate_speech))
    assert [eeg.signal.tobytes()] == sounds(pairs[6:7], 0)
    assert [speech.signal.tobytes()] == sounds(pairs[6:7], 1)


def test_without_distance_between_them_quadrants_are_but_signs() -> None:
    world = replace(BIG, class_distance=0.0)
    for trial in everyone(world):
        (label,) = quadrant_labels(np.array([trial.valence]), np.array([trial.arousal]))
        assert trial.label == label


def test_valence_arousal_and_effort_have_unit_variance_over_a_study() -> None:
    for distance in (0.0, 1.0, 3.0):
        trials = everyone(replace(BIG, class_distance=distance))
        hidden = np.array([(t.valence, t.arousal, t.effort) for t in trials])
        np.testing.assert_allclose(hidden.mean(axis=0), 0, atol=0.04)
        np.testing.assert_allclose(hidden.std(axis=0), 1, atol=0.03)
        correlations = np.corrcoef(hidden.T)[np.triu_indices(3, 1)]
        np.testing.assert_allclose(correlations, 0, atol=0.04)


@pytest.mark.parametrize("number", range(4))
def test_each_person_meets_the_four_quadrants_equally_often(number: int) -> None:
    # So far apart that the label names the quadrant that was meant.
    world = World(n_trials=12, class_distance=50.0, rater_noise=0.0, seed=number)
    found = Counter(trial.label for trial in draw_trials(world, number))
    assert found == dict.fromkeys(QUADRANTS, 3)


def test_raters_disagree_more_the_noisier_they_are() -> None:
    def share_flipped(noise: float) -> float:
        """Share of labels that are not the quadrant of the feeling."""
        trials = everyone(replace(BIG, rater_noise=noise))
        felt = quadrant_labels(*np.array([(t.valence, t.arousal) for t in trials]).T)
        return float(np.mean([t.label != f for t, f in zip(trials, felt, strict=True)]))

    shares = [share_flipped(noise) for noise in (0.0, 0.3, 1.0, 100.0)]
    assert shares[0] == 0
    assert 0.05 < shares[1] < shares[2] < shares[3]
    assert shares[3] == pytest.approx(0.75, abs=0.02)


def test_raters_change_labels_and_nothing_else() -> None:
    quiet, noisy = (everyone(replace(BIG, rater_noise=noise)) for noise in (0.0, 1.0))
    hidden = [[(t.valence, t.arousal, t.effort) for t in trials] for trials in (quiet, noisy)]
    assert hidden[0] == hidden[1]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"n_subjects": 0}, "World: n_subjects must be at least 1; got 0."),
        ({"n_trials": 0}, "World: n_trials must be at least 1; got 0."),
        ({"rater_noise": -0.1}, "World: rater_noise must be at least 0; got -0.1."),
        ({"class_distance": float("nan")}, "World: class_distance must be at least 0; got nan."),
    ],
)
def test_an_impossible_world_gets_a_sentence(rule: dict[str, float], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        World(**rule)  # type: ignore[arg-type]
    assert str(caught.value).startswith(sentence)


def test_twenty_pairs_take_about_a_second(pairs: list[tuple[Recording, Recording]]) -> None:
    assert pairs  # the first pair loads the head model
    begin = process_time()
    made = list(simulate_pairs(replace(WORLD, n_trials=20, seed=1), range(1)))
    # The budget is 20 pairs per second on one core; a third of it is a regression.
    assert len(made) / (process_time() - begin) > 20 / 3
