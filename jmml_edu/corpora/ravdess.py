"""RAVDESS: 24 actors speak two English sentences in eight emotions.

S. R. Livingstone, F. A. Russo, "The Ryerson Audio-Visual Database of Emotional Speech and Song
(RAVDESS)", PLoS ONE 13, 2018, https://doi.org/10.1371/journal.pone.0196391. Seven numbers in a name
``03-01-06-01-02-01-12.wav`` say modality, vocal channel, emotion, intensity, statement, repetition
and actor; the table of codes stands on the page of the corpus.
"""

from __future__ import annotations

import re
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of_sounds

ABOUT = About(
    name="RAVDESS",
    holds="English speech, 24 actors, 8 acted emotions, 1,440 recordings",
    page="https://zenodo.org/records/1188976",
    access="Open: unpack Audio_Speech_Actors_01-24.zip.",
    licence="CC BY-NC-SA 4.0: not for commerce",
    layout="Actor_01/03-01-01-01-01-01-01.wav",
    modalities=("speech",),
    n_people=24,
    per_person=60,
)
EMOTIONS = {
    "01": "neutral", "02": "calm", "03": "happy", "04": "sad",
    "05": "angry", "06": "fearful", "07": "disgust", "08": "surprised",
}  # fmt: skip
STATEMENTS = {"01": "Kids are talking by the door", "02": "Dogs are sitting by the door"}
_NAME = re.compile(r"\d\d(-\d\d){6}")


def is_ravdess(files: list[Path]) -> bool:
    """Return whether files are named as in RAVDESS."""
    return any(_NAME.fullmatch(path.stem) for path in files)


def read_ravdess(folder: Path) -> Corpus:
    """Return the spoken, sound-only part of RAVDESS; song and video are left out and told.

    Only two sentences are spoken, by everybody: split by ``stimulus`` too where that matters.

    Raises
    ------
    InputError
        If no file is named so.
    """
    return corpus_of_sounds("read_ravdess", ABOUT, folder, _parse)


def _parse(path: Path) -> Entry | str:
    """Return what a name says, or why it is not read."""
    if not _NAME.fullmatch(path.stem):
        return "no name of RAVDESS"
    modality, channel, emotion, _, statement, _, actor = path.stem.split("-")
    if modality != "03":
        return "sound of a video"
    if channel == "02":
        return "song"
    if channel != "01" or emotion not in EMOTIONS or statement not in STATEMENTS:
        return "an unknown code in its name"
    return Entry(
        path, "speech", f"RAVDESS {actor}", path.stem, EMOTIONS[emotion],
        stimulus=STATEMENTS[statement],
    )  # fmt: skip
