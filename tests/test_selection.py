"""Ways to listen: learned on training people, judged by others, codes in one frame."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu.classifier import HIDDEN, Labels
from jmml_edu.columns import column_correlations
from jmml_edu.data import Split
from jmml_edu.encoders import (
    Encoder,
    PrincipalComponents,
    SharedSpace,
    SpeechItself,
    centre_within,
)
from jmml_edu.selection import (
    LEAST_PROBABILITY,
    FittedEncoder,
    TrainingRows,
    Way,
    cross_fitted_codes,
)
from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
from jmml_edu.splits import grouped_folds


class Witness:
    """An encoder that writes down whom it learned from, and which labels it was told."""

    options = ("speech",)

    def __init__(self, seen: list[tuple[set[str], list[int]]]) -> None:
        self.seen = seen

    def __deepcopy__(self, memo: object) -> Witness:
        return Witness(self.seen)

    def fit(
        self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray, labels: Labels | None = None
    ) -> Witness:
        assert labels is not None
        assert len(eeg) == len(speech) == len(groups) == len(labels)
        self.seen.append((set(groups), labels.tolist()))
        return self

    def encode(self, speech: np.ndarray, option: str) -> np.ndarray:
        return speech

    def own_axes(self, option: str) -> int:
        return 0


class Spinning:
    """Speech in a frame that depends on how many rows were learned from, alone or beside itself."""

    options = ("spun", "both")

    def fit(
        self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray, labels: Labels | None = None
    ) -> Spinning:
        rng = np.random.default_rng(len(speech))
        self.frame = np.linalg.qr(rng.standard_normal((speech.shape[1],) * 2))[0]
        self.shift = rng.standard_normal(speech.shape[1])
        return self

    def encode(self, speech: np.ndarray, option: str) -> np.ndarray:
        spun = speech @ self.frame + self.shift
        return np.hstack([speech, spun]) if option == "both" else spun

    def own_axes(self, option: str) -> int:
        return int(self.frame.shape[1])


class Gossip:
    """Tells the EEG of rows it has learned from, and a whisper of speech of all others."""

    options = ("gossip",)

    def fit(
        self, eeg: np.ndarray, speech: np.ndarray, groups: np.ndarray, labels: Labels | None = None
    ) -> Gossip:
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


def relabelled(rows: TrainingRows, labels: Labels) -> TrainingRows:
    """The same rows under other labels."""
    return TrainingRows(rows.eeg, rows.speech, labels, rows.groups)


def folds_of(rows: TrainingRows, n_folds: int = 4) -> list[Split]:
    """Folds over people."""
    return grouped_folds(rows.groups, rows.labels, n_folds=n_folds, seed=0)


def fitted(
    encoder: Encoder, rows: TrainingRows, folds: list[Split] | None = None, *, centred: bool = False
) -> FittedEncoder:
    """The encoder fitted to all rows and to each of four folds."""
    return FittedEncoder.fit(
        encoder, rows, folds_of(rows) if folds is None else folds, centred=centred
    )


def cross_fitted(found: FittedEncoder, option: str) -> np.ndarray:
    """Codes of all rows, each from the encoder of the fold that holds it out."""
    by_fold = [encoder.encode(found.rows.speech, option) for encoder in found.by_fold]
    return cross_fitted_codes(found, option, by_fold)


def discriminants(codes: np.ndarray, labels: Labels) -> LinearDiscriminantAnalysis:
    """The classifier of the road, straight from scikit-learn."""
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(codes, labels)


def evidence_by_a_loop(codes_of: list[np.ndarray], rows: TrainingRows, folds: list[Split]) -> float:
    """Mean log probability of held-out labels, one row after the other."""
    logs = []
    for codes, fold in zip(codes_of, folds, strict=True):
        train, test = (side[rows.labels[side] >= 0] for side in (fold.train, fold.test))
        model = discriminants(codes[train], rows.labels[train])
        for row in test:
            said = dict(zip(model.classes_, model.predict_proba(codes[[row]])[0], strict=True))
            logs.append(log(max(said.get(rows.labels[row], 0.0), LEAST_PROBABILITY)))
    return sum(logs) / len(logs)


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


def test_an_encoder_learns_from_everyone_and_for_each_fold_from_its_training_people_only() -> None:
    rows = training_rows(hidden=0.6)
    folds, seen = folds_of(rows), []
    fitted(Witness(seen), rows, folds)
    everybody = (set(rows.groups), rows.labels.tolist())
    assert seen == [everybody] + [
        (set(rows.groups[fold.train]), rows.labels[fold.train].tolist()) for fold in folds
    ]


def test_learning_leaves_the_given_encoder_untouched() -> None:
    encoder = SharedSpace((2,))
    found = fitted(encoder, training_rows())
    assert not hasattr(encoder, "space_")
    assert len({id(one) for one in (encoder, found.everybody, *found.by_fold)}) == 6


def test_speech_is_centred_before_the_encoder_learns_where_that_is_asked_for() -> None:
    rows = training_rows()
    found = fitted(SharedSpace((2,)), rows, centred=True)
    expected = SharedSpace((2,)).fit(rows.eeg, rows.centred().speech, rows.groups)
    speech = rows.speech[:9]
    np.testing.assert_array_equal(
        found.everybody.encode(speech, "latent 2"), expected.encode(speech, "latent 2")
    )
    np.testing.assert_array_equal(found.rows.speech, rows.centred().speech)


@pytest.mark.parametrize("centred", [False, True])
def test_evidence_is_the_mean_log_probability_of_held_out_labels(centred: bool) -> None:
    rows = training_rows(hidden=0.3)
    folds = folds_of(rows)
    speech = centre_within(rows.speech, rows.groups) if centred else rows.speech
    (way,) = fitted(SpeechItself(), rows, folds, centred=centred).ways()
    expected = evidence_by_a_loop([speech] * 4, rows, folds)
    assert way.evidence == pytest.approx(expected, abs=1e-9)


def test_evidence_is_that_of_encoders_that_did_not_learn_from_who_judges() -> None:
    rows = training_rows(hidden=0.3)
    folds = folds_of(rows)
    codes = [
        SharedSpace((2,))
        .fit(rows.eeg[fold.train], rows.speech[fold.train], rows.groups[fold.train])
        .encode(rows.speech, "both 2")
        for fold in folds
    ]
    found = {way.name: way.evidence for way in fitted(SharedSpace((2,)), rows, folds).ways()}
    assert found["both 2"] == pytest.approx(evidence_by_a_loop(codes, rows, folds), abs=1e-9)


def test_no_single_label_costs_more_than_a_hundredth() -> None:
    # Codes tell the class of all but one row, which is as sure as the others, and wrong.
    labels = np.tile([0, 1], 40)
    speech = 10.0 * labels[:, None] + np.random.default_rng(0).standard_normal((80, 2))
    shown = labels.copy()
    shown[7] = 1 - shown[7]
    rows = TrainingRows(np.full((80, 1), np.nan), speech, shown, np.repeat(list("abcd"), 20))
    (way,) = fitted(SpeechItself(), rows).ways()
    assert way.evidence == pytest.approx(log(LEAST_PROBABILITY) / 80, abs=1e-3)


def test_a_class_that_training_people_never_showed_counts_as_least_probable() -> None:
    labels = np.repeat([0, 1, 0, 2], 10)  # only d shows class 2
    speech = np.random.default_rng(0).standard_normal((40, 3)) + 5.0 * labels[:, None]
    rows = TrainingRows(np.full((40, 1), np.nan), speech, labels, np.repeat(list("abcd"), 10))
    folds = [Split(np.arange(30), np.arange(30, 40), by="subject")]
    (way,) = fitted(SpeechItself(), rows, folds).ways()
    assert way.evidence == pytest.approx(log(LEAST_PROBABILITY))


def test_every_option_is_a_way_with_its_name_kind_and_classifier() -> None:
    rows = training_rows()
    plain, centred = (
        list(fitted(SharedSpace((2, 4)), rows, centred=centred).ways()) for centred in (False, True)
    )
    assert [way.name for way in plain] == ["latent 2", "latent 4", "both 2", "both 4"]
    assert [way.kind for way in plain] == ["latent", "latent", "both", "both"]
    assert [way.name for way in centred] == [f"{way.name}, each speaker centred" for way in plain]
    assert [way.kind for way in centred] == [way.kind for way in plain]
    assert {way.centred for way in centred} == {True}
    speech = Way(
        SpeechItself(), "without 5 speaker axes", False, plain[0].classifier, 0.0, plain[0].held_out
    )
    assert speech.kind == "without speaker axes"


def test_eeg_that_shows_the_way_is_evidence() -> None:
    rows = training_rows()
    found = {way.name: way.evidence for way in fitted(SharedSpace((2,)), rows).ways()}
    (speech,) = fitted(SpeechItself(), rows).ways()
    assert 0 > found["latent 2"] > speech.evidence > log(LEAST_PROBABILITY)


def test_labels_of_held_out_people_teach_nothing() -> None:
    rows = training_rows(nuisance=0.5, hidden=0.3)
    fold = folds_of(rows)[0]
    rotated = rows.labels.copy()
    held_out = rotated[fold.test]
    rotated[fold.test] = np.where(held_out == HIDDEN, HIDDEN, (held_out + 1) % 4)
    before, after = (
        next(fitted(SharedSpace((2,)), data, [fold]).ways()).evidence
        for data in (rows, relabelled(rows, rotated))
    )
    # The same predictions against rotated labels: right answers become wrong ones.
    assert before > log(0.5)
    assert after < log(0.15)


def test_folds_without_a_label_on_either_side_say_nothing() -> None:
    rows = training_rows(nuisance=0.5)
    folds = folds_of(rows)
    labels = rows.labels.copy()
    labels[folds[0].test] = HIDDEN
    some = relabelled(rows, labels)
    (all_folds,), (fewer,) = (
        fitted(SpeechItself(), some, given).ways() for given in (folds, folds[1:])
    )
    assert all_folds.evidence == fewer.evidence
    one = np.full_like(labels, HIDDEN)
    one[rows.groups == rows.groups[0]] = rows.labels[rows.groups == rows.groups[0]]
    lonely = relabelled(rows, one)  # labels of one person: nobody can judge
    ways = [*fitted(SpeechItself(), lonely).ways(), *fitted(SharedSpace((2,)), lonely).ways()]
    assert {way.evidence for way in ways} == {0.0}


@pytest.mark.parametrize("option", ["spun", "both"])
def test_cross_fitting_undoes_the_frame_of_each_fold(option: str) -> None:
    rows = training_rows()
    found = fitted(Spinning(), rows, folds_of(rows, 3))
    codes = cross_fitted(found, option)
    np.testing.assert_allclose(codes, found.everybody.encode(rows.speech, option), atol=1e-9)


def test_cross_fitted_codes_lie_in_the_frame_of_the_final_ones() -> None:
    rows = training_rows(600, nuisance=1.0)
    found = fitted(SharedSpace((2,)), rows)
    codes = cross_fitted(found, "latent 2")
    final = found.everybody.encode(rows.speech, "latent 2")
    assert column_correlations(codes, final).min() > 0.95
    assert not np.allclose(codes, final)
    np.testing.assert_allclose(codes.std(axis=0), final.std(axis=0), rtol=0.1)


@pytest.mark.parametrize("option", ["latent 4", "both 4"])
def test_a_fold_with_too_little_eeg_has_fewer_axes_and_zeros_for_the_others(option: str) -> None:
    drawn = training_rows()
    only = drawn.groups == drawn.groups[0]
    eeg = np.where(only[:, None] | (np.arange(drawn.eeg.shape[1]) == 0), drawn.eeg, 0.0)
    rows = replace(drawn, eeg=eeg)  # without one person, only one column moves
    found = fitted(SharedSpace((4,)), rows)
    poor = [one for one in found.by_fold if isinstance(one, SharedSpace) and one.n_components_ == 1]
    assert len(poor) == 1
    codes = cross_fitted(found, option)
    final = found.everybody.encode(rows.speech, option)
    assert codes.shape == final.shape
    assert np.isfinite(codes).all()
    of_poor = found.folds[found.by_fold.index(poor[0])].test
    assert only[of_poor].any()
    held_out = codes[of_poor, -4:]
    assert np.linalg.matrix_rank(held_out - held_out.mean(axis=0)) == 1


def test_a_fold_with_more_axes_than_all_rows_keeps_those_that_fit() -> None:
    rows = training_rows()
    few, many = SharedSpace((2,)), SharedSpace((4,))
    wide = fitted(many, rows)
    mixed = FittedEncoder(fitted(few, rows).everybody, wide.by_fold, wide.folds, rows, False)
    codes = cross_fitted(mixed, "latent 4")
    assert codes.shape == (len(rows.speech), 2)
    assert column_correlations(codes, mixed.everybody.encode(rows.speech, "latent 4")).min() > 0.9


def test_codes_of_a_person_are_turned_without_looking_at_that_person() -> None:
    rows = training_rows()
    folds = folds_of(rows)
    found = fitted(SharedSpace((2,)), rows, folds)
    codes = cross_fitted(found, "latent 2")
    speech = rows.speech.copy()
    speech[folds[0].test[1:]] *= 100  # all but one row of who is held out
    louder = TrainingRows(rows.eeg, speech, rows.labels, rows.groups)
    same = FittedEncoder(found.everybody, found.by_fold, found.folds, louder, False)
    row = folds[0].test[0]
    np.testing.assert_allclose(cross_fitted(same, "latent 2")[row], codes[row], atol=1e-12)


@pytest.mark.parametrize("dim", [6, 80])
def test_what_learns_nothing_gives_the_same_codes_cross_fitted(dim: int) -> None:
    rng = np.random.default_rng(0)
    groups, labels = np.repeat(list("abcdef"), 5), np.tile([0, 1], 15)
    rows = TrainingRows(np.full((30, 1), np.nan), rng.random((30, dim)), labels, groups)
    codes = cross_fitted(fitted(SpeechItself(), rows, folds_of(rows, 3)), "speech")
    np.testing.assert_allclose(codes, rows.speech, atol=1e-9)


def test_rows_that_no_fold_holds_out_have_no_code_and_teach_the_classifier_nothing() -> None:
    rows = training_rows()
    folds = folds_of(rows)[:2]
    found = fitted(SpeechItself(), rows, folds)
    codes = cross_fitted(found, "speech")
    held_out = np.sort(np.concatenate([fold.test for fold in folds]))
    np.testing.assert_array_equal(np.flatnonzero(np.isfinite(codes).all(axis=1)), held_out)
    expected = discriminants(rows.speech[held_out], rows.labels[held_out])
    (way,) = found.ways()
    said = way.classifier.predict_proba(rows.speech)
    np.testing.assert_allclose(said, expected.predict_proba(rows.speech), atol=1e-9)


def test_fewer_training_rows_than_columns_can_be_whitened() -> None:
    rows = training_rows(32, nuisance=1.0)
    wide = TrainingRows(rows.eeg, np.hstack([rows.speech, rows.eeg]), rows.labels, rows.groups)
    encoder = PrincipalComponents(whitened=(24,), dropped=())
    codes = cross_fitted(fitted(encoder, wide), "whitened 24")
    assert codes.shape == (32, 24)
    assert np.isfinite(codes).all()


def test_only_axes_that_an_encoder_chose_are_turned() -> None:
    rows = training_rows(120)
    found = fitted(SharedSpace((2,)), rows)
    codes = cross_fitted(found, "both 2")
    np.testing.assert_array_equal(codes[:, :-2], rows.speech)
    assert not np.allclose(codes[:, -2:], found.everybody.encode(rows.speech, "both 2")[:, -2:])


@pytest.mark.parametrize("size", [24, 48])
def test_asking_for_more_axes_than_there_are_turns_every_one(size: int) -> None:
    rows = training_rows()

    def kept(size: int) -> np.ndarray:
        encoder = PrincipalComponents(whitened=(size,), dropped=())
        return cross_fitted(fitted(encoder, rows), f"whitened {size}")

    np.testing.assert_array_equal(kept(size), kept(rows.speech.shape[1]))


@pytest.mark.parametrize("centred", [False, True])
def test_a_classifier_has_learned_from_labelled_rows_prepared_as_its_way_asks(
    centred: bool,
) -> None:
    rows = training_rows(hidden=0.6)
    speech = centre_within(rows.speech, rows.groups) if centred else rows.speech
    (way,) = fitted(SpeechItself(), rows, centred=centred).ways()
    expected = discriminants(speech[rows.labelled], rows.labels[rows.labelled])
    np.testing.assert_allclose(
        way.classifier.predict_proba(rows.speech), expected.predict_proba(rows.speech), atol=1e-9
    )


def test_a_classifier_believes_nothing_that_was_told_of_rows_already_known() -> None:
    labels = np.tile([0, 1, 2, 3], 30)
    speech = np.random.default_rng(0).standard_normal((120, 3))
    groups = np.repeat(list("abcdef"), 20)
    rows = TrainingRows(10.0 * labels[:, None], speech, labels, groups)
    (way,) = fitted(Gossip(), rows).ways()
    np.testing.assert_array_equal(way.encoder.encode(speech, "gossip"), rows.eeg)
    new = way.encoder.encode(speech + 1e-9, "gossip")
    assert way.classifier.predict_proba(new).max() < 0.6
    assert way.evidence < log(0.3)  # nor is it any evidence
