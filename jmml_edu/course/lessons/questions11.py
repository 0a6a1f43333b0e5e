"""The questions of notebook 11: three from before, three at the end."""

from __future__ import annotations

from jmml_edu.course.nouns import Question, by_name

QUESTIONS: dict[str, Question] = by_name(
    Question(
        "11.1", "EEG and speech were paired by class: any EEG with any speech of the same class."
        " What can cross from one to the other?",
        (
            ("The class, and nothing else.", "Yes: given the class, the two are independent."),
            ("What this moment felt like.", "The partner was recorded at another moment."),
            ("Nothing at all.", "The class crosses; that is what pairs were made by."),
        ),
        0,
    ),
    Question(
        "11.2", "Which parts of the model of notebook 10 read speech only?",
        (
            ("The speech encoder, and the decoders of its code.",
             "Yes. They work whether EEG is there or not."),
            ("The speech encoder alone.", "Decoders that read its code need nothing else."),
            ("None: everything was trained with EEG.",
             "How a map was trained and what it reads are two questions."),
        ),
        0,
    ),
    Question(
        "11.3", "You report what EEG at training is worth. Who is the fair opponent?",
        (
            ("The same classifier on plain speech.",
             "It leaves unlabelled speech unused, which your method uses."),
            ("Guessing.", "A very weak one."),
            ("The best that speech, the same labels and the same unlabelled speech can do.",
             "Yes: only EEG may differ."),
        ),
        2,
    ),
    Question(
        "11.4", "At inference, EEG goes missing. What moves?",
        (
            ("The speech point.", "It is computed from speech alone, and stays to the last bit."),
            ("The decision, as far as EEG had a say in it.", "Yes, and nothing else."),
            ("Everything, a little.", "Look again at the star in the first picture."),
        ),
        1,
    ),
    Question(
        "11.5", "A decoder tells EEG from speech. Told and recorded EEG correlate at 0.4 over all"
        " moments. What do you ask?",
        (
            ("What is left within each class?",
             "Yes: two guesses of a class correlate, whatever the moment."),
            ("Which decoder?", "A better one meets the same question."),
            ("Nothing. The brain was rebuilt.", "Its class was guessed, at least."),
        ),
        0,
    ),
    Question(
        "11.6", "EEG at test adds nothing to a model. Was EEG at training useless, too?",
        (
            ("Yes: what says nothing teaches nothing.",
             "In the second world it taught 18 points and said nothing."),
            ("No: what it teaches about speech, and what it says itself, are two things.",
             "Yes. Measure both."),
            ("Only if the EEG was noisy.", "Even noisy EEG shows which part of speech is shared."),
        ),
        1,
    ),
)  # fmt: skip
