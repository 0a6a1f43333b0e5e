"""CPU per epoch of deep CCA and DCCAE: a plain loop with our loss beside cca-zoo's modules.

    python benchmarks/training.py            # about two minutes
    python benchmarks/training.py --quick    # few epochs, prints only

Same data, layers, first weights, batch size, epochs, Adam and objective, the squared correlations
with the ridge that each package has by default. The plain loop lives here; it uses torch's fused
Adam, cca-zoo's modules the plain one, which the second row uses too: what it gains is torch's, not
ours. Those modules are trained as their documentation does: a
`DataLoader` of their data set, Lightning's `Trainer` without logger, bar, checkpoints or summary.
Counted is the CPU time from the end of an epoch to the end of the next, so nobody pays for setting
up. What Lightning adds to each step weighs less in larger batches and wider networks: the rows
"networks alone" are the same loop with a loss that costs nothing, the least that anyone can need.
The total correlation is that of a linear CCA fitted on training codes and applied to unseen pairs.
"""

from __future__ import annotations

import copy
import logging
import statistics
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import process_time

from _side_by_side import Target, profiled, report, table, targets_table

# isort: split
import lightning.pytorch as pl
import numpy as np
import torch
from cca_zoo.deep import DCCA, DCCAE, MultiviewDataset
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader

from jmml_edu.linear import CCA
from jmml_edu.losses import squared_cca_loss

torch.set_num_threads(1)
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", module="lightning")
PACKAGES = ("torch", "cca-zoo", "lightning")
N_PAIRS, BATCHES, K, RATE = 4_000, (250, 500), 10, 1e-3
WIDE = {"eeg": 80, "speech": 60}
AT_LEAST = {("DCCA", 256): 1.6, ("DCCA", 64): 3.0, ("DCCAE", 256): 1.4, ("DCCAE", 64): 2.2}


@dataclass(frozen=True)
class Networks:
    """Encoders of both views, for DCCAE their decoders, and how many pairs make a batch."""

    encoders: list[nn.Module]
    decoders: list[nn.Module]
    batch: int


def layers(wide_in: int, width: int, wide_out: int) -> nn.Module:
    """Return a network of two hidden layers."""
    return nn.Sequential(
        nn.Linear(wide_in, width), nn.ReLU(),
        nn.Linear(width, width), nn.ReLU(),
        nn.Linear(width, wide_out),
    )  # fmt: skip


def networks(method: str, width: int, *, batch: int, seed: int) -> Networks:
    """Return fresh networks of a method."""
    torch.manual_seed(seed)
    encoders = [layers(wide, width, K) for wide in WIDE.values()]
    decoders = [layers(K, width, wide) for wide in WIDE.values()] if method == "DCCAE" else []
    return Networks(encoders, decoders, batch)


def pairs(n: int, seed: int) -> list[Tensor]:
    """Return views of standardised scale that share ten sources through bent mixtures."""
    world, rng = np.random.default_rng(0), np.random.default_rng(seed)
    shared, views = rng.standard_normal((n, K)), []
    for wide in WIDE.values():
        own = rng.standard_normal((n, K))
        sources = np.hstack([shared, own])
        mixed = np.tanh(sources @ world.standard_normal((2 * K, wide)) / np.sqrt(K))
        views.append(torch.tensor(mixed + 0.3 * rng.standard_normal((n, wide))).float())
    return views


def train_plainly(
    nets: Networks, views: list[Tensor], epochs: int, seed: int,
    *, fused: bool = True, loss_of: Callable[[Tensor, Tensor], Tensor] = squared_cca_loss,
) -> list[float]:  # fmt: skip
    """Train by a plain loop and return the CPU seconds of each epoch."""
    parameters = [p for net in nets.encoders + nets.decoders for p in net.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=RATE, fused=fused)
    generator, stamps = torch.Generator().manual_seed(seed), [process_time()]
    for _ in range(epochs):
        for rows in torch.randperm(len(views[0]), generator=generator).split(nets.batch):
            batch = [view.index_select(0, rows) for view in views]  # a third of view[rows]' cost
            codes = [net(view) for net, view in zip(nets.encoders, batch, strict=True)]
            loss = loss_of(*codes)
            if nets.decoders:
                rebuilt = [net(code) for net, code in zip(nets.decoders, codes, strict=True)]
                errors = [mse_loss(*both) for both in zip(rebuilt, batch, strict=True)]
                loss = 0.5 * loss + 0.5 * (errors[0] + errors[1])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        stamps.append(process_time())
    return list(np.diff(stamps))


def train_on_nothing(nets: Networks, views: list[Tensor], epochs: int, seed: int) -> list[float]:
    """Return the CPU seconds of each epoch of the plain loop with a loss that costs nothing."""
    return train_plainly(nets, views, epochs, seed, loss_of=lambda e, s: (e + s).mean())


