"""Joint class learning: pairs, votes with a frozen reference set, and three embeddings."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import erf, expit
from sentences import explained
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from jmml_edu import jecl
from jmml_edu.jecl import JointClassLearner

KINDS = ("reference", "self", "siamese")


def clouds(
    seed: int, *, counts: tuple[int, ...] = (20, 20, 20), apart: float = 3.0
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of Gaussian clouds in six columns, class by class, and their classes."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(counts)), counts)
    return rng.normal(size=(len(y), 6)) + apart * np.eye(len(counts), 6)[y], y


def by_hand(
    learner: JointClassLearner, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the hidden layer of one standardised pair and its 2 x C units, in plain numpy."""
    weights = {name: value.numpy() for name, value in learner.network_.state_dict().items()}

    def layer(values: np.ndarray) -> np.ndarray:
        before = weights["hidden.0.weight"] @ values + weights["hidden.0.bias"]
        return before * (1 + erf(before / np.sqrt(2))) / 2

    if learner.embedding == "siamese":
        hidden = np.concatenate([layer(first), layer(second)])
    else:
        hidden = layer(np.concatenate([first, second]))
    units = expit(weights["head.weight"] @ hidden + weights["head.bias"])
    return hidden, units.reshape(2, -1)


def standardised(learner: JointClassLearner, X: np.ndarray) -> np.ndarray:
    """Return rows in the units of the training rows."""
    return (X - learner.scaler_.mean) / learner.scaler_.scale


@pytest.mark.parametrize("embedding", KINDS)
def test_votes_and_embedding_are_those_worked_out_pair_by_pair(embedding: str) -> None:
    X, y = clouds(0)
    learner = JointClassLearner(5, embedding=embedding, references_per_class=4, epochs=3).fit(X, y)
    inputs = standardised(learner, X)
    references = inputs[learner.references_]
    rows = inputs[::13]
    pairs = [[by_hand(learner, row, other) for other in references] for row in rows]
    votes = np.array([np.mean([units[0] for _, units in pair], axis=0) for pair in pairs])
    expected = {
        "reference": [np.mean([hidden for hidden, _ in pair], axis=0) for pair in pairs],
        "self": [by_hand(learner, row, row)[0] for row in rows],
        "siamese": [by_hand(learner, row, row)[0][:5] for row in rows],
    }[embedding]
    shares = votes / votes.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(learner.predict_proba(X[::13]), shares, rtol=1e-10)
    np.testing.assert_array_equal(learner.predict(X[::13]), shares.argmax(axis=1))
    np.testing.assert_allclose(learner.transform(X[::13]), np.array(expected), atol=1e-12)


def test_reference_recall_counts_pairs_whose_second_half_names_the_reference() -> None:
    X, y = clouds(1, apart=1.0)
    learner = JointClassLearner(5, references_per_class=3, epochs=25).fit(X, y)
    inputs = standardised(learner, X)
    hits = [
        by_hand(learner, row, inputs[number])[1][1].argmax() == y[number]
        for row in inputs
        for number in learner.references_
    ]
    assert learner.reference_recall_ == pytest.approx(np.mean(hits), abs=1e-12)
    assert 0.4 < learner.reference_recall_ < 1.0


@pytest.mark.parametrize("embedding", KINDS)
def test_reference_recall_tells_a_network_that_has_learned_from_one_that_has_not(
    embedding: str,
) -> None:
    X, y = clouds(2, apart=4.5)
    untrained = JointClassLearner(embedding=embedding, epochs=0).fit(X, y)
    trained = JointClassLearner(embedding=embedding).fit(X, y)
    assert untrained.reference_recall_ < 0.7
    assert trained.reference_recall_ > 0.97


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[torch.Tensor]]:
    """The inputs and targets of every batch of pairs that is trained on."""
    seen: dict[str, list[torch.Tensor]] = {"first": [], "second": [], "targets": []}
    join, loss = jecl._PairNetwork.join, jecl.binary_cross_entropy_with_logits

    def spy_join(
        network: jecl._PairNetwork, first: torch.Tensor, second: torch.Tensor
    ) -> torch.Tensor:
        if network.training:
            seen["first"].append(first)
            seen["second"].append(second)
        return join(network, first, second)

    def spy_loss(units: torch.Tensor, targets: torch.Tensor, **kind: str) -> torch.Tensor:
        seen["targets"].append(targets)
        return loss(units, targets, **kind)

    monkeypatch.setattr(jecl._PairNetwork, "join", spy_join)
    monkeypatch.setattr(jecl, "binary_cross_entropy_with_logits", spy_loss)
    return seen


