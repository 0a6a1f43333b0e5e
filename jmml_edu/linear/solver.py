"""From moments to directions: whiten each view, decompose what is left between them.

One solver serves CCA, ridge CCA and PLS, and, given features of a kernel, kernel CCA too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import eigh

from jmml_edu._checks import as_told_by, fail
from jmml_edu.linear.codes import Codes
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.whitening import Whitening, whiten, whiten_views
from jmml_edu.views import View, rounding_of

# A column's own part of its variance: below the first the data are read a second time, with the
# second standing in for it; below the third it counts as a combination of other columns.
_ILL_CONDITIONED, _FLOOR, _DEAD = 1e-4, 1e-12, 1e-20


@dataclass(frozen=True, eq=False)
class Solution:
    r"""Paired directions, strongest first.

    Attributes
    ----------
    eeg_directions, speech_directions
        Feature x component, for centred data in their own units.
    values
        Singular values :math:`a^\top \Sigma_{es} b` in standardised units: correlations at
        shrinkage 0, covariances at shrinkage 1.
    correlations
        Of each pair of codes on the data themselves; without a ridge the values.
    eeg_columns, speech_columns
        The columns that have a say: neither constant nor a combination of others.
    """

    eeg_directions: Float[np.ndarray, "eeg_feature component"]
    speech_directions: Float[np.ndarray, "speech_feature component"]
    values: Float[np.ndarray, " component"]
    correlations: Float[np.ndarray, " component"]
    eeg_columns: Int[np.ndarray, " eeg_kept"]
    speech_columns: Int[np.ndarray, " speech_kept"]


def join(moments: Moments, eeg: Whitening, speech: Whitening, n_components: int) -> Solution:
    r"""Return the directions of two whitened views.

    .. math::

        W_e^\top \Sigma_{es} W_s = U \,\mathrm{diag}(\rho)\, V^\top, \qquad
        A = W_e U, \qquad B = W_s V
    """
    check_components("solve", n_components, eeg.rank, speech.rank, moments.count - 1)
    cross = moments.covariance[moments.eeg, moments.speech]
    white = speech.whiten(eeg.whiten(cross).T).T
    left, values, right = leading_svd(white, n_components)
    directions = eeg.directions(left), speech.directions(right)
    correlations = code_correlations(moments, *directions)
    return Solution(*directions, values, correlations, eeg.columns, speech.columns)


def solve(
    moments: Moments,
    *,
    n_components: int,
    ridge: float | tuple[float, float] = 0.0,
    views: tuple[View, View] | None = None,
    by_view: bool = False,
) -> Solution:
    r"""Return the canonical directions of two views from their moments alone.

    The directions maximise, one pair after the other, :math:`a^\top \Sigma_{es} b` under
    :math:`a^\top C_e\, a = b^\top C_s\, b = 1` with the shrunken :math:`C` of
    :class:`Whitening`; for ``ridge=0`` the values are the canonical correlations [1]_, for
    an infinite one the singular values of the standardised cross-covariance, PLS [3]_, and in
    between lies canonical ridge [2]_.

    Parameters
    ----------
    moments
        Of the paired rows. Their parts may come from different data: within-person scatter
        between the views, total scatter of one of them.
    n_components
        How many pairs of directions, at least 1, at most the rank of either view.
    ridge
        Of both views, or of EEG and of speech: a fraction of each column's variance, 0 to infinity.
    views
        The data behind the moments. Where columns nearly depend on each other, covariances have
        lost half the digits; the data are then read a second time, in whitened coordinates, which
        gives them back [4]_. Without the data a column of which less than about 1e-7 is its own
        has no say, with them one of less than 1e-9, or than the rounding of its numbers.
    by_view
        Scale each view as a whole rather than each column to unit variance: for features of a
        kernel, with the ridge a fraction of their total variance.

    Raises
    ------
    InputError
        If a ridge is negative, or more components are asked for than the views have directions.

    References
    ----------
    .. [1] H. Hotelling, "Relations between two sets of variates", Biometrika 28, 1936.
    .. [2] H. D. Vinod, "Canonical ridge and econometrics of joint production", Journal of
       Econometrics 4, 1976.
    .. [3] J. A. Wegelin, "A survey of partial least squares (PLS) methods, with emphasis on the
       two-block case", University of Washington, 2000.
    .. [4] T. Fukaya, R. Kannan, Y. Nakatsukasa, Y. Yamamoto, Y. Yanagisawa, "Shifted Cholesky QR
       for computing the QR factorization of ill-conditioned matrices", SIAM Journal on Scientific
       Computing 42, 2020.

    Notes
    -----
    The sign of a component is arbitrary in the mathematics; here the largest weight of each EEG
    direction, in standardised units, is positive.

    Examples
    --------
    >>> eeg = np.array([[0.0], [1.0], [2.0]])
    >>> solve(Moments.of(eeg, -eeg), n_components=1).values.round(6)
    array([1.])
    """
    with as_told_by("solve"):
        ridge = ridge_of_each(ridge)
    eeg, speech = whiten_views(moments, ridge=ridge, by_view=by_view)
    ill = min(eeg.smallest, speech.smallest) < _ILL_CONDITIONED
    if ill and views is not None and 0.0 in ridge:
        solution = _solve_again(views, moments, n_components=n_components, ridge=ridge)
    else:
        solution = join(moments, eeg, speech, n_components)
    return with_fixed_signs(solution, moments.scale[moments.eeg])


def with_fixed_signs(solution: Solution, scale: Float[np.ndarray, " eeg_feature"]) -> Solution:
    """Return the solution with the largest weight of each scaled EEG direction positive."""
    weights = solution.eeg_directions * scale[:, None]
    largest = np.abs(weights).argmax(axis=0)
    signs = np.where(weights[largest, np.arange(len(largest))] < 0, -1.0, 1.0)
    return replace(
        solution,
        eeg_directions=solution.eeg_directions * signs,
        speech_directions=solution.speech_directions * signs,
    )


def _solve_again(
    views: tuple[View, View],
    moments: Moments,
    *,
    n_components: int,
    ridge: tuple[float, float],
) -> Solution:
    """Return the directions from the data, read in coordinates in which they are almost white."""
    eeg, speech = whiten_views(moments, ridge=(max(ridge[0], _FLOOR), max(ridge[1], _FLOOR)))
    maps = [whitening.directions(np.eye(whitening.rank)) for whitening in (eeg, speech)]
    means = moments.mean[moments.eeg], moments.mean[moments.speech]
    codes = [Codes(*parts) for parts in zip(views, means, maps, strict=True)]
    again = Moments.of(codes[0], codes[1])
    within = again.covariance[again.eeg, again.eeg], again.covariance[again.speech, again.speech]
    # With a ridge the first whitening is the one.
    inner = [
        Whitening(np.arange(len(part)), np.eye(len(part)), np.ones(len(part)))
        if one_ridge
        else whiten(part, np.where(part.diagonal() > dead, part.diagonal(), 0) ** 0.5, ridge=0.0)
        for part, one_ridge, dead in zip(
            within, ridge, _least_alive(views, moments, (eeg, speech)), strict=True
        )
    ]
    found = join(again, inner[0], inner[1], n_components)
    return replace(
        found,
        eeg_directions=maps[0] @ found.eeg_directions,
        speech_directions=maps[1] @ found.speech_directions,
        eeg_columns=eeg.columns[found.eeg_columns],
        speech_columns=speech.columns[found.speech_columns],
    )


def _least_alive(
    views: tuple[View, View], moments: Moments, whitenings: tuple[Whitening, Whitening]
) -> list[Float[np.ndarray, " kept"]]:
    """Return the variance in whitened coordinates that a column of its own must exceed.

    What the numbers of a view were rounded to is a life that combinations of columns have too.
    """
    least = []
    for view, where, whitening in zip(
        views, (moments.eeg, moments.speech), whitenings, strict=True
    ):
        mean, scale = (part[where][whitening.columns] for part in (moments.mean, moments.scale))
        own = np.maximum((16 * rounding_of(view)) ** 2 * (1 + (mean / scale) ** 2), _DEAD)
        least.append(own / (own + _FLOOR))
    return least


def leading_svd(
    matrix: Float[np.ndarray, "left right"], n_components: int
) -> tuple[
    Float[np.ndarray, "left component"],
    Float[np.ndarray, " component"],
    Float[np.ndarray, "right component"],
]:
    """Return the leading singular vectors and values of a matrix, largest first.

    A few of many come from the eigenvectors of the smaller Gram matrix, which is faster. That
    squares the condition, so where a value falls below 1 % of the first, all are computed.
    """
    if matrix.shape[0] > matrix.shape[1]:
        right, values, left = leading_svd(matrix.T, n_components)
        return left, values, right
    size = len(matrix)
    if n_components <= size // 4:
        wanted = (size - n_components, size - 1)
        left = eigh(matrix @ matrix.T, subset_by_index=wanted, check_finite=False)[1][:, ::-1]
        right = matrix.T @ left
        values = np.sqrt((right**2).sum(axis=0))
        if values[-1] > 0.01 * values[0]:
            return left, values, right / values
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    return left[:, :n_components], values[:n_components], right[:n_components].T


def code_correlations(
    moments: Moments,
    eeg_directions: Float[np.ndarray, "eeg_feature component"],
    speech_directions: Float[np.ndarray, "speech_feature component"],
) -> Float[np.ndarray, " component"]:
    """Return the correlation of each pair of codes on the data the moments were taken from.

    A code that does not vary has correlation 0.
    """
    eeg, speech, covariance = moments.eeg, moments.speech, moments.covariance
    shared = ((covariance[speech, eeg] @ eeg_directions) * speech_directions).sum(axis=0)
    variances = ((covariance[eeg, eeg] @ eeg_directions) * eeg_directions).sum(axis=0) * (
        (covariance[speech, speech] @ speech_directions) * speech_directions
    ).sum(axis=0)
    found: np.ndarray = shared / np.sqrt(np.where(variances > 0, variances, np.inf))
    return found.clip(-1.0, 1.0)


def ridge_of_each(ridge: float | tuple[float, float] | str) -> tuple[float, float]:
    """Return the ridge of EEG and of speech from one number or two, each 0 to infinity."""
    if isinstance(ridge, str) or np.size(ridge) not in (1, 2):
        fail(
            "", "ridge", 'be a number, one for EEG and one for speech, or in CCA.fit "cv"',
            repr(ridge), "Choose 0.1 to begin with.",
        )  # fmt: skip
    eeg, speech = np.broadcast_to(np.asarray(ridge, dtype=float), 2).tolist()
    for value in (eeg, speech):
        if np.isnan(value) or value < 0:
            fail("", "ridge", "be at least 0", value, "Choose 0 or more.")
    return eeg, speech


def check_components(function: str, n_components: int, *most: int) -> None:
    """Raise unless the components are at least 1 and no more than any of the limits."""
    if min(most) < 1:
        fail(
            function, "views", "both vary over two pairs or more", "one that does not",
            "Look where the constant view comes from.",
        )  # fmt: skip
    if not isinstance(n_components, Integral) or not 1 <= n_components <= min(most):
        fail(
            function, "n_components",
            f"be a whole number between 1 and {min(most)}, the smallest of the views' ranks and"
            " pairs - 1", n_components, "Ask for fewer components or bring more pairs.",
        )  # fmt: skip
