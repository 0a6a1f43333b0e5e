"""What Binder builds and starts, as far as it can be tried without Binder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BINDER = Path(__file__).resolve().parents[1] / "binder"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="Binder runs bash.")


def _script(name: str) -> str:
    return (BINDER / name).read_text(encoding="utf-8")


def test_the_environment_takes_the_cpu_build_and_the_pins_of_everybody_else() -> None:
    told = yaml.safe_load(_script("environment.yml"))["dependencies"]
    (pip,) = [entry["pip"] for entry in told if isinstance(entry, dict)]
    assert "torch==2.13.0+cpu" in pip
    assert "torch==2.13.0" in (BINDER.parent / "constraints.txt").read_text("utf-8").split()
    assert (BINDER / next(line for line in pip if line.startswith("-c"))[3:]).exists()
    package = next(line for line in pip if line.startswith("-e"))[3:]
    assert package == "..[lab]"
    assert (BINDER / package.removesuffix("[lab]") / "pyproject.toml").exists()


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_may_be_run_and_stop_at_the_first_error(name: str) -> None:
    assert os.access(BINDER / name, os.X_OK)
    commands = [line for line in _script(name).splitlines() if line and line[0] != "#"]
    assert commands[0] == "set -euo pipefail"
    subprocess.run(["bash", "-n", str(BINDER / name)], check=True)


def test_a_session_has_one_thread_and_ends_as_its_program_ends() -> None:
    code = f"import os; print([os.environ[n] for n in {THREADS}]); raise SystemExit(7)"
    bare = {name: value for name, value in os.environ.items() if name not in THREADS}
    command = ["bash", str(BINDER / "start"), sys.executable, "-c", code]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert done.stdout == "['1', '1', '1']\n"
    assert done.returncode == 7


def test_what_is_warmed_up_exists() -> None:
    (python,) = re.findall(r"<<'PYTHON'\n(.*?)^PYTHON$", _script("postBuild"), re.S | re.M)
    compile(python, "postBuild", "exec")
    imports = re.findall(r"^(?:import jmml_edu.*|from jmml_edu.*)$", python, re.M)
    assert imports
    for line in imports:
        exec(line, {})  # raises if something is not there


@pytest.mark.parametrize("version", ["12.6", None])
def test_a_cuda_build_stops_the_image(tmp_path: Path, version: str | None) -> None:
    (python,) = re.findall(r"<<'PYTHON'\n(.*?)^PYTHON$", _script("postBuild"), re.S | re.M)
    stand_ins = (
        "import sys, types\n"
        "for n in ('jmml_edu', 'jmml_edu.cli', 'jmml_edu.comparison', 'jmml_edu.explorer',"
        " 'jmml_edu.report', 'jmml_edu.features', 'jmml_edu.features.speech', 'torch',"
        " 'matplotlib', 'matplotlib.font_manager'):\n"
        "    sys.modules[n] = types.ModuleType(n)\n"
        "sys.modules['jmml_edu.features.speech'].warm_up = lambda: print('warm')\n"
        f"sys.modules['torch'].version = types.SimpleNamespace(cuda={version!r})\n"
        f"sys.modules['torch'].__version__ = '2.13.0'\nsys.prefix = {str(tmp_path)!r}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", stand_ins + python], capture_output=True, text=True, check=False
    )
    written = list(tmp_path.rglob("overrides.json"))
    if version is None:
        assert (done.returncode, done.stdout) == (0, "warm\n"), done.stderr
        assert len(written) == 1
        assert '"windowingMode": "defer"' in written[0].read_text()
    else:
        assert done.returncode == 1
        assert "is a CUDA build" in done.stderr
        assert written == []
