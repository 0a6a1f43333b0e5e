"""Shuffled labels: what may change places, how p is counted, and how often nothing is found."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from null_data import people_study, stimulus_study
from scipy.stats import binom
from sentences import explained
from sklearn.neighbors import NearestCentroid

from jmml_edu.evaluation import confusion_counts, unweighted_average_recall
from jmml_edu.permutation import PermutationBaseline, permutation_baseline
from jmml_edu.splits import grouped_folds
from jmml_edu.validation import nested_cross_validation

CLASSES = ("calm", "sad")


def gap_of_means(values: np.ndarray, labels: np.ndarray) -> float:
    """How much louder the sad are."""
    return float(values[labels == "sad"].mean() - values[labels == "calm"].mean())


def mean_protocol(values: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int) -> float:
    """The recall, on new groups, of the nearer of two class means; folds look at the labels."""
    said = labels.copy()
    for fold in grouped_folds(groups, labels, n_folds=2, seed=seed):
        means = [values[fold.train][labels[fold.train] == c].mean(axis=0) for c in CLASSES]
        far = [((values[fold.test] - mean) ** 2).sum(axis=1) for mean in means]
        said[fold.test] = np.array(CLASSES)[np.argmin(far, axis=0)]
    return float(unweighted_average_recall(confusion_counts(labels, said, classes=CLASSES)))


def baseline(
    study: tuple[np.ndarray, ...], groups: np.ndarray, **settings: int
) -> PermutationBaseline:
    """The baseline of the nearer class mean; new people are tested, whatever is shuffled."""
    values, labels, people, *_ = study
    seed = settings.get("seed", 0)
    return permutation_baseline(
        lambda shown: mean_protocol(values, shown, people, seed), labels, groups, **settings
    )


def test_rows_within_groups_have_the_p_value_of_all_arrangements() -> None:
    values = np.array([0.1, 1.0, 0.4, 0.2, 0.9, 0.5, 0.3, 0.8])
    labels = np.array(["calm", "sad", "calm", "calm", "sad", "calm", "calm", "sad"])
    groups = np.array(list("aaabbbcc"))
    parts = [sorted(set(permutations(labels[groups == who]))) for who in "abc"]
    all_gaps = [gap_of_means(values, np.concatenate(one)) for one in product(*parts)]
    exact = np.mean(np.array(all_gaps) >= gap_of_means(values, labels) - 1e-12)
    found = permutation_baseline(
        lambda shown: gap_of_means(values, shown), labels, groups, draws=2_000
    )
    assert found.shuffled == "rows within groups"
    assert len(all_gaps) == 3 * 3 * 2
    # Four standard errors of a share of 2,000 draws.
    assert abs(found.p_value - exact) < 4 * np.sqrt(exact * (1 - exact) / 2_000) + 1 / 2_000
    assert set(np.round(found.null_scores, 9)) == set(np.round(all_gaps, 9))


def test_whole_groups_have_the_p_value_of_all_arrangements() -> None:
    groups = np.repeat(list("abcdef"), [1, 2, 3, 2, 2, 1])
    of_group = dict(zip("abcdef", ["calm", "calm", "sad", "calm", "sad", "sad"], strict=True))
    labels = np.array([of_group[who] for who in groups])
    values = np.array([0.1, 0.6, 0.2, 0.9, 0.8, 0.4, 0.3, 0.2, 1.1, 0.5, 0.7])
    all_gaps = []
    for one in set(permutations(of_group.values())):
        dealt = dict(zip("abcdef", one, strict=True))
        all_gaps.append(gap_of_means(values, np.array([dealt[who] for who in groups])))
    exact = np.mean(np.array(all_gaps) >= gap_of_means(values, labels) - 1e-12)
    found = permutation_baseline(
        lambda shown: gap_of_means(values, shown), labels, groups, draws=2_000
    )
    assert found.shuffled == "whole groups"
    assert len(all_gaps) == 20
    assert abs(found.p_value - exact) < 4 * np.sqrt(exact * (1 - exact) / 2_000) + 1 / 2_000
    assert set(np.round(found.null_scores, 9)) == set(np.round(all_gaps, 9))


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_groups_keep_their_labels_and_hidden_labels_keep_their_place(hidden: str) -> None:
    _, labels, people = people_study(0)
    labels = labels.astype(object)
    labels[::5] = hidden
    seen: list[np.ndarray] = []

    def protocol(shown: np.ndarray) -> float:
        seen.append(shown)
        return 0.0

    before = labels.copy()
    permutation_baseline(protocol, labels, people, draws=5)
    assert (labels == before).all()
    *shuffled, true = seen
    assert (true == labels).all()
    for one in shuffled:
        assert (one != labels).any()
        assert ((one == hidden) == (labels == hidden)).all()
        for who in set(people):
            assert sorted(one[people == who]) == sorted(labels[people == who])


def test_numbers_stay_numbers_and_minus_one_stays_hidden() -> None:
    labels = np.array([0, 1, -1, 1, 0, -1])
    seen: list[np.ndarray] = []
    permutation_baseline(lambda shown: seen.append(shown) or 0.0, labels, np.array(list("aaabbb")),
                         draws=3)  # fmt: skip
    for one in seen:
        assert one.dtype == labels.dtype
        assert one[[2, 5]].tolist() == [-1, -1]


def test_p_counts_the_true_labels_and_ties() -> None:
    null = np.array([0.5, 0.6, 0.6 + 1e-12, 0.7])
    assert PermutationBaseline(0.6, null, "whole groups").p_value == (1 + 3) / 5
    assert PermutationBaseline(0.9, null, "whole groups").p_value == 1 / 5
    assert PermutationBaseline(0.1, null, "whole groups").p_value == 1.0


def test_the_range_holds_95_percent_of_the_null() -> None:
    found = PermutationBaseline(0.5, np.linspace(0, 1, 201), "whole groups")
    assert found.null_range == pytest.approx((0.025, 0.975))


def test_p_is_5_percent_or_less_in_5_percent_of_studies_without_meaning() -> None:
    p_values = np.array([
        baseline(study, study[2], draws=19, seed=seed).p_value
        for seed in range(5_000, 5_200) for study in [people_study(seed, people=6, rows=6, dim=3)]
    ])  # fmt: skip
    # With 19 draws p of 0.05 means "better than all 19", exactly 1 time in 20 where rows may change
    # places and scores do not tie; ties make it less. More than 19 of 200 would be 1 in 300.
    assert binom.sf(19, 200, 0.05) < 1 / 300
    assert (p_values <= 0.05).sum() <= 19
    # p is even in (0, 1], and its mean 0.525, but for ties, which make it larger.
    assert 0.525 - 4 * 0.29 / np.sqrt(200) < p_values.mean() < 0.7


def test_nested_choice_among_candidates_finds_nothing_where_there_is_nothing() -> None:
    candidates = {name: NearestCentroid(metric=name) for name in ("euclidean", "manhattan")}
    found = []
    for seed in range(5_300, 5_304):
        values, labels, people = people_study(seed, people=6, rows=8, dim=4)

        def protocol(
            shown: np.ndarray, values: np.ndarray = values, people: np.ndarray = people
        ) -> float:
            return nested_cross_validation(
                candidates, values, shown, people, n_folds=2, inner_folds=2
            ).score.value

        found.append(permutation_baseline(protocol, labels, people, draws=19, seed=seed))
    # Two of four with p of 0.05 would be 1 in 70.
    assert binom.sf(1, 4, 0.05) < 1 / 70
    assert sum(one.p_value <= 0.05 for one in found) <= 1
    for one in found:
        low, high = one.null_range
        assert low < 0.5 < high


def test_a_planted_signal_is_never_reached_by_shuffled_labels() -> None:
    study = people_study(0, signal=3.0)
    found = baseline(study, study[2], draws=39)
    assert found.p_value == 1 / 40
    assert found.score > found.null_range[1]


def test_rows_of_one_stimulus_are_no_replicates_so_whole_stimuli_change_places() -> None:
    within, whole = [], []
    for seed in range(5_400, 5_412):
        study = stimulus_study(seed, people=8, stimuli=8, dim=4)
        within.append(baseline(study, study[2], draws=19, seed=seed))
        whole.append(baseline(study, study[3], draws=19, seed=seed))
    assert {one.shuffled for one in within} == {"rows within groups"}
    assert {one.shuffled for one in whole} == {"whole groups"}
    # New people say known stimuli, so labels that mean nothing are known by heart. Shuffled within
    # people they are not, and p is 0.05 in 70 % of such studies (28 of 40 when this was written):
    # fewer than 4 of 12 would then be 1 in 500.
    assert binom.cdf(3, 12, 0.7) < 1 / 500
    assert sum(one.p_value <= 0.05 for one in within) >= 4
    # Shuffled as whole stimuli they are known by heart too. More than 3 of 12 would be 1 in 450.
    assert binom.sf(3, 12, 0.05) < 1 / 440
    assert sum(one.p_value <= 0.05 for one in whole) <= 3


def test_the_seed_decides_the_shuffles() -> None:
    study = people_study(1)
    one, same, other = (
        baseline(study, study[2], draws=5).null_scores,
        baseline(study, study[2], draws=5).null_scores,
        permutation_baseline(
            lambda shown: mean_protocol(study[0], shown, study[2], 0),
            *study[1:], draws=5, seed=1,
        ).null_scores,
    )  # fmt: skip
    assert (one == same).all()
    assert (one != other).any()


def test_labels_that_cannot_be_shuffled_are_explained() -> None:
    groups = np.array(list("aabbcc"))

    def protocol(shown: np.ndarray) -> float:
        return 0.0

    with explained(
        "permutation_baseline: labels must vary within every group, or within none; got 1 of 3"
        " groups with one class only. Leave these groups out: their labels cannot change places"
        " with those of the others."
    ):
        permutation_baseline(protocol, np.array(["x", "y", "x", "y", "x", "x"]), groups)
    with explained(
        "permutation_baseline: labels must name at least two classes; got ['x']. Label more rows."
    ):
        permutation_baseline(protocol, np.array(["x", "x", "", "x", "x", "x"]), groups)
    with explained("permutation_baseline: draws must be at least 1; got 0. Choose 1 or more."):
        permutation_baseline(protocol, np.array(["x", "y"] * 3), groups, draws=0)
    with explained(
        "permutation_baseline: paired arguments must have the same number of rows; got"
        " {'labels': 5, 'groups': 6}. Build them from the same Pairs."
    ):
        permutation_baseline(protocol, np.array(["x"] * 5), groups)
