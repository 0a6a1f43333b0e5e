"""Cleaning EEG: what filters pass, which channels are bad, where windows lie."""

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
from jmml_edu.data import Provenance, Recording, Windows
from jmml_edu.preprocess.bad_channels import find_bad_channels, interpolate_channels
from jmml_edu.preprocess.eeg import average_reference, clean_eeg
from jmml_edu.preprocess.eeg_filters import bandpass, remove_line_noise, resample_eeg
from jmml_edu.preprocess.windows import cut_windows, drop_artifact_windows

ORIGIN = Provenance("test", simulated=True)
NAMES = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz",
    "P4", "P8", "O1", "O2",
)  # fmt: skip
quick = settings(max_examples=40, deadline=None)


def eeg(
    signal: np.ndarray, channels: tuple[str, ...] = ("Cz",), rate_hz: float = 128.0
) -> Recording:
    return Recording(signal, rate_hz, channels, "eeg", "A", ORIGIN, trial="7")


def sine(frequency_hz: float, rate_hz: float = 128.0, duration_s: float = 8.0) -> Recording:
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return eeg(np.sin(2 * np.pi * frequency_hz * time_s + 0.3)[None], rate_hz=rate_hz)


def places() -> np.ndarray:
    """Where the electrodes of NAMES sit, in metres, from MNE."""
    import mne

    montage = mne.channels.make_standard_montage("biosemi64")
    return np.array([montage.get_positions()["ch_pos"][name] for name in NAMES])


def scalp(n_samples: int = 512, seed: int = 0) -> Recording:
    """Five sources that each electrode sees the better the closer it is, as through a skull."""
    random = np.random.default_rng(seed)
    spread_m = np.linalg.norm(places()[:, None] - places()[None, ::4], axis=2)
    mixing = np.exp(-((spread_m / 0.08) ** 2))
    signal = mixing @ random.standard_normal((5, n_samples))
    return eeg(20 * signal + 0.5 * random.standard_normal((len(NAMES), n_samples)), NAMES)


def middle(recording: Recording) -> np.ndarray:
    """The signal without its first and last two seconds."""
    cut = round(2 * recording.sample_rate_hz)
    return recording.signal[:, cut:-cut]


@pytest.mark.parametrize("rate_hz", [128.0, 200.0, 256.5, 500.0, 1000.0])
def test_10_hz_passes_within_one_percent_and_undelayed(rate_hz: float) -> None:
    before = sine(10, rate_hz)
    assert np.abs(middle(bandpass(before)) - middle(before)).max() < 0.01


@pytest.mark.parametrize("rate_hz", [128.0, 200.0, 256.5, 500.0, 1000.0])
def test_50_hz_is_down_by_40_db(rate_hz: float) -> None:
    assert np.abs(middle(bandpass(sine(50, rate_hz)))).max() < 0.0105


@pytest.mark.parametrize(
    ("frequency_hz", "low", "high"), [(4, 0.99, 1.001), (40.5, 0.99, 1.001), (1, 0.48, 0.52)]
)
@pytest.mark.parametrize("rate_hz", [128.0, 500.0])
def test_the_pass_band_has_the_documented_gain(
    frequency_hz: float, low: float, high: float, rate_hz: float
) -> None:
    before = sine(frequency_hz, rate_hz, duration_s=12.0)
    assert low < middle(bandpass(before)).std() / middle(before).std() < high


def test_a_constant_offset_is_gone_from_end_to_end() -> None:
    flat = bandpass(eeg(np.full((2, 512), 4e4), ("F3", "F4")))
    assert np.abs(flat.signal).max() < 1e-6


def test_a_drift_of_a_tenth_of_a_hertz_is_gone() -> None:
    assert np.abs(middle(bandpass(sine(0.1, duration_s=30.0)))).max() < 0.02


def test_a_trial_alone_is_nearly_what_it_is_within_the_session() -> None:
    session = eeg(
        np.cumsum(np.random.default_rng(0).standard_normal((20, 8_192)), axis=1), ("x",) * 20
    )
    trial = eeg(session.signal[:, 4_096:4_608], ("x",) * 20)
    inside = bandpass(session).signal[:, 4_096:4_608]
    error = bandpass(trial).signal - inside
    assert error[:, 128:-128].std() < 0.1 * inside.std()
    assert error[:, :32].std() < 0.5 * inside.std()


