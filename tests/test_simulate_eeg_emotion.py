"""What emotion does to simulated EEG: each effect has its size, and without effects no trace."""

from __future__ import annotations

from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from brains import OFF, SILENT, at, band_db, trial
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score

from jmml_edu.simulate.brain import Brain, draw_brain
from jmml_edu.simulate.brain_effects import EFFECTS_TABLE, BrainEffects
from jmml_edu.simulate.eeg import BrainNoise, record_brain

BANDS_HZ = ((4, 8), (8, 13), (15, 25), (30, 45))
few = settings(max_examples=8, deadline=None)


@pytest.fixture(scope="module")
def person() -> Brain:
    return draw_brain("p", np.random.default_rng(1))


@few
@given(valence=st.floats(-3, 3), arousal=st.floats(-3, 3), seed=st.integers(0, 99))
def test_without_effects_emotion_leaves_no_trace(
    person: Brain, valence: float, arousal: float, seed: int
) -> None:
    moved = trial(person, valence=valence, arousal=arousal, seed=seed, noise=BrainNoise())
    np.testing.assert_array_equal(moved, trial(person, seed=seed, noise=BrainNoise()))


@pytest.mark.parametrize(
    ("effect", "emotion", "channel", "band_hz"),
    [
        ("valence_to_theta_db", "valence", "Fz", (5, 7)),
        ("arousal_to_alpha_db", "arousal", "Oz", (8, 13)),
        ("arousal_to_beta_db", "arousal", "P4", (17, 23)),
        ("arousal_to_gamma_db", "arousal", "P4", (34, 42)),
    ],
)
def test_an_effect_has_its_size_in_its_band(
    person: Brain, effect: str, emotion: str, channel: str, band_hz: tuple[float, float]
) -> None:
    effects = replace(OFF, **{effect: 2.0})
    before = band_db(trial(person), *band_hz)
    after = band_db(trial(person, effects=effects, **{emotion: 1.5}), *band_hz)
    assert at(after - before, channel) == pytest.approx(3.0, abs=0.25)


def test_positive_valence_moves_frontal_alpha_to_the_right_and_nothing_else(person: Brain) -> None:
    effects = replace(OFF, valence_to_alpha_asymmetry_db=4.0)
    neutral, pleased = (
        np.mean([band_db(trial(person, valence=v, effects=effects, seed=s), 8, 13)
                 for s in range(10)], axis=0)
        for v in (0.0, 1.0)
    )  # fmt: skip
    change_db = pleased - neutral
    assert 0.7 < at(change_db, "F4") <= 2.1
    assert -2.1 <= at(change_db, "F3") < -0.7
    assert abs(at(change_db, "Oz")) < 0.1


def test_arousal_tenses_temples_more_than_jaws_and_the_vertex_not_at_all(person: Brain) -> None:
    noise = replace(SILENT, muscle_uv=3.0)
    effects = replace(OFF, arousal_to_muscle_db=4.0)
    calm, tense = (
        band_db(trial(person, arousal=a, effects=effects, noise=noise) - trial(person), 25, 60)
        for a in (0.0, 1.0)
    )
    assert at(tense - calm, "AF3") == pytest.approx(4.0, abs=0.2)
    assert 2.0 < at(tense - calm, "T7") < 4.0


def test_gamma_of_the_cortex_is_off_and_the_rest_is_on_by_default() -> None:
    sizes = {effect.name: getattr(BrainEffects(), effect.name) for effect in fields(BrainEffects)}
    assert [name for name, size in sizes.items() if size == 0] == ["arousal_to_gamma_db"]
    assert [name for name, size in sizes.items() if size < 0] == ["arousal_to_alpha_db"]


def test_scaling_doubles_every_effect() -> None:
    np.testing.assert_allclose(
        astuple(BrainEffects().scaled(2.0)), 2 * np.array(astuple(BrainEffects()))
    )


def test_every_effect_has_a_row_with_a_source_and_its_standing() -> None:
    assert [note.effect for note in EFFECTS_TABLE] == [e.name for e in fields(BrainEffects)]
    assert all(note.link.startswith("https://doi.org/") for note in EFFECTS_TABLE)
    assert all(note.replication for note in EFFECTS_TABLE)


def arousal_auc_of_new_people(factor: float) -> float:
    """How well band powers tell high from low arousal in people never seen before."""
    effects, rows, arousals, subjects = BrainEffects().scaled(factor), [], [], []
    for subject in range(9):
        rng = np.random.default_rng([7, subject])
        brain = draw_brain(str(subject), rng)
        for _ in range(20):
            valence, arousal = rng.standard_normal(2)
            signal = record_brain(
                brain, valence=valence, arousal=arousal, effort=0.0, duration_s=4.0,
                rng=rng, effects=effects,
            )  # fmt: skip
            rows.append(np.concatenate([band_db(signal, *band) for band in BANDS_HZ]))
            arousals.append(arousal > 0)
            subjects.append(subject)
    seen = np.array(subjects) < 6
    values, high = np.array(rows), np.array(arousals)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(
        values[seen], high[seen]
    )
    return float(roc_auc_score(high[~seen], model.decision_function(values[~seen])))


def test_arousal_is_read_from_new_people_only_when_the_effects_are_on() -> None:
    assert arousal_auc_of_new_people(2.0) > 0.75
    assert abs(arousal_auc_of_new_people(0.0) - 0.5) < 0.12
