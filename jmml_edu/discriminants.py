"""The directions of linear discriminants: all that pairs joined by class can teach about speech.

Speech features and labels go in, directions come out, and how far two sets of them are apart.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.linalg import subspace_angles

from jmml_edu._checks import as_told_by, check_matrix, check_same_rows, fail
from jmml_edu.class_means import class_numbers
from jmml_edu.columns import column_means
from jmml_edu.linear import Moments, solve
from jmml_edu.linear.whitening import whiten_views


def lda_directions(
    speech: Float[np.ndarray, "row feature"], labels: np.ndarray
) -> Float[np.ndarray, "feature direction"]:
    r"""Return the directions of linear discriminant analysis: one less than there are classes.

    They are the canonical directions of speech when the other view is the label itself, one column
    per class (one-hot) [1]_, the most that any EEG can teach a linear encoder of class pairs:

    .. math:: \max_b \; \frac{b^\top \Sigma_\text{between}\, b}{b^\top \Sigma_\text{total}\, b}

    Parameters
    ----------
    speech
        Features of labelled rows.
    labels
        The class of each row, none hidden.

    Returns
    -------
    directions
        For centred speech in its own units, best first; fewer where speech has fewer directions.

    Raises
    ------
    InputError
        If a row holds NaN or is unlabelled, there is one class only, or speech is constant.

    References
    ----------
    .. [1] M. S. Bartlett, "Further aspects of the theory of multiple regression", Proceedings of
       the Cambridge Philosophical Society 34, 1938. https://doi.org/10.1017/S0305004100019897

    Examples
    --------
    Only the first column tells the classes apart:

    >>> speech = np.array([[0.0, 1.0], [0.1, -1.0], [2.0, 1.0], [2.1, -1.0]])
    >>> weights = lda_directions(speech, np.array(["a", "a", "b", "b"])).ravel()
    >>> bool(abs(weights[0]) > 10 * abs(weights[1]))
    True
    """
    with as_told_by("lda_directions"):
        check_matrix("", speech=speech)
        check_same_rows("", speech=speech, labels=labels)
        number = class_numbers(labels)
        # One column per class, but one: the last is what the others leave.
        one_hot = (number[:, None] == np.arange(number.max())).astype(float)
        moments = Moments.of(one_hot, speech)
        most = min(white.rank for white in whiten_views(moments, ridge=(0.0, 0.0)))
        found = solve(moments, n_components=most, views=(one_hot, speech))
    return found.speech_directions


def angles_between_deg(
    speech: Float[np.ndarray, "row feature"],
    directions: Float[np.ndarray, "feature one"],
    others: Float[np.ndarray, "feature other"],
) -> Float[np.ndarray, " angle"]:
    """Return the principal angles between what two sets of directions hear, largest first.

    Angles are between codes of the same speech, not between weights, so that units do not matter.

    Parameters
    ----------
    speech
        Features of any rows, more than there are directions.
    directions, others
        Weights of each feature.

    Returns
    -------
    angles
        From 0 (both hear the same) to 90 degrees (uncorrelated), as many as the smaller set has
        directions; where that is smaller, all 0 means that it lies within the larger.

    Raises
    ------
    InputError
        If the weights are not of the features of speech.

    Examples
    --------
    >>> speech = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> angles_between_deg(speech, np.array([[1.0], [0.0]]), np.array([[1.0], [1.0]])).round(6)
    array([45.])
    """
    check_matrix("angles_between_deg", speech=speech, directions=directions, others=others)
    if not speech.shape[1] == len(directions) == len(others):
        fail(
            "angles_between_deg", "directions and others",
            f"have one row for each of the {speech.shape[1]} features of speech",
            (len(directions), len(others)), "Pass feature x direction.",
        )  # fmt: skip
    centred = speech - column_means(speech)
    return np.degrees(subspace_angles(centred @ directions, centred @ others))