def test_pairs_are_balanced_however_unequal_the_classes_are(
    drawn: dict[str, list[torch.Tensor]],
) -> None:
    X, y = clouds(3, counts=(100, 10, 2))
    JointClassLearner(2, epochs=6).fit(X, y)
    targets = torch.cat(drawn["targets"]).numpy()
    assert targets.shape == (6_000, 2, 3)
    np.testing.assert_array_equal(targets.sum(axis=2), 1.0)
    labels = targets.argmax(axis=2)
    same = labels[:, 0] == labels[:, 1]
    assert same.mean() == pytest.approx(0.5, abs=0.03)
    assert np.bincount(labels[:, 0]) / 6_000 == pytest.approx(np.full(3, 1 / 3), abs=0.001)
    across = labels[~same]
    for one in range(3):
        met = np.bincount(across[across[:, 0] == one, 1], minlength=3) / (across[:, 0] == one).sum()
        assert met == pytest.approx((np.arange(3) != one) / 2, abs=0.06)


def test_the_two_samples_of_a_pair_have_the_classes_of_their_targets(
    drawn: dict[str, list[torch.Tensor]],
) -> None:
    y = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], (30, 9, 1)))
    X = np.column_stack([y, np.arange(40)]).astype(float)  # column 0 tells the class, 1 the row
    learner = JointClassLearner(2, epochs=3).fit(X, y)
    targets = torch.cat(drawn["targets"]).argmax(dim=2).numpy()
    for half, name in enumerate(("first", "second")):
        rows = torch.cat(drawn[name]).numpy() * learner.scaler_.scale + learner.scaler_.mean
        np.testing.assert_array_equal(rows[:, 0].round(), targets[:, half])
        assert set(rows[:, 1].round()) == set(range(40))  # every row has its turn


def test_half_of_what_is_lost_is_the_first_samples_and_half_the_seconds() -> None:
    X, y = clouds(4)
    history = JointClassLearner(epochs=30).fit(X, y).history_
    assert set(history.losses) == {"first", "second"}
    assert history.epochs == 30
    for lost in history.losses.values():
        assert lost[0] == pytest.approx(np.log(2), abs=0.1)  # sigmoids that know nothing
        assert lost[-1] < 0.25


def test_the_reference_set_is_balanced_known_and_no_larger_than_the_smallest_class() -> None:
    X, y = clouds(5, counts=(30, 12, 4))
    y = np.where(np.arange(len(y)) % 4 == 0, -1, y)
    for wanted, found in ((2, 2), (10, 3)):
        learner = JointClassLearner(2, references_per_class=wanted, epochs=1).fit(X, y)
        assert y[learner.references_].tolist() == np.repeat([0, 1, 2], found).tolist()
        assert len(set(learner.references_)) == 3 * found
    another = JointClassLearner(2, references_per_class=2, epochs=1, seed=1).fit(X, y)
    same = JointClassLearner(2, references_per_class=2, epochs=2, seed=1).fit(X, y)
    np.testing.assert_array_equal(another.references_, same.references_)
    assert set(another.references_) != set(learner.references_)


def test_rows_with_hidden_labels_are_as_good_as_not_there() -> None:
    X, y = clouds(6)
    shown = np.arange(60) % 3 > 0
    partly = JointClassLearner(epochs=3).fit(X, np.where(shown, y, -1))
    without = JointClassLearner(epochs=3).fit(X[shown], y[shown])
    np.testing.assert_array_equal(partly.predict_proba(X), without.predict_proba(X))
    np.testing.assert_array_equal(partly.references_, np.flatnonzero(shown)[without.references_])


@pytest.mark.parametrize("names", [("calm", "joy"), (-1.0, 1.0)])
def test_only_the_integer_minus_one_hides_a_row(names: tuple[object, object]) -> None:
    X, y = clouds(7, counts=(15, 15))
    learner = JointClassLearner(epochs=15).fit(X, np.array(names)[y])
    assert learner.classes_.tolist() == list(names)
    assert (learner.predict(X) == np.array(names)[y]).mean() > 0.9


