"""What the road cannot learn from or listen to, and the sentence that says so."""

from __future__ import annotations

import numpy as np
import pytest
from sentences import explained
from studies import closed_form, fitted_road, numbered, strong_pairs

from jmml_edu.classifier import HIDDEN
from jmml_edu.pipeline import JMML

PAIRS = strong_pairs()
EEG, SPEECH, WHO = PAIRS.eeg.values, PAIRS.speech.values, PAIRS.subjects
LABELS = numbered(PAIRS)


@pytest.fixture(scope="module")
def road() -> JMML:
    return fitted_road(PAIRS, numbered(PAIRS, per_class=25), closed_form(inner_folds=2))


def test_steps_that_do_not_exist_are_explained() -> None:
    with explained(
        "JMML.fit: step1 must be one of JEC-SSL, either, none; got 'JECL'. Pick one of these."
    ):
        JMML(step1="JECL").fit(EEG, SPEECH, LABELS, WHO)
    with explained(
        "JMML.fit: step2 must be one of CCA, DCC-CAE, DCCA, DCCAE, E-DCC-CAE, split autoencoder,"
        " translation and alignment; got 'CAE'. Pick one of these."
    ):
        JMML(step2="CAE").fit(EEG, SPEECH, LABELS, WHO)


def test_arguments_that_do_not_belong_together_are_explained(road: JMML) -> None:
    with explained(
        "JMML.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 199, 'labels': 200, 'groups': 200}."
        " Build them from the same Pairs."
    ):
        JMML().fit(EEG, SPEECH[1:], LABELS, WHO)
    with explained(
        "JMML.fit: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'labels': 3, 'groups': 200}. Build them from the same Pairs."
    ):
        JMML().fit(EEG, SPEECH, LABELS[:3], WHO)
    with explained(
        "JMML.predict_proba: paired arguments must have the same number of rows; got"
        " {'eeg': 3, 'speech': 200}. Build them from the same Pairs."
    ):
        road.predict(SPEECH, EEG[:3])
    with explained(
        "JMML.predict_proba: paired arguments must have the same number of rows; got"
        " {'speech': 200, 'groups': 3}. Build them from the same Pairs."
    ):
        road.predict(SPEECH, groups=WHO[:3])


@pytest.mark.parametrize("by", ["eeg", "both"])
def test_people_must_be_as_many_as_rows_where_there_is_eeg_too(road: JMML, by: str) -> None:
    speech = None if by == "eeg" else SPEECH
    with explained(
        "JMML.predict_proba: paired arguments must have the same number of rows; got"
        " {'eeg': 200, 'speech': 200, 'groups': 3}. Build them from the same Pairs."
    ):
        road.predict(speech, EEG, groups=WHO[:3])


def test_rows_that_nothing_can_be_learned_from_are_explained() -> None:
    heard = np.where(LABELS == 2, 2, HIDDEN)
    with explained(
        "JMML.fit: eeg must be there for labelled rows of at least two classes; got"
        f" {int((heard == 2).sum())} labelled rows with EEG. Pair more labelled rows, or use"
        " EEGFree, which needs no EEG."
    ):
        JMML().fit(EEG, SPEECH, heard, WHO)
    with explained(
        "JMML.fit: eeg must be there for at least 20 rows of two people; got 200 rows of 1."
        " Pair more, or use EEGFree, which needs no EEG."
    ):
        JMML().fit(EEG, SPEECH, LABELS, np.full(200, "x"))


@pytest.mark.parametrize(
    ("kept", "got"),
    [
        (slice(0), "0 rows of 0"),
        (slice(0, 19), "19 rows of 5"),
        (slice(0, 200, 5), "40 rows of 1"),
    ],
)
def test_too_little_eeg_for_a_shared_space_is_explained(kept: slice, got: str) -> None:
    eeg = np.full_like(EEG, np.nan)
    eeg[kept] = EEG[kept]
    with explained(
        f"JMML.fit: eeg must be there for at least 20 rows of two people; got {got}."
        " Pair more, or use EEGFree, which needs no EEG."
    ):
        JMML().fit(eeg, SPEECH, LABELS, WHO)
    eeg[:20] = EEG[:20]
    closed_form(inner_folds=2).fit(eeg, SPEECH, LABELS, WHO)


def test_infinite_values_are_explained(road: JMML) -> None:
    speech, eeg = SPEECH.copy(), EEG.copy()
    speech[3, 2], eeg[4:6, 1] = np.inf, -np.inf
    sentence = (
        " {} must be finite, or NaN where it is missing; got {} infinite values."
        " Look where they come from."
    )
    with explained("JMML.fit:" + sentence.format("speech", 1)):
        JMML().fit(EEG, speech, LABELS, WHO)
    with explained("JMML.fit:" + sentence.format("eeg", 2)):
        JMML().fit(eeg, SPEECH, LABELS, WHO)
    with explained("JMML.predict_proba:" + sentence.format("speech", 1)):
        road.predict(speech)
    with explained("JMML.predict_proba:" + sentence.format("eeg", 2)):
        road.predict(SPEECH, eeg)


@pytest.mark.parametrize("columns", [15, 17])
def test_other_columns_of_speech_than_those_learned_from_are_explained(
    road: JMML, columns: int
) -> None:
    sentence = (
        "JMML.predict_proba: speech must have the 16 columns that were learned from; got"
        f" {columns}. Extract the same features."
    )
    with explained(sentence):
        road.predict(np.zeros((3, columns)))
    with explained(sentence):
        road.predict(np.zeros((3, columns)), EEG[:3])


def test_other_columns_of_eeg_than_those_learned_from_are_explained(road: JMML) -> None:
    sentence = (
        "JMML.predict_proba: eeg must have the 12 columns that were learned from; got 11."
        " Extract the same features."
    )
    with explained(sentence):
        road.predict(SPEECH, EEG[:, 1:])
    with explained(sentence):
        road.predict(eeg=EEG[:, 1:])


def test_neither_speech_nor_eeg_is_nothing_to_listen_to(road: JMML) -> None:
    with explained(
        "JMML.predict_proba: speech and eeg must not both be missing; got neither."
        " Pass one of them."
    ):
        road.predict()


def test_rows_that_hold_nothing_are_named_by_their_place(road: JMML) -> None:
    speech, eeg = SPEECH.copy(), EEG.copy()
    speech[[2, 7, 9]], eeg[[5, 7, 9]] = np.nan, np.nan
    sentence = (
        "JMML.predict_proba: speech must hold at least one number in each row; got {} rows without"
        " any, the first row {}. Leave these rows out."
    )
    with explained(sentence.format(3, 2)):
        road.predict(speech)
    with explained(sentence.format(2, 7)):  # row 2 has EEG
        road.predict(speech, eeg)
