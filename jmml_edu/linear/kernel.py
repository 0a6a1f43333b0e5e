"""Kernel CCA: linear CCA between features of rows, known only through comparing rows.

Paired views come in as rows and leave as codes that are curved functions of the rows. The
features that lie between serve the same moments, whitening and solver as columns do.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import partial

import numpy as np
from jaxtyping import Float, Int
from sklearn.metrics import pairwise

from jmml_edu._checks import InputWarning, as_told_by, check_at_least, check_one_of, fail
from jmml_edu.linear import rows
from jmml_edu.linear.moments import Moments
from jmml_edu.linear.rows import Codes, View
from jmml_edu.linear.similarity import Kernel, LandmarkFeatures, Standard, median_distance
from jmml_edu.linear.solver import join, ridge_of_each
from jmml_edu.linear.two_views import TwoViews
from jmml_edu.linear.whitening import Whitening, whiten


class KernelCCA(TwoViews):
    r"""Kernel canonical correlation analysis of two paired views, exact or from landmarks.

    A kernel :math:`k(x, x') = \langle \varphi(x), \varphi(x') \rangle` compares two rows by
    features :math:`\varphi` that are never written down. CCA of these features needs the
    comparisons alone, and finds relations that no straight line shows:

    .. math::

        \max_{a, b}\; a^\top \Sigma_{es}\, b \quad\text{with}\quad
        a^\top C_e\, a = b^\top C_s\, b = 1, \qquad
        C_v = (1 - \tau)\, \Sigma_{vv} + \tau \,\mathrm{tr}(\Sigma_{vv})\, I, \quad
        \tau = \frac{r}{1 + r}

    where :math:`\Sigma` is the covariance of features. Columns are scaled to unit variance before
    they are compared, so that units do not matter.

    Parameters
    ----------
    n_components
        How many pairs of codes, at least 1.
    kernel
        ``"rbf"``, ``"polynomial"``, ``"linear"``, or a positive semidefinite function of two
        matrices of standardised rows that returns the similarity of each row with each.
    ridge
        Fraction of a view's *total* variance of features that is added in every direction: a
        number of at least 0 or infinity (kernel PLS), or one for EEG and one for speech.
    bandwidth
        Distance at which the ``"rbf"`` similarity is 0.61, in standardised units: a number above
        0, one for EEG and one for speech, or None for the median distance between landmarks.
    degree
        Of ``"polynomial"``, :math:`(1 + \langle x, x' \rangle / p)^d`, at least 1.
    landmarks
        None compares all rows with all: exact, for some thousands of rows. A number compares them
        with so many, drawn by ``seed`` (the Nystroem method): for any number of rows.
    seed
        Of the draw of landmarks.

    Attributes
    ----------
    correlations_
        Correlation of each pair of codes on the training data, in [-1, 1]. With so many features
        it is high for any data: see :meth:`correlations`.
    landmarks_
        Numbers of the rows that are landmarks.
    eeg_bandwidth_, speech_bandwidth_
        Only with the ``"rbf"`` kernel.
    ridge_
        The ridge of EEG and of speech.

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
    .. [2] C. K. I. Williams, M. Seeger, "Using the Nystroem method to speed up kernel machines",
       NIPS 2000.
    .. [3] D. Garreau, W. Jitkrittum, M. Kanagawa, "Large sample analysis of the median heuristic",
       2017, https://arxiv.org/abs/1707.07269

    Examples
    --------
    Speech is the square of EEG: nothing for a straight line, all for a curve.

    >>> eeg = np.linspace(-1.0, 1.0, 21)[:, None]
    >>> abs(KernelCCA(1, kernel="linear").fit(eeg, eeg**2).correlations_).round(6)
    array([0.])
    >>> KernelCCA(1, kernel="polynomial", ridge=1e-6).fit(eeg, eeg**2).correlations_.round(3)
    array([1.])
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        kernel: str | Kernel = "rbf",
        ridge: float | tuple[float, float] = 0.001,
        bandwidth: float | tuple[float, float] | None = None,
        degree: float = 2,
        landmarks: int | None = None,
        seed: int = 0,
    ) -> None:
        self.n_components = n_components
        self.kernel = kernel
        self.ridge = ridge
        self.bandwidth = bandwidth
        self.degree = degree
        self.landmarks = landmarks
        self.seed = seed

    def fit(self, eeg: View, speech: View) -> KernelCCA:
        """Learn from paired rows (arrays, pandas frames or torch tensors) and return self.

        Raises
        ------
        InputError
            If the views are not paired, hold NaN, do not vary or have fewer directions than
            components; if a setting is out of range.

        Warns
        -----
        InputWarning
            If columns are constant, or if the views agree perfectly for want of a ridge.
        """
        with as_told_by("KernelCCA.fit"):
            eeg, speech = rows.check_pairs("", eeg, speech)
            self.ridge_ = ridge_of_each(self.ridge)
            self.landmarks_ = self._draw_landmarks(rows.n_rows_of(eeg))
            self._columns = {"eeg": rows.columns_of(eeg), "speech": rows.columns_of(speech)}
            self._solve(self._features("eeg", eeg), self._features("speech", speech))
        return self

    def _draw_landmarks(self, n_rows: int) -> Int[np.ndarray, " landmark"]:
        """Return the numbers of the rows that all others are compared with."""
        if self.landmarks is None:
            return np.arange(n_rows)
        if not 1 <= self.landmarks <= n_rows:
            fail(
                "", "landmarks", f"lie between 1 and {n_rows}, the number of pairs",
                self.landmarks, "Choose a number in between, or None for all rows.",
            )  # fmt: skip
        drawn = np.random.default_rng(self.seed).choice(n_rows, self.landmarks, replace=False)
        return np.sort(drawn)

    def _features(self, name: str, view: View) -> LandmarkFeatures:
        """Return one view as the features that its landmarks give it."""
        standard = Standard.of(name, view)
        constant = np.setdiff1d(np.arange(rows.n_columns(view)), standard.columns)
        if len(constant):
            _warn(f"{name} has constant columns, which have no say: {constant.tolist()}.")
        landmarks = standard.rows(view, self.landmarks_)
        kernel = self._kernel_of(name, landmarks)
        return LandmarkFeatures.of(view, standard, landmarks, kernel)

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

    def _solve(self, eeg: LandmarkFeatures, speech: LandmarkFeatures) -> None:
        """Set what is learned from the features of both views."""
        moments = Moments.of(eeg, speech)
        means = moments.mean[moments.eeg], moments.mean[moments.speech]
        left = _whiten(moments.covariance[moments.eeg, moments.eeg], self.ridge_[0])
        right = _whiten(moments.covariance[moments.speech, moments.speech], self.ridge_[1])
        found = join(moments, left, right, self.n_components)
        codes = eeg.of_landmarks(found.eeg_directions) - means[0] @ found.eeg_directions
        largest = codes[np.abs(codes).argmax(axis=0), np.arange(self.n_components)]
        signs = np.where(largest < 0, -1.0, 1.0)
        # The training rows themselves are not kept.
        self._learned = {
            "eeg": Codes(replace(eeg, view=None), means[0], found.eeg_directions * signs),
            "speech": Codes(replace(speech, view=None), means[1], found.speech_directions * signs),
        }
        self.correlations_ = found.correlations
        # A view with a ridge brings the direction that it prefers, one without brings them all.
        free = sum(
            1 if ridge else whitening.rank
            for ridge, whitening in zip(self.ridge_, (left, right), strict=True)
        )
        if free >= moments.count:
            _warn(
                f"{free} free directions of {moments.count} pairs agree perfectly in any data."
                " Use a ridge such as 0.001."
            )

    def _encoding(self, name: str, view: View) -> Codes:
        """Return the codes of one view, not yet computed."""
        learned = self._learned[name]
        return replace(learned, view=replace(learned.view, view=view))


def _whiten(covariance: Float[np.ndarray, "feature feature"], ridge: float) -> Whitening:
    """Return the whitening of features, the ridge a fraction of their total variance."""
    total = covariance.trace()
    return whiten(covariance, np.full(len(covariance), np.sqrt(total)), ridge=ridge)


def _warn(sentence: str) -> None:
    """Warn the caller of fit."""
    warnings.warn(f"KernelCCA.fit: {sentence}", InputWarning, stacklevel=4)
