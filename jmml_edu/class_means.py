"""What is left of EEG once it is paired by class: one mean per class, and what speech says of it.

Codes or values of rows and their labels go in; out come the part that class means explain, the best
guess of EEG they allow, and what a guess knows beyond the class.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from jmml_edu._checks import as_told_by, check_matrix, check_same_rows, fail
from jmml_edu.columns import column_correlations, column_means
from jmml_edu.data import UNLABELLED

Matrix = Float[np.ndarray, "row _"]


def class_numbers(labels: np.ndarray) -> Int[np.ndarray, " row"]:
    """Return the number of each row's class, in the order of sorted names.

    Raises
    ------
    InputError
        If a row is unlabelled, or all are of one class.

    Examples
    --------
    >>> class_numbers(np.array(["sad", "calm", "sad"]))
    array([1, 0, 1])
    """
    hidden = int((labels == UNLABELLED).sum())
    names, number = np.unique(labels.astype(str), return_inverse=True)
    if hidden or len(names) < 2:
        fail(
            "class_numbers", "labels", "name the class of every row, two classes or more",
            f"{len(names) - bool(hidden)} classes and {hidden} rows without",
            "Take labelled rows of several classes.",
        )  # fmt: skip
    return number


def covariance_by_class(
    eeg_codes: Float[np.ndarray, "row eeg_code"],
    speech_codes: Float[np.ndarray, "row speech_code"],
    labels: np.ndarray,
) -> tuple[Float[np.ndarray, "eeg_code speech_code"], Float[np.ndarray, "eeg_code speech_code"]]:
    r"""Return the cross-covariance that class means explain, and the rest.

    The law of total covariance, with the rows as the population:

    .. math:: \operatorname{Cov}(f, g) = \operatorname{Cov}\big(E[f \mid y], E[g \mid y]\big)
        + E\big[\operatorname{Cov}(f, g \mid y)\big]

    Of pairs joined by class the second term is 0 up to chance, for any codes. The first never has a
    rank above the number of classes less one, because the deviations of class means add up to 0.

    Parameters
    ----------
    eeg_codes, speech_codes
        Any codes of paired rows.
    labels
        The class of each row, none hidden.

    Returns
    -------
    between, within
        Both terms, divided by the number of rows; they add up to the whole.

    Raises
    ------
    InputError
        If rows do not belong together, hold NaN, or one is unlabelled.

    Examples
    --------
    Class means rise together, within each class one code falls as the other rises:

    >>> eeg = np.array([[1.0], [-1.0], [5.0], [3.0]])
    >>> speech = np.array([[-1.0], [1.0], [3.0], [5.0]])
    >>> between, within = covariance_by_class(eeg, speech, np.array(["a", "a", "b", "b"]))
    >>> between.item(), within.item()
    (4.0, -1.0)
    """
    with as_told_by("covariance_by_class"):
        check_matrix("", eeg_codes=eeg_codes, speech_codes=speech_codes)
        check_same_rows("", eeg_codes=eeg_codes, speech_codes=speech_codes, labels=labels)
        number = class_numbers(labels)
    eeg_means, speech_means = (_class_means(codes, number) for codes in (eeg_codes, speech_codes))
    eeg_apart = eeg_means - column_means(eeg_codes)
    speech_apart = speech_means - column_means(speech_codes)
    within = (eeg_codes - eeg_means[number]).T @ (speech_codes - speech_means[number])
    between = (eeg_apart * np.bincount(number)[:, None]).T @ speech_apart
    return between / len(number), within / len(number)


def posterior_class_means(
    probabilities: Float[np.ndarray, "row class"],
    class_means: Float[np.ndarray, "class eeg_feature"],
) -> Float[np.ndarray, "row eeg_feature"]:
    r"""Return the best guess of EEG from speech that pairs joined by class can teach.

    EEG and speech are independent given the class, so under squared error

    .. math:: \hat x_E(x_S) = E[x_E \mid x_S] = \sum_c P(c \mid x_S)\, E[x_E \mid c]

    and no decoder, however deep, does better in expectation.

    Parameters
    ----------
    probabilities
        Of each class given speech, each row adding up to 1.
    class_means
        Mean EEG of each class, classes in the same order.

    Returns
    -------
    told
        In the units of EEG.

    Raises
    ------
    InputError
        If rows are no probabilities, or classes do not match.

    Examples
    --------
    Speech that leaves two classes open hears the middle of their EEG:

    >>> posterior_class_means(np.array([[0.5, 0.5]]), np.array([[0.0], [2.0]]))
    array([[1.]])
    """
    check_matrix("posterior_class_means", probabilities=probabilities, class_means=class_means)
    sums = probabilities.sum(axis=1)
    if probabilities.min() < 0 or np.abs(sums - 1).max() > 1e-6:
        worst = sums[np.abs(sums - 1).argmax()]
        fail(
            "posterior_class_means", "probabilities", "be at least 0 and add up to 1 in each row",
            f"a least of {probabilities.min():g} and a sum of {worst:g}",
            "Pass what predict_proba returns.",
        )  # fmt: skip
    if probabilities.shape[1] != len(class_means):
        fail(
            "posterior_class_means", "class_means", "have one row for each class",
            f"{len(class_means)} for {probabilities.shape[1]}", "Order both by the same classes.",
        )  # fmt: skip
    return probabilities @ class_means


def within_class_skill(
    told: Float[np.ndarray, "row feature"],
    true_eeg: Float[np.ndarray, "row feature"],
    labels: np.ndarray,
) -> float:
    r"""Return how much of EEG within a class a guess explains: :math:`R^2` beyond the class.

    Class means are taken out of both, :math:`u` told and :math:`v` true, and one factor is left
    free, so that direction counts and not size; the sign is that of the factor:

    .. math:: R^2 = \pm \frac{\left(\sum_i u_i^\top v_i\right)^2}
        {\sum_i \lVert u_i \rVert^2 \; \sum_i \lVert v_i \rVert^2}

    Parameters
    ----------
    told, true_eeg
        The guess and the EEG of the same held-out rows, in the same units; columns of large
        variance weigh more.
    labels
        The class of each row, none hidden.

    Returns
    -------
    skill
        In [-1, 1]. On pairs joined by class 0 up to chance, whatever the guess: within a class
        their EEG was drawn at random. On trial pairs, what the guess knows of the sample.

    Raises
    ------
    InputError
        If rows do not belong together, one is unlabelled, or EEG does not vary within a class.

    Notes
    -----
    Skill on trial pairs does not yet show that trial pairs were learned from. Speech halfway to
    another class is told EEG halfway to that class, by :func:`posterior_class_means` too; where
    both views vary within a class along the line from class to class, that is right. Compare with
    these, not with 0.

    Examples
    --------
    >>> eeg, labels = np.array([[1.0], [3.0], [7.0], [9.0]]), np.array(["a", "a", "b", "b"])
    >>> within_class_skill(eeg, eeg, labels)
    1.0
    >>> within_class_skill(np.array([[2.0], [2.0], [8.0], [8.0]]), eeg, labels)
    0.0
    """
    with as_told_by("within_class_skill"):
        check_matrix("", told=told, true_eeg=true_eeg)
        check_same_rows("", told=told, true_eeg=true_eeg, labels=labels)
        if told.shape != true_eeg.shape:
            fail(
                "", "told", f"have the {true_eeg.shape[1]} columns of true_eeg", told.shape[1],
                "Pass guesses of the same EEG.",
            )  # fmt: skip
        number = class_numbers(labels)
        guess, truth = (view - _class_means(view, number)[number] for view in (told, true_eeg))
        if not truth.any():
            fail("", "true_eeg", "vary within a class", "nothing", "Pass EEG, not class means.")
    shared = column_correlations(guess.reshape(-1, 1), truth.reshape(-1, 1)).item()
    return shared * abs(shared)


def _class_means(values: Matrix, number: Int[np.ndarray, " row"]) -> Float[np.ndarray, "class _"]:
    """Return the mean of each class, exact where a column is constant in it."""
    return np.stack([column_means(values[number == one]) for one in range(number.max() + 1)])
