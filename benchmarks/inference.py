"""Choosing a ridge, permutation test and kernel CCA beside the published packages.

    python benchmarks/inference.py            # about two minutes
    python benchmarks/inference.py --quick    # small sizes, prints only

Folds, ridges and scores are the same on both sides. Each fold is standardised by itself, so that
scaling to unit variance changes nothing and our ridge r is exactly cca-zoo's shrinkage
r / (1 + r); its score is the mean over components, ours the sum. cca-zoo's permutation test holds
for its first component only, as its documentation says; ours for each. Kernels have one width on
both sides, and cca-zoo's absolute shrinkage is set to our ridge relative to the feature variance.
"""

from __future__ import annotations

import sys

from _side_by_side import (
    Target,
    median_s,
    milliseconds,
    planted,
    profiled,
    report,
    table,
    targets_table,
)

# isort: split
import numpy as np
from cca_zoo import linear as zoo
from cca_zoo.model_selection import GridSearchCV, permutation_test_significance
from cca_zoo.nonparametric import KCCA
from sklearn.metrics.pairwise import rbf_kernel

from jmml_edu.linear import CCA, KernelCCA, permutation_test

PACKAGES = ("numpy", "scipy", "cca-zoo", "scikit-learn")
K, FOLDS, DRAWS, LANDMARKS = 2, 5, 199, 300
RIDGES = np.logspace(-3, 1, 10)
KERNEL_RIDGE, GAMMA = 0.01, 0.1


Part = tuple[list[list[str]], list[Target], str]  # rows, targets, what both packages say


