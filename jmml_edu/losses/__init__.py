"""Losses that bring two paired views together: pure functions, each named by its formula.

Rows are samples, and row ``i`` of the EEG view belongs to row ``i`` of the speech view. Each
function returns one number to be lowered, finite for any finite batch of ordinary size.
"""

from jmml_edu.losses.contrast import barlow_twins_loss, info_nce_loss, vicreg_loss
from jmml_edu.losses.correlation import cca_loss, squared_cca_loss
from jmml_edu.losses.eckart_young import eckart_young_loss

__all__ = [
    "barlow_twins_loss",
    "cca_loss",
    "eckart_young_loss",
    "info_nce_loss",
    "squared_cca_loss",
    "vicreg_loss",
]
