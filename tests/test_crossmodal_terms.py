"""The terms of a shared space: what each method asks for, how much of it, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import explained

from jmml_edu.crossmodal.terms import METHODS, RECONSTRUCTIONS, TERMS, weights_of

# From code, to view: what each publication minimises beside or instead of the correlation.
ARROWS = {
    "DCCA": (True, ""),
    "DCCAE": (True, "e>e s>s"),
    "DCC-CAE": (True, "e>e s>e"),
    "split autoencoder": (False, "s>s s>e"),
    "translation and alignment": (True, "s>e"),
    "E-DCC-CAE": (True, "e>e s>s s>e e>s"),
}
VIEW = {"e": "eeg", "s": "speech"}


def asked_by(method: str) -> set[str]:
    """The terms of a method, read off its arrows."""
    correlated, arrows = ARROWS[method]
    pairs = [arrow.split(">") for arrow in arrows.split()]
    told = {f"{VIEW[target]} from {VIEW[source]}" for source, target in pairs}
    return told | ({"correlation"} if correlated else set())


@pytest.mark.parametrize("method", ARROWS)
def test_each_method_asks_for_what_its_authors_minimise(method: str) -> None:
    weights = weights_of(method, 0.25)
    assert weights.keys() == asked_by(method)
    assert weights == {term: 1.0 if term == "correlation" else 0.25 for term in asked_by(method)}
    assert set(METHODS[method]) == asked_by(method)


def test_there_is_no_other_method_and_no_other_term() -> None:
    assert METHODS.keys() == ARROWS.keys()
    assert set(TERMS) == asked_by("E-DCC-CAE")
    assert len(TERMS) == 5
    views = list(VIEW.values())
    assert {f"{a} from {b}": (a, b) for a, b in product(views, views)} == RECONSTRUCTIONS


@settings(max_examples=30, deadline=None)
@given(
    terms=st.dictionaries(
        st.sampled_from(TERMS), st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1
    ).filter(lambda terms: any(terms.values()))
)
def test_given_weights_come_back_without_those_that_are_0(terms: dict[str, float]) -> None:
    before = dict(terms)
    assert weights_of(terms, 0.1) == {term: w for term, w in before.items() if w != 0}
    assert terms == before


def test_given_weights_do_not_care_for_the_weight_of_reconstructions() -> None:
    terms = {"correlation": 2.0, "eeg from speech": 3.0}
    assert weights_of(terms, 0.1) == weights_of(terms, 7.0) == terms


def test_a_method_without_reconstruction_is_its_correlation() -> None:
    assert weights_of("E-DCC-CAE", 0.0) == weights_of("DCCA", 0.5) == {"correlation": 1.0}


def test_weights_are_plain_numbers_whatever_came_in() -> None:
    weights = weights_of({"correlation": np.float64(2), "eeg from eeg": 1.0}, 0.1)
    assert {type(weight) for weight in weights.values()} == {float}


METHOD = "be one of DCC-CAE, DCCA, DCCAE, E-DCC-CAE, split autoencoder, translation and alignment"
TERM = "be one of correlation, eeg from eeg, eeg from speech, speech from eeg, speech from speech"
EMPTY = 'Choose "E-DCC-CAE" to begin with.'


@pytest.mark.parametrize(
    ("terms", "reconstruction_weight", "sentence"),
    [
        ("dcca", 0.1, f"terms must {METHOD}; got 'dcca'. Pick one of these."),
        ("", 0.1, f"terms must {METHOD}; got ''. Pick one of these."),
        ({"corr": 1.0}, 0.1, f"term must {TERM}; got 'corr'. Pick one of these."),
        (
            {"correlation": -1.0}, 0.1,
            "terms['correlation'] must be at least 0; got -1.0. Choose 0 or more.",
        ),
        (
            {"correlation": 1.0, "eeg from eeg": float("nan")}, 0.1,
            "terms['eeg from eeg'] must be at least 0; got nan. Choose 0 or more.",
        ),
        (
            "DCCAE", -0.5,
            "reconstruction_weight must be at least 0; got -0.5. Choose 0 or more.",
        ),
        (
            "DCCA", -0.5,
            "reconstruction_weight must be at least 0; got -0.5. Choose 0 or more.",
        ),
        ({}, 0.1, f"terms must ask for something; got {{}}. {EMPTY}"),
        (
            {"correlation": 0.0}, 0.1,
            f"terms must ask for something; got {{'correlation': 0.0}}. {EMPTY}",
        ),
        (
            "split autoencoder", 0.0,
            "terms must ask for something; got"
            f" {{'speech from speech': 0.0, 'eeg from speech': 0.0}}. {EMPTY}",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(
    terms: str | Mapping[str, float], reconstruction_weight: float, sentence: str
) -> None:
    with explained(f": {sentence}"):
        weights_of(terms, reconstruction_weight)


def test_an_infinite_weight_is_not_a_weight() -> None:
    with explained(
        ": terms['correlation'] must be finite and at least 0; got inf. Choose 0 or more."
    ):
        weights_of({"correlation": float("inf")}, 0.1)
