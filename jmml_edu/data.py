"""The nouns: what travels down the road, frozen, with axes, units and provenance.

Recording -> Windows -> Features -> Pairs -> Split. Nothing here computes; each class checks that
it is consistent and knows how to take a subset of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from jmml_edu._checks import check_one_of, check_same_rows, fail
from jmml_edu.provenance import Provenance

__all__ = [
    "MODALITIES", "PAIR_KINDS", "UNLABELLED", "Features", "Modality", "PairKind", "Pairs",
    "Provenance", "Recording", "Split", "Windows",
]  # fmt: skip

Modality = Literal["eeg", "speech"]
PairKind = Literal["trial", "class"]

MODALITIES: tuple[Modality, ...] = ("eeg", "speech")
PAIR_KINDS: tuple[PairKind, ...] = ("trial", "class")

UNLABELLED = ""
"""The label of a row that nobody labelled."""


def _freeze(array: np.ndarray) -> np.ndarray:
    """Return a read-only view, so that a noun is not changed through itself."""
    view = array.view()
    view.setflags(write=False)
    return view


def _names(values: Sequence[str] | np.ndarray) -> np.ndarray:
    """Return names as a read-only array of strings."""
    return _freeze(np.array([str(value) for value in values], dtype=object))


@dataclass(frozen=True, eq=False)
class Recording:
    """One trial of one modality as a signal.

    Attributes
    ----------
    signal
        Channel x time: EEG in microvolt, speech in fractions of full scale.
    sample_rate_hz
        Samples per second.
    channels
        One name per row of ``signal``.
    modality, unit
        ``"eeg"`` in ``"uV"`` or ``"speech"`` in ``"1"``.
    subject, label, trial, stimulus
        Who, which class (empty: unlabelled), which trial (unique within its source), and what was
        said or shown (empty: unknown).
    provenance
        Where it comes from.
    """

    signal: Float[np.ndarray, "channel time"]
    sample_rate_hz: float
    channels: tuple[str, ...]
    modality: Modality
    subject: str
    provenance: Provenance
    label: str = UNLABELLED
    trial: str = ""
    stimulus: str = ""

    def __post_init__(self) -> None:
        check_one_of("Recording", MODALITIES, modality=self.modality)
        if self.signal.ndim != 2 or self.signal.shape[0] != len(self.channels):
            fail(
                "Recording", "signal", "have shape (channel, time), one row per channel name",
                f"{self.signal.shape} for {len(self.channels)} names",
                "Put channels first and name each of them.",
            )  # fmt: skip
        if not self.sample_rate_hz > 0:
            fail(
                "Recording", "sample_rate_hz", "be positive", self.sample_rate_hz,
                "Give the samples per second of the file.",
            )  # fmt: skip
        object.__setattr__(self, "signal", _freeze(self.signal))

    @property
    def unit(self) -> str:
        """``"uV"`` for EEG; ``"1"``, a fraction of full scale, for speech."""
        return "uV" if self.modality == "eeg" else "1"

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.signal.shape[1] / self.sample_rate_hz

    def with_signal(
        self,
        signal: Float[np.ndarray, "channel time"],
        step: str,
        *,
        sample_rate_hz: float | None = None,
        channels: tuple[str, ...] | None = None,
    ) -> Recording:
        """Return a copy that holds another signal, with the step that made it on record."""
        return replace(
            self,
            signal=signal,
            sample_rate_hz=sample_rate_hz or self.sample_rate_hz,
            channels=channels or self.channels,
            provenance=self.provenance.then(step),
        )


@dataclass(frozen=True, eq=False)
class Windows:
    """Equal stretches of one recording, none reaching beyond its trial.

    Attributes
    ----------
    signal
        Window x channel x time, in the unit of ``recording``.
    start_s
        Where each window begins, in seconds from the start of the recording.
    recording
        What they were cut from.
    """

    signal: Float[np.ndarray, "window channel time"]
    start_s: Float[np.ndarray, " window"]
    recording: Recording

    def __post_init__(self) -> None:
        check_same_rows("Windows", signal=self.signal, start_s=self.start_s)
        object.__setattr__(self, "signal", _freeze(self.signal))
        object.__setattr__(self, "start_s", _freeze(self.start_s))


@dataclass(frozen=True, eq=False)
class Features:
    """One row of numbers per trial, with who, what and where from.

    Attributes
    ----------
    values
        Row x feature.
    names
        One name per column; the unit is part of the name (``f0_mean_st``).
    modality
        ``"eeg"`` or ``"speech"``.
    subjects, labels, trials, stimuli
        One string per row; an empty label means unlabelled, an empty stimulus unknown.
    provenance
        Where they come from.
    """

    values: Float[np.ndarray, "row feature"]
    names: tuple[str, ...]
    modality: Modality
    subjects: np.ndarray
    labels: np.ndarray
    trials: np.ndarray
    provenance: Provenance
    stimuli: np.ndarray = field(default_factory=lambda: np.array([], dtype=object))

    def __post_init__(self) -> None:
        check_one_of("Features", MODALITIES, modality=self.modality)
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            fail(
                "Features", "values", "have one column per name",
                f"shape {self.values.shape} for {len(self.names)} names",
                "Name every column once.",
            )  # fmt: skip
        stimuli = self.stimuli if len(self.stimuli) else [""] * len(self.values)
        object.__setattr__(self, "values", _freeze(self.values))
        for name, column in (
            ("subjects", self.subjects),
            ("labels", self.labels),
            ("trials", self.trials),
            ("stimuli", stimuli),
        ):
            object.__setattr__(self, name, _names(column))
            check_same_rows("Features", values=self.values, **{name: getattr(self, name)})

    def __len__(self) -> int:
        return len(self.values)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that occur, sorted, without the unlabelled."""
        return tuple(sorted(set(self.labels) - {UNLABELLED}))

    def take(self, rows: Int[np.ndarray, " taken"] | Bool[np.ndarray, " row"]) -> Features:
        """Return the chosen rows, in the order given."""
        return replace(
            self,
            values=self.values[rows],
            subjects=self.subjects[rows],
            labels=self.labels[rows],
            trials=self.trials[rows],
            stimuli=self.stimuli[rows],
        )


