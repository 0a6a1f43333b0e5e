"""Closed-form canonical correlation analysis: the baseline, and the oracle of everything deep.

Two paired views go in; for each a matrix of directions comes out whose codes are as correlated as
linear maps allow. Nothing here knows of EEG, speech or torch.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.linalg import cholesky, solve_triangular, svd

from jmml_edu._checks import check_at_least, check_matrix, check_same_rows, fail


class CCA:
    r"""Ridge canonical correlation analysis of two paired views.

    Whiten each view with the Cholesky factor of its ridged covariance and take the singular value
    decomposition of what is left between them:

    .. math::

        C_{ee} + r\,\bar v_e I = L_e L_e^\top, \quad C_{ss} + r\,\bar v_s I = L_s L_s^\top, \quad
        L_e^{-1} C_{es} L_s^{-\top} = U \,\mathrm{diag}(\rho)\, V^\top

    The directions are :math:`A = L_e^{-\top} U` and :math:`B = L_s^{-\top} V`. Columns are scaled
    to unit variance first, so the result does not depend on units.

    Parameters
    ----------
    n_components
        How many pairs of directions to keep, at least 1.
    ridge
        What is added to each diagonal, as a fraction :math:`r` of the view's mean variance
        (which is 1 after scaling); at least 0.

    Attributes
    ----------
    eeg_directions_, speech_directions_
        Feature x component, for centred data in their own units.
    eeg_mean_, speech_mean_
        Means of the training data.
    correlations_
        Singular values :math:`\rho` of the training data, falling, in [0, 1]. With few rows for
        many columns they are near 1 for any data.

    Notes
    -----
    The sign of a component is arbitrary in the mathematics; here the largest entry of each EEG
    direction, in standardised units, is positive.

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

    eeg_directions_: Float[np.ndarray, "eeg_feature component"]
    speech_directions_: Float[np.ndarray, "speech_feature component"]
    eeg_mean_: Float[np.ndarray, " eeg_feature"]
    speech_mean_: Float[np.ndarray, " speech_feature"]
    correlations_: Float[np.ndarray, " component"]

    def __init__(self, n_components: int = 2, *, ridge: float = 0.0) -> None:
        self.n_components = n_components
        self.ridge = ridge

    def fit(
        self,
        eeg: Float[np.ndarray, "pair eeg_feature"],
        speech: Float[np.ndarray, "pair speech_feature"],
    ) -> CCA:
        """Learn the directions from paired rows and return self.

        Raises
        ------
        InputError
            If the views are not paired, hold NaN, have fewer columns than components, or if
            a view has dependent columns (as with fewer rows than columns) and no ridge.
        """
        _check_views(self, eeg, speech)
        self.eeg_mean_, self.speech_mean_ = column_means(eeg), column_means(speech)
        eeg, eeg_scale = _standardise(eeg - self.eeg_mean_)
        speech, speech_scale = _standardise(speech - self.speech_mean_)

        eeg_factor = _factor("eeg", eeg, self.ridge)
        speech_factor = _factor("speech", speech, self.ridge)
        cross = eeg.T @ speech / (len(eeg) - 1)
        half_white = solve_triangular(eeg_factor, cross, lower=True)
        white = solve_triangular(speech_factor, half_white.T, lower=True).T
        left, correlations, right = svd(white, full_matrices=False)

        kept = slice(self.n_components)
        eeg_directions = solve_triangular(eeg_factor.T, left[:, kept])
        speech_directions = solve_triangular(speech_factor.T, right[kept].T)
        largest = np.abs(eeg_directions).argmax(axis=0)
        signs = np.sign(eeg_directions[largest, np.arange(self.n_components)])
        self.eeg_directions_ = eeg_directions * signs / eeg_scale[:, None]
        self.speech_directions_ = speech_directions * signs / speech_scale[:, None]
        self.correlations_ = correlations[kept].clip(max=1.0)
        return self

    def transform_eeg(
        self, eeg: Float[np.ndarray, "row eeg_feature"]
    ) -> Float[np.ndarray, "row component"]:
        """Return the EEG codes, of unit variance on the training data when there is no ridge."""
        check_matrix("CCA.transform_eeg", eeg=eeg)
        return (eeg - self.eeg_mean_) @ self.eeg_directions_

    def transform_speech(
        self, speech: Float[np.ndarray, "row speech_feature"]
    ) -> Float[np.ndarray, "row component"]:
        """Return the speech codes; EEG is not needed."""
        check_matrix("CCA.transform_speech", speech=speech)
        return (speech - self.speech_mean_) @ self.speech_directions_

    def correlations(
        self,
        eeg: Float[np.ndarray, "pair eeg_feature"],
        speech: Float[np.ndarray, "pair speech_feature"],
    ) -> Float[np.ndarray, " component"]:
        """Return the correlation of each component on any paired data, in [-1, 1].

        On people the model never saw this is the honest number; ``correlations_`` is not. A
        component that does not vary has correlation 0.
        """
        check_same_rows("CCA.correlations", eeg=eeg, speech=speech)
        return column_correlations(self.transform_eeg(eeg), self.transform_speech(speech))


