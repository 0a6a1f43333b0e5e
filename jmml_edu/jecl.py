"""Step 1a, JECL: an embedding of one modality learned from pairs of its samples and their classes.

Rows and labels go in; an embedding, and class probabilities by vote, come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from jmml_edu._checks import as_told_by, check_at_least, check_one_of, fail
from jmml_edu.missing import Scaler
from jmml_edu.networks import Layers, hidden_layers
from jmml_edu.training import Losses, Schedule, train
from jmml_edu.views import View

EMBEDDINGS = ("reference", "self", "siamese")
HIDDEN = -1
"""The integer label of a row whose class is hidden, as in scikit-learn's semi-supervised models."""

_PAIRS_PER_EPOCH = 1_000
_BATCH_SIZE = 500
_LEARNING_RATE = 1e-2
_WEIGHT_DECAY = 1e-2
_PAIRS_AT_ONCE = 8_192


class JointClassLearner(ClassifierMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    r"""Joint class learning (JECL): one network names the classes of two samples at once.

    Two samples go in together, and each has C of the 2C output units to itself:

    .. math::

        u_{ij} = [x_i ; x_j], \qquad t_{ij} = [\mathrm{onehot}(y_i) ; \mathrm{onehot}(y_j)]

    Two units must be on, so each is a sigmoid of its own and binary cross-entropy is minimised; one
    softmax over all 2C could not say it. Pairs are drawn anew for every batch: classes in turn
    equally often, half of the pairs within a class and half across. The hidden layer is the
    embedding. A new sample meets a frozen reference set of training samples, and the outputs vote.

    Parameters
    ----------
    embedding_dim
        Units of the hidden layer, the columns of the embedding, at least 1.
    embedding
        What :meth:`transform` hands on: ``"reference"``, the mean over the reference set of the
        hidden layer of ``[x ; reference]``; ``"self"``, the hidden layer of ``[x ; x]``;
        ``"siamese"``, the code of ``x`` from a shared encoder, one layer reading both codes.
    references_per_class
        Size of the reference set, at least 1; at most the rows of the smallest class are drawn.
    epochs
        Rounds of 1,000 pairs, at least 0. No row is held out to stop earlier: labels are few.
    dropout
        Share of hidden units silenced in training, in [0, 1).
    seed
        Draws weights, pairs and references.

    Attributes
    ----------
    classes_
        The class labels, sorted.
    n_features_in_
        Number of columns seen in fit.
    references_
        Row numbers, in the data of fit, of the reference set, class by class.
    reference_recall_
        Share of pairs (training row, reference) in which the second half of the output recovers
        its known class, in [0, 1]: about 1 / C before training, near 1 after it where labels are
        few or classes stand apart, lower where these overlap.
    history_
        Cross-entropy of the first and of the second sample's units, epoch by epoch.

    Notes
    -----
    KNOWN, stated by the sources: pairs of samples, 2C output units, voting with reference samples.
    OUR READING, where they are silent: sigmoids with cross-entropy (two softmaxes of size C are a
    legitimate variant), balanced pairs, ``references_per_class`` drawn once and frozen, which of
    the three embeddings is handed on, and every size. The two-sample scheme is also the subject of
    the granted patent US 11,443,179 B2.

    N² pairs are not N² independent samples: expect about ±1 point against an MLP of equal size.
    With ``"siamese"`` the partner adds the same to a unit whatever the sample: it is little else
    than such an MLP. Rows with the integer label -1 are hidden and ignored in fit; labels of any
    other kind, text or float, are all classes. Columns are standardised inside.

    References
    ----------
    .. [1] "Joint Class Learning with Self Similarity Projection for EEG Emotion Recognition",
       CODS-COMAD 2024.
    .. [2] Simultaneous two-sample learning, https://arxiv.org/abs/1712.05608.

    Examples
    --------
    Two classes far apart; the row with label -1 is not learned from:

    >>> rows = np.array([[-2.0], [-1.0], [1.0], [2.0], [9.0]])
    >>> learner = JointClassLearner(4).fit(rows, [0, 0, 1, 1, -1])
    >>> learner.predict([[-1.5], [1.5]]), learner.reference_recall_
    (array([0, 1]), 1.0)
    """

    def __init__(
        self,
        embedding_dim: int = 32,
        *,
        embedding: str = "reference",
        references_per_class: int = 5,
        epochs: int = 40,
        dropout: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.embedding = embedding
        self.references_per_class = references_per_class
        self.epochs = epochs
        self.dropout = dropout
        self.seed = seed

    def fit(self, X: View, y: View) -> JointClassLearner:
        """Learn from rows and their labels and return self.

        Parameters
        ----------
        X
            Row x feature.
        y
            One label per row; the integer -1 for a hidden one.

        Raises
        ------
        InputError
            If fewer than two classes are shown, or a setting is out of its range.
        """
        with as_told_by("JointClassLearner.fit"):
            schedule = self._schedule()
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.classes_, rows, counts = _by_class(y)
        self.scaler_ = Scaler.of(X[rows])
        inputs = torch.from_numpy(self.scaler_.apply(X[rows]))
        self.network_ = self._network(X.shape[1], len(counts))
        losses = _pair_losses(self.network_, inputs.float(), torch.from_numpy(counts))
        self.history_ = train(self.network_, _PAIRS_PER_EPOCH, losses, schedule)
        # In double precision answers do not depend on how many rows are asked for at once.
        self.network_.double().requires_grad_(False)
        chosen = _draw_references(counts, self.references_per_class, self.seed)
        self.references_ = rows[chosen]
        self.reference_inputs_ = inputs[torch.from_numpy(chosen)]
        self.reference_recall_ = self._reference_recall(inputs)
        return self

    def predict_proba(self, X: View) -> Float[np.ndarray, "row class"]:
        """Return the mean sigmoids of a row's own units, over references, as shares of 1."""
        own = [logits[:, :, 0].sigmoid().mean(dim=1) for logits in self._read(self._checked(X))]
        votes = torch.cat(own).numpy() + np.finfo(float).tiny  # where no unit is on, none leads
        return votes / votes.sum(axis=1, keepdims=True)

    def predict(self, X: View) -> Shaped[np.ndarray, " row"]:
        """Return the class with most votes for each row."""
        most = self.predict_proba(X).argmax(axis=1)
        return self.classes_[most]

    def transform(self, X: View) -> Float[np.ndarray, "row embedding"]:
        """Return the embedding of each row."""
        inputs = self._checked(X)
        if self.embedding == "siamese":
            return self.network_.hidden(inputs).numpy()
        if self.embedding == "self":
            return self.network_.join(inputs, inputs).numpy()
        return torch.cat([joint.mean(dim=1) for joint in self._meet(inputs)]).numpy()

    def _schedule(self) -> Schedule:
        """Return how long to learn, if all settings are in their range."""
        check_one_of("", EMBEDDINGS, embedding=self.embedding)
        check_at_least(
            "", 1, embedding_dim=self.embedding_dim, references_per_class=self.references_per_class
        )
        check_at_least("", 0, dropout=self.dropout)
        if self.dropout >= 1:
            fail("", "dropout", "be below 1", self.dropout, "Leave some units to learn with.")
        return Schedule(self.epochs, _BATCH_SIZE, _LEARNING_RATE, _WEIGHT_DECAY, seed=self.seed)

    def _network(self, n_inputs: int, n_classes: int) -> _PairNetwork:
        """Return a network that has learned nothing yet."""
        layers = Layers(self.embedding_dim, depth=1, dropout=self.dropout)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            return _PairNetwork(n_inputs, n_classes, layers, siamese=self.embedding == "siamese")

    def _checked(self, X: View) -> Float[Tensor, "row feature"]:
        """Return new rows in the units of training."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return torch.from_numpy(self.scaler_.apply(X))

    def _meet(self, inputs: Float[Tensor, "row _"]) -> Iterator[Float[Tensor, "part reference _"]]:
        """Yield the hidden layer of each row with each reference, some rows at a time."""
        references = self.reference_inputs_
        for part in torch.split(inputs, max(1, _PAIRS_AT_ONCE // len(references))):
            first = part.repeat_interleave(len(references), dim=0)
            joint = self.network_.join(first, references.repeat(len(part), 1))
            yield joint.reshape(len(part), len(references), -1)

    def _read(self, inputs: Float[Tensor, "row _"]) -> Iterator[Float[Tensor, "part _ 2 class"]]:
        """Yield the units of each row and of the reference it meets, before the sigmoid."""
        yield from map(self.network_.name, self._meet(inputs))

    def _reference_recall(self, inputs: Float[Tensor, "row _"]) -> float:
        """Return how often training rows leave the reference beside them its known class."""
        named = torch.cat([logits[:, :, 1].argmax(dim=2) for logits in self._read(inputs)])
        n_classes = len(self.classes_)
        known = torch.arange(n_classes).repeat_interleave(named.shape[1] // n_classes)
        return float((named == known).double().mean())


class _PairNetwork(nn.Module):
    """Hidden layer of two samples, and the 2C units that name their classes."""

    def __init__(self, n_inputs: int, n_classes: int, layers: Layers, *, siamese: bool) -> None:
        super().__init__()
        self.siamese = siamese
        self.hidden, width = hidden_layers(n_inputs if siamese else 2 * n_inputs, layers)
        self.head = nn.Linear(2 * width if siamese else width, 2 * n_classes)

    def join(
        self, first: Float[Tensor, "pair feature"], second: Float[Tensor, "pair feature"]
    ) -> Float[Tensor, "pair hidden"]:
        """Return what is known of both: one hidden layer, or the codes side by side."""
        if self.siamese:
            return torch.cat([self.hidden(first), self.hidden(second)], dim=1)
        return self.hidden(torch.cat([first, second], dim=1))

    def name(self, joint: Float[Tensor, "*pair hidden"]) -> Float[Tensor, "*pair 2 class"]:
        """Return the units of the first and of the second sample, before the sigmoid."""
        return self.head(joint).reshape(*joint.shape[:-1], 2, -1)


def _by_class(
    y: Shaped[np.ndarray, " row"],
) -> tuple[Shaped[np.ndarray, " class"], Int[np.ndarray, " shown"], Int[np.ndarray, " class"]]:
    """Return the classes, the rows whose label is shown, class by class, and their counts."""
    check_classification_targets(y)
    hidden = y == HIDDEN if y.dtype.kind == "i" else np.zeros(len(y), dtype=bool)
    rows = np.flatnonzero(~hidden)
    classes, labels, counts = np.unique(y[rows], return_inverse=True, return_counts=True)
    if len(classes) < 2:
        fail(
            "JointClassLearner.fit", "y", "show at least two classes", classes.tolist(),
            f"Label rows of more than one class; {HIDDEN} hides a row.",
        )  # fmt: skip
    return classes, rows[np.argsort(labels, kind="stable")], counts


def _draw_references(
    counts: Int[np.ndarray, " class"], per_class: int, seed: int
) -> Int[np.ndarray, " reference"]:
    """Return as many places of each class among rows that stand class by class."""
    rng = np.random.default_rng(seed)
    n_drawn = min(per_class, counts.min())
    starts = np.cumsum(counts) - counts
    drawn = [
        start + np.sort(rng.choice(count, n_drawn, replace=False))
        for start, count in zip(starts, counts, strict=True)
    ]
    return np.concatenate(drawn)


def _pair_losses(
    network: _PairNetwork,
    inputs: Float[Tensor, "row feature"],
    counts: Int[Tensor, " class"],
) -> Losses:
    """Return what the network loses on pairs drawn anew; rows stand class by class."""
    n_classes = len(counts)
    starts = counts.cumsum(0) - counts

    def draw(labels: Int[Tensor, " pair"]) -> Float[Tensor, "pair feature"]:
        places = torch.randint(2**40, labels.shape) % counts[labels]
        return inputs[starts[labels] + places]

    def losses(pairs: Int[Tensor, " pair"]) -> Mapping[str, Tensor]:
        first = pairs % n_classes
        another = first + torch.randint(1, n_classes, pairs.shape)
        second = torch.where(torch.rand(len(pairs)) < 0.5, first, another % n_classes)
        units = network.name(network.join(draw(first), draw(second)))
        targets = one_hot(torch.stack([first, second], dim=1), n_classes).float()
        lost = binary_cross_entropy_with_logits(units, targets, reduction="none")
        return {"first": lost[:, 0].mean(), "second": lost[:, 1].mean()}

    return losses
