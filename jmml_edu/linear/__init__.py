"""Linear correlation of two paired views in closed form: the baseline, and the oracle of the rest.

Rows of data become moments, moments become directions, directions become codes. Nothing here
knows of torch.
"""

from __future__ import annotations

from jmml_edu.linear.columns import column_correlations, column_means
from jmml_edu.linear.estimators import CCA, PLS
from jmml_edu.linear.moments import Moments, moments_by_fold, moments_by_group
from jmml_edu.linear.solver import Solution, solve

__all__ = [
    "CCA",
    "PLS",
    "Moments",
    "Solution",
    "column_correlations",
    "column_means",
    "moments_by_fold",
    "moments_by_group",
    "solve",
]
