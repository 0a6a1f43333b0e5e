"""Choosing how to listen: learned on training people, scored on others, codes in one frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import StandardScaler

from jmml_edu.data import Split
from jmml_edu.encoders import PrincipalComponents, SharedSpace, SpeechItself, centre_within
from jmml_edu.linear import column_correlations
from jmml_edu.selection import (
    HIDDEN,
    Listening,
    Scaler,
    TrainingRows,
    cross_fitted_codes,
    linear_classifier,
    score_ways_to_listen,
)
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
from jmml_edu.splits import grouped_folds


class Witness:
    """An encoder that writes down whom it learned from and whom it was asked about."""

    options = ("speech",)

    def __init__(self, seen: list[tuple[set[str], int]]) -> None:
        self.seen = seen

    def __deepcopy__(self, memo: object) -> Witness:
        return Witness(self.seen)

    def fit(self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray) -> Witness:
        self.seen.append((set(groups), len(speech)))
        return self

    def encode(self, speech: np.ndarray, option: str) -> np.ndarray:
        return speech


class Spinning:
    """Speech in a frame that depends on how many rows were learned from."""

    options = ("spun",)

    def fit(self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray) -> Spinning:
        rng = np.random.default_rng(len(speech))
        self.frame = np.linalg.qr(rng.standard_normal((speech.shape[1],) * 2))[0]
        self.shift = rng.standard_normal(speech.shape[1])
        return self

    def encode(self, speech: np.ndarray, option: str) -> np.ndarray:
        return speech @ self.frame + self.shift


def training_rows(
    n_pairs: int = 240, *, nuisance: float = 2.0, seed: int = 0, hidden: float = 0.0
) -> TrainingRows:
    """Rows of eight people with four classes, some labels hidden."""
    pairs = gaussian_pairs(
        n_pairs, correlations=(0.95, 0.95), nuisance=nuisance, n_subjects=8, seed=seed
    )
    labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    labels[np.random.default_rng(seed).random(n_pairs) < hidden] = HIDDEN
    return TrainingRows(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)


def folds_of(rows: TrainingRows, n_folds: int = 4) -> list[Split]:
    """Folds over people."""
    return grouped_folds(rows.groups, rows.labels, n_folds=n_folds, seed=0)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_scaling_is_that_of_scikit_learn(seed: int) -> None:
    values = np.random.default_rng(seed).normal(3, 5, size=(20, 4))
    np.testing.assert_allclose(
        Scaler.of(values).apply(values), StandardScaler().fit_transform(values), atol=1e-9
    )


def test_rows_without_eeg_do_not_scale() -> None:
    values = np.random.default_rng(0).random((10, 2))
    holes = values.copy()
    holes[3, 0], holes[5] = np.nan, np.nan
    kept = np.delete(values, [3, 5], axis=0)
    found = Scaler.of(holes)
    np.testing.assert_allclose(found.mean, kept.mean(axis=0))
    np.testing.assert_allclose(found.scale, kept.std(axis=0))
    assert np.isnan(found.apply(holes)[5]).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6 / 3])
def test_constant_columns_are_not_blown_up(constant: float) -> None:
    values = np.full((50, 1), constant)
    assert Scaler.of(values).apply(values + 1e-3) == pytest.approx(1e-3)


def test_rows_are_taken_and_centred_together() -> None:
    rows = training_rows(hidden=0.5)
    some = rows.take(np.array([4, 2]))
    assert (some.eeg == rows.eeg[[4, 2]]).all()
    assert (some.speech == rows.speech[[4, 2]]).all()
    assert (some.labels == rows.labels[[4, 2]]).all()
    assert (some.groups == rows.groups[[4, 2]]).all()
    centred = rows.centred()
    np.testing.assert_allclose(centred.speech, centre_within(rows.speech, rows.groups))
    assert centred.eeg is rows.eeg
    assert rows.labelled.sum() == (rows.labels >= 0).sum()


def test_encoders_learn_from_training_people_only() -> None:
    rows, seen = training_rows(hidden=0.3), []
    folds = folds_of(rows)
    score_ways_to_listen([Witness(seen)], rows, folds)
    expected = [(set(rows.groups[fold.train]), len(fold.train)) for fold in folds]
    assert seen == expected * 2  # once plain, once with each speaker centred
    seen.clear()
    cross_fitted_codes(Listening(Witness(seen), "speech", centred=False), rows, folds)
    assert seen == expected


@pytest.mark.parametrize("centred", [False, True])
def test_a_way_to_listen_scores_the_pooled_recall_of_held_out_people(centred: bool) -> None:
    rows = training_rows(hidden=0.3)
    folds = folds_of(rows)
    speech = centre_within(rows.speech, rows.groups) if centred else rows.speech
    true, predicted = [], []
    for fold in folds:
        train, test = (side[rows.labels[side] >= 0] for side in (fold.train, fold.test))
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        model.fit(speech[train], rows.labels[train])
        predicted.append(model.predict(speech[test]))
        true.append(rows.labels[test])
    expected = balanced_accuracy_score(np.concatenate(true), np.concatenate(predicted))
    scored = score_ways_to_listen([SpeechItself()], rows, folds)
    (found,) = [score for way, score in scored if way.centred == centred]
    assert found == pytest.approx(expected)


def test_every_way_to_listen_is_scored_with_its_name() -> None:
    rows = training_rows()
    encoders = [SharedSpace((2,)), SpeechItself()]
    scored = score_ways_to_listen(encoders, rows, folds_of(rows))
    names = ["latent 2", "both 2", "speech"]
    assert [way.name for way, _ in scored] == names + [f"{n}, each speaker centred" for n in names]
    found = {way.name: score for way, score in scored}
    assert found["latent 2"] > found["speech"] > 0.25


def test_labels_of_held_out_people_teach_nothing() -> None:
    rows = training_rows(nuisance=0.5, hidden=0.3)
    fold = folds_of(rows)[0]
    rotated = rows.labels.copy()
    held_out = rotated[fold.test]
    rotated[fold.test] = np.where(held_out == HIDDEN, HIDDEN, (held_out + 1) % 4)
    other = TrainingRows(rows.eeg, rows.speech, rotated, rows.groups)
    before, after = (
        score_ways_to_listen([SharedSpace((2,))], data, [fold])[0][1] for data in (rows, other)
    )
    # The same predictions against rotated labels: right answers become wrong ones.
    assert before > 0.6
    assert after < 0.3


def test_the_classifier_gives_probabilities_with_fewer_labels_than_columns() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 5)
    speech = rng.standard_normal((10, 30)) + 2 * labels[:, None]
    found = linear_classifier().fit(speech, labels).predict_proba(speech)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert (found.argmax(axis=1) == labels).all()


def test_cross_fitting_undoes_the_frame_of_each_fold() -> None:
    rows = training_rows()
    way = Listening(Spinning(), "spun", centred=False).fit(rows)
    codes = cross_fitted_codes(way, rows, folds_of(rows, 3))
    np.testing.assert_allclose(codes, way.encode(rows.speech), atol=1e-9)


def test_cross_fitted_codes_lie_in_the_frame_of_the_final_ones() -> None:
    rows = training_rows(600, nuisance=1.0)
    way = Listening(SharedSpace((2,)), "latent 2", centred=False).fit(rows)
    codes = cross_fitted_codes(way, rows, folds_of(rows))
    final = way.encode(rows.speech)
    assert column_correlations(codes, final).min() > 0.95
    assert not np.allclose(codes, final)
    np.testing.assert_allclose(codes.std(axis=0), final.std(axis=0), rtol=0.1)


@pytest.mark.parametrize("dim", [6, 80])
def test_what_learns_nothing_gives_the_same_codes_cross_fitted(dim: int) -> None:
    rng = np.random.default_rng(0)
    groups, labels = np.repeat(list("abcdef"), 5), np.tile([0, 1], 15)
    rows = TrainingRows(np.full((30, 1), np.nan), rng.random((30, dim)), labels, groups)
    way = Listening(SpeechItself(), "speech", centred=False)
    codes = cross_fitted_codes(way, rows, folds_of(rows, 3))
    np.testing.assert_allclose(codes, rows.speech, atol=1e-9)


def test_rows_that_no_fold_holds_out_keep_their_final_codes() -> None:
    rows = training_rows()
    folds = folds_of(rows)[:1]
    way = Listening(PrincipalComponents(whitened=(3,), dropped=()), "whitened 3", False).fit(rows)
    codes, final = cross_fitted_codes(way, rows, folds), way.encode(rows.speech)
    np.testing.assert_array_equal(codes[folds[0].train], final[folds[0].train])
    assert (codes[folds[0].test] != final[folds[0].test]).all()


def test_learning_leaves_the_given_encoder_untouched() -> None:
    rows = training_rows()
    way = Listening(SharedSpace((2,)), "latent 2", centred=False)
    fitted = way.fit(rows)
    assert not hasattr(way.encoder, "cca_")
    assert fitted.name == way.name == "latent 2"
    assert fitted.encode(rows.speech).shape == (240, 2)
