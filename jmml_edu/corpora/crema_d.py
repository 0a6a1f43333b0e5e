"""CREMA-D: 91 actors speak twelve English sentences in six emotions.

H. Cao et al., "CREMA-D: Crowd-sourced emotional multimodal actors dataset", IEEE Transactions on
Affective Computing 5, 2014, https://doi.org/10.1109/TAFFC.2014.2336244. In ``1001_DFA_ANG_XX.wav``
stand actor, sentence, the emotion that was meant, and how strong it was to be. What listeners heard
often differs from what was meant; the label is what was meant.
"""

from __future__ import annotations

import re
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of_sounds

ABOUT = About(
    name="CREMA-D",
    holds="English speech, 91 actors, 6 acted emotions, 7,442 recordings",
    page="https://github.com/CheyneyComputerScience/CREMA-D",
    access="Open: clone with Git LFS, or the sounds are pointers of 130 bytes.",
    licence="Open Database License",
    layout="AudioWAV/1001_DFA_ANG_XX.wav",
    modalities=("speech",),
    scheme="valence",
    n_people=91,
)
EMOTIONS = {
    "ANG": "anger", "DIS": "disgust", "FEA": "fear",
    "HAP": "happiness", "NEU": "neutral", "SAD": "sadness",
}  # fmt: skip
SENTENCES = {
    "IEO": "It's eleven o'clock", "TIE": "That is exactly what happened",
    "IOM": "I'm on my way to the meeting", "IWW": "I wonder what this is about",
    "TAI": "The airplane is almost full", "MTI": "Maybe tomorrow it will be cold",
    "IWL": "I would like a new alarm clock", "ITH": "I think I have a doctor's appointment",
    "DFA": "Don't forget a jacket", "ITS": "I think I've seen this before",
    "TSI": "The surface is slick", "WSI": "We'll stop in a couple of minutes",
}  # fmt: skip
_NAME = re.compile(r"(1\d{3})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2})", re.IGNORECASE)


def is_crema_d(files: list[Path]) -> bool:
    """Return whether sounds are named as in CREMA-D."""
    return any(_NAME.fullmatch(path.stem) and path.suffix.lower() == ".wav" for path in files)


def read_crema_d(folder: Path) -> Corpus:
    """Return the utterances of CREMA-D; ``stimulus`` is the sentence.

    Raises
    ------
    InputError
        If no file is named so.
    """
    return corpus_of_sounds("read_crema_d", ABOUT, folder, _parse)


def _parse(path: Path) -> Entry | str:
    """Return what a name says, or why it is not read."""
    found = _NAME.fullmatch(path.stem)
    if not found:
        return "no name of CREMA-D"
    actor, sentence, emotion, _ = (part.upper() for part in found.groups())
    if sentence not in SENTENCES or emotion not in EMOTIONS:
        return "an unknown code in its name"
    return Entry(
        path,
        "speech",
        f"CREMA-D {actor}",
        path.stem.upper(),
        EMOTIONS[emotion],
        stimulus=SENTENCES[sentence],
    )
