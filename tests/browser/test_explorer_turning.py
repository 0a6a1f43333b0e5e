"""The playground in a bare page and from disk: turn, see, solve, with mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pytest
from stage import get, grave_findings, put_on_stage, status, wait_for_paint

from jmml_edu.explorer import CorrelationPlayground
from jmml_edu.simulate.clouds import two_clouds

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

MINUS = "\N{MINUS SIGN}"
CLOUDS = two_clouds()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A window of a laptop, whose owner wants no motion."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield context
    context.close()


def shown_correlation(page: Page) -> float:
    """What the widget says the correlation is."""
    return float(page.inner_text(".jx-rho").removeprefix("correlation ").replace(MINUS, "-"))


def correlation_along(eeg: float, speech: float) -> float:
    """The correlation along two directions, by numpy."""
    read = [
        view.values @ [np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]
        for view, angle in ((CLOUDS.eeg, eeg), (CLOUDS.speech, speech))
    ]
    return float(np.corrcoef(*read)[0, 1])


def test_keys_sliders_and_python_turn_and_the_number_is_that_of_numpy(
    context: BrowserContext,
) -> None:
    page = put_on_stage(context, CorrelationPlayground())
    page.locator(".jx-turn").first.focus()
    for key in ("PageUp", "PageUp", "ArrowLeft", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    assert get(page, "eeg_angle") == pytest.approx(21)
    page.locator(".jx-slide input").nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert get(page, "speech_angle") == pytest.approx(1)
    told = correlation_along(21, 1)
    assert shown_correlation(page) == pytest.approx(told, abs=0.005)
    words = f"EEG read along 21°, speech along 1°: correlation {told:.2f}."
    assert status(page) == words.replace("-", MINUS)
    page.evaluate("window.model.set('speech_angle', 200)")  # as Python would
    assert shown_correlation(page) == pytest.approx(correlation_along(21, 200), abs=0.005)
    assert page.complaints == []  # type: ignore[attr-defined]


def drag(page: Page, view: int, degrees: float) -> None:
    """Take an arrow and put it elsewhere."""
    box = page.locator(".jx-turn").nth(view).bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle[0] + 80, middle[1])
    page.mouse.down()
    radians = np.deg2rad(degrees)
    page.mouse.move(middle[0] + 100 * np.cos(radians), middle[1] - 100 * np.sin(radians), steps=5)
    page.mouse.up()


def test_an_arrow_that_is_dragged_points_to_the_mouse_and_the_best_is_kept(
    context: BrowserContext,
) -> None:
    page = put_on_stage(context, CorrelationPlayground())
    drag(page, 0, 35)
    drag(page, 1, 110)
    assert get(page, "eeg_angle") == pytest.approx(35, abs=1)
    assert get(page, "speech_angle") == pytest.approx(110, abs=1)
    best = shown_correlation(page)
    assert best == pytest.approx(correlation_along(35, 110), abs=0.01)
    drag(page, 1, 200)
    assert abs(shown_correlation(page)) < best
    assert get(page, "reached") == pytest.approx(best, abs=0.006)
    assert page.inner_text(".jx-bar .jx-note") == f"Best by hand so far: {best:.2f}."


def test_solving_goes_to_the_best_directions_and_tells_what_was_planted(
    context: BrowserContext,
) -> None:
    playground = CorrelationPlayground()
    page = put_on_stage(context, playground)
    assert page.locator(".jx-map").is_hidden()
    page.locator(".jx-turn").first.focus()
    page.keyboard.press("PageUp")
    reached = get(page, "reached")
    page.get_by_role("button", name="Solve").click()
    angles = [get(page, "eeg_angle"), get(page, "speech_angle")]
    np.testing.assert_allclose(angles, playground.best[:2])
    assert shown_correlation(page) == pytest.approx(playground.best[2], abs=0.005)
    words = page.inner_text(".jx-solution p")
    assert f"correlation {playground.best[2]:.2f}; what" in words
    assert f"By hand you reached {reached:.2f}. Planted were 0.90 and 0.00" in words
    assert page.locator(".jx-map").is_visible()
    assert get(page, "reached") == reached
    page.get_by_role("button", name="Start over").click()
    assert [get(page, name) for name in ("eeg_angle", "solved", "reached")] == [0, False, 0]
    assert page.locator(".jx-map").is_hidden()


def test_round_clouds_keep_the_correlation_and_show_what_is_uncorrelated_with_it(
    context: BrowserContext,
) -> None:
    playground = CorrelationPlayground(CLOUDS)
    page = put_on_stage(context, playground)
    page.locator(".jx-turn").first.focus()
    page.keyboard.press("PageUp")
    before, angle = shown_correlation(page), get(page, "eeg_angle")
    page.locator(".jx-tick input").check()
    assert shown_correlation(page) == before
    assert get(page, "eeg_angle") == angle
    assert page.inner_text(".jx-degrees").removesuffix("°") != "10"
    page.locator(".jx-turn").first.focus()
    page.keyboard.press("Home")
    rounding = np.array(playground._told["rounding"]["eeg"])
    expected = np.rad2deg(np.arctan2(rounding[1, 0], rounding[0, 0])) % 360
    assert get(page, "eeg_angle") == pytest.approx(expected)
    page.get_by_role("button", name="Solve").click()
    cells = page.locator(".jx-crossed tbody td").all_inner_texts()
    found = [float(text.replace(MINUS, "-")) for text in cells]
    first, second = playground._told["best"]["correlations"]
    np.testing.assert_allclose(np.abs(found), [first, 0, 0, second], atol=0.006)
    assert "on new ones expect a little less" in page.inner_text(".jx-solution p")


def test_motion_is_shown_to_those_who_want_it(chromium: Browser) -> None:
    context = chromium.new_context(reduced_motion="no-preference")
    page = put_on_stage(context, CorrelationPlayground())
    page.evaluate("window.seen = []; window.model.on('change:eeg_angle', () =>"
                  " window.seen.push(window.model.get('eeg_angle')))")  # fmt: skip
    page.get_by_role("button", name="Solve").click()
    page.wait_for_function("document.querySelector('[role=status]').textContent.includes('Solved')")
    seen = page.evaluate("window.seen")
    context.close()
    assert len(set(seen)) > 4
    assert sorted(seen) == seen


def test_pairs_joined_by_class_say_so(context: BrowserContext) -> None:
    page = put_on_stage(context, CorrelationPlayground(), kind="class")
    assert "chosen by the label" in page.inner_text(".jx-head")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_arrow_keys_are_kept_from_jupyterlab(
    chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 640, "height": 720},
        reduced_motion="reduce",
    )
    page = put_on_stage(context, CorrelationPlayground())
    page.locator(".jx-tick input").check()
    page.get_by_role("button", name="Solve").click()
    assert page.get_attribute(".jx", "data-theme") == scheme
    found = grave_findings(page)
    context.close()
    assert found == []


def test_turning_repaints_before_one_notices(context: BrowserContext) -> None:
    page = put_on_stage(context, CorrelationPlayground(two_clouds(1000)))
    page.locator(".jx-turn").first.focus()
    took = []
    for _ in range(9):
        before = page.get_attribute(".jx", "data-paints")
        page.keyboard.press("ArrowUp")
        page.wait_for_function(f"document.querySelector('.jx').dataset.paints > {before}")
        took.append(float(page.get_attribute(".jx", "data-ms") or "nan"))
    assert median(took) <= 150


def test_the_page_works_from_disk_with_the_network_blocked(
    chromium: Browser, tmp_path: Path
) -> None:
    path = CorrelationPlayground().to_html(tmp_path / "page.html")
    context = chromium.new_context(offline=True, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    wait_for_paint(page)
    page.get_by_role("button", name="Solve").click()
    assert shown_correlation(page) == pytest.approx(0.89, abs=0.01)
    context.close()
    assert complaints == []


def test_leaving_takes_every_listener_along(context: BrowserContext) -> None:
    page = put_on_stage(context, CorrelationPlayground())
    assert page.evaluate("window.ears()") == 4
    page.evaluate("window.leave()")
    assert page.evaluate("window.ears()") == 0
