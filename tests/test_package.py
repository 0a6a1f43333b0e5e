"""The package as a whole: light to import, its public names, its licences."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import jmml_edu

ROOT = Path(__file__).resolve().parent.parent

IMPORT = """
import json, sys, time
began = time.process_time()
import jmml_edu
seconds, modules = time.process_time() - began, sorted(sys.modules)
import psutil
print(json.dumps([seconds, psutil.Process().memory_info().rss / 2**20, modules]))
"""


@pytest.fixture(scope="module")
def imported() -> tuple[float, float, set[str]]:
    """CPU seconds, MiB and modules of a new Python that imports the package."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
    )
    seconds, mebibytes, modules = json.loads(done.stdout)
    return seconds, mebibytes, set(modules)


def test_importing_the_package_is_quick(imported: tuple[float, float, set[str]]) -> None:
    assert imported[0] < 0.3


def test_importing_the_package_takes_little_memory(
    imported: tuple[float, float, set[str]],
) -> None:
    assert imported[1] < 60


def test_importing_the_package_loads_nothing_heavy(
    imported: tuple[float, float, set[str]],
) -> None:
    heavy = {"torch", "mne", "librosa", "matplotlib", "pandas", "sklearn", "scipy", "numpy"}
    assert heavy & imported[2] == set()


def test_the_estimator_is_fetched_on_first_use_and_kept() -> None:
    from jmml_edu.pipeline import JMML

    assert jmml_edu.JMML is JMML
    assert vars(jmml_edu)["JMML"] is JMML


def test_the_version_is_that_of_the_installation() -> None:
    assert jmml_edu.__version__ == importlib.metadata.version("jmml_edu")


def test_public_names_are_listed_before_they_are_fetched() -> None:
    code = "import jmml_edu; print(set(jmml_edu.__all__) - set(dir(jmml_edu)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'jmml_edu' has no attribute 'JMLM'"):
        _ = jmml_edu.JMLM


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("LICENSE", "BSD 3-Clause"),
        ("LICENSES/CC-BY-4.0.md", "creativecommons.org/licenses/by/4.0/"),
        ("LICENSES/CC0-1.0.md", "creativecommons.org/publicdomain/zero/1.0/"),
    ],
)
def test_code_text_and_samples_have_a_licence_and_wheels_carry_it(file: str, words: str) -> None:
    assert words in (ROOT / file).read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(Path(file).match(pattern) for pattern in project["license-files"])
