"""Rival encoders: what each learns from, what it ignores, and codes that fit the vote."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.special import softmax
from studies import numbered, strong_pairs

from jmml_edu import rivals
from jmml_edu.classifier import HIDDEN
from jmml_edu.label_network import LabelNetwork
from jmml_edu.missing import Scaler
from jmml_edu.rivals import DistilledNetwork, ModalityDropout, SpeechNetwork
from jmml_edu.selection import FittedEncoder, TrainingRows
from jmml_edu.splits import grouped_folds
from jmml_edu.training import Schedule

PAIRS = strong_pairs(160)
EEG, SPEECH = (Scaler.of(v).apply(v) for v in (PAIRS.eeg.values, PAIRS.speech.values))
WHO, EVERY = PAIRS.subjects, numbered(PAIRS)
FEW = numbered(PAIRS, per_class=10)
OTHER = np.random.default_rng(1).standard_normal(EEG.shape)
ALL = (SpeechNetwork(4), DistilledNetwork(4), ModalityDropout(4))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = partial(LabelNetwork, schedule=Schedule(epochs=3))
    monkeypatch.setattr(rivals, "LabelNetwork", quick)


def codes(rival: object, eeg: np.ndarray = EEG, labels: np.ndarray = FEW) -> np.ndarray:
    """What a rival makes of all speech by its first option."""
    fitted = rival.fit(eeg, SPEECH, WHO, labels)
    return np.asarray(fitted.encode(SPEECH, fitted.options[0]))


@pytest.mark.parametrize("rival", ALL, ids=lambda one: type(one).__name__)
def test_codes_are_whole_and_those_of_a_row_depend_on_no_other_row(rival: object) -> None:
    every = codes(rival)
    assert np.isfinite(every).all()
    option = rival.options[0]
    np.testing.assert_allclose(rival.encode(SPEECH[5:6], option), every[5:6], atol=1e-5)
    assert rival.own_axes(option) <= every.shape[1]


def test_the_network_that_hears_speech_alone_does_not_look_at_eeg() -> None:
    assert codes(ALL[0]).tobytes() == codes(ALL[0], OTHER).tobytes()


@pytest.mark.parametrize("rival", ALL[1:], ids=lambda one: type(one).__name__)
def test_rivals_that_learn_from_eeg_do(rival: object) -> None:
    assert not np.allclose(codes(rival), codes(rival, OTHER), atol=1e-3)


@pytest.mark.parametrize("rival", ALL, ids=lambda one: type(one).__name__)
def test_rivals_that_learn_from_labels_do_not_see_hidden_ones(rival: object) -> None:
    assert not np.allclose(codes(rival), codes(rival, labels=EVERY), atol=1e-3)
    assert codes(rival).tobytes() == codes(rival, labels=FEW.copy()).tobytes()


def test_the_teacher_tells_the_student_of_pairs_without_a_label() -> None:
    student = DistilledNetwork(4)
    rows, shares = student._lesson(EEG, SPEECH, FEW)
    assert len(rows) == 160
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (shares[FEW != HIDDEN, FEW[FEW != HIDDEN]] >= 0.5).all()
    recall = (shares.argmax(axis=1) == EVERY)[FEW == HIDDEN].mean()
    assert recall > 0.5  # four classes: EEG tells them from few labels
    without = np.where(np.arange(160)[:, None] % 2 == 0, np.nan, EEG)
    rows, _ = student._lesson(without, SPEECH, FEW)
    assert len(rows) == ((np.arange(160) % 2 == 1) | (FEW != HIDDEN)).sum()


def test_modality_dropout_is_asked_without_eeg_and_takes_rows_without_it() -> None:
    half = np.where(np.arange(160)[:, None] % 2 == 0, np.nan, EEG)
    fused = ModalityDropout(4).fit(half, SPEECH, WHO, FEW)
    said = fused.encode(SPEECH, "network")
    silent = fused.network_.log_odds(np.hstack([np.zeros_like(EEG), SPEECH]))
    np.testing.assert_array_equal(said, silent)


def test_networks_are_judged_by_what_they_say_themselves() -> None:
    rows = TrainingRows(EEG, SPEECH, FEW, WHO)
    folds = grouped_folds(WHO, FEW, n_folds=3, seed=0)
    (way,) = FittedEncoder.fit(SpeechNetwork(4), rows, folds, centred=False).ways()
    odds = way.encoder.encode(SPEECH, "network")
    said = way.classifier.predict_proba(odds)
    np.testing.assert_allclose(said, softmax(odds, axis=1), atol=1e-12)
    held_out = []
    for fold in folds:
        network = SpeechNetwork(4).fit(
            EEG[fold.train], SPEECH[fold.train], WHO[fold.train], FEW[fold.train]
        )
        new = fold.test[FEW[fold.test] != HIDDEN]
        told = softmax(network.encode(SPEECH[new], "network"), axis=1)
        held_out.append(told[np.arange(len(new)), FEW[new]])
    expected = np.log(np.concatenate(held_out).clip(0.01)).mean()
    assert way.evidence == pytest.approx(expected, abs=1e-9)
