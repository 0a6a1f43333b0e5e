"""Build the site: every page, figure and notebook of the clone, readable from disk and offline.

    python docs/build.py [OUT]      # build/site without OUT; open OUT/index.html

Sphinx writes the pages. What runs in the browser comes from the npm registry once, checked against
its hash, and is kept in a cache, so that later builds need no network.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from builder import threads  # noqa: F401, I001  before anything else loads numpy

from builder.api import write_api
from builder.course import write_course_pages
from builder.gallery import write_gallery
from builder.landing import write_explorer
from builder.tables import fill_tables
from builder.vendor import write_vendored

ROOT = HERE.parent
BORROWED = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "docs/evidence.md": "evidence.md",
    "data_samples/DATASHEET.md": "datasheet_samples.md",
    "data_samples/gain_curve.png": "gain_curve.png",
    "benchmarks/RESULTS.md": "benchmarks.md",
}
"""What the clone has elsewhere, and where the site has it."""


def assemble(source: Path) -> None:
    """Put everything that Sphinx reads into one folder."""
    shutil.copytree(HERE / "site", source)
    shutil.copytree(HERE / "figures", source / "figures")
    for origin, name in BORROWED.items():
        borrow(ROOT / origin, source / name)
    write_vendored(source / "_static" / "npm")
    write_explorer(source / "_static" / "explorer")
    write_course_pages(ROOT / "notebooks", source)
    write_gallery(source)
    write_api(source / "api")
    fill_tables(source)


def borrow(origin: Path, page: Path) -> None:
    """Copy a page of the clone; a link to what the site has not keeps its words only."""
    if origin.suffix != ".md":
        shutil.copyfile(origin, page)
        return

    def at_home(link: re.Match[str]) -> str:
        target = (origin.parent / link[2]).resolve()
        here = {(ROOT / one).resolve(): name for one, name in BORROWED.items()}
        if target in here:
            return f"[{link[1]}]({here[target]})"
        return link[0] if (HERE / link[2]).exists() else link[1]

    inside = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)#]+)\)")
    page.write_text(inside.sub(at_home, origin.read_text("utf-8")), "utf-8")


def build(out: Path) -> int:
    """Build the site into a folder, whole or not at all, and return Sphinx's exit code."""
    from sphinx.cmd.build import build_main

    with tempfile.TemporaryDirectory() as scratch:
        source, built = Path(scratch) / "source", Path(scratch) / "site"
        assemble(source)
        quiet = ("-q", "-W", "--keep-going", "-d", str(Path(scratch) / "doctrees"))
        code: int = build_main(["-b", "html", *quiet, str(source), str(built)])
        if code == 0:
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(built, out, ignore=shutil.ignore_patterns("_sources", ".buildinfo*"))
    return code


def main(arguments: list[str]) -> int:
    """Build into the folder that is named; refuse one that holds something else."""
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(__doc__)
        return 2
    out = Path(arguments[0] if arguments else ROOT / "build" / "site").absolute()
    if out.exists() and any(out.iterdir()) and not (out / "objects.inv").exists():
        print(f"build.py: OUT must be new, empty or an earlier site; got {out}. Name another.")
        return 2
    code = build(out)
    if code == 0:
        print(f"Open {(out / 'index.html').as_uri()}")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
