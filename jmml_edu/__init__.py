"""Joint multimodal learning of EEG and speech: learn with both, recognise from speech alone.

Importing the package loads nothing heavy; each name below is fetched when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmml_edu.pipeline import JMML

    __version__: str

__all__ = ["JMML", "__version__"]


def __getattr__(name: str) -> object:
    """Fetch a public name on its first use (PEP 562) and keep it."""
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("jmml_edu")
    elif name == "JMML":
        from importlib import import_module

        value = import_module("jmml_edu.pipeline").JMML
    else:
        raise AttributeError(f"module 'jmml_edu' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
