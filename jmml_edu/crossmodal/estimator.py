"""The correlated autoencoder as an estimator of two views, each of which may be missing.

What the encoders learn is turned into canonical components at the end, so that codes have an order,
a scale and a sign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from numpy.typing import ArrayLike

from jmml_edu._checks import as_told_by, check_at_least, check_one_of, fail
from jmml_edu.classifier import Labels
from jmml_edu.crossmodal.codes import NetworkCodes
from jmml_edu.crossmodal.judges import check_labels, draw_judges, judge, labels_to_judge_by
from jmml_edu.crossmodal.network import OBJECTIVES, Batches, TwoViewNetwork
from jmml_edu.crossmodal.replay import Replay
from jmml_edu.crossmodal.terms import weights_of
from jmml_edu.crossmodal.turns import Standard, final_turn, numbers_of
from jmml_edu.missing import Matrix, has_all
from jmml_edu.networks import Layers
from jmml_edu.training import Schedule, Watch, train
from jmml_edu.views import check_pairs, columns_of

_LAYERS, _SCHEDULE = Layers(), Schedule()


class CorrelatedAutoencoder(NetworkCodes):
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
        What "agree" means: ``"sum"`` of correlations (trace norm), ``"squares"``,
        ``"eckart-young"``, or ``"contrast"`` (InfoNCE: partners are told from all others).
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
    replay_
        The encoders of each epoch of the trial, for any rows to be encoded with; None if nobody
        judged, the trial went on from a checkpoint, or the model was loaded.

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

    replay_: Replay | None = None

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
            views = {"eeg": numbers_of("eeg", eeg), "speech": numbers_of("speech", speech)}
            if labels is not None:
                check_labels(labels, views["eeg"])
            share = self.held_out if self.epochs is None else 0.0
            self.held_out_ = draw_judges(views, groups, share, self.seed)
            self.epochs_ = self.schedule.epochs if self.epochs is None else self.epochs
            self.replay_ = None
            if self.held_out_.any():
                self._try(views, weights, labels, checkpoint)
            self._learn_from_all(views, weights, checkpoint)
        return self

    def _check_settings(self) -> dict[str, float]:
        """Raise if a setting is out of range; return the weights of the terms."""
        check_one_of("", OBJECTIVES, objective=self.objective)
        check_at_least("", 0, watched=self.watched, seed=self.seed)
        check_at_least("", -np.inf, least_gain=self.least_gain)
        if not 0 <= self.held_out < 1:
            fail("", "held_out", "lie in [0, 1)", self.held_out, "Choose 0.2 to begin with.")
        most = self.schedule.epochs
        if self.epochs is not None and (
            not isinstance(self.epochs, Integral) or not 0 <= self.epochs <= most
        ):
            fail(
                "", "epochs", f"be a whole number between 0 and {most}, those of the schedule",
                self.epochs, "None finds out how many pay.",
            )  # fmt: skip
        return weights_of(self.terms, self.reconstruction_weight)

    def _try(
        self,
        views: Mapping[str, Matrix],
        weights: Mapping[str, float],
        labels: Labels | None,
        checkpoint: Path | None,
    ) -> None:
        """Train on those who do not judge, and note how many epochs pay for those who do."""
        judging = self.held_out_
        views = self._standardise(views, ~judging)
        labels = labels_to_judge_by(labels, views["speech"], judging)
        self.stopped_by_ = "correlation" if labels is None else "recall"
        batches = self._start({name: view[~judging] for name, view in views.items()}, weights)
        replay = Replay(self.network_, self._standards)

        def judged() -> Mapping[str, float]:
            raw = self._raw(views)
            replay.note({name: one[~judging] for name, one in raw.items()})
            return judge(raw, labels, judging)

        self.history_ = train(
            self.network_,
            len(batches),
            batches.losses,
            self._schedule(),
            judge=judged,
            watch=self._watch(views),
            checkpoint=checkpoint,
            about=self._about(views, labels),
        )
        whole = len(replay.epochs) == self.history_.epochs + 1
        self.replay_ = replay if whole else None
        best, agreed = self.history_.best_epoch, self.history_.scores["correlation"]
        pays = agreed[best] - agreed[0] >= self.least_gain * self.latent_dim
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
        self._turns, self.correlations_ = final_turn(self._raw(views))
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

    def _watch(self, views: Mapping[str, Matrix]) -> Watch | None:
        """Return what tells the codes of the watched pairs, those who judge last; None for none."""
        if not self.watched:
            return None
        rows = np.argsort(self.held_out_, kind="stable")[: self.watched]

        def codes() -> tuple[np.ndarray, np.ndarray]:
            raw = self._raw({name: view[rows] for name, view in views.items()})
            return raw["eeg"].astype(np.float32), raw["speech"].astype(np.float32)

        return codes
