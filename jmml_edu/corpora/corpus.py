"""The noun of every reader: a corpus on disk, listed but not yet read.

In go the entries that a reader found in a folder; out come its table, and one recording after the
other. What was left out stands beside what is there, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jmml_edu._checks import check_one_of, fail
from jmml_edu.corpora.eeg_raw import eeg_header
from jmml_edu.corpora.emotions import emotion_schemes
from jmml_edu.corpora.headers import sound_header
from jmml_edu.data import MODALITIES, UNLABELLED, Modality, Provenance, Recording

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "corpus", "modality", "subject", "session", "trial", "stimulus", "label", "class", "path",
    "rate_hz", "duration_s",
)  # fmt: skip
"""What the table of a corpus says of each recording."""

_SHOWN = 3


@dataclass(frozen=True)
class About:
    """What a corpus is, how one gets it, and how it lies on disk.

    Attributes
    ----------
    name, holds
        Its name, and what it holds, in a few words.
    page, access, licence
        The official page; how one gets it; under which terms, as far as they are stated there.
    layout
        The files that the reader expects, one per line.
    modalities
        Which of EEG and speech it holds.
    scheme
        The scheme that suits it best together with the samples: ``quadrants`` where its labels
        fall into all four, else ``valence``.
    n_people, per_person
        How many people there are, and recordings of each; 0 where that differs or is unknown.
    """

    name: str
    holds: str
    page: str
    access: str
    licence: str
    layout: str
    modalities: tuple[Modality, ...] = MODALITIES
    scheme: str = "quadrants"
    n_people: int = 0
    per_person: int = 0


@dataclass(frozen=True)
class Entry:
    """One recording that lies in a corpus, before its signal is read.

    Attributes
    ----------
    path, modality
        The file, and whether it is EEG or speech.
    subject, trial, label
        Who; which trial (unique for a subject and modality); the label as in the corpus.
    session, stimulus
        Which session; what was said or shown. Empty: unknown.
    place
        Which part of its file it is, from 0.
    start_s
        Where in a long recording it begins.
    sample_rate_hz, duration_s
        0 where only the file itself can tell.
    """

    path: Path
    modality: Modality
    subject: str
    trial: str
    label: str
    session: str = ""
    stimulus: str = ""
    place: int = 0
    start_s: float = 0.0
    sample_rate_hz: float = 0.0
    duration_s: float = 0.0


class Dropped(NamedTuple):
    """Something that lies in the folder and is not read, and why."""

    what: str
    why: str


ReadFile = Callable[[Path, Sequence[Entry], Provenance], Iterator[Recording]]
"""Read the entries of one file, in order."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """The recordings of a corpus on disk: iterate over it to read them one by one.

    Attributes
    ----------
    about, folder
        Which corpus, and where it lies.
    entries
        What there is to read, file after file.
    read_file
        Reads the entries of one file; only one file is in memory at a time.
    provenance
        Where the recordings come from.
    schemes
        Ready-made mappings from labels to classes, by name (:mod:`jmml_edu.corpora.emotions`).
    classes
        The mapping in use; empty: recordings bear the labels of the corpus.
    rated
        True if labels are ratings on scales, which are no classes before a scheme is chosen.
    lowest_hz
        Below it the authors of the corpus filtered everything away.
    notes
        What the reader leaves out on purpose, in sentences.
    dropped
        What it found in the folder and could not use, with the reason.
    problems
        What must be mended before anything can be read, in sentences.
    """

    about: About
    folder: Path
    entries: tuple[Entry, ...]
    read_file: ReadFile
    provenance: Provenance
    schemes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    rated: bool = False
    lowest_hz: float = 0.0
    notes: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.schemes:
            labels = {entry.label for entry in self.entries}
            object.__setattr__(self, "schemes", emotion_schemes(labels))

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Recording]:
        """Yield every recording, with its class where classes were chosen."""
        self.check_readable()
        for path, group in groupby(self.entries, key=lambda entry: entry.path):
            for recording in self.read_file(path, list(group), self.provenance):
                label = self.classes.get(recording.label, recording.label)
                yield replace(recording, label=label)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Which of EEG and speech it holds."""
        return tuple(m for m in MODALITIES if any(e.modality == m for e in self.entries))

    def check_readable(self) -> None:
        """Raise if something must be mended before anything can be read."""
        if self.problems:
            more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
            fail(
                self.about.name, "corpus", "be whole", f"{self.problems[0].rstrip('.')}{more}",
                f"See them all with: jmml-edu inspect {self.folder.name}",
            )  # fmt: skip

    def of(self, modality: Modality) -> Corpus:
        """Return the corpus with the recordings of one modality.

        Raises
        ------
        InputError
            If it has none.
        """
        if self.entries and modality not in self.modalities:
            fail(
                "Corpus.of", "modality", f"be one that {self.about.name} holds",
                f"{modality!r}, but it holds {' and '.join(self.modalities)}",
                f"Take the {modality} from another source.",
            )  # fmt: skip
        return replace(self, entries=tuple(e for e in self.entries if e.modality == modality))

    def in_classes(self, classes: str | Mapping[str, str]) -> Corpus:
        """Return the corpus in other classes; recordings whose label has none are left out.

        Parameters
        ----------
        classes
            The name of one of ``schemes``, or the class of each label.

        Raises
        ------
        InputError
            If there is no such scheme, or the mapping names a label that does not occur.
        """
        if isinstance(classes, str):
            check_one_of("Corpus.in_classes", self.schemes, classes=classes)
            return self.in_classes(self.schemes[classes])
        labels = {entry.label for entry in self.entries}
        strangers = sorted(set(classes) - set(labels))
        if strangers:
            fail(
                "Corpus.in_classes", "classes", "name labels that occur",
                f"{strangers}, but the labels are {sorted(labels)}", "Correct the spelling.",
            )  # fmt: skip
        left = tuple(e for e in self.entries if e.label in classes or e.label == UNLABELLED)
        out = ", ".join(sorted(set(labels) - set(classes) - {UNLABELLED}))
        note = (
            f"{len(self) - len(left)} {' and '.join(self.modalities)} trials dropped, their labels"
            f" have no class: {out}."
        )
        notes = (*self.notes, note) if len(left) < len(self) else self.notes
        return replace(self, entries=left, classes=dict(classes), notes=notes)

    def table(self) -> pd.DataFrame:
        """Return one row per recording, in the order of iteration: see ``COLUMNS``.

        Before classes are chosen, ``class`` is that of the quadrants, empty where a label has none.
        ``rate_hz`` and ``duration_s`` of files with one recording are read from their headers,
        NaN where there is none that can be read; ``path`` is relative to the folder.
        """
        import pandas as pd

        classes = self.classes or self.schemes.get("quadrants", {})
        rows = []
        for entry in self.entries:
            rate_hz, duration_s = entry.sample_rate_hz, entry.duration_s
            if not rate_hz:
                header = eeg_header if entry.modality == "eeg" else sound_header
                rate_hz, duration_s = header(entry.path)
            rows.append((
                self.about.name, entry.modality, entry.subject, entry.session, entry.trial,
                entry.stimulus, entry.label, classes.get(entry.label, UNLABELLED),
                relative(entry.path, self.folder), rate_hz, duration_s,
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def told(self) -> tuple[str, ...]:
        """Return in sentences what is not read: on purpose first, then what could not be used."""
        reasons: dict[str, list[str]] = {}
        for what, why in self.dropped:
            reasons.setdefault(why, []).append(what)
        return (*self.notes, *(listed(names, f"left out, {why}") for why, names in reasons.items()))

    def __repr__(self) -> str:
        people = len({entry.subject for entry in self.entries})
        lines = [f"{self.about.name}: {len(self)} recordings of {people} people in {self.folder}"]
        return "\n  ".join([*lines, *self.told(), *self.problems])


def relative(path: Path, folder: Path) -> str:
    """Return how a file is called from its corpus' folder, with forward slashes."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def listed(names: Sequence[str], why: str) -> str:
    """Return one sentence on files that have something in common.

    Examples
    --------
    >>> listed(["a.wav", "b.wav", "c.wav", "d.wav"], "missing")
    '4 files missing: a.wav, b.wav, c.wav, ...'
    """
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"{len(names)} {'file' if len(names) == 1 else 'files'} {why}: {shown}"
