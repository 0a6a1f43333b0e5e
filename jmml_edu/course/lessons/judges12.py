"""How answers of notebook 12 are judged: its functions, and the rules of each exercise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from jmml_edu.course.lessons.rules import finite_rule, shape_rule
from jmml_edu.course.nouns import Rule, Trial

Rows = Int[np.ndarray, " row"]

DEAL, NULL, PAIRED, READ = (
    "Deal people, not rows", "Ask data that know nothing", "Which of two is better",
    "Read a methods section",
)  # fmt: skip


def deal(groups: np.ndarray, n_folds: int) -> Rows:
    """Return the fold of each row; rows of one group share theirs."""
    number = np.unique(groups, return_inverse=True)[1]
    return number % n_folds


def shuffle_trials(labels: np.ndarray, trials: np.ndarray, seed: int) -> np.ndarray:
    """Return labels in which whole trials have exchanged theirs."""
    _, first, number = np.unique(trials, return_index=True, return_inverse=True)
    exchanged = np.random.default_rng(seed).permutation(labels[first])
    return exchanged[number]


def paired_interval(
    first: np.ndarray, second: np.ndarray, people: np.ndarray
) -> Float[np.ndarray, " end"]:
    """Return the 95 % interval of how much better the second is, over people."""
    rng = np.random.default_rng(0)
    apart = second.astype(float) - first
    each = np.array([apart[people == one].mean() for one in np.unique(people)])
    draws = rng.integers(len(each), size=(2000, len(each)))
    return np.percentile(each[draws].mean(axis=1), [2.5, 97.5])


def _whole_numbers(trial: Trial) -> str | None:
    found, n_folds = np.asarray(trial.result, dtype=float), trial.given[1]
    good = (found == np.floor(found)).all() and found.min() >= 0 and found.max() < n_folds
    met = f"{found.min():g} to {found.max():g}"
    return None if good else f"For {n_folds} folds your numbers go from {met}."


def _torn(trial: Trial) -> str | None:
    groups, folds = trial.given[0], np.asarray(trial.result)
    torn = [one for one in np.unique(groups) if len(set(folds[groups == one])) > 1]
    n_groups = len(np.unique(groups))
    return f"{len(torn)} of {n_groups} people are in more than one fold." if torn else None


def _empty(trial: Trial) -> str | None:
    n_folds = trial.given[1]
    empty = n_folds - len(set(np.asarray(trial.result).tolist()))
    return f"{empty} of {n_folds} folds are empty." if empty else None


def _uneven(trial: Trial) -> str | None:
    groups, n_folds = trial.given
    folds = np.asarray(trial.result)
    people = [len(set(groups[folds == fold])) for fold in range(n_folds)]
    met = f"Your folds hold {min(people)} to {max(people)} people."
    return met if max(people) > min(people) + 1 else None


DEAL_RULES = (
    shape_rule(lambda groups, n_folds: groups.shape, "There is one number per row.", DEAL),
    finite_rule(DEAL),
    Rule("fold numbers", "Folds are numbered 0, 1, and so on.", _whole_numbers,
         "Each row needs a whole number from 0 to `n_folds - 1`.", DEAL),
    Rule("people torn apart", "Nobody is in two folds.", _torn,
         "Rows were dealt, not people: whoever is in two folds is learned from and tested.", DEAL),
    Rule("empty folds", "No fold is empty.", _empty, "Every fold has to test somebody.", DEAL),
    Rule("uneven folds", "Folds hold equally many people, or one more.", _uneven,
         "Some folds test many more people than others.", DEAL),
)  # fmt: skip


def _by_trial(labels: np.ndarray, trials: np.ndarray) -> np.ndarray:
    return np.array([labels[trials == one].mean() for one in np.unique(trials)])


def _mixed(trial: Trial) -> str | None:
    labels, trials = np.asarray(trial.result), trial.given[1]
    shares = _by_trial(labels, trials)
    mixed = int(((shares > 0) & (shares < 1)).sum())
    return f"{mixed} of {len(shares)} trials now hold both labels." if mixed else None


def _still(trial: Trial) -> str | None:
    moved = int((np.asarray(trial.result) != trial.given[0]).sum())
    return None if moved else "Not a single label has changed."


def _drawn_anew(trial: Trial) -> str | None:
    labels, trials, _ = trial.given
    before = int(_by_trial(labels, trials).sum())
    after = round(float(_by_trial(np.asarray(trial.result), trials).sum()))
    met = f"Before, {before} trials had label 1; now {after} have."
    return None if after == before else met


def _reversed(trial: Trial) -> str | None:
    labels, trials, _ = trial.given
    before, after = (_by_trial(one, trials) for one in (labels, np.asarray(trial.result)))
    orderly = np.array_equal(after, before[::-1]) or np.array_equal(after, np.sort(after)[::-1])
    return "The new labels stand in a fixed order." if orderly else None


NULL_RULES = (
    shape_rule(lambda labels, trials, seed: labels.shape, "There is one label per row.", NULL),
    finite_rule(NULL),
    Rule("unchanged", "Labels have moved.", _still,
         "Within a trial all labels are equal: exchanging those changes nothing.", NULL),
    Rule("trials torn apart", "A trial keeps one label.", _mixed,
         "Windows were shuffled one by one. Windows of a trial are alike, so they must keep a"
         " common label; whole trials exchange theirs.", NULL),
    Rule("drawn anew", "There are as many trials of each label as before.", _drawn_anew,
         "Labels were drawn anew. Exchange those that there are, else the classes change too.",
         NULL),
    Rule("fixed order", "Chance decides.", _reversed, "Let the seed decide who gets which.", NULL),
)  # fmt: skip


_ALIKE = 0.85, 1.15
"""Two intervals from a few thousand draws differ by less than this."""


def _percentiles(values: np.ndarray) -> np.ndarray:
    ends: np.ndarray = np.percentile(values, [2.5, 97.5])
    return ends


def _of_rows(first: np.ndarray, second: np.ndarray, people: np.ndarray) -> np.ndarray:
    apart = second.astype(float) - first
    draws = np.random.default_rng(1).integers(len(apart), size=(2000, len(apart)))
    return _percentiles(apart[draws].mean(axis=1))


def _unpaired(first: np.ndarray, second: np.ndarray, people: np.ndarray) -> np.ndarray:
    rng, names = np.random.default_rng(1), np.unique(people)
    draws = []
    for one in (first, second):
        each = np.array([one[people == who].mean() for who in names])
        draws.append(each[rng.integers(len(each), size=(2000, len(each)))].mean(axis=1))
    return _percentiles(draws[1] - draws[0])


def _width(ends: np.ndarray) -> float:
    return float(ends[1] - ends[0])


def _in_order(trial: Trial) -> str | None:
    low, high = np.asarray(trial.result, dtype=float)
    return f"Your ends are {low:.3f} and {high:.3f}." if low >= high else None


def _beside(trial: Trial) -> str | None:
    low, high = np.asarray(trial.result, dtype=float)
    first, second, _ = trial.given
    apart = float(second.mean() - first.mean())
    met = f"{low:+.3f} to {high:+.3f}, where the difference is {apart:+.3f}."
    return None if low < apart < high else met


def _upside_down(trial: Trial) -> str | None:
    found, right = np.asarray(trial.result, dtype=float), paired_interval(*trial.given)
    off, flipped = (np.abs(one - right).max() for one in (found, -found[::-1]))
    clear = abs(right.sum()) / 2 > 0.15 * _width(right)  # around 0 both ways look alike
    near = clear and flipped < min(off, 0.1 * _width(right))
    return "Your interval is that of first minus second." if near else None


def _times_as_wide(trial: Trial) -> float:
    """Return how many times as wide as the right interval an answer is."""
    return _width(np.asarray(trial.result, dtype=float)) / _width(paired_interval(*trial.given))


def _close_to(trial: Trial, wrong: np.ndarray) -> bool:
    """Tell whether a width is not the right one, and near a wrong one."""
    other = _width(wrong) / _width(paired_interval(*trial.given))
    ratio = _times_as_wide(trial)
    return not _ALIKE[0] < ratio < _ALIKE[1] and abs(ratio - other) < 0.2 * other


def _resampled_rows(trial: Trial) -> str | None:
    close = _close_to(trial, _of_rows(*trial.given))
    return f"It is {_times_as_wide(trial):.2f} times as wide as one over people." if close else None


def _resampled_apart(trial: Trial) -> str | None:
    close = _close_to(trial, _unpaired(*trial.given))
    return f"It is {_times_as_wide(trial):.2f} times as wide as a paired one." if close else None


def _other_width(trial: Trial) -> str | None:
    ratio = _times_as_wide(trial)
    return (
        None if _ALIKE[0] < ratio < _ALIKE[1] else f"It is {ratio:.2f} times as wide as expected."
    )


PAIRED_RULES = (
    shape_rule(lambda first, second, people: (2,), "There are two ends.", PAIRED),
    finite_rule(PAIRED),
    Rule("order of ends", "The lower end comes first.", _in_order, "Which end is lower?", PAIRED),
    Rule("first minus second", "It is of second minus first.", _upside_down,
         "A gain is the new method minus the old one.", PAIRED),
    Rule("beside the difference", "It holds the difference itself.", _beside,
         "An interval of a difference should hold it. Which numbers did you take percentiles of?",
         PAIRED),
    Rule("rows, not people", "People are drawn, each with all their rows.", _resampled_rows,
         "Rows were drawn singly, as if 40 rows of one person were 40 people.", PAIRED),
    Rule("not paired", "Both methods meet the same people in each draw.", _resampled_apart,
         "Each method got people of its own. Who is easy for one is easy for the other: draw"
         " people once, and take the difference on them.", PAIRED),
    Rule("other width", "It is as wide as 95 % need.", _other_width,
         "Are the ends at 2.5 and 97.5 per cent, and are enough draws made?", PAIRED),
)  # fmt: skip


def _a_sentence(trial: Trial) -> str | None:
    found, n_sentences = trial.result, len(trial.given[0].sentences)
    whole = isinstance(found, int | np.integer) and not isinstance(found, bool)
    return None if whole and 1 <= found <= n_sentences else f"You wrote {found!r}."


def _is_sound(trial: Trial) -> str | None:
    why = trial.given[0].reasons.get(int(trial.result))
    return f"Sentence {trial.result} is sound. {why}" if why else None


READ_RULES = (
    Rule("not a sentence", "", _a_sentence, "Write the number of one sentence.", READ),
    Rule("a sound sentence", "What this sentence does could not be done without test data.",
         _is_sound, "Ask of each: did anything of the test people decide something before them?",
         READ),
)  # fmt: skip
