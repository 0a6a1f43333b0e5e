"""The losses of canonical correlation, whose gradients are known in closed form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor
from torch.linalg import solve_triangular, vector_norm

from jmml_edu._checks import check_at_least
from jmml_edu.losses._views import Scalar, View, centre, ready, spread

EegView: TypeAlias = Float[Tensor, "batch eeg_dim"]
SpeechView: TypeAlias = Float[Tensor, "batch speech_dim"]
White: TypeAlias = Float[Tensor, "eeg_dim speech_dim"]
Gain: TypeAlias = tuple[Scalar, White, int]
Columns: TypeAlias = Float[Tensor, "views dim batch"]  # faster so on narrow views
Factors: TypeAlias = Float[Tensor, "views dim dim"]

_divide = partial(solve_triangular, upper=False, left=False)  # matrix over factor; faster so


def cca_loss(eeg: EegView, speech: SpeechView, *, ridge: float = 1e-4) -> Scalar:
    r"""Return minus the sum of the canonical correlations, in ``[-min(eeg_dim, speech_dim), 0]``.

    Whiten each view, correlate them, and add up the singular values:

    .. math:: \mathcal{L} = -\lVert T \rVert_* = -\sum_i \rho_i, \qquad
        T = L_e^{-1} S_{es} L_s^{-\top}, \qquad S_{ee} + r\, \bar v_e I = L_e L_e^\top

    ``ridge`` is :math:`r`, at least 0: the fraction of a view's mean variance :math:`\bar v` added
    to each of its variances. Larger is more stable and pulls correlations towards 0. Units and
    offsets do not matter; constant columns have correlation 0 and gradient 0. Some correlations
    are near 1 for any data if ``batch <= eeg_dim + speech_dim``. Errors: :mod:`jmml_edu.losses`.

    This is the objective of `Andrew et al. 2013 <https://proceedings.mlr.press/v28/andrew13.html>`_;
    some codes return the sum of squares under its name. Cholesky factors need no eigenvalues, so
    equal ones do not hurt the gradient; there are no second derivatives. A ridge below ``(24 + 3
    dim)`` units of rounding (6e-6 for 10 columns of float32) counts as that, and a correlation
    below the rounding of ``T`` as 0: float32 loses real ones where both views lack rank and ridge.

    Examples
    --------
    >>> eeg = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> speech = eeg @ torch.tensor([[0.6, 0.8], [-0.8, 0.6]])  # rotated: two correlations of 1
    >>> [round(cca_loss(eeg, speech, ridge=ridge).item(), 3) for ridge in (0, 1)]  # 1 halves them
    [-2.0, -1.0]
    """
    views, exactly = ready("cca_loss", eeg, speech)
    with exactly:
        check_at_least("cca_loss", 0, ridge=ridge)
        return _closed_form(partial(_correlate, _sum_of_correlations, ridge), *views)


def squared_cca_loss(eeg: EegView, speech: SpeechView, *, ridge: float = 1e-4) -> Scalar:
    r"""Return minus the sum of the squared canonical correlations, in ``[-min(dims), 0]``.

    .. math:: \mathcal{L} = -\lVert T \rVert_F^2 = -\sum_i \rho_i^2

    All else is as for :func:`cca_loss`. Squares hardly reward weak correlations, the sum rewards
    all alike. This is faster and smoother: no decomposition, no kink where a correlation vanishes.

    Examples
    --------
    >>> eeg = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> round(squared_cca_loss(eeg, -eeg, ridge=1).item(), 3)  # two correlations of 1/2, squared
    -0.5
    """
    views, exactly = ready("squared_cca_loss", eeg, speech)
    with exactly:
        check_at_least("squared_cca_loss", 0, ridge=ridge)
        return _closed_form(partial(_correlate, _sum_of_squares, ridge), *views)


def eckart_young_loss(eeg: View, speech: View) -> Scalar:
    r"""Return the Eckart-Young loss, at least ``-dim``; lower is more correlated.

    Reward what partner columns share, and penalise all variance, which keeps them small and apart:

    .. math:: \mathcal{L} = -2 \mathrm{tr}(S_{es} + S_{se}) + \lVert S_{ee} + S_{ss} \rVert_F^2

    with covariances :math:`S` over :math:`m - 1`, or 1 for a single row. Scale matters: the loss
    grows with its fourth power, and leaves float32 beyond about 1e9. Views of unlike width raise
    ValueError, other errors are those of :mod:`jmml_edu.losses`.

    Over linear encoders of centred data the minimum is :math:`-\sum_i \rho_i^2` over the ``dim``
    largest canonical correlations, with columns of variance :math:`\rho_i / 2` (`Chapman et al.
    2024 <https://arxiv.org/abs/2310.01012>`_). Some codes reward variances too; their minimum is
    :math:`-\sum_i (1 + \rho_i)^2`. Small batches bias it less than :func:`cca_loss`, and upwards:
    10 independent columns of variance 1/2 by +6.1 at batch 10 and +0.56 at 100, not -9 and -2.7.

    Examples
    --------
    >>> view = torch.tensor([[-0.5], [0.5]])  # variance 1/2: the minimum for a correlation of 1
    >>> eckart_young_loss(view, view).item()
    -1.0
    """
    views, exactly = ready("eckart_young_loss", eeg, speech, one_width=True)
    with exactly:
        return _closed_form(_eckart_young, *views)


def _correlate(
    objective: Callable[..., Gain], ridge: float, eeg: EegView, speech: SpeechView
) -> Iterator[Tensor]:
    """Yield minus the loss, then the loss's gradients: ridge/dim tr(R A') own - (other - own R) A'.

    R = L_e^-T L_e^-1 S_es predicts speech from EEG; only what is not yet predicted pulls, by
    A = L_e^-T Q L_s^-1; Q is minus the gradient in T. The ridge grows with the view's own variance.
    Narrow views of one shape share each call, since calls are what they cost; others come singly.
    """
    ridge = min(ridge, 1e30)  # beyond it every correlation is 0, and float32 would overflow
    together = eeg.shape == speech.shape and eeg.shape[1] < 32
    parts = [torch.stack((eeg.mT, speech.mT))] if together else [eeg.mT[None], speech.mT[None]]
    views, units, factors = zip(*(_unit_free(part, ridge) for part in parts), strict=True)
    others = [view.flip(0) for view in reversed(views)]
    eeg_factor, speech_factor = factors[0][0], factors[-1][-1]
    half = _divide(factors[0].mT, torch.bmm(others[0], views[0].mT), upper=True)
    white = _divide(speech_factor.mT, half[0].mT, upper=True)
    gain, slope, power = objective(white, eeg_factor, speech_factor)
    yield gain
    pull = _divide(eeg_factor, _divide(speech_factor, slope).mT).mT
    halves = [half] if together else [half, (eeg_factor @ white)[None]]
    pulls = [torch.stack((pull, pull.mT))] if together else [pull[None], pull.mT[None]]
    sides = zip(views, others, factors, halves, pulls, units, strict=True)
    for own, other, factor, own_half, own_pull, unit in sides:
        prediction = _divide(factor, own_half)
        trace = (prediction.mT * own_pull).sum(dim=(1, 2), keepdim=True)
        residual = other.baddbmm_(prediction, own, alpha=-1)
        weights = {"beta": power * ridge / own.shape[1], "alpha": -power}
        own.mul_(trace).baddbmm_(own_pull, residual, **weights)
        yield from own.mul_(unit).mT.unbind()


def _sum_of_correlations(white: White, *factors: Tensor) -> Gain:
    """Return the sum of the singular values above rounding, and its gradient as U V' and 1."""
    poison = white.sum() * 0  # NaN if anything is not finite: LAPACK must not see it, users must
    left, correlation, right = torch.linalg.svd(white.nan_to_num(), full_matrices=False)
    # Whitening magnifies rounding by up to the largest ratio of a row of a factor to its pivot.
    magnified = [(vector_norm(factor, dim=1) / factor.diagonal()).amax() for factor in factors]
    noise = magnified[0] * magnified[1] * (4 * torch.finfo(white.dtype).eps)
    kept = correlation * (correlation > noise)
    return poison + kept.sum(), (left * kept.sign()) @ right, 1


