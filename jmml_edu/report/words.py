"""What the page says about its figures, and what it warns of: sentences made from the numbers."""

from __future__ import annotations

import numpy as np

from jmml_edu.data import Modality
from jmml_edu.evaluation import FEWEST_SUBJECTS
from jmml_edu.plots import GAIN_NAMES, METHOD_NAMES, reading
from jmml_edu.report.verdict import percent, points
from jmml_edu.results import ALPHA, TIERS, Comparison, Interval

_ALWAYS = (
    "Labels are ratings or acted intentions, not inner states: to recognise the label is not to"
    " know what somebody feels.",
    "The method keeps whatever EEG and speech share, and that may be the person or the muscles"
    " that speak. A high correlation is no proof of emotion; only the score on new people counts.",
    "Intervals cover the choice of people, those who are tested and those who teach. They do not"
    " cover another language, laboratory, recorder or way of labelling.",
    "No evidence of a gain is not evidence of no gain: look how wide the interval is.",
    "The pictures of the shared space show one fold of one seed; direction and sign of"
    " a component mean nothing.",
)


def score_with_interval(score: Interval) -> str:
    """Return a score and its interval in per cent.

    >>> score_with_interval(Interval(0.5, 0.4, 0.6, {}, ()))
    '50.0 % (95 % interval 40.0 to 60.0)'
    """
    if score.low is None or score.high is None:
        return f"{percent(score.value)} (no interval)"
    return f"{percent(score.value)} (95 % interval {100 * score.low:.1f} to {100 * score.high:.1f})"


def gain_name(name: str) -> str:
    """Return the name of a difference on one line."""
    return GAIN_NAMES[name].replace("\n", " ")


def alt_scores(comparison: Comparison) -> str:
    """Say in words what the forest plot of scores shows."""
    rows = "; ".join(
        f"{METHOD_NAMES[name]} {score_with_interval(score)}"
        for name, score in comparison.methods.items()
        if name in TIERS["road"]
    )
    return f"Forest plot of unweighted average recall. {rows}. Chance {percent(comparison.chance)}."


def alt_gains(comparison: Comparison) -> str:
    """Say in words what the forest plot of differences shows."""
    rows = "; ".join(
        f"{gain_name(name)} {points(gain)}, {reading(name, gain, comparison.plan.kind)}"
        for name, gain in comparison.gains.items()
    )
    return f"Forest plot of differences around a line at zero. {rows}."


def alt_latent(comparison: Comparison, modality: Modality) -> str:
    """Say in words what the scatter of one modality's codes shows."""
    codes = comparison.latent
    there = np.isfinite(codes.eeg if modality == "eeg" else codes.speech).all(axis=1)
    new, known = int((there & codes.held_out).sum()), int((there & ~codes.held_out).sum())
    name = {"eeg": "EEG", "speech": "speech"}[modality]
    return (
        f"Scatter plot of {name} codes on the first components of the shared space: {new} codes of"
        f" new people, filled, and {known} of training people, hollow; classes"
        f" {', '.join(comparison.classes)}."
    )


def alt_correlations(comparison: Comparison) -> str:
    """Say in words what the plot of correlations shows."""
    codes = comparison.latent
    rows = "; ".join(
        f"component {number}: {_correlation(train)} and {_correlation(new)}"
        for number, (train, new) in enumerate(
            zip(codes.train_correlations, codes.held_out_correlations, strict=True), start=1
        )
    )
    return f"Correlations of EEG and speech codes, training people and new people. {rows}."


def alt_confusion(comparison: Comparison, method: str) -> str:
    """Say in words what a confusion matrix shows: how much of each class is recognised."""
    recalls = _shares(comparison, method).diagonal()
    rows = ", ".join(
        f"{percent(recall)} of {name}"
        for name, recall in zip(comparison.classes, recalls, strict=True)
    )
    return f"Confusion matrix of {METHOD_NAMES[method]}. Recognised: {rows}."


