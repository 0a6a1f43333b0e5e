"""Twelve situations with a known truth, in which EEG at training time may help, or must not.

A name and a seed go in; paired training features of some people and test pairs of others come out.
What helps in one situation hurts in another: a method is as good as its worst.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import check_at_least, check_one_of, fail
from jmml_edu.data import PAIR_KINDS, Features, Modality, PairKind, Pairs, Provenance
from jmml_edu.pairing import class_pairs

N_LATENT, N_NUISANCE, EEG_DIM, SPEECH_DIM = 6, 12, 32, 40
TRAIN_PEOPLE, TEST_PEOPLE, TEST_PAIRS = 24, 16, 1_600
CLASS_SPREAD = 1.4  # half the distance of two class means, beside a deviation of 1 around each
BENDS = 24  # combinations of a curved view


@dataclass(frozen=True)
class Scenario:
    r"""What two views share, and what gets in the way.

    Attributes
    ----------
    about
        What is special, in words.
    n_pairs, n_classes
        Training pairs of 24 people; classes, each with a mean of its own in six latent dimensions.
    view
        ``"linear"``: the views are linear in the latent; ``"curved"``: they hear the sizes
        :math:`|b^\top z + c|` of 24 random combinations, as power hears no sign.
    eeg_noise, speech_noise
        Standard deviation of white noise in each column; in each direction of the latent the signal
        has 1 within a class, about 1.3 overall.
    eeg_nuisance, speech_nuisance
        Standard deviation of twelve nuisance dimensions of each view, six of them the person's
        and six the utterance's.
    shared_nuisance
        How many of the nuisance dimensions of speech are heard in the EEG too.
    jitter
        Standard deviation of what each view adds to the latent before it hears it.
    eeg_signal
        Factor on the latent in EEG; 0 is EEG that knows nothing.
    faked
        Share of utterances in which speech plays a class that is not the one felt.
    paired
        Share of the training pairs that have EEG.
    kind
        ``"trial"``: both views of one moment; ``"class"``: EEG of another trial of the class.
    """

    about: str
    n_pairs: int = 2_000
    n_classes: int = 4
    view: Literal["linear", "curved"] = "linear"
    eeg_noise: float = 0.7
    speech_noise: float = 0.5
    eeg_nuisance: float = 1.0
    speech_nuisance: float = 2.0
    shared_nuisance: int = 0
    jitter: float = 0.0
    eeg_signal: float = 1.0
    faked: float = 0.0
    paired: float = 1.0
    kind: PairKind = "trial"

    def __post_init__(self) -> None:
        check_one_of("Scenario", ("linear", "curved"), view=self.view)
        check_one_of("Scenario", PAIR_KINDS, kind=self.kind)
        check_at_least("Scenario", 1, n_pairs=self.n_pairs)
        check_at_least("Scenario", 2, n_classes=self.n_classes)
        for name, share in (("faked", self.faked), ("paired", self.paired)):
            if not 0 <= share <= 1:
                fail("Scenario", name, "lie in [0, 1]", share, "It is a share.")
        if not 0 <= self.shared_nuisance <= N_NUISANCE:
            fail(
                "Scenario", "shared_nuisance", f"lie in [0, {N_NUISANCE}]", self.shared_nuisance,
                "It counts dimensions of the nuisance.",
            )  # fmt: skip


SCENARIOS = {
    "speech nuisance": Scenario("strong low-rank nuisance in speech: person, channel, content"),
    "isotropic noise": Scenario(
        "white noise instead of nuisance", eeg_nuisance=0.0, speech_nuisance=0.0, speech_noise=1.5
    ),
    "curved views": Scenario(
        "both views bend the latent; nuisance is added",
        n_pairs=4_000,
        view="curved",
        eeg_noise=0.2,
        speech_noise=0.2,
        jitter=0.6,
    ),
    "shared nuisance": Scenario("EEG hears half of speech's nuisance too", shared_nuisance=6),
    "200 pairs": Scenario("few pairs", n_pairs=200),
    "20,000 pairs": Scenario("many pairs", n_pairs=20_000),
    "weak EEG": Scenario("noise as large as the signal of EEG", eeg_noise=1.3),
    "useless EEG": Scenario("EEG knows nothing of the latent", eeg_signal=0.0),
    "faked speech": Scenario("a third of speech contradicts what is felt", faked=1 / 3),
    "half without EEG": Scenario("half of the training pairs lack EEG", paired=0.5),
    "class pairs": Scenario("EEG of the same class, not of the same trial", kind="class"),
    "eight classes": Scenario("eight classes in the same six dimensions", n_classes=8),
}
"""The twelve situations by name, in the order of their numbers."""


def draw_scenario(name: str, *, seed: int) -> tuple[Pairs, Pairs]:
    """Return the training pairs of a scenario and the test pairs of 16 other people.

    Class means are the corners of a cube in the first two latent dimensions (valence and arousal),
    for eight classes in three. Training and test labels are all there; hide what is not to be seen.
    How the views hear latent and nuisance is drawn anew by each seed, as are people and pairs.

    Raises
    ------
    InputError
        If there is no such scenario.

    Examples
    --------
    >>> train, test = draw_scenario("200 pairs", seed=0)
    >>> len(train), len(set(test.subjects)), train.speech.classes
    (200, 16, ('class 0', 'class 1', 'class 2', 'class 3'))
    """
    check_one_of("draw_scenario", tuple(SCENARIOS), name=name)
    return draw_pairs(SCENARIOS[name], name=name, seed=seed)


def draw_pairs(scenario: Scenario, *, name: str, seed: int) -> tuple[Pairs, Pairs]:
    """Return training and test pairs of any scenario, with a name for their provenance."""
    mixings, training, testing = np.random.default_rng(seed).spawn(3)
    hear_speech, hear_eeg = (
        _Ear.draw(mixings, dim, curved=scenario.view == "curved") for dim in (SPEECH_DIM, EEG_DIM)
    )
    provenance = Provenance(f"scenario '{name}', seed {seed}", simulated=True)
    train = _Moments.draw(scenario, scenario.n_pairs, TRAIN_PEOPLE, training)
    test = _Moments.draw(scenario, TEST_PAIRS, TEST_PEOPLE, testing)
    ears = hear_eeg, hear_speech
    return (
        _pairs(scenario, train, ears, "train", provenance, training),
        _pairs(scenario, test, ears, "test", provenance, testing),
    )


@dataclass(frozen=True, eq=False)
class _Moments:
    """What happens in each trial: who, what is felt, what is played, and what gets in the way."""

    person: Int[np.ndarray, " trial"]
    label: Int[np.ndarray, " trial"]
    felt: Float[np.ndarray, "trial latent"]
    played: Float[np.ndarray, "trial latent"]
    nuisance: dict[Modality, Float[np.ndarray, "trial nuisance"]]

    @classmethod
    def draw(
        cls, scenario: Scenario, n_trials: int, n_people: int, rng: np.random.Generator
    ) -> _Moments:
        """Return trials of people who take turns."""
        person = np.arange(n_trials) % n_people
        label = rng.integers(scenario.n_classes, size=n_trials)
        own = rng.standard_normal((n_trials, N_LATENT))
        faked = rng.random(n_trials) < scenario.faked
        other = (label + rng.integers(1, scenario.n_classes, size=n_trials)) % scenario.n_classes
        corners = _class_means(scenario.n_classes)
        nuisance: dict[Modality, np.ndarray] = {
            "eeg": _nuisance(person, n_people, rng),
            "speech": _nuisance(person, n_people, rng),
        }
        # The last six dimensions are the utterance's: what muscles do for speech and EEG alike.
        shared = slice(N_NUISANCE - scenario.shared_nuisance, None)
        nuisance["eeg"][:, shared] = nuisance["speech"][:, shared]
        return cls(
            person, label, corners[label] + own,
            corners[np.where(faked, other, label)] + own, nuisance,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Ear:
    """How one view hears latent and nuisance, the same for all people."""

    bend: Float[np.ndarray, "latent unit"]
    shift: Float[np.ndarray, " unit"]
    latent: Float[np.ndarray, "heard column"]
    nuisance: Float[np.ndarray, "nuisance column"]

    @classmethod
    def draw(cls, rng: np.random.Generator, dim: int, *, curved: bool) -> _Ear:
        """Return a random ear."""
        nuisance, latent = _directions(N_NUISANCE, dim, rng), _directions(N_LATENT, dim, rng)
        if not curved:
            return cls(np.zeros((N_LATENT, 0)), np.zeros(0), latent, nuisance)
        bend, shift = 0.6 * rng.standard_normal((N_LATENT, BENDS)), 0.6 * rng.standard_normal(BENDS)
        return cls(bend, shift, rng.standard_normal((BENDS, dim)) / np.sqrt(dim), nuisance)

    def hear(
        self, latent: Float[np.ndarray, "trial latent"], nuisance: Float[np.ndarray, "trial _"]
    ) -> Float[np.ndarray, "trial column"]:
        """Return the columns without noise."""
        if len(self.shift):
            latent = np.abs(latent @ self.bend + self.shift)
        columns: np.ndarray = latent @ self.latent + nuisance @ self.nuisance
        return columns


def _pairs(
    scenario: Scenario,
    trials: _Moments,
    ears: tuple[_Ear, _Ear],
    side: str,
    provenance: Provenance,
    rng: np.random.Generator,
) -> Pairs:
    """Return what is recorded of trials."""
    subjects = np.array([f"{side} {number:02d}" for number in trials.person], dtype=object)
    labels = np.array([f"class {number}" for number in trials.label], dtype=object)
    numbers = np.array([f"{row:05d}" for row in range(len(labels))], dtype=object)

    def features(modality: Modality, columns: np.ndarray, noise: float) -> Features:
        values = columns + noise * rng.standard_normal(columns.shape)
        names = tuple(f"{modality}_{column:02d}" for column in range(columns.shape[1]))
        return Features(values, names, modality, subjects, labels, numbers, provenance)

    nuisance, shape = trials.nuisance, trials.felt.shape
    felt = scenario.eeg_signal * (trials.felt + scenario.jitter * rng.standard_normal(shape))
    played = trials.played + scenario.jitter * rng.standard_normal(shape)
    heard_eeg = ears[0].hear(felt, scenario.eeg_nuisance * nuisance["eeg"])
    heard_speech = ears[1].hear(played, scenario.speech_nuisance * nuisance["speech"])
    eeg = features("eeg", heard_eeg, scenario.eeg_noise)
    speech = features("speech", heard_speech, scenario.speech_noise)
    if scenario.kind == "class":
        return class_pairs(eeg, speech, seed=int(rng.integers(2**31)))
    share = scenario.paired if side == "train" else 1.0
    has_eeg = rng.permutation(len(labels)) < share * len(labels)
    eeg = replace(eeg, values=np.where(has_eeg[:, None], eeg.values, np.nan))
    return Pairs(eeg, speech, "trial", has_eeg)


def _class_means(n_classes: int) -> Float[np.ndarray, "class latent"]:
    """Return the corners of a cube, one per class, in as few dimensions as hold them."""
    bits = (np.arange(n_classes)[:, None] >> np.arange(N_LATENT)) & 1
    used = np.arange(N_LATENT) < np.log2(n_classes)
    return np.where(used, CLASS_SPREAD * (2.0 * bits - 1.0), 0.0)


def _nuisance(
    person: Int[np.ndarray, " trial"], n_people: int, rng: np.random.Generator
) -> Float[np.ndarray, "trial nuisance"]:
    """Return nuisance of unit variance: half of the columns constant for a person."""
    half = N_NUISANCE // 2
    of_person = rng.standard_normal((n_people, half))[person]
    return np.hstack([of_person, rng.standard_normal((len(person), half))])


def _directions(
    n_directions: int, dim: int, rng: np.random.Generator
) -> Float[np.ndarray, "direction dim"]:
    """Return random orthonormal rows."""
    orthonormal: np.ndarray = np.linalg.qr(rng.standard_normal((dim, n_directions)))[0].T
    return orthonormal
