"""The command ``jmml-edu``: walk the road, look at the machine, open the notebooks.

Exit codes: 0 done, 1 the doctor found something to mend, 2 something in the input or the command
is wrong (one sentence says what), 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.markup import escape

from jmml_edu._checks import check_one_of, fail
from jmml_edu.cli_corpora import cache, corpora, inspect, unpack
from jmml_edu.cli_course import build_notebooks, grade, slides
from jmml_edu.console import (
    console,
    one_line_warnings,
    one_sentence_on_error,
    progress_bar,
    say,
    show_findings,
    show_plan,
    show_results,
)

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from jmml_edu.data import Features, Modality, PairKind
    from jmml_edu.experiment import Settings
    from jmml_edu.results import Comparison

app = typer.Typer(
    help="EEG and speech while learning, speech alone afterwards: joint multimodal learning.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

for _other in (corpora, unpack, inspect, cache, build_notebooks, grade, slides):
    app.command()(_other)

RUN_EXAMPLES = """
Examples:

- the simulated samples, ten labels per class:
  `jmml-edu run --pairs samples --labels-per-class 10`
- your own features, one table of EEG and speech:
  `jmml-edu run --pairs features.csv --out runs/mine`
- EEG of some people, speech of others, joined by class:
  `jmml-edu run --eeg eeg.csv --eeg-classes "1-4=negative,5-8=neutral" --speech nemo
  --speech-classes "anger,fear,sadness=negative,neutral=neutral" --pairing class`
