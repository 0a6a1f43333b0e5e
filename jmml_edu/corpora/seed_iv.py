"""SEED-IV: 15 people watch 24 film clips in each of three sessions, in four emotions.

W.-L. Zheng et al., "EmotionMeter: A multimodal framework for recognizing human emotions", IEEE
Transactions on Cybernetics 49, 2019, https://doi.org/10.1109/TCYB.2018.2797176. The reader takes
``eeg_raw_data``: 62 channels at 200 Hz; which emotion a clip stands for depends on the session.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of, find_entries
from jmml_edu.corpora.seed_file import SEED_RATE_HZ, WITHOUT_PLACE, read_seed_file, seed_trials

ABOUT = About(
    name="SEED-IV",
    holds="EEG, 15 people, 3 sessions of 24 film clips, 4 emotions",
    page="https://bcmi.sjtu.edu.cn/home/seed/seed-iv.html",
    access="On application, with a signed licence agreement: eeg_raw_data.",
    licence="for academic research, not to be passed on",
    layout="eeg_raw_data/1/1_20160518.mat\neeg_raw_data/2/1_20161125.mat",
    scheme="valence",
    modalities=("eeg",),
    n_people=15,
    per_person=72,
)
EMOTIONS = {"0": "neutral", "1": "sad", "2": "fear", "3": "happy"}
EMOTION_OF_CLIP = {
    "1": "123020010121112322330303",
    "2": "213002023323201121030131",
    "3": "122133311210233023002010",
}
"""The emotion of each clip by session, in the order shown; six of each in every session."""

_FILE = re.compile(r"(\d+)_\d{8}")


def is_seed_iv(files: list[Path]) -> bool:
    """Return whether files lie as the raw EEG of SEED-IV."""
    return any(_person(path) for path in files)


def read_seed_iv(folder: Path) -> Corpus:
    """Return the trials of SEED-IV; ``stimulus`` is the clip.

    The variables of a file are named after the person (``cz_eeg1``); the number at the end is the
    trial, and nothing is read from their order.

    Raises
    ------
    InputError
        If no file lies so.
    """
    listing = find_entries("read_seed_iv", ABOUT, folder, _list_file)
    return corpus_of(ABOUT, folder, listing, read_seed_file, notes=(WITHOUT_PLACE,))


def _person(path: Path) -> str:
    """Return whose raw EEG a file holds; nothing if it is none."""
    found = _FILE.fullmatch(path.stem) if path.suffix.lower() == ".mat" else None
    smooth = path.parent.parent.name.lower() == "eeg_feature_smooth"
    if not found or smooth or path.parent.name not in EMOTION_OF_CLIP:
        return ""
    return f"SEED-IV {int(found.group(1)):02d}"


def _list_file(path: Path) -> Sequence[Entry] | str:
    """Return the trials of one person and session."""
    person, session = _person(path), path.parent.name
    if not person:
        return "no raw EEG of SEED-IV"
    clips = EMOTION_OF_CLIP[session]
    return [
        Entry(
            path,
            "eeg",
            person,
            f"session {session} trial {number:02d}",
            EMOTIONS[clips[number - 1]],
            session=session,
            stimulus=f"session {session} clip {number:02d}",
            place=number,
            sample_rate_hz=SEED_RATE_HZ,
            duration_s=duration_s,
        )
        for number, duration_s in seed_trials(path, n_trials=len(clips)).items()
    ]
