"""Take the README's picture of the explorer, docs/figures/explorer.png, in Chromium.

    python docs/picture.py

It shows the road that notebook 00 opens, and beside each other two utterances of new people: of
those that the road gets right by speech alone the one it is surest of, and of those that only EEG
puts right the one where EEG adds most.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from jmml_edu.course.lessons.data00 import opened_road
from jmml_edu.explorer import Explorer
from jmml_edu.explorer.scene import Scene

PICTURE = Path(__file__).parent / "figures" / "explorer.png"
WINDOW = {"width": 1280, "height": 900}


def worth_seeing(scene: Scene) -> list[int]:
    """Return the row of an utterance that speech alone gets right and one that EEG puts right."""
    everyone = np.arange(len(scene.rows))
    alone, both = (says[everyone, scene.labels] for says in (scene.speech_says, scene.both_say))
    is_right, is_right_with = (
        scene.held_out & (says.argmax(axis=1) == scene.labels)
        for says in (scene.speech_says, scene.both_say)
    )
    surest = np.where(is_right, alone, -np.inf).argmax()
    mended = np.where(is_right_with & ~is_right, both - alone, -np.inf).argmax()
    return [int(scene.rows[place]) for place in (surest, mended)]


def main() -> None:
    """Open the explorer's page, wait until both sounds are drawn, and keep what is seen."""
    from playwright.sync_api import sync_playwright  # of the developers' tools

    explorer = Explorer(opened_road())
    explorer.selected = worth_seeing(explorer.scene)
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if program is None:
        sys.exit("Install Chromium to take the picture.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        page = browser.new_page(viewport=WINDOW, color_scheme="light")
        page.goto(explorer.to_html(Path(folder) / "page.html").as_uri())
        page.wait_for_function("document.querySelectorAll('.jx-card[data-sound]').length === 2")
        page.locator(".jx").screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
