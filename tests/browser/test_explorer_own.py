"""One's own voice in the browser: a file, a microphone, what is drawn, and what is said without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import explored
import numpy as np
import pytest
import soundfile
from stage import put_on_stage, status, wait_for_paint

from jmml_edu.explorer import Explorer
from jmml_edu.explorer.clips import recall_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

ROAD, PAIRS = explored.sampled()

MICROPHONE = """() => {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const stream = context.createMediaStreamDestination();
  tone.frequency.value = 200;
  tone.connect(stream);
  tone.start();
  window.tracks = stream.stream.getTracks();
  window.microphone = context;
  const devices = { getUserMedia: async () => stream.stream };
  Object.defineProperty(navigator, "mediaDevices", { value: devices });
}"""


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A window of a laptop, without a network."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def explorer() -> Explorer:
    """Four utterances of somebody."""
    return Explorer(ROAD, PAIRS, classes=explored.CLASSES, clips=0)


def recorded(folder: Path, row: int) -> Path:
    """A sound file of the person that is drawn."""
    recall = recall_of(PAIRS)
    assert recall is not None
    recording = recall(str(PAIRS.subjects[row]), str(PAIRS.speech.trials[row]))
    assert recording is not None
    file = folder / f"voice {row}.wav"
    soundfile.write(file, recording.signal[0], 16_000)
    return file


def opened(context: BrowserContext, explorer: Explorer) -> Page:
    """The page, the place for one's own voice unfolded."""
    page = put_on_stage(context, explorer)
    page.locator(".jx-own summary").click()
    return page


def answer(page: Page, explorer: Explorer) -> None:
    """Let the kernel answer what the browser has sent last."""
    page.wait_for_function("window.sent.at(-1)?.kind === 'own' && window.carried")
    message = page.evaluate("window.sent.at(-1)")
    data = bytes(page.evaluate("[...new Uint8Array(window.carried[0])]"))
    page.evaluate("window.carried = null")
    said: list[dict[str, object]] = []
    explorer.send = lambda content, buffers=None: said.append(content)
    explorer._handle_custom_msg(message, [memoryview(data)])
    page.evaluate("(told) => window.reply(told, [])", said[0])


def speech_pixels(page: Page) -> list[int]:
    """What is drawn in the speech panel."""
    page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
    return page.evaluate(  # type: ignore[no-any-return]
        "() => { const c = document.querySelectorAll('.jx-stage canvas')[1];"
        "return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; }"
    )


def test_a_file_goes_along_the_road_and_shows_where_it_lands(
    context: BrowserContext, explorer: Explorer, tmp_path: Path
) -> None:
    page = opened(context, explorer)
    before = speech_pixels(page)
    page.locator(".jx-own input").set_input_files(recorded(tmp_path, 1))
    assert status(page) == "voice 1.wav is on its way along the road."
    answer(page, explorer)
    assert status(page).startswith("The road says ")
    assert status(page).endswith("%. How little that proves stands below.")
    assert "A few utterances of one person prove nothing" in page.inner_text(".jx-own")
    alone = ROAD.predict_proba(PAIRS.speech.values[1:2])[0]
    shares = page.locator(".jx-own tbody tr td:last-child").all_inner_texts()
    assert shares == [f"{100 * p:.0f} %" for p in alone]
    assert np.count_nonzero(np.array(speech_pixels(page)) != before) > 200
    page.wait_for_function("!document.querySelector('.jx-own .jx-hear').disabled")
    page.locator(".jx-own .jx-hear").click()
    page.wait_for_function("window.started === 1")
    page.get_by_role("button", name="Forget mine").click()
    assert page.evaluate("window.sent.at(-1)") == {"kind": "forget"}
    assert page.locator(".jx-mine").is_hidden()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_bad_file_leaves_a_sentence_and_nothing_else(
    context: BrowserContext, explorer: Explorer, tmp_path: Path
) -> None:
    page = opened(context, explorer)
    (tmp_path / "note.wav").write_text("not a sound")
    page.locator(".jx-own input").set_input_files(tmp_path / "note.wav")
    answer(page, explorer)
    assert status(page).startswith("Explorer: the file must name a complete sound file; got note")
    assert page.locator(".jx-mine").is_hidden()
    (tmp_path / "big.wav").write_bytes(b"0" * 8_000_001)
    page.locator(".jx-own input").set_input_files(tmp_path / "big.wav")
    page.wait_for_function(
        "document.querySelector('[role=status]').textContent.includes('at most 8 MB')"
    )


def test_a_microphone_is_recorded_as_a_file_that_the_reader_knows(
    context: BrowserContext, explorer: Explorer
) -> None:
    page = opened(context, explorer)
    page.evaluate(MICROPHONE)
    record = page.locator(".jx-own button").first
    record.click()
    page.wait_for_function(
        "document.querySelector('[role=status]').textContent.startsWith('Recording.')"
    )
    spoken = page.evaluate("window.microphone.currentTime") + 0.9
    page.wait_for_function("(spoken) => window.microphone.currentTime > spoken", arg=spoken)
    assert record.inner_text() == "■ Stop"
    record.click()
    answer(page, explorer)
    assert status(page).startswith("The road says ")
    assert explorer._learned is not None
    (heard,) = explorer._learned[0].features
    pitch = heard[PAIRS.speech.names.index("f0_p50_st")]
    assert pitch == pytest.approx(12 * np.log2(200 / 27.5), abs=0.5)
    assert page.evaluate("window.tracks[0].readyState") == "ended"


def test_without_a_microphone_or_a_kernel_a_sentence_says_so(
    context: BrowserContext, explorer: Explorer, tmp_path: Path
) -> None:
    page = opened(context, explorer)
    page.locator(".jx-own button").first.click()  # this page's address is not a safe one
    page.wait_for_function(
        "document.querySelector('[role=status]').textContent.includes('may not use the microphone')"
    )
    page.clock.install()
    page.locator(".jx-own input").set_input_files(recorded(tmp_path, 0))
    page.wait_for_function("window.sent.at(-1)?.kind === 'own'")
    page.clock.fast_forward(91_000)
    assert status(page).startswith("The kernel did not answer.")


def test_a_page_without_a_kernel_says_that_it_has_none(
    context: BrowserContext, explorer: Explorer, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(explorer.to_html(tmp_path / "page.html", clips=0).as_uri())
    wait_for_paint(page)
    page.locator(".jx-own summary").click()
    assert "needs the kernel of a notebook; this page has none." in page.inner_text(".jx-own")
    assert page.locator(".jx-own input, .jx-own button").count() == 0


def test_a_scene_of_a_file_has_no_road_to_place_a_voice_with(
    context: BrowserContext, explorer: Explorer
) -> None:
    page = opened(context, Explorer(explorer.scene, clips=0))
    assert "this one was opened from a file." in page.inner_text(".jx-own")
    assert page.locator(".jx-own input, .jx-own button").count() == 0


def test_leaving_takes_every_listener_along(context: BrowserContext, explorer: Explorer) -> None:
    page = opened(context, explorer)
    page.evaluate("window.leave()")
    assert page.evaluate("window.ears()") == 0
