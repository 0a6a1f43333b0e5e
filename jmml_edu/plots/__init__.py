"""Numbers to axes: every function takes ``ax``, draws on it, returns it, and never shows it.

Whatever is made from simulated data carries the stamp SIMULATED. Each name is fetched when it is
first used: a notebook that draws one thing does not wait for what the others need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# Not later: a file and a function are called style, and the function must win.
from jmml_edu.plots.style import Picture, picture, style

if TYPE_CHECKING:
    from jmml_edu.plots.bound import plot_class_bound
    from jmml_edu.plots.comparison import TIER_NAMES, plot_comparison
    from jmml_edu.plots.confusion import plot_confusion
    from jmml_edu.plots.curve import plot_gain_curve
    from jmml_edu.plots.groups import plot_groups
    from jmml_edu.plots.latent import plot_correlations, plot_latent
    from jmml_edu.plots.mistakes import plot_mistakes
    from jmml_edu.plots.reliability import plot_calibration
    from jmml_edu.plots.scores import GAIN_NAMES, METHOD_NAMES, plot_gains, plot_scores, reading
    from jmml_edu.plots.signals import plot_eeg, plot_spectrogram, plot_topography

__all__ = [
    "GAIN_NAMES",
    "METHOD_NAMES",
    "TIER_NAMES",
    "Picture",
    "picture",
    "plot_calibration",
    "plot_class_bound",
    "plot_comparison",
    "plot_confusion",
    "plot_correlations",
    "plot_eeg",
    "plot_gain_curve",
    "plot_gains",
    "plot_groups",
    "plot_latent",
    "plot_mistakes",
    "plot_scores",
    "plot_spectrogram",
    "plot_topography",
    "reading",
    "style",
]

_NAMES_OF = {
    "bound": "plot_class_bound",
    "comparison": "TIER_NAMES plot_comparison",
    "confusion": "plot_confusion",
    "curve": "plot_gain_curve",
    "groups": "plot_groups",
    "latent": "plot_correlations plot_latent",
    "mistakes": "plot_mistakes",
    "reliability": "plot_calibration",
    "scores": "GAIN_NAMES METHOD_NAMES plot_gains plot_scores reading",
    "signals": "plot_eeg plot_spectrogram plot_topography",
}
_FILE_OF = {name: file for file, names in _NAMES_OF.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Fetch a public name on its first use (PEP 562) and keep it."""
    if name not in _FILE_OF:
        raise AttributeError(f"module 'jmml_edu.plots' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"jmml_edu.plots.{_FILE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
