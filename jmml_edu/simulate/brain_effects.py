"""What emotion does to an EEG here, each effect with a size, a source and its standing.

Comes in: nothing. Goes out: the sizes (any of which can be 0) and the table that says where they
come from and how well they replicate.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class BrainEffects:
    """Changes in power per unit of valence or arousal, in dB; 0 switches an effect off.

    The sizes make a classroom's worth of signal out of a few hundred trials: they are chosen for
    teaching and exceed what most studies of single trials would support. :data:`EFFECTS_TABLE`
    says what the literature reports about each direction.

    Attributes
    ----------
    valence_to_alpha_asymmetry_db
        Right minus left frontal alpha, at its sources (electrodes show less, because each hears
        both sides and the back). Alpha is taken to mark rest, so that more alpha on the right
        means more activity on the left.
    valence_to_theta_db
        Frontal midline theta.
    arousal_to_alpha_db
        Alpha, posterior and frontal; negative because alpha gives way to arousal.
    arousal_to_beta_db
        Beta over frontal, central and parietal cortex.
    arousal_to_gamma_db
        Gamma of the cortex. Off, because gamma at the scalp is mostly muscle.
    arousal_to_muscle_db
        Tension of the muscles of face and temples: no effect of the cortex, yet in the EEG.

    Examples
    --------
    >>> BrainEffects().scaled(0.0) == BrainEffects(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    True
    """

    valence_to_alpha_asymmetry_db: float = 3.0
    valence_to_theta_db: float = 1.0
    arousal_to_alpha_db: float = -1.5
    arousal_to_beta_db: float = 1.0
    arousal_to_gamma_db: float = 0.0
    arousal_to_muscle_db: float = 1.5

    def scaled(self, factor: float) -> BrainEffects:
        """Return all effects times a factor: one knob from no emotion (0) to plain to see (3)."""
        return BrainEffects(*(factor * size for size in astuple(self)))


class EffectNote(NamedTuple):
    """One row of :data:`EFFECTS_TABLE`: what is claimed, by whom, and how it has fared."""

    effect: str
    direction: str
    source: str
    link: str
    replication: str


EFFECTS_TABLE: tuple[EffectNote, ...] = (
    EffectNote(
        "valence_to_alpha_asymmetry_db",
        "positive valence: relatively more alpha at F4 than at F3",
        "Davidson et al. 1990; reviews: Reznik and Allen 2018, Sabu et al. 2022",
        "https://doi.org/10.1111/psyp.12965",
        "Poor. The 1990 study found disgust against happiness but nothing for positive against "
        "negative films pooled; a review of 61 studies calls results mixed; as a trait of "
        "depression, 13 of 270 analyses were significant (Kołodziej et al. 2021, "
        "https://doi.org/10.7554/eLife.60595). It may follow approach rather than valence.",
    ),
    EffectNote(
        "valence_to_theta_db",
        "pleasant: more theta at the frontal midline",
        "Sammler et al. 2007; Rogenmoser et al. 2016",
        "https://doi.org/10.1111/j.1469-8986.2007.00497.x",
        "Seen in two studies of music, both small; theta also follows effort and attention.",
    ),
    EffectNote(
        "arousal_to_alpha_db",
        "high arousal: less alpha, mostly at the back",
        "Schubring and Schupp 2021; Kim et al. 2021; Rogenmoser et al. 2016",
        "https://doi.org/10.1093/cercor/bhaa312",
        "The best of this list: found for pictures, films and music. Not specific: attention "
        "does the same, some picture studies found increases, and late ones occur too.",
    ),
    EffectNote(
        "arousal_to_beta_db",
        "high arousal: more beta",
        "Ray and Cole 1985 (beta reflects emotional processes)",
        "https://doi.org/10.1126/science.3992243",
        "Contested, even in sign: Schubring and Schupp 2021 and Kim et al. 2021 found less lower "
        "beta. Part of what is reported as more beta may be muscle.",
    ),
    EffectNote(
        "arousal_to_gamma_db",
        "off; claimed: high arousal, more gamma",
        "Against it: Whitham et al. 2007; Muthukumaraswamy 2013",
        "https://doi.org/10.1016/j.clinph.2007.04.027",
        "Under full muscle paralysis, power above 20 Hz was 10 to 200 times lower: scalp gamma "
        "needs proof that it is not muscle.",
    ),
    EffectNote(
        "arousal_to_muscle_db",
        "high arousal: more muscle activity at the edge of the scalp",
        "Cacioppo et al. 1986; topography: Goncharova et al. 2003",
        "https://doi.org/10.1037/0022-3514.50.2.260",
        "Facial muscles follow the intensity of feeling reliably (and valence, through other "
        "muscles than these). It predicts arousal without being brain activity.",
    ),
)
"""Direction, source and standing of each effect of :class:`BrainEffects`."""
