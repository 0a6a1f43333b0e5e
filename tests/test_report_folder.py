"""The folder of a report: whole or not at all, and nothing else is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import made_up
import pytest

from jmml_edu._checks import InputError
from jmml_edu._folders import check_new_folder, whole_folder
from jmml_edu.report import page as page_module
from jmml_edu.report import write_report


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test of the folder do without drawing."""
    dot = page_module.plots.picture(lambda ax: ax, width_in=1.0, height_in=1.0)
    monkeypatch.setattr(page_module, "_draw", lambda *_: dot)


def test_a_taken_folder_is_explained_and_left_alone(tmp_path: Path, quick: None) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError) as error:
        write_report(made_up.harm(), tmp_path)
    assert str(error.value) == (
        f"write_report: folder must not exist yet; got '{tmp_path}'."
        " Choose another --out, or pass --overwrite to replace an earlier report."
    )
    with pytest.raises(InputError) as error:
        write_report(made_up.harm(), tmp_path, overwrite=True)
    assert str(error.value) == (
        "write_report: folder must hold results.json, so that nothing else is overwritten;"
        f" got '{tmp_path}' without it. Choose another --out."
    )
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_earlier_report_is_replaced_whole_when_asked(tmp_path: Path, quick: None) -> None:
    out = tmp_path / "out"
    write_report(made_up.harm(), out)
    (out / "stale.txt").write_text("old")
    write_report(made_up.three_speakers(), out, overwrite=True)
    assert not (out / "stale.txt").exists()
    assert json.loads((out / "results.json").read_text(encoding="utf-8"))["pairing"] == "class"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_a_stop_in_the_middle_leaves_nothing_and_the_earlier_report_whole(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    out = tmp_path / "out"
    write_report(made_up.harm(), out)
    before = (out / "index.html").read_bytes()

    def broken(*_: object) -> str:
        raise stop

    monkeypatch.setattr(page_module, "_page", broken)
    for folder, overwrite in ((out, True), (tmp_path / "other", False)):
        with pytest.raises(stop):
            write_report(made_up.harm(), folder, overwrite=overwrite)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (out / "index.html").read_bytes() == before


def test_a_stop_while_the_folders_change_places_brings_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mark").write_text("old")
    rename = Path.rename

    def stopped(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(KeyboardInterrupt), whole_folder("test", out, replaces="mark") as new:
        (new / "mark").write_text("new")
    assert (out / "mark").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_somebody_else_made_meanwhile_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def race() -> None:
        with whole_folder("test", out) as new:
            (new / "mark").write_text("ours")
            out.mkdir()
            (out / "mark").write_text("theirs")

    with pytest.raises(InputError, match="must not exist yet"):
        race()
    assert (out / "mark").read_text() == "theirs"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_may_be_filled_on_request_but_a_file_never_replaced(tmp_path: Path) -> None:
    check_new_folder("test", tmp_path, replaces="mark")
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(InputError, match="folder must be a folder; got the file"):
        check_new_folder("test", file, replaces="mark")


def test_a_place_below_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="folder must lie in a folder that can be written to"):
        check_new_folder("run", tmp_path / "file" / "out")
