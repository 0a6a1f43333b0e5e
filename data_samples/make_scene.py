"""Make rhythm.npz, the trained road that notebook 00 opens with.

    python data_samples/make_scene.py

Its road hears only the rhythm of speech. With all columns speech knows so much more than EEG that
to switch EEG off changes little; the file tells both shares. The output depends on this file, on
the samples and on the package alone.
"""

from __future__ import annotations

import os
from dataclasses import replace

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np

from jmml_edu import JMML
from jmml_edu.corpora.samples import RHYTHM_NAME, samples_folder
from jmml_edu.data import Features, Pairs
from jmml_edu.encoders import centre_within
from jmml_edu.explorer.scene import Scene, scene_of
from jmml_edu.explorer.storage import save_scene
from jmml_edu.pairing import trial_pairs
from jmml_edu.sources import read_features
from jmml_edu.splits import grouped_folds

RHYTHM = ("voiced_", "unvoiced_", "pause_", "syllable_")
"""What its columns begin with: when somebody speaks, how fast, and when not."""

N_EACH, N_KNOWN = 40, 40
"""Utterances that are drawn: of each new person, and of all that it has learned from."""


def rhythm_of(speech: Features) -> Features:
    """Return the columns that tell of rhythm."""
    kept = [n for n, name in enumerate(speech.names) if name.startswith(RHYTHM)]
    names = tuple(speech.names[n] for n in kept)
    provenance = speech.provenance.then("rhythm only")
    return replace(speech, values=speech.values[:, kept], names=names, provenance=provenance)


def centred(eeg: Features) -> Features:
    """Return EEG less each person's own mean: a brain is measured against itself."""
    values = centre_within(eeg.values, eeg.subjects)
    return replace(eeg, values=values, provenance=eeg.provenance.then("less each person's mean"))


def learned(pairs: Pairs, step2: str) -> JMML:
    """Return a road that has learned from 32 people with all their labels."""
    split = grouped_folds(pairs.subjects, pairs.labels, n_folds=5, seed=0)[0]
    train = pairs.take(split.train)
    labels = np.searchsorted(pairs.speech.classes, train.labels.astype(str))
    road = JMML(step1="none", step2=step2)
    road.fit(train.eeg.values, train.speech.values, labels, train.subjects)
    return road


def drawn(scene: Scene) -> Scene:
    """Return the scene with some utterances of each new person and fewer of others."""
    subjects = scene.pairs.subjects.astype(str)
    new = [np.flatnonzero(subjects == one)[:N_EACH] for one in np.unique(subjects[scene.held_out])]
    kept = np.sort(np.concatenate([*new, np.flatnonzero(~scene.held_out)[:N_KNOWN]]))
    says = {name: getattr(scene, name)[kept] for name in ("speech_says", "both_say", "noisy_say")}
    return replace(
        scene, pairs=scene.pairs.take(kept), rows=scene.rows[kept], labels=scene.labels[kept],
        held_out=scene.held_out[kept], tracks=tuple(track.take(kept) for track in scene.tracks),
        **says,
    )  # fmt: skip


def main() -> None:
    """Learn twice, with rhythm and with everything, and write what the first road shows."""
    eeg, speech = centred(read_features("samples", "eeg")), read_features("samples", "speech")
    everything = learned(trial_pairs(eeg, speech), "CCA")
    pairs = trial_pairs(eeg, rhythm_of(speech))
    road = learned(pairs, "E-DCC-CAE")
    scene = drawn(scene_of(road, pairs))
    said = (
        f"The road hears {len(pairs.speech.names)} of {len(speech.names)} columns, those of"
        " rhythm. Told all labels, EEG then has a share of"
        f" {road.eeg_voice_.share:.2f} in the decision; beside all columns it has"
        f" {everything.eeg_voice_.share:.2f}."
    )
    others = [words for words in scene.words if " pairs are drawn; " not in words]
    counted = f"{len(scene.rows)} of {len(pairs)} pairs are drawn; correlations are those of all."
    scene = replace(scene, words=(said, *others, counted))
    path = save_scene(scene, samples_folder() / RHYTHM_NAME)
    print(*scene.words, f"{path.stat().st_size / 1e6:.2f} MB", sep="\n")


if __name__ == "__main__":
    main()
