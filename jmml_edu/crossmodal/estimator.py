"""The correlated autoencoder as an estimator of two views, each of which may be missing.

What the encoders learn is turned into canonical components at the end, so that codes have an order,
a scale and a sign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from numbers import Integral
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike
from sklearn.metrics import recall_score

from jmml_edu._checks import as_told_by, check_at_least, check_one_of, check_same_rows, fail
from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.columns import column_correlations
from jmml_edu.crossmodal.network import OBJECTIVES, VIEWS, Batches, TwoViewNetwork
from jmml_edu.crossmodal.terms import RECONSTRUCTIONS, weights_of
from jmml_edu.linear import Moments, solve
from jmml_edu.linear.two_views import Code, Features, TwoViews
from jmml_edu.missing import GapFiller, Matrix, Scaler, has_all, has_some
from jmml_edu.networks import Layers
from jmml_edu.training import Schedule, Watch, train
from jmml_edu.views import View, as_view, check_columns, check_pairs, columns_of, take

FEWEST_LABELS = 20
"""Per class, among those who learn and among those who judge; with fewer their recall is too noisy
to stop by."""

_FINAL_RIDGE = 1e-3  # of the last CCA, between codes: two that agree must not be told apart

_LAYERS, _SCHEDULE = Layers(), Schedule()


@dataclass(frozen=True, eq=False)
class Standard:
    """What fills and standardises one view."""

    filler: GapFiller
    scaler: Scaler

    @classmethod
    def of(cls, view: Matrix) -> Standard:
        """Return what the rows that are whole, or can be filled, teach."""
        filler = GapFiller.of(view)
        return cls(filler, Scaler.of(filler.fill(view)))

    def apply(self, view: Matrix) -> Matrix:
        """Return filled, standardised rows; rows of NaN stay."""
        return self.scaler.apply(self.filler.fill(view))


@dataclass(frozen=True, eq=False)
class Turn:
    """The last linear step of one view: from what an encoder says to canonical components."""

    mean: Float[np.ndarray, " raw"]
    directions: Float[np.ndarray, "raw component"]

    def apply(self, raw: Matrix) -> Code:
        """Return canonical components."""
        turned: np.ndarray = (raw - self.mean) @ self.directions
        return turned

    def undo(self, codes: Code) -> Matrix:
        """Return what the encoder had said."""
        raw: np.ndarray = codes @ np.linalg.pinv(self.directions) + self.mean
        return raw


class CorrelatedAutoencoder(TwoViews):
    r"""Deep canonically correlated cross-modal autoencoder: E-DCC-CAE, DCCA and their family.

    Encoders bend each view until their codes correlate; decoders tell a view from its own code or
    from that of the other (:mod:`jmml_edu.crossmodal.terms` has the formula). Encoders begin as
    closed-form ridge CCA, decoders as least squares. People who are held out judge how many epochs
    of training pay, perhaps none; then the same is done with everybody. So the model departs from
    the linear answer only where that shows on new people.

    Parameters
    ----------
    latent_dim
        Components of the shared space, at least 1.
    terms
        A name in :data:`METHODS`, or the weight of each term.
    reconstruction_weight
        Weight of every reconstruction of a named method; the correlation has 1.
    objective
        ``"sum"`` of correlations (trace norm), ``"squares"``, or ``"eckart-young"``.
    layers, schedule
        Hidden layers of every map, and how they learn; see :class:`Layers`, :class:`Schedule`.
    ridge
        Of the ridge CCA at the start, as in :class:`jmml_edu.linear.CCA`.
    held_out
        Share of the people (rows, without ``groups``) who judge, in [0, 1); with 0 nobody does, and
        all epochs of the schedule are trained.
    epochs
        How many epochs of the schedule to train with everybody, without asking who judges; None
        asks them.
    least_gain
        Held-out correlation per component that bending has to bring, else the model stays linear.
    watched
        Pairs whose codes are kept for each epoch in ``history_``, training rows first.
    seed
        Draws held-out people, weights, batches and dropout.

    Attributes
    ----------
    epochs_
        How many epochs paid; 0 is the closed-form, linear model.
    correlations_
        Of each component on all pairs given to ``fit``: too high for new people.
    history_
        Losses, scores and watched codes of each epoch.
    stopped_by_
        What decided how many: ``"correlation"`` or ``"recall"`` of who judges, or ``"epochs"``.
    held_out_
        Which rows judged.

    Notes
    -----
    A row of NaN has no such view: it teaches what its other view can teach. Single NaN are filled
    with their conditional mean. Total correlation rewards whatever is shared, nuisance too; given
    labels enough, recall on held-out people decides which epoch, and both are in ``history_``. The
    model bends only if correlation has gained too. Who judges has judged the trial, not the model
    that is then learned from everybody.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> speech = rng.standard_normal((200, 2))
    >>> eeg = speech + 0.1 * rng.standard_normal((200, 2))
    >>> model = CorrelatedAutoencoder(1, schedule=Schedule(epochs=2)).fit(eeg, speech)
    >>> model.transform(speech=speech).shape
    (200, 1)
    >>> bool(model.correlations(eeg, speech)[0] > 0.9)
    True
    """

    def __init__(  # noqa: PLR0913 - one argument for each setting, as scikit-learn asks
        self,
        latent_dim: int = 6,
        *,
        terms: str | Mapping[str, float] = "E-DCC-CAE",
        reconstruction_weight: float = 0.1,
        objective: str = "sum",
        layers: Layers = _LAYERS,
        schedule: Schedule = _SCHEDULE,
        ridge: float | tuple[float, float] = 0.1,
        held_out: float = 0.2,
        epochs: int | None = None,
        least_gain: float = 0.03,
        watched: int = 0,
        seed: int = 0,
    ) -> None:
        self.latent_dim = latent_dim
        self.terms = terms
        self.reconstruction_weight = reconstruction_weight
        self.objective = objective
        self.layers = layers
        self.schedule = schedule
        self.ridge = ridge
        self.held_out = held_out
        self.epochs = epochs
        self.least_gain = least_gain
        self.watched = watched
        self.seed = seed

    def fit(
        self,
        eeg: Matrix,
        speech: Matrix,
        *,
        groups: ArrayLike | None = None,
        labels: Labels | None = None,
        checkpoint: Path | None = None,
    ) -> CorrelatedAutoencoder:
        """Learn from paired rows and return self.

        Parameters
        ----------
        eeg, speech
            Row x feature; NaN where something is missing.
        groups
            Who each row comes from; who judges is then held out as a whole.
        labels
            Class numbers, -1 where hidden; used for nothing but to choose the epoch.
        checkpoint
            A file written after each epoch of the trial, and one beside it, its name ending in
            ``-everybody``, for what follows; a later fit with the same settings and data goes on
            from them to the same digits.

        Raises
        ------
        InputError
            If the views are not paired, settings are out of range, or pairs are too few.
        """
        with as_told_by("CorrelatedAutoencoder.fit"):
            weights = self._check_settings()
            eeg, speech = check_pairs("", eeg, speech, groups)
            self._columns = {"eeg": columns_of(eeg), "speech": columns_of(speech)}
            views = {
                name: _numbers(name, view) for name, view in zip(VIEWS, (eeg, speech), strict=True)
            }
            if labels is not None:
                check_same_rows("", eeg=views["eeg"], labels=labels)
                if labels.ndim != 1:
                    fail(
                        "", "labels", "be one number for each row", labels.shape,
                        "Pass class numbers, -1 where hidden.",
                    )  # fmt: skip
            self.held_out_ = self._draw_held_out(views, groups)
            self.epochs_ = self.schedule.epochs if self.epochs is None else self.epochs
            if self.held_out_.any():
                self._try(views, weights, labels, checkpoint)
            self._learn_from_all(views, weights, checkpoint)
        return self

    def _check_settings(self) -> dict[str, float]:
        """Raise if a setting is out of range; return the weights of the terms."""
        check_one_of("", OBJECTIVES, objective=self.objective)
        check_at_least("", 0, watched=self.watched, seed=self.seed)
        check_at_least("", -np.inf, least_gain=self.least_gain)
        most = self.schedule.epochs
        if self.epochs is not None and (
            not isinstance(self.epochs, Integral) or not 0 <= self.epochs <= most
        ):
            fail(
                "", "epochs", f"be a whole number between 0 and {most}, those of the schedule",
                self.epochs, "None finds out how many pay.",
            )  # fmt: skip
        return weights_of(self.terms, self.reconstruction_weight)

    def transform(
        self, eeg: Matrix | None = None, speech: Matrix | None = None
    ) -> Code | tuple[Code, Code]:
        """Return the codes of a view, or of both, EEG first; a missing row has codes of NaN."""
        return super().transform(eeg, speech)

    def correlations(self, eeg: Matrix, speech: Matrix) -> Float[np.ndarray, " component"]:
        """Return the correlation of each pair of codes over the rows that have both views."""
        with as_told_by("CorrelatedAutoencoder.correlations"):
            eeg, speech = check_pairs("", eeg, speech)
            codes = self._codes(eeg=eeg, speech=speech)
        both = has_all(codes[0]) & has_all(codes[1])
        return column_correlations(codes[0][both], codes[1][both])

    def reconstruct(
        self, eeg: Matrix | None = None, speech: Matrix | None = None
    ) -> dict[str, Features]:
        """Return each view that a decoder can tell from what is given, in its own units.

        Where two codes tell a view, it is their mean; a row that nothing tells is NaN.
        """
        given = {
            name: view for name, view in (("eeg", eeg), ("speech", speech)) if view is not None
        }
        with as_told_by("CorrelatedAutoencoder.reconstruct"):
            check_same_rows("", **given)
            codes = dict(zip(given, self._codes(**given), strict=True))
            told: dict[str, list[Features]] = {}
            for term, (target, source) in RECONSTRUCTIONS.items():
                if term in self.network_.maps and source in codes:
                    told.setdefault(target, []).append(self._tell(codes[source], source, target))
        return {name: _mean_of_known(guesses) for name, guesses in told.items()}

    def _draw_held_out(
        self, views: Mapping[str, Matrix], groups: ArrayLike | None
    ) -> Bool[np.ndarray, " row"]:
        """Return which rows only judge: all rows of some people."""
        if not 0 <= self.held_out < 1:
            fail("", "held_out", "lie in [0, 1)", self.held_out, "Choose 0.2 to begin with.")
        share = self.held_out if self.epochs is None else 0.0
        paired = has_some(views["eeg"]) & has_some(views["speech"])
        who = np.arange(len(paired)) if groups is None else np.asarray(groups)
        people = np.unique(who[paired])
        if share and len(people) < 2:
            fail(
                "", "held_out", "be 0 where fewer than two people have both views", share,
                "Bring more people, or set held_out=0.",
            )  # fmt: skip
        n_judges = min(max(round(share * len(people)), 1), len(people) - 1) if share else 0
        judges = np.random.default_rng(self.seed).permutation(people)[:n_judges]
        return np.isin(who, judges)

    def _try(
        self,
        views: Mapping[str, Matrix],
        weights: Mapping[str, float],
        labels: Labels | None,
        checkpoint: Path | None,
    ) -> None:
        """Train on those who do not judge, and note how many epochs pay for those who do."""
        learning = ~self.held_out_
        views = self._standardise(views, learning)
        if labels is not None:
            labels = np.where(has_all(views["speech"]), labels, HIDDEN)
            sides = labels[learning], labels[self.held_out_]
            labels = labels if all(_enough_labels(side) for side in sides) else None
        self.stopped_by_ = "correlation" if labels is None else "recall"
        batches = self._start(_rows(views, learning), weights)
        self.history_ = train(
            self.network_,
            len(batches),
            batches.losses,
            self._schedule(),
            judge=partial(self._judge, views, labels),
            watch=self._watch(views),
            checkpoint=checkpoint,
            about=self._about(views, labels),
        )
        best, judged = self.history_.best_epoch, self.history_.scores["correlation"]
        pays = judged[best] - judged[0] >= self.least_gain * self.latent_dim
        self.epochs_ = best if pays else 0

    def _learn_from_all(
        self, views: Mapping[str, Matrix], weights: Mapping[str, float], checkpoint: Path | None
    ) -> None:
        """Start anew from everybody, for as many epochs as pay."""
        views = self._standardise(views, np.ones(len(self.held_out_), dtype=bool))
        batches = self._start(views, weights)
        history = train(
            self.network_,
            len(batches),
            batches.losses,
            self._schedule(),
            watch=None if self.held_out_.any() else self._watch(views),
            stop_after=self.epochs_,
            checkpoint=checkpoint and checkpoint.with_stem(f"{checkpoint.stem}-everybody"),
            about=self._about(views, None),
        )
        self._turns, self.correlations_ = _final_turn(self._raw(views))
        if not self.held_out_.any():
            self.history_, self.stopped_by_ = history, "epochs"

    def _standardise(
        self, views: Mapping[str, Matrix], rows: Bool[np.ndarray, " row"]
    ) -> dict[str, Matrix]:
        """Return both views filled and standardised by what some of the rows teach."""
        self._standards = {name: Standard.of(view[rows]) for name, view in views.items()}
        return {name: self._standards[name].apply(view) for name, view in views.items()}

    def _about(self, views: Mapping[str, Matrix], labels: Labels | None) -> str:
        """Return a fingerprint of settings and data."""
        digest = hashlib.sha256(repr(sorted(self.get_params().items(), key=str)).encode())
        for part in (*views.values(), np.zeros(0) if labels is None else labels):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def _schedule(self) -> Schedule:
        """Return the schedule with this model's seed."""
        return replace(self.schedule, seed=self.seed)

    def _start(self, views: Mapping[str, Matrix], weights: Mapping[str, float]) -> Batches:
        """Set the network that is nothing but closed forms yet; return what it will learn from."""
        paired = has_all(views["eeg"]) & has_all(views["speech"])
        self.network_ = TwoViewNetwork.start(
            views["eeg"][paired],
            views["speech"][paired],
            latent_dim=self.latent_dim,
            ridge=self.ridge,
            objective=self.objective,
            weights=weights,
            layers=self.layers,
            seed=self.seed,
        )
        return Batches(self.network_, views["eeg"], views["speech"], objective=self.objective)

    def _raw(self, views: Mapping[str, Matrix]) -> dict[str, Matrix]:
        """Return what the encoders say of standardised views."""
        return {name: self.network_.apply_map(name, view) for name, view in views.items()}

    def _judge(self, views: Mapping[str, Matrix], labels: Labels | None) -> dict[str, float]:
        """Return the total correlation, and the recall if labels tell it, on held-out rows."""
        judging, raw = self.held_out_, self._raw(views)
        turns, _ = _final_turn(_rows(raw, ~judging))
        codes = [turns[name].apply(raw[name]) for name in ("eeg", "speech")]
        both = judging & has_all(codes[0]) & has_all(codes[1])
        scores = {"correlation": float(column_correlations(codes[0][both], codes[1][both]).sum())}
        if labels is not None:
            scores = {"recall": _recall(codes[1], labels, judging)} | scores
        return scores

    def _watch(self, views: Mapping[str, Matrix]) -> Watch | None:
        """Return what tells the codes of the watched pairs, those who judge last; None for none."""
        if not self.watched:
            return None
        rows = np.argsort(self.held_out_, kind="stable")[: self.watched]

        def codes() -> tuple[np.ndarray, np.ndarray]:
            raw = self._raw(_rows(views, rows))
            return raw["eeg"].astype(np.float32), raw["speech"].astype(np.float32)

        return codes

    def _codes_of(self, name: str, view: Matrix) -> Code:
        """Return the codes of one view if it has the columns of fit."""
        view = as_view("", name, view)
        check_columns("", name, view, self._columns[name])
        standard = self._standards[name].apply(_numbers(name, view))
        return self._turns[name].apply(self.network_.apply_map(name, standard))

    def _tell(self, codes: Code, source: str, target: str) -> Features:
        """Return one view as a decoder tells it from the codes of a view."""
        term = f"{target} from {source}"
        if term not in self.network_.maps:
            fail(
                "", "terms", f"contain {term!r}", sorted(self.network_.weights),
                'Fit with it, or with terms="E-DCC-CAE", which has them all.',
            )  # fmt: skip
        if codes.ndim != 2 or codes.shape[1] != len(self.correlations_):
            fail(
                "", f"{source}_codes", f"have the {len(self.correlations_)} components of fit",
                codes.shape, "Pass codes that transform has returned.",
            )  # fmt: skip
        raw = self._turns[source].undo(codes)
        scaler = self._standards[target].scaler
        told: np.ndarray = self.network_.apply_map(term, raw) * scaler.scale + scaler.mean
        return told


