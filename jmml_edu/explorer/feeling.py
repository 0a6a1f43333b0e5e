"""A feeling as the simulator makes it heard and seen: valence and arousal to a sound and a scalp.

One person says one sentence, again and again; only the feeling is another one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import fail
from jmml_edu.data import Recording
from jmml_edu.explorer.clips import encode_mp3
from jmml_edu.features.eeg import BANDS, band_power
from jmml_edu.features.speech import speech_feature_names, speech_functionals
from jmml_edu.preprocess.windows import cut_windows
from jmml_edu.simulate.gaussian import quadrant_labels
from jmml_edu.simulate.pairs import Trial, World, simulate_eeg, simulate_speech

EXTREME = 2.0
"""How far valence and arousal go from neutral, in standard deviations over a study."""

GRID = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Valence and arousal of what travels with the widget."""

Power = Float[np.ndarray, "band electrode"]

_ROW = {name: column for column, name in enumerate(speech_feature_names())}


@dataclass(frozen=True, eq=False)
class Felt:
    """What is heard and seen of one feeling.

    Attributes
    ----------
    clip
        The sentence as an MP3, as loud as it was spoken.
    power_db
        Power of each band at each electrode, in dB above 1 uV².
    pitch_hz, level_db, rate_per_s
        Median pitch, level below full scale, and syllables per second, as the features of the
        package hear them.
    """

    clip: bytes
    power_db: Power
    pitch_hz: float
    level_db: float
    rate_per_s: float

    def measures(self) -> list[float]:
        """Return pitch, level and rate."""
        return [round(self.pitch_hz, 1), round(self.level_db, 1), round(self.rate_per_s, 2)]


@dataclass(frozen=True)
class Speaker:
    """One person of a simulated study, in one trial: the same chance whatever is felt.

    Attributes
    ----------
    world
        The rules of the study.
    person, trial
        Their numbers, from 0.
    """

    world: World
    person: int
    trial: int

    def __post_init__(self) -> None:
        world = self.world
        for name, number, end in (
            ("person", self.person, world.n_subjects), ("trial", self.trial, world.n_trials),
        ):  # fmt: skip
            if not 0 <= number < end:
                fail(
                    "VoiceAndBrain", name, f"be a whole number from 0 to {end - 1}", number,
                    "The study has no other.",
                )  # fmt: skip

    def record(self, valence: float, arousal: float) -> tuple[Recording, Recording]:
        """Return EEG and speech of a feeling, as the simulator makes them."""
        (label,) = quadrant_labels(np.array([valence]), np.array([arousal]))
        truth = Trial(valence, arousal, 0.0, str(label) if valence and arousal else "")
        return (
            simulate_eeg(self.world, self.person, self.trial, truth),
            simulate_speech(self.world, self.person, self.trial, truth),
        )

    def express(self, valence: float, arousal: float) -> Felt:
        """Return what is heard and seen of a feeling."""
        eeg, speech = self.record(valence, arousal)
        heard = speech_functionals(speech)
        return Felt(
            encode_mp3(speech),
            power_db(eeg),
            27.5 * 2 ** (float(heard[_ROW["f0_p50_st"]]) / 12),
            10 * math.log10(float((speech.signal**2).mean())),
            float(heard[_ROW["syllable_rate_per_s"]]),
        )

    def elsewhere(self) -> Power:
        """Return the power of another trial of the same person, who feels nothing."""
        other = replace(self, trial=(self.trial + 1) % self.world.n_trials)
        return power_db(other.record(0.0, 0.0)[0])


def power_db(eeg: Recording) -> Power:
    """Return the power of each band at each electrode, in dB above 1 uV².

    All of the trial counts, blinks too: what is left out in one feeling and not in another would
    be taken for the feeling.
    """
    power = band_power(cut_windows(eeg, length_s=2.0, step_s=1.0), BANDS).mean(axis=0)
    decibel: np.ndarray = 10 * np.log10(power.T)
    return decibel
