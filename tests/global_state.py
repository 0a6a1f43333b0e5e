"""What training must leave as it found it: random states and the number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def state_is_kept() -> Iterator[None]:
    """The global random states and the number of threads are the same before and after."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    try:
        yield
        assert torch.get_num_threads() == 2
        assert torch.equal(torch.get_rng_state(), before)
        np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)
    finally:
        torch.set_num_threads(threads)