def _final_turn(raw: Mapping[str, Matrix]) -> tuple[dict[str, Turn], Float[np.ndarray, " _"]]:
    """Return the linear CCA of what the encoders say, and its correlations."""
    both = has_all(raw["eeg"]) & has_all(raw["speech"])
    moments = Moments.of(raw["eeg"][both], raw["speech"][both])
    found = solve(moments, n_components=raw["eeg"].shape[1], ridge=_FINAL_RIDGE)
    return {
        "eeg": Turn(moments.mean[moments.eeg], found.eeg_directions),
        "speech": Turn(moments.mean[moments.speech], found.speech_directions),
    }, found.correlations


def _numbers(name: str, view: View) -> Matrix:
    """Return a view as numbers, NaN where they are missing."""
    values = take(view, slice(None), name)
    if np.isinf(values).any():
        fail(
            "", name, "be finite, or NaN where it is missing",
            f"{int(np.isinf(values).sum())} infinite values", "Look where they come from.",
        )  # fmt: skip
    return values


def _rows(views: Mapping[str, Matrix], rows: np.ndarray) -> dict[str, Float[np.ndarray, "taken _"]]:
    """Return some rows of both views."""
    return {name: view[rows] for name, view in views.items()}


def _recall(codes: Code, labels: Labels, judging: Bool[np.ndarray, " row"]) -> float:
    """Return how well labelled speech codes of the others recognise those who judge."""
    known = (labels != HIDDEN) & has_all(codes)
    learned = Classifier(codes[known & ~judging], labels[known & ~judging])
    true, said = labels[known & judging], learned.predict(codes[known & judging])
    return float(recall_score(true, said, labels=np.unique(true), average="macro"))


def _enough_labels(labels: Labels) -> bool:
    """Return whether recall on these rows is worth something."""
    _, counts = np.unique(labels[labels != HIDDEN], return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= FEWEST_LABELS


def _mean_of_known(guesses: list[Features]) -> Features:
    """Return the mean of several guesses of the same rows, each where it is not NaN."""
    stacked = np.stack(guesses)
    known = np.isfinite(stacked)
    mean: np.ndarray = np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known.any(axis=0), mean, np.nan)
