"""EEG features: ideal signals light their band, other routes agree, names tell the truth."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jmml_edu._checks import InputError
from jmml_edu.corpora.eeg_file import read_eeg
from jmml_edu.data import Provenance, Recording
from jmml_edu.features.eeg import BANDS, band_power, eeg_feature_names, eeg_features
from jmml_edu.preprocess.eeg import clean_eeg
from jmml_edu.preprocess.windows import cut_windows

ORIGIN = Provenance("test", simulated=True)
FRONTAL = ("F3", "F4", "Fp1", "Fp2", "Oz")
quick = settings(max_examples=30, deadline=None)


def eeg(
    signal: np.ndarray,
    channels: tuple[str, ...] = ("Oz",),
    rate_hz: float = 128.0,
    trial: str = "7",
) -> Recording:
    return Recording(
        signal, rate_hz, channels, "eeg", "A", ORIGIN, label="calm", trial=trial, stimulus="film"
    )


def noise(n_channels: int, n_samples: int = 512, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n_channels, n_samples))


def sine(frequency_hz: float, amplitude: float, rate_hz: float = 128.0) -> Recording:
    time_s = np.arange(round(4 * rate_hz)) / rate_hz
    signal = amplitude * np.sin(2 * np.pi * frequency_hz * time_s + 0.3)
    return eeg(signal[None], rate_hz=rate_hz)


def power(recording: Recording, bands: dict[str, tuple[float, float]] | None = None) -> np.ndarray:
    windows = cut_windows(recording, length_s=2.0, step_s=1.0)
    return band_power(windows, bands or BANDS)


@pytest.mark.parametrize(("frequency_hz", "band"), [(2.5, 0), (6, 1), (10, 2), (20, 3), (38, 4)])
@pytest.mark.parametrize("amplitude", [1.0, 30.0])
def test_a_sine_lights_its_band_only_with_half_its_squared_amplitude(
    frequency_hz: float, band: int, amplitude: float
) -> None:
    lit = power(sine(frequency_hz, amplitude))
    np.testing.assert_allclose(lit[..., band], amplitude**2 / 2, rtol=1e-9)
    assert np.delete(lit, band, axis=2).max() < 1e-12 * amplitude**2


@pytest.mark.parametrize("rate_hz", [128.0, 200.5, 500.0])
def test_the_unit_of_time_does_not_matter(rate_hz: float) -> None:
    assert power(sine(10, 4.0, rate_hz))[0, 0, 2] == pytest.approx(8.0, rel=0.01)


@pytest.mark.parametrize("band", list(BANDS))
def test_power_agrees_with_the_integral_of_scipys_welch_density(band: str) -> None:
    from scipy.integrate import trapezoid
    from scipy.signal import welch

    recording = eeg(10 * noise(3, 4_096), ("F3", "F4", "Oz"))
    frequency_hz, density = welch(recording.signal, 128.0, nperseg=256, noverlap=128)
    low, high = BANDS[band]
    inside = (frequency_hz >= low) & (frequency_hz < high)
    ours = power(recording, {band: BANDS[band]})[..., 0].mean(axis=0)
    np.testing.assert_allclose(ours, density[:, inside].sum(axis=1) * 0.5, rtol=1e-9)
    continuous = (frequency_hz >= low) & (frequency_hz <= high)
    integral = trapezoid(density[:, continuous], frequency_hz[continuous], axis=1)
    np.testing.assert_allclose(ours, integral, rtol=0.15)


@given(seed=st.integers(0, 999), n_samples=st.sampled_from([100, 127, 256, 301]))
@quick
def test_bands_that_tile_the_spectrum_add_up_to_the_tapered_variance(
    seed: int, n_samples: int
) -> None:
    recording = eeg(noise(2, n_samples, seed), ("F3", "F4"))
    windows = cut_windows(recording, length_s=n_samples / 128, step_s=1.0)
    tiles = {"low": (0.0, 20.0), "middle": (20.0, 45.0), "high": (45.0, 64.0)}
    centred = recording.signal - recording.signal.mean(axis=1, keepdims=True)
    taper = np.hanning(n_samples + 1)[:-1]
    whole = ((centred * taper) ** 2).sum(axis=1) / (taper**2).sum()
    last = np.abs(np.fft.rfft(centred * taper)[:, -1]) ** 2 / (n_samples * (taper**2).sum())
    parts = band_power(windows, tiles)[0].sum(axis=1) + (last if n_samples % 2 == 0 else 0)
    np.testing.assert_allclose(parts, whole, rtol=1e-9)


@given(seed=st.integers(0, 999), factor=st.floats(0.1, 10), offset=st.floats(-1e4, 1e4))
@quick
def test_power_grows_with_the_square_and_ignores_an_offset(
    seed: int, factor: float, offset: float
) -> None:
    signal = noise(2, 512, seed)
    names = ("F3", "F4")
    np.testing.assert_allclose(
        power(eeg(factor * signal + offset, names)),
        factor**2 * power(eeg(signal, names)),
        rtol=1e-6,
    )


def test_differential_entropy_of_white_noise_is_its_closed_form() -> None:
    sd_uv, rate_hz = 5.0, 128.0
    recording = eeg(sd_uv * noise(1, 128 * 400), rate_hz=rate_hz)
    features = eeg_features([recording], kind="differential_entropy")
    share = np.array([(high - low) / (rate_hz / 2) for low, high in BANDS.values()])
    expected = 0.5 * np.log(2 * np.pi * np.e * sd_uv**2 * share)
    np.testing.assert_allclose(features.values[0], expected, atol=0.05)


def test_differential_entropy_is_that_of_the_band_passed_signal() -> None:
    from scipy.signal import butter, sosfiltfilt

    recording = eeg(5 * noise(1, 128 * 200))
    passed = sosfiltfilt(butter(8, (8, 13), "bandpass", fs=128, output="sos"), recording.signal)
    expected = 0.5 * np.log(2 * np.pi * np.e * passed.var())
    features = eeg_features([recording], bands={"alpha": (8, 13)}, kind="differential_entropy")
    assert features.values[0, 0] == pytest.approx(expected, abs=0.05)


def test_differential_entropy_is_half_the_log_power_plus_a_constant() -> None:
    trials = [eeg(noise(2, seed=seed), ("Cz", "Oz")) for seed in range(3)]
    log_power, entropy = (
        eeg_features(trials, kind=kind).values for kind in ("log_power", "differential_entropy")
    )
    np.testing.assert_allclose(entropy - log_power / 2, 1.4189385, atol=1e-7)


def test_log_power_is_the_log_of_the_mean_over_windows() -> None:
    trial = eeg(noise(2), ("Cz", "Oz"))
    expected = np.log(power(trial).mean(axis=0)).T.ravel()
    np.testing.assert_allclose(eeg_features([trial]).values[0], expected, rtol=1e-12)


@pytest.mark.parametrize(("channel", "sign"), [("F4", 1), ("F3", -1)])
def test_twice_the_alpha_on_one_side_moves_asymmetry_by_ln_4(channel: str, sign: int) -> None:
    signal = noise(5)
    before = eeg_features([eeg(signal, FRONTAL)])
    louder = signal.copy()
    louder[FRONTAL.index(channel)] *= 2
    after = eeg_features([eeg(louder, FRONTAL)])
    column = before.names.index("asymmetry_alpha_F4_F3_ln")
    change = after.values[0] - before.values[0]
    assert change[column] == pytest.approx(sign * np.log(4))
    moved = [name for name, c in zip(before.names, change, strict=True) if abs(c) > 1e-9]
    assert moved == [f"{band}_{channel}_lnuv2" for band in BANDS] + ["asymmetry_alpha_F4_F3_ln"]


def test_each_column_is_named_after_what_it_holds() -> None:
    trial = eeg(sine(10, 20.0).signal * np.arange(1, 6)[:, None], FRONTAL)
    features = eeg_features([trial], bands={"alpha": (8, 13)})
    assert features.names == (
        "alpha_F3_lnuv2", "alpha_F4_lnuv2", "alpha_Fp1_lnuv2", "alpha_Fp2_lnuv2", "alpha_Oz_lnuv2",
        "asymmetry_alpha_F4_F3_ln", "asymmetry_alpha_Fp2_Fp1_ln",
    )  # fmt: skip
    squares = [200 * i**2 for i in range(1, 6)]
    ratios = [squares[1] / squares[0], squares[3] / squares[2]]
    np.testing.assert_allclose(np.exp(features.values[0]), squares + ratios, rtol=1e-9)


def test_names_follow_bands_then_channels_and_no_alpha_means_no_asymmetry() -> None:
    assert len(eeg_feature_names(FRONTAL)) == 5 * 5 + 2
    theta = {"theta": (4.0, 8.0)}
    assert eeg_feature_names(("F4", "F3"), bands=theta) == ("theta_F4_lnuv2", "theta_F3_lnuv2")
    assert eeg_features([eeg(noise(2), ("F4", "F3"))], bands=theta).values.shape == (1, 2)


def test_rows_keep_who_what_and_where_from() -> None:
    other = Recording(
        noise(1), 128.0, ("Oz",), "eeg", "B", Provenance("elsewhere", False, ("read",)), trial="8"
    )
    features = eeg_features(iter([eeg(noise(1)), other]))
    assert list(features.subjects) == ["A", "B"]
    assert list(features.labels) == ["calm", ""]
    assert list(features.trials) == ["7", "8"]
    assert list(features.stimuli) == ["film", ""]
    assert features.provenance == Provenance(
        "test + elsewhere", True,
        ("log_power in delta, theta, alpha, beta, gamma, windows of 2 s every 1 s",),
    )  # fmt: skip


def test_steps_that_all_trials_share_stay_on_record() -> None:
    steps = ("read", "average reference")
    trials = [
        Recording(noise(1), 128.0, ("Oz",), "eeg", "A", Provenance("corpus", False, made))
        for made in (steps, ("read", "interpolated: Oz", "average reference"))
    ]
    assert eeg_features(trials).provenance.steps[:2] == steps


def test_a_blink_is_left_out_of_the_power() -> None:
    calm, blinked = noise(1, 1_024), noise(1, 1_024)
    blinked[0, 50:90] += 300 * np.hanning(40)
    difference = eeg_features([eeg(blinked)]).values - eeg_features([eeg(calm)]).values
    assert np.abs(difference).max() < 0.4
    kept = eeg_features([eeg(blinked)], max_peak_to_peak_uv=1e9).values
    assert (kept - eeg_features([eeg(calm)]).values)[0, 0] > 3


def test_the_same_trials_give_the_same_bytes() -> None:
    trials = [eeg(noise(5, seed=seed), FRONTAL) for seed in range(4)]
    assert eeg_features(trials).values.tobytes() == eeg_features(trials).values.tobytes()


@pytest.mark.real
def test_a_real_recording_has_its_alpha_in_the_back(real_data: Path) -> None:
    raw = read_eeg(real_data / "eeg_formats" / "eeglab_data.set", subject="A", provenance=ORIGIN)
    features = eeg_features([clean_eeg(raw)])
    column = dict(zip(features.names, features.values[0], strict=True))
    assert np.isfinite(features.values).all()
    alpha = {name: value for name, value in column.items() if name.startswith("alpha_")}
    assert max(alpha, key=lambda name: alpha[name]) == "alpha_POz_lnuv2"
    assert column["alpha_POz_lnuv2"] > column["beta_POz_lnuv2"] + 1
    assert column["beta_POz_lnuv2"] > column["gamma_POz_lnuv2"] + 1


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda: eeg_features([]),
            "eeg_features: recordings must hold at least one trial; got 0. Check what was read.",
        ),
        (
            lambda: eeg_features([eeg(noise(1)), eeg(noise(1), ("Pz",))]),
            "eeg_features: recordings must be EEG of the same channels in the same order; got eeg"
            " of Pz after Oz. Keep what all of them have, with pick_channels.",
        ),
        (
            lambda: eeg_features([eeg(np.zeros((1, 512)))]),
            "eeg_features: recordings must have power in every band on every channel; got none on"
            " Oz in trial '7'. Pass it through clean_eeg first, which interpolates flat channels.",
        ),
        (
            lambda: eeg_features([eeg(np.full((1, 512), np.nan))]),
            "eeg_features: signal must be finite on every channel; got 512 NaN or infinite, the"
            " first in Oz at 0.000 s. Cut that part out, or drop the channel.",
        ),
        (
            lambda: eeg_features([eeg(noise(1))], kind="power"),
            "eeg_features: kind must be one of differential_entropy, log_power; got 'power'."
            " Pick one of these.",
        ),
        (
            lambda: eeg_features([eeg(noise(1, 128))]),
            "cut_windows: length_s must fit into the trial of 1 s; got 2.0."
            " Choose shorter windows, or leave this trial out.",
        ),
        (
            lambda: eeg_features([eeg(noise(1))], bands={"high": (30.0, 70.0)}),
            "band_power: bands must hold frequencies that the windows resolve, up to 64 Hz in"
            " steps of 0.5 Hz; got high from 30 to 70 Hz. Take longer windows, or leave this band"
            " out.",
        ),
        (
            lambda: eeg_features([eeg(noise(1))], window_s=0.1, step_s=0.1),
            "band_power: bands must hold frequencies that the windows resolve, up to 64 Hz in"
            " steps of 9.85 Hz; got delta from 1 to 4 Hz. Take longer windows, or leave this band"
            " out.",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_explained(act: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InputError, match="^" + re.escape(sentence) + "$"):
        act()
