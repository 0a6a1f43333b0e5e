"""Losses of self-supervised learning, for comparison: VICReg, Barlow Twins, InfoNCE.

They too take two paired views, but compare column with column or row with row as they stand: a
rotation of one view changes them, and both must have the same width.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from jmml_edu._checks import check_above, check_at_least
from jmml_edu.losses._views import View, centre, checked, full_precision, spread


def vicreg_loss(
    eeg: View,
    speech: View,
    *,
    invariance_weight: float = 25.0,
    variance_weight: float = 25.0,
    covariance_weight: float = 1.0,
) -> Float[Tensor, ""]:
    r"""Return the VICReg loss: pairs close, columns wide, columns uncorrelated.

    It is at least 0, and 0 for equal views of uncorrelated columns of variance 1:

    .. math:: \mathcal{L} = \frac{\lambda}{m} \sum_i \lVert e_i - s_i \rVert^2
        + \sum_{z \in \{e, s\}} \Big[ \frac{\mu}{d} \sum_j \max(0, 1 - \sqrt{S^z_{jj} + 10^{-4}})
        + \frac{\nu}{d} \sum_{j \neq k} (S^z_{jk})^2 \Big]

    As in `Bardes et al. 2022 <https://arxiv.org/abs/2105.04906>`_, weights too; their code divides
    the first term by the width as well and halves the second: ``invariance_weight=25 / dim,
    variance_weight=12.5`` here. Squares leave float32 where the views exceed about 1e9.

    Parameters
    ----------
    eeg, speech
        Embeddings of one width, or ValueError. Their scale matters.
    invariance_weight, variance_weight, covariance_weight
        Weights, at least 0: :math:`\lambda` of the squared distance between partners, :math:`\mu`
        of standard deviations short of 1, :math:`\nu` of squared covariances between columns.

    Examples
    --------
    One column of zeros lacks a standard deviation of 0.99 in either view:

    >>> round(vicreg_loss(torch.zeros(5, 1), torch.zeros(5, 1)).item(), 3)
    49.5
    """
    eeg, speech = checked("vicreg_loss", eeg, speech, same_width=True)
    check_at_least(
        "vicreg_loss", 0, invariance_weight=invariance_weight, variance_weight=variance_weight,
        covariance_weight=covariance_weight,
    )  # fmt: skip
    with full_precision(eeg):
        loss = invariance_weight * (eeg - speech).square().sum(dim=1).mean()
        for view in (eeg, speech):
            centred, _ = centre(view)
            covariance = centred.mT @ centred / max(len(view) - 1, 1)
            deviation = (covariance.diagonal() + 1e-4).sqrt()
            loss = loss + variance_weight * (1 - deviation).relu().mean()
            loss = loss + covariance_weight * (_off(covariance) / len(covariance))
    return loss


def barlow_twins_loss(
    eeg: View, speech: View, *, redundancy_weight: float = 5e-3
) -> Float[Tensor, ""]:
    r"""Return the Barlow Twins loss: the cross-correlation matrix shall be the identity.

    It lies in ``[0, 4 dim + redundancy_weight dim (dim - 1)]``; 0 where column ``j`` of one view
    is a positive multiple of the other's and correlates with no other column:

    .. math:: \mathcal{L} = \sum_j (1 - C_{jj})^2 + \lambda \sum_{j \neq k} C_{jk}^2, \qquad
        C_{jk} = \operatorname{corr}(e_{\cdot j}, s_{\cdot k})

    The code of `Zbontar et al. 2021 <https://arxiv.org/abs/2103.03230>`_, whose formula this is,
    normalises by batch normalisation, which adds 1e-5 to each variance and so depends on the unit.
    Here a constant column has correlation 0 with everything.

    Parameters
    ----------
    eeg, speech
        Embeddings of one width, or ValueError. The units of their columns do not matter.
    redundancy_weight
        Weight :math:`\lambda` of correlations between different columns, at least 0.

    Examples
    --------
    Columns that run against each other correlate by -1, and (1 + 1)^2 = 4:

    >>> view = torch.tensor([[1.0], [2.0], [3.0]])
    >>> round(barlow_twins_loss(view, -view).item(), 3)
    4.0
    """
    eeg, speech = checked("barlow_twins_loss", eeg, speech, same_width=True)
    check_at_least("barlow_twins_loss", 0, redundancy_weight=redundancy_weight)
    with full_precision(eeg):
        correlation = _standardised(eeg).mT @ _standardised(speech)
        return (1 - correlation.diagonal()).square().sum() + redundancy_weight * _off(correlation)


def info_nce_loss(eeg: View, speech: View, *, temperature: float = 0.07) -> Float[Tensor, ""]:
    r"""Return the symmetric InfoNCE loss: each row shall find its partner among all rows.

    Cross-entropy of the right partner under a softmax of cosine similarities, averaged over rows
    and both directions. It lies in ``[0, log(batch) + 2 / temperature]``: ``log(batch)`` where all
    rows look alike, near 0 where each is close to its partner and far from all others:

    .. math:: \mathcal{L} = -\frac{1}{2m} \sum_i \Big[ \log \frac{e^{c_{ii} / \tau}}
        {\sum_j e^{c_{ij} / \tau}} + \log \frac{e^{c_{ii} / \tau}}{\sum_j e^{c_{ji} / \tau}}
        \Big], \qquad c_{ij} = \frac{e_i \cdot s_j}{\lVert e_i \rVert \lVert s_j \rVert}

    The bound of `van den Oord et al. 2018 <https://arxiv.org/abs/1807.03748>`_ scores one way by a
    bilinear form; cosines, both directions and the default temperature are those of `Radford et
    al. 2021 <https://arxiv.org/abs/2103.00020>`_, whose code learns it and keeps it at 0.01 or
    more. Other rows of the same class count as wrong partners. A row of zeros has similarity 0.

    Parameters
    ----------
    eeg, speech
        Embeddings of one width, or ValueError. The lengths of their rows do not matter.
    temperature
        Temperature :math:`\tau` above 0. Smaller looks harder at the closest wrong partners.

    Examples
    --------
    Eight rows that all look alike leave a guess among eight:

    >>> alike = torch.ones(8, 3)
    >>> round(info_nce_loss(alike, alike).exp().item(), 3)
    8.0
    """
    eeg, speech = checked("info_nce_loss", eeg, speech, same_width=True)
    check_above("info_nce_loss", 0, temperature=temperature)
    with full_precision(eeg):
        score = _unit_length(eeg, dim=1) @ _unit_length(speech, dim=1).mT / temperature
        found = score.diagonal().mean()
        return (score.logsumexp(dim=0).mean() + score.logsumexp(dim=1).mean()) / 2 - found


def _off(matrix: Float[Tensor, "dim dim"]) -> Float[Tensor, ""]:
    """Return the sum of the squares off the diagonal."""
    return (matrix - matrix.diagonal().diag()).square().sum()


def _standardised(view: View) -> View:
    """Return centred columns of length one; a constant column becomes 0."""
    centred, total = centre(view)
    return _unit_length(centred * spread(centred, total).sign_(), dim=0)


def _unit_length(view: View, *, dim: int) -> View:
    """Return rows or columns of length one; zeros stay zeros.

    The largest entry goes first: it keeps squares in range, and no length is below 1 after it.
    """
    largest = view.detach().abs().amax(dim=dim, keepdim=True)
    view = view / largest.where(largest != 0, 1)
    return view / torch.linalg.vector_norm(view, dim=dim, keepdim=True).clamp_min(1)
