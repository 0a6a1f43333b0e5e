"""Encoders in two steps: they begin as the closed form, and bend only where people show it pays."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sentences import explained
from sklearn.metrics import balanced_accuracy_score
from studies import bent_pairs, numbered, strong_pairs
from two_views import by_qr

from jmml_edu import deep_encoders
from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.columns import column_correlations
from jmml_edu.crossmodal import METHODS
from jmml_edu.deep_encoders import AfterStep1, CorrelatedSpace, _schedule_for
from jmml_edu.eeg_free import EEGFree
from jmml_edu.encoders import Encoder, SharedSpace, centre_within
from jmml_edu.jec_ssl import JECSSL
from jmml_edu.jecl import JointClassLearner
from jmml_edu.missing import Scaler
from jmml_edu.pipeline import JMML
from jmml_edu.scenarios import SCENARIOS, draw_pairs
from jmml_edu.self_similarity import SelfSimilarityProjection
from jmml_edu.training import Schedule

View = np.ndarray


def standard(values: View) -> View:
    """Columns of mean 0 and variance 1 over the rows that are there."""
    return Scaler.of(values).apply(values)


LINEAR = strong_pairs(120)
EEG, SPEECH, WHO = standard(LINEAR.eeg.values), standard(LINEAR.speech.values), LINEAR.subjects
LABELS = np.resize(np.array([0, 1, HIDDEN]), 120)
BENT = bent_pairs()
BENT_EEG, BENT_SPEECH = standard(BENT.eeg.values), standard(BENT.speech.values)
BENT_LABELS = numbered(BENT)


@pytest.fixture(scope="module")
def bent() -> CorrelatedSpace:
    """A space of a world in which one shared component bends."""
    space = CorrelatedSpace((2,), terms="DCCA")
    return space.fit(BENT_EEG, BENT_SPEECH, BENT.subjects, np.full(len(BENT), HIDDEN))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step 1 that hardly learns, where what it learns is not the point."""
    monkeypatch.setattr(deep_encoders, "JointClassLearner", partial(JointClassLearner, epochs=2))


def brief(**settings: object) -> CorrelatedSpace:
    """A space that trains for two epochs and asks nobody."""
    return CorrelatedSpace((2, 4), **({"epochs": 2} | settings))  # type: ignore[arg-type]


def codes(space: SharedSpace, labels: Labels | None = None, eeg: View = EEG) -> bytes:
    """The speech codes of a space learned anew, bit by bit."""
    return space.fit(eeg, SPEECH, WHO, labels).encode_all(SPEECH).tobytes()


def test_both_are_shared_spaces_and_encoders() -> None:
    for space in (CorrelatedSpace(), AfterStep1(SharedSpace())):
        assert isinstance(space, SharedSpace)
        assert isinstance(space, Encoder)


def test_without_training_it_is_the_closed_form() -> None:
    deep, plain = CorrelatedSpace(epochs=0, ridge=0.2), SharedSpace(ridge=0.2)
    eeg = np.where(np.arange(120)[:, None] % 4 == 0, np.nan, EEG)
    deep.fit(eeg, SPEECH, WHO)
    plain.fit(eeg, SPEECH, WHO)
    assert deep.n_components_ == plain.n_components_ == 6
    for view, encode in ((SPEECH, "encode_all"), (EEG, "encode_eeg")):
        # The last turn may mix components, but their span is the same.
        angles = by_qr(getattr(deep, encode)(view), getattr(plain, encode)(view))
        np.testing.assert_allclose(angles, 1, atol=1e-6)


def test_a_linear_world_stays_linear() -> None:
    space = CorrelatedSpace((2,), ridge=0.3).fit(EEG, SPEECH, WHO)
    assert space.model_.epochs_ == 0
    assert space.model_.held_out_.any()
    settled = space.settled()
    assert type(settled) is SharedSpace
    assert (settled.sizes, settled.ridge, settled.epochs) == ((2,), 0.3, 0)
    again = settled.fit(EEG, SPEECH, WHO).encode_all(SPEECH)
    np.testing.assert_allclose(by_qr(space.encode_all(SPEECH), again), 1, atol=1e-6)


