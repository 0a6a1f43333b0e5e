"""The whole road with every reader, by the command that ``jmml-edu corpora`` prints."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import made_corpora as made
import pytest
from commands import called, flat
from made_events import make_bids, make_continuous, make_indexed
from made_faced import make_faced

from jmml_edu.cli_corpora import TOO_FEW, command_for
from jmml_edu.corpora.emotions import QUADRANT_OF, QUADRANTS
from jmml_edu.corpora.known import READERS, open_corpus
from jmml_edu.corpora.samples import TABLE_NAME, samples_folder
from jmml_edu.simulate.gaussian import QUADRANTS as SIMULATED_QUADRANTS
from jmml_edu.sources import read_features

FOUR = (1, 2, 3, 4)
SMALL: dict[str, Callable[[Path], Path]] = {
    "RAVDESS": lambda folder: made.make_ravdess(
        folder, FOUR, emotions=(2, 3, 4, 5), repetitions=(1, 2)
    ),
    "EMO-DB": lambda folder: made.make_emodb(folder, ("03", "08", "09", "10")),
    "nEMO": lambda folder: made.make_nemo(folder, ("AA0", "BB0", "CC0", "DD0"), n_texts=3),
    "DEAP": lambda folder: made.make_deap(folder, FOUR, n_trials=8),
    "SEED-IV": lambda folder: made.make_seed_iv(folder, FOUR, n_time=500),
    "EAV": lambda folder: made.make_eav(folder, FOUR, n_trials=24, n_time=1100),
    "CREMA-D": lambda folder: made.make_crema_d(folder, (1001, 1002, 1003, 1004)),
    "SAVEE": lambda folder: made.make_savee(folder, takes=(1, 2)),
    "IEMOCAP": lambda folder: made.make_iemocap(
        folder, (1, 2), ("impro01", "impro02", "script01_1")
    ),
    "SEED": lambda folder: made.make_seed(
        folder, [f"{person}_2014010{person}" for person in FOUR], n_time=500
    ),
    "DREAMER": lambda folder: made.make_dreamer(folder, 4, n_trials=8, n_time=400),
    "FACED": lambda folder: make_faced(folder, FOUR, n_time=500),
    "your own recordings": lambda folder: make_indexed(folder, "ABCD", n_trials=12),
    "your own long recordings": lambda folder: make_continuous(folder, "ABCD", n_rounds=1),
    "BIDS": lambda folder: make_bids(folder, ("01", "02", "03", "04"), n_rounds=1),
}
WHOLE = ("your own recordings", "your own long recordings", "BIDS")
"""Nobody knows how many people these should have."""


def test_every_reader_walks_the_road() -> None:
    named = {reader.about.name for reader in READERS}
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
    # The one reader whose folder may say itself where its recordings come from.
    source = "corpus" if name == "your own recordings" else f"{name} (corpus)"
    assert source in flat(result.stdout)
    missing = ("people are here.", "Instead of 120 recordings per person")
    told = any(words in flat(result.stdout) for words in missing)  # is part of the plan
    assert told or name in WHOLE
    assert (tmp_path / "report" / "index.html").stat().st_size > 10_000


@pytest.mark.slow
def test_a_corpus_of_two_people_walks_the_road_as_the_sentence_says(
    tmp_path: Path, few_samples: Path
) -> None:
    tess = open_corpus(made.make_tess(tmp_path / "mine", words=("back", "food", "bar")))
    lines = ["file,modality,subject,trial,label"]
    for entry in tess.entries:
        name = entry.path.relative_to(tmp_path / "mine").as_posix()
        lines.append(f"{name},speech,{entry.subject},{entry.trial},{entry.label}")
    others = open_corpus(made.make_savee(tmp_path / "mine" / "more"))
    for entry in others.entries:
        name = entry.path.relative_to(tmp_path / "mine").as_posix()
        lines.append(f"{name},speech,{entry.subject},{entry.trial},{entry.label}")
    (tmp_path / "mine" / "recordings.csv").write_text("\n".join(lines) + "\n")
    result = called(
        "run", "--speech", tmp_path / "mine", "--speech-classes", "valence",
        "--eeg", few_samples, "--eeg-classes", "valence", "--pairing", "class",
        "--step1", "none", "--step2", "CCA", "--folds", "2", "--out", tmp_path / "report",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert (tmp_path / "report" / "index.html").stat().st_size > 10_000


def test_quadrants_are_those_of_the_samples() -> None:
    samples = read_features("samples", "speech")
    assert set(QUADRANTS) == set(samples.classes) == set(SIMULATED_QUADRANTS)
    assert set(QUADRANT_OF.values()) == set(QUADRANTS)
