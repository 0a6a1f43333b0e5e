"""``jmml-edu`` as it is typed, and what it says."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from jmml_edu.cli import app

WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}


def called(*arguments: str | Path) -> Result:
    """What the command says when it is typed so."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=WIDE)


def flat(text: str) -> str:
    """Text without line breaks."""
    return " ".join(text.split())
