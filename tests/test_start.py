"""The words that start.py understands, the programs it starts, and how it ends."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_programs_get_one_blas_thread_unless_told_otherwise(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    variables = start.child_environment()
    assert (variables["OPENBLAS_NUM_THREADS"], variables["OMP_NUM_THREADS"]) == ("1", "4")
    assert variables["PATH"].split(os.pathsep)[0] == str(start.SCRIPTS)


def _recorded(start: ModuleType, monkeypatch: pytest.MonkeyPatch, *codes: int) -> list[list[str]]:
    """Replace the start of programs by a record; return it."""
    commands: list[list[str]] = []
    answers = iter(codes)

    def record(*command: object) -> int:
        commands.append([str(word) for word in command])
        return next(answers)

    monkeypatch.setattr(start, "setup", lambda extras: commands.append(sorted(extras)))
    monkeypatch.setattr(start, "start", record)
    return commands


def test_run_alone_takes_the_samples_and_a_folder_that_is_not_there(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (start.ROOT / "runs" / "first").mkdir(parents=True)
    commands = _recorded(start, monkeypatch, 0)
    assert start.main(["run"]) == 0
    out = start.ROOT / "runs" / "first-2"
    assert " ".join(commands[1][1:]) == f"run --pairs samples --labels-per-class 10 --out {out}"
    assert "a%20clone/runs/first-2/index.html" in capsys.readouterr().out


def test_run_with_arguments_passes_them_on_untouched(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = _recorded(start, monkeypatch, 3)
    assert start.main(["run", "--pairs", "my features.csv"]) == 3
    assert commands[1][1:] == ["run", "--pairs", "my features.csv"]


def test_lab_opens_the_first_notebook_with_the_clone_in_reach(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = _recorded(start, monkeypatch, 0)
    assert start.main(["lab", "--no-browser"]) == 0
    assert str(start.ROOT / "notebooks" / "00_start_here.ipynb") in commands[1]
    assert f"--ServerApp.root_dir={start.ROOT}" in commands[1]
    assert commands[1][-1] == "--no-browser"


def test_tests_come_first_and_notebooks_after_them(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(start.ROOT)
    monkeypatch.setenv("JMML_EDU_DIARY", "somebody's")
    (start.ROOT / "notebooks" / "solutions").mkdir(parents=True)
    (start.ROOT / "notebooks" / "00_start_here.ipynb").touch()
    (start.ROOT / "notebooks" / "solutions" / "04_linear_cca.ipynb").touch()
    commands = _recorded(start, monkeypatch, 0, 1)
    assert start.main(["test", "-k", "linear"]) == 1
    assert commands[1][-2:] == ["-k", "linear"]
    assert "--nbval-lax" in commands[2]
    assert "-k" not in commands[2]
    names = [Path(word).as_posix() for word in commands[2][-2:]]
    assert names == ["notebooks/00_start_here.ipynb", "notebooks/solutions/04_linear_cca.ipynb"]
    assert start.child_environment()["JMML_EDU_DIARY"] == os.devnull


def test_failing_tests_end_it(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(start.ROOT)
    (start.ROOT / "notebooks").mkdir()
    (start.ROOT / "notebooks" / "00_start_here.ipynb").touch()
    commands = _recorded(start, monkeypatch, 1)
    assert start.main(["test"]) == 1
    assert len(commands) == 2


@pytest.mark.parametrize(
    ("words", "extras"),
    [(["setup"], ["lab", "test"]), (["setup", "--dev"], ["dev", "docs", "lab", "test"])],
)
def test_setup_alone_starts_nothing(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, words: list[str], extras: list[str]
) -> None:
    commands = _recorded(start, monkeypatch)
    assert start.main(words) == 0
    assert commands == [extras]


@pytest.mark.parametrize(
    ("words", "code"), [([], 2), (["--help"], 0), (["walk"], 2), (["setup", "--deb"], 2)]
)
def test_words_it_does_not_know_get_the_usage(
    start: ModuleType, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert start.main(words) == code
    assert "python3 start.py lab" in capsys.readouterr().out


def test_an_old_python_is_told_what_is_needed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(start.platform, "python_version", lambda: "3.9.2")
    assert start.main(["run"]) == 2
    sentence = "start.py: needs Python 3.11 or newer; this is 3.9.2.\n"
    assert capsys.readouterr().out == sentence


def test_an_old_python_can_read_the_file_that_tells_it() -> None:
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_it_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
        if name
    }
    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize("code", [0, 1, 77])
def test_exit_codes_pass_through(start: ModuleType, code: int) -> None:
    assert start.start(sys.executable, "-c", f"raise SystemExit({code})") == code


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals of this kind.")
def test_ctrl_c_reaches_the_program_and_ends_with_130(tmp_path: Path) -> None:
    wait = "import time; print('up', flush=True); time.sleep(60)"
    # Whoever runs the tests may ignore the signal, and children inherit that.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = f"{heed}import start, sys; sys.exit(start.start(sys.executable, '-c', {wait!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(10) == 130
    process.stdout.close()


def test_ctrl_c_during_the_set_up_ends_with_130(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(extras: set[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "setup", interrupt)
    assert start.main(["lab"]) == 130
    assert "the next start carries on" in capsys.readouterr().err
