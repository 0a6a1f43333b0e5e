"""What several test files share: quiet threads, the folder of real recordings, small data."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from jaxtyping import install_import_hook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Before numpy loads its BLAS: on small matrices a second thread costs more than it brings.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ.setdefault("MNE_USE_NUMBA", "false")
os.environ.setdefault("MPLBACKEND", "Agg")

ROOT = Path(__file__).resolve().parent.parent

pytest.register_assert_rewrite("sentences")

# Axes and types of every annotation are checked at every call from here on.
install_import_hook("jmml_edu", "typecheck.typechecked")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Features that tests compute are kept in a folder of their own."""
    os.environ["JMML_EDU_CACHE"] = str(tmp_path_factory.mktemp("features"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real recordings, or a skip that says how to name it."""
    folder = os.environ.get("JMML_EDU_REAL_DATA", "")
    if not Path(folder).is_dir() or not folder:
        pytest.skip("Set JMML_EDU_REAL_DATA to a folder of real recordings to run this test.")
    return Path(folder)


CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; without one a skip that says so, under CI a failure."""
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if program is None or importlib.util.find_spec("playwright") is None:
        sentence = "Install Chromium and run `python3 start.py setup --dev` to run browser tests."
        (pytest.fail if os.environ.get("JMML_EDU_CI") else pytest.skip)(sentence)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


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
