"""A bare page with a widget's module in it, and a stub in place of Jupyter's model."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from anywidget import AnyWidget
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

ADDRESS = "http://explorer.test/"

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Stage</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="widget.css"></head>
<body><main><h1>Stage</h1><h2>Widget</h2><div id="here"></div></main><script type="module">
import widget from "./widget.js";
const { state, blocks } = await (await fetch("state.json")).json();
for (const [name, text] of Object.entries(blocks)) {
  // As Jupyter hands bytes over: a view that does not begin where its buffer begins.
  const bytes = Uint8Array.from(atob("AAAA" + text), (c) => c.charCodeAt(0));
  state[name] = new DataView(bytes.buffer, 3);
}
const heard = {};
window.sent = [];
window.model = {
  get: (name) => state[name],
  set: (name, value) => {
    state[name] = value;
    (heard["change:" + name] ?? []).forEach((tell) => tell());
  },
  save_changes: () => {},
  send: (message, _, buffers) => { window.sent.push(message); window.carried = buffers; },
  on: (name, tell) => (heard[name] ??= []).push(tell),
  off: (name, tell) => { heard[name] = (heard[name] ?? []).filter((one) => one !== tell); },
};
window.reply = (message, buffers) => heard["msg:custom"].forEach((tell) => tell(message, buffers));
window.leave = widget.render({ model: window.model, el: document.getElementById("here") });
window.ears = () => Object.values(heard).flat().length;
</script></body></html>"""

LISTEN = """window.started = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...given) {
  window.started += 1;
  return start.apply(this, given);
};"""


def state_of(widget: AnyWidget) -> dict[str, Any]:
    """What a widget would send to the browser, but for its module and its sheet."""
    common = {*AnyWidget.class_trait_names(sync=True), "_esm", "_css", "_anywidget_id"}
    values = {name: getattr(widget, name) for name in widget.trait_names(sync=True)
              if name not in common}  # fmt: skip
    blocks = {name: value for name, value in values.items() if isinstance(value, bytes)}
    return {
        "state": {name: value for name, value in values.items() if name not in blocks},
        "blocks": {name: base64.b64encode(block).decode() for name, block in blocks.items()},
    }


def put_on_stage(context: BrowserContext, widget: AnyWidget, **told: object) -> Page:
    """A page that shows a widget; ``told`` replaces what its numbers are said to mean."""
    state = state_of(widget)
    state["state"]["_told"] = {**state["state"]["_told"], **told}
    files = {
        "": ("text/html", PAGE),
        "widget.js": ("text/javascript", widget._esm),
        "widget.css": ("text/css", widget._css),
        "state.json": ("application/json", json.dumps(state)),
    }

    def serve(route: Route) -> None:
        kind, body = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(content_type=kind, body=body)

    context.route(f"{ADDRESS}**", serve)
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text))  # type: ignore[attr-defined]
    page.goto(ADDRESS)
    wait_for_paint(page)
    return page


def wait_for_paint(page: Page) -> None:
    """Return when the widget has drawn itself."""
    page.wait_for_function("Number(document.querySelector('.jx')?.dataset.paints) > 0")


def status(page: Page) -> str:
    """What the status line says."""
    return page.inner_text(".jx [role=status]")


def get(page: Page, name: str) -> Any:
    """One of the model's values."""
    return page.evaluate("(name) => window.model.get(name)", name)


def grave_findings(page: Page) -> list[str]:
    """What is serious for somebody: axe's findings, a widget too wide, keys that Jupyter takes."""
    found = Axe().run(page).response["violations"]
    grave = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
    if page.evaluate(
        "document.querySelector('.jx').scrollWidth > document.querySelector('.jx').clientWidth"
    ):
        grave.append("wider than its place")
    grave += page.eval_on_selector_all(
        ".jx button, .jx input, .jx select, .jx summary, .jx [tabindex]",
        """all => all.filter(e => e.dataset.lmSuppressShortcuts !== 'true')
                     .map(e => `Jupyter takes keys from ${e.outerHTML.slice(0, 80)}`)""",
    )
    return grave
