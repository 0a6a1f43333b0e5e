"""Input that is turned away, and the whole sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import jaxtyping
import pytest

from jmml_edu._checks import InputError


@contextmanager
def explained(sentence: str) -> Iterator[None]:
    """Expect this sentence; the check of types, which might speak first, stands aside."""
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with pytest.raises(InputError) as error:
            yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    assert str(error.value) == sentence
