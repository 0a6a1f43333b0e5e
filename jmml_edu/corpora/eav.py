"""EAV: 42 people hold a conversation in five emotions; EEG, sound and video of the same moments.

M.-H. Lee et al., "EAV: EEG-Audio-Video dataset for emotion recognition in conversational contexts",
Scientific Data 11, 2024, https://doi.org/10.1038/s41597-024-03838-4. Listening and speaking take
turns: of 200 moments of 20 s, every second one is spoken. Sound and EEG belong together by the
number of the moment, which begins the name of a sound (``002_Trial_02_Speaking_Neutral_aud.wav``)
and counts the trials of the EEG from 1; ``Trial_02`` counts something else.

A row of the label file is emotion and condition: ``2 * emotion + condition``, where condition 1 is
speaking. A comment in the authors' code calls those rows listening; the names of the sounds, which
exist for spoken moments only, show that they are speaking, and the reader checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
from jaxtyping import Int

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of, find_entries, read_sounds
from jmml_edu.corpora.matlab import mat_array, mat_shapes
from jmml_edu.corpora.trial_array import eeg_recording
from jmml_edu.data import Provenance, Recording

ABOUT = About(
    name="EAV",
    holds="EEG and speech recorded together, 42 people, 5 emotions, 100 spoken moments each",
    page="https://doi.org/10.5281/zenodo.10205702",
    access="Open, about 40 GB: unpack EAV.zip.",
    licence="stated differently in different places: see the page",
    layout=(
        "subject1/Audio/002_Trial_02_Speaking_Neutral_aud.wav\n"
        "subject1/EEG/subject1_eeg.mat\nsubject1/EEG/subject1_eeg_label.mat"
    ),
    n_people=42,
    per_person=200,
)
EMOTIONS = ("Neutral", "Sadness", "Anger", "Happiness", "Calmness")
CHANNELS = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "FC5", "FC1", "FC2", "FC6", "T7", "C3", "Cz", "C4",
    "T8", "CP5", "CP1", "CP2", "CP6", "P7", "P3", "Pz", "P4", "P8", "PO9", "O1", "Oz", "O2", "PO10",
)  # fmt: skip
RATE_HZ = 500.0

_VARIABLES = ("seg1", "seg")
_SPEAKING = 1
_EEG = re.compile(r"subject0*(\d+)_*_eeg", re.IGNORECASE)
_LABELS = re.compile(r"subject0*(\d+)_*_eeg_label", re.IGNORECASE)
_SOUND = re.compile(r"(\d{3})_Trial_\d+_(Speaking|Listening)_([A-Z]+)_aud", re.IGNORECASE)
_SUBJECT = re.compile(r"subject0*(\d+)_*", re.IGNORECASE)


def is_eav(files: list[Path]) -> bool:
    """Return whether files are named as in EAV."""
    return any(_EEG.fullmatch(path.stem) or _SOUND.fullmatch(path.stem) for path in files)


def read_eav(folder: Path) -> Corpus:
    """Return EEG and speech of every spoken moment of EAV; moments of listening are left out.

    Both have the same ``subject`` and ``trial``. Classes come in blocks in this corpus, so that a
    slow drift of the EEG can tell them too.

    Raises
    ------
    InputError
        If no file is named so.
    """
    listing = find_entries("read_eav", ABOUT, folder, _list_file)
    problems = (*listing.problems, *_disagreements(listing.entries))
    notes = (
        "EEG of listening left out: nobody speaks in it.",
        *_alone(listing.entries),
    )
    return corpus_of(ABOUT, folder, listing._replace(problems=problems), _read_file, notes=notes)


def _list_file(path: Path) -> Sequence[Entry] | str:
    """Return the moments in a file of EEG or sound; a file of labels serves the EEG beside it."""
    ending, eeg, sound = path.suffix.lower(), _EEG.fullmatch(path.stem), _SOUND.fullmatch(path.stem)
    if ending == ".mat" and eeg:
        return _list_eeg(path, _person(eeg))
    if ending == ".mat" and _LABELS.fullmatch(path.stem):
        return []
    if ending == ".wav" and sound:
        return _list_sound(path, *sound.groups())
    return "video" if ending == ".mp4" else "no file of EAV"


def _person(found: re.Match[str]) -> str:
    """Return the name of a person whose number was found."""
    return f"EAV {int(found.group(1)):02d}"


def _list_eeg(path: Path, person: str) -> list[Entry]:
    """Return the spoken moments in the EEG of one person."""
    n_time, n_trials = _shape(path)
    rows = _label_rows(path.with_name(f"{path.stem}_label{path.suffix}"), n_trials)
    return [
        Entry(
            path,
            "eeg",
            person,
            f"{place + 1:03d}",
            EMOTIONS[row // 2].lower(),
            place=place,
            sample_rate_hz=RATE_HZ,
            duration_s=n_time / RATE_HZ,
        )
        for place, row in enumerate(rows)
        if row % 2 == _SPEAKING
    ]


def _list_sound(path: Path, number: str, condition: str, emotion: str) -> list[Entry] | str:
    """Return the moment in a sound file."""
    person = _SUBJECT.fullmatch(path.parent.parent.name)
    if not person:
        return "in no folder of a subject"
    if emotion.title() not in EMOTIONS:
        return "an unknown emotion in its name"
    if condition.lower() != "speaking":
        return "sound of listening"
    return [Entry(path, "speech", _person(person), number, emotion.lower())]


def _variable(path: Path) -> str:
    """Return which variable holds the EEG: both names occur."""
    shapes = mat_shapes(path)
    name = next((name for name in _VARIABLES if len(shapes.get(name, ())) == 3), "")
    if not name:
        _refuse(f"hold {' or '.join(_VARIABLES)}", f"{sorted(shapes)} in {path.name}")
    return name


def _shape(path: Path) -> tuple[int, int]:
    """Return the number of samples and of trials in the EEG of one person."""
    shape = mat_shapes(path)[_variable(path)]
    if shape[1] != len(CHANNELS):
        _refuse(f"hold (time, {len(CHANNELS)} channels, trial)", f"{shape} in {path.name}")
    return shape[0], shape[2]


def _label_rows(path: Path, n_trials: int) -> Int[np.ndarray, " trial"]:
    """Return the active row of each trial's label, whichever way round the file has it."""
    label = mat_array(path, "label")
    label = label.T if label.shape == (n_trials, 2 * len(EMOTIONS)) else label
    if label.shape != (2 * len(EMOTIONS), n_trials) or not _is_one_hot(label):
        _refuse(
            f"hold one of {2 * len(EMOTIONS)} labels for each of {n_trials} trials",
            f"shape {label.shape} in {path.name}, not one label each",
        )
    return np.argmax(label, axis=0)


