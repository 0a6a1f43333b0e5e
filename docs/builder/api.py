"""The reference: one page per module of the package, written from its docstrings.

A package that says what is public (``__all__``) is described by that; others file by file.
"""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import jmml_edu

PACKAGE = Path(jmml_edu.__file__).parent
UNSAID = ("cli", "cli_corpora", "cli_course", "console")
"""Modules that are commands: the page of commands describes them."""


def write_api(folder: Path) -> None:
    """Write a page for each public module and package, and the page that lists them."""
    folder.mkdir(parents=True)
    names = [path.stem for path in sorted(PACKAGE.iterdir()) if _is_public(path)]
    rows = []
    for name in names:
        (folder / f"{name}.rst").write_text(page_of(name), "utf-8")
        rows.append(f"   * - :doc:`{name} <{name}>`\n     - {_first_line(_main_file(name))}")
    listed = "\n".join(f"   {name}" for name in names)
    (folder / "index.rst").write_text(_INDEX.format(rows="\n".join(rows), names=listed), "utf-8")


def page_of(name: str) -> str:
    """Return the page of a module or package in reStructuredText."""
    title = f"jmml_edu.{name}"
    head = f"{title}\n{'=' * len(title)}\n\n"
    if (PACKAGE / f"{name}.py").exists():
        return f"{head}.. automodule:: {title}\n   :members:\n"
    top = f"{head}.. automodule:: {title}\n\n"
    public = _public_names(title)
    if public:
        return top + "\n".join(_entry(title, one) for one in public)
    parts = [one for one in sorted((PACKAGE / name).glob("*.py")) if _is_public(one)]
    return top + "\n".join(_part(f"{title}.{one.stem}") for one in parts)


def _part(module: str) -> str:
    """Return the section of one file of a package."""
    return f"{module}\n{'-' * len(module)}\n\n.. automodule:: {module}\n   :members:\n"


def _entry(module: str, name: str) -> str:
    """Return the entry of one public class or function."""
    is_class = inspect.isclass(getattr(import_module(module), name))
    members = "   :members:\n" if is_class else ""
    return f".. {'autoclass' if is_class else 'autofunction'}:: {module}.{name}\n{members}"


def _is_public(path: Path) -> bool:
    """Tell whether a file or folder is a module that readers may use."""
    if path.name.startswith("_") or path.stem in UNSAID:
        return False
    return path.suffix == ".py" or (path / "__init__.py").exists()


def _main_file(name: str) -> Path:
    """Return the file in which a module or package says what it is."""
    module = PACKAGE / f"{name}.py"
    return module if module.exists() else PACKAGE / name / "__init__.py"


def _first_line(path: Path) -> str:
    """Return the first line of a module's docstring."""
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return told.partition("\n")[0]


def _public_names(module: str) -> list[str]:
    """Return the classes and functions that a package says are public, sorted."""
    package = import_module(module)
    return [
        name for name in sorted(getattr(package, "__all__", ())) if callable(getattr(package, name))
    ]


_INDEX = """\
Reference
=========

Every public function and class, from the docstrings in the code: what goes in with its axes and
units, what comes out, what may go wrong, and one example. The order of the files is the order of
the data: recording, preprocessing, features, pairs, step 1, step 2, classifier, report.

.. list-table::
   :header-rows: 1

   * - module
     - what it is
{rows}

The road itself is one class, ``jmml_edu.JMML``: :doc:`pipeline`.

.. toctree::
   :hidden:

{names}
"""
