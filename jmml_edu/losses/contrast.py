"""Losses of self-supervised learning, for comparison: a rotation of one view changes them."""

from __future__ import annotations

import torch

from jmml_edu._checks import check_above, check_at_least
from jmml_edu.losses._views import Scalar, View, centre, ready, spread


def vicreg_loss(
    eeg: View,
    speech: View,
    *,
    invariance_weight: float = 25.0,
    variance_weight: float = 25.0,
    covariance_weight: float = 1.0,
) -> Scalar:
    r"""Return the VICReg loss: pairs close, columns wide, columns uncorrelated.

    .. math:: \mathcal{L} = \frac{\lambda}{m} \sum_i \lVert e_i - s_i \rVert^2
        + \sum_{z \in \{e, s\}} \Big[ \frac{\mu}{d} \sum_j \max(0, 1 - \sqrt{S^z_{jj} + 10^{-4}})
        + \frac{\nu}{d} \sum_{j \neq k} (S^z_{jk})^2 \Big]

    It is at least 0, and 0 for equal views of uncorrelated columns of variance 1; views beyond
    about 1e9 leave float32. Weights of invariance :math:`\lambda`, variance :math:`\mu` and
    covariance :math:`\nu` are those of `Bardes et al. 2022 <https://arxiv.org/abs/2105.04906>`_;
    their code divides the first term by the width as well and halves the second, which here is
    ``invariance_weight=25 / dim, variance_weight=12.5``. A weight below 0 or views of unlike width
    raise ValueError, other errors are those of :mod:`jmml_edu.losses`.

    Examples
    --------
    >>> zeros = torch.zeros(5, 1)  # either column lacks a standard deviation of 0.99
    >>> round(vicreg_loss(zeros, zeros).item(), 3)
    49.5
    """
    views, exactly = ready("vicreg_loss", eeg, speech, one_width=True)
    with exactly:
        check_at_least("vicreg_loss", 0, invariance_weight=invariance_weight)
        check_at_least("vicreg_loss", 0, variance_weight=variance_weight)
        check_at_least("vicreg_loss", 0, covariance_weight=covariance_weight)
        loss = invariance_weight * (views[0] - views[1]).square().sum(dim=1).mean()
        for centred, _ in map(centre, views):
            covariance = centred.mT @ centred / max(len(centred) - 1, 1)
            deviation = (covariance.diagonal() + 1e-4).sqrt()
            overlap = covariance.square().fill_diagonal_(0).sum() / len(covariance)
            loss += variance_weight * (1 - deviation).relu().mean() + covariance_weight * overlap
        return loss


def barlow_twins_loss(eeg: View, speech: View, *, redundancy_weight: float = 5e-3) -> Scalar:
    r"""Return the Barlow Twins loss: the cross-correlation matrix shall be the identity.

    .. math:: \mathcal{L} = \sum_j (1 - C_{jj})^2 + \lambda \sum_{j \neq k} C_{jk}^2, \qquad
        C_{jk} = \operatorname{corr}(e_{\cdot j}, s_{\cdot k})

    It lies in ``[0, 4 dim + redundancy_weight dim (dim - 1)]``, and is 0 where each column is a
    positive multiple of its partner and correlates with no other. Units do not matter, and a
    constant column has correlation 0; the code of `Zbontar et al. 2021
    <https://arxiv.org/abs/2103.03230>`_ adds 1e-5 to each variance instead. ``redundancy_weight``
    is :math:`\lambda`, at least 0; errors are as for :func:`vicreg_loss`.

    Examples
    --------
    >>> view = torch.tensor([[1.0], [2.0], [3.0]])
    >>> round(barlow_twins_loss(view, -view).item(), 3)  # correlation -1, and (1 + 1)^2 = 4
    4.0
    """
    views, exactly = ready("barlow_twins_loss", eeg, speech, one_width=True)
    with exactly:
        check_at_least("barlow_twins_loss", 0, redundancy_weight=redundancy_weight)
        varying = (centred * reach.sign() for centred, reach in map(spread, views))
        eeg, speech = (_unit_length(view, dim=0) for view in varying)
        correlation = eeg.mT @ speech
        others = correlation.square().fill_diagonal_(0)
        return (1 - correlation.diagonal()).square().sum() + redundancy_weight * others.sum()


def info_nce_loss(eeg: View, speech: View, *, temperature: float = 0.07) -> Scalar:
    r"""Return the symmetric InfoNCE loss: each row shall find its partner among all rows.

    Cross-entropy of the right partner under a softmax of cosines, both ways:

    .. math:: \mathcal{L} = \frac{1}{2m} \sum_i \log \frac{\sum_j \exp c_{ij} \sum_j \exp c_{ji}}
        {\exp 2 c_{ii}}, \qquad c_{ij} = \frac{\cos(e_i, s_j)}{\tau}

    It lies in ``[0, log(batch) + 2 / temperature]``: ``log(batch)`` where all rows look alike, near
    0 where each is close to its partner alone. A row of zeros has cosine 0. ``temperature`` is
    :math:`\tau`, above 0; smaller looks harder at the closest wrong partners, which may be of the
    same class. `Radford et al. 2021 <https://arxiv.org/abs/2103.00020>`_ also learn it; the bound
    is by `van den Oord et al. 2018 <https://arxiv.org/abs/1807.03748>`_, with a bilinear form for
    cosines and one way only. Errors are as for :func:`vicreg_loss`.

    Examples
    --------
    >>> alike = torch.ones(8, 3)
    >>> round(info_nce_loss(alike, alike).exp().item(), 3)  # a guess among eight
    8.0
    """
    views, exactly = ready("info_nce_loss", eeg, speech, one_width=True)
    with exactly:
        check_above("info_nce_loss", 0, temperature=temperature)
        eeg, speech = (_unit_length(view, dim=1) for view in views)
        score = eeg @ speech.mT / temperature
        either_way = (score.logsumexp(dim=0) + score.logsumexp(dim=1)) / 2
        return (either_way - score.diagonal()).mean()


def _unit_length(view: View, *, dim: int) -> View:
    """Return rows or columns of length one; zeros stay zeros."""
    largest = view.detach().abs().amax(dim=dim, keepdim=True)
    view = view / largest.where(largest != 0, 1)  # squares stay in range, no length is below 1
    return view / torch.linalg.vector_norm(view, dim=dim, keepdim=True).clamp_min(1)
