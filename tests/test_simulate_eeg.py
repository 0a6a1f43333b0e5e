"""The simulated EEG: physics by another route, sizes in dB, switches, sharing, bad input."""

from __future__ import annotations

from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score

from jmml_edu._checks import InputError
from jmml_edu.simulate.brain import SOURCES, Brain, draw_brain
from jmml_edu.simulate.brain_effects import EFFECTS_TABLE, BrainEffects
from jmml_edu.simulate.eeg import BrainNoise, record_brain
from jmml_edu.simulate.head import (
    CHANNELS,
    CORTEX_DEPTH,
    SAMPLE_RATE_HZ,
    sphere_head,
    sphere_potentials,
)
from jmml_edu.simulate.waves import blinks, bursts, frequencies_hz, one_over_f, shaped_noise

OFF = BrainEffects().scaled(0.0)
SILENT = BrainNoise(
    background_uv=0.0, electrode_uv=0.0, line_uv=0.0, blink_rate_hz=0.0, muscle_uv=0.0
)
BANDS_HZ = ((4, 8), (8, 13), (15, 25), (30, 45))
few = settings(max_examples=8, deadline=None)


@pytest.fixture(scope="module")
def person() -> Brain:
    return draw_brain("p", np.random.default_rng(1))


def trial(
    brain: Brain,
    *,
    valence: float = 0.0,
    arousal: float = 0.0,
    effort: float = 0.0,
    seed: int = 0,
    duration_s: float = 4.0,
    effects: BrainEffects = OFF,
    noise: BrainNoise = SILENT,
) -> np.ndarray:
    """One trial whose chance depends on the seed only."""
    return record_brain(
        brain,
        valence=valence,
        arousal=arousal,
        effort=effort,
        duration_s=duration_s,
        rng=np.random.default_rng(seed),
        effects=effects,
        noise=noise,
    )


