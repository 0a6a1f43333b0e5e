"""Notebook 12, evaluation and leakage: make every leak, watch the score rise, repair it."""

from __future__ import annotations

from jmml_edu.course.lessons.data12 import groups_to_deal, labels_to_shuffle, two_methods
from jmml_edu.course.lessons.judges12 import (
    DEAL_RULES,
    NULL_RULES,
    PAIRED_RULES,
    READ_RULES,
    deal,
    paired_interval,
    shuffle_trials,
)  # fmt: skip
from jmml_edu.course.lessons.protocols12 import own_protocol
from jmml_edu.course.lessons.questions12 import QUESTIONS
from jmml_edu.course.nouns import Exercise, Lesson, by_name

LESSON = Lesson(
    number=12,
    title="Evaluation and leakage",
    minutes=30,
    objectives=(
        "split so that nobody and nothing stands on both sides",
        "test a protocol on labels that mean nothing",
        "compare two methods on the same people, with an interval",
    ),
    exercises=by_name(
        Exercise(
            "12.A", "deal people to folds", "function", groups_to_deal, DEAL_RULES,
            ("Give everybody a number first; the remainder of a division makes folds of numbers.",
             "First blank: `groups`. Second blank: `number`, the number of each row's group."),
            deal,
            "Rows follow their person. The same three lines deal trials, films or sessions.",
        ),
        Exercise(
            "12.B", "labels that mean nothing", "function", labels_to_shuffle, NULL_RULES,
            ("Shuffle one label per trial, then give each row the new label of its trial.",
             "`np.unique(trials, return_index=True, return_inverse=True)` gives a first row of each"
             " trial and the number of each row's trial."),
            shuffle_trials,
            "What may change places must be exchangeable: trials are, windows of a trial are not.",
        ),
        Exercise(
            "12.C", "an interval of a difference", "function", two_methods, PAIRED_RULES,
            ("Compute one number per person first: how much more the second method got right.",
             "Draw people with replacement (`rng.integers(n, size=(2000, n))`), take the mean"
             " difference of each draw, then `np.percentile(..., [2.5, 97.5])`."),
            paired_interval,
            "People are what was sampled, so people are drawn, once for both methods.",
        ),
        Exercise(
            "12.D", "find the leak in a methods section", "value",
            lambda seed: (own_protocol(seed),), READ_RULES,
            ("For each sentence: is something computed, chosen or drawn there, and from whom?",
             "Look for rows, labels or scores of the tested people that were used before their"
             " test."),
            'check("12.D", session.data().leak)',
            "Four sound sentences do not help: one leak is enough.",
        ),
    ),
    questions=QUESTIONS,
    data=own_protocol,
)  # fmt: skip
