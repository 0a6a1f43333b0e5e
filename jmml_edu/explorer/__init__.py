"""Widgets to look at EEG and speech with: see, hear and question what they share.

:class:`Explorer` shows the shared space of a fitted road: ``scene`` asks the road everything once,
``tracks`` are what its sliders go through, ``scalp`` and ``clips`` are what can be seen and heard
of a pair, ``packing`` makes bytes of it, ``widget`` shows it. In :class:`CorrelationPlayground` one
turns two clouds by hand, in :class:`VoiceAndBrain` one moves a feeling. ``browser`` and ``page``
are what any of them is outside Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmml_edu.explorer.playground import CorrelationPlayground
    from jmml_edu.explorer.voice import VoiceAndBrain
    from jmml_edu.explorer.widget import Explorer

__all__ = ["CorrelationPlayground", "Explorer", "VoiceAndBrain"]

_HOMES = {"CorrelationPlayground": "playground", "Explorer": "widget", "VoiceAndBrain": "voice"}


def __getattr__(name: str) -> object:
    """Fetch a widget on its first use (PEP 562) and keep it: one needs no torch for clouds."""
    if name not in _HOMES:
        raise AttributeError(f"module 'jmml_edu.explorer' has no attribute {name!r}")
    value: object = getattr(import_module(f"jmml_edu.explorer.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
