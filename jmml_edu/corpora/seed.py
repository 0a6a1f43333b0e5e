"""SEED: 15 people watch 15 film clips in each of three sessions, in three emotions.

W.-L. Zheng, B.-L. Lu, "Investigating critical frequency bands and channels for EEG-based emotion
recognition with deep neural networks", IEEE Transactions on Autonomous Mental Development 7, 2015,
https://doi.org/10.1109/TAMD.2015.2431497. The reader takes ``Preprocessed_EEG``: 62 channels at
200 Hz, and the labels of the clips in ``label.mat`` beside them, the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of, files_below, find_entries
from jmml_edu.corpora.matlab import mat_array
from jmml_edu.corpora.seed_file import SEED_RATE_HZ, WITHOUT_PLACE, read_seed_file, seed_trials

ABOUT = About(
    name="SEED",
    holds="EEG, 15 people, 3 sessions of 15 film clips, negative, neutral or positive",
    page="https://bcmi.sjtu.edu.cn/home/seed/seed.html",
    access="On application, with a signed licence agreement: Preprocessed_EEG.",
    licence="for academic research, not to be passed on",
    layout="Preprocessed_EEG/1_20131027.mat\nPreprocessed_EEG/label.mat",
    modalities=("eeg",),
    scheme="valence",
    n_people=15,
    per_person=45,
)
EMOTIONS = {-1: "negative", 0: "neutral", 1: "positive"}
N_TRIALS = 15

_FILE = re.compile(r"(\d+)_(\d{8})")


def is_seed(files: list[Path]) -> bool:
    """Return whether files lie as the preprocessed EEG of SEED, labels beside them."""
    return any(_named(path) for path in files)


def read_seed(folder: Path) -> Corpus:
    """Return the trials of SEED; ``stimulus`` is the clip, the same for everybody.

    The session is the rank of the date among those of the person. Arousal is not known: labels
    have no quadrant.

    Raises
    ------
    InputError
        If no file lies so.
    """
    dates: dict[int, list[str]] = {}
    for path in files_below(folder):
        if named := _named(path):
            dates.setdefault(named[0], []).append(named[1])

    def list_file(path: Path) -> Sequence[Entry] | str:
        named = _named(path)
        if not named:
            return [] if path.name.lower() == "label.mat" else "no preprocessed EEG of SEED"
        person, date = named
        return _list_session(path, person, sorted(set(dates[person])).index(date) + 1)

    listing = find_entries("read_seed", ABOUT, folder, list_file)
    return corpus_of(ABOUT, folder, listing, read_seed_file, notes=(WITHOUT_PLACE,))


def _named(path: Path) -> tuple[int, str] | None:
    """Return person and date of a file of preprocessed EEG, if it is one."""
    found = _FILE.fullmatch(path.stem) if path.suffix.lower() == ".mat" else None
    features = path.parent.name.lower().startswith("extractedfeatures")
    if not found or features or path.parent.name in {"1", "2", "3"}:
        return None
    return int(found.group(1)), found.group(2)


def _list_session(path: Path, person: int, session: int) -> list[Entry]:
    """Return the trials of one person on one day."""
    labels = _labels(path.with_name("label.mat"))
    return [
        Entry(
            path,
            "eeg",
            f"SEED {person:02d}",
            f"session {session} trial {number:02d}",
            labels[number - 1],
            session=str(session),
            stimulus=f"clip {number:02d}",
            place=number,
            sample_rate_hz=SEED_RATE_HZ,
            duration_s=duration_s,
        )
        for number, duration_s in seed_trials(path, n_trials=N_TRIALS).items()
    ]


def _labels(path: Path) -> list[str]:
    """Return the emotion of each clip."""
    label = mat_array(path, "label").ravel()
    if len(label) != N_TRIALS or not set(label.tolist()) <= set(EMOTIONS):
        _refuse(f"hold {N_TRIALS} labels of -1, 0, 1", f"{label.tolist()[:20]} in {path.name}")
    return [EMOTIONS[int(number)] for number in label]


def _refuse(rule: str, got: str) -> NoReturn:
    """Raise the sentence about a file of SEED."""
    fail("read_seed", "file", rule, got, "Fetch the file again.")
