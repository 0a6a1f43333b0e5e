"""Run a notebook in a kernel of its own, and say what it cost."""

from __future__ import annotations

import json
import os
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from jmml_edu.course.building.versions import METADATA

_USED = """
import pathlib, re, resource, sys
used = resource.getrusage(resource.RUSAGE_SELF)
peak_mib = used.ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)
status = pathlib.Path("/proc/self/status")
if status.exists():  # ru_maxrss counts the program that started the kernel, too
    peak_mib = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) / 2**10
print(used.ru_utime + used.ru_stime, peak_mib)
"""

_MODEL = re.compile(r"[0-9a-f]{32}")
_STATE = "application/vnd.jupyter.widget-state+json"


@dataclass(frozen=True)
class Ran:
    """A notebook that was run.

    Attributes
    ----------
    notebook
        With outputs, without times.
    seconds
        Of one thread, from the start of the kernel to the last cell; a busy machine takes longer,
        and needs as many.
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
    copy.cells.append(nbformat.v4.new_code_cell(_USED, id="used"))
    client = NotebookClient(
        copy, timeout=timeout_s, kernel_name="python3", record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    client.execute(env={**os.environ, **threads, "JMML_EDU_DIARY": os.devnull})
    seconds, peak = map(float, copy.cells.pop().outputs[0].text.split())
    copy.metadata = nbformat.from_dict({**METADATA, **_widgets(copy)})
    return Ran(_steady(copy), seconds, peak)


def _widgets(notebook: NotebookNode) -> dict[str, object]:
    """Return the state of the widgets, without which they are not shown before a run."""
    return {name: notebook.metadata[name] for name in ("widgets",) if name in notebook.metadata}


def _steady(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook whose widgets are numbered as they are met, not by lot at each run."""
    if "widgets" not in notebook.metadata:
        return notebook
    state = next(iter(notebook.metadata["widgets"].values()))["state"]
    shown = _MODEL.findall(nbformat.writes(notebook).partition(_STATE)[0])
    met = [model for model in shown if model in state]
    for model in met:  # grows while it is walked: a widget names its parts
        parts = _MODEL.findall(json.dumps(state[model], sort_keys=True))
        met += [part for part in dict.fromkeys(parts) if part in state and part not in met]
    for model in {*state} - {*met}:
        del state[model]
    text = nbformat.writes(notebook)
    for number, model in enumerate(dict.fromkeys(met)):
        text = text.replace(model, f"{number:032x}")
    return nbformat.reads(text, 4)
