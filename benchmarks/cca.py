"""Linear CCA beside the published packages: time, memory, accuracy, units.

    python benchmarks/cca.py            # about five minutes, 8 GiB
    python benchmarks/cca.py --quick    # small sizes, prints only
    python benchmarks/cca.py --large    # a file of 4 GB in the temporary folder, read once

Five components, as many as the data have; the time of cca-zoo and scikit-learn grows with their
number, so one row shows all twenty. The limit is the time of the three matrix products that no
exact method can avoid, on uncentred data. Memory is the peak of the resident set during `fit`, in a
process of its own, above what the data take. True correlations come from extended precision.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from _side_by_side import Target, median_s, milliseconds, planted, report, table, targets_table

# isort: split
import numpy as np
from cca_zoo import linear as zoo
from mvlearn import embed
from mvlearn.compose.split import SimpleSplitter
from sklearn import cross_decomposition
from sklearn.base import BaseEstimator
from statsmodels.multivariate.cancorr import CanCorr

from jmml_edu.linear import CCA

PACKAGES = ("numpy", "scipy", "cca-zoo", "statsmodels", "scikit-learn", "mvlearn")
K = 5
SIZES = [  # rows, columns of each view, components
    (10_000, 100, K), (1_000_000, 20, K), (1_000_000, 20, 20),
    (100_000, 100, K), (10_000, 500, K), (1_000_000, 100, K),
]  # fmt: skip
QUICK_SIZES = [(10_000, 20, K), (10_000, 20, 20), (2_000, 100, K)]
LONGEST_S = 60.0
# mvlearn 0.4.1 and 0.5.0 do not run with scikit-learn >= 1.7; this line is all that they lack.
SimpleSplitter.__sklearn_tags__ = BaseEstimator.__sklearn_tags__


@dataclass(frozen=True)
class Way:
    """A package's CCA: its fit, and the correlations that the fitted object stands for."""

    fit: Callable[[np.ndarray, np.ndarray, int], Any]
    correlations: Callable[[Any, np.ndarray, np.ndarray], np.ndarray]


