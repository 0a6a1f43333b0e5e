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

import numpy as np

from jmml_edu import JMML
from jmml_edu.data import Pairs
from jmml_edu.explorer import Explorer
from jmml_edu.pairing import trial_pairs
from jmml_edu.sources import read_features
from jmml_edu.splits import draw_labels, grouped_folds

LABELS_PER_CLASS = 10


def write_explorer(folder: Path) -> None:
    """Write the explorer of the samples as scripts and a style sheet."""
    with tempfile.TemporaryDirectory() as scratch:
        page = samples_explorer().to_html(Path(scratch) / "explorer.html").read_text("utf-8")
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


def samples_explorer() -> Explorer:
    """Return the explorer of the samples: ten labels per class, eight people never met."""
    pairs = trial_pairs(read_features("samples", "eeg"), read_features("samples", "speech"))
    return Explorer(fitted(pairs), pairs)


def fitted(pairs: Pairs) -> JMML:
    """Return the road in closed form, fitted on four fifths of the people."""
    train = pairs.take(grouped_folds(pairs.subjects, pairs.labels, n_folds=5, seed=0)[0].train)
    classes = list(pairs.speech.classes)
    shown = draw_labels(train.labels, per_class=LABELS_PER_CLASS, seed=0)
    labels = np.array([classes.index(label) if label else -1 for label in shown])
    road = JMML(step1="none", step2="CCA")
    return road.fit(train.eeg.values, train.speech.values, labels, train.subjects)


def _between(page: str, before: str, after: str) -> str:
    """Return what stands between two marks of the page."""
    found = re.search(f"{re.escape(before)}(.*?){re.escape(after)}", page, re.DOTALL)
    if found is None:
        raise SystemExit(f"build.py: the explorer's page must hold {before}; got none.")
    return found[1]
