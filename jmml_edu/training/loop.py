"""The loop: a module is trained in place, epoch by epoch, from a checkpoint on if there is one."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from jmml_edu._checks import check_at_least, fail
from jmml_edu.training.nouns import History, Judge, Losses, Schedule, Watch

_EPOCH_SEEDS = 1_000_003  # apart, so that no seed's epochs draw what another's draw


def train(  # noqa: PLR0913 - what is trained, on what, judged how, for how long, kept where
    module: nn.Module,
    n_rows: int,
    losses: Losses,
    schedule: Schedule,
    *,
    judge: Judge | None = None,
    watch: Watch | None = None,
    stop_after: int | None = None,
    checkpoint: Path | None = None,
    about: str = "",
) -> History:
    """Train a module in place, leave it as it was in its best epoch, and return the history.

    Every epoch has randomness of its own, drawn by the seed and its number: a run that was stopped
    and goes on from its checkpoint ends in the same digits as one that was not. The global random
    state and the number of threads are left as they were.

    Parameters
    ----------
    module
        What is trained; its parameters are in it, whatever ``losses`` computes.
    n_rows
        Rows to train on, numbered from 0.
    losses, judge, watch
        See :data:`Losses`, :data:`Judge` and :data:`Watch`. Without a judge the last epoch counts.
    schedule
        How long, how fast, in what portions.
    stop_after
        Epochs after which training ends, although the schedule goes on; None for all of them.
    checkpoint
        A file written after each epoch, and gone on from, with a module that is as it was before
        training, if it is there; None for none.
    about
        What else a checkpoint must have been made with: settings of losses and judge.

    Raises
    ------
    InputError
        If there is no row, the checkpoint is damaged or of another training, or a loss is not
        finite.
    """
    check_at_least("train", 1, n_rows=n_rows)
    run = _Run(module, n_rows, schedule, checkpoint, about)
    last = schedule.epochs if stop_after is None else min(stop_after, schedule.epochs)
    with _one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(_EPOCH_SEEDS * schedule.seed)
        if not run.resume():
            run.judge(judge, watch, epoch=0)
        while run.history.epochs < last and not run.has_stalled():
            epoch = run.history.epochs + 1
            torch.manual_seed(_EPOCH_SEEDS * schedule.seed + epoch)
            run.add_losses(_train_epoch(run, n_rows, losses, epoch))
            run.judge(judge, watch, epoch=epoch)
            run.save()
    module.load_state_dict(run.best)
    module.eval()
    return run.history


class _Run:
    """A training in progress."""

    def __init__(
        self,
        module: nn.Module,
        n_rows: int,
        schedule: Schedule,
        checkpoint: Path | None,
        about: str,
    ) -> None:
        self.module, self.schedule, self.checkpoint = module, schedule, checkpoint
        self.history = History()
        self.best = _copy(module)
        self.settings = json.dumps([asdict(schedule), n_rows, _digest(self.best), about])
        self.optimizer = torch.optim.AdamW(
            module.parameters(), lr=0.0, weight_decay=schedule.weight_decay, fused=True
        )

    def has_stalled(self) -> bool:
        """Return whether patience is at its end."""
        waited = self.history.epochs - self.history.best_epoch
        return bool(self.history.scores) and waited >= self.schedule.patience

    def add_losses(self, terms: Mapping[str, float]) -> None:
        """Note what an epoch lost."""
        for name, value in terms.items():
            self.history.losses.setdefault(name, []).append(value)

    def judge(self, judge: Judge | None, watch: Watch | None, *, epoch: int) -> None:
        """Note scores and codes, and keep the weights if they are the best so far."""
        self.module.eval()
        with torch.no_grad():
            scores = {} if judge is None else judge()
            watched = None if watch is None else watch()
        for name, value in scores.items():
            self.history.scores.setdefault(name, []).append(value)
        for kept, codes in zip(self.history.codes, watched or (), strict=False):
            kept.append(codes)
        decisive = next(iter(self.history.scores.values()), None)
        before = [score for score in (decisive or [])[:-1] if not math.isnan(score)]
        if epoch == 0 or decisive is None or decisive[-1] > max(before, default=-math.inf):
            self.best, self.history.best_epoch = _copy(self.module), epoch

    def save(self) -> None:
        """Write everything that going on takes into one file, all or nothing."""
        if self.checkpoint is None:
            return
        tensors = {f"now.{name}": value for name, value in self.module.state_dict().items()}
        tensors |= {f"best.{name}": value for name, value in self.best.items()}
        for number, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{number}.{name}": value for name, value in state.items()}
        for side, codes in zip(("eeg", "speech"), self.history.codes, strict=True):
            if codes:
                tensors[f"codes.{side}"] = torch.from_numpy(np.stack(codes))
        metadata = {"history": self.history.to_json(), "settings": self.settings}
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.checkpoint.with_name(f"{self.checkpoint.name}.unfinished")
        save_file(
            {name: value.clone().contiguous() for name, value in tensors.items()},
            unfinished,
            metadata,
        )
        os.replace(unfinished, self.checkpoint)

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one; return whether there was."""
        if self.checkpoint is None or not self.checkpoint.is_file():
            return False
        metadata, tensors = _read(self.checkpoint)
        if metadata.get("settings") != self.settings:
            fail(
                "train", "checkpoint", "come from a training with the same settings and data",
                self.checkpoint.name, "Name another file, or delete this one to start anew.",
            )  # fmt: skip
        self.best = _part(tensors, "best.")
        self.module.load_state_dict(_part(tensors, "now."))
        self.history = History.from_json(metadata["history"])
        for side, codes in zip(("eeg", "speech"), self.history.codes, strict=True):
            codes += list(tensors.get(f"codes.{side}", torch.zeros(0)).numpy())
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in _part(tensors, "adam.").items():
            number, key = name.split(".")
            state.setdefault(int(number), {})[key] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        return True


