"""The leakage laboratory: mistakes show more than is true, and what is true is what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sentences import explained

from jmml_edu import leakage
from jmml_edu.classifier import Classifier
from jmml_edu.data import Split
from jmml_edu.leakage import MISTAKES, choosing, people, preparing, spaces, worlds
from jmml_edu.leakage.catalogue import laboratory, mistakes_table
from jmml_edu.leakage.spaces import n_perfect
from jmml_edu.leaks import find_leaks
from jmml_edu.linear import CCA, Moments
from jmml_edu.missing import Scaler
from jmml_edu.results import Interval, Mistake
from jmml_edu.splits import grouped_folds

Found = dict[str, Mistake]
MILD = "scaling before splitting"
NOTHING_TO_FIND = (
    "windows on both sides",
    "stimulus on both sides",
    "pooled people",
    "selection before splitting",
    "epoch picked on test",
    "partner chosen by label",
    "space fitted on test",
    "more columns than pairs",
    "training correlation",
)


@pytest.fixture(scope="module")
def found() -> Found:
    """What every mistake shows in worlds that nobody has seen."""
    return {one.name: one for one in laboratory(n_worlds=14, seed=20_240)}


def ends(interval: Interval) -> tuple[float, float]:
    """Both ends, which must be there."""
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def test_the_catalogue_holds_every_mistake_under_its_name(found: Found) -> None:
    assert list(found) == list(MISTAKES)
    others = {"MISTAKES", "laboratory", "mistakes_table"}
    assert set(MISTAKES.values()) == {
        getattr(leakage, name) for name in leakage.__all__ if name not in others
    }


def test_what_holds_nothing_is_marked(found: Found) -> None:
    assert tuple(name for name, one in found.items() if one.nothing_to_find) == NOTHING_TO_FIND


@pytest.mark.parametrize("name", [name for name in MISTAKES if name != MILD])
def test_every_mistake_but_the_mild_one_shows_more_than_is_true(found: Found, name: str) -> None:
    assert ends(found[name].inflation)[0] > 0


@pytest.mark.parametrize("name", NOTHING_TO_FIND)
def test_where_there_is_nothing_the_honest_score_is_chance(found: Found, name: str) -> None:
    one = found[name]
    low, high = ends(one.honest)
    # Nine intervals of 95 %: one may miss by itself. Twice as wide, none may.
    assert abs(one.honest.value - one.chance) <= high - low


def test_honest_intervals_hold_chance_about_as_often_as_they_claim(found: Found) -> None:
    held = [
        ends(one.honest)[0] <= one.chance <= ends(one.honest)[1]
        for one in found.values()
        if one.nothing_to_find
    ]
    assert sum(held) >= len(held) - 1


def test_where_there_is_something_the_honest_score_finds_it(found: Found) -> None:
    for one in found.values():
        if not one.nothing_to_find:
            assert ends(one.honest)[0] > one.chance + 0.1


def test_the_mild_mistake_is_reported_as_it_is(found: Found) -> None:
    mild, strong = found[MILD], found["scaling with company"]
    assert abs(mild.inflation.value) < 0.05
    assert ends(strong.inflation)[0] > ends(mild.inflation)[1]
    assert mild.honest == strong.honest


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("windows on both sides", 0.94, 1.0),
        ("partner chosen by label", 0.83, 0.95),
        ("space fitted on test", 0.28, 0.36),
    ],
)
def test_sizes_are_those_that_the_course_tells(
    found: Found, name: str, low: float, high: float
) -> None:
    assert low <= found[name].inflated.value <= high


def test_differences_are_taken_world_by_world(found: Found) -> None:
    for one in found.values():
        pairs = zip(one.inflated.by_seed, one.honest.by_seed, strict=True)
        assert one.inflation.by_seed == pytest.approx([a - b for a, b in pairs])
        assert len(one.inflation.by_seed) == 14


def test_every_mistake_is_told_in_sentences_and_says_that_it_is_simulated(found: Found) -> None:
    for one in found.values():
        assert one.provenance.stamp == "SIMULATED"
        for sentence in (one.wrong, one.right):
            assert sentence[0].isupper()
            assert sentence.endswith(".")


def test_a_figure_of_others_stands_with_its_source(found: Found) -> None:
    quoted = {name: one.published for name, one in found.items() if one.published}
    assert set(quoted) == {"windows on both sides", "speaker on both sides"}
    for name, source in (
        ("windows on both sides", "(Khan et al., arXiv 2508.02417)"),
        ("speaker on both sides", "(Gjoreski et al., Informatica 38, 2014)"),
    ):
        assert quoted[name].endswith(source)


def test_the_seed_decides_everything_and_nothing_else_does() -> None:
    before = np.random.get_state()[1].copy()
    first, again, other = (
        leakage.partner_chosen_by_label(n_worlds=2, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.honest.by_seed != other.honest.by_seed
    assert (np.random.get_state()[1] == before).all()


def test_one_world_is_explained() -> None:
    with explained("laboratory: n_worlds must be at least 2; got 1. Choose 2 or more."):
        laboratory(n_worlds=1)


def test_the_interval_is_that_of_students_t() -> None:
    values = np.random.default_rng(0).standard_normal(9)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert ends(worlds.mean_over_worlds(values)) == pytest.approx((interval.low, interval.high))
    assert worlds.mean_over_worlds(values).value == pytest.approx(values.mean())


def test_the_interval_covers_what_it_claims() -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(1_000):
        # Recalls of 40 rows: what the laboratory averages.
        low, high = ends(worlds.mean_over_worlds(rng.binomial(40, 0.25, size=20) / 40))
        held.append(low <= 0.25 <= high)
    assert 0.93 <= np.mean(held) <= 0.97


def test_recall_of_folds_is_the_mean_of_their_recalls() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, 0, 1, 0, 1])
    values = np.column_stack([labels, labels[::-1]]).astype(float)
    values += 0.01 * np.random.default_rng(0).standard_normal(values.shape)
    values[8:] = values[[9, 8]]  # the last two rows look like the other class
    folds = [((0, 1, 3, 4, 6, 7), (2, 5)), ((0, 1, 3, 4, 6, 7), (8, 9))]
    splits = [Split(np.array(a), np.array(b), "row") for a, b in folds]
    assert worlds.held_out_recall(values, labels, splits[:1]) == 1.0
    assert worlds.held_out_recall(values, labels, splits[1:]) == 0.0
    assert worlds.held_out_recall(values, labels, splits) == 0.5


def test_recall_counts_classes_alike() -> None:
    assert worlds.recall(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])) == 0.5
    assert worlds.recall(np.array([0, 0]), np.array([0, 2])) == 0.5


@pytest.mark.parametrize(
    ("n_pairs", "eeg_dim", "speech_dim"), [(60, 40, 40), (30, 12, 20), (30, 12, 10), (30, 29, 3)]
)
def test_as_many_training_correlations_are_1_as_dimensions_leave_no_room(
    n_pairs: int, eeg_dim: int, speech_dim: int
) -> None:
    rng = np.random.default_rng(0)
    eeg, speech = (rng.standard_normal((n_pairs, dim)) for dim in (eeg_dim, speech_dim))
    space = CCA(n_components=min(eeg_dim, speech_dim)).fit_moments(Moments.of(eeg, speech))
    perfect = int((space.correlations_ > 1 - 1e-6).sum())
    assert perfect == n_perfect(n_pairs, eeg_dim, speech_dim)


def test_more_columns_than_rows_have_no_more_dimensions_than_rows() -> None:
    assert n_perfect(30, 50, 3) == n_perfect(30, 29, 3) == 3
    assert n_perfect(30, 50, 50) == 29


def test_perfect_correlations_of_training_mean_nothing(found: Found) -> None:
    one = found["more columns than pairs"]
    assert one.inflated.by_seed == pytest.approx([1.0] * 14, abs=1e-6)


def test_the_first_training_correlation_of_noise_is_what_random_matrices_tell(
    found: Found,
) -> None:
    # The edge of Wachter's law (Annals of Statistics 8, 1980) for independent views.
    eeg, speech = 160 / 1_280, 88 / 1_280
    edge = np.sqrt(eeg * (1 - speech)) + np.sqrt(speech * (1 - eeg))
    assert found["training correlation"].inflated.value == pytest.approx(edge, abs=0.02)


def test_speakers_without_ways_of_their_own_are_known_no_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people, "OWN_WAY", 0.0)
    assert ends(leakage.speaker_on_both_sides(n_worlds=10, seed=5).inflation)[0] < 0.01


def test_the_classifier_does_not_notice_how_columns_were_scaled() -> None:
    values, labels, person = preparing._trials_of_people(np.random.default_rng(0))
    train = np.flatnonzero(person < 8)
    said = [
        Classifier(scaled[train], labels[train]).predict(scaled).tolist()
        for scaled in (
            values,
            *(Scaler.of(values[rows]).apply(values) for rows in (train, person < 10)),
        )
    ]
    assert said[0] == said[1] == said[2]


def test_epochs_learn_what_there_is_to_learn() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(400) % choosing.N_CLASSES
    values = 0.1 * rng.standard_normal((400, choosing.N_COLUMNS))
    values[np.arange(400), labels] += 1
    said = choosing._said_by_epoch(values, labels, rng)
    assert said.shape == (choosing.N_EPOCHS, 400)
    assert (said[-1] == labels).all()


def test_selected_columns_are_those_that_differ() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    values = rng.standard_normal((60, 50))
    values[:30, 7] += 3 * labels[:30]
    values[30:, 9] += 30 * labels[30:]
    chosen = preparing._selected(values, labels, np.arange(30))
    assert chosen.shape == (60, preparing.N_SELECTED)
    assert (chosen == values[:, [7]]).all(axis=0).any()
    assert (chosen[:, -1] == values[:, 7]).all()


def test_eeg_of_the_laboratory_tells_its_class_and_speech_tells_none() -> None:
    rng = np.random.default_rng(0)
    eeg, speech = spaces._class_eeg_and_noise(rng, spaces.CLEAR)
    halves = np.arange(300), np.arange(300, 450)
    for features, low, high in ((eeg, 0.99, 1.0), (speech, 0.15, 0.35)):
        numbers = features.labels.astype(int)
        classifier = Classifier(features.values[halves[0]], numbers[halves[0]])
        told = worlds.recall(numbers[halves[1]], classifier.predict(features.values[halves[1]]))
        assert low <= told <= high


def test_the_finder_sees_windows_in_the_wrong_split_and_nothing_in_the_right_one() -> None:
    trial = np.repeat(np.arange(people.N_TRIALS), people.N_WINDOWS)
    labels = np.random.default_rng(0).integers(2, size=people.N_TRIALS)[trial]
    index = pd.DataFrame({"trial": trial, "label": labels})
    wrong = grouped_folds(np.arange(len(trial)), labels, n_folds=5, seed=0, by="row")[0]
    right = grouped_folds(trial, labels, n_folds=5, seed=0, by="trial")[0]
    (leak,) = find_leaks(wrong, index)
    assert (leak.kind, leak.lookup) == ("trial", 1.0)
    assert find_leaks(right, index) == ()


def test_the_table_holds_every_number(found: Found) -> None:
    table = mistakes_table(found.values())
    assert table.mistake.tolist() == list(found)
    for score in ("inflated", "honest", "inflation"):
        for column, end in ((score, "value"), (f"{score}_low", "low"), (f"{score}_high", "high")):
            expected = [getattr(getattr(one, score), end) for one in found.values()]
            assert table[column].tolist() == expected
    assert table.published.tolist() == [one.published for one in found.values()]
    assert table.chance.tolist() == [one.chance for one in found.values()]
