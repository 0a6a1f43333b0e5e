"""Small corpora in the true layout of each published one: names, folders, shapes, file formats.

What is inside is noise and hums. Every maker returns the folder that a user would name.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import scipy.io
import soundfile

from jmml_edu.corpora import crema_d, dreamer, eav, emodb, savee, tess

SOUND_RATE_HZ = 16_000


def hum(path: Path, *, seed: int = 0, rate_hz: int = SOUND_RATE_HZ, seconds: float = 0.6) -> Path:
    """A voice of sorts: 20 overtones of 100 to 150 Hz, and a little noise."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    pitch_hz = rng.uniform(100, 150) * (1 + 0.1 * np.sin(2 * np.pi * 3 * time_s))
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    sound = sum(np.sin(k * phase) / k for k in range(1, 21))
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = 0.001 * rng.standard_normal(len(time_s))
    soundfile.write(path, 0.1 * sound + noise, rate_hz, subtype="PCM_16")
    return path


def copies(path: Path, targets: Iterable[Path]) -> None:
    """The same bytes under many names, for layouts with many files."""
    content = path.read_bytes()
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def brain(n_channels: int, n_time: int, *, seed: int) -> np.ndarray:
    """Noise of 10 uV with common parts, channel x time."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((n_channels, 6)) @ rng.standard_normal((6, n_time))
    return 3.0 * mixed + 5.0 * rng.standard_normal((n_channels, n_time))


def make_ravdess(
    folder: Path,
    actors: Sequence[int] = (1, 2),
    *,
    emotions: Sequence[int] = tuple(range(1, 9)),
    repetitions: Sequence[int] = (1,),
) -> Path:
    """RAVDESS: all emotions at normal intensity, both statements."""
    for actor in actors:
        for number, emotion in enumerate(emotions):
            for statement in (1, 2):
                for take in repetitions:
                    name = f"03-01-{emotion:02d}-01-{statement:02d}-{take:02d}-{actor:02d}.wav"
                    seed = 1000 * actor + 100 * number + 10 * statement + take
                    hum(folder / f"Actor_{actor:02d}" / name, seed=seed)
    return folder


def make_emodb(
    folder: Path, speakers: Sequence[str] = ("03", "08"), texts: Sequence[str] = ("a01", "b02")
) -> Path:
    """EMO-DB: every emotion once per text."""
    for speaker in speakers:
        for text in texts:
            for number, letter in enumerate(emodb.EMOTIONS):
                seed = int(speaker) * 100 + number
                hum(folder / "wav" / f"{speaker}{text}{letter}a.wav", seed=seed)
    return folder


def make_nemo(folder: Path, speakers: Sequence[str] = ("SB0", "KL1"), *, n_texts: int = 2) -> Path:
    """nEMO: its table, blanks before speakers included, and the sounds."""
    lines = ["file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage"]
    for speaker in speakers:
        emotions = ("anger", "fear", "happiness", "neutral", "sadness", "surprised")
        for number, emotion in enumerate(emotions):
            for text in range(1, n_texts + 1):
                name = f"{speaker}_{emotion}_{text}.wav"
                hum(folder / "samples" / name, seed=7 * number + text, rate_hz=24_000)
                lines.append(f"{name}\t{emotion}\tZdanie {text}.\tzdanie\t  {speaker}\tfemale\t30")
    (folder / "data.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def python2_pickle(arrays: dict[str, np.ndarray]) -> bytes:
    """A dictionary of arrays as Python 2 pickled it, protocol 2: bytes are text there."""

    def text(value: bytes) -> bytes:
        if len(value) < 256:
            return b"U" + bytes([len(value)]) + value
        return b"T" + struct.pack("<i", len(value)) + value

    def number(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    out = b"\x80\x02}("
    for name, array in arrays.items():
        out += text(name.encode()) + b"cnumpy.core.multiarray\n_reconstruct\n"
        out += b"(cnumpy\nndarray\n" + number(0) + b"\x85" + text(b"b") + b"tR"
        out += b"(" + number(1) + b"(" + b"".join(map(number, array.shape)) + b"t"
        out += b"cnumpy\ndtype\n(" + text(array.dtype.str[1:].encode()) + number(0) + number(1)
        out += (
            b"tR(" + number(3) + text(b"<") + b"NNN" + number(-1) + number(-1) + number(0) + b"tb"
        )
        out += b"\x89" + text(array.tobytes()) + b"tb"
    return out + b"u."


def make_deap(
    folder: Path, people: Sequence[int] = (1, 2), *, n_trials: int = 4, n_time: int = 896
) -> Path:
    """DEAP for Python: four ratings and 40 rows per trial, of 4 s instead of 60 after the 3."""
    for person in people:
        data = np.stack([brain(40, n_time, seed=100 * person + trial) for trial in range(n_trials)])
        ratings = np.array(
            [[[2, 8][k // 2 % 2] + 0.25, [3, 7][k % 2] + 0.5, 5, 5] for k in range(n_trials)]
        )
        save_deap(folder / "data_preprocessed_python" / f"s{person:02d}.dat", data, ratings)
    return folder


def save_deap(path: Path, data: np.ndarray, ratings: np.ndarray) -> Path:
    """One person of DEAP."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"labels": ratings.astype(float), "data": data.astype(float)}
    path.write_bytes(python2_pickle(arrays))
    return path