def test_a_bent_world_is_bent_to(bent: CorrelatedSpace) -> None:
    assert bent.model_.epochs_ > 0
    new = bent_pairs(seed=1)
    eeg, speech = standard(new.eeg.values), standard(new.speech.values)
    found = column_correlations(bent.encode_eeg(eeg), bent.encode_all(speech))
    plain = SharedSpace((2,)).fit(BENT_EEG, BENT_SPEECH, BENT.subjects)
    linear = column_correlations(plain.encode_eeg(eeg), plain.encode_all(speech))
    assert linear[0] > 0.9  # of the component that does not bend
    assert linear[1] < 0.4
    assert found.min() > 0.5


def test_what_has_been_settled_is_learned_again_to_the_same_digits(bent: CorrelatedSpace) -> None:
    settled = bent.settled()
    assert isinstance(settled, CorrelatedSpace)
    assert (settled.epochs, settled.terms, settled.seed) == (bent.model_.epochs_, "DCCA", 0)
    settled.fit(BENT_EEG, BENT_SPEECH, BENT.subjects)
    for view, encode in ((BENT_SPEECH, "encode_all"), (BENT_EEG, "encode_eeg")):
        again, first = getattr(settled, encode)(view), getattr(bent, encode)(view)
        assert again.tobytes() == first.tobytes()
    assert not settled.model_.held_out_.any()  # nobody was asked again
    assert bent.epochs is None  # nor was the first one changed


@pytest.mark.slow
def test_curved_views_are_bent_to() -> None:
    scenario = replace(SCENARIOS["curved views"], n_pairs=1_500, jitter=0.0, speech_nuisance=0.5)
    train, test = draw_pairs(scenario, name="curved views", seed=1)
    scalers = Scaler.of(train.eeg.values), Scaler.of(train.speech.values)
    space = CorrelatedSpace((2,))
    views = (s.apply(v.values) for s, v in zip(scalers, (train.eeg, train.speech), strict=True))
    eeg, speech = views
    space.fit(eeg, speech, train.subjects)
    assert space.model_.epochs_ > 0
    plain = SharedSpace((2,)).fit(eeg, speech, train.subjects)
    new = scalers[0].apply(test.eeg.values), scalers[1].apply(test.speech.values)
    agreement = [
        column_correlations(
            centre_within(one.encode_eeg(new[0]), test.subjects),
            centre_within(one.encode_all(new[1]), test.subjects),
        ).sum()
        for one in (space, plain)
    ]
    assert agreement[0] > agreement[1] + 0.03


@pytest.mark.parametrize("terms", [*METHODS, {"correlation": 1.0, "eeg from speech": 0.3}], ids=str)
def test_every_method_makes_a_space(terms: str | dict[str, float]) -> None:
    space = brief(terms=terms)
    eeg = np.where(np.arange(120)[:, None] % 4 == 0, np.nan, EEG)
    space.fit(eeg, SPEECH, WHO, LABELS)
    assert space.options == ("latent 2", "latent 4", "both 2", "both 4")
    latent = space.encode_all(SPEECH)
    assert latent.shape == (120, 4)
    np.testing.assert_array_equal(space.encode(SPEECH, "latent 2"), latent[:, :2])
    both = space.encode(SPEECH, "both 4")
    np.testing.assert_array_equal(both, np.hstack([SPEECH, latent]))
    of_eeg = space.encode_eeg(eeg)
    np.testing.assert_array_equal(np.isnan(of_eeg).any(axis=1), np.isnan(eeg).any(axis=1))
    there = np.isfinite(of_eeg).all(axis=1)
    assert column_correlations(of_eeg[there], latent[there])[:2].min() > 0.7


