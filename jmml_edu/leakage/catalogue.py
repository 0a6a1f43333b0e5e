"""All mistakes by name, the laboratory that makes them, and the table of what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from jmml_edu.leakage import choosing, people, preparing, spaces
from jmml_edu.leakage.worlds import N_WORLDS
from jmml_edu.results import Mistake

if TYPE_CHECKING:
    import pandas as pd

MISTAKES: Mapping[str, Callable[..., Mistake]] = {
    "windows on both sides": people.windows_on_both_sides,
    "stimulus on both sides": people.stimulus_on_both_sides,
    "speaker on both sides": people.speaker_on_both_sides,
    "pooled people": people.pooled_people,
    "selection before splitting": preparing.selection_before_splitting,
    "scaling with company": preparing.scaling_with_company,
    "scaling before splitting": preparing.scaling_before_splitting,
    "epoch picked on test": choosing.epoch_picked_on_test,
    "best of seeds": choosing.best_of_seeds,
    "partner chosen by label": spaces.partner_chosen_by_label,
    "space fitted on test": spaces.space_fitted_on_test,
    "more columns than pairs": spaces.more_columns_than_pairs,
    "training correlation": spaces.training_correlation,
}
"""Every mistake, and the function that makes it."""


def laboratory(*, n_worlds: int = N_WORLDS, seed: int = 0) -> tuple[Mistake, ...]:
    """Make every mistake on purpose and return what each shows, in the order of ``MISTAKES``.

    Parameters
    ----------
    n_worlds
        Simulated worlds behind each score, at least 2.
    seed
        Decides all of them.

    Raises
    ------
    InputError
        If there are fewer than two worlds.
    """
    return tuple(make(n_worlds=n_worlds, seed=seed) for make in MISTAKES.values())


def mistakes_table(mistakes: Iterable[Mistake]) -> pd.DataFrame:
    """Return one row per mistake: both scores, their difference, and the ends of their intervals.

    Examples
    --------
    >>> mistakes_table(()).columns[:4].tolist()
    ['mistake', 'measure', 'chance', 'inflated']
    """
    import pandas as pd

    scores = ("inflated", "honest", "inflation")
    ends = [f"{score}{end}" for score in scores for end in ("", "_low", "_high")]
    columns = ["mistake", "measure", "chance", *ends, "wrong", "right", "published"]
    rows = []
    for one in mistakes:
        intervals = (getattr(one, score) for score in scores)
        numbers = [number for of in intervals for number in (of.value, of.low, of.high)]
        words = (one.wrong, one.right, one.published)
        rows.append([one.name, one.measure, one.chance, *numbers, *words])
    return pd.DataFrame(rows, columns=columns)
