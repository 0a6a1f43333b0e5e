"""What the road cannot learn from or listen to, and the sentence that says so."""

from __future__ import annotations

import numpy as np
import pytest
from sentences import explained
from studies import numbered, strong_pairs

from jmml_edu.classifier import HIDDEN, Classifier
from jmml_edu.data import Pairs
from jmml_edu.pipeline import JMML, EEGFree


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return strong_pairs()


@pytest.fixture(scope="module")
def road(pairs: Pairs) -> JMML:
    return JMML(inner_folds=2).fit(
        pairs.eeg.values, pairs.speech.values, numbered(pairs, per_class=25), pairs.subjects
    )


def test_arguments_that_do_not_belong_together_are_explained(pairs: Pairs) -> None:
    eeg, speech, labels = pairs.eeg.values, pairs.speech.values, numbered(pairs)
    with explained(
        "JMML.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 199, 'labels': 200, 'groups': 200}."
        " Build them from the same Pairs."
    ):
        JMML().fit(eeg, speech[1:], labels, pairs.subjects)
    with explained(
        "EEGFree.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 200, 'labels': 200, 'groups': 3}."
        " Build them from the same Pairs."
    ):
        EEGFree().fit(speech, labels, pairs.subjects[:3])


def test_rows_that_nothing_can_be_learned_from_are_explained(pairs: Pairs) -> None:
    eeg, speech, labels = pairs.eeg.values, pairs.speech.values, numbered(pairs)
    with explained(
        "EEGFree.fit: labels must show at least two classes; got [2]."
        " Label more rows; -1 hides a label."
    ):
        EEGFree().fit(speech, np.where(labels == 2, 2, HIDDEN), pairs.subjects)
    with explained("EEGFree.fit: speakers must be at least 2; got 1. Choose 2 or more."):
        EEGFree().fit(speech, labels, np.full(200, "x"))
    heard = np.where(labels == 2, 2, HIDDEN)
    with explained(
        "JMML.fit: eeg must be there for labelled rows of at least two classes; got"
        f" {int((heard == 2).sum())} labelled rows with EEG. Pair more labelled rows, or use"
        " EEGFree, which needs no EEG."
    ):
        JMML().fit(eeg, speech, heard, pairs.subjects)


@pytest.mark.parametrize(
    ("kept", "got"),
    [
        (slice(0), "0 rows of 0"),
        (slice(0, 19), "19 rows of 5"),
        (slice(0, 200, 5), "40 rows of 1"),
    ],
)
def test_too_little_eeg_for_a_shared_space_is_explained(
    pairs: Pairs, kept: slice, got: str
) -> None:
    eeg = np.full_like(pairs.eeg.values, np.nan)
    eeg[kept] = pairs.eeg.values[kept]
    with explained(
        f"JMML.fit: eeg must be there for at least 20 rows of two people; got {got}."
        " Pair more, or use EEGFree, which needs no EEG."
    ):
        JMML().fit(eeg, pairs.speech.values, numbered(pairs), pairs.subjects)
    eeg[:20] = pairs.eeg.values[:20]
    JMML(inner_folds=2).fit(eeg, pairs.speech.values, numbered(pairs), pairs.subjects)


def test_speech_with_missing_cells_is_explained(pairs: Pairs, road: JMML) -> None:
    speech = pairs.speech.values.copy()
    speech[3, 2] = np.nan
    sentence = (
        " speech must contain finite numbers only; got 1 NaN or infinite, the first at row 3,"
        " column 2. Drop or mend those rows first."
    )
    with explained("JMML.fit:" + sentence):
        JMML().fit(pairs.eeg.values, speech, numbered(pairs), pairs.subjects)
    with explained("JMML.predict_proba:" + sentence):
        road.predict(speech)
    with explained(
        "JMML.predict_proba: paired arguments must have the same number of rows; got"
        " {'eeg': 3, 'speech': 200}. Build them from the same Pairs."
    ):
        road.predict(pairs.speech.values, pairs.eeg.values[:3])


@pytest.mark.parametrize("columns", [15, 17])
def test_other_columns_than_those_learned_from_are_explained(
    pairs: Pairs, road: JMML, columns: int
) -> None:
    with explained(
        "JMML.predict_proba: speech must have the 16 columns that were learned from; got"
        f" {columns}. Extract the same features."
    ):
        road.predict(np.zeros((3, columns)))


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_a_row_of_eeg_with_some_cells_missing_is_explained(
    pairs: Pairs, road: JMML, hole: float
) -> None:
    eeg, speech = pairs.eeg.values.copy(), pairs.speech.values
    eeg[::3] = np.nan
    eeg[[4, 7], 2] = hole
    sentence = (
        " eeg must be whole or all NaN in each row; got 2 rows with some NaN or infinite, the first"
        " row 4. Mend those rows, or make them NaN: then they count as missing."
    )
    with explained("JMML.fit:" + sentence):
        JMML().fit(eeg, speech, numbered(pairs), pairs.subjects)
    with explained("JMML.predict_proba:" + sentence):
        road.predict(speech, eeg)


def test_eeg_of_other_columns_is_explained(pairs: Pairs, road: JMML) -> None:
    with explained(
        "JMML.predict_proba: eeg must have the 12 columns that were learned from; got 11."
        " Extract the same features."
    ):
        road.predict(pairs.speech.values, pairs.eeg.values[:, 1:])


def test_a_classifier_that_never_met_a_class_gives_it_no_probability() -> None:
    road = EEGFree()
    road.classes_ = np.array([0, 2, 5])
    rows = np.random.default_rng(0).standard_normal((12, 2))
    classifier = Classifier(rows, np.array([0, 5] * 6))
    said = road._probabilities(classifier, rows)
    assert (said[:, 1] == 0).all()
    np.testing.assert_array_equal(said[:, [0, 2]], classifier.predict_proba(rows))
