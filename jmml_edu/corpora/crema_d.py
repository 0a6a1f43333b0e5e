"""CREMA-D: 91 actors speak twelve English sentences in six emotions.

H. Cao et al., "CREMA-D: Crowd-sourced emotional multimodal actors dataset", IEEE Transactions on
Affective Computing 5, 2014, https://doi.org/10.1109/TAFFC.2014.2336244. In ``1001_DFA_ANG_XX.wav``
stand actor, sentence, the emotion that was meant, and how strong it was to be. What listeners heard
often differs: of their answers to the voice alone 41 % named what was meant. The label is what was
meant, unless what most of them heard is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from jmml_edu._checks import check_one_of, fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of_sounds, files_below
from jmml_edu.corpora.rows import read_rows

ABOUT = About(
    name="CREMA-D",
    holds="English speech, 91 actors, 6 acted emotions, 7,442 recordings",
    page="https://github.com/CheyneyComputerScience/CREMA-D",
    access="Open: clone with Git LFS, or the sounds are pointers of 130 bytes.",
    licence="Open Database License",
    layout="AudioWAV/1001_DFA_ANG_XX.wav\n"
    "processedResults/summaryTable.csv, where labels as heard are wanted",
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
VOTES_NAME = "summaryTable.csv"
_NAME = re.compile(r"(1\d{3})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2})", re.IGNORECASE)


def is_crema_d(files: list[Path]) -> bool:
    """Return whether sounds are named as in CREMA-D."""
    return any(_NAME.fullmatch(path.stem) and path.suffix.lower() == ".wav" for path in files)


def read_crema_d(folder: Path, *, label: str = "acted") -> Corpus:
    """Return the utterances of CREMA-D; ``stimulus`` is the sentence.

    Parameters
    ----------
    folder
        As unpacked.
    label
        ``"acted"``: what the actor was to express, as in the name. ``"heard"``: what most of those
        heard who listened to the voice alone, by ``processedResults/summaryTable.csv``; sounds on
        which two emotions drew are left out and told. What was meant still stands in ``trial``.

    Raises
    ------
    InputError
        If no file is named so, or the table of listeners is needed and not there or wrong.
    """
    check_one_of("read_crema_d", ("acted", "heard"), label=label)
    if label == "acted":
        return corpus_of_sounds("read_crema_d", ABOUT, folder, _parse)
    return corpus_of_sounds("read_crema_d", ABOUT, folder, partial(_parse_heard, _votes(folder)))


def _votes(folder: Path) -> dict[str, str]:
    """Return what most listeners heard in each voice, as the table has it."""
    table = next((path for path in files_below(folder) if path.name == VOTES_NAME), None)
    if table is None:
        fail(
            "read_crema_d", VOTES_NAME, "say what listeners heard", "no such file",
            'Put processedResults of the corpus into the folder, or take label="acted".',
        )  # fmt: skip
    rows = read_rows("read_crema_d", table, ("FileName", "VoiceVote"))
    return {row["FileName"].upper(): row["VoiceVote"].upper() for row in rows}


def _parse_heard(votes: Mapping[str, str], path: Path) -> Entry | str:
    """Return what a name says, with what was heard for a label, or why it is not read."""
    entry = _parse(path)
    if isinstance(entry, str):
        return entry
    vote = votes.get(path.stem.upper(), "")
    heard = [name for code, name in EMOTIONS.items() if code[0] == vote]
    if heard:
        return replace(entry, label=heard[0])
    return "listeners drew between emotions" if ":" in vote else "without a vote of listeners"


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
