"""The widget's Python side: traits, the selection as a frame, clips on demand, what travels."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import explored
import numpy as np
import pandas as pd
import pytest
from explored import CLASSES
from sentences import refused

from jmml_edu._checks import InputError
from jmml_edu.data import Pairs, Recording
from jmml_edu.explorer import Explorer

ROAD, PAIRS = explored.closed()


def opened(pairs: Pairs = PAIRS, **settings: object) -> Explorer:
    given = {"classes": CLASSES, "recordings": explored.tone, "clips": 0} | settings
    return Explorer(ROAD, pairs, **given)  # type: ignore[arg-type]


def test_the_selection_is_a_trait_and_a_frame_that_follow_the_browser() -> None:
    explorer = opened()
    seen: list[pd.DataFrame] = []
    explorer.observe(lambda change: seen.append(change["new"]), "selection")
    explorer.set_state({"selected": [7, 2]})  # as the browser does
    assert explorer.selection["row"].tolist() == [7, 2]
    assert explorer.selection["trial"].tolist() == ["00007", "00002"]
    assert len(seen) == 1
    explorer.selected = []
    assert len(explorer.selection) == 0


def test_what_is_not_drawn_cannot_be_selected() -> None:
    explorer = opened(PAIRS.take(np.arange(20)))
    with refused("Explorer: selected must name rows of pairs that are drawn; got [20]."):
        explorer.selected = [3, 20]
    assert explorer.selected == []
    explorer.selected = [3, 3]
    assert explorer.selected == [3]


def asked(explorer: Explorer, message: object) -> list[tuple[dict[str, object], list[bytes]]]:
    """What the widget answers to a message from the browser."""
    said: list[tuple[dict[str, object], list[bytes]]] = []
    explorer.send = lambda content, buffers=None: said.append((content, buffers or []))
    explorer._handle_custom_msg(message, [])
    return said


def test_the_kernel_brings_a_clip_or_says_why_not() -> None:
    def some(subject: str, trial: str) -> Recording | None:
        if trial == "00003":
            silence = explored.tone(subject, trial)
            return replace(silence, signal=np.zeros_like(silence.signal))
        return None if trial == "00004" else explored.tone(subject, trial)

    explorer = opened(recordings=some)
    (answer, buffers), = asked(explorer, {"kind": "clip", "place": 5})  # fmt: skip
    assert answer == {"kind": "clip", "place": 5, "problem": ""}
    assert buffers == [clip(explorer, 5)]
    (answer, buffers), = asked(explorer, {"kind": "clip", "place": 4})  # fmt: skip
    assert answer["problem"] == "No recording of this utterance is known."
    assert buffers == []
    (answer, _), = asked(explorer, {"kind": "clip", "place": 3})  # fmt: skip
    assert "must contain sound" in str(answer["problem"])
    assert asked(explorer, {"kind": "something else"}) == []


def clip(explorer: Explorer, place: int) -> bytes:
    """The clip of a pair, encoded by itself."""
    from jmml_edu.explorer.clips import mp3_of

    row = explorer.scene.rows[place]
    return mp3_of(explored.tone(PAIRS.subjects[row], PAIRS.speech.trials[row]))


def test_clips_that_travel_are_of_new_people_of_every_class_those_selected_first() -> None:
    explorer = opened(clips=4)
    places = [int(place) for place in explorer._clip_index]
    assert explorer.scene.held_out[places].all()
    assert set(explorer.scene.labels[places]) == {0, 1, 2, 3}
    first, last = explorer._clip_index[str(places[1])]
    assert explorer._clips[first:last] == clip(explorer, places[1])
    explorer.selected = [int(explorer.scene.rows[9])]
    _, index = explorer._embedded(2)
    assert next(iter(index)) == "9"


def test_the_figure_shows_the_step_that_is_asked_for() -> None:
    road, pairs = explored.bent()
    explorer = Explorer(road, pairs, classes=CLASSES, clips=0)
    track = explorer.scene.tracks[0]
    for epoch, step in ((None, 41), (3, 3)):
        figure = explorer.static(epoch=epoch)
        drawn = figure.axes[2].collections
        held_out = next(c for c in drawn if c.get_gid() == "held out").get_offsets()
        np.testing.assert_allclose(held_out[:, 1], track.held_out_correlations[step])
        assert figure.get_suptitle() == track.steps[step]
        assert any(text.get_text() == "SIMULATED" for text in figure.axes[0].texts)
    with refused("Explorer.static: epoch must be None or one of [0, 1, 2"):
        explorer.static(epoch=41)
    with refused("Explorer.static: epoch must be None or one of []"):
        opened().static(epoch=0)


def test_readers_without_a_widget_get_a_picture_with_words() -> None:
    data, _ = opened()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"].startswith("iVBOR")
    words = re.search(r'alt="([^"]+)"', data["text/html"])
    assert words is not None
    assert words[1].startswith("Explorer of 240 simulated pairs of EEG and speech in 6 shared")
    assert "Correlations of new people: 0." in words[1]
    assert len(data["image/png"]) < 80_000


def test_a_page_holds_everything_and_no_address(tmp_path: Path) -> None:
    explorer = opened()
    path = explorer.to_html(tmp_path / "new folder" / "page.html", clips=2)
    page = path.read_text()
    assert not re.search(r"""(src|href|from|import)\s*[=(]?\s*["'](https?:)?//""", page)
    told = re.search(r'id="told">(.*?)</script>', page, re.S)
    assert told is not None
    state = json.loads(told[1])["state"]
    assert len(state["_clip_index"]) == 2
    assert state["_told"]["n"] == 240
    with refused("Explorer.to_html: clips must be at least 0; got -1."):
        explorer.to_html(path, clips=-1)


def test_names_that_look_like_markup_stay_text_in_the_page(tmp_path: Path) -> None:
    nasty = "</script><b>"
    who = np.where(PAIRS.subjects == "g000", nasty, PAIRS.subjects)
    sides = {name: replace(getattr(PAIRS, name), subjects=who) for name in ("eeg", "speech")}
    page = opened(replace(PAIRS, **sides)).to_html(tmp_path / "page.html", clips=0).read_text()
    assert nasty not in page
    assert page.count("</script>") == 3


def test_settings_out_of_range_are_refused() -> None:
    with refused("Explorer: clips must be at least 0; got -1."):
        opened(clips=-1)
    with pytest.raises(InputError, match="classes must name each class"):
        Explorer(ROAD, PAIRS, classes=("one",))
