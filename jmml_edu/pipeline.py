"""The road as one estimator: learn with EEG and speech, recognise from speech alone.

Paired features and a few labels go in; two steps join EEG and speech, ways to listen vote, and a
classifier comes out that needs no EEG.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import cast

import numpy as np
from jaxtyping import Float

from jmml_edu._checks import check_one_of, check_same_rows, fail
from jmml_edu.classifier import HIDDEN, Labels
from jmml_edu.data import Split
from jmml_edu.eeg_free import EEGFree, check_columns, check_rows_hold_something, fit_all
from jmml_edu.encoders import SharedSpace
from jmml_edu.late_fusion import EEGVoice
from jmml_edu.missing import GapFiller, Matrix, Scaler, has_all
from jmml_edu.pairing import FEWEST_PAIRS
from jmml_edu.results import CLOSED_FORM, STEPS_1, STEPS_2
from jmml_edu.selection import FittedEncoder, TrainingRows, p_of_sharing
from jmml_edu.splits import grouped_folds

MOST_P = 0.01
"""Where shuffled pairs share as much more often than this, EEG is not listened to."""


Spaces = tuple[SharedSpace, SharedSpace]
"""One for speech as it is, one for speech from which each speaker's mean was taken."""


class JMML(EEGFree):
    r"""Joint multimodal learning: EEG and speech while learning, speech alone afterwards.

    Step 1 embeds each modality on its own (JEC-SSL), step 2 joins them in a space in which they
    are correlated (E-DCC-CAE); pairs teach both, labelled or not. Then classifiers of the latent
    :math:`z_S`, and of speech beside it, join the vote of :class:`EEGFree`, each weighted by how
    well it knows held-out people: EEG adds voters, and nothing else differs. Codes that a
    classifier learns from come from encoders that did not see their
    speaker. The two steps are KNOWN (arXiv 2503.18964); how they choose and vote is OUR READING.

    Parameters
    ----------
    step1
        ``"none"``, ``"JEC-SSL"``, or ``"either"``: the one whose closed-form latent gives held-out
        labels the higher probability. With few labels step 1 may well hurt.
    step2
        A method of :mod:`jmml_edu.crossmodal`, such as ``"E-DCC-CAE"`` or ``"DCCA"``; ``"CCA"`` for
        the closed form; or a shared space of one's own.
    inner_folds, seed
        As in :class:`EEGFree`.

    Attributes
    ----------
    choice_, choice_alone_, evidence_, ways_, weights_, classes_
        As in :class:`EEGFree`.
    step1_
        What step 1 has become: ``"none"`` or ``"JEC-SSL"``.
    epochs_
        How many epochs of step 2 paid; 0 is the closed form.
    sharing_p_
        p value of "EEG and speech of new people share nothing", without labels. Above 0.01 EEG is
        not listened to, and the road is that of :class:`EEGFree` to the last digit.
    spaces_
        The shared space as it is listened to: of speech as it is, and of speech from which each
        speaker's mean was taken.
    trial_
        The shared space that found out how many epochs pay; its training can be replayed.
    people_
        Who was learned from.
    eeg_voice_
        The classifier of EEG features that joins in where EEG is there at inference, and its share.

    Notes
    -----
    When EEG is there at inference, speech road and a classifier of EEG features decide together, by
    a product of their probabilities in which each has the share with which held-out people are
    known best (late fusion; our reading). Where speech is missing, EEG decides alone.

    Examples
    --------
    >>> from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
    >>> pairs = gaussian_pairs(300, correlations=(0.9, 0.9), nuisance=3, seed=0)
    >>> labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    >>> labels[60:] = -1  # the other pairs teach without a label
    >>> road = JMML(step2="CCA").fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)
    >>> road.predict(pairs.speech.values[:3]).shape
    (3,)
    """

    def __init__(
        self,
        *,
        step1: str = "either",
        step2: str | SharedSpace = "E-DCC-CAE",
        inner_folds: int = 5,
        seed: int = 0,
    ) -> None:
        super().__init__(inner_folds=inner_folds, seed=seed)
        self.step1 = step1
        self.step2 = step2

    def fit(  # type: ignore[override]
        self,
        eeg: Matrix,
        speech: Matrix,
        labels: Labels,
        groups: np.ndarray,
        *,
        free: EEGFree | None = None,
    ) -> JMML:
        """Learn from pairs and return self.

        Parameters
        ----------
        eeg, speech
            Features; a row of NaN is missing, single NaN are told by the other columns.
        labels
            Class numbers, -1 where hidden.
        groups
            Who speaks.
        free
            An :class:`EEGFree` that has learned from the same speech, labels and people with the
            same folds and seed: its ways are taken over instead of learned again, which changes
            nothing but the time.

        Raises
        ------
        InputError
            If the arguments do not belong together, next to no row has EEG, fewer than two classes
            are labelled, or there is only one speaker.
        """
        check_one_of("JMML.fit", STEPS_1, step1=self.step1)
        if not isinstance(self.step2, SharedSpace):
            check_one_of("JMML.fit", STEPS_2, step2=self.step2)
        _check_some_eeg(eeg, labels, groups)
        self.people_ = np.unique(groups.astype(str))
        self.eeg_filler_ = GapFiller.of(eeg)
        filled = self.eeg_filler_.fill(eeg)
        self.eeg_scaler_ = Scaler.of(filled)
        standard = self.eeg_scaler_.apply(filled)
        self._fit(standard, speech, labels, groups, free)
        seen, heard = has_all(standard), ~np.isnan(speech).all(axis=1)
        of_speech = np.full((len(speech), len(self.classes_)), np.nan)
        of_speech[heard] = self._held_out_vote(labels[heard])
        rows = TrainingRows(standard, standard, labels, groups).take(seen)
        n_folds = min(self.inner_folds, len(np.unique(rows.groups)))
        folds = grouped_folds(rows.groups, rows.labels, n_folds=n_folds, seed=self.seed)
        self.eeg_voice_ = EEGVoice.fit(rows, folds, of_speech[seen], self.classes_)
        return self

    def _fitted(self, rows: TrainingRows, folds: Sequence[Split]) -> list[FittedEncoder]:
        """Return what may be listened to besides: the shared space, if there is one."""
        # A fold that leaves next to no pairs cannot say anything about the shared space.
        paired = has_all(rows.eeg)
        fewest = min(FEWEST_PAIRS // 2, paired.sum())
        folds = [fold for fold in folds if paired[fold.train].sum() >= fewest]
        self.step1_ = self._choose_step1(rows, folds)
        space = self._space(self.step1_, self.step2)
        self.trial_ = deepcopy(space).fit(rows.eeg, rows.speech, rows.groups, rows.labels)
        space = self.trial_.settled()
        self.epochs_ = space.epochs
        shared = fit_all((space,), rows, folds)
        self.spaces_ = cast("Spaces", tuple(one.everybody for one in shared))
        self.sharing_p_ = p_of_sharing(shared[0], seed=self.seed)
        return shared if self.sharing_p_ <= MOST_P else []

    def _choose_step1(self, rows: TrainingRows, folds: Sequence[Split]) -> str:
        """Return the step 1 whose closed-form latent knows held-out labels better."""
        if self.step1 == "none":
            return self.step1
        if not _can_learn_step1(rows, folds):
            if self.step1 == "either":
                return "none"
            fail(
                "JMML.fit", "labels", "show two classes in each inner fold, with EEG and without",
                "a fold with fewer", 'Label more people, or choose step1="none".',
            )  # fmt: skip
        if self.step1 == "JEC-SSL":
            return self.step1
        best: dict[str, float] = {}
        for step1 in ("none", "JEC-SSL"):
            space = self._space(step1, CLOSED_FORM)
            fitted = FittedEncoder.fit(space, rows, folds, centred=False)
            best[step1] = max(way.evidence for way in fitted.ways())
        return max(best, key=lambda step1: best[step1])

    def _space(self, step1: str, step2: str | SharedSpace) -> SharedSpace:
        """Return the shared space that the two steps make."""
        space = step2 if isinstance(step2, SharedSpace) else SharedSpace()
        if isinstance(step2, str) and step2 != CLOSED_FORM:
            from jmml_edu.deep_encoders import CorrelatedSpace  # torch takes seconds to import

            space = CorrelatedSpace(terms=step2, seed=self.seed)
        if step1 == "JEC-SSL":
            from jmml_edu.deep_encoders import AfterStep1

            return AfterStep1(space, seed=self.seed)
        return space

    def predict_proba(
        self,
        speech: Matrix | None = None,
        eeg: Matrix | None = None,
        *,
        groups: np.ndarray | None = None,
    ) -> Float[np.ndarray, "row class"]:
        """Return the probability of each class; rows without EEG are judged by speech alone.

        For them the result is the same to the last bit as with no EEG at all. Rows without speech
        are judged by EEG alone.
        """
        name = "JMML.predict_proba"
        if eeg is None:
            if speech is None:
                fail(name, "speech and eeg", "not both be missing", "neither", "Pass one of them.")
            return super().predict_proba(speech, groups=groups)
        check_columns(name, eeg=eeg, n_columns=len(self.eeg_scaler_.mean))
        if speech is None:
            speech = np.full((len(eeg), len(self.scaler_.mean)), np.nan)
        check_same_rows(
            name, eeg=eeg, speech=speech, **({} if groups is None else {"groups": groups})
        )
        seen, heard = ~np.isnan(eeg).all(axis=1), ~np.isnan(speech).all(axis=1)
        check_rows_hold_something(name, seen | heard)
        alone = seen & ~heard
        probabilities = np.zeros((len(speech), len(self.classes_)))
        by_speech = ~alone
        who = None if groups is None else groups[by_speech]
        if by_speech.any():
            probabilities[by_speech] = super().predict_proba(speech[by_speech], groups=who)
        if seen.any():
            standard = self.eeg_scaler_.apply(self.eeg_filler_.fill(eeg[seen]))
            of_eeg = self.eeg_voice_.say(standard)
            together = self.eeg_voice_.join(probabilities[seen], of_eeg)
            probabilities[seen] = np.where(heard[seen][:, None], together, of_eeg)
        return probabilities

    def predict(
        self,
        speech: Matrix | None = None,
        eeg: Matrix | None = None,
        *,
        groups: np.ndarray | None = None,
    ) -> Labels:
        """Return the most probable class of each row, with EEG where it is there."""
        best = self.predict_proba(speech, eeg, groups=groups).argmax(axis=1)
        labels: np.ndarray = self.classes_[best]
        return labels


def _can_learn_step1(rows: TrainingRows, folds: Sequence[Split]) -> bool:
    """Return whether labels show two classes, in EEG too, to everybody who has to learn."""
    parts = [rows, *(rows.take(fold.train) for fold in folds)]
    return all(
        len(np.unique(part.labels[there])) > 1
        for part in parts
        for there in (part.labelled, part.labelled & has_all(part.eeg))
    )


def _check_some_eeg(eeg: Matrix, labels: Labels, groups: np.ndarray) -> None:
    """Raise unless two people or more have EEG, and labelled rows of two classes or more."""
    check_same_rows("JMML.fit", eeg=eeg, labels=labels, groups=groups)
    check_columns("JMML.fit", eeg=eeg, n_columns=eeg.shape[-1])
    there = ~np.isnan(eeg).all(axis=1)
    people = len(np.unique(groups[there].astype(str)))
    rows = int(there.sum())
    if people < 2 or rows < FEWEST_PAIRS:
        fail(
            "JMML.fit", "eeg", f"be there for at least {FEWEST_PAIRS} rows of two people",
            f"{rows} rows of {people}", "Pair more, or use EEGFree, which needs no EEG.",
        )  # fmt: skip
    heard = there & (labels != HIDDEN)
    if len(np.unique(labels[heard])) < 2:
        fail(
            "JMML.fit", "eeg", "be there for labelled rows of at least two classes",
            f"{int(heard.sum())} labelled rows with EEG",
            "Pair more labelled rows, or use EEGFree, which needs no EEG.",
        )  # fmt: skip