@dataclass(frozen=True, eq=False)
class Pairs:
    """EEG and speech of the same moment (``trial``) or merely of the same class (``class``).

    Attributes
    ----------
    eeg, speech
        Features, row ``i`` of one belongs to row ``i`` of the other. Who speaks, and the label,
        are those of ``speech``, because speech alone is there at inference.
    kind
        ``"trial"``: recorded together. ``"class"``: joined by label, which carries no more than
        the class across.
    has_eeg
        False where the EEG is missing; its row is then NaN and must not be read.
    """

    eeg: Features
    speech: Features
    kind: PairKind
    has_eeg: Bool[np.ndarray, " pair"]

    def __post_init__(self) -> None:
        check_one_of("Pairs", PAIR_KINDS, kind=self.kind)
        if (self.eeg.modality, self.speech.modality) != MODALITIES:
            fail(
                "Pairs", "eeg and speech", "be features of those modalities, EEG first",
                (self.eeg.modality, self.speech.modality), "Swap the arguments.",
            )  # fmt: skip
        check_same_rows("Pairs", eeg=self.eeg, speech=self.speech, has_eeg=self.has_eeg)
        object.__setattr__(self, "has_eeg", _freeze(self.has_eeg))

    def __len__(self) -> int:
        return len(self.speech)

    @property
    def subjects(self) -> np.ndarray:
        """Who speaks, one name per pair."""
        return self.speech.subjects

    @property
    def labels(self) -> np.ndarray:
        """The class of each utterance."""
        return self.speech.labels

    @property
    def provenance(self) -> Provenance:
        """Where both sides come from."""
        return self.eeg.provenance.joined_with(self.speech.provenance)

    def take(self, rows: Int[np.ndarray, " taken"] | Bool[np.ndarray, " pair"]) -> Pairs:
        """Return the chosen pairs, in the order given."""
        return replace(
            self,
            eeg=self.eeg.take(rows),
            speech=self.speech.take(rows),
            has_eeg=self.has_eeg[rows],
        )


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of training and test, and what keeps them apart.

    Attributes
    ----------
    train, test
        Row numbers, disjoint.
    by
        What no two sides share: ``"subject"``, ``"speaker"``, ``"stimulus"`` or ``"trial"``, or
        two of them, as ``"subject and stimulus"``.
    """

    train: Int[np.ndarray, " train_row"]
    test: Int[np.ndarray, " test_row"]
    by: str

    def __post_init__(self) -> None:
        shared = np.intersect1d(self.train, self.test)
        if len(shared):
            fail(
                "Split", "train and test", "have no row in common",
                f"{len(shared)} shared, among them row {shared[0]}", "Split by group.",
            )  # fmt: skip
