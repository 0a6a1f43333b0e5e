"""The answer in a sentence, read off the intervals and nothing else."""

from __future__ import annotations

from jmml_edu.results import Comparison, Interval, Plan

_SMALL = ("no", "one", "two", "three", "four", "five")


def verdict(comparison: Comparison) -> str:
    """Return what the run says about EEG at training, in one or two sentences.

    The interval of ``gain`` decides: wholly above 0, wholly below, or around 0. Without an
    interval nothing is claimed. Pairs joined by class are a negative control and are said to be
    one. If EEG shuffled within people gains too, or without an interval differs by half as much,
    the pairing is not what helped.

    Parameters
    ----------
    comparison
        What a run found.

    Returns
    -------
    verdict
        Plain text.
    """
    plan, gain = comparison.plan, comparison.gains["gain"]
    sentence = f"{_opening(plan)}{_claim(comparison)}"
    sentences = [sentence[0].upper() + sentence[1:]]
    if plan.kind == "class" and gain.low is not None and gain.low > 0:
        sentences.append(
            "The labels that joined the pairs can do that alone: it is no sign of EEG."
        )
    shuffled = comparison.gains["gain_shuffled"]
    if shuffled.low is not None and shuffled.low > 0:
        sentences.append(
            f"But EEG shuffled within each person gained too ({points(shuffled)}), so what helped"
            " is not that EEG and speech belong together."
        )
    if gain.low is None and abs(shuffled.value) >= abs(gain.value) / 2:
        sentences.append(
            f"With EEG shuffled within each person the difference is {points(shuffled)}: what there"
            " is of it needs no EEG that belongs to the utterance."
        )
    return " ".join(sentences)


def percent(fraction: float) -> str:
    """Return a fraction in per cent.

    >>> percent(0.4837)
    '48.4 %'
    """
    return f"{100 * fraction:.1f} %"


def points(gain: Interval) -> str:
    """Return a difference with its interval in points; no end is rounded over to zero.

    >>> points(Interval(0.08, 0.0002, 0.11, {}, ()))
    '+8.0 points, 95 % interval +0.02 to +11.0'
    """
    if gain.low is None or gain.high is None:
        return f"{_signed(gain.value)} points, no interval"
    return (
        f"{_signed(gain.value)} points, 95 % interval {_signed(gain.low)} to {_signed(gain.high)}"
    )


def labels(plan: Plan) -> str:
    """Return how many labels were used, in words that fit after 'with'."""
    if plan.n_labelled_per_class is None:
        return "all labels"
    return f"{plan.n_labelled_per_class} label{'s' * (plan.n_labelled_per_class != 1)} per class"


def counted(n: int, one: str, many: str) -> str:
    """Return a number with its noun, small numbers in words.

    >>> counted(3, "person", "people"), counted(24, "person", "people")
    ('three people', '24 people')
    """
    return f"{_SMALL[n] if n < len(_SMALL) else n} {one if n == 1 else many}"


def _signed(fraction: float) -> str:
    """Return points with a sign, with as many digits as it takes to be seen."""
    value = 100 * fraction
    if value == 0:
        return "0.0"
    return f"{value:+.1f}" if abs(value) >= 0.05 else f"{value:+.1g}"


def _opening(plan: Plan) -> str:
    """Return the circumstances a reader must know before the claim."""
    world = "in simulated data, " if plan.provenance.simulated else ""
    if plan.kind == "class":
        who = "EEG and speech come from different people, " if plan.strangers else ""
        return f"{world}a negative control ({who}joined by class only), with {labels(plan)}: "
    return f"{world}with {labels(plan)}, "


def _claim(comparison: Comparison) -> str:
    """Return the claim that the interval of the gain allows."""
    gain = comparison.gains["gain"]
    trained, free = (
        percent(comparison.methods[name].value) for name in ("eeg_trained", "eeg_free")
    )
    change = f"speech-only recognition of new people from {free} to {trained} ({points(gain)})"
    level = (
        f"speech-only recognition of new people was {trained} with EEG at training and {free} with"
        f" the best method that never saw EEG ({points(gain)})."
    )
    if gain.low is None or gain.high is None:
        people = counted(comparison.plan.n_people, "person is", "people are").capitalize()
        return f"{level} {people} too few for an interval; the values of each one stand below."
    if gain.low > 0:
        return f"EEG at training raised {change}, against the best method that never saw EEG."
    if gain.high < 0:
        return f"EEG at training lowered {change}, against the best method that never saw EEG."
    return f"there is no evidence that EEG at training helps: {level}"
