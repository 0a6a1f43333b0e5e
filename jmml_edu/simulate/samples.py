"""The simulated study behind the samples that ship with the package, to hear more of it.

Its difficulty is that of real data; ``data_samples/DATASHEET.md`` says how it was set.
"""

from __future__ import annotations

from collections.abc import Callable

from jmml_edu.data import Modality, Recording
from jmml_edu.simulate.pairs import World, draw_trials, simulate_eeg, simulate_speech
from jmml_edu.simulate.prosody import VoiceEffects

SAMPLES_WORLD = World(
    n_subjects=40,
    n_trials=50,
    class_distance=1.6,
    rater_noise=0.3,
    voice_effects=VoiceEffects().scaled(drift=0.4),
    seed=20,
)
"""The rules of the study."""

_SIMULATE: dict[str, Callable[..., Recording]] = {"eeg": simulate_eeg, "speech": simulate_speech}


def recording_of(world: World, modality: Modality, trial: str) -> Recording | None:
    """Return one recording of a study, made again from its seed, the same to the byte.

    Parameters
    ----------
    world
        The rules of the study, such as :data:`SAMPLES_WORLD`.
    modality
        Which signal.
    trial
        Its name, such as ``"p07-12"``: the twelfth trial of the seventh person.

    Returns
    -------
    recording
        Or None if the study has no such trial.

    Examples
    --------
    >>> recording_of(SAMPLES_WORLD, "speech", "p07-12").label
    'positive-calm'
    >>> recording_of(SAMPLES_WORLD, "speech", "p77-12") is None
    True
    """
    person, _, number = trial.removeprefix("p").partition("-")
    if not (trial.startswith("p") and person.isdecimal() and number.isdecimal()):
        return None
    who, which = int(person) - 1, int(number) - 1
    if not (0 <= who < world.n_subjects and 0 <= which < world.n_trials):
        return None
    truth = draw_trials(world, who)[which]
    return _SIMULATE[modality](world, who, which, truth)
