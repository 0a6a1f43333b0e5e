"""From the labels of corpora to the classes of the course: the mappings, written out.

``quadrants`` are the four quarters of valence and arousal; ``negative-neutral`` sets any unpleasant
emotion against none, ``valence`` against any pleasant one. All are a choice, made here once and
open to be made otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

QUADRANTS = ("negative-calm", "negative-aroused", "positive-calm", "positive-aroused")
"""Valence, then arousal."""

_WORDS = {
    "negative-aroused": "anger angry fear fearful disgust frustration",
    "negative-calm": "sadness sad boredom",
    "positive-aroused": "happiness happy joy amusement excitement inspiration pleasant-surprise",
    "positive-calm": "calm calmness tenderness",
}
QUADRANT_OF: Mapping[str, str] = MappingProxyType(
    {word: quadrant for quadrant, words in _WORDS.items() for word in words.split()}
    | {quadrant: quadrant for quadrant in QUADRANTS}
)
"""The quadrant of each emotion that has one, after Russell's circumplex [1]_.

Neutral speech lies in the middle and surprise on the border of pleasant and unpleasant: both have
no quadrant. Disgust and frustration are taken as aroused, boredom as calm.

References
----------
.. [1] J. A. Russell, "A circumplex model of affect", Journal of Personality and Social Psychology
   39, 1980. https://doi.org/10.1037/h0077714
"""

NEGATIVE_NEUTRAL_OF: Mapping[str, str] = MappingProxyType(
    {word: "negative" for word, quadrant in QUADRANT_OF.items() if quadrant.startswith("negative")}
    | {"negative": "negative", "neutral": "neutral"}
)
"""``negative`` for every unpleasant emotion, ``neutral`` for none; the rest has no class."""

VALENCE_OF: Mapping[str, str] = MappingProxyType(
    {word: quadrant.partition("-")[0] for word, quadrant in QUADRANT_OF.items()}
    | {"negative": "negative", "positive": "positive"}
)
"""``negative`` or ``positive``; what is neither has no class."""

SCHEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "quadrants": QUADRANT_OF,
        "negative-neutral": NEGATIVE_NEUTRAL_OF,
        "valence": VALENCE_OF,
    }
)
"""The mappings by name."""


def emotion_schemes(labels: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the mappings of emotion words, each cut down to labels that occur.

    A mapping that none of them is part of is not offered.

    Examples
    --------
    >>> emotion_schemes({"negative", "surprised"})
    {'negative-neutral': {'negative': 'negative'}, 'valence': {'negative': 'negative'}}
    """
    cut = {
        name: {label: scheme[label] for label in sorted(labels) if label in scheme}
        for name, scheme in SCHEMES.items()
    }
    return {name: scheme for name, scheme in cut.items() if scheme}


def quadrant(valence: float, arousal: float, *, middle: float) -> str:
    """Return the quadrant of a rating; exactly ``middle`` counts as low, as usual with DEAP.

    Examples
    --------
    >>> quadrant(7.1, 5.0, middle=5.0)
    'positive-calm'
    """
    valence_word = "positive" if valence > middle else "negative"
    return f"{valence_word}-{'aroused' if arousal > middle else 'calm'}"


def rating_schemes(labels: Collection[str], *, middle: float) -> dict[str, dict[str, str]]:
    """Return the quadrant, and the valence, of each label that names both ratings.

    Examples
    --------
    >>> rating_schemes(["valence 7.1 arousal 2.25"], middle=5.0)["quadrants"]
    {'valence 7.1 arousal 2.25': 'positive-calm'}
    """
    quadrants = {}
    for label in sorted(set(labels)):
        _, valence, _, arousal = label.split()
        quadrants[label] = quadrant(float(valence), float(arousal), middle=middle)
    return {
        "quadrants": quadrants,
        "valence": {label: name.partition("-")[0] for label, name in quadrants.items()},
    }
