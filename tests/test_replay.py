"""A training can be gone through again, with the rows it learned from and with any others."""

from __future__ import annotations

import numpy as np
import pytest
from studies import bent_pairs, numbered, strong_pairs

from jmml_edu.classifier import Classifier, LogOdds
from jmml_edu.crossmodal import CorrelatedAutoencoder
from jmml_edu.deep_encoders import AfterStep1, CorrelatedSpace
from jmml_edu.encoders import SharedSpace
from jmml_edu.training import Schedule

PAIRS = bent_pairs(200)
EEG, SPEECH, WHO = PAIRS.eeg.values, PAIRS.speech.values, PAIRS.subjects


@pytest.fixture(scope="module")
def model() -> CorrelatedAutoencoder:
    """A model that was tried for three epochs, and kept its own codes of everybody."""
    model = CorrelatedAutoencoder(2, schedule=Schedule(epochs=3), watched=len(EEG))
    return model.fit(EEG, SPEECH, groups=WHO)


def test_codes_of_each_epoch_are_those_that_were_watched(model: CorrelatedAutoencoder) -> None:
    assert model.replay_ is not None
    order = np.argsort(model.held_out_, kind="stable")
    replayed = list(model.replay_.codes(EEG[order], SPEECH[order]))
    assert len(replayed) == len(model.history_.codes[0]) == 4
    for epoch, codes in enumerate(replayed):
        for side, name in enumerate(("eeg", "speech")):
            raw = model.history_.codes[side][epoch]
            turned = model.replay_.epochs[epoch].turns[name].apply(raw)
            np.testing.assert_allclose(codes[side], turned, atol=1e-4)


def test_agreement_of_those_who_judged_is_the_score_on_record(
    model: CorrelatedAutoencoder,
) -> None:
    assert model.replay_ is not None
    judges = model.held_out_
    for (eeg, speech), score in zip(
        model.replay_.codes(EEG[judges], SPEECH[judges]),
        model.history_.scores["correlation"], strict=True,
    ):  # fmt: skip
        agree = [np.corrcoef(eeg[:, k], speech[:, k])[0, 1] for k in range(2)]
        assert sum(agree) == pytest.approx(score, abs=1e-4)


def test_a_row_that_is_missing_has_no_code_and_replaying_changes_nothing(
    model: CorrelatedAutoencoder,
) -> None:
    assert model.replay_ is not None
    before = model.transform(speech=SPEECH)
    eeg = EEG[:5].copy()
    eeg[2] = np.nan
    *_, (codes, _) = model.replay_.codes(eeg, SPEECH[:5])
    assert np.isnan(codes[2]).all()
    assert np.isfinite(codes[[0, 1, 3, 4]]).all()
    assert model.transform(speech=SPEECH).tobytes() == before.tobytes()


def test_where_nobody_judges_there_is_nothing_to_replay() -> None:
    model = CorrelatedAutoencoder(2, schedule=Schedule(epochs=1), held_out=0.0)
    assert model.fit(EEG, SPEECH).replay_ is None
    assert SharedSpace((2,)).fit(EEG, SPEECH, WHO).replay(EEG, SPEECH) is None
    told = CorrelatedSpace((2,), epochs=1).fit(EEG, SPEECH, WHO)
    assert told.replay(EEG, SPEECH) is None


def test_after_step_1_embeddings_travel() -> None:
    pairs = strong_pairs(120)
    labels = numbered(pairs)
    space = AfterStep1(CorrelatedSpace((2,), terms="DCCA"))
    space.fit(pairs.eeg.values, pairs.speech.values, pairs.subjects, labels)
    eeg = pairs.eeg.values[:6].copy()
    eeg[0] = np.nan
    replayed = space.replay(eeg, pairs.speech.values[:6])
    assert replayed is not None
    epochs = len(replayed.losses["correlation"])
    assert replayed.eeg.shape == replayed.speech.shape == (epochs + 1, 6, 2)
    assert np.isnan(replayed.eeg[:, 0]).all()
    assert np.isfinite(replayed.speech).all()
    assert 0 <= replayed.best_epoch <= epochs


@pytest.mark.parametrize("n_classes", [2, 3])
def test_log_odds_that_are_affine_give_the_probabilities(n_classes: int) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % n_classes
    codes = rng.standard_normal((60, 3)) + labels[:, None]
    classifier = Classifier(codes, labels)
    weights, offsets = classifier.affine(3)
    odds = codes @ weights.T + offsets
    shares = np.exp(odds - odds.max(axis=1, keepdims=True))
    np.testing.assert_allclose(
        shares / shares.sum(axis=1, keepdims=True), classifier.predict_proba(codes), atol=1e-12
    )
    alone = Classifier(codes[:1], labels[:1]).affine(3)
    assert not alone[0].any()
    assert not alone[1].any()


def test_log_odds_themselves_are_affine_without_a_change() -> None:
    codes = np.random.default_rng(0).standard_normal((5, 3))
    weights, offsets = LogOdds(3).affine(3)
    np.testing.assert_array_equal(codes @ weights.T + offsets, codes)
