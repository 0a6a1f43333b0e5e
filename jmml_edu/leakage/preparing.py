"""What was done before the split: scaling and selecting features on rows of training and test.

Each function makes its mistake in ``n_worlds`` simulated worlds (at least 2) drawn by ``seed``,
and returns what the mistake shows beside what is true.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Int

from jmml_edu.classifier import Labels
from jmml_edu.data import Split
from jmml_edu.encoders import PrincipalComponents
from jmml_edu.leakage.worlds import N_WORLDS, held_out_recall, one_seed, over_worlds
from jmml_edu.missing import Matrix, Scaler
from jmml_edu.results import Mistake
from jmml_edu.splits import grouped_folds

Rows = Int[np.ndarray, " chosen"]

N_FOLDS = 5

N_PEOPLE, N_TRIALS, N_CLASSES, N_COLUMNS, CLASS_SPREAD = 10, 20, 4, 40, 0.4
"""People, trials of each, classes, columns in units that differ by up to a factor of 10,000, and
how far class means lie apart beside people and noise, which have 1."""

N_ROWS, N_CANDIDATES, N_SELECTED = 80, 1_000, 10


def scaling_before_splitting(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to scale columns on all rows instead of on training rows.

    The mistake that every textbook names is the mildest: means and deviations of a column know no
    label. The package's classifier, which scales by itself, does not notice at all; principal
    components before it, which go where columns are wide, notice a little. It is a mistake all the
    same, because how much it does can go either way and nobody knows beforehand [1]_.

    Returns
    -------
    mistake
        Four classes, chance 1/4. There is something to find, so the honest score is above chance.

    References
    ----------
    .. [1] A. Moscovich, S. Rosset, "On the cross-validation bias due to unsupervised
       preprocessing", J. R. Stat. Soc. B 84, 2022. https://arxiv.org/abs/1901.08974
    """
    return Mistake(
        name="scaling before splitting",
        wrong="Means and deviations of the columns are taken from all rows, test rows too.",
        right="Take them from training rows and apply them to test rows.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=False,
        **over_worlds(_scaled_with_everybody, n_worlds=n_worlds, seed=seed),
    )


def _scaled_with_everybody(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with columns scaled on all rows, and on training rows."""
    values, labels, person = _trials_of_people(rng)
    return _recalls(Scaler.of(values).apply(values), values, labels, person, rng)


def _trials_of_people(rng: np.random.Generator) -> tuple[Matrix, Labels, Labels]:
    """Return values that tell class and person in columns of all units, labels, and who."""
    person = np.repeat(np.arange(N_PEOPLE), N_TRIALS)
    labels = rng.integers(N_CLASSES, size=len(person))
    values = CLASS_SPREAD * rng.standard_normal((N_CLASSES, N_COLUMNS))[labels]
    values += rng.standard_normal((N_PEOPLE, N_COLUMNS))[person]
    values += rng.standard_normal(values.shape)
    return values * 10 ** rng.uniform(-2, 2, size=N_COLUMNS), labels, person


def _recalls(
    scaled: Matrix, values: Matrix, labels: Labels, person: Labels, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the recall of new people from values as scaled, and as scaled on training rows."""
    splits = grouped_folds(person, labels, n_folds=N_FOLDS, seed=one_seed(rng))

    def seen_from(rows: Rows, columns: Matrix) -> Matrix:
        """Return all rows in the principal components of the training rows."""
        axes = PrincipalComponents().fit(columns[rows], columns[rows], person[rows])
        return axes.encode(columns, "whitened 12")

    return (
        _recall_of(splits, labels, lambda rows: seen_from(rows, scaled)),
        _recall_of(
            splits, labels, lambda rows: seen_from(rows, Scaler.of(values[rows]).apply(values))
        ),
    )


def _recall_of(splits: list[Split], labels: Labels, prepare: Callable[[Rows], Matrix]) -> float:
    """Return the recall where each fold prepares all rows by its training rows."""
    recalls = [held_out_recall(prepare(split.train), labels, [split]) for split in splits]
    return float(np.mean(recalls))


def scaling_with_company(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to scale the trials of each new person with each other.

    Here scaling matters: it takes away what is the person's own. It is no leak of labels, and a
    good method where a person brings many trials. It is a mistake to tell the score as if a single
    trial of a stranger were enough.

    Returns
    -------
    mistake
        The data of :func:`scaling_before_splitting`. Honest: a trial is scaled as training was.
    """
    return Mistake(
        name="scaling with company",
        wrong="A new person's trials are scaled together, and the score told as that of one trial.",
        right="Scale as in training, or say how many trials of a new person it takes.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=False,
        **over_worlds(_scaled_with_own, n_worlds=n_worlds, seed=seed),
    )


def _scaled_with_own(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with trials scaled within each person, and on training rows."""
    values, labels, person = _trials_of_people(rng)
    scaled = np.empty_like(values)
    for who in range(N_PEOPLE):
        own = values[person == who]
        scaled[person == who] = Scaler.of(own).apply(own)
    return _recalls(scaled, values, labels, person, rng)


def selection_before_splitting(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to select columns by their label on all rows, where there is nothing.

    Of a thousand columns of noise the ten that differ most between the classes are kept. They
    differ in the test rows too, because test rows helped to choose them [1]_.

    Returns
    -------
    mistake
        Two classes, chance 1/2. Honest: each fold selects on its training rows.

    References
    ----------
    .. [1] C. Ambroise, G. J. McLachlan, "Selection bias in gene extraction on the basis of
       microarray gene-expression data", PNAS 99, 2002. https://doi.org/10.1073/pnas.102102699
    """
    return Mistake(
        name="selection before splitting",
        wrong="Columns are selected by how well they tell the labels of all rows, then rows split.",
        right="Select inside each fold, on training rows alone.",
        measure="recall",
        chance=1 / 2,
        nothing_to_find=True,
        **over_worlds(_selection, n_worlds=n_worlds, seed=seed),
    )


def _selection(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with columns selected on all rows, and on training rows."""
    values = rng.standard_normal((N_ROWS, N_CANDIDATES))
    labels = rng.integers(2, size=N_ROWS)
    splits = grouped_folds(np.arange(N_ROWS), labels, n_folds=N_FOLDS, seed=one_seed(rng))
    return (
        held_out_recall(_selected(values, labels, np.arange(N_ROWS)), labels, splits),
        _recall_of(splits, labels, lambda rows: _selected(values, labels, rows)),
    )


def _selected(values: Matrix, labels: Labels, rows: Rows) -> Matrix:
    """Return the columns in which the classes differ most on these rows (F statistic)."""
    from sklearn.feature_selection import f_classif

    by_difference = np.argsort(f_classif(values[rows], labels[rows])[0])
    return values[:, by_difference[-N_SELECTED:]]
