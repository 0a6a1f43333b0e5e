"""The set-up: what is tried in which order, what is kept, what is repaired; without a network."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent

Setup = Callable[..., list[str]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """start.py as a module, in a clone of its own with a space in its name."""
    clone = tmp_path / "a clone"
    clone.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    (clone / "start.py").write_bytes((ROOT / "start.py").read_bytes())
    monkeypatch.delenv("JMML_EDU_VENV", raising=False)
    spec = importlib.util.spec_from_file_location("start", clone / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.sys, "platform", "linux")
    return module


@pytest.fixture
def set_up(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Setup:
    """Run the set-up with commands that are recorded, not run; those that match fail."""

    def run(*fails: str, extras: tuple[str, ...] = ("lab", "test")) -> list[str]:
        commands: list[str] = []

        def quietly(*command: object) -> bool:
            line = " ".join(map(str, command))
            commands.append(line)
            if " -m venv " in line:
                start.PYTHON.parent.mkdir(parents=True, exist_ok=True)
                start.PYTHON.touch()
            return not any(re.search(pattern, line) for pattern in ("SystemExit", *fails))

        monkeypatch.setattr(start, "quietly", quietly)
        start.setup(set(extras))
        return commands

    return run


def test_a_first_start_takes_a_wheel_the_machine_has_and_then_the_rest(set_up: Setup) -> None:
    venv, _, torch, rest, warm = set_up()
    assert " -m venv " in venv
    assert "--no-index --no-deps torch==2.13.0" in torch
    assert re.search(r"--constraint .*constraints\.txt --editable \.\[lab,test\]", rest)
    assert "warm_up()" in warm


def test_a_second_start_runs_nothing(set_up: Setup) -> None:
    set_up()
    assert set_up() == []


def test_without_a_wheel_the_cpu_index_is_asked_for_torch_alone(set_up: Setup) -> None:
    commands = set_up("--no-index")
    index = [line for line in commands if "download.pytorch.org/whl/cpu" in line]
    assert len(index) == 1
    assert "--no-deps" in index[0]
    assert commands.index(index[0]) < next(i for i, c in enumerate(commands) if "--editable" in c)


def test_a_torch_that_is_there_is_left_alone(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(start, "quietly", lambda *c: not asked.append(" ".join(map(str, c))))
    start.install_torch()
    assert len(asked) == 1
    assert "version('torch')" in asked[0]
    assert "found != '2.13.0'" in asked[0]


def test_linux_never_falls_back_to_a_cuda_build(start: ModuleType, set_up: Setup) -> None:
    with pytest.raises(SystemExit, match=r"the CPU build of torch==2\.13\.0 could not be fetched"):
        set_up("--no-index", "--index-url")
    assert not start.is_installed({"lab"})


@pytest.mark.parametrize(("system", "asks_index"), [("darwin", False), ("win32", True)])
def test_macos_and_windows_may_take_torch_from_pypi(
    set_up: Setup, start: ModuleType, monkeypatch: pytest.MonkeyPatch, system: str, asks_index: bool
) -> None:
    monkeypatch.setattr(start.sys, "platform", system)
    commands = set_up("--no-index", "--index-url")
    assert any("--index-url" in line for line in commands) == asks_index
    assert any("--editable" in line for line in commands)


def test_an_interrupted_set_up_is_made_anew(start: ModuleType, set_up: Setup) -> None:
    with pytest.raises(SystemExit, match="pip could not install the packages"):
        set_up("--editable")
    half_written = start.VENV / "half-written"
    half_written.touch()
    assert " -m venv " in set_up()[0]
    assert not half_written.exists()
    assert start.is_installed({"lab", "test"})


def test_a_failed_warming_up_is_repeated_without_installing(set_up: Setup) -> None:
    with pytest.raises(SystemExit, match="what was installed does not run"):
        set_up("warm_up")
    (only,) = set_up()
    assert "warm_up()" in only


def test_changed_pins_update_what_is_there(start: ModuleType, set_up: Setup) -> None:
    set_up()
    kept = start.VENV / "kept"
    kept.touch()
    (start.ROOT / "constraints.txt").write_text("torch==2.13.0\nnumpy==2.4.6\n")
    commands = set_up()
    assert not any(" -m venv " in line for line in commands)
    assert any("--editable" in line for line in commands)
    assert kept.exists()


def test_an_environment_that_lost_its_python_is_made_anew(start: ModuleType, set_up: Setup) -> None:
    set_up()
    start.PYTHON.unlink()
    assert " -m venv " in set_up()[0]


def test_an_environment_that_was_moved_is_made_anew(
    start: ModuleType, set_up: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up()
    moved = start.VENV.rename(start.ROOT / "moved")
    for name in ("VENV", "STAMP", "LOG", "PYTHON"):
        path = getattr(start, name)
        monkeypatch.setattr(start, name, moved / path.relative_to(start.ROOT / ".venv"))
    assert " -m venv " in set_up()[0]


def test_developers_tools_are_added_and_survive_an_update(start: ModuleType, set_up: Setup) -> None:
    set_up()
    assert any(".[dev,lab,test]" in line for line in set_up(extras=("dev", "lab", "test")))
    assert set_up() == []
    (start.ROOT / "constraints.txt").write_text("torch==2.13.0\n")
    assert any(".[dev,lab,test]" in line for line in set_up())


def test_a_folder_that_start_did_not_make_is_left_alone(start: ModuleType, set_up: Setup) -> None:
    start.VENV.mkdir()
    (start.VENV / "thesis.txt").write_text("all of it")
    with pytest.raises(SystemExit, match=r"start\.py did not make it\. Move it away, or set JMML"):
        set_up()
    assert (start.VENV / "thesis.txt").read_text() == "all of it"


def test_jupyterlab_does_not_ask_about_news_and_the_users_settings_stay(
    start: ModuleType, set_up: Setup
) -> None:
    set_up()
    (settings,) = start.VENV.rglob("overrides.json")
    assert '"fetchNews": "false"' in settings.read_text()


def test_the_end_of_the_log_is_shown_when_a_step_fails(start: ModuleType) -> None:
    start.VENV.mkdir()
    start.LOG.write_text("\n".join(f"line {number}" for number in range(100)))
    with pytest.raises(SystemExit) as stopped:
        start.stop("it broke", "Mend it.")
    lines = str(stopped.value).split("\n")
    assert "line 99" in lines
    assert "line 50" not in lines
    assert lines[-1] == "start.py: it broke. Mend it."


def test_commands_are_logged_and_their_failure_is_told(start: ModuleType) -> None:
    start.VENV.mkdir()
    assert start.quietly(sys.executable, "-c", "print('heard')")
    assert not start.quietly(sys.executable, "-c", "raise SystemExit(3)")
    assert "heard" in start.LOG.read_text()


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
    (start.ROOT / "notebooks").mkdir()
    (start.ROOT / "notebooks" / "00_start_here.ipynb").touch()
    commands = _recorded(start, monkeypatch, 0, 1)
    assert start.main(["test", "-k", "linear"]) == 1
    assert commands[1][-2:] == ["-k", "linear"]
    assert "--nbval-lax" in commands[2]
    assert "-k" not in commands[2]


def test_failing_tests_end_it(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(start.ROOT)
    (start.ROOT / "notebooks").mkdir()
    (start.ROOT / "notebooks" / "00_start_here.ipynb").touch()
    commands = _recorded(start, monkeypatch, 1)
    assert start.main(["test"]) == 1
    assert len(commands) == 2


@pytest.mark.parametrize(
    ("words", "extras"),
    [(["setup"], ["lab", "test"]), (["setup", "--dev"], ["dev", "lab", "test"])],
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
    code = f"import start, sys; sys.exit(start.start(sys.executable, '-c', {wait!r}))"
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


def test_a_ready_environment_is_recognised_in_a_moment(start: ModuleType, set_up: Setup) -> None:
    set_up()
    began = time.process_time()
    start.setup({"lab", "test"})
    assert time.process_time() - began < 0.1


def test_every_direct_requirement_is_pinned_once_and_to_a_version_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    names = [re.sub(r"[-_.]+", "-", pin.partition("==")[0].lower()) for pin in pins]
    assert len(set(names)) == len(names)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["lab"], *extras["test"], *extras["dev"]]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in wanted} <= set(names)  # type: ignore[index]
    assert "torch==2.13.0" in pins


def test_a_cpu_build_of_torch_comes_without_cuda_packages() -> None:
    names = {dist.name.lower() for dist in importlib.metadata.distributions()}
    if not importlib.metadata.version("torch").endswith("+cpu"):
        pytest.skip("This environment holds another build of PyTorch, by choice or on macOS.")
    assert not [name for name in names if name.startswith(("nvidia", "cuda", "triton"))]
