"""Writing EEG as EDF: the way there and back, and what cannot be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu.corpora.edf import write_eeg
from jmml_edu.corpora.eeg_file import read_eeg
from jmml_edu.data import Provenance, Recording

ORIGIN = Provenance("test", simulated=False)


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return 20 * np.random.default_rng(seed).standard_normal(shape)


def eeg(signal: np.ndarray, *channels: str, rate_hz: float = 128.0) -> Recording:
    return Recording(signal, rate_hz, channels, "eeg", "A", ORIGIN)


def read(path: Path) -> Recording:
    return read_eeg(path, subject="A", provenance=ORIGIN)


def test_what_is_written_as_edf_comes_back_within_its_resolution(tmp_path: Path) -> None:
    recording = eeg(noise(3, 512), "Fp1", "Cz", "E17")
    again = read(write_eeg(recording, tmp_path / "a.edf"))
    half_step_uv = np.ceil(np.abs(recording.signal).max()) / 65_535
    assert again.channels == recording.channels
    assert np.abs(again.signal - recording.signal).max() <= half_step_uv * 1.001
    assert not list(tmp_path.glob("*.part"))


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    recording = eeg(noise(2, 256), "F3", "F4")
    one, two = (write_eeg(recording, tmp_path / name) for name in ("1.edf", "2.edf"))
    assert one.read_bytes() == two.read_bytes()


def test_what_was_simulated_stays_simulated_through_a_file(tmp_path: Path) -> None:
    simulated = Provenance("a generator", simulated=True)
    made = Recording(noise(1, 128), 128.0, ("Cz",), "eeg", "A", simulated)
    assert read(write_eeg(made, tmp_path / "made.edf")).provenance.simulated
    assert not read(write_eeg(eeg(noise(1, 128), "Cz"), tmp_path / "b.edf")).provenance.simulated


@pytest.mark.parametrize(("rate_hz", "n_samples"), [(128.0, 410), (100.5, 201), (250.0, 999)])
def test_a_length_that_is_no_whole_number_of_seconds_comes_back(
    tmp_path: Path, rate_hz: float, n_samples: int
) -> None:
    recording = eeg(noise(1, n_samples), "Cz", rate_hz=rate_hz)
    again = read(write_eeg(recording, tmp_path / "a.edf"))
    assert again.signal.shape == (1, n_samples)
    assert again.sample_rate_hz == pytest.approx(rate_hz)


@pytest.mark.parametrize(
    ("recording", "name", "sentence"),
    [
        (eeg(noise(1, 128), "Cz"), "a.fif", r"path must name a new \.edf file; got a\.fif\."),
        (eeg(noise(1, 128), "Cz"), "taken.edf", r"path must name a new \.edf file; got taken"),
        (eeg(noise(1, 409), "Cz"), "a.edf", r"in eight characters; got 3\.1953125 s\. Cut or"),
        (eeg(np.full((1, 128), np.inf), "Cz"), "a.edf", r"got 128 NaN or infinite, .* at 0\.000 s"),
        (
            Recording(noise(1, 128), 128.0, ("mono",), "speech", "A", ORIGIN), "a.edf",
            r"recording must be EEG; got speech\. Write speech as FLAC\.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_explained_and_nothing_appears(
    tmp_path: Path, recording: Recording, name: str, sentence: str
) -> None:
    (tmp_path / "taken.edf").write_text("mine")
    with pytest.raises(InputError, match=r"^write_eeg: .*" + sentence):
        write_eeg(recording, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.edf"]
    assert (tmp_path / "taken.edf").read_text() == "mine"
