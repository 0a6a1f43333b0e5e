"""CCA and PLS in scikit-learn's manner: paired views in, correlated codes and predictions out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from jmml_edu._checks import as_told_by
from jmml_edu.linear.advice import warn_of_weak_data
from jmml_edu.linear.codes import Codes
from jmml_edu.linear.moments import Moments, moments_by_fold
from jmml_edu.linear.ridge import RIDGES, choose_ridge
from jmml_edu.linear.solver import Solution, ridge_of_each, solve
from jmml_edu.linear.two_views import TwoViews
from jmml_edu.linear.whitening import whiten_views
from jmml_edu.views import View, check_columns, check_pairs, columns_of


class CCA(TwoViews):
    r"""Canonical correlation analysis of two paired views, plain or with a ridge.

    Finds directions :math:`a` and :math:`b` whose codes agree as well as linear maps allow, then
    the next pair uncorrelated with the first, and so on:

    .. math::

        \max_{a, b}\; a^\top \Sigma_{es}\, b \quad\text{with}\quad
        a^\top C_e\, a = b^\top C_s\, b = 1, \qquad
        C_v = (1 - \tau)\, \Sigma_{vv} + \tau I, \quad \tau = \frac{r}{1 + r}

    Columns are scaled to unit variance first, so that units do not matter. The ridge :math:`r` is
    the bridge from CCA (0) to PLS (infinity): from directions that agree best to directions that
    also carry much of each view's variance.

    Parameters
    ----------
    n_components
        How many pairs of directions, at least 1.
    ridge
        Fraction of a column's variance added to it: a number of at least 0 or infinity, one
        number for EEG and one for speech, or ``"cv"`` to choose among ``ridges``.
    ridges
        Candidates of ``ridge="cv"``.
    folds
        Number of folds of ``ridge="cv"``; neighbouring rows, or whole ``groups``, stay together.

    Attributes
    ----------
    eeg_directions_, speech_directions_
        Feature x component, for centred data in their own units.
    eeg_mean_, speech_mean_
        Column means of the training data.
    correlations_
        Correlation of each pair of codes on the training data, in [-1, 1]. With few pairs for
        many columns it is near 1 for any data: see :meth:`correlations`.
    ridge_
        The ridge of EEG and of speech.
    ridge_scores_
        Ridge x fold, held-out sums of correlations; only after ``ridge="cv"``.
    moments_
        What was learned from: count, means and scatter.

    Notes
    -----
    Without a ridge training codes have unit variance. Components are ordered by
    :math:`a^\top \Sigma_{es} b`; with a ridge their correlations need not fall. The largest weight
    of each EEG direction, in standardised units, is positive. Where columns nearly depend on each
    other, ``fit`` reads the data twice and is as accurate as a QR decomposition, down to columns
    of which 1e-9 is their own. From moments alone (``partial_fit``, ``fit_moments``, the scores of
    ``"cv"``) columns of which less than 1e-7 is their own have no say.

    References
    ----------
    .. [1] H. Hotelling, "Relations between two sets of variates", Biometrika 28, 1936.
    .. [2] H. D. Vinod, "Canonical ridge and econometrics of joint production", Journal of
       Econometrics 4, 1976.

    Examples
    --------
    One view is the other, rotated; both correlations are 1:

    >>> eeg = np.random.default_rng(0).normal(size=(50, 2))
    >>> speech = eeg @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> CCA(n_components=2).fit(eeg, speech).correlations_.round(6)
    array([1., 1.])
    """

    ridge: float | tuple[float, float] | str
    moments_: Moments

    def __init__(
        self,
        n_components: int = 2,
        *,
        ridge: float | tuple[float, float] | str = 0.0,
        ridges: Sequence[float] = RIDGES,
        folds: int = 5,
    ) -> None:
        self.n_components = n_components
        self.ridge = ridge
        self.ridges = ridges
        self.folds = folds

    def fit(self, eeg: View, speech: View, *, groups: ArrayLike | None = None) -> CCA:
        """Learn the directions from paired rows and return self.

        Parameters
        ----------
        eeg, speech
            Row x feature; arrays, memory maps, pandas frames or torch tensors.
        groups
            Who or what each row comes from; ``ridge="cv"`` then holds out whole groups.

        Raises
        ------
        InputError
            If the views are not paired, hold NaN, or have fewer directions than components.

        Warns
        -----
        InputWarning
            If columns are constant or depend on others, or pairs are few for the columns.
        """
        with as_told_by(self._named("fit")):
            eeg, speech = check_pairs("", eeg, speech, groups)
            if isinstance(self.ridge, str) and self.ridge == "cv":
                moments = self._choose_ridge(eeg, speech, groups)
            else:
                moments, self.ridge_ = Moments.of(eeg, speech), ridge_of_each(self.ridge)
                self.__dict__.pop("ridge_scores_", None)
            solution = self._solve(moments, (eeg, speech))
        self._columns = {"eeg": columns_of(eeg), "speech": columns_of(speech)}
        warn_of_weak_data(self._named("fit"), moments, solution)
        return self

    def fit_moments(self, moments: Moments) -> CCA:
        """Learn from moments alone, without warnings, and return self: a matter of milliseconds."""
        with as_told_by(self._named("fit_moments")):
            self.ridge_ = ridge_of_each(self.ridge)
            self._solve(moments, None)
        self._columns = {"eeg": moments.n_eeg, "speech": len(moments.mean) - moments.n_eeg}
        return self

    def partial_fit(self, eeg: View, speech: View) -> CCA:
        """Learn from more pairs, as if all so far had come at once, and return self.

        Directions are there as soon as the pairs have as many as components; no warnings are
        given while data may still come.
        """
        with as_told_by(self._named("partial_fit")):
            self.ridge_ = ridge_of_each(self.ridge)
            moments = Moments.of(eeg, speech)
            if hasattr(self, "moments_"):
                for name, view in (("eeg", eeg), ("speech", speech)):
                    check_columns("", name, view, self._columns[name])
                moments = self.moments_ + moments
            else:
                self._columns = {"eeg": columns_of(eeg), "speech": columns_of(speech)}
            ranks = [one.rank for one in whiten_views(moments, ridge=self.ridge_)]
            most = min(moments.n_eeg, len(moments.mean) - moments.n_eeg)
            if min(self.n_components, most) <= min(moments.count - 1, *ranks):
                self._solve(moments, None)
        self.moments_ = moments
        return self

    def _loadings(self, source: str, target: str) -> Float[np.ndarray, "component feature"]:
        """Return the least-squares map from codes of one view to the centred target view."""
        known, unknown = getattr(self.moments_, source), getattr(self.moments_, target)
        directions, covariance = getattr(self, f"{source}_directions_"), self.moments_.covariance
        shared: np.ndarray = directions.T @ covariance[known, unknown]
        if self.ridge_[source == "speech"]:  # without a ridge codes are white by construction
            within = directions.T @ covariance[known, known] @ directions
            shared = np.linalg.pinv(within, hermitian=True) @ shared
        return shared

    def _encoding(self, name: str, view: View) -> Codes:
        """Return the codes of one view, not yet computed."""
        mean, directions = getattr(self, f"{name}_mean_"), getattr(self, f"{name}_directions_")
        return Codes(view, mean, directions, name)

    def _choose_ridge(self, eeg: View, speech: View, groups: ArrayLike | None) -> Moments:
        """Set the ridge with the best mean held-out score; return the moments of all pairs."""
        parts = moments_by_fold(eeg, speech, self.folds, groups)
        best, self.ridge_scores_ = choose_ridge(parts, self.ridges, n_components=self.n_components)
        self.ridge_ = best, best
        return Moments.total(parts)

    def _solve(self, moments: Moments, views: tuple[View, View] | None) -> Solution:
        """Set what is learned from moments, and from the data where these do not suffice."""
        solution = solve(moments, n_components=self.n_components, ridge=self.ridge_, views=views)
        eeg, speech = solution.eeg_directions, solution.speech_directions
        self.eeg_directions_, self.speech_directions_ = eeg, speech
        self.eeg_mean_, self.speech_mean_ = moments.mean[moments.eeg], moments.mean[moments.speech]
        self.correlations_ = solution.correlations
        self.moments_ = moments
        return solution


class PLS(CCA):
    r"""Partial least squares of two paired views: the directions of largest covariance.

    The end of the ridge path, ``CCA(ridge=inf)``: unit-length directions in standardised columns,
    the singular vectors of the cross-correlation matrix,

    .. math:: D_e^{-1} \Sigma_{es} D_s^{-1} = U \,\mathrm{diag}(s)\, V^\top, \qquad
        A = D_e^{-1} U, \quad B = D_s^{-1} V

    Unlike CCA it depends on how columns are scaled; here each has unit variance. The same as
    ``PLSSVD`` of scikit-learn; ``PLSCanonical`` and ``PLSRegression`` deflate and agree on the
    first component only.

    Parameters
    ----------
    n_components
        How many pairs of directions, at least 1.

    References
    ----------
    .. [1] J. A. Wegelin, "A survey of partial least squares (PLS) methods, with emphasis on the
       two-block case", University of Washington, 2000.

    Examples
    --------
    Only the first EEG column agrees with speech; it gets all the weight:

    >>> eeg = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    >>> PLS(n_components=1).fit(eeg, eeg[:, :1]).transform(eeg).ravel().round(2)
    array([ 0.87, -0.87,  0.87, -0.87])
    """

    ridge = np.inf
    ridges = ()
    folds = 0

    def __init__(self, n_components: int = 2) -> None:
        self.n_components = n_components
