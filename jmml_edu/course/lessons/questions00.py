"""The questions of notebook 00: four that say where to begin, two at the end."""

from __future__ import annotations

from jmml_edu.course.nouns import Question, by_name

QUESTIONS: dict[str, Question] = by_name(
    Question(
        "00.1", "`X` holds one centred utterance per row, `w` is one direction. What is `X @ w`?",
        (
            ("One number per utterance: how far it lies along w.",
             "Yes. Two such directions make a picture like the one above."),
            ("One number per column.", "`X @ w` adds up over columns; rows stay."),
            ("I have not met this yet.", "Notebook 04 begins there, with arrows to turn."),
        ),
        0,
    ),
    Question(
        "00.2", "Somebody pairs each utterance with the EEG of another moment, of the same emotion."
        " What can the EEG of such a pair tell about this utterance?",
        (
            ("How strongly this emotion was felt just then.",
             "The EEG is of another moment, perhaps of another person."),
            ("Which class it has, and nothing else.",
             "Yes: nothing but the class connects the two. Notebook 06 proves it."),
            ("I do not know.", "Notebook 06 shows it with one slider."),
        ),
        1,
    ),
    Question(
        "00.3", "A network is trained on the sum of two losses. The weight of one becomes 0. What"
        " changes?",
        (
            ("Nothing, the other loss stays.", "The sum changes, so its best point moves."),
            ("It learns what the other loss alone asks for.",
             "Yes. The terms of notebook 10 are switches of this kind."),
            ("I have not met this yet.", "Notebook 10 shows each term as a switch."),
        ),
        1,
    ),
    Question(
        "00.4", "Recordings are cut into windows; some windows of a recording are in training,"
        " others in test. The score is 95 %. What do you think?",
        (
            ("Very good.", "A classifier may have recognised the recordings."),
            ("Too little data.", "Perhaps; but first: test and training share recordings."),
            ("I do not believe it before recordings, or people, are kept apart.",
             "Yes. Notebook 12 makes this mistake on purpose, and eleven others."),
        ),
        2,
    ),
    Question(
        "00.5", "You switch EEG off in the explorer. What happens to the speech points?",
        (
            ("They move towards chance.", "Try it: where a voice lies depends on the voice alone."),
            ("Nothing.", "Yes. Only the decision changes, and only if EEG had a say."),
            ("They disappear.", "Speech is still there; that is the whole idea."),
        ),
        1,
    ),
    Question(
        "00.6", "Model A is right for 90 % of utterances, B for 80 %. 90 % of the utterances are"
        " calm. Which is better?",
        (
            ("A", "Saying calm every time gives 90 % as well."),
            ("B", "It may be. What does each find of the other 10 %?"),
            ("Look at the recall of each class first.",
             "Yes. One number hides who pays for it."),
        ),
        2,
    ),
)  # fmt: skip
