"""The questions of notebook 10: three from before, three at the end."""

from __future__ import annotations

from jmml_edu.course.nouns import Question, by_name

QUESTIONS: dict[str, Question] = by_name(
    Question(
        "10.1", "CCA finds directions in EEG and speech. Which?",
        (
            ("Those along which both views agree best.", "Yes, loud or quiet (notebook 04)."),
            ("Those along which both views vary most.", "That is PCA of each."),
            ("Those that part the classes.", "CCA never sees a class."),
        ),
        0,
    ),
    Question(
        "10.2", "An autoencoder squeezes 40 columns into 6 numbers and rebuilds the 40. What does"
        " it keep?",
        (
            ("What matters for emotion.", "Nobody told it what emotion is."),
            ("What is loud.",
             "Yes: squared error is largest where variance is, so loud nuisance is kept first."),
            ("What EEG and speech share.", "It has seen one view only."),
        ),
        1,
    ),
    Question(
        "10.3", "A deep network reaches a correlation of 0.95 on its training pairs. What next?",
        (
            ("Report it.", "Training numbers reward memory."),
            ("Look at people it never met.", "Yes, and compare with linear CCA there."),
            ("Train longer.", "It will go up; so what?"),
        ),
        1,
    ),
    Question(
        "10.4", "EEG will be missing at inference. Which of these parts can still be used?",
        (
            ("The speech encoder and the decoders that read its code.",
             "Yes: everything on the way from speech."),
            ("All of them; missing EEG counts as zeros.",
             "Zeros are numbers, and no EEG looks like that."),
            ("Both encoders, no decoder.", "The EEG encoder has nothing to read."),
        ),
        0,
    ),
    Question(
        "10.5", "You switch the correlation off and leave all four reconstructions on. What now?",
        (
            ("Codes agree a little less.", "Nothing makes them agree any more."),
            ("The model becomes two, which know nothing of each other's codes.",
             "Yes: no term reads both codes, so each half trains as if alone."),
            ("Training fails.", "It runs well; it is another method."),
        ),
        1,
    ),
    Question(
        "10.6", "A paper adds a sixth term; recall rises by 0.8 points on one data set. You ask?",
        (
            ("How much do two runs of the same model differ?",
             "Yes. Less than that noise means nothing; and on how many studies was it tried?"),
            ("What is the seventh term?", "More terms, more luck."),
            ("Nothing; better is better.", "If it is."),
        ),
        0,
    ),
)  # fmt: skip
