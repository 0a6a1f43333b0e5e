"""Correlation losses beside the published codes: time, degenerate batches, scale.

    python benchmarks/losses.py            # about two minutes
    python benchmarks/losses.py --quick    # small sizes, prints only

Forward and backward with respect to both views, float32. cca-zoo's loss is the sum of squared
correlations under eigendecompositions. The second rival is the trace norm in the way in which
public codes of deep CCA write it: symmetric eigendecompositions, an absolute ridge, gradients
through the decompositions.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from _side_by_side import Target, median_s, milliseconds, report, table, targets_table

# isort: split
import torch
from cca_zoo.deep.objectives import CCALoss
from torch import Tensor

from jmml_edu.losses import cca_loss, eckart_young_loss, squared_cca_loss

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from degenerate_batches import BATCHES

torch.set_num_threads(1)
PACKAGES = ("torch", "cca-zoo")
SHAPES = [(256, 10), (1_024, 32), (1_024, 128), (1_024, 512), (4_096, 512)]
RIDGES = (0.0, 1e-8, 1e-4, 1e-2)
SQUARED_AT_LEAST = {(256, 10): 2.0, (1_024, 32): 2.0, (1_024, 128): 1.6, (1_024, 512): 2.4}
EIGH = "eigh, as in public DeepCCA codes"

Loss = Callable[[Tensor, Tensor, float], Tensor]


def eigh_loss(eeg: Tensor, speech: Tensor, ridge: float) -> Tensor:
    """Return minus the sum of correlations, by symmetric roots and an absolute ridge."""
    eeg, speech = eeg - eeg.mean(dim=0), speech - speech.mean(dim=0)
    n = len(eeg) - 1
    roots = [inverse_root(view.mT @ view / n, ridge) for view in (eeg, speech)]
    white = roots[0] @ (eeg.mT @ speech / n) @ roots[1]
    squares = torch.linalg.eigvalsh(white.mT @ white + ridge * torch.eye(white.shape[1]))
    return -squares.clamp_min(1e-12).sqrt().sum()


def inverse_root(covariance: Tensor, ridge: float) -> Tensor:
    """Return the symmetric inverse root of a covariance with a ridge."""
    values, vectors = torch.linalg.eigh(covariance + ridge * torch.eye(len(covariance)))
    kept = values > 1e-12
    return vectors[:, kept] * values[kept].rsqrt() @ vectors[:, kept].mT


LOSSES: dict[str, Loss] = {
    "cca-zoo": lambda eeg, speech, ridge: CCALoss(ridge)([eeg, speech]),
    EIGH: eigh_loss,
    "ours, squared": lambda eeg, speech, ridge: squared_cca_loss(eeg, speech, ridge=ridge),
    "ours, trace norm": lambda eeg, speech, ridge: cca_loss(eeg, speech, ridge=ridge),
    "ours, Eckart-Young": lambda eeg, speech, _ridge: eckart_young_loss(eeg, speech),
}


def step(loss: Loss, eeg: Tensor, speech: Tensor, ridge: float) -> tuple[Tensor, ...]:
    """Return the value and both gradients."""
    eeg, speech = eeg.detach().requires_grad_(), speech.detach().requires_grad_()
    value = loss(eeg, speech, ridge)
    return value.detach(), *torch.autograd.grad(value, (eeg, speech))


def batch(m: int, d: int) -> tuple[Tensor, Tensor]:
    """Return two views whose columns correlate by 0.6."""
    generator = torch.Generator().manual_seed(0)
    eeg, noise = torch.randn(2, m, d, generator=generator)
    return eeg, 0.6 * eeg + 0.8 * noise


def compare_speed(shapes: list[tuple[int, int]]) -> tuple[str, list[Target]]:
    """Return the table of times and the targets that concern them."""
    rows, targets = [], []
    for m, d in shapes:
        print(f"measuring {m:,} x {d} ...", file=sys.stderr)
        views = batch(m, d)
        times = median_s(
            {
                name: (lambda loss=loss, views=views: step(loss, *views, 1e-4))
                for name, loss in LOSSES.items()
            },
            rounds=31,
        )
        rows += [speed_row(f"{m:,} x {d}", name, times) for name in times]
        targets += speed_targets(m, d, times)
    return table(["m x d", "loss", "ms", "cca-zoo / it", "eigh / it"], rows), targets


def speed_row(size: str, name: str, times: dict[str, float]) -> list[str]:
    """Return one row of the table of times."""
    ratios = [f"{times[rival] / times[name]:.2f}" for rival in ("cca-zoo", EIGH)]
    return [size, name, milliseconds(times[name]), *ratios]


def speed_targets(m: int, d: int, times: dict[str, float]) -> list[Target]:
    """Return what is to be reached at one size."""
    size, zoo, found = f"{m:,} x {d}", times["cca-zoo"], []
    if (m, d) in SQUARED_AT_LEAST:
        ratio, least = zoo / times["ours, squared"], SQUARED_AT_LEAST[m, d]
        found.append(Target(f"cca-zoo / squared, {size}", ratio, at_least=least))
    if d <= 128:
        best = min(zoo, times[EIGH]) / times["ours, trace norm"]
        found.append(Target(f"best public / trace norm, {size}", best, at_least=1.4))
        ratio = zoo / times["ours, Eckart-Young"]
        found.append(Target(f"cca-zoo / Eckart-Young, {size}", ratio, at_least=3.8))
    return found


def fails(loss: Loss, eeg: Tensor, speech: Tensor, ridge: float) -> bool:
    """Return whether a loss raises, or its value or a gradient is not finite."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return not all(bool(part.isfinite().all()) for part in step(loss, eeg, speech, ridge))
    except (RuntimeError, ValueError):  # torch's LinAlgError is a RuntimeError
        return True


def compare_failures() -> tuple[str, list[Target]]:
    """Return the table of failures on the degenerate batches."""
    views = [(batch.eeg.float(), batch.speech.float()) for batch in BATCHES.values()]
    counts = {
        name: [sum(fails(loss, *pair, ridge) for pair in views) for ridge in RIDGES]
        for name, loss in LOSSES.items()
    }
    header = [f"failures of {len(views)}", *(f"ridge {ridge:g}" for ridge in RIDGES)]
    body = table(header, [[name, *map(str, row)] for name, row in counts.items()])
    worst = max(max(row) for name, row in counts.items() if name.startswith("ours"))
    return body, [Target("failures on degenerate batches, ours", float(worst), at_most=0.0)]


def compare_scales() -> str:
    """Return what each loss says of two identical views as their scale shrinks."""
    view = torch.randn(1_024, 100, generator=torch.Generator().manual_seed(0))
    scales = (1.0, 0.1, 0.01, 0.001)
    rows = [
        [name, *(f"{-loss(view * scale, view * scale, 1e-4).item():.1f}" for scale in scales)]
        for name, loss in LOSSES.items() if "Eckart" not in name
    ]  # fmt: skip
    return table(["identical 100-d views, ridge 1e-4", *(f"x {s:g}" for s in scales)], rows)


def main(arguments: list[str]) -> None:
    """Run all comparisons and report them."""
    quick = "--quick" in arguments
    speed, targets = compare_speed(SHAPES[:2] if quick else SHAPES)
    failures, more = compare_failures()
    body = "\n\n".join([speed, failures, compare_scales(), targets_table(targets + more)])
    command = "python benchmarks/losses.py"
    report("Correlation losses", body, command=command, packages=PACKAGES, keep=not quick)


if __name__ == "__main__":
    main(sys.argv[1:])
