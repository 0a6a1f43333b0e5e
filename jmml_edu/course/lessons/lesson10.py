"""Notebook 10, E-DCC-CAE: five switches, one model, and what each term brings."""

from __future__ import annotations

from jmml_edu.course.lessons.data10 import parts_to_add_up, terms_and_score, two_views
from jmml_edu.course.lessons.judges10 import (
    FAMILY_RULES,
    LEFT_OUT_RULES,
    LOSS_RULES,
    family,
    left_out,
    loss_terms,
)  # fmt: skip
from jmml_edu.course.lessons.questions10 import QUESTIONS
from jmml_edu.course.nouns import Exercise, Lesson, by_name

LESSON = Lesson(
    number=10,
    title="E-DCC-CAE, step 2",
    minutes=50,
    objectives=(
        "assemble the model of step 2 from encoders, decoders and five terms",
        "derive five published methods from it by setting switches",
        "measure what each term brings, and say where it brings nothing",
    ),
    exercises=by_name(
        Exercise(
            "10.A", "add up what is lost", "function", parts_to_add_up, LOSS_RULES,
            ("A term's name says it all: what is told, `from`, what is read.",
             "First blank: `source`, whose code is read. Second blank: `target`, which view should"
             " have come out."),
            loss_terms,
            "Five terms, ten lines. Every method of the next section is this function with other"
            " weights.",
        ),
        Exercise(
            "10.B", "one model, many names", "function", two_views, FAMILY_RULES,
            ("Take one sentence of the table at a time. Which codes are read, which views told?",
             "Put names together with f-strings: `f\"{missing} from {kept}\"` is told from what"
             " stays. DCC-CAE has two of the kind `f\"{missing} from ...\"`."),
            family,
            "Swap the arguments, and you have the methods for speech that is missing.",
        ),
        Exercise(
            "10.C", "what each term brings", "function", terms_and_score, LEFT_OUT_RULES,
            ("Compute the score of all terms once. Then, for each, the score of all the others.",
             "`[one for one in terms if one != term]` is all but one; `terms` stays as it is."),
            left_out,
            "Left out, not alone: what a term brings depends on who is there already.",
        ),
    ),
    questions=QUESTIONS,
)  # fmt: skip
