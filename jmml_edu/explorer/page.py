"""A widget as one page: the same module, its state and its bytes in a single file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def write_page(path: Path, widget: Any, state: Mapping[str, Any], *, title: str, alt: str) -> Path:
    """Write a page that shows a widget without a kernel, and return its path.

    Parameters
    ----------
    path
        Where; what is there is replaced.
    widget
        Any anywidget whose module and sheet are text.
    state
        The values it shows, plain ones and bytes.
    title
        Of the page.
    alt
        What there is to see, for readers whose browser runs no scripts.
    """
    loader = PackageLoader("jmml_edu", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    path.parent.mkdir(parents=True, exist_ok=True)
    page = environment.get_template("widget.html.j2").render(
        title=title,
        alt=alt,
        css=str(widget._css),
        module=str(widget._esm).replace("</", "<\\/"),
        told=_told(state),
    )
    path.write_text(page, encoding="utf-8")
    return path


def _told(state: Mapping[str, Any]) -> str:
    """Return values as JSON, bytes apart from what is plain."""
    blocks = {name: value for name, value in state.items() if isinstance(value, bytes)}
    told = {
        "state": {name: value for name, value in state.items() if name not in blocks},
        "blocks": {name: base64.b64encode(block).decode() for name, block in blocks.items()},
    }
    # Without "<" nothing in the data can end the element it stands in.
    return json.dumps(told, allow_nan=False).replace("<", "\\u003c")
