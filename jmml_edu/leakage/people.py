"""Who and what stands on both sides: windows of a trial, speakers, stimuli, people with habits.

Each function makes its mistake in ``n_worlds`` simulated worlds (at least 2) drawn by ``seed``,
and returns what the mistake shows beside what is true.
"""

from __future__ import annotations

import numpy as np

from jmml_edu.leakage.worlds import N_WORLDS, held_out_recall, one_seed, over_worlds
from jmml_edu.results import Mistake
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
from jmml_edu.splits import grouped_folds

N_FOLDS = 5

N_TRIALS, N_WINDOWS, N_COLUMNS, WINDOW_NOISE = 40, 15, 160, 0.7
"""One person's EEG: trials, windows of each, 32 channels in 5 bands, noise of a window beside
what is special about its trial."""

N_SPEAKERS, N_UTTERANCES, OWN_WAY = 10, 500, 0.2
"""Speakers, utterances of all of them, how far each has a way of their own to say a class."""

N_STIMULI, N_VIEWERS = 40, 15

N_RATERS, N_RATED, N_CLASSES = 20, 40, 4


def windows_on_both_sides(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what windows of one trial in training and in test do to labels that mean nothing.

    Forty trials of a person have random labels. Each trial looks like nothing else: its moment, its
    electrodes, its state of mind. Windows of it share that, so a classifier that has seen some of
    them knows the label of the others. The mistake is common [1]_.

    Returns
    -------
    mistake
        Two classes, chance 1/2. Honest: whole trials are held out.

    References
    ----------
    .. [1] Khan et al., a preprint of 2025, not reviewed. https://arxiv.org/abs/2508.02417
    """
    return Mistake(
        name="windows on both sides",
        wrong="Windows are dealt to training and test one by one, so both hold parts of a trial.",
        right="Split by trial, or better by subject; cut windows afterwards.",
        measure="recall",
        chance=1 / 2,
        nothing_to_find=True,
        published="DEAP: nearly 87 % of 101 papers hold an error such as windows of one trial on"
        " both sides; such errors raise accuracy by up to 46 % (Khan et al., arXiv 2508.02417)",
        **over_worlds(_windows, n_worlds=n_worlds, seed=seed),
    )


def _windows(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with windows dealt singly, and by trial."""
    trial = np.repeat(np.arange(N_TRIALS), N_WINDOWS)
    labels = rng.integers(2, size=N_TRIALS)[trial]
    values = rng.standard_normal((N_TRIALS, N_COLUMNS))[trial]
    values += WINDOW_NOISE * rng.standard_normal(values.shape)
    return _recall_by(np.arange(len(trial)), trial, values, labels, rng)


def _recall_by(
    wrong: np.ndarray,
    right: np.ndarray,
    values: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Return the recall of folds that keep the wrong groups together, and the right ones."""
    seed = one_seed(rng)
    inflated, honest = (
        held_out_recall(values, labels, grouped_folds(groups, labels, n_folds=N_FOLDS, seed=seed))
        for groups in (wrong, right)
    )
    return inflated, honest


def speaker_on_both_sides(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it helps to know the speakers.

    Ten speakers with voices of their own share some of how emotion sounds; the rest of it each has
    alone. A classifier that has heard them angry knows how *they* are angry.

    Returns
    -------
    mistake
        Four classes, chance 1/4. Honest: speakers are held out. There is something to hear, so
        this is above chance.

    Notes
    -----
    That voices differ is not enough: where each speaker adds an offset but has no way of their own
    (``OWN_WAY`` 0), ten known speakers are recognised no better than new ones.

    The figures quoted are those of a support vector machine with its default settings [1]_.

    References
    ----------
    .. [1] M. Gjoreski, H. Gjoreski, A. Kulakov, "Machine learning approach for emotion recognition
       in speech", Informatica 38, 2014.
       https://puffbird.ijs.si/index.php/informatica/article/view/719
    """
    return Mistake(
        name="speaker on both sides",
        wrong="Utterances are dealt one by one, so every test speaker was heard in training.",
        right="Split by speaker.",
        measure="recall",
        chance=1 / 4,
        nothing_to_find=False,
        published="EMO-DB, support vector machines: 86 % in ten folds, 73 % with each speaker held"
        " out in turn (Gjoreski et al., Informatica 38, 2014)",
        **over_worlds(_speakers, n_worlds=n_worlds, seed=seed),
    )


def _speakers(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with utterances dealt singly, and by speaker."""
    pairs = gaussian_pairs(
        N_UTTERANCES, correlations=(0.9, 0.9), n_subjects=N_SPEAKERS, speech_dim=60, nuisance=1.0,
        seed=one_seed(rng),
    )  # fmt: skip
    speaker = np.unique(pairs.subjects, return_inverse=True)[1]
    labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    ways = rng.standard_normal((N_SPEAKERS, len(QUADRANTS), pairs.speech.values.shape[1]))
    values = pairs.speech.values + OWN_WAY * ways[speaker, labels]
    return _recall_by(np.arange(len(labels)), speaker, values, labels, rng)


def stimulus_on_both_sides(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it helps to know the stimuli, where their labels mean nothing.

    Fifteen people watch the same forty films. Light, sound and words of a film leave a trace in
    everybody's EEG. A split by subject keeps people apart, but not films: a classifier recognises
    the film and looks up its label.

    Returns
    -------
    mistake
        Two classes, chance 1/2. Wrong: people are held out. Honest: films are held out.
    """
    return Mistake(
        name="stimulus on both sides",
        wrong="People are held out, but every film of the test was seen in training.",
        right="Split by stimulus too, or say that the score holds for these stimuli only.",
        measure="recall",
        chance=1 / 2,
        nothing_to_find=True,
        **over_worlds(_stimuli, n_worlds=n_worlds, seed=seed),
    )


def _stimuli(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with people held out, and with stimuli held out."""
    stimulus, person = (
        grid.ravel() for grid in np.meshgrid(np.arange(N_STIMULI), np.arange(N_VIEWERS))
    )
    labels = rng.integers(2, size=N_STIMULI)[stimulus]
    values = rng.standard_normal((N_STIMULI, N_COLUMNS))[stimulus]
    values += rng.standard_normal((N_VIEWERS, N_COLUMNS))[person]
    values += rng.standard_normal(values.shape)
    return _recall_by(person, stimulus, values, labels, rng)


def pooled_people(*, n_worlds: int = N_WORLDS, seed: int = 0) -> Mistake:
    """Measure what it helps to know who somebody is, where people have habits of rating.

    Twenty people rate what they feel, some mostly sad, some mostly content. Their EEG says who they
    are and nothing else. That is enough to guess the label of a person who was in training.

    Returns
    -------
    mistake
        Four classes, chance 1/4. Honest: people are held out.
    """
    return Mistake(
        name="pooled people",
        wrong="Trials of all people are pooled and dealt one by one.",
        right="Split by subject.",
        measure="recall",
        chance=1 / N_CLASSES,
        nothing_to_find=True,
        **over_worlds(_raters, n_worlds=n_worlds, seed=seed),
    )


def _raters(rng: np.random.Generator) -> tuple[float, float]:
    """Return the recall with trials dealt singly, and by person."""
    person = np.repeat(np.arange(N_RATERS), N_RATED)
    habits = rng.dirichlet(np.ones(N_CLASSES), size=N_RATERS)
    labels = np.array([rng.choice(N_CLASSES, p=habits[who]) for who in person])
    values = rng.standard_normal((N_RATERS, 40))[person]
    values += rng.standard_normal(values.shape)
    return _recall_by(np.arange(len(person)), person, values, labels, rng)
