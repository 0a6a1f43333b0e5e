"""The commands ``jmml-edu`` has for corpora: which are known, what is in one, what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jmml_edu.console import console, one_sentence_on_error

if TYPE_CHECKING:
    from jmml_edu.corpora.corpus import About
    from jmml_edu.corpora.inspection import Inspection

FEWEST_PEOPLE = 4
"""With fewer there are no two to learn from and two to test on."""

TOO_FEW = "Too few people for a run of its own: add its recordings to a recordings.csv of yours."


@one_sentence_on_error()
def corpora(
    name: Annotated[str, typer.Argument(help="Part of a name, such as EAV; all without.")] = "",
) -> None:
    """Show the corpora that can be read: what they are, how to get them, how they must lie."""
    from jmml_edu.corpora.known import readers_named

    for about in (reader.about for reader in readers_named(name)):
        console.print(f"[bold]{escape(about.name)}[/]: {escape(about.holds)}", soft_wrap=True)
        _facts(
            ("page", about.page), ("access", about.access), ("licence", about.licence),
            ("files", about.layout),
        )  # fmt: skip
        console.print("  jmml-edu inspect FOLDER")
        console.print(f"  {escape(command_for(about) or TOO_FEW)}\n", soft_wrap=True)


@one_sentence_on_error()
def inspect(
    path: Annotated[Path, typer.Argument(help="The folder of a corpus.")],
    figure: Annotated[
        Path | None, typer.Option(help="Write class balance and examples to this PNG file.")
    ] = None,
) -> None:
    """Recognise a corpus, count what is in it, and name everything irregular."""
    from jmml_edu.corpora.inspection import inspect_corpus
    from jmml_edu.corpora.known import open_corpus

    found = inspect_corpus(open_corpus(path))
    console.print(f"[bold]{escape(found.corpus.about.name)}[/] in {escape(str(path))}")
    _facts(*found.counts().items())
    _show_labels(found)
    _sentences("note", "yellow", found.notes)
    _sentences("mend", "red", found.mend)
    if figure is not None and not found.mend:
        _write_figure(found, figure)
    if found.mend:
        raise typer.Exit(1)


@one_sentence_on_error()
def unpack(
    archive: Annotated[Path, typer.Argument(help="A ZIP or TAR file, as downloaded.")],
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must not exist yet.")],
) -> None:
    """Unpack a corpus into a folder; an archive that leads out of it is refused."""
    from jmml_edu.corpora.archive import unpack_archive

    unpack_archive(archive, folder)
    console.print(f"Unpacked. Next: jmml-edu inspect {escape(str(folder))}", soft_wrap=True)


@one_sentence_on_error()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all that is kept.")] = False,
) -> None:
    """Show where computed features are kept and what they take, or remove them."""
    from jmml_edu.feature_cache import open_cache

    kept = open_cache()
    if clear:
        console.print(f"{kept.clear()} files removed from {escape(str(kept.folder))}")
        return
    files = kept.files()
    megabytes = sum(size for _, size, _ in files) / 1e6
    _facts(
        ("folder", str(kept.folder)),
        ("recordings", str(len(files))),
        ("size", f"{megabytes:.1f} of at most {kept.limit_mb:g} MB"),
    )


def command_for(about: About) -> str:
    """Return the command that goes the whole road with a corpus in ``FOLDER``.

    A corpus of one modality is joined by class with the other modality of the samples. Of too few
    people none can be held out: nothing is returned.
    """
    if 0 < about.n_people < FEWEST_PEOPLE:
        return ""
    if len(about.modalities) == 2:
        return "jmml-edu run --pairs FOLDER"
    mine = about.modalities[0]
    other = "eeg" if mine == "speech" else "speech"
    return (
        f"jmml-edu run --{mine} FOLDER --{mine}-classes {about.scheme}"
        f" --{other} samples --{other}-classes {about.scheme} --pairing class"
    )


def _facts(*facts: tuple[str, str]) -> None:
    """Print names and values, one per line."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for name, value in facts:
        table.add_row(name, escape(value))
    console.print(table)


def _show_labels(found: Inspection) -> None:
    """Print the labels with their quadrants; of ratings the quadrants alone."""
    labels = found.labels()
    if found.corpus.rated:
        grouped = labels.groupby(["modality", "class"], as_index=False)
        labels = grouped.agg(recordings=("recordings", "sum"))
        labels["label"] = "by its ratings"
    table = Table("modality", "label", "quadrant", "recordings")
    for row in labels.to_dict("records"):
        cells = (row["modality"], row["label"], row["class"] or "-", row["recordings"])
        table.add_row(*(escape(str(cell)) for cell in cells))
    console.print(table)


def _sentences(kind: str, colour: str, sentences: Sequence[str]) -> None:
    """Print sentences, each with what kind it is."""
    for sentence in sentences:
        console.print(f"[{colour}]{kind}[/]  {escape(sentence)}", soft_wrap=True)


def _write_figure(found: Inspection, path: Path) -> None:
    """Draw class balance and one example of each class."""
    from jmml_edu.corpora.inspection import example_of_each_class
    from jmml_edu.plots.corpus import corpus_figure

    corpus = found.corpus
    examples = {m: example_of_each_class(corpus, m) for m in corpus.modalities}
    path.write_bytes(corpus_figure(found.balance(), examples, corpus.provenance))
    console.print(f"Figure: [bold]{escape(str(path))}[/]")
