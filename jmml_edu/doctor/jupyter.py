"""The notebooks' side: JupyterLab, its widgets, and the Python that its kernel starts."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from jmml_edu.doctor.nouns import Finding, found, install
from jmml_edu.doctor.packages import requirements_of, version_finding

_EXTENSIONS = {
    "JupyterLab widgets": ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
    "Explorer widgets": ("anywidget", "anywidget"),
}
"""What JupyterLab must find to show widgets, and the package that brings it."""


def jupyter_findings() -> list[Finding]:
    """Return what was found about JupyterLab."""
    versions = [version_finding(*needed) for needed in requirements_of("lab")]
    return [*versions, *map(_extension, _EXTENSIONS), _kernel()]


def _data_folders(kind: str) -> list[Path]:
    """Return the folders in which JupyterLab looks for something, the first one first."""
    if found("jupyter_core") is None:
        return []
    from jupyter_core.paths import jupyter_path

    return [Path(folder) for folder in jupyter_path(kind)]


def _extension(name: str) -> Finding:
    """Tell whether JupyterLab finds an extension, and nobody switched it off."""
    inside, package = _EXTENSIONS[name]
    mend = install("--force-reinstall", "--no-deps", package)
    folder = next(
        (one / inside for one in _data_folders("labextensions") if _is_at(one / inside)), None
    )
    if folder is None:
        return Finding(name, "not found by JupyterLab", False, mend)
    if inside in _switched_off():
        return Finding(name, "switched off", False, f'jupyter labextension enable "{inside}"')
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    return Finding(name, f"{version}, found by JupyterLab")


def _is_at(folder: Path) -> bool:
    """Tell whether an extension lies in a folder."""
    return (folder / "package.json").is_file()


def _switched_off() -> set[str]:
    """Return the extensions that a configuration switches off; the first that speaks decides."""
    if found("jupyter_core") is None:
        return set()
    from jupyter_core.paths import jupyter_config_path

    told: dict[str, bool] = {}
    for folder in jupyter_config_path():
        path = Path(folder) / "labconfig" / "page_config.json"
        if path.is_file():
            said = json.loads(path.read_text(encoding="utf-8")).get("disabledExtensions", {})
            told = {**(said if isinstance(said, dict) else dict.fromkeys(said, True)), **told}
    return {name for name, off in told.items() if off}


def _kernel() -> Finding:
    """Tell which Python the kernel of the notebooks starts: it should be the one that runs."""
    mend = f'"{sys.executable}" -m ipykernel install --sys-prefix'
    specs = (folder / "python3" / "kernel.json" for folder in _data_folders("kernels"))
    path = next((one for one in specs if one.is_file()), None)
    if path is None:
        return Finding("Notebook kernel", "not found", False, mend)
    program = str(json.loads(path.read_text(encoding="utf-8"))["argv"][0])
    started = program if Path(program).is_absolute() else (shutil.which(program) or program)
    # A name without a folder is started as this very Python by ipykernel's own record.
    if program in {"python", "python3"} or Path(started).parent == Path(sys.executable).parent:
        return Finding("Notebook kernel", sys.executable)
    remove = f'{mend}; if it stays so, remove "{path.parent}"'
    return Finding("Notebook kernel", f"{started}, another Python, by {path}", False, remove)