def caption_correlations(comparison: Comparison) -> str:
    """Say how much of the first correlation survives on new people."""
    codes = comparison.latent
    train, new = codes.train_correlations[0], codes.held_out_correlations[0]
    by_class = " New people's pairs were joined by their true class, which only these figures use."
    return (
        f"The first component correlates {_correlation(train)} in the people it was learned"
        f" from and {_correlation(new)} in new ones. What lies between hollow and filled was fitted"
        " to the training people alone."
    ) + by_class * (comparison.plan.kind == "class")


def caption_confusion(comparison: Comparison, method: str = "eeg_trained") -> str:
    """Name the error that the method makes most often."""
    errors = _shares(comparison, method)
    np.fill_diagonal(errors, 0)
    true, heard = np.unravel_index(int(errors.argmax()), errors.shape)
    return (
        f"Each row is a true class and sums to 100 %. With EEG at training the commonest error is"
        f" {comparison.classes[true]} heard as {comparison.classes[heard]}:"
        f" {percent(float(errors[true, heard]))} of its utterances."
    )


def alt_comparison(comparison: Comparison) -> str:
    """Say in words what the forest plot of everybody shows."""
    readings = {name: f", {one.reading}" for name, one in comparison.differences.items()}
    rows = "; ".join(
        f"{METHOD_NAMES[name]} {percent(score.value)}{readings.get(name, '')}"
        for name, score in comparison.methods.items()
    )
    return f"Forest plot of the recall of {len(comparison.methods)} methods, tier by tier. {rows}."


def caption_comparison(comparison: Comparison) -> str:
    """Say how the rows beside EEG at training are to be read."""
    floor = comparison.noise_floor
    band = (
        f" The shaded band, {100 * floor:.1f} points to either side of EEG at training, is what the"
        " same method differs by when networks and inner folds are drawn anew: less is noise."
        if floor is not None
        else ""
    )
    return (
        "Each row: recall and 95 % interval, and how many points EEG at training is ahead."
        f"{band} A difference is called one if p is at most {ALPHA:g} after Holm's correction for"
        f" {len(comparison.differences)} comparisons; p comes from exchanging the two methods'"
        " results of whole people."
    )


def limits(comparison: Comparison) -> list[str]:
    """Return what the run does not show, one sentence each."""
    centred = any("centred" in way for ways in comparison.choices.values() for way in ways)
    sometimes = (
        (
            comparison.plan.provenance.simulated,
            "The data are simulated: they show how the method behaves in a world whose rules are"
            " known, and prove nothing about people.",
        ),
        (
            comparison.plan.kind == "class",
            "EEG and speech of one moment were not put together here, so nothing can be said about"
            " what a brain does while its owner speaks.",
        ),
        (
            comparison.gains["gain"].low is None,
            f"With fewer than {FEWEST_SUBJECTS} people no interval is given, so no difference here"
            " is established.",
        ),
        (
            len(comparison.plan.seeds) == 1,
            "Labels and folds were drawn once. Another draw can move a difference by several"
            " points, which the intervals do not cover: with --seeds 5 they do.",
        ),
        (
            not comparison.differences,
            "Other members of the family, other ways to use EEG, and what labels alone would do"
            " were not compared: with --tiers all they are.",
        ),
        (
            "oracle" not in comparison.methods and bool(comparison.differences),
            "How much could be gained at most is not known: nobody knows the truth behind the"
            " signals.",
        ),
        (
            centred,
            "Where speakers were centred, all utterances of a new person were taken together,"
            " without labels. A single utterance of a stranger is harder to judge.",
        ),
    )
    return [*(sentence for applies, sentence in sometimes if applies), *_ALWAYS]


def _correlation(value: float) -> str:
    """Return a correlation with two digits, or that there is none."""
    return f"{value:.2f}" if np.isfinite(value) else "unknown"


def _shares(comparison: Comparison, method: str) -> np.ndarray:
    """Return a confusion matrix as shares of each true class."""
    counts = comparison.confusions[method]
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
