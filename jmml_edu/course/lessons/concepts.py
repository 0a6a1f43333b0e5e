"""The concept inventory: twenty questions for before the course and after it."""

from __future__ import annotations

from jmml_edu.course.nouns import Question


def _concept(number: int, text: str, right: int, *answers: tuple[str, str]) -> Question:
    return Question(f"inventory.{number:02d}", text, answers, right)


CONCEPTS: tuple[Question, ...] = (
    _concept(
        1, "The potential at one electrode is large. Where is its source?", 1,
        ("Right below the electrode.", "A potential spreads; far sources reach it as well."),
        ("That cannot be told from one electrode.", "Yes: many sources reach each electrode."),
        ("In a muscle.", "It may be, but one electrode cannot tell."),
    ),
    _concept(
        2, "The mean of all electrodes is taken away from each of them. What stays as it was?", 0,
        ("The difference of any two electrodes.", "Yes: the same was taken from both."),
        ("The potential of each electrode.", "That is what was changed."),
        ("Nothing.", "The differences stay."),
    ),
    _concept(
        3, "One recording is louder than another, from elsewhere. Is its speaker angrier?", 2,
        ("Yes.", "Distance and microphone make a voice loud, too."),
        ("Yes, if both are men.", "Distance and microphone are not alike."),
        ("That cannot be told.", "Yes; against the same person's other recordings, perhaps."),
    ),
    _concept(
        4, "Five raters call an utterance angry. What is known?", 1,
        ("That its speaker was angry.", "Nobody looked into the speaker."),
        ("How raters heard it.", "Yes, and that is what a model can learn."),
        ("That it was acted.", "Raters cannot know that."),
    ),
    _concept(
        5, "Fifteen windows are cut from each of 100 trials. How many independent observations are"
        " these?", 1,
        ("1,500", "Windows of one trial share nearly everything."),
        ("About 100, fewer if people repeat.", "Yes: trials, or even people, are what was drawn."),
        ("15", "Trials differ from each other."),
    ),
    _concept(
        6, "Features are scaled by mean and variance of all rows; then rows are split. What is"
        " wrong?", 2,
        ("Nothing.", "Test rows helped to prepare training rows."),
        ("The score becomes too low.", "A leak hardly ever lowers a score."),
        ("Something was learned from test rows.", "Yes. Learn it from training rows only."),
    ),
    _concept(
        7, "Of four classes one makes up 70 %. Which accuracy has a model that always says it?", 1,
        ("25 %", "That is its average recall."),
        ("70 %", "Yes, and it finds nothing of the other three."),
        ("100 %", "It is wrong for all others."),
    ),
    _concept(
        8, "Which directions does canonical correlation analysis (CCA) look for?", 1,
        ("Those of largest variance.", "That is principal component analysis."),
        ("Those in which both views agree most.", "Yes, loud or not."),
        ("Those that separate the classes.", "It sees no class."),
    ),
    _concept(
        9, "40 recordings, 30 EEG and 30 speech features: the first correlation in training is"
        " 1.00. Why?", 1,
        ("EEG and speech are strongly linked.", "Noise would give 1.00, too."),
        ("So many columns force it, whatever the data.", "Yes: 30 + 30 is more than 39."),
        ("The features were chosen well.", "Any features would do."),
    ),
    _concept(
        10, "What does a larger ridge do to CCA?", 2,
        ("It raises the correlation in training.", "It lowers that."),
        ("It adds components.", "Their number stays."),
        ("It prefers directions with more variance.", "Yes, up to PLS."),
    ),
    _concept(
        11, "What does a permutation test tell?", 0,
        ("How often data without the relation show as much.", "Yes, and no more."),
        ("How probable the relation is.", "No test of this kind tells that."),
        ("How large the effect is.", "A tiny one can be significant."),
    ),
    _concept(
        12, "EEG and speech are paired by emotion, six classes, and go through deep networks. How"
        " many components can be correlated in new people?", 1,
        ("As many as the networks have outputs.", "Depth does not help: only the class crosses."),
        ("At most 5", "Yes: C - 1."),
        ("At most 6", "Six class means less their common middle span five."),
    ),
    _concept(
        13, "Speech learns from class-paired EEG and improves. What would do as well?", 1,
        ("Nothing but EEG.", "The pairs carry the class and no more."),
        ("The label itself as second view.", "Yes; so compare with it."),
        ("Speech of another person.", "Only if it is chosen by its class."),
    ),
    _concept(
        14, "Ten outputs, batches of ten: the correlations in a batch add up to 8.9 of 10. What"
        " does it mean?", 2,
        ("A strong relation.", "Independent noise reaches that in so small a batch."),
        ("The network has over-fitted.", "It may have; the number does not show it."),
        ("Nothing: the batch is too small.", "Yes. Ask for new people, all at once."),
    ),
    _concept(
        15, "An autoencoder has a low reconstruction error. Is its code useful for emotion?", 2,
        ("Yes.", "It keeps what is loud, and emotion is quiet."),
        ("No.", "It may be; the error does not tell."),
        ("The error does not tell.", "Yes: ask a classifier on new people."),
    ),
    _concept(
        16, "A network rebuilds EEG from speech alone. What does it give?", 1,
        ("The EEG of that moment.", "What speech does not tell, it cannot know."),
        ("What speech tells about EEG on average.", "Yes: a conditional mean."),
        ("Noise.", "It gives less noise than EEG has."),
    ),
    _concept(
        17, "A model trained with EEG beats plain speech by 20 points. What do you ask first?", 1,
        ("For how many epochs it was trained.", "That decides nothing."),
        ("How good the best method is that never sees EEG.", "Yes: it may be as good."),
        ("How many electrodes there were.", "That decides nothing."),
    ),
    _concept(
        18, "Of 200 epochs the one with the best test score is reported. What is that score?", 1,
        ("Honest.", "The test has chosen the epoch."),
        ("Too good.", "Yes: choose on people who are not tested."),
        ("Too low.", "The best of 200 is lucky."),
    ),
    _concept(
        19, "A gain of 2 points, 95 % interval over people from -1 to +5. What do you write?", 2,
        ("It is better.", "The interval holds 0."),
        ("There is no difference.", "The interval holds +5, too."),
        ("So few people cannot tell.", "Yes."),
    ),
    _concept(
        20, "A firm wants to infer its employees' emotions from their voices on calls. What comes"
        " first?", 2,
        ("A more accurate model.", "Accuracy does not make it right."),
        ("Everybody's consent.", "Who can say no to an employer?"),
        ("Whether it may be done at all.",
         "Yes. The European Union forbids it at work and in schools, but for medical or safety"
         " reasons (Regulation 2024/1689, article 5)."),
    ),
)  # fmt: skip
