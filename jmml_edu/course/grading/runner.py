"""What runs inside the sandbox: the cells of a submission, then what it is asked.

Lines of JSON come in and go out by pipes that are moved out of the way first, so that nothing a
submission prints is taken for an answer. An answer is all it can give; a verdict is made outside.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, TextIO

from jmml_edu.course.grading.wire import packed, unpacked


def main(memory_mb: int) -> None:
    """Run what is sent until nobody sends any more."""
    asked, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    _limit(memory_mb)
    shell = _shell()
    doing: dict[str, Callable[[Any], Any]] = {
        "cells": lambda cells: [_run(shell, cell) for cell in cells],
        "call": lambda call: packed(shell.user_ns[call[0]](*map(unpacked, call[1]))),
        "value": lambda name: packed(shell.user_ns[name]),
    }
    for line in asked:
        ((what, details),) = json.loads(line).items()
        _answer(answers, doing[what], details)


def _limit(memory_mb: int) -> None:
    """Take from this process what it may not have; it cannot take it back."""
    for what, most in (
        (resource.RLIMIT_AS, memory_mb * 2**20),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 256),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(what, (most, most))


def _shell() -> Any:
    """Return an IPython without history, in which cells behave as in a notebook."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell: Any = InteractiveShell
    return shell(config=Config({"HistoryManager": {"enabled": False}}))


def _run(shell: Any, cell: str) -> str:
    """Return what a cell failed with, or nothing."""
    ran = shell.run_cell(cell)
    error = ran.error_before_exec or ran.error_in_exec
    return f"{type(error).__name__}: {error}"[:300] if error else ""


def _answer(answers: TextIO, doing: Callable[[Any], Any], details: Any) -> None:
    """Send what comes of something, or what it failed with."""
    try:
        said = {"said": doing(details)}
    except BaseException as error:
        said = {"failed": f"{type(error).__name__}: {error}"[:300]}
    answers.write(json.dumps(said) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
