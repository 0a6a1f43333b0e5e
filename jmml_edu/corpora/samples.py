"""Where the samples that ship with the package are, in a clone and outside of one."""

from __future__ import annotations

from pathlib import Path

from jmml_edu._checks import fail

TABLE_NAME = "pairs.csv"
"""Feature table of all simulated pairs, in the samples folder."""

RAW_NAME = "raw"
"""Folder of some of the recordings behind the table, to look at and listen to."""


def samples_folder() -> Path:
    """Return the folder of samples: inside the installed package, else beside it in a clone.

    Raises
    ------
    InputError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "data_samples", package.parent / "data_samples")
    for place in places:
        if (place / TABLE_NAME).is_file():
            return place
    fail(
        "samples_folder", "data_samples", f"hold {TABLE_NAME}", f"nothing in {places}",
        "Install the package again, or make the samples with data_samples/make.py.",
    )  # fmt: skip
