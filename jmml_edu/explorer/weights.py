"""A slider over what reconstruction weighs: the shared space, trained again at each weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jmml_edu._checks import check_at_least, fail
from jmml_edu.explorer.tracks import Track, Viewed, track_of
from jmml_edu.missing import has_all
from jmml_edu.pipeline import JMML

if TYPE_CHECKING:
    from jmml_edu.deep_encoders import CorrelatedSpace

EPOCHS = 20
"""How long each is trained where the road itself was not."""


def weight_track(road: JMML, viewed: Viewed, weights: Sequence[float]) -> Track:
    """Return the shared space, trained again at several weights of its reconstruction terms.

    Correlation keeps the weight 1, the start and the number of epochs are the same each time.

    Parameters
    ----------
    road
        Whose step 2 has reconstruction terms, and learns from features.
    viewed
        Both views of the pairs one looks at.
    weights
        At least 0; at 0 there is correlation alone.

    Raises
    ------
    InputError
        If a weight is below 0, or the road has nothing to weigh.
    """
    for weight in weights:
        check_at_least("Explorer", 0, weights=weight)
    trial, terms = _weighed(road)
    size = road.spaces_[0].n_components_
    epochs = road.epochs_ or EPOCHS
    learned = ~viewed.held_out & has_all(viewed.speech)
    rows = viewed.eeg[learned], viewed.speech[learned], viewed.subjects[learned]
    spaces = [_space(trial, size, terms, weight, epochs).fit(*rows) for weight in weights]
    final = viewed.encoded_by(road.spaces_[int(viewed.centred)])
    frames = [*(viewed.encoded_by(space) for space in spaces), final]
    note = (
        f"Trained again for {epochs} epochs, from the same start, with correlation at 1 and each"
        f" of {', '.join(terms)} at the weight that the slider shows."
    )
    steps = [f"weight {weight:g}" for weight in weights] + ["the road"]
    return track_of("weights", "Weight of reconstruction", note, steps, frames, viewed, {})


def _weighed(road: JMML) -> tuple[CorrelatedSpace, list[str]]:
    """Return the trained space and its reconstruction terms, or say that there are none."""
    from jmml_edu.crossmodal import METHODS  # torch takes seconds to import
    from jmml_edu.deep_encoders import CorrelatedSpace

    trial = road.trial_
    asked = trial.terms if isinstance(trial, CorrelatedSpace) and trial.model_ else ()
    terms = METHODS[asked] if isinstance(asked, str) else tuple(asked)
    found = [term for term in terms if term != "correlation"]
    if not isinstance(trial, CorrelatedSpace) or not found or "correlation" not in terms:
        fail(
            "Explorer", "weights", "be left out where step 2 trains no reconstruction of features"
            " beside correlation", f"a road of step 1 {road.step1_!r} and step 2 {road.step2!r}",
            'Fit JMML(step1="none", step2="DCCAE"), or leave weights out.',
        )  # fmt: skip
    return trial, found


def _space(
    trial: CorrelatedSpace, size: int, terms: Sequence[str], weight: float, epochs: int
) -> CorrelatedSpace:
    """Return a space like the one of the trial, not yet fitted, with another weight."""
    return type(trial)(
        (size,), terms={"correlation": 1.0} | dict.fromkeys(terms, weight),
        objective=trial.objective, ridge=trial.ridge, epochs=epochs, seed=trial.seed,
    )  # fmt: skip
