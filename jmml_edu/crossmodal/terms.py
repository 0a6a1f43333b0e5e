r"""What may be asked of a shared space: five terms, and the methods that are made of them.

With encoders :math:`g_e, g_s`, codes :math:`z_e, z_s` and decoders :math:`D_{ab}` from the code of
:math:`b` to view :math:`a`, one loss covers the family:

.. math::

    \mathcal{L} = \alpha\, \mathcal{L}_\text{corr}(z_e, z_s) + \sum_{a, b \in \{e, s\}}
        \beta_{ab}\, \frac{\lVert x_a - D_{ab}(z_b) \rVert^2}{d_a}
"""

from __future__ import annotations

from collections.abc import Mapping

from jmml_edu._checks import check_at_least, check_one_of, fail

RECONSTRUCTIONS = {
    "eeg from eeg": ("eeg", "eeg"),
    "speech from speech": ("speech", "speech"),
    "eeg from speech": ("eeg", "speech"),
    "speech from eeg": ("speech", "eeg"),
}
"""Which view is told from the code of which, by the name of the term."""

TERMS = ("correlation", *RECONSTRUCTIONS)
"""Everything that may be asked."""

METHODS = {
    "DCCA": ("correlation",),
    "DCCAE": ("correlation", "eeg from eeg", "speech from speech"),
    "DCC-CAE": ("correlation", "eeg from eeg", "eeg from speech"),
    "split autoencoder": ("speech from speech", "eeg from speech"),
    "translation and alignment": ("correlation", "eeg from speech"),
    "E-DCC-CAE": TERMS,
}
"""The published methods by the terms that make them.

DCCA: Andrew et al., ICML 2013. DCCAE: Wang et al., ICML 2015. DCC-CAE with EEG as the view that
will be missing: Dumpala et al., ViGIL workshop 2018; both its decoders rebuild that view. Split
autoencoder: Ngiam et al., ICML 2011. Translation and alignment: arXiv 2011.01631. E-DCC-CAE extends
DCC-CAE (KNOWN, arXiv 2503.18964); that it asks for all five terms is OUR READING.
"""


def weights_of(terms: str | Mapping[str, float], reconstruction_weight: float) -> dict[str, float]:
    """Return the weight of each term that is asked for: of a method, or as given one by one.

    Examples
    --------
    >>> weights_of("translation and alignment", 0.1)
    {'correlation': 1.0, 'eeg from speech': 0.1}
    """
    if isinstance(terms, str):
        check_one_of("", tuple(METHODS), terms=terms)
        check_at_least("", 0, reconstruction_weight=reconstruction_weight)
        terms = {
            term: 1.0 if term == "correlation" else reconstruction_weight for term in METHODS[terms]
        }
    for term, weight in terms.items():
        check_one_of("", TERMS, term=term)
        check_at_least("", 0, **{f"terms[{term!r}]": weight})
    asked = {term: float(weight) for term, weight in terms.items() if weight}
    if not asked:
        fail("", "terms", "ask for something", dict(terms), 'Choose "E-DCC-CAE" to begin with.')
    return asked
