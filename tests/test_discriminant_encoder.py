"""Linear discriminants of a few labels: by the textbook, and silent where labels are too few."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import subspace_angles
from test_encoders import FEW, people, without_means

from jmml_edu.classifier import HIDDEN
from jmml_edu.discriminant_encoder import Discriminants


def discriminants(labels: np.ndarray | None, speech: np.ndarray | None = None) -> np.ndarray:
    """What discriminants learned from these labels make of all speech."""
    told, groups = people(0)
    told = told if speech is None else speech
    encoder = Discriminants(4, shrinkage=0.3).fit(told, told, groups, labels)
    codes = encoder.encode(told, "discriminants")
    assert encoder.own_axes("discriminants") == codes.shape[1]
    return codes


def test_discriminants_are_those_of_the_labelled_rows() -> None:
    speech, _ = people(0)
    known = np.flatnonzero(FEW != HIDDEN)
    spread = pd.DataFrame(without_means(speech[known], FEW[known])).cov(ddof=0).to_numpy(copy=True)
    spread[~np.eye(6, dtype=bool)] *= 0.7
    means = np.array([speech[known][FEW[known] == number].mean(axis=0) for number in range(4)])
    # Where four classes differ, seen through the inverse of the shrunk covariance.
    towards = speech @ np.linalg.inv(spread) @ (means[1:] - means[0]).T
    found = discriminants(FEW)
    assert found.shape == (80, 3)
    assert subspace_angles(found, towards).max() < 1e-6
    between = np.cov([found[number == FEW].mean(axis=0) for number in range(4)], rowvar=False)
    np.testing.assert_allclose(between, np.diag(between.diagonal()), atol=1e-9)
    assert (np.diff(between.diagonal()) < 0).all()
    every = np.arange(80) % 4
    assert not np.allclose(found, discriminants(every), atol=1e-3)


def test_too_few_labels_make_silent_discriminants() -> None:
    one_each = np.where(np.arange(80) < 4, np.arange(80), HIDDEN)
    for labels in (None, one_each, np.full(80, HIDDEN)):
        assert not discriminants(labels).any()
    two = np.where(np.arange(80) < 20, np.arange(80) % 2, HIDDEN)
    some = discriminants(two)
    assert some.shape == (80, 3)
    assert some[:, 0].any()
    assert not some[:, 1:].any()


def test_a_column_that_never_varies_is_no_discriminant() -> None:
    speech, _ = people(0)
    silent = np.hstack([speech, np.zeros((80, 1))])
    np.testing.assert_allclose(discriminants(FEW, silent), discriminants(FEW), atol=1e-9)


def test_a_class_of_a_single_label_does_no_harm_to_discriminants() -> None:
    single = np.where(np.arange(80) == 79, 3, np.where(FEW == 3, HIDDEN, FEW))
    assert np.isfinite(discriminants(single)).all()
