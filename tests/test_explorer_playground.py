"""The playground's Python side: the answer, what travels, what it refuses, its picture and page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import eigh
from sentences import refused, without_checks_of_types

from jmml_edu.data import Pairs
from jmml_edu.explorer import CorrelationPlayground
from jmml_edu.simulate.clouds import two_clouds
from jmml_edu.simulate.gaussian import gaussian_pairs

CLOUDS = two_clouds()


def with_views(eeg: np.ndarray, speech: np.ndarray | None = None) -> Pairs:
    """The clouds with other values."""
    speech = CLOUDS.speech.values if speech is None else speech
    return replace(
        CLOUDS, eeg=replace(CLOUDS.eeg, values=eeg), speech=replace(CLOUDS.speech, values=speech)
    )


def test_the_best_directions_are_those_of_the_generalised_eigenvalue_problem() -> None:
    both = np.cov(np.hstack([CLOUDS.eeg.values, CLOUDS.speech.values]).T)
    across = np.zeros((4, 4))
    across[:2, 2:], across[2:, :2] = both[:2, 2:], both[2:, :2]
    values, vectors = eigh(across, both - across)
    found = np.rad2deg(np.arctan2(vectors[[1, 3], -1], vectors[[0, 2], -1])) % 180
    playground = CorrelationPlayground()
    np.testing.assert_allclose(np.array(playground.best[:2]) % 180, found, atol=1e-6)
    assert playground.best[2] == pytest.approx(values[-1])
    told = playground._told["best"]["correlations"]
    np.testing.assert_allclose(told, values[[3, 2]], atol=1e-9)


@pytest.mark.parametrize("turn", [0.0, 1.0, 90.0, 180.0, 271.5])
def test_no_other_direction_is_better(turn: float) -> None:
    playground = CorrelationPlayground()
    playground.eeg_angle, playground.speech_angle, best = playground.best
    assert playground.correlation == pytest.approx(best)
    playground.eeg_angle += turn
    assert playground.correlation <= best + 1e-12
    assert playground.eeg_angle < 360


def test_two_clouds_have_the_planted_correlation_along_the_directions_they_were_turned_to() -> None:
    playground = CorrelationPlayground(two_clouds(200_000, correlation=0.6))
    np.testing.assert_allclose(playground.best[:2], [35, 110], atol=0.5)
    assert playground.best[2] == pytest.approx(0.6, abs=0.005)
    assert playground._told["best"]["correlations"][1] < 0.01
    assert len(playground._told["points"]["eeg"]) == 1000


def test_rounding_makes_the_covariance_of_a_cloud_that_of_a_circle() -> None:
    told = CorrelationPlayground()._told
    for view, values in (("eeg", CLOUDS.eeg.values), ("speech", CLOUDS.speech.values)):
        np.testing.assert_allclose(
            np.cov((values @ told["rounding"][view]).T), np.eye(2), atol=1e-9
        )


def test_pairs_without_both_views_are_left_out() -> None:
    eeg = CLOUDS.eeg.values.copy()
    eeg[:5] = np.nan
    pairs = replace(with_views(eeg), has_eeg=np.arange(300) != 7)
    assert len(CorrelationPlayground(pairs).pairs) == 294


def test_what_cannot_be_turned_is_refused_in_a_sentence() -> None:
    words = re.escape("CorrelationPlayground: pairs must be Pairs; got int. Pass two_clouds()")
    with without_checks_of_types(), pytest.raises(TypeError, match=words):
        CorrelationPlayground(3)  # type: ignore[arg-type]
    with refused("CorrelationPlayground: pairs.eeg must have two features; got 12. Keep two"):
        CorrelationPlayground(gaussian_pairs(20))
    with refused("CorrelationPlayground: pairs must be at least 3 with both views; got 2."):
        CorrelationPlayground(CLOUDS.take(np.arange(2)))
    flat = CLOUDS.speech.values[:, [0, 0]]
    with refused("CorrelationPlayground: pairs.speech must spread in two directions; got var"):
        CorrelationPlayground(with_views(CLOUDS.eeg.values, flat))
    for planted in ((0.9,), (0.2, 0.9), (1.2, 0.0), (0.5, -0.1)):
        with refused("CorrelationPlayground: planted must be two numbers from 0 to 1, the larger"):
            CorrelationPlayground(CLOUDS, planted=planted)
    playground = CorrelationPlayground()
    with refused("CorrelationPlayground: eeg_angle must be finite; got inf."):
        playground.eeg_angle = np.inf
    with refused("two_clouds: correlation must lie in [0, 1); got 1. 0.9 shows plainly"):
        two_clouds(correlation=1)
    with refused("two_clouds: n_pairs must be at least 3; got 2."):
        two_clouds(2)


def test_what_was_planted_travels_only_where_it_is_known() -> None:
    assert CorrelationPlayground()._told["planted"] == [0.9, 0.0]
    assert CorrelationPlayground(CLOUDS)._told["planted"] is None
    assert CorrelationPlayground(CLOUDS)._told["simulated"] == "SIMULATED"


def test_readers_without_a_widget_get_a_picture_with_words() -> None:
    playground = CorrelationPlayground()
    playground.eeg_angle = 35
    data, _ = playground._repr_mimebundle_()
    words = "Two clouds of 300 simulated pairs. EEG read along 35°, speech along 0°: correlation -0"
    assert f'alt="{words}' in data["text/html"]
    assert data["text/plain"].startswith(words)
    assert "application/vnd.jupyter.widget-view+json" in data
    titles = [ax.get_title(loc="left") for ax in playground.static().axes]
    assert titles[:2] == ["EEG read along 35°", "Speech read along 0°"]
    assert titles[2] == f"Correlation {playground.correlation:+.2f}"


def test_the_page_holds_the_playground_as_it_stands(tmp_path: Path) -> None:
    playground = CorrelationPlayground()
    playground.speech_angle = -10
    page = playground.to_html(tmp_path / "page.html").read_text()
    state = json.loads(page.partition('id="told">')[2].partition("</script>")[0])["state"]
    assert state["speech_angle"] == 350
    assert "<title>Correlation by hand</title>" in page


def test_clouds_need_no_torch() -> None:
    code = (
        "import sys; from jmml_edu.explorer import CorrelationPlayground;"
        "CorrelationPlayground(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_names_that_are_no_widgets_are_missing() -> None:
    import jmml_edu.explorer

    assert {"CorrelationPlayground", "Explorer"} <= set(dir(jmml_edu.explorer))
    with pytest.raises(AttributeError, match="has no attribute 'Explorers'"):
        jmml_edu.explorer.Explorers  # noqa: B018