class Stamps(pl.Callback):
    """The CPU time at the end of each epoch."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_epoch_start(self, *_: object) -> None:
        """Note when the first epoch begins."""
        if not self.times:
            self.times.append(process_time())

    def on_train_epoch_end(self, *_: object) -> None:
        """Note when an epoch ends."""
        self.times.append(process_time())


def train_by_zoo(nets: Networks, views: list[Tensor], epochs: int, seed: int) -> list[float]:
    """Train cca-zoo's module with Lightning and return the CPU seconds of each epoch."""
    if nets.decoders:
        model = DCCAE(K, nets.encoders, nets.decoders, learning_rate=RATE)
    else:
        model = DCCA(K, nets.encoders, learning_rate=RATE)
    generator, stamps = torch.Generator().manual_seed(seed), Stamps()
    loader = DataLoader(
        MultiviewDataset(views), batch_size=nets.batch, shuffle=True, generator=generator
    )
    trainer = pl.Trainer(
        max_epochs=epochs, accelerator="cpu", logger=False, enable_progress_bar=False,
        enable_checkpointing=False, enable_model_summary=False, callbacks=[stamps],
    )  # fmt: skip
    trainer.fit(model, loader)
    return list(np.diff(stamps.times))


WAYS: dict[str, Callable[[Networks, list[Tensor], int, int], list[float]]] = {
    "plain loop, our loss": train_plainly,
    "the same, Adam not fused": partial(train_plainly, fused=False),
    "cca-zoo with Lightning": train_by_zoo,
    "networks alone": train_on_nothing,
}


def held_out(nets: Networks, train: list[Tensor], test: list[Tensor]) -> float:
    """Return the total correlation of unseen pairs under a linear CCA of the training codes."""
    with torch.no_grad():
        codes = [
            [net.eval().cpu()(view).double().numpy() for net, view in
             zip(nets.encoders, views, strict=True)]
            for views in (train, test)
        ]  # fmt: skip
    return float(CCA(K).fit(*codes[0]).correlations(*codes[1]).sum())


def compare(
    method: str, width: int, *, batch: int, epochs: int
) -> tuple[list[list[str]], list[Target]]:
    """Return the rows of one method and width, and the targets that concern them."""
    train, test = pairs(N_PAIRS, 1), pairs(N_PAIRS, 2)
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    totals: dict[str, list[float]] = {name: [] for name in WAYS}
    for seed in range(3):
        print(f"training {method}, {width} wide, seed {seed} ...", file=sys.stderr)
        fresh = networks(method, width, batch=batch, seed=seed)
        for name, way in WAYS.items():
            nets = copy.deepcopy(fresh)
            seconds[name] += way(nets, train, epochs, seed)
            totals[name].append(held_out(nets, train, test))
    cpu = {name: statistics.median(spent) for name, spent in seconds.items()}
    ours, unfused, zoo, _ = cpu.values()
    what, least = f"{method}, {width} wide, batch {batch}", AT_LEAST[method, width]
    rows = [
        [what, name, f"{1e3 * cpu[name]:.0f}", f"{cpu[name] / ours:.2f}",
         f"{statistics.mean(totals[name]):.2f}" if name != "networks alone" else "-",
         f"{statistics.stdev(totals[name]):.2f}" if name != "networks alone" else "-"]
        for name in WAYS
    ]  # fmt: skip
    mine, theirs = (statistics.mean(totals[name]) for name in list(WAYS)[:3:2])
    return rows, [
        Target(f"cca-zoo / plain loop: {what}", zoo / ours, at_least=least),
        Target(f"the same, Adam not fused: {what}", zoo / unfused, at_least=least),
        Target(f"held-out totals apart: {what}", abs(mine - theirs), at_most=0.05),
    ]


def small_step_profile() -> str:
    """Return what a small step spends on its networks and on its loss, and what that is made of."""
    views = pairs(N_PAIRS, 1)
    spent = {}
    for name in ("plain loop, our loss", "networks alone"):
        nets = networks("DCCA", 64, batch=250, seed=0)
        spent[name] = statistics.median(WAYS[name](nets, views, 20, 0))
    steps = N_PAIRS // 250
    whole, alone = (1e6 * one / steps for one in spent.values())
    codes = [torch.randn(250, K, requires_grad=True) for _ in WIDE]

    def losses() -> None:
        for _ in range(2_000):
            squared_cca_loss(*codes).backward()

    return (
        f"A step of DCCA, 64 wide, batch 250, takes {whole:.0f} us, of which networks and Adam"
        f" {alone:.0f} us. The loss is small matrices in many calls: {profiled(losses, top=8)}."
    )


def main(arguments: list[str]) -> None:
    """Compare both methods at both widths and batch sizes."""
    quick, rows, targets = "--quick" in arguments, [], []
    for batch in BATCHES:
        for method, width in AT_LEAST:
            found, more = compare(method, width, batch=batch, epochs=4 if quick else 20)
            rows, targets = rows + found, targets + more
    header = ["", "trained by", "CPU ms per epoch", "x ours", "held out", "sd"]
    body = "\n\n".join([table(header, rows), targets_table(targets), small_step_profile()])
    command = "python benchmarks/training.py"
    report("Deep training", body, command=command, packages=PACKAGES, keep=not quick)


if __name__ == "__main__":
    main(sys.argv[1:])
