"""EEG and speech features in, pairs out: recorded together, or joined by class; and the controls.

A control keeps everything but the one thing that is in doubt: shuffled pairs keep both signals but
not who belongs to whom, one-hot pairs keep the label but no EEG.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jmml_edu._checks import as_told_by, check_at_least, fail
from jmml_edu.columns import column_means
from jmml_edu.data import UNLABELLED, Features, Pairs

FEWEST_PAIRS = 20
"""With fewer rows that have EEG there is no shared space to learn."""


def trial_pairs(eeg: Features, speech: Features) -> Pairs:
    """Return one pair per utterance, with the EEG of the same subject and trial.

    An utterance without EEG stays, marked in ``has_eeg``; EEG without an utterance is left out.

    Raises
    ------
    InputError
        If a trial occurs twice, no trial is in both, or the two sides label one differently.
    """
    eeg_row, speech_row = _row_by_trial("eeg", eeg), _row_by_trial("speech", speech)
    partner = np.array([eeg_row.get(key, -1) for key in speech_row])
    has_eeg = partner >= 0
    if not has_eeg.any():
        fail(
            "trial_pairs", "eeg and speech", "share subjects and trials",
            f"none of {len(speech)} utterances in {len(eeg)} EEG trials, for example"
            f" {next(iter(speech_row), 'none')} and {next(iter(eeg_row), 'none')}",
            "Name subjects and trials alike on both sides, or use pairing 'class'.",
        )  # fmt: skip
    pairs = Pairs(_eeg_rows(eeg, partner), speech, "trial", has_eeg)
    both = has_eeg & (pairs.eeg.labels != UNLABELLED) & (speech.labels != UNLABELLED)
    differ = np.flatnonzero(both & (pairs.eeg.labels != speech.labels))
    if len(differ):
        row = differ[0]
        fail(
            "trial_pairs", "labels", "agree between EEG and speech of one trial",
            f"{len(differ)} that differ, the first in trial {speech.trials[row]} of"
            f" {speech.subjects[row]}: EEG {pairs.eeg.labels[row]!r}, speech"
            f" {speech.labels[row]!r}", "Map both to the same class names.",
        )  # fmt: skip
    return pairs


def class_pairs(eeg: Features, speech: Features, *, seed: int) -> Pairs:
    """Return every utterance with the EEG of a random trial of its class.

    Such a pair carries the class across and nothing else. An utterance that is unlabelled, or of a
    class that the EEG lacks, gets no EEG.
    """
    rng = np.random.default_rng(seed)
    partner = np.full(len(speech), -1)
    for label in sorted(set(speech.classes) & set(eeg.classes)):
        rows = np.flatnonzero(speech.labels == label)
        partner[rows] = rng.choice(np.flatnonzero(eeg.labels == label), size=len(rows))
    return Pairs(_eeg_rows(eeg, partner), speech, "class", partner >= 0)


def check_same_classes(eeg: Features, speech: Features) -> None:
    """Raise if one side has a class that the other lacks."""
    if eeg.classes != speech.classes:
        only = {
            "eeg": sorted(set(eeg.classes) - set(speech.classes)),
            "speech": sorted(set(speech.classes) - set(eeg.classes)),
        }
        fail(
            "check_same_classes", "classes", "be the same in EEG and speech",
            f"only in one: {only}",
            "Map the labels of both to common classes, or drop those that one side lacks.",
        )  # fmt: skip


def shuffled_within_subject(pairs: Pairs, *, seed: int) -> Pairs:
    """Return pairs whose EEG was permuted within each person, blind to labels.

    The control for "does it matter which EEG belongs to which utterance?". Which rows have EEG
    stays the same.
    """
    rng = np.random.default_rng(seed)
    partner = np.full(len(pairs), -1)
    for subject in np.unique(pairs.subjects):
        rows = np.flatnonzero((pairs.subjects == subject) & pairs.has_eeg)
        partner[rows] = rng.permutation(rows)
    return replace(pairs, eeg=_eeg_rows(pairs.eeg, partner))


def labelled_class_pairs(pairs: Pairs, *, seed: int) -> Pairs:
    """Return pairs in which the EEG of labelled rows was permuted within each class.

    The control for "does EEG tell more of an utterance than its class?" at an equal budget of
    labels: it may use those that are shown, and no others. Every labelled row that has EEG gets
    that of another such row of its class, of whatever person, and none is used twice; an unlabelled
    row, or one alone in its class, gets none. :func:`shuffled_within_subject` is the control that
    is blind to labels; :func:`class_pairs` of all rows would know labels that nobody showed.

    Raises
    ------
    InputError
        If no class has two labelled rows with EEG.
    """
    rng = np.random.default_rng(seed)
    partner = np.full(len(pairs), -1)
    for label in pairs.speech.classes:
        # One round through all rows of the class in random order: nobody meets their own.
        order = rng.permutation(np.flatnonzero((pairs.labels == label) & pairs.has_eeg))
        if len(order) > 1:
            partner[order] = np.roll(order, 1)
    if partner.max() < 0:
        fail(
            "labelled_class_pairs", "pairs", "hold two labelled rows with EEG of some class",
            "none", "Label more of them.",
        )  # fmt: skip
    eeg = _eeg_rows(pairs.eeg, partner)
    return replace(pairs, eeg=eeg, kind="class", has_eeg=partner >= 0)


def class_mean_pairs(pairs: Pairs) -> Pairs:
    """Return pairs whose EEG is replaced by the mean EEG of its class.

    What pairs joined by class come to when each utterance meets all EEG of its class: the chance of
    the draw is gone, and nothing else. A row without a label, or of a class without EEG, has none.

    Raises
    ------
    InputError
        If no labelled row has EEG.
    """
    values, has_eeg = np.full(pairs.eeg.values.shape, np.nan), np.zeros(len(pairs), dtype=bool)
    for label in pairs.speech.classes:
        members = pairs.labels == label
        known = members & pairs.has_eeg
        if known.any():
            values[members], has_eeg[members] = column_means(pairs.eeg.values[known]), True
    if not has_eeg.any():
        fail(
            "class_mean_pairs", "pairs", "hold a labelled row with EEG", "none",
            "Label some of them.",
        )  # fmt: skip
    eeg = replace(
        pairs.speech,
        values=values,
        names=pairs.eeg.names,
        modality="eeg",
        provenance=pairs.provenance.then("EEG replaced by the mean of its class"),
    )
    return Pairs(eeg, pairs.speech, "class", has_eeg)


def one_hot_pairs(pairs: Pairs) -> Pairs:
    """Return pairs whose EEG is replaced by the label itself, one column per class.

    The control for class pairs: if this does as well, EEG contributed nothing but the label.
    Unlabelled rows have no partner.

    Raises
    ------
    InputError
        If no row has a label.
    """
    with as_told_by("one_hot_pairs"):
        return _label_pairs(pairs, np.eye(len(pairs.speech.classes)), "is_")


def class_prototype_pairs(pairs: Pairs, *, dim: int, seed: int) -> Pairs:
    """Return pairs whose EEG is replaced by one random vector per class.

    The control for "does it matter what the class means of EEG are?".

    Raises
    ------
    InputError
        If no row has a label, or ``dim`` is less than 1.
    """
    check_at_least("class_prototype_pairs", 1, dim=dim)
    rng = np.random.default_rng(seed)
    codes = rng.standard_normal((len(pairs.speech.classes), dim))
    with as_told_by("class_prototype_pairs"):
        return _label_pairs(pairs, codes, "prototype_")


def _label_pairs(pairs: Pairs, codes: np.ndarray, prefix: str) -> Pairs:
    """Return class pairs whose EEG is a row of ``codes``, chosen by the label."""
    classes = pairs.speech.classes
    if not classes:
        fail("", "pairs", "hold labelled rows", "none", "Label some of them.")
    number = np.array([classes.index(c) if c in classes else -1 for c in pairs.labels])
    values = np.where((number >= 0)[:, None], codes[number], np.nan)
    names = classes if prefix == "is_" else tuple(map(str, range(codes.shape[1])))
    eeg = replace(
        pairs.speech,
        values=values,
        names=tuple(prefix + name for name in names),
        modality="eeg",
        provenance=pairs.speech.provenance.then("EEG replaced by its label"),
    )
    return Pairs(eeg, pairs.speech, "class", number >= 0)


def _row_by_trial(side: str, features: Features) -> dict[tuple[str, str], int]:
    """Return the row of each (subject, trial)."""
    if (features.trials == "").any():
        fail(
            "trial_pairs", side, "name the trial of every row",
            f"{int((features.trials == '').sum())} without a name",
            "Add a column 'trial' to both tables, or use pairing 'class'.",
        )  # fmt: skip
    rows = {
        key: row for row, key in enumerate(zip(features.subjects, features.trials, strict=True))
    }
    if len(rows) < len(features):
        fail(
            "trial_pairs", side, "hold each trial of a subject once",
            f"{len(features) - len(rows)} repeated", "Give every trial its own name.",
        )  # fmt: skip
    return rows


def _eeg_rows(eeg: Features, partner: np.ndarray) -> Features:
    """Return the EEG of each pair; where the partner is -1, a row of NaN without a name."""
    missing = partner < 0
    taken = eeg.take(partner)
    return replace(
        taken,
        values=np.where(missing[:, None], np.nan, taken.values),
        subjects=np.where(missing, "", taken.subjects),
        labels=np.where(missing, UNLABELLED, taken.labels),
        trials=np.where(missing, "", taken.trials),
        stimuli=np.where(missing, "", taken.stimuli),
    )
