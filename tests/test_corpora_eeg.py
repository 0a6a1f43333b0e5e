"""EEG corpora in arrays: which number belongs to whom, when and what, and every damaged file."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from made_corpora import (
    SEED_LABELS,
    brain,
    make_deap,
    make_dreamer,
    make_eav,
    make_seed,
    make_seed_iv,
    save_deap,
)
from test_matlab import save_v73

from jmml_edu._checks import InputError, InputWarning
from jmml_edu.corpora import deap, dreamer, eav, seed_file, seed_iv
from jmml_edu.corpora.corpus import Corpus
from jmml_edu.corpora.deap import read_deap
from jmml_edu.corpora.dreamer import read_dreamer
from jmml_edu.corpora.eav import read_eav
from jmml_edu.corpora.electrodes import scalp_montage
from jmml_edu.corpora.emotions import quadrant
from jmml_edu.corpora.seed import read_seed
from jmml_edu.corpora.seed_iv import read_seed_iv


def problems(corpus: Corpus) -> str:
    """The sentence that stops reading, after the corpus could be listed."""
    with pytest.raises(InputError) as caught:
        list(corpus)
    assert corpus.problems
    return str(caught.value)


@pytest.mark.parametrize(
    ("channels", "count"),
    [
        (deap.CHANNELS, 32),
        (eav.CHANNELS, 30),
        (seed_file.SEED_CHANNELS, 62),
        (dreamer.CHANNELS, 14),
    ],
)
def test_channel_names_are_complete_unique_and_on_the_head(
    channels: tuple[str, ...], count: int
) -> None:
    assert len(set(channels)) == len(channels) == count
    assert set(channels) - set(scalp_montage().ch_names) <= {"CB1", "CB2"}


# DEAP


def test_deap_gives_each_trial_its_rows_without_the_baseline(tmp_path: Path) -> None:
    data = np.stack([brain(40, 640, seed=k) for k in range(3)])
    ratings = np.array([[1.0, 9.0, 5, 5], [5.0, 5.0, 1, 1], [5.01, 4.99, 9, 9]])
    save_deap(tmp_path / "s07.dat", data, ratings)
    recordings = list(read_deap(tmp_path))
    assert [r.trial for r in recordings] == ["01", "02", "03"]
    for trial, recording in enumerate(recordings):
        assert np.array_equal(recording.signal, data[trial, :32, 384:])
        assert recording.channels == deap.CHANNELS
        assert (recording.subject, recording.sample_rate_hz) == ("DEAP 07", 128.0)
        assert recording.stimulus == f"video {trial + 1:02d}"
    assert [r.label for r in recordings] == [
        "valence 1 arousal 9", "valence 5 arousal 5", "valence 5.01 arousal 4.99",
    ]  # fmt: skip


def test_a_rating_of_exactly_five_is_low(tmp_path: Path) -> None:
    ratings = np.array([[5, 5, 5, 5], [5.01, 5, 5, 5], [5, 5.01, 5, 5], [9, 9, 5, 5]])
    save_deap(tmp_path / "s01.dat", np.stack([brain(40, 640, seed=1)] * 4), ratings)
    found = [r.label for r in read_deap(tmp_path).in_classes("quadrants")]
    assert found == ["negative-calm", "positive-calm", "negative-aroused", "positive-aroused"]
    assert quadrant(5.0, 5.0, middle=5.0) == "negative-calm"
    valence = [r.label for r in read_deap(tmp_path).in_classes("valence")]
    assert valence == ["negative", "positive", "negative", "positive"]


def test_deap_says_what_it_leaves_out(tmp_path: Path) -> None:
    corpus = read_deap(make_deap(tmp_path))
    assert corpus.rated
    assert corpus.lowest_hz == 4.0
    assert corpus.told()[:3] == (
        "8 of 40 channels left out: they are eye, muscle and body, not EEG.",
        "The first 3 s of every trial left out: they come before the video.",
        "The authors filtered from 4 to 45 Hz: there is no delta band.",
    )


@pytest.mark.parametrize(
    ("shape", "n_ratings", "sentence"),
    [
        ((2, 32, 640), (2, 4), "hold data of shape (trial, 40, time) and labels (trial, 4)"),
        ((2, 40, 384), (2, 4), "got (2, 40, 384) and (2, 4) in s01.dat"),
        ((2, 40, 640), (3, 4), "got (2, 40, 640) and (3, 4) in s01.dat"),
        ((2, 40, 640), (2, 3), "got (2, 40, 640) and (2, 3) in s01.dat"),
    ],
)
def test_a_wrong_shape_of_deap_is_a_problem(
    tmp_path: Path, shape: tuple[int, ...], n_ratings: tuple[int, int], sentence: str
) -> None:
    save_deap(tmp_path / "s01.dat", np.ones(shape), np.full(n_ratings, 5.0))
    make_deap(tmp_path, people=(2,))
    corpus = read_deap(tmp_path)
    assert len(corpus) == 4  # the other person is listed all the same
    assert sentence in problems(corpus)


@pytest.mark.parametrize("rating", [0.0, 9.5, np.nan])
def test_a_rating_off_the_scale_is_a_problem(tmp_path: Path, rating: float) -> None:
    ratings = np.array([[5, 5, 5, 5], [5, rating, 5, 5]])
    save_deap(tmp_path / "s01.dat", np.stack([brain(40, 640, seed=1)] * 2), ratings)
    assert "read_deap: file must hold ratings from 1 to 9" in problems(read_deap(tmp_path))


@pytest.mark.parametrize("damage", ["cut", "pointer", "foreign", "empty"])
def test_a_damaged_file_of_deap_is_a_problem(tmp_path: Path, damage: str) -> None:
    make_deap(tmp_path)
    path = tmp_path / "data_preprocessed_python" / "s01.dat"
    content = {
        "cut": path.read_bytes()[:-50_000],
        "pointer": b"version https://git-lfs.github.com/spec/v1\n",
        "foreign": b"cos\nsystem\n(S'true'\ntR.",
        "empty": b"",
    }[damage]
    path.write_bytes(content)
    corpus = read_deap(tmp_path)
    assert {entry.subject for entry in corpus.entries} == {"DEAP 02"}
    assert "s01.dat" in problems(corpus)


def test_deap_reads_one_trial_from_disk_at_a_time(tmp_path: Path) -> None:
    path = save_deap(
        tmp_path / "s01.dat",
        np.stack([brain(40, 640, seed=k) for k in range(2)]),
        np.full((2, 4), 5.0),
    )
    corpus = read_deap(tmp_path)
    recordings = iter(corpus)
    first = next(recordings)
    content = path.read_bytes()
    with path.open("r+b") as file:  # the second trial changes on disk meanwhile
        at = content.index(brain(40, 640, seed=1).tobytes())
        file.seek(at)
        file.write(np.full((40, 640), 7.0).tobytes()[: 8 * 500])
    second = next(recordings)
    assert second.signal[0, 0] == 7.0
    assert first.signal[0, 0] == brain(40, 640, seed=0)[0, 384]


def test_a_second_copy_of_a_person_is_told(tmp_path: Path) -> None:
    make_deap(tmp_path, people=(1,))
    shutil.copytree(tmp_path / "data_preprocessed_python", tmp_path / "copy")
    corpus = read_deap(tmp_path)
    assert len(corpus) == 4
    assert corpus.dropped == (("data_preprocessed_python/s01.dat", "a second copy"),)


# SEED-IV


def test_every_session_of_seed_iv_shows_each_emotion_six_times() -> None:
    for clips in seed_iv.EMOTION_OF_CLIP.values():
        assert Counter(clips) == dict.fromkeys("0123", 6)


def test_trials_of_seed_iv_follow_the_number_in_the_name(tmp_path: Path) -> None:
    make_seed_iv(tmp_path, people=(10,), sessions=("3",))
    recordings = list(read_seed_iv(tmp_path))
    kept = [k for k, name in enumerate(seed_file.SEED_CHANNELS) if name not in {"CB1", "CB2"}]
    assert len(recordings) == 24
    for number, recording in enumerate(recordings, 1):
        assert recording.trial == f"session 3 trial {number:02d}"
        assert recording.stimulus == f"session 3 clip {number:02d}"
        assert np.array_equal(recording.signal, brain(62, 100 + number, seed=number + 1000)[kept])
        assert recording.label == seed_iv.EMOTIONS[seed_iv.EMOTION_OF_CLIP["3"][number - 1]]
    assert recordings[0].channels[-3:] == ("O1", "Oz", "O2")
    assert [r.label for r in recordings[:5]] == ["sad", "fear", "fear", "sad", "happy"]


def test_features_and_other_sessions_of_seed_iv_are_told_apart(tmp_path: Path) -> None:
    make_seed_iv(tmp_path, people=(1,))
    raw = tmp_path / "eeg_raw_data" / "1" / "1_20150111.mat"
    smooth = tmp_path / "eeg_feature_smooth" / "1" / raw.name
    smooth.parent.mkdir(parents=True)
    shutil.copy(raw, smooth)
    (tmp_path / "eeg_raw_data" / "4").mkdir()
    shutil.copy(raw, tmp_path / "eeg_raw_data" / "4" / raw.name)
    corpus = read_seed_iv(tmp_path)
    assert len(corpus) == 24
    assert {why for _, why in corpus.dropped} == {"no raw EEG of SEED-IV"}
    assert len(corpus.dropped) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"cz_eeg24": None},
            "hold the trials 1 to 24; got 1_20150111.mat without [24] and with []",
        ),
        ({"cz_eeg25": np.ones((62, 9))}, "without [] and with [25]"),
        ({"ww_eeg3": np.ones((62, 9))}, "hold each trial once; got cz_eeg3 and ww_eeg3"),
        ({"cz_eeg3": np.ones((61, 9))}, "hold trials of shape (62, time); got (61, 9) for cz_eeg3"),
    ],
)
def test_a_file_of_seed_iv_that_lacks_or_repeats_a_trial_is_a_problem(
    tmp_path: Path, change: dict[str, np.ndarray | None], sentence: str
) -> None:
    make_seed_iv(tmp_path, people=(1,), n_time=20)
    path = tmp_path / "eeg_raw_data" / "1" / "1_20150111.mat"
    variables = {k: v for k, v in scipy.io.loadmat(path).items() if not k.startswith("__")}
    variables = {k: v for k, v in (variables | change).items() if v is not None}
    scipy.io.savemat(path, variables)
    assert sentence in problems(read_seed_iv(tmp_path))


@pytest.mark.parametrize("damage", ["cut", "pointer"])
def test_a_damaged_file_of_seed_iv_is_a_problem_of_its_own(tmp_path: Path, damage: str) -> None:
    make_seed_iv(tmp_path, n_time=20)
    path = tmp_path / "eeg_raw_data" / "1" / "1_20150111.mat"
    pointer = b"version https://git-lfs.github.com/spec/v1\n"
    path.write_bytes(path.read_bytes()[:-100] if damage == "cut" else pointer)
    corpus = read_seed_iv(tmp_path)
    assert {entry.subject for entry in corpus.entries} == {"SEED-IV 10"}
    assert "1_20150111.mat" in problems(corpus)


def test_signals_that_are_no_microvolt_or_not_finite_are_told(tmp_path: Path) -> None:
    make_seed_iv(tmp_path, people=(1,), n_time=20)
    path = tmp_path / "eeg_raw_data" / "1" / "1_20150111.mat"
    variables = {k: v for k, v in scipy.io.loadmat(path).items() if not k.startswith("__")}
    variables["cz_eeg1"] = 1e-6 * variables["cz_eeg1"]
    variables["cz_eeg2"][5, 3] = np.nan
    variables["cz_eeg3"][:] = 4.0
    scipy.io.savemat(path, variables)
    recordings = iter(read_seed_iv(tmp_path))
    with pytest.warns(InputWarning, match="signal should be in microvolt, .* trial session 1"):
        next(recordings)
    with pytest.raises(InputError, match="must be finite on every channel; got 1 NaN or infinite"):
        next(recordings)
    recordings = iter(read_seed_iv(tmp_path))
    corpus = read_seed_iv(tmp_path)
    flat = Corpus(
        corpus.about, corpus.folder, corpus.entries[2:3], corpus.read_file, corpus.provenance
    )
    with pytest.raises(InputError, match="vary on at least one channel; got flat lines in trial"):
        list(flat)


# EAV


def test_pairs_of_eav_are_the_same_moment(tmp_path: Path) -> None:
    corpus = read_eav(make_eav(tmp_path, people=(3,)))
    eeg = {r.trial: r for r in corpus.of("eeg")}
    speech = {r.trial: r for r in corpus.of("speech")}
    assert list(eeg) == list(speech) == [f"{n:03d}" for n in range(2, 21, 2)]
    for trial, recording in eeg.items():
        place = int(trial) - 1
        assert np.array_equal(recording.signal, brain(30, 200, seed=3000 + place))
        assert recording.label == speech[trial].label
        assert recording.subject == speech[trial].subject == "EAV 03"
        assert recording.label == eav.EMOTIONS[place // 4 % 5].lower()


@pytest.mark.parametrize(
    ("subject", "variable", "suffix"),
    [("subject{}", "seg", "Aud"), ("subject{:02d}", "seg1", "aud"), ("subject{}__", "seg1", "aud")],
)
def test_spellings_of_eav_that_occur_are_the_same_corpus(
    tmp_path: Path, subject: str, variable: str, suffix: str
) -> None:
    plain = read_eav(make_eav(tmp_path / "plain")).table()
    other = read_eav(
        make_eav(tmp_path / "other", subject=subject, variable=variable, suffix=suffix)
    ).table()
    columns = ["modality", "subject", "trial", "label", "rate_hz"]
    assert other[columns].equals(plain[columns])


def test_labels_of_eav_may_lie_either_way_and_in_either_version(tmp_path: Path) -> None:
    make_eav(tmp_path, people=(1,))
    before = read_eav(tmp_path).table()
    label = tmp_path / "subject1" / "EEG" / "subject1_eeg_label.mat"
    eeg = tmp_path / "subject1" / "EEG" / "subject1_eeg.mat"
    scipy.io.savemat(label, {"label": scipy.io.loadmat(label)["label"].T})
    seg = scipy.io.loadmat(eeg)["seg1"]
    eeg.unlink()
    save_v73(eeg, {"seg1": seg})
    corpus = read_eav(tmp_path)
    assert corpus.table().equals(before)
    first = next(iter(corpus.of("eeg")))
    assert np.array_equal(first.signal, seg[:, :, 1].T)


@pytest.mark.parametrize("damage", ["two rows", "no row", "halves", "short", "gone", "cut"])
def test_labels_of_eav_that_do_not_say_one_thing_are_a_problem(tmp_path: Path, damage: str) -> None:
    make_eav(tmp_path)
    path = tmp_path / "subject1" / "EEG" / "subject1_eeg_label.mat"
    label = scipy.io.loadmat(path)["label"]
    if damage == "two rows":
        label[:, 3] = np.eye(10)[3] + np.eye(10)[5]
    elif damage == "no row":
        label[:, 3] = 0
    elif damage == "halves":
        label[:, 3] = (np.eye(10)[3] + np.eye(10)[5]) / 2
    elif damage == "short":
        label = label[:, :-1]
    scipy.io.savemat(path, {"label": label})
    if damage == "gone":
        path.unlink()
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    corpus = read_eav(tmp_path)
    eeg = {entry.subject for entry in corpus.entries if entry.modality == "eeg"}
    assert eeg == {"EAV 02"}
    assert "subject1_eeg_label.mat" in problems(corpus)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"seg1": np.ones((100, 29, 20))}, "hold (time, 30 channels, trial); got (100, 29, 20)"),
        ({"seg1": np.ones((100, 30))}, "hold seg1 or seg; got ['seg1']"),
        ({"other": np.ones((100, 30, 20))}, "hold seg1 or seg; got ['other']"),
    ],
)
def test_eeg_of_eav_of_a_wrong_shape_is_a_problem(
    tmp_path: Path, variables: dict[str, np.ndarray], sentence: str
) -> None:
    make_eav(tmp_path, people=(1,))
    scipy.io.savemat(tmp_path / "subject1" / "EEG" / "subject1_eeg.mat", variables)
    assert sentence in problems(read_eav(tmp_path))


def test_sounds_of_eav_that_contradict_the_eeg_are_a_problem(tmp_path: Path) -> None:
    make_eav(tmp_path)
    sounds = tmp_path / "subject2" / "Audio"
    for path in sounds.glob("00[24]_*"):  # as if rows were listening
        number = int(path.name[:3])
        path.rename(sounds / f"{number - 1:03d}{path.name[3:]}")
    sentence = problems(read_eav(tmp_path))
    assert "EEG labels and sounds must name each moment alike; got no spoken moment" in sentence
    assert "of EAV 02. Fetch this person's files again" in sentence


def test_moments_without_their_partner_are_told(tmp_path: Path) -> None:
    make_eav(tmp_path)
    next((tmp_path / "subject1" / "Audio").glob("006_*")).unlink()
    shutil.rmtree(tmp_path / "subject2" / "EEG")
    told = read_eav(tmp_path).told()
    assert "1 moments have eeg without speech." in told
    assert "10 moments have speech without eeg." in told


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("001_Trial_01_Listening_Neutral_aud.wav", "sound of listening"),
        ("002_Trial_02_Speaking_Boredom_aud.wav", "an unknown emotion in its name"),
        ("notes.wav", "no file of EAV"),
    ],
)
def test_other_sounds_in_eav_are_told(tmp_path: Path, name: str, why: str) -> None:
    make_eav(tmp_path, people=(1,))
    (tmp_path / "subject1" / "Audio" / name).write_bytes(b"")
    assert (f"subject1/Audio/{name}", why) in read_eav(tmp_path).dropped


# SEED


def test_sessions_of_seed_are_the_order_of_the_dates(tmp_path: Path) -> None:
    make_seed(tmp_path, ("9_20140704", "9_20140620", "9_20140627", "10_20131130"))
    table = read_seed(tmp_path).table()
    dates = table.groupby(["subject", "session"])["path"].first()
    assert {key: Path(path).stem for key, path in dates.items()} == {
        ("SEED 09", "1"): "9_20140620", ("SEED 09", "2"): "9_20140627",
        ("SEED 09", "3"): "9_20140704", ("SEED 10", "1"): "10_20131130",
    }  # fmt: skip


def test_trials_of_seed_have_the_labels_of_the_file(tmp_path: Path) -> None:
    make_seed(tmp_path, ("2_20140404",))
    recordings = list(read_seed(tmp_path))
    names = {-1: "negative", 0: "neutral", 1: "positive"}
    assert [r.label for r in recordings] == [names[number] for number in SEED_LABELS]
    kept = [k for k, name in enumerate(seed_file.SEED_CHANNELS) if name not in {"CB1", "CB2"}]
    assert np.array_equal(recordings[11].signal, brain(62, 112, seed=212)[kept])
    assert (recordings[11].trial, recordings[11].stimulus) == ("session 1 trial 12", "clip 12")


@pytest.mark.parametrize("label", [None, [1, 0, -1], [2] * 15])
def test_labels_of_seed_that_are_missing_or_wrong_are_a_problem(
    tmp_path: Path, label: list[int] | None
) -> None:
    make_seed(tmp_path)
    path = tmp_path / "Preprocessed_EEG" / "label.mat"
    path.unlink()
    if label is not None:
        scipy.io.savemat(path, {"label": np.array([label])})
    assert "label.mat" in problems(read_seed(tmp_path))


def test_features_of_seed_are_not_taken_for_signals(tmp_path: Path) -> None:
    make_seed(tmp_path, ("1_20131027",))
    shutil.copytree(tmp_path / "Preprocessed_EEG", tmp_path / "ExtractedFeatures")
    corpus = read_seed(tmp_path)
    assert len(corpus) == 15
    assert ("ExtractedFeatures/1_20131027.mat", "no preprocessed EEG of SEED") in corpus.dropped


# DREAMER


def test_dreamer_gives_each_trial_of_each_person(tmp_path: Path) -> None:
    recordings = list(read_dreamer(make_dreamer(tmp_path)))
    assert [(r.subject, r.trial) for r in recordings] == [
        (f"DREAMER 0{person}", f"0{trial}") for person in (1, 2) for trial in (1, 2, 3, 4)
    ]
    for number, recording in enumerate(recordings):
        person, trial = divmod(number, 4)
        made = brain(14, 200 + trial, seed=100 * person + trial) + 4200.0
        assert np.array_equal(recording.signal, made)
        assert recording.channels == dreamer.CHANNELS


def test_a_rating_of_exactly_three_is_low_in_dreamer(tmp_path: Path) -> None:
    chosen = read_dreamer(make_dreamer(tmp_path, 1)).in_classes("quadrants")
    assert [r.label for r in chosen] == [
        "negative-calm", "negative-aroused", "positive-calm", "positive-aroused",
    ]  # fmt: skip


def test_dreamer_with_other_channels_is_a_problem(tmp_path: Path) -> None:
    make_dreamer(tmp_path, channels=13)
    sentence = problems(read_dreamer(tmp_path))
    assert "read_dreamer: file must hold trials of shape (time, 14); got [(200, 13)]" in sentence


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("EEG_SamplingRate", 256, "hold EEG at 128 Hz of AF3, F7"),
        ("EEG_Electrodes", np.array([["Cz"]], dtype=object), "got 128 Hz of Cz"),
    ],
)
def test_dreamer_of_another_rate_or_cap_is_a_problem(
    tmp_path: Path, field: str, value: object, sentence: str
) -> None:
    path = make_dreamer(tmp_path) / "DREAMER.mat"
    root = scipy.io.loadmat(path)["DREAMER"]
    changed = {name: root[0, 0][name] for name in root.dtype.names} | {field: value}
    scipy.io.savemat(path, {"DREAMER": changed})
    assert sentence in problems(read_dreamer(tmp_path))


def test_ratings_of_dreamer_off_the_scale_are_a_problem(tmp_path: Path) -> None:
    path = make_dreamer(tmp_path) / "DREAMER.mat"
    root = scipy.io.loadmat(path)["DREAMER"]
    root[0, 0]["Data"][0, 1]["ScoreArousal"][0, 0][2, 0] = 6
    scipy.io.savemat(path, {"DREAMER": root})
    assert "hold 4 ratings from 1 to 5; got [2.0, 4.0, 6.0, 5.0] in ScoreArousal" in problems(
        read_dreamer(tmp_path)
    )


def test_a_damaged_or_empty_file_of_dreamer_is_a_problem(tmp_path: Path) -> None:
    path = make_dreamer(tmp_path) / "DREAMER.mat"
    path.write_bytes(path.read_bytes()[:-100])
    assert "DREAMER.mat, cut short by 100 bytes" in problems(read_dreamer(tmp_path))
    scipy.io.savemat(path, {"OTHER": np.ones(3)})
    assert "hold the struct 'DREAMER'" in problems(read_dreamer(tmp_path))
