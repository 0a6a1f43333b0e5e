"""The latent-space explorer: see, hear and question what EEG and speech share.

``scene`` asks a fitted road everything once, ``tracks`` are what its sliders go through, ``scalp``
and ``clips`` are what can be seen and heard of a pair, ``packing`` makes bytes of it, ``widget``
shows it, ``page`` without a kernel.
"""

from __future__ import annotations

from jmml_edu.explorer.widget import Explorer

__all__ = ["Explorer"]
