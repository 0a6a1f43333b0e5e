"""Real views: 40 mice (genes and lipids) and 2,000 digits; more columns than pairs, and fewer."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from two_views import by_eigenvalues, by_qr, standardised

from jmml_edu._checks import InputWarning
from jmml_edu.linear import CCA, PLS, Moments, solve

pytestmark = pytest.mark.real
Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def mice(real_data: Path) -> Frames:
    """Genes and lipids of 40 mice."""
    folder = real_data / "two_view" / "nutrimouse"
    return pd.read_csv(folder / "gene.csv"), pd.read_csv(folder / "lipid.csv")


@pytest.fixture(scope="module")
def is_wild(real_data: Path) -> np.ndarray:
    """Which of the mice have the gene PPAR-alpha."""
    genotype = pd.read_csv(real_data / "two_view" / "nutrimouse" / "genotype.csv")["genotype"]
    return (genotype == "wt").to_numpy()


@pytest.fixture(scope="module")
def digits(real_data: Path) -> dict[str, pd.DataFrame]:
    """Views of the same 2,000 written digits; the last column is the digit."""
    files = real_data / "two_view" / "mfeat"
    return {name: pd.read_csv(files / f"mfeat-{name}.csv") for name in ("fac", "fou", "kar", "mor")}


def features(view: pd.DataFrame) -> np.ndarray:
    """The columns of a view of digits without the digit."""
    return view.iloc[:, :-1].to_numpy(dtype=float)


def test_forty_mice_agree_perfectly_in_any_lipid_and_the_warning_says_so(mice: Frames) -> None:
    with pytest.warns(InputWarning) as found:
        model = CCA(21).fit(*mice)
    # Both ranks, 39 and 21, less the 39 directions that 40 mice have.
    assert (model.correlations_ > 1 - 1e-9).sum() == 21
    assert str(found[1].message).startswith("CCA.fit: 40 pairs are few for 60 independent columns")
    shuffled = mice[1].iloc[np.random.default_rng(0).permutation(40)]
    with pytest.warns(InputWarning):
        assert CCA(21).fit(mice[0], shuffled).correlations_.min() > 1 - 1e-9


@pytest.mark.parametrize("ridge", [0.01, 0.1, 1.0, np.inf])
def test_canonical_ridge_of_mice_is_that_of_the_eigenproblem(mice: Frames, ridge: float) -> None:
    values, genes, _ = by_eigenvalues(*(view.to_numpy() for view in mice), (ridge, ridge))
    found = solve(Moments.of(*mice), n_components=5, ridge=(ridge, ridge))
    np.testing.assert_allclose(found.values, values[:5], atol=1e-10)
    ours = found.eeg_directions[:, 0] * mice[0].std().to_numpy()
    np.testing.assert_allclose(np.abs(ours), np.abs(genes[:, 0]), atol=1e-7)


def test_a_chosen_ridge_tells_the_genotypes_apart_without_having_seen_them(
    mice: Frames, is_wild: np.ndarray
) -> None:
    with pytest.warns(InputWarning, match="40 pairs are few"):
        model = CCA(1, ridge="cv").fit(*mice)
    assert 0 < model.ridge_[0] < np.inf
    codes = model.transform(mice[0])[:, 0]
    low, high = sorted((codes[is_wild], codes[~is_wild]), key=np.mean)
    assert low.max() < high.min()


def test_mice_left_out_agree_and_shuffled_mice_do_not(mice: Frames) -> None:
    order = np.random.default_rng(0).permutation(40)
    genes, lipids = mice[0].to_numpy()[order], mice[1].to_numpy()[order]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        paired = CCA(3, ridge="cv", ridges=(0.1, 1.0)).fit(genes, lipids)
        shuffled = CCA(3, ridge="cv", ridges=(0.1, 1.0)).fit(genes, lipids[::-1])
    # Of 3; five folds of eight mice each.
    assert paired.ridge_scores_.mean(axis=1).min() > 1.5
    assert np.abs(shuffled.ridge_scores_.mean(axis=1)).max() < 0.8


@pytest.mark.parametrize(("left", "right"), [("fou", "kar"), ("kar", "mor"), ("mor", "fou")])
def test_correlations_of_digits_are_those_of_qr(
    digits: dict[str, pd.DataFrame], left: str, right: str
) -> None:
    views = features(digits[left]), features(digits[right])
    model = CCA(6).fit(*views)
    np.testing.assert_allclose(model.correlations_, by_qr(*views)[:6], atol=1e-12)


def test_three_columns_of_a_real_view_combine_others(digits: dict[str, pd.DataFrame]) -> None:
    profiles, shapes = features(digits["fac"]), features(digits["mor"])
    left, values, _ = np.linalg.svd(standardised(profiles), full_matrices=False)
    rank = int((values > 1e-10 * values[0]).sum())
    assert rank == 213
    right = np.linalg.qr(shapes - shapes.mean(axis=0))[0]
    expected = np.linalg.svd(left[:, :rank].T @ right, compute_uv=False)
    with pytest.warns(InputWarning, match="eeg has columns that combine others"):
        model = CCA(6).fit(profiles, shapes)
    np.testing.assert_allclose(model.correlations_, expected, atol=1e-9)
    assert (~model.eeg_directions_.any(axis=1)).sum() == 3


def test_digits_left_out_agree_nearly_as_well_and_shuffled_ones_do_not(
    digits: dict[str, pd.DataFrame],
) -> None:
    rng = np.random.default_rng(0)
    train, test = np.split(rng.permutation(2_000), 2)
    left, right = features(digits["fou"]), features(digits["kar"])
    for model in (CCA(3), PLS(3)):
        model.fit(left[train], right[train])
        assert model.score(left[test], right[test]) > 0.9 * model.correlations_.sum()
        model.fit(left[train], right[rng.permutation(train)])
        # 1,000 held-out pairs: the standard error of a correlation of 0 is 0.032.
        assert np.abs(model.correlations(left[test], right[rng.permutation(test)])).max() < 0.13


def test_pairs_of_the_same_class_share_no_more_directions_than_classes_less_one(
    digits: dict[str, pd.DataFrame],
) -> None:
    rng = np.random.default_rng(0)
    digit = digits["fou"].iloc[:, -1].to_numpy()
    order = np.concatenate([rng.permutation(np.flatnonzero(digit == d)) for d in range(10)])
    train, test = np.split(rng.permutation(2_000), 2)
    left, right = features(digits["fou"]), features(digits["kar"])[order]
    found = CCA(20).fit(left[train], right[train]).correlations(left[test], right[test])
    assert found[:7].min() > 0.2
    assert np.abs(found[9:]).max() < 0.13
