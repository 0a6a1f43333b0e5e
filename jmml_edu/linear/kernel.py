"""Kernel CCA: linear CCA, by the same solver, between features known through comparing rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from numbers import Integral

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise

from jmml_edu._checks import InputWarning, as_told_by, check_at_least, check_one_of, fail
from jmml_edu.linear.codes import Codes
from jmml_edu.linear.estimators import RidgedViews
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.similarity import (
    Kernel,
    LandmarkFeatures,
    Similarities,
    gaussian,
    median_distance,
)
from jmml_edu.linear.solver import solve
from jmml_edu.linear.two_views import Code
from jmml_edu.views import View, check_pairs, columns_of, n_columns, n_rows_of


class KernelCCA(RidgedViews):
    r"""Kernel canonical correlation analysis of two paired views, exact or from landmarks.

    A kernel :math:`k(x, x') = \langle \varphi(x), \varphi(x') \rangle` compares two rows by
    features :math:`\varphi` that are never written down. CCA of these features needs the
    comparisons alone, and finds relations that no straight line shows [1]_:

    .. math:: \max_{a, b}\; a^\top \Sigma_{es}\, b \quad\text{with}\quad
        a^\top C_e\, a = b^\top C_s\, b = 1, \qquad \Sigma = \mathrm{cov}(\varphi),
        \quad C_v = \frac{\Sigma_{vv} + r \,\mathrm{tr}(\Sigma_{vv})\, I}{1 + r}

    A linear kernel with ridge :math:`r / p` gives a view of :math:`p` columns the codes of
    ``CCA(ridge=r)``, up to a factor. The largest EEG code among the landmarks is positive.

    Parameters
    ----------
    n_components, ridge, ridges, folds
        As for :class:`CCA`, but the ridge is a fraction of the *total* variance of a view's
        features (elsewhere often absolute); folds share landmarks and bandwidths.
    kernel
        ``"rbf"``, ``"polynomial"``, ``"linear"``, or a positive semidefinite function of two
        matrices of rows in standard units that returns the similarity of each row with each.
    bandwidth
        Distance in standard units at which the ``"rbf"`` similarity is 0.61: a number above 0, one
        for EEG and one for speech, or None for the median between landmarks [3]_.
    degree
        Of ``"polynomial"``, :math:`(1 + \langle x, x' \rangle / p)^d`, at least 1.
    landmarks, seed
        None compares all rows with all: exact, for some thousands of rows. A number compares them
        with so many, drawn by ``seed`` (the Nystroem method [2]_): for any number of rows.

    Attributes
    ----------
    correlations_, ridge_, ridge_scores_
        As for :class:`CCA`; with so many features training correlations are high for any data.
    landmarks_, eeg_bandwidth_, speech_bandwidth_
        Numbers of the rows that are landmarks; bandwidths of the ``"rbf"`` kernel.

    References
    ----------
    .. [1] D. R. Hardoon et al., "Canonical correlation analysis", Neural Computation 16, 2004.
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
        """Learn from paired rows and return self; arguments and errors as of :meth:`CCA.fit`.

        Settings out of range raise too; warns of constant columns and of too little ridge.
        """
        with as_told_by("KernelCCA.fit"):
            eeg, speech = check_pairs("", eeg, speech, groups)
            views = {"eeg": eeg, "speech": speech}
            self._columns = {name: columns_of(view) for name, view in views.items()}
            self.landmarks_ = self._draw_landmarks(n_rows_of(eeg))
            seen = {"eeg": self._features("eeg", eeg), "speech": self._features("speech", speech)}
            features = {name: known.at_hand(self.landmarks_) for name, known in seen.items()}
            moments = self._moments(**features, groups=groups, by_view=True)
            codes = self._solve(moments, seen, features)
            self._maps = {}
            for source, target in product(codes, views):
                both = Moments.of(codes[source], views[target])
                within = np.linalg.pinv(both.covariance[both.eeg, both.eeg], hermitian=True)
                self._maps[source, target] = within @ both.covariance[both.eeg, both.speech]
                setattr(self, f"{target}_mean_", both.mean[both.speech])
        return self

    def _draw_landmarks(self, n_rows: int) -> Int[np.ndarray, " landmark"]:
        """Return the numbers of the rows that all others are seen with."""
        number = n_rows if self.landmarks is None else self.landmarks
        if not isinstance(number, Integral) or not 1 <= number <= n_rows:
            fail(
                "", "landmarks", f"lie between 1 and {n_rows}, the number of pairs",
                number, "Choose a whole number in between, or None for all rows.",
            )  # fmt: skip
        return np.sort(np.random.default_rng(self.seed).choice(n_rows, number, replace=False))

    def _features(self, name: str, view: View) -> LandmarkFeatures:
        """Return one view as the features that its landmarks give it."""
        similarities = Similarities.of(name, view, self.landmarks_, self._kernel_of)
        constant = np.setdiff1d(np.arange(n_columns(view)), similarities.columns)
        if len(constant):
            sentence = f"{name} has constant columns, which have no say: {constant.tolist()}."
            warnings.warn(f"KernelCCA.fit: {sentence}", InputWarning, stacklevel=3)
        return LandmarkFeatures.of(similarities)

    def _kernel_of(self, name: str, landmarks: Float[np.ndarray, "landmark column"]) -> Kernel:
        """Return the kernel of one view with its settings."""
        self.__dict__.pop(f"{name}_bandwidth_", None)
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
        return partial(gaussian, bandwidth=bandwidth)

    def _solve(
        self, moments: Moments, seen: dict[str, LandmarkFeatures], features: dict[str, View]
    ) -> dict[str, Code]:
        """Set directions and correlations; return the codes of the training rows."""
        found = solve(moments, n_components=self.n_components, ridge=self.ridge_, by_view=True)
        self.correlations_ = found.correlations
        # A view with a ridge brings the direction that it prefers, one without brings them all.
        ranks = len(found.eeg_columns), len(found.speech_columns)
        free = np.where(self.ridge_, 1, ranks).sum()
        if free >= moments.count:
            warnings.warn(
                f"KernelCCA.fit: {free} free directions of {moments.count} pairs agree perfectly in"
                " any data. Use a ridge such as 0.001.",
                InputWarning, stacklevel=3,
            )  # fmt: skip
        mean = {name: moments.mean[getattr(moments, name)] for name in seen}
        turn = {"eeg": found.eeg_directions, "speech": found.speech_directions}
        codes = {name: Codes(features[name], mean[name], turn[name]).all() for name in seen}
        known = codes["eeg"][self.landmarks_]
        signs = np.where(known.max(axis=0) < -known.min(axis=0), -1.0, 1.0)
        self._learned = {name: seen[name].codes(mean[name], turn[name] * signs) for name in seen}
        return {name: codes[name] * signs for name in seen}

    def _encoding(self, name: str, view: View) -> Codes:
        """Return the codes of one view, not yet computed."""
        learned = self._learned[name]
        return replace(learned, view=replace(learned.view, view=view), name=name)

    def _loadings(self, source: str, target: str) -> Float[np.ndarray, "component feature"]:
        """Return the least-squares map from codes of one view to the centred target view."""
        return self._maps[source, target]
