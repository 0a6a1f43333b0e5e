"""Valence and arousal as two sliders: hear the simulated voice, see the simulated scalp."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from jmml_edu._checks import InputError, fail
from jmml_edu.data import Recording
from jmml_edu.explorer.browser import module_of, sheet_of, with_picture
from jmml_edu.explorer.feeling import EXTREME, GRID, Felt, Power, Speaker
from jmml_edu.explorer.packer import Packer
from jmml_edu.explorer.page import write_page
from jmml_edu.explorer.scalp import scalp_of
from jmml_edu.features.eeg import BANDS, eeg_feature_names
from jmml_edu.simulate.brain_effects import EFFECTS_TABLE
from jmml_edu.simulate.head import CHANNELS
from jmml_edu.simulate.pairs import World
from jmml_edu.simulate.samples import SAMPLES_WORLD

TITLE = "Voice and brain"


class VoiceAndBrain(anywidget.AnyWidget):
    """What valence and arousal do to a simulated voice and a simulated brain.

    Move a feeling about the plane of valence and arousal: hear one sentence of one person, see its
    waveform and spectrogram, and what changes on the scalp, all else being equal. Then compare with
    another trial of the same person, as one has to with recordings, and see what is left. A grid of
    25 feelings travels with the widget; the kernel makes those in between.

    Parameters
    ----------
    world
        The rules of the simulated study; those of the samples if None.
    person, trial
        Who speaks which sentence; numbers from 0.

    Attributes
    ----------
    valence, arousal
        The feeling, from -2 to 2 standard deviations; traitlets.
    compared
        What the scalp is compared with: ``"same"``, the same trial felt neutrally, or ``"other"``,
        another one; a traitlet.

    Raises
    ------
    InputError
        If the study has no such person or trial, or a feeling is more extreme.

    Examples
    --------
    >>> widget = VoiceAndBrain(person=3)
    >>> widget.arousal = 2
    >>> eeg, speech = widget.recordings()
    >>> eeg.subject, eeg.signal.shape, speech.provenance.stamp
    ('p04', (32, 512), 'SIMULATED')
    """

    _esm = module_of("parts", "base", "signals", "voice")
    _css = sheet_of("parts", "voice")

    _told = traitlets.Dict().tag(sync=True)
    _numbers = traitlets.Bytes().tag(sync=True)
    _clips = traitlets.Bytes().tag(sync=True)
    valence = traitlets.Float().tag(sync=True)
    arousal = traitlets.Float().tag(sync=True)
    compared = traitlets.Enum(("same", "other"), default_value="same").tag(sync=True)

    def __init__(self, *, world: World | None = None, person: int = 0, trial: int = 0) -> None:
        self.speaker = Speaker(world or SAMPLES_WORLD, person, trial)
        felt = [self.speaker.express(*place) for place in product(GRID, GRID)]
        self.neutral = felt[len(felt) // 2]
        told, numbers = _packed(felt, self.speaker.elsewhere())
        told |= {
            "who": f"Person {person + 1}, sentence {trial + 1}",
            "simulated": self.recordings_of(0.0, 0.0)[1].provenance.stamp,
        }
        clips = b"".join(one.clip for one in felt)
        super().__init__(_told=told, _numbers=numbers, _clips=clips)
        self.on_msg(self._answer)

    @traitlets.validate("valence", "arousal")
    def _check_feeling(self, proposal: dict[str, Any]) -> float:
        """Return a feeling that is not too extreme, or say so."""
        value = float(proposal["value"])
        if not abs(value) <= EXTREME:
            fail(
                "VoiceAndBrain", proposal["trait"].name,
                f"lie between {-EXTREME:g} and {EXTREME:g}", value, "0 is neutral.",
            )  # fmt: skip
        return value

    def recordings(self) -> tuple[Recording, Recording]:
        """Return EEG and speech of the feeling that is shown, stamped as simulated."""
        return self.recordings_of(self.valence, self.arousal)

    def recordings_of(self, valence: float, arousal: float) -> tuple[Recording, Recording]:
        """Return EEG and speech of another feeling."""
        return self.speaker.record(valence, arousal)

    def static(self) -> Any:
        """Return the spectrogram and three maps of the scalp as a matplotlib figure."""
        from jmml_edu.plots.feeling import feeling_figure  # matplotlib takes a while to import

        change = self.speaker.express(self.valence, self.arousal).power_db - self.neutral.power_db
        maps = {
            band: dict(zip(CHANNELS, row.tolist(), strict=True))
            for band, row in zip(BANDS, change, strict=True)
            if band in {"theta", "alpha", "beta"}
        }
        return feeling_figure(self.recordings()[1], maps, title=self._feeling())

    def to_html(self, path: str | Path) -> Path:
        """Write the widget as one page that works from disk, without network or kernel.

        Parameters
        ----------
        path
            Where; what is there is replaced. The page holds 25 feelings.

        Returns
        -------
        path
            The same.
        """
        names = ("_told", "_numbers", "_clips", "valence", "arousal", "compared")
        state = {name: getattr(self, name) for name in names}
        return write_page(Path(path), self, state, title=TITLE, alt=self._alt())

    def _answer(self, _: object, message: dict[str, Any], __: object) -> None:
        """Send what is heard and seen of the feeling that the browser asks for."""
        if message.get("kind") != "felt":
            return
        place = float(message["valence"]), float(message["arousal"])
        asked = {"kind": "felt", "valence": place[0], "arousal": place[1]}
        try:
            felt = self.speaker.express(*place)
        except InputError as problem:
            self.send({**asked, "problem": str(problem)})
            return
        power = felt.power_db.round(3).ravel().tolist()
        self.send({**asked, "measures": felt.measures(), "power": power}, buffers=[felt.clip])

    def _feeling(self) -> str:
        """Return the feeling in words."""
        return f"valence {self.valence:+.1f}, arousal {self.arousal:+.1f}"

    def _alt(self) -> str:
        """Return in words what there is to see."""
        return (
            f"A simulated voice and the scalp of the same simulated person at {self._feeling()}:"
            " a spectrogram, and maps of what changes in theta, alpha and beta against neutral."
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and for readers without one a picture with words."""
        return with_picture(super()._repr_mimebundle_(**kwargs), self.static(), alt=self._alt())


