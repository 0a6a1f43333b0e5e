"""Break the code on purpose and see whether the tests notice.

    python tests/plant_defects.py              all of planted_defects/
    python tests/plant_defects.py solver.py    those whose file or reason contains a word

Each defect is planted alone in a copy of the package; the tests it names must then fail. The last
line counts them; the exit status is 1 if one stays unnoticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = Path(__file__).with_name("planted_defects")


@dataclass(frozen=True)
class Defect:
    """One line made wrong: ``old``, which stands once in ``file``, becomes ``new``."""

    file: str
    why: str
    old: str
    new: str
    tests: tuple[str, ...]


def listed() -> list[Defect]:
    """Return the defects of all lists."""
    lists = (tomllib.loads(file.read_text("utf-8")) for file in sorted(LISTS.glob("*.toml")))
    entries = [entry for one in lists for entry in one["defect"]]
    return [Defect(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]


def run_tests(defect: Defect | None, tests: tuple[str, ...]) -> tuple[int, str]:
    """Return pytest's exit status and its last lines on a copy, sound or with one defect."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in ("jmml_edu", "tests", "docs", "data_samples"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, copy / part, ignore=ignored)
        for part in ("pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / part, copy)
        if defect:
            file = copy / defect.file
            file.write_text(file.read_text().replace(defect.old, defect.new))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            command, cwd=copy, env=os.environ | threads, capture_output=True, text=True, check=False
        )
        return done.returncode, "\n".join(done.stdout.splitlines()[-3:])


def judge(defect: Defect) -> tuple[bool, str]:
    """Return whether the tests notice a defect, and a line that says so."""
    if (ROOT / defect.file).read_text().count(defect.old) != 1:
        return False, f"CANNOT BE PLANTED {defect.file}: {defect.why}"
    status, last = run_tests(defect, defect.tests)
    noticed = status == 1  # 1: tests failed; anything else: they did not run
    mark = "noticed" if noticed else f"NOT NOTICED (pytest {status}: {last})"
    return noticed, f"{mark:8} {defect.file}: {defect.why}"


def main(words: list[str]) -> int:
    """Judge the listed defects, two at a time."""
    defects = [
        one for one in listed() if not words or any(w in one.file + " " + one.why for w in words)
    ]
    if not defects:
        print(f"No defect's file or reason contains any of {words}.")
        return 2
    sound, last = run_tests(None, tuple(sorted({test for one in defects for test in one.tests})))
    if sound != 0:
        print(f"The tests fail without any defect:\n{last}")
        return 1
    with ThreadPoolExecutor(2) as pool:
        verdicts = []
        for noticed, line in pool.map(judge, defects):
            verdicts.append(noticed)
            print(line, flush=True)
    print(f"{sum(verdicts)} of {len(verdicts)} defects noticed")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
