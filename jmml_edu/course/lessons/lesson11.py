"""Notebook 11, EEG missing at inference: what moves, what can be told, and what it was worth."""

from __future__ import annotations

from jmml_edu.course.lessons.data11 import path_to_walk, told_and_real, voices_of_people
from jmml_edu.course.lessons.judges11 import (
    CONCLUSION_RULES,
    FAIR_RULES,
    PATH_RULES,
    TOLD_RULES,
    speech_only,
    told_within,
    without_people,
)  # fmt: skip
from jmml_edu.course.lessons.questions11 import QUESTIONS
from jmml_edu.course.nouns import Exercise, Lesson, by_name

_CONCLUSION = '''conclusion = """
On 16 simulated new people, a model that had EEG while it learned recognised 76.8 % of four classes
from speech, 18.2 points (14.7 to 21.6) more than the best without EEG; with shuffled EEG nothing
was left of it. In the noisy world the gain was 4.9 points. One draw of each world; what real EEG
would bring is open.
"""
check("11.D", conclusion)'''

LESSON = Lesson(
    number=11,
    title="EEG missing at inference",
    minutes=45,
    objectives=(
        "trace the road from speech alone, and say what moves when EEG goes",
        "separate what told EEG knows of a moment from what it knows of a class",
        "judge what EEG at training was worth, against a fair opponent",
    ),
    exercises=by_name(
        Exercise(
            "11.A", "the road from speech alone", "function", path_to_walk, PATH_RULES,
            ("What stands in the first blank was learned from other people, long before.",
             "First blank: `mean`. Second blank: the number of the smallest distance in each row,"
             " `apart.argmin(axis=1)`."),
            speech_only,
            "No EEG among the arguments: the road cannot depend on it.",
        ),
        Exercise(
            "11.B", "what is told within a class", "function", told_and_real, TOLD_RULES,
            ("Take from each row the mean of its class, once for told, once for real EEG.",
             "`np.array([eeg[labels == one].mean(axis=0) for one in labels])` has the class mean of"
             " each row. Then `np.corrcoef(left.ravel(), right.ravel())[0, 1]`."),
            told_within,
            "What is left knows the moment. With class pairs it will be 0: nothing but the class"
            " can cross.",
        ),
        Exercise(
            "11.C", "speech without the person", "function", voices_of_people, FAIR_RULES,
            ("One mean per person. Along which directions do these means differ most?",
             "Centre the means, take `np.linalg.svd(...)[2][:n_directions]` as `axes`, and take"
             " `(new @ axes.T) @ axes` away from `new`."),
            without_people,
            "No EEG, no label, and the loudest nuisance is gone. That is one of the voters of"
            " `EEGFree`.",
        ),
        Exercise(
            "11.D", "write the conclusion", "value", lambda seed: (), CONCLUSION_RULES,
            ("Five sentences: what was compared, on whom, what came out, how sure, what is open.",
             "Quote a difference and its interval from the picture. Name the opponent, say that"
             " data are simulated, and what one draw of 16 people does not show."),
            _CONCLUSION,
            "The form is right. Whether it is fair is for a reader to judge: give it to your"
            " instructor, or to a neighbour.",
        ),
    ),
    questions=QUESTIONS,
)  # fmt: skip
