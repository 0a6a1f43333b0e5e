"""What the comparisons share: timing in turn, tables, targets, and the file of results.

Import it before numpy: it holds every library to one thread.
"""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from cProfile import Profile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import process_time

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np

RESULTS = Path(__file__).with_name("RESULTS.md")
TITLE = """# Measured side by side with the published packages

Each section is written by the command it names: `pip install -e ".[bench]"` brings the packages.
Within a section everything ran in one process, one thread, taking turns; times are medians of CPU
time. On another machine the milliseconds differ and the ratios hold.
"""

Work = Callable[[], object]


def median_s(
    works: Mapping[str, Work], *, rounds: int = 7, budget_s: float = 10.0
) -> dict[str, float]:
    """Return the median CPU time of each work, run in turn round after round.

    CPU time of one thread is what a clock shows on an idle machine, and stays so on a busy one.
    Works below 20 ms are repeated within a round. A work leaves the turns once it was timed three
    times and used up its budget; its warm-up counts as a run where that alone took half of it.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    repeats = dict.fromkeys(works, 1)
    for name, work in works.items():
        took = _seconds(work, 1)
        repeats[name] = max(1, int(0.02 / took))
        times[name] = [took] if took > budget_s / 2 else []
    for _ in range(rounds):
        for name, work in works.items():
            if len(times[name]) < 3 or sum(times[name]) * repeats[name] < budget_s:
                times[name].append(_seconds(work, repeats[name]))
    return {name: statistics.median(measured) for name, measured in times.items()}


def _seconds(work: Work, repeats: int) -> float:
    """Return the CPU seconds of one run, averaged over repeats."""
    begin = process_time()
    for _ in range(repeats):
        work()
    return (process_time() - begin) / repeats


def profiled(work: Work, *, top: int = 5) -> str:
    """Return the functions that take most of the time of a work, with their shares of it."""
    profile = Profile()
    profile.runcall(work)
    spent = sorted(profile.getstats(), key=lambda entry: -entry.inlinetime)
    whole = sum(entry.inlinetime for entry in spent)
    return ", ".join(
        f"{_name_of(entry.code)} {100 * entry.inlinetime / whole:.0f} %" for entry in spent[:top]
    )


def _name_of(code: object) -> str:
    """Return the name of a function in Python or C."""
    named = re.search(r"method '?([\w.]+)", str(code))
    return getattr(code, "co_qualname", named[1] if named else str(code))


def planted(n: int, p: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return two views of n rows and p mixed columns, made in place, block by block.

    Population correlations are 0.9, 0.8, 0.7, 0.6 and 0.5.
    """
    rng = np.random.default_rng(seed)
    rho = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    x, y = np.empty((n, p)), np.empty((n, p))
    mixing = [np.eye(p) + 0.5 * rng.standard_normal((p, p)) / np.sqrt(p) for _ in range(2)]
    for start in range(0, n, 2_000):
        left, right = rng.standard_normal((2, min(2_000, n - start), p))
        right[:, :5] = rho * left[:, :5] + np.sqrt(1 - rho**2) * right[:, :5]
        rows = slice(start, start + len(left))
        x[rows], y[rows] = left @ mixing[0] + 3.0, right @ mixing[1] - 1.0
    return x, y


@dataclass(frozen=True)
class Target:
    """A figure to reach, and the figure measured."""

    what: str
    got: float
    at_least: float | None = None
    at_most: float | None = None

    def row(self) -> list[str]:
        """Return what, measured, wanted, and whether it is reached."""
        if self.at_least is not None:
            wanted, reached = f">= {self.at_least:g}", self.got >= self.at_least
        else:
            wanted, reached = f"<= {self.at_most:g}", self.got <= (self.at_most or 0.0)
        return [self.what, f"{self.got:.3g}", wanted, "yes" if reached else "**no**"]


def targets_table(targets: Sequence[Target]) -> str:
    """Return the table of what was to be reached."""
    return table(["to reach", "measured", "wanted", "reached"], [t.row() for t in targets])


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, padded so that it reads well as plain text; numbers to the right."""
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = [
        "| " + " | ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ) + " |"
        for row in cells
    ]  # fmt: skip
    rule = "|" + "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(widths))
    return "\n".join([lines[0], rule + "|", *lines[1:]])


def milliseconds(seconds: float) -> str:
    """Return a time in milliseconds with three digits, as 0.123, 12.3 or 12,345."""
    value = 1e3 * seconds
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def report(
    title: str, body: str, *, command: str, packages: Sequence[str], keep: bool = True
) -> None:
    """Print a section and, to keep it, put it into the results in place of the one so titled."""
    head = f"## {title}\n\n`{command}`\n\n{_machine()};\n{_versions(packages)}."
    text = f"{head}\n\n{body.strip()}\n"
    print(text)
    if not keep:
        return
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else TITLE
    parts = re.split(r"^(?=## )", old, flags=re.MULTILINE)
    sections = {part.splitlines()[0]: part.strip() for part in parts[1:]}
    sections[f"## {title}"] = text.strip()
    ordered = [sections[name] for name in sorted(sections)]
    RESULTS.write_text("\n\n".join([TITLE.strip(), *ordered]) + "\n", encoding="utf-8")


def _machine() -> str:
    """Return the processor, its cores and the system in words."""
    name, info = platform.processor() or platform.machine(), Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8"))
        name = found.group(1) if found else name
    python = platform.python_version()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {python}"


def _versions(packages: Sequence[str]) -> str:
    """Return the packages with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in packages)
