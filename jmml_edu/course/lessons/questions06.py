"""The questions of notebook 06: three from before, three at the end."""

from __future__ import annotations

from jmml_edu.course.nouns import Question, by_name

QUESTIONS: dict[str, Question] = by_name(
    Question(
        "06.1", "What does CCA look for?",
        (
            ("The loudest direction of each view.", "That is what PCA does."),
            ("Directions of both views whose values correlate most.",
             "Yes, whatever it is that they share (notebook 04)."),
            ("Directions that tell the classes apart.", "It never sees a class."),
        ),
        1,
    ),
    Question(
        "06.2", "A correlation is 0.9 on the pairs it was learned from. What do you ask first?",
        (
            ("How large it is on new people.", "Yes; the other number proves little."),
            ("Which p value it has.", "Of what, on which pairs? New people come first."),
            ("How many epochs were trained.", "That changes nothing in what the number proves."),
        ),
        0,
    ),
    Question(
        "06.3", "Four vectors add up to 0. How many of them can be independent?",
        (
            ("4", "The fourth is minus the sum of the others."),
            ("3", "Yes. Remember it: this is the whole proof below."),
            ("2", "Three corners of a room are independent, and a fourth can undo their sum."),
        ),
        1,
    ),
    Question(
        "06.4", "A paper pairs EEG and speech by emotion, six classes, and reports 20 canonical"
        " correlations above 0.8. What do you think?",
        (
            ("EEG and speech share 20 dimensions.", "Class pairs can share five."),
            ("At most five can be real; the rest is over-fitting.",
             "Yes: ask for new people."),
            ("The network was too small.", "No network, large or small, can go beyond five."),
        ),
        1,
    ),
    Question(
        "06.5", "At test, an utterance comes with the EEG of another moment of its own class, and"
        " the score is 91 %. What does it show?",
        (
            ("That EEG helps at inference.", "Somebody used the true label to choose that EEG."),
            ("Nothing: the partner was chosen by the answer.",
             "Yes. With a partner of a random class, 24 % were left in one trial."),
            ("That speech was noisy.", "It may have been; 91 % is not of speech."),
        ),
        1,
    ),
    Question(
        "06.6", "The correlation on new people rises from 0.74 to 0.87, and recall falls. How is"
        " that possible?",
        (
            ("A mistake in the code.", "It can be right: see the last slider."),
            ("Both views hear the same nuisance, and CCA found that.",
             "Yes. CCA finds what is shared, emotion or not."),
            ("Too few labels.", "CCA uses none."),
        ),
        1,
    ),
)  # fmt: skip
