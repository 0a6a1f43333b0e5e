"""Real speech is the judge of simulated speech: what one teaches is heard in the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from jmml_edu.data import Provenance, Recording
from jmml_edu.simulate.voice import (
    SAMPLE_RATE_HZ,
    draw_voice,
    speak,
)


def speaker_scaled(values: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """Each column minus its speaker's mean, over the speaker's standard deviation: no labels."""
    scaled = np.empty_like(values)
    for speaker in set(speakers):
        own = values[speakers == speaker]
        scaled[speakers == speaker] = (own - own.mean(axis=0)) / (own.std(axis=0) + 1e-9)
    return scaled


def active_level_db(recording: Recording) -> float:
    """Level of the frames within 30 dB of the loudest one."""
    frame = int(0.02 * recording.sample_rate_hz)
    whole = recording.signal.shape[1] // frame * frame
    power = (recording.signal[0, :whole] ** 2).reshape(-1, frame).mean(axis=1)
    return 10 * np.log10(power[power > 1e-3 * power.max()].mean())


def simulated_corpus(n_voices: int, n_utterances: int) -> Iterator[Recording]:
    """Voices with emotions and efforts drawn at random; the label tells high from low arousal."""
    rng = np.random.default_rng(11)
    for i in range(n_voices):
        voice = draw_voice(f"p{i:02d}", rng)
        for _ in range(n_utterances):
            valence, arousal, effort = rng.standard_normal(3).tolist()
            sound = speak(voice, valence=valence, arousal=arousal, effort=effort, rng=rng)
            yield Recording(
                sound[None], float(SAMPLE_RATE_HZ), ("mono",), "speech", voice.subject,
                Provenance("simulated voice", simulated=True),
                label="high" if arousal > 0 else "low",
            )  # fmt: skip


def views(recordings: Iterable[Recording]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Level-normalised features, loudness before it, and labels; features scaled by speaker."""
    from jmml_edu.features.speech import speech_features
    from jmml_edu.preprocess.speech import clean_speech

    recordings = list(recordings)
    features = speech_features(clean_speech(recording) for recording in recordings)
    loudness = np.array([[active_level_db(recording)] for recording in recordings])
    who = features.subjects
    return speaker_scaled(features.values, who), speaker_scaled(loudness, who), features.labels


@pytest.mark.real
@pytest.mark.slow
def test_what_simulated_speech_teaches_tells_high_from_low_arousal_in_real_speech(
    real_data: Path,
) -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.metrics import recall_score

    from jmml_edu.corpora.nemo import read_nemo

    simulated, simulated_loudness, labels = views(simulated_corpus(12, 12))
    real, real_loudness, emotions = views(read_nemo(real_data / "nemo_3spk"))
    high = ("anger", "fear", "happiness", "surprised")
    truth = np.array(["high" if emotion in high else "low" for emotion in emotions])

    def hears(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=[0.5, 0.5])
        return model.fit(train, labels.astype(str)).predict(test)

    voice, rival = hears(simulated, real), hears(simulated_loudness, real_loudness)
    rng = np.random.default_rng(0)
    uar, gain = [], []
    for _ in range(500):
        rows = rng.integers(len(truth), size=len(truth))
        by_voice, by_rival = (
            recall_score(truth[rows], said[rows], average="macro") for said in (voice, rival)
        )
        uar.append(by_voice)
        # Loudness may point the wrong way in a corpus whose files were levelled: take the better.
        gain.append(by_voice - max(by_rival, 1 - by_rival))
    assert np.percentile(uar, 2.5) > 0.5
    assert np.mean(gain) > 0
