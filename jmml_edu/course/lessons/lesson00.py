"""Notebook 00, start here: the finished explorer first, and what a better model is."""

from __future__ import annotations

from jmml_edu.course.lessons.data00 import opened_road, rows_to_encode, verdicts_to_score
from jmml_edu.course.lessons.judges00 import (
    CODE_RULES,
    FIND_RULES,
    RECALL_RULES,
    average_recall,
    code,
)
from jmml_edu.course.lessons.questions00 import QUESTIONS
from jmml_edu.course.nouns import Exercise, Lesson, by_name

LESSON = Lesson(
    number=0,
    title="Start here",
    minutes=20,
    objectives=(
        "read the explorer: what a point is, and what the EEG switch changes",
        "compute the code of an utterance: take a mean away, multiply",
        "compare two models by the recall of each class",
    ),
    exercises=by_name(
        Exercise(
            "00.A", "from a row to its code", "function", rows_to_encode, CODE_RULES,
            ("In the example by hand, what did you do with the mean, and with the direction?",
             "First blank: `x - mean`, which takes the mean away from every row. Second blank: the"
             " directions, one per column."),
            code,
            "This is all that a linear encoder does. Notebook 04 finds the directions.",
        ),
        Exercise(
            "00.B", "the average recall", "function", verdicts_to_score, RECALL_RULES,
            ("For one class: choose the utterances that are of it (`truth == one`); which share of"
             " them was called so?",
             "Do that for each class of `np.unique(truth)`, and return the mean of these shares."),
            average_recall,
            "Every class counts the same now, however rare. This is the score of the whole course.",
        ),
        Exercise(
            "00.C", "an utterance that only EEG tells right", "value",
            lambda seed: (opened_road(),), FIND_RULES,
            ("Select a filled point, switch EEG between off and on, and watch the longest bar.",
             "In Python: `scene.both_say.argmax(axis=1) == scene.labels`, and the same with"
             " `scene.speech_says`."),
            "scene = opened_road()\n"
            "with_eeg = scene.both_say.argmax(axis=1) == scene.labels\n"
            "without = scene.speech_says.argmax(axis=1) == scene.labels\n"
            "found = scene.rows[scene.held_out & with_eeg & ~without]\n"
            "explorer.selected = [int(found[0])]\n"
            'check("00.C", explorer.selected)',
            "There are others that EEG gets wrong and the rhythm right. Which are more?",
            optional=True,
        ),
    ),
    questions=QUESTIONS,
)  # fmt: skip
