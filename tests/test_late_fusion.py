"""Late fusion: what EEG may say beside speech where it is there at inference."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score
from studies import closed_form

from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.data import Split
from jmml_edu.eeg_free import LEAST_WEIGHT
from jmml_edu.late_fusion import EEGVoice, mean_share
from jmml_edu.pipeline import JMML
from jmml_edu.selection import TrainingRows

CLASSES = np.arange(2)
WHO = np.repeat([f"p{number}" for number in range(10)], 20)
FOLDS = [
    Split(np.flatnonzero(fold != np.arange(200) // 20 % 5),
          np.flatnonzero(fold == np.arange(200) // 20 % 5), "subject")
    for fold in range(5)
]  # fmt: skip


def world(seed: int, *, of_eeg: float, of_speech: float) -> tuple[np.ndarray, ...]:
    """Classes, and views that know each of them on their own, as well as one says."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=200)
    views = [
        strength * (2 * labels - 1)[:, None] * np.array([1.0, 0, 0]) + rng.standard_normal((200, 3))
        for strength in (of_eeg, of_speech)
    ]
    return labels, *views


def learned(labels: np.ndarray, eeg: np.ndarray, speech: np.ndarray) -> JMML:
    """The road in closed form."""
    return closed_form().fit(eeg, speech, labels, WHO)


def expected_share(said: np.ndarray, of_eeg: np.ndarray, labels: np.ndarray) -> float:
    """The mean of all shares, each as probable as the product makes the labels; two are one."""
    shares = np.linspace(0, 1, 101)
    logs = []
    for share in shares:
        product = said.clip(0.01) ** (1 - share) * of_eeg.clip(0.01) ** share
        product /= product.sum(axis=1, keepdims=True)
        logs.append(np.log(product[np.arange(len(labels)), labels].clip(0.01)).sum() / 2)
    odds = np.exp(np.array(logs) - max(logs))
    return float((odds * shares).sum() / odds.sum())


def test_the_share_is_what_held_out_rows_of_which_both_have_spoken_expect() -> None:
    labels, eeg, _ = world(0, of_eeg=1.0, of_speech=0.0)
    rows = TrainingRows(eeg, eeg, labels, WHO)
    said = np.random.default_rng(1).dirichlet([2, 2], 200)
    of_eeg = np.zeros((200, 2))
    for fold in FOLDS:
        one = Classifier(eeg[fold.train], labels[fold.train])
        of_eeg[fold.test] = one.predict_proba(eeg[fold.test])
    for spoken in (200, 24):
        known = np.where(np.arange(200)[:, None] < spoken, said, np.nan)
        share = EEGVoice.fit(rows, FOLDS, known, CLASSES).share
        expected = expected_share(said[:spoken], of_eeg[:spoken], labels[:spoken])
        assert share == pytest.approx(expected, abs=1e-9)
        assert 0.5 < share < 1


def test_what_the_vote_said_before_it_met_somebody_is_each_way_as_far_as_it_may() -> None:
    labels, eeg, speech = world(0, of_eeg=0.9, of_speech=1.0)
    shown = np.where(np.arange(200) % 3 > 0, labels, HIDDEN)
    road = learned(shown, eeg, speech)
    vote = road._held_out_vote(shown)
    known = shown != HIDDEN
    assert np.isnan(vote[~known]).all()
    ways = zip(road.ways_, road.weights_, strict=True)
    product = np.prod(
        [way.held_out[known].clip(0.01) ** w for way, w in ways if w > LEAST_WEIGHT], axis=0
    )
    np.testing.assert_allclose(vote[known], product / product.sum(axis=1, keepdims=True))


def test_two_that_know_different_things_know_more_together_than_either() -> None:
    labels, eeg, speech = world(0, of_eeg=0.9, of_speech=1.0)
    road = learned(labels, eeg, speech)
    assert 0.25 < road.eeg_voice_.share < 0.75
    truth, *views = world(7, of_eeg=0.9, of_speech=1.0)
    scores = [balanced_accuracy_score(truth, told) for told in (
        road.predict(views[1]), road.predict(eeg=views[0]), road.predict(views[1], views[0])
    )]  # fmt: skip
    assert scores[2] > max(scores[:2]) + 0.03


@pytest.mark.parametrize("knows", ["of_eeg", "of_speech"])
def test_who_knows_nothing_says_little_and_spoils_nothing(knows: str) -> None:
    strengths = {"of_eeg": 0.0, "of_speech": 0.0} | {knows: 1.2}
    road = learned(*world(0, **strengths))
    share = road.eeg_voice_.share
    assert 0.6 < (share if knows == "of_eeg" else 1 - share) < 1
    truth, eeg, speech = world(7, **strengths)
    alone = road.predict(eeg=eeg) if knows == "of_eeg" else road.predict(speech)
    both = road.predict(speech, eeg)
    lost = balanced_accuracy_score(truth, alone) - balanced_accuracy_score(truth, both)
    assert lost < 0.02


def test_without_a_label_to_judge_by_both_are_heard_alike() -> None:
    labels, eeg, _ = world(0, of_eeg=1.0, of_speech=0.0)
    unknown = np.full((200, 2), np.nan)
    voice = EEGVoice.fit(TrainingRows(eeg, eeg, labels, WHO), FOLDS, unknown, CLASSES)
    assert voice.share == pytest.approx(0.5)
    assert mean_share(lambda share: -share, 0) == pytest.approx(0.5)


def test_few_labels_do_not_silence_anybody_and_many_do() -> None:
    shares = [mean_share(lambda share: -share, n_labels) for n_labels in (2, 20, 2000)]
    # The mean of exp(-k a) over [0, 1] is 1 / k - 1 / (exp(k) - 1), with k = n / 2.
    expected = [1 / k - 1 / np.expm1(k) for k in (1, 10)]
    np.testing.assert_allclose(shares[:2], expected, atol=0.005)
    assert shares[2] < 0.001


def test_rows_without_one_view_do_not_move_what_the_others_said() -> None:
    labels, eeg, speech = world(0, of_eeg=0.9, of_speech=1.0)
    whole = learned(labels, eeg, speech).eeg_voice_.share
    silent = np.arange(200) % 10 == 0
    eeg[silent], speech[np.roll(silent, 5)] = np.nan, np.nan
    assert learned(labels, eeg, speech).eeg_voice_.share == pytest.approx(whole, abs=0.1)
