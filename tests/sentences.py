"""Input that is turned away, and the whole sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import jaxtyping
import pytest

from jmml_edu._checks import InputError


@contextmanager
def without_checks_of_types() -> Iterator[None]:
    """Let the package speak, not the check of types, which might speak first."""
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)


@contextmanager
def input_is_turned_away() -> Iterator[pytest.ExceptionInfo[InputError]]:
    """Expect a sentence; the check of types stands aside."""
    with without_checks_of_types(), pytest.raises(InputError) as error:
        yield error


@contextmanager
def explained(sentence: str) -> Iterator[None]:
    """Expect this sentence."""
    with input_is_turned_away() as error:
        yield
    assert str(error.value) == sentence


@contextmanager
def refused(beginning: str) -> Iterator[None]:
    """Expect a sentence that begins like this and has the form of all others."""
    with input_is_turned_away() as error:
        yield
    told = str(error.value)
    assert told.startswith(beginning), told
    assert "; got " in told
    assert told.endswith(".")
