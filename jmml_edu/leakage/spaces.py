"""Shared spaces that know too much: fitted on test rows, read in training, fed with the label.

Each function makes its mistake in ``n_worlds`` simulated worlds (at least 2) drawn by ``seed``,
and returns what the mistake shows beside what is true.
"""

from __future__ import annotations

import numpy as np

from jmml_edu.classifier import Classifier, Labels
from jmml_edu.data import Features, Modality, Provenance
from jmml_edu.leakage.worlds import N_WORLDS, one_seed, over_worlds, recall
from jmml_edu.linear import CCA, Moments
from jmml_edu.missing import Matrix
from jmml_edu.pairing import class_pairs
from jmml_edu.results import Mistake

N_CLASSES, N_TRAIN, N_TEST = 4, 300, 150
EEG_DIM, SPEECH_DIM = 32, 88

CLEAR, MODERATE = 1.4, 0.5
"""How far class means of EEG lie apart in each column, beside a noise of 1."""

_TRAIN, _TEST = np.arange(N_TRAIN), np.arange(N_TRAIN, N_TRAIN + N_TEST)


def space_fitted_on_test(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to fit a shared space on test pairs that were joined by class.

    Speech is noise. Every utterance gets EEG of its class, and CCA is fitted on training and test
    pairs together. No label of a test row is handed over, but its EEG partner is, and that is the
    label.

    Returns
    -------
    mistake
        Four classes, chance 1/4. Honest: the space is fitted on training pairs.
    """
    return Mistake(
        name="space fitted on test",
        wrong="EEG and speech of all rows are joined by class and CCA is fitted before the split.",
        right="Split people first; pair by class and fit within training.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=True,
        **over_worlds(_fitted_on_test, n_worlds=n_worlds, seed=seed),
    )


def _fitted_on_test(rng: np.random.Generator) -> tuple[float, float]:
    """Return the test recall of codes that learned from all pairs, and from training pairs."""
    eeg, speech = _class_eeg_and_noise(rng, CLEAR)
    labels, recalls = speech.labels.astype(int), []
    for rows in (np.arange(N_TRAIN + N_TEST), _TRAIN):
        pairs = class_pairs(eeg.take(rows), speech.take(rows), seed=one_seed(rng))
        space = CCA(n_components=N_CLASSES - 1).fit(pairs.eeg.values, pairs.speech.values)
        codes = space.transform(speech=speech.values)
        classifier = Classifier(codes[_TRAIN], labels[_TRAIN])
        recalls.append(recall(labels[_TEST], classifier.predict(codes[_TEST])))
    return recalls[0], recalls[1]


def _class_eeg_and_noise(
    rng: np.random.Generator, class_spread: float
) -> tuple[Features, Features]:
    """Return EEG that tells its class, and speech that is noise under labels of its own."""
    n_rows = N_TRAIN + N_TEST
    means = class_spread * rng.standard_normal((N_CLASSES, EEG_DIM))
    classes = rng.integers(N_CLASSES, size=(2, n_rows))
    eeg = means[classes[0]] + rng.standard_normal((n_rows, EEG_DIM))
    speech = rng.standard_normal((n_rows, SPEECH_DIM))
    return _features("eeg", eeg, classes[0]), _features("speech", speech, classes[1])


def _features(modality: Modality, values: Matrix, classes: Labels) -> Features:
    """Return features of one trial per row, each of somebody else."""
    who = np.arange(len(values))
    names = tuple(map(str, range(values.shape[1])))
    provenance = Provenance("leakage laboratory", simulated=True)
    return Features(values, names, modality, who, classes.astype(str), who, provenance)


def partner_chosen_by_label(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it does to give test utterances an EEG partner of their class.

    Speech is noise, EEG tells its class. The classifier reads both. At test each utterance comes
    with the EEG of another trial of the same class; whoever chose it knew the label.

    Returns
    -------
    mistake
        Four classes, chance 1/4. Honest: the partner is a random trial.
    """
    return Mistake(
        name="partner chosen by label",
        wrong="A test utterance is judged together with EEG that was joined to it by its label.",
        right="On class pairs judge speech alone; with EEG only where both were recorded together.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=True,
        **over_worlds(_chosen_partners, n_worlds=n_worlds, seed=seed),
    )


def _chosen_partners(rng: np.random.Generator) -> tuple[float, float]:
    """Return the test recall with partners chosen by the label, and drawn blindly."""
    eeg, speech = _class_eeg_and_noise(rng, MODERATE)
    train = class_pairs(eeg.take(_TRAIN), speech.take(_TRAIN), seed=one_seed(rng))
    test = class_pairs(eeg.take(_TEST), speech.take(_TEST), seed=one_seed(rng))
    both = np.hstack([train.eeg.values, train.speech.values])
    classifier = Classifier(both, train.labels.astype(int))
    labels, blind = test.labels.astype(int), rng.permutation(eeg.values[_TEST])
    inflated, honest = (
        recall(labels, classifier.predict(np.hstack([partners, test.speech.values])))
        for partners in (test.eeg.values, blind)
    )
    return inflated, honest


def more_columns_than_pairs(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    r"""Measure what CCA finds in noise where pairs are few for the columns.

    Centred columns of :math:`n` pairs live in :math:`n - 1` dimensions. Two spaces of :math:`p` and
    :math:`q` dimensions in there must share :math:`p + q - (n - 1)` of them, whatever they hold:
    so many correlations are 1 (:func:`n_perfect`).

    Returns
    -------
    mistake
        Mean correlation of those components: in training, and of a thousand new pairs. Truth 0.
    """
    return Mistake(
        name="more columns than pairs",
        wrong="Sixty pairs of 40 and 40 columns, no ridge: the training correlations are believed.",
        right="Fewer columns or a ridge; correlations of held-out people; a permutation test.",
        measure="correlation",
        chance=0.0,
        nothing_to_find=True,
        **over_worlds(_few_pairs, n_worlds=n_worlds, seed=seed),
    )


def n_perfect(n_pairs: int, eeg_dim: int, speech_dim: int) -> int:
    """Return how many training correlations of CCA without a ridge are 1 for any data.

    Examples
    --------
    >>> n_perfect(60, 40, 40), n_perfect(1280, 160, 88)
    (21, 0)
    """
    room = n_pairs - 1
    eeg_dim, speech_dim = min(eeg_dim, room), min(speech_dim, room)
    return max(0, eeg_dim + speech_dim - room)


def _few_pairs(rng: np.random.Generator) -> tuple[float, float]:
    """Return the mean of the correlations that must be 1: in training, and on new pairs."""
    n_pairs, dim = 60, 40
    return _correlations_of_noise(
        rng, n_pairs, (dim, dim), n_components=n_perfect(n_pairs, dim, dim), n_new=1_000
    )


def training_correlation(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what CCA finds in noise where pairs seem to be many.

    As many pairs as DEAP has trials, 160 EEG and 88 speech columns that have nothing to do with
    each other. CCA looks for the directions that agree best *here*.

    Returns
    -------
    mistake
        The first correlation: in training, and of as many new pairs. Truth 0.
    """
    return Mistake(
        name="training correlation",
        wrong="The correlation of the pairs that CCA learned from is told as what they share.",
        right="Tell the correlation of held-out people.",
        measure="correlation",
        chance=0.0,
        nothing_to_find=True,
        **over_worlds(_many_pairs, n_worlds=n_worlds, seed=seed),
    )


def _many_pairs(rng: np.random.Generator) -> tuple[float, float]:
    """Return the first correlation: in training, and on new pairs."""
    return _correlations_of_noise(rng, 1_280, (160, 88), n_components=1, n_new=1_280)


def _correlations_of_noise(
    rng: np.random.Generator, n_pairs: int, dims: tuple[int, int], *, n_components: int, n_new: int
) -> tuple[float, float]:
    """Return the mean correlation of independent views: of training pairs, and of new ones."""
    (eeg, new_eeg), (speech, new_speech) = (
        np.split(rng.standard_normal((n_pairs + n_new, dim)), [n_pairs]) for dim in dims
    )
    # From moments, because few pairs would make `fit` warn of just this mistake.
    space = CCA(n_components=n_components).fit_moments(Moments.of(eeg, speech))
    held_out = space.correlations(new_eeg, new_speech)
    return float(space.correlations_.mean()), float(held_out.mean())
