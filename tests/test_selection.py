"""Choosing how to listen: learned on training people, scored on others, codes in one frame."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import balanced_accuracy_score

from jmml_edu.classifier import HIDDEN
from jmml_edu.data import Split
from jmml_edu.encoders import PrincipalComponents, SharedSpace, SpeechItself, centre_within
from jmml_edu.linear import column_correlations
from jmml_edu.selection import (
    Hearing,
    Listening,
    TrainingRows,
    choose,
    cross_fitted_codes,
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

    def own_axes(self, option: str) -> int:
        return 0


class Spinning:
    """Speech in a frame that depends on how many rows were learned from, alone or beside itself."""

    options = ("spun", "both")

    def fit(self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray) -> Spinning:
        rng = np.random.default_rng(len(speech))
        self.frame = np.linalg.qr(rng.standard_normal((speech.shape[1],) * 2))[0]
        self.shift = rng.standard_normal(speech.shape[1])
        return self

    def encode(self, speech: np.ndarray, option: str) -> np.ndarray:
        spun = speech @ self.frame + self.shift
        return np.hstack([speech, spun]) if option == "both" else spun

    def own_axes(self, option: str) -> int:
        return self.frame.shape[1]


class Gossip:
    """Tells the EEG of rows it has learned from, and a whisper of speech of all others."""

    options = ("gossip",)

    def fit(self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray) -> Gossip:
        self.known = {row.tobytes(): value for row, value in zip(speech, eeg[:, :1], strict=True)}
        return self

    def encode(self, speech: np.ndarray, option: str) -> np.ndarray:
        return np.array([self.known.get(row.tobytes(), 1e-3 * row[:1]) for row in speech])

    def own_axes(self, option: str) -> int:
        return 0


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
    centred = ", each speaker centred"
    assert [way.name for way, _ in scored] == [
        "latent 2", "both 2", "latent 2" + centred, "both 2" + centred,
        "speech", "speech" + centred,
    ]  # fmt: skip
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


@pytest.mark.parametrize("option", ["spun", "both"])
def test_cross_fitting_undoes_the_frame_of_each_fold(option: str) -> None:
    rows = training_rows()
    way = Listening(Spinning(), option, centred=False).fit(rows)
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


def test_rows_that_no_fold_holds_out_have_no_code_and_teach_the_classifier_nothing() -> None:
    rows = training_rows()
    folds = folds_of(rows)[:2]
    way = Listening(SpeechItself(), "speech", centred=False)
    codes = cross_fitted_codes(way.fit(rows), rows, folds)
    held_out = np.sort(np.concatenate([fold.test for fold in folds]))
    np.testing.assert_array_equal(np.flatnonzero(np.isfinite(codes).all(axis=1)), held_out)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    model.fit(rows.speech[held_out], rows.labels[held_out])
    found = Hearing.learn(way, rows, folds).classifier.predict_proba(rows.speech)
    np.testing.assert_allclose(found, model.predict_proba(rows.speech), atol=1e-9)


def test_folds_without_a_label_on_either_side_are_no_judges() -> None:
    rows = training_rows(nuisance=0.5)
    folds = folds_of(rows)
    labels = rows.labels.copy()
    labels[folds[0].test] = HIDDEN
    some = TrainingRows(rows.eeg, rows.speech, labels, rows.groups)
    scored = score_ways_to_listen([SpeechItself()], some, folds)
    same = score_ways_to_listen([SpeechItself()], some, folds[1:])
    assert [score for _, score in scored] == [score for _, score in same]
    one = np.full_like(labels, HIDDEN)
    one[rows.groups == rows.groups[0]] = rows.labels[rows.groups == rows.groups[0]]
    lonely = TrainingRows(rows.eeg, rows.speech, one, rows.groups)
    scored = score_ways_to_listen([SpeechItself(), SharedSpace((2,))], lonely, folds)
    assert {score for _, score in scored} == {0.0}
    assert choose(scored).name == "speech"


def test_fewer_training_rows_than_columns_can_be_whitened() -> None:
    rows = training_rows(32, nuisance=1.0)
    way = Listening(PrincipalComponents(whitened=(24,), dropped=()), "whitened 24", False)
    wide = TrainingRows(rows.eeg, np.hstack([rows.speech, rows.eeg]), rows.labels, rows.groups)
    codes = cross_fitted_codes(way.fit(wide), wide, folds_of(wide, 4))
    assert codes.shape == (32, 24)
    assert np.isfinite(codes).all()


def test_learning_leaves_the_given_encoder_untouched() -> None:
    rows = training_rows()
    way = Listening(SharedSpace((2,)), "latent 2", centred=False)
    fitted = way.fit(rows)
    assert not hasattr(way.encoder, "space_")
    assert fitted.name == way.name == "latent 2"
    assert fitted.encode(rows.speech).shape == (240, 2)


def test_only_axes_that_an_encoder_chose_are_turned() -> None:
    rows = training_rows(120)
    way = Listening(SharedSpace((2,)), "both 2", centred=False).fit(rows)
    codes = cross_fitted_codes(way, rows, folds_of(rows))
    np.testing.assert_array_equal(codes[:, :-2], rows.speech)
    assert not np.allclose(codes[:, -2:], way.encode(rows.speech)[:, -2:])


@pytest.mark.parametrize("size", [24, 48])
def test_asking_for_more_axes_than_there_are_turns_every_one(size: int) -> None:
    rows = training_rows()

    def cross_fitted(size: int) -> np.ndarray:
        encoder = PrincipalComponents(whitened=(size,), dropped=())
        way = Listening(encoder, f"whitened {size}", centred=False).fit(rows)
        return cross_fitted_codes(way, rows, folds_of(rows))

    np.testing.assert_array_equal(cross_fitted(size), cross_fitted(rows.speech.shape[1]))


@pytest.mark.parametrize("centred", [False, True])
def test_a_hearing_has_learned_from_labelled_rows_prepared_as_its_way_asks(centred: bool) -> None:
    rows = training_rows(hidden=0.6)
    speech = centre_within(rows.speech, rows.groups) if centred else rows.speech
    way = Listening(SpeechItself(), "speech", centred)
    found = Hearing.learn(way, rows, folds_of(rows))
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    model.fit(speech[rows.labelled], rows.labels[rows.labelled])
    np.testing.assert_allclose(
        found.classifier.predict_proba(rows.speech), model.predict_proba(rows.speech), atol=1e-9
    )
    assert found.listening.name == way.name


def test_a_hearing_learns_its_encoder_from_everyone_labelled_or_not() -> None:
    rows, seen = training_rows(hidden=0.6), []
    Hearing.learn(Listening(Witness(seen), "speech", centred=False), rows, folds_of(rows))
    assert seen[0] == (set(rows.groups), 240)


def test_a_hearing_believes_nothing_that_was_told_of_rows_already_known() -> None:
    labels = np.tile([0, 1, 2, 3], 30)
    speech = np.random.default_rng(0).standard_normal((120, 3))
    groups = np.repeat(list("abcdef"), 20)
    rows = TrainingRows(10.0 * labels[:, None], speech, labels, groups)
    hearing = Hearing.learn(Listening(Gossip(), "gossip", centred=False), rows, folds_of(rows))
    heard = hearing.listening.encode(speech)
    np.testing.assert_array_equal(heard, rows.eeg)
    new = hearing.listening.encode(speech + 1e-9)
    assert hearing.classifier.predict_proba(new).max() < 0.6
