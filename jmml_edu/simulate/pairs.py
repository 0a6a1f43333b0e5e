"""A simulated study: people who speak while their EEG is recorded, feeling what we decide.

Each trial has a valence and an arousal that both signals hear, a nuisance that only speech hears
(or EEG too, if that switch is on), and a label from raters who do not quite agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from jmml_edu._checks import check_at_least
from jmml_edu.data import Provenance, Recording
from jmml_edu.simulate import head, voice
from jmml_edu.simulate.brain import draw_brain
from jmml_edu.simulate.brain_effects import BrainEffects
from jmml_edu.simulate.eeg import BrainNoise, record_brain
from jmml_edu.simulate.gaussian import quadrant_labels
from jmml_edu.simulate.prosody import VoiceEffects

EEG_DURATION_S = 4.0
"""Length of the EEG of every trial."""


# Numbers of the random streams of a person.
_TRUTH, _VOICE, _BRAIN, _EEG, _SPEECH = range(5)

# Of the logarithm of the vocal tract's length over women and men, as voices are drawn.
_LOG_TRACT_MEAN, _LOG_TRACT_SD = -0.075, 0.085


@dataclass(frozen=True)
class World:
    """The rules of a simulated study.

    Attributes
    ----------
    n_subjects, n_trials
        People, and utterances of each, the four quadrants in equal shares.
    class_distance
        How far the centre of a quadrant lies from neutral on each axis, in standard deviations of
        the feeling within a quadrant.
    rater_noise
        Standard deviation of what raters add to valence and arousal before they name a quadrant.
    voice_effects, brain_effects
        How strongly emotion moves the voice and the brain.
    brain_noise
        Everything else in the EEG, with the switch that makes it share speech's nuisance.
    seed
        Decides everything.
    """

    n_subjects: int = 40
    n_trials: int = 50
    class_distance: float = 1.0
    rater_noise: float = 0.3
    voice_effects: VoiceEffects = field(default_factory=VoiceEffects)
    brain_effects: BrainEffects = field(default_factory=BrainEffects)
    brain_noise: BrainNoise = field(default_factory=BrainNoise)
    seed: int = 0

    def __post_init__(self) -> None:
        check_at_least("World", 1, n_subjects=self.n_subjects, n_trials=self.n_trials)
        check_at_least("World", 0, class_distance=self.class_distance, rater_noise=self.rater_noise)


@dataclass(frozen=True)
class Trial:
    """The hidden truth of one trial, and the label that raters gave it.

    Attributes
    ----------
    valence, arousal
        What the person feels, 0 is neutral, unit standard deviation over the study.
    effort
        How hard the person happens to speak, for no emotional reason; standard normal.
    label
        The quadrant that raters named.
    """

    valence: float
    arousal: float
    effort: float
    label: str


def simulate_pairs(
    world: World, subjects: range | None = None
) -> Iterator[tuple[Recording, Recording]]:
    """Yield EEG and speech of every trial, person after person.

    Every signal has a random stream of its own: any subset of people, and EEG under other rules,
    can be made again without the rest, and what is not changed stays the same to the byte.

    Parameters
    ----------
    world
        The rules.
    subjects
        Which people; None takes all.

    Yields
    ------
    eeg, speech
        32 channels at 128 Hz in microvolt, one channel at 16 kHz; stamped as simulated.
    """
    numbers = range(world.n_subjects) if subjects is None else subjects
    for number in numbers:
        for trial, truth in enumerate(draw_trials(world, number)):
            yield (
                simulate_eeg(world, number, trial, truth),
                simulate_speech(world, number, trial, truth),
            )


def draw_trials(world: World, number: int) -> list[Trial]:
    """Return the hidden truth of every trial of one person, quadrants in equal shares.

    Centres of quadrants lie ``class_distance`` from neutral where the feeling within a quadrant
    has standard deviation 1; both are then shrunk together, so that over the study valence and
    arousal have unit standard deviation each.
    """
    rng = np.random.default_rng([world.seed, number, _TRUTH])
    quadrant = rng.permutation(np.arange(world.n_trials) % 4)
    centres = np.stack([quadrant // 2, quadrant % 2]) * 2 - 1
    within = rng.standard_normal((2, world.n_trials))
    spread = np.hypot(1, world.class_distance)
    valence, arousal = (world.class_distance * centres + within) / spread
    noise = world.rater_noise * rng.standard_normal((2, world.n_trials))
    labels = quadrant_labels(valence + noise[0], arousal + noise[1])
    effort = rng.standard_normal(world.n_trials)
    return [
        Trial(float(v), float(a), float(e), str(label))
        for v, a, e, label in zip(valence, arousal, effort, labels, strict=True)
    ]


def simulate_eeg(world: World, number: int, trial: int, truth: Trial) -> Recording:
    """Return the EEG of one trial of one person, stamped as simulated.

    The head's ``size``, which EEG may share with the voice, is the length of the vocal tract.
    """
    who_speaks = _voice_of(world, number)
    size = (np.log(who_speaks.tract_length_ratio) - _LOG_TRACT_MEAN) / _LOG_TRACT_SD
    traits = np.random.default_rng([world.seed, number, _BRAIN])
    signal = record_brain(
        draw_brain(who_speaks.subject, traits, size=float(size)),
        valence=truth.valence,
        arousal=truth.arousal,
        effort=truth.effort,
        duration_s=EEG_DURATION_S,
        rng=np.random.default_rng([world.seed, number, _EEG, trial]),
        effects=world.brain_effects,
        noise=world.brain_noise,
    )
    return _recording(world, number, trial, truth, signal)


def simulate_speech(world: World, number: int, trial: int, truth: Trial) -> Recording:
    """Return the utterance of one trial of one person, stamped as simulated."""
    signal = voice.speak(
        _voice_of(world, number),
        valence=truth.valence,
        arousal=truth.arousal,
        effort=truth.effort,
        rng=np.random.default_rng([world.seed, number, _SPEECH, trial]),
        effects=world.voice_effects,
    )
    return _recording(world, number, trial, truth, signal[None, :])


def _voice_of(world: World, number: int) -> voice.Voice:
    """Return the voice of a person, the same in every trial."""
    traits = np.random.default_rng([world.seed, number, _VOICE])
    return voice.draw_voice(f"p{number + 1:02d}", traits)


def _recording(
    world: World, number: int, trial: int, truth: Trial, signal: np.ndarray
) -> Recording:
    """Return a signal with who, what and where from; one channel is speech, 32 are EEG."""
    subject = f"p{number + 1:02d}"
    is_speech = len(signal) == 1
    return Recording(
        signal=signal,
        sample_rate_hz=voice.SAMPLE_RATE_HZ if is_speech else head.SAMPLE_RATE_HZ,
        channels=("mono",) if is_speech else head.CHANNELS,
        modality="speech" if is_speech else "eeg",
        subject=subject,
        label=truth.label,
        trial=f"{subject}-{trial + 1:02d}",
        provenance=Provenance(f"simulated study, seed {world.seed}", simulated=True),
    )
