"""Losses that bring two paired views together: pure functions, each named by its formula.

Row ``i`` of the EEG view belongs to row ``i`` of the speech view. Each function returns one number
to be lowered, finite for any finite batch of ordinary size; NaN stays NaN. Half precision is raised
to float32, also under autocast. What is no tensor of floats raises TypeError; views that are no
paired matrices of one dtype and device, and numbers out of range, ValueError.
"""

from jmml_edu.losses.contrast import barlow_twins_loss, info_nce_loss, vicreg_loss
from jmml_edu.losses.correlation import cca_loss, eckart_young_loss, squared_cca_loss

__all__ = ["cca_loss", "eckart_young_loss", "squared_cca_loss"]
__all__ += ["barlow_twins_loss", "info_nce_loss", "vicreg_loss"]
