"""Voice and brain in a bare page and from disk: move a feeling, hear it, see the scalp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from stage import LISTEN, get, grave_findings, put_on_stage, status, wait_for_paint

from jmml_edu.explorer import VoiceAndBrain
from jmml_edu.explorer.packer import unpack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

MINUS = "\N{MINUS SIGN}"


@cache
def widget() -> VoiceAndBrain:
    return VoiceAndBrain()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A window of a laptop, without a network."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


def number(text: str) -> float:
    return float(text.replace(MINUS, "-"))


def answer(page: Page) -> None:
    """Let the kernel answer what the browser has sent last."""
    said: list[tuple[dict[str, object], list[bytes]]] = []
    widget().send = lambda content, buffers=None: said.append((content, buffers or []))
    widget()._handle_custom_msg(page.evaluate("window.sent.at(-1)"), [])
    ((told, buffers),) = said
    page.evaluate(
        "([told, clip]) => window.reply(told, [new DataView(new Uint8Array(clip).buffer)])",
        [told, list(buffers[0])],
    )


def test_keys_move_the_feeling_and_the_scalp_is_that_of_the_simulator(
    context: BrowserContext,
) -> None:
    page = put_on_stage(context, widget())
    page.locator(".jx-stage").focus()
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    assert [get(page, name) for name in ("valence", "arousal")] == [0, 2]
    pitch = widget()._told["measures"][14][0]
    assert page.inner_text(".jx-measures").startswith(f"Pitch {pitch:.0f} Hz (neutral ")
    power = unpack(widget()._told, widget()._numbers, "power")
    change = power[14] - power[12]
    band, electrode = np.unravel_index(np.abs(change).argmax(), change.shape)
    told = widget()._told["scalp"]
    most = f"{told['bands'][band]} at {told['electrodes'][electrode]}"
    assert f"changes most on the scalp is {most}, by " in status(page)
    page.wait_for_function("document.querySelector('.jx').dataset.paints > 2")
    label = page.get_attribute(".jx-scalp >> nth=2", "aria-label") or ""
    found = re.fullmatch(r"alpha: most at \w+, (.*) dB, least at (\w+), (.*) dB", label)
    assert found
    assert number(found[3]) == pytest.approx(change[2].min(), abs=0.06)
    assert found[2] == told["electrodes"][int(change[2].argmin())]
    assert page.complaints == []  # type: ignore[attr-defined]


def test_it_is_heard_at_once_or_when_one_wants(context: BrowserContext) -> None:
    page = put_on_stage(context, widget())
    page.wait_for_function("document.querySelector('.jx').dataset.sound > 1")
    page.get_by_role("button", name="Hear").click()
    page.wait_for_function("window.started === 1")
    assert page.inner_text(".jx-hear") == "■ Stop"
    page.get_by_label("hear every change").check()
    page.locator(".jx-stage").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function("window.started === 2")


def test_in_between_the_kernel_is_asked_once_at_a_time_and_its_answer_is_shown(
    context: BrowserContext,
) -> None:
    page = put_on_stage(context, widget())
    slider = page.get_by_role("slider", name="valence")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert get(page, "valence") == pytest.approx(0.3)
    assert page.evaluate("window.sent.length") == 1
    assert page.get_attribute(".jx", "data-waits") == "true"
    answer(page)  # to 0.1, which is no longer wanted
    assert page.evaluate("window.sent.at(-1).valence") == pytest.approx(0.3)
    answer(page)
    assert page.get_attribute(".jx", "data-waits") == "false"
    pitch = widget().speaker.express(0.3, 0.0).measures()[0]
    assert page.inner_text(".jx-measures").startswith(f"Pitch {pitch:.0f} Hz")


def test_a_kernel_that_died_leaves_the_grid_and_a_sentence(context: BrowserContext) -> None:
    page = put_on_stage(context, widget())
    page.clock.install()
    page.get_by_role("slider", name="arousal").focus()
    page.keyboard.press("ArrowRight")
    page.clock.fast_forward(16_000)
    assert "The kernel did not answer" in page.inner_text(".jx")
    assert get(page, "arousal") == 0
    page.get_by_role("slider", name="arousal").focus()
    page.keyboard.press("ArrowRight")
    assert get(page, "arousal") == 1


def test_the_mouse_puts_the_feeling_where_it_points(context: BrowserContext) -> None:
    page = put_on_stage(context, widget())
    box = page.locator(".jx-stage").bounding_box()
    assert box is not None
    half = box["width"] / 2
    page.mouse.click(box["x"] + half * (1 - 1 / 2.3), box["y"] + half * (1 - 2 / 2.3))
    assert [get(page, "valence"), get(page, "arousal")] == [-1, 2]


def test_against_another_trial_most_is_not_the_feeling(context: BrowserContext) -> None:
    page = put_on_stage(context, widget())
    assert "Neutral: everything is compared with this." in status(page)
    same = page.get_attribute(".jx-scalp >> nth=2", "aria-label")
    assert same == "alpha: most at Fp1, 0.0 dB, least at Fp1, 0.0 dB"
    page.locator("input[value=other]").check(force=True)
    assert get(page, "compared") == "other"
    page.wait_for_function(
        "document.querySelectorAll('.jx-scalp')[2].ariaLabel"
        " !== 'alpha: most at Fp1, 0.0 dB, least at Fp1, 0.0 dB'"
    )
    assert "most of what you see is not the feeling" in page.inner_text(".jx-what")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_arrow_keys_are_kept_from_jupyterlab(
    chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 640, "height": 720},
    )
    page = put_on_stage(context, widget())
    page.locator(".jx details summary").click()
    assert page.get_attribute(".jx", "data-theme") == scheme
    found = grave_findings(page)
    context.close()
    assert found == []


def test_the_page_works_from_disk_with_the_network_blocked(
    chromium: Browser, tmp_path: Path
) -> None:
    path = widget().to_html(tmp_path / "page.html")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.add_init_script(LISTEN)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    wait_for_paint(page)
    assert "SIMULATED" in page.inner_text(".jx-head")
    assert "There is no kernel here" in page.inner_text(".jx")
    page.get_by_role("slider", name="arousal").focus()
    page.keyboard.press("ArrowRight")
    assert page.inner_text(".jx-measures").startswith(
        f"Pitch {widget()._told['measures'][13][0]:.0f} Hz"
    )
    page.get_by_role("button", name="Hear").click()
    page.wait_for_function("window.started === 1")
    context.close()
    assert complaints == []


def test_leaving_takes_every_listener_along(context: BrowserContext) -> None:
    page = put_on_stage(context, widget())
    page.evaluate("window.leave()")
    assert page.evaluate("window.ears()") == 0
