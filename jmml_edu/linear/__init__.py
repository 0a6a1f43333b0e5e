"""Linear correlation of two paired views in closed form: the baseline, and the oracle of the rest.

Rows of data become moments, moments directions, directions codes. Nothing here knows of torch.
"""

from jmml_edu.linear.estimators import CCA, PLS
from jmml_edu.linear.inference import PermutationTest, permutation_test
from jmml_edu.linear.kernel import KernelCCA
from jmml_edu.linear.moments import Moments, moments_by_fold, moments_by_group
from jmml_edu.linear.resampling import (
    CorrelationIntervals,
    LearningCurve,
    bootstrap_correlations,
    learning_curve,
)
from jmml_edu.linear.solver import Solution, solve

__all__ = [
    "CCA", "PLS", "CorrelationIntervals", "KernelCCA", "LearningCurve", "Moments",
    "PermutationTest", "Solution", "bootstrap_correlations", "learning_curve", "moments_by_fold",
    "moments_by_group", "permutation_test", "solve",
]  # fmt: skip
