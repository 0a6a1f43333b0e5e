"""Losses of self-supervised learning, for comparison: VICReg, Barlow Twins, InfoNCE.

They too take two paired views, but compare column with column or row with row as they stand: a
rotation of one view changes them, and both views must have the same width.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.linalg import vector_norm

from jmml_edu._checks import check_above, check_at_least
from jmml_edu.losses._views import centre, checked, full_precision, spread

VARIANCE_FLOOR = 1e-4


def vicreg_loss(
    eeg: Float[Tensor, "batch dim"],
    speech: Float[Tensor, "batch dim"],
    *,
    invariance_weight: float = 25.0,
    variance_weight: float = 25.0,
    covariance_weight: float = 1.0,
) -> Float[Tensor, ""]:
    r"""Return the VICReg loss: pairs close, columns wide, columns uncorrelated.

    .. math::

        \mathcal{L} = \frac{\lambda}{m} \sum_i \lVert e_i - s_i \rVert^2
        + \sum_{z \in \{e, s\}} \Big[ \frac{\mu}{d} \sum_j \max(0, 1 - \sqrt{S^z_{jj} + 10^{-4}})
        + \frac{\nu}{d} \sum_{j \neq k} (S^z_{jk})^2 \Big]

    Parameters
    ----------
    eeg, speech
        Embeddings of the same width, row ``i`` paired with row ``i``. Their scale matters.
    invariance_weight
        Weight :math:`\lambda` of the squared distance between partners, at least 0.
    variance_weight
        Weight :math:`\mu` of standard deviations that fall short of 1, at least 0.
    covariance_weight
        Weight :math:`\nu` of squared covariances between columns, at least 0.

    Returns
    -------
    loss
        A scalar of at least 0; 0 for equal views of uncorrelated columns of variance 1.

    Raises
    ------
    ValueError, TypeError
        If the views are not paired tensors of one width, dtype and device, or a weight is
        negative.

    Notes
    -----
    Formula and weights are those of [1]_. Its published code divides the first term by the
    width as well and halves the second: ``invariance_weight=25 / dim, variance_weight=12.5``
    here. Distances and covariances leave float32 where the views exceed about 1e9.

    References
    ----------
    .. [1] A. Bardes, J. Ponce, Y. LeCun, "VICReg: Variance-Invariance-Covariance Regularization
       for Self-Supervised Learning", ICLR 2022. https://arxiv.org/abs/2105.04906

    Examples
    --------
    Equal columns of variance 4 are wide enough, alone, and at no distance:

    >>> import torch
    >>> view = torch.tensor([[-2.0], [2.0], [-2.0], [2.0], [0.0]])
    >>> vicreg_loss(view, view).item()
    0.0

    One column of zeros lacks a standard deviation of 0.99 in either view:

    >>> round(vicreg_loss(view * 0, view * 0).item(), 3)
    49.5
    """
    name = "vicreg_loss"
    eeg, speech = checked(name, eeg, speech, same_width=True)
    check_at_least(
        name, 0, invariance_weight=invariance_weight, variance_weight=variance_weight,
        covariance_weight=covariance_weight,
    )  # fmt: skip
    with full_precision(eeg):
        loss = invariance_weight * (eeg - speech).square().sum(dim=1).mean()
        for view in (eeg, speech):
            shortfall, overlap = _variance_and_covariance(view)
            loss = loss + variance_weight * shortfall + covariance_weight * overlap
    return loss


def barlow_twins_loss(
    eeg: Float[Tensor, "batch dim"],
    speech: Float[Tensor, "batch dim"],
    *,
    redundancy_weight: float = 5e-3,
) -> Float[Tensor, ""]:
    r"""Return the Barlow Twins loss: the cross-correlation matrix shall be the identity.

    .. math::

        \mathcal{L} = \sum_j (1 - C_{jj})^2 + \lambda \sum_{j \neq k} C_{jk}^2, \qquad
        C_{jk} = \operatorname{corr}(e_{\cdot j}, s_{\cdot k})

    Parameters
    ----------
    eeg, speech
        Embeddings of the same width, row ``i`` paired with row ``i``. Units do not
        matter, column by column.
    redundancy_weight
        Weight :math:`\lambda` of correlations between different columns, at least 0.

    Returns
    -------
    loss
        A scalar in ``[0, 4 dim + redundancy_weight dim (dim - 1)]``; 0 where column ``j`` of
        either view is a multiple of the other's and correlates with no other column.

    Raises
    ------
    ValueError, TypeError
        If the views are not paired tensors of one width, dtype and device, or the weight is
        negative.

    Notes
    -----
    The formula is that of [1]_. Its published code normalises by batch normalisation, which
    adds 1e-5 to each variance and so depends on the unit. Here a constant column has
    correlation 0 with everything.

    References
    ----------
    .. [1] J. Zbontar, L. Jing, I. Misra, Y. LeCun, S. Deny, "Barlow Twins: Self-Supervised
       Learning via Redundancy Reduction", ICML 2021. https://arxiv.org/abs/2103.03230

    Examples
    --------
    Columns that run against each other correlate by -1, and (1 + 1)^2 = 4:

    >>> import torch
    >>> view = torch.tensor([[1.0], [2.0], [3.0]])
    >>> round(barlow_twins_loss(view, -view).item(), 3)
    4.0
    """
    eeg, speech = checked("barlow_twins_loss", eeg, speech, same_width=True)
    check_at_least("barlow_twins_loss", 0, redundancy_weight=redundancy_weight)
    with full_precision(eeg):
        correlation = _standardised(eeg).mT @ _standardised(speech)
        return (1 - correlation.diagonal()).square().sum() + redundancy_weight * _off(correlation)


def info_nce_loss(
    eeg: Float[Tensor, "batch dim"],
    speech: Float[Tensor, "batch dim"],
    *,
    temperature: float = 0.07,
) -> Float[Tensor, ""]:
    r"""Return the symmetric InfoNCE loss: each row shall find its partner among all rows.

    Cross-entropy of the right partner under a softmax of cosine similarities, averaged over
    rows and over both directions:

    .. math::

        \mathcal{L} = -\frac{1}{2m} \sum_i \Big[ \log \frac{e^{c_{ii} / \tau}}
        {\sum_j e^{c_{ij} / \tau}} + \log \frac{e^{c_{ii} / \tau}}{\sum_j e^{c_{ji} / \tau}}
        \Big], \qquad c_{ij} = \frac{e_i \cdot s_j}{\lVert e_i \rVert \lVert s_j \rVert}

    Parameters
    ----------
    eeg, speech
        Embeddings of the same width, row ``i`` paired with row ``i``. Lengths of
        rows do not matter.
    temperature
        Temperature :math:`\tau` above 0. Smaller looks harder at the closest wrong partners.

    Returns
    -------
    loss
        A scalar in ``[0, log(batch) + 2 / temperature]``; ``log(batch)`` where all rows look
        alike, near 0 where each row is close to its partner and far from all others.

    Raises
    ------
    ValueError, TypeError
        If the views are not paired tensors of one width, dtype and device, or the temperature
        is not above 0.

    Notes
    -----
    The bound of [1]_ scores one direction by a bilinear form; cosines, both directions and the
    default temperature are those of [2]_, whose code learns the temperature and keeps it at
    0.01 or more. Other rows of the same class count as wrong partners. The similarity of a row
    of zeros is 0.

    References
    ----------
    .. [1] A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with Contrastive
       Predictive Coding", 2018. https://arxiv.org/abs/1807.03748
    .. [2] A. Radford et al., "Learning Transferable Visual Models From Natural Language
       Supervision", ICML 2021. https://arxiv.org/abs/2103.00020

    Examples
    --------
    Eight rows that all look alike leave a guess among eight:

    >>> import math, torch
    >>> alike = torch.ones(8, 3)
    >>> math.exp(round(info_nce_loss(alike, alike).item(), 4))  # doctest: +ELLIPSIS
    7.99...
    """
    eeg, speech = checked("info_nce_loss", eeg, speech, same_width=True)
    check_above("info_nce_loss", 0, temperature=temperature)
    with full_precision(eeg):
        score = _unit_length(eeg, dim=1) @ _unit_length(speech, dim=1).mT / temperature
        found = score.diagonal().mean()
        return (score.logsumexp(dim=0).mean() + score.logsumexp(dim=1).mean()) / 2 - found


def _variance_and_covariance(
    view: Float[Tensor, "batch dim"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return how far standard deviations fall short of 1, and the squared covariances."""
    centred, _ = centre(view)
    covariance = centred.mT @ centred / max(len(view) - 1, 1)
    deviation = (covariance.diagonal() + VARIANCE_FLOOR).sqrt()
    return (1 - deviation).relu().mean(), _off(covariance) / len(covariance)


def _off(matrix: Float[Tensor, "dim dim"]) -> Float[Tensor, ""]:
    """Return the sum of the squares off the diagonal."""
    return (matrix - matrix.diagonal().diag()).square().sum()


def _standardised(view: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
    """Return centred columns of length one; a constant column becomes 0."""
    centred, total = centre(view)
    return _unit_length(centred * spread(centred, total).sign_(), dim=0)


def _unit_length(view: Float[Tensor, "batch dim"], *, dim: int) -> Float[Tensor, "batch dim"]:
    """Return rows or columns of length one; zeros stay zeros.

    The largest entry goes first: it keeps squares in range, and no length is below 1 after it.
    """
    largest = view.detach().abs().amax(dim=dim, keepdim=True)
    view = view / largest.where(largest != 0, 1)
    return view / vector_norm(view, dim=dim, keepdim=True).clamp_min(1)
