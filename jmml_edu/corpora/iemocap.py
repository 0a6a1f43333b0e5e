"""IEMOCAP: ten actors in five sessions, two at a time, with scripts and improvised.

C. Busso et al., "IEMOCAP: Interactive emotional dyadic motion capture database", Language Resources
and Evaluation 42, 2008, https://doi.org/10.1007/s10579-008-9076-6. In ``Ses01F_impro01_M000`` the
letter at the start says who wears the markers; who speaks is the letter of the last part. Labels
stand in ``Session1/dialog/EmoEvaluation/Ses01F_impro01.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of, files_below, find_entries, read_sounds

ABOUT = About(
    name="IEMOCAP",
    holds="English dialogues, 10 actors, 10,039 turns, 5,531 of them in the usual 4 classes",
    page="https://sail.usc.edu/iemocap",
    access="On application, with a signed release form.",
    licence="for academic research, not to be passed on",
    layout=(
        "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav\n"
        "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"
    ),
    modalities=("speech",),
    scheme="valence",
    n_people=10,
)
EMOTIONS = {
    "neu": "neutral", "ang": "anger", "sad": "sadness", "hap": "happiness",
    "exc": "excitement", "fru": "frustration", "fea": "fear", "sur": "surprise",
    "dis": "disgust",
}  # fmt: skip
FOUR_CLASSES = {
    "neutral": "neutral", "anger": "anger", "sadness": "sadness",
    "happiness": "happiness", "excitement": "happiness",
}  # fmt: skip
"""The usual four classes: excitement counts as happiness, the rest is left out."""

_WHY = {
    "": "without a label in EmoEvaluation",
    "xxx": "the listeners did not agree",
    "oth": "of another emotion than was asked for",
}
_TURN = re.compile(r"Ses0([1-5])[FM]_(impro\d\d|script\d\d_\d)[a-z]?_([FM])\d{3}")
_LINE = re.compile(r"^\[[\d. ]+-[\d. ]+\]\s+(\S+)\s+(\w+)\s+\[", re.MULTILINE)


def is_iemocap(files: list[Path]) -> bool:
    """Return whether sounds are named as the turns of IEMOCAP."""
    return any(_TURN.fullmatch(path.stem) and path.suffix.lower() == ".wav" for path in files)


def read_iemocap(folder: Path) -> Corpus:
    """Return the turns of IEMOCAP on whose emotion the listeners agreed.

    ``session`` is the pair of actors, ``stimulus`` the scene; scripts are spoken word for word by
    several actors, so split by it too where that matters. Besides the common schemes there is
    ``four-classes``: anger, happiness with excitement, neutral, sadness.

    Raises
    ------
    InputError
        If no file is named so.
    """
    list_file = partial(_list_file, _labels(folder))
    listing = find_entries("read_iemocap", ABOUT, folder, list_file)
    corpus = corpus_of(ABOUT, folder, listing, read_sounds)
    there = {entry.label for entry in corpus.entries}
    four = {label: name for label, name in FOUR_CLASSES.items() if label in there}
    return replace(corpus, schemes={**corpus.schemes, "four-classes": four})


def _list_file(labels: Mapping[str, str], path: Path) -> Sequence[Entry] | str:
    """Return the turn in a sound file, or why it is not read."""
    found = _TURN.fullmatch(path.stem)
    if path.suffix.lower() != ".wav" or not found:
        return "no turn of IEMOCAP"
    label = labels.get(path.stem, "")
    if label not in EMOTIONS:
        return _WHY.get(label, f"of an unknown label {label!r}")
    session, scene, speaker = found.groups()
    return [
        Entry(
            path,
            "speech",
            f"IEMOCAP {session}{speaker}",
            path.stem,
            EMOTIONS[label],
            session=session,
            stimulus=scene,
        )
    ]


def _labels(folder: Path) -> dict[str, str]:
    """Return the label of each turn that an evaluation names."""
    labels: dict[str, str] = {}
    for path in files_below(folder):
        if path.parent.name.lower() == "emoevaluation" and path.suffix.lower() == ".txt":
            labels |= _LINE.findall(path.read_text(encoding="utf-8", errors="replace"))
    return labels
