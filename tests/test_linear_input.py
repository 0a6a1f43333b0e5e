"""CCA and PLS with weak or bad input: each warning and each sentence, word by word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sentences import explained
from two_views import paired_views, warned

from jmml_edu._checks import InputError, InputWarning
from jmml_edu.linear import CCA, PLS, Moments


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6 / 3])
def test_constant_columns_have_no_say_and_are_named(constant: float) -> None:
    eeg, speech = paired_views(0)
    plain = CCA(2).fit(eeg, speech)
    column = np.full((60, 1), constant)
    eeg, speech = np.hstack([eeg, column, column]), np.hstack([column, speech])
    end = " Drop them if you did not expect that."
    with warned(
        "CCA.fit: eeg has constant columns, which get weight 0: 4, 5." + end,
        "CCA.fit: speech has constant columns, which get weight 0: 0." + end,
    ):
        model = CCA(2).fit(eeg, speech)
    np.testing.assert_allclose(model.correlations_, plain.correlations_, atol=1e-12)
    assert not model.eeg_directions_[4:].any()
    assert not model.speech_directions_[0].any()


def test_columns_that_combine_others_change_no_correlation_and_are_named() -> None:
    eeg, speech = paired_views(0)
    expected = CCA(3).fit(eeg, speech).correlations_
    more = np.hstack([eeg, 1e5 * eeg @ np.random.default_rng(0).standard_normal((4, 7))])
    with pytest.warns(InputWarning, match="combine others") as found:
        model = CCA(3).fit(more, speech)
    np.testing.assert_allclose(model.correlations_, expected, atol=1e-8)
    left_out = np.flatnonzero((model.eeg_directions_ == 0).all(axis=1))
    assert len(left_out) == 7
    first = ", ".join(map(str, left_out[:5]))
    assert [str(one.message) for one in found] == [
        f"CCA.fit: eeg has columns that combine others, which get weight 0: {first} and 2 more."
        " Use a ridge such as 0.1 to share the weight."
    ]
    assert CCA(3, ridge=0.1).fit(more, speech).eeg_directions_.all()


@pytest.mark.parametrize(("rows", "warns"), [(7, True), (8, False)])
def test_few_pairs_for_many_columns_are_named(rows: int, warns: bool) -> None:
    eeg, speech = paired_views(0, rows=rows)
    if not warns:
        CCA(1).fit(eeg, speech)
        return
    with warned(
        "PLS.fit: 7 pairs are few for 7 independent columns: training correlations are high for"
        " any data. Trust correlations() on other pairs or permutation_test(), or bring more pairs"
        " or fewer columns."
    ):
        PLS(1).fit(eeg, speech)


def test_moments_and_parts_are_learned_from_without_warnings() -> None:
    eeg, speech = paired_views(0, rows=6)
    eeg[:, 0] = 1
    CCA(1).fit_moments(Moments.of(eeg, speech))
    CCA(1).partial_fit(eeg, speech)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", ["fit", "partial_fit", "correlations", "score", "transform"])
def test_missing_cells_are_explained_by_whoever_was_called(method: str, bad: float) -> None:
    eeg, speech = paired_views(0)
    model = CCA(1).fit(eeg, speech)
    speech[2, 1] = bad
    arguments = {"speech": speech} | ({} if method == "transform" else {"eeg": eeg})
    with explained(
        f"CCA.{method.replace('score', 'correlations')}: speech must contain finite numbers only;"
        " got NaN or infinite, the first at row 2, column 1. Drop or mend such rows first."
    ):
        getattr(model, method)(**arguments)


SAME_COLUMNS = " Bring the same columns in the same order."


def test_other_columns_than_those_of_fit_are_explained() -> None:
    eeg, speech = paired_views(0)
    frame = pd.DataFrame(eeg, columns=["delta", "theta", "alpha", "beta"])
    model = CCA(2).fit(frame, speech)
    with explained("CCA.transform: eeg must have the 4 columns of fit; got 3." + SAME_COLUMNS):
        model.transform(speech)
    swapped = frame[["delta", "alpha", "theta", "beta"]]
    in_their_order = (
        "eeg must have the columns of fit in their order; got 'alpha' where fit had 'theta'"
        " (column 1)." + SAME_COLUMNS
    )
    with explained("CCA.correlations: " + in_their_order):
        model.correlations(swapped, speech)
    with explained("CCA.predict_speech: " + in_their_order):
        model.predict_speech(swapped)
    np.testing.assert_array_equal(model.transform(eeg), model.transform(frame))


def test_parts_with_other_columns_than_the_first_are_explained() -> None:
    eeg, speech = paired_views(0)
    frame = pd.DataFrame(eeg, columns=["delta", "theta", "alpha", "beta"])
    swapped = frame[["delta", "alpha", "theta", "beta"]]
    model = CCA(2).partial_fit(frame, speech)
    in_their_order = (
        "eeg must have the columns of fit in their order; got 'alpha' where fit had 'theta'"
        " (column 1)." + SAME_COLUMNS
    )
    with explained("CCA.partial_fit: " + in_their_order):
        model.partial_fit(swapped, speech)
    with explained("CCA.transform: " + in_their_order):
        model.transform(swapped)


def test_codes_of_another_number_of_components_are_turned_away() -> None:
    model = CCA(2).fit(*paired_views(0))
    with pytest.raises(InputError, match="eeg_codes must"):
        model.inverse_transform(np.ones((5, 3)))
    with pytest.raises(InputError, match="speech_codes must contain finite numbers only"):
        model.inverse_transform(speech_codes=np.full((5, 2), np.nan))


def test_views_that_are_not_paired_are_explained() -> None:
    eeg, speech = paired_views(0)
    for call in (CCA(1).fit, CCA(1).partial_fit, CCA(1).fit(eeg, speech).correlations):
        with explained(
            f"CCA.{call.__name__}: paired arguments must have the same number of rows; got"
            " {'eeg': 60, 'speech': 7}. Build them from the same Pairs."
        ):
            call(eeg, speech[:7])


def test_a_ridge_that_cannot_be_is_explained() -> None:
    views = paired_views(0)
    rule = 'ridge must be a number, one for EEG and one for speech, or in CCA.fit "cv"; got '
    for ridge in ("large", (0.1, 0.2, 0.3)):
        with explained(f"CCA.fit: {rule}{ridge!r}. Choose 0.1 to begin with."):
            CCA(ridge=ridge).fit(*views)  # type: ignore[arg-type]
    with explained(f"CCA.partial_fit: {rule}'cv'. Choose 0.1 to begin with."):
        CCA(ridge="cv").partial_fit(*views)
    with explained("CCA.fit_moments: ridge must be at least 0; got -0.5. Choose 0 or more."):
        CCA(ridge=-0.5).fit_moments(Moments.of(*views))


@pytest.mark.parametrize(("n_components", "rows", "most"), [(0, 60, 3), (4, 60, 3), (3, 3, 2)])
def test_a_number_of_components_that_cannot_be_is_explained(
    n_components: int, rows: int, most: int
) -> None:
    eeg, speech = paired_views(0, rows=rows)
    with explained(
        f"PLS.fit: n_components must be a whole number between 1 and {most}, the smallest of the"
        f" views' ranks and pairs - 1; got {n_components}. Ask for fewer components or bring more"
        " pairs."
    ):
        PLS(n_components).fit(eeg, speech)


def test_asking_for_nothing_is_explained() -> None:
    model = CCA(1).fit(*paired_views(0))
    end = " must hold at least one view; got none. Pass EEG, speech or both."
    with explained("CCA.transform: eeg, speech" + end):
        model.transform()
    with explained("CCA.inverse_transform: eeg_codes, speech_codes" + end):
        model.inverse_transform()
