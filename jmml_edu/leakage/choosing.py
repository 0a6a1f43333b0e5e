"""What was chosen on the test rows: the best epoch, the best seed.

Each function makes its mistake in ``n_worlds`` simulated worlds (at least 2) drawn by ``seed``,
and returns what the mistake shows beside what is true.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from jmml_edu.classifier import Classifier, Labels
from jmml_edu.data import UNLABELLED
from jmml_edu.leakage.worlds import N_WORLDS, one_seed, over_worlds, recall
from jmml_edu.missing import Matrix
from jmml_edu.results import Mistake
from jmml_edu.simulate.gaussian import gaussian_pairs
from jmml_edu.splits import draw_labels, grouped_folds

N_TRAIN, N_VALIDATION, N_TEST, N_COLUMNS, N_CLASSES = 320, 40, 40, 40, 4
N_EPOCHS, BATCH, LEARNING_RATE = 50, 16, 1.0

N_SEEDS, N_PAIRS, LABELS_PER_CLASS = 10, 480, 5


def epoch_picked_on_test(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to keep the epoch that does best on the test set.

    A network of one layer learns noise for fifty epochs. Its score on forty test rows goes up and
    down by chance; the best of fifty is not what it can do.

    Returns
    -------
    mistake
        Four classes, chance 1/4. Honest: validation rows choose the epoch, test rows judge it.
    """
    return Mistake(
        name="epoch picked on test",
        wrong="The epoch that scores best on the test set is kept and its test score reported.",
        right="Choose epoch and settings on validation people; look at the test set once.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=True,
        **over_worlds(_epochs, n_worlds=n_worlds, seed=seed),
    )


def _epochs(rng: np.random.Generator) -> tuple[float, float]:
    """Return the test recall of the epoch that test rows chose, and that validation rows chose."""
    n_rows = N_TRAIN + N_VALIDATION + N_TEST
    values, labels = rng.standard_normal((n_rows, N_COLUMNS)), rng.integers(N_CLASSES, size=n_rows)
    validation = slice(N_TRAIN, N_TRAIN + N_VALIDATION)
    test = slice(N_TRAIN + N_VALIDATION, None)
    said = _said_by_epoch(values, labels, rng)
    on_test = [recall(labels[test], epoch[test]) for epoch in said]
    on_validation = [recall(labels[validation], epoch[validation]) for epoch in said]
    return max(on_test), on_test[int(np.argmax(on_validation))]


def _said_by_epoch(
    values: Matrix, labels: Labels, rng: np.random.Generator
) -> Int[np.ndarray, "epoch row"]:
    """Return what softmax regression says of all rows after each epoch of gradient descent."""
    weights, targets = np.zeros((values.shape[1], N_CLASSES)), np.eye(N_CLASSES)[labels]
    said = np.empty((N_EPOCHS, len(values)), dtype=int)
    for epoch in said:
        for rows in rng.permutation(N_TRAIN).reshape(-1, BATCH):
            logits = values[rows] @ weights
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            weights -= LEARNING_RATE / BATCH * values[rows].T @ (shares - targets[rows])
        epoch[:] = (values @ weights).argmax(axis=1)
    return said


def best_of_seeds(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to report the best of ten seeds.

    A seed decides which five labels of each class a classifier of speech learns from. Some draws
    are luckier than others, and nobody knows which before the test.

    Returns
    -------
    mistake
        Four classes, chance 1/4. Honest: the mean over seeds; its spread belongs beside it.
    """
    return Mistake(
        name="best of seeds",
        wrong="Ten seeds are tried and the best test score is reported.",
        right="Report the mean over seeds, fixed before the test, and their spread.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=False,
        **over_worlds(_seeds, n_worlds=n_worlds, seed=seed),
    )


def _seeds(rng: np.random.Generator) -> tuple[float, float]:
    """Return the test recall of the best seed, and of the mean one."""
    speech = gaussian_pairs(
        N_PAIRS, correlations=(0.9, 0.9), n_subjects=24, nuisance=1.0, seed=one_seed(rng)
    ).speech
    split = grouped_folds(speech.subjects, speech.labels, n_folds=6, seed=one_seed(rng))[0]
    labels = np.searchsorted(speech.classes, speech.labels.astype(str))
    recalls = []
    for seed in range(N_SEEDS):
        drawn = draw_labels(speech.labels[split.train], per_class=LABELS_PER_CLASS, seed=seed)
        shown = split.train[drawn != UNLABELLED]
        classifier = Classifier(speech.values[shown], labels[shown])
        recalls.append(recall(labels[split.test], classifier.predict(speech.values[split.test])))
    return max(recalls), float(np.mean(recalls))