def column_correlations(
    left: Float[np.ndarray, "row column"], right: Float[np.ndarray, "row column"]
) -> Float[np.ndarray, " column"]:
    """Return Pearson's correlation of each column of one matrix with its twin, in [-1, 1].

    A constant column has correlation 0.

    Examples
    --------
    >>> x = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    >>> column_correlations(x, -x)
    array([-1.,  0.])
    """
    left, right = left - column_means(left), right - column_means(right)
    norms = np.sqrt((left**2).sum(axis=0) * (right**2).sum(axis=0))
    return (left * right).sum(axis=0) / np.where(norms > 0, norms, 1.0)


def column_means(values: Float[np.ndarray, "row column"]) -> Float[np.ndarray, " column"]:
    """Return the mean of each column, exact where the column is constant.

    A rounded mean would leave a constant column a spread of 1e-17 that scaling then makes 1.

    Examples
    --------
    >>> float(column_means(np.full((50, 1), 0.1))[0])
    0.1
    """
    means: np.ndarray = values[0] + (values - values[0]).mean(axis=0)
    return means


def _check_views(model: CCA, eeg: np.ndarray, speech: np.ndarray) -> None:
    """Raise unless the views are paired and the settings fit them."""
    check_matrix("CCA.fit", eeg=eeg, speech=speech)
    check_same_rows("CCA.fit", eeg=eeg, speech=speech)
    check_at_least("CCA.fit", 0, ridge=model.ridge)
    most = min(eeg.shape[1], speech.shape[1], len(eeg) - 1)
    if not 1 <= model.n_components <= most:
        fail(
            "CCA.fit", "n_components", f"lie between 1 and {most}, the smallest of columns and"
            " pairs - 1", model.n_components, "Ask for fewer components or bring more pairs.",
        )  # fmt: skip


def _standardise(
    centred: Float[np.ndarray, "row column"],
) -> tuple[Float[np.ndarray, "row column"], Float[np.ndarray, " column"]]:
    """Return centred columns at unit variance, and their scale; constant columns stay 0."""
    scale = np.sqrt((centred**2).sum(axis=0) / (len(centred) - 1))
    scale = np.where(scale > 0, scale, 1.0)
    return centred / scale, scale


def _factor(
    name: str, view: Float[np.ndarray, "row column"], ridge: float
) -> Float[np.ndarray, "column column"]:
    """Return the lower Cholesky factor of a standardised view's ridged covariance."""
    covariance = view.T @ view / (len(view) - 1)
    constant = np.diag(covariance) == 0
    # A constant column has no say: variance 1 and no covariance keep the factor invertible.
    covariance[np.diag_indices_from(covariance)] += ridge + constant
    try:
        factor: np.ndarray = cholesky(covariance, lower=True)
    except np.linalg.LinAlgError:
        factor = np.zeros_like(covariance)
    if np.diag(factor).min() <= np.sqrt(max(view.shape) * np.finfo(view.dtype).eps):
        fail(
            "CCA.fit", name, "have independent columns when ridge is 0",
            f"{len(view)} rows and {view.shape[1]} columns of lower rank",
            "Use a ridge such as 0.01, fewer columns or more pairs.",
        )  # fmt: skip
    return factor
