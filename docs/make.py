"""Make the tables and figures of the evidence page, docs/evidence.md, which says what they show.

    python docs/make.py samples RUN     # from the folder of a finished run of jmml-edu
    python docs/make.py recorded RUN    # likewise; the page has both commands
    python docs/make.py mistakes        # the leakage laboratory
    python docs/make.py small           # the small version that the tests compute again

Each writes a table (CSV), a figure, and its part of the page.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np
import pandas as pd

from jmml_edu import plots
from jmml_edu.comparison import compare
from jmml_edu.data import Provenance
from jmml_edu.experiment import Settings, plan_comparison
from jmml_edu.leakage import laboratory, mistakes_table
from jmml_edu.results import Difference, Interval
from jmml_edu.sources import read_features

HERE = Path(__file__).parent
PAGE = HERE / "evidence.md"

SMALL = Settings(labels_per_class=25, n_folds=2, step1="none", step2="CCA", tiers=("core",))
SMALL_PEOPLE, SMALL_WORLDS = 12, 3


@dataclass(frozen=True)
class Found:
    """What the page shows of a finished run."""

    methods: Mapping[str, Interval]
    differences: Mapping[str, Difference]
    noise_floor: float | None
    chance: float
    provenance: Provenance
    notes: Sequence[str]

    @classmethod
    def read(cls, folder: Path) -> Found:
        """Return what ``results.json`` in a folder holds."""
        told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        methods = {
            name: Interval(one["uar"], one["low"], one["high"], told["by_subject"][name],
                           tuple(told["by_seed"][name]))
            for name, one in told["methods"].items()
        }  # fmt: skip
        differences = {
            name: Difference(Interval(one["ahead"], one["low"], one["high"], {}, ()),
                             one["p"], one["p_adjusted"], one["reading"])
            for name, one in told["differences"].items()
        }  # fmt: skip
        made = told["provenance"]
        provenance = Provenance(made["source"], made["simulated"], tuple(made["steps"]))
        return cls(
            methods, differences, told["noise_floor"], told["chance"], provenance, told["notes"]
        )


def comparison_table(found: Any) -> pd.DataFrame:
    """Return one row per method: recall, what EEG at training has ahead of it, and the reading."""
    rows = []
    for name, score in found.methods.items():
        other = found.differences.get(name)
        rows.append({
            "method": name,
            "recall, %": _percent(score),
            "EEG at training ahead, points": "" if other is None else _percent(other.ahead, "+"),
            "p, adjusted": "" if other is None else _p(other.p_adjusted),
            "reading": "" if other is None else other.reading,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _percent(one: Interval, sign: str = "") -> str:
    """Return a number with its interval, in per cent or points."""
    value = f"{100 * one.value:{sign}.1f}"
    if one.low is None or one.high is None:
        return f"{value} (no interval)"
    return f"{value} ({100 * one.low:{sign}.1f} to {100 * one.high:{sign}.1f})"


def _p(value: float | None) -> str:
    """Return a p value with three digits."""
    return "" if value is None else f"{value:.3f}" if value >= 0.0005 else "< 0.001"


def write_comparison(name: str, folder: str) -> None:
    """Write the table, the figure and the part of the page of a finished run."""
    found = Found.read(Path(folder))
    table = comparison_table(found)
    table.to_csv(HERE / "tables" / f"{name}.csv", index=False)
    drawn = plots.picture(
        lambda ax: plots.plot_comparison(
            found.methods, found.differences, found.noise_floor, chance=found.chance, ax=ax,
            provenance=found.provenance,
        ),
        width_in=6.8,
        height_in=1.6 + 0.31 * len(found.methods),
    )  # fmt: skip
    (HERE / "figures" / f"{name}.svg").write_bytes(drawn.svg)
    floor = "not tried" if found.noise_floor is None else f"{100 * found.noise_floor:.1f} points"
    notes = [f"Noise floor: {floor}.", *found.notes]
    write_part(name, f"{to_markdown(table)}\n\n{' '.join(notes)}")


def to_markdown(table: pd.DataFrame) -> str:
    """Return a table in Markdown."""
    lines = [list(table.columns), ["---"] * len(table.columns), *table.astype(str).values.tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_part(name: str, text: str) -> None:
    """Put text between the marks of a part of the page."""
    page = PAGE.read_text(encoding="utf-8")
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    PAGE.write_text(mark.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page), "utf-8")


def make_samples(folder: str) -> None:
    """Write what was found on the samples."""
    write_comparison("samples", folder)


def make_recorded(folder: str) -> None:
    """Write what was found on recorded data."""
    write_comparison("recorded", folder)


def make_mistakes() -> None:
    """Make every mistake of the leakage laboratory."""
    found = laboratory()
    table = mistakes_table(found)
    table.to_csv(HERE / "tables" / "mistakes.csv", index=False, float_format="%.4f")
    drawn = plots.picture(lambda ax: plots.plot_mistakes(found, ax=ax), width_in=7.6, height_in=6.4)
    (HERE / "figures" / "mistakes.svg").write_bytes(drawn.svg)
    rows = [
        {
            "mistake": one.wrong,
            "shown": _percent(one.inflated),
            "true": _percent(one.honest),
            "published": one.published,
        }
        for one in found
    ]
    write_part("mistakes", to_markdown(pd.DataFrame(rows)))


def small_version() -> pd.DataFrame:
    """Return recalls of a small comparison and scores of a small laboratory, as fractions."""
    eeg, speech = read_features("samples", "eeg"), read_features("samples", "speech")
    people = sorted(set(speech.subjects))[:SMALL_PEOPLE]
    eeg, speech = (side.take(np.isin(side.subjects, people)) for side in (eeg, speech))
    plan = plan_comparison(eeg, speech, SMALL)
    methods = compare(eeg, speech, plan).methods
    rows = [(f"recall: {name}", score.value) for name, score in methods.items()]
    for one in laboratory(n_worlds=SMALL_WORLDS):
        rows += [
            (f"{one.name}: shown", one.inflated.value),
            (f"{one.name}: true", one.honest.value),
        ]
    return pd.DataFrame(rows, columns=["what", "value"])


def make_small() -> None:
    """Write the small version."""
    small_version().to_csv(HERE / "tables" / "small.csv", index=False, float_format="%.4f")


def main(arguments: Sequence[str]) -> None:
    """Make what is asked for."""
    steps = {
        "samples": make_samples, "recorded": make_recorded, "mistakes": make_mistakes,
        "small": make_small,
    }  # fmt: skip
    if not arguments or arguments[0] not in steps:
        sys.exit(__doc__)
    steps[arguments[0]](*arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
