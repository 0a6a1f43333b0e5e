"""The Eckart-Young loss: linear CCA as an unconstrained sum over samples, without any inverse."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from jmml_edu.losses._closed_form import closed_form
from jmml_edu.losses._views import centre, checked


def eckart_young_loss(
    eeg: Float[Tensor, "batch dim"], speech: Float[Tensor, "batch dim"]
) -> Float[Tensor, ""]:
    r"""Return the Eckart-Young loss of two paired views.

    Reward what column ``i`` of one view shares with column ``i`` of the other, and penalise
    all variance, which keeps the columns small and apart:

    .. math::

        \mathcal{L} = -2 \operatorname{tr}(S_{es} + S_{se}) + \lVert S_{ee} + S_{ss} \rVert_F^2

    with covariances :math:`S` over :math:`m - 1` (over 1 for a single row).

    Parameters
    ----------
    eeg, speech
        Embeddings of the same width, row ``i`` paired with row ``i``. Their scale matters.

    Returns
    -------
    loss
        A scalar of at least ``-dim``; lower is more correlated.

    Raises
    ------
    ValueError, TypeError
        If the views are not paired tensors of one width, dtype and device.

    Notes
    -----
    Over linear encoders of centred data the minimum is exactly :math:`-\sum_i \rho_i^2`, summed
    over the ``dim`` largest canonical correlations, where code ``i`` has variance
    :math:`\rho_i / 2` in either view [1]_. Unlike the canonical correlations, the value of two
    given views depends on their scale by design: it grows with its fourth power, and leaves
    float32 beyond about 1e9. Averages over small batches estimate covariances, not inverses, so
    they are far less biased than the sum of correlations.

    Some codes count the variances among the rewards too; their minimum is
    :math:`-\sum_i (1 + \rho_i)^2`.

    References
    ----------
    .. [1] J. Chapman, L. Wells, A. Lawry Aguila, "Unconstrained Stochastic CCA: Unifying
       Multiview and Self-Supervised Learning", ICLR 2024. https://arxiv.org/abs/2310.01012

    Examples
    --------
    Two equal columns of variance 1/2 reach the minimum for a correlation of 1:

    >>> view = torch.tensor([[-0.5], [0.5]])
    >>> eckart_young_loss(view, view).item()
    -1.0
    """
    eeg, speech = checked("eckart_young_loss", eeg, speech, same_width=True)
    return closed_form(_eckart_young, eeg, speech)


def _eckart_young(
    eeg: Float[Tensor, "batch dim"], speech: Float[Tensor, "batch dim"]
) -> tuple[Float[Tensor, ""], Callable[[], tuple[Tensor, Tensor]]]:
    """Return the loss and the function that gives its gradients."""
    freedom = max(len(eeg) - 1, 1)
    (eeg, _), (speech, _) = centre(eeg), centre(speech)
    variance = torch.addmm(eeg.mT @ eeg, speech.mT, speech, beta=1 / freedom, alpha=1 / freedom)
    shared = torch.dot(eeg.reshape(-1), speech.reshape(-1))
    loss = variance.square().sum().sub(shared, alpha=4 / freedom)

    def gradients() -> tuple[Tensor, Tensor]:
        factor = 4 / freedom
        return (
            torch.addmm(speech, eeg, variance, beta=-factor, alpha=factor),
            torch.addmm(eeg, speech, variance, beta=-factor, alpha=factor),
        )

    return loss, gradients
