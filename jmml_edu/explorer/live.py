"""What the kernel works out while somebody looks: the closed-form space at any ridge."""

from __future__ import annotations

from typing import Any

import numpy as np

from jmml_edu._checks import check_above
from jmml_edu.data import Pairs
from jmml_edu.explorer.packing import numbers_of
from jmml_edu.explorer.scene import Scene, view_pairs
from jmml_edu.explorer.tracks import ridge_track
from jmml_edu.pipeline import JMML


class LiveRidge:
    """Solves the closed form again for the ridge that is asked for.

    Parameters
    ----------
    road, pairs, scene
        The road, all pairs that were passed, and what is drawn of them.
    """

    def __init__(self, road: JMML, pairs: Pairs, scene: Scene) -> None:
        self.road, self.scene = road, scene
        self.viewed = view_pairs(road, pairs)

    def solve(self, ridge: float) -> tuple[dict[str, Any], bytes]:
        """Return correlations at a ridge as plain data, and where the drawn pairs lie as bytes.

        Raises
        ------
        InputError
            If the ridge is not above 0.
        """
        check_above("Explorer", 0.0, ridge=ridge)
        track = ridge_track(self.road, self.viewed, (ridge,))
        if track is None:
            raise RuntimeError("no pairs to learn a ridge from")  # pragma: no cover
        here = track.take(self.scene.rows)
        codes = np.stack([here.eeg[0], here.speech[0]]).astype("<f4")
        told = {
            "ridge": ridge,
            "train": numbers_of(track.train_correlations[0]),
            "heldOut": numbers_of(track.held_out_correlations[0]),
        }
        return told, codes.tobytes()
