"""A learner's own utterances in the shared space: sound files become codes and the road's word.

Speech alone goes in, from a file or a microphone, the same road as for recorded speech and no EEG;
what comes out is little, and says so.
"""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import InputError, as_told_by, fail
from jmml_edu.corpora.wav import read_wav
from jmml_edu.data import Provenance
from jmml_edu.encoders import centre_within
from jmml_edu.explorer.scene import Scene
from jmml_edu.features.speech import speech_feature_names, speech_features
from jmml_edu.missing import Matrix, has_all
from jmml_edu.pipeline import JMML
from jmml_edu.preprocess.speech import clean_speech

LONGEST_S = 30.0
"""An utterance is a sentence or two."""

FAR = 3.0
"""Standard deviations from the mean of what a road has learned from."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Where the utterances of one person fall.

    Attributes
    ----------
    codes
        In the space as it is drawn.
    says
        Probability of each class from speech alone.
    strange, usual
        The share of speech features of each that lie more than 3 standard deviations from the mean
        of what the road has learned from, and that share among the pairs that are drawn.
    """

    codes: Float[np.ndarray, "utterance component"]
    says: Float[np.ndarray, "utterance class"]
    strange: Float[np.ndarray, " utterance"]
    usual: float


def read_utterance(name: str, data: bytes) -> tuple[Float[np.ndarray, " feature"], str]:
    """Return the speech features of a sound file, and what is to be said of it.

    Parameters
    ----------
    name
        Of the file; its ending may tell how to read it.
    data
        Its bytes: WAV, FLAC, OGG or MP3.

    Returns
    -------
    features, remark
        As :func:`jmml_edu.features.speech.speech_features` makes them; empty if there is nothing
        to say. The bytes are in a file of their own meanwhile, which is gone afterwards.

    Raises
    ------
    InputError
        If it is no sound, silent, shorter than 0.3 s or longer than 30 s.
    """
    origin = Provenance("a learner's own sound", simulated=False)
    with (
        as_told_by("Explorer"),
        tempfile.TemporaryDirectory() as folder,
        warnings.catch_warnings(record=True) as remarks,
    ):
        warnings.simplefilter("always", UserWarning)
        file = Path(folder) / (Path(name).name or "sound")
        file.write_bytes(data)
        spoken = read_wav(file, subject="you", provenance=origin)
        if spoken.duration_s > LONGEST_S:
            fail(
                "Explorer", "sound", f"last at most {LONGEST_S:g} s", f"{spoken.duration_s:.1f} s",
                "Choose a sentence of it.",
            )  # fmt: skip
        values = speech_features([clean_speech(spoken)]).values[0]
    clipped = [str(remark.message) for remark in remarks if "full scale" in str(remark.message)]
    return values, "It is too loud: some of it is clipped." if clipped else ""


def place_utterances(road: JMML, scene: Scene, features: Matrix) -> Placed:
    """Return where the utterances of one person lie, and what the road says of them.

    Where each person's mean is taken out of what is drawn, so it is here, once there are two.

    Parameters
    ----------
    road, scene
        The road, and how its space is drawn.
    features
        One row per utterance, all of one person.

    """
    standard, drawn = (
        road.scaler_.apply(road.filler_.fill(values))
        for values in (features, scene.pairs.speech.values)
    )
    you = np.full(len(features), "you")
    centred = scene.centred and len(features) > 1
    heard = centre_within(standard, you) if centred else standard
    says = np.zeros((len(features), len(scene.classes)))
    says[:, road.classes_] = road.predict_proba(features, groups=you if centred else None)
    codes = road.spaces_[int(scene.centred)].encode_all(heard)
    usual = float((np.abs(drawn[has_all(drawn)]) > FAR).mean())
    return Placed(codes, says, (np.abs(standard) > FAR).mean(axis=1), usual)


def _check_features(scene: Scene) -> None:
    """Raise if a road has learned from other features than those that a sound becomes here."""
    names = scene.pairs.speech.names
    if names != speech_feature_names():
        fail(
            "Explorer", "pairs.speech", "have the speech features of jmml_edu",
            f"{len(names)} others", "Fit the road on what speech_features makes.",
        )  # fmt: skip


def words_on(placed: Placed, scene: Scene) -> str:
    """Return what has to be said beside the utterance that was placed last."""
    says, n_classes, n_own = placed.says[-1], len(scene.classes), len(placed.codes)
    centred = (
        ""
        if not scene.centred
        else " Others are drawn as they differ from their own speaker's mean, you as you differ"
        " from all it learned from: place another one, and yours are centred on your own mean."
        if n_own == 1
        else f" Like the others, yours are centred on your own mean, that of {n_own}."
    )
    simulated = " It knows simulated voices only." if scene.pairs.provenance.simulated else ""
    return (
        f"The road says {scene.classes[int(says.argmax())]}, {100 * says.max():.0f} %. It names one"
        f" of its {n_classes} classes for any sound at all.{simulated}"
        f" {100 * placed.strange[-1]:.0f} % of your speech features lie where it has hardly ever"
        f" been; of the utterances drawn here, {100 * placed.usual:.0f} %.{centred} A few"
        " utterances of one person prove nothing about how anybody feels, nor about the road."
    )


def told_of(placed: Placed, scene: Scene, remark: str) -> dict[str, Any]:
    """Return utterances that were placed as plain data."""
    return {
        "own": [
            {"code": code.tolist(), "says": says.tolist()}
            for code, says in zip(placed.codes, placed.says, strict=True)
        ],
        "words": f"{words_on(placed, scene)} {remark}".strip(),
    }


class OwnVoice:
    """The utterances that one learner has placed, and what to answer the browser about them.

    Parameters
    ----------
    road, scene
        The road, and how its space is drawn.
    """

    def __init__(self, road: JMML, scene: Scene) -> None:
        self.road, self.scene = road, scene
        self.features: list[Float[np.ndarray, " feature"]] = []

    def forget(self) -> None:
        """Know nothing of anybody any more."""
        self.features.clear()

    def place(self, name: str, data: bytes) -> dict[str, Any]:
        """Return where all utterances lie with one more, as plain data, or what is wrong with it.

        Parameters
        ----------
        name, data
            Of a sound file.
        """
        try:
            _check_features(self.scene)
            features, remark = read_utterance(name, data)
            placed = place_utterances(self.road, self.scene, np.stack([*self.features, features]))
        except InputError as problem:
            return {"problem": str(problem).replace(": path must", ": the file must")}
        self.features.append(features)
        return told_of(placed, self.scene, remark)
