"""Rows of a view: the same numbers out, whatever holds them; what holds no numbers is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sentences import explained
from two_views import paired_views

from jmml_edu.linear import Moments
from jmml_edu.linear.codes import Codes
from jmml_edu.views import as_view, check_pairs, columns_of, group_numbers, rounding_of, take

VALUES = np.array([[0.0, 1.0], [2.0, -3.0], [4.0, 5.0], [-6.0, 7.0]])
HOLDERS: dict[str, Callable[[np.ndarray], object]] = {
    "array": lambda values: values,
    "columns in a row": np.asfortranarray,
    "float32": lambda values: values.astype(np.float32),
    "integer": lambda values: values.astype(np.int16),
    "object": lambda values: values.astype(object),
    "list": lambda values: values.tolist(),
    "frame": pd.DataFrame,
    "nullable integer frame": lambda values: pd.DataFrame(values).astype("Int64"),
    "mixed frame": lambda values: pd.DataFrame(values).astype({0: np.int8}),
    "frame with an index of its own": lambda values: pd.DataFrame(values, index=[3, 1, 0, 2]),
    "tensor": torch.tensor,
    "tensor with gradient": lambda values: torch.tensor(values, requires_grad=True),
    "bfloat16 tensor": lambda values: torch.tensor(values, dtype=torch.bfloat16),
    "integer tensor": lambda values: torch.tensor(values, dtype=torch.int32),
}


@pytest.mark.parametrize("rows", [slice(1, 3), np.array([3, 0])])
@pytest.mark.parametrize("holder", HOLDERS)
def test_rows_come_out_as_float64_whatever_holds_them(
    holder: str, rows: slice | np.ndarray
) -> None:
    view = as_view("here", "eeg", HOLDERS[holder](VALUES))
    taken = take(view, rows)
    assert taken.dtype == np.float64
    np.testing.assert_array_equal(taken, VALUES[rows])


@pytest.mark.parametrize("holder", HOLDERS)
def test_moments_are_the_same_whatever_holds_the_views(holder: str) -> None:
    expected = Moments.of(VALUES, VALUES[:, :1])
    found = Moments.of(HOLDERS[holder](VALUES), HOLDERS[holder](VALUES[:, :1]))
    np.testing.assert_allclose(found.scatter, expected.scatter, rtol=1e-13)
    np.testing.assert_allclose(found.mean, expected.mean, atol=1e-15)


@pytest.mark.parametrize("to", [lambda v: v, pd.DataFrame, torch.tensor])
def test_true_and_false_are_one_and_zero(to: Callable[[np.ndarray], object]) -> None:
    np.testing.assert_array_equal(take(to(VALUES > 0), slice(0, 4)), (VALUES > 0) * 1.0)
    nullable = pd.DataFrame(VALUES > 0).astype("boolean")
    np.testing.assert_array_equal(take(nullable, slice(0, 4)), (VALUES > 0) * 1.0)


def test_an_empty_cell_of_a_nullable_frame_is_nan() -> None:
    frame = pd.DataFrame(VALUES).astype("Int64")
    frame.iloc[2, 1] = pd.NA
    np.testing.assert_array_equal(np.argwhere(np.isnan(take(frame, slice(0, 4)))), [[2, 1]])


def test_a_memory_map_is_read_by_the_rows_asked_for(tmp_path: Path) -> None:
    np.save(tmp_path / "view.npy", VALUES.astype(np.float32))
    view = as_view("here", "eeg", np.load(tmp_path / "view.npy", mmap_mode="r"))
    assert isinstance(view, np.memmap)
    np.testing.assert_array_equal(take(view, slice(1, 3)), VALUES[1:3])


def test_codes_are_centred_rows_times_directions() -> None:
    eeg, _ = paired_views(0, rows=9_000)
    directions = np.random.default_rng(1).standard_normal((4, 2))
    codes = Codes(eeg, eeg.mean(axis=0), directions)
    expected = (eeg - eeg.mean(axis=0)) @ directions
    assert codes.shape == (9_000, 2)
    assert len(codes) == 9_000
    np.testing.assert_allclose(codes.all(), expected, atol=1e-12)
    some = np.array([8_999, 3])
    np.testing.assert_allclose(codes[some], expected[some], atol=1e-12)


def test_names_of_columns_are_those_of_a_frame() -> None:
    assert columns_of(pd.DataFrame(VALUES, columns=["alpha", "beta"])) == ["alpha", "beta"]
    assert columns_of(pd.DataFrame(VALUES)) == ["0", "1"]
    assert columns_of(VALUES) == 2


@pytest.mark.parametrize("shape", [(4,), (0, 2), (4, 0), (2, 2, 2)])
def test_what_is_no_matrix_is_explained(shape: tuple[int, ...]) -> None:
    with explained(
        f"here: speech must have shape (row, column) with at least one of each; got {shape}."
        " Pass one row per sample, one column per feature."
    ):
        check_pairs("here", VALUES, np.ones(shape))


def test_views_and_groups_that_are_not_paired_are_explained() -> None:
    sentence = "here: paired arguments must have the same number of rows; got {}."
    remedy = " Build them from the same Pairs."
    with explained(sentence.format("{'eeg': 4, 'speech': 3}") + remedy):
        check_pairs("here", VALUES, VALUES[:3])
    with explained(sentence.format("{'eeg': 4, 'speech': 4, 'groups': 3}") + remedy):
        check_pairs("here", VALUES, VALUES, ["ann", "ben", "ann"])


NUMBERS_ONLY = "here: eeg must hold real numbers only; got {}."
AS_NUMBERS = " Turn text and categories into numbers, or drop those columns."
TEXT = "could not convert string to float: 'low'"


@pytest.mark.parametrize(
    ("view", "got"),
    [
        (np.array([["low"], ["high"]], dtype=object), TEXT),
        (pd.DataFrame({"pitch": ["low", "high"]}), TEXT),
        (pd.DataFrame({"pitch": pd.Categorical(["low", "high"])}), TEXT),
        (VALUES + 1j, "complex numbers"),
        (torch.tensor(VALUES + 1j), "complex numbers"),
    ],
    ids=["objects", "frame", "categories", "complex", "complex tensor"],
)
def test_what_holds_no_real_numbers_is_explained(view: object, got: str) -> None:
    with explained(NUMBERS_ONLY.format(got) + AS_NUMBERS):
        as_view("here", "eeg", view)


def test_text_further_down_a_column_is_explained_too() -> None:
    view = pd.DataFrame({"pitch": [1.0, 2.0, "low"]})
    with explained(NUMBERS_ONLY.format(TEXT).replace("here", "Moments.of") + AS_NUMBERS):
        Moments.of(view, VALUES[:3])


def test_rows_of_several_lengths_are_explained() -> None:
    with explained("here: eeg must have rows of one length; got rows of several. Complete them."):
        as_view("here", "eeg", [[1.0, 2.0], [3.0]])


def test_dates_are_no_measurements() -> None:
    dated = pd.DataFrame({"day": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    with explained(NUMBERS_ONLY.format("dates or times") + AS_NUMBERS):
        as_view("here", "eeg", dated)


def test_masked_cells_are_missing() -> None:
    masked = np.ma.masked_array([[1, 999], [3, 4]], mask=[[False, True], [False, False]])
    np.testing.assert_array_equal(take(masked, slice(0, 2)), [[1, np.nan], [3, 4]])


@pytest.mark.parametrize(
    ("groups", "got"),
    [
        ([1, 2, "2", 2], None),
        (["ann", None, "ben", "ann"], "shape (4,) of number and text"),
        ([1.0, np.nan, 2.0, 1.0], "missing names"),
        ([["a"], ["b"], ["a"], ["b"]], "shape (4, 1) of text"),
    ],
)
def test_groups_that_name_nobody_are_explained(groups: list[object], got: str | None) -> None:
    names = np.array(groups, dtype=object)
    with explained(
        "here: groups must hold one name for each row, all text or all numbers; got"
        f" {got or 'shape (4,) of number and text'}. Name who each row comes from."
    ):
        group_numbers("here", names)


def test_groups_are_numbered_in_the_order_of_their_names() -> None:
    for groups in (["b", "a", "b"], pd.Series([7, 3, 7], index=[9, 1, 5]), torch.tensor([7, 3, 7])):
        assert group_numbers("here", groups).tolist() == [1, 0, 1]


def test_rounding_is_that_of_the_coarsest_floating_column() -> None:
    assert rounding_of(VALUES) == rounding_of(VALUES > 0) == 2.0**-53
    assert rounding_of(VALUES.astype(np.float32)) == 2.0**-24
    assert rounding_of(torch.ones(2, 2, dtype=torch.bfloat16)) == 2.0**-8
    assert rounding_of(pd.DataFrame({"a": [1.0], "b": np.ones(1, np.float32)})) == 2.0**-24
