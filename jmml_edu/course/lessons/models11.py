"""The road of notebook 11 in its closed form, what it says with EEG and without, and controls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from jmml_edu.classifier import HIDDEN, Classifier, Labels
from jmml_edu.course.lessons.data11 import World
from jmml_edu.data import Pairs
from jmml_edu.eeg_free import EEGFree
from jmml_edu.evaluation import counts_by_subject, gain, score
from jmml_edu.missing import Matrix, Scaler
from jmml_edu.pairing import class_pairs, shuffled_within_subject
from jmml_edu.pipeline import JMML
from jmml_edu.results import Interval


@dataclass(frozen=True, eq=False)
class Roads:
    """What learned from one world: the best without EEG, with EEG, and with shuffled EEG."""

    world: World

    @cached_property
    def free(self) -> EEGFree:
        """The best that speech alone can do, as the package knows it."""
        learn = self.world.learn
        return EEGFree().fit(learn.speech.values, self.world.labels, learn.subjects)

    @cached_property
    def road(self) -> JMML:
        """The same vote, and what EEG taught about speech; linear, so that seconds are enough."""
        return self._with(self.world.learn)

    @cached_property
    def shuffled(self) -> JMML:
        """The same road with EEG shuffled within each person."""
        return self._with(shuffled_within_subject(self.world.learn, seed=0))

    def _with(self, pairs: Pairs) -> JMML:
        road = JMML(step1="none", step2="CCA")
        learn = self.world.learn
        return road.fit(
            pairs.eeg.values, learn.speech.values, self.world.labels, learn.subjects,
            free=self.free,
        )  # fmt: skip

    def speech_points(self, speech: Matrix) -> Float[np.ndarray, "row component"]:
        """Return where speech lies in the shared space; EEG is not asked."""
        points: np.ndarray = self.road.spaces_[0].encode_all(self.road.scaler_.apply(speech))
        return points

    def said(self) -> dict[str, Labels]:
        """Return what each method says of the new people, by its name."""
        new, groups = self.world.new, self.world.new.subjects
        speech = new.speech.values
        return {
            "speech as it is": self._plain(),
            "best without EEG": self.free.predict(speech, groups=groups),
            "EEG at training": self.road.predict(speech, groups=groups),
            "shuffled EEG at training": self.shuffled.predict(speech, groups=groups),
            "EEG at test too": self.road.predict(speech, new.eeg.values, groups=groups),
            "EEG alone": self.road.predict(eeg=new.eeg.values),
        }

    def _plain(self) -> Labels:
        """Return what a classifier of the labelled speech says, as it is."""
        known, learn = self.world.labels != HIDDEN, self.world.learn.speech.values
        scaler = Scaler.of(learn)
        reader = Classifier(scaler.apply(learn[known]), self.world.labels[known])
        return reader.predict(scaler.apply(self.world.new.speech.values))


def honest_table(roads: Roads) -> dict[str, tuple[Interval, Interval]]:
    """Return the recall of each method, and how far EEG at training is ahead of it.

    Intervals are over the new people; one draw of training people and labels stands behind all.
    """
    new = roads.world.new
    people = sorted({*new.subjects.tolist()})
    classes = [str(number) for number in range(len(new.speech.classes))]
    counts = {
        name: counts_by_subject(
            roads.world.true.astype(str), said.astype(str), new.subjects, people=people,
            classes=classes,
        )[None]
        for name, said in roads.said().items()
    }  # fmt: skip
    best = counts["EEG at training"]
    return {name: (score(one, people), gain(best, one, people)) for name, one in counts.items()}


@dataclass(frozen=True, eq=False)
class Telling:
    """EEG of new people as least squares tell it from speech, beside the EEG that was recorded.

    Attributes
    ----------
    told, real
        Standardised EEG of the same moments.
    labels, people
        Of those moments.
    """

    told: Matrix
    real: Matrix
    labels: np.ndarray
    people: np.ndarray


def tell_eeg(roads: Roads, kind: str) -> Telling:
    """Return told and recorded EEG; decoder and partners are those of trial or of class pairs.

    Parameters
    ----------
    roads
        Whose speech codes are used.
    kind
        ``"trial"``: EEG and speech of one moment; ``"class"``: EEG of any trial of the class, both
        where the decoder learns and where it is judged.
    """
    sides = {"learn": roads.world.learn, "new": roads.world.new}
    if kind == "class":
        sides = {
            name: class_pairs(pairs.eeg, pairs.speech, seed=1) for name, pairs in sides.items()
        }
    scaler = Scaler.of(sides["learn"].eeg.values)
    eeg = {name: scaler.apply(pairs.eeg.values) for name, pairs in sides.items()}
    codes = {name: roads.speech_points(pairs.speech.values) for name, pairs in sides.items()}
    decoder = np.linalg.lstsq(codes["learn"], eeg["learn"], rcond=None)[0]
    new = sides["new"]
    return Telling(codes["new"] @ decoder, eeg["new"], new.labels, new.eeg.subjects)


def own_is_nearer(telling: Telling, *, rivals: str, seed: int = 0) -> float:
    """Return how often told EEG is nearer to its own recording than to another of the class.

    Parameters
    ----------
    telling
        Told and recorded EEG.
    rivals
        ``"moment"``: own is the recording of this moment, the rival any other of the class.
        ``"person"``: own is another moment of the same person, the rival another person's.
    seed
        Draws the rivals.
    """
    rng, wins = np.random.default_rng(seed), []
    for row in range(len(telling.told)):
        alike = (telling.labels == telling.labels[row]) & (np.arange(len(telling.told)) != row)
        mine = alike & (telling.people == telling.people[row])
        strangers = np.flatnonzero(alike & ~mine)
        own = row if rivals == "moment" else rng.choice(np.flatnonzero(mine))
        gaps = telling.real[[own, rng.choice(strangers)]] - telling.told[row]
        near, far = (gaps**2).sum(axis=1)
        wins.append(near < far)
    return float(np.mean(wins))
