"""Two clouds to turn by hand until they agree, and then the answer of canonical correlation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from jaxtyping import Float

from jmml_edu._checks import fail, fail_type
from jmml_edu.data import Pairs
from jmml_edu.explorer.browser import module_of, sheet_of, with_picture
from jmml_edu.explorer.page import write_page
from jmml_edu.linear import CCA
from jmml_edu.simulate.clouds import two_clouds

TITLE = "Correlation by hand"

FEWEST, MOST_DRAWN = 3, 1000
"""Pairs that it takes to correlate anything, and pairs that are drawn; all of them count."""

PLANTED = 0.9
"""In the clouds that are there when nobody brings any."""

LEAST_VARIANCE = 1e-9
"""Of the narrowest direction of a cloud over that of the widest."""

Matrix2 = Float[np.ndarray, "2 2"]


class CorrelationPlayground(anywidget.AnyWidget):
    """Two clouds of points; turn a direction in each until what is read off them correlates.

    Drag an arrow, use the arrow keys or a slider; the correlation shows at once, and "Solve" turns
    both to the canonical directions. "Make both clouds round" whitens them: then the second pair of
    directions stands at right angles to the first. Works without a kernel, and on a page.

    Parameters
    ----------
    pairs
        Two features of each view; :func:`jmml_edu.simulate.clouds.two_clouds` if None.
    planted
        Both canonical correlations of the population, the larger first, where they are known;
        they are shown beside those of the sample.

    Attributes
    ----------
    eeg_angle, speech_angle
        The directions, in degrees from the first feature, from 0 to 360; traitlets.
    correlation
        Along these directions.
    reached
        The largest that was reached by hand, without its sign; a traitlet.
    solved, is_round
        Whether the answer is shown, and whether the clouds are whitened; traitlets.
    best
        The canonical directions, as angles, and their correlation.

    Raises
    ------
    InputError
        If a view has not two features that differ, there are fewer than three pairs, or what is
        planted is no pair of correlations.
    TypeError
        If ``pairs`` are none.

    Examples
    --------
    >>> playground = CorrelationPlayground()
    >>> playground.eeg_angle, playground.speech_angle, _ = playground.best
    >>> round(playground.correlation, 2)
    0.89
    """

    _esm = module_of("parts", "base", "playground")
    _css = sheet_of("parts", "playground")

    _told = traitlets.Dict().tag(sync=True)
    eeg_angle = traitlets.Float().tag(sync=True)
    speech_angle = traitlets.Float().tag(sync=True)
    reached = traitlets.Float().tag(sync=True)
    solved = traitlets.Bool().tag(sync=True)
    is_round = traitlets.Bool().tag(sync=True)

    def __init__(
        self, pairs: Pairs | None = None, *, planted: Sequence[float] | None = None
    ) -> None:
        if pairs is None:
            pairs, planted = two_clouds(correlation=PLANTED), (PLANTED, 0.0)
        self.pairs = _complete(pairs)
        _check_planted(planted)
        found = CCA(n_components=2).fit(self.pairs.eeg.values, self.pairs.speech.values)
        ends = found.eeg_directions_[:, 0], found.speech_directions_[:, 0]
        angles = [float(np.rad2deg(np.arctan2(end[1], end[0])) % 360) for end in ends]
        self.best = angles[0], angles[1], float(found.correlations_[0])
        super().__init__(_told=_told(self.pairs, planted, angles, found.correlations_))

    @traitlets.validate("eeg_angle", "speech_angle")
    def _check_angle(self, proposal: dict[str, Any]) -> float:
        """Return an angle between 0 and 360, or say that it is none."""
        angle = float(proposal["value"])
        if not np.isfinite(angle):
            fail(
                "CorrelationPlayground", proposal["trait"].name, "be finite", angle,
                "Give degrees from the first feature.",
            )  # fmt: skip
        return angle % 360

    @property
    def correlation(self) -> float:
        """Of the values along both directions."""
        from jmml_edu.plots.turning import correlation_along

        return correlation_along(self.pairs, self.eeg_angle, self.speech_angle)

    def static(self) -> Any:
        """Return both clouds, the directions and what is read off them as a matplotlib figure."""
        from jmml_edu.plots.turning import turning_figure  # matplotlib takes a while to import

        return turning_figure(self.pairs, self.eeg_angle, self.speech_angle)

    def to_html(self, path: str | Path) -> Path:
        """Write the playground as one page that works from disk, without network or kernel.

        Parameters
        ----------
        path
            Where; what is there is replaced.

        Returns
        -------
        path
            The same.
        """
        names = ("_told", "eeg_angle", "speech_angle", "reached", "solved", "is_round")
        state = {name: getattr(self, name) for name in names}
        return write_page(Path(path), self, state, title=TITLE, alt=self._alt())

    def _alt(self) -> str:
        """Return in words what there is to see."""
        told = "simulated " if self.pairs.provenance.simulated else ""
        return (
            f"Two clouds of {len(self.pairs)} {told}pairs. EEG read along {self.eeg_angle:.0f}°,"
            f" speech along {self.speech_angle:.0f}°: correlation {self.correlation:+.2f}."
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and for readers without one a picture with words."""
        return with_picture(super()._repr_mimebundle_(**kwargs), self.static(), alt=self._alt())


