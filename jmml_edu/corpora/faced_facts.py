"""What the signals of FACED do not say themselves: which electrode a row is, and in which unit.

Nothing here is guessed. The order of the electrodes comes from ``Electrode_Location.xlsx``, which
the authors' ``Dataset_description.md`` names as its source, or is written down by the user; the
unit comes from the user, or else from ``Recording_info.csv`` and is held against the amplitude.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from jmml_edu._checks import InputError, fail
from jmml_edu.corpora.electrodes import canonical_channel
from jmml_edu.corpora.rows import read_rows
from jmml_edu.corpora.spreadsheet import read_sheet
from jmml_edu.corpora.table_text import read_text

OWN_NAME = "faced.json"
ORDER_NAME = "Electrode_Location.xlsx"
UNITS_NAME = "Recording_info.csv"
N_ROWS = 32
SCALP = frozenset({
    "Fp1", "Fp2", "Fz", "F3", "F4", "F7", "F8", "FC1", "FC2", "FC5", "FC6", "Cz", "C3", "C4", "T7",
    "T8", "CP1", "CP2", "CP5", "CP6", "Pz", "P3", "P4", "P7", "P8", "PO3", "PO4", "Oz", "O1", "O2",
})  # fmt: skip
"""The 30 electrodes on the scalp: sources differ in their order, not in which they are."""

_TO_UV = {"uv": 1.0, "microvolt": 1.0, "microvolts": 1.0, "mv": 1e3, "v": 1e6, "volt": 1e6}
_HOW_ORDER = (
    f'Put {ORDER_NAME} of the corpus beside its files, or write {OWN_NAME}: {{"electrodes": [32'
    " names in the order of the rows]}."
)


class Facts(NamedTuple):
    """What must be known to read the signals, and who says so.

    Attributes
    ----------
    names, order_source
        The electrodes of the 32 rows.
    factors, factor, unit_source
        What turns the numbers of a person into microvolt: by the person, else one for everybody;
        0 where nothing is said.
    """

    names: tuple[str, ...]
    order_source: str
    factors: Mapping[str, float]
    factor: float
    unit_source: str

    @property
    def rows(self) -> list[int]:
        """The rows of electrodes on the scalp."""
        return [row for row, name in enumerate(self.names) if name in SCALP]

    def to_uv(self, person: str) -> float:
        """Return the factor of one person, who is named by three figures."""
        return self.factors.get(person, self.factor)


def read_facts(files: Sequence[Path]) -> tuple[Facts | None, tuple[str, ...]]:
    """Return what is known of electrodes and unit, or nothing and in sentences what is missing.

    Parameters
    ----------
    files
        All files of the corpus.
    """
    problems: list[str] = []
    said: list[Any] = []
    for read in (_order, _units):
        try:
            said += read(files)
        except InputError as problem:
            problems.append(str(problem))
    return (None if problems else Facts(*said)), tuple(dict.fromkeys(problems))


def _order(files: Sequence[Path]) -> tuple[tuple[str, ...], str]:
    """Return the electrode of each row, and who says so."""
    said, table = _own(files).get("electrodes"), _named(files, ORDER_NAME)
    if said is not None:
        names, source = list(said) if isinstance(said, list) else [], OWN_NAME
    elif table is not None:
        names, source = _second_cohort(read_sheet(table)), ORDER_NAME
    else:
        _refuse("electrodes", "be known", "no file that says it", _HOW_ORDER)
    canonical = tuple(canonical_channel(str(name)) for name in names)
    if len(canonical) != N_ROWS or len(set(canonical)) != N_ROWS or not set(canonical) >= SCALP:
        _refuse_order(source, canonical)
    return canonical, source


def _refuse_order(source: str, names: Sequence[str]) -> NoReturn:
    """Raise: these are not the electrodes of FACED."""
    lacking = ", ".join(sorted(SCALP - set(names))[:4]) or "none"
    _refuse(
        "electrodes", f"be {N_ROWS} different names, the 30 of the scalp among them",
        f"{len(names)} in {source}, without {lacking}", _HOW_ORDER,
    )  # fmt: skip


def _second_cohort(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the numbered names below the words ``second cohort``, whose order is that of all."""
    heads = [k for k, row in enumerate(rows) if any("second cohort" in c.lower() for c in row)]
    order: dict[int, str] = {}
    for row in rows[heads[-1] + 1 :] if heads else ():
        pairs = list(zip(row[::2], row[1::2], strict=False))
        if not any(number.strip() for number, _ in pairs):
            break
        order |= {int(float(n)): name for n, name in pairs if n.replace(".", "", 1).isdigit()}
    return [order.get(number, "") for number in range(1, max(order, default=0) + 1)]


def _units(files: Sequence[Path]) -> tuple[Mapping[str, float], float, str]:
    """Return the factor of each person, that of everybody, and who says so."""
    said = _own(files).get("unit")
    table = _named(files, UNITS_NAME)
    if said is not None:
        return {}, _factor(str(said), OWN_NAME), OWN_NAME
    if table is None:
        _refuse("unit", "be known", "no file that says it", how_unit())
    rows = read_rows("read_faced", table, ("sub",))
    column = next((name for name in rows[0] if name.lower() == "unit"), "") if rows else ""
    if not column:
        _refuse("unit", "be known", f"no column Unit in {table.name}", how_unit())
    factors = {
        row["sub"].lower().removeprefix("sub"): _factor(row[column], table.name) for row in rows
    }
    return factors, 0.0, table.name


def how_unit() -> str:
    """Return what to do about a unit."""
    return f'Write {OWN_NAME} into the folder: {{"unit": "uV"}}, or "V", as the amplitudes show.'


def _factor(unit: str, source: str) -> float:
    """Return what turns a unit into microvolt."""
    plain = unit.strip().lower().replace("\u00b5", "u").replace("\u03bc", "u")
    if plain not in _TO_UV:
        _refuse("unit", "be uV, mV or V", f"{unit!r} in {source}", how_unit())
    return _TO_UV[plain]


def _own(files: Sequence[Path]) -> Mapping[str, object]:
    """Return what the user wrote down."""
    path = _named(files, OWN_NAME)
    if path is None:
        return {}
    try:
        said = json.loads(read_text(path))
    except ValueError:
        said = None
    if not isinstance(said, dict) or set(said) - {"electrodes", "unit"}:
        _refuse(OWN_NAME, "hold electrodes, unit or both, in JSON", "something else", _HOW_ORDER)
    return said


def _named(files: Sequence[Path], name: str) -> Path | None:
    """Return the file of this name, in whatever case."""
    return next((path for path in files if path.name.lower() == name.lower()), None)


def _refuse(argument: str, rule: str, got: str, remedy: str) -> NoReturn:
    """Raise the sentence about what must be known of FACED."""
    fail("read_faced", argument, rule, got, remedy)
