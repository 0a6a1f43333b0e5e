"""How answers of notebook 11 are judged: its functions, and the rules of each exercise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from jmml_edu.course.lessons.rules import finite_rule, numbers_of, shape_rule
from jmml_edu.course.nouns import Rule, Trial

View = np.ndarray

PATH, TOLD, FAIR, TABLE = (
    "The road from speech alone", "EEG told from speech", "A fair opponent", "The honest table",
)  # fmt: skip


def speech_only(new: View, mean: Any, scale: Any, directions: Any, class_means: Any) -> Any:
    """Return the class of each new row, from speech and from what was learned."""
    codes = ((new - mean) / scale) @ directions
    apart = ((codes[:, None] - class_means) ** 2).sum(axis=2)  # row x class
    return apart.argmin(axis=1)


def told_within(told: View, real: View, labels: np.ndarray) -> float:
    """Return how told and real EEG correlate once the class means are out of both."""
    left = []
    for eeg in (told, real):
        means = np.array([eeg[labels == one].mean(axis=0) for one in labels])
        left.append((eeg - means).ravel())
    return float(np.corrcoef(left[0], left[1])[0, 1])


def without_people(train: View, people: np.ndarray, new: View, n_directions: int) -> View:
    """Return new speech without the directions along which the known people differ most."""
    means = np.array([train[people == one].mean(axis=0) for one in np.unique(people)])
    axes = np.linalg.svd(means - means.mean(axis=0))[2][:n_directions]
    return new - (new @ axes.T) @ axes


def _same(first: Any, second: Any) -> bool:
    return bool(np.allclose(np.asarray(first, dtype=float), second, rtol=1e-6, atol=1e-8))


def _slip(
    name: str, message: str, section: str, right: Callable[..., Any], wrongly: Callable[..., Any]
) -> Rule:
    """Return the rule that a result has not the numbers of a slip, where these are not right."""

    def broken(trial: Trial) -> str | None:
        wrong = wrongly(*trial.given)
        met = _same(trial.result, wrong) and not _same(wrong, right(*trial.given))
        return "Your numbers are exactly those of a well-known slip." if met else None

    return Rule(name, "", broken, message, section)


def _from_own(new: View, mean: Any, scale: Any, directions: Any, class_means: Any) -> Any:
    return speech_only(new, new.mean(axis=0), new.std(axis=0), directions, class_means)


def _own_mean(new: View, mean: Any, scale: Any, directions: Any, class_means: Any) -> Any:
    return speech_only(new, new.mean(axis=0), scale, directions, class_means)


def _farthest(new: View, mean: Any, scale: Any, directions: Any, class_means: Any) -> Any:
    codes = ((new - mean) / scale) @ directions
    return ((codes[:, None] - class_means) ** 2).sum(axis=2).argmax(axis=1)


def _unscaled(new: View, mean: Any, scale: Any, directions: Any, class_means: Any) -> Any:
    return speech_only(new, mean, np.ones_like(scale), directions, class_means)


def _class_numbers(trial: Trial) -> str | None:
    found, n_classes = np.asarray(trial.result, dtype=float), len(trial.given[4])
    good = (found == np.floor(found)).all() and found.min() >= 0 and found.max() < n_classes
    met = f"{found.min():.3g} to {found.max():.3g}"
    return None if good else f"For {n_classes} classes your numbers go from {met}."


def _other_classes(trial: Trial) -> str | None:
    off = int((np.asarray(trial.result) != speech_only(*trial.given)).sum())
    return f"{off} of {len(trial.result)} rows get another class." if off else None


PATH_RULES = (
    shape_rule(lambda new, *learned: (len(new),), "There is one class per row.", PATH),
    finite_rule(PATH),
    Rule("class numbers", "Classes are numbered 0, 1, and so on.", _class_numbers,
         "What is asked is the number of the nearest class, not how near it is.", PATH),
    _slip("mean of the new people",
          "The new people's own mean was taken. One person who says one sentence has no mean to"
          " give; what was learned is `mean`.", PATH, speech_only, _own_mean),
    _slip("mean and scale of the new people",
          "Mean and scale are those of the new people. With one new row there would be neither;"
          " what was learned is `mean` and `scale`.", PATH, speech_only, _from_own),
    _slip("not scaled", "The scale was forgotten: a loud column then decides alone.", PATH,
          speech_only, _unscaled),
    _slip("the farthest class", "That is the class farthest away.", PATH, speech_only, _farthest),
    Rule("other classes", "Each row gets its nearest class.", _other_classes,
         "Go through one row by hand: scale, project, compare with each class mean.", PATH),
)  # fmt: skip


def _correlation(told: View, real: View, labels: np.ndarray) -> float:
    return float(np.corrcoef(told.ravel(), real.ravel())[0, 1])


def _columns_centred(told: View, real: View, labels: np.ndarray) -> float:
    return _correlation(told - told.mean(axis=0), real - real.mean(axis=0), labels)


def _of_real_only(told: View, real: View, labels: np.ndarray) -> float:
    means = np.array([real[labels == one].mean(axis=0) for one in labels])
    return _correlation(told, real - means, labels)


def _same_means(told: View, real: View, labels: np.ndarray) -> float:
    means = np.array([real[labels == one].mean(axis=0) for one in labels])
    return _correlation(told - means, real - means, labels)


def _classes_alone(told: View, real: View, labels: np.ndarray) -> float:
    means = [np.array([eeg[labels == one].mean(axis=0) for one in labels]) for eeg in (told, real)]
    return _correlation(means[0], means[1], labels)


def _squared(told: View, real: View, labels: np.ndarray) -> float:
    return told_within(told, real, labels) ** 2


def _one_correlation(trial: Trial) -> str | None:
    found = numbers_of(trial.result)
    if found is None or found.shape != ():
        return "You do not return one number."
    return None if abs(float(found)) <= 1 else f"You return {float(found):.3g}."


def _other_number(trial: Trial) -> str | None:
    right = told_within(*trial.given)
    met = f"It is {abs(float(trial.result) - right):.2g} off."
    return None if abs(float(trial.result) - right) < 1e-6 else met


TOLD_RULES = (
    Rule("one correlation", "It is one number from -1 to 1.", _one_correlation,
         "Make one long row of each matrix (`.ravel()`), then one correlation.", TOLD),
    _slip("classes still in it",
          "The class means are still there: two guesses of a class correlate, whatever the moment.",
          TOLD, told_within, _correlation),
    _slip("one mean for all",
          "One mean per column was taken away from everybody. Classes have means of their own.",
          TOLD, told_within, _columns_centred),
    _slip("one side only", "Class means were taken out of one side; take them out of both.", TOLD,
          told_within, _of_real_only),
    _slip("means of the other side",
          "Both sides lost the means of the real EEG. Told EEG has class means of its own.", TOLD,
          told_within, _same_means),
    _slip("class means alone",
          "That is what the class means have in common, not what is left without them.", TOLD,
          told_within, _classes_alone),
    _slip("squared", "That is the square of it.", TOLD, told_within, _squared),
    Rule("other number", "It is what is left once the class means are out of both.", _other_number,
         "Print the class means of what is left: all of them should be 0.", TOLD),
)  # fmt: skip


def _rows_not_people(train: View, people: np.ndarray, new: View, n_directions: int) -> View:
    axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)[2][:n_directions]
    return new - (new @ axes.T) @ axes


def _kept(train: View, people: np.ndarray, new: View, n_directions: int) -> View:
    return new - without_people(train, people, new, n_directions)


def _not_centred(train: View, people: np.ndarray, new: View, n_directions: int) -> View:
    means = np.array([train[people == one].mean(axis=0) for one in np.unique(people)])
    axes = np.linalg.svd(means)[2][:n_directions]
    return new - (new @ axes.T) @ axes


def _quietest(train: View, people: np.ndarray, new: View, n_directions: int) -> View:
    means = np.array([train[people == one].mean(axis=0) for one in np.unique(people)])
    axes = np.linalg.svd(means - means.mean(axis=0))[2][-n_directions:]
    return new - (new @ axes.T) @ axes


def _other_rows(trial: Trial) -> str | None:
    apart = np.abs(np.asarray(trial.result, dtype=float) - without_people(*trial.given)).max()
    return f"A number is off by {apart:.2g}." if apart > 1e-6 else None


FAIR_RULES = (
    shape_rule(lambda train, people, new, n: new.shape, "The shape stays that of `new`.", FAIR),
    finite_rule(FAIR),
    _slip("moments, not people",
          "These are the directions along which moments differ most; emotion may be among them."
          " Along which do the means of people differ?", FAIR, without_people, _rows_not_people),
    _slip("kept, not taken away", "That is the part to be thrown away.", FAIR, without_people,
          _kept),
    _slip("means not centred",
          "The first direction is where everybody lies, not where people differ: centre their"
          " means first.", FAIR, without_people, _not_centred),
    _slip("least of all", "These are the directions along which people differ least.", FAIR,
          without_people, _quietest),
    Rule("other rows", "What people differ in most is gone, everything else stays.", _other_rows,
         "One mean per person, centred; `np.linalg.svd` has the directions in its last output.",
         FAIR),
)  # fmt: skip

FEWEST_WORDS = 25


def _text(trial: Trial) -> str | None:
    return None if isinstance(trial.result, str) else f"You wrote {trial.result!r}."


def _short(trial: Trial) -> str | None:
    n_words = len(trial.result.split())
    return f"It has {n_words} words." if n_words < FEWEST_WORDS else None


def _no_number(trial: Trial) -> str | None:
    return None if re.search(r"\d", trial.result) else "There is no number in it."


def _lacks(*words: str) -> Callable[[Trial], str | None]:
    def broken(trial: Trial) -> str | None:
        said = trial.result.casefold()
        return None if any(word in said for word in words) else "It does not say so."

    return broken


def _claims(trial: Trial) -> str | None:
    found = re.search(
        r"\b(?:prov(?:e|es|ed|en)|always|clearly|obviously)\b", trial.result.casefold()
    )
    return f"You wrote `{found[0]}`." if found else None


CONCLUSION_RULES = (
    Rule("not a text", "", _text, "Write sentences between the quotes.", TABLE),
    Rule("too short", "It has 25 words or more.", _short,
         "Say what was compared, on whom, what came out, and how sure you are.", TABLE),
    Rule("no number", "It holds a number.", _no_number,
         "A conclusion rests on numbers: quote the difference and its interval.", TABLE),
    Rule("not simulated", "It says that the data are simulated.",
         _lacks("simulat"), "A reader must know that nobody was recorded.", TABLE),
    Rule("no opponent", "It names who EEG at training was compared with.",
         _lacks("without eeg", "eeg-free", "eeg free", "no eeg", "speech alone"),
         "Better than what? Name the best that does without EEG.", TABLE),
    Rule("too sure", "It claims no proof.", _claims,
         "16 people and one draw of a simulation do not allow such a word.", TABLE),
)  # fmt: skip