def _is_one_hot(label: np.ndarray) -> bool:
    """Return whether every column holds a single one, and zeros."""
    return bool(np.isin(label, (0, 1)).all() and (label.sum(axis=0) == 1).all())


def _disagreements(entries: Sequence[Entry]) -> list[str]:
    """Return a sentence on each person whose EEG and sounds call a moment differently."""
    eeg = {(e.subject, e.trial): e.label for e in entries if e.modality == "eeg"}
    people = {subject for subject, _ in eeg}
    wrong: dict[str, str] = {}
    for entry in entries:
        label = eeg.get((entry.subject, entry.trial), "no spoken moment")
        if entry.modality == "speech" and entry.subject in people and label != entry.label:
            wrong.setdefault(
                entry.subject,
                f"read_eav: EEG labels and sounds must name each moment alike; got {label} in the"
                f" EEG and {entry.path.name} of {entry.subject}. Fetch this person's files again.",
            )
    return list(wrong.values())


def _alone(entries: Sequence[Entry]) -> list[str]:
    """Return sentences on moments that have EEG or sound, but not both."""
    sides = {
        modality: {(e.subject, e.trial) for e in entries if e.modality == modality}
        for modality in ("eeg", "speech")
    }
    return [
        f"{len(sides[one] - sides[other])} moments have {one} without {other}."
        for one, other in (("eeg", "speech"), ("speech", "eeg"))
        if sides[one] - sides[other]
    ]


def _read_file(path: Path, entries: Sequence[Entry], provenance: Provenance) -> Iterator[Recording]:
    """Yield the moments in a file; the EEG of one person is in memory at a time."""
    if entries[0].modality == "speech":
        yield from read_sounds(path, entries, provenance)
        return
    eeg = mat_array(path, _variable(path))
    for entry in entries:
        signal = np.array(eeg[:, :, entry.place].T, dtype=float)
        yield eeg_recording("read_eav", entry, signal, CHANNELS, provenance)


def _refuse(rule: str, got: str) -> NoReturn:
    """Raise the sentence about a file of EAV."""
    fail("read_eav", "file", rule, got, "Fetch the file again.")
