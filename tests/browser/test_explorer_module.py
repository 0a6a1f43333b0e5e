"""The explorer's module alone, in a bare page: what is drawn, said, heard, and how fast."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

import explored
import numpy as np
import pytest
from explored import CLASSES
from sklearn.metrics import balanced_accuracy_score
from stage import get, grave_findings, put_on_stage, state_of, status

from jmml_edu.data import Pairs
from jmml_edu.explorer.packing import pack
from jmml_edu.explorer.scalp import scalp_of
from jmml_edu.explorer.widget import Explorer
from jmml_edu.pairing import class_pairs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

SLACK = 3  # for busy machines; two idle cores need 17 ms, in JupyterLab 22, for 20,000 points 12
ROAD, PAIRS = explored.closed()
PALETTE = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167))
MINUS = "\N{MINUS SIGN}"
CORNERS = np.array([[-1.0, -1.0], [1.0, 1.0], [0.4, -0.6]])


def opened(pairs: Pairs = PAIRS, **settings: object) -> Explorer:
    given = {"classes": CLASSES, "recordings": explored.tone, "clips": 1} | settings
    return Explorer(ROAD, pairs, **given)  # type: ignore[arg-type]


def placed(eeg: np.ndarray, speech: np.ndarray) -> Explorer:
    """An explorer of as many new pairs, which lie where one wants them."""
    rows = np.flatnonzero(PAIRS.subjects == "g000")[: len(eeg)]
    explorer = opened(PAIRS.take(rows))
    track = explorer.scene.tracks[0]
    frames = [np.zeros((1, len(eeg), 6)) for _ in range(2)]
    frames[0][0, :, :2], frames[1][0, :, :2] = eeg, speech
    moved = replace(track, eeg=frames[0], speech=frames[1])
    explorer.scene = replace(explorer.scene, tracks=(moved,), labels=np.arange(len(eeg)) % 4)
    explorer._told, explorer._numbers = pack(explorer.scene, None, speaks=True)
    return explorer


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A window of a laptop, without a network."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="no-preference"
    )
    yield context
    context.close()


def stage(page: Page, number: int) -> Locator:
    return page.locator(".jx-stage").nth(number)


def spot(page: Page, number: int, code: np.ndarray) -> tuple[float, float]:
    """Where a code lies in a panel that shows codes from -1.12 to 1.12, in pixels from its top."""
    box = stage(page, number).locator("canvas").bounding_box()
    assert box is not None
    half = box["width"] / 2
    return half * (1 + code[0] / 1.12), half * (1 - code[1] / 1.12)


def pixel(page: Page, number: int, at: tuple[float, float]) -> list[int]:
    return page.evaluate(  # type: ignore[no-any-return]
        "([n, x, y]) => [...document.querySelectorAll('.jx-stage canvas')[n].getContext('2d')"
        ".getImageData(Math.round(x), Math.round(y), 1, 1).data]",
        [number, *at],
    )


def until(page: Page, condition: str) -> None:
    page.wait_for_function(condition)


def test_points_are_drawn_where_their_codes_are_in_the_colour_of_their_class(
    context: BrowserContext,
) -> None:
    explorer = placed(CORNERS, CORNERS[::-1])
    page = put_on_stage(context, explorer, regions=None)
    for number, codes in ((0, CORNERS), (1, CORNERS[::-1])):
        for label, code in enumerate(codes):
            drawn = pixel(page, number, spot(page, number, code))
            np.testing.assert_allclose(drawn[:3], PALETTE[label], atol=2)
    assert pixel(page, 0, spot(page, 0, np.array([-0.5, 0.5])))[3] == 0
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_click_selects_the_point_under_it_and_is_heard(context: BrowserContext) -> None:
    explorer = placed(CORNERS, CORNERS[::-1])
    page = put_on_stage(context, explorer)
    place = int(next(iter(explorer._clip_index)))
    code = CORNERS[::-1][place]
    x, y = spot(page, 1, code)
    stage(page, 1).click(position={"x": x, "y": y})
    assert get(page, "selected") == [int(explorer.scene.rows[place])]
    until(page, "window.started === 1")
    until(page, "document.querySelector('.jx-card').dataset.sound > 0.3")
    assert status(page).startswith("Selected g000, trial ")
    assert page.inner_text(".jx-hear") in {"■ Stop", "▶ Hear"}


def test_everything_can_be_done_by_keyboard(context: BrowserContext) -> None:
    explorer = placed(CORNERS, CORNERS)
    page = put_on_stage(context, explorer)
    stage(page, 1).focus()
    page.keyboard.press("ArrowRight")
    first = status(page)
    page.keyboard.press("Enter")
    chosen = get(page, "selected")
    page.keyboard.press("ArrowUp")
    assert status(page) != first
    page.keyboard.press("Shift+Enter")
    assert get(page, "selected")[:1] == chosen
    assert len(get(page, "selected")) == 2
    assert page.locator(".jx-card").count() == 2
    page.keyboard.press("Escape")
    assert get(page, "selected") == []
    assert status(page) == "Nothing is selected."
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_every_focusable_element_keeps_its_arrow_keys_from_jupyterlab(
    context: BrowserContext,
) -> None:
    page = put_on_stage(context, opened())
    unprotected = page.eval_on_selector_all(
        ".jx button, .jx input, .jx select, .jx summary, .jx [tabindex]",
        "all => all.filter(e => e.dataset.lmSuppressShortcuts !== 'true').length",
    )
    assert unprotected == 0


def test_zoom_keeps_the_point_and_drag_moves_the_picture(context: BrowserContext) -> None:
    explorer = placed(CORNERS, CORNERS)
    page = put_on_stage(context, explorer, regions=None)
    before = spot(page, 0, CORNERS[1])
    stage(page, 0).focus()
    stage(page, 0).hover(position={"x": before[0], "y": before[1]})
    page.keyboard.press("+")
    until(page, "document.querySelector('.jx').dataset.paints > 2")
    np.testing.assert_allclose(pixel(page, 0, before)[:3], PALETTE[1], atol=2)
    page.keyboard.press("0")
    box = stage(page, 0).bounding_box()
    assert box is not None
    x, y = box["x"] + 200, box["y"] + 100
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y + 40, steps=3)
    page.mouse.up()
    page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
    moved = (before[0] - 30, before[1] + 40)
    np.testing.assert_allclose(pixel(page, 0, moved)[:3], PALETTE[1], atol=2)
    assert get(page, "selected") == []


def test_a_box_selects_what_lies_in_it_in_every_panel(context: BrowserContext) -> None:
    explorer = placed(CORNERS, CORNERS[::-1])
    page = put_on_stage(context, explorer)
    box = stage(page, 0).bounding_box()
    assert box is not None
    low, high = spot(page, 0, np.array([0.2, -0.8])), spot(page, 0, np.array([1.1, 1.05]))
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + low[0], box["y"] + low[1])
    page.mouse.down()
    page.mouse.move(box["x"] + high[0], box["y"] + high[1], steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert get(page, "selected") == explorer.scene.rows[[1, 2]].tolist()
    assert status(page).startswith("2 selected: 1 ")


def recall(explorer: Explorer, says: np.ndarray) -> str:
    """Average recall of new people, as scikit-learn counts it."""
    scene = explorer.scene
    value = balanced_accuracy_score(
        scene.labels[scene.held_out], says[scene.held_out].argmax(axis=1)
    )
    return f"{100 * value:.0f} %"


def test_switching_eeg_on_changes_predictions_and_recall_to_those_of_the_road(
    context: BrowserContext,
) -> None:
    explorer = opened()
    scene = explorer.scene
    place = int(np.abs(scene.both_say - scene.speech_says).max(axis=1).argmax())
    explorer.selected = [int(scene.rows[place])]
    page = put_on_stage(context, explorer)
    for mode, says, words in (
        ("off", scene.speech_says, "from speech alone"),
        ("on", scene.both_say, "with EEG"),
        ("noisy", scene.noisy_say, "with noisy EEG"),
    ):
        page.locator(f"input[value={mode}]").check(force=True)
        assert get(page, "eeg") == mode
        shares = page.locator(".jx-bars tbody tr td:nth-of-type(2)").all_inner_texts()
        assert shares == [f"{100 * p:.0f} %" for p in says[place]]
        said = CLASSES[says[place].argmax()]
        assert page.inner_text(".jx-bars caption").startswith(f"The road says {said} {words}.")
        assert page.inner_text(".jx-scores b").endswith(recall(explorer, says))


def test_the_slider_goes_through_the_steps_by_key_and_says_where_it_is(
    context: BrowserContext,
) -> None:
    explorer = opened()
    explorer.track = "ridge"
    explorer.step = 7
    page = put_on_stage(context, explorer)
    assert page.inner_text(".jx-step") == "the road"
    page.locator(".jx-slide input").focus()
    page.keyboard.press("ArrowLeft")
    assert get(page, "step") == 6
    told = explorer.scene.tracks[1].held_out_correlations[6, :3]
    numbers = ", ".join(f"{value:.2f}".replace("-", MINUS) for value in told)
    assert status(page) == f"Ridge: ridge 1000; correlations of new people {numbers}."
    assert "come back at the last step" in page.inner_text(".jx")
    page.evaluate("window.model.set('step', 2)")  # as Python would
    assert page.inner_text(".jx-step") == "ridge 0.1"


def walk(chromium: Browser, motion: str) -> set[float]:
    """Steps that are shown while the slider plays, as people who want (less) motion see them."""
    context = chromium.new_context(reduced_motion=motion)  # type: ignore[arg-type]
    explorer = opened()
    explorer.track, explorer.step = "ridge", 6
    page = put_on_stage(context, explorer)
    page.evaluate(
        """window.seen = new Set(); new MutationObserver(() =>
        window.seen.add(Number(document.querySelector('.jx').dataset.step)))
        .observe(document.querySelector('.jx'), { attributes: true })"""
    )
    page.locator(".jx-play").click()
    until(page, "document.querySelector('.jx-play').textContent === '▶ Play'")
    seen: list[float] = page.evaluate("[...window.seen]")
    context.close()
    return set(seen)


def test_playing_glides_unless_one_wants_less_motion(chromium: Browser) -> None:
    assert any(step % 1 for step in walk(chromium, "no-preference"))
    assert all(step % 1 == 0 for step in walk(chromium, "reduce"))


def test_pairs_joined_by_class_draw_no_partner_and_say_that_the_label_chose(
    context: BrowserContext,
) -> None:
    explorer = opened(class_pairs(PAIRS.eeg, PAIRS.speech, seed=0))
    page = put_on_stage(context, explorer)
    assert page.locator(".jx-warning").is_hidden()
    page.locator("input[value=on]").check(force=True)
    assert "chosen by its label" in page.inner_text(".jx-warning")
    assert "means nothing" in page.inner_text(".jx-warning")
    stage(page, 1).focus()
    page.keyboard.press("ArrowRight")
    assert "its EEG is another trial's, chosen by class" in status(page)
    options = page.locator("select").first.locator("option").all_inner_texts()
    assert [text.endswith("(carries nothing)") for text in options] == [False] * 3 + [True] * 3


def ink(page: Page) -> int:
    """How many pixels of the overlay are drawn on."""
    return page.evaluate(  # type: ignore[no-any-return]
        "() => { const c = document.querySelectorAll('.jx-stage canvas')[2];"
        "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".filter((v, i) => i % 4 === 3 && v).length; }"
    )


def test_only_pairs_recorded_together_are_joined_by_lines(chromium: Browser) -> None:
    drawn = {}
    for kind in ("trial", "class"):
        context = chromium.new_context()
        drawn[kind] = ink(put_on_stage(context, placed(CORNERS, -CORNERS), kind=kind))
        context.close()
    assert drawn["trial"] > drawn["class"] + 200


def no_kernel_answer(page: Page) -> None:
    """Select a point whose clip the kernel has, and let time pass."""
    page.clock.install()
    page.evaluate("window.model.set('selected', [window.model.get('_told').n > 0 ? 1 : 0])")
    page.clock.fast_forward(9000)


def test_a_kernel_that_died_leaves_a_sentence_and_one_that_answers_leaves_sound(
    context: BrowserContext,
) -> None:
    explorer = opened(clips=0)
    page = put_on_stage(context, explorer)
    no_kernel_answer(page)
    until(page, "document.querySelector('.jx-sound').textContent.includes('did not answer')")
    message = page.evaluate("window.sent.at(-1)")
    place = explorer._place[1]
    assert message == {"kind": "clip", "place": place}
    problem = {"kind": "clip", "place": place, "problem": "No recording is known."}
    page.evaluate("window.model.set('selected', [])")
    page.evaluate("window.model.set('selected', [1])")
    page.evaluate("(told) => window.reply(told, [])", problem)
    until(page, "document.querySelector('.jx-sound').textContent.includes('No recording')")


BAD = {
    "no sound": (lambda: opened(recordings=lambda *_: None, clips=0), "▶ Hear"),
    "no eeg": (
        lambda: opened(replace(PAIRS, has_eeg=np.zeros(len(PAIRS), dtype=bool))),
        "No pair has EEG",
    ),
    "one class": (lambda: opened(PAIRS.take(PAIRS.labels == CLASSES[0])), CLASSES[0]),
    "one point": (lambda: opened(PAIRS.take(np.array([0]))), "not centred on each person"),
    "everybody known": (lambda: opened(PAIRS.take(explored.known(PAIRS))), "better than they are"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_missing_is_said_and_the_rest_is_shown(context: BrowserContext, name: str) -> None:
    made, words = BAD[name]
    explorer = made()
    explorer.selected = explorer.scene.rows[:1].tolist()
    page = put_on_stage(context, explorer)
    assert words in page.inner_text(".jx")
    assert page.locator(".jx-card").count() == 1
    assert page.complaints == []  # type: ignore[attr-defined]


def test_features_without_recordings_and_unmapped_eeg_say_so(context: BrowserContext) -> None:
    pairs = replace(
        PAIRS, eeg=replace(PAIRS.eeg, names=tuple(f"e{n}" for n in range(len(explored.NAMES))))
    )
    explorer = opened(pairs, recordings=None)
    explorer.selected = [0]
    page = put_on_stage(context, explorer)
    until(page, "document.querySelector('.jx-sound').textContent.includes('features only')")
    assert "there is no map of the scalp" in page.inner_text(".jx-card")


def test_codes_that_are_missing_leave_the_others_and_a_sentence(context: BrowserContext) -> None:
    nothing = np.full((3, 2), np.nan)
    page = put_on_stage(context, placed(nothing, CORNERS), regions=None)
    drawn = pixel(page, 1, spot(page, 1, CORNERS[1]))
    np.testing.assert_allclose(drawn[:3], PALETTE[1], atol=2)
    stage(page, 1).focus()
    page.keyboard.press("ArrowRight")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_thirty_classes_have_marks_of_their_own(context: BrowserContext) -> None:
    explorer = opened()
    names = tuple(f"class {n}" for n in range(30))
    says = np.full((len(explorer.scene.rows), 30), 1 / 30)
    explorer.scene = replace(
        explorer.scene, classes=names, labels=np.arange(len(says)) % 30, regions=None,
        speech_says=says, both_say=says, noisy_say=says,
    )  # fmt: skip
    explorer._told, explorer._numbers = pack(explorer.scene, None, speaks=True)
    explorer.selected = [0]
    page = put_on_stage(context, explorer)
    assert page.locator(".jx-legend canvas").count() == 30
    marks = page.eval_on_selector_all(
        ".jx-legend canvas", "all => new Set(all.map(c => c.toDataURL())).size"
    )
    assert marks == 30
    assert page.locator(".jx-bars tbody tr").count() == 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [640, 1280])
def test_axe_finds_nothing_serious(chromium: Browser, scheme: str, width: int) -> None:
    context = chromium.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 720},
    )
    explorer = opened()
    explorer.selected = explorer.scene.rows[:2].tolist()
    page = put_on_stage(context, explorer)
    page.eval_on_selector_all(".jx details", "all => all.forEach(d => d.open = true)")
    page.locator("input[value=on]").check(force=True)
    assert page.get_attribute(".jx", "data-theme") == scheme
    found = grave_findings(page)
    context.close()
    assert found == []


def many(n_pairs: int, n_steps: int) -> Explorer:
    """An explorer of many new pairs at many steps, with numbers that nobody computed."""
    explorer = opened()
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(explorer.scene.rows), n_pairs)
    scene, track = explorer.scene, explorer.scene.tracks[0]
    frames = rng.standard_normal((2, n_steps, n_pairs, 6))
    correlations = np.linspace(0, 0.9, n_steps)[:, None] * np.ones(6)
    moving = replace(
        track, steps=tuple(f"epoch {n}" for n in range(n_steps)), eeg=frames[0],
        speech=frames[1], train_correlations=correlations, held_out_correlations=correlations,
        losses={"correlation": np.linspace(0, -5, n_steps).tolist()},
    )  # fmt: skip
    explorer.scene = replace(
        scene, tracks=(moving,), pairs=scene.pairs.take(rows), rows=np.arange(n_pairs),
        held_out=np.ones(n_pairs, dtype=bool), labels=rng.integers(0, 4, n_pairs),
        speech_says=scene.speech_says[rows], both_say=scene.both_say[rows],
        noisy_say=scene.noisy_say[rows],
    )  # fmt: skip
    told, numbers = pack(explorer.scene, scalp_of(explored.NAMES), speaks=True)
    explorer._told, explorer._numbers = told, numbers
    return explorer


LATENCY = """async () => {
  const slider = document.querySelector('.jx-slide input');
  const took = [];
  for (let step = 0; step <= Number(slider.max); step++) {
    const began = performance.now();
    slider.value = step;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((painted) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = painted;
      channel.port2.postMessage(0);
    }));
    took.push(performance.now() - began);
  }
  return took;
}"""


def test_the_slider_repaints_600_points_before_one_notices(context: BrowserContext) -> None:
    page = put_on_stage(context, many(600, 31))
    took = page.evaluate(LATENCY)
    assert len(took) > 20
    assert median(took) <= 50 * SLACK


def test_twenty_thousand_points_stay_fluid(context: BrowserContext) -> None:
    page = put_on_stage(context, many(20_000, 3))
    stage(page, 0).focus()
    took = []
    for sign in "+-" * 12:  # the first few are slow until the browser has compiled the module
        before = page.get_attribute(".jx", "data-paints")
        page.keyboard.press(sign)
        until(page, f"document.querySelector('.jx').dataset.paints > {before}")
        took.append(float(page.get_attribute(".jx", "data-ms") or "nan"))
    assert median(took) <= 16 * SLACK


def test_keys_reach_the_legend_where_it_scrolls_and_nowhere_else(context: BrowserContext) -> None:
    page = put_on_stage(context, opened())
    assert page.get_attribute(".jx-legend", "tabindex") == "-1"
    page.set_viewport_size({"width": 240, "height": 800})
    until(page, "document.querySelector('.jx-legend').tabIndex === 0")
    page.locator(".jx-legend").focus()
    page.keyboard.press("End")
    until(page, "document.querySelector('.jx-legend').scrollTop > 0")


def test_leaving_takes_every_listener_along(context: BrowserContext) -> None:
    page = put_on_stage(context, opened())
    assert page.evaluate("window.ears()") > 0
    page.evaluate("window.leave()")
    assert page.evaluate("window.ears()") == 0


def test_a_notebook_with_600_pairs_and_30_epochs_stays_below_a_megabyte() -> None:
    explorer = many(600, 31)
    state = state_of(explorer)
    texts = [*state["blocks"].values(), str(explorer._esm), str(explorer._css)]
    data, _ = explorer._repr_mimebundle_()
    said = json.dumps([state["state"], texts, data])
    assert len(said) - len(state["blocks"]["_clips"]) < 1_000_000
