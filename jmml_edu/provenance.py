"""Where data come from: a noun that every other noun carries along."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Provenance:
    """Where data come from, whether they are simulated, and what was done to them.

    Attributes
    ----------
    source
        The corpus, file or generator, in words a reader understands.
    simulated
        True if any part was made by a program instead of recorded from a person.
    steps
        What was done since, in order.
    """

    source: str
    simulated: bool
    steps: tuple[str, ...] = ()

    def then(self, step: str) -> Provenance:
        """Return this provenance with one more step."""
        return replace(self, steps=(*self.steps, step))

    def joined_with(self, other: Provenance) -> Provenance:
        """Return the provenance of something made from both: simulated if either is."""
        if self == other:
            return self
        source = self.source if self.source == other.source else f"{self.source} + {other.source}"
        steps = tuple(dict.fromkeys(self.steps + other.steps))
        return Provenance(source, self.simulated or other.simulated, steps)

    @property
    def stamp(self) -> str:
        """``"SIMULATED"`` or nothing: what every figure and page made from it must show."""
        return "SIMULATED" if self.simulated else ""
