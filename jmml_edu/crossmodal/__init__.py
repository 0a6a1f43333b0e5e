"""Step 2: EEG and speech in one correlated space, from which a missing view can be told.

``terms`` names what may be asked of the space, ``network`` computes it, ``turns`` are the linear
steps before and behind it, ``judges`` say how well it does, ``estimator`` learns it, ``storage``
keeps it.
"""

from __future__ import annotations

from jmml_edu.crossmodal.estimator import CorrelatedAutoencoder
from jmml_edu.crossmodal.storage import load, save
from jmml_edu.crossmodal.terms import METHODS, TERMS

__all__ = ["METHODS", "TERMS", "CorrelatedAutoencoder", "load", "save"]
