"""A person babbling: speech with a known emotion, from a source and a filter.

The road of an utterance: :class:`Voice` (who) and :func:`prosody` (how it should sound) ->
``babble`` (what is said, as tracks) -> ``render`` (the sound).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from jmml_edu.simulate.articulation import babble
from jmml_edu.simulate.prosody import VOICE_EFFECTS, Effect, Prosody, VoiceEffects, prosody
from jmml_edu.simulate.speaker import Voice, draw_voice
from jmml_edu.simulate.vocal_tract import SAMPLE_RATE_HZ, render

__all__ = [
    "SAMPLE_RATE_HZ",
    "VOICE_EFFECTS",
    "Effect",
    "Prosody",
    "Voice",
    "VoiceEffects",
    "draw_voice",
    "prosody",
    "speak",
]


def speak(
    voice: Voice,
    *,
    valence: float,
    arousal: float,
    effort: float,
    rng: np.random.Generator,
    effects: VoiceEffects = VOICE_EFFECTS,
) -> Float[np.ndarray, " time"]:
    """Return one simulated sentence, a few seconds of nonsense syllables at 16 kHz.

    Emotion and effort move the acoustic targets as ``effects`` say; which syllables are spoken,
    where the accents and pauses fall and how the targets drift is chance.

    Parameters
    ----------
    voice
        Who speaks.
    valence, arousal
        The emotion, standardised: 0 is neutral, 2.5 extreme.
    effort
        Vocal effort for reasons other than emotion, standardised; it partly masks arousal.
    rng
        Where content, drift, irregularity and noise come from.
    effects
        The sizes of all effects.

    Returns
    -------
    signal
        In fractions of full scale, within [-1, 1], at ``SAMPLE_RATE_HZ``.

    Raises
    ------
    ValueError
        If valence, arousal or effort is not finite.

    Notes
    -----
    Simulated: whatever is learned from it holds for real voices only as far as ``VoiceEffects``
    is right.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> speech = speak(draw_voice("p01", rng), valence=0.0, arousal=1.0, effort=0.0, rng=rng)
    >>> 1.5 < len(speech) / SAMPLE_RATE_HZ < 4
    True
    """
    targets = prosody(
        voice, valence=valence, arousal=arousal, effort=effort, effects=effects, rng=rng
    )
    return render(babble(targets, rng), targets, voice, rng)
