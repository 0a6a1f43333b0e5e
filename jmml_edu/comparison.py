"""What EEG at training time did for a classifier that hears speech alone.

Features of both modalities go in; methods that were tested on the same held-out people with the
same few labels come out as a ``Comparison``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Float

from jmml_edu.columns import column_correlations
from jmml_edu.contenders import Predicted, Task, judge
from jmml_edu.data import UNLABELLED, Features, Pairs, Split
from jmml_edu.encoders import SharedSpace, centre_within
from jmml_edu.evaluation import (
    Counts,
    counts_by_subject,
    gain,
    macro_f1,
    score,
)
from jmml_edu.experiment import Fold, folds_of
from jmml_edu.kept import Kept, fingerprint
from jmml_edu.missing import Scaler, has_all
from jmml_edu.pairing import trial_pairs
from jmml_edu.results import (
    ALPHA,
    GAINS,
    TIERS,
    Comparison,
    Difference,
    Interval,
    LatentCodes,
    Plan,
)
from jmml_edu.shared_training import widen_for_shared_training
from jmml_edu.significance import exchange_test, holm

OnStep = Callable[[str], None]
Wider = Callable[..., Interval]
"""Makes an interval as wide as folds that share who teaches demand."""

SHOWN_TRAINING_PAIRS = 300
"""Training pairs kept for the picture of the shared space; held-out pairs are all kept."""


@dataclass
class Tally:
    """Confusion counts of one method, seed x subject x true x predicted."""

    subjects: tuple[str, ...]
    classes: tuple[str, ...]
    n_seeds: int
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        n_classes = len(self.classes)
        self.counts = np.zeros((self.n_seeds, len(self.subjects), n_classes, n_classes), dtype=int)

    def add(self, predicted: Predicted, *, seed: int) -> None:
        """Count the predictions of one fold."""
        self.counts[seed] += counts_by_subject(
            predicted.true, predicted.said, predicted.subjects,
            people=self.subjects, classes=self.classes,
        )  # fmt: skip


def compare(
    eeg: Features,
    speech: Features,
    plan: Plan,
    *,
    truth: Float[np.ndarray, "row latent"] | None = None,
    kept: Path | None = None,
    on_step: OnStep | None = None,
) -> Comparison:
    """Return how the methods of the plan do on held-out people.

    Parameters
    ----------
    eeg, speech
        Features with labels; the two need not come from the same people when the plan pairs by
        class.
    plan
        From :func:`plan_comparison` on the same features.
    truth
        The hidden latent of each row of speech, where a simulation tells it.
    kept
        A file that holds what was found so far: a run that was stopped goes on from it.
    on_step
        Called after each method of each fold, with its name.

    Returns
    -------
    comparison
        Scores, gains, differences, confusions, and the shared space of the first fold.

    Raises
    ------
    InputError
        If ``kept`` is of other data, another plan or another version.
    """
    classes = speech.classes
    tallies = _empty_tallies(eeg, speech, plan)
    found = Kept(kept, fingerprint(eeg, speech, plan, truth))
    choices: dict[str, Counter[str]] = {}
    first, numbers = None, Counter[int]()
    taught: list[Split] = []
    shown: list[float] = []
    for fold in folds_of(eeg, speech, plan, truth=truth):
        first = first or fold
        if fold.seed == first.seed:
            taught.append(_split_of(fold))
            shown.append(float((fold.train.labels != UNLABELLED).mean()))
        task = Task(fold, classes, plan)
        for method in plan.methods if len(task.test) else ():  # the unlabelled only teach
            place = fold.seed, numbers[fold.seed], method
            if place not in found.found:
                found.add(*place[:2], judge(task, method))
            predicted = found.found[place]
            tallies[method].add(predicted, seed=plan.seeds.index(fold.seed))
            if predicted.choice:
                choices.setdefault(method, Counter())[predicted.choice] += 1
            if on_step is not None:
                on_step(method)
        numbers[fold.seed] += 1
    assert first is not None  # a plan has folds
    wider = partial(widen_for_shared_training, folds=taught, shown=float(np.mean(shown)))
    return _summary(tallies, wider, choices, latent_codes(first), plan)


def _split_of(fold: Fold) -> Split:
    """Return a fold as row numbers, training pairs first."""
    rows = np.arange(len(fold.train) + len(fold.test))
    return Split(rows[: len(fold.train)], rows[len(fold.train) :], "subject")


def _empty_tallies(eeg: Features, speech: Features, plan: Plan) -> dict[str, Tally]:
    """Return a tally for each method, of the people it is judged on."""
    people = _people_to_judge(speech)
    if plan.kind == "trial":
        eeg_people = _people_to_judge(speech.take(trial_pairs(eeg, speech).has_eeg))
    else:
        eeg_people = _people_to_judge(eeg)
    return {
        method: Tally(
            eeg_people if method == "eeg_only" else people, speech.classes, len(plan.seeds)
        )
        for method in plan.methods
    }


def _people_to_judge(features: Features) -> tuple[str, ...]:
    """Return the people of whom at least one label is known."""
    return tuple(sorted(set(features.subjects[features.labels != UNLABELLED])))


def _summary(
    tallies: Mapping[str, Tally],
    wider: Wider,
    choices: Mapping[str, Mapping[str, int]],
    latent: LatentCodes,
    plan: Plan,
) -> Comparison:
    """Return the numbers of a finished run."""
    confusions = {name: tally.counts.sum(axis=(0, 1)) for name, tally in tallies.items()}
    floor = _noise_floor(tallies)
    return Comparison(
        methods={
            name: wider(score(tally.counts, tally.subjects)) for name, tally in tallies.items()
        },
        gains={
            name: _ahead(tallies[first], tallies[second], wider)
            for name, (first, second) in GAINS.items()
        },
        macro_f1={name: macro_f1(counts) for name, counts in confusions.items()},
        confusions=confusions,
        classes=tallies["eeg_trained"].classes,
        choices=choices,
        latent=latent,
        plan=plan,
        differences=_differences(tallies, wider, floor),
        noise_floor=floor,
    )


def _ahead(better: Tally, worse: Tally, wider: Wider) -> Interval:
    """Return what one method has ahead of another on the same people."""
    found = gain(better.counts, worse.counts, better.subjects)
    return wider(found, least=-1.0)


def _noise_floor(tallies: Mapping[str, Tally]) -> float | None:
    """Return how far apart the road and the road once more may be."""
    if "eeg_trained_again" not in tallies:
        return None
    road, again = tallies["eeg_trained"], tallies["eeg_trained_again"]
    apart = gain(road.counts, again.counts, road.subjects)  # learned from the same people
    ends = (apart.value, apart.low or 0.0, apart.high or 0.0)
    return max(abs(end) for end in ends)


def _differences(
    tallies: Mapping[str, Tally], wider: Wider, floor: float | None
) -> dict[str, Difference]:
    """Return what the road has ahead of every other method that heard the same people."""
    road = tallies["eeg_trained"]
    others = {
        name: tally
        for name, tally in tallies.items()
        if name not in {"eeg_trained", "eeg_trained_again"} and tally.subjects == road.subjects
    }
    if set(tallies) == set(TIERS["road"]):
        return {}
    ahead = {name: _ahead(road, one, wider) for name, one in others.items()}
    p = {name: exchange_test(road.counts, one.counts) for name, one in others.items()}
    adjusted = holm({name: value for name, value in p.items() if value is not None})
    return {
        name: Difference(
            ahead[name],
            p[name],
            adjusted.get(name),
            _reading(ahead[name], adjusted.get(name), floor),
        )
        for name in others
    }


def _reading(ahead: Interval, p_adjusted: float | None, floor: float | None) -> str:
    """Return what follows from a difference, in a few words."""
    if p_adjusted is None:
        return "too few people"
    if floor is not None and abs(ahead.value) <= floor:
        return "below the noise floor"
    if p_adjusted > ALPHA:
        return "no difference shown"
    return "EEG at training is better" if ahead.value > 0 else "EEG at training is worse"


def latent_codes(fold: Fold) -> LatentCodes:
    """Return where training and held-out pairs of a fold lie in the shared space.

    The space is learned from the training pairs. All codes are centred within each person, as the
    shared space itself is.
    """
    train = fold.train
    eeg_scaler, speech_scaler = Scaler.of(train.eeg.values), Scaler.of(train.speech.values)
    space = SharedSpace().fit(
        eeg_scaler.apply(train.eeg.values), speech_scaler.apply(train.speech.values), train.subjects
    )

    def codes(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
        """EEG codes (NaN where there is none) and speech codes."""
        eeg = space.encode_eeg(eeg_scaler.apply(pairs.eeg.values))
        speech = space.encode_all(speech_scaler.apply(pairs.speech.values))
        return centre_within(eeg, pairs.subjects), centre_within(speech, pairs.subjects)

    learned, held_out = codes(train), codes(fold.test)
    shown = np.random.default_rng(fold.seed).permutation(len(train))[:SHOWN_TRAINING_PAIRS]
    return LatentCodes(
        eeg=np.vstack([learned[0][shown], held_out[0]]),
        speech=np.vstack([learned[1][shown], held_out[1]]),
        labels=np.concatenate([train.labels[shown], fold.test.labels]),
        subjects=np.concatenate([train.subjects[shown], fold.test.subjects]),
        held_out=np.arange(len(shown) + len(fold.test)) >= len(shown),
        train_correlations=_paired_correlations(*learned),
        held_out_correlations=_paired_correlations(*held_out),
    )


def _paired_correlations(eeg: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Return the correlation of each component over the pairs that have EEG."""
    there = has_all(eeg)
    return column_correlations(eeg[there], speech[there])
