"""The questions of notebook 12: three from before, three at the end."""

from __future__ import annotations

from jmml_edu.course.nouns import Question, by_name

QUESTIONS: dict[str, Question] = by_name(
    Question(
        "12.1", "What does a correlation of 0.9 on training pairs tell you?",
        (
            ("That EEG and speech are strongly linked.",
             "Noise gives as much if columns are many and pairs few (notebook 04)."),
            ("Little, before you see it on new pairs.",
             "Yes: that is all a training number can do."),
            ("That the model is over-fitted.", "It may be, or not: new pairs decide."),
        ),
        1,
    ),
    Question(
        "12.2", "A trial is cut into 15 windows. How many independent observations are these?",
        (
            ("15", "Windows of a trial share its moment, its electrodes, its state of mind."),
            ("One, or little more", "Yes. They are 15 looks at one thing."),
            ("None", "The trial itself is one."),
        ),
        1,
    ),
    Question(
        "12.3", "Four classes, equally frequent, and labels that mean nothing. What is chance?",
        (
            ("25 %", "Yes, and an honest protocol must give it on such labels."),
            ("50 %", "That is chance with two classes."),
            ("It depends on the classifier.", "An honest score of noise does not."),
        ),
        0,
    ),
    Question(
        "12.4", "Features are selected by their correlation with the label, on all rows; then five"
        " folds by person. Is the score honest?",
        (
            ("Yes, since nobody is in two folds.",
             "The selection has seen the labels of the people it is tested on."),
            ("No.", "Yes, it is not: select again in each fold, on its training people."),
            ("Yes, if few features are selected.",
             "The fewer of many are kept, the luckier they are."),
        ),
        1,
    ),
    Question(
        "12.5",
        "A method beats another by 2 points on 12 people; 95 % interval -1 to +5. You write?",
        (
            ("The method is better.", "The interval holds 0 and worse than 0."),
            ("There is no difference.", "It holds +5 as well: absence of proof proves nothing."),
            ("12 people cannot tell.", "Yes, and how many could."),
        ),
        2,
    ),
    Question(
        "12.6", "Your protocol gives 70 % on labels that a coin decided. What now?",
        (
            ("Subtract 20 points from every score.", "The leak is of another size elsewhere."),
            ("Find the leak, before anything else.",
             "Yes. A protocol that finds what is not there cannot be believed when it finds"
             " something."),
            ("Use a simpler classifier.", "It may leak less, but the protocol is still broken."),
        ),
        1,
    ),
)  # fmt: skip
