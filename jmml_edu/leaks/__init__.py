"""What stands on both sides of a split: a split and an index go in, named leaks come out.

The index says of each row who, which session, which trial and which stimulus; values and the start
of windows are compared too if they are there.
"""

from jmml_edu.leaks.find import find_leaks
from jmml_edu.leaks.kinds import KINDS, Leak, leaks_table

__all__ = ["KINDS", "Leak", "find_leaks", "leaks_table"]
