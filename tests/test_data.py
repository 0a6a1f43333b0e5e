"""The nouns: what they refuse, how rows are taken, where they come from; and the checks."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from sentences import explained

from jmml_edu._checks import (
    check_at_least,
    check_finite_signal,
    check_matrix,
    check_one_of,
    check_same_rows,
)
from jmml_edu.data import Features, Modality, Pairs, Provenance, Recording, Split, Windows

RECORDED = Provenance("a corpus", simulated=False)
SIMULATED = Provenance("a program", simulated=True)


def features(modality: Modality = "speech", *, rows: int = 3) -> Features:
    """Rows counted from 0, one subject each, the last one unlabelled."""
    return Features(
        values=np.arange(2.0 * rows).reshape(rows, 2),
        names=("a", "b"),
        modality=modality,
        subjects=np.array([f"s{row}" for row in range(rows)]),
        labels=np.array(["sad", "calm", ""] if rows == 3 else ["sad"] * rows),
        trials=np.array([f"t{row}" for row in range(rows)]),
        provenance=RECORDED if modality == "speech" else SIMULATED,
    )


def recording(signal: np.ndarray | None = None) -> Recording:
    """One second of two EEG channels at 4 Hz."""
    signal = np.zeros((2, 4)) if signal is None else signal
    return Recording(signal, 4.0, ("Cz", "Pz"), "eeg", "s0", RECORDED)


def test_a_recording_knows_its_unit_and_length() -> None:
    eeg = recording(np.zeros((2, 6)))
    assert (eeg.unit, eeg.duration_s) == ("uV", 1.5)
    assert replace(eeg, modality="speech").unit == "1"


def test_another_signal_leaves_the_recording_as_it_was_and_is_on_record() -> None:
    eeg = recording()
    halved = eeg.with_signal(np.ones((1, 2)), "halved", sample_rate_hz=2.0, channels=("Cz",))
    assert (halved.provenance.steps, halved.duration_s, halved.channels) == (
        ("halved",),
        1.0,
        ("Cz",),
    )
    assert (eeg.provenance.steps, eeg.sample_rate_hz, eeg.channels) == ((), 4.0, ("Cz", "Pz"))
    kept = eeg.with_signal(np.ones((2, 4)), "filled")
    assert (kept.sample_rate_hz, kept.channels, kept.subject) == (4.0, ("Cz", "Pz"), "s0")


def test_nobody_can_write_into_a_noun() -> None:
    eeg, row = recording(), features()
    for array in (eeg.signal, row.values, row.labels, row.subjects):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[-1]
    with pytest.raises(FrozenInstanceError):
        row.names = ()  # type: ignore[misc]


@pytest.mark.parametrize("signal", [np.zeros(4), np.zeros((4, 2))])
def test_a_signal_that_is_not_channel_by_time_is_explained(signal: np.ndarray) -> None:
    with explained(
        "Recording: signal must have shape (channel, time), one row per channel name; got"
        f" {signal.shape} for 2 names. Put channels first and name each of them."
    ):
        recording(signal)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_sample_rate_that_is_not_positive_is_explained(rate: float) -> None:
    with explained(
        f"Recording: sample_rate_hz must be positive; got {rate}."
        " Give the samples per second of the file."
    ):
        replace(recording(), sample_rate_hz=rate)


def test_an_unknown_modality_is_explained() -> None:
    with explained(
        "Recording: modality must be one of eeg, speech; got 'video'. Pick one of these."
    ):
        replace(recording(), modality="video")  # type: ignore[arg-type]


def test_windows_need_one_start_each() -> None:
    with explained(
        "Windows: paired arguments must have the same number of rows; got"
        " {'signal': 3, 'start_s': 2}. Build them from the same Pairs."
    ):
        Windows(np.zeros((3, 2, 2)), np.zeros(2), recording())


def test_whatever_is_made_from_something_simulated_is_stamped() -> None:
    both = RECORDED.then("cut").joined_with(SIMULATED.then("cut").then("filtered"))
    assert (both.simulated, both.stamp) == (True, "SIMULATED")
    assert both.source == "a corpus + a program"
    assert both.steps == ("cut", "filtered")
    assert SIMULATED.joined_with(RECORDED).simulated
    assert RECORDED.joined_with(RECORDED) == RECORDED
    assert RECORDED.stamp == ""


def test_features_count_their_classes_without_the_unlabelled() -> None:
    assert features().classes == ("calm", "sad")
    assert len(features()) == 3
    assert features().stimuli.tolist() == ["", "", ""]


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_rows_are_taken_with_everything_that_belongs_to_them(rows: np.ndarray) -> None:
    stimuli = np.array(["x", "y", "z"])
    taken = replace(features(), stimuli=stimuli).take(rows)
    order = np.arange(3)[rows]
    assert taken.values.tolist() == [[2.0 * row, 2.0 * row + 1] for row in order]
    assert taken.subjects.tolist() == [f"s{row}" for row in order]
    assert taken.trials.tolist() == [f"t{row}" for row in order]
    assert taken.labels.tolist() == [["sad", "calm", ""][row] for row in order]
    assert taken.stimuli.tolist() == stimuli[order].tolist()


def test_a_column_without_a_name_is_explained() -> None:
    with explained(
        "Features: values must have one column per name; got shape (3, 2) for 1 names."
        " Name every column once."
    ):
        replace(features(), names=("a",))


@pytest.mark.parametrize("column", ["subjects", "labels", "trials", "stimuli"])
def test_a_row_without_its_description_is_explained(column: str) -> None:
    with explained(
        "Features: paired arguments must have the same number of rows; got"
        f" {{'values': 3, '{column}': 2}}. Build them from the same Pairs."
    ):
        replace(features(), **{column: np.array(["x", "y"])})


def test_pairs_belong_to_the_speaker() -> None:
    eeg = replace(features("eeg"), subjects=np.array(["e"] * 3), labels=np.array(["glad"] * 3))
    pairs = Pairs(eeg, features(), "class", np.array([True, True, False]))
    assert pairs.subjects.tolist() == ["s0", "s1", "s2"]
    assert pairs.labels.tolist() == ["sad", "calm", ""]
    assert pairs.provenance.simulated
    assert len(pairs) == 3


def test_pairs_are_taken_together_with_who_has_eeg() -> None:
    pairs = Pairs(features("eeg"), features(), "trial", np.array([True, True, False]))
    taken = pairs.take(np.array([2, 1]))
    assert taken.has_eeg.tolist() == [False, True]
    assert taken.eeg.trials.tolist() == taken.speech.trials.tolist() == ["t2", "t1"]


def test_swapped_modalities_are_explained() -> None:
    with explained(
        "Pairs: eeg and speech must be features of those modalities, EEG first; got"
        " ('speech', 'eeg'). Swap the arguments."
    ):
        Pairs(features(), features("eeg"), "trial", np.ones(3, dtype=bool))


def test_pairs_of_unequal_length_are_explained() -> None:
    with explained(
        "Pairs: paired arguments must have the same number of rows; got"
        " {'eeg': 4, 'speech': 3, 'has_eeg': 3}. Build them from the same Pairs."
    ):
        Pairs(features("eeg", rows=4), features(), "trial", np.ones(3, dtype=bool))


def test_an_unknown_kind_of_pair_is_explained() -> None:
    with explained("Pairs: kind must be one of class, trial; got 'day'. Pick one of these."):
        Pairs(features("eeg"), features(), "day", np.ones(3, dtype=bool))  # type: ignore[arg-type]


def test_a_row_on_both_sides_of_a_split_is_explained() -> None:
    with explained(
        "Split: train and test must have no row in common; got 1 shared, among them row 2."
        " Split by group."
    ):
        Split(np.array([0, 2]), np.array([1, 2]), "subject")


def test_a_nan_is_found_where_it_stands() -> None:
    matrix = np.zeros((3, 2))
    matrix[1, 1] = np.inf
    with explained(
        "f: speech must contain finite numbers only; got 1 NaN or infinite, the first at row 1,"
        " column 1. Drop or mend those rows first."
    ):
        check_matrix("f", eeg=np.zeros((1, 1)), speech=matrix)
    signal = np.zeros((2, 8))
    signal[1, 6] = np.nan
    with explained(
        "f: signal must be finite on every channel; got 1 NaN or infinite, the first in Pz at"
        " 1.500 s. Cut that part out, or drop the channel."
    ):
        check_finite_signal("f", signal, channels=("Cz", "Pz"), sample_rate_hz=4.0)


@pytest.mark.parametrize("shape", [(3,), (0, 2), (2, 0)])
def test_a_matrix_without_rows_or_columns_is_explained(shape: tuple[int, ...]) -> None:
    with explained(
        "f: eeg must have shape (row, column) with at least one of each; got"
        f" {shape}. Pass one row per sample, one column per feature."
    ):
        check_matrix("f", eeg=np.zeros(shape))


@pytest.mark.parametrize(
    ("number", "rule"),
    [(0.4, "at least"), (float("nan"), "at least"), (float("inf"), "finite and at least")],
)
def test_a_number_below_its_minimum_is_explained(number: float, rule: str) -> None:
    with explained(f"f: ridge must be {rule} 0.5; got {number}. Choose 0.5 or more."):
        check_at_least("f", 0.5, ridge=number)


def test_the_checks_are_silent_when_all_is_well() -> None:
    check_at_least("f", 0.5, ridge=0.5)
    check_one_of("f", ("a", "b"), choice="a")
    check_same_rows("f", left=[1, 2], right=np.zeros((2, 3)))
    check_matrix("f", eeg=np.zeros((1, 1)))
    check_finite_signal("f", np.zeros((1, 2)), channels=("Cz",), sample_rate_hz=1.0)
