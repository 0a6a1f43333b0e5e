"""Long EEG recordings with events in them: a laboratory's folder, and one laid out by BIDS."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import edfio
import numpy as np
from made_corpora import brain, hum

CHANNELS = ("F3", "F4", "C3", "C4", "P3", "P4")
RATE_HZ, TRIAL_S, GAP_S = 128, 2, 3
EVENTS = ("happy", "sad", "angry", "calm", "neutral", "button")
TRIALS = ",".join(("event", "class", "start_s", "stop_s"))


def save_long(
    path: Path,
    events: Sequence[tuple[float, float, str]],
    *,
    seconds: int,
    seed: int,
    channels: Sequence[str] = CHANNELS,
) -> np.ndarray:
    """An EDF+ file with annotations (onset, duration, text); return its signal in microvolt."""
    signal = np.clip(brain(len(channels), seconds * RATE_HZ, seed=seed), -99, 99)
    edf = edfio.Edf(
        [
            edfio.EdfSignal(
                row, RATE_HZ, label=name, physical_dimension="uV", physical_range=(-100, 100)
            )
            for name, row in zip(channels, signal, strict=True)
        ],
        annotations=[edfio.EdfAnnotation(*event) for event in events],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    edf.write(path)
    return signal


def planned(n_rounds: int) -> list[tuple[float, float, str]]:
    """Every event in turn, some seconds apart."""
    names = EVENTS * n_rounds
    return [(1.0 + GAP_S * number, 0.0, name) for number, name in enumerate(names)]


def length_s(n_rounds: int) -> int:
    """How long a recording of these must be."""
    return 1 + GAP_S * len(EVENTS) * n_rounds


def write_trials(folder: Path, lines: Sequence[str] = ()) -> Path:
    """trials.csv: all but the button, of two seconds, unless other lines are given."""
    words = {"happy": "", "sad": "", "angry": "", "calm": "", "neutral": "rest"}
    usual = [f"{event},{name},0,{TRIAL_S}" for event, name in words.items()]
    path = folder / "trials.csv"
    path.write_text("\n".join([TRIALS, *(lines or usual)]) + "\n", encoding="utf-8")
    return path


def make_continuous(folder: Path, people: Sequence[str] = ("A", "B"), *, n_rounds: int = 2) -> Path:
    """One file for each person, its events within."""
    for number, person in enumerate(people):
        path = folder / "raw" / f"{person}.edf"
        save_long(path, planned(n_rounds), seconds=length_s(n_rounds), seed=number)
    rows = [f"raw/{person}.edf,{person}" for person in people]
    (folder / "continuous.csv").write_text("\n".join(["file,subject", *rows]) + "\n")
    write_trials(folder)
    return folder


def make_bids(
    folder: Path,
    people: Sequence[str] = ("01", "02"),
    *,
    n_rounds: int = 2,
    sessions: Sequence[str] = ("",),
) -> Path:
    """BIDS: an EDF file without events, a table of events, and what else a study must have."""
    folder.mkdir(parents=True, exist_ok=True)
    described = {"Name": "made", "BIDSVersion": "1.9.0", "DatasetType": "raw"}
    (folder / "dataset_description.json").write_text(json.dumps(described))
    (folder / "README").write_text("made")
    rows = "\n".join(f"sub-{person}\t30" for person in people)
    (folder / "participants.tsv").write_text(f"participant_id\tage\n{rows}\n")
    for number, person in enumerate(people):
        for session in sessions:
            _save_bids(folder, person, session, n_rounds=n_rounds, seed=number)
    write_trials(folder)
    return folder


def _save_bids(folder: Path, person: str, session: str, *, n_rounds: int, seed: int) -> None:
    """One recording with its tables."""
    named = f"sub-{person}" + (f"_ses-{session}" if session else "")
    place = folder / f"sub-{person}" / (f"ses-{session}" if session else "") / "eeg"
    stem = place / f"{named}_task-films"
    names = (*CHANNELS, "X7")
    save_long(Path(f"{stem}_eeg.edf"), [], seconds=length_s(n_rounds), seed=seed, channels=names)
    sidecar = {"TaskName": "films", "SamplingFrequency": RATE_HZ, "EEGReference": "Cz",
               "PowerLineFrequency": 50, "SoftwareFilters": "n/a"}  # fmt: skip
    Path(f"{stem}_eeg.json").write_text(json.dumps(sidecar))
    kinds = [f"{name}\t{'EOG' if name == 'X7' else 'EEG'}\tuV" for name in names]
    Path(f"{stem}_channels.tsv").write_text("\n".join(["name\ttype\tunits", *kinds]) + "\n")
    lines = [f"{onset:g}\tn/a\t{name}\tfilms/{name}.mp4" for onset, _, name in planned(n_rounds)]
    table = "\n".join(["onset\tduration\ttrial_type\tstim_file", *lines])
    Path(f"{stem}_events.tsv").write_text(table + "\n")


def make_indexed(folder: Path, people: Sequence[str] = ("A", "B"), *, n_trials: int = 8) -> Path:
    """A laboratory's pairs: one EDF and one sound file for each trial, and the table of them."""
    lines = ["file,modality,subject,trial,label"]
    labels = ("happy", "sad", "angry", "calm")
    for number, person in enumerate(people):
        for trial in range(n_trials):
            label, stem = labels[trial % 4], f"{person}{trial:02d}"
            seed = 100 * number + trial
            save_long(folder / f"{stem}.edf", [], seconds=TRIAL_S, seed=seed)
            hum(folder / f"{stem}.wav", seed=seed)
            lines += [f"{stem}.edf,eeg,{person},{trial},{label}"]
            lines += [f"{stem}.wav,speech,{person},{trial},{label}"]
    (folder / "recordings.csv").write_text("\n".join(lines) + "\n")
    return folder
