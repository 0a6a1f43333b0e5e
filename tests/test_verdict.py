"""The verdict: sentences that the intervals made, and no others."""

from __future__ import annotations

from dataclasses import replace

import made_up
import pytest

from jmml_edu.report import verdict
from jmml_edu.results import Comparison, Interval


def simulated(comparison: Comparison, yes: bool) -> Comparison:
    """The same comparison from simulated or recorded data."""
    provenance = replace(comparison.plan.provenance, simulated=yes)
    return replace(comparison, plan=replace(comparison.plan, provenance=provenance))


def test_a_clear_gain_is_stated_with_its_numbers() -> None:
    assert verdict(simulated(made_up.clear_gain(), False)) == (
        "With 10 labels per class, EEG at training raised speech-only recognition of new people"
        " from 48.4 % to 56.6 % (+8.2 points, 95 % interval +5.4 to +11.0), against the best"
        " method that never saw EEG."
    )


def test_a_loss_is_stated_as_plainly_as_a_gain() -> None:
    said = verdict(made_up.harm())
    assert (
        "EEG at training lowered speech-only recognition of new people from 63.4 % to 57.1 %"
        in said
    )
    assert "(-6.3 points, 95 % interval -8.3 to -4.3)" in said


@pytest.mark.parametrize(("low", "high"), [(-0.01, 0.05), (0.0, 0.05), (-0.05, 0.0)])
def test_an_interval_that_holds_zero_is_no_evidence(low: float, high: float) -> None:
    said = verdict(made_up.with_gain(made_up.harm(), 0.02, low, high))
    assert "there is no evidence that EEG at training helps" in said
    assert "raised" not in said
    assert "lowered" not in said


def test_without_an_interval_nothing_is_claimed() -> None:
    said = verdict(made_up.three_speakers())
    assert "Three people are too few for an interval; the values of each one stand below." in said
    assert not any(word in said for word in ("raised", "lowered", "evidence"))


def test_class_pairs_are_called_a_negative_control_and_a_gain_is_laid_to_the_labels() -> None:
    pairs = made_up.three_speakers()
    assert verdict(pairs).startswith(
        "A negative control (EEG and speech come from different people"
    )
    assert "all labels" in verdict(pairs)
    same = replace(pairs, plan=replace(pairs.plan, strangers=False))
    assert verdict(same).startswith("A negative control (joined by class only), with all labels")
    assert "The labels that joined the pairs can do that alone" in verdict(
        made_up.with_gain(pairs, 0.1, 0.05, 0.15)
    )
    assert "alone" not in verdict(made_up.with_gain(pairs, 0.1, -0.05, 0.25))


def test_a_difference_without_interval_is_held_against_the_one_of_shuffled_eeg() -> None:
    three = made_up.three_speakers()
    gain = three.gains["gain"]
    for size, needs_none in ((1.5, True), (0.6, True), (0.4, False), (-1.5, True)):
        shuffled = replace(three.gains["gain_shuffled"], value=size * gain.value)
        said = verdict(replace(three, gains={**three.gains, "gain_shuffled": shuffled}))
        assert ("it needs no EEG that belongs to the utterance" in said) is needs_none


def test_simulated_data_open_the_verdict() -> None:
    assert verdict(simulated(made_up.harm(), True)).startswith("In simulated data, with 10 labels")
    assert "simulated" not in verdict(simulated(made_up.harm(), False))


def test_a_gain_that_shuffled_eeg_shows_too_is_doubted() -> None:
    clear = made_up.clear_gain()
    shuffled = Interval(0.07, 0.04, 0.10, {}, ())
    doubted = replace(clear, gains={**clear.gains, "gain_shuffled": shuffled})
    assert "But EEG shuffled within each person gained too (+7.0 points" in verdict(doubted)
    assert "But" not in verdict(clear)


def test_a_tiny_end_of_an_interval_keeps_its_sign() -> None:
    said = verdict(made_up.with_gain(made_up.harm(), 0.08, 0.0002, 0.11))
    assert "95 % interval +0.02 to +11.0" in said