def make_seed_iv(
    folder: Path,
    people: Sequence[int] = (1, 10),
    *,
    sessions: Sequence[str] = ("1",),
    n_time: int = 100,
    rows: int = 62,
) -> Path:
    """SEED-IV raw: 24 variables per file, in no order, named after the person."""
    for person in people:
        for session in sessions:
            order = np.random.default_rng(person).permutation(24) + 1
            variables = {
                f"cz_eeg{trial}": brain(rows, n_time + int(trial), seed=trial + 100 * person)
                for trial in order
            }
            path = folder / "eeg_raw_data" / session / f"{person}_2015{person:02d}1{session}.mat"
            path.parent.mkdir(parents=True, exist_ok=True)
            scipy.io.savemat(path, variables)
    return folder


def eav_labels(n_trials: int) -> np.ndarray:
    """The rows of EAV's labels, (10, trial): listening and speaking in turn, emotions in blocks."""
    rows = [2 * (k // 4 % len(eav.EMOTIONS)) + k % 2 for k in range(n_trials)]
    return np.eye(10)[rows].T


def make_eav(
    folder: Path,
    people: Sequence[int] = (1, 2),
    *,
    n_trials: int = 20,
    n_time: int = 200,
    variable: str = "seg1",
    subject: str = "subject{}",
    suffix: str = "aud",
) -> Path:
    """EAV: 0.4 s of EEG instead of 20 s, and 20 moments instead of 200."""
    labels = eav_labels(n_trials)
    for person in people:
        name = subject.format(person)
        eeg = np.stack(
            [brain(30, n_time, seed=1000 * person + k).T for k in range(n_trials)], axis=2
        )
        place = folder / name / "EEG"
        place.mkdir(parents=True)
        scipy.io.savemat(place / f"{name.rstrip('_')}_eeg.mat", {variable: eeg})
        scipy.io.savemat(place / f"{name.rstrip('_')}_eeg_label.mat", {"label": labels})
        for moment in range(1, n_trials, 2):
            emotion = eav.EMOTIONS[int(labels[:, moment].argmax()) // 2]
            # The second number is no key: it counts otherwise.
            sound = f"{moment + 1:03d}_Trial_{moment // 2 + 3:02d}_Speaking_{emotion}_{suffix}.wav"
            hum(folder / name / "Audio" / sound, seed=person + moment)
        (folder / name / "Video").mkdir()
        (folder / name / "Video" / "001_Trial_01_Listening_Neutral.mp4").write_bytes(b"video")
    return folder


def resave(path: Path, value: object, protocol: int) -> Path:
    """Anything as a pickle of this Python."""
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


def make_crema_d(
    folder: Path,
    actors: Sequence[int] = (1001, 1002),
    *,
    sentences: Sequence[str] = ("IEO", "DFA"),
) -> Path:
    """CREMA-D: every emotion; only one sentence has a level."""
    for actor in actors:
        for sentence in sentences:
            for number, emotion in enumerate(crema_d.EMOTIONS):
                level = "HI" if sentence == "IEO" else "XX"
                name = f"{actor}_{sentence}_{emotion}_{level}.wav"
                hum(folder / "AudioWAV" / name, seed=10 * actor + number)
    (folder / "VideoDemographics.csv").write_text("ActorID,Age,Sex,Race,Ethnicity\n")
    return folder


def make_savee(folder: Path, *, takes: Sequence[int] = (1, 2), flat: bool = False) -> Path:
    """SAVEE: all four speakers, in a folder each or with the speaker in the name."""
    for speaker in savee.SPEAKERS:
        for number, letter in enumerate(savee.EMOTIONS):
            for take in takes:
                name = f"{letter}{take:02d}.wav"
                place = Path(f"{speaker}_{name}") if flat else Path("AudioData", speaker, name)
                hum(folder / place, seed=10 * number + take, rate_hz=44_100)
    return folder


def make_tess(folder: Path, *, words: Sequence[str] = ("back", "food")) -> Path:
    """TESS: both speakers, a folder per emotion."""
    for speaker in ("OAF", "YAF"):
        for number, emotion in enumerate(tess.EMOTIONS):
            for word in words:
                rate_hz = 96_000 if (speaker, word, emotion) == ("OAF", "food", "fear") else 24_414
                name = f"{speaker}_{emotion}/{speaker}_{word}_{emotion}.wav"
                hum(folder / name, seed=10 * number + len(word), rate_hz=rate_hz)
    return folder


IEMOCAP_LABELS = ("neu", "ang", "sad", "hap", "exc", "fru", "xxx")


def make_iemocap(
    folder: Path, sessions: Sequence[int] = (1, 2), scenes: Sequence[str] = ("impro01",)
) -> Path:
    """IEMOCAP: both speakers of each dialogue, sounds and evaluations."""
    for session in sessions:
        top = folder / f"Session{session}"
        for scene in scenes:
            dialog = f"Ses0{session}F_{scene}"
            lines = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""]
            for number, label in enumerate(IEMOCAP_LABELS):
                for speaker in "FM":
                    turn = f"{dialog}_{speaker}{number:03d}"
                    hum(top / "sentences" / "wav" / dialog / f"{turn}.wav", seed=number + session)
                    lines.append(f"[6.2901 - 8.2357]\t{turn}\t{label}\t[2.5000, 2.5000, 2.5000]")
                    lines.append("C-E2:\tNeutral;\t()")
            place = top / "dialog" / "EmoEvaluation" / f"{dialog}.txt"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("\n".join(lines) + "\n")
    return folder


SEED_LABELS = (1, 0, -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 0, 1, -1)


def make_seed(
    folder: Path,
    files: Sequence[str] = ("1_20131107", "1_20131027", "2_20140404"),
    *,
    n_time: int = 100,
) -> Path:
    """SEED: 15 variables per file in no order, named after the person, and the labels."""
    place = folder / "Preprocessed_EEG"
    place.mkdir(parents=True)
    for name in files:
        person = int(name.split("_")[0])
        order = np.random.default_rng(person).permutation(15) + 1
        variables = {
            f"djc_eeg{trial}": brain(62, n_time + int(trial), seed=trial + 100 * person)
            for trial in order
        }
        scipy.io.savemat(place / f"{name}.mat", variables)
    scipy.io.savemat(place / "label.mat", {"label": np.array([SEED_LABELS])})
    (place / "readme.txt").write_text("labels: 1, 0, -1")
    return folder


def make_dreamer(
    folder: Path, n_people: int = 2, *, n_trials: int = 4, n_time: int = 200, channels: int = 14
) -> Path:
    """DREAMER: one nested struct; trials of different length on the large offset of the headset."""
    people = np.empty((1, n_people), dtype=object)
    for person in range(n_people):
        stimuli, baseline, heart = (np.empty((n_trials, 1), dtype=object) for _ in range(3))
        for trial in range(n_trials):
            eeg = brain(channels, n_time + trial, seed=100 * person + trial).T + 4200.0
            stimuli[trial, 0], baseline[trial, 0] = eeg, eeg[:50]
            heart[trial, 0] = np.ones((20, 2))
        scores = {
            "ScoreValence": [[1], [3], [4], [5]], "ScoreArousal": [[2], [4], [3], [5]],
            "ScoreDominance": [[3], [3], [3], [3]],
        }  # fmt: skip
        people[0, person] = {
            "Age": "22", "Gender": "male",
            "EEG": {"baseline": baseline, "stimuli": stimuli},
            "ECG": {"baseline": heart, "stimuli": heart},
            **{name: np.array((values * n_trials)[:n_trials]) for name, values in scores.items()},
        }  # fmt: skip
    electrodes = np.array([list(dreamer.CHANNELS)], dtype=object)
    root = {
        "Data": people, "EEG_SamplingRate": 128, "ECG_SamplingRate": 256,
        "EEG_Electrodes": electrodes, "noOfSubjects": n_people, "noOfVideoSequences": n_trials,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(folder / "DREAMER.mat", {"DREAMER": root})
    return folder