@pytest.mark.parametrize("rate_hz", [250.0, 1000.0])
def test_the_hum_and_its_harmonic_go_and_alpha_stays(rate_hz: float) -> None:
    alpha, hum, harmonic = (sine(f, rate_hz) for f in (10, 50, 100))
    after = remove_line_noise(eeg(alpha.signal + hum.signal + harmonic.signal, rate_hz=rate_hz))
    assert np.abs(middle(after) - middle(alpha)).max() < 0.01
    assert after.provenance.steps[0].startswith("notch at 50, 100")


def test_hum_of_another_country_needs_its_own_frequency() -> None:
    hum = sine(60, 250.0)
    assert np.abs(middle(remove_line_noise(hum, line_hz=60))).max() < 0.01
    assert np.abs(middle(remove_line_noise(hum, line_hz=50))).max() > 0.99


def test_the_average_reference_agrees_with_mne_and_adds_up_to_zero() -> None:
    import mne

    raw = scalp()
    info = mne.create_info(list(NAMES), 128.0, "eeg", verbose="error")
    theirs = mne.io.RawArray(raw.signal.copy(), info, verbose="error")
    theirs.set_eeg_reference("average", verbose="error")
    ours = average_reference(raw).signal
    np.testing.assert_allclose(ours, theirs.get_data(), atol=1e-12)
    assert np.abs(ours.sum(axis=0)).max() < 1e-9


@given(offset=st.floats(-1e3, 1e3), seed=st.integers(0, 99))
@quick
def test_the_average_reference_does_not_care_what_the_reference_was(
    offset: float, seed: int
) -> None:
    raw = scalp(64, seed)
    elsewhere = eeg(raw.signal + offset * np.sin(np.arange(64)), NAMES)
    np.testing.assert_allclose(
        average_reference(raw).signal, average_reference(elsewhere).signal, atol=1e-9
    )


def spoiled(kind: str) -> Recording:
    """A scalp whose P3 failed in one way."""
    raw = scalp()
    signal, row = raw.signal.copy(), NAMES.index("P3")
    random = np.random.default_rng(1)
    if kind == "flat":
        signal[row] = 3.0
    elif kind == "loud":
        signal[row] *= 30
    elif kind == "quiet":
        signal[row] *= 0.01
    elif kind == "unplugged":
        signal[row] = signal.std() * random.standard_normal(signal.shape[1])
    return eeg(signal, NAMES)


@pytest.mark.parametrize("kind", ["flat", "loud", "quiet", "unplugged"])
def test_each_kind_of_bad_channel_is_found(kind: str) -> None:
    assert find_bad_channels(spoiled(kind)) == ("P3",)


@pytest.mark.parametrize("seed", range(10))
def test_good_channels_are_left_alone(seed: int) -> None:
    assert find_bad_channels(scalp(seed=seed)) == ()


def test_a_blink_does_not_make_a_frontal_channel_bad() -> None:
    raw = scalp()
    signal = raw.signal.copy()
    signal[:2, 200:240] += 200.0 * np.hanning(40)
    assert find_bad_channels(eeg(signal, NAMES)) == ()


def test_a_signal_common_to_all_does_not_hide_a_bad_channel() -> None:
    hum = 500.0 * np.sin(np.arange(512))
    assert find_bad_channels(eeg(spoiled("unplugged").signal + hum, NAMES)) == ("P3",)


def test_channels_that_are_all_alike_or_all_unlike_accuse_nobody() -> None:
    one = np.random.default_rng(0).standard_normal((1, 512))
    assert find_bad_channels(eeg(np.repeat(one, 19, axis=0), NAMES)) == ()
    many = np.random.default_rng(0).standard_normal((19, 512))
    assert find_bad_channels(eeg(many, NAMES)) == ()


def test_few_channels_are_judged_by_flatness_only() -> None:
    signal = np.random.default_rng(0).standard_normal((4, 512))
    signal[1] *= 1e3
    signal[2] = 0.0
    assert find_bad_channels(eeg(signal, NAMES[:4])) == ("F7",)


