"""The whole road: on real speech and real EEG, and on the samples that ship with the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jmml_edu.cli import app
from jmml_edu.results import GAINS, TIERS

ROAD = tuple(TIERS["road"])

CLOSED_FORM = ("--step1", "none", "--step2", "CCA")
WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}
SPEAKERS = ["EB0", "MP0", "WR0"]
SPEECH_METHODS = [name for name in ROAD if name != "eeg_only"]


def walked(out: Path, *options: str) -> Result:
    """The road from the command line to a report."""
    return CliRunner().invoke(app, ["run", *options, "--out", str(out)], env=WIDE)


def read_results(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "results.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def control(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """Real speech of three people and real EEG of forty others, joined by class."""
    out = tmp_path_factory.mktemp("control") / "report"
    result = walked(
        out,
        "--speech", str(real_data / "nemo_3spk"),
        "--speech-classes", "anger,fear,sadness=negative,neutral=neutral",
        "--eeg", str(real_data / "sizecontemo" / "main_trialEEG.csv"),
        "--eeg-classes", "1-4=negative,5-8=neutral",
        "--pairing", "class", "--folds", "3", *CLOSED_FORM,
    )  # fmt: skip
    return result, out


@pytest.mark.real
@pytest.mark.slow
def test_real_speech_and_real_eeg_walk_the_whole_road(control: tuple[Result, Path]) -> None:
    result, out = control
    assert result.exit_code == 0, result.output
    results = read_results(out)
    assert results["pairing"] == "class"
    assert results["classes"] == ["negative", "neutral"]
    assert results["run"]["counts"]["people"] == 3
    assert results["run"]["counts"]["classes"] == {"negative": 144, "neutral": 48}
    assert results["run"]["folds"] == 3
    assert results["provenance"]["simulated"] is False


@pytest.mark.real
@pytest.mark.slow
def test_three_speakers_get_values_of_their_own_and_no_interval(
    control: tuple[Result, Path],
) -> None:
    results = read_results(control[1])
    for name in SPEECH_METHODS:
        assert (results["methods"][name]["low"], results["methods"][name]["high"]) == (None, None)
        assert sorted(results["by_subject"][name]) == SPEAKERS
    for name in GAINS:
        assert (results[name]["low"], results[name]["high"]) == (None, None)


@pytest.mark.real
@pytest.mark.slow
def test_speech_of_unknown_speakers_is_recognised_and_class_pairs_add_little(
    control: tuple[Result, Path],
) -> None:
    results = read_results(control[1])
    assert results["methods"]["speech_only"]["uar"] > 0.6
    assert abs(results["gain"]["mean"]) < 0.15
    assert len(results["by_subject"]["eeg_only"]) == 40
    eeg = results["methods"]["eeg_only"]
    assert eeg["low"] <= eeg["uar"] <= eeg["high"]


@pytest.mark.real
@pytest.mark.slow
def test_the_page_calls_itself_a_negative_control_and_says_what_was_dropped(
    control: tuple[Result, Path],
) -> None:
    results, page = read_results(control[1]), (control[1] / "index.html").read_text("utf-8")
    assert "negative control" in page
    assert "different people, joined by class" in page
    assert "SIMULATED" not in page
    note = "96 speech trials dropped, their labels have no class: happiness, surprised."
    assert note in results["notes"]
    assert note in page
    assert "negative control" in " ".join(control[0].stdout.split())


@pytest.mark.slow
def test_the_samples_walk_the_road_to_a_stamped_report(tmp_path: Path) -> None:
    out = tmp_path / "report"
    few = ("--labels-per-class", "10", "--folds", "2")
    result = walked(out, "--pairs", "samples", *few, *CLOSED_FORM)
    assert result.exit_code == 0, result.output
    results = read_results(out)
    assert results["provenance"]["simulated"] is True
    assert "SIMULATED" in (out / "index.html").read_text("utf-8")
    assert results["run"]["counts"]["people"] >= 24
    assert (results["run"]["step1"], results["run"]["step2"]) == ("none", "CCA")
    assert len(results["classes"]) == 4
    for score in results["methods"].values():
        assert 0.25 < score["uar"] < 1
        assert score["low"] <= score["uar"] <= score["high"]
    assert results["gain_over_raw"]["mean"] > 0