def _sum_of_squares(white: White, *_factors: Tensor) -> Gain:
    """Return the sum of the squared singular values, and its gradient as T and 2."""
    return (white * white).sum(), white, 2


def _unit_free(views: Columns, ridge: float) -> tuple[Columns, Tensor, Factors]:
    """Return centred views over their largest deviations, one over these, their ridged factors."""
    (_, dim, rows), limits = views.shape, torch.finfo(views.dtype)
    views, reach = spread(views, dim=2)
    # Constant columns become 0. The unit does not matter, but squares of 1e20 leave float32.
    positive = reach.clamp_min(limits.tiny)
    units = reach / positive / positive.amax(dim=1, keepdim=True)
    products = torch.bmm(views.mul_(units), views.mT)
    variance = products.diagonal(dim1=1, dim2=2)
    # The ridge is no less than the rounding of products and factor, so that Cholesky succeeds.
    share = max(ridge, (24 + 3 * dim) * limits.eps) / dim
    floor = 4 * rows * limits.eps / share
    variance.add_(variance.sum(dim=1, keepdim=True).clamp_min_(floor), alpha=share)
    return views, units, torch.linalg.cholesky_ex(products).L


def _eckart_young(eeg: View, speech: View) -> Iterator[Tensor]:
    """Yield minus the loss, then the loss's gradients."""
    freedom = max(len(eeg) - 1, 1)
    (eeg, _), (speech, _) = centre(eeg), centre(speech)
    variance = torch.addmm(eeg.mT @ eeg, speech.mT, speech, beta=1 / freedom, alpha=1 / freedom)
    shared = torch.dot(eeg.flatten(), speech.flatten())
    yield (4 / freedom * shared).sub_(variance.square().sum())
    for own, other in ((eeg, speech), (speech, eeg)):
        yield torch.addmm(other, own, variance, beta=-4 / freedom, alpha=4 / freedom)


class _ClosedForm(torch.autograd.Function):
    """Asks a rule for minus the loss and, if wanted, the loss's gradients; scales these later."""

    @staticmethod
    def forward(ctx: Any, rule: Callable[..., Iterator[Tensor]], *views: Tensor) -> Tensor:
        with torch.inference_mode():  # faster on small batches: nothing is tracked
            parts = rule(*views)
            gain = next(parts)
            ctx.gradients = tuple(parts) if any(ctx.needs_input_grad) else None
        return -gain  # outside, because autograd must track it

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, weight: Tensor) -> tuple[None, Tensor, Tensor]:
        eeg, speech = ctx.gradients
        return None, eeg * weight, speech * weight


_closed_form: Callable[..., Tensor] = _ClosedForm.apply
