"""Bad EEG channels: each kind is found, good ones are not, and smooth fields come back."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu.data import Provenance, Recording
from jmml_edu.preprocess.bad_channels import find_bad_channels, interpolate_channels

ORIGIN = Provenance("test", simulated=True)
NAMES = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz",
    "P4", "P8", "O1", "O2",
)  # fmt: skip


def eeg(
    signal: np.ndarray, channels: tuple[str, ...] = ("Cz",), rate_hz: float = 128.0
) -> Recording:
    return Recording(signal, rate_hz, channels, "eeg", "A", ORIGIN, trial="7")


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


def test_a_flat_channel_does_not_shift_the_blame() -> None:
    signal = spoiled("unplugged").signal.copy()
    signal[NAMES.index("F7")] = 0.0
    assert find_bad_channels(eeg(signal, NAMES)) == ("F7", "P3")


@pytest.mark.parametrize("seed", range(10))
def test_good_channels_are_left_alone(seed: int) -> None:
    assert find_bad_channels(scalp(seed=seed)) == ()


def test_a_blink_does_not_make_a_frontal_channel_bad() -> None:
    raw = scalp()
    signal = raw.signal.copy()
    signal[:2, 200:240] += 2_000.0 * np.hanning(40)
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


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
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
    ],
)
def test_bad_input_is_explained(act: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InputError, match="^" + re.escape(sentence) + "$"):
        act()