def _train_epoch(run: _Run, n_rows: int, losses: Losses, epoch: int) -> dict[str, float]:
    """Read all rows once in random order and return each term's mean over the batches."""
    schedule = run.schedule
    n_batches = max(1, n_rows // schedule.batch_size)  # none of them small
    batches = torch.randperm(n_rows).tensor_split(n_batches)
    sums: dict[str, float] = {}
    run.module.train()
    for number, rows in enumerate(batches):
        done = (epoch - 1 + (number + 0.5) / n_batches) / schedule.epochs  # amid the step
        for group in run.optimizer.param_groups:
            group["lr"] = schedule.rate(done)
        terms = losses(rows)
        total = torch.stack(tuple(terms.values())).sum()
        if not torch.isfinite(total):
            fail(
                "train", "loss", "stay finite", {n: t.item() for n, t in terms.items()},
                "Lower the learning rate.",
            )  # fmt: skip
        run.optimizer.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        run.optimizer.step()
        for name, term in terms.items():
            sums[name] = sums.get(name, 0.0) + term.item() / n_batches
    return sums


def _read(checkpoint: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """Return what a checkpoint says and holds."""
    try:
        with safe_open(checkpoint, framework="pt") as file:
            names = list(file.keys())
            return file.metadata() or {}, {name: file.get_tensor(name) for name in names}
    except SafetensorError as problem:
        fail(
            "train", "checkpoint", "be a whole file that train has written",
            f"{checkpoint.name}: {problem}", "Delete this one to start anew.",
        )  # fmt: skip


def _copy(module: nn.Module) -> dict[str, Tensor]:
    """Return the weights of a module as they are now."""
    return {name: value.detach().clone() for name, value in module.state_dict().items()}


def _digest(weights: Mapping[str, Tensor]) -> str:
    """Return a fingerprint of weights: a closed-form start tells the data apart too."""
    digest = hashlib.sha256()
    for name, value in weights.items():
        digest.update(name.encode() + value.numpy().tobytes())
    return digest.hexdigest()


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose name begins with a prefix, without it."""
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch on one thread: batches are small, and digits must not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
