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
from jmml_edu.views import View, check_columns, check_pairs, columns_of, n_columns


class RidgedViews(TwoViews):
    """Two views whose estimator has a ridge, as given or the best on held-out folds."""

    def _moments(self, eeg: View, speech: View, groups: ArrayLike | None, **how: bool) -> Moments:
        """Return the moments of all pairs; set ``ridge_``."""
        self.__dict__.pop("ridge_scores_", None)
        if str(self.ridge) != "cv":
            self.ridge_ = ridge_of_each(self.ridge)
            return Moments.of(eeg, speech)
        parts, how_many = moments_by_fold(eeg, speech, self.folds, groups), self.n_components
        best, self.ridge_scores_ = choose_ridge(parts, self.ridges, n_components=how_many, **how)
        self.ridge_ = best, best
        return Moments.total(parts)


class CCA(RidgedViews):
    r"""Canonical correlation analysis of two paired views, plain or with a ridge.

    Finds directions :math:`a` and :math:`b` whose codes agree as well as linear maps allow [1]_,
    then the next pair uncorrelated with the first, and so on:

    .. math:: \max_{a, b}\; a^\top \Sigma_{es}\, b \quad\text{with}\quad
        a^\top C_e\, a = b^\top C_s\, b = 1, \qquad
        C_v = (1 - \tau)\, \Sigma_{vv} + \tau I, \quad \tau = \frac{r}{1 + r}

    Columns are scaled to unit variance first, so that units do not matter. The ridge :math:`r` [2]_
    leads from CCA (0) to PLS (infinity), to directions that also carry much of each view; without
    it training codes have unit variance, with it correlations need not fall. The largest weight of
    each EEG direction is positive. Columns of which less than 1e-9 is their own, from moments alone
    (``partial_fit``, ``fit_moments``, ``"cv"``) less than 1e-7, have no say.

    Parameters
    ----------
    n_components
        How many pairs of directions, at least 1.
    ridge
        From 0 to infinity, one number or one for each view, or ``"cv"``: the best of ``ridges``.
    ridges, folds
        Candidates and number of folds of ``"cv"``; neighbouring rows, or ``groups``, stay together.

    Attributes
    ----------
    eeg_directions_, speech_directions_, eeg_mean_, speech_mean_
        Feature x component, for centred data in their own units; means of the training data.
    correlations_
        Of the training codes, in [-1, 1]; near 1 for any data where pairs are few for the columns.
    ridge_, ridge_scores_, moments_
        Of EEG and of speech; ridge x fold, held-out sums of correlations; what was learned from.

    References
    ----------
    .. [1] H. Hotelling, "Relations between two sets of variates", Biometrika 28, 1936.
    .. [2] H. D. Vinod, "Canonical ridge and econometrics of joint production", J. Econom. 4, 1976.

    Examples
    --------
    One view is the other, rotated; both correlations are 1:

    >>> eeg = np.random.default_rng(0).normal(size=(50, 2))
    >>> CCA(n_components=2).fit(eeg, eeg @ [[0.0, 1.0], [-1.0, 0.0]]).correlations_.round(6)
    array([1., 1.])
    """

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

        Views are row x feature: arrays, memory maps, pandas frames or torch tensors. ``groups`` say
        who each row comes from; ``ridge="cv"`` then holds out whole groups. Warns of columns that
        are constant or depend on others, and of few pairs for the columns.

        Raises
        ------
        InputError
            If the views are not paired, hold NaN, or have fewer directions than components.
        """
        with as_told_by(self._named("fit")):
            eeg, speech = check_pairs("", eeg, speech, groups)
            moments = self._moments(eeg, speech, groups)
            solution = self._solve(moments, (eeg, speech))
        self._columns = {"eeg": columns_of(eeg), "speech": columns_of(speech)}
        warn_of_weak_data(self._named("fit"), moments, solution)
        return self

    def fit_moments(self, moments: Moments) -> CCA:
        """Learn from moments alone, without warnings, and return self: a matter of milliseconds."""
        with as_told_by(self._named("fit_moments")):
            self.ridge_ = ridge_of_each(self.ridge)
            self._solve(moments)
        self._columns = {"eeg": moments.n_eeg, "speech": len(moments.mean) - moments.n_eeg}
        return self

    def partial_fit(self, eeg: View, speech: View) -> CCA:
        """Learn from more pairs, as if all so far had come at once, and return self.

        Directions are there as soon as the pairs have as many as components; no warnings.
        """
        with as_told_by(self._named("partial_fit")):
            self.ridge_, moments = ridge_of_each(self.ridge), Moments.of(eeg, speech)
            if hasattr(self, "moments_"):
                check_columns("", "eeg", eeg, self._columns["eeg"])
                check_columns("", "speech", speech, self._columns["speech"])
                moments = self.moments_ + moments
            else:
                self._columns = {"eeg": columns_of(eeg), "speech": columns_of(speech)}
            ranks = [one.rank for one in whiten_views(moments, ridge=self.ridge_)]
            needed = min(self.n_components, n_columns(eeg), n_columns(speech))
            if needed <= min(moments.count - 1, *ranks):
                self._solve(moments)
        self.moments_ = moments
        return self

    def _solve(self, moments: Moments, views: tuple[View, View] | None = None) -> Solution:
        """Set what is learned from moments, and from the data where these do not suffice."""
        found = solve(moments, n_components=self.n_components, ridge=self.ridge_, views=views)
        self.moments_, self.correlations_ = moments, found.correlations
        self.eeg_mean_, self.speech_mean_ = moments.mean[moments.eeg], moments.mean[moments.speech]
        self.eeg_directions_ = found.eeg_directions
        self.speech_directions_ = found.speech_directions
        return found

    def _encoding(self, name: str, view: View) -> Codes:
        """Return the codes of one view, not yet computed."""
        mean, directions = getattr(self, f"{name}_mean_"), getattr(self, f"{name}_directions_")
        return Codes(view, mean, directions, name)

    def _loadings(self, source: str, target: str) -> Float[np.ndarray, "component feature"]:
        """Return the least-squares map from codes of one view to the centred target view."""
        known, unknown = getattr(self.moments_, source), getattr(self.moments_, target)
        directions, covariance = getattr(self, f"{source}_directions_"), self.moments_.covariance
        shared: np.ndarray = directions.T @ covariance[known, unknown]
        if self.ridge_[source == "speech"]:  # without a ridge codes are white by construction
            within = directions.T @ covariance[known, known] @ directions
            shared = np.linalg.pinv(within, hermitian=True) @ shared
        return shared


class PLS(CCA):
    r"""Partial least squares of two paired views: the directions of largest covariance.

    The end of the ridge path, ``CCA(ridge=inf)``: unit-length directions in standardised columns,
    the singular vectors of the cross-correlation matrix (J. A. Wegelin, "A survey of partial least
    squares methods", University of Washington, 2000),

    .. math:: D_e^{-1} \Sigma_{es} D_s^{-1} = U \,\mathrm{diag}(s)\, V^\top, \qquad
        A = D_e^{-1} U, \quad B = D_s^{-1} V

    The same as ``PLSSVD`` of scikit-learn; ``PLSCanonical`` and ``PLSRegression`` deflate and agree
    on the first component only. All else is as for :class:`CCA`.

    Examples
    --------
    Only the first EEG column agrees with speech; it gets all the weight:

    >>> eeg = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    >>> PLS(n_components=1).fit(eeg, eeg[:, :1]).transform(eeg).ravel().round(2)
    array([ 0.87, -0.87,  0.87, -0.87])
    """

    ridge = np.inf

    def __init__(self, n_components: int = 2) -> None:
        self.n_components = n_components
