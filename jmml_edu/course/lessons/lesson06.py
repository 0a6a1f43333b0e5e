"""Notebook 06, what class pairs carry: at most C - 1 components, and no more than the label."""

from __future__ import annotations

from jmml_edu.course.lessons.data06 import (
    classes_of_views,
    own_classes,
    own_pairs,
    people_to_shuffle,
)
from jmml_edu.course.lessons.judges06 import (
    LDA_RULES,
    OWN_RULES,
    RANK_RULES,
    SHUFFLE_RULES,
    class_covariance,
    label_directions,
    partners,
)
from jmml_edu.course.lessons.questions06 import QUESTIONS
from jmml_edu.course.nouns import Exercise, Lesson, by_name

LESSON = Lesson(
    number=6,
    title="What class pairs carry",
    minutes=30,
    objectives=(
        "count what pairs joined by class can share, and prove it",
        "show that the label alone does as well",
        "expose a correlation that is not emotion",
    ),
    exercises=by_name(
        Exercise(
            "06.A", "the covariance of class means", "function", classes_of_views, RANK_RULES,
            ("`rows` is true where a row is of the class: what is its mean?",
             "First blank: `rows.mean()`, the share of the class. Second blank:"
             " `s - speech.mean(axis=0)`, as it stands for EEG."),
            class_covariance,
            "A sum of C terms whose vectors add up to 0: its rank is at most C - 1.",
        ),
        Exercise(
            "06.B", "the label as second view", "function",
            lambda seed: classes_of_views(seed)[1:], LDA_RULES,
            ("Build a view from labels alone: one column per class, 1 where the row is of it.",
             "`(labels[:, None] == np.unique(labels)[:-1]).astype(float)` has one column less than"
             " there are classes; `CCA(n).fit(that, speech).speech_directions_`."),
            label_directions,
            "CCA with the label is linear discriminant analysis: Bartlett showed it in 1938.",
        ),
        Exercise(
            "06.C", "a label-blind shuffle", "function", people_to_shuffle, SHUFFLE_RULES,
            ("Begin with `np.arange(len(people))`, and go through the people one by one.",
             "`rows = np.flatnonzero(people == one)`, then `partner[rows] ="
             " rng.permutation(rows)`."),
            partners,
            "Everything stays but the moment: same people, same EEG, same speech.",
        ),
        Exercise(
            "06.D", "how many classes there were", "value",
            lambda seed: (own_classes(seed),), OWN_RULES,
            ("Learn on `own.eeg` and `own.speech`, and look at the correlations of the new pairs.",
             "`CCA(10).fit(own.eeg, own.speech).correlations(own.new_eeg, own.new_speech)`: count"
             " what is clearly above 0. What is the bound?"),
            "own = session.data()\n"
            "found = CCA(10).fit(own.eeg, own.speech).correlations(own.new_eeg, own.new_speech)\n"
            "print(found.round(2))\n"
            'check("06.D", int((found > 0.1).sum()) + 1)',
            "Nobody told you a label, and the pairs gave their number away.",
            optional=True,
        ),
    ),
    questions=QUESTIONS,
    data=own_pairs,
)  # fmt: skip