@pytest.mark.parametrize("bad", [("Cz",), ("P3", "F8"), ("O1",)])
def test_interpolation_recovers_a_smooth_field(bad: tuple[str, ...]) -> None:
    x, y, z = (places() / 0.095).T
    field = np.stack([10 * x, 10 * y, 10 * z, 4 + 6 * x * y], axis=1)
    rows = [NAMES.index(name) for name in bad]
    holed = field.copy()
    holed[rows] = 1e6
    mended = interpolate_channels(eeg(holed, NAMES), bad).signal
    assert np.abs(mended[rows] - field[rows]).max() < 2.5
    good = np.setdiff1d(np.arange(len(NAMES)), rows)
    np.testing.assert_array_equal(mended[good], field[good])


def test_interpolation_agrees_with_mne_on_the_same_data() -> None:
    import mne

    raw = scalp()
    info = mne.create_info(list(NAMES), 128.0, "eeg", verbose="error")
    theirs = mne.io.RawArray(raw.signal.copy(), info, verbose="error")
    names = mne.channels.get_builtin_montages()
    theirs.set_montage("colin27_1005" if "colin27_1005" in names else "standard_1005")
    theirs.info["bads"] = ["C3", "Fz"]
    theirs.interpolate_bads(verbose="error")
    ours = interpolate_channels(raw, ("Fz", "C3"))
    np.testing.assert_allclose(ours.signal, theirs.get_data(), atol=1e-8)
    assert ours.provenance.steps == ("interpolated: C3, Fz",)


def test_resampling_keeps_alpha_and_drops_what_the_new_rate_cannot_hold() -> None:
    both = eeg(sine(10, 512.0).signal + sine(100, 512.0).signal, rate_hz=512.0)
    slow = resample_eeg(both, sample_rate_hz=128.0)
    assert (slow.sample_rate_hz, slow.signal.shape) == (128.0, (1, 1024))
    assert np.abs(middle(slow) - middle(sine(10))).max() < 0.01
    assert resample_eeg(slow, sample_rate_hz=128.0) is slow


@given(
    n_samples=st.integers(40, 2_000),
    rate_hz=st.floats(50, 600),
    length_s=st.floats(0.05, 2.0),
    step_s=st.floats(0.03, 2.0),
)
@quick
def test_windows_are_true_stretches_and_never_reach_beyond_the_trial(
    n_samples: int, rate_hz: float, length_s: float, step_s: float
) -> None:
    trial = eeg(np.arange(n_samples, dtype=float)[None], rate_hz=rate_hz)
    length = round(length_s * rate_hz)
    if length > n_samples:
        with pytest.raises(InputError, match="length_s must fit into the trial"):
            cut_windows(trial, length_s=length_s, step_s=step_s)
        return
    windows = cut_windows(trial, length_s=length_s, step_s=step_s)
    first = windows.signal[:, 0, 0]
    assert windows.signal.shape[1:] == (1, length)
    assert first[0] == 0
    assert first[-1] + length <= n_samples
    np.testing.assert_array_equal(windows.signal[:, 0, -1], first + length - 1)
    np.testing.assert_allclose(windows.start_s * rate_hz, first)
    assert np.abs(first - np.arange(len(first)) * step_s * rate_hz).max() <= 0.51
    assert round(len(first) * step_s * rate_hz) + length > n_samples


@pytest.mark.parametrize(
    ("loud", "kept"), [((), (0, 1, 2, 3)), ((2,), (0, 1, 3)), ((0, 1, 2, 3), (1,))]
)
def test_windows_that_swing_too_far_are_dropped_but_never_all(
    loud: tuple[int, ...], kept: tuple[int, ...]
) -> None:
    signal = np.random.default_rng(0).standard_normal((2, 512))
    for window in loud:
        signal[1, 128 * window + 5] = 400.0 if window != 1 else 300.0
    windows = cut_windows(eeg(signal, ("F3", "F4")), length_s=1.0, step_s=1.0)
    calm = drop_artifact_windows(windows, max_peak_to_peak_uv=150.0)
    assert tuple(calm.start_s) == kept
    np.testing.assert_array_equal(calm.signal, windows.signal[list(kept)])
    assert bool(calm.recording.provenance.steps) == bool(loud)


def test_cleaning_mends_references_and_tells_what_it_did() -> None:
    clean = clean_eeg(spoiled("flat"))
    assert clean.provenance.steps == (
        "band-pass 1 to 45 Hz, zero phase", "interpolated: P3", "average reference",
    )  # fmt: skip
    truth = average_reference(bandpass(scalp())).signal[NAMES.index("P3")]
    assert np.corrcoef(clean.signal[NAMES.index("P3")], truth)[0, 1] > 0.95
    assert (clean.trial, clean.subject, clean.channels) == ("7", "A", NAMES)


