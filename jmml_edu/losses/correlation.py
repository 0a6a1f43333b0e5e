"""The correlation losses: minus the sum of canonical correlations, and minus the sum of squares.

Both whiten the views by Cholesky factors, look at the singular values of what is left of their
cross-covariance, and know their gradient in closed form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from jmml_edu._checks import check_at_least
from jmml_edu.losses._closed_form import closed_form
from jmml_edu.losses._views import centre, checked, spread

Square: TypeAlias = Float[Tensor, "dim dim"]
Whitened: TypeAlias = Float[Tensor, "eeg_dim speech_dim"]
Objective: TypeAlias = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]

HIGHEST_RIDGE = 1e30
"""Beyond it every correlation is 0, and float32 would overflow."""


def cca_loss(
    eeg: Float[Tensor, "batch eeg_dim"],
    speech: Float[Tensor, "batch speech_dim"],
    *,
    ridge: float = 1e-4,
) -> Float[Tensor, ""]:
    r"""Return minus the sum of the canonical correlations of two paired views.

    Whiten each view, correlate them, and add up the singular values:

    .. math::

        \mathcal{L} = -\lVert T \rVert_* = -\sum_i \rho_i, \qquad
        T = L_e^{-1} S_{es} L_s^{-\top}, \qquad
        S_{ee} + r\, \bar v_e I = L_e L_e^\top

    The singular values of ``T`` do not depend on which square root whitens a view. Cholesky
    factors need no eigenvalues, so equal eigenvalues do not hurt the gradient.

    Parameters
    ----------
    eeg, speech
        Embeddings, row ``i`` of one paired with row ``i`` of the other; widths may differ. Unit
        and offset do not matter.
    ridge
        Fraction :math:`r` of a view's mean variance :math:`\bar v` that is added to each of its
        variances, at least 0. Larger is more stable and pulls correlations towards 0.

    Returns
    -------
    loss
        A scalar in ``[-min(eeg_dim, speech_dim), 0]``; lower is more correlated. With
        ``batch <= eeg_dim + speech_dim`` some correlations are near 1 for any data.

    Raises
    ------
    ValueError
        If the views are not paired matrices of one dtype and device, or ``ridge`` is negative.
    TypeError
        If a view is not a tensor of floating-point numbers.

    Notes
    -----
    This sum is the objective of [1]_. Some codes return the sum of squares under its name.

    Half precision is raised to float32, also under autocast. A constant column has correlation 0
    and gradient 0, NaN stays NaN, and second derivatives are not available.

    What rounding cannot hold counts as 0: a ridge below ``(24 + 3 dim)`` units of rounding (6e-6
    for 10 columns of float32) counts as that, and a correlation below the rounding of ``T`` adds
    nothing to value or gradient. In float32 that is 2e-6 for well-spread columns, but where
    either view has rank one 0.4 without a ridge, 0.2 at 1e-4, 2e-3 at 1e-2.

    References
    ----------
    .. [1] G. Andrew, R. Arora, J. Bilmes, K. Livescu, "Deep Canonical Correlation
       Analysis", ICML 2013. https://proceedings.mlr.press/v28/andrew13.html

    Examples
    --------
    A view is perfectly correlated with any rotation of itself:

    >>> eeg = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> speech = eeg @ torch.tensor([[0.6, 0.8], [-0.8, 0.6]])
    >>> round(cca_loss(eeg, speech, ridge=0).item(), 3)
    -2.0

    A ridge of 1 doubles each variance and so halves each correlation:

    >>> round(cca_loss(eeg, speech, ridge=1).item(), 3)
    -1.0
    """
    return _loss("cca_loss", _sum_of_correlations, eeg, speech, ridge)


def squared_cca_loss(
    eeg: Float[Tensor, "batch eeg_dim"],
    speech: Float[Tensor, "batch speech_dim"],
    *,
    ridge: float = 1e-4,
) -> Float[Tensor, ""]:
    r"""Return minus the sum of the squared canonical correlations of two paired views.

    The square of the Frobenius norm needs no singular values:

    .. math::

        \mathcal{L} = -\lVert T \rVert_F^2 = -\sum_i \rho_i^2, \qquad
        T = L_e^{-1} S_{es} L_s^{-\top}

    Parameters
    ----------
    eeg, speech
        Embeddings, row ``i`` of one paired with row ``i`` of the other; widths may differ. Unit
        and offset do not matter.
    ridge
        Fraction of a view's mean variance added to each of its variances, at least 0.

    Returns
    -------
    loss
        A scalar in ``[-min(eeg_dim, speech_dim), 0]``, never below :func:`cca_loss`.

    Raises
    ------
    ValueError, TypeError
        As :func:`cca_loss` does.

    Notes
    -----
    Squares hardly reward weak correlations, the plain sum rewards all alike. This is the faster
    and smoother of the two: no decomposition, and no kink where a correlation vanishes. The
    notes of :func:`cca_loss` on precision hold here too.

    Examples
    --------
    A perfect correlation stays 1; a ridge of 1 halves it, and its square is a quarter:

    >>> eeg = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> round(squared_cca_loss(eeg, -eeg, ridge=0).item(), 3)
    -2.0
    >>> round(squared_cca_loss(eeg, -eeg, ridge=1).item(), 3)
    -0.5
    """
    return _loss("squared_cca_loss", _sum_of_squares, eeg, speech, ridge)


def _loss(function: str, objective: Objective, eeg: Tensor, speech: Tensor, ridge: float) -> Tensor:
    """Return an objective of the whitened cross-covariance of two checked views."""
    eeg, speech = checked(function, eeg, speech)
    check_at_least(function, 0, ridge=ridge)
    rule = partial(_correlate, objective=objective, ridge=min(ridge, HIGHEST_RIDGE))
    return closed_form(rule, eeg, speech)


def _correlate(
    eeg: Float[Tensor, "batch eeg_dim"],
    speech: Float[Tensor, "batch speech_dim"],
    *,
    objective: Objective,
    ridge: float,
) -> tuple[Float[Tensor, ""], Callable[[], tuple[Tensor, Tensor]]]:
    """Return the loss and the function that gives its gradients.

    With Q the gradient in T, ``pull`` is that in S_es, A = L_e^-T Q L_s^-1, transposed;
    ``to_speech`` = L_e^-T L_e^-1 S_es predicts speech from EEG. ``_gradient`` does the rest.
    """
    (eeg, eeg_units), (speech, speech_units) = _unit_free(eeg), _unit_free(speech)
    eeg_factor, speech_factor = _factor(eeg, ridge), _factor(speech, ridge)
    half = _whiten(speech.mT @ eeg, eeg_factor)
    white = _whiten(half.mT, speech_factor)
    loss, slope = objective(white, eeg_factor, speech_factor)

    def gradients() -> tuple[Tensor, Tensor]:
        pull = _divide(_divide(slope, speech_factor).mT, eeg_factor)
        to_speech = _divide(half, eeg_factor).mT
        to_eeg = _divide(eeg_factor @ white, speech_factor).mT
        return (
            _gradient(eeg, speech, to_speech, pull, ridge).mul_(eeg_units),
            _gradient(speech, eeg, to_eeg, pull.mT, ridge).mul_(speech_units),
        )

    return loss, gradients


def _sum_of_correlations(
    white: Whitened, eeg_factor: Tensor, speech_factor: Tensor
) -> tuple[Float[Tensor, ""], Whitened]:
    """Return minus the sum of the singular values, and its gradient, minus U V'.

    Rounding fills T with noise, magnified by whitening; a singular value below it counts as 0.
    """
    finite = torch.where(white.isfinite(), white, 0)
    poison = white.sum() * 0  # NaN if anything is not finite: LAPACK must not see it, users must
    left, correlation, right = torch.linalg.svd(finite, full_matrices=False)
    noise = 16 * torch.finfo(white.dtype).eps
    magnified = _magnification(eeg_factor) * _magnification(speech_factor)
    kept = correlation * (correlation > magnified * noise)
    return poison - kept.sum(), -(left * kept.sign()) @ right


def _sum_of_squares(
    white: Whitened, _eeg_factor: Tensor, _speech_factor: Tensor
) -> tuple[Float[Tensor, ""], Whitened]:
    """Return minus the sum of the squared singular values, and its gradient, -2 T."""
    return -white.square().sum(), white * -2


def _unit_free(
    view: Float[Tensor, "batch dim"],
) -> tuple[Float[Tensor, "batch dim"], Float[Tensor, " dim"]]:
    """Return a centred view over its largest deviation, and one over that; 0 if constant.

    The loss does not depend on a view's unit, but products of float32 beyond 1e19 overflow.
    """
    centred, total = centre(view)
    deviation = spread(centred, total)
    largest = deviation.amax().clamp_min_(torch.finfo(view.dtype).tiny)
    units = deviation.sign_().div_(largest)
    return centred.mul_(units), units


def _factor(view: Float[Tensor, "batch dim"], ridge: float) -> Square:
    """Return the Cholesky factor of a unit-free view's products with the ridge on the diagonal.

    Below the rounding error of products and factor the ridge counts as that, so that Cholesky
    always succeeds: (24 + 3 dim) units of the mean variance, or 4 per row of the largest square.
    """
    rows, dim = view.shape
    eps = torch.finfo(view.dtype).eps
    products = view.mT @ view
    variance = products.diagonal()
    share = max(ridge, (24 + 3 * dim) * eps) / dim
    variance.add_(variance.sum().clamp_min_(4 * rows * eps / share), alpha=share)
    return torch.linalg.cholesky_ex(products).L


def _magnification(factor: Square) -> Float[Tensor, ""]:
    """Return how far whitening magnifies rounding: the largest ratio of a row to its pivot."""
    return (torch.linalg.vector_norm(factor, dim=1) / factor.diagonal()).amax()


def _whiten(matrix: Tensor, factor: Square) -> Tensor:
    """Return ``matrix @ inverse(L).T``; from the right, the solver is 2.5 times faster."""
    return torch.linalg.solve_triangular(factor.mT, matrix, upper=True, left=False)


def _divide(matrix: Tensor, factor: Square) -> Tensor:
    """Return ``matrix @ inverse(L)``."""
    return torch.linalg.solve_triangular(factor, matrix, upper=False, left=False)


def _gradient(
    own: Float[Tensor, "batch dim"],
    other: Float[Tensor, "batch other_dim"],
    prediction: Float[Tensor, "dim other_dim"],
    pull: Float[Tensor, "other_dim dim"],
    ridge: float,
) -> Float[Tensor, "batch dim"]:
    """Return (other - own R) A' - ridge/dim tr(R A') own.

    Only what the view does not yet predict pulls at it. The second term is there because the
    ridge grows with the view's own variance.
    """
    residual = torch.addmm(other, own, prediction, alpha=-1)
    trace = (prediction * pull.mT).sum()
    return (own * trace).addmm_(residual, pull, beta=-ridge / own.shape[1])
