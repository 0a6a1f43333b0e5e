"""How much each way to listen may say, and whether EEG may say anything at all."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from math import exp
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

from jmml_edu import selection
from jmml_edu.classifier import Classifier
from jmml_edu.encoders import SharedSpace, SpeechItself
from jmml_edu.selection import (
    CAUTIONS,
    PERMUTATIONS,
    FittedEncoder,
    TrainingRows,
    Way,
    _shuffled_within,
    p_of_sharing,
    weigh,
)
from jmml_edu.splits import grouped_folds

few = settings(max_examples=30, deadline=None)
NAMES = ["speech", "latent 2", "latent 4", "latent 6", "both 2", "without 5 speaker axes"]
NAMES += [f"centred {name}" for name in NAMES]
NOBODY = Classifier(np.zeros((0, 1)), np.zeros(0, dtype=int))
evidences = st.lists(st.floats(-4.6, 0), min_size=len(NAMES), max_size=len(NAMES))


def ways(**evidence: float) -> list[Way]:
    """Ways by names such as ``latent_4`` and ``centred_latent_4``, with the evidence for each."""
    return [
        Way(
            SpeechItself(), name.removeprefix("centred_").replace("_", " "),
            "centred" in name, NOBODY, value, np.empty((0, 0)),
        )
        for name, value in evidence.items()
    ]  # fmt: skip


def all_ways(evidence: list[float]) -> list[Way]:
    """A way for each of the names."""
    names = (name.replace(" ", "_") for name in NAMES)
    return ways(**dict(zip(names, evidence, strict=True)))


def share(parts: dict[str, float], n_labels: int, caution: float) -> dict[str, float]:
    """Powers of probabilities, divided by their sum."""
    powers = {name: exp(evidence) ** (n_labels / caution) for name, evidence in parts.items()}
    return {name: power / sum(powers.values()) for name, power in powers.items()}


@few
@given(evidence=evidences, n_labels=st.integers(0, 200))
def test_a_weight_is_a_share_of_a_share_of_a_share(evidence: list[float], n_labels: int) -> None:
    expected = []
    tree = [
        {"speech": [e[0]], "latent": e[1:4], "both": [e[4]], "without speaker axes": [e[5]]}
        for e in (evidence[:6], evidence[6:])
    ]
    kinds = [{name: mean(sizes) for name, sizes in side.items()} for side in tree]
    of_sides = {str(side): mean(kinds[side].values()) for side in (0, 1)}
    for side, said in share(of_sides, n_labels, CAUTIONS["centred"]).items():
        for kind, of_it in share(kinds[int(side)], n_labels, CAUTIONS["kind"]).items():
            sizes = {str(i): e for i, e in enumerate(tree[int(side)][kind])}
            last = share(sizes, n_labels, CAUTIONS["option"]).values()
            expected += [said * of_it * of_that for of_that in last]
    found = weigh(all_ways(evidence), n_labels)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert found.sum() == pytest.approx(1)


def test_without_evidence_centring_has_half_of_the_say_each_kind_the_same_each_size_too() -> None:
    for found in (weigh(all_ways([-1.0] * 12), 100), weigh(all_ways([-1.0, -2.0, -3.0] * 4), 0)):
        by_kind = found.reshape(2, -1)
        np.testing.assert_allclose(by_kind[:, [0, 4, 5]], 1 / 8)
        np.testing.assert_allclose(by_kind[:, 1:4], 1 / 24)
    found = weigh(ways(speech=-1, latent_2=-1, latent_4=-1, centred_speech=-1), 30)
    np.testing.assert_allclose(found, [1 / 4, 1 / 8, 1 / 8, 1 / 2])


@pytest.mark.parametrize(
    ("two", "decision"),
    [
        (ways(centred_speech=-0.9, speech=-1.2), "centred"),
        (ways(latent_2=-0.9, speech=-1.2), "kind"),
        (ways(latent_2=-0.9, latent_4=-1.2), "option"),
    ],
)
def test_two_ways_stand_to_one_another_as_the_probabilities_they_gave_to_as_many_labels(
    two: list[Way], decision: str
) -> None:
    better, worse = weigh(two, 30)
    odds = (exp(-0.9) / exp(-1.2)) ** (30 / CAUTIONS[decision])
    assert better / worse == pytest.approx(odds)
    assert CAUTIONS[decision] > 1  # labels of one person are alike


def test_few_labels_give_a_vote_and_many_the_best() -> None:
    two = ways(speech=-1.2, latent_2=-0.9, both_2=-1.0)
    found = {n: weigh(two, n) for n in (0, 6, 100, 10_000)}
    np.testing.assert_allclose(found[0], 1 / 3)
    assert found[6].max() < 0.45
    assert found[100].argmax() == 1
    np.testing.assert_allclose(found[10_000], [0, 1, 0], atol=1e-9)


def test_centring_then_kind_then_size_are_decided_each_by_the_mean_of_what_is_left() -> None:
    scored = ways(
        speech=-1.5, latent_2=-0.1, latent_4=-1.5,
        centred_speech=-1.0, centred_latent_2=-0.9, centred_latent_4=-0.6,
    )  # fmt: skip
    assert scored[int(weigh(scored, 10_000).argmax())].name == "latent 4, each speaker centred"
    alone = [way for way in scored if not way.centred]
    assert alone[int(weigh(alone, 10_000).argmax())].name == "latent 2"


def test_centring_is_decided_before_the_kind() -> None:
    scored = ways(speech=-0.5, latent_2=-2.0, centred_speech=-1.5, centred_latent_2=-0.6)
    assert scored[int(weigh(scored, 10_000).argmax())].name == "latent 2, each speaker centred"


def test_a_kind_is_heard_by_all_of_its_sizes_not_by_its_luckiest() -> None:
    lucky = weigh(ways(speech=-0.7, whitened_6=-0.2, whitened_12=-2.3), 10_000)
    assert lucky.argmax() == 0
    good = weigh(ways(speech=-0.7, whitened_6=-0.5, whitened_12=-0.7), 10_000)
    assert good.argmax() == 1


def test_more_sizes_do_not_make_a_kind_win_by_luck() -> None:
    rng = np.random.default_rng(0)
    names = ["speech", *(f"whitened_{size}" for size in range(20))]
    drawn = (rng.normal(-1, 0.3, size=21) for _ in range(300))
    of_speech = [weigh(ways(**dict(zip(names, e.tolist(), strict=True))), 60)[0] for e in drawn]
    # Equally good in truth: if its best size spoke for the other kind, 1 in 21 would be left.
    assert np.mean(of_speech) == pytest.approx(0.5, abs=0.08)


@few
@given(evidence=evidences, n_labels=st.integers(1, 400), level=st.floats(-3, 3))
def test_only_differences_of_evidence_matter(
    evidence: list[float], n_labels: int, level: float
) -> None:
    moved = [value + level for value in evidence]
    np.testing.assert_allclose(
        weigh(all_ways(moved), n_labels), weigh(all_ways(evidence), n_labels), atol=1e-9
    )


def test_weights_follow_their_ways_in_any_order() -> None:
    evidence = np.random.default_rng(0).uniform(-2, 0, size=12).tolist()
    every, order = all_ways(evidence), np.random.default_rng(1).permutation(12)
    np.testing.assert_allclose(
        weigh([every[i] for i in order], 20), weigh(every, 20)[order], rtol=1e-12
    )


def test_very_many_labels_leave_numbers_not_nothing() -> None:
    found = weigh(ways(speech=-4.6, latent_2=-4.5), 10**7)
    np.testing.assert_array_equal(found, [0, 1])


def rows_of(*, shared: float, seed: int, people: int = 6, each: int = 10) -> TrainingRows:
    """Rows whose EEG and speech share one component so strongly, and the person as well."""
    rng = np.random.default_rng(seed)
    groups = np.repeat([f"p{number}" for number in range(people)], each).astype(object)
    both = shared * rng.standard_normal((len(groups), 1))
    offsets = 3 * np.repeat(rng.standard_normal((people, 1)), each, axis=0)
    eeg = rng.standard_normal((len(groups), 2)) + both + offsets
    speech = rng.standard_normal((len(groups), 3)) + both + offsets
    return TrainingRows(eeg, speech, rng.integers(2, size=len(groups)), groups)


def fitted(rows: TrainingRows, n_folds: int = 3) -> FittedEncoder:
    """A small shared space of all rows and of each fold."""
    folds = grouped_folds(rows.groups, rows.labels, n_folds=n_folds, seed=0)
    return FittedEncoder.fit(SharedSpace((2,)), rows, folds, centred=False)


def test_where_nothing_is_shared_every_p_is_as_likely_as_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selection, "PERMUTATIONS", 99)
    # People's offsets are shared throughout, and are no agreement.
    found = [p_of_sharing(fitted(rows_of(shared=0, seed=seed)), seed=seed) for seed in range(40)]
    assert kstest(found, "uniform").pvalue > 0.05
    assert 0.01 <= min(found) < 0.2
    assert max(found) <= 1


def test_where_something_is_shared_p_is_as_small_as_it_can_be() -> None:
    for seed in range(3):
        assert p_of_sharing(fitted(rows_of(shared=2, seed=seed)), seed=0) == 1 / (1 + PERMUTATIONS)


def test_p_is_the_share_of_shuffles_that_agree_as_much_by_another_route() -> None:
    rows = rows_of(shared=0.35, seed=1)
    space = fitted(rows)
    rng = np.random.default_rng(9)

    def agreement(mixed: list[np.ndarray]) -> float:
        """Sum over folds of correlations of codes, weighted by rows, people centred by hand."""
        total = 0.0
        for encoder, fold, order in zip(space.by_fold, space.folds, mixed, strict=True):
            assert isinstance(encoder, SharedSpace)
            views = (
                encoder.encode_eeg(rows.eeg[fold.test]),
                encoder.encode_all(rows.speech[fold.test]),
            )
            for who in set(rows.groups[fold.test]):
                own = rows.groups[fold.test] == who
                for view in views:
                    view[own] -= view[own].mean(axis=0)
            eeg, speech = views
            for left, right in zip(eeg[order].T, speech.T, strict=True):
                total += len(order) * float(np.corrcoef(left, right)[0, 1])
        return total

    def shuffled(test: np.ndarray) -> np.ndarray:
        order = np.arange(len(test))
        for who in set(rows.groups[test]):
            own = np.flatnonzero(rows.groups[test] == who)
            order[own] = rng.permutation(own)
        return order

    observed = agreement([np.arange(len(fold.test)) for fold in space.folds])
    null = [agreement([shuffled(fold.test) for fold in space.folds]) for _ in range(400)]
    expected = np.mean(np.array(null) >= observed)
    assert 0.05 < expected < 0.5  # neither of the ends, where much would look right
    assert p_of_sharing(space, seed=0) == pytest.approx(expected, abs=0.12)


def test_shuffling_moves_rows_among_their_own_person_only_and_every_order_is_as_likely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    groups = np.array(list("abbacba"), dtype=object)
    monkeypatch.setattr(selection, "PERMUTATIONS", 1_200)
    drawn = _shuffled_within(groups, np.random.default_rng(0))
    for mixed in drawn:
        assert sorted(mixed) == list(range(7))
        assert (groups[mixed] == groups).all()
    orders = Counter(tuple(mixed[groups == "b"].tolist()) for mixed in drawn)
    counts = [orders[order] for order in permutations([1, 2, 5])]
    assert sum(counts) == 1_200
    assert chisquare(counts).pvalue > 0.01


def test_p_looks_at_no_label_and_draws_by_its_seed() -> None:
    rows = rows_of(shared=0.3, seed=1)
    other = TrainingRows(rows.eeg, rows.speech, 1 - rows.labels, rows.groups)
    folds = grouped_folds(rows.groups, rows.labels, n_folds=3, seed=0)
    spaces = [
        FittedEncoder.fit(SharedSpace((2,)), given, folds, centred=False) for given in (rows, other)
    ]
    first, again, second = (
        p_of_sharing(spaces[i], seed=seed) for i, seed in ((0, 0), (1, 0), (0, 1))
    )
    assert first == again
    assert first != second
    assert first == pytest.approx(second, abs=0.15)


def test_rows_without_eeg_say_nothing_of_sharing() -> None:
    rows = rows_of(shared=0.3, seed=1)
    eeg = np.where(np.arange(60)[:, None] % 3 == 0, np.nan, rows.eeg)
    some = TrainingRows(eeg, rows.speech, rows.labels, rows.groups)
    speech = np.where(np.isnan(eeg[:, :1]), 50.0, rows.speech)
    other = TrainingRows(eeg, speech, rows.labels, rows.groups)
    folds = grouped_folds(rows.groups, rows.labels, n_folds=3, seed=0)
    one, two = (
        p_of_sharing(FittedEncoder.fit(SharedSpace((2,)), given, folds, centred=False), seed=0)
        for given in (some, other)
    )
    assert one == two


def test_folds_with_next_to_no_eeg_cannot_tell_and_without_any_nothing_is_shared() -> None:
    rows = rows_of(shared=2, seed=0)
    folds = grouped_folds(rows.groups, rows.labels, n_folds=3, seed=0)
    eeg = rows.eeg.copy()
    for fold in folds:
        eeg[fold.test[2:]] = np.nan
    bare = TrainingRows(eeg, rows.speech, rows.labels, rows.groups)
    space = SharedSpace((2,)).fit(rows.eeg, rows.speech, rows.groups)
    assert p_of_sharing(FittedEncoder(space, (space,) * 3, tuple(folds), bare, False), seed=0) == 1


def test_what_has_no_eeg_codes_is_no_shared_space() -> None:
    rows = rows_of(shared=0, seed=0)
    folds = grouped_folds(rows.groups, rows.labels, n_folds=3, seed=0)
    speech = FittedEncoder.fit(SpeechItself(), rows, folds, centred=False)
    with pytest.raises(TypeError, match="p_of_sharing: the encoder must be a shared space"):
        p_of_sharing(speech, seed=0)