@pytest.mark.parametrize("embedding", KINDS)
def test_ten_labels_per_class_tell_new_rows_apart_about_as_well_as_linear_discriminants(
    embedding: str,
) -> None:
    X, y = clouds(8, counts=(10, 10, 10), apart=3.5)
    new_X, new_y = clouds(9, counts=(300, 300, 300), apart=3.5)
    learner = JointClassLearner(embedding=embedding).fit(X, y)
    oracle = LinearDiscriminantAnalysis().fit(X, y).score(new_X, new_y)
    assert oracle > 0.9
    assert learner.score(new_X, new_y) > oracle - 0.05
    coded = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    coded.fit(learner.transform(X), y)
    assert coded.score(learner.transform(new_X), new_y) > oracle - 0.05


def test_the_same_seed_gives_the_same_digits_and_leaves_the_global_one_alone() -> None:
    X, y = clouds(10)
    torch.manual_seed(1)
    np.random.seed(1)
    expected = torch.rand(3).tolist(), np.random.rand(3).tolist()
    torch.manual_seed(1)
    np.random.seed(1)
    one = JointClassLearner(epochs=2).fit(X, y).transform(X)
    assert (torch.rand(3).tolist(), np.random.rand(3).tolist()) == expected
    np.testing.assert_array_equal(JointClassLearner(epochs=2).fit(X, y).transform(X), one)
    assert not np.allclose(JointClassLearner(epochs=2, seed=1).fit(X, y).transform(X), one)


def test_columns_may_have_any_unit_and_offset() -> None:
    X, y = clouds(11)
    learner, other = JointClassLearner(epochs=3), JointClassLearner(epochs=3)
    scales = 10.0 ** np.arange(-3, 3)
    found = other.fit(X * scales + 7.0, y).predict_proba(X * scales + 7.0)
    np.testing.assert_allclose(found, learner.fit(X, y).predict_proba(X), atol=1e-4)


def test_rows_are_answered_alike_in_crowds_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = clouds(12)
    learner = JointClassLearner(epochs=3).fit(X, y)
    together, codes = learner.predict_proba(X), learner.transform(X)
    for at_once in (1, 100):
        monkeypatch.setattr(jecl, "_PAIRS_AT_ONCE", at_once)
        np.testing.assert_allclose(learner.predict_proba(X), together, rtol=1e-12)
        np.testing.assert_allclose(learner.transform(X), codes, rtol=1e-12, atol=1e-14)


def test_votes_are_shares_even_far_from_all_that_was_seen() -> None:
    X, y = clouds(13)
    learner = JointClassLearner(epochs=3).fit(X, y)
    far = np.vstack([X, 1e9 * X, -1e9 * np.ones((1, 6))])
    votes = learner.predict_proba(far)
    assert votes.min() >= 0
    np.testing.assert_allclose(votes.sum(axis=1), 1.0)


def test_what_cannot_be_learned_from_is_explained() -> None:
    X, y = clouds(14)
    with explained(
        "JointClassLearner.fit: y must show at least two classes; got [1]."
        " Label rows of more than one class; -1 hides a row."
    ):
        JointClassLearner().fit(X, np.where(y == 1, 1, -1))
    with explained(
        "JointClassLearner.fit: embedding must be one of reference, self, siamese; got 'twin'."
        " Pick one of these."
    ):
        JointClassLearner(embedding="twin").fit(X, y)
    with explained(
        "JointClassLearner.fit: dropout must be below 1; got 1.0. Leave some units to learn with."
    ):
        JointClassLearner(dropout=1.0).fit(X, y)
    for name, value in (("embedding_dim", 0), ("references_per_class", 0)):
        with explained(
            f"JointClassLearner.fit: {name} must be at least 1; got 0. Choose 1 or more."
        ):
            JointClassLearner().set_params(**{name: value}).fit(X, y)
    with explained("JointClassLearner.fit: epochs must be at least 0; got -1. Choose 0 or more."):
        JointClassLearner(epochs=-1).fit(X, y)


def test_in_siamese_networks_the_partner_adds_the_same_to_a_unit_whatever_the_sample() -> None:
    X, y = clouds(15)
    learner = JointClassLearner(4, embedding="siamese", epochs=3).fit(X, y)
    units = torch.cat(list(learner._read(learner._checked(X)))).numpy()  # row, reference, half
    added = units[:, :, 0] - units[:, :1, 0]
    np.testing.assert_allclose(added, np.broadcast_to(added[:1], added.shape), atol=1e-12)
