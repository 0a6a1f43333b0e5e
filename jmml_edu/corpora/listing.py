"""A folder -> its files, and files whose names say all -> a corpus of speech."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from jmml_edu._checks import InputError, fail
from jmml_edu.corpora.corpus import About, Corpus, Dropped, Entry, ReadFile, relative
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Provenance, Recording

SOUNDS = (".wav", ".flac")
_NOT_OURS = ("__MACOSX",)

ParseName = Callable[[Path], Entry | str]
"""What the name of a sound file says, or why it says nothing."""

ListFile = Callable[[Path], Sequence[Entry] | str]
"""The recordings in a file (none: it serves another file), or why it is not read."""


class Listing(NamedTuple):
    """What there is to read, what is not read and why, and what must be mended."""

    entries: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]


def files_below(folder: Path) -> list[Path]:
    """Return all files of a folder in order, without what macOS, Git and others hide there.

    Hidden are names that begin with a dot (``._anything`` is macOS' resource fork of a file) and
    the folder ``__MACOSX``. Links to folders are not followed.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not folder.is_dir():
        fail(
            "files_below", "folder", "be a folder that exists", repr(str(folder)),
            "Check the spelling and the folder you are in.",
        )  # fmt: skip
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _NOT_OURS)
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(found)


def inside(folder: Path, name: str) -> Path:
    """Return a file that a table names, which must lie in the folder of the table.

    Raises
    ------
    InputError
        If the name leads out of the folder.
    """
    path = folder / name
    # By the name alone: where a link of the user's own leads is the user's business.
    if not Path(os.path.normpath(path)).is_relative_to(os.path.normpath(folder)):
        fail(
            "inside", "file", "lie in the folder of its table", repr(name),
            "Correct the table: it must not lead out of its folder.",
        )  # fmt: skip
    return path


def read_sounds(
    path: Path, entries: Sequence[Entry], provenance: Provenance
) -> Iterator[Recording]:
    """Yield the recording of a sound file."""
    for entry in entries:
        yield read_wav(
            path,
            subject=entry.subject,
            label=entry.label,
            trial=entry.trial,
            stimulus=entry.stimulus,
            provenance=provenance,
        )


def find_entries(function: str, about: About, folder: Path, list_file: ListFile) -> Listing:
    """Return what ``list_file`` finds in the files below a folder, each recording once.

    A second copy of a file is left out and told, and so is a file that ``list_file`` has no use
    for. A file that cannot be read is a problem, to be mended before anything is read.

    Parameters
    ----------
    function
        Who reads, for the sentence of an error.
    about, folder
        Which corpus, and where it lies.
    list_file
        Returns the recordings in a file, or why it is not read.

    Raises
    ------
    InputError
        If nothing of the corpus is there, or two files of the same recording differ in size.
    """
    entries: dict[tuple[str, str, str], Entry] = {}
    dropped: list[Dropped] = []
    problems: list[str] = []
    for path in files_below(folder):
        try:
            found = list_file(path)
        except InputError as problem:
            problems.append(str(problem))
            continue
        if isinstance(found, str):
            dropped.append(Dropped(relative(path, folder), found))
            continue
        known = next((entries[k] for k in map(_key, found) if k in entries), None)
        if known is None:
            entries |= {_key(entry): entry for entry in found}
        else:
            _check_copies(function, known.path, path, folder)
            dropped.append(Dropped(relative(path, folder), "a second copy"))
    if not entries and not problems:
        _refuse_empty(function, about, folder, dropped)
    return Listing(tuple(entries.values()), tuple(dropped), tuple(problems))


def corpus_of_sounds(function: str, about: About, folder: Path, parse: ParseName) -> Corpus:
    """Return the corpus of all sound files below a folder whose names ``parse`` understands."""

    def list_file(path: Path) -> Sequence[Entry] | str:
        if path.suffix.lower() not in SOUNDS:
            return "no sound"
        found = parse(path)
        return found if isinstance(found, str) else [found]

    listing = find_entries(function, about, folder, list_file)
    return corpus_of(about, folder, listing, read_sounds)


def corpus_of(
    about: About,
    folder: Path,
    listing: Listing,
    read_file: ReadFile,
    *,
    notes: Sequence[str] = (),
) -> Corpus:
    """Return a corpus of what was found; what the whole corpus would have besides is noted."""
    return Corpus(
        about, folder, listing.entries, read_file,
        Provenance(f"{about.name} ({folder.name})", simulated=False),
        notes=(*notes, *_shortfalls(about, listing.entries)),
        dropped=listing.dropped, problems=listing.problems,
    )  # fmt: skip


def _shortfalls(about: About, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return sentences on people, and recordings of them, that the whole corpus would have."""
    counts = Counter(entry.subject for entry in entries)
    notes = []
    if about.n_people and len(counts) != about.n_people:
        notes.append(f"{len(counts)} of {about.n_people} people are here.")
    if about.per_person:
        odd = [
            f"{who} {count}" for who, count in sorted(counts.items()) if count != about.per_person
        ]
        if odd:
            shown = ", ".join(odd[:5]) + (", ..." if len(odd) > 5 else "")
            notes.append(f"Instead of {about.per_person} recordings per person: {shown}.")
    return tuple(notes)


def _key(entry: Entry) -> tuple[str, str, str]:
    """Return what no two recordings of a corpus share."""
    return entry.modality, entry.subject, entry.trial


def _refuse_empty(
    function: str, about: About, folder: Path, dropped: Sequence[Dropped]
) -> NoReturn:
    """Raise: nothing of the corpus lies in the folder."""
    expected = about.layout.split("\n")[0].strip()
    names = ", ".join(name for name, _ in dropped[:3]) or "nothing"
    fail(
        function, "folder", f"hold files like {expected}", f"{names} in {folder.name}",
        "Unpack the corpus there; its layout stands in: jmml-edu corpora",
    )  # fmt: skip


def _check_copies(function: str, first: Path, second: Path, folder: Path) -> None:
    """Raise if two files that should be the same are not."""
    sizes = [path.stat().st_size for path in (first, second)]
    if sizes[0] != sizes[1]:
        names = " and ".join(relative(path, folder) for path in (first, second))
        fail(
            function, "folder", "hold each recording once",
            f"{names} of {sizes[0]} and {sizes[1]} bytes", "Remove the one that is wrong.",
        )  # fmt: skip
