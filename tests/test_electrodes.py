"""Names of electrodes, and recordings of only some of them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu.corpora.electrodes import canonical_channel, check_channels, pick_channels
from jmml_edu.data import Provenance, Recording

ORIGIN = Provenance("test", simulated=False)


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return 20 * np.random.default_rng(seed).standard_normal(shape)


def eeg(signal: np.ndarray, *channels: str, rate_hz: float = 128.0) -> Recording:
    return Recording(signal, rate_hz, channels, "eeg", "A", ORIGIN)


@pytest.mark.parametrize(
    ("raw", "standard"),
    [
        ("FPZ", "Fpz"), ("fp2", "Fp2"), ("AFP9H", "AFp9h"), ("Fc5.", "FC5"), ("Cz..", "Cz"),
        ("EEG O1-LE", "O1"), ("POL T3", "T7"), ("T6", "P8"), ("POz-REF", "POz"), ("CB1", "CB1"),
        ("EEG 001", "EEG 001"), ("E17", "E17"), ("Fp1-F7", "Fp1-F7"), (" Oz ", "Oz"),
    ],
)  # fmt: skip
def test_names_of_electrodes_become_standard(raw: str, standard: str) -> None:
    assert canonical_channel(raw) == standard


def test_channels_are_picked_in_the_order_asked_for() -> None:
    recording = eeg(noise(3, 8), "F3", "Cz", "F4")
    picked = pick_channels(recording, ("F4", "F3"))
    assert picked.channels == ("F4", "F3")
    np.testing.assert_array_equal(picked.signal, recording.signal[[2, 0]])
    assert picked.provenance.steps == ("channels dropped: Cz",)


def test_a_missing_electrode_is_named() -> None:
    sentence = (
        "check_channels: channels must include F3, F4, Oz; got F3, Cz without F4, Oz."
        " Leave this recording out, or do without them."
    )
    with pytest.raises(InputError, match="^" + re.escape(sentence) + "$"):
        check_channels(eeg(noise(2, 8), "F3", "Cz"), ("F3", "F4", "Oz"))
