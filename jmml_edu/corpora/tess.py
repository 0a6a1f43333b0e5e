"""TESS: two women speak 200 English words in seven emotions, each after "Say the word".

M. K. Pichora-Fuller, K. Dupuis, "Toronto emotional speech set (TESS)", University of Toronto, 2010,
https://doi.org/10.5683/SP2/E8H2MF. In ``OAF_back_angry.wav`` stand speaker (older, younger
actress), word and emotion; ``ps`` is pleasant surprise. With two speakers, nothing can be said
about new ones.
"""

from __future__ import annotations

import re
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of_sounds

ABOUT = About(
    name="TESS",
    holds="English words, 2 women, 7 acted emotions, 2,800 recordings",
    page="https://tspace.library.utoronto.ca/handle/1807/24487",
    access="Open: download and unpack.",
    licence="CC BY-NC-ND 4.0: not for commerce, no changed copies",
    layout="OAF_angry/OAF_back_angry.wav",
    modalities=("speech",),
    scheme="valence",
    n_people=2,
    per_person=1400,
)
EMOTIONS = {
    "angry": "angry", "disgust": "disgust", "fear": "fear", "happy": "happy",
    "neutral": "neutral", "ps": "pleasant-surprise", "sad": "sad",
}  # fmt: skip
# A copy that goes around has one file of the older actress with a letter missing.
SPEAKERS = {"OAF": "TESS OAF", "YAF": "TESS YAF", "OA": "TESS OAF"}
_NAME = re.compile(r"(OAF|YAF|OA)_([A-Z]+)_([A-Z]+)", re.IGNORECASE)


def is_tess(files: list[Path]) -> bool:
    """Return whether sounds are named as in TESS."""
    return any(_NAME.fullmatch(path.stem) and path.suffix.lower() == ".wav" for path in files)


def read_tess(folder: Path) -> Corpus:
    """Return the words of TESS; ``stimulus`` is the word.

    Raises
    ------
    InputError
        If no file is named so.
    """
    return corpus_of_sounds("read_tess", ABOUT, folder, _parse)


def _parse(path: Path) -> Entry | str:
    """Return what a name says, or why it is not read."""
    found = _NAME.fullmatch(path.stem)
    if not found:
        return "no name of TESS"
    speaker, word, emotion = found.groups()
    if emotion.lower() not in EMOTIONS:
        return "an unknown emotion in its name"
    trial = f"{word}_{emotion}".lower()
    person = SPEAKERS[speaker.upper()]
    return Entry(path, "speech", person, trial, EMOTIONS[emotion.lower()], stimulus=word.lower())
