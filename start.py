"""Make the environment once, then start something in it; needs nothing but Python.

    python3 start.py lab      open JupyterLab on notebooks/00_start_here.ipynb
    python3 start.py run      walk the road on the samples and write a page
    python3 start.py test     run every test
    python3 start.py doctor   say what is installed, what is missing, how to mend it
    python3 start.py site     build the site, pages that can be read from disk
    python3 start.py setup    make the environment only (--dev: with the developers' tools)

What follows the word is passed on, as in `python3 start.py run --help`. The environment is made in
.venv beside this file, or in the folder that the variable JMML_EDU_VENV names.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("JMML_EDU_VENV") or ROOT / ".venv").absolute()
SCRIPTS, SUFFIX = (VENV / "Scripts", ".exe") if os.name == "nt" else (VENV / "bin", "")
PYTHON, JMML_EDU = SCRIPTS / f"python{SUFFIX}", SCRIPTS / f"jmml-edu{SUFFIX}"
STAMP = VENV / "jmml-edu-setup.json"
LOG = VENV / "setup.log"
CONSTRAINTS = ROOT / "constraints.txt"

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
USUAL_EXTRAS = ("lab", "test")
WARM_UP = """
import jupyterlab.labapp, matplotlib.font_manager, mne, torch
import jmml_edu.cli, jmml_edu.comparison, jmml_edu.report
from jmml_edu.features.speech import warm_up
warm_up()
"""


def child_environment() -> dict[str, str]:
    """Return the variables for programs in the environment: its own tools first, quiet threads."""
    variables = dict(os.environ)
    # On small matrices a second BLAS thread costs more than it brings.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        variables.setdefault(name, "1")
    variables.setdefault("MNE_USE_NUMBA", "false")
    variables["VIRTUAL_ENV"] = str(VENV)
    variables["PATH"] = os.pathsep.join([str(SCRIPTS), variables.get("PATH", os.defpath)])
    variables["PIP_USER"] = "0"  # a user's pip setting that an environment cannot obey
    return variables


def read_stamp() -> dict[str, object]:
    """Return what an earlier set-up left on record, or nothing."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def write_stamp(**record: object) -> None:
    """Put on record how far the set-up came, whole or not at all."""
    draft = STAMP.with_suffix(".draft")
    draft.write_text(json.dumps(record, indent=1), encoding="utf-8")
    draft.replace(STAMP)


def place() -> str:
    """Return what must stay: an environment cannot be moved, nor can the code it points to."""
    return " | ".join([str(VENV), str(ROOT), sys.platform, platform.machine()])


def requirements() -> str:
    """Return a fingerprint of everything that decides what is installed."""
    files = (ROOT / "pyproject.toml", CONSTRAINTS)
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def is_installed(extras: set[str]) -> bool:
    """Tell whether the environment was installed to the end and holds these extras."""
    stamp = read_stamp()
    there = stamp.get("extras")
    return (
        (stamp.get("place"), stamp.get("requirements")) == (place(), requirements())
        and isinstance(there, list)
        and extras <= set(there)
        and PYTHON.exists()
    )


def staged(name: str, step: Callable[[], None]) -> None:
    """Do one step of the set-up under its name and time."""
    began = time.monotonic()
    print(f"  {name:<20}", end="", flush=True)
    step()
    print(f"{time.monotonic() - began:5.0f} s")


def stop(problem: str, remedy: str) -> NoReturn:
    """End with what went wrong, the end of the log, and what to do."""
    tail = (
        LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-15:] if LOG.exists() else []
    )
    raise SystemExit("\n".join(["", *tail, "", f"start.py: {problem}. {remedy}"]))


def quietly(*command: str | Path) -> bool:
    """Run a command into the log; tell whether it went well."""
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(map(str, command))}\n")
        log.flush()
        done = subprocess.run(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=child_environment(),
            cwd=ROOT, check=False,
        )  # fmt: skip
    return done.returncode == 0


def pip_install(*arguments: str) -> bool:
    """Install with pip; byte code is made on first import instead, which saves 300 MB."""
    quiet = ("--no-compile", "--no-input", "--disable-pip-version-check")
    return quietly(PYTHON, "-m", "pip", "install", *quiet, *arguments)


def make_folder() -> None:
    """Leave an environment that start.py made: a new one unless the old one can be kept."""
    stamp = read_stamp()
    if stamp.get("place") == place() and "requirements" in stamp and PYTHON.exists():
        return
    if VENV.exists() and any(VENV.iterdir()) and not stamp:
        stop(
            f"{VENV} exists, and start.py did not make it",
            "Move it away, or set JMML_EDU_VENV to another folder.",
        )
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir(parents=True)
    write_stamp(place=place())  # without "requirements": made, not finished
    if not quietly(sys.executable, "-m", "venv", VENV):
        stop(
            "Python could not make an environment",
            "On Debian and Ubuntu run `sudo apt install python3-venv`; elsewhere take the"
            " installer of python.org.",
        )


