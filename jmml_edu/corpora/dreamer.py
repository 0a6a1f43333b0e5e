"""DREAMER: 23 people watch 18 film clips, and rate what they felt on scales from 1 to 5.

S. Katsigiannis, N. Ramzan, "DREAMER: A database for emotion recognition through EEG and ECG signals
from wireless low-cost off-the-shelf devices", IEEE Journal of Biomedical and Health Informatics 22,
2018, https://doi.org/10.1109/JBHI.2017.2688239. Everything is in one file, ``DREAMER.mat``: it is
read as a whole for the ratings, and again when the signals are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from jmml_edu._checks import fail
from jmml_edu.corpora.corpus import About, Corpus, Entry
from jmml_edu.corpora.listing import corpus_of, find_entries
from jmml_edu.corpora.matlab import mat_struct
from jmml_edu.corpora.rated import in_rated_classes, rated_entries
from jmml_edu.corpora.trial_array import eeg_recording
from jmml_edu.data import Provenance, Recording

ABOUT = About(
    name="DREAMER",
    holds="EEG, 23 people, 18 film clips each, ratings of valence and arousal",
    page="https://zenodo.org/records/546113",
    access="On application through that page: DREAMER.mat.",
    licence="for academic research, not to be passed on",
    layout="DREAMER.mat",
    modalities=("eeg",),
    n_people=23,
    per_person=18,
)
CHANNELS = (
    "AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4",
)  # fmt: skip
RATE_HZ, MIDDLE = 128.0, 3.0
"""A rating above 3 is high; exactly 3 is low."""


def is_dreamer(files: list[Path]) -> bool:
    """Return whether the file of DREAMER is there."""
    return any(path.name.lower() == "dreamer.mat" for path in files)


def read_dreamer(folder: Path) -> Corpus:
    """Return what was recorded during the clips of DREAMER, whole; what came before is left out.

    Labels are the ratings, as ``valence 4 arousal 2``; the scheme ``quadrants`` cuts both scales
    at 3, where exactly 3 counts as low. ``stimulus`` is the clip, the same for everybody.

    Raises
    ------
    InputError
        If the file is not there.
    """
    listing = find_entries("read_dreamer", ABOUT, folder, _list_file)
    notes = ("The baseline before every clip and the heart's signal (ECG) left out.",)
    corpus = corpus_of(ABOUT, folder, listing, _read_file, notes=notes)
    return in_rated_classes(corpus, middle=MIDDLE)


def _list_file(path: Path) -> Sequence[Entry] | str:
    """Return the trials of everybody."""
    if path.name.lower() != "dreamer.mat":
        return "not DREAMER.mat"
    entries: list[Entry] = []
    for person, data in enumerate(_people(path), 1):
        trials = _trials(path, data)
        scores = [
            _scores(path, data, f"Score{name}", len(trials)) for name in ("Valence", "Arousal")
        ]
        entries += rated_entries(
            path, f"DREAMER {person:02d}", np.stack(scores, axis=1),
            [len(trial) / RATE_HZ for trial in trials], stimulus="clip", sample_rate_hz=RATE_HZ,
        )  # fmt: skip
    return entries


def _people(path: Path) -> list[Any]:
    """Return the struct of each person, once rate and electrodes are found to be right."""
    root = mat_struct(path, "DREAMER")[0, 0]
    names = tuple(str(np.ravel(name)[0]) for name in np.ravel(root["EEG_Electrodes"]))
    rate_hz = float(np.ravel(root["EEG_SamplingRate"])[0])
    if names != CHANNELS or rate_hz != RATE_HZ:
        got = f"{rate_hz:g} Hz of {', '.join(names)}"
        _refuse(f"hold EEG at {RATE_HZ:g} Hz of {', '.join(CHANNELS)}", got)
    return [person[0, 0] for person in np.ravel(root["Data"])]


def _trials(path: Path, person: Any) -> list[np.ndarray]:
    """Return the EEG of each clip, time x channel."""
    trials = [np.asarray(trial) for trial in np.ravel(person["EEG"][0, 0]["stimuli"])]
    wrong = [t.shape for t in trials if t.ndim != 2 or t.shape[1] != len(CHANNELS)]
    if wrong or not trials:
        _refuse(f"hold trials of shape (time, {len(CHANNELS)})", f"{wrong[:1]} in {path.name}")
    return trials


def _scores(path: Path, person: Any, name: str, n_trials: int) -> np.ndarray:
    """Return one rating of each clip."""
    scores = np.ravel(person[name]).astype(float)
    if len(scores) != n_trials or not ((scores >= 1) & (scores <= 5)).all():
        _refuse(f"hold {n_trials} ratings from 1 to 5", f"{scores.tolist()} in {name}")
    return scores


def _read_file(path: Path, entries: Sequence[Entry], provenance: Provenance) -> Iterator[Recording]:
    """Yield the trials; the file is in memory while they are read."""
    people = _people(path)
    for entry in entries:
        trial = _trials(path, people[int(entry.subject.split()[-1]) - 1])[entry.place]
        yield eeg_recording("read_dreamer", entry, trial.T.astype(float), CHANNELS, provenance)


def _refuse(rule: str, got: str) -> NoReturn:
    """Raise the sentence about DREAMER's file."""
    fail("read_dreamer", "file", rule, got, "Fetch DREAMER.mat again.")
