"""The leakage laboratory: mistakes go in by name, the score each shows and the honest one come out.

Every mistake is made on purpose, in simulated worlds whose truth is known. What a split alone
gives away is found by :mod:`jmml_edu.leaks`; most of these mistakes cannot be seen in a split.
"""

from jmml_edu.leakage.catalogue import MISTAKES, laboratory, mistakes_table
from jmml_edu.leakage.choosing import best_of_seeds, epoch_picked_on_test
from jmml_edu.leakage.people import (
    pooled_people,
    speaker_on_both_sides,
    stimulus_on_both_sides,
    windows_on_both_sides,
)
from jmml_edu.leakage.preparing import (
    scaling_before_splitting,
    scaling_with_company,
    selection_before_splitting,
)
from jmml_edu.leakage.spaces import (
    more_columns_than_pairs,
    partner_chosen_by_label,
    space_fitted_on_test,
    training_correlation,
)

__all__ = [
    "MISTAKES",
    "best_of_seeds",
    "epoch_picked_on_test",
    "laboratory",
    "mistakes_table",
    "more_columns_than_pairs",
    "partner_chosen_by_label",
    "pooled_people",
    "scaling_before_splitting",
    "scaling_with_company",
    "selection_before_splitting",
    "space_fitted_on_test",
    "speaker_on_both_sides",
    "stimulus_on_both_sides",
    "training_correlation",
    "windows_on_both_sides",
]
