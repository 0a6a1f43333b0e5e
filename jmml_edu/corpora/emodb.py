"""EMO-DB: ten actors speak ten German sentences in seven emotions.

F. Burkhardt et al., "A database of German emotional speech", Interspeech 2005,
https://doi.org/10.21437/Interspeech.2005-446. In ``03a01Fa.wav`` stand speaker, text, the first
letter of the German word for the emotion, and version. F is Freude (happiness) and A is Angst
(fear), not fear and anger.
"""

from __future__ import annotations

import re
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of_sounds

ABOUT = About(
    name="EMO-DB",
    holds="German speech, 10 actors, 7 acted emotions, 535 recordings",
    page="http://emodb.bilderbar.info",
    access="Open: download and unpack.",
    licence="differs between releases: name the one of the release you use",
    layout="wav/03a01Fa.wav",
    scheme="valence",
    modalities=("speech",),
    n_people=10,
)
EMOTIONS = {
    "W": "anger", "L": "boredom", "E": "disgust", "A": "fear",
    "F": "happiness", "T": "sadness", "N": "neutral",
}  # fmt: skip
SPEAKERS = ("03", "08", "09", "10", "11", "12", "13", "14", "15", "16")
_NAME = re.compile(r"(\d\d)([ab]\d\d)([A-Z])([a-z])", re.IGNORECASE)


def is_emodb(files: list[Path]) -> bool:
    """Return whether files are named as in EMO-DB."""
    return any(_NAME.fullmatch(path.stem) and path.suffix.lower() == ".wav" for path in files)


def read_emodb(folder: Path) -> Corpus:
    """Return the utterances of EMO-DB; ``stimulus`` is the code of the text.

    Raises
    ------
    InputError
        If no file is named so.
    """
    return corpus_of_sounds("read_emodb", ABOUT, folder, _parse)


def _parse(path: Path) -> Entry | str:
    """Return what a name says, or why it is not read."""
    found = _NAME.fullmatch(path.stem)
    if not found:
        return "no name of EMO-DB"
    speaker, text, letter, version = found.groups()
    text, letter, version = text.lower(), letter.upper(), version.lower()
    if speaker not in SPEAKERS or letter not in EMOTIONS:
        return "an unknown code in its name"
    trial = f"{speaker}{text}{letter}{version}"
    return Entry(path, "speech", f"EMO-DB {speaker}", trial, EMOTIONS[letter], stimulus=text)