def band_db(signal: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Power per channel between two frequencies, in dB."""
    power = np.abs(np.fft.rfft(signal, axis=1)) ** 2
    frequency_hz = np.fft.rfftfreq(signal.shape[1], 1 / SAMPLE_RATE_HZ)
    inside = (frequency_hz >= low_hz) & (frequency_hz < high_hz)
    return 10 * np.log10(power[:, inside].sum(axis=1))


def at(values: np.ndarray, channel: str) -> float:
    """The value of a named channel."""
    return float(values[CHANNELS.index(channel)])


# --- the head -------------------------------------------------------------------------------


def radial_dipole_by_series(depth: float, cosine: np.ndarray, n_terms: int = 60) -> np.ndarray:
    """Scalp potential in uV of 1 nAm, radial: continuity at four shells, Legendre by Legendre."""
    radii, sigmas, head_m = (0.90, 0.92, 0.97, 1.0), (0.33, 1.0, 0.004, 0.33), 0.095
    weights = np.zeros(n_terms + 1)
    for n in range(1, n_terms + 1):
        matrix, right = np.zeros((7, 7)), np.zeros(7)  # A1, then A and B of the other layers
        for wall, r in enumerate(radii):
            up, down = (r**n, n * r ** (n - 1)), (r ** -(n + 1), -(n + 1) * r ** -(n + 2))
            for row in range(2):
                line = 2 * wall + row - (wall == 3)
                if wall == 3 and row == 0:
                    continue
                inner, outer = (sigmas[wall], sigmas[min(wall + 1, 3)]) if row else (1.0, 1.0)
                matrix[line, max(2 * wall - 1, 0)] = inner * up[row]
                if wall == 0:
                    right[line] = -inner * n * depth ** (n - 1) * down[row]
                else:
                    matrix[line, 2 * wall] = inner * down[row]
                if wall < 3:
                    matrix[line, 2 * wall + 1] = -outer * up[row]
                    matrix[line, 2 * wall + 2] = -outer * down[row]
        solution = np.linalg.solve(matrix, right)
        weights[n] = solution[5] + solution[6]
    return (
        1e-3 / (4 * np.pi * sigmas[0] * head_m**2) * np.polynomial.legendre.legval(cosine, weights)
    )


@pytest.mark.parametrize("depth", [0.1, 0.4, CORTEX_DEPTH])
def test_potentials_of_a_radial_dipole_match_the_series_of_four_shells(depth: float) -> None:
    electrodes, potentials = sphere_potentials(np.array([[0.0, 0.0, depth]]))
    expected = radial_dipole_by_series(depth, electrodes[:, 2])
    np.testing.assert_allclose(potentials[:, 0, 2], expected, atol=0.02 * np.abs(expected).max())


def test_a_mirrored_dipole_makes_a_mirrored_map() -> None:
    mirror = np.array([-1.0, 1.0, 1.0])
    place = np.array([0.4, 0.3, 0.5])
    electrodes, potentials = sphere_potentials(np.stack([place, mirror * place]))
    twin = [int(((electrodes - mirror * e) ** 2).sum(axis=1).argmin()) for e in electrodes]
    assert CHANNELS[twin[CHANNELS.index("F3")]] == "F4"
    np.testing.assert_allclose(potentials[:, 0], potentials[twin, 1] * mirror, atol=1e-6)


def test_there_are_32_electrodes_of_which_the_vertex_is_on_top() -> None:
    head = sphere_head()
    assert len(set(CHANNELS)) == len(CHANNELS) == 32
    np.testing.assert_allclose(head.direction("Cz"), [0, 0, 1], atol=1e-9)
    assert head.direction("T8")[0] > 0.9
    assert head.direction("Oz")[1] < -0.9


# --- time courses ---------------------------------------------------------------------------


@few
@given(n_samples=st.integers(64, 600), exponent=st.floats(0, 2))
def test_shaped_noise_has_mean_zero_and_expected_power_one(n_samples: int, exponent: float) -> None:
    shape = one_over_f(frequencies_hz(n_samples, sample_rate_hz=128.0), exponent=exponent)
    noise = shaped_noise(np.random.default_rng(0), np.repeat(shape, 400, axis=0), n_samples)
    assert np.abs(noise.mean(axis=1)).max() < 1e-9
    assert noise.var() == pytest.approx(1, abs=0.12)


def test_the_power_of_the_background_falls_with_its_exponent() -> None:
    frequency_hz = frequencies_hz(512, sample_rate_hz=128.0)
    shape = np.repeat(one_over_f(frequency_hz, exponent=1.4), 500, axis=0)
    power = (np.abs(np.fft.rfft(shaped_noise(np.random.default_rng(0), shape, 512))) ** 2).mean(0)
    fitted = np.polyfit(np.log(frequency_hz[4:-1]), np.log(power[4:-1]), 1)[0]
    assert fitted == pytest.approx(-1.4, abs=0.05)


@pytest.mark.parametrize("burstiness", [0.0, 0.5])
def test_bursts_keep_expected_power_one(burstiness: float) -> None:
    centre_hz = np.full(1500, 10.0)
    rng = np.random.default_rng(0)
    rhythm = bursts(
        rng, centre_hz, centre_hz / 15, 512, sample_rate_hz=128.0, burstiness=burstiness
    )
    assert (rhythm**2).mean() == pytest.approx(1, abs=0.06)


def test_a_bursty_rhythm_waxes_and_wanes_more_than_a_steady_one() -> None:
    centre_hz = np.full(200, 10.0)

    def swing(burstiness: float) -> float:
        rng = np.random.default_rng(0)
        rhythm = bursts(
            rng, centre_hz, centre_hz / 15, 512, sample_rate_hz=128.0, burstiness=burstiness
        )
        return float((rhythm**4).mean() / (rhythm**2).mean() ** 2)

    assert swing(0.0) == pytest.approx(3.0, abs=0.2)
    assert swing(0.5) > 4.5


def test_blinks_come_at_their_rate() -> None:
    course = blinks(np.random.default_rng(0), 128 * 200, sample_rate_hz=128.0, rate_hz=0.5)
    area_s = np.sqrt(np.pi / 2) * (0.05 + 0.10)
    assert course.sum() / 128 / area_s == pytest.approx(0.5 * 200, rel=0.2)
    assert course.min() >= 0


# --- a person at rest -----------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two = (draw_brain("p", np.random.default_rng(4)) for _ in range(2))
    loud = BrainNoise(shared_nuisance=0.5)
    assert trial(one, seed=5, noise=loud).tobytes() == trial(two, seed=5, noise=loud).tobytes()
    assert trial(one, seed=6, noise=loud).tobytes() != trial(two, seed=5, noise=loud).tobytes()


def test_people_differ_in_alpha_and_maps() -> None:
    people = [draw_brain(str(i), np.random.default_rng(i)) for i in range(12)]
    alpha_hz = np.array([person.alpha_hz for person in people])
    assert alpha_hz.std() > 0.3
    assert alpha_hz.min() >= 8.5
    assert alpha_hz.max() <= 11.5
    assert not np.allclose(people[0].source_maps, people[1].source_maps, atol=0.1)


def test_alpha_is_strongest_at_the_back_and_at_the_persons_frequency(person: Brain) -> None:
    power = np.mean(
        [np.abs(np.fft.rfft(trial(person, seed=seed), axis=1)) ** 2 for seed in range(15)], axis=0
    )
    frequency_hz = np.fft.rfftfreq(512, 1 / 128)
    oz = power[CHANNELS.index("Oz")]
    middle_hz = (frequency_hz * oz)[32:53].sum() / oz[32:53].sum()
    assert middle_hz == pytest.approx(person.alpha_hz, abs=0.3)
    assert oz[32:53].sum() > 3 * power[CHANNELS.index("Cz")][32:53].sum()


def test_a_source_reaches_its_amplitude_at_the_electrode_that_sees_it_best(person: Brain) -> None:
    rms_uv = np.array([source.rms_uv for source in SOURCES])
    np.testing.assert_allclose(np.abs(person.source_maps).max(axis=0), rms_uv)


def test_neighbouring_electrodes_share_their_background(person: Brain) -> None:
    rhythms = trial(person)
    background = trial(person, noise=replace(SILENT, background_uv=7.0)) - rhythms
    correlation = np.corrcoef(background)
    o1, po3, fp2 = (CHANNELS.index(name) for name in ("O1", "PO3", "Fp2"))
    assert correlation[o1, po3] > 0.5
    assert abs(correlation[o1, fp2]) < correlation[o1, po3]
    gain = 10 ** ((person.gain_db - 1.5 * person.own_size) / 20)
    assert np.sqrt((background**2).mean()) == pytest.approx(7.0 * gain, rel=0.25)


def test_a_blink_is_large_and_positive_at_the_forehead(person: Brain) -> None:
    noise = replace(SILENT, blink_rate_hz=1.0)
    blinking = trial(person, noise=noise) - trial(person)
    peak_uv = blinking.max(axis=1)
    assert {CHANNELS[i] for i in np.argsort(peak_uv)[-2:]} == {"Fp1", "Fp2"}
    assert 80 < at(peak_uv, "Fp1") < 400
    assert at(peak_uv, "Oz") < 20


def test_mains_hum_at_50_hz_with_the_size_asked_for(person: Brain) -> None:
    hum = trial(person, noise=replace(SILENT, line_uv=3.0)) - trial(person)
    spectrum = np.abs(np.fft.rfft(hum, axis=1))
    assert set(spectrum.argmax(axis=1) * 128 / 512) == {50.0}
    np.testing.assert_allclose(hum.std(axis=1), 3.0 * person.line_uv / np.sqrt(2), rtol=1e-6)


def test_muscles_are_fast_and_sit_at_the_edge(person: Brain) -> None:
    muscle = trial(person, noise=replace(SILENT, muscle_uv=3.0)) - trial(person)
    assert (band_db(muscle, 25, 60) - band_db(muscle, 2, 15)).min() > 10
    assert at(muscle.std(axis=1), "T7") > 5 * at(muscle.std(axis=1), "Pz")


def test_a_trial_with_all_defaults_has_the_size_of_an_eeg() -> None:
    rms_uv = [
        trial(draw_brain("p", np.random.default_rng(i)), seed=i, noise=BrainNoise()).std(axis=1)
        for i in range(20)
    ]
    assert 7 < np.median(rms_uv) < 20


def test_a_lost_contact_ruins_one_electrode(person: Brain) -> None:
    lost = trial(person, noise=replace(SILENT, bad_channel_rate=1.0)) - trial(person)
    assert (lost.std(axis=1) > 50).sum() == 1
    assert (lost.std(axis=1) < 1e-9).sum() == 31


def test_no_eeg_noise_leaves_no_background_and_no_swings(person: Brain) -> None:
    full = BrainNoise(eeg_noise=0.0, line_uv=0.0, blink_rate_hz=0.0, muscle_uv=0.0)
    quiet = replace(full, state_db=0.0, background_uv=0.0, electrode_uv=0.0)
    np.testing.assert_array_equal(trial(person, noise=full), trial(person, noise=quiet))


# --- emotion --------------------------------------------------------------------------------


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


# --- what EEG shares with speech ------------------------------------------------------------


def test_effort_is_heard_only_as_far_as_nuisance_is_shared(person: Brain) -> None:
    def jaw_gain_db(shared_nuisance: float) -> float:
        noise = replace(SILENT, muscle_uv=5.0, articulation_db=2.0, shared_nuisance=shared_nuisance)
        lazy, keen = (trial(person, effort=e, noise=noise) for e in (0.0, 2.0))
        return at(band_db(keen, 30, 60) - band_db(lazy, 30, 60), "T7")

    assert jaw_gain_db(0.0) == 0
    assert 0 < jaw_gain_db(0.5) < jaw_gain_db(1.0)
    assert 2.0 < jaw_gain_db(1.0) < 4.0


def test_size_weakens_the_cortex_only_when_nuisance_is_shared(person: Brain) -> None:
    small, large = (replace(person, size=size) for size in (0.0, 2.0))
    np.testing.assert_array_equal(trial(small), trial(large))
    shared = replace(SILENT, shared_nuisance=1.0)
    weaker = trial(large, noise=shared).std() / trial(small, noise=shared).std()
    assert 20 * np.log10(weaker) == pytest.approx(-3.0)


def test_sharing_trades_own_variance_for_common_variance(person: Brain) -> None:
    small, large = (replace(person, own_size=size) for size in (0.0, 2.0))
    partly = replace(SILENT, shared_nuisance=0.6)
    weaker = trial(large, noise=partly).std() / trial(small, noise=partly).std()
    assert 20 * np.log10(weaker) == pytest.approx(-3.0 * 0.8)  # 0.6 ** 2 + 0.8 ** 2 == 1


def test_the_size_of_the_voice_changes_nothing_else_about_a_person() -> None:
    small, large = (draw_brain("p", np.random.default_rng(3), size=s) for s in (0.0, 2.0))
    assert (small.size, large.size) == (0.0, 2.0)
    np.testing.assert_array_equal(small.source_maps, large.source_maps)
    assert small.own_size == large.own_size


# --- bad input ------------------------------------------------------------------------------


def test_a_short_trial_is_explained(person: Brain) -> None:
    sentence = r"record_brain: duration_s must be at least 2; got 1\.0\. Choose 2 or more\."
    with pytest.raises(InputError, match=sentence):
        trial(person, duration_s=1.0)


@pytest.mark.parametrize("value", [8.0, float("nan"), float("-inf")])
@pytest.mark.parametrize("name", ["valence", "arousal", "effort"])
def test_a_rating_that_is_not_standardised_is_explained(
    person: Brain, name: str, value: float
) -> None:
    sentence = (
        f"record_brain: {name} must lie between -6 and 6; got {value}. "
        "Standardise it: subtract the mean, divide by the standard deviation."
    )
    with pytest.raises(InputError) as caught:
        trial(person, **{name: value})
    assert str(caught.value) == sentence


def test_impossible_noise_is_explained() -> None:
    sentence = r"BrainNoise: line_uv must be at least 0; got -1\.0\. Choose 0 or more\."
    with pytest.raises(InputError, match=sentence):
        BrainNoise(line_uv=-1.0)
    sentence = (
        r"BrainNoise: shared_nuisance must lie between 0 and 1; got 1\.5\. It is a fraction\."
    )
    with pytest.raises(InputError, match=sentence):
        BrainNoise(shared_nuisance=1.5)
