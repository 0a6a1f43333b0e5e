"""Reading EEG files: real formats, and every kind of bad file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jmml_edu._checks import InputError
from jmml_edu.corpora.edf import write_eeg
from jmml_edu.corpora.eeg_file import read_eeg
from jmml_edu.data import Provenance, Recording

ORIGIN = Provenance("test", simulated=False)
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 12345\n"


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return 20 * np.random.default_rng(seed).standard_normal(shape)


def eeg(signal: np.ndarray, *channels: str, rate_hz: float = 128.0) -> Recording:
    return Recording(signal, rate_hz, channels, "eeg", "A", ORIGIN, trial="7")


def read(path: Path) -> Recording:
    return read_eeg(path, subject="A", provenance=ORIGIN)


def write_edf(path: Path, *signals: tuple[str, np.ndarray, float], unit: str = "uV") -> Path:
    """An EDF file of the given labels, signals and rates, one record of 1 s at a time."""
    import edfio

    bound = max(1.0, *(float(np.ceil(np.abs(x).max())) for _, x, _ in signals))
    channels = [
        edfio.EdfSignal(
            x, rate, label=label, physical_dimension=unit, physical_range=(-bound, bound)
        )
        for label, x, rate in signals
    ]
    edfio.Edf(channels, data_record_duration=1.0).write(path)
    return path


def write_fif(
    path: Path, signal_uv: np.ndarray, channels: list[str], kinds: str | list[str]
) -> Path:
    import mne

    info = mne.create_info(channels, 128.0, kinds, verbose="error")
    mne.io.RawArray(1e-6 * signal_uv, info, verbose="error").save(path, fmt="double", verbose=False)
    return path


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "n_channels", "rate_hz", "sd_uv"),
    [
        ("eeglab_data.set", 30, 128, 22.4),
        ("test.edf", 136, 512, 23.7),
        ("test_edf_stim_channel.edf", 19, 128, 7.31),
        ("test.bdf", 66, 2048, 24.0),
        ("test.vhdr", 26, 1000, 24.2),
        ("test_old_layout_latin1_software_filter.vhdr", 25, 250, 1.03),
        ("test_bin_raw.fif", 32, 1000, 24.2),
    ],
)
def test_each_format_reads_in_microvolt_without_a_warning(
    real_data: Path, name: str, n_channels: int, rate_hz: float, sd_uv: float
) -> None:
    recording = read(real_data / "eeg_formats" / name)
    assert recording.signal.shape[0] == n_channels
    assert recording.sample_rate_hz == rate_hz
    assert np.median(recording.signal.std(axis=1)) == pytest.approx(sd_uv, rel=0.01)


@pytest.mark.real
def test_an_egi_file_reads_and_its_flat_channels_are_named(real_data: Path) -> None:
    with pytest.warns(UserWarning, match=r"path must vary on every channel; got E6, E8 flat in"):
        recording = read(real_data / "eeg_formats" / "test_egi.raw")
    assert recording.signal.shape == (256, 77)


@pytest.mark.real
def test_a_file_whose_electrodes_share_a_name_is_refused(real_data: Path) -> None:
    with pytest.raises(InputError) as error:
        read(real_data / "eeg_formats" / "duplicate_channel_labels.edf")
    assert str(error.value) == (
        "read_eeg: path must name each channel once; got EEG F1-Ref more than once in"
        " duplicate_channel_labels.edf. Rename or remove the duplicates in the header, whichever"
        " is not that electrode."
    )


@pytest.mark.real
def test_a_real_file_of_uneven_rates_and_volts_is_told(real_data: Path) -> None:
    with pytest.warns(UserWarning, match="^read_eeg: ") as caught:
        recording = read(real_data / "eeg_formats" / "test_uneven_samp.edf")
    told = " ".join(str(warning.message) for warning in caught)
    assert "0.2Hz Blk 1/0uV at 12.8 Hz, the rest at 100 Hz" in told
    assert "The unit in the header is probably wrong" in told
    assert "resampled to 100 Hz while reading" in recording.provenance.steps[-1]


@pytest.mark.real
def test_channels_that_are_not_brain_are_dropped_and_on_record(real_data: Path) -> None:
    recording = read(real_data / "eeg_formats" / "eeglab_data.set")
    assert recording.provenance.steps == (
        "30 EEG channels of eeglab_data.set read by MNE, in uV; dropped EOG1, EOG2",
    )
    assert recording.channels[0] == "Fpz"


def test_a_unit_in_the_header_is_heeded(tmp_path: Path) -> None:
    millivolt = noise(1, 256) / 1000
    path = write_edf(tmp_path / "a.edf", ("Cz", millivolt[0], 128.0), unit="mV")
    assert read(path).signal.std() == pytest.approx(1000 * millivolt.std(), rel=0.01)


def test_who_what_and_where_from_are_kept(tmp_path: Path) -> None:
    path = write_eeg(eeg(noise(1, 128), "Cz"), tmp_path / "a.edf")
    recording = read_eeg(
        str(path), subject="S3", provenance=ORIGIN, label="calm", trial="9", stimulus="film"
    )
    assert (recording.subject, recording.label) == ("S3", "calm")
    assert (recording.trial, recording.stimulus) == ("9", "film")
    assert recording.modality == "eeg"


def test_auxiliary_channels_are_dropped_by_name_and_by_type(tmp_path: Path) -> None:
    names = ["Fp1", "VEOG", "ECG1", "Status", "STI", "Oz"]
    kinds = ["eeg", "eeg", "eeg", "eeg", "stim", "eeg"]
    recording = read(write_fif(tmp_path / "a_eeg.fif", noise(6, 256), names, kinds))
    assert recording.channels == ("Fp1", "Oz")
    assert recording.provenance.steps[0].endswith("dropped VEOG, ECG1, Status, STI")


def test_a_missing_value_is_found_by_channel_and_time(tmp_path: Path) -> None:
    signal = noise(2, 256)
    signal[1, 64:66] = np.nan
    path = write_fif(tmp_path / "a_eeg.fif", signal, ["F3", "F4"], "eeg")
    with pytest.raises(InputError) as error:
        read(path)
    assert str(error.value) == (
        "read_eeg: signal must be finite on every channel; got 2 NaN or infinite, the first in F4"
        " at 0.500 s. Cut that part out, or drop the channel."
    )


def test_a_flat_channel_is_told_and_kept(tmp_path: Path) -> None:
    signal = noise(3, 256)
    signal[2] = 5.0
    with pytest.warns(UserWarning, match="^read_eeg: ") as caught:
        recording = read(write_eeg(eeg(signal, "F3", "F4", "Oz"), tmp_path / "a.edf"))
    assert [str(warning.message) for warning in caught] == [
        "read_eeg: path must vary on every channel; got Oz flat in a.edf. clean_eeg interpolates"
        " such channels; check their electrodes."
    ]
    assert recording.channels == ("F3", "F4", "Oz")


def test_channels_that_were_slower_are_named_with_their_rate(tmp_path: Path) -> None:
    path = write_edf(
        tmp_path / "a.edf", ("F3", noise(512), 128.0), ("F4", noise(256), 64.0),
        ("ECG", noise(1024), 256.0),
    )  # fmt: skip
    with pytest.warns(UserWarning, match="^read_eeg: ") as caught:
        recording = read(path)
    assert [str(warning.message) for warning in caught] == [
        "read_eeg: path must hold channels of one rate; got F3 at 128 Hz, F4 at 64 Hz, the rest at"
        " 256 Hz. They were resampled to the higher rate and hold nothing new above their own."
    ]
    assert recording.provenance.steps[-1] == (
        "resampled to 256 Hz while reading: F3 at 128 Hz, F4 at 64 Hz"
    )


@pytest.mark.parametrize(("factor", "sd"), [(1e-3, "0.02"), (1e4, "2e+05")])
def test_an_amplitude_that_is_no_eeg_questions_the_unit(
    tmp_path: Path, factor: float, sd: str
) -> None:
    signal = 20 * factor * np.sqrt(2) * np.sin(np.arange(256) * 2 * np.pi / 16)
    path = write_fif(tmp_path / "a_eeg.fif", signal[None], ["Cz"], "eeg")
    with pytest.warns(UserWarning, match="^read_eeg: ") as caught:
        read(path)
    assert [str(warning.message) for warning in caught] == [
        "read_eeg: path must have a median standard deviation of 0.1 to 10000 uV; got"
        f" {sd} uV in a_eeg.fif. The unit in the header is probably wrong; scale the signal before"
        " you use it."
    ]


def test_a_file_cut_short_is_told_and_its_rest_is_read(tmp_path: Path) -> None:
    path = write_eeg(eeg(noise(2, 512), "F3", "F4"), tmp_path / "a.edf")
    path.write_bytes(path.read_bytes()[:-512])
    with pytest.warns(UserWarning, match=r"as long as its header says; got a shorter a\.edf"):
        recording = read(path)
    assert recording.duration_s == 3.0
    assert recording.provenance.steps[-1] == "the file ends earlier than its header says"


def made(folder: Path, name: str) -> Path:
    """A bad file of each kind."""
    path = folder / name
    if name in ("empty.edf", "half.eeg", "notes.txt"):
        path.write_bytes(b"" if name == "empty.edf" else b"x")
    elif name == "pointer.set":
        path.write_text(POINTER)
    elif name == "head.vhdr":
        path.write_text("Brain Vision Data Exchange Header File Version 1.0\n")
        path.with_suffix(".eeg").write_text(POINTER)
    elif name == "torn.fif":
        whole = write_fif(folder / "w_eeg.fif", noise(1, 512), ["Cz"], "eeg")
        path.write_bytes(whole.read_bytes()[:3000])
    elif name == "twice.edf":
        write_edf(path, ("FP1", noise(128), 128.0), ("Fp1", noise(128), 128.0))
    elif name == "unnamed.edf":
        write_edf(path, *((label, noise(128), 128.0) for label in ("F3", "", "")))
    elif name == "heart.edf":
        write_edf(path, ("ECG", noise(128), 128.0))
    elif name == "flat.edf":
        write_edf(path, ("F3", np.zeros(128), 128.0), ("F4", np.zeros(128), 128.0))
    return path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.edf", r"a file that exists; got none\.edf\. Check the folder and the spelling\."),
        ("notes.txt", r"end in \.edf, .*, \.raw; got notes\.txt\. Convert the recording to EDF\."),
        ("half.eeg", r"be the header of a recording; got half\.eeg\. Pass half\.vhdr instead\."),
        ("empty.edf", r"hold data; got empty\.edf of 0 bytes\. Fetch the file again\."),
        ("pointer.set", r"hold data; got pointer\.set, which only points .* `git lfs pull` or"),
        ("head.vhdr", r"hold data; got head\.eeg, which only points to them\. Fetch the data"),
        ("torn.fif", r"be a complete, continuous recording; got torn\.fif, of which MNE says: "),
        ("twice.edf", r"name each channel once; got Fp1 more than once in twice\.edf\. Rename or"),
        ("unnamed.edf", r"every channel; got no name for channel 2, 3 of unnamed\.edf\. Name the"),
        ("heart.edf", r"hold EEG; got only ECG in heart\.edf\. Pass the EEG recording\."),
        ("flat.edf", r"signal; got flat\.edf, flat on every channel\. Check the amplifier\."),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(InputError, match=r"^read_eeg: path must .*" + sentence) as error:
        read(made(tmp_path, name))
    assert str(tmp_path) not in str(error.value)