def test_a_method_that_does_not_exist_is_explained() -> None:
    with explained(
        "CorrelatedAutoencoder.fit: terms must be one of DCC-CAE, DCCA, DCCAE, E-DCC-CAE, split"
        " autoencoder, translation and alignment; got 'CAE'. Pick one of these."
    ):
        CorrelatedSpace(terms="CAE").fit(EEG, SPEECH, WHO)


def test_only_what_varies_within_people_is_agreement() -> None:
    people, members = np.unique(WHO.astype(str), return_inverse=True)
    offsets = 20 * np.random.default_rng(0).standard_normal((len(people), 1))[members]
    space, moved = (
        CorrelatedSpace((2,), epochs=0).fit(EEG + shift, SPEECH, WHO) for shift in (0.0, offsets)
    )
    np.testing.assert_allclose(moved.encode_all(SPEECH), space.encode_all(SPEECH), atol=1e-6)
    # Both views hear who it is; EEG is centred, so that nothing of it is left to agree on.
    eeg, speech = np.hstack([EEG, offsets]), np.hstack([SPEECH, offsets])
    noise = 0.1 * np.random.default_rng(1).standard_normal((2, 120))
    eeg[:, -1] += noise[0]
    speech[:, -1] += noise[1]
    found = CorrelatedSpace((2,), epochs=0).fit(standard(eeg), standard(speech), WHO)
    latent = found.encode_all(standard(speech))
    assert np.abs(column_correlations(latent, np.hstack([offsets] * 2))).max() < 0.3


def test_a_small_or_constant_view_limits_the_space() -> None:
    for eeg in (EEG[:, :3], np.hstack([EEG[:, :3], np.ones((120, 2))])):
        space = brief(epochs=0).fit(eeg, SPEECH, WHO)
        assert space.encode(SPEECH, "latent 4").shape == (120, 3)
        assert [space.own_axes(option) for option in space.options] == [2, 3, 2, 3]
    people = np.unique(WHO.astype(str), return_inverse=True)[1].astype(float)[:, None]
    space = brief(epochs=0).fit(np.hstack([EEG[:, :3], people]), SPEECH, WHO)
    assert space.n_components_ == 3  # a column that only tells people apart does not vary


def test_few_pairs_of_many_people_stay_with_the_closed_form() -> None:
    some = np.arange(120) < 24  # of 8 people: what varies within them has rank 16 at most
    eeg = np.where(some[:, None], EEG, np.nan)
    few, plain = CorrelatedSpace().fit(eeg, SPEECH, WHO), SharedSpace().fit(eeg, SPEECH, WHO)
    np.testing.assert_array_equal(few.encode_all(SPEECH), plain.encode_all(SPEECH))
    np.testing.assert_array_equal(few.encode_eeg(eeg), plain.encode_eeg(eeg))
    assert type(few.settled()) is SharedSpace


def test_columns_that_combine_others_limit_the_space() -> None:
    eeg = np.hstack([EEG[:, :2], EEG[:, :2] @ [[1.0, 2.0], [3.0, -1.0]]])
    assert brief(epochs=0).fit(eeg, SPEECH, WHO).n_components_ == 2


def test_one_seed_gives_one_space() -> None:
    assert codes(brief(seed=3)) == codes(brief(seed=3)) != codes(brief(seed=4))


def test_labels_decide_when_to_stop_and_nothing_else() -> None:
    assert codes(brief(), LABELS) == codes(brief(), 1 - LABELS) == codes(brief())
    few = CorrelatedSpace((2,)).fit(EEG, SPEECH, WHO, LABELS)
    assert few.model_.stopped_by_ == "correlation"


def test_labels_enough_decide_when_to_stop(bent: CorrelatedSpace) -> None:
    asked = CorrelatedSpace((2,), terms="DCCA")
    labels = np.array(BENT_LABELS % 2)
    asked.fit(BENT_EEG, BENT_SPEECH, BENT.subjects, labels)
    assert asked.model_.stopped_by_ == "recall"
    assert set(asked.model_.history_.scores) == {"recall", "correlation"}
    judges = asked.model_.held_out_
    np.testing.assert_array_equal(judges, bent.model_.held_out_)
    assert len(set(BENT.subjects[judges]) & set(BENT.subjects[~judges])) == 0


