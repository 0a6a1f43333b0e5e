"""Numbers to axes: every function takes ``ax``, draws on it, returns it, and never shows it.

Whatever is made from simulated data carries the stamp SIMULATED.
"""

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
from jmml_edu.plots.style import Picture, picture, style

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
