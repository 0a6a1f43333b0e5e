"""Leaks: what stands on both sides of a split is named, counted and judged, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained, refused

from jmml_edu.data import Features, Pairs, Provenance, Split
from jmml_edu.leaks import KINDS, Leak, find_leaks, leaks_table
from jmml_edu.leaks.values import TOLERANCE
from jmml_edu.pairing import class_pairs, shuffled_within_subject
from jmml_edu.simulate.gaussian import gaussian_pairs
from jmml_edu.splits import grouped_folds, groups_by

few = settings(max_examples=40, deadline=None)
Sides = tuple[np.ndarray, np.ndarray]


def rows(*numbers: int) -> np.ndarray:
    """Row numbers."""
    return np.array(numbers, dtype=int)


def by_kind(leaks: tuple[Leak, ...]) -> dict[str, Leak]:
    """The leaks by their kind, each of which must occur once."""
    found = {leak.kind: leak for leak in leaks}
    assert len(found) == len(leaks)
    return found


def kinds(
    split: Split | Sides, index: Features | Pairs | pd.DataFrame, **values: object
) -> list[str]:
    """The kinds of leaks that are found."""
    return [leak.kind for leak in find_leaks(split, index, **values)]  # type: ignore[arg-type]


def random_sides(rng: np.random.Generator, n_rows: int) -> Sides:
    """Training and test rows that share none, some rows in neither."""
    side = rng.integers(3, size=n_rows)
    return np.flatnonzero(side == 0), np.flatnonzero(side == 1)


def study() -> pd.DataFrame:
    """Two people, two trials each that are called alike, two windows of each trial."""
    return pd.DataFrame(
        {
            "speaker": list("aaaabbbb"),
            "trial": list("11221122"),
            "text": list("ppqqqqrr"),
            "label": list("xxyyxxyy"),
        }
    )


def test_a_split_by_subject_leaks_no_person_and_keeps_its_promise() -> None:
    assert kinds(Split(rows(0, 1, 2, 3), rows(4, 5, 6, 7), "subject"), study()[["speaker"]]) == []


def test_windows_of_one_trial_on_both_sides_are_named_and_counted() -> None:
    leak = by_kind(find_leaks((rows(0, 2, 4), rows(1, 3)), study()))["trial"]
    assert (leak.n_groups, leak.n_test_rows, leak.example) == (2, 2, "a/1")
    assert leak.severity == "the score is of no use"
    assert leak.sentence == (
        "2 trials have rows on both sides, for example a/1; it concerns 2 of 2 test rows, and the"
        " group alone tells the label of 100 % of them."
    )
    assert leak.remedy == "Split by trial, or better by subject."


def test_one_group_is_told_in_the_singular() -> None:
    (leak,) = find_leaks((rows(0), rows(1)), study()[["speaker"]])
    assert leak.sentence == (
        "1 person is in training and in test, for example a; it concerns 1 of 1 test rows."
    )


def test_trials_of_two_people_may_be_called_alike() -> None:
    assert "trial" not in kinds((rows(0, 1, 2, 3), rows(4, 5)), study())
    without_people = study()[["trial"]]
    assert kinds((rows(0, 1, 2, 3), rows(4, 5)), without_people) == ["trial"]


def test_a_trial_of_another_session_is_another_trial() -> None:
    frame = study().assign(session=list("mmmmnnnn"), speaker="a")
    assert kinds((rows(0, 1), rows(4, 5)), frame.drop(columns="text")) == ["subject"]
    assert kinds((rows(0, 1), rows(2, 3)), frame.drop(columns="text")) == ["session", "subject"]
    assert kinds((rows(0), rows(1)), frame.drop(columns="text")) == ["trial", "session", "subject"]


def test_a_column_that_nobody_filled_in_hides_no_trial() -> None:
    frame = study()[["speaker", "trial"]].assign(session="")
    assert kinds((rows(0), rows(1)), frame) == ["trial", "subject"]
    assert kinds((rows(0), rows(1)), frame.assign(speaker=np.nan)) == ["trial"]


def test_stimuli_are_compared_across_people() -> None:
    found = by_kind(find_leaks(Split(rows(0, 1, 2, 3), rows(4, 5, 6, 7), "subject"), study()))
    assert list(found) == ["stimulus"]
    assert (found["stimulus"].n_groups, found["stimulus"].n_test_rows) == (1, 2)
    assert found["stimulus"].severity == "only valid for known stimuli"


def test_what_nobody_named_is_not_compared() -> None:
    frame = pd.DataFrame({"subject": ["a", "", None, np.nan, " "], "stimulus": [np.nan] * 5})
    assert kinds((rows(1, 2), rows(0, 3, 4)), frame) == []


def test_numbers_are_names_too() -> None:
    assert kinds((rows(0), rows(1)), pd.DataFrame({"participant_id": [7, 7]})) == ["subject"]


def test_the_row_that_is_on_both_sides_is_told_of_once() -> None:
    (leak,) = find_leaks((rows(0, 1), rows(1, 4, 4)), study()[["speaker"]])
    assert (leak.kind, leak.n_groups, leak.n_test_rows, leak.example) == ("row", 1, 1, "row 1")
    assert "1 of 2 test rows" in leak.sentence


@few
@given(seed=st.integers(0, 10_000), n_names=st.integers(1, 30))
def test_groups_and_rows_are_counted_as_sets_count_them(seed: int, n_names: int) -> None:
    rng = np.random.default_rng(seed)
    names = rng.choice([f"s{number}" for number in range(n_names)] + [""], size=40)
    train, test = random_sides(rng, 40)
    common = (set(names[train]) & set(names[test])) - {""}
    found = find_leaks((train, test), pd.DataFrame({"subject": names}))
    assert bool(found) == bool(common)
    for leak in found:
        assert leak.n_groups == len(common)
        assert leak.n_test_rows == sum(name in common for name in names[test])
        assert leak.example in common


@few
@given(seed=st.integers(0, 10_000), by=st.sampled_from(["subject", "trial", "stimulus"]))
def test_grouped_folds_keep_what_they_promise(seed: int, by: str) -> None:
    rng = np.random.default_rng(seed)
    draw = [rng.integers(6, size=60).astype(str) for _ in range(4)]
    features = Features(
        rng.standard_normal((60, 3)), ("a", "b", "c"), "eeg", draw[0], draw[1], draw[2],
        Provenance("noise", simulated=True), draw[3],
    )  # fmt: skip
    for fold in grouped_folds(groups_by(features, by), features.labels, n_folds=3, seed=0, by=by):
        assert not [leak for leak in find_leaks(fold, features) if leak.promised]


@pytest.mark.parametrize(
    ("by", "kept"),
    [
        ("subject", ["trial", "session", "subject"]),
        ("speaker", ["trial", "session", "subject"]),
        ("session", ["trial", "session"]),
        ("trial", ["trial"]),
        ("stimulus", ["stimulus"]),
        ("row", []),
    ],
)
def test_a_split_promises_to_avoid_what_lies_within_its_groups(by: str, kept: list[str]) -> None:
    frame = pd.DataFrame({kind: ["a", "a"] for kind in ("subject", "session", "trial", "stimulus")})
    found = find_leaks(Split(rows(0), rows(1), by), frame)
    assert [leak.kind for leak in found if leak.promised] == kept
    for leak in found:
        assert (f"although the split is by {by}" in leak.sentence) == leak.promised


def test_the_most_serious_leak_comes_first() -> None:
    frame = study().assign(session="m")
    found = kinds((rows(0, 1, 5), rows(1, 4)), frame)
    assert found == ["row", "trial", "session", "subject", "stimulus"]
    assert found == [kind for kind in KINDS if kind in found]


def test_a_group_that_tells_the_label_is_worth_what_a_table_would_score() -> None:
    labels = ["x", "x", "y", "y", "", "x", "y", "", "z"]
    frame = pd.DataFrame({"subject": list("aaabbaabc"), "label": labels})
    (leak,) = find_leaks((rows(0, 1, 2, 3, 4), rows(5, 6, 7, 8)), frame)
    # a: x is usual, so row 5 is right and row 6 is wrong; row 7 has no label, c was never seen.
    assert (leak.n_test_rows, leak.lookup) == (3, 0.5)
    (without,) = find_leaks((rows(0, 1), rows(5)), frame.drop(columns="label"))
    assert without.lookup is None
    (hidden,) = find_leaks((rows(4), rows(7)), frame)
    assert hidden.lookup is None


def test_equal_rows_of_values_are_found_whatever_they_are_called() -> None:
    values = np.random.default_rng(0).standard_normal((6, 4))
    values[4], values[5] = values[0], values[2]
    frame = pd.DataFrame({"subject": list("abcdef"), "label": list("xyxyyx")})
    (leak,) = find_leaks((rows(0, 1, 2), rows(3, 4, 5)), frame, values=values)
    assert (leak.kind, leak.n_groups, leak.n_test_rows) == ("duplicate values", 2, 2)
    assert (leak.example, leak.lookup) == ("values of row 0", 0.5)
    assert not leak.promised


def test_a_copy_on_the_same_side_is_no_leak() -> None:
    values = np.random.default_rng(0).standard_normal((4, 3))
    values[1] = values[0]
    frame = pd.DataFrame({"subject": list("abcd")})
    assert kinds((rows(0, 1), rows(2, 3)), frame, values=values) == []


@pytest.mark.parametrize("decimals", [4, 5])
def test_rows_that_were_rounded_are_found(decimals: int) -> None:
    values = np.random.default_rng(1).standard_normal((40, 8))
    values[30:33] = values[:3].round(decimals)
    frame = pd.DataFrame({"subject": range(40)})
    (leak,) = find_leaks((np.arange(20), np.arange(20, 40)), frame, values=values)
    assert (leak.kind, leak.n_groups, leak.n_test_rows) == ("near-duplicate values", 3, 3)
    assert leak.example == "row 0 and row 30"


@few
@given(seed=st.integers(0, 10_000), size=st.floats(0.1, 3.0))
def test_rounded_rows_are_those_that_all_pairs_show(seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((60, 6))
    spread = np.median(np.abs(values - np.median(values, axis=0)), axis=0)
    values[40:50] = values[:10] + size * TOLERANCE * spread * rng.uniform(-1, 1, (10, 6))
    spread = np.median(np.abs(values - np.median(values, axis=0)), axis=0)
    gaps = (np.abs(values[40:, None] - values[None, :40]) / spread).max(axis=2)
    touched = (gaps <= TOLERANCE).any(axis=1).sum()
    frame = pd.DataFrame({"subject": range(60)})
    found = by_kind(find_leaks((np.arange(40), np.arange(40, 60)), frame, values=values))
    counted = found["near-duplicate values"].n_test_rows if found else 0
    assert counted == touched


@few
@given(seed=st.integers(0, 10_000))
def test_units_and_offsets_of_columns_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((30, 6))
    values[20], values[21] = values[0], values[1] + 1e-5
    frame = pd.DataFrame({"subject": range(30)})
    units = 10.0 ** rng.integers(-3, 4, size=6)
    split = np.arange(15), np.arange(15, 30)
    expected = ["duplicate values", "near-duplicate values"]
    assert kinds(split, frame, values=values) == expected
    assert kinds(split, frame, values=values * units + 7 * units) == expected


def test_one_wild_value_does_not_make_all_others_alike() -> None:
    values = np.random.default_rng(0).standard_normal((40, 5))
    values[0] = 1e9
    frame = pd.DataFrame({"subject": range(40)})
    assert kinds((np.arange(20), np.arange(20, 40)), frame, values=values) == []


def test_rows_without_values_and_columns_that_never_vary_are_not_compared() -> None:
    values = np.random.default_rng(0).standard_normal((6, 5))
    values[[1, 4]] = np.nan
    values[[2, 5], 0] = np.nan
    frame = pd.DataFrame({"subject": range(6)})
    split = rows(0, 1, 2), rows(3, 4, 5)
    assert kinds(split, frame, values=values) == []
    assert kinds(split, frame, values=np.ones((6, 5))) == []
    assert kinds(split, frame, values=np.full((6, 5), np.nan)) == []
    assert kinds((rows(), rows(0)), frame, values=values) == []


def test_one_coarse_column_that_agrees_by_chance_is_no_near_copy() -> None:
    values = np.random.default_rng(0).standard_normal((400, 1))
    frame = pd.DataFrame({"subject": range(400)})
    split = np.arange(200), np.arange(200, 400)
    near = np.abs(values[:200] - values[200:].T).min()
    assert near < TOLERANCE * 0.6
    assert kinds(split, frame, values=values) == []


def test_zero_and_minus_zero_are_equal() -> None:
    values = np.array([[0.0, 1.0], [2.0, 3.0], [-0.0, 1.0]])
    assert kinds((rows(0, 1), rows(2)), pd.DataFrame({"subject": range(3)}), values=values) == [
        "duplicate values"
    ]


@few
@given(seed=st.integers(0, 10_000))
def test_overlap_is_what_all_pairs_of_windows_show(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "trial": rng.choice(list("pq"), size=12),
            "start_s": rng.uniform(0, 20, size=12).round(1),
            "length_s": rng.choice([0.5, 2.0, 6.0], size=12),
        }
    )
    train, test = random_sides(rng, 12)
    stop = frame.start_s + frame.length_s
    shared = [
        any(
            frame.trial[new] == frame.trial[old]
            and frame.start_s[new] < stop[old]
            and frame.start_s[old] < stop[new]
            for old in train
        )
        for new in test
    ]
    found = by_kind(find_leaks((train, test), frame))
    counted = found["overlapping windows"].n_test_rows if "overlapping windows" in found else 0
    assert counted == sum(shared)


def test_windows_that_touch_are_neighbours_and_share_nothing() -> None:
    frame = pd.DataFrame(
        {"subject": ["a"] * 5, "start_s": [4.0, 0.0, 2.0, 6.0, np.nan], "length_s": 2.0}
    )
    found = by_kind(find_leaks((rows(1), rows(0, 2, 3, 4)), frame))
    assert list(found) == ["neighbouring windows", "subject"]
    # In time: row 1 (training), row 2, row 0, row 3; only row 2 is next to training.
    assert (found["neighbouring windows"].n_groups, found["neighbouring windows"].n_test_rows) == (
        1,
        1,
    )
    assert found["neighbouring windows"].example == "a"


def test_windows_that_overlap_are_not_told_of_as_neighbours_too() -> None:
    frame = pd.DataFrame({"trial": ["p"] * 3, "start_s": [0.0, 1.0, 2.0], "length_s": 1.5})
    found = by_kind(find_leaks((rows(0), rows(1, 2)), frame))
    assert list(found) == ["overlapping windows", "trial"]
    assert found["overlapping windows"].n_test_rows == 1


def test_windows_of_different_trials_are_no_neighbours() -> None:
    frame = pd.DataFrame({"subject": ["a", "a"], "trial": ["1", "2"], "start_s": [0.0, 1.0]})
    assert kinds((rows(0), rows(1)), frame) == ["subject"]
    assert kinds((rows(0), rows(1)), frame[["start_s"]].assign(stimulus="")) == [
        "neighbouring windows"
    ]


def pairs_of(n_pairs: int = 60, *, n_subjects: int = 6) -> Pairs:
    """Trial pairs with labels of four classes."""
    return gaussian_pairs(n_pairs, n_subjects=n_subjects, seed=3)


def test_trial_pairs_split_by_subject_leak_nothing() -> None:
    pairs = pairs_of()
    for fold in grouped_folds(pairs.subjects, pairs.labels, n_folds=3, seed=0):
        assert find_leaks(fold, pairs) == ()


def test_the_eeg_of_trial_pairs_is_told_of_with_their_speech() -> None:
    assert kinds((np.arange(30), np.arange(30, 60)), pairs_of()) == ["subject"]


def test_a_partner_chosen_by_its_label_is_found_wherever_the_split_is() -> None:
    pairs = pairs_of()
    speech = replace(pairs.speech, subjects=np.char.add("speaker ", pairs.subjects.astype(str)))
    fold = grouped_folds(speech.subjects, speech.labels, n_folds=3, seed=0)[0]
    train = class_pairs(pairs.eeg.take(fold.train), speech.take(fold.train), seed=0)
    test = class_pairs(pairs.eeg.take(fold.test), speech.take(fold.test), seed=0)
    joined = Pairs(
        *(
            replace(
                one,
                values=np.concatenate([one.values, other.values]),
                **{
                    name: np.concatenate([getattr(one, name), getattr(other, name)])
                    for name in ("subjects", "labels", "trials", "stimuli")
                },
            )
            for one, other in ((train.eeg, test.eeg), (train.speech, test.speech))
        ),
        "class",
        np.concatenate([train.has_eeg, test.has_eeg]),
    )
    split = Split(np.arange(len(train)), np.arange(len(train), len(joined)), "subject")
    (leak,) = find_leaks(split, joined)
    assert leak.kind == "partner chosen by label"
    assert leak.n_groups == len(set(test.labels))
    assert leak.n_test_rows == test.has_eeg.sum()
    assert leak.severity == "only a score of speech alone means anything"
    alone = replace(joined, has_eeg=np.arange(len(joined)) < len(train))
    assert kinds(split, alone) == []


def test_pairs_joined_before_the_split_learn_from_tested_people_and_trials() -> None:
    pairs = pairs_of()
    joined = class_pairs(pairs.eeg, pairs.speech, seed=0)
    fold = grouped_folds(joined.subjects, joined.labels, n_folds=3, seed=0)[0]
    found = by_kind(find_leaks(fold, joined))
    assert list(found) == ["partner chosen by label", "EEG trial", "EEG subject"]
    assert found["EEG trial"].promised
    assert found["EEG subject"].promised
    train, test = joined.take(fold.train), joined.take(fold.test)
    people = set(train.eeg.subjects) & (set(test.subjects) | set(test.eeg.subjects))
    assert found["EEG subject"].n_groups == len(people)
    assert found["EEG subject"].example in people
    trials = set(train.eeg.trials) & (set(test.speech.trials) | set(test.eeg.trials))
    assert found["EEG trial"].n_groups == len(trials)
    touched = [
        seen in trials or heard in trials
        for seen, heard in zip(test.eeg.trials, test.speech.trials, strict=True)
    ]
    assert found["EEG trial"].n_test_rows == sum(touched)


def test_eeg_that_was_given_to_another_trial_is_found_in_a_split_by_trial() -> None:
    pairs = shuffled_within_subject(pairs_of(), seed=0)
    found = by_kind(find_leaks(Split(np.arange(40), np.arange(40, 60), "trial"), pairs))
    assert found["EEG trial"].promised
    assert "partner chosen by label" not in found


def test_copies_among_utterances_of_pairs_are_found() -> None:
    pairs = pairs_of()
    values = pairs.speech.values.copy()
    values[59] = values[0]
    pairs = replace(pairs, speech=replace(pairs.speech, values=values))
    assert kinds((rows(0), rows(59)), pairs) == ["duplicate values"]


def test_masks_and_lists_are_rows_as_well() -> None:
    frame = study()[["speaker"]]
    mask = np.arange(8) < 2
    assert find_leaks((mask, ~mask), frame) == find_leaks(([0, 1], [2, 3, 4, 5, 6, 7]), frame)
    assert find_leaks((mask, ~mask), frame)[0].n_test_rows == 2


def test_rows_are_counted_by_their_place_whatever_the_table_calls_them() -> None:
    frame = study()[["speaker"]].set_index(pd.Index(range(10, 18)))
    assert kinds((rows(0), rows(7)), frame) == []
    assert kinds((rows(0), rows(3)), frame) == ["subject"]


def test_a_table_shows_one_row_per_leak() -> None:
    leaks = find_leaks((rows(0, 2), rows(1, 4)), study())
    table = leaks_table(leaks)
    assert table.kind.tolist() == [leak.kind for leak in leaks]
    assert table.n_test_rows.tolist() == [leak.n_test_rows for leak in leaks]
    assert list(table.columns) == list(Leak.__dataclass_fields__)
    assert leaks_table(()).shape == (0, 9)


@pytest.mark.parametrize(
    ("test", "got"),
    [
        (rows(8), "int64 from 8 to 8"),
        (rows(-1, 2), "int64 from -1 to 2"),
        (np.array([1.0]), "float64 from 1.0 to 1.0"),
        (np.array([True, False]), "bool from False to True"),
    ],
)
def test_rows_that_the_index_does_not_have_are_explained(test: np.ndarray, got: str) -> None:
    with explained(
        f"find_leaks: test must hold row numbers from 0 to 7; got {got}."
        " Split the rows of this index."
    ):
        find_leaks((rows(0), test), study())


def test_an_index_that_says_nothing_is_explained() -> None:
    with explained(
        "find_leaks: index must say who, which trial or which stimulus each row is; got columns"
        " ['label', 'f0']. Name a column subject, session, trial or stimulus."
    ):
        find_leaks((rows(0), rows(1)), pd.DataFrame({"label": ["x", "y"], "f0": [1.0, 2.0]}))


def test_two_columns_for_one_thing_are_explained() -> None:
    frame = pd.DataFrame({"subject": ["a"], "speaker": ["b"]})
    with explained(
        "find_leaks: index must have one column for the subject; got ['subject', 'speaker']."
        " Leave out all but one."
    ):
        find_leaks((rows(0), rows()), frame)


def test_values_of_other_rows_are_explained() -> None:
    with refused("find_leaks: paired arguments must have the same number of rows"):
        find_leaks((rows(0), rows(1)), study(), values=np.zeros((7, 2)))
