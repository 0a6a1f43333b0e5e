"""The explorer as a widget: a scene in the browser, and what is selected there back in Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from jmml_edu._checks import InputError, check_at_least, fail
from jmml_edu.data import Pairs
from jmml_edu.explorer.browser import module_of, sheet_of, with_picture
from jmml_edu.explorer.clips import MOST_CLIPS, Recall, clips_of, recall_of
from jmml_edu.explorer.live import LiveRidge
from jmml_edu.explorer.packing import pack
from jmml_edu.explorer.page import write_page
from jmml_edu.explorer.placing import OwnVoice
from jmml_edu.explorer.scalp import scalp_of
from jmml_edu.explorer.scene import Scene, scene_of
from jmml_edu.explorer.table import selection_frame
from jmml_edu.pipeline import JMML

TITLE = "Explorer of EEG and speech"

_Learned = tuple[OwnVoice, LiveRidge]

MOST_SELECTED = 1000
"""Pairs that can be selected; up to four are compared side by side."""


class Explorer(anywidget.AnyWidget):
    """The shared space of EEG and speech, to be looked at, heard and questioned.

    Two linked panels and an overlay of both; click a point to hear its utterance and see its
    spectrogram, its scalp and what the road says of it, with EEG and without; go through the
    training, or through other ridges. Press ``?`` in it for its keys.

    Parameters
    ----------
    model
        A fitted :class:`jmml_edu.JMML`; or a scene, such as one kept in a file.
    pairs
        What to look at: people it has learned from are hollow, new ones filled. A scene has them.
    classes
        Names of the class numbers the road was fitted with; those of ``pairs``, sorted, if None.
    recordings
        From subject and trial to the utterance, for pairs that are not those of the samples.
    clips
        How many utterances travel with the widget, so that they sound without a kernel; the kernel
        brings the others. At most 40, or 1 MB.
    weights
        Of reconstruction beside correlation, such as ``(0, 0.01, 0.1, 1, 10)``: the shared space is
        trained again at each, about half a second for 400 pairs of few columns, and a slider goes
        through them. For roads whose step 2 reconstructs features.

    Attributes
    ----------
    selected
        Rows of ``pairs`` that are selected, the latest last; a traitlet.
    selection
        The same as a pandas frame, with what the road says of each; a traitlet.
    step, track
        Where which slider stands, ``"training"``, ``"ridge"`` or ``"weights"``; traitlets.
    eeg
        ``"off"``, ``"on"`` or ``"noisy"``: what decides beside speech; a traitlet.

    Raises
    ------
    InputError
        If the road is not fitted, or there are no pairs of its kind.
    TypeError
        If the model is no road.

    Examples
    --------
    >>> from jmml_edu.simulate.gaussian import QUADRANTS, gaussian_pairs
    >>> pairs = gaussian_pairs(120, correlations=(0.9, 0.9), n_subjects=4, nuisance=1.0)
    >>> labels = np.array([QUADRANTS.index(label) for label in pairs.labels])
    >>> road = JMML(step1="none", step2="CCA", inner_folds=2)
    >>> road = road.fit(pairs.eeg.values, pairs.speech.values, labels, pairs.subjects)
    >>> explorer = Explorer(road, pairs, classes=QUADRANTS)
    >>> explorer.selected = [3, 5]
    >>> explorer.selection[["row", "trial"]].values.tolist()
    [[3, '00003'], [5, '00005']]
    """

    _esm = module_of("parts", "base", "signals", "clips", "own", "explorer")
    _css = sheet_of("parts", "explorer")

    _told = traitlets.Dict().tag(sync=True)
    _numbers = traitlets.Bytes().tag(sync=True)
    _clips = traitlets.Bytes().tag(sync=True)
    _clip_index = traitlets.Dict().tag(sync=True)
    selected = traitlets.List(traitlets.Int(), maxlen=MOST_SELECTED).tag(sync=True)
    step = traitlets.Int().tag(sync=True)
    track = traitlets.Enum(("training", "ridge", "weights"), default_value="training").tag(
        sync=True
    )
    eeg = traitlets.Enum(("off", "on", "noisy"), default_value="off").tag(sync=True)
    selection = traitlets.Instance(pd.DataFrame)

    def __init__(
        self,
        model: JMML | Scene,
        pairs: Pairs | None = None,
        *,
        classes: Sequence[str] | None = None,
        recordings: Recall | None = None,
        clips: int = 8,
        weights: Sequence[float] = (),
    ) -> None:
        check_at_least("Explorer", 0, clips=clips)
        self.scene = _asked(model, pairs, classes, weights)
        self._learned: _Learned | None = None
        if isinstance(model, JMML) and pairs is not None:
            self._learned = OwnVoice(model, self.scene), LiveRidge(model, pairs, self.scene)
        pairs = self.scene.pairs
        self._recall = recordings or recall_of(pairs)
        self._place = {int(row): place for place, row in enumerate(self.scene.rows)}
        scalp = scalp_of(pairs.eeg.names) if pairs.has_eeg.any() else None
        told, numbers = pack(self.scene, scalp, speaks=self._recall is not None)
        told["road"] = self._learned is not None
        block, index = self._embedded(min(clips, MOST_CLIPS))
        super().__init__(
            _told=told,
            _numbers=numbers,
            _clips=block,
            _clip_index=index,
            step=len(told["tracks"][0]["steps"]) - 1,
            selection=selection_frame(self.scene, []),
        )
        self.on_msg(self._answer)

    @traitlets.validate("selected")
    def _check_selected(self, proposal: dict[str, Any]) -> list[int]:
        """Raise unless every row is one that is drawn."""
        strangers = [row for row in proposal["value"] if row not in self._place]
        if strangers:
            fail(
                "Explorer", "selected", "name rows of pairs that are drawn", strangers,
                "explorer.scene.rows lists them.",
            )  # fmt: skip
        return list(dict.fromkeys(proposal["value"]))

    @traitlets.observe("selected")
    def _tell_selection(self, change: dict[str, Any]) -> None:
        """Bring the frame up to date."""
        places = [self._place[row] for row in change["new"]]
        self.selection = selection_frame(self.scene, places)

    def static(self, *, epoch: int | None = None) -> Any:
        """Return what the widget shows as a matplotlib figure.

        Parameters
        ----------
        epoch
            After which epoch of the trial; the road as it is if None.

        Raises
        ------
        InputError
            If there is no such epoch.
        """
        from jmml_edu.plots.explorer import explorer_figure  # matplotlib takes a while to import

        track = self.scene.tracks[0]
        last = len(track.steps) - 1
        step = last if epoch is None else epoch
        if not 0 <= step <= last or (epoch is not None and step == last):
            fail(
                "Explorer.static", "epoch", f"be None or one of {list(range(last))}", epoch,
                "None shows the road as it is.",
            )  # fmt: skip
        return explorer_figure(
            track.eeg[step],
            track.speech[step],
            self.scene.pairs.labels,
            self.scene.held_out,
            (track.train_correlations[step], track.held_out_correlations[step]),
            title=track.steps[step],
            provenance=self.scene.pairs.provenance,
        )

    def to_html(self, path: str | Path, *, clips: int = MOST_CLIPS) -> Path:
        """Write the explorer as one page that works from disk, without network or kernel.

        Parameters
        ----------
        path
            Where; what is there is replaced.
        clips
            How many utterances it holds, at most 40 or 1 MB: those selected, then those of new
            people, class by class.

        Returns
        -------
        path
            The same.
        """
        check_at_least("Explorer.to_html", 0, clips=clips)
        block, index = self._embedded(min(clips, MOST_CLIPS))
        state = {
            "_told": self._told, "_clip_index": index, "selected": list(self.selected),
            "step": self.step, "track": self.track, "eeg": self.eeg, "_numbers": self._numbers,
            "_clips": block,
        }  # fmt: skip
        return write_page(Path(path), self, state, title=TITLE, alt=self._alt())

    def _embedded(self, n_clips: int) -> tuple[bytes, dict[str, list[int]]]:
        """Return clips one after the other, and where that of each place begins and ends."""
        chosen = [self._place[row] for row in self.selected]
        chosen += [place for place in self._by_class() if place not in chosen]
        clips = clips_of(self.scene.pairs, self._recall, chosen[:n_clips])
        ends = np.cumsum([0, *map(len, clips.values())]).tolist()
        spans = pairwise(ends)
        return b"".join(clips.values()), {
            str(place): list(span) for place, span in zip(clips, spans, strict=True)
        }

    def _by_class(self) -> list[int]:
        """Return places of pairs, new people first, classes in turn."""
        turn = np.zeros(len(self.scene.rows), dtype=int)
        for new in (True, False):
            for label in np.unique(self.scene.labels):
                members = np.flatnonzero(
                    (self.scene.labels == label) & (self.scene.held_out == new)
                )
                turn[members] = np.arange(len(members))
        order = np.lexsort((self.scene.labels, turn, ~self.scene.held_out))
        return [int(place) for place in order]

    def _answer(self, _: object, message: dict[str, Any], buffers: list[Any]) -> None:
        """Do what the browser asks for."""
        kind = message.get("kind")
        if kind == "clip":
            self._bring(int(message["place"]))
        if self._learned is None:  # a scene of a file has no road to ask
            return
        own, live = self._learned
        if kind == "own":
            told = own.place(str(message["name"]), bytes(buffers[0]))
            self.send({"kind": "own", **told})
        elif kind == "forget":
            own.forget()
        elif kind == "ridge":
            told, codes = live.solve(float(message["ridge"]))
            self.send({"kind": "ridge", "at": message["at"], **told}, buffers=[codes])

    def _bring(self, place: int) -> None:
        """Bring the clip of a pair, or say why not."""
        answer = {"kind": "clip", "place": place, "problem": ""}
        try:
            clips = clips_of(self.scene.pairs, self._recall, [place])
        except InputError as problem:
            clips, answer["problem"] = {}, str(problem)
        if not clips and not answer["problem"]:
            answer["problem"] = "No recording of this utterance is known."
        self.send(answer, buffers=list(clips.values()))

    def _alt(self) -> str:
        """Return in words what there is to see."""
        scene, track = self.scene, self.scene.tracks[0]
        told = "simulated " if scene.pairs.provenance.simulated else ""
        agree = track.held_out_correlations[-1]
        known = ", ".join(f"{value:.2f}" for value in agree[np.isfinite(agree)][:3])
        return (
            f"Explorer of {len(scene.rows)} {told}pairs of EEG and speech in"
            f" {scene.n_components} shared components, coloured by"
            f" {len(scene.classes)} classes."
            + (f" Correlations of new people: {known}." if known else "")
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and for readers without one a picture with words."""
        return with_picture(super()._repr_mimebundle_(**kwargs), self.static(), alt=self._alt())


def _asked(
    model: JMML | Scene,
    pairs: Pairs | None,
    classes: Sequence[str] | None,
    weights: Sequence[float],
) -> Scene:
    """Return what a road shows of pairs, or a scene as it is."""
    if isinstance(model, Scene):
        if pairs is not None or classes is not None or weights:
            fail(
                "Explorer", "model", "be a road, for pairs, classes or weights to be chosen",
                "a scene, which has its own", "Pass the scene alone.",
            )  # fmt: skip
        return model
    if pairs is None:
        fail("Explorer", "pairs", "be there for a road", None, "Pass what is to be looked at.")
    return scene_of(model, pairs, classes=classes, weights=weights)
