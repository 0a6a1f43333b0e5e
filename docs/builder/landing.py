"""The live explorer of the first page: the page that the explorer exports, taken apart.

A page opened from disk may load scripts but not fetch data, so the explorer's state and its module
come as two small scripts; `_static/landing.js` puts them together.
"""

from __future__ import annotations

import html
import json
import re
import tempfile
from pathlib import Path

from jmml_edu.course.lessons.data00 import opened_road
from jmml_edu.explorer import Explorer


def write_explorer(folder: Path) -> None:
    """Write the explorer that the first notebook opens with, as scripts and a style sheet."""
    with tempfile.TemporaryDirectory() as scratch:
        page = Explorer(opened_road()).to_html(Path(scratch) / "explorer.html").read_text("utf-8")
    folder.mkdir(parents=True)
    told = _between(page, '<script type="application/json" id="told">', "</script>")
    module = _between(page, '<script type="text/plain" id="module">', "</script>")
    (folder / "told.js").write_text(f"window.jmmlTold = {told};\n", "utf-8")
    source = json.dumps(module.replace("<\\/", "</")).replace("<", "\\u003c")
    (folder / "module.js").write_text(f"window.jmmlModule = {source};\n", "utf-8")
    style = _between(page, "<style>", "</style>")
    (folder / "explorer.css").write_text(style.partition("margin: 0 auto; }")[2], "utf-8")
    alt = _between(page, "<noscript>", "</noscript>")
    (folder / "alt.txt").write_text(html.unescape(alt), "utf-8")


def _between(page: str, before: str, after: str) -> str:
    """Return what stands between two marks of the page."""
    found = re.search(f"{re.escape(before)}(.*?){re.escape(after)}", page, re.DOTALL)
    if found is None:
        raise SystemExit(f"build.py: the explorer's page must hold {before}; got none.")
    return found[1]
