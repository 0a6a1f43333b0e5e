"""The command line: a plan, a table, a report; one sentence for bad input, nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jmml_edu.cli import app
from jmml_edu.corpora.table import write_pairs_table
from jmml_edu.results import GAINS, TIERS
from jmml_edu.simulate.gaussian import gaussian_pairs

ROAD = tuple(TIERS["road"])
CLOSED_FORM = ("--step1", "none", "--step2", "CCA")  # fast
WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}


def called(*arguments: str | Path) -> Result:
    """What the command says when it is typed so."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=WIDE)


def write_study(path: Path, *, n_pairs: int = 120, n_subjects: int = 6) -> Path:
    """A feature table of simulated pairs."""
    pairs = gaussian_pairs(n_pairs, n_subjects=n_subjects, eeg_dim=3, speech_dim=4, seed=1)
    write_pairs_table(path, pairs.eeg, pairs.speech)
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("study") / "pairs.csv")


@pytest.fixture(scope="module")
def finished(study: Path) -> tuple[Result, Path]:
    """A run that ended well, and its folder."""
    out = study.parent / "made" / "report"
    options = ("--labels-per-class", "10", "--seeds", "2", "--folds", "2")
    return called("run", "--pairs", study, "--out", out, *options, *CLOSED_FORM), out