def install_torch() -> None:
    """Install the CPU build of PyTorch: a wheel this machine has, or PyTorch's own index.

    macOS finds its build, and Windows in need, with everything else; on Linux that would be the
    CUDA build with 3 GB of packages beside it. A build that is already there is left alone.
    """
    pins = CONSTRAINTS.read_text(encoding="utf-8").split()
    pin = next(word for word in pins if word.startswith("torch=="))
    found = "from importlib.metadata import version; found = version('torch').partition('+')[0]"
    same = f"{found}; raise SystemExit(found != '{pin.partition('==')[2]}')"
    if quietly(PYTHON, "-c", same) or pip_install("--no-index", "--no-deps", pin):
        return
    if sys.platform == "darwin":
        return
    index = ("--index-url", TORCH_CPU_INDEX, "--retries", "1")
    if not pip_install("--no-deps", *index, pin) and sys.platform == "linux":
        stop(
            f"the CPU build of {pin} could not be fetched from {TORCH_CPU_INDEX}",
            "Check the connection and start again, or put its wheel into a folder and name the"
            " folder in PIP_FIND_LINKS.",
        )


def install_rest(extras: set[str]) -> None:
    """Install the package, its extras, and what they need, as pinned."""
    package = f".[{','.join(sorted(extras))}]"
    if not pip_install("--constraint", str(CONSTRAINTS), "--editable", package):
        stop(
            "pip could not install the packages",
            "The lines above say why; if it was the connection, start again when it is back.",
        )


def warm_up() -> None:
    """Compile what would make the first use slow, and keep JupyterLab from asking about news."""
    settings = VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    news = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
    settings.write_text(json.dumps(news, indent=2), encoding="utf-8")
    if not quietly(PYTHON, "-c", WARM_UP):
        stop("what was installed does not run", f"Delete {VENV} and start again.")


def install(extras: set[str]) -> None:
    """Make or update the environment; the last line of the record says that all went well."""
    staged("environment", make_folder)
    there = read_stamp().get("extras")
    extras = extras | set(there if isinstance(there, list) else [])
    write_stamp(place=place(), extras=sorted(extras))
    staged("PyTorch, CPU build", install_torch)
    staged("other packages", lambda: install_rest(extras))
    write_stamp(place=place(), extras=sorted(extras), requirements=requirements())


def setup(extras: set[str]) -> None:
    """Leave an environment that is installed and warm; do nothing where it is."""
    if is_installed(extras) and read_stamp().get("warm"):
        return
    print(f"Setting up {VENV} (once; about 2 minutes and 1.5 GB)")
    if not is_installed(extras):
        install(extras)
    staged("warming up", warm_up)
    write_stamp(**read_stamp(), warm=True)


def start(*command: str | Path) -> int:
    """Run a program in the environment and return its exit code; Ctrl-C is left to the program."""
    child = subprocess.Popen(command, env=child_environment())
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            continue
        return code if code >= 0 else 128 - code


def lab(*arguments: str) -> int:
    """Open JupyterLab on the first notebook, with the whole clone in reach."""
    notebook = ROOT / "notebooks" / "00_start_here.ipynb"
    # In a container the only user is root, whom Jupyter otherwise turns away.
    root = ("--allow-root",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    folder = f"--ServerApp.root_dir={ROOT}"
    return start(PYTHON, "-m", "jupyterlab", notebook, folder, *root, *arguments)


def run(*arguments: str) -> int:
    """Walk the road as told, or on the samples into a new folder."""
    if arguments:
        return start(JMML_EDU, "run", *arguments)
    names = ["first", *(f"first-{number}" for number in range(2, 1000))]
    out = next(ROOT / "runs" / name for name in names if not (ROOT / "runs" / name).exists())
    usual = ("--pairs", "samples", "--labels-per-class", "10", "--out", str(out))
    code = start(JMML_EDU, "run", *usual)
    if code == 0:
        print(f"Open {(out / 'index.html').as_uri()}")
    return code


def test(*arguments: str) -> int:
    """Run the tests, then every notebook; return the first exit code that is not 0."""
    os.chdir(ROOT)
    pytest = (PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadscope")
    code = start(*pytest, *arguments)
    folders = (Path("notebooks"), Path("notebooks") / "solutions")
    notebooks = [str(path) for folder in folders for path in sorted(folder.glob("*.ipynb"))]
    if code or not notebooks:
        return code
    os.environ["JMML_EDU_DIARY"] = os.devnull  # a test is no learner to be remembered
    return start(*pytest, "--nbval-lax", *notebooks)


def doctor(*arguments: str) -> int:
    """Say what is installed, what is missing, and how to mend it."""
    return start(JMML_EDU, "doctor", *arguments)


def site(*arguments: str) -> int:
    """Build the site, into build/site if no folder is named."""
    return start(PYTHON, ROOT / "docs" / "build.py", *arguments)


def main(arguments: list[str]) -> int:
    """Set up if need be, do what the first word says, and return an exit code."""
    if sys.version_info < (3, 11):
        print(f"start.py: needs Python 3.11 or newer; this is {platform.python_version()}.")
        return 2
    commands = {"lab": lab, "run": run, "test": test, "doctor": doctor, "site": site}
    word, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if word not in {*commands, "setup"} or (word == "setup" and rest not in ([], ["--dev"])):
        print(__doc__)
        return 0 if word in {"-h", "--help", "help"} else 2
    try:
        more = ("dev", "docs") if word == "setup" and rest else ("docs",) if word == "site" else ()
        setup({*USUAL_EXTRAS, *more})
        return commands[word](*rest) if word in commands else 0
    except KeyboardInterrupt:
        print("\nstart.py: interrupted; the next start carries on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
