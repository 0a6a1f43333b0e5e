"""Notebook 04, linear CCA: whiten, one SVD, and what any data would show."""

from __future__ import annotations

from jmml_edu.course.lessons.data04 import own_pairs, own_planted, tilted_views
from jmml_edu.course.lessons.judges04 import (
    CORRELATION_RULES,
    FOOL_RULES,
    HAND_RULES,
    OWN_RULES,
    WHITEN_RULES,
    canonical_correlations,
    whiten,
)  # fmt: skip
from jmml_edu.course.lessons.questions04 import QUESTIONS
from jmml_edu.course.nouns import Exercise, Lesson, by_name

LESSON = Lesson(
    number=4,
    title="Linear CCA",
    minutes=45,
    objectives=(
        "whiten a cloud, so that no direction is louder than another",
        "compute all canonical correlations with one SVD",
        "judge whether a correlation is more than any data would show",
    ),
    exercises=by_name(
        Exercise(
            "04.hand", "a correlation by hand", "value", lambda seed: (),
            HAND_RULES,
            ("Take its mean away from each triple first.",
             "Multiply pair by pair and add up; then divide by the lengths of both triples, where"
             " the length is the root of the sum of squares."),
            'check("04.hand", 2 / (2**0.5 * 8**0.5))',
            "A correlation is the cosine of the angle between two centred columns.",
        ),
        Exercise(
            "04.A", "whiten", "function", lambda seed: (tilted_views(seed)[0],), WHITEN_RULES,
            ("`x.mean(axis=0)` is one mean per column. And what is the square root of a variance?",
             "First blank: `x` minus the mean of each column. Second blank: along its own axes the"
             " cloud has the variances `variances`; divide by their roots."),
            whiten,
            "Any rotation of your result is white too, so others may have other numbers and be"
            " right as well.",
        ),
        Exercise(
            "04.B", "all canonical correlations", "function", tilted_views, CORRELATION_RULES,
            ("Three lines: make both clouds round, compute how each EEG column goes with each"
             " speech column, and take singular values.",
             "`whiten(eeg).T @ whiten(speech)` adds up over pairs: divide by their number less one."
             " `np.linalg.svd(..., compute_uv=False)` returns singular values only."),
            canonical_correlations,
            "Turning, stretching or shifting either cloud changes none of these numbers.",
        ),
        Exercise(
            "04.C", "make noise look like a discovery", "value", lambda seed: (seed,), FOOL_RULES,
            ("Keep 40 pairs and add columns to either view until the first correlation is 1.",
             "Centring uses up one pair: n pairs span n - 1 dimensions. When must a p-dimensional"
             " and a q-dimensional space share a direction?"),
            'check("04.C", (40, 20, 20))',
            "Two spaces of p and q dimensions among n - 1 must meet as soon as p + q > n - 1. No"
            " data are needed for that.",
            optional=True,
        ),
        Exercise(
            "04.D", "how many are shared in your data", "value",
            lambda seed: (own_planted(seed),), OWN_RULES,
            ("Learn on the first half of the pairs, and correlate the codes of the second half.",
             "`CCA(n_components=8).fit(eeg[:200], speech[:200])`, then"
             " `.correlations(eeg[200:], speech[200:])`: count what is clearly above 0."),
            "eeg, speech = own.eeg.values, own.speech.values\n"
            "found = CCA(n_components=8).fit(eeg[:200], speech[:200])\n"
            "held_out = found.correlations(eeg[200:], speech[200:])\n"
            "print(held_out.round(2))\n"
            'check("04.D", int((held_out > 0.25).sum()))',
            "You found what was planted, without being told.",
        ),
    ),
    questions=QUESTIONS,
    data=own_pairs,
)  # fmt: skip