def _complete(pairs: Pairs) -> Pairs:
    """Return the pairs that have both views, or say why they cannot be turned."""
    if not isinstance(pairs, Pairs):
        fail_type(
            "CorrelationPlayground", "pairs", "be Pairs", type(pairs).__name__,
            "Pass two_clouds() or pairs of two features.",
        )  # fmt: skip
    for name, side in (("eeg", pairs.eeg), ("speech", pairs.speech)):
        if side.values.shape[1] != 2:
            fail(
                "CorrelationPlayground", f"pairs.{name}", "have two features",
                side.values.shape[1], "Keep two columns, or two components, of it.",
            )  # fmt: skip
    there = np.isfinite(np.hstack([pairs.eeg.values, pairs.speech.values])).all(axis=1)
    whole = pairs.take(np.flatnonzero(there & pairs.has_eeg))
    if len(whole) < FEWEST:
        fail(
            "CorrelationPlayground", "pairs", f"be at least {FEWEST} with both views",
            len(whole), "A line fits any two points.",
        )  # fmt: skip
    for name, side in (("eeg", whole.eeg), ("speech", whole.speech)):
        variances = np.linalg.eigvalsh(np.cov(side.values.T))
        if variances[0] <= LEAST_VARIANCE * variances[1]:
            fail(
                "CorrelationPlayground", f"pairs.{name}", "spread in two directions",
                f"variances {variances[1]:.3g} and {variances[0]:.3g}",
                "Take features of which neither is a multiple of the other.",
            )  # fmt: skip
    return whole


def _check_planted(planted: Sequence[float] | None) -> None:
    """Raise unless what is planted are two correlations, the larger first."""
    if planted is None:
        return
    given = tuple(float(value) for value in planted)
    if len(given) != 2 or not 1 >= given[0] >= given[1] >= 0:
        fail(
            "CorrelationPlayground", "planted", "be two numbers from 0 to 1, the larger first",
            given, "Each view has two features, so there are two canonical correlations.",
        )  # fmt: skip


def _told(
    pairs: Pairs, planted: Sequence[float] | None, angles: Sequence[float], found: np.ndarray
) -> dict[str, Any]:
    """Return what the browser needs: points, moments, and the answer."""
    views = {"eeg": pairs.eeg.values, "speech": pairs.speech.values}
    centred = {name: values - values.mean(axis=0) for name, values in views.items()}
    drawn = np.random.default_rng(0).permutation(len(pairs))[:MOST_DRAWN]
    return {
        "n": len(pairs),
        "names": [list(pairs.eeg.names), list(pairs.speech.names)],
        "points": {name: values[drawn].round(4).tolist() for name, values in centred.items()},
        "covariance": {name: np.cov(values.T).tolist() for name, values in centred.items()},
        "cross": (centred["eeg"].T @ centred["speech"] / (len(pairs) - 1)).tolist(),
        "rounding": {name: _rounding(np.cov(values.T)) for name, values in centred.items()},
        "best": {"eeg": angles[0], "speech": angles[1], "correlations": found.tolist()},
        "planted": None if planted is None else [float(value) for value in planted],
        "simulated": pairs.provenance.stamp,
        "source": pairs.provenance.source,
        "kind": pairs.kind,
    }


def _rounding(covariance: Matrix2) -> list[list[float]]:
    """Return the symmetric matrix that makes a cloud round: its covariance to the power -1/2."""
    variances, axes = np.linalg.eigh(covariance)
    rounding: np.ndarray = axes @ np.diag(variances**-0.5) @ axes.T
    return rounding.tolist()