def test_batches_grow_with_very_many_rows() -> None:
    usual = Schedule()
    assert _schedule_for(2_000) == usual
    assert _schedule_for(20_000) == replace(usual, batch_size=1_000)
    assert _schedule_for(20 * usual.batch_size) == usual


def test_learning_leaves_the_views_alone() -> None:
    eeg, speech = EEG.copy(), SPEECH.copy()
    brief().fit(eeg, speech, WHO, LABELS)
    np.testing.assert_array_equal(eeg, EEG)
    np.testing.assert_array_equal(speech, SPEECH)


@pytest.mark.usefixtures("hasty")
def test_step_1_embeds_each_view_on_its_own_and_the_space_joins_embeddings() -> None:
    eeg = np.where(np.arange(120)[:, None] % 4 == 0, np.nan, EEG)
    there = np.isfinite(eeg).all(axis=1)
    found = AfterStep1(SharedSpace((2, 3)), seed=5).fit(eeg, SPEECH, WHO, LABELS)
    learner = JointClassLearner(epochs=2, seed=5)
    by_speech = JECSSL(learner).fit(SPEECH, LABELS)
    by_eeg = JECSSL(learner).fit(eeg[there], LABELS[there])
    heard, seen = by_speech.transform(SPEECH), by_eeg.transform(eeg[there])
    embedded = np.full((120, seen.shape[1]), np.nan)
    embedded[there] = seen
    inner = SharedSpace((2, 3)).fit(embedded, heard, WHO)
    assert found.encode_all(SPEECH).tobytes() == inner.encode_all(heard).tobytes()
    assert found.encode_eeg(eeg).tobytes() == inner.encode_eeg(embedded).tobytes()
    assert found.options == (
        "embedded-latent 2", "embedded-latent 3", "embedded-both 2", "embedded-both 3",
    )  # fmt: skip
    for option in found.options:
        expected = inner.encode(heard, option.removeprefix("embedded-"))
        np.testing.assert_array_equal(found.encode(SPEECH, option), expected)
        own = found.own_axes(option)
        assert expected.shape[1] in (own, heard.shape[1] + own)


@pytest.mark.usefixtures("hasty")
def test_labels_of_rows_without_eeg_teach_step_1_of_speech_only() -> None:
    eeg = np.where(np.arange(120)[:, None] % 4 == 0, np.nan, EEG)
    other = np.where(np.isnan(eeg[:, 0]) & (LABELS >= 0), 1 - LABELS, LABELS)
    one, two = (AfterStep1(SharedSpace((2,))).fit(eeg, SPEECH, WHO, y) for y in (LABELS, other))
    seen = [space.eeg_step1_.transform(EEG).tobytes() for space in (one, two)]
    heard = [space.step1_.transform(SPEECH).tobytes() for space in (one, two)]
    assert seen[0] == seen[1]
    assert heard[0] != heard[1]


@pytest.mark.usefixtures("hasty")
def test_step_1_is_drawn_by_its_seed_and_leaves_the_given_space_alone() -> None:
    space = SharedSpace((2,))
    first, again, other = (codes(AfterStep1(space, seed=seed), LABELS) for seed in (1, 1, 2))
    assert first == again != other
    assert not hasattr(space, "space_")


@pytest.mark.usefixtures("hasty")
def test_after_step_1_the_deep_space_is_settled_too() -> None:
    both = AfterStep1(CorrelatedSpace((2,), epochs=None, ridge=0.3, seed=2), seed=7)
    assert (both.sizes, both.ridge, both.epochs) == ((2,), 0.3, None)
    settled = both.fit(EEG, SPEECH, WHO, LABELS).settled()
    assert isinstance(settled, AfterStep1)
    assert settled.seed == 7
    assert settled.epochs == both.inner_.model_.epochs_
    assert settled.space.ridge == 0.3
    found = AfterStep1(brief(epochs=3), seed=7).fit(EEG, SPEECH, WHO, LABELS)
    again = found.settled().fit(EEG, SPEECH, WHO, LABELS)
    assert found.settled().epochs == 3
    assert again.encode_all(SPEECH).tobytes() == found.encode_all(SPEECH).tobytes()


