"""The training loop: against a plain one, a closed form, and itself after it was stopped."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from global_state import state_is_kept
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file
from sentences import explained
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from jmml_edu._checks import InputError
from jmml_edu.training import History, Schedule, loop, train

N_ROWS = 47
SHORT = Schedule(epochs=4, batch_size=15, learning_rate=0.05, seed=3)
OTHER_TRAINING = (
    "train: checkpoint must come from a training with the same settings and data; got run.st."
    " Name another file, or delete this one to start anew."
)


class Task:
    """A small network with dropout and running means, something to learn, and a diary."""

    def __init__(self, start: int = 0, stop: tuple[str, int] | None = None) -> None:
        rng = np.random.default_rng(0)
        self.x = torch.from_numpy(rng.standard_normal((N_ROWS + 20, 5))).float()
        self.y = self.x[:, :2].sin() + 0.3 * torch.from_numpy(rng.standard_normal((67, 2))).float()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(start)
            self.module = nn.Sequential(
                nn.Linear(5, 8), nn.BatchNorm1d(8), nn.GELU(), nn.Dropout(0.3), nn.Linear(8, 2)
            )
        self.stop, self.diary, self.seen = stop, [], []
        self.at_epoch: list[dict[str, Tensor]] = []

    def note(self, what: str) -> None:
        """Write down a call, or be stopped by it."""
        self.diary.append((what, self.module.training, torch.is_grad_enabled()))
        if self.stop == (what, sum(entry[0] == what for entry in self.diary)):
            raise KeyboardInterrupt

    def error(self, rows: Tensor | slice) -> Tensor:
        return (self.module(self.x[rows]) - self.y[rows]).square().mean()

    def losses(self, rows: Tensor) -> dict[str, Tensor]:
        self.note("losses")
        self.seen.append(rows)
        return {"fit": self.error(rows), "size": 0.01 * self.module[0].weight.square().sum()}

    def judge(self) -> dict[str, float]:
        self.note("judge")
        self.at_epoch.append(weights(self.module))
        return {"fit": -self.error(slice(N_ROWS, None)).item(), "bias": self.bias()}

    def bias(self) -> float:
        return self.module[4].bias.sum().item()

    def watch(self) -> tuple[np.ndarray, np.ndarray]:
        self.note("watch")
        codes = self.module(self.x[:6]).numpy()
        return codes, np.where(codes > 0, codes, np.nan)

    def train(self, schedule: Schedule = SHORT, checkpoint: Path | None = None) -> History:
        return train(
            self.module, N_ROWS, self.losses, schedule,
            judge=self.judge, watch=self.watch, checkpoint=checkpoint,
        )  # fmt: skip

    def train_alone(self, schedule: Schedule = SHORT) -> History:
        return train(self.module, N_ROWS, self.losses, schedule)


def weights(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same_weights(left: dict[str, Tensor], right: dict[str, Tensor]) -> None:
    assert left.keys() == right.keys()
    for name, value in left.items():
        assert torch.equal(value, right[name]), name


def assert_same_history(left: History, right: History) -> None:
    assert left.to_json() == right.to_json()
    for one, other in zip(left.codes, right.codes, strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(other))
        assert np.array(one).dtype == np.array(other).dtype


def plain_loop(task: Task, schedule: Schedule) -> list[float]:
    """What the loop should do, without anything around it."""
    optimizer = torch.optim.AdamW(
        task.module.parameters(), weight_decay=schedule.weight_decay, fused=True
    )
    n_batches, fits = N_ROWS // schedule.batch_size, []
    with torch.random.fork_rng(devices=[]):
        for step in range(schedule.epochs * n_batches):
            if step % n_batches == 0:
                torch.manual_seed(1_000_003 * schedule.seed + step // n_batches + 1)
                batches = torch.randperm(N_ROWS).tensor_split(n_batches)
            done = (step + 0.5) / (schedule.epochs * n_batches)
            optimizer.param_groups[0]["lr"] = schedule.rate(done)
            terms = task.losses(batches[step % n_batches])
            optimizer.zero_grad()
            sum(terms.values(), start=torch.zeros(())).backward()
            optimizer.step()
            fits.append(terms["fit"].item())
    return list(np.reshape(fits, (schedule.epochs, n_batches)).mean(axis=1))


# What it computes


@pytest.mark.parametrize("schedule", [SHORT, Schedule(epochs=3, batch_size=47, seed=8)])
def test_it_is_a_plain_loop_to_the_last_digit(schedule: Schedule) -> None:
    ours, plain = Task(), Task()
    history, fits = ours.train_alone(schedule), plain_loop(plain, schedule)
    assert_same_weights(ours.module.state_dict(), plain.module.state_dict())
    assert history.losses["fit"] == pytest.approx(fits, rel=1e-12)
    assert history.epochs == history.best_epoch == schedule.epochs
    assert history.scores == {}
    assert history.codes == ([], [])


def test_one_full_batch_a_step_is_adamw_as_it_was_published() -> None:
    x, y = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0]]), np.array([1.0, 0.0, 2.0])
    weight, schedule = np.array([0.5, -0.5]), Schedule(9, 3, 0.1, weight_decay=0.2)
    module = nn.Linear(2, 1, bias=False).double()
    module.weight.data = torch.tensor(weight[None])
    train(
        module, 3, lambda rows: {"square": (module(torch.tensor(x)[rows])[:, 0]
                                            - torch.tensor(y)[rows]).square().sum()}, schedule,
    )  # fmt: skip
    first, second = np.zeros(2), np.zeros(2)
    for step in range(9):
        gradient, rate = 2 * x.T @ (x @ weight - y), schedule.rate((step + 0.5) / 9)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        corrected = np.sqrt(second / (1 - 0.999 ** (step + 1))) + 1e-8
        weight = weight * (1 - 0.2 * rate)
        weight = weight - rate * first / (1 - 0.9 ** (step + 1)) / corrected
    np.testing.assert_allclose(module.weight.detach().numpy()[0], weight, rtol=1e-9)


def test_least_squares_end_in_the_closed_form() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 3))
    y = x @ rng.standard_normal((3, 2)) + 1 + rng.standard_normal((60, 2))
    left, right = torch.from_numpy(x), torch.from_numpy(y)
    with torch.random.fork_rng(devices=[]):
        module = nn.Linear(3, 2).double()
    history = train(
        module, 60,
        lambda rows: {"mse": (module(left[rows]) - right[rows]).square().mean()},
        Schedule(epochs=300, batch_size=60, learning_rate=0.1, weight_decay=0.0),
    )  # fmt: skip
    best = np.linalg.lstsq(np.column_stack([x, np.ones(60)]), y)[0]
    np.testing.assert_allclose(module.weight.detach().numpy(), best[:3].T, atol=1e-4)
    np.testing.assert_allclose(module.bias.detach().numpy(), best[3], atol=1e-4)
    assert history.losses["mse"][-1] < history.losses["mse"][0]


def test_the_same_seed_gives_the_same_digits_whatever_came_before() -> None:
    found = []
    for chance in (1, 2):
        torch.manual_seed(chance)
        task = Task()
        found.append((task.train(), task.module.state_dict()))
    assert_same_history(found[0][0], found[1][0])
    assert_same_weights(found[0][1], found[1][1])


def test_another_seed_gives_other_batches() -> None:
    one, other = Task(), Task()
    one.train_alone(SHORT)
    other.train_alone(replace(SHORT, seed=4))
    assert not torch.equal(torch.cat(one.seen), torch.cat(other.seen))


def quiet(task: Task) -> Callable[[Tensor], dict[str, Tensor]]:
    """Losses that read no running means, which need two rows."""

    def losses(rows: Tensor) -> dict[str, Tensor]:
        task.seen.append(rows)
        return {"size": task.module[0].weight.square().sum()}

    return losses


@pytest.mark.parametrize(("n_rows", "batch_size"), [(47, 15), (47, 48), (12, 4), (19, 10), (9, 1)])
def test_every_epoch_reads_every_row_once_in_even_batches(n_rows: int, batch_size: int) -> None:
    task = Task()
    train(task.module, n_rows, quiet(task), replace(SHORT, batch_size=batch_size))
    per_epoch = max(1, n_rows // batch_size)
    assert len(task.seen) == 4 * per_epoch
    epochs = [torch.cat(task.seen[e * per_epoch : (e + 1) * per_epoch]) for e in range(4)]
    assert all(sorted(rows.tolist()) == list(range(n_rows)) for rows in epochs)
    assert not torch.equal(epochs[0], epochs[1])
    sizes = [len(rows) for rows in task.seen]
    assert min(sizes) >= min(batch_size, n_rows)
    assert max(sizes) - min(sizes) <= 1


def test_the_history_holds_the_mean_of_each_term() -> None:
    task, noted = Task(), []

    def losses(rows: Tensor) -> dict[str, Tensor]:
        terms = task.losses(rows)
        noted.append({name: term.item() for name, term in terms.items()})
        return terms

    history = train(task.module, N_ROWS, losses, SHORT)
    for name in ("fit", "size"):
        means = np.reshape([terms[name] for terms in noted], (4, 3)).mean(axis=1)
        assert history.losses[name] == pytest.approx(means)


def test_it_learns_in_training_mode_and_is_judged_out_of_it() -> None:
    task = Task()
    task.train()
    assert {e for e in task.diary if e[0] == "losses"} == {("losses", True, True)}
    assert {e for e in task.diary if e[0] != "losses"} == {
        ("judge", False, False), ("watch", False, False)
    }  # fmt: skip
    assert not task.module.training
    assert [e[0] for e in task.diary] == ["judge", "watch"] + 4 * [
        "losses", "losses", "losses", "judge", "watch"
    ]  # fmt: skip


def test_codes_and_scores_are_noted_from_before_training_on() -> None:
    task, start = Task(), Task()
    history = task.train()
    assert [np.stack(codes).shape for codes in history.codes] == [(5, 6, 2)] * 2
    with torch.no_grad():
        np.testing.assert_array_equal(history.codes[0][0], start.module.eval()(start.x[:6]).numpy())
    assert {name: len(values) for name, values in history.scores.items()} == {"fit": 5, "bias": 5}
    assert history.scores["bias"][0] == start.bias()
    assert {name: len(values) for name, values in history.losses.items()} == {"fit": 4, "size": 4}


def test_judging_and_watching_change_no_digit() -> None:
    judged, alone = Task(), Task()
    judged.train()
    alone.train_alone()
    assert_same_weights(judged.at_epoch[-1], alone.module.state_dict())


def test_a_judge_that_draws_says_the_same_whatever_came_before() -> None:
    found = []
    for chance in (1, 2):
        torch.manual_seed(chance)
        task = Task()
        judge = lambda: {"drawn": torch.rand(1).item()}  # noqa: E731
        found.append(train(task.module, N_ROWS, task.losses, SHORT, judge=judge))
    assert found[0].scores == found[1].scores


def test_it_can_end_before_its_schedule_and_go_on_later(tmp_path: Path) -> None:
    whole, part, again = Task(), Task(), Task()
    history = whole.train()
    begun = train(part.module, N_ROWS, part.losses, SHORT, stop_after=2, judge=part.judge,
                  watch=part.watch, checkpoint=tmp_path / "run.st")  # fmt: skip
    assert begun.epochs == 2
    assert begun.losses["fit"] == history.losses["fit"][:2]
    assert begun.scores["fit"] == history.scores["fit"][:3]
    assert_same_weights(part.module.state_dict(), whole.at_epoch[begun.best_epoch])
    assert_same_history(again.train(checkpoint=tmp_path / "run.st"), history)
    assert_same_weights(again.module.state_dict(), whole.module.state_dict())


def test_it_never_trains_beyond_its_schedule() -> None:
    task = Task()
    assert train(task.module, N_ROWS, task.losses, SHORT, stop_after=9).epochs == 4


# The rate


def test_the_rate_of_each_step_is_one_cycle() -> None:
    rates: list[float] = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: rates.append(optimizer.param_groups[0]["lr"])
    )
    try:
        Task().train_alone(replace(SHORT, epochs=10))
    finally:
        hook.remove()
    longer = replace(SHORT, epochs=10)
    assert rates == pytest.approx([longer.rate((i + 0.5) / 30) for i in range(30)])
    assert max(rates) == rates[9] == pytest.approx(SHORT.learning_rate, rel=0.01)


@settings(max_examples=30, deadline=None)
@given(one=st.floats(0, 1), other=st.floats(0, 1), highest=st.floats(0, 10))
def test_the_rate_rises_then_falls_and_never_leaves_its_range(
    one: float, other: float, highest: float
) -> None:
    early, late = sorted([one, other])
    schedule = Schedule(learning_rate=highest)
    assert 0 <= schedule.rate(early) <= highest
    if late < 0.3:
        assert schedule.rate(early) <= schedule.rate(late)
    if early >= 0.3:
        assert schedule.rate(early) >= schedule.rate(late)


def test_the_rate_falls_like_half_a_cosine() -> None:
    shares = np.linspace(0.3, 1, 8)
    falling = [Schedule(learning_rate=4.0).rate(share) for share in shares]
    np.testing.assert_allclose(
        falling, 4 * np.cos(np.pi / 2 * (shares - 0.3) / 0.7) ** 2, atol=1e-12
    )
    assert Schedule(learning_rate=4.0).rate(0.3 - 1e-9) == pytest.approx(4)


def test_a_single_step_learns_something() -> None:
    task, start = Task(), Task()
    task.train_alone(Schedule(epochs=1, batch_size=N_ROWS))
    assert not torch.equal(task.module[4].weight, start.module[4].weight)


# What is kept


def judged_by(scores: list[float], patience: int) -> tuple[Task, History, list[dict[str, Tensor]]]:
    """A task that was judged by a list of scores, one after the other, and its weights then."""
    task, told, kept = Task(), iter(scores), []

    def judge() -> dict[str, float]:
        kept.append(weights(task.module))
        return {"score": next(told), "other": float(-len(kept))}

    schedule = Schedule(epochs=len(scores) - 1, batch_size=15, patience=patience)
    history = train(task.module, N_ROWS, task.losses, schedule, judge=judge)
    return task, history, kept


@pytest.mark.parametrize(
    ("scores", "patience", "best", "epochs"),
    [
        ([0.0, 1, 2, 1.5, 1.5, 1.5, 9], 3, 2, 5),
        ([0.0, 1, 2, 1.5, 1.5, 1.5, 9], 4, 6, 6),
        ([3.0, 1, 2, 2.5, 9], 3, 0, 3),
        ([3.0, 1, 9], 1, 0, 1),
        ([-5.0, -4, -3, -2], 1, 3, 3),
        ([0.0, 2, float("nan"), 1, 3], 9, 4, 4),
        ([0.0, -float("inf"), 1, 0.5], 9, 2, 3),
    ],
)
def test_the_best_epoch_is_restored_and_patience_ends(
    scores: list[float], patience: int, best: int, epochs: int
) -> None:
    task, history, kept = judged_by(scores, patience)
    assert (history.best_epoch, history.epochs) == (best, epochs)
    assert_same_weights(task.module.state_dict(), kept[best])
    assert history.scores["score"] == pytest.approx(scores[: epochs + 1], nan_ok=True)


def test_a_score_that_stays_equal_is_not_a_better_one() -> None:
    assert judged_by([1.0] * 12, 3)[1].epochs == 3


def test_a_first_score_that_is_not_a_number_does_not_hide_the_others() -> None:
    task, history, kept = judged_by([float("nan"), 1, 2, 1.5], 9)
    assert history.best_epoch == 2
    assert_same_weights(task.module.state_dict(), kept[2])


def test_without_a_judge_the_last_epoch_counts_and_patience_never_ends() -> None:
    task = Task()
    history = train(task.module, N_ROWS, task.losses, replace(SHORT, patience=1), watch=task.watch)
    assert history.epochs == history.best_epoch == 4
    with torch.no_grad():
        np.testing.assert_array_equal(history.codes[0][-1], task.module(task.x[:6]).numpy())


def test_no_epochs_change_nothing_but_are_judged(tmp_path: Path) -> None:
    task, start = Task(), Task()
    history = task.train(replace(SHORT, epochs=0), tmp_path / "run.st")
    assert_same_weights(task.module.state_dict(), start.module.state_dict())
    assert (history.epochs, history.best_epoch, history.losses) == (0, 0, {})
    assert {name: len(values) for name, values in history.scores.items()} == {"fit": 1, "bias": 1}
    assert [e[0] for e in task.diary] == ["judge", "watch"]
    assert not task.module.training


# Stopped and gone on

CALLS = [("losses", i) for i in range(1, 13)] + [
    (what, i) for what in ("judge", "watch") for i in range(1, 6)
]


@pytest.fixture(scope="module")
def unstopped() -> tuple[dict[str, Tensor], History]:
    task = Task()
    history = task.train()
    return task.module.state_dict(), history


@pytest.mark.parametrize("moment", CALLS, ids=lambda call: f"{call[0]} {call[1]}")
def test_stopped_at_any_moment_it_goes_on_to_the_same_digits(
    moment: tuple[str, int], tmp_path: Path, unstopped: tuple[dict[str, Tensor], History]
) -> None:
    file = tmp_path / "new folder" / "run.st"
    with state_is_kept(), pytest.raises(KeyboardInterrupt):
        Task(stop=moment).train(checkpoint=file)
    again = Task()
    with state_is_kept():
        history = again.train(checkpoint=file)
    assert_same_weights(again.module.state_dict(), unstopped[0])
    assert_same_history(history, unstopped[1])
    assert not again.module.training


def scored(task: Task, scores: list[float], file: Path | None) -> History:
    """Train a task whose judge reads from a list."""
    told = iter(scores)
    judge = lambda: {"score": next(told)}  # noqa: E731
    return train(task.module, N_ROWS, task.losses, SHORT, judge=judge, checkpoint=file)


def test_it_goes_on_from_the_last_weights_where_others_were_better(tmp_path: Path) -> None:
    whole, again, scores = Task(), Task(), [0.0, 5, 1, 2, 9]
    with pytest.raises(KeyboardInterrupt):
        scored(Task(stop=("losses", 8)), scores, tmp_path / "run.st")
    expected = scored(whole, scores, None)
    assert_same_history(scored(again, scores[3:], tmp_path / "run.st"), expected)
    assert_same_weights(again.module.state_dict(), whole.module.state_dict())
    assert expected.best_epoch == 4


def test_only_what_was_not_saved_is_trained_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Task(stop=("losses", 8)).train(checkpoint=tmp_path / "run.st")
    again = Task()
    again.train(checkpoint=tmp_path / "run.st")
    assert [e[0] for e in again.diary] == 2 * ["losses", "losses", "losses", "judge", "watch"]


def test_stopped_again_and_again_it_still_ends_in_the_same_digits(
    tmp_path: Path, unstopped: tuple[dict[str, Tensor], History]
) -> None:
    for moment in (("judge", 2), ("losses", 5), ("watch", 1), ("losses", 4), ("losses", 6)):
        with pytest.raises(KeyboardInterrupt):
            Task(stop=moment).train(checkpoint=tmp_path / "run.st")
    again = Task()
    assert_same_history(again.train(checkpoint=tmp_path / "run.st"), unstopped[1])
    assert_same_weights(again.module.state_dict(), unstopped[0])


@pytest.mark.parametrize(("where", "name"), [(loop, "save_file"), (os, "replace")])
@pytest.mark.parametrize("epoch", [1, 3])
def test_stopped_while_saving_it_leaves_the_last_whole_file(
    where: object, name: str, epoch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    unstopped: tuple[dict[str, Tensor], History],
) -> None:  # fmt: skip
    real, count = getattr(where, name), itertools.count(1)

    def stopped(*args: object) -> None:
        if next(count) == epoch:
            Path(str(args[1] if name == "save_file" else args[0])).write_bytes(b"half a fi")
            raise KeyboardInterrupt
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, stopped)
        with pytest.raises(KeyboardInterrupt):
            Task().train(checkpoint=tmp_path / "run.st")
    again = Task()
    assert_same_history(again.train(checkpoint=tmp_path / "run.st"), unstopped[1])
    assert_same_weights(again.module.state_dict(), unstopped[0])
    assert [path.name for path in tmp_path.iterdir()] == ["run.st"]


@pytest.mark.parametrize("patience", [20, 1])
def test_what_was_finished_is_read_and_not_trained(tmp_path: Path, patience: int) -> None:
    schedule = replace(SHORT, epochs=8, patience=patience, learning_rate=0.5)
    first, again = Task(), Task()
    history = first.train(schedule, tmp_path / "run.st")
    assert_same_history(again.train(schedule, tmp_path / "run.st"), history)
    assert again.diary == []
    assert_same_weights(again.module.state_dict(), first.module.state_dict())


def test_a_run_without_judge_goes_on_too(tmp_path: Path) -> None:
    whole, again, stopped = Task(), Task(), Task(stop=("losses", 8))
    whole.train_alone()
    with pytest.raises(KeyboardInterrupt):
        train(stopped.module, N_ROWS, stopped.losses, SHORT, checkpoint=tmp_path / "run.st")
    history = train(again.module, N_ROWS, again.losses, SHORT, checkpoint=tmp_path / "run.st")
    assert_same_weights(again.module.state_dict(), whole.module.state_dict())
    assert (history.epochs, history.best_epoch) == (4, 4)


def test_files_side_by_side_are_not_written_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    monkeypatch.setattr(os, "replace", lambda unfinished, _: written.append(unfinished))
    for name in ("ridge_0.1", "ridge_0.5"):
        Task().train(replace(SHORT, epochs=1), tmp_path / name)
    assert written[0] != written[1]


def test_a_file_changes_no_digit(
    tmp_path: Path, unstopped: tuple[dict[str, Tensor], History]
) -> None:
    task = Task()
    assert_same_history(task.train(checkpoint=tmp_path / "run.st"), unstopped[1])
    assert_same_weights(task.module.state_dict(), unstopped[0])


# The file


def test_the_file_holds_tensors_and_text_and_no_pickle(tmp_path: Path) -> None:
    file, task = tmp_path / "run.st", Task()
    history = task.train(checkpoint=file)
    content = file.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    told = header.pop("__metadata__")
    assert json.loads(told["history"])["losses"] == history.losses
    assert {entry["dtype"] for entry in header.values()} == {"F32", "I64"}
    assert 8 + length + max(entry["data_offsets"][1] for entry in header.values()) == len(content)
    with safe_open(file, framework="pt") as opened:
        best = {n: opened.get_tensor(f"best.{n}") for n in task.module.state_dict()}
    assert_same_weights(best, task.module.state_dict())


def test_weights_that_two_layers_share_are_saved_too(tmp_path: Path) -> None:
    found = []
    for file in (None, tmp_path / "run.st"):
        task = Task()
        tied = nn.Sequential(nn.Linear(5, 5, bias=False), nn.Linear(5, 5, bias=False))
        tied[0].weight.data = torch.eye(5)
        tied[1].weight = tied[0].weight
        train(
            tied, N_ROWS, lambda rows, m=tied, t=task: {"size": (m(t.x[rows]) - 1).square().mean()},
            SHORT, checkpoint=file,
        )  # fmt: skip
        found.append(tied.state_dict())
    assert_same_weights(*found)


@pytest.mark.parametrize(
    "other",
    [{"seed": 4}, {"epochs": 5}, {"learning_rate": 0.06}, {"batch_size": 16}, {"weight_decay": 0.0},
     {"patience": 2}],
    ids=str,
)  # fmt: skip
def test_a_file_of_other_settings_is_turned_away_and_left_alone(
    tmp_path: Path, other: dict[str, float]
) -> None:
    Task().train(checkpoint=tmp_path / "run.st")
    content = (tmp_path / "run.st").read_bytes()
    task, start = Task(), Task()
    with state_is_kept(), explained(OTHER_TRAINING):
        task.train(replace(SHORT, **other), tmp_path / "run.st")
    assert (tmp_path / "run.st").read_bytes() == content
    assert task.diary == []
    assert_same_weights(task.module.state_dict(), start.module.state_dict())


def test_a_file_of_another_start_is_turned_away(tmp_path: Path) -> None:
    Task().train(checkpoint=tmp_path / "run.st")
    with explained(OTHER_TRAINING):
        Task(start=1).train(checkpoint=tmp_path / "run.st")


def test_a_file_of_other_rows_is_turned_away(tmp_path: Path) -> None:
    Task().train(checkpoint=tmp_path / "run.st")
    task = Task()
    with explained(OTHER_TRAINING):
        train(task.module, N_ROWS - 1, task.losses, SHORT, judge=task.judge, watch=task.watch,
              checkpoint=tmp_path / "run.st")  # fmt: skip


def test_somebody_elses_tensors_are_turned_away_and_left_alone(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(3)}, tmp_path / "run.st")
    content = (tmp_path / "run.st").read_bytes()
    with explained(OTHER_TRAINING):
        Task().train(checkpoint=tmp_path / "run.st")
    assert (tmp_path / "run.st").read_bytes() == content


@pytest.mark.parametrize("keep", [slice(0), slice(50), slice(-5), slice(7, None)], ids=str)
def test_a_damaged_file_is_turned_away_in_words_and_left_alone(tmp_path: Path, keep: slice) -> None:
    file = tmp_path / "run.st"
    Task().train(checkpoint=file)
    file.write_bytes(file.read_bytes()[keep])
    content = file.read_bytes()
    with state_is_kept(), pytest.raises(InputError, match=r"^train: checkpoint must .*run\.st"):
        Task().train(checkpoint=file)
    assert file.read_bytes() == content


# Errors, and what they leave behind


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_loss_that_is_not_finite_is_told_with_its_name(value: str) -> None:
    task = Task()

    def losses(rows: Tensor) -> dict[str, Tensor]:
        terms = task.losses(rows)
        bad = float(value) if len(task.seen) == 5 else 1.0
        return {"fit": 0 * terms["fit"] + 0.5, "bad": bad * torch.ones(())}

    told = f"train: loss must stay finite; got {{'fit': 0.5, 'bad': {value}}}."
    with state_is_kept(), explained(f"{told} Lower the learning rate."):
        train(task.module, N_ROWS, losses, SHORT)


def test_terms_that_cancel_beyond_numbers_are_told() -> None:
    task, endless = Task(), torch.tensor(float("inf"))
    with explained(
        "train: loss must stay finite; got {'up': inf, 'down': -inf}. Lower the learning rate."
    ):
        train(task.module, N_ROWS, lambda _: {"up": endless, "down": -endless}, SHORT)


def test_it_runs_on_one_thread() -> None:
    counts: list[int] = []
    task = Task()

    def judge() -> dict[str, float]:
        counts.append(torch.get_num_threads())
        return {"s": 0.0}

    with state_is_kept():
        train(task.module, N_ROWS, task.losses, SHORT, judge=judge)
    assert set(counts) == {1}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epochs": -1}, "epochs must be at least 0; got -1. Choose 0 or more."),
        ({"batch_size": 0}, "batch_size must be at least 1; got 0. Choose 1 or more."),
        ({"patience": 0}, "patience must be at least 1; got 0. Choose 1 or more."),
        ({"weight_decay": -0.1}, "weight_decay must be at least 0; got -0.1. Choose 0 or more."),
        ({"learning_rate": -1.0}, "learning_rate must be at least 0; got -1.0. Choose 0 or more."),
        (
            {"learning_rate": float("inf")},
            "learning_rate must be finite and at least 0; got inf. Choose 0 or more.",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_impossible_settings_are_turned_away(settings: dict[str, float], sentence: str) -> None:
    with explained(f"Schedule: {sentence}"):
        Schedule(**settings)


def test_a_history_comes_back_from_json_without_its_codes() -> None:
    history = Task().train()
    again = History.from_json(history.to_json())
    assert (again.losses, again.scores) == (history.losses, history.scores)
    assert (again.best_epoch, again.epochs) == (history.best_epoch, 4)
    assert again.codes == ([], [])
