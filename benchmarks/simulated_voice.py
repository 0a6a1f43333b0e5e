"""How far does the simulated voice carry to real speech? High against low arousal in nEMO.

    python benchmarks/simulated_voice.py FOLDER     # a folder with nEMO's data.tsv and samples/

Learned from simulated speech only; nEMO's labels are used for the score alone. Anger, fear,
happiness and surprise are high, sadness and neutral low. Every clip is brought to one level before
its features are taken; the rival is the level before that. Intervals resample clips: few speakers
stand behind them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np

from jmml_edu.classifier import Classifier, Scaler
from jmml_edu.corpora.nemo import read_nemo
from jmml_edu.data import Recording
from jmml_edu.features.speech import speech_features
from jmml_edu.preprocess.speech import clean_speech
from jmml_edu.simulate.pairs import World, draw_trials, simulate_speech

HIGH = ("anger", "fear", "happiness", "surprised")
WORLD = World(n_subjects=40, n_trials=50, class_distance=0.0, rater_noise=0.0, seed=3)
FAMILIES = {
    "all features": ("",),
    "pitch": ("f0",),
    "spectral tilt": ("alpha", "hammarberg", "slope", "h1_"),
    "timing": ("syllable", "pause", "voiced"),
}


def simulated() -> Iterator[Recording]:
    """Yield utterances of the study, valence and arousal drawn without classes."""
    for number in range(WORLD.n_subjects):
        for trial, truth in enumerate(draw_trials(WORLD, number)):
            yield simulate_speech(WORLD, number, trial, truth)


def active_level_db(recording: Recording) -> float:
    """Return the level of the frames within 30 dB of the loudest."""
    frame = int(0.02 * recording.sample_rate_hz)
    whole = recording.signal.shape[1] // frame * frame
    power = (recording.signal[0, :whole] ** 2).reshape(-1, frame).mean(axis=1)
    return float(10 * np.log10(power[power > 1e-3 * power.max()].mean()))


def views(recordings: Iterable[Recording]) -> dict[str, np.ndarray]:
    """Return features by family, loudness, speakers and labels."""
    recordings = list(recordings)
    features = speech_features(map(clean_speech, recordings))
    families = {
        family: features.values[:, [n.startswith(starts) for n in features.names]]
        for family, starts in FAMILIES.items()
    }
    loudness = np.array([[active_level_db(recording)] for recording in recordings])
    return families | {
        "loudness alone": loudness,
        "speakers": features.subjects,
        "labels": features.labels,
    }


def scaled_by_speaker(values: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """Return columns at zero mean and unit variance within each speaker; no label is used."""
    scaled = np.empty_like(values)
    for speaker in np.unique(speakers):
        own = speakers == speaker
        scaled[own] = Scaler.of(values[own]).apply(values[own])
    return scaled


def recall(right: np.ndarray, high: np.ndarray) -> float:
    """Return the unweighted average recall of two classes."""
    return float((right[high].mean() + right[~high].mean()) / 2)


def interval(difference: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the 95 % interval of a recall, or of a difference of recalls, over clips."""
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(high), np.flatnonzero(~high)]
    drawn = [np.concatenate([rng.choice(r, len(r)) for r in rows]) for _ in range(2000)]
    return np.quantile([recall(difference[d], high[d]) for d in drawn], [0.025, 0.975])


def main(folder: Path) -> None:
    """Print one row per family of features, with and without scaling by speaker."""
    made, real = views(simulated()), views(read_nemo(folder))
    aroused = np.array([label.endswith("aroused") for label in made["labels"]])
    high = np.isin(real["labels"], HIGH)
    for scaled in (True, False):
        print("scaled within each speaker" if scaled else "as they are")
        right = {}
        for family in ("loudness alone", *FAMILIES):
            sides = [
                scaled_by_speaker(v[family], v["speakers"]) if scaled else v[family]
                for v in (made, real)
            ]
            scaler = Scaler.of(sides[0])
            classifier = Classifier(scaler.apply(sides[0]), aroused.astype(int))
            right[family] = (classifier.predict(scaler.apply(sides[1])) == high).astype(float)
            low, top = interval(right[family], high)
            print(f"  {family:16s} {recall(right[family], high):.3f}  {low:.3f} to {top:.3f}")
        margin = right["all features"] - right["loudness alone"]
        low, top = interval(margin, high)
        print(f"  all minus loudness {recall(margin, high):+.3f}  {low:+.3f} to {top:+.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