def test_step_1_can_do_without_no_labels() -> None:
    for labels in (None, np.full(120, HIDDEN)):
        with explained(
            "JointClassLearner.fit: y must show at least two classes; got []."
            " Label rows of more than one class; -1 hides a row."
        ):
            AfterStep1(SharedSpace()).fit(EEG, SPEECH, WHO, labels)


def test_the_deep_road_bends_where_that_pays() -> None:
    pairs = bent_pairs(200)
    labels = np.where(np.arange(200) % 4 == 0, numbered(pairs), HIDDEN)
    road = JMML(step1="none", step2="DCCA", inner_folds=2)
    road.fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)
    assert road.epochs_ > 0
    assert road.step1_ == "none"
    deep = [way.encoder for way in road.ways_ if way.kind == "latent"]
    assert {type(one) for one in deep} == {CorrelatedSpace}
    assert {one.terms for one in deep if isinstance(one, CorrelatedSpace)} == {"DCCA"}


def test_one_seed_gives_one_deep_road() -> None:
    def said(seed: int) -> bytes:
        space = CorrelatedSpace((2,), epochs=2, seed=seed)
        road = JMML(step1="none", step2=space, inner_folds=2)
        labels = np.resize(np.arange(4), 120)
        road.fit(LINEAR.eeg.values, LINEAR.speech.values, labels, WHO)
        assert road.epochs_ == 2
        return road.predict_proba(LINEAR.speech.values).tobytes()

    assert said(0) == said(0) != said(1)


@pytest.mark.usefixtures("hasty")
def test_a_road_through_step_1_listens_to_embeddings() -> None:
    labels = np.resize(np.arange(4), 120)
    road = JMML(step1="JEC-SSL", step2="CCA", inner_folds=2, seed=3)
    road.fit(LINEAR.eeg.values, LINEAR.speech.values, labels, WHO)
    assert (road.step1_, road.epochs_) == ("JEC-SSL", 0)
    free = EEGFree(inner_folds=2, seed=3).fit(LINEAR.speech.values, labels, WHO)
    new = [name for name in road.evidence_ if name not in free.evidence_]
    assert all(name.startswith("embedded-") for name in new)
    assert road.sharing_p_ > 0.01 or len(new) == 12


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("people", [["g000"], ["g000", "g001"]])
def test_step_1_that_cannot_be_judged_is_not_taken(people: list[str]) -> None:
    # Where these people are held out no label is left to learn step 1 from.
    labels = np.where(np.isin(WHO, people), np.resize(np.arange(4), 120), HIDDEN)
    road = JMML(step2="CCA", inner_folds=2)
    road.fit(LINEAR.eeg.values, LINEAR.speech.values, labels, WHO)
    assert road.step1_ in ("none", "JEC-SSL")
    if len(people) == 1:
        assert road.step1_ == "none"


@pytest.mark.slow
def test_step_1_learns_an_embedding_that_tells_classes_of_new_people_apart() -> None:
    pairs = strong_pairs(300)
    labels = numbered(pairs)
    train = pairs.subjects != "g000"
    eeg, speech = standard(pairs.eeg.values), standard(pairs.speech.values)
    space = AfterStep1(SharedSpace((4,)))
    space.fit(eeg[train], speech[train], pairs.subjects[train], labels[train])
    assert isinstance(space.step1_.projection_, SelfSimilarityProjection)
    latent = space.encode_all(speech)
    said = Classifier(latent[train], labels[train]).predict(latent[~train])
    assert balanced_accuracy_score(labels[~train], said) > 0.5