def test_the_notch_is_cut_only_where_the_pass_band_reaches_the_mains() -> None:
    raw = eeg(np.random.default_rng(0).standard_normal((2, 2_000)), ("F3", "F4"), 500.0)
    assert not any("notch" in step for step in clean_eeg(raw).provenance.steps)
    wide = clean_eeg(raw, high_hz=100.0, line_hz=60.0)
    assert wide.provenance.steps[1].startswith("notch at 60, 120")


def test_cleaning_twice_gives_the_same_bytes_and_leaves_the_input_alone() -> None:
    raw = spoiled("loud")
    before = raw.signal.copy()
    assert clean_eeg(raw).signal.tobytes() == clean_eeg(raw).signal.tobytes()
    np.testing.assert_array_equal(raw.signal, before)


@pytest.mark.real
def test_a_real_recording_comes_out_in_band_with_its_alpha_peak(real_data: Path) -> None:
    from scipy.signal import welch

    raw = read_eeg(real_data / "eeg_formats" / "eeglab_data.set", subject="A", provenance=ORIGIN)
    clean = clean_eeg(raw)
    assert find_bad_channels(bandpass(raw)) == ()
    frequency_hz, density = welch(clean.signal, clean.sample_rate_hz, nperseg=256)
    mean = density.mean(axis=0)
    alpha = (frequency_hz >= 6) & (frequency_hz < 20)
    assert 9 <= frequency_hz[alpha][mean[alpha].argmax()] <= 11
    assert mean[frequency_hz == 60] < 1e-3 * mean[frequency_hz == 40]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda: bandpass(sine(10), high_hz=64.0),
            "bandpass: high_hz must lie between low_hz and half the rate, 64 Hz; got 64.0."
            " Lower it, or leave this recording out.",
        ),
        (
            lambda: bandpass(sine(10), low_hz=0.0),
            "bandpass: low_hz must be at least 0.1; got 0.0. Choose 0.1 or more.",
        ),
        (
            lambda: remove_line_noise(sine(10), line_hz=5.0),
            "remove_line_noise: line_hz must be at least 40; got 5.0. Choose 40 or more.",
        ),
        (
            lambda: average_reference(sine(10)),
            "average_reference: recording must have at least two channels; got Cz."
            " Keep the reference of the file.",
        ),
        (
            lambda: find_bad_channels(eeg(np.ones((2, 9)), ("F3", "F4"))),
            "find_bad_channels: recording must vary on at least one channel; got flat lines in"
            " trial '7'. Leave this recording out.",
        ),
        (
            lambda: interpolate_channels(eeg(np.ones((2, 9)), ("E1", "F4")), ("E1",)),
            "interpolate_channels: bad must name channels with a place in the 10-05 system;"
            " got E1. Rename them by the cap's layout, or drop them with pick_channels.",
        ),
        (
            lambda: interpolate_channels(eeg(np.ones((4, 9)), NAMES[:4]), ("F7",)),
            "interpolate_channels: recording must keep at least four good channels on the head;"
            " got 3 beside F7. Leave this recording out.",
        ),
        (
            lambda: cut_windows(sine(10), length_s=9.0, step_s=1.0),
            "cut_windows: length_s must fit into the trial of 8 s; got 9.0."
            " Choose shorter windows, or leave this trial out.",
        ),
        (
            lambda: cut_windows(sine(10), length_s=1.0, step_s=0.0),
            "cut_windows: step_s must be at least 0.0078125; got 0.0. Choose 0.0078125 or more.",
        ),
        (
            lambda: clean_eeg(eeg(np.array([[0.0, np.nan, 1.0]]))),
            "bandpass: signal must be finite on every channel; got 1 NaN or infinite, the first in"
            " Cz at 0.008 s. Cut that part out, or drop the channel.",
        ),
        (
            lambda: clean_eeg(Recording(np.ones((1, 9)), 128.0, ("mono",), "speech", "A", ORIGIN)),
            "bandpass: recording must be EEG; got speech. Clean speech with clean_speech.",
        ),
    ],
)
def test_bad_input_is_explained(act: Callable[[], Recording | Windows], sentence: str) -> None:
    with pytest.raises(InputError, match="^" + re.escape(sentence) + "$"):
        act()
