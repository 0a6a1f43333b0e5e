"""The whole road with every reader, by the command that ``jmml-edu corpora`` prints."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from made_corpora import (
    make_crema_d,
    make_deap,
    make_dreamer,
    make_eav,
    make_emodb,
    make_iemocap,
    make_nemo,
    make_ravdess,
    make_savee,
    make_seed,
    make_seed_iv,
)
from made_events import make_bids, make_continuous
from made_faced import make_faced
from typer.testing import CliRunner, Result

from jmml_edu.cli import app
from jmml_edu.cli_corpora import TOO_FEW, command_for
from jmml_edu.corpora.emotions import QUADRANT_OF, QUADRANTS
from jmml_edu.corpora.known import READERS
from jmml_edu.corpora.samples import TABLE_NAME, samples_folder
from jmml_edu.simulate.gaussian import QUADRANTS as SIMULATED_QUADRANTS
from jmml_edu.sources import read_features

WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}


def called(*arguments: str | Path) -> Result:
    """What the command says when it is typed so."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=WIDE)


def flat(text: str) -> str:
    """Text without line breaks."""
    return " ".join(text.split())


FOUR = (1, 2, 3, 4)
SMALL: dict[str, Callable[[Path], Path]] = {
    "RAVDESS": lambda folder: make_ravdess(folder, FOUR, emotions=(2, 3, 4, 5), repetitions=(1, 2)),
    "EMO-DB": lambda folder: make_emodb(folder, ("03", "08", "09", "10")),
    "nEMO": lambda folder: make_nemo(folder, ("AA0", "BB0", "CC0", "DD0"), n_texts=3),
    "DEAP": lambda folder: make_deap(folder, FOUR, n_trials=8),
    "SEED-IV": lambda folder: make_seed_iv(folder, FOUR, n_time=500),
    "EAV": lambda folder: make_eav(folder, FOUR, n_trials=24, n_time=1100),
    "CREMA-D": lambda folder: make_crema_d(folder, (1001, 1002, 1003, 1004)),
    "SAVEE": lambda folder: make_savee(folder, takes=(1, 2)),
    "IEMOCAP": lambda folder: make_iemocap(folder, (1, 2), ("impro01", "impro02", "script01_1")),
    "SEED": lambda folder: make_seed(
        folder, [f"{person}_2014010{person}" for person in FOUR], n_time=500
    ),
    "DREAMER": lambda folder: make_dreamer(folder, 4, n_trials=8, n_time=400),
    "FACED": lambda folder: make_faced(folder, FOUR, n_time=500),
    "your own long recordings": lambda folder: make_continuous(folder, "ABCD"),
    "BIDS": lambda folder: make_bids(folder, ("01", "02", "03", "04")),
}
WHOLE = ("your own long recordings", "BIDS")
"""Nobody knows how many people these should have."""


def test_every_reader_of_a_published_corpus_walks_the_road() -> None:
    named = {reader.about.name for reader in READERS[1:]}
    assert set(SMALL) == named - {"TESS"}
    (tess,) = (reader.about for reader in READERS if reader.about.name == "TESS")
    assert command_for(tess) == ""
    assert TOO_FEW in flat(called("corpora", "tess").stdout)


@pytest.fixture(scope="module")
def few_samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples of four people: the road is the same, and quicker."""
    mark, names, *rows = (samples_folder() / TABLE_NAME).read_text("utf-8").splitlines()
    people = sorted({row.split(",")[0] for row in rows})[:4]
    path = tmp_path_factory.mktemp("samples") / "few.csv"
    few = [row for row in rows if row.split(",")[0] in people]
    path.write_text("\n".join([mark, names, *few]) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_the_command_that_is_printed_walks_the_whole_road(
    name: str, tmp_path: Path, few_samples: Path
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    SMALL[name](folder)
    about = next(reader.about for reader in READERS if reader.about.name == name)
    printed = command_for(about).replace("FOLDER", str(folder))
    command = shlex.split(printed.replace(" samples ", f" {few_samples} "))[1:]
    quick = ("--step1", "none", "--step2", "CCA", "--folds", "2")
    result = called(*command, *quick, "--out", tmp_path / "report")
    assert result.exit_code == 0, result.output
    assert f"{name} (corpus)" in flat(result.stdout)
    missing = ("people are here.", "Instead of 120 recordings per person")
    told = any(words in flat(result.stdout) for words in missing)  # is part of the plan
    assert told or name in WHOLE
    assert (tmp_path / "report" / "index.html").stat().st_size > 10_000


def test_quadrants_are_those_of_the_samples() -> None:
    samples = read_features("samples", "speech")
    assert set(QUADRANTS) == set(samples.classes) == set(SIMULATED_QUADRANTS)
    assert set(QUADRANT_OF.values()) == set(QUADRANTS)
