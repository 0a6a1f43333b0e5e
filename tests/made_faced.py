"""FACED in its layout: pickled arrays, the workbook of electrodes, the table of units."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from made_corpora import brain

ORDER = (
    "Fp1", "Fp2", "Fz", "F3", "F4", "F7", "F8", "FC1", "FC2", "FC5", "FC6", "Cz", "C3", "C4", "T7",
    "T8", "CP1", "CP2", "CP5", "CP6", "Pz", "P3", "P4", "P7", "P8", "PO3", "PO4", "Oz", "O1", "O2",
    "HEOR", "HEOL",
)  # fmt: skip
FIRST_COHORT = (*ORDER[:16], "A1", "A2", *ORDER[16:30])


def save_sheet(path: Path, rows: Sequence[Sequence[str]], *, shared: bool = True) -> Path:
    """The least of a workbook: one sheet, texts shared among the cells as Excel has it."""
    texts = sorted({cell for row in rows for cell in row if not cell.isdigit()})
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [
            _cell(f"{chr(65 + column)}{number}", cell, texts if shared else ())
            for column, cell in enumerate(row)
            if cell  # Excel leaves out what is empty
        ]
        lines.append(f"<row r='{number}'>{''.join(cells)}</row>")
    space = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as book:
        sheet = f"<worksheet {space}><sheetData>{''.join(lines)}</sheetData></worksheet>"
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared:
            book.writestr("xl/sharedStrings.xml", f"<sst {space}>{items}</sst>")
    return path


def _cell(name: str, text: str, shared: Sequence[str]) -> str:
    """A cell of a sheet."""
    if text.isdigit():
        return f"<c r='{name}'><v>{text}</v></c>"
    if shared:
        return f"<c r='{name}' t='s'><v>{shared.index(text)}</v></c>"
    return f"<c r='{name}' t='inlineStr'><is><t>{escape(text)}</t></is></c>"


def electrode_rows(
    first: Sequence[str] = FIRST_COHORT, second: Sequence[str] = ORDER
) -> list[list[str]]:
    """Both cohorts, four pairs of number and name in each row."""
    rows = []
    for title, names in (("first cohort", first), ("second cohort", second)):
        rows.append([f"Electrodes of the {title}"])
        for start in range(8):
            places = range(start, len(names), 8)
            rows.append([part for k in places for part in (str(k + 1), names[k])])
        rows.append([])
    return [*rows, ["Note: all processed data are in one order."]]


def make_faced(
    folder: Path,
    people: Sequence[int] = (0, 61),
    *,
    n_time: int = 250,
    factor: float = 1.0,
    unit: str = "uV",
) -> Path:
    """FACED: one second of each clip instead of thirty."""
    for person in people:
        clips = [brain(32, n_time, seed=100 * person + clip) for clip in range(28)]
        save_faced(folder, person, factor * np.stack(clips))
    save_sheet(folder / "Electrode_Location.xlsx", electrode_rows())
    rows = [f"sub{person:03d},M,20,250,{unit},1" for person in people]
    table = "\n".join(["sub,Gender,Age,Sample_rate,Unit,Cohort ", *rows])
    (folder / "Recording_info.csv").write_text(table + "\n", encoding="utf-8-sig")
    return folder


def save_faced(folder: Path, person: int, data: object) -> Path:
    """One person of FACED."""
    path = folder / "Processed_data" / f"sub{person:03d}.pkl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(data, protocol=4))
    return path
