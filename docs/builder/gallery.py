"""The gallery: each block of code on its page is run, and the figure it made is shown below it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n\n!\[[^\]]*\]\((?P<picture>[^)]+)\)", re.DOTALL)


def write_gallery(source: Path) -> None:
    """Run the blocks of ``gallery.md`` and save each ``figure`` where the page expects it."""
    text = (source / "gallery.md").read_text("utf-8")
    names: dict[str, Any] = {}
    for number, found in enumerate(BLOCK.finditer(text), start=1):
        exec(compile(found["code"], f"gallery.md, block {number}", "exec"), names)
        path = source / found["picture"]
        path.parent.mkdir(exist_ok=True)
        names["figure"].savefig(path, dpi=110, metadata={"Date": None} if _is_svg(path) else None)


def _is_svg(path: Path) -> bool:
    """Tell whether a picture is made of lines; only these carry a date."""
    return path.suffix == ".svg"
