"""One loop for every deep model, and the history it leaves behind.

A module, what it loses on a batch and how it is judged go in; the module comes back as it was in
its best epoch, with a ``History`` that can be drawn, replayed, and gone on from.
"""

from jmml_edu.training.loop import train
from jmml_edu.training.nouns import History, Judge, Losses, Schedule, Watch

__all__ = ["History", "Judge", "Losses", "Schedule", "Watch", "train"]
