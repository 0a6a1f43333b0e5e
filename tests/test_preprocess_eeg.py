"""Cleaning EEG: what filters pass, what a reference changes, what is on record."""

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
from jmml_edu.preprocess.bad_channels import find_bad_channels
from jmml_edu.preprocess.eeg import average_reference, clean_eeg
from jmml_edu.preprocess.eeg_filters import bandpass, remove_line_noise, resample_eeg

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


@pytest.mark.parametrize(("slope", "at_the_edge"), [(0.0, 0.2), (0.5, 0.35), (1.0, 0.8)])
def test_a_trial_alone_is_nearly_what_it_is_within_the_session(
    slope: float, at_the_edge: float
) -> None:
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal((20, 8_192)))
    session = np.fft.irfft(spectrum / np.arange(1, 4_098) ** slope)
    names = tuple(f"E{i}" for i in range(20))
    inside = bandpass(eeg(session, names)).signal[:, 4_096:4_608]
    error = bandpass(eeg(session[:, 4_096:4_608], names)).signal - inside
    assert error[:, 128:-128].std() < 0.01 * inside.std()
    assert error[:, :32].std() < at_the_edge * inside.std()


def test_mnes_defaults_are_as_the_notes_say() -> None:
    from mne.filter import create_filter, filter_data

    fir = create_filter(None, 128.0, 1.0, 45.0, verbose="error")
    assert round(len(fir) / 128, 1) == 3.3
    mains = sine(50, 500.0)
    passed = filter_data(mains.signal.copy(), 500.0, 1.0, 45.0, method="iir", verbose="error")
    assert round(passed[0, 1_000:-1_000].std() / mains.signal.std(), 2) == 0.28


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


def test_resampling_keeps_alpha_and_drops_what_the_new_rate_cannot_hold() -> None:
    both = eeg(sine(10, 512.0).signal + sine(100, 512.0).signal, rate_hz=512.0)
    slow = resample_eeg(both, sample_rate_hz=128.0)
    assert (slow.sample_rate_hz, slow.signal.shape) == (128.0, (1, 1024))
    assert np.abs(middle(slow) - middle(sine(10))).max() < 0.01
    assert resample_eeg(slow, sample_rate_hz=128.0) is slow


def flat_p3() -> Recording:
    signal = scalp().signal.copy()
    signal[NAMES.index("P3")] = 3.0
    return eeg(signal, NAMES)


def test_cleaning_mends_references_and_tells_what_it_did() -> None:
    clean = clean_eeg(flat_p3())
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
    raw = flat_p3()
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
def test_bad_input_is_explained(act: Callable[[], Recording], sentence: str) -> None:
    with pytest.raises(InputError, match="^" + re.escape(sentence) + "$"):
        act()
