"""How answers of notebook 04 are judged: its two functions, and the rules of each exercise."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from jmml_edu.course.lessons.rules import (
    finite_rule,
    mistake_rule,
    number_rules,
    numbers_of,
    shape_rule,
)  # fmt: skip
from jmml_edu.course.nouns import Rule, Trial

View = Float[np.ndarray, "pair _"]

HAND, WHITE, AGREE = "Six numbers by hand", "A round cloud", "Where two round clouds agree"
NOISE, OWN = "One, from nothing", "Your own data"


def whiten(x: View) -> View:
    """Return the cloud turned to its own axes, each scaled to variance 1."""
    centred = x - x.mean(axis=0)
    covariance = centred.T @ centred / (len(x) - 1)
    variances, axes = np.linalg.eigh(covariance)
    return centred @ axes / np.sqrt(variances)


def canonical_correlations(eeg: View, speech: View) -> Float[np.ndarray, " component"]:
    """Return the correlations of two views, the largest first."""
    agreement = whiten(eeg).T @ whiten(speech) / (len(eeg) - 1)
    return np.linalg.svd(agreement, compute_uv=False)


def _whitened_wrongly(x: View, mean: Any, power: float) -> View:
    """Return what whitening gives with another mean, or another power of the variances."""
    centred = x - mean
    variances, axes = np.linalg.eigh(centred.T @ centred / (len(x) - 1))
    return centred @ axes * variances**power


def _means(trial: Trial) -> str | None:
    largest = float(np.abs(np.asarray(trial.result).mean(axis=0)).max())
    return f"A column of your result has mean {largest:.3g}." if largest > 1e-6 else None


def _variances(trial: Trial) -> str | None:
    found = np.var(np.asarray(trial.result), axis=0, ddof=1)
    if np.abs(found - 1).max() < 1e-6:
        return None
    return f"The variances of your columns lie between {found.min():.4g} and {found.max():.4g}."


def _divided_by_n(trial: Trial) -> str | None:
    found, n = np.var(np.asarray(trial.result), axis=0, ddof=1), len(trial.given[0])
    slips = [n / (n - 1), (n - 1) / n]
    met = any(np.abs(found - slip).max() < 1e-6 for slip in slips)
    return f"All your variances are {found[0]:.4f}: nearly 1, but not quite." if met else None


def _uncorrelated(trial: Trial) -> str | None:
    largest = np.abs(np.triu(np.corrcoef(np.asarray(trial.result).T), 1)).max()
    return f"Two columns of your result correlate with {largest:.2f}." if largest > 1e-6 else None


WHITEN_RULES = (
    shape_rule(lambda x: x.shape, "The shape stays.", WHITE),
    finite_rule(WHITE),
    mistake_rule(
        "one mean for all columns", lambda x: _whitened_wrongly(x, x.mean(), -0.5),
        "One mean was taken of the whole array. Each column has a mean of its own: which axis do"
        " you average over?", WHITE,
    ),
    mistake_rule(
        "not centred", lambda x: _whitened_wrongly(x, 0 * x[0], -0.5),
        "The cloud was not moved to the origin first, so its mean counts as spread.", WHITE,
    ),
    Rule("mean not 0", "Every column has mean 0.", _means,
         "Where is the middle of your cloud?", WHITE),
    mistake_rule(
        "divided by the variance", lambda x: _whitened_wrongly(x, x.mean(axis=0), -1.0),
        "The columns were divided by their variances. A variance is in squared units; what is the"
        " length of a cloud along one axis?", WHITE,
    ),
    Rule("n for n - 1", "", _divided_by_n,
         "The covariance divides by `len(x) - 1`, your scaling by `len(x)`, or the other way"
         " round.", WHITE),
    Rule("variance not 1", "Every column has variance 1.", _variances,
         "Which number has to divide each column so that its variance becomes 1?", WHITE),
    Rule("columns still correlated", "No two columns correlate.", _uncorrelated,
         "Each column has variance 1, but the cloud is still slanted: scaling does not turn it."
         " Turn it to its own axes first.", WHITE),
)  # fmt: skip


def _scaled(x: View) -> View:
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def _raw_values(eeg: View, speech: View) -> Float[np.ndarray, " component"]:
    both = (eeg - eeg.mean(axis=0)).T @ (speech - speech.mean(axis=0)) / (len(eeg) - 1)
    return np.linalg.svd(both, compute_uv=False)


def _too_large(trial: Trial) -> str | None:
    largest = float(np.max(trial.result))
    return f"Your largest is {largest:.4g}." if largest > 1 + 1e-6 else None


def _in_order(trial: Trial) -> str | None:
    found = np.asarray(trial.result, dtype=float)
    right = np.allclose(np.sort(found), np.sort(canonical_correlations(*trial.given)))
    return (
        "The numbers are right, their order is not."
        if right and (np.diff(found) > 1e-9).any()
        else None
    )


def _same_numbers(trial: Trial) -> str | None:
    apart = float(np.abs(trial.result - canonical_correlations(*trial.given)).max())
    return f"A number is off by {apart:.2g}." if apart > 1e-6 else None


CORRELATION_RULES = (
    shape_rule(
        lambda eeg, speech: (min(eeg.shape[1], speech.shape[1]),),
        "There are as many numbers as the smaller view has columns.", AGREE,
    ),
    finite_rule(AGREE),
    mistake_rule(
        "covariances", _raw_values,
        "These are covariances of the clouds as they came: loud directions win. Make both clouds"
        " round first.", AGREE,
    ),
    mistake_rule(
        "columns scaled only", lambda e, s: _raw_values(_scaled(e), _scaled(s)),
        "Each column was scaled, but neither cloud is round: columns that tell the same story are"
        " counted twice.", AGREE,
    ),
    mistake_rule(
        "squares", lambda e, s: canonical_correlations(e, s) ** 2,
        "These are the squares. Did you take eigenvalues of `T.T @ T`?", AGREE,
    ),
    Rule("larger than 1", "No number is larger than 1.", _too_large,
         "No correlation is larger than 1. Is a sum over pairs still waiting to become a mean?",
         AGREE),
    Rule("order", "The largest comes first.", _in_order,
         "Put the strongest agreement first.", AGREE),
    Rule("other numbers", "They equal those of another route, without any whitening.",
         _same_numbers,
         "Try it on the two clouds above, where you have seen every step.", AGREE),
)  # fmt: skip


def _three_counts(trial: Trial) -> str | None:
    found = numbers_of(trial.result)
    good = found is not None and found.shape == (3,) and (found == np.floor(found)).all()
    return None if good and (np.asarray(found) >= 1).all() else f"You wrote {trial.result!r}."


def _few_pairs(trial: Trial) -> str | None:
    n = int(trial.result[0])
    return None if 40 <= n <= 400 else f"You wrote {n} pairs."


def _one_view_enough(trial: Trial) -> str | None:
    n, *dims = (int(one) for one in trial.result)
    return f"{max(dims)} columns on {n} pairs." if max(dims) >= n - 1 else None


def _not_fooled(trial: Trial) -> str | None:
    n, p, q = (int(one) for one in trial.result)
    rng = np.random.default_rng(trial.given[0])
    first = canonical_correlations(rng.normal(size=(n, p)), rng.normal(size=(n, q)))[0]
    return f"Fresh noise of this size reached {first:.3f}, not 1." if first < 0.9999 else None


def _wasteful(trial: Trial) -> str | None:
    n, p, q = (int(one) for one in trial.result)
    return f"You used {p} + {q} columns on {n} pairs." if p + q > n else None


FOOL_RULES = (
    Rule("three whole numbers", "", _three_counts,
         "Write how many pairs, EEG columns and speech columns: `(40, 3, 5)`.", NOISE),
    Rule("number of pairs", "Between 40 and 400 pairs.", _few_pairs,
         "Take between 40 and 400 pairs.", NOISE),
    Rule("one view is enough", "Each view alone has fewer columns than pairs less one.",
         _one_view_enough,
         "With as many columns as that, one view alone can tell any story. Do it with fewer"
         " columns in each.", NOISE),
    Rule("noise not fooled", "Fresh noise of this size gives a first correlation of 1.",
         _not_fooled, "Move the sliders: what makes the first hollow point rise to the top?",
         NOISE),
    Rule("more than needed", "No column could be left out.", _wasteful,
         "Noise is fooled, and with fewer columns too. How few?", NOISE),
)  # fmt: skip


def _a_count(trial: Trial) -> str | None:
    found = trial.result
    good = isinstance(found, int | np.integer) and not isinstance(found, bool)
    return None if good else f"You wrote {found!r}."


def _all_of_them(trial: Trial) -> str | None:
    return f"You wrote {trial.result}, one for every EEG column." if trial.result >= 8 else None


def _too_many(trial: Trial) -> str | None:
    return f"You wrote {trial.result}." if trial.result > trial.given[0] else None


def _too_few(trial: Trial) -> str | None:
    return f"You wrote {trial.result}." if trial.result < trial.given[0] else None


OWN_RULES = (
    Rule("not a count", "", _a_count, "Pass one whole number: how many are shared?", OWN),
    Rule("all of them", "", _all_of_them,
         "Every training correlation is above 0, also that of noise. Which of them come back on"
         " pairs that were not used?", OWN),
    Rule("too many", "Each of them comes back on new pairs.", _too_many,
         "At least one of these is near 0 on the other half. Draw training and held-out values"
         " side by side.", OWN),
    Rule("too few", "None is left out.", _too_few,
         "At least one more is clearly above 0 on the other half.", OWN),
)  # fmt: skip

HAND_RULES = number_rules(
    "04.hand",
    "f26f2345e28b49d33ea4",
    {
        "2d01154379441542a731": (
            "not divided", "That is the sum of products. How long are the two triples?"),
        "8ed890ed3ff4d2c90851": (
            "covariance", "That is the covariance: it still has the units of the numbers."),
        "a5ccab68007e917a2af1": (
            "covariance", "That is the covariance: it still has the units of the numbers."),
        "ff5e2e0717636bc3a028": (
            "not centred", "The means are still in the triples; take them away first."),
        "f65622b3f31aa1dee28e": (
            "squared", "That is the square of it. Did a root get lost?"),
    },
    HAND,
)  # fmt: skip
