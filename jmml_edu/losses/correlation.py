"""The losses of canonical correlation: minus the sum, minus the sum of squares, Eckart-Young.

The first two whiten both views and look at the singular values of what is left of their
cross-covariance; the third needs no inverse. All three know their gradient in closed form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.linalg import vector_norm

from jmml_edu._checks import check_at_least
from jmml_edu.losses._views import Both, View, centre, checked, full_precision, spread

EegView: TypeAlias = Float[Tensor, "batch eeg_dim"]
SpeechView: TypeAlias = Float[Tensor, "batch speech_dim"]
White: TypeAlias = Float[Tensor, "eeg_dim speech_dim"]
Square: TypeAlias = Float[Tensor, "dim dim"]
Objective: TypeAlias = Callable[[Tensor, Tensor, Tensor], Both]
LossAndGradients: TypeAlias = tuple[Tensor, Callable[[], Both]]


def cca_loss(eeg: EegView, speech: SpeechView, *, ridge: float = 1e-4) -> Float[Tensor, ""]:
    r"""Return minus the sum of the canonical correlations, in ``[-min(eeg_dim, speech_dim), 0]``.

    Whiten each view, correlate them, and add up the singular values:

    .. math:: \mathcal{L} = -\lVert T \rVert_* = -\sum_i \rho_i, \qquad
        T = L_e^{-1} S_{es} L_s^{-\top}, \qquad S_{ee} + r\, \bar v_e I = L_e L_e^\top

    Any square root of a covariance whitens; the Cholesky factor needs no eigenvalues, so equal
    ones do not hurt the gradient. Lower is more correlated, but with ``batch <= eeg_dim +
    speech_dim`` some correlations are near 1 for any data.

    Parameters
    ----------
    eeg, speech
        Embeddings, batch x eeg_dim and batch x speech_dim. Unit and offset do not matter.
    ridge
        Fraction :math:`r` of a view's mean variance :math:`\bar v` that is added to each of its
        variances, at least 0. Larger is more stable and pulls correlations towards 0.

    Raises
    ------
    ValueError, TypeError
        As all losses do (see :mod:`jmml_edu.losses`), or if ``ridge`` is negative.

    Notes
    -----
    This sum is the objective of `Andrew et al. 2013
    <https://proceedings.mlr.press/v28/andrew13.html>`_; some codes return the sum of squares under
    its name. A constant column has correlation 0 and gradient 0. There are no second derivatives.

    A ridge below ``(24 + 3 dim)`` units of rounding (6e-6 for 10 columns of float32) counts as
    that. A correlation below the rounding of ``T`` counts as 0, in value and gradient. In float32
    that is next to nothing for well-spread columns, but real correlations get lost where both
    views lack rank and there is no ridge to speak of.

    Examples
    --------
    A view and its rotation; a ridge of 1 doubles each variance and so halves correlations of 1:

    >>> eeg = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> speech = eeg @ torch.tensor([[0.6, 0.8], [-0.8, 0.6]])
    >>> [round(cca_loss(eeg, speech, ridge=ridge).item(), 3) for ridge in (0, 1)]
    [-2.0, -1.0]
    """
    return _loss("cca_loss", _sum_of_correlations, eeg, speech, ridge)


def squared_cca_loss(eeg: EegView, speech: SpeechView, *, ridge: float = 1e-4) -> Float[Tensor, ""]:
    r"""Return minus the sum of the squared canonical correlations, in ``[-min(dims), 0]``.

    .. math:: \mathcal{L} = -\lVert T \rVert_F^2 = -\sum_i \rho_i^2

    All else is as for :func:`cca_loss`. Squares hardly reward weak correlations, the sum rewards
    all alike. This is faster and smoother: no decomposition, no kink where a correlation vanishes.

    Examples
    --------
    A perfect correlation stays 1; a ridge of 1 halves it, and its square is a quarter:

    >>> eeg = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> [round(squared_cca_loss(eeg, -eeg, ridge=ridge).item(), 3) for ridge in (0, 1)]
    [-2.0, -0.5]
    """
    return _loss("squared_cca_loss", _sum_of_squares, eeg, speech, ridge)


def eckart_young_loss(eeg: View, speech: View) -> Float[Tensor, ""]:
    r"""Return the Eckart-Young loss, at least ``-dim``; lower is more correlated.

    Reward what column ``i`` of one view shares with column ``i`` of the other, and penalise all
    variance, which keeps the columns small and apart:

    .. math::
        \mathcal{L} = -2 \operatorname{tr}(S_{es} + S_{se}) + \lVert S_{ee} + S_{ss} \rVert_F^2

    with covariances :math:`S` over :math:`m - 1` (over 1 for a single row). Both views have the
    same width, or ValueError. Their scale matters by design: the loss grows with its fourth power,
    and leaves float32 beyond about 1e9.

    Notes
    -----
    Over linear encoders of centred data the minimum is exactly :math:`-\sum_i \rho_i^2` over the
    ``dim`` largest canonical correlations; code ``i`` then has variance :math:`\rho_i / 2` in
    either view (`Chapman et al. 2024 <https://arxiv.org/abs/2310.01012>`_). Small batches bias it
    less than the sum of correlations, and the other way: for 10 independent columns of variance
    1/2 by +6.1 at batch 10 and +0.56 at 100, the sum by -9 and -2.7. Some codes count variances
    among the rewards too; their minimum is :math:`-\sum_i (1 + \rho_i)^2`.

    Examples
    --------
    Two equal columns of variance 1/2 reach the minimum for a correlation of 1:

    >>> view = torch.tensor([[-0.5], [0.5]])
    >>> eckart_young_loss(view, view).item()
    -1.0
    """
    eeg, speech = checked("eckart_young_loss", eeg, speech, same_width=True)
    return _closed_form(_eckart_young, eeg, speech)


def _loss(function: str, objective: Objective, eeg: Tensor, speech: Tensor, ridge: float) -> Tensor:
    """Return an objective of the whitened cross-covariance of two checked views."""
    eeg, speech = checked(function, eeg, speech)
    check_at_least(function, 0, ridge=ridge)
    ridge = min(ridge, 1e30)  # beyond it every correlation is 0, and float32 would overflow
    return _closed_form(partial(_correlate, objective, ridge), eeg, speech)


def _correlate(
    objective: Objective, ridge: float, eeg: EegView, speech: SpeechView
) -> LossAndGradients:
    """Return the loss and the function that gives its gradients.

    With Q the gradient in T, ``pull`` is that in S_es, A = L_e^-T Q L_s^-1, transposed;
    ``to_speech`` = L_e^-T L_e^-1 S_es predicts speech from EEG. ``_gradient`` does the rest.
    """
    (eeg, eeg_units), (speech, speech_units) = _unit_free(eeg), _unit_free(speech)
    eeg_factor, speech_factor = _factor(eeg, ridge), _factor(speech, ridge)
    half = _divide(speech.mT @ eeg, eeg_factor.mT, upper=True)
    white = _divide(half.mT, speech_factor.mT, upper=True)
    loss, slope = objective(white, eeg_factor, speech_factor)

    def gradients() -> Both:
        pull = _divide(_divide(slope, speech_factor).mT, eeg_factor)
        to_speech = _divide(half, eeg_factor).mT
        to_eeg = _divide(eeg_factor @ white, speech_factor).mT
        return (
            _gradient(eeg, speech, to_speech, pull, ridge).mul_(eeg_units),
            _gradient(speech, eeg, to_eeg, pull.mT, ridge).mul_(speech_units),
        )

    return loss, gradients


def _sum_of_correlations(white: White, *factors: Tensor) -> tuple[Float[Tensor, ""], White]:
    """Return minus the sum of the singular values, and its gradient, minus U V'.

    Rounding fills T with noise, which whitening magnifies by up to the largest ratio of a row of
    a factor to its pivot. A singular value below it counts as 0.
    """
    finite = torch.where(white.isfinite(), white, 0)
    poison = white.sum() * 0  # NaN if anything is not finite: LAPACK must not see it, users must
    left, correlation, right = torch.linalg.svd(finite, full_matrices=False)
    magnified = [(vector_norm(factor, dim=1) / factor.diagonal()).amax() for factor in factors]
    noise = magnified[0] * magnified[1] * (4 * torch.finfo(white.dtype).eps)
    kept = correlation * (correlation > noise)
    return poison - kept.sum(), -(left * kept.sign()) @ right


def _sum_of_squares(white: White, *_factors: Tensor) -> tuple[Float[Tensor, ""], White]:
    """Return minus the sum of the squared singular values, and its gradient, -2 T."""
    return -white.square().sum(), white * -2


def _unit_free(view: View) -> tuple[View, Float[Tensor, " dim"]]:
    """Return a centred view over its largest deviation, and one over that; 0 if constant.

    The loss does not depend on a view's unit, but products of float32 beyond 1e19 overflow.
    """
    centred, total = centre(view)
    deviation = spread(centred, total)
    largest = deviation.amax().clamp_min_(torch.finfo(view.dtype).tiny)
    units = deviation.sign_().div_(largest)
    return centred.mul_(units), units


def _factor(view: View, ridge: float) -> Square:
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


def _divide(matrix: Tensor, factor: Square, *, upper: bool = False) -> Tensor:
    """Return ``matrix @ inverse(factor)``; from the right, the solver is faster."""
    return torch.linalg.solve_triangular(factor, matrix, upper=upper, left=False)


def _gradient(
    own: View,
    other: Float[Tensor, "batch other_dim"],
    prediction: Float[Tensor, "dim other_dim"],
    pull: Float[Tensor, "other_dim dim"],
    ridge: float,
) -> View:
    """Return (other - own R) A' - ridge/dim tr(R A') own.

    Only what the view does not yet predict pulls at it. The second term is there because the
    ridge grows with the view's own variance.
    """
    residual = torch.addmm(other, own, prediction, alpha=-1)
    trace = (prediction * pull.mT).sum()
    return (own * trace).addmm_(residual, pull, beta=-ridge / own.shape[1])


def _eckart_young(eeg: View, speech: View) -> LossAndGradients:
    """Return the loss and the function that gives its gradients."""
    freedom = max(len(eeg) - 1, 1)
    (eeg, _), (speech, _) = centre(eeg), centre(speech)
    variance = torch.addmm(eeg.mT @ eeg, speech.mT, speech, beta=1 / freedom, alpha=1 / freedom)
    shared = torch.dot(eeg.reshape(-1), speech.reshape(-1))
    loss = variance.square().sum().sub(shared, alpha=4 / freedom)

    def gradients() -> Both:
        less = partial(torch.addmm, beta=-4 / freedom, alpha=4 / freedom)
        return less(speech, eeg, variance), less(eeg, speech, variance)

    return loss, gradients


def _closed_form(rule: Callable[[Tensor, Tensor], LossAndGradients], *views: Tensor) -> Tensor:
    """Return the loss of two views by a rule that knows its own gradient."""
    with full_precision(views[0]):
        return _ClosedForm.apply(rule, *views)  # type: ignore[no-untyped-call]


class _ClosedForm(torch.autograd.Function):
    """Computes the gradient with the value, if anybody wants it, and scales it later."""

    @staticmethod
    def forward(ctx: Any, rule: Any, eeg: Tensor, speech: Tensor) -> Tensor:
        with torch.inference_mode():  # faster on small batches: nothing is tracked
            value, gradients = rule(eeg, speech)
            ctx.gradients = gradients() if any(ctx.needs_input_grad) else None
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, weight: Tensor) -> tuple[None, Tensor, Tensor]:
        eeg, speech = ctx.gradients
        return None, eeg * weight, speech * weight
