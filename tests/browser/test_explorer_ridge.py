"""The ridge slider with a kernel behind it: any ridge, and a sentence where nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import explored
import numpy as np
import pytest
from stage import get, put_on_stage, status

from jmml_edu.explorer import Explorer
from jmml_edu.explorer.packing import pack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

ROAD, PAIRS = explored.closed()
MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A window of a laptop, without a network."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


def opened(context: BrowserContext, at: int = 4) -> tuple[Page, Explorer]:
    explorer = Explorer(ROAD, PAIRS, classes=explored.CLASSES, clips=0)
    explorer.track, explorer.step = "ridge", at
    page = put_on_stage(context, explorer)
    page.locator(".jx-slide input").focus()
    return page, explorer


def reply(page: Page, told: dict[str, Any], block: bytes) -> None:
    """Hand the browser an answer of the kernel."""
    page.evaluate(
        "([told, codes]) => window.reply(told, [new DataView(new Uint8Array(codes).buffer)])",
        [told, list(block)],
    )


def answer(page: Page, explorer: Explorer) -> dict[str, Any]:
    """Let the kernel answer what the browser has sent last; return it."""
    said: list[tuple[dict[str, Any], list[bytes]]] = []
    explorer.send = lambda content, buffers=None: said.append((content, buffers or []))
    explorer._handle_custom_msg(page.evaluate("window.sent.at(-1)"), [])
    ((told, (block,)),) = said
    reply(page, told, block)
    return told


def test_in_between_the_kernel_solves_and_its_correlations_are_said(
    context: BrowserContext,
) -> None:
    page, explorer = opened(context)
    page.keyboard.press("Shift+ArrowLeft")
    sent = page.evaluate("window.sent.at(-1)")
    assert sent["ridge"] == pytest.approx(10**0.95)
    assert page.inner_text(".jx-step") == "ridge 8.9"
    told = answer(page, explorer)
    numbers = ", ".join(f"{value:.2f}".replace("-", MINUS) for value in told["heldOut"][:3])
    assert status(page) == f"Ridge: ridge 8.9; correlations of new people {numbers}."
    assert get(page, "step") == 4
    page.keyboard.press("ArrowLeft")  # on to the next whole step
    assert page.inner_text(".jx-step") == "ridge 1"
    assert get(page, "step") == 3
    assert page.evaluate("window.sent.length") == 1


def test_the_kernel_is_asked_once_at_a_time_and_the_last_wish_is_shown(
    context: BrowserContext,
) -> None:
    page, explorer = opened(context)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate("window.sent.length") == 1
    answer(page, explorer)
    assert page.evaluate("window.sent.length") == 2
    assert page.evaluate("window.sent.at(-1).at") == pytest.approx(3.85)
    answer(page, explorer)
    assert status(page).startswith("Ridge: ridge 7.1; ")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowRight")  # away before the answer comes
    assert page.inner_text(".jx-step") == "ridge 10"
    answer(page, explorer)
    assert page.inner_text(".jx-step") == "ridge 10"


def test_points_are_drawn_where_the_kernel_has_put_them(context: BrowserContext) -> None:
    explorer = Explorer(ROAD, PAIRS, classes=explored.CLASSES, clips=0)
    rows = np.flatnonzero(PAIRS.subjects == "g000")[:2]
    track = explorer.scene.tracks[1]
    frames = np.tile([[[-1.0, -1.0], [1.0, 1.0]]], (8, 1, 1))
    moved = replace(track, eeg=np.pad(frames, ((0, 0), (0, 0), (0, 4))),
                    speech=np.pad(frames, ((0, 0), (0, 0), (0, 4))))  # fmt: skip
    scene = explorer.scene
    explorer.scene = replace(
        scene, tracks=(moved,), pairs=PAIRS.take(rows), rows=rows, labels=np.array([0, 1]),
        held_out=np.ones(2, dtype=bool), regions=None, speech_says=scene.speech_says[:2],
        both_say=scene.both_say[:2], noisy_say=scene.noisy_say[:2],
    )  # fmt: skip
    explorer._told, explorer._numbers = pack(explorer.scene, None, speaks=False)
    explorer.track, explorer.step = "ridge", 4
    page = put_on_stage(context, explorer)
    page.locator(".jx-slide input").focus()
    page.keyboard.press("Shift+ArrowLeft")
    codes = np.zeros((2, 2, 6), dtype="<f4")
    codes[:, 1, :2] = [0.5, -0.25]
    at = page.evaluate("window.sent.at(-1).at")
    told = {"kind": "ridge", "at": at, "ridge": 8.9, "train": [0.5] * 6, "heldOut": [0.5] * 6}
    reply(page, told, codes.tobytes())
    page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
    half = page.evaluate("document.querySelector('.jx-stage canvas').clientWidth") / 2
    spot = [half * (1 + 0.5 / 1.12), half * (1 + 0.25 / 1.12)]
    drawn = page.evaluate(
        "([x, y]) => [...document.querySelector('.jx-stage canvas').getContext('2d')"
        ".getImageData(Math.round(x), Math.round(y), 1, 1).data]",
        spot,
    )
    np.testing.assert_allclose(drawn[:3], (213, 94, 0), atol=2)


def test_where_nobody_answers_there_are_the_ridges_that_came_along(
    context: BrowserContext,
) -> None:
    page, _ = opened(context)
    page.clock.install()
    page.keyboard.press("Shift+ArrowLeft")
    page.clock.fast_forward(9000)
    assert status(page).startswith("The kernel did not answer: there are the ridges that came")
    assert page.inner_text(".jx-step") == "ridge 10"
    page.keyboard.press("ArrowLeft")
    assert page.inner_text(".jx-step") == "ridge 1"


def test_a_scene_of_a_file_has_no_road_to_solve_other_ridges(context: BrowserContext) -> None:
    page, explorer = opened(context)
    assert page.get_attribute(".jx-slide input", "step") == "0.05"
    kept = Explorer(explorer.scene, clips=0)
    kept.track, kept.step = "ridge", 4
    page = put_on_stage(context, kept)
    assert page.get_attribute(".jx-slide input", "step") == "1"


def test_weights_are_a_third_slider_without_a_kernel(context: BrowserContext) -> None:
    road, pairs = explored.bent()
    explorer = Explorer(road, pairs, classes=explored.CLASSES, clips=0, weights=(0, 10))
    page = put_on_stage(context, explorer)
    page.locator("input[value=weights]").check(force=True)
    assert get(page, "track") == "weights"
    page.locator(".jx-slide input").focus()
    page.keyboard.press("ArrowLeft")
    told = explorer.scene.tracks[2].held_out_correlations[1]
    numbers = ", ".join(f"{value:.2f}".replace("-", MINUS) for value in told)
    assert status(page) == (
        f"Weight of reconstruction: weight 10; correlations of new people {numbers}."
    )
    page.keyboard.press("Shift+ArrowLeft")
    assert page.inner_text(".jx-step") == "weight 0"
    assert page.evaluate("window.sent") == []