def of_codes(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the correlation of each column with its twin."""
    left, right = left - left.mean(axis=0), right - right.mean(axis=0)
    norms = np.linalg.norm(left, axis=0) * np.linalg.norm(right, axis=0)
    return (left * right).sum(axis=0) / norms


def by_qr(x: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
    """Return the first correlations from orthonormal bases of the centred views."""
    bases = [np.linalg.qr(view - view.mean(axis=0))[0] for view in (x, y)]
    return np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)[:k]


def by_transform(model: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the correlations of the codes that a multiview model gives."""
    return of_codes(*model.transform([x, y]))


WAYS = {
    "ours": Way(lambda x, y, k: CCA(k).fit(x, y), lambda model, _x, _y: model.correlations_),
    "cca-zoo": Way(lambda x, y, k: zoo.CCA(k).fit([x, y]), by_transform),
    "statsmodels": Way(lambda x, y, _k: CanCorr(y, x), lambda model, _x, _y: model.cancorr[:K]),
    "scikit-learn": Way(
        lambda x, y, k: cross_decomposition.CCA(k, max_iter=2000).fit(x, y),
        lambda model, x, y: of_codes(*model.transform(x, y)),
    ),
    "mvlearn": Way(lambda x, y, k: embed.CCA(n_components=k).fit([x, y]), by_transform),
    "QR and SVD": Way(by_qr, lambda correlations, _x, _y: correlations),
}
MORE_WAYS = WAYS | {"cca-zoo MCCA": Way(lambda x, y, k: zoo.MCCA(k).fit([x, y]), by_transform)}


def compare_speed(sizes: list[tuple[int, int, int]]) -> tuple[str, list[Target]]:
    """Return the table of times and the targets that concern them."""
    rows, targets, rates = [], [], dict.fromkeys(WAYS, 0.0)
    for n, p, k in sizes:
        size = f"{n:,} x {p}, {k}"
        print(f"measuring {size} ...", file=sys.stderr)
        x, y = planted(n, p)
        compared = WAYS if k < p else {name: WAYS[name] for name in ("ours", "cca-zoo")}
        # More columns make no package faster per number: a lower bound of its time.
        guess = {name: rates[name] * n * p for name in compared}
        works = {"limit": lambda x=x, y=y: (x.T @ x, x.T @ y, y.T @ y)} | {
            name: (lambda way=way, x=x, y=y, k=k: way.fit(x, y, k))
            for name, way in compared.items() if guess[name] <= LONGEST_S
        }  # fmt: skip
        times = median_s(works, budget_s=4.0)
        if k == K:
            rates |= {name: max(rates[name], times.get(name, 0.0) / (n * p)) for name in compared}
        rows += [speed_row(size, name, times) for name in times]
        rows += [[size, name, f"over {guess[name]:.0f} s, skipped", "", ""]
                 for name in compared if name not in times]  # fmt: skip
        targets += speed_targets(n, p, k, times)
    return table(["n x p, components", "package", "ms", "x limit", "x ours"], rows), targets


def speed_row(size: str, name: str, times: dict[str, float]) -> list[str]:
    """Return one row of the table of times."""
    ratios = [f"{times[name] / times[other]:.2f}" for other in ("limit", "ours")]
    return [size, name, milliseconds(times[name]), *ratios]


def speed_targets(n: int, p: int, k: int, times: dict[str, float]) -> list[Target]:
    """Return what is to be reached at one size."""
    size, ours = f"{n:,} x {p}, {k}", times["ours"]
    least = {(100_000, 100, K): 4.5, (1_000_000, 20, 20): 30.0}.get((n, p, k), 1.8)
    wanted = {"cca-zoo": least, "statsmodels": 2.0, "scikit-learn": 13.0}
    found = [
        Target(f"{name} / ours, {size}", times[name] / ours, at_least=least)
        for name, least in wanted.items() if name in times
    ]  # fmt: skip
    if p >= 100 and n >= 10_000:
        most = 1.3 if n >= 100_000 else 1.4
        found.insert(0, Target(f"ours / limit, {size}", ours / times["limit"], at_most=most))
    return found


def error(way: Way, x: np.ndarray, y: np.ndarray, truth: np.ndarray) -> str:
    """Return the largest difference to the true correlations, or how the package fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = way.correlations(way.fit(x, y, K), x, y)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as problem:
        return type(problem).__name__
    return f"{np.abs(found - truth).max():.1e}"


def exact(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the first correlations from bases orthonormalised twice in extended precision."""
    bases = []
    for view in (x, y):
        basis = view.astype(np.longdouble)
        basis -= basis.mean(axis=0)
        for column in [*range(basis.shape[1])] * 2:
            basis[:, column] -= basis[:, :column] @ (basis[:, :column].T @ basis[:, column])
            basis[:, column] /= np.sqrt((basis[:, column] ** 2).sum())
        bases.append(basis)
    return np.linalg.svd((bases[0].T @ bases[1]).astype(float), compute_uv=False)[:K]


def compare_accuracy() -> tuple[str, list[Target]]:
    """Return the table of errors under units and under bad condition."""
    x, y = planted(2_000, 20)
    rng = np.random.default_rng(1)
    cases = {"one unit": (x, y)}
    for power in (2, 4, 8):
        units = 10 ** rng.uniform(-power, power, (2, 20))
        cases[f"units 1e+-{power}"] = x * units[0], y * units[1]
    for power in (4, 7):
        turns = [np.linalg.qr(rng.standard_normal((20, 20)))[0] for _ in range(4)]
        decay = np.logspace(0, -power, 20)
        bent = x @ (turns[0] * decay) @ turns[1], y @ (turns[2] * decay) @ turns[3]
        cases[f"cond. 1e{power}"] = bent
    truths = {case: exact(*views) for case, views in cases.items()}
    errors = {
        name: [error(way, *cases[case], truths[case]) for case in cases]
        for name, way in MORE_WAYS.items()
    }
    ours = dict(zip(cases, map(float, errors["ours"]), strict=True))
    targets = [
        Target("error, units 1e-8 to 1e8", ours["units 1e+-8"], at_most=1e-12),
        Target("error, condition 1e7", ours["cond. 1e7"], at_most=1e-11),
    ]
    rows = [[name, *found] for name, found in errors.items()]
    return table(["largest error", *cases], rows), targets


def extra_memory(name: str, n: int, p: int) -> float:
    """Return the peak of the resident set during a fit above the data, as a multiple of them."""
    command = [sys.executable, __file__, "--memory", name, str(n), str(p)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def measure_memory(name: str, n: int, p: int) -> float:
    """Return what `extra_memory` asks for, from inside the process of its own."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    WAYS[name].fit(*planted(2_000, p), K)
    x, y = planted(n, p)
    reset.write_text("5")  # the peak so far is forgotten
    before = status.read_text().split("VmRSS:")[1].split()[0]
    WAYS[name].fit(x, y, K)
    peak = status.read_text().split("VmHWM:")[1].split()[0]
    return (int(peak) - int(before)) * 1024 / (x.nbytes + y.nbytes)


def compare_memory(n: int, p: int) -> tuple[str, list[Target]]:
    """Return the table of extra memory."""
    used = {name: extra_memory(name, n, p) for name in WAYS}
    rows = [[name, f"{multiple:.3f}"] for name, multiple in used.items()]
    title = f"extra memory / data, {n:,} x {p}"
    return table(["package", title], rows), [Target(title, used["ours"], at_most=0.1)]


def read_large(n: int = 1_000_000, p: int = 500) -> str:
    """Return how long a fit from a file takes, and its memory beside the file's pages."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        views = []
        for name in ("eeg", "speech"):
            file = np.lib.format.open_memmap(
                Path(folder) / f"{name}.npy", mode="w+", dtype=np.float32, shape=(n, p)
            )
            for start in range(0, n, 10_000):
                file[start : start + 10_000] = rng.standard_normal((10_000, p), dtype=np.float32)
            file.flush()
            views.append(np.load(Path(folder) / f"{name}.npy", mmap_mode="r"))
        tracemalloc.start()
        begin = process_time()
        CCA(K).fit(*views)
        seconds, peak = process_time() - begin, tracemalloc.get_traced_memory()[1] / 2**20
    return table(
        ["memory map, float32", "CPU s", "peak of numpy's memory, MiB"],
        [[f"{n:,} x ({p} + {p})", f"{seconds:.1f}", f"{peak:.0f}"]],
    )


def main(arguments: list[str]) -> None:
    """Run what the arguments ask for."""
    if "--memory" in arguments:
        print(measure_memory(arguments[1], int(arguments[2]), int(arguments[3])))
    elif "--large" in arguments:
        command = "python benchmarks/cca.py --large"
        report("Linear CCA out of core", read_large(), command=command, packages=("numpy",))
    else:
        quick = "--quick" in arguments
        speed, targets = compare_speed(QUICK_SIZES if quick else SIZES)
        accuracy, more = compare_accuracy()
        memory, most = compare_memory(*((20_000, 50) if quick else (200_000, 100)))
        body = "\n\n".join([speed, memory, accuracy, targets_table(targets + more + most)])
        command = "python benchmarks/cca.py"
        report("Linear CCA", body, command=command, packages=PACKAGES, keep=not quick)


if __name__ == "__main__":
    main(sys.argv[1:])
