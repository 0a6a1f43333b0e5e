"""The simulated EEG of a person: sizes and places, what the voice shares with it, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brains import SILENT, at, band_db, trial

from jmml_edu._checks import InputError
from jmml_edu.simulate.brain import SOURCES, Brain, draw_brain
from jmml_edu.simulate.eeg import BrainNoise
from jmml_edu.simulate.head import CHANNELS


@pytest.fixture(scope="module")
def person() -> Brain:
    return draw_brain("p", np.random.default_rng(1))


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
