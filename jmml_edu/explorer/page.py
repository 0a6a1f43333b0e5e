"""The explorer as one page: the same module, its state and its bytes in a single file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

HERE = Path(__file__).parent


def write_page(
    path: Path, state: Mapping[str, Any], blocks: Mapping[str, bytes], *, alt: str
) -> Path:
    """Write a page that shows a widget without a kernel, and return its path.

    Parameters
    ----------
    path
        Where.
    state
        The widget's plain values.
    blocks
        Its bytes.
    alt
        What there is to see, for readers whose browser runs no scripts.
    """
    loader = PackageLoader("jmml_edu", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    told = {
        "state": dict(state),
        "blocks": {name: base64.b64encode(block).decode() for name, block in blocks.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    page = environment.get_template("explorer.html.j2").render(
        alt=alt,
        css=(HERE / "explorer.css").read_text(encoding="utf-8"),
        module=(HERE / "explorer.js").read_text(encoding="utf-8").replace("</", "<\\/"),
        # Without "<" nothing in the data can end the element it stands in.
        told=json.dumps(told, allow_nan=False).replace("<", "\\u003c"),
    )
    path.write_text(page, encoding="utf-8")
    return path
