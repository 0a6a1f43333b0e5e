"""Reading one sound file: what arrives, and the sentence for each kind of bad file."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jmml_edu._checks import InputError
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Provenance, Recording

RATE_HZ = 16_000
SOURCE = Provenance("a test", simulated=True)


def tone(seconds: float = 1.0, *, amplitude: float = 0.3) -> np.ndarray:
    """A sine of 200 Hz."""
    return amplitude * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def written(folder: Path, samples: np.ndarray, name: str = "clip.wav", **how: str) -> Path:
    """Write time x channel samples to a file."""
    soundfile.write(folder / name, samples, RATE_HZ, **how)
    return folder / name


def read(path: Path | str) -> Recording:
    return read_wav(path, subject="A", provenance=SOURCE)


def sentence(path: Path | str) -> str:
    """What reading says when it refuses."""
    with pytest.raises(InputError) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize("name", ["clip.wav", "clip.flac"])
def test_samples_rate_and_identity_arrive(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, tone(), name)
    recording = read_wav(path, subject="A", provenance=SOURCE, label="joy", stimulus="a")
    np.testing.assert_allclose(recording.signal, tone()[None], atol=2**-15)
    assert (recording.sample_rate_hz, recording.modality, recording.unit) == (16e3, "speech", "1")
    assert (recording.subject, recording.label, recording.stimulus) == ("A", "joy", "a")
    assert recording.provenance == SOURCE


def test_ogg_arrives_with_all_its_samples(tmp_path: Path) -> None:
    recording = read(written(tmp_path, tone(), "clip.ogg"))
    assert recording.signal.shape == (1, RATE_HZ)
    assert np.corrcoef(recording.signal[0], tone())[0, 1] > 0.99


def test_the_trial_is_the_name_of_the_file_unless_given(tmp_path: Path) -> None:
    path = written(tmp_path, tone())
    assert read(path).trial == "clip"
    assert read_wav(path, subject="A", provenance=SOURCE, trial="t1").trial == "t1"


def test_another_rate_is_kept(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "clip.wav", tone(), 44_100)
    assert read(tmp_path / "clip.wav").sample_rate_hz == 44_100


def test_stereo_is_averaged_and_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, np.column_stack([tone(amplitude=0.2), tone(amplitude=0.4)]))
    recording = read(path)
    np.testing.assert_allclose(recording.signal[0], tone(), atol=2**-15)
    assert recording.provenance.steps == ("2 channels averaged",)


def test_channels_that_cancel_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, np.column_stack([tone(), -tone()]))
    assert sentence(path) == (
        "read_wav: path must have channels that add up; got 2 channels that cancel in clip.wav. "
        "Swap the polarity of one channel, or keep only one."
    )


def test_a_missing_file_is_named() -> None:
    assert sentence("no/such.wav").startswith("read_wav: path must name an existing file; got '")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.wav").touch()
    assert sentence(tmp_path / "clip.wav") == (
        "read_wav: path must name a complete file; got clip.wav, empty. Copy or download it again."
    )


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    assert sentence(written(tmp_path, np.zeros(0))) == (
        "read_wav: path must name a complete sound file; got 0 of 0 samples in clip.wav. "
        "It is empty or cut short: copy or download it again."
    )


def test_a_truncated_wav_is_refused_with_the_number_of_missing_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, tone())
    path.write_bytes(path.read_bytes()[:-100])
    assert sentence(path) == (
        "read_wav: path must name a complete file; got clip.wav, cut short by 100 bytes. "
        "Copy or download it again."
    )


def test_a_chunk_of_odd_length_before_the_sound_hides_no_truncation(tmp_path: Path) -> None:
    path = written(tmp_path, tone())
    whole = path.read_bytes()
    at = whole.index(b"data")
    path.write_bytes(whole[:at] + b"LIST\x03\x00\x00\x00abc\x00" + whole[at:-100])
    assert "cut short by 100 bytes" in sentence(path)


def test_a_wav_with_a_chunk_after_the_sound_is_complete(tmp_path: Path) -> None:
    path = written(tmp_path, tone())
    path.write_bytes(path.read_bytes() + b"LIST\x04\x00\x00\x00abcd")
    assert read(path).duration_s == 1.0


def test_a_streamed_wav_of_unknown_length_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, tone())
    whole = bytearray(path.read_bytes())
    at = whole.index(b"data") + 4
    whole[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(whole))
    assert read(path).duration_s == 1.0


@pytest.mark.parametrize("name", ["clip.flac", "clip.ogg"])
def test_a_truncated_compressed_file_is_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, tone(), name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "must name a complete sound file" in sentence(path)


def test_a_text_file_is_not_sound(tmp_path: Path) -> None:
    (tmp_path / "clip.wav").write_text("hello")
    assert "which libsndfile cannot read" in sentence(tmp_path / "clip.wav")


def test_a_git_lfs_pointer_is_explained(tmp_path: Path) -> None:
    (tmp_path / "clip.wav").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0")
    assert sentence(tmp_path / "clip.wav") == (
        "read_wav: path must hold sound; got a Git LFS pointer in clip.wav. "
        "Fetch the sound itself with 'git lfs pull'."
    )


def test_nan_is_counted(tmp_path: Path) -> None:
    samples = tone()
    samples[10:13] = np.nan
    assert sentence(written(tmp_path, samples, subtype="FLOAT")) == (
        "read_wav: path must hold finite samples only; got 3 NaN or infinite in clip.wav. "
        "Export the sound again."
    )


@pytest.mark.parametrize("samples", [np.zeros(RATE_HZ), np.full(RATE_HZ, 0.5), tone() * 1e-3])
def test_silence_is_refused_offset_or_not(tmp_path: Path, samples: np.ndarray) -> None:
    assert sentence(written(tmp_path, samples, subtype="FLOAT")) == (
        "read_wav: path must hold sound above -70 dB of full scale; got silence in clip.wav. "
        "Leave this file out, or check the microphone."
    )


def test_a_whisper_at_minus_60_db_is_not_silence(tmp_path: Path) -> None:
    assert read(written(tmp_path, tone(amplitude=1.5e-3))).duration_s == 1.0


def test_clipping_warns_with_its_share(tmp_path: Path) -> None:
    path = written(tmp_path, np.clip(tone(amplitude=2.0), -1, 1))
    with pytest.warns(UserWarning, match="full scale") as caught:
        read(path)
    assert str(caught[0].message) == (
        "read_wav: path should hold unclipped sound; got 67.5 % of clip.wav at full scale. "
        "Record it again at a lower gain, or leave it out."
    )


def test_a_sine_that_just_reaches_full_scale_is_not_clipped(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(written(tmp_path, tone(amplitude=1.0)))


@pytest.mark.real
def test_every_file_of_a_real_corpus_is_read(real_data: Path) -> None:
    files = sorted((real_data / "nemo_3spk" / "samples").glob("*.wav"))
    assert len(files) == 288
    for path in files[::12]:
        assert read(path).sample_rate_hz == 24_000
