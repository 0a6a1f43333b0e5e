"""A folder -> the corpus that it is: every reader in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from jmml_edu._checks import fail
from jmml_edu.corpora import (
    bids,
    continuous,
    crema_d,
    deap,
    dreamer,
    eav,
    emodb,
    faced,
    iemocap,
    indexed,
    nemo,
    ravdess,
    savee,
    seed,
    seed_iv,
    tess,
)
from jmml_edu.corpora.corpus import About, Corpus
from jmml_edu.corpora.listing import files_below


class Reader(NamedTuple):
    """A corpus: what it is, how its folder is told, and what reads it."""

    about: About
    is_here: Callable[[Path, list[Path]], bool]
    read: Callable[[Path], Corpus]


READERS: tuple[Reader, ...] = (
    Reader(indexed.ABOUT, lambda folder, _: indexed.is_indexed(folder), indexed.read_indexed),
    Reader(
        continuous.ABOUT,
        lambda folder, _: continuous.is_continuous(folder),
        continuous.read_continuous,
    ),
    Reader(bids.ABOUT, lambda folder, _: bids.is_bids(folder), bids.read_bids),
    Reader(nemo.ABOUT, lambda folder, _: nemo.is_nemo(folder), nemo.read_nemo),
    Reader(eav.ABOUT, lambda _, files: eav.is_eav(files), eav.read_eav),
    Reader(ravdess.ABOUT, lambda _, files: ravdess.is_ravdess(files), ravdess.read_ravdess),
    Reader(emodb.ABOUT, lambda _, files: emodb.is_emodb(files), emodb.read_emodb),
    Reader(deap.ABOUT, lambda _, files: deap.is_deap(files), deap.read_deap),
    Reader(seed_iv.ABOUT, lambda _, files: seed_iv.is_seed_iv(files), seed_iv.read_seed_iv),
    Reader(crema_d.ABOUT, lambda _, files: crema_d.is_crema_d(files), crema_d.read_crema_d),
    Reader(savee.ABOUT, lambda _, files: savee.is_savee(files), savee.read_savee),
    Reader(tess.ABOUT, lambda _, files: tess.is_tess(files), tess.read_tess),
    Reader(iemocap.ABOUT, lambda _, files: iemocap.is_iemocap(files), iemocap.read_iemocap),
    Reader(seed.ABOUT, lambda _, files: seed.is_seed(files), seed.read_seed),
    Reader(dreamer.ABOUT, lambda _, files: dreamer.is_dreamer(files), dreamer.read_dreamer),
    Reader(faced.ABOUT, lambda _, files: faced.is_faced(files), faced.read_faced),
)
"""All corpora that are read; the first whose folder it is reads it."""


def readers_named(part: str) -> list[Reader]:
    """Return the readers whose corpus' name contains this, in whatever case.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> [reader.about.name for reader in readers_named("seed")]
    ['SEED-IV', 'SEED']
    """
    found = [reader for reader in READERS if part.lower() in reader.about.name.lower()]
    if not found:
        known = ", ".join(reader.about.name for reader in READERS)
        fail(
            "readers_named", "name", "be part of a known name", repr(part),
            f"These are known: {known}.",
        )  # fmt: skip
    return found


def open_corpus(folder: Path | str) -> Corpus:
    """Return the corpus in a folder, recognised by what lies in it; no signal is read yet.

    Parameters
    ----------
    folder
        Of one of ``READERS``, as unpacked.

    Raises
    ------
    InputError
        If there is no such folder, or no reader knows what lies in it.

    Examples
    --------
    >>> from jmml_edu.corpora.samples import samples_folder
    >>> corpus = open_corpus(samples_folder() / "raw")
    >>> corpus.modalities
    ('eeg', 'speech')
    >>> next(iter(corpus)).modality
    'eeg'
    """
    place = Path(folder)
    files = files_below(place)
    for reader in READERS:
        if reader.is_here(place, files):
            return reader.read(place)
    inside = [path.relative_to(place).as_posix() for path in files[:5]]
    fail(
        "open_corpus", "folder", "be a known corpus or list its recordings in recordings.csv",
        f"{place.name} with {inside or 'nothing in it'}",
        "See what is known with: jmml-edu corpora; or add recordings.csv with columns file,"
        " modality, subject, trial, label.",
    )  # fmt: skip
