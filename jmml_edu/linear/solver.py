"""From moments to directions: whiten each view, decompose what is left between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import eigh

from jmml_edu._checks import as_told_by, fail
from jmml_edu.linear.codes import Codes
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.whitening import whiten_views
from jmml_edu.views import View, rounding_of

# A column's own part of its variance: below the first the data are read a second time, with the
# second standing in for it; below the third it counts as a combination of other columns.
_ILL_CONDITIONED, _FLOOR, _DEAD = 1e-4, 1e-12, 1e-20


@dataclass(frozen=True, eq=False)
class Solution:
    r"""Paired directions, strongest first.

    Directions are feature x component, for centred data in their own units. ``values`` are
    :math:`a^\top \Sigma_{es} b`: correlations without a ridge, covariances of standardised columns
    with an infinite one; ``correlations`` are those of the codes on the data, in [-1, 1].
    ``eeg_columns`` and ``speech_columns`` have a say: neither constant nor combinations of others.
    """

    eeg_directions: Float[np.ndarray, "eeg_feature component"]
    speech_directions: Float[np.ndarray, "speech_feature component"]
    values: Float[np.ndarray, " component"]
    correlations: Float[np.ndarray, " component"]
    eeg_columns: Int[np.ndarray, " eeg_kept"]
    speech_columns: Int[np.ndarray, " speech_kept"]


@as_told_by("solve")
def solve(
    moments: Moments,
    *,
    n_components: int,
    ridge: float | tuple[float, float] = 0.0,
    views: tuple[View, View] | None = None,
    by_view: bool = False,
) -> Solution:
    r"""Return the canonical directions of two views from their moments alone.

    .. math::

        \max_{a, b}\; a^\top \Sigma_{es} b \quad\text{with}\quad a^\top C_e a = b^\top C_s b = 1, \\
        W_e^\top \Sigma_{es} W_s = U \,\mathrm{diag}(\rho)\, V^\top, \quad A = W_e U, \; B = W_s V

    with the :math:`C` and :math:`W` of :class:`Whitening`: CCA [1]_ without a ridge, PLS [3]_ with
    an infinite one, canonical ridge [2]_ in between. The largest weight of each EEG direction, in
    standardised units, is positive. Raises InputError if a ridge is negative, or more components
    are asked for than the views have directions.

    Parameters
    ----------
    moments, n_components
        Of the paired rows (blocks of the scatter may be of other data), and how many pairs of
        directions, at least 1, at most the rank of either view.
    ridge
        Of both views, or of EEG and of speech: a fraction of each column's variance, 0 to infinity.
    views
        The data, to be read again where columns nearly depend on each other and covariances have
        lost half the digits [4]_. A column then has a say if 1e-9 of it, and more than the rounding
        of its numbers, is its own; from moments alone 1e-7.
    by_view
        Scale each view as a whole, not each column; the ridge is a fraction of total variance.

    References
    ----------
    .. [1] H. Hotelling, "Relations between two sets of variates", Biometrika 28, 1936.
    .. [2] H. D. Vinod, "Canonical ridge and econometrics of joint production", 1976.
    .. [3] J. A. Wegelin, "A survey of partial least squares (PLS) methods", 2000.
    .. [4] Fukaya et al., "Shifted Cholesky QR", SIAM Journal on Scientific Computing 42, 2020.

    Examples
    --------
    >>> eeg = np.array([[0.0], [1.0], [2.0]])
    >>> solve(Moments.of(eeg, -eeg), n_components=1).values.round(6)
    array([1.])
    """
    ridge = ridge_of_each(ridge)
    eeg, speech = whiten_views(moments, ridge=ridge, by_view=by_view)
    ill = min(eeg.smallest, speech.smallest) < _ILL_CONDITIONED
    if ill and views is not None and 0.0 in ridge:
        solution = _solve_again(views, moments, n_components=n_components, ridge=ridge)
        return with_fixed_signs(solution, moments.scale[moments.eeg])
    check_components("", n_components, eeg.rank, speech.rank, moments.count - 1)
    cross = moments.covariance[moments.eeg, moments.speech]
    left, values, right = leading_svd(speech.whiten(eeg.whiten(cross).T).T, n_components)
    directions = eeg.directions(left), speech.directions(right)
    correlations = code_correlations(moments, *directions)
    solution = Solution(*directions, values, correlations, eeg.columns, speech.columns)
    return with_fixed_signs(solution, moments.scale[moments.eeg])


def _solve_again(
    views: tuple[View, View], moments: Moments, *, n_components: int, ridge: tuple[float, float]
) -> Solution:
    """Return the directions from the data, made almost white, or standardised if with a ridge."""
    floor = np.inf if ridge[0] else _FLOOR, np.inf if ridge[1] else _FLOOR
    first = whiten_views(moments, ridge=floor)
    means = moments.mean[moments.eeg], moments.mean[moments.speech]
    codes, least = [], []
    for view, mean, white, added in zip(views, means, first, floor, strict=True):
        codes.append(Codes(view, mean, white.directions(np.eye(white.rank))))
        # What the numbers were rounded to gives combinations of other columns a variance as well.
        far = mean[white.columns] / white.scale[white.columns]
        own = np.maximum((16 * rounding_of(view)) ** 2 * (1 + far**2), _DEAD)
        least.append(own / (own + added))
    again = Moments.of(codes[0], codes[1])
    alive = again.covariance.diagonal() > np.concatenate(least)
    again = replace(again, scatter=again.scatter * np.outer(alive, alive))
    found = solve(again, n_components=n_components, ridge=ridge)
    back = codes[0].directions @ found.eeg_directions, codes[1].directions @ found.speech_directions
    columns = first[0].columns[found.eeg_columns], first[1].columns[found.speech_columns]
    return Solution(*back, found.values, found.correlations, *columns)


def with_fixed_signs(solution: Solution, scale: Float[np.ndarray, " eeg_feature"]) -> Solution:
    """Return the solution with the largest scaled weight of each EEG direction positive."""
    weights = solution.eeg_directions * scale[:, None]
    largest = weights[np.abs(weights).argmax(axis=0), np.arange(weights.shape[1])]
    signs = np.where(largest < 0, -1.0, 1.0)
    eeg, speech = solution.eeg_directions * signs, solution.speech_directions * signs
    return replace(solution, eeg_directions=eeg, speech_directions=speech)


def leading_svd(
    matrix: Float[np.ndarray, "left right"], n_components: int
) -> tuple[Float[np.ndarray, "left k"], Float[np.ndarray, " k"], Float[np.ndarray, "right k"]]:
    """Return the leading singular vectors and values of a matrix, largest first.

    A few of many come from the eigenvectors of the smaller Gram matrix, which is faster. That
    squares the condition, so where a value falls below 1 % of the first, all are computed.
    """
    size = len(matrix)
    if size > matrix.shape[1]:
        return leading_svd(matrix.T, n_components)[::-1]
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
    moments: Moments, a: Float[np.ndarray, "eeg k"], b: Float[np.ndarray, "speech k"]
) -> Float[np.ndarray, " k"]:
    """Return the correlation of each pair of codes on the data of the moments, 0 for a constant."""
    eeg, speech, covariance = moments.eeg, moments.speech, moments.covariance
    shared = ((covariance[speech, eeg] @ a) * b).sum(axis=0)
    variances = ((covariance[eeg, eeg] @ a) * a).sum(axis=0)
    variances *= ((covariance[speech, speech] @ b) * b).sum(axis=0)
    found: np.ndarray = shared / np.sqrt(np.where(variances > 0, variances, np.inf))
    return found.clip(-1.0, 1.0)


def ridge_of_each(ridge: float | tuple[float, float] | str) -> tuple[float, float]:
    """Return the ridge of EEG and of speech from one number or two, each 0 to infinity."""
    if isinstance(ridge, str) or np.size(ridge) not in (1, 2):
        rule = 'be a number, one for EEG and one for speech, or in CCA.fit "cv"'
        fail("", "ridge", rule, repr(ridge), "Choose 0.1 to begin with.")
    eeg, speech = np.broadcast_to(np.asarray(ridge, dtype=float), 2).tolist()
    if not (least := np.min([eeg, speech])) >= 0:  # nor is NaN
        fail("", "ridge", "be at least 0", least, "Choose 0 or more.")
    return eeg, speech


def check_components(function: str, n_components: int, *most: int) -> None:
    """Raise unless the components are at least 1 and no more than any of the limits."""
    if min(most) < 1:
        remedy = "Look where the constant view comes from."
        fail(function, "views", "both vary over two pairs or more", "one that does not", remedy)
    if not isinstance(n_components, Integral) or not 1 <= n_components <= min(most):
        limits = f"between 1 and {min(most)}, the smallest of the views' ranks and pairs - 1"
        remedy = "Ask for fewer components or bring more pairs."
        fail(function, "n_components", f"be a whole number {limits}", n_components, remedy)
