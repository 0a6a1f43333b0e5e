"""A comparison as plain data for ``results.json``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jmml_edu.results import Comparison, Interval, Plan


def results_json(comparison: Comparison) -> dict[str, Any]:
    """Return the content of ``results.json``: dictionaries, lists, strings and numbers only.

    Scores are fractions with six significant digits, so that rounding never changes a sign. An
    end of an interval that does not exist, and any number that is not finite, is None.

    Parameters
    ----------
    comparison
        What a run found.

    Returns
    -------
    results
        ``methods`` (``uar``, ``low``, ``high``), each difference (``mean``, ``low``, ``high``) and
        ``run`` as the command line documents them; besides these ``macro_f1``, ``confusion``,
        ``by_subject``, ``by_seed``, ``choices``, ``differences``, ``noise_floor``,
        ``correlations``, ``classes``, ``chance``, ``pairing``, ``provenance`` and ``notes``.
    """
    plan, scores = comparison.plan, {**comparison.methods, **comparison.gains}
    content = {
        "methods": {name: _ends("uar", score) for name, score in comparison.methods.items()},
        **{name: _ends("mean", gain) for name, gain in comparison.gains.items()},
        "run": {**_counts(plan), **comparison.run},
        "macro_f1": comparison.macro_f1,
        "confusion": comparison.confusions,
        "by_subject": {name: score.by_subject for name, score in scores.items()},
        "by_seed": {name: score.by_seed for name, score in scores.items()},
        "choices": comparison.choices,
        "differences": {
            name: {
                **_ends("ahead", one.ahead),
                "p": one.p,
                "p_adjusted": one.p_adjusted,
                "reading": one.reading,
            }
            for name, one in comparison.differences.items()
        },
        "noise_floor": comparison.noise_floor,
        "correlations": {
            "train": comparison.latent.train_correlations,
            "held_out": comparison.latent.held_out_correlations,
        },
        "classes": comparison.classes,
        "chance": comparison.chance,
        "pairing": plan.kind,
        "provenance": {
            "source": plan.provenance.source,
            "simulated": plan.provenance.simulated,
            "steps": plan.provenance.steps,
        },
        "notes": plan.notes,
    }
    return {name: _plain(value) for name, value in content.items()}


def _ends(centre: str, interval: Interval) -> dict[str, float | None]:
    """Return an interval under the names of the documented file."""
    return {centre: interval.value, "low": interval.low, "high": interval.high}


def _counts(plan: Plan) -> dict[str, object]:
    """Return what the plan knows about the run."""
    return {
        "seeds": plan.seeds,
        "folds": plan.n_folds,
        "step1": plan.step1,
        "step2": plan.step2,
        "counts": {
            "people": plan.n_people,
            "trials": plan.n_trials,
            "pairs": plan.n_pairs,
            "labels_per_class": plan.n_labelled_per_class,
            "classes": plan.class_counts,
        },
    }


def _plain(value: object) -> object:
    """Return the value as JSON knows it: arrays as lists, NaN as None, the unknown as words."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | set):
        return [_plain(item) for item in value]
    return str(value)