@pytest.fixture
def results(finished: tuple[Result, Path]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((finished[1] / "results.json").read_text("utf-8"))
    return content


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_help_shows_commands_and_examples_that_can_be_typed() -> None:
    assert {"run", "doctor", "lab"} <= set(called("--help").stdout.split())
    shown = " ".join(called("run", "--help").stdout.split())
    for example in ("jmml-edu run --pairs samples", "1-4=negative,5-8=neutral", "--overwrite"):
        assert example in shown


HELP = """
import sys
from jmml_edu.cli import app

app(["run", "--help"], standalone_mode=False)
print("loaded:", *sorted({"torch", "librosa", "mne", "matplotlib", "pandas"} & set(sys.modules)))
"""


def test_help_waits_for_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert "--overwrite" in done.stdout
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_the_plan_stands_before_the_results(finished: tuple[Result, Path]) -> None:
    result, out = finished
    assert result.exit_code == 0
    shown = result.stdout
    order = ["Plan", "folds x seeds", "minutes, about", "New people SIMULATED", "gain_shuffled"]
    assert sorted(order, key=shown.index) == order
    for words in ("120, joined by trial", "2 x 2", "Gaussian pairs, seed 1 SIMULATED"):
        assert words in shown
    assert all(name in shown for name in (*ROAD, *GAINS))
    assert str(out / "index.html") in "".join(shown.split("\n"))


def test_a_report_is_a_page_its_figures_and_the_numbers(finished: tuple[Result, Path]) -> None:
    names = set(everything(finished[1]))
    assert {"index.html", "results.json"} <= names
    assert all(name.startswith("figures/") for name in names - {"index.html", "results.json"})
    assert [path.name for path in finished[1].parent.iterdir()] == ["report"]
    assert "SIMULATED" in (finished[1] / "index.html").read_text("utf-8")


def test_results_hold_each_method_and_each_difference_in_fractions(results: dict[str, Any]) -> None:
    assert list(results["methods"]) == list(ROAD)
    for score in results["methods"].values():
        assert set(score) == {"uar", "low", "high"}
        assert 0 <= score["low"] <= score["uar"] <= score["high"] <= 1
    for name, (first, second) in GAINS.items():
        assert set(results[name]) == {"mean", "low", "high"}
        uar = [results["methods"][method]["uar"] for method in (first, second)]
        assert results[name]["mean"] == pytest.approx(uar[0] - uar[1], abs=1e-5)


def test_results_say_how_the_run_was_made(results: dict[str, Any]) -> None:
    run = results["run"]
    assert {"versions", "seeds", "folds", "counts", "seconds", "peak_mib"} <= set(run)
    assert (run["seeds"], run["folds"]) == ([0, 1], 2)
    assert run["counts"]["people"] == 6
    assert run["counts"]["pairs"] == run["counts"]["trials"] == 120
    assert run["counts"]["labels_per_class"] == 10
    assert run["seconds"] > 0
    assert {"python", "numpy", "jmml_edu"} <= set(run["versions"])
    assert results["provenance"]["simulated"] is True


def test_a_second_run_leaves_the_first_report_alone(
    finished: tuple[Result, Path], study: Path
) -> None:
    before = everything(finished[1])
    result = called("run", "--pairs", study, "--out", finished[1])
    assert result.exit_code == 2
    assert result.stderr.split("\n")[0].startswith("run: folder must not exist yet; got '")
    assert "pass --overwrite to replace an earlier report." in result.stderr
    assert everything(finished[1]) == before


@pytest.fixture(scope="module")
def replaced(study: Path) -> tuple[Result, Path]:
    """A run on two classes of the four, in the place of an earlier report."""
    out = study.parent / "old"
    (out / "figures").mkdir(parents=True)
    (out / "results.json").write_text("{}")
    (out / "figures" / "stale.png").write_text("")
    classes = "negative-calm=calm,negative-aroused=aroused"
    options = ("--folds", "2", "--eeg-classes", classes, "--speech-classes", classes)
    options = (*options, *CLOSED_FORM)
    return called("run", "--pairs", study, "--out", out, "--overwrite", *options), out


def test_overwrite_replaces_a_report_as_a_whole(replaced: tuple[Result, Path]) -> None:
    result, out = replaced
    assert result.exit_code == 0
    assert "figures/stale.png" not in everything(out)
    assert json.loads((out / "results.json").read_text("utf-8"))["methods"]


def test_classes_are_mapped_for_each_side_and_what_is_dropped_is_told(
    replaced: tuple[Result, Path],
) -> None:
    results = json.loads((replaced[1] / "results.json").read_text("utf-8"))
    assert results["classes"] == ["aroused", "calm"]
    assert len(results["notes"]) == 2
    assert "speech trials dropped, their labels have no class:" in results["notes"][1]
    assert "trials dropped" in replaced[0].stdout


def test_overwrite_replaces_nothing_but_a_report(study: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    result = called("run", "--pairs", study, "--out", tmp_path, "--overwrite")
    assert result.exit_code == 2
    assert "must hold results.json, so that nothing else is overwritten" in result.stderr
    assert everything(tmp_path) == {"thesis.tex": b"years of work"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "run: sources must be either --pairs, or --eeg and --speech; got none of them."),
        (("--eeg", "a.csv"), "run: sources must be either --pairs, or --eeg and --speech;"),
        (("--pairs", "a", "--eeg", "b"), "got ['--pairs', '--eeg']. For a first look:"),
        (
            ("--pairs", "a", "--pairing", "both"),
            "run: pairing must be one of class, trial; got 'both'.",
        ),
        (("--pairs", "a", "--folds", "1"), "Settings: n_folds must be at least 2; got 1."),
        (("--pairs", "a", "--labels-per-class", "-3"), "labels_per_class must be at least 2;"),
        (("--pairs", "a.csv"), "read_features: eeg source must be 'samples' or an existing file"),
        (("--pairs", "a[/b].csv"), "got 'a[/b].csv'."),
    ],
)
def test_bad_input_is_one_sentence_with_exit_code_2_and_nothing_is_written(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = called("run", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert len(result.stderr.strip().split("\n")) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_bad_table_is_one_sentence_too(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("subject,label,eeg_a,speech_b\na,x,1,2\nb,x,3,\n")
    result = called("run", "--pairs", table, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "got 1 missing, the first in data row 2, column 'speech_b'." in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_misspelled_class_stops_before_anything_is_computed(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = called("run", "--pairs", study, "--out", out, "--speech-classes", "clam=calm")
    assert result.exit_code == 2
    assert "map_classes: speech classes must name labels that occur; got ['clam']" in result.stderr
    assert "Plan" not in result.stdout


# A suite that was started in the background ignores Ctrl-C, and its children would too.
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from jmml_edu.cli import main

main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send.")
def test_after_ctrl_c_the_same_command_goes_on_and_leaves_nothing_behind(tmp_path: Path) -> None:
    table = write_study(tmp_path / "pairs.csv")
    command = [
        sys.executable,
        "-c",
        INTERRUPTIBLE,
        "run",
        "--pairs",
        str(table),
        "--seeds",
        "4",
        "--folds",
        "2",
        *CLOSED_FORM,
    ]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        kept = tmp_path / "runs" / "latest.unfinished.jsonl"
        while not kept.exists() or kept.read_text(encoding="utf-8").count("\n") < 2:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate()
    assert process.returncode == 130
    assert "Stopped. The same command goes on from where it was." in complaint
    assert "Traceback" not in complaint
    runs = tmp_path / "runs"
    assert [path.name for path in runs.iterdir()] == ["latest.unfinished.jsonl"]
    again = subprocess.run(
        command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=True
    )
    assert "Going on from runs/latest.unfinished.jsonl." in again.stdout
    assert [path.name for path in runs.iterdir()] == ["latest"]
    results = json.loads((runs / "latest" / "results.json").read_text(encoding="utf-8"))
    assert results["run"]["seeds"] == [0, 1, 2, 3]


def test_everybody_is_compared_where_tiers_ask_for_it(tmp_path: Path) -> None:
    table = write_study(tmp_path / "pairs.csv")
    out = tmp_path / "report"
    result = called(
        "run", "--pairs", table, "--folds", "2", "--labels-per-class", "10", "--tiers",
        "core, bounds", "--out", out, *CLOSED_FORM,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for words in ("Among 11 methods; noise floor", "one_hot", "oracle is left out", "eeg_at_test"):
        assert words in result.stdout, words
    assert "Beside other methods" in (out / "index.html").read_text(encoding="utf-8")
    wrong = called("run", "--pairs", table, "--tiers", "best", "--out", tmp_path / "other")
    assert wrong.exit_code == 2
    assert "tiers must be one of bounds, core, family, rivals, road; got 'best'" in wrong.stderr


def test_the_doctor_says_what_is_well_and_how_to_mend_the_rest() -> None:
    result = called("doctor")
    assert result.exit_code in (0, 1)
    assert "Python" in result.stdout
    assert ("mend" in result.stdout.split()) == (result.exit_code == 1)
