"""SAVEE: four Englishmen speak 120 sentences each in seven emotions.

P. Jackson, S. Haq, "Surrey Audio-Visual Expressed Emotion (SAVEE) database", University of Surrey,
2014, http://kahlan.eps.surrey.ac.uk/savee. The official layout has a folder per speaker
(``AudioData/DC/a01.wav``), a flat copy that goes around has the speaker in the name
(``DC_a01.wav``). Two letters come before one: ``sa`` is sadness and ``su`` surprise.
"""

from __future__ import annotations

import re
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of_sounds

ABOUT = About(
    name="SAVEE",
    holds="English speech, 4 men, 7 acted emotions, 480 recordings",
    page="http://kahlan.eps.surrey.ac.uk/savee",
    access="On registration: AudioData.zip.",
    licence="for research",
    layout="AudioData/DC/a01.wav",
    modalities=("speech",),
    scheme="valence",
    n_people=4,
    per_person=120,
)
EMOTIONS = {
    "a": "anger", "d": "disgust", "f": "fear", "h": "happiness",
    "n": "neutral", "sa": "sadness", "su": "surprise",
}  # fmt: skip
SPEAKERS = ("DC", "JE", "JK", "KL")
_NAME = re.compile(r"(?:([A-Z]{2})_)?(sa|su|[adfhn])(\d\d)", re.IGNORECASE)


def is_savee(files: list[Path]) -> bool:
    """Return whether sounds are named as in SAVEE, speaker included."""
    return any(isinstance(_parse(path), Entry) for path in files if path.suffix.lower() == ".wav")


def read_savee(folder: Path) -> Corpus:
    """Return the utterances of SAVEE.

    Raises
    ------
    InputError
        If no file is named so.
    """
    return corpus_of_sounds("read_savee", ABOUT, folder, _parse)


def _parse(path: Path) -> Entry | str:
    """Return what a name says, or why it is not read."""
    found = _NAME.fullmatch(path.stem)
    if not found:
        return "no name of SAVEE"
    speaker = (found.group(1) or path.parent.name).upper()
    if speaker not in SPEAKERS:
        return "of no speaker of SAVEE"
    emotion = found.group(2).lower()
    trial = f"{emotion}{found.group(3)}"
    return Entry(path, "speech", f"SAVEE {speaker}", trial, EMOTIONS[emotion])