def standardised_folds(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Return views in which each fold has mean 0 and variance 1 in every column."""
    x, y = planted(n, p)
    for view in (x, y):
        for fold in np.array_split(np.arange(n), FOLDS):
            view[fold] -= view[fold].mean(axis=0)
            view[fold] /= view[fold].std(axis=0)
    return x, y


def compare_ridge_choice(n: int, p: int) -> Part:
    """Measure choosing among ten ridges in five folds."""
    x, y = standardised_folds(n, p)
    n_train = n - n // FOLDS
    absolute = RIDGES * n_train / (n_train - 1)  # cca-zoo divides by n - 1 after unit variance
    grid = {"shrinkage": list(absolute / (1 + absolute))}
    ours = CCA(K, ridge="cv", ridges=RIDGES, folds=FOLDS)
    theirs = GridSearchCV(zoo.RidgeCCA(K), grid, cv=FOLDS)
    times = median_s({"ours": lambda: ours.fit(x, y), "zoo": lambda: theirs.fit([x, y])})
    scores = [K * theirs.cv_results_[f"split{fold}_test_score"] for fold in range(FOLDS)]
    apart = np.abs(ours.ridge_scores_ - np.transpose(scores)).max()
    same = ours.ridge_[0] == RIDGES[theirs.best_index_]
    what = f"ridge: {len(RIDGES)} x {FOLDS} folds, {n:,} x {p}"
    note = f"- ridge: scores of all folds and ridges apart by {apart:.0e} at most; same choice: "
    note += "yes" if same else "no"
    targets = [
        Target("cca-zoo / ours, choosing a ridge", times["zoo"] / times["ours"], at_least=50),
        Target("scores apart", float(apart), at_most=1e-12),
    ]
    named = {"cca-zoo GridSearchCV": times["zoo"], "ours": times["ours"]}
    return rows_of(what, named), targets, note


def compare_permutation(n: int, p: int) -> Part:
    """Measure the permutation test."""
    x, y = planted(n, p)
    works = {
        "ours": lambda: permutation_test(x, y, n_components=K, draws=DRAWS, seed=0),
        "zoo": lambda: permutation_test_significance(zoo.CCA(K), [x, y], DRAWS, random_state=0),
    }
    times = median_s(works)
    found = [works[name]().p_values for name in works]
    said = (" and ".join(f"{p:.3f}" for p in values) for values in found)
    note = "- permutation test: p of both components, ours {}; cca-zoo {}".format(*said)
    target = Target("cca-zoo / ours, permutations", times["zoo"] / times["ours"], at_least=10)
    what = f"permutation test, {DRAWS} draws, {n:,} x {p}"
    return rows_of(what, {"cca-zoo": times["zoo"], "ours": times["ours"]}), [target], note


def false_positives(n_sets: int) -> str:
    """Return how often the second component of data that hold one gets p of at most 0.05."""
    found = []
    for seed in range(n_sets):
        x, y = np.random.default_rng(seed).standard_normal((2, 100, 5))
        y[:, 0] += 2 * x[:, 0]
        ours = permutation_test(x, y, n_components=2, draws=99, seed=seed)
        theirs = permutation_test_significance(zoo.CCA(2), [x, y], 99, random_state=seed)
        found.append([ours.p_values[1] <= 0.05, theirs.p_values[1] <= 0.05])
    said = "ours {:.0%}, cca-zoo {:.0%}".format(*np.mean(found, axis=0))
    return f"- one true component, 100 x 5, {n_sets} data sets: p <= 0.05 for the second: {said}"


def bent(n: int, *, n_test: int = 1_000) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return training and test views that share two sources, one of them bent.

    Training columns have mean 0 and variance 1, which test columns share.
    """
    rng, rows = np.random.default_rng(0), n + n_test
    shared = rng.standard_normal((rows, 2))
    left = np.hstack([shared, rng.standard_normal((rows, 3))])
    right = np.hstack([shared[:, :1] ** 2, shared[:, 1:], rng.standard_normal((rows, 3))])
    views = [sources @ rng.standard_normal((5, 5)) for sources in (left, right)]
    views = [(v - v[:n].mean(axis=0)) / v[:n].std(axis=0, ddof=1) for v in views]
    return [view[:n] for view in views], [view[n:] for view in views]


def shrinkage(view: np.ndarray) -> float:
    """Return cca-zoo's shrinkage that adds `KERNEL_RIDGE` times the feature variance of a view."""
    kernel = rbf_kernel(view, gamma=GAMMA)
    absolute = KERNEL_RIDGE * (np.trace(kernel) - kernel.mean() * len(view)) / (len(view) - 1)
    return float(absolute / (1 + absolute))


def compare_kernel(n: int) -> Part:
    """Measure kernel CCA with one Gaussian kernel."""
    train, test = bent(n)
    settings = {"kernel": "rbf", "ridge": KERNEL_RIDGE, "bandwidth": (2 * GAMMA) ** -0.5}
    exact, nystroem = KernelCCA(K, **settings), KernelCCA(K, **settings, landmarks=LANDMARKS)
    theirs = KCCA(K, kernel="rbf", gamma=GAMMA, shrinkage=[shrinkage(view) for view in train])
    works = {
        "cca-zoo KCCA": lambda: theirs.fit(train),
        "ours, exact": lambda: exact.fit(*train),
        f"ours, Nystroem {LANDMARKS}": lambda: nystroem.fit(*train),
    }
    times = median_s(works)
    rival, first, second = times.values()
    held = [K * theirs.score(test), exact.score(*test), nystroem.score(*test)]
    said = "cca-zoo {:.4f}, exact {:.4f}, Nystroem {:.4f}".format(*held)
    note = f"- kernel CCA, n = {n:,}: held-out sums of correlations: {said}"
    targets = [
        Target(f"cca-zoo / exact kernel CCA, n = {n:,}", rival / first, at_least=9),
        Target(f"cca-zoo KCCA / Nystroem, n = {n:,}", rival / second, at_least=100),
    ]
    return rows_of(f"kernel CCA, n = {n:,}", times), targets, note


def kernel_profile(n: int, landmarks: int | None) -> str:
    """Return where the time of our kernel CCA goes, the five functions that take most of it."""
    train, _ = bent(n)
    model = KernelCCA(K, ridge=KERNEL_RIDGE, bandwidth=(2 * GAMMA) ** -0.5, landmarks=landmarks)
    kind = "exact" if landmarks is None else f"Nystroem {landmarks}"
    return f"- {kind}, n = {n:,}: {profiled(lambda: model.fit(*train))}"


def rows_of(what: str, times: dict[str, float]) -> list[list[str]]:
    """Return one row per package, the rival first."""
    rival = next(iter(times.values()))
    return [[what, name, milliseconds(t), f"{rival / t:.1f}"] for name, t in times.items()]


def main(arguments: list[str]) -> None:
    """Run all comparisons and report them."""
    quick = "--quick" in arguments
    parts = [
        compare_ridge_choice(*((2_000, 30) if quick else (20_000, 100))),
        compare_permutation(*((500, 10) if quick else (2_000, 20))),
        *(compare_kernel(n) for n in ((500,) if quick else (1_000, 2_000))),
    ]
    rows, targets = ([one for part in parts for one in part[i]] for i in range(2))
    notes = "\n".join([*(part[2] for part in parts), false_positives(20 if quick else 200)])
    measured = table(["subject", "package", "ms", "times faster"], rows)
    profiles = [kernel_profile(1_000, LANDMARKS), kernel_profile(500 if quick else 2_000, None)]
    where = "\n".join(["Where our time in kernel CCA goes:\n", *profiles])
    body = "\n\n".join([measured, notes, targets_table(targets), where])
    command = "python benchmarks/inference.py"
    report("Inference and kernels", body, command=command, packages=PACKAGES, keep=not quick)


if __name__ == "__main__":
    main(sys.argv[1:])
