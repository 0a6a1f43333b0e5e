"""The set-up: what is tried in which order, what is kept, what is repaired; without a network."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
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
    ours = ("lab", "test", "dev", "docs")
    wanted = [*project["dependencies"], *(one for name in ours for one in extras[name])]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in wanted} <= set(names)  # type: ignore[index]
    assert "torch==2.13.0" in pins


def test_a_cpu_build_of_torch_comes_without_cuda_packages() -> None:
    names = {dist.name.lower() for dist in importlib.metadata.distributions()}
    if not importlib.metadata.version("torch").endswith("+cpu"):
        pytest.skip("This environment holds another build of PyTorch, by choice or on macOS.")
    assert not [name for name in names if name.startswith(("nvidia", "cuda", "triton"))]
