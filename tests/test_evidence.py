"""The evidence page: it shows what the code still finds, and the commands it names exist."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import made_up
import pandas as pd
import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
TOLERANCE = 0.011  # a row or two judged otherwise by another BLAS, of some 600


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """The script that makes the page."""
    spec = importlib.util.spec_from_file_location("make_evidence", DOCS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look there for their annotations
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_small_version_still_agrees(make: ModuleType) -> None:
    now = make.small_version().set_index("what")["value"]
    then = pd.read_csv(DOCS / "tables" / "small.csv").set_index("what")["value"]
    assert list(now.index) == list(then.index)
    apart = (now - then).abs()
    assert apart.max() <= TOLERANCE, apart.idxmax()


def test_tables_on_the_page_are_those_in_the_files(make: ModuleType) -> None:
    page = (DOCS / "evidence.md").read_text(encoding="utf-8")
    for name in ("samples", "recorded"):
        table = pd.read_csv(DOCS / "tables" / f"{name}.csv", keep_default_na=False, dtype=str)
        assert make.to_markdown(table) in page, name


def test_every_command_and_figure_on_the_page_is_there(make: ModuleType) -> None:
    page = (DOCS / "evidence.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python docs/make.py (\w+)", page, re.MULTILINE)
    assert {"samples", "recorded", "mistakes", "small"} <= set(commands)
    for command in commands:
        assert f"docs/make.py {command}" in (make.__doc__ or "")
        assert hasattr(make, f"make_{command}")
    for figure in re.findall(r"\]\((figures/[^)]*)\)", page):
        assert (DOCS / figure).is_file(), figure
    for part in ("samples", "recorded", "mistakes"):
        inside = page.split(f"<!-- {part} -->")[1].split(f"<!-- end {part} -->")[0]
        assert inside.count("|") > 20, part


def test_a_row_says_what_was_found(make: ModuleType) -> None:
    table = make.comparison_table(made_up.everybody()).set_index("method")
    assert table.loc["eeg_free", "recall, %"] == "48.4 (44.8 to 52.0)"
    assert table.loc["eeg_free", "EEG at training ahead, points"] == "+8.2 (+6.2 to +10.2)"
    assert table.loc["dcca", "reading"] == "below the noise floor"
    assert table.loc["eeg_trained", "EEG at training ahead, points"] == ""
    assert [make._p(p) for p in (None, 0.0001, 0.0123)] == ["", "< 0.001", "0.012"]
