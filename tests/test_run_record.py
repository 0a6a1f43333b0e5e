"""The record of a run: versions, seconds and memory."""

from __future__ import annotations

import builtins
import json
import platform
import sys
from importlib.metadata import version
from typing import Any

import pytest

from jmml_edu.run_record import PACKAGES, peak_mib, run_record


def test_the_record_names_every_version_that_can_change_a_result() -> None:
    versions = run_record(command="jmml-edu run", seconds=1.0)["versions"]
    assert isinstance(versions, dict)
    assert versions["python"] == platform.python_version()
    assert set(versions) == {"python", *PACKAGES}
    assert versions["numpy"] == version("numpy")


def test_the_record_holds_the_command_the_seconds_and_plain_values() -> None:
    record = run_record(command="jmml-edu run --pairs samples", seconds=12.345)
    assert record["command"] == "jmml-edu run --pairs samples"
    assert record["seconds"] == 12.3
    assert json.loads(json.dumps(record)) == record


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not count it.")
def test_memory_is_in_mib_and_includes_what_was_freed() -> None:
    before = peak_mib()
    block = bytearray(300 * 2**20)
    del block
    after = peak_mib()
    assert before is not None
    assert after is not None
    assert 20 < before < 20_000
    assert max(before, 300) <= after < before + 400


def test_where_memory_is_not_counted_it_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    find = builtins.__import__

    def without_resource(name: str, *rest: Any, **named: Any) -> Any:
        """Import as on Windows."""
        if name == "resource":
            raise ImportError(name)
        return find(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_resource)
    assert peak_mib() is None
