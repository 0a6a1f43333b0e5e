"""How answers of notebook 00 are judged: its two functions, and the rules of each exercise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from jmml_edu.course.lessons.rules import finite_rule, mistake_rule, numbers_of, shape_rule
from jmml_edu.course.nouns import Rule, Trial

CODE, BETTER, SEE = "From 8 numbers to 2", "Better at what?", "See it first"


def code(x: np.ndarray, mean: np.ndarray, directions: np.ndarray) -> Float[np.ndarray, "row _"]:
    """Return where rows lie along directions, seen from the mean."""
    centred = x - mean
    return centred @ directions


def average_recall(truth: np.ndarray, said: np.ndarray) -> float:
    """Return the mean, over classes that occur, of the share of each that was recognised."""
    recalls = [np.mean(said[truth == one] == one) for one in np.unique(truth)]
    return np.mean(recalls)


def _other_code(trial: Trial) -> str | None:
    apart = float(np.abs(trial.result - code(*trial.given)).max())
    return f"A number is off by {apart:.2g}." if apart > 1e-6 else None


CODE_RULES = (
    shape_rule(
        lambda x, mean, directions: (len(x), directions.shape[1]),
        "Each row gets one number per direction.", CODE,
    ),
    finite_rule(CODE),
    mistake_rule(
        "not centred", lambda x, mean, directions: x @ directions,
        "The mean was not taken away: the codes are seen from 0, not from the middle.", CODE,
    ),
    mistake_rule(
        "own mean", lambda x, mean, directions: (x - x.mean(axis=0)) @ directions,
        "You took the mean of the new rows. Take the mean of the people learned from, which is"
        " given: a single new row would otherwise always lie at 0.", CODE,
    ),
    mistake_rule(
        "one mean for all columns", lambda x, mean, directions: (x - mean.mean()) @ directions,
        "Each column has a mean of its own; you took one for all.", CODE,
    ),
    mistake_rule(
        "mean added", lambda x, mean, directions: (x + mean) @ directions,
        "The mean was added. Which sign moves the middle to 0?", CODE,
    ),
    Rule("other codes", "They are those of a row minus the mean, times each direction.",
         _other_code, "Compute the example with the pencil once more, and compare each step.",
         CODE),
)  # fmt: skip


def _accuracy(truth: np.ndarray, said: np.ndarray) -> float:
    return float(np.mean(truth == said))


def _precision(truth: np.ndarray, said: np.ndarray) -> float:
    return float(np.mean([np.mean(truth[said == one] == one) for one in np.unique(said)]))


def _precision_of_true(truth: np.ndarray, said: np.ndarray) -> float:
    met = [one for one in np.unique(truth) if (said == one).any()]
    return float(np.mean([np.mean(truth[said == one] == one) for one in met]))


def _all_names(truth: np.ndarray, said: np.ndarray) -> float:
    n_names = len({*truth.tolist(), *said.tolist()})
    return float(average_recall(truth, said)) * len(np.unique(truth)) / n_names


def _per_cent(trial: Trial) -> str | None:
    found = float(np.asarray(trial.result, dtype=float))
    return f"You return {found:.4g}." if found > 1 else None


def _other_recall(trial: Trial) -> str | None:
    apart = abs(float(np.asarray(trial.result, dtype=float)) - average_recall(*trial.given))
    return f"It is off by {apart:.2g}." if apart > 1e-6 else None


_PRECISION = (
    "precision",
    "Of all that were *called* a class you asked how many were of it. Ask the other way round: of"
    " all that *are* of a class, how many were found?",
)

RECALL_RULES = (
    shape_rule(lambda truth, said: (), "It is one number.", BETTER),
    finite_rule(BETTER),
    Rule("larger than 1", "It lies between 0 and 1.", _per_cent,
         "A share is at most 1. Did you add where you should average, or take per cents?", BETTER),
    mistake_rule(
        "accuracy", _accuracy,
        "That is the accuracy: every utterance counts the same, so a frequent class decides alone."
        " Let every *class* count the same.", BETTER,
    ),
    mistake_rule(_PRECISION[0], _precision, _PRECISION[1], BETTER),
    mistake_rule(_PRECISION[0], _precision_of_true, _PRECISION[1], BETTER),
    mistake_rule(
        "a class that never occurs", _all_names,
        "A class was counted that was said but is nobody's: nothing of it could be found. Which"
        " classes are there to be found?", BETTER,
    ),
    Rule("other number", "It equals the mean of the recalls, counted another way.", _other_recall,
         "Take six utterances of two classes, count by hand, and compare.", BETTER),
)  # fmt: skip


def _place(trial: Trial) -> int:
    """Return which of the drawn pairs was selected last."""
    (row,) = np.atleast_1d(np.asarray(trial.result))[-1:]
    return int(np.flatnonzero(trial.given[0].rows == row)[0])


def _drawn(trial: Trial) -> str | None:
    found = numbers_of(trial.result)
    good = found is not None and found.ndim <= 1 and np.isin(found, trial.given[0].rows).all()
    return None if good else f"You passed {trial.result!r}."


def _nothing(trial: Trial) -> str | None:
    return None if np.size(trial.result) else "No point is selected."


def _known(trial: Trial) -> str | None:
    scene, place = trial.given[0], _place(trial)
    who = scene.pairs.subjects[place]
    return None if scene.held_out[place] else f"You selected a hollow point, of {who}."


def _wrong_with_eeg(trial: Trial) -> str | None:
    scene, place = trial.given[0], _place(trial)
    said, true = (
        scene.classes[int(n)] for n in (scene.both_say[place].argmax(), scene.labels[place])
    )
    return None if said == true else f"With EEG it says {said}; raters heard {true}."


def _right_without(trial: Trial) -> str | None:
    scene, place = trial.given[0], _place(trial)
    right = scene.speech_says[place].argmax() == scene.labels[place]
    return "Without EEG the road is right, too." if right else None


FIND_RULES = (
    Rule("not a point", "", _drawn, "Pass `explorer.selected`, or the row of one point.", SEE),
    Rule("nothing selected", "", _nothing,
         "Click a filled point in the explorer, then run this cell again.", SEE),
    Rule("somebody it knows", "The point is of a person it has not learned from.", _known,
         "The road has learned from this person. Take a filled point.", SEE),
    Rule("wrong with EEG", "With EEG the road is right.", _wrong_with_eeg,
         "Here EEG does not help. Switch EEG on and look for a point whose longest bar is its own"
         " class.", SEE),
    Rule("right without EEG", "Without EEG it is wrong.", _right_without,
         "Look for a point at which the longest bar changes when you switch EEG off.", SEE),
)  # fmt: skip