def _packed(felt: list[Felt], elsewhere: Power) -> tuple[dict[str, Any], bytes]:
    """Return what is to be said of the grid, and its numbers as one block."""
    scalp = scalp_of(eeg_feature_names(CHANNELS))
    if scalp is None or scalp.electrodes != CHANNELS:
        raise RuntimeError("the electrodes of the simulator have no places")  # pragma: no cover
    power = np.stack([one.power_db for one in felt])
    packer = Packer()
    packer.add_scaled("power", power)
    packer.add_scaled("elsewhere", elsewhere)
    packer.add_scaled("scalp_filling", scalp.filling)
    packer.add("scalp_pixels", scalp.pixels, "uint8")
    spans = pairwise(np.cumsum([0, *(len(one.clip) for one in felt)]).tolist())
    told = {
        "grid": list(GRID),
        "clips": [list(span) for span in spans],
        "measures": [one.measures() for one in felt],
        "scalp": {
            "bands": list(scalp.bands), "electrodes": list(scalp.electrodes),
            "places": scalp.places.round(4).tolist(),
            "range": float(np.ceil(np.quantile(np.abs(power - power[len(power) // 2]), 0.98))),
        },
        "effects": [
            [note.effect.replace("_", " ").removesuffix(" db"), note.direction, note.replication]
            for note in EFFECTS_TABLE if not note.direction.startswith("off")
        ],
    }  # fmt: skip
    return told | {"layout": packer.layout}, packer.block()
