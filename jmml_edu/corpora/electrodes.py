"""Names of EEG electrodes: from a file's spelling to the standard one, and which are there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from jmml_edu._checks import fail
from jmml_edu.data import Recording

_TEN_FIVE = re.compile(
    r"(Fp|AFp|AFF?|FFC|FFT|FTT|FT|FCC|FC|F|CCP|CPP|CP|CB|C|TTP|TPP|TP|T|PPO|POO|PO|P|OI|O|I|A|M|N)"
    r"(z|\d{1,2})(h?)(?:[ -]*(?:REF|LE|AR|AVG?|CAR|A1|A2|A1A2|M1|M2))?\.*",
    re.IGNORECASE,
)
_FORMER_NAMES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8"}


def canonical_channel(name: str) -> str:
    r"""Return an electrode's name as the 10-05 system writes it.

    Case, the words ``EEG`` and ``POL`` before it, a reference and dots after it are mended, and
    the former T3, T4, T5, T6 become T7, T8, P7, P8. A name of another system stays as it is.

    Parameters
    ----------
    name
        As the file has it.

    Returns
    -------
    name
        Such as ``Fp1`` or ``POz``.

    Examples
    --------
    >>> [canonical_channel(name) for name in ("FP1", "EEG POZ-REF", "Fc5.", "T3", "E17")]
    ['Fp1', 'POz', 'FC5', 'T7', 'E17']
    """
    bare = re.sub(r"^(EEG|POL)[ _-]+(?=[A-Za-z])", "", name.strip(), flags=re.IGNORECASE)
    match = _TEN_FIVE.fullmatch(bare)
    if not match:
        return bare
    zone, place, half = match.groups()
    standard = zone.upper().replace("FP", "Fp") + place.lower() + half.lower()
    return _FORMER_NAMES.get(standard, standard)


def pick_channels(recording: Recording, channels: Sequence[str]) -> Recording:
    """Return the recording with these channels only, in this order.

    Parameters
    ----------
    recording
        EEG.
    channels
        Standard names, each in the recording.

    Returns
    -------
    recording
        One row per name.

    Raises
    ------
    InputError
        Naming the channels that are missing.

    Examples
    --------
    >>> import numpy as np
    >>> from jmml_edu.data import Provenance
    >>> pair = np.array([[1.0], [2.0]])
    >>> raw = Recording(pair, 128.0, ("F3", "F4"), "eeg", "A", Provenance("numbers", True))
    >>> pick_channels(raw, ("F4",)).signal
    array([[2.]])
    """
    check_channels(recording, channels)
    rows = [recording.channels.index(name) for name in channels]
    dropped = [name for name in recording.channels if name not in channels]
    step = f"channels dropped: {', '.join(dropped)}" if dropped else "channels put in order"
    return recording.with_signal(recording.signal[rows], step, channels=tuple(channels))


def check_channels(recording: Recording, needed: Collection[str]) -> None:
    """Raise unless the recording has every channel that is needed.

    Parameters
    ----------
    recording
        EEG.
    needed
        Standard names, such as ``("F3", "F4")``.

    Raises
    ------
    InputError
        Naming the channels that are missing.

    Examples
    --------
    >>> import numpy as np
    >>> from jmml_edu.data import Provenance
    >>> tone = Recording(np.zeros((1, 8)), 128.0, ("F3",), "eeg", "A", Provenance("zeros", True))
    >>> check_channels(tone, ("F3", "F4"))
    Traceback (most recent call last):
    jmml_edu._checks.InputError: check_channels: channels must include F3, F4; got F3 without \
F4. Leave this recording out, or do without them.
    """
    missing = [name for name in needed if name not in recording.channels]
    if missing:
        fail(
            "check_channels", "channels", f"include {', '.join(needed)}",
            f"{', '.join(recording.channels)} without {', '.join(missing)}",
            "Leave this recording out, or do without them.",
        )  # fmt: skip


@lru_cache(maxsize=1)
def scalp_montage() -> Any:
    """Return MNE's places of the 10-05 system on its standard head, whose name MNE has changed."""
    import mne

    names = mne.channels.get_builtin_montages()
    name = "colin27_1005" if "colin27_1005" in names else "standard_1005"
    return mne.channels.make_standard_montage(name)
