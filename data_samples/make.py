"""Make everything in this folder: the feature table, some raw pairs, the curve of gain.

    python data_samples/make.py table     # simulate, clean, extract: pairs.csv
    python data_samples/make.py truth     # what both signals hide: truth.csv
    python data_samples/make.py raw       # a few recordings behind it: raw/
    python data_samples/make.py curve     # gain over EEG noise and shared nuisance
    python data_samples/make.py figure    # that curve, drawn

The rules of the simulated study were fixed by how hard real data are (see DATASHEET.md) before
any gain was computed. The output depends on this file and on the package alone.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

# Before numpy loads its BLAS: people are shared out to the cores instead.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np
import pandas as pd
import soundfile

from jmml_edu.comparison import compare
from jmml_edu.corpora.edf import write_eeg
from jmml_edu.corpora.indexed import COLUMNS, INDEX_NAME, PROVENANCE_NAME
from jmml_edu.corpora.samples import RAW_NAME, TABLE_NAME, TRUTH_NAME
from jmml_edu.corpora.table import write_pairs_table
from jmml_edu.data import Features, Modality, Provenance
from jmml_edu.experiment import Settings, plan_comparison
from jmml_edu.features.eeg import eeg_features
from jmml_edu.features.speech import speech_features
from jmml_edu.plots import picture, plot_gain_curve
from jmml_edu.preprocess.eeg import clean_eeg
from jmml_edu.preprocess.speech import clean_speech
from jmml_edu.results import Comparison
from jmml_edu.simulate.gaussian import QUADRANTS
from jmml_edu.simulate.pairs import World, draw_trials, simulate_eeg, simulate_speech
from jmml_edu.simulate.samples import SAMPLES_WORLD as WORLD
from jmml_edu.sources import read_features

HERE = Path(__file__).parent

RAW_PEOPLE = range(6)

CURVE = tuple((noise, shared) for shared in (0.0, 0.5, 1.0) for noise in (0.5, 1.0, 2.0, 4.0))
"""EEG noise and shared nuisance of each point of the curve; (1, 0) are the samples."""


def features_of(world: World, modality: Modality) -> Features:
    """Return the features of a whole study, its people shared out to all cores."""
    people = range(world.n_subjects)
    with ProcessPoolExecutor() as pool:
        parts = list(
            pool.map(_features_of_person, [world] * len(people), people, [modality] * len(people))
        )
    columns = ("values", "subjects", "labels", "trials", "stimuli")
    stacked = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
    return replace(parts[0], **stacked)


def _features_of_person(world: World, number: int, modality: Modality) -> Features:
    """Return the features of one person, by the same road as real recordings."""
    trials = enumerate(draw_trials(world, number))
    if modality == "eeg":
        return eeg_features(clean_eeg(simulate_eeg(world, number, *trial)) for trial in trials)
    return speech_features(clean_speech(simulate_speech(world, number, *trial)) for trial in trials)


def make_table() -> None:
    """Write the feature table of the study."""
    write_pairs_table(HERE / TABLE_NAME, features_of(WORLD, "eeg"), features_of(WORLD, "speech"))


def make_truth() -> None:
    """Write the valence and arousal that nobody recorded, which made both signals."""
    rows = [
        (f"p{number + 1:02d}", f"p{number + 1:02d}-{trial + 1:02d}", truth.valence, truth.arousal)
        for number in range(WORLD.n_subjects)
        for trial, truth in enumerate(draw_trials(WORLD, number))
    ]
    table = pd.DataFrame(rows, columns=["subject", "trial", "valence", "arousal"])
    table.to_csv(HERE / TRUTH_NAME, index=False, float_format="%.4f")


def make_raw() -> None:
    """Write, for some people, the first recording that raters put into each quadrant."""
    folder = HERE / RAW_NAME
    folder.mkdir(exist_ok=True)
    rows = []
    for number in RAW_PEOPLE:
        trials = draw_trials(WORLD, number)
        for quadrant in QUADRANTS:
            trial = next(i for i, truth in enumerate(trials) if truth.label == quadrant)
            eeg = simulate_eeg(WORLD, number, trial, trials[trial])
            speech = simulate_speech(WORLD, number, trial, trials[trial])
            names = f"{eeg.trial}.edf", f"{speech.trial}.flac"
            write_eeg(eeg, folder / names[0])
            rate_hz = int(speech.sample_rate_hz)
            soundfile.write(folder / names[1], speech.signal[0], rate_hz, subtype="PCM_16")
            rows += zip(names, (eeg, speech), strict=True)
    with (folder / INDEX_NAME).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((name, r.modality, r.subject, r.trial, r.label) for name, r in rows)
    said = {"source": rows[0][1].provenance.source, "simulated": True}
    (folder / PROVENANCE_NAME).write_text(json.dumps(said) + "\n", encoding="utf-8")


def make_curve() -> None:
    """Write what the method gains as EEG gets noisier, and as it shares speech's nuisance."""
    speech = read_features("samples", "speech")
    rows = []
    for eeg_noise, shared_nuisance in CURVE:
        noise = replace(WORLD.brain_noise, eeg_noise=eeg_noise, shared_nuisance=shared_nuisance)
        eeg = features_of(replace(WORLD, brain_noise=noise), "eeg")
        few, all_labels = (
            compare(eeg, speech, plan_comparison(eeg, speech, settings))
            for settings in (
                Settings(labels_per_class=10, n_seeds=3, step1="none", step2="CCA"),
                Settings(step1="none", step2="CCA"),
            )
        )
        rows.append(_curve_row(eeg_noise, shared_nuisance, few, all_labels))
        pd.DataFrame(rows).to_csv(HERE / "gain_curve.csv", index=False, float_format="%.4f")


def _curve_row(
    eeg_noise: float, shared_nuisance: float, few: Comparison, all_labels: Comparison
) -> dict[str, float | None]:
    """Return one point of the curve: few labels, but for the columns that say all labels."""
    gain = few.gains["gain"]
    return {
        "eeg_noise": eeg_noise,
        "shared_nuisance": shared_nuisance,
        "eeg_only_all_labels": all_labels.methods["eeg_only"].value,
        "held_out_correlation": float(few.latent.held_out_correlations[0]),
        "eeg_free": few.methods["eeg_free"].value,
        "eeg_trained": few.methods["eeg_trained"].value,
        "gain": gain.value,
        "gain_low": gain.low,
        "gain_high": gain.high,
        "gain_shuffled": few.gains["gain_shuffled"].value,
        "gain_over_raw": few.gains["gain_over_raw"].value,
    }


def make_figure() -> None:
    """Draw the curve that was written last."""
    table = pd.read_csv(HERE / "gain_curve.csv")
    columns = ("eeg_noise", "shared_nuisance", "gain", "gain_low", "gain_high")
    noise, shared, gain, low, high = (table[name].to_numpy() for name in columns)
    provenance = Provenance("simulated study", simulated=True)
    drawn = picture(
        lambda ax: plot_gain_curve(noise, shared, gain, (low, high), ax=ax, provenance=provenance),
        width_in=8.0,
        height_in=4.2,
    )
    (HERE / "gain_curve.png").write_bytes(drawn.png)


if __name__ == "__main__":
    steps = {
        "table": make_table, "truth": make_truth, "raw": make_raw, "curve": make_curve,
        "figure": make_figure,
    }  # fmt: skip
    if len(sys.argv) != 2 or sys.argv[1] not in steps:
        sys.exit(__doc__)
    steps[sys.argv[1]]()
