"""Run a notebook in a kernel of its own, and say what it cost."""

from __future__ import annotations

import os
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import nbformat
from nbformat import NotebookNode

from jmml_edu.course.building.versions import METADATA

_PEAK = """
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)
"""


@dataclass(frozen=True)
class Ran:
    """A notebook that was run.

    Attributes
    ----------
    notebook
        With outputs, without times.
    seconds
        From the start of the kernel to the last cell.
    peak_mib
        Of the kernel's memory.
    """

    notebook: NotebookNode
    seconds: float
    peak_mib: float


def run_notebook(notebook: NotebookNode, folder: Path, *, timeout_s: int = 300) -> Ran:
    """Run every cell and return the notebook with its outputs.

    Parameters
    ----------
    notebook
        Left as it is; a copy is run.
    folder
        Where the kernel works.
    timeout_s
        Of one cell.

    Returns
    -------
    ran
        Nothing that the notebook remembers of its learner is written anywhere.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    from nbclient import NotebookClient

    copy = deepcopy(notebook)
    copy.cells.append(nbformat.v4.new_code_cell(_PEAK, id="peak"))
    client = NotebookClient(
        copy, timeout=timeout_s, kernel_name="python3", record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    began = perf_counter()
    client.execute(env={**os.environ, **threads, "JMML_EDU_DIARY": os.devnull})
    seconds = perf_counter() - began
    peak = float(copy.cells.pop().outputs[0].text)
    copy.metadata = nbformat.from_dict({**METADATA, **_widgets(copy)})
    return Ran(copy, seconds, peak)


def _widgets(notebook: NotebookNode) -> dict[str, object]:
    """Return the state of the widgets, without which they are not shown before a run."""
    return {name: notebook.metadata[name] for name in ("widgets",) if name in notebook.metadata}
