"""What the command line says: plans, results and progress come in, tables and sentences go out.

Results go to standard output; progress, warnings and what is wrong to standard error.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from jmml_edu._checks import InputError

if TYPE_CHECKING:
    from jmml_edu.doctor import Finding
    from jmml_edu.results import Comparison, Interval, Plan

console = Console()
complaints = Console(stderr=True)


def show_plan(plan: Plan) -> None:
    """Print what is about to be done."""
    labels = plan.n_labelled_per_class or "all"
    table = Table(title="Plan", show_header=False)
    classes = ", ".join(f"{name} {count}" for name, count in plan.class_counts.items())
    for name, value in (
        ("data", f"{plan.provenance.source} {plan.provenance.stamp}"),
        ("people", plan.n_people),
        ("trials", plan.n_trials),
        ("classes", classes),
        ("pairs", f"{plan.n_pairs}, joined by {plan.kind}"),
        ("labels per class", labels),
        ("step 1, step 2", f"{plan.step1}, {plan.step2}"),
        ("folds x seeds", f"{plan.n_folds} x {len(plan.seeds)}"),
        ("minutes, about", f"{plan.minutes:.1f}"),
        *(("note", note) for note in plan.notes),
    ):
        table.add_row(name, escape(str(value)))
    console.print(table)


def show_results(comparison: Comparison) -> None:
    """Print the table of methods, the gains, and the verdict."""
    from jmml_edu.report import verdict

    stamp = comparison.plan.provenance.stamp
    table = Table("method", "UAR %", "95 % interval", "macro F1 %", title=f"New people {stamp}")
    for name, score in comparison.methods.items():
        f1 = f"{100 * comparison.macro_f1[name]:.1f}"
        table.add_row(name, f"{100 * score.value:.1f}", _ends(score), f1)
    table.add_section()
    for name, gain in comparison.gains.items():
        table.add_row(name, f"{100 * gain.value:+.1f}", _ends(gain, sign="+"), "")
    console.print(table)
    if comparison.differences:
        console.print(_differences_table(comparison))
    console.print(verdict(comparison))


def _differences_table(comparison: Comparison) -> Table:
    """Return what EEG at training has ahead of every other method, and what follows."""
    floor = comparison.noise_floor
    noise = "" if floor is None else f"; noise floor {100 * floor:.1f}"
    table = Table(
        "EEG at training ahead of", "points", "95 % interval", "p, adjusted", "reading",
        title=f"Among {len(comparison.differences)} methods{noise}",
    )  # fmt: skip
    for name, one in comparison.differences.items():
        p = "-" if one.p_adjusted is None else f"{one.p_adjusted:.3f}"
        points, ends = f"{100 * one.ahead.value:+.1f}", _ends(one.ahead, sign="+")
        table.add_row(name, points, ends, p, one.reading)
    return table


def _ends(interval: Interval, sign: str = "") -> str:
    """Return the ends of an interval in per cent, or why there are none."""
    if interval.low is None or interval.high is None:
        return "too few people"
    return f"{100 * interval.low:{sign}.1f} to {100 * interval.high:{sign}.1f}"


def show_findings(findings: Sequence[Finding]) -> None:
    """Print what the doctor found, and how to mend what is wrong."""
    table = Table("", "what", "found", "remedy")
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[red]mend[/]"
        table.add_row(mark, finding.name, finding.value, "" if finding.ok else finding.remedy)
    console.print(table)


def progress_bar() -> Progress:
    """Return the progress bar of long work."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        TimeElapsedColumn(),
        console=complaints,
        disable=not complaints.is_terminal,
    )


def say(progress: Progress, task: TaskID, detail: str, *, advance: float = 0) -> None:
    """Show what a task is busy with."""
    progress.update(task, advance=advance, detail=detail)


@contextmanager
def one_sentence_on_error() -> Iterator[None]:
    """Turn bad input into one sentence and exit code 2, Ctrl-C into exit code 130."""
    try:
        yield
    except InputError as error:
        complaints.print(f"[red]{escape(str(error))}[/]", soft_wrap=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        complaints.print("Stopped. The same command goes on from where it was.")
        raise typer.Exit(130) from None


@contextmanager
def one_line_warnings() -> Iterator[None]:
    """Show a warning as its sentence, without the line of code that it came from."""
    shown = warnings.showwarning
    warnings.showwarning = lambda message, *_, **__: complaints.print(
        f"[yellow]{escape(str(message))}[/]", soft_wrap=True
    )
    try:
        yield
    finally:
        warnings.showwarning = shown
