"""Protocols of notebook 12, each with one sentence that leaks; every student has one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SOUND = (
    ("EEG was band-passed from 1 to 45 Hz, each recording by itself.",
     "A filter that sees one recording at a time learns nothing from others."),
    ("A sentence of about 4 s was spoken in each of 60 trials by each of 24 people.",
     "That says how much was recorded; nothing is learned yet."),
    ("Scores are unweighted average recalls, with 95 % intervals over people.",
     "That is how a score should be reported."),
    ("Labels are the majority vote of five raters who did not know the speaker.",
     "Raters who know nothing of the model leak nothing into it."),
)  # fmt: skip

_LEAKING = (
    "Features were scaled to mean 0 and variance 1 and the 50 most correlated with the label were"
    " kept; then people were dealt to five folds.",
    "Each trial was cut into windows of 1 s, and the windows were dealt to ten folds at random.",
    "Training ran for 200 epochs; we report the epoch that was best on the held-out people.",
    "The shared space of EEG and speech was fitted on all pairs, without labels; a classifier was"
    " then cross-validated by person.",
    "At test, the EEG partner of each utterance was drawn from recordings of the same class.",
)


@dataclass(frozen=True)
class Protocol:
    """Numbered sentences of a methods section.

    Attributes
    ----------
    sentences
        What stands there.
    leak
        The number, from 1, of the sentence that leaks.
    reasons
        For each sound sentence, by number, why it is sound.
    """

    sentences: tuple[str, ...]
    leak: int
    reasons: dict[int, str]

    def __repr__(self) -> str:
        lines = (f"{number}. {text}" for number, text in enumerate(self.sentences, start=1))
        return "\n".join(lines)


def own_protocol(seed: int) -> Protocol:
    """Return the protocol of one student.

    Examples
    --------
    >>> len(own_protocol(0).sentences)
    5
    """
    rng = np.random.default_rng(seed)
    leaking = _LEAKING[seed % len(_LEAKING)]
    told = [*_SOUND, (leaking, "")]
    order = rng.permutation(len(told))
    sentences = tuple(told[place][0] for place in order)
    reasons = {number: told[place][1] for number, place in enumerate(order, start=1)}
    leak = sentences.index(leaking) + 1
    return Protocol(sentences, leak, {n: why for n, why in reasons.items() if n != leak})