"""

SOURCE_HELP = "`samples`, a feature table (CSV, TSV, Parquet) or the folder of a corpus"


def main() -> None:
    """Run the command line."""
    app()


@app.command(epilog=RUN_EXAMPLES)
def run(  # noqa: PLR0913, PLR0917
    pairs: Annotated[str, typer.Option(help=f"EEG and speech together: {SOURCE_HELP}.")] = "",
    eeg: Annotated[str, typer.Option(help=f"EEG: {SOURCE_HELP}.")] = "",
    speech: Annotated[str, typer.Option(help=f"Speech: {SOURCE_HELP}.")] = "",
    eeg_classes: Annotated[
        str,
        typer.Option(
            help='Classes of EEG labels: "1-4=negative,5-8=neutral", or `quadrants`,'
            " `negative-neutral`, `valence`."
        ),
    ] = "",
    speech_classes: Annotated[
        str,
        typer.Option(
            help='Classes of speech labels: "anger,fear=negative", or `quadrants`,'
            " `negative-neutral`, `valence`."
        ),
    ] = "",
    pairing: Annotated[
        str, typer.Option(help="`trial`: recorded together; `class`: joined by label only.")
    ] = "trial",
    labels_per_class: Annotated[
        int, typer.Option(help="Labels shown in each training fold; 0 shows all.")
    ] = 0,
    seeds: Annotated[int, typer.Option(help="How often labels and folds are drawn anew.")] = 1,
    folds: Annotated[int, typer.Option(help="Folds over people.")] = 5,
    step1: Annotated[
        str, typer.Option(help="`none`, `JEC-SSL`, or `either`: what held-out labels speak for.")
    ] = "either",
    step2: Annotated[
        str, typer.Option(help="`E-DCC-CAE` or another deep method; `CCA`: closed form, fast.")
    ] = "E-DCC-CAE",
    tiers: Annotated[
        str,
        typer.Option(
            help="Who else is compared: `core`, `family`, `rivals`, `bounds`, or several with"
            " commas; `all`."
        ),
    ] = "",
    out: Annotated[Path, typer.Option(help="Folder to write; it must not exist yet.")] = Path(
        "runs/latest"
    ),
    overwrite: Annotated[bool, typer.Option(help="Replace an earlier report in --out.")] = False,
) -> None:
    """Learn with EEG and speech, test speech alone on new people, and write a report."""
    with one_sentence_on_error(), one_line_warnings(), _one_blas_thread():
        from jmml_edu._folders import check_new_folder
        from jmml_edu.corpora.samples import samples_truth
        from jmml_edu.data import PAIR_KINDS
        from jmml_edu.experiment import Settings
        from jmml_edu.report import write_report
        from jmml_edu.run_record import run_record

        begin = perf_counter()
        check_new_folder("run", out, replaces="results.json" if overwrite else "")
        check_one_of("run", PAIR_KINDS, pairing=pairing)
        settings = Settings(
            kind=cast("PairKind", pairing),  # Settings says which are allowed
            labels_per_class=labels_per_class or None,
            n_seeds=seeds,
            n_folds=folds,
            step1=step1,
            step2=step2,
            tiers=_tiers(tiers),
        )
        names = _source_names(pairs, eeg, speech)
        classes: dict[Modality, str] = {"eeg": eeg_classes, "speech": speech_classes}
        features, notes = _read(names, classes)
        kept = out.with_name(f"{out.name}.unfinished.jsonl")
        truth = samples_truth(features["speech"]) if names["speech"] == "samples" else None
        comparison = _compare(features, settings, notes, kept, truth)
        record = run_record(command=_command(), seconds=perf_counter() - begin)
        comparison = replace(comparison, run=record)
        show_results(comparison)
        page = write_report(comparison, out, overwrite=overwrite)
        kept.unlink()
        console.print(f"Report: [bold]{escape(str(page))}[/]")


@app.command()
def doctor() -> None:
    """Check this machine, and say how to mend what is wrong."""
    from jmml_edu.doctor import diagnose

    findings = diagnose()
    show_findings(findings)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def lab() -> None:
    """Open the notebooks in JupyterLab."""
    notebook = Path(__file__).resolve().parents[1] / "notebooks" / "00_start_here.ipynb"
    with one_sentence_on_error():
        if not notebook.is_file():
            fail(
                "lab", "notebooks", "be beside the package, as in a clone", f"no {notebook.name}",
                "Clone the repository and use: python3 start.py lab",
            )  # fmt: skip
        os.execv(sys.executable, [sys.executable, "-m", "jupyter", "lab", str(notebook)])


@contextmanager
def _one_blas_thread() -> Iterator[None]:
    """Keep matrix products on one thread: on small ones a second costs more than it brings."""
    import scipy.linalg  # noqa: F401  (only a BLAS that is loaded can be told)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _source_names(pairs: str, eeg: str, speech: str) -> dict[Modality, str]:
    """Return the source of each modality, from --pairs or from --eeg and --speech."""
    if pairs and not (eeg or speech):
        return {"eeg": pairs, "speech": pairs}
    if eeg and speech and not pairs:
        return {"eeg": eeg, "speech": speech}
    given = [
        name
        for name, value in zip(("--pairs", "--eeg", "--speech"), (pairs, eeg, speech), strict=True)
        if value
    ]
    fail(
        "run", "sources", "be either --pairs, or --eeg and --speech", given or "none of them",
        "For a first look: jmml-edu run --pairs samples",
    )  # fmt: skip


def _read(
    sources: Mapping[Modality, str], classes: Mapping[Modality, str]
) -> tuple[dict[Modality, Features], list[str]]:
    """Return the features of both modalities and notes on what was dropped, with progress."""
    from jmml_edu.sources import read_source

    features: dict[Modality, Features] = {}
    notes: list[str] = []
    with progress_bar() as progress:
        for modality, source in sources.items():
            task = progress.add_task(f"Reading {modality} from {source}", total=None, detail="")
            on_step = partial(say, progress, task)
            read = read_source(source, modality, classes=classes[modality], on_step=on_step)
            features[modality] = read.features
            notes += read.notes
            detail = f"{len(read.features)} trials"
            progress.update(task, total=1, completed=1, detail=detail)
    return features, list(dict.fromkeys(notes))  # a paired corpus says them twice


def _tiers(text: str) -> tuple[str, ...]:
    """Return the tiers that are asked for."""
    from jmml_edu.results import TIERS

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    return tuple(TIERS) if names == ("all",) else names


def _compare(
    features: Mapping[Modality, Features],
    settings: Settings,
    notes: Sequence[str],
    kept: Path,
    truth: Float[np.ndarray, "row latent"] | None,
) -> Comparison:
    """Print the plan, run it with progress, and return what was found."""
    from jmml_edu.comparison import compare
    from jmml_edu.experiment import plan_comparison

    eeg, speech = features["eeg"], features["speech"]
    plan = plan_comparison(eeg, speech, settings, notes=notes, truth=truth)
    show_plan(plan)
    if kept.exists():
        console.print(f"Going on from {escape(str(kept))}.")
    with progress_bar() as progress:
        steps = plan.n_folds * len(plan.seeds) * len(plan.methods)
        task = progress.add_task("Comparing on held-out people", total=steps, detail="")
        step_done = partial(say, progress, task, advance=1)
        return compare(eeg, speech, plan, truth=truth, kept=kept, on_step=step_done)


def _command() -> str:
    """Return the command line as it can be typed again."""
    return shlex.join(["jmml-edu", *sys.argv[1:]])
