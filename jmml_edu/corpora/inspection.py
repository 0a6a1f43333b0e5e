"""A corpus -> what is in it, counted, and everything about it that is irregular.

Headers are read, signals are not: a large corpus takes seconds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

from jmml_edu.corpora.corpus import Corpus, listed, relative
from jmml_edu.corpora.headers import file_trouble
from jmml_edu.data import UNLABELLED, Modality, Recording

if TYPE_CHECKING:
    import pandas as pd

_ODD_RATE_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Inspection:
    """What a look at a corpus found.

    Attributes
    ----------
    corpus
        What was looked at.
    table
        One row per recording: :meth:`Corpus.table`.
    mend
        Sentences on files that cannot be read: mend these first.
    notes
        Sentences on what is left out or differs from the rest.
    """

    corpus: Corpus
    table: pd.DataFrame
    mend: tuple[str, ...]
    notes: tuple[str, ...]

    def counts(self) -> dict[str, str]:
        """Return how many people, recordings, trials, minutes and rates there are, in words."""
        table = self.table
        said = {
            "people": str(table["subject"].nunique()),
            "trials": str(len(table.drop_duplicates(["subject", "trial"]))),
        }
        for modality, part in table.groupby("modality"):
            rates = ", ".join(f"{rate:g}" for rate in sorted(part["rate_hz"].dropna().unique()))
            minutes = part["duration_s"].sum() / 60
            said[str(modality)] = f"{len(part)} recordings, {minutes:.1f} minutes, at {rates} Hz"
        return said

    def labels(self) -> pd.DataFrame:
        """Return one row per label and modality: its quadrant, recordings and people."""
        grouped = self.table.groupby(["modality", "class", "label"], sort=True)["subject"]
        return grouped.agg(recordings="size", people="nunique").reset_index()

    def balance(self) -> dict[Modality, dict[str, int]]:
        """Return by modality how many recordings there are of each class, those without one too."""
        column = "class" if self.corpus.rated else "label"
        counts: dict[Modality, dict[str, int]] = {}
        for modality in self.corpus.modalities:
            names = self.table.loc[self.table["modality"] == modality, column]
            counts[modality] = dict(Counter(name or "no class" for name in names))
        return counts


def inspect_corpus(corpus: Corpus) -> Inspection:
    """Return what a corpus holds and what is irregular about it.

    Parameters
    ----------
    corpus
        Of any reader.

    Returns
    -------
    inspection
        Its table, what must be mended, and what is noteworthy.

    Examples
    --------
    >>> from jmml_edu.corpora.known import open_corpus
    >>> from jmml_edu.corpora.samples import samples_folder
    >>> found = inspect_corpus(open_corpus(samples_folder() / "raw"))
    >>> found.counts()["people"], found.mend
    ('6', ())
    """
    table = corpus.table()
    return Inspection(
        corpus,
        table,
        mend=(*corpus.problems, *_damaged(corpus, table)),
        notes=(*corpus.told(), *_odd_rates(corpus, table), *_rare(table)),
    )


def example_of_each_class(corpus: Corpus, modality: Modality) -> dict[str, Recording]:
    """Return the first recording of each class, or of each label where labels are no ratings.

    Raises
    ------
    InputError
        If one of them cannot be read.
    """
    classes = corpus.schemes.get("quadrants", {}) if corpus.rated else {}
    first = {
        classes.get(entry.label, entry.label): entry
        for entry in reversed(corpus.entries)
        if entry.modality == modality
    }
    few = replace(corpus, entries=tuple(first[name] for name in sorted(first)))
    return dict(zip(sorted(first), few, strict=True))


def _damaged(corpus: Corpus, table: pd.DataFrame) -> list[str]:
    """Return sentences on files that are missing, empty, pointers, cut short or unreadable."""
    reasons: dict[str, list[str]] = {}
    rates_hz = dict(zip((entry.path for entry in corpus.entries), table["rate_hz"], strict=True))
    for path, rate_hz in rates_hz.items():
        unreadable = "without a header that can be read" if isnan(rate_hz) else ""
        if trouble := file_trouble(path) or unreadable:
            reasons.setdefault(trouble, []).append(relative(path, corpus.folder))
    return [listed(names, trouble) for trouble, names in reasons.items()]


def _odd_rates(corpus: Corpus, table: pd.DataFrame) -> list[str]:
    """Return sentences on rates that only few recordings of a modality have."""
    notes = []
    for modality, part in table.groupby("modality"):
        shares = part["rate_hz"].value_counts(normalize=True)
        for rate_hz in shares[shares < _ODD_RATE_SHARE].index:
            names = part.loc[part["rate_hz"] == rate_hz, "path"].tolist()
            notes.append(listed(names, f"at {rate_hz:g} Hz, unlike the other {modality}"))
    return notes


def _rare(table: pd.DataFrame) -> list[str]:
    """Return sentences on labels that only one person has: they cannot be learned and tested."""
    people = table[table["label"] != UNLABELLED].groupby("label")["subject"].nunique()
    alone = sorted(str(label) for label in people[people == 1].index)
    few = table["subject"].nunique() < 2 or len(alone) > len(people) / 2
    if not alone or few:
        return []
    return [f"Only one person has: {', '.join(alone)}."]
