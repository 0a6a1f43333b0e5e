"""The questions of notebook 04: three from before, three at the end."""

from __future__ import annotations

from jmml_edu.course.nouns import Question, by_name

QUESTIONS: dict[str, Question] = by_name(
    Question(
        "04.1", "When do a row of EEG and a row of speech form a trial pair?",
        (
            ("They were recorded from one person at the same moment.",
             "Yes. Only then can EEG say anything about this very utterance."),
            ("They belong to the same emotion class.",
             "That is a class pair: nothing but the class connects the two."),
            ("They have equally many numbers.",
             "The views may have different numbers of columns; row `i` must belong to row `i`."),
        ),
        0,
    ),
    Question(
        "04.2", "You scale features to variance 1. Where do mean and variance come from?",
        (
            ("From all rows, which gives the best estimate.",
             "Then test rows help to prepare training rows: a leak, if often a small one."),
            ("From the training rows only.",
             "Yes; the test rows are treated with what was known before they came."),
            ("From the rows to be scaled, each set by itself.",
             "Then a test set of one row could not be scaled at all."),
        ),
        1,
    ),
    Question(
        "04.3", "`X` has 100 rows and 3 columns. What is the shape of `X.T @ X`?",
        (
            ("(100, 100)", "That is `X @ X.T`: every row with every row."),
            ("(3, 3)", "Yes: every column with every column, added up over rows."),
            ("(3, 100)", "That is `X.T` alone."),
        ),
        1,
    ),
    Question(
        "04.4", "You multiply one EEG column by 1,000. What happens to the canonical correlations?",
        (
            ("Nothing.", "Yes: whitening undoes whatever scaling came before it."),
            ("The first one grows.",
             "That would be so for covariances; whitening takes loudness away."),
            ("All of them shrink.", "Compute it: multiply a column, and call your function."),
        ),
        0,
    ),
    Question(
        "04.5",
        "A study has 40 recordings, 25 EEG and 20 speech features, and reports a first canonical"
        " correlation of 1.00. What does it show?",
        (
            ("A strong link of EEG and speech.",
             "25 + 20 is more than 39: noise of this size gives 1 as well."),
            ("Nothing: any data of this size would show it.",
             "Yes. Ask for the correlation on recordings that were not used."),
            ("That the features were chosen well.",
             "The number would be the same with features from a dice."),
        ),
        1,
    ),
    Question(
        "04.6", "Which directions does CCA find?",
        (
            ("Those along which each cloud is longest.",
             "That is PCA; here these were the loud ones, of no use."),
            ("Those that part the classes best.", "CCA sees no classes; that is LDA."),
            ("Those along which the two views agree best.",
             "Yes, loud or quiet, emotion or not: whatever is shared."),
        ),
        2,
    ),
)  # fmt: skip
