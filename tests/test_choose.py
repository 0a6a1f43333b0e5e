"""The choice of a way to listen: three decisions, each by means, so that many tries buy nothing."""

from __future__ import annotations

import numpy as np
import pytest

from jmml_edu.encoders import SpeechItself
from jmml_edu.selection import Listening, choose


def ways(**scores: float) -> list[tuple[Listening, float]]:
    """Scored ways by names such as ``latent_4`` and ``centred_latent_4``."""
    return [
        (
            Listening(
                SpeechItself(), name.removeprefix("centred_").replace("_", " "), "centred" in name
            ),
            score,
        )
        for name, score in scores.items()
    ]


def test_centring_then_kind_then_size_are_chosen_each_by_the_mean_of_what_is_left() -> None:
    scored = ways(
        speech=0.3, latent_2=0.9, latent_4=0.3,
        centred_speech=0.5, centred_latent_2=0.55, centred_latent_4=0.65,
    )  # fmt: skip
    assert choose(scored).name == "latent 4, each speaker centred"
    assert choose([(way, score) for way, score in scored if not way.centred]).name == "latent 2"


def test_centring_is_decided_before_the_kind() -> None:
    scored = ways(speech=0.6, latent_2=0.1, centred_speech=0.3, centred_latent_2=0.5)
    assert choose(scored).name == "latent 2, each speaker centred"


def test_a_kind_is_chosen_by_all_of_its_sizes_not_by_its_luckiest() -> None:
    assert choose(ways(speech=0.5, whitened_6=0.8, whitened_12=0.1)).name == "speech"
    assert choose(ways(speech=0.5, whitened_6=0.6, whitened_12=0.5)).name == "whitened 6"


@pytest.mark.parametrize("first", ["speech", "latent_2", "centred_latent_2"])
def test_the_first_of_equals_wins(first: str) -> None:
    rest = [n for n in ("speech", "latent_2", "centred_speech", "centred_latent_2") if n != first]
    scored = ways(**dict.fromkeys([first, *rest], 0.4))
    assert choose(scored) is scored[0][0]


def test_a_kind_without_its_sizes_keeps_all_its_words() -> None:
    kinds = {way.kind for way, _ in ways(speech=0, without_5_speaker_axes=0, both_6=0)}
    assert kinds == {"speech", "without speaker axes", "both"}


def test_more_sizes_do_not_make_a_kind_win_by_luck() -> None:
    rng = np.random.default_rng(0)
    names = ["speech", *(f"whitened_{size}" for size in range(20))]
    drawn = (rng.normal(0.4, 0.05, size=21) for _ in range(400))
    wins = [
        choose(ways(**dict(zip(names, scores.tolist(), strict=True)))).kind == "speech"
        for scores in drawn
    ]
    # Equally good in truth: by its best size alone the other kind would win 20 times in 21.
    assert np.mean(wins) == pytest.approx(0.5, abs=0.075)
