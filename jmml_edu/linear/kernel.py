"""Kernel CCA: linear CCA between features of rows, known only through comparing rows.

The features serve the same moments, whitening and solver as columns do.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise

from jmml_edu._checks import InputWarning, as_told_by, check_at_least, check_one_of, fail
from jmml_edu.linear.codes import Codes
from jmml_edu.linear.moments import Moments, moments_by_fold
from jmml_edu.linear.ridge import choose_ridge
from jmml_edu.linear.similarity import (
    Kernel,
    LandmarkFeatures,
    Similarities,
    Standard,
    median_distance,
)
from jmml_edu.linear.solver import ridge_of_each, solve
from jmml_edu.linear.two_views import TwoViews
from jmml_edu.views import View, check_pairs, columns_of, n_columns, n_rows_of

Pair = tuple[np.ndarray, np.ndarray]  # of EEG and of speech


class KernelCCA(TwoViews):
    r"""Kernel canonical correlation analysis of two paired views, exact or from landmarks.

    A kernel :math:`k(x, x') = \langle \varphi(x), \varphi(x') \rangle` compares two rows by
    features :math:`\varphi` that are never written down. CCA of these features needs the
    comparisons alone, and finds relations that no straight line shows [1]_:

    .. math::

        \max_{a, b}\; a^\top \Sigma_{es}\, b \quad\text{with}\quad
        a^\top C_e\, a = b^\top C_s\, b = 1, \qquad \Sigma = \mathrm{cov}(\varphi),
        \quad C_v = \frac{\Sigma_{vv} + r \,\mathrm{tr}(\Sigma_{vv})\, I}{1 + r}

    Columns are scaled to unit variance before they are compared, so that units do not matter.

    Parameters
    ----------
    n_components, ridge
        As for :class:`CCA` (kernel PLS at infinity), but the ridge is a fraction of the *total*
        variance of a view's features, added in every direction.
    ridges, folds
        Candidates and folds of ``ridge="cv"``, as for :class:`CCA`; landmarks and bandwidths are
        those of all rows.
    kernel
        ``"rbf"``, ``"polynomial"``, ``"linear"``, or a positive semidefinite function of two
        matrices of standardised rows that returns the similarity of each row with each.
    bandwidth
        Distance at which the ``"rbf"`` similarity is 0.61, in standardised units: a number above
        0, one for EEG and one for speech, or None for the median between landmarks [3]_.
    degree
        Of ``"polynomial"``, :math:`(1 + \langle x, x' \rangle / p)^d`, at least 1.
    landmarks, seed
        None compares all rows with all: exact, for some thousands of rows. A number compares them
        with so many, drawn by ``seed`` (the Nystroem method [2]_): for any number of rows.

    Attributes
    ----------
    correlations_, ridge_
        As for :class:`CCA`; with so many features training correlations are high for any data.
    landmarks_, eeg_bandwidth_, speech_bandwidth_
        Numbers of the rows that are landmarks; bandwidths of the ``"rbf"`` kernel.

    Notes
    -----
    The features are those of a Cholesky factor of the landmarks' similarities: with all rows as
    landmarks nothing is lost. A linear kernel with ridge :math:`r / p` gives a view of :math:`p`
    columns the codes of ``CCA(ridge=r)``, up to a factor. Without a ridge training codes have unit
    variance, and as many features as rows agree perfectly in any data. Elsewhere the ridge is
    often absolute, so that the kernel's scale changes its effect. The largest EEG code among the
    landmarks is positive.

    References
    ----------
    .. [1] D. R. Hardoon, S. Szedmak, J. Shawe-Taylor, "Canonical correlation analysis: an overview
       with application to learning methods", Neural Computation 16, 2004.
    .. [2] C. Williams, M. Seeger, "Using the Nystroem method to speed up kernel machines", 2000.
    .. [3] D. Garreau et al., "Large sample analysis of the median heuristic", arXiv 1707.07269.

    Examples
    --------
    Speech is the square of EEG: nothing for a straight line, all for a curve.

    >>> eeg = np.linspace(-1.0, 1.0, 21)[:, None]
    >>> abs(KernelCCA(1, kernel="linear").fit(eeg, eeg**2).correlations_).round(6)
    array([0.])
    >>> KernelCCA(1, kernel="polynomial", ridge=1e-6).fit(eeg, eeg**2).correlations_.round(3)
    array([1.])
    """

    def __init__(  # noqa: PLR0913 - one argument for each setting, as scikit-learn asks
        self,
        n_components: int = 2,
        *,
        kernel: str | Kernel = "rbf",
        ridge: float | tuple[float, float] | str = 0.001,
        ridges: Sequence[float] = (1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0),
        folds: int = 5,
        bandwidth: float | tuple[float, float] | None = None,
        degree: float = 2,
        landmarks: int | None = None,
        seed: int = 0,
    ) -> None:
        self.n_components = n_components
        self.kernel = kernel
        self.ridge = ridge
        self.ridges = ridges
        self.folds = folds
        self.bandwidth = bandwidth
        self.degree = degree
        self.landmarks = landmarks
        self.seed = seed

    def fit(self, eeg: View, speech: View, *, groups: ArrayLike | None = None) -> KernelCCA:
        """Learn from paired rows (arrays, pandas frames or torch tensors) and return self.

        Warns of constant columns, and of views that agree perfectly for want of a ridge.

        Raises
        ------
        InputError
            As :meth:`CCA.fit`, and if a view does not vary or a setting is out of range.
        """
        with as_told_by("KernelCCA.fit"):
            eeg, speech = check_pairs("", eeg, speech, groups)
            for learned in ("ridge_scores_", "eeg_bandwidth_", "speech_bandwidth_"):
                self.__dict__.pop(learned, None)
            self.landmarks_ = self._draw_landmarks(n_rows_of(eeg))
            self._columns = {"eeg": columns_of(eeg), "speech": columns_of(speech)}
            by_landmarks = self._features("eeg", eeg), self._features("speech", speech)
            known = self.landmarks_
            features = by_landmarks[0].at_hand(known), by_landmarks[1].at_hand(known)
            if isinstance(self.ridge, str) and self.ridge == "cv":
                moments = self._choose_ridge(*features, groups)
            else:
                moments, self.ridge_ = Moments.of(*features), ridge_of_each(self.ridge)
            solved = self._solve(moments, *by_landmarks)
            codes = [Codes(*parts).all() for parts in zip(features, *solved, strict=True)]
            self._learn_to_tell(np.hstack(codes), eeg=eeg, speech=speech)
        return self

    def _draw_landmarks(self, n_rows: int) -> Int[np.ndarray, " landmark"]:
        """Return the numbers of the rows that all others are compared with."""
        number = n_rows if self.landmarks is None else self.landmarks
        if not isinstance(number, Integral) or not 1 <= number <= n_rows:
            fail(
                "", "landmarks", f"lie between 1 and {n_rows}, the number of pairs",
                number, "Choose a whole number in between, or None for all rows.",
            )  # fmt: skip
        return np.sort(np.random.default_rng(self.seed).choice(n_rows, number, replace=False))

    def _features(self, name: str, view: View) -> LandmarkFeatures:
        """Return one view as the features that its landmarks give it."""
        standard = Standard.of(name, view)
        constant = np.setdiff1d(np.arange(n_columns(view)), standard.columns)
        if len(constant):
            _warn(f"{name} has constant columns, which have no say: {constant.tolist()}.")
        landmarks = standard.rows(view, self.landmarks_)
        kernel = self._kernel_of(name, landmarks)
        return LandmarkFeatures.of(Similarities(view, standard, landmarks, kernel))

    def _kernel_of(self, name: str, landmarks: Float[np.ndarray, "landmark column"]) -> Kernel:
        """Return the kernel of one view with its settings."""
        if callable(self.kernel):
            return self.kernel
        check_one_of("", ("linear", "polynomial", "rbf"), kernel=self.kernel)
        if self.kernel == "linear":
            return pairwise.linear_kernel
        if self.kernel == "polynomial":
            check_at_least("", 1, degree=self.degree)
            return partial(pairwise.polynomial_kernel, degree=self.degree)
        given = np.asarray(self.bandwidth)
        if given.size not in (1, 2):
            fail(
                "", "bandwidth", "be a number, one for EEG and one for speech, or None",
                self.bandwidth, "None takes the median distance.",
            )  # fmt: skip
        chosen = np.broadcast_to(given, 2).tolist()[name == "speech"]
        bandwidth = median_distance(landmarks) if chosen is None else float(chosen)
        if not 0 < bandwidth < np.inf:
            fail("", "bandwidth", "be above 0 and finite", bandwidth, "Choose 1 to begin with.")
        setattr(self, f"{name}_bandwidth_", bandwidth)
        return partial(pairwise.rbf_kernel, gamma=0.5 / bandwidth**2)

    def _choose_ridge(self, eeg: View, speech: View, groups: ArrayLike | None) -> Moments:
        """Set the ridge with the best mean held-out score; return the moments of all features."""
        parts = moments_by_fold(eeg, speech, self.folds, groups)
        best, self.ridge_scores_ = choose_ridge(
            parts, self.ridges, n_components=self.n_components, by_view=True
        )
        self.ridge_ = best, best
        return Moments.total(parts)

    def _solve(
        self, moments: Moments, eeg: LandmarkFeatures, speech: LandmarkFeatures
    ) -> tuple[Pair, Pair]:
        """Set what is learned; return the means and the directions of both views' features."""
        means = moments.mean[moments.eeg], moments.mean[moments.speech]
        found = solve(moments, n_components=self.n_components, ridge=self.ridge_, by_view=True)
        known = (eeg.of_landmarks() - means[0]) @ found.eeg_directions
        largest = known[np.abs(known).argmax(axis=0), np.arange(self.n_components)]
        signs = np.where(largest < 0, -1.0, 1.0)
        directions = found.eeg_directions * signs, found.speech_directions * signs
        self._learned = {
            "eeg": _without_rows(eeg.codes(means[0], directions[0])),
            "speech": _without_rows(speech.codes(means[1], directions[1])),
        }
        self.correlations_ = found.correlations
        # A view with a ridge brings the direction that it prefers, one without brings them all.
        kept = len(found.eeg_columns), len(found.speech_columns)
        free = sum(1 if ridge else rank for ridge, rank in zip(self.ridge_, kept, strict=True))
        if free >= moments.count:
            _warn(
                f"{free} free directions of {moments.count} pairs agree perfectly in any data."
                " Use a ridge such as 0.001."
            )
        return means, directions

    def _encoding(self, name: str, view: View) -> Codes:
        """Return the codes of one view, not yet computed."""
        learned = self._learned[name]
        return replace(learned, view=replace(learned.view, view=view), name=name)

    def _learn_to_tell(self, codes: Float[np.ndarray, "row codes"], **views: View) -> None:
        """Set the least-squares maps from the codes of each view to the columns of each."""
        code_of = dict(zip(views, np.split(np.arange(codes.shape[1]), 2), strict=True))
        self._maps: dict[tuple[str, str], Float[np.ndarray, "component feature"]] = {}
        for target, view in views.items():
            moments = Moments.of(codes, view)
            setattr(self, f"{target}_mean_", moments.mean[moments.speech])
            for source, code in code_of.items():
                within = np.linalg.pinv(moments.covariance[np.ix_(code, code)], hermitian=True)
                self._maps[source, target] = within @ moments.covariance[code, moments.speech]

    def _loadings(self, source: str, target: str) -> Float[np.ndarray, "component feature"]:
        """Return the least-squares map from codes of one view to the centred target view."""
        return self._maps[source, target]


def _without_rows(codes: Codes) -> Codes:
    """Return what codes are made by, but not the training rows themselves."""
    return replace(codes, view=replace(codes.view, view=None))


def _warn(sentence: str) -> None:
    """Warn the caller of fit."""
    warnings.warn(f"KernelCCA.fit: {sentence}", InputWarning, stacklevel=4)
